"""On which line of a TOML text a key stands: `tomllib` does not say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

Place = tuple[str | int, ...]

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY: Final = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER: Final = re.compile(r"\s*(\[\[?[^\[\]]+\]\]?)\s*(?:#.*)?$")


def line_of(text: str, place: Place) -> int:
    """The line, from 1, of the key at `place`, or of the nearest table around it.

    A number in `place` counts the tables of an array, as in ("bindings", 0, "form").
    """
    best, depth = 1, 0
    for line, path in _keys(text):
        length = len(path)
        if length > depth and path == place[:length]:
            best, depth = line, length
    return best


def _keys(text: str) -> Iterator[tuple[int, Place]]:
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _table(header[1], counts)
            yield number, table
            continue
        key = _KEY.match(line)
        if key:
            parts = _parts(f"{key[1]} = 0")
            yield from ((number, (*table, *parts[: end + 1])) for end in range(len(parts)))


def _table(header: str, counts: dict[Place, int]) -> Place:
    """The place a header opens; tables of arrays are counted as they come."""
    parts = _parts(header)
    array = header.startswith("[[")
    place: Place = ()
    for index, part in enumerate(parts):
        place = (*place, part)
        last = index == len(parts) - 1
        if last and array:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(line: str) -> list[str]:
    """The names in a header or a key, as TOML reads them."""
    try:
        value: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return []
    parts = []
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = value[0]
            continue
        name = next(iter(value))
        parts.append(name)
        value = value[name]
    return parts
