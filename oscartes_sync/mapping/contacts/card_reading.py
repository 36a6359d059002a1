"""A vCard as a record. Whatever its bytes are, reading ends in a value.

3.0 and 4.0 are read alike. What makes no card is BROKEN with a Problem that says why; a group of
contacts is FOREIGN; what can only be mirrored less well gives warnings. Everything the record has
no place for is left to `card_writing`, which keeps it byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.bounds import check_description
from oscartes_sync.mapping.contacts import card_fields as fields
from oscartes_sync.mapping.contacts.card_lines import Card, parse_card
from oscartes_sync.mapping.contacts.photos import image_of
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.standing import Standing

MOST_VALUES: Final = 1_000
"""Telephones, addresses or categories of one contact."""

_COUNTED: Final = ("TEL", "EMAIL", "URL", "ADR", "CATEGORIES", *fields.PROFILES, *fields.RELATED)


@dataclass(frozen=True, slots=True)
class CardReading:
    """What a card says. `record` is None where `standing` is BROKEN, and of a group of contacts.

    HIDDEN is one whose CLASS is not PUBLIC; whether a binding may mirror it is for it to say.
    `hint` is X-OSCARTES-ENTRY, which proves nothing.
    """

    uid: str
    record: Contact | None
    standing: Standing
    problems: tuple[Problem, ...] = ()
    hint: str = ""


def read_card(body: bytes | str) -> CardReading:
    """Read a resource of an address book."""
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return read_parsed(parse_card(raw))


def read_parsed(card: Card) -> CardReading:
    """`read_card` for a card whose lines are known already."""
    uid = card.text("UID").strip()
    try:
        check_card(card)
        if fields.stated_kind(card) == "group":
            return CardReading(uid, None, Standing.FOREIGN)
        contact = contact_of(card)
    except RecordError as error:
        problem = Problem.from_error(error, side=Side.CLOUD)
        return CardReading(uid, None, Standing.BROKEN, (problem,))
    standing = Standing.HIDDEN if fields.is_private(card) else Standing.OPEN
    return CardReading(uid, contact, standing, _warnings(card, contact), fields.hint(card))


def check_card(card: Card) -> None:
    """Refuse what is no card that could be mirrored.

    Raises:
        RecordError: `too-large`, `not-vcard`, `several-cards`, `card-too-old`, `no-uid`.
    """
    if card.broken:
        raise RecordError(card.broken)
    if _is_crowded(card):
        raise RecordError("too-large")
    if card.version == "2.1":
        raise RecordError("card-too-old")  # Nextcloud refuses it, too (recording 083)
    if not card.text("UID").strip():
        raise RecordError("no-uid")


def _is_crowded(card: Card) -> bool:
    """Whether it holds more of a kind than an actor can have; each is looked at several times."""
    named = sum(line.value.count(",") for line in card.each("CATEGORIES"))
    return named > MOST_VALUES or any(len(card.each(name)) > MOST_VALUES for name in _COUNTED)


def contact_of(card: Card) -> Contact:
    """The record of one card.

    Raises:
        RecordError: `no-name`, `too-large`.
    """
    where = fields.address_line(card)
    description = fields.description(card)
    check_description(description)
    return Contact(
        name=fields.name(card),
        kind=fields.kind(card),
        given_name=fields.person(card, "given_name"),
        family_name=fields.person(card, "family_name"),
        phones=tuple(value for _, value in fields.phones(card)),
        emails=tuple(value for _, value in fields.emails(card)),
        sites=tuple(value for _, value in fields.sites(card)),
        street=fields.address_part(where, "street"),
        postcode=fields.address_part(where, "postcode"),
        town=fields.address_part(where, "town"),
        country=fields.address_part(where, "country"),
        position=fields.position(card),
        categories=fields.categories(card),
        description=description,
        image=image_of(card),
        social=tuple(value for _, value in fields.social(card)),
        related=tuple(value for _, value in fields.related(card)),
        page=fields.page(card),
        properties=_properties(card),
        thinned=fields.ours(card) and not fields.hint(card),
    )


def _properties(card: Card) -> tuple[tuple[str, str], ...]:
    """Which properties hold the linked entries, as far as the card says."""
    held = fields.related_field(card)
    return (("related", held),) if held else ()


def _warnings(card: Card, contact: Contact) -> tuple[Problem, ...]:
    doubts = (
        ("not-utf8", card.body.legacy),
        ("bad-position", card.first("GEO") is not None and contact.position is None),
        ("link-unsafe", fields.unsafe(card)),
    )
    return tuple(Problem.warning(code, Side.CLOUD) for code, found in sorted(doubts) if found)
