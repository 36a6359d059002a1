"""The values of an entry's fields, typed, and the form keys that write them.

Source: reference sections 3 (field coding), 4 and 8 (writing); recordings 303-336, 462, 600-608.
What was not changed is sent back as it is stored: give `encode` the entry, and escaping, date
formats and figures of old entries stay as their writers left them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from bazar_forms.entry import Entry
from bazar_forms.errors import FieldMalformed, RecurrenceMalformed
from bazar_forms.field import LEGACY_POSITION, Field, FieldType, Syntax
from bazar_forms.recurrence import (
    RECURRENCE_PROPERTY,
    Recurrence,
    Repetition,
    recurrence_from_json,
    recurrence_pairs,
)
from bazar_forms.richtext import from_text, line_to_text, storable, text_to_line, to_text

_DATES = frozenset({FieldType.DATE, FieldType.START_DATE, FieldType.END_DATE})
_SINGLE_CHOICES = frozenset({FieldType.LIST, FieldType.RADIO, FieldType.LINKED_ENTRY})
_CHOICES = frozenset({FieldType.CHECKBOX, FieldType.LINKED_ENTRIES, FieldType.TAGS})
_FILES = frozenset({FieldType.IMAGE, FieldType.FILE})
_LINES = frozenset({FieldType.TEXT, FieldType.TITLE})
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?:\.[0-9]+)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)

_YEARS = range(1000, 9000)
"""Those in which dates can be counted on and zones be changed without leaving the calendar."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date without hours: the whole day. The end of an event is its last day."""

    date: date


@dataclass(frozen=True, slots=True)
class Instant:
    """A date with hours: aware where the text had an offset, else naive, in the wiki's zone.

    `text` is what was stored; it takes no part in comparisons.
    """

    moment: datetime
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class RichText:
    """A long text as stored, in its syntax."""

    source: str
    syntax: Syntax

    @property
    def text(self) -> str:
        """The same as plain text."""
        return to_text(self.source, self.syntax)


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the map, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file in the wiki's `files/`; the name it was uploaded under is lost."""

    name: str


Value = (
    str | RichText | Day | Instant | tuple[str, ...] | Position | FileName | Recurrence | Repetition
)


def decode(field: Field, entry: Entry) -> Value | None:
    """The value of a field; None where it is absent, empty, or holds nothing by its type.

    str for one-line texts (unescaped), e-mails, links and unknown types; RichText, Day or Instant,
    Position, FileName; a tuple of keys, tags or words for every kind of choice, single or not.
    Raises FieldMalformed where the stored value is of another kind.
    """
    if not field.holds_value:
        return None
    if field.type is FieldType.MAP:
        return _position(field, entry)
    raw = entry.properties.get(field.property)
    if field.type in _CHOICES and isinstance(raw, Mapping):
        return tuple(str(key) for key, on in raw.items() if on in (1, "1", True, "true")) or None
    text = _scalar(field, raw)
    if not text.strip():
        return None
    return _value(field, text)


def decode_recurrence(entry: Entry) -> Recurrence | Repetition | None:
    """What the entry says of its recurrence; None where it stands alone.

    Raises FieldMalformed where the structure is one of which the wiki would make nothing.
    """
    try:
        return recurrence_from_json(entry.properties.get(RECURRENCE_PROPERTY))
    except RecurrenceMalformed as problem:
        raise FieldMalformed(
            problem.message, problem.remedy, property=RECURRENCE_PROPERTY
        ) from problem


def encode(field: Field, value: Value | None, stored: Entry | None = None) -> dict[str, str]:
    """The form keys that write `value`, for the page-edit route and for a creation.

    None empties the field. Where `stored` already holds the value, its own text is given back;
    nothing at all where there is nothing on either side. A str for a long text is plain text, one
    for a choice is a single key. A Recurrence or Repetition goes with the field of the end date.
    Raises FieldMalformed where the field cannot hold the value.
    """
    if not field.holds_value:
        raise _wrong(field, "holds no value that could be written")
    if stored is not None and (kept := _unchanged(field, value, stored)) is not None:
        return kept
    if field.type is FieldType.MAP:
        return _written_position(field, value)
    if isinstance(value, (Recurrence, Repetition)):
        if field.type is not FieldType.END_DATE:
            raise _wrong(field, "is no end date, with which a recurrence goes")
        return recurrence_pairs(value)
    return {field.property: "" if value is None else _written(field, value)}


