"""From cells back to the values of a record: what `exports.plain.as_text` writes, read again.

A cell that says what the record says is no wish, however a spreadsheet has spelt or mangled it.
Some columns of an exported table are for reading only: files, which a table cannot hold, the series
of an event, and what is derived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError
from oscartes_sync.exports.plain import SEPARATOR, as_text
from oscartes_sync.exports.preparing import clean, cleaned
from oscartes_sync.exports.tables import KEY, LAST, PLACE
from oscartes_sync.exports.view import EXPORTED, Kind
from oscartes_sync.imports.mangling import is_mangled, turned_round
from oscartes_sync.mapping.contacts.spelling import email, phone, web
from oscartes_sync.records.contact import CONTACT_FIELDS, ContactKind
from oscartes_sync.records.event import FIELDS, Position, RichText, Status
from oscartes_sync.records.record import Record

UPDATED: Final = "updated"
_TIME: Final = re.compile(r"\d:\d\d")
_SECONDS: Final = re.compile(r"\d:\d\d:\d\d")
_READ_ONLY: Final = frozenset({"image", "related", "files", "series", "guests", "visibility"})
WRITTEN: Final[Mapping[Kind, tuple[str, ...]]] = {
    "contacts": tuple(name for name in CONTACT_FIELDS if name not in _READ_ONLY),
    "events": tuple(name for name in FIELDS if name not in _READ_ONLY),
}
"""Record fields that a table may change, in their order."""

NAMES: Final[Mapping[Kind, str]] = {"contacts": "name", "events": "title"}
"""The field without which there is no record."""


class BadCell(Exception):
    """A cell that says nothing of its field; `field` is the record field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def columns_of(name: str) -> tuple[str, ...]:
    """The columns that one record field stands in."""
    return PLACE if name == "position" else (name,)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a row's entry had changed last; `minute`: a spreadsheet has left the seconds away."""

    moment: datetime
    minute: bool = False

    def says(self, other: datetime) -> bool:
        """Whether it may be that instant."""
        return self.moment == (other.replace(second=0, microsecond=0) if self.minute else other)


def unknown_columns(columns: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
    """Columns that mean nothing here, in order; what cannot change is known all the same."""
    known = {KEY, *LAST, *_READ_ONLY}
    known.update(column for name in WRITTEN[kind] for column in columns_of(name))
    return tuple(dict.fromkeys(name for name in columns if name and name not in known))


def wishes(
    cells: Mapping[str, str], record: Record | None, kind: Kind, zone: ZoneInfo
) -> dict[str, Any]:
    """What a row says otherwise than a record: its fields with their new values.

    Of no record it is all that the row says. Columns that are not there wish nothing.

    Raises:
        BadCell: a cell cannot be read as a value of its field.
        RecordError: the record has no name that a table could show.
    """
    found: dict[str, Any] = {}
    shown = cleaned(record)
    for name in WRITTEN[kind]:
        names = columns_of(name)
        if not all(column in cells for column in names):
            continue
        texts = [_normal(cells[column]) for column in names]
        here = getattr(shown, name) if shown is not None else None
        if record is None and not any(texts):
            continue
        if record is not None and name != "position" and _says_that(texts[0], here):
            continue
        value = _value(name, texts, zone)
        if record is None or not _same(value, here):
            found[name] = value
    return found


def _says_that(text: str, here: Any) -> bool:
    """Whether a cell is what was exported of a value, or what a spreadsheet made of that."""
    exported = _normal(as_text(here))
    return text == exported or is_mangled(text, exported)


def typed_in_vain(cells: Mapping[str, str], record: Record | None, kind: Kind) -> tuple[str, ...]:
    """The columns for reading only whose cell says otherwise than the record, in order."""
    names = (name for name in EXPORTED[kind] if name in _READ_ONLY and name in cells)
    return tuple(
        name
        for name in names
        if not _says_that(_normal(cells[name]), cleaned(getattr(record, name)) if record else None)
    )


def updated(cells: Mapping[str, str], zone: ZoneInfo) -> Stamp | None:
    """When the row's entry had changed last, as the table was made; None where it does not say.

    Raises:
        BadCell: it says something else; a spreadsheet may have made a date of its own of it.
    """
    text = turned_round(cells.get(UPDATED, ""))
    if not text:
        return None
    try:
        moment = _instant(text, zone)
    except ValueError:
        raise BadCell(UPDATED) from None
    if not _TIME.search(text):
        raise BadCell(UPDATED)
    return Stamp(moment, minute=not _SECONDS.search(text))


def _value(name: str, texts: list[str], zone: ZoneInfo) -> Any:
    read: Callable[[str], Any] = _READERS.get(name, _line)
    try:
        if name == "position":
            return _position(*texts)
        if name in ("start", "end"):
            return _when(texts[0], zone)
        return read(texts[0])
    except (ValueError, RecordError):
        raise BadCell(name) from None


def _same(value: Any, here: Any) -> bool:
    if isinstance(value, RichText) and isinstance(here, RichText):
        return value.text.split() == here.text.split()
    return bool(value == here)


def _normal(text: str) -> str:
    """Line ends as records have them, no blanks at the ends."""
    return clean(text).strip()


def _line(text: str) -> str:
    return " ".join(text.split())


def _several(text: str) -> tuple[str, ...]:
    """The values of one cell; a person may leave out the blanks around the bar."""
    parts = (_line(part) for part in text.split(SEPARATOR.strip()))
    return tuple(dict.fromkeys(part for part in parts if part))


def _spelt(spell: Callable[[str], str], text: str) -> tuple[str, ...]:
    """The values as records hold them.

    Raises:
        ValueError: one of them is no telephone, no e-mail or no web address.
    """
    found = tuple(map(spell, _several(text)))
    if not all(found):
        raise ValueError(text)
    return tuple(dict.fromkeys(found))


def _address(text: str) -> str:
    """A web address or nothing; see `_spelt`."""
    return next(iter(_spelt(web, text)), "") if _line(text) else ""


def _set(text: str) -> tuple[str, ...]:
    return tuple(sorted(_several(text)))


def _pages(text: str) -> tuple[str, ...]:
    return tuple(sorted(_spelt(web, text)))


def _position(latitude: str, longitude: str) -> Position | None:
    """Degrees; French spreadsheets write a comma."""
    if not latitude and not longitude:
        return None
    return Position(*(float(each.replace(",", ".")) for each in (latitude, longitude)))


def _when(text: str, zone: ZoneInfo) -> date | datetime:
    """A day alone, or an instant, of the network's zone where it names none."""
    text = turned_round(text)
    return date.fromisoformat(text) if len(text) == len("2026-11-28") else _instant(text, zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "kind": ContactKind,
    "status": Status,
    "description": RichText,
    "categories": _set,
    "phones": partial(_spelt, phone),
    "emails": partial(_spelt, email),
    "sites": partial(_spelt, web),
    "social": _pages,
    "link": _address,
}
