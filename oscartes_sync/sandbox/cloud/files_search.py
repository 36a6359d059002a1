"""SEARCH (RFC 5323) on the DAV root, and the filter-files REPORT (recordings 112, 114)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from oscartes_sync.sandbox.cloud.files_kinds import FOLDER, kind_of
from oscartes_sync.sandbox.cloud.files_mounts import Mounts, Place
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_properties import FileProperties
from oscartes_sync.sandbox.cloud.files_xml import response
from oscartes_sync.sandbox.cloud.messages import (
    Refusal,
    Reply,
    Request,
    bad_request,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.propfind import names_in
from oscartes_sync.sandbox.cloud.reports import IndentedWriter, parse_report
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, oc, parse

SEARCHDAV = "{https://github.com/icewind1991/SearchDAV/ns}"
KIND = 'application/xml; charset="utf-8"'
NOT_SEARCHABLE = b"requested search property is not searchable"
Value = str | int
Test = Callable[[Place], bool]


class _NotSearchable(Exception):
    """A property nobody can search by."""


def _file_kind(place: Place) -> Value:
    return FOLDER if place.node.folder else kind_of(place.node.name)


READERS: dict[str, Callable[[Place], Value]] = {
    oc("fileid"): lambda place: place.node.number,
    dav("displayname"): lambda place: place.node.name,
    dav("getlastmodified"): lambda place: place.node.mtime,
    dav("getcontenttype"): _file_kind,
    oc("size"): lambda place: place.node.size,
    dav("getcontentlength"): lambda place: place.node.size,
    oc("favorite"): lambda place: int(place.uid in place.node.favourites),
    oc("owner-id"): lambda place: place.node.owner,
}


class FileSearch:
    """Finds files by their properties."""

    def __init__(self, mounts: Mounts, properties: FileProperties) -> None:
        self.mounts = mounts
        self.properties = properties

    def search(self, request: Request) -> Reply:
        """SEARCH. Raises Refusal 500 for a scope that is no folder of the account's own."""
        root = parse(request.body)
        query = root.find(dav("basicsearch"))
        if query is None:
            raise bad_request("Expected {DAV:}basicsearch")
        scope = self._scope(request, query)
        try:
            hits = self._hits(scope, query)
        except _NotSearchable:
            return Reply(400, NOT_SEARCHABLE, KIND)
        select = query.find(f"{dav('select')}/{dav('prop')}")
        names = [] if select is None else names_in(select)
        writer = Writer()
        base = f"/remote.php/dav/files/{request.user.uid}/"
        responses = "".join(self._response(writer, base, one, names) for one in hits)
        return Reply(207, writer.multistatus(responses), KIND)

    def _scope(self, request: Request, query: etree._Element) -> Place:
        said = query.findtext(f"{dav('from')}/{dav('scope')}/{dav('href')}") or ""
        parts = decoded_parts(urlsplit(said.strip()).path.replace("/remote.php/dav", ""), skip=0)
        uid = request.user.uid
        place = self.mounts.find(uid, parts[2:]) if parts[:2] == ("files", uid) else None
        if place is None or not place.node.folder:
            raise Refusal(
                500, "InvalidArgumentException", "Search is only supported on directories"
            )
        return place

    def _hits(self, scope: Place, query: etree._Element) -> list[Place]:
        """What matches; the scope itself counts towards the limit, yet is not told (112)."""
        where = query.find(dav("where"))
        passes = _test(where[0]) if where is not None and len(where) else lambda _: True
        found = [one for one in [scope, *self._below(scope)] if passes(one)]
        found.sort(key=lambda place: place.node.number)
        for order in reversed(query.findall(f"{dav('orderby')}/{dav('order')}")):
            read = _reader(order)
            found.sort(key=read, reverse=order.find(dav("descending")) is not None)
        first = int(query.findtext(f"{dav('limit')}/{SEARCHDAV}firstresult") or 0)
        count = query.findtext(f"{dav('limit')}/{dav('nresults')}")
        last = None if count is None else first + int(count)
        return [one for one in found[first:last] if one is not scope]

    def _below(self, place: Place) -> list[Place]:
        found = []
        for child in self.mounts.children(place):
            found.append(child)
            if child.node.folder:
                found += self._below(child)
        return found

    def _response(self, writer: Writer, base: str, place: Place, names: list[str]) -> str:
        path = base + "/".join(place.parts) + ("/" if place.node.folder else "")
        return response(writer, path, names, self.properties.found(place, names, alone=True))

    def report(self, request: Request, base: str, place: Place) -> Reply:
        """filter-files: by favourite, by tags (all of them). Raises Refusal 415 for others."""
        root = parse_report(request.body)
        if root.tag != oc("filter-files"):
            raise report_not_supported(str(root.tag) if root.tag == dav("sync-collection") else "")
        prop, rules = root.find(dav("prop")), root.find(oc("filter-rules"))
        names = [] if prop is None else names_in(prop)
        if rules is None or not len(rules):
            raise bad_request("No filter criteria specified")
        wanted = {int(one.text or 0) for one in rules.findall(oc("systemtag"))}
        favourites = (rules.findtext(oc("favorite")) or "") == "1"
        hits = [
            one
            for one in self._below(place)
            if wanted <= one.node.tags and (not favourites or place.uid in one.node.favourites)
        ]
        writer = IndentedWriter() if hits else Writer()
        responses = "".join(self._response(writer, base, one, names) for one in hits)
        return Reply(207, writer.multistatus(responses), "application/xml; charset=utf-8")


def _reader(element: etree._Element) -> Callable[[Place], Value]:
    prop = element.find(dav("prop"))
    name = names_in(prop)[0] if prop is not None and len(prop) else ""
    if name not in READERS:
        raise _NotSearchable
    return READERS[name]


def _test(element: etree._Element) -> Test:
    local = etree.QName(element).localname
    if local in ("and", "or", "not"):
        inner = [_test(one) for one in element]
        if local == "not":
            return lambda place: not inner[0](place)
        return (
            (lambda place: all(one(place) for one in inner))
            if local == "and"
            else (lambda place: any(one(place) for one in inner))
        )
    if local == "is-collection":
        return lambda place: place.node.folder
    read = _reader(element)
    return _comparison(local, read, (element.findtext(dav("literal")) or "").strip())


def _comparison(local: str, read: Callable[[Place], Value], literal: str) -> Test:
    if local == "like":
        parts = (".*" if part == "%" else re.escape(part) for part in re.split("(%)", literal))
        pattern = re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
        return lambda place: bool(pattern.fullmatch(str(read(place))))

    def holds(place: Place) -> bool:
        value = read(place)
        other = _number(literal) if isinstance(value, int) else literal
        if local == "eq":
            return value == other
        if not isinstance(value, int) or not isinstance(other, int):
            return False
        by_name = {
            "gt": value > other,
            "gte": value >= other,
            "lt": value < other,
            "lte": value <= other,
        }
        return by_name.get(local, False)

    return holds


def _number(literal: str) -> int | None:
    """A number, or the seconds of an ISO moment."""
    if literal.lstrip("-").isdigit():
        return int(literal)
    try:
        return int(datetime.fromisoformat(literal).timestamp())
    except ValueError:
        return None
