"""REPORT on calendars: sync-collection, calendar-multiget, calendar-query."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from lxml import etree

from oscartes_sync.sandbox.cloud.calendar_query import CalendarQuery
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import (
    XML,
    Refusal,
    Reply,
    Request,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.propfind import Propfind, multistatus, names_in
from oscartes_sync.sandbox.cloud.seeing import Seen, find
from oscartes_sync.sandbox.cloud.store import SYNC_PREFIX, Did
from oscartes_sync.sandbox.cloud.xml_text import (
    PREFIXES,
    STATUS_LINES,
    Writer,
    cal,
    dav,
    href_element,
    text,
    xml_complaint,
)

NUMBER = re.compile(r"\s*[+-]?\d+")
CHUNK = 100


def parse_report(body: bytes) -> etree._Element:
    """The root of a REPORT: broken XML is a 500 here, not the 400 of other methods (044)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as broken:
        said = xml_complaint(broken)
        if "Start tag expected" in said:
            said = "Document is empty\n on line 1, column 1"
        raise Refusal(500, "Sabre\\Xml\\LibXMLException", said) from broken


class Reports:
    """Answers REPORT on one calendar."""

    def __init__(self, core: Core, propfind: Propfind) -> None:
        self.core = core
        self.propfind = propfind
        self.query = CalendarQuery(core, propfind)

    def answer(self, request: Request, seen: Seen) -> Reply:
        """Dispatch on the document's root. Raises Refusal 415 for reports unknown here."""
        root = parse_report(request.body)
        if root.tag == dav("sync-collection") and not seen.calendar.source:
            return self.sync(root, seen)
        if root.tag == cal("calendar-multiget"):
            return self.multiget(request, root)
        if root.tag == cal("calendar-query"):
            return self.query.answer(request, root, seen)
        named = root.tag if root.tag == dav("sync-collection") else ""
        raise report_not_supported(str(named))

    def multiget(self, request: Request, root: etree._Element) -> Reply:
        """Objects by href: missing ones are left out, order is the database's (041, 042)."""
        names = _prop_names(root)
        writer = Writer()
        wanted: dict[tuple[str, str], dict[str, None]] = {}
        for element in root.iter(dav("href")):
            path = unquote(urlsplit((element.text or "").strip()).path)
            parts = [part for part in path.split("/") if part]
            if len(parts) == 6 and parts[:3] == ["remote.php", "dav", "calendars"]:
                wanted.setdefault((parts[3], parts[4]), {})[parts[5]] = None
        responses: list[str] = []
        for (uid, uri), objects in wanted.items():
            seen = find(self.core, uid, uri) if uid == request.user.uid else None
            if seen is not None:
                responses.extend(self._objects(writer, seen, list(objects), names, root))
        return multistatus(writer, responses)

    def _objects(
        self,
        writer: Writer,
        seen: Seen,
        asked_for: list[str],
        names: list[str],
        root: etree._Element,
    ) -> list[str]:
        responses = []
        for start in range(0, len(asked_for), CHUNK):
            for name in sorted(asked_for[start : start + CHUNK]):
                resource = seen.calendar.resources.get(name)
                if resource is None or not seen.shows(resource):
                    continue
                responses.append(self.query.response(writer, seen, resource, names, root))
        return responses

    def sync(self, root: etree._Element, seen: Seen) -> Reply:
        """sync-collection with the server's traps (043, 044, 167)."""
        names = _prop_names(root)
        token = (root.findtext(dav("sync-token")) or "").strip()
        limit = _limit(root)
        calendar = seen.calendar
        since = _since(token)
        if since is None:
            if limit is not None:
                raise _no_limit_at_first()
            present = dict.fromkeys(sorted(calendar.resources), Did.ADDED)
        else:
            present = calendar.changes_since(since, limit)
        writer = IndentedWriter()
        responses = [
            self._changed(writer, seen, name, names)
            for name, did in present.items()
            if did is not Did.DELETED
        ]
        responses.extend(
            _gone(seen.path + name) for name, did in present.items() if did is Did.DELETED
        )
        return Reply(207, writer.document("".join(responses), calendar.sync_token), XML)

    def _changed(self, writer: IndentedWriter, seen: Seen, name: str, names: list[str]) -> str:
        resource = seen.calendar.resources.get(name)
        if resource is None or not seen.shows(resource):
            return ""
        found = self.propfind.objects.found(seen, resource, names)
        missing = () if len(found) == len(names) else [one for one in names if one not in found]
        return writer.response(seen.path + name, found, missing)


def _prop_names(root: etree._Element) -> list[str]:
    prop = root.find(dav("prop"))
    return [] if prop is None else names_in(prop)


def _limit(root: etree._Element) -> int | None:
    said = root.findtext(f"{dav('limit')}/{dav('nresults')}")
    return int(said) if said and said.strip().isdigit() else None


def _since(token: str) -> int | None:
    """The number of a token; None where everything is listed, as PHP reads numbers."""
    if not token:
        return None
    if not token.startswith(SYNC_PREFIX):
        raise Refusal(
            403,
            "Sabre\\DAV\\Exception\\InvalidSyncToken",
            "Invalid or unknown sync token",
            extra="  <d:valid-sync-token/>\n",
        )
    found = NUMBER.match(token.removeprefix(SYNC_PREFIX))
    number = int(found[0]) if found else 0
    return number if number > 0 else None


def _no_limit_at_first() -> Refusal:
    return Refusal(
        507,
        "OCA\\DAV\\Exception\\UnsupportedLimitOnInitialSyncException",
        "",
        extra="  <d:number-of-matches-within-limits/>\n",
    )


def _gone(path: str) -> str:
    return (
        f" <d:response>\n  {href_element(path)}\n"
        f"  <d:status>{STATUS_LINES[404]}</d:status>\n </d:response>\n"
    )


class IndentedWriter(Writer):
    """The sync answer alone is written with line breaks and spaces (043)."""

    def response(self, path: str, found: dict[str, str], missing: list[str] | tuple[()]) -> str:  # type: ignore[override]
        """One ``d:response``."""
        parts = [f" <d:response>\n  {href_element(path)}\n"]
        if found or not missing:
            inner = "".join([f"    {self.element(name, value)}\n" for name, value in found.items()])
            parts.append(_propstat(inner, 200))
        if missing:
            inner = "".join([f"    {self.element(name)}\n" for name in missing])
            parts.append(_propstat(inner, 404))
        parts.append(" </d:response>\n")
        return "".join(parts)

    def document(self, inner: str, token: str) -> bytes:
        """The whole answer with its token."""
        spaces = "".join(f' xmlns:{prefix}="{space}"' for space, prefix in PREFIXES.items())
        return (
            f'<?xml version="1.0"?>\n<d:multistatus{spaces}>\n{inner}'
            f" <d:sync-token>{text(token)}</d:sync-token>\n</d:multistatus>\n"
        ).encode()


def _propstat(inner: str, status: int) -> str:
    return (
        f"  <d:propstat>\n   <d:prop>\n{inner}   </d:prop>\n"
        f"   <d:status>{STATUS_LINES[status]}</d:status>\n  </d:propstat>\n"
    )
