"""REPORT on address books: sync-collection, addressbook-multiget, addressbook-query (086)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

from oscartes_sync.sandbox.cloud.cards_conversion import converted
from oscartes_sync.sandbox.cloud.cards_jcard import JCARD
from oscartes_sync.sandbox.cloud.cards_properties import ADDRESS_DATA, card_values
from oscartes_sync.sandbox.cloud.cards_query import read_filter
from oscartes_sync.sandbox.cloud.cards_seeing import RECENT_BOOK, BookShelf, SeenBook
from oscartes_sync.sandbox.cloud.cards_store import AddressBook, StoredCard
from oscartes_sync.sandbox.cloud.files_xml import card, multistatus
from oscartes_sync.sandbox.cloud.icalendar_text import Unreadable
from oscartes_sync.sandbox.cloud.messages import (
    XML,
    Refusal,
    Reply,
    Request,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.propfind import names_in
from oscartes_sync.sandbox.cloud.reports import IndentedWriter, parse_report
from oscartes_sync.sandbox.cloud.store import SYNC_PREFIX, Did
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, href_element, text

LARGEST_PAGE = 2500
FIRST_PAGES = re.compile(r"init_(\d+)_(\d+)")
NUMBER = re.compile(r"\s*\+?(\d+)")
CUT = (
    " <d:response>\n  {href}\n"
    "  <d:status>HTTP/1.1 507 Insufficient Storage</d:status>\n </d:response>\n"
)


@dataclass(slots=True)
class Page:
    """One page of changes: names there are, names gone, the token to go on from."""

    present: list[str]
    gone: list[str]
    token: str
    cut: bool


class CardReports:
    """Answers REPORT on one book."""

    def __init__(self, shelf: BookShelf) -> None:
        self.shelf = shelf

    def answer(self, request: Request, seen: SeenBook) -> Reply:
        """Dispatch on the document's root. Raises Refusal 415 for reports unknown here."""
        root = parse_report(request.body)
        if root.tag == dav("sync-collection") and seen.uri != RECENT_BOOK:
            return _sync(root, seen)
        if root.tag == card("addressbook-multiget"):
            return self._multiget(request, root)
        if root.tag == card("addressbook-query"):
            return _query(request, root, seen)
        raise report_not_supported(str(root.tag) if root.tag == dav("sync-collection") else "")

    def _multiget(self, request: Request, root: etree._Element) -> Reply:
        uid = request.user.uid
        wanted: dict[str, set[str]] = {}
        for element in root.iter(dav("href")):
            path = unquote(urlsplit((element.text or "").strip()).path)
            parts = [part for part in path.split("/") if part]
            if len(parts) == 7 and "/".join(parts[2:5]) == f"addressbooks/users/{uid}":
                wanted.setdefault(parts[5], set()).add(parts[6])
        writer = Writer(cards=True)
        responses: list[str] = []
        for uri, names in wanted.items():
            seen = self.shelf.find(uid, uri)
            if seen is not None:
                there = (seen.book.cards[name] for name in sorted(names & seen.book.cards.keys()))
                responses.extend(_response(writer, seen, one, root) for one in there)
        return multistatus(writer, responses)


def _names(root: etree._Element) -> list[str]:
    prop = root.find(dav("prop"))
    return [] if prop is None else names_in(prop)


def _response(
    writer: Writer,
    seen: SeenBook,
    stored: StoredCard,
    root: etree._Element,
) -> str:
    names = _names(root)
    found = card_values(seen, stored, names)
    if ADDRESS_DATA in found:
        element = root.find(f"{dav('prop')}/{ADDRESS_DATA}")
        found[ADDRESS_DATA] = text(_as_asked(stored.body, element).decode("utf-8", "replace"))
    return writer.response(
        seen.path + stored.name, found, [name for name in names if name not in found]
    )


