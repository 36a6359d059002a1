"""Single fields of a card, read into the record's shapes; sources: RFC 6350, RFC 2426."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bazar_forms.richtext import normalise_text
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.contacts.card_lines import Card, CardLine, components
from oscartes_sync.mapping.contacts.networks import network_of
from oscartes_sync.mapping.contacts.spelling import address, email, phone, tidy, web
from oscartes_sync.mapping.content_lines import split_list, unescape
from oscartes_sync.mapping.resource_fields import FIELD, HINT
from oscartes_sync.records.contact import ContactKind
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.identity import origin_of

PAGE_LABEL: Final = "Fiche"
"""What the group of the URL of the entry's page is called."""

ADDRESS_PARTS: Final = {"street": 2, "town": 3, "postcode": 5, "country": 6}
"""Record field → component of ADR (RFC 6350, 6.3.1)."""

NAME_PARTS: Final = {"family_name": 0, "given_name": 1}
"""Record field → component of N (RFC 6350, 6.2.2)."""

RELATED: Final = ("RELATED", "X-ABRELATEDNAMES")
PROFILES: Final = ("X-SOCIALPROFILE", "SOCIALPROFILE")
_NO_TELEPHONE: Final = frozenset({"FAX", "PAGER", "MODEM", "BBS"})

Valued = list[tuple[CardLine, str]]
"""Lines with the values that a record has for them."""


def name(card: Card) -> str:
    """FN; where there is none the organisation, else given and family name (recording 083)."""
    own = tidy(card.text("FN"))
    if own:
        return own
    line = card.first("N")
    family, given = (read_part(line.value, place) for place in (0, 1)) if line else ("", "")
    return organisation(card) or tidy(f"{given} {family}")


def organisation(card: Card) -> str:
    """The first component of ORG."""
    line = card.first("ORG")
    return read_part(line.value, 0) if line else ""


def stated_kind(card: Card) -> str:
    """KIND in small letters, as 4.0 and as Apple's and Nextcloud's 3.0 write it; "" for none."""
    stated = card.text("KIND") or card.text("X-ADDRESSBOOKSERVER-KIND")
    if stated.strip():
        return stated.strip().lower()
    return "org" if card.text("X-ABSHOWAS").strip().upper() == "COMPANY" else ""


def kind(card: Card) -> ContactKind:
    """What is said to be an individual, or says nothing and has a family name, is one."""
    stated = stated_kind(card)
    if stated == "individual" or (not stated and _name_part(card, "family_name")):
        return ContactKind.INDIVIDUAL
    return ContactKind.ORG


def person(card: Card, part: str) -> str:
    """Given or family name of an individual; of an organisation N says nothing that is ours."""
    return _name_part(card, part) if kind(card) is ContactKind.INDIVIDUAL else ""


def phones(card: Card) -> Valued:
    """TEL, faxes and pagers left aside."""
    lines = (line for line in card.each("TEL") if not line.types & _NO_TELEPHONE)
    return _valued(lines, lambda line: phone(unescape(line.value)))


def emails(card: Card) -> Valued:
    """EMAIL."""
    return _valued(iter(card.each("EMAIL")), lambda line: email(unescape(line.value)))


def sites(card: Card) -> Valued:
    """URL, without the entry's page and the pages on social networks."""
    return [(line, url) for line, url in _urls(card) if not network_of(url)]


def social(card: Card) -> Valued:
    """X-SOCIALPROFILE and SOCIALPROFILE (RFC 9554) where they are addresses, and such URLs."""
    lines = [line for each in PROFILES for line in card.each(each)]
    return _valued(iter(lines), _web) + [
        (line, url) for line, url in _urls(card) if network_of(url)
    ]


def unsafe(card: Card) -> bool:
    """Whether some address of it runs something."""
    lines = [line for each in ("URL", *PROFILES) for line in card.each(each)]
    return any(runs(url_of(line)) for line in lines)


def page_line(card: Card) -> CardLine | None:
    """The URL that is the entry's page: labelled so, else, in a card of ours, equal to SOURCE."""
    source = card.first("SOURCE") if ours(card) else None
    page_url = url_of(source) if source else ""
    urls = card.each("URL")
    labelled = (line for line in urls if card.label(line) == PAGE_LABEL)
    same = (line for line in urls if page_url and url_of(line) == page_url)
    return next(labelled, None) or next(same, None)


