"""Record fields put into a card, line by line.

One writer a field serves new cards and patches alike: each leaves a line alone that already says
what is wanted, changes it in place keeping group, label and parameters, or adds one at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from oscartes_sync.mapping.contacts import card_fields as fields
from oscartes_sync.mapping.contacts.card_lines import Card
from oscartes_sync.mapping.contacts.card_values import (
    put_each,
    put_list,
    rewrite_parts,
    says_more,
)
from oscartes_sync.mapping.contacts.networks import network_of
from oscartes_sync.mapping.contacts.photos import Photo, put_photo
from oscartes_sync.mapping.contacts.spelling import (
    address,
    address_key,
    email_key,
    is_mobile,
    phone_key,
    tidy,
    uri_value,
)
from oscartes_sync.mapping.content_lines import escape, escape_line, param_text
from oscartes_sync.mapping.resource_fields import FIELD
from oscartes_sync.records.contact import Contact, ContactKind


@dataclass(frozen=True, slots=True)
class Pen:
    """What writers need besides the record: what the card said, and the bytes of the logo."""

    old: Contact | None = None
    photo: Photo | None = None


def put_name(card: Card, contact: Contact, pen: Pen) -> None:
    """FN; and the ORG of an organisation where it says the same."""
    card.put("FN", escape_line(contact.name))
    line = card.first("ORG")
    was_name = pen.old is not None and fields.organisation(card) == pen.old.name
    if line is not None and was_name and contact.kind is ContactKind.ORG:
        rewrite_parts(line, {0: contact.name}, 2 if ";" in contact.name else 1)
    if pen.old is not None and contact.kind is ContactKind.INDIVIDUAL:
        _follow_name(card, contact, pen.old)


def _follow_name(card: Card, contact: Contact, old: Contact) -> None:
    """N of a person whose form knows one name only, where it said the same as the old one.

    Many programs show N and not FN. What the new name begins or ends with keeps its place.
    """
    line, parts = card.first("N"), (old.family_name, old.given_name)
    said = tidy(" ".join(filter(None, reversed(parts))))
    if line is None or said != tidy(old.name) or parts != (contact.family_name, contact.given_name):
        return
    family, given = parts
    if given and contact.name.startswith(f"{given} "):
        family = contact.name.removeprefix(f"{given} ")
    elif family and contact.name.endswith(f" {family}"):
        given = contact.name.removesuffix(f" {family}")
    else:
        family, given = contact.name, ""
    rewrite_parts(line, {0: family, 1: given}, 5)


def _alone(name: str) -> str:
    """The only part of a structured value. Where it holds a semicolon a second one, empty, tells
    ical.js that it has parts: it would cut the name there otherwise."""
    return f"{escape(name)};" if ";" in name else escape(name)


def put_kind(card: Card, contact: Contact, _pen: Pen) -> None:
    """KIND in 4.0; in 3.0 X-ABSHOWAS, which Apple's programs and Nextcloud take for it."""
    stated = [*card.each("KIND"), *card.each("X-ADDRESSBOOKSERVER-KIND")]
    for line in stated:
        line.rewrite(contact.kind.value)
    if contact.kind is ContactKind.ORG and card.first("ORG") is None:
        card.add("ORG", _alone(contact.name))
    if contact.kind is not ContactKind.ORG:
        for line in card.each("X-ABSHOWAS"):
            card.remove(line)
    if stated:
        return
    if card.modern:
        card.add("KIND", contact.kind.value)
    elif contact.kind is ContactKind.ORG:
        card.put("X-ABSHOWAS", "COMPANY")
    elif not contact.family_name:
        card.add("X-ADDRESSBOOKSERVER-KIND", contact.kind.value)


def put_person(card: Card, contact: Contact, _pen: Pen) -> None:
    """N, which 3.0 cannot do without (RFC 2426, 3.1.2)."""
    line = card.first("N")
    wanted = {place: getattr(contact, part) for part, place in fields.NAME_PARTS.items()}
    if line is None:
        card.add("N", f"{escape(contact.family_name)};{escape(contact.given_name)};;;")
    else:
        rewrite_parts(line, wanted, 5)


def put_phones(card: Card, contact: Contact, _pen: Pen) -> None:
    """TEL, always as text: a `tel:` URI could not hold every number as people write it."""
    put_each(
        card,
        fields.phones(card),
        contact.phones,
        key=phone_key,
        head=lambda value: "TEL;TYPE=CELL" if is_mobile(value) else "TEL;TYPE=WORK,VOICE",
    )