def _as_asked(body: bytes, element: etree._Element | None) -> bytes:
    kind = "" if element is None else element.get("content-type", "")
    version = "3.0" if element is None else element.get("version", "3.0")
    target = JCARD if kind == JCARD else ("4.0" if version == "4.0" else "3.0")
    try:
        return converted(body, target)
    except Unreadable:
        return body


def _query(request: Request, root: etree._Element, seen: SeenBook) -> Reply:
    if request.depth == "0":
        raise Refusal(
            415,
            "Sabre\\DAV\\Exception\\ReportNotSupported",
            "The addressbook-query report is not supported on this url with Depth: 0",
            extra="  <d:supported-report/>\n",
        )
    passes = read_filter(root)
    said = root.findtext(f"{card('limit')}/{card('nresults')}")
    limit = int(said) if said and said.strip().isdigit() else None
    every = (seen.book.cards[name] for name in sorted(seen.book.cards))
    hits = [one for one in every if passes(one.body)][:limit]
    writer = Writer(cards=True)
    return multistatus(writer, [_response(writer, seen, one, root) for one in hits])


def _sync(root: etree._Element, seen: SeenBook) -> Reply:
    names = _names(root)
    said = root.findtext(f"{dav('limit')}/{dav('nresults')}")
    limit = int(said) if said and said.strip().isdigit() and int(said) else LARGEST_PAGE
    page = changes(
        seen.book, (root.findtext(dav("sync-token")) or "").strip(), min(limit, LARGEST_PAGE)
    )
    writer = IndentedWriter()
    parts = []
    for name in sorted(page.present):
        stored = seen.book.cards.get(name)
        if stored is not None:
            found = card_values(seen, stored, names)
            missing = [one for one in names if one not in found]
            parts.append(writer.response(seen.path + name, found, missing))
    parts.extend(
        f" <d:response>\n  {href_element(seen.path + name)}\n"
        "  <d:status>HTTP/1.1 404 Not Found</d:status>\n </d:response>\n"
        for name in page.gone
    )
    if page.cut:
        parts.append(CUT.format(href=href_element(seen.path)))
    return Reply(207, writer.document("".join(parts), SYNC_PREFIX + page.token), XML)


def changes(book: AddressBook, token: str, limit: int) -> Page:
    """What changed since a token. Raises the server's 403 where the prefix is missing.

    A first sync pages by card number (``init_N_M``), a delta by change row; a cut delta goes on
    from its last row, which is told again, so a limit of one never ends (086).
    """
    if not token:
        return _first(book, 0, book.token, limit)
    if not token.startswith(SYNC_PREFIX):
        raise Refusal(
            403,
            "Sabre\\DAV\\Exception\\InvalidSyncToken",
            "Invalid or unknown sync token",
            extra="  <d:valid-sync-token/>\n",
        )
    value = token.removeprefix(SYNC_PREFIX)
    paged = FIRST_PAGES.fullmatch(value)
    if paged:
        return _first(book, int(paged[1]), int(paged[2]), limit)
    found = NUMBER.match(value)
    since = int(found[1]) if found else 0
    return _delta(book, since, limit) if since else _first(book, 0, book.token, limit)


def _first(book: AddressBook, after: int, token: int, limit: int) -> Page:
    rest = sorted(
        (one for one in book.cards.values() if one.number > after), key=lambda one: one.number
    )
    part = rest[:limit]
    cut = len(part) >= limit
    next_token = f"init_{part[-1].number}_{token}" if cut else str(token)
    return Page([one.name for one in part], [], next_token, cut)


def _delta(book: AddressBook, since: int, limit: int) -> Page:
    rows = [row for row in book.changes if row[0] >= since][:limit]
    last = {name: did for _, name, did in rows}
    cut = len(rows) == limit
    return Page(
        [name for name, did in last.items() if did is not Did.DELETED and name],
        [name for name, did in last.items() if did is Did.DELETED],
        str(rows[-1][0] if cut else book.token),
        cut,
    )
