"""Editing the entries of one binding, each edit read back and compared.

Others' entries are written by the page-edit route alone (reference sections 4 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bazar_forms.client import BazarClient
from bazar_forms.entry import Entry
from bazar_forms.recurrence import Recurrence, Repetition
from bazar_forms.value import decode_recurrence
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.editing import EntryEditor
from oscartes_sync.adapters.yeswiki.listing import members_of
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.series import SeriesWriter, asked_of
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.ports import Written
from oscartes_sync.records.record import Record, an_event


class EntryWriter:
    """Edits the entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound, now: datetime) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki
        self._reader = EntryReader(client, bound)
        self._editor = EntryEditor(self._reader)
        self._series = SeriesWriter(client, bound, now)

    def update(
        self, tag: str, token: str, changes: Sequence[FieldChange], record: Record
    ) -> Written:
        """Edit changed fields of an entry; see `ports.SidePort.update`."""
        wanted = {change.name: change.after for change in changes}
        watch = self._editor.watch(tag)
        entry = self._reader.now(tag)
        if self._recurs(entry):
            return self._series.update(tag, token, changes, an_event(record), watch)
        if not self._allows(entry, token, changes):
            raise errors.Moved("entry-moved", tag=tag)
        if "series" in wanted and self._series.fits(record):
            return self._series.begin(tag, record, wanted, watch=watch)
        with translated(self._wiki, tag=tag):
            writing = self._bound.entries.patch(entry, wanted, record)
        sent = dict(writing.values)
        if all(_is_stored(entry, name, text) for name, text in sent.items()):
            return self._reader.written([entry], writing.problems)
        edited = self._editor.edit(entry, sent, watch)
        return self._reader.compared(edited.entry, sent, (*writing.problems, *edited.problems))

    def _allows(self, entry: Entry, token: str, changes: Sequence[FieldChange]) -> bool:
        """Whether nobody has touched what is to be changed since it was decided.

        An edit sends its own fields alone, so one of others before it survives, and is met by the
        next run. Else an entry that is edited all the time would never be written.
        """
        if digest_of(token_of([entry], self._bound.recipe)) == digest_of(token):
            return True
        there = self._bound.entries.read([entry]).record
        return there is not None and all(
            getattr(there, change.name) == change.before for change in changes
        )

    def _recurs(self, entry: Entry) -> bool:
        """Whether the wiki keeps it as a series.

        A structure by itself says nothing: 4.4 stores it and makes nothing of it.

        Raises:
            Invalid: `series-in-wiki` for a repetition, and for a parent whose repetitions were
                all deleted: any edit would bring them back.
        """
        tag = entry.tag
        with translated(self._wiki, tag=tag):
            structure = decode_recurrence(entry)
            if isinstance(structure, Repetition):
                raise errors.Invalid("series-in-wiki", tag=tag)
            if not isinstance(structure, Recurrence) or structure.inert:
                return False
            if len(members_of(self._client, self._bound, tag)) > 1:
                return True
            if asked_of(self._client, tag):
                raise errors.Invalid("series-in-wiki", tag=tag)
        return False


def _is_stored(entry: Entry, name: str, text: str) -> bool:
    return str(entry.properties.get(name) or "") == text