def parse_moment(text: str) -> Day | Instant | None:
    """Reads a date as Bazar stores it; None where it is none, or no calendar gets there.

    `YYYY-MM-DD`, with `T` or a blank and hours behind, seconds and offset at will [335].
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    if int(match[1][:4]) not in _YEARS:
        return None
    try:
        if match[2] is None:
            return Day(date.fromisoformat(match[1]))
        return Instant(datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}"), text)
    except ValueError:
        return None


def write_moment(moment: Day | Instant) -> str:
    """A date as the wiki wants it: a day, or local hours with their offset.

    An offset of zero is written `Z`, since the wiki takes `+00:00` for a slip and shifts it [336].
    """
    if isinstance(moment, Day):
        return moment.date.isoformat()
    text = moment.moment.isoformat(timespec="seconds")
    if moment.moment.utcoffset() == timedelta(0):
        return re.sub(r"[+-]00:00(?::00)?$", "Z", text)
    return text


def _value(field: Field, text: str) -> Value | None:
    if field.type in _LINES:
        return line_to_text(text)
    if field.type is FieldType.TEXTAREA:
        return RichText(text, field.syntax)
    if field.type in _DATES:
        return _moment(field, text)
    if field.type in _CHOICES:
        return tuple(filter(None, (part.strip() for part in text.split(",")))) or None
    if field.type in _SINGLE_CHOICES:
        return (text.strip(),)
    return FileName(text) if field.type in _FILES else text


def _moment(field: Field, text: str) -> Day | Instant | None:
    if text.startswith("0000-00-00"):  # what old wikis stored for no date
        return None
    moment = parse_moment(text)
    if moment is None:
        raise _wrong(field, "holds no date")
    return moment


def _scalar(field: Field, raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise _wrong(field, "holds a value of another kind")
    return str(raw)


def _position(field: Field, entry: Entry) -> Position | None:
    texts = _stored_position(field, entry)
    if texts is None:
        return None
    try:
        latitude, longitude = (float(text.strip().replace(",", ".")) for text in texts)
    except ValueError:
        raise _wrong(field, "holds no position") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise _wrong(field, "holds a position that is not on the earth")
    return Position(latitude, longitude)


def _stored_position(field: Field, entry: Entry) -> tuple[str, str] | None:
    """Latitude and longitude as stored: in the property, at the top level, or in the old one."""
    nested = entry.properties.get(field.property)
    for holder in (nested, entry.properties):
        if isinstance(holder, Mapping):
            texts = [_scalar(field, holder.get(key)) for key in (field.latitude, field.longitude)]
            if all(text.strip() for text in texts):
                return texts[0], texts[1]
    old = entry.properties.get(LEGACY_POSITION)
    parts = old.split("|") if isinstance(old, str) else []
    return (parts[0], parts[1]) if len(parts) >= 2 and all(map(str.strip, parts[:2])) else None


def _unchanged(field: Field, value: Value | None, stored: Entry) -> dict[str, str] | None:
    if isinstance(value, (Recurrence, Repetition)):
        return None
    try:
        if decode(field, stored) != value:
            return None
    except FieldMalformed:
        return None
    if field.type is FieldType.MAP:
        texts = _stored_position(field, stored)
        return {field.latitude: texts[0], field.longitude: texts[1]} if texts else {}
    raw = stored.properties.get(field.property)
    if raw is None or isinstance(raw, Mapping):
        return {} if value is None else None
    return {field.property: _scalar(field, raw)}


def _written_position(field: Field, value: Value | None) -> dict[str, str]:
    if value is None:
        return {field.latitude: "", field.longitude: ""}
    if not isinstance(value, Position):
        raise _wrong(field, "holds a position and nothing else")
    if not (abs(value.latitude) <= 90 and abs(value.longitude) <= 180):
        raise _wrong(field, "cannot hold a position that is not on the earth")
    return {
        field.latitude: _figures(value.latitude),
        field.longitude: _figures(value.longitude),
    }


def _figures(degrees: float) -> str:
    """Without exponent, and with a decimal point: PHP takes the text `0` for empty."""
    text = format(Decimal(repr(float(degrees))), "f")
    return text if "." in text else f"{text}.0"


def _written(field: Field, value: Value) -> str:
    if field.type in _LINES and isinstance(value, str):
        return text_to_line(value)
    if field.type is FieldType.TEXTAREA and isinstance(value, (str, RichText)):
        return _written_long(field, value)
    if field.type in _DATES and isinstance(value, (Day, Instant)):
        return write_moment(value)
    if field.type in _CHOICES | _SINGLE_CHOICES and isinstance(value, (str, tuple)):
        return _written_keys(field, (value,) if isinstance(value, str) else value)
    if field.type in _FILES and isinstance(value, FileName):
        return value.name
    if isinstance(value, str) and field.type not in _TYPED:
        return storable(value)
    raise _wrong(field, "cannot hold a value of that kind")


_TYPED = _LINES | _DATES | _CHOICES | _SINGLE_CHOICES | _FILES | {FieldType.TEXTAREA}


def _written_long(field: Field, value: str | RichText) -> str:
    if isinstance(value, str):
        return from_text(value, field.syntax)
    if value.syntax == field.syntax:
        return storable(value.source)
    return from_text(value.text, field.syntax)


def _written_keys(field: Field, keys: Iterable[str]) -> str:
    kept = [key.strip() for key in keys if key.strip()]
    if field.type in _SINGLE_CHOICES:
        if len(kept) > 1:
            raise _wrong(field, "takes one choice")
        return "".join(kept)
    if any("," in key for key in kept):
        raise _wrong(field, "cannot hold a choice with a comma in it")
    return ",".join(kept)


def _wrong(field: Field, what: str) -> FieldMalformed:
    name = field.property or field.name or field.type.value
    return FieldMalformed(f"The field {name} {what}.", property=field.property)
