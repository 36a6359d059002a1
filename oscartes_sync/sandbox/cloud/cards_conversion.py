"""vCard 3.0 and 4.0, each turned into the other as VObject does (recordings 081, 082, 083)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from oscartes_sync.sandbox.cloud.cards_jcard import JCARD, to_jcard
from oscartes_sync.sandbox.cloud.cards_text import (
    BINARY,
    MOMENT,
    PRODID,
    URI,
    Card,
    Property,
    default_kind,
    joined,
    plain,
    read_card,
)

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
REMOVED_IN_4 = ("NAME", "MAILER", "LABEL", "CLASS")
ANNIVERSARY_LABEL = "_$!<Anniversary>!$_"
NO_YEAR = re.compile(r"--(\d\d)-?(\d\d)(.*)")
OMITTED = "1604"


@lru_cache(maxsize=5000)
def converted(body: bytes, target: str) -> bytes:
    """A stored body in another form: `target` is "3.0", "4.0" or the jCard media type.

    A body already in that version is given as stored. Raises icalendar_text.Unreadable.
    """
    _, card = read_card(body)
    version = "4.0" if target == JCARD else target
    other = card.version != version
    if other:
        card = convert(card, version)
    elif target != JCARD:
        return body
    return to_jcard(card, converted=other) if target == JCARD else card.text().encode()


def convert(card: Card, version: str) -> Card:
    """A new card of the other version."""
    made = Card([plain("VERSION", version), plain("PRODID", PRODID)])
    turn = _to_3 if version == "3.0" else _to_4
    for one in card.grouped():
        if one.name not in ("VERSION", "PRODID"):
            bare = {name: values for name, values in one.parameters.items() if name != "VALUE"}
            kind = default_kind(one.name, version) if one.kind == "PHONE-NUMBER" else one.kind
            raw = one.raw if kind != "TEXT" else joined(one.name, one.parts())
            copy = replace(one, kind=kind, parameters=bare, raw=raw)
            made.properties.extend(_typed(new, version) for new in turn(copy, card, made))
    return made


def _typed(one: Property, version: str) -> Property:
    if one.kind != default_kind(one.name, version):
        one.parameters["VALUE"] = [one.kind]
    return one


def _to_3(one: Property, _card: Card, made: Card) -> list[Property]:
    one.parameters = _parameters_3(one.parameters)
    if one.kind == URI and one.name in ("PHOTO", "LOGO", "SOUND"):
        return [_binary(one)]
    if one.kind == MOMENT:
        return _moment_3(one, made)
    if one.name == "KIND":
        return _kind_3(one)
    if one.name == "MEMBER":
        return [Property("X-ADDRESSBOOKSERVER-MEMBER", one.raw, "UNKNOWN", one.parameters)]
    return [one]


def _kind_3(one: Property) -> list[Property]:
    kind = one.value().lower()
    if kind == "individual":
        return []
    names = {"org": ("X-ABSHOWAS", "COMPANY"), "group": ("X-ADDRESSBOOKSERVER-KIND", "GROUP")}
    return [plain(*names[kind])] if kind in names else [one]


def _moment_3(one: Property, made: Card) -> list[Property]:
    found = NO_YEAR.fullmatch(one.raw)
    if found:
        one.raw = f"{OMITTED}-{found[1]}-{found[2]}"
        one.parameters["X-APPLE-OMIT-YEAR"] = [OMITTED]
    if one.name != "ANNIVERSARY":
        return [one]
    taken = {other.group for other in made.properties}
    group = next(f"ITEM{n}" for n in range(1, 1000) if f"ITEM{n}" not in taken)
    dated = Property("X-ABDATE", one.raw, MOMENT, group=group)
    label = Property("X-ABLABEL", ANNIVERSARY_LABEL, "UNKNOWN", group=group)
    return [dated, label, replace(one, name="X-ANNIVERSARY")]


def _binary(one: Property) -> Property:
    value = one.parts()[0]
    if not value.startswith("data:"):
        return one
    head, _, encoded = value[5:].partition(",")
    picture = head.partition(";")[0]
    one.kind, one.raw = BINARY, encoded
    one.parameters = {"ENCODING": ["b"], **one.parameters}
    kinds = [name for name, kind in PICTURES.items() if kind == picture]
    if kinds:
        one.parameters["TYPE"] = kinds
    return one


def _parameters_3(parameters: dict[str, list[str]]) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for name, values in parameters.items():
        if name == "PREF":
            if values == ["1"]:
                kept.setdefault("TYPE", []).append("PREF")
        elif name != "ENCODING" or values[0].upper() != "QUOTED-PRINTABLE":
            kept.setdefault(name, []).extend(values)
    return kept


def _to_4(one: Property, card: Card, made: Card) -> list[Property]:
    if one.name in REMOVED_IN_4:
        return []
    if one.kind == BINARY:
        one = _inline_picture(one)
    omitted = one.parameters.pop("X-APPLE-OMIT-YEAR", None)
    if one.kind == MOMENT and omitted and one.raw.startswith(omitted[0]):
        one.raw = f"--{one.raw[5:]}"
    one.parameters = _parameters_4(one.parameters)
    return _apple_to_4(one, card, made)


def _apple_to_4(one: Property, card: Card, made: Card) -> list[Property]:
    value = one.raw
    if one.name == "X-ABSHOWAS" and value.upper() == "COMPANY":
        return [plain("KIND", "ORG")]
    if one.name == "X-ADDRESSBOOKSERVER-KIND" and value.upper() == "GROUP":
        return [plain("KIND", "GROUP")]
    if one.name == "X-ADDRESSBOOKSERVER-MEMBER":
        return [Property("MEMBER", value, URI, one.parameters)]
    if one.name == "X-ABLABEL" and value == ANNIVERSARY_LABEL:
        return []
    if one.name == "X-ANNIVERSARY" or (one.name == "X-ABDATE" and _labelled(one, card)):
        if any(other.raw == value for other in made.every("ANNIVERSARY")):
            return []
        return [Property("ANNIVERSARY", value, MOMENT, one.parameters, one.group)]
    return [one]


def _labelled(one: Property, card: Card) -> bool:
    return bool(one.group) and any(
        label.group == one.group and label.raw == ANNIVERSARY_LABEL
        for label in card.every("X-ABLABEL")
    )


def _inline_picture(one: Property) -> Property:
    picture = "application/octet-stream"
    rest = []
    for kind in one.parameters.pop("TYPE", []):
        if kind.upper() in PICTURES:
            picture = PICTURES[kind.upper()]
        else:
            rest.append(kind)
    if rest:
        one.parameters["TYPE"] = rest
    one.kind, one.raw = URI, f"data:{picture};base64,{''.join(one.raw.split())}"
    return one


def _parameters_4(parameters: dict[str, list[str]]) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for name, values in parameters.items():
        if name == "TYPE":
            for value in values:
                preferred = value.upper() == "PREF"
                kept.setdefault("PREF" if preferred else name, []).append(
                    "1" if preferred else value
                )
        elif name not in ("ENCODING", "CHARSET"):
            kept.setdefault(name, []).extend(values)
    return kept
