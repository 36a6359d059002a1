"""How the entries of a form become records, and records entries, whatever their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bazar_forms.entry import Entry
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.mapping.recipe import Recipe
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import When
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record, an_event

if TYPE_CHECKING:
    from oscartes_sync.mapping.entry_draft import Writing
    from oscartes_sync.mapping.entry_reading import EntryReading

# Reading values and recurrences is loaded when something moved: in most runs nothing did.


class Reading(Protocol):
    """What was read of one thing: `record` is None where none can be made of it."""

    @property
    def record(self) -> Record | None:
        """The record."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be told of it, a record or none."""

    @property
    def last(self) -> When | None:
        """When a series ends, None for what is none."""


class Entries(Protocol):
    """The entries of one binding's form."""

    @property
    def recipe(self) -> FormRecipe:
        """Which field of the form is which."""

    def read(self, members: Sequence[Entry], field: str = "") -> Reading:
        """One thing: an entry, with its repetitions behind it where it is a series; or what it
        holds in one field."""

    def parts(self, entry: Entry) -> Sequence[str]:
        """The keys of what in an entry is a thing of its own: files, in a form of documents."""

    def draft(self, record: Record, defaults: Mapping[str, str], now: datetime) -> Writing:
        """All that is sent for a new entry of this record.

        Raises:
            ConfigurationError: `default-property-unknown`.
        """

    def patch(self, entry: Entry, changes: Mapping[str, object], record: Record) -> Writing:
        """What to send so that the entry follows these fields of the record, and nothing else."""

    def project(self, record: Record, now: datetime) -> Record:
        """The record as an entry of this form could hold it."""


@dataclass(frozen=True, slots=True)
class EventEntries:
    """Of an agenda."""

    setting: Setting

    @property
    def recipe(self) -> Recipe:
        """Which field of the form is which."""
        return self.setting.recipe

    def read(self, members: Sequence[Entry], field: str = "") -> EntryReading:  # noqa: ARG002
        """See `Entries.read`."""
        from oscartes_sync.mapping.entry_reading import read_thing  # noqa: PLC0415

        return read_thing(members, self.setting)

    def parts(self, entry: Entry) -> Sequence[str]:  # noqa: ARG002
        """See `Entries.parts`: none."""
        return ()

    def draft(self, record: Record, defaults: Mapping[str, str], now: datetime) -> Writing:
        """See `Entries.draft`."""
        from oscartes_sync.mapping.entry_writing import new_entry  # noqa: PLC0415

        return new_entry(an_event(record), self.setting, defaults=defaults, now=now)

    def patch(self, entry: Entry, changes: Mapping[str, object], record: Record) -> Writing:
        """See `Entries.patch`."""
        from oscartes_sync.mapping.entry_writing import patch_entry  # noqa: PLC0415

        return patch_entry(entry, changes, an_event(record), self.setting)

    def project(self, record: Record, now: datetime) -> Record:
        """See `Entries.project`."""
        from oscartes_sync.mapping.entry_writing import project  # noqa: PLC0415

        return project(an_event(record), self.setting, now=now)