def page(card: Card) -> str:
    """The address of the entry's page, "" in a card that was born in the cloud."""
    line = (page_line(card) or card.first("SOURCE")) if ours(card) else None
    return url_of(line) if line else ""


def ours(card: Card) -> bool:
    """Whether it was born in a wiki."""
    return origin_of(card.text("UID").strip()) is not None


def address_line(card: Card) -> CardLine | None:
    """The ADR that is meant: at work before elsewhere before at home, then the preferred one.

    The wiki's is one of work; the home that somebody adds to a card is theirs, not the public's.
    """
    return min(card.each("ADR"), key=_nearness, default=None)


def address_part(line: CardLine | None, part: str) -> str:
    """One part of an address on one line."""
    return read_part(line.value, ADDRESS_PARTS[part]) if line else ""


def position(card: Card) -> Position | None:
    """GEO, `lat;lon` (3.0) or `geo:lat,lon` (4.0); None for none and for nowhere on Earth."""
    line = card.first("GEO")
    if line is None:
        return None
    plain = unescape(line.value).strip().lower().removeprefix("geo:").partition(";u=")[0]
    latitude, _, longitude = plain.replace(",", ";").partition(";")
    try:
        return Position(float(latitude), float(longitude.partition(";")[0]))
    except (ValueError, RecordError):
        return None


def categories(card: Card) -> tuple[str, ...]:
    """All CATEGORIES."""
    found = {each for line in card.each("CATEGORIES") for each in category_names(line)}
    return tuple(sorted(found - {""}))


def category_names(line: CardLine) -> list[str]:
    """The names on one CATEGORIES line."""
    return [tidy(unescape(piece)) for piece in split_list(line.value)]


def description(card: Card) -> RichText:
    """The first NOTE, in the normal form of the wiki's texts."""
    return RichText(normalise_text(card.text("NOTE")).strip())


def related(card: Card) -> Valued:
    """Linked names that we wrote; others are the member's own."""
    lines = (line for each in RELATED for line in card.each(each) if FIELD in line.params)
    return _valued(lines, lambda line: tidy(unescape(line.value)))


def related_field(card: Card) -> str:
    """The properties of the form that hold the linked names, "" where the card does not say."""
    return next((line.params[FIELD] for line, _ in related(card)), "")


def is_private(card: Card) -> bool:
    """Whether its author wants it kept from others (CLASS; RFC 2426, 3.7.1)."""
    return card.text("CLASS").strip().upper() not in {"", "PUBLIC"}


def hint(card: Card) -> str:
    """X-OSCARTES-ENTRY, which proves nothing."""
    return card.text(HINT).strip()


def _urls(card: Card) -> Valued:
    entry = page_line(card)
    lines = (line for line in card.each("URL") if line is not entry)
    return _valued(lines, _web)


def url_of(line: CardLine) -> str:
    """A URI; some programs escape its colon and its commas, and it never holds a backslash."""
    return address(line.value.replace("\\", ""))


def _web(line: CardLine) -> str:
    return web(url_of(line))


def _valued(lines: Iterator[CardLine], read: Callable[[CardLine], str]) -> Valued:
    """Lines that have a value which may be followed."""
    pairs = ((line, read(line)) for line in lines)
    return [(line, value) for line, value in pairs if value and not runs(value)]


def _name_part(card: Card, part: str) -> str:
    line = card.first("N")
    return read_part(line.value, NAME_PARTS[part]) if line else ""


def read_part(value: str, place: int) -> str:
    """One component of a structured value on one line; a list in it is joined."""
    raw = components(value, place + 1)[place]
    pieces = (tidy(unescape(piece)) for piece in split_list(raw))
    return tidy(", ".join(filter(None, pieces)))


def _nearness(line: CardLine) -> tuple[int, int]:
    rank = 0 if "WORK" in line.types else 2 if "HOME" in line.types else 1
    return rank, _preference(line)


def _preference(line: CardLine) -> int:
    """1 to 100 as in 4.0; TYPE=PREF of 3.0 is the first of them (RFC 6350, 5.3)."""
    if "PREF" in line.types:
        return 1
    stated = line.params.get("PREF", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 4 else 101
