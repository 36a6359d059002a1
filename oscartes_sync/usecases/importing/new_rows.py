"""Rows that name no entry: each becomes one, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final
from zoneinfo import ZoneInfo

from oscartes_sync.exports.view import Kind
from oscartes_sync.imports.holding import lost
from oscartes_sync.imports.table import Row
from oscartes_sync.imports.values import NAMES, typed_in_vain, wishes
from oscartes_sync.mapping.guesses import folded
from oscartes_sync.planning.importing import Wish
from oscartes_sync.planning.snapshot import Snapshot
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event
from oscartes_sync.records.fingerprint import digest, record_to_json
from oscartes_sync.records.identity import SUFFIX_LENGTH, forgotten_digest, suffix
from oscartes_sync.records.record import Record
from oscartes_sync.usecases.importing.importing import Import
from oscartes_sync.usecases.importing.telling import Telling, shown

_MAKE: Final[Mapping[Kind, type]] = {"contacts": Contact, "events": Event}
_REFUSALS: Final[Mapping[str, str]] = {"required-empty": "import-required"}
"""What a refusal is called of a row, where its own sentence speaks of the cloud."""
_Name = tuple[object, ...]


@dataclass(slots=True)
class NewRows:
    """What comes of them; `made` are those that are entries by now, tag by UID."""

    one: Import
    snapshot: Snapshot
    forgotten: frozenset[str]
    telling: Telling
    wishes: list[Wish] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)
    _named: dict[_Name, str] = field(default_factory=dict)
    _endings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tag, sighting in self.snapshot.sightings.items():
            self._endings[tag[-SUFFIX_LENGTH:].lower()] = tag
            if sighting.record is not None:
                self._named.setdefault(_name_of(sighting.record), tag)

    def read(self, row: Row) -> None:
        """One of them.

        Raises:
            BadCell: a cell cannot be read as a value of its field.
            RecordError: what it says makes no record.
        """
        record = self._record(row)
        if record is None:
            return
        binding = self.one.world.binding
        # The record, and not the cells: a column that comes or goes makes no other entry.
        uid = f"{digest([binding.form, record_to_json(record)], 24)}@import"
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        if forgotten_digest(binding.name, ending) in self.forgotten:
            self.telling.wrong("import-forgotten", row)
        elif uid in self._lines:
            self.telling.wrong("import-same-row", row, other=self._lines[uid])
        elif ending in self._endings:
            # The same table once more, or a run that was cut off after it.
            self._lines[uid] = row.line
            self.made[uid] = self._endings[ending]
            self.telling.hint("import-made-before", row, entry=self.made[uid])
        elif (bearer := self._named.get(_name_of(record))) is not None:
            self.telling.wrong("import-name-exists", row, other=bearer)
        else:
            self._lines[uid] = row.line
            self._named[_name_of(record)] = str(row.line)
            self._wish(row, uid, record)

    def _record(self, row: Row) -> Record | None:
        """What the row says, None where it is not enough."""
        kind, zone = self.one.kind, ZoneInfo(self.one.world.binding.zone)
        wanted = wishes(row.cells, None, kind, zone)
        if not wanted.get(NAMES[kind]):
            self.telling.wrong("import-no-name", row)
            return None
        if kind == "events":
            if "start" not in wanted:
                self.telling.wrong("import-no-start", row)
                return None
            wanted.setdefault("end", wanted["start"])
        record: Record = _MAKE[kind](**wanted)
        return record

    def _wish(self, row: Row, uid: str, record: Record) -> None:
        world = self.one.world
        refusal = world.wiki.refuses(world.binding, record)
        if refusal is not None:
            blanks: Any = dict(refusal.params)
            self.telling.wrong(_REFUSALS.get(refusal.code, refusal.code), row, **blanks)
            return
        self.wishes.append(Wish(line=row.line, uid=uid, now=None, record=record))
        self._tell_lost(row, record)

    def _tell_lost(self, row: Row, record: Record) -> None:
        """What of it the entry will not hold; the wiki makes some of it words."""
        world = self.one.world
        binding = world.binding
        after = world.wiki.project(binding, record)
        for each in fields(record):
            name, value = each.name, getattr(record, each.name)
            if not each.compare or name in self.snapshot.says or value == each.default:
                continue
            gone = lost(name, value, getattr(after, name), each.default)
            if gone:
                self.telling.hint("import-no-place", row, field=name, value=shown(gone))
        names = typed_in_vain(row.cells, None, self.one.kind)
        if names:
            self.telling.hint("import-read-only", row, fields=",".join(names))


def _name_of(record: Record) -> _Name:
    """By what people tell entries apart: a name; of events the day or hour as well."""
    start = (record.start,) if isinstance(record, Event) else ()
    return (folded(record.title), *start)
