"""Address books and their cards. In memory; tokens move as the server's do (086).

Unlike calendars there is no bin: a deleted card is gone, its UID and name free at once (084), and
of several changes of one name the last is reported, not the highest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from oscartes_sync.sandbox.cloud.store import Did, Share

DEFAULT_BOOK = "contacts"


@dataclass(slots=True)
class StoredCard:
    """One card; `number` grows over the whole cloud, `modified` is UTC."""

    number: int
    name: str
    body: bytes
    etag: str
    uid: str
    modified: datetime


@dataclass
class AddressBook:
    """One address book of `owner`; `properties` are XML values by Clark name."""

    number: int
    owner: str
    uri: str
    properties: dict[str, str] = field(default_factory=dict)
    member_properties: dict[str, dict[str, str]] = field(default_factory=dict)
    cards: dict[str, StoredCard] = field(default_factory=dict)
    token: int = 1
    changes: list[tuple[int, str, Did]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    def record(self, name: str, did: Did) -> None:
        """Add a change row and move the token."""
        self.changes.append((self.token, name, did))
        self.token += 1

    def holder(self, uid: str) -> StoredCard | None:
        """A card with that UID; by case, as the database compares (085)."""
        return next((one for one in self.cards.values() if one.uid == uid), None)

    def keep(self, card: StoredCard) -> None:
        """Keep a new or changed card under its name."""
        did = Did.CHANGED if card.name in self.cards else Did.ADDED
        self.cards[card.name] = card
        self.record(card.name, did)

    def forget(self, name: str) -> None:
        """Delete a card for good."""
        del self.cards[name]
        self.record(name, Did.DELETED)

    def role(self, principals: set[str]) -> bool | None:
        """Whether somebody of these principals may write; None: nothing is shared with them."""
        granted = [share.writable for share in self.shares if share.principal in principals]
        return any(granted) if granted else None


class CardStore:
    """Every address book of the cloud."""

    def __init__(self) -> None:
        self._books: dict[tuple[str, str], AddressBook] = {}
        self._book_numbers = count(1)
        self._card_numbers = count(1)

    def next_number(self) -> int:
        """A number for a new card."""
        return next(self._card_numbers)

    def make(self, owner: str, uri: str) -> AddressBook:
        """A new book; the caller has made sure the place is free."""
        book = AddressBook(next(self._book_numbers), owner, uri)
        self._books[owner, uri] = book
        return book

    def find(self, owner: str, uri: str) -> AddressBook | None:
        """The book at a place."""
        return self._books.get((owner, uri))

    def owned(self, owner: str) -> list[AddressBook]:
        """All of an account's own."""
        return [one for one in self._books.values() if one.owner == owner]

    def every(self) -> Iterator[AddressBook]:
        """All there are."""
        return iter(self._books.values())

    def drop(self, book: AddressBook) -> None:
        """Delete a book for good."""
        del self._books[book.owner, book.uri]
