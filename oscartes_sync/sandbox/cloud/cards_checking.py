"""What the server does to a card before keeping it: refuse, repair, or nothing (recording 083).

Complaints come in VObject's order: each property's own, then how often each may appear, then
version, UID and FN. Level 1 is a repair, level 3 a refusal (415).
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.cards_jcard import from_jcard
from oscartes_sync.sandbox.cloud.cards_text import (
    FEWEST_PARTS,
    MOMENT,
    TEXT,
    Card,
    Property,
    joined,
    plain,
    read_card,
)
from oscartes_sync.sandbox.cloud.icalendar_text import Unreadable
from oscartes_sync.sandbox.cloud.messages import unsupported_media

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NAME = re.compile(r"[A-Z0-9-]+")
AT_MOST_ONCE = ("ANNIVERSARY", "BDAY", "GENDER", "KIND", "N", "PRODID", "REV", "UID")
BASIC_MOMENT = re.compile(
    r"((\d{4}-?|--)(\d\d)?|---)?(\d\d)?"
    r"(T(\d\d|-)(\d\d|-)?(\d\d)?(\.\d{3})?(Z|[+-]\d{4})?)?"
)
EXTENDED_MOMENT = re.compile(
    r"((\d{4}-|--)\d\d-\d\d)?(T(\d\d:|-)(\d\d:|-)?(\d\d)?(\.\d{3})?(Z|[+-]\d\d:\d\d)?)?"
)


@dataclass(slots=True)
class CheckedCard:
    """A body fit to be kept; `changed` tells that it is not what was sent."""

    body: bytes
    uid: str
    card: Card
    changed: bool
    warning: str | None


@dataclass(slots=True)
class _Complaint:
    level: int
    message: str


def check_card(body: bytes, *, strict: bool) -> CheckedCard:
    """Check and, unless `strict`, repair a body. Raises Refusal 415."""
    is_json = body[:1] == b"["
    card = _parsed(body, is_json=is_json)
    complaints = list(_complaints(card, body, repair=not strict, is_json=is_json))
    for complaint in complaints:
        if complaint.level == 3:
            raise unsupported_media(f"Validation error in vCard: {complaint.message}")
    warning = max(complaints, key=lambda one: one.level).message if complaints else None
    kept = card.text().encode() if complaints or is_json else body
    found = card.first("UID")
    return CheckedCard(kept, found.value() if found else "", card, kept != body, warning)


def _parsed(body: bytes, *, is_json: bool) -> Card:
    try:
        if is_json:
            return from_jcard(json.loads(body))
        name, card = read_card(body)
    except (Unreadable, ValueError, TypeError, IndexError, KeyError) as unreadable:
        said = str(unreadable) if isinstance(unreadable, Unreadable) else "Syntax error"
        raise unsupported_media(
            f"This resource only supports valid vCard or jCard data. Parse error: {said}"
        ) from unreadable
    if name != "VCARD":
        raise unsupported_media("This collection can only support vcard objects.")
    return card


def _complaints(card: Card, body: bytes, *, repair: bool, is_json: bool) -> Iterator[_Complaint]:
    version = card.version
    versions = len(card.every("VERSION"))
    if not is_json:
        yield from _latin(body, repair=repair)
    for one in card.grouped():
        yield from _of_property(one, version, repair=repair)
    yield from _counts(card, repair=repair)
    if version == "2.1":
        yield _Complaint(3, "CardDAV servers are not allowed to accept vCard 2.1.")
    elif not version and versions == 1:
        yield _Complaint(
            3,
            "Only vcard version 4.0 (RFC6350), version 3.0 (RFC2426) or version 2.1 "
            "(icm-vcard-2.1) are supported.",
        )
    yield from _identity(card, repair=repair)


def _latin(body: bytes, *, repair: bool) -> Iterator[_Complaint]:
    for raw in body.splitlines():
        try:
            raw.decode()
        except UnicodeDecodeError:
            value = raw.decode("latin-1").partition(":")[2]
            yield _Complaint(1 if repair else 3, f"Property is not valid UTF-8! {value}")


def _of_property(one: Property, version: str, *, repair: bool) -> Iterator[_Complaint]:
    level = 1 if repair else 3
    found = CONTROL.search(one.raw)
    if found:
        one.raw = CONTROL.sub("", one.raw)
        yield _Complaint(level, f"Property contained a control character (0x{ord(found[0]):02x})")
    if not NAME.fullmatch(one.name):
        said = one.name
        one.name = re.sub("[^A-Z0-9-]", "", one.name.upper().replace("_", "-"))
        yield _Complaint(
            level,
            f"The propertyname: {said} contains invalid characters. "
            "Only A-Z, 0-9 and - are allowed",
        )
    yield from _encoding(one, version, repair=repair)
    if one.kind == MOMENT and not is_moment(one.raw):
        yield _Complaint(
            3, f"The supplied value ({one.raw}) is not a correct DATE-AND-OR-TIME property"
        )
    fewest = FEWEST_PARTS.get(one.name, 0)
    count = len(one.parts())
    if one.kind == TEXT and count < fewest:
        one.raw = joined(one.name, one.parts())
        yield _Complaint(
            level,
            f"The {one.name} property must have at least {fewest} values. It only has {count}",
        )


def _encoding(one: Property, version: str, *, repair: bool) -> Iterator[_Complaint]:
    said = one.parameters.get("ENCODING")
    if said is None:
        return
    encoding = said[0].upper()
    if version == "4.0":
        yield _Complaint(3, "ENCODING parameter is not valid in vCard 4.")
    elif encoding == "BASE64" and repair:
        one.parameters["ENCODING"] = ["B"]
        yield _Complaint(1, "ENCODING=BASE64 has been transformed to ENCODING=B.")
    elif encoding != "B":
        yield _Complaint(3, f"ENCODING={encoding} is not valid for this document type.")


def is_moment(value: str) -> bool:
    """Whether a value is a vCard date, time or both (RFC 6350 section 4.3)."""
    return bool(BASIC_MOMENT.fullmatch(value) or EXTENDED_MOMENT.fullmatch(value))


def _counts(card: Card, *, repair: bool) -> Iterator[_Complaint]:
    counts = Counter(one.name for one in card.properties)
    for name in AT_MOST_ONCE:
        if counts[name] < 2:
            continue
        same = len({one.raw for one in card.every(name)}) == 1
        if repair and same:
            for extra in card.every(name)[1:]:
                card.properties.remove(extra)
        level = 1 if repair and same else 3
        yield _Complaint(level, f"{name} MUST NOT appear more than once in a VCARD component")
    if counts["VERSION"] != 1:
        if repair:
            card.properties.append(plain("VERSION", "4.0"))
        yield _Complaint(
            1 if repair else 3, "VERSION MUST appear exactly once in a VCARD component"
        )


def _identity(card: Card, *, repair: bool) -> Iterator[_Complaint]:
    if not card.every("UID"):
        if repair:
            card.properties.append(plain("UID", str(uuid.uuid4())))
        yield _Complaint(1 if repair else 3, "vCards on CardDAV servers MUST have a UID property.")
    names = card.every("FN")
    if len(names) != 1:
        made = _name_from_others(card) if repair and not names else None
        if made is not None:
            card.properties.append(plain("FN", made))
        yield _Complaint(
            1 if made is not None else 3,
            "The FN property must appear in the VCARD component exactly 1 time",
        )


def _name_from_others(card: Card) -> str | None:
    name = card.first("N")
    if name is not None:
        parts = name.parts()
        return f"{parts[1]} {parts[0]}" if len(parts) > 1 and parts[1] else parts[0]
    for other in ("ORG", "NICKNAME", "EMAIL"):
        found = card.first(other)
        if found is not None:
            return found.value()
    return None
