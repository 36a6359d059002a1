"""jCard (RFC 7095), as VObject writes and reads it (recordings 081, 083)."""

from __future__ import annotations

import json
import re
from typing import Any

from oscartes_sync.sandbox.cloud.cards_text import (
    KNOWN_KINDS,
    MOMENT,
    STRUCTURED,
    TEXT,
    Card,
    Property,
    joined,
)

JCARD = "application/vcard+json"
DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?")


def to_jcard(card: Card, *, converted: bool) -> bytes:
    """A card as PHP's json_encode writes it; conversion leaves lists of one behind (081)."""
    content = ["vcard", [_record(one, lists=converted) for one in card.grouped()]]
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()


def _record(one: Property, *, lists: bool) -> list[Any]:
    parameters: dict[str, Any] = {}
    for name, values in one.parameters.items():
        if name != "VALUE":
            kept = len(values) > 1 or (lists and name not in ("TYPE", "PREF"))
            parameters[name.lower()] = values if kept else values[0]
    if one.group:
        parameters["group"] = one.group
    return [one.name.lower(), parameters, one.kind.lower(), *_values(one)]


def _values(one: Property) -> list[Any]:
    if one.kind == TEXT and one.name in STRUCTURED:
        return [one.parts()]
    if one.kind == "TIMESTAMP" and (found := STAMP.fullmatch(one.raw)):
        year, month, day, hour, minute, second = found.groups()
        return [f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"]
    if one.kind == MOMENT and (found := DAY.fullmatch(one.raw)):
        return ["-".join(found.groups())]
    return list(one.parts())


def from_jcard(content: Any) -> Card:
    """The card of a decoded document. Raises ValueError where it is none."""
    if content[0].lower() != "vcard":
        raise ValueError("not a jCard")
    return Card([_property(*one) for one in content[1]])


def _property(name: str, parameters: dict[str, Any], kind: str, *values: Any) -> Property:
    given = {
        key.upper(): value if isinstance(value, list) else [str(value)]
        for key, value in parameters.items()
        if key != "group"
    }
    wanted = kind.upper() if kind.upper() in KNOWN_KINDS else TEXT
    parts = [
        str(part) for value in values for part in (value if isinstance(value, list) else [value])
    ]
    raw = joined(name.upper(), parts) if wanted == TEXT else ",".join(parts)
    return Property(name.upper(), raw, wanted, given, str(parameters.get("group", "")))