def put_emails(card: Card, contact: Contact, _pen: Pen) -> None:
    """EMAIL."""
    there = fields.emails(card)
    put_each(card, there, contact.emails, key=email_key, head=lambda _value: "EMAIL;TYPE=WORK")


def put_sites(card: Card, contact: Contact, _pen: Pen) -> None:
    """URL, but for the page of the entry."""
    put_each(
        card,
        fields.sites(card),
        tuple(map(address, contact.sites)),
        key=address_key,
        head=lambda _value: "URL",
        write=uri_value,
    )


def put_social(card: Card, contact: Contact, _pen: Pen) -> None:
    """X-SOCIALPROFILE; a line keeps its network."""

    def head(url: str) -> str:
        network = network_of(url).upper()
        return f"X-SOCIALPROFILE;TYPE={network}" if network else "X-SOCIALPROFILE"

    put_each(
        card,
        fields.social(card),
        tuple(map(address, contact.social)),
        key=address_key,
        head=head,
        write=uri_value,
        alike=lambda one, other: bool(network_of(one)) and network_of(one) == network_of(other),
    )


def put_address(card: Card, contact: Contact, _pen: Pen) -> None:
    """ADR; parts that the record does not have stay, a label that says the old address goes."""
    wanted = {place: getattr(contact, part) for part, place in fields.ADDRESS_PARTS.items()}
    line = fields.address_line(card)
    if line is None:
        if any(wanted.values()):
            parts = [escape(wanted.get(place, "")) for place in range(7)]
            card.add("ADR;TYPE=WORK", ";".join(parts))
        return
    rewrite_parts(line, wanted, 7, {"LABEL": None} if "LABEL" in line.params else None)
    if line.new is not None and not any(wanted.values()) and not says_more(line, wanted):
        card.remove(line)


def put_position(card: Card, contact: Contact, _pen: Pen) -> None:
    """GEO, in the way of the card's version."""
    here = contact.position
    value = None
    if here is not None:
        latitude, longitude = f"{here.latitude:.6f}", f"{here.longitude:.6f}"
        value = f"geo:{latitude},{longitude}" if card.modern else f"{latitude};{longitude}"
    card.put("GEO", value)


def put_categories(card: Card, contact: Contact, _pen: Pen) -> None:
    """CATEGORIES."""
    put_list(card, "CATEGORIES", contact.categories)


def put_description(card: Card, contact: Contact, _pen: Pen) -> None:
    """The first NOTE."""
    text = contact.description.text
    card.put("NOTE", escape_line(text) if text else None)


def put_image(card: Card, contact: Contact, pen: Pen) -> None:
    """PHOTO, with where it comes from."""
    put_photo(card, address(contact.image), pen.photo)


def put_related(card: Card, contact: Contact, _pen: Pen) -> None:
    """RELATED as text in 4.0, Apple's X-ABRELATEDNAMES in 3.0, marked as ours."""
    held = dict(contact.properties).get("related", "related")
    name = "RELATED;TYPE=contact;VALUE=text" if card.modern else "X-ABRELATEDNAMES"
    put_each(
        card,
        fields.related(card),
        contact.related,
        key=str,
        head=lambda _value: f"{name};{FIELD}={param_text(held)}",
        alike=lambda _one, _other: False,
    )


def put_page(card: Card, contact: Contact, _pen: Pen) -> None:
    """The entry's page of a wiki-born contact: a labelled URL, and SOURCE."""
    page = address(contact.page)
    if not page or not fields.ours(card):
        return
    line = fields.page_line(card)
    if line is None:
        group = card.free_group()
        card.add(f"{group}.URL", uri_value(page))
        card.add(f"{group}.X-ABLabel", fields.PAGE_LABEL)
    elif fields.url_of(line) != page:
        line.rewrite(uri_value(page))
    source = card.first("SOURCE")
    if source is None or fields.url_of(source) != page:
        card.put("SOURCE", uri_value(page))


Writer = Callable[[Card, Contact, Pen], None]

WRITERS: Final[Mapping[tuple[str, ...], Writer]] = {
    ("name",): put_name,
    ("given_name", "family_name"): put_person,
    ("kind",): put_kind,
    ("phones",): put_phones,
    ("emails",): put_emails,
    ("sites",): put_sites,
    ("social",): put_social,
    ("street", "postcode", "town", "country"): put_address,
    ("position",): put_position,
    ("categories",): put_categories,
    ("description",): put_description,
    ("related",): put_related,
    ("image",): put_image,
}
"""All fields, in the order in which a new card shows them."""
