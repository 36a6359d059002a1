"""Creating, editing and deleting entries, each read back and compared.

Others' entries are written by the page-edit route alone, and a creation looks first: on a tag that
exists it would overwrite whatever page bears it (reference sections 4 and 8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bazar_forms.client import BazarClient, Hidden
from bazar_forms.entry import Entry
from bazar_forms.errors import BazarError, NotFound, SessionLost, TagTaken, UnknownOutcome
from bazar_forms.field import FieldType
from bazar_forms.recurrence import RECURRENCE_PROPERTY, Recurrence, Repetition, flat_pairs
from bazar_forms.value import decode_recurrence
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.listing import entries_of, members_of
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_reading import read_thing
from oscartes_sync.mapping.entry_writing import Writing, new_entry, patch_entry, position_of
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.mapping.where import satisfies
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event
from oscartes_sync.records.identity import has_suffix, suffix, tag_for
from oscartes_sync.records.problem import Problem, Severity, Side

_ATTEMPTS = 20
_POSITION = ("bf_latitude", "bf_longitude")


def refusal(bound: Bound, event: Event, now: datetime) -> Problem | None:
    """Why no entry may be made of this event: it would be incomplete, or not selected."""
    writing = _draft(bound, event, now)
    missing = next((each for each in writing.problems if each.code == "required-empty"), None)
    if missing is not None:
        return replace(missing, severity=Severity.ERROR)
    if not satisfies(writing.values, bound.binding.where):
        return Problem.of("not-in-where", side=Side.WIKI)
    return None


class EntryWriter:
    """Writes the entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki

    def create(
        self, uid: str, event: Event, key: str | None, *, now: datetime, there: Mapping[str, str]
    ) -> Written:
        """Create an entry under a free tag; see `ports.SidePort.create`.

        `there` are the tags of the form by their last eight letters: a UID finds its entry by
        them, whatever the title was when it was made.
        """
        binding = self._bound.binding
        draft = _draft(self._bound, event, now)
        if not satisfies(draft.values, binding.where):
            raise errors.Invalid("not-in-where")
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        names = [tag_for(event.title, ending, attempt) for attempt in range(_ATTEMPTS)]
        first = key or there.get(ending)
        for tag in [first, *names] if first else names:
            with translated(self._wiki, tag=tag):
                try:
                    self._client.create(binding.form, tag, draft.values)
                except TagTaken:
                    if self._is_ours(tag, key, ending):
                        return self._adopt(tag, draft)
                    continue
                except UnknownOutcome:
                    if not self._is_ours(tag, key, ending):
                        raise
            return self._created(tag, draft)
        raise errors.Taken("no-free-tag")

    def update(self, tag: str, token: str, changes: Sequence[FieldChange], event: Event) -> Written:
        """Edit changed fields of an entry; see `ports.SidePort.update`."""
        entry = self._unmoved(tag, token)
        wanted = {change.name: change.after for change in changes}
        with translated(self._wiki, tag=tag):
            writing = patch_entry(entry, wanted, event, self._bound.setting)
        sent = dict(writing.values)
        spot = self._spot(entry)
        if all(_is_stored(entry, name, text) for name, text in sent.items()):
            return self._written(entry, writing.problems)
        with translated(self._wiki, tag=tag):
            back = self._edit(entry, sent, spot)
        return self._compared(back, sent, writing.problems)

    def delete(self, tag: str, token: str) -> None:
        """Delete an entry; see `ports.SidePort.delete`."""
        if token:
            self._refuse_moved(tag, token)
        with translated(self._wiki, tag=tag):
            try:
                self._client.delete(tag)
            except NotFound:
                return
            except UnknownOutcome:
                if self._client.page(tag) is not None:
                    raise

    # Creating

    def _is_ours(self, tag: str, key: str | None, ending: str) -> bool:
        """Whether the page there is an entry that we made for this UID, whoever owns it by now."""
        page = self._client.page(tag)
        if page is None or isinstance(page, Hidden):
            return False
        entry = page.entry()
        of_form = entry is not None and entry.form == self._bound.form.id
        return of_form and page.tag == tag and (tag == key or has_suffix(tag, ending))

    def _adopt(self, tag: str, draft: Writing) -> Written:
        """An entry of ours from a run that was interrupted: taken over where it says the same.

        Where it does not, members edited it since: the next run sees it and merges.
        """
        entry = self._public(tag, hidden="entry-hidden")
        if not_kept(entry, draft.values, self._bound.recipe):
            raise errors.Taken("entry-made-before", tag=tag)
        return self._written(entry, draft.problems)

    def _created(self, tag: str, draft: Writing) -> Written:
        entry = self._public(tag)
        written = self._compared(entry, draft.values, draft.problems)
        owner = self._bound.binding.owner
        if not owner or owner == entry.owner:
            return written
        if self._hands_over(tag, owner):
            return written
        said = Problem.warning("owner-not-set", Side.WIKI, owner=owner).at(entry=tag)
        return Written(written.seen, (*written.problems, said))

    def _hands_over(self, tag: str, owner: str) -> bool:
        """Give an entry away. The wiki says yes to an account that it does not have, too."""
        try:
            self._client.set_rights(tag, owner=owner)
            page = self._client.page(tag)
        except BazarError:
            return False
        if page is None or isinstance(page, Hidden):
            return page is not None
        return page.owner.casefold() == owner.casefold()

    def _public(self, tag: str, *, hidden: str = "created-hidden") -> Entry:
        """The entry as everybody sees it.

        Raises:
            Forbidden: `hidden` where they do not. `created-hidden` ends all creations, since the
                wiki hides what is new; one that somebody closed later says nothing of others.
        """
        with translated(self._wiki, tag=tag):
            entry = entries_of(self._client, self._bound, [tag]).get(tag)
        if entry is None:
            raise errors.Forbidden(hidden, tag=tag, form=self._bound.form.id)
        return entry

    # Editing

    def _unmoved(self, tag: str, token: str) -> Entry:
        """The entry now, if it is still what was read, and no part of a series.

        Raises:
            Missing, Forbidden, Moved, Invalid: `series-in-wiki`.
        """
        entry = self._now(tag)
        with translated(self._wiki, tag=tag):
            structure = decode_recurrence(entry)
        if isinstance(structure, Repetition) or (
            isinstance(structure, Recurrence) and not structure.inert
        ):
            raise errors.Invalid("series-in-wiki", tag=tag)
        if digest_of(token_of([entry], self._bound.recipe)) != digest_of(token):
            raise errors.Moved("entry-moved", tag=tag)
        return entry

    def _now(self, tag: str) -> Entry:
        with translated(self._wiki, tag=tag):
            entry = entries_of(self._client, self._bound, [tag]).get(tag)
            if entry is not None:
                return entry
            page = self._client.page(tag)
        if page is None:
            raise errors.Missing("entry-gone", tag=tag)
        raise errors.Forbidden("entry-hidden", tag=tag)

    def _spot(self, entry: Entry) -> tuple[str, str] | None:
        """The map position to send again: an edit without it empties it (recordings 601-602)."""
        if not self._bound.hidden_map:
            return position_of(entry, self._bound.recipe)
        with translated(self._wiki, tag=entry.tag):
            ours = entries_of(self._client, self._bound, [entry.tag], anonymous=False)
        field = self._bound.form.of_type(FieldType.MAP)[0]
        stored = ours[entry.tag].properties if entry.tag in ours else {}
        spot = stored.get(field.latitude), stored.get(field.longitude)
        if not all(isinstance(each, str) and each for each in spot):
            raise errors.Forbidden("map-hidden", tag=entry.tag, owner=entry.owner or "?")
        return str(spot[0]), str(spot[1])

    def _edit(self, entry: Entry, sent: Mapping[str, str], spot: tuple[str, str] | None) -> Entry:
        """Send the edit, and read the entry back.

        A session that ended before the edit is opened again, once; an edit whose answer was lost
        is looked for.
        """
        for last in (False, True):
            try:
                self._send(entry, sent, spot)
            except (SessionLost, UnknownOutcome) as lost:
                back = self._now(entry.tag)
                if not not_kept(back, sent, self._bound.recipe):
                    self._client.ensure_ours(entry.tag, back.user)
                    return back
                untouched = back.updated == entry.updated
                if isinstance(lost, UnknownOutcome) or last or not untouched:
                    raise
            else:
                break
        back = self._now(entry.tag)
        if not_kept(back, sent, self._bound.recipe):
            self._client.ensure_ours(entry.tag, back.user)
        return back

    def _send(self, entry: Entry, sent: Mapping[str, str], spot: tuple[str, str] | None) -> None:
        recipe = self._bound.recipe
        maps = self._bound.form.of_type(FieldType.MAP)
        names = (maps[0].latitude, maps[0].longitude) if maps else _POSITION
        title = recipe.title_template or str(entry.properties.get(TITLE) or "")
        kept = flat_pairs(RECURRENCE_PROPERTY, entry.properties.get(RECURRENCE_PROPERTY) or None)
        self._client.edit(
            entry.tag,
            sent,
            title_text=title,
            position=spot,
            recurrence_pairs=list(kept.items()),
            position_names=names,
        )

    # Reading back

    def _compared(
        self, entry: Entry, sent: Mapping[str, str], problems: Sequence[Problem]
    ) -> Written:
        """What was read back, with a Problem for what the wiki did not keep."""
        lost = not_kept(entry, sent, self._bound.recipe)
        if not lost:
            return self._written(entry, problems)
        said = Problem.of("not-kept", side=Side.WIKI, entry=entry.tag, properties=", ".join(lost))
        return self._written(entry, (*problems, said))

    def _written(self, entry: Entry, problems: Sequence[Problem]) -> Written:
        reading = read_thing([entry], self._bound.setting)
        if reading.event is None:
            raise errors.NotKept("entry-broken-after", tag=entry.tag)
        seen = Seen(entry.tag, token_of([entry], self._bound.recipe), reading.event)
        placed = tuple(problem.at(entry=entry.tag) for problem in problems)
        return Written(seen, placed)

    def _refuse_moved(self, tag: str, token: str) -> None:
        """Raises Moved where it is not what was read; what only we may see is judged no more."""
        with translated(self._wiki, tag=tag):
            if "#" in token:
                entries = members_of(self._client, self._bound, tag)
            else:
                entries = [*entries_of(self._client, self._bound, [tag]).values()]
        if entries and digest_of(token_of(entries, self._bound.recipe)) != digest_of(token):
            raise errors.Moved("entry-moved", tag=tag)


def _draft(bound: Bound, event: Event, now: datetime) -> Writing:
    with translated(bound.binding.wiki):
        return new_entry(event, bound.setting, defaults=bound.binding.defaults, now=now)


def _is_stored(entry: Entry, name: str, text: str) -> bool:
    return str(entry.properties.get(name) or "") == text
