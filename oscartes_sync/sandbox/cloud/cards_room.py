"""Everything under ``/remote.php/dav/addressbooks/`` (recordings 080-088)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from lxml import etree

from oscartes_sync.sandbox.cloud.accounts import user_principal
from oscartes_sync.sandbox.cloud.cards_download import export, serve_card
from oscartes_sync.sandbox.cloud.cards_properties import (
    BOOK_ALLPROP,
    CARD_ALLPROP,
    PROTECTED,
    BookProperties,
    card_values,
)
from oscartes_sync.sandbox.cloud.cards_reports import CardReports
from oscartes_sync.sandbox.cloud.cards_seeing import BookShelf, SeenBook, book_not_found
from oscartes_sync.sandbox.cloud.cards_store import DEFAULT_BOOK, AddressBook, CardStore
from oscartes_sync.sandbox.cloud.cards_writing import CardWriting
from oscartes_sync.sandbox.cloud.conditions import check_conditions
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import COLLECTION_TEXT, METHODS, options
from oscartes_sync.sandbox.cloud.files_xml import (
    card,
    inner,
    multistatus,
    names_asked,
    property_changes,
    response,
    set_properties,
)
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    XML,
    Refusal,
    Reply,
    Request,
    forbidden,
    node_not_found,
    not_allowed,
    not_found,
    not_implemented,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.reports import parse_report
from oscartes_sync.sandbox.cloud.sharing import DONE, PREFIX
from oscartes_sync.sandbox.cloud.store import Did, Share
from oscartes_sync.sandbox.cloud.throttles import HOUR, Throttles, too_many
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, oc, parse, text

TAKEN = "The resource you tried to create already exists"
MOST_BOOKS = 10
BOOKS_PER_HOUR = 10
COLLECTION = {dav("resourcetype"): "<d:collection/>"}


class CardRoom:
    """Answers requests on address books and cards.

    `default_book`: whether each account has its book "contacts" from the first request on.
    """

    def __init__(self, core: Core, throttles: Throttles, *, default_book: bool = True) -> None:
        self.core = core
        self.throttles = throttles
        self.default_book = default_book
        self.store = CardStore()
        self.shelf = BookShelf(core, self.store)
        self.properties = BookProperties(core)
        self.reports = CardReports(self.shelf)
        self.writing = CardWriting(core, self.store)
        self._made: dict[str, list[datetime]] = {}
        self._greeted: set[str] = set()

    def answer(self, request: Request) -> Reply:
        """Dispatch on how deep the path is. Raises Refusal."""
        if request.method not in METHODS:
            raise not_implemented(request.method)
        if request.method == "OPTIONS":
            return options()
        self.greet(request.user.uid)
        parts = request.segments[4:]
        if request.segments[3:4] != ("users",) or not parts:
            if request.method == "PROPFIND":
                raise not_allowed("Listing members of this collection is disabled")
            raise not_implemented(request.method)
        if len(parts) == 1:
            return self._home(request, parts[0])
        if len(parts) == 2:
            return self._book(request, parts[0], parts[1])
        if len(parts) > 3:
            self.shelf.resolve(request, parts[0], parts[1])
            raise not_found("Card not found")
        return self._card(request, parts[0], parts[1], parts[2])

    def greet(self, uid: str) -> None:
        """Give an account its first book, as its first sign-in does."""
        if uid in self._greeted:
            return
        self._greeted.add(uid)
        if self.default_book and self.store.find(uid, DEFAULT_BOOK) is None:
            self.make(uid, DEFAULT_BOOK, "Contacts")

    def make(self, uid: str, uri: str, name: str | None = None) -> AddressBook:
        """A new book."""
        book = self.store.make(uid, uri)
        book.properties[dav("displayname")] = text(name if name is not None else uri)
        return book

    def _home(self, request: Request, uid: str) -> Reply:
        self.shelf.check_home(request, uid)
        if request.method == "PROPFIND":
            names = names_asked(request)
            writer = Writer(cards=True)
            path = f"/remote.php/dav/addressbooks/users/{uid}/"
            responses = [response(writer, path, names, COLLECTION)]
            if request.headers.get("depth", "1") != "0":
                responses += [
                    self._book_response(writer, one, names) for one in self.shelf.home(uid)
                ]
            return multistatus(writer, responses)
        if request.method == "REPORT":
            raise report_not_supported(str(parse_report(request.body).tag))
        if request.method in ("GET", "HEAD"):
            return Reply(200, COLLECTION_TEXT)
        if request.method == "MKCOL":
            raise not_allowed(TAKEN)
        raise forbidden(f"{request.method} of an address book home is not allowed")

    def _book(self, request: Request, uid: str, uri: str) -> Reply:
        method = request.method
        if method == "MKCOL":
            return self._mkcol(request, uid, uri)
        seen = self.shelf.resolve(request, uid, uri)
        if method == "GET" and request.query.split("&")[0] == "export":
            return export(seen.book, self.core.now())
        actions: dict[str, Callable[[Request, SeenBook], Reply]] = {
            "PROPFIND": self._propfind,
            "REPORT": self.reports.answer,
            "PROPPATCH": self._proppatch,
            "DELETE": self._delete_book,
            "POST": self._post,
            "GET": lambda _request, _seen: Reply(200, COLLECTION_TEXT),
            "HEAD": lambda _request, _seen: Reply(200, COLLECTION_TEXT),
        }
        if method not in actions:
            raise not_implemented(method)
        return actions[method](request, seen)

    def _mkcol(self, request: Request, uid: str, uri: str) -> Reply:
        root = parse(request.body) if request.body.strip() else None
        self.shelf.check_home(request, uid)
        properties = set_properties(root)
        kind = properties.pop(dav("resourcetype"), None)
        if self.shelf.find(uid, uri) is not None:
            raise not_allowed(TAKEN)
        if kind is None or kind.find(card("addressbook")) is None:
            raise Refusal(
                403,
                SABRE + "InvalidResourceType",
                "Unknown resourceType for this collection",
                extra="  <d:valid-resourcetype/>\n",
            )
        self._count(request)
        book = self.make(uid, uri)
        book.properties.update({name: inner(one) for name, one in properties.items()})
        return Reply(201)

    def _count(self, request: Request) -> None:
        """Hold requests by session cookie, and them alone, to the limits (049, 088)."""
        if not request.by_session:
            return
        uid = request.user.uid
        if len(self.store.owned(uid)) >= MOST_BOOKS:
            raise forbidden("AddressBook limit reached")
        if not self.core.settings.rate_limits:
            return
        now = self.core.clock()
        recent = [one for one in self._made.get(uid, []) if now - one < HOUR]
        if len(recent) >= BOOKS_PER_HOUR:
            raise too_many("Too many addressbooks created")
        self._made[uid] = [*recent, now]

    def _book_response(self, writer: Writer, seen: SeenBook, names: list[str] | None) -> str:
        wanted = list(BOOK_ALLPROP) if names is None else names
        return response(writer, seen.path, names, self.properties.found(seen, wanted))

    def _propfind(self, request: Request, seen: SeenBook) -> Reply:
        names = names_asked(request)
        writer = Writer(cards=True)
        responses = [self._book_response(writer, seen, names)]
        if request.headers.get("depth", "1") != "0":
            wanted = list(CARD_ALLPROP) if names is None else names
            for name in sorted(seen.book.cards):
                found = card_values(seen, seen.book.cards[name], wanted)
                responses.append(response(writer, seen.path + name, names, found))
        return multistatus(writer, responses)

    def _proppatch(self, request: Request, seen: SeenBook) -> Reply:
        changes = property_changes(parse(request.body))
        protected = [name for name in changes if name in PROTECTED]
        if protected:
            rest = [name for name in changes if name not in PROTECTED]
            statuses = {403: protected, 424: rest}
        else:
            _apply(seen, changes)
            statuses = {200: list(changes)}
        writer = Writer(cards=True)
        body = writer.multistatus(writer.propstats(seen.path.rstrip("/"), statuses))
        return Reply(207, body, XML)

    def _delete_book(self, _request: Request, seen: SeenBook) -> Reply:
        if seen.generated:
            raise forbidden("")
        if seen.own:
            for name in list(seen.book.cards):
                self.writing.delete(seen.book, name)
            self.store.drop(seen.book)
            return Reply(204)
        mine = user_principal(seen.viewer)
        seen.book.shares = [one for one in seen.book.shares if one.principal != mine]
        if seen.book.role(self.core.directory.principals(seen.viewer)) is not None:
            seen.book.left.add(seen.viewer)
        return Reply(204)

    def _post(self, request: Request, seen: SeenBook) -> Reply:
        """Share with principals; unknown ones change nothing, silently (087)."""
        kind = request.headers.get("content-type", "")
        if not kind.startswith(("application/xml", "text/xml")) or seen.generated:
            raise not_implemented("POST")
        root = parse_report(request.body)
        if root.tag != oc("share"):
            raise not_implemented("POST")
        if not seen.own:
            raise forbidden("")
        self.throttles.share_asked(request)
        for step in root:
            target = (step.findtext(dav("href")) or "").strip()
            if target.startswith(PREFIX):
                self._share(seen.book, target.removeprefix(PREFIX), step)
        return Reply(200, headers=[DONE])

    def _share(self, book: AddressBook, principal: str, step: etree._Element) -> None:
        common = self.core.directory.common_name(principal)
        if step.tag == oc("set") and (common is None or principal == user_principal(book.owner)):
            return
        book.shares = [one for one in book.shares if one.principal != principal]
        if step.tag == oc("set"):
            writable = step.find(oc("read-write")) is not None
            book.shares.append(Share(principal, writable, common or ""))
        book.left.discard(principal.removeprefix("principals/users/"))

    def _card(self, request: Request, uid: str, uri: str, name: str) -> Reply:
        method = request.method
        seen = self.shelf.resolve(request, uid, uri)
        if method in ("PUT", "DELETE", "MOVE"):
            return self._change(request, seen, name)
        if method == "PROPFIND":
            stored = seen.card(name)
            names = names_asked(request)
            writer = Writer(cards=True)
            wanted = list(CARD_ALLPROP) if names is None else names
            found = card_values(seen, stored, wanted)
            return multistatus(writer, [response(writer, seen.path + name, names, found)])
        if method in ("GET", "HEAD"):
            return serve_card(request, seen, name)
        if method == "MKCOL":
            raise not_allowed("Creating collections in card objects is not allowed")
        seen.card(name)
        raise not_implemented(method)

    def _change(self, request: Request, seen: SeenBook, name: str) -> Reply:
        there = seen.book.cards.get(name)
        check_conditions(request, there.etag if there else None)
        if request.method != "PUT" and there is None:
            raise not_found("Card not found")
        if not seen.writable:
            raise _denied(request.method, seen, name)
        if request.method == "MOVE":
            return self._move(request, seen, name)
        if request.method == "DELETE":
            self.writing.delete(seen.book, name)
            return Reply(204)
        strict = "handling=strict" in request.headers.get("prefer", "")
        written = self.writing.put(seen.book, name, request.body, strict=strict)
        headers = []
        if written.warning:
            said = f"vCard validation warning: {written.warning}".encode().decode("latin-1")
            headers.append(("X-Sabre-Ew-Gross", said))
        if written.etag:
            headers += [("ETag", written.etag), ("OC-ETag", written.etag)]
        return Reply(201 if written.created else 204, headers=headers)

    def _move(self, request: Request, seen: SeenBook, name: str) -> Reply:
        path = urlsplit(request.headers.get("destination", "")).path
        parts = [unquote(part) for part in path.split("/") if part]
        if len(parts) != 7 or parts[2:4] != ["addressbooks", "users"]:
            raise forbidden("Destination URI is not a card")
        target = self.shelf.resolve(request, parts[4], parts[5])
        if target.book is seen.book:
            raise forbidden("Permission denied to rename file")
        if not target.writable:
            raise book_not_found(target.uri)
        stored = seen.card(name)
        replaced = parts[6] in target.book.cards
        self.writing.delete(seen.book, name)
        self.writing.put(target.book, parts[6], stored.body)
        return Reply(204 if replaced else 201)


def _apply(seen: SeenBook, changes: dict[str, etree._Element | None]) -> None:
    kept = seen.book.properties
    if not seen.own:
        kept = seen.book.member_properties.setdefault(seen.viewer, {})
    for name, element in changes.items():
        if element is None:
            kept.pop(name, None)
        else:
            kept[name] = inner(element)
    if seen.own:
        seen.book.record("", Did.CHANGED)


def _denied(method: str, seen: SeenBook, name: str) -> Exception:
    """What is told to those who may not write: 404, not 403 (087, 088)."""
    if seen.generated:
        return node_not_found(seen.uri)
    if method == "PUT" and name in seen.book.cards:
        return node_not_found(name)
    return book_not_found(seen.uri)
