"""Writing cards: what PUT and DELETE do once conditions and rights hold (083-085, 088)."""

from __future__ import annotations

from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.cards_birthdays import Birthdays
from oscartes_sync.sandbox.cloud.cards_checking import check_card
from oscartes_sync.sandbox.cloud.cards_store import AddressBook, CardStore, StoredCard
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Refusal, bad_request, forbidden
from oscartes_sync.sandbox.cloud.store import etag_of
from oscartes_sync.sandbox.cloud.xml_text import href_element

CARD_SIZE_LIMIT = 5242880
DUPLICATE = "VCard object with uid already exists in this addressbook collection."


@dataclass(slots=True)
class WrittenCard:
    """What became of a PUT. `etag` is None where the text kept is not the text sent."""

    created: bool
    etag: str | None
    warning: str | None


class CardWriting:
    """Creates, changes and deletes cards; members of the stand-in write through here too."""

    def __init__(self, core: Core, store: CardStore) -> None:
        self.core = core
        self.store = store
        self.birthdays = Birthdays(core)

    def put(
        self, book: AddressBook, name: str, body: bytes, *, strict: bool = False
    ) -> WrittenCard:
        """Check and keep a body. Raises Refusal 415, 403 (size), 400 or 409 (UID taken).

        Only a new card's UID is compared: an existing one may take another's (085).
        """
        checked = check_card(body, strict=strict)
        if len(checked.body) > CARD_SIZE_LIMIT:
            raise forbidden(f"VCard object exceeds {CARD_SIZE_LIMIT} bytes")
        there = book.cards.get(name)
        holder = book.holder(checked.uid)
        if there is None and holder is not None:
            raise self._conflict(book, holder)
        etag = etag_of(checked.body)
        number = there.number if there else self.store.next_number()
        book.keep(StoredCard(number, name, checked.body, etag, checked.uid, self.core.now()))
        self.birthdays.refresh(book, name, checked.card)
        return WrittenCard(there is None, None if checked.changed else etag, checked.warning)

    def delete(self, book: AddressBook, name: str) -> None:
        """Delete a card: for good."""
        book.forget(name)
        self.birthdays.refresh(book, name, None)

    def _conflict(self, book: AddressBook, holder: StoredCard) -> Refusal:
        if self.core.settings.uid_conflict == 400:
            return bad_request(DUPLICATE)
        path = f"/remote.php/dav/addressbooks/users/{book.owner}/{book.uri}/{holder.name}"
        return Refusal(
            409,
            "Sabre\\CardDAV\\Exception\\UidConflict",
            DUPLICATE,
            extra='  <card:no-uid-conflict xmlns:card="urn:ietf:params:xml:ns:carddav">'
            f"{href_element(path)}</card:no-uid-conflict>\n",
        )
