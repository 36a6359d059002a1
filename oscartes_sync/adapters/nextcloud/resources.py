"""Objects of calendars and address books: listed, read, written with guards, removed.

Nothing here knows a record. Hrefs are canonical, ETags keep their quotes (recording 020), bodies
are the bytes stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.dialect import CALDAV, Dialect
from oscartes_sync.adapters.nextcloud.refusals import Reply, dav_error
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import Missing, OutcomeUnknown, SideError, Unexpected

BATCH = 100
"""Hrefs of one multiget; the server reads them from its database in chunks of as many."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One object as read. `exact`: the body is byte for byte what the ETag stands for."""

    href: str
    etag: str
    body: bytes = field(repr=False)
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Delta:
    """What sync-collection tells: hrefs with their ETags, hrefs said to be gone, the new token.

    `rejected`: the token was refused, and nothing was told.
    """

    changed: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    token: str = ""
    rejected: bool = False


def etag_of(body: bytes) -> str:
    """The ETag under which the server keeps these bytes, if it keeps them as they are."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


class Resources:
    """The objects of calendars, or of address books."""

    def __init__(self, dav: Dav, dialect: Dialect = CALDAV) -> None:
        self._dav = dav
        self._dialect = dialect

    def listing(self, collection: str) -> dict[str, str]:
        """Every object of a calendar with its ETag, by one PROPFIND.

        Raises:
            Missing: the calendar is not there.
            Unexpected: the answer does not even hold the calendar itself (RFC 4918, 9.1), and so
                proves nothing.
        """
        found = self._dav.propfind(collection, ("d:getetag", "d:resourcetype"), depth=1)
        listed = {canonical(response.href): response for response in found}
        if listed.pop(collection, None) is None:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=collection, status=207
            )
        return {
            href: response.text("d:getetag")
            for href, response in listed.items()
            if not _is_folder(response) and response.status in (0, 200)
        }

    def changes(self, collection: str, token: str) -> Delta:
        """What moved since `token` (RFC 6578).

        The collection itself may be among the answers after its title changed; it is no object.
        """
        reply = self._dav.report(collection, dav_xml.sync_collection(token))
        condition = dav_xml.name("d:valid-sync-token")
        if reply.status in (403, 409) and condition in dav_error(reply).conditions:
            return Delta(rejected=True)
        answer = self._dav.multistatus(reply)
        changed: dict[str, str] = {}
        removed: set[str] = set()
        for response in answer.responses:
            href = canonical(response.href)
            if not href.startswith(collection) or href == collection or _is_folder(response):
                continue
            # 418 is what servers before 2024 answered for a deletion (server#44130).
            if response.status in (404, 410, 418):
                removed.add(href)
            else:
                changed[href] = response.text("d:getetag")
        return Delta(changed, frozenset(removed), answer.sync_token)

    def fetch(self, collection: str, hrefs: Iterable[str]) -> Iterator[Resource]:
        """The objects among `hrefs` that are there; the others are left out (recording 041).

        An answer that cannot be read as XML, since one member's text holds a character that XML
        has no place for, is asked for again in halves, down to a plain GET of the culprit.
        """
        wanted = sorted(set(hrefs))
        for start in range(0, len(wanted), BATCH):
            yield from self._batch(collection, wanted[start : start + BATCH])

    def get(self, href: str) -> Resource:
        """One object by GET.

        Raises:
            Missing: it is not there.
        """
        found = self._got(href, "")
        if self._dialect.stored and not found.exact:
            found = self._got(href, self._dialect.stored)
        return found

    def _got(self, href: str, accept: str) -> Resource:
        reply = self._dav.send("GET", href, headers={"Accept": accept} if accept else {})
        media = self._dialect.media
        if reply.status != 200 or media not in reply.headers.get("content-type", ""):
            raise self._dav.refusal(reply)
        exact = not self._dialect.stored or reply.etag == etag_of(reply.body)
        return Resource(href, reply.etag, reply.body, exact)

    def holder(self, collection: str, uid: str) -> Resource | None:
        """The object that bears exactly this UID.

        A text-match is found anywhere in a value (RFC 4791, 9.7.5): the UID of another entry may
        end as this one does, so the texts are asked for and read.
        """
        body = self._dialect.query(("d:getetag", self._dialect.text), uid)
        answer = self._dav.multistatus(self._dav.report(collection, body))
        for resource in texts_in(answer, self._dialect.text):
            if uid_in(resource.body.decode()) == uid:
                return resource if resource.exact else self.get(resource.href)
        return None

    def everything(self, collection: str) -> Iterator[Resource]:
        """All objects with their texts, which the server gives whole (040)."""
        body = self._dialect.query(("d:getetag", self._dialect.text), None)
        answer = self._dav.multistatus(self._dav.report(collection, body))
        yield from texts_in(answer, self._dialect.text)

    def put(self, href: str, body: bytes, *, guard: Mapping[str, str]) -> Reply:
        """Write one object under the conditions of `guard`; the answer, whatever it is.

        Where the answer is lost, one look tells whether exactly these bytes are there.

        Raises:
            OutcomeUnknown: neither the answer nor the look tells.
        """
        headers = {"Content-Type": f"{self._dialect.media}; charset=utf-8", **guard}
        try:
            return self._dav.send("PUT", href, body, headers)
        except OutcomeUnknown:
            if self._is_there(href, etag_of(body)):
                return Reply(204, {"etag": etag_of(body)}, b"", href)
            raise

    def delete(self, href: str, etag: str) -> Reply:
        """Remove one object, if its ETag still is this one ("" for whatever it is)."""
        return self._dav.send("DELETE", href, headers={"If-Match": etag} if etag else {})

    def _is_there(self, href: str, etag: str) -> bool:
        try:
            return self.get(href).etag == etag
        except SideError:
            return False

    def _batch(self, collection: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        if not hrefs:
            return
        reply = self._dav.report(collection, self._dialect.multiget(hrefs))
        if reply.status != 207:
            raise self._dav.refusal(reply)
        try:
            answer = dav_xml.multistatus(reply.body)
        except dav_xml.NotXml:
            yield from self._halves(collection, hrefs)
            return
        yield from texts_in(answer, self._dialect.text)

    def _halves(self, collection: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        if len(hrefs) == 1:
            try:
                yield self.get(hrefs[0])
            except Missing:
                return
            return
        middle = len(hrefs) // 2
        yield from self._batch(collection, hrefs[:middle])
        yield from self._batch(collection, hrefs[middle:])


def texts_in(answer: dav_xml.MultiStatus, prop: str) -> Iterator[Resource]:
    """The objects of a report that asked for ETags and texts."""
    for response in answer.responses:
        etag, text = response.text("d:getetag"), response.text(prop)
        if etag and text:
            body = _stored(text, etag)
            yield Resource(canonical(response.href), etag, body, etag == etag_of(body))


def _stored(text: str, etag: str) -> bytes:
    """The bytes that this text was made of: reports leave every CR out (recording 041).

    Where neither way of ending lines gives the ETag, the text as it came, good for reading alone.
    """
    body = text.encode()
    if etag_of(body) == etag:
        return body
    ended = text.replace("\r", "").replace("\n", "\r\n").encode()
    return ended if etag_of(ended) == etag else body


def _is_folder(response: dav_xml.Response) -> bool:
    kinds = response.prop("d:resourcetype")
    return kinds is not None and kinds.find(dav_xml.name("d:collection")) is not None
