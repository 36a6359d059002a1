"""Everything that is wrong with a file that msgspec refuses, each with its place.

msgspec stops at the first mistake and names no key of a table of tables; so what it refused is
gone through again, piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, get_args, get_origin

from msgspec import NODEFAULT, Struct, ValidationError
from msgspec.structs import FieldInfo, fields

from oscartes_sync.config.rules import Refusal
from oscartes_sync.config.shape import read
from oscartes_sync.config.toml_lines import Place

MISSING: Final = "config-missing-key"
UNKNOWN: Final = "config-unknown-key"

_CODES_BY_EXPECTED: Final = {
    "str": "config-not-text",
    "int": "config-not-number",
    "bool": "config-not-boolean",
    "array": "config-not-list",
    "object": "config-not-table",
}


@dataclass(frozen=True)
class Complaint:
    """One mistake: the place of the key, the code of our error, the blanks of its sentence."""

    place: Place
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def complaints(value: object, kind: Any, place: Place = ()) -> list[Complaint]:
    """What is wrong with `value` where the file wants this type; what is inside comes first."""
    kind = _present(kind)
    inside = list(_inside(value, kind, place))
    if inside:
        return inside
    try:
        read(value, kind)
    except ValidationError as error:
        return [_complaint(error, kind, place)]
    return []


def known_keys(kind: Any, place: Place) -> list[str]:
    """The keys that the table at `place` may have."""
    for name in place:
        kind = _present(_by_name(kind)[str(name)].type if _is_table(kind) else get_args(kind)[-1])
    return list(_by_name(kind))


def _inside(value: object, kind: Any, place: Place) -> Iterator[Complaint]:
    if isinstance(value, dict) and _is_table(kind):
        yield from _inside_table(value, _by_name(kind), place)
        return
    if isinstance(value, dict) and get_origin(kind) is dict:
        for name, inner in value.items():
            yield from complaints(inner, get_args(kind)[1], (*place, name))
    elif isinstance(value, list) and get_origin(kind) is list:
        for number, inner in enumerate(value):
            yield from complaints(inner, get_args(kind)[0], (*place, number))


def _inside_table(
    table: Mapping[str, object], known: Mapping[str, FieldInfo], place: Place
) -> Iterator[Complaint]:
    for name, inner in table.items():
        if name in known:
            yield from complaints(inner, known[name].type, (*place, name))
        else:
            yield Complaint((*place, name), UNKNOWN)
    for name, wanted in known.items():
        required = wanted.default is NODEFAULT and wanted.default_factory is NODEFAULT
        if required and name not in table:
            yield Complaint((*place, name), MISSING)


def _complaint(error: ValidationError, kind: Any, place: Place) -> Complaint:
    refusal = error.__cause__
    if isinstance(refusal, Refusal):
        below = (refusal.key,) if refusal.key else ()
        return Complaint((*place, *below), refusal.code, refusal.params)
    allowed = _choices(kind)
    if allowed:
        return Complaint(place, "config-not-one-of", {"allowed": ", ".join(allowed)})
    expected = re.search(r"Expected `(\w+)", str(error))
    return Complaint(
        place, _CODES_BY_EXPECTED.get(expected[1] if expected else "", "config-bad-value")
    )


def _choices(kind: Any) -> list[str]:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [each.value for each in kind]
    return [each for each in get_args(kind) if isinstance(each, str)]


def _present(kind: Any) -> Any:
    """The type without the None of what may be left out."""
    given = get_args(kind)
    return given[0] if type(None) in given else kind


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _by_name(kind: Any) -> Mapping[str, FieldInfo]:
    return {field.name: field for field in fields(kind)}
