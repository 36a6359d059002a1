"""Address books as an account sees them: own, shared, and the two the server makes (080, 087)."""

from __future__ import annotations

from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.cards_store import AddressBook, CardStore, StoredCard
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Request, node_not_found, not_found
from oscartes_sync.sandbox.cloud.seeing import SHARED_BY
from oscartes_sync.sandbox.cloud.store import Did, etag_of
from oscartes_sync.sandbox.cloud.xml_text import dav, text

SYSTEM_BOOK = "z-server-generated--system"
RECENT_BOOK = "z-app-generated--contactsinteraction--recent"
SYSTEM_OWNER = "principals/system/system"
NO_CARD = "Card not found"


@dataclass(slots=True)
class SeenBook:
    """A book before one account. `generated` ones are the server's: nobody writes to them."""

    book: AddressBook
    viewer: str
    uri: str
    writable: bool
    generated: bool = False

    @property
    def own(self) -> bool:
        """Whether the viewer is the owner."""
        return self.viewer == self.book.owner

    @property
    def path(self) -> str:
        """The decoded path, with its slash."""
        return f"/remote.php/dav/addressbooks/users/{self.viewer}/{self.uri}/"

    def card(self, name: str) -> StoredCard:
        """One card. Raises the server's 404."""
        found = self.book.cards.get(name)
        if found is None:
            raise not_found(NO_CARD)
        return found

    def kept_property(self, name: str) -> str | None:
        """A property: the member's own value where there is one."""
        if not self.own:
            mine = self.book.member_properties.get(self.viewer, {})
            if name in mine:
                return mine[name]
        return self.book.properties.get(name)


class BookShelf:
    """Finds books."""

    def __init__(self, core: Core, store: CardStore) -> None:
        self.core = core
        self.store = store
        self._system = AddressBook(0, SYSTEM_OWNER, SYSTEM_BOOK)
        self._system.properties = {
            dav("displayname"): "Accounts",
            "{urn:ietf:params:xml:ns:carddav}addressbook-description": (
                "System address book which holds all accounts"
            ),
        }
        self._recent = AddressBook(0, "", RECENT_BOOK)
        self._recent.properties = {dav("displayname"): "Recently contacted"}

    def home(self, uid: str) -> list[SeenBook]:
        """Every book of an account's home: own ones, shared ones, the server's."""
        seen = [SeenBook(one, uid, one.uri, writable=True) for one in self.store.owned(uid)]
        principals = self.core.directory.principals(uid)
        for book in self.store.every():
            shared = self._shared(book, uid, principals) if book.owner != uid else None
            if shared:
                seen.append(shared)
        return [*seen, self._generated(uid, SYSTEM_BOOK), self._generated(uid, RECENT_BOOK)]

    def find(self, uid: str, uri: str) -> SeenBook | None:
        """The book of that URI in an account's home."""
        if uri in (SYSTEM_BOOK, RECENT_BOOK):
            return self._generated(uid, uri)
        own = self.store.find(uid, uri)
        if own is not None:
            return SeenBook(own, uid, uri, writable=True)
        original, mark, owner = uri.rpartition(SHARED_BY)
        book = self.store.find(owner, original) if mark else None
        if book is None:
            return None
        return self._shared(book, uid, self.core.directory.principals(uid))

    def resolve(self, request: Request, uid: str, uri: str) -> SeenBook:
        """The book a path names. Raises the server's 404."""
        self.check_home(request, uid)
        seen = self.find(uid, uri)
        if seen is None:
            raise book_not_found(uri)
        return seen

    def check_home(self, request: Request, uid: str) -> None:
        """Raise the server's 404 unless the home is the request's own (080)."""
        if uid == request.user.uid:
            return
        if uid not in self.core.directory.accounts:
            raise not_found(f"Principal with name {uid} not found")
        raise node_not_found(uid)

    def _shared(self, book: AddressBook, uid: str, principals: set[str]) -> SeenBook | None:
        role = book.role(principals)
        if role is None or uid in book.left or book.owner == uid:
            return None
        return SeenBook(book, uid, f"{book.uri}{SHARED_BY}{book.owner}", writable=role)

    def _generated(self, uid: str, uri: str) -> SeenBook:
        if uri == RECENT_BOOK:
            return SeenBook(self._recent, uid, uri, writable=False, generated=True)
        self._refresh_system()
        return SeenBook(self._system, uid, uri, writable=False, generated=True)

    def _refresh_system(self) -> None:
        book, accounts = self._system, self.core.directory.accounts
        wanted = {f"Database:{uid}.vcf": account for uid, account in sorted(accounts.items())}
        for name, account in wanted.items():
            body = _account_card(account.uid, account.name or account.uid, account.email)
            there = book.cards.get(name)
            if there is None or there.body != body:
                made = StoredCard(
                    self.store.next_number(), name, body, etag_of(body), account.uid,
                    self.core.now(),
                )  # fmt: skip
                book.keep(made)
        for name in [one for one in book.cards if one not in wanted]:
            del book.cards[name]
            book.record(name, Did.DELETED)


def book_not_found(uri: str) -> Exception:
    """404 of a book (087, 088)."""
    return not_found(f"Addressbook with name '{uri}' could not be found")


def owner_name(core: Core, book: AddressBook) -> str:
    """What an owner is called, as XML."""
    account = core.directory.accounts.get(book.owner)
    return text(account.name or account.uid) if account else text(book.owner)


def _account_card(uid: str, name: str, email: str) -> bytes:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"UID:{uid}", f"FN:{name}", f"N:{name};;;;"]
    if email:
        lines.append(f"EMAIL;TYPE=OTHER:{email}")
    return "\r\n".join([*lines, "END:VCARD", ""]).encode()
