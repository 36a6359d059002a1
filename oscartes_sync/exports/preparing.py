"""From what was found to what is published: fields left out, texts cleaned, rows in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar

from oscartes_sync.exports.view import Published, Row
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.record import fields_of

_NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What XML 1.0 (2.2) cannot or should not hold, and half surrogate pairs, which UTF-8 cannot."""

Value = TypeVar("Value")


def prepare(row: Row, shown: Iterable[str]) -> Row:
    """The row with the record fields that are shown, all its texts fit for every format.

    Raises:
        RecordError: where nothing is left of its name.
    """
    return replace(row, record=cleaned(narrowed(row.record, frozenset(shown))))


def narrowed(record: Published, shown: frozenset[str]) -> Published:
    """The record without what is not shown; so are the single dates of a series."""
    empty: dict[str, Any] = {each.name: each.default for each in fields(record)}
    left_out = {name: empty[name] for name in fields_of(record) if name not in shown}
    kept: Published = replace(record, **left_out)
    return _narrowed_series(kept, shown) if isinstance(kept, Event) else kept


def _narrowed_series(event: Event, shown: frozenset[str]) -> Event:
    """What `said` tells of the organiser is not read by any format; it goes all the same."""
    if event.series is None:
        return replace(event, said="")
    gone: dict[str, Any] = {"description": RichText(), "place": ""}
    gone = {name: value for name, value in gone.items() if name not in shown}
    overrides = tuple(replace(each, **gone) for each in event.series.overrides)
    return replace(event, said="", series=replace(event.series, overrides=overrides))


def cleaned(value: Value) -> Value:
    """The value with its texts cleaned, however deep they stand."""
    found: Any = value
    if isinstance(value, str) and not isinstance(value, Enum):
        found = clean(value)
    elif isinstance(value, tuple):
        found = tuple(map(cleaned, value))
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: cleaned(getattr(value, each.name)) for each in fields(value)}
        found = replace(value, **parts)
    result: Value = found
    return result


def clean(text: str) -> str:
    """The text without what no format can hold, its lines ended by LF."""
    return _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
