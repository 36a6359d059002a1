"""Series in a wiki that keeps each date as an entry: begun, edited, and single dates of them.

Reference section 8 and recordings 710-722: a series is created plainly, then edited with its
structure; any edit of the parent deletes all repetitions and makes them anew, with the default
rights and for the last editor as owner; a repetition that is edited must send its string back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeGuard

from bazar_forms.client import BazarClient, PageRow
from bazar_forms.entry import Entry
from bazar_forms.errors import CaptchaInTheWay, NotFound
from bazar_forms.recurrence import RECURRENCE_PROPERTY, Recurrence, recurrence_to_json
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.editing import EntryEditor
from oscartes_sync.adapters.yeswiki.listing import members_of
from oscartes_sync.adapters.yeswiki.ownership import Ownership
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.removing import EntryRemover
from oscartes_sync.adapters.yeswiki.revisions import Watch
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.mapping.entry_reading import read_entry, read_thing, structure_of
from oscartes_sync.mapping.entry_writing import patch_entry, structure_for
from oscartes_sync.mapping.series_writing import lay_out, made_dates
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event, Override, Series, Status, When
from oscartes_sync.records.occurrences import elapsed, shown
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

_START, _END = "bf_date_debut_evenement", "bf_date_fin_evenement"
"""The only fields with which the wiki repeats (the server's DateService.php, DateField.php)."""

_TRIED = 3
_TIMES = frozenset({"series", "start", "end"})
_NO_STRUCTURE: Mapping[str, object] = {}


def makes_repetitions(client: BazarClient, bound: Bound) -> bool | None:
    """Whether the wiki makes repetitions of events of this form; None where no entry tells.

    The edit page of an entry shows the inputs of a recurrence where it does [700]. Never where the
    binding is private: repetitions get the default rights. Raises BazarErrors.
    """
    recipe = bound.setting.recipe
    names = {recipe.start.property, recipe.end.property}
    if bound.binding.private or bound.form.one_entry_per_user or names & recipe.fixed:
        return False
    if (recipe.start.property, recipe.end.property) != (_START, _END):
        return False
    rows = client.entries(bound.form.id, fields=("id_fiche", "owner"), anonymous=False).rows
    ours_first = sorted(rows, key=lambda tag: rows[tag].get("owner") != bound.user)
    for tag in ours_first[:_TRIED]:
        found = asked_of(client, tag)
        if found is not None:
            return found
    return False if rows else None


def asked_of(client: BazarClient, tag: str) -> bool | None:
    """What the edit page of this entry shows of recurrences; None where we may not see it."""
    try:
        return client.capabilities(tag).recurrence
    except (NotFound, CaptchaInTheWay):
        return None


@dataclass(frozen=True, slots=True)
class _Thing:
    """A series as it is in the wiki now: parent, repetitions, and the record they make."""

    members: Sequence[Entry]
    record: Event
    dates: Mapping[str, When]

    @property
    def parent(self) -> Entry:
        """The entry that all others repeat."""
        return self.members[0]


class SeriesWriter:
    """Writes the series of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound, now: datetime) -> None:
        self._client = client
        self._bound = bound
        self._now = now
        self._reader = EntryReader(client, bound)
        self._editor = EntryEditor(self._reader)

    @property
    def _setting(self) -> Setting:
        return self._bound.setting

    def fits(self, record: Record) -> TypeGuard[Event]:
        """Whether it is a series, and the wiki would keep it itself, were it new."""
        return (
            isinstance(record, Event)
            and structure_for(record, self._setting, self._now) is not None
        )

    def begin(
        self,
        tag: str,
        event: Event,
        changes: Mapping[str, Any],
        problems: Sequence[Problem] = (),
        watch: Watch | None = None,
    ) -> Written:
        """Make an entry that stands alone the first of a series that `fits`.

        Where the wiki makes other dates than it should, all of them are taken back, the rule is
        said in words, and a Problem says so.
        """
        watch = watch or self._editor.watch(tag)
        entry = self._reader.now(tag)
        structure = structure_for(event, self._setting, self._now)
        if structure is None:
            raise errors.Invalid("series-not-for-wiki", tag=tag)
        writing = patch_entry(
            entry, {**changes, "series": None}, replace(event, series=None), self._setting
        )
        edited = self._editor.edit(
            entry, writing.values, watch, structure=recurrence_to_json(structure)
        )
        told = [*problems, *writing.problems, *edited.problems]
        thing = self._thing(tag)
        if self._is_made(thing, event, structure):
            told.extend(self._give_back(thing, {}, entry.owner))
            return self._compared(tag, writing.values, told)
        sent, more = self._say_in_words(thing.parent, event)
        return self._compared(tag, sent, [*told, *more])

    def resume(self, tag: str, event: Event, problems: Sequence[Problem]) -> Written:
        """Begin it, unless an interrupted run did."""
        members = self._thing(tag).members
        if structure_of(members[0]) is not None:
            return self._reader.written(members, problems)
        return self.begin(tag, event, {}, problems)

    def update(
        self,
        tag: str,
        token: str,
        changes: Sequence[FieldChange],
        event: Event,
        watch: Watch,
    ) -> Written:
        """Edit a series that the wiki keeps, watched since before it was read; see `SidePort`.

        Raises:
            Moved: `entry-moved`; `repetitions-moved` where members changed a repetition since it
                was decided that the parent may be edited.
        """
        thing = self._thing(tag)
        recipe = self._bound.recipe
        if digest_of(token_of(thing.members, recipe)) != digest_of(token):
            raise errors.Moved("entry-moved", tag=tag)
        wanted = {change.name: change.after for change in changes}
        target = wanted.get("series", event.series)
        told: list[Problem] = []
        sent: Mapping[str, str] = {}
        if wanted.keys() - {"series"} or not _single_dates(thing.record.series, target):
            if thing.record.frail and not event.frail:
                raise errors.Moved("repetitions-moved", tag=tag)
            sent, told = self._edit_parent(thing, wanted, event, watch)
            self._bring_back(self._thing(tag), target)
        elif target is not None and thing.record.series is not None:
            self._edit_dates(thing, target)
        return self._compared(tag, sent, told)

    def _bring_back(self, thing: _Thing, target: Series | None) -> None:
        """What single dates had of their own, after the wiki made all of them anew.

        Raises:
            NotKept: `dates-not-back`: they have it no more, and no refusal may hide that.
        """
        if target is None or thing.record.series is None:
            return
        try:
            self._edit_dates(thing, target)
        except errors.Refused as refused:
            raise errors.NotKept("dates-not-back", tag=thing.parent.tag) from refused

    # The parent

    def _edit_parent(
        self, thing: _Thing, wanted: Mapping[str, Any], event: Event, watch: Watch
    ) -> tuple[Mapping[str, str], list[Problem]]:
        """Edit the parent, which makes all repetitions anew; what was sent, and what is told."""
        entry = thing.parent
        structure, stored = self._structure(entry, wanted, event)
        if stored is not _NO_STRUCTURE:
            self._refuse_closed(entry.tag)
        if stored is _NO_STRUCTURE and event.series is not None:
            writing = self._in_words(entry, wanted, event)
        else:
            plain = replace(event, series=None)
            writing = patch_entry(entry, {**wanted, "series": None}, plain, self._setting)
        edited = self._editor.edit(entry, writing.values, watch, structure=stored)
        told = [*writing.problems, *edited.problems]
        owners = {each.tag: each.owner for each in thing.members[1:]}
        thing = self._thing(entry.tag)
        told.extend(self._give_back(thing, owners, entry.owner))
        if structure is None or self._is_made(thing, event, structure):
            return writing.values, told
        if structure == structure_of(entry):
            return writing.values, [*told, _otherwise()]
        sent, more = self._say_in_words(thing.parent, event)
        return sent, [*told, *more]

    def _give_back(
        self, thing: _Thing, owners: Mapping[str, str], parent: str
    ) -> tuple[Problem, ...]:
        """Repetitions that were made anew are whose they were, new ones whose parent it is."""
        us = self._bound.user
        before = {tag: owner for tag, owner in owners.items() if owner != us}
        wanted = {each.tag: before.get(each.tag) or parent for each in thing.members[1:]}
        lost = {
            each.tag: wanted[each.tag]
            for each in thing.members[1:]
            if each.owner == us and wanted[each.tag] not in ("", us)
        }
        return Ownership(self._client, self._bound).give_back(lost)

    def _refuse_closed(self, tag: str) -> None:
        """Repetitions get the default rights: those of a closed parent everybody would read.

        Raises:
            Invalid: `series-in-wiki`.
        """
        if self._bound.anonymous:
            return
        with translated(self._reader.wiki, tag=tag):
            if not isinstance(self._client.page(tag, anonymous=True), PageRow):
                raise errors.Invalid("series-in-wiki", tag=tag)

    def _structure(
        self, entry: Entry, wanted: Mapping[str, Any], event: Event
    ) -> tuple[Recurrence | None, object]:
        """The structure that is sent: None and what is stored where it stays as it is."""
        held, stored = structure_of(entry), entry.properties.get(RECURRENCE_PROPERTY)
        if event.series is None:
            return None, _NO_STRUCTURE if "series" in wanted else stored
        found = lay_out(event, self._setting.zone, self._now, kept=held)
        if found is not None:
            return found, stored if found == held else recurrence_to_json(found)
        return None, _NO_STRUCTURE if _TIMES & wanted.keys() else stored

    def _in_words(self, entry: Entry, wanted: Mapping[str, Any], event: Event) -> Writing:
        """What makes the entry show its next date, and say the rule in words."""
        here = shown(event, self._now, self._setting.zone.key)
        values = {**wanted, "start": here.start, "end": here.end, "series": event.series}
        return patch_entry(entry, values, event, self._setting)

    def _say_in_words(self, entry: Entry, event: Event) -> tuple[Mapping[str, str], list[Problem]]:
        """Take away the recurrence of which the wiki made other dates, its repetitions with it."""
        watch = self._editor.watch(entry.tag)
        writing = self._in_words(entry, {}, event)
        edited = self._editor.edit(entry, writing.values, watch, structure=_NO_STRUCTURE)
        return writing.values, [_otherwise(), *writing.problems, *edited.problems]

    def _is_made(self, thing: _Thing, event: Event, structure: Recurrence) -> bool:
        """Whether the wiki made what the simulation says, nothing less and nothing more."""
        expected = made_dates(event, structure, self._setting.zone)
        children = (read_entry(each, self._setting).record for each in thing.members[1:])
        made = [(each.start, each.end) for each in children if each is not None]
        return expected is not None and sorted(made, key=str) == sorted(expected, key=str)

    # Single dates

    def _edit_dates(self, thing: _Thing, target: Series) -> None:
        """Bring repetitions in line with what single dates have of their own; excepted ones go."""
        own = {each.at: each for each in target.overrides}
        now = {each.at for each in (thing.record.series or target).overrides}
        doomed = []
        for entry in thing.members[1:]:
            at = thing.dates.get(entry.tag)
            if at is None:
                continue
            if at in target.excluded:
                doomed.append(entry)
            elif at in own or at in now:
                self._edit_date(entry, thing.record, own.get(at) or _plain(thing.record, at))
        for entry in doomed:
            token = token_of([entry], self._bound.recipe)
            EntryRemover(self._client, self._bound).delete(entry.tag, token)

    def _edit_date(self, entry: Entry, parent: Event, own: Override) -> None:
        """Make one repetition say what its date has of its own.

        Raises:
            Moved: `entry-moved`, and what `EntryEditor.edit` raises.
        """
        event = read_entry(entry, self._setting).record
        if event is None:
            return
        names = ("title", "start", "end", "description", "place")
        wanted = {
            name: getattr(own, name) for name in names if getattr(own, name) != getattr(event, name)
        }
        # A status has no field: it is said in words, which are then written anew.
        values = {**wanted, "status": own.status}
        whole = replace(event, **values, organizer=event.organizer or parent.organizer)
        sent = patch_entry(entry, values, whole, self._setting).values
        if not sent:
            return
        watch = self._editor.watch(entry.tag)
        read = self._reader.now(entry.tag)
        if token_of([read], self._bound.recipe) != token_of([entry], self._bound.recipe):
            raise errors.Moved("entry-moved", tag=entry.tag)
        self._editor.edit(read, sent, watch)

    # Reading

    def _thing(self, tag: str) -> _Thing:
        """The series as the binding's records are read.

        Raises:
            Missing, Forbidden: as `EntryReader.now`.
            Invalid: `series-in-wiki` for a repetition, or what cannot be read.
        """
        with translated(self._reader.wiki, tag=tag):
            members = members_of(self._client, self._bound, tag)
        if not members:
            self._reader.now(tag)
            raise errors.Invalid("series-in-wiki", tag=tag)
        reading = read_thing(members, self._setting)
        if reading.record is None:
            raise errors.Invalid("series-in-wiki", tag=tag)
        return _Thing(members, reading.record, dict(reading.at))

    def _compared(self, tag: str, sent: Mapping[str, str], told: Sequence[Problem]) -> Written:
        """The whole thing read back, with a Problem for what its parent did not keep."""
        members = self._thing(tag).members
        lost = not_kept(members[0], sent, self._bound.recipe)
        if lost:
            said = Problem.of("not-kept", side=Side.WIKI, entry=tag, properties=", ".join(lost))
            return self._reader.written(members, (*told, said))
        return self._reader.written(members, told)


def _otherwise() -> Problem:
    return Problem.warning("series-made-otherwise", Side.WIKI)


def _single_dates(before: Series | None, after: Series | None) -> bool:
    """Whether the series differ by what single dates have of their own, or by dates that went."""
    if before is None or after is None:
        return False
    return (
        (before.rule, before.zone) == (after.rule, after.zone)
        and set(after.extra) <= set(before.extra)
        and set(before.excluded) <= set(after.excluded)
    )


def _plain(parent: Event, at: When) -> Override:
    """What a date says that has nothing of its own."""
    return Override(
        at=at,
        start=at,
        end=at + elapsed(parent.start, parent.end),
        title=parent.title,
        description=parent.description,
        place=parent.place,
        status=Status.CONFIRMED,
    )
