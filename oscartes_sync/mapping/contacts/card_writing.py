"""A record as a new vCard, and changed fields put into the card that is there.

New cards are 3.0, which every program reads and Nextcloud gives to those that ask for nothing
else (reference nextcloud.md, "CardDAV"). A card keeps its own version when it is patched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from oscartes_sync.errors import Invalid, RecordError
from oscartes_sync.mapping.contacts import card_fields as fields
from oscartes_sync.mapping.contacts.card_editing import WRITERS, Pen, put_page
from oscartes_sync.mapping.contacts.card_lines import Card, parse_card
from oscartes_sync.mapping.contacts.card_reading import check_card, contact_of, read_card
from oscartes_sync.mapping.contacts.photos import Photo, has_own_photo
from oscartes_sync.mapping.content_lines import escape, escape_line, fold
from oscartes_sync.mapping.resource_fields import HINT
from oscartes_sync.mapping.resource_times import utc_text
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from oscartes_sync.records.problem import Severity

__all__ = ["Photo", "keeps_photo", "patch_card", "project_card", "validate_card", "write_card"]

_PRODUCT: Final = "-//OSCARTES//oscartes_sync//EN"
_PLACEHOLDER: Final = Photo(b"-", "PNG")
_SOME_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def write_card(
    contact: Contact, uid: str, *, hint: str, photo: Photo | None, now: datetime
) -> bytes:
    """The whole card of a new contact.

    `hint` is X-OSCARTES-ENTRY ("" for none), `photo` the bytes of `contact.image`, `now` an
    instant.
    """
    start = ("BEGIN:VCARD", "VERSION:3.0", f"PRODID:{_PRODUCT}", f"UID:{escape(uid)}", "END:VCARD")
    card = parse_card(b"".join(map(fold, start)))
    for writer in WRITERS.values():
        writer(card, contact, Pen(photo=photo))
    put_page(card, contact, Pen())
    if hint:
        card.add(HINT, escape(hint))
    card.add("REV", utc_text(now))
    return bytes(card)


def patch_card(
    body: bytes,
    changes: Mapping[str, object],
    contact: Contact,
    *,
    photo: Photo | None = None,
    hint: str = "",
    now: datetime,
) -> bytes:
    """The body with `changes` (record field → new value) in it.

    `contact` says where the wiki keeps things (page, properties); what it holds beyond `changes`
    is not written. `changes` may name `page` as well. `photo` are the bytes of a changed image;
    without them, and over a member's own photo, the photo stays. `body` itself comes back where
    all is said already. `hint` is our mark, which a card that lost it gets back.

    Raises:
        Invalid: the body is no card of a contact, or would be none afterwards.
    """
    card = parse_card(body)
    try:
        check_card(card)
        old = _old(card)
        target = _target(old, changes, contact)
    except RecordError as error:
        raise Invalid(error.code, **error.params) from error
    for names, writer in WRITERS.items():
        if any(getattr(old, name) != getattr(target, name) for name in names):
            writer(card, target, Pen(old, photo))
    if "page" in changes:
        put_page(card, target, Pen(old))
    if not card.moved:
        return body
    if hint and not fields.hint(card):
        card.put(HINT, escape(hint))
    if card.first("FN") is None and target.name == old.name:
        card.put("FN", escape_line(target.name))  # Nextcloud would add it, and then give no ETag
    card.put("REV", utc_text(now))
    return bytes(card)


def project_card(contact: Contact, uid: str) -> Contact:
    """The contact as a new card would hold it: written down and read again."""
    photo = _PLACEHOLDER if contact.image else None
    back = read_card(write_card(contact, uid, hint="", photo=photo, now=_SOME_TIME)).record
    if back is None:
        return contact
    return replace(back, page=contact.page, properties=contact.properties)


def keeps_photo(body: bytes) -> bool:
    """Whether the card bears a photo that a member chose, so that no logo need be fetched."""
    return has_own_photo(parse_card(body))


def validate_card(body: bytes) -> None:
    """Refuse what Nextcloud would refuse with a 415, or mend in silence (recording 083).

    Raises:
        Invalid: why it must not be sent.
    """
    reading = read_card(body)
    if reading.record is None:
        problem = next((each for each in reading.problems if each.severity is Severity.ERROR), None)
        raise Invalid(problem.code if problem else "contact-group")
    card = parse_card(body)
    for name in ("FN", "UID"):
        count = len(card.each(name))
        if not count or (count > 1 and not card.modern):
            raise Invalid("card-property-count", property=name)


def _old(card: Card) -> Contact:
    """What the card says.

    Raises:
        RecordError: `contact-group`; see `contact_of`.
    """
    if fields.stated_kind(card) == "group":
        raise RecordError("contact-group")
    return contact_of(card)


def _target(old: Contact, changes: Mapping[str, object], contact: Contact) -> Contact:
    """What the card is to say: what it says, with the changes."""
    values: dict[str, Any] = {
        name: value for name, value in changes.items() if name in CONTACT_FIELDS
    }
    page = changes.get("page", contact.page or old.page)
    properties = tuple({**dict(old.properties), **dict(contact.properties)}.items())
    return replace(old, **values, page=str(page), properties=properties)
