"""Creating entries: the tag looked at first, adopted where it is ours, its owner last.

A creation on a tag that exists overwrites whatever page bears it (reference sections 4 and 8;
recordings 351, 354, 703).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.entry import Entry
from bazar_forms.errors import TagTaken, UnknownOutcome
from bazar_forms.field import allows_everybody
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.drafting import drafted
from oscartes_sync.adapters.yeswiki.editing import EntryEditor
from oscartes_sync.adapters.yeswiki.ownership import Ownership
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.series import SeriesWriter
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE, is_unfinished
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.mapping.entry_reading import structure_of
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.mapping.where import satisfies
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event
from oscartes_sync.records.identity import has_suffix, suffix, tag_for
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, series_of

_ATTEMPTS = 20


class EntryCreator:
    """Creates the entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki
        self._reader = EntryReader(client, bound)
        self._ownership = Ownership(client, bound)

    def create(
        self, uid: str, record: Record, key: str | None, *, now: datetime, there: Mapping[str, str]
    ) -> Written:
        """Create an entry under a free tag; see `ports.SidePort.create`.

        `there` are the tags of the form by their last eight letters: a UID finds its entry by
        them, whatever the title was when it was made.
        """
        binding = self._bound.binding
        draft = drafted(self._bound, record, now)
        if not satisfies(draft.values, binding.selection):
            raise errors.Invalid("not-in-where")
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        names = [tag_for(record.title, ending, attempt) for attempt in range(_ATTEMPTS)]
        first = key or there.get(ending)
        # What is private must not be public for a moment: its text waits for its rights.
        values = {TITLE: NEUTRAL_TITLE} if binding.private else draft.values
        for tag in [first, *names] if first else names:
            with translated(self._wiki, tag=tag):
                try:
                    self._client.create(binding.form, tag, values)
                except TagTaken:
                    if self._is_ours(tag, key, ending):
                        return self._adopt(tag, draft, record, now)
                    continue
                except UnknownOutcome:
                    if not self._is_ours(tag, key, ending):
                        raise
            if binding.private:
                return self._fill(tag, draft)
            return self._created(tag, draft, record, now)
        raise errors.Taken("no-free-tag")

    def make_plain(self, record: Record, tag: str, now: datetime) -> None:
        """Make an entry that was deleted anew, for a file that is to be in it.

        Raises:
            Taken: `no-free-tag`: something else bears its tag by now.
        """
        draft = drafted(self._bound, record, now)
        with translated(self._wiki, tag=tag):
            try:
                self._client.create(self._bound.form.id, tag, draft.values)
            except TagTaken as taken:
                raise errors.Taken("no-free-tag") from taken

    def complete(self, tag: str) -> tuple[Problem, ...]:
        """Hand over what an interrupted run created; see `ports.SidePort.complete`.

        An entry of ours without its text yet is finished by the creation that follows.
        """
        with translated(self._wiki, tag=tag):
            page = self._client.page(tag)
        if not isinstance(page, PageRow) or page.tag != tag or page.owner != self._bound.user:
            return ()
        entry = page.entry()
        if entry is None or entry.form != self._bound.form.id:
            return ()
        if is_unfinished(entry, self._bound.user):
            return (Problem.warning("entry-unfinished", Side.WIKI, tag=tag).at(entry=tag),)
        return self._given(tag, page.owner, recurs=structure_of(entry) is not None)

    def _is_ours(self, tag: str, key: str | None, ending: str) -> bool:
        """Whether the page there is an entry that we made for this UID, whoever owns it by now."""
        page = self._client.page(tag)
        if page is None or isinstance(page, Hidden):
            return False
        entry = page.entry()
        of_form = entry is not None and entry.form == self._bound.form.id
        return of_form and page.tag == tag and (tag == key or has_suffix(tag, ending))

    def _adopt(self, tag: str, draft: Writing, record: Record, now: datetime) -> Written:
        """An entry of ours from a run that was interrupted: taken over where it says the same.

        Where it does not, members edited it since: the next run sees it and merges. One that was
        begun under the neutral title is finished.
        """
        begun = EntryReader(self._client, self._bound, ours=True).find(tag)
        if begun is not None and is_unfinished(begun, self._bound.user):
            return self._fill(tag, draft)
        entry = self._seen(tag, hidden="entry-hidden")
        if not_kept(entry, draft.values, self._bound.recipe):
            raise errors.Taken("entry-made-before", tag=tag)
        series = SeriesWriter(self._client, self._bound, now)
        if series.fits(record):
            return series.resume(tag, record, draft.problems)
        return self._reader.written([entry], draft.problems)

    def _created(self, tag: str, draft: Writing, record: Record, now: datetime) -> Written:
        entry = self._seen(tag)
        written = self._reader.compared(entry, draft.values, draft.problems)
        series = SeriesWriter(self._client, self._bound, now)
        if series.fits(record):
            written = self._begun(series, tag, record, written)
        recurs = series_of(written.seen.record) is not None
        given = self._given(tag, entry.owner, recurs=recurs)
        return Written(written.seen, (*written.problems, *given))

    def _begun(self, series: SeriesWriter, tag: str, event: Event, written: Written) -> Written:
        """What there is so far is linked, whatever hinders its repetitions: that is told."""
        try:
            return series.begin(tag, event, {}, written.problems)
        except errors.Refused as refused:
            problem = Problem.from_error(refused, side=Side.WIKI, entry=tag)
            return Written(written.seen, (*written.problems, problem))

    def _given(self, tag: str, owner_now: str, *, recurs: bool = False) -> tuple[Problem, ...]:
        owner = self._bound.binding.owner
        if not owner or owner == owner_now:
            return ()
        told = self._ownership.give_repetitions(tag, owner) if recurs else ()
        if not told and not self._ownership.hands_over(tag, owner):
            told = (Problem.warning("owner-not-set", Side.WIKI, owner=owner),)
        return tuple(problem.at(entry=tag) for problem in told)

    def _seen(self, tag: str, *, hidden: str = "created-hidden") -> Entry:
        """The entry as the binding's records are read.

        Raises:
            Forbidden: `hidden` where it is not seen so. `created-hidden` ends all creations, since
                the wiki hides what is new; one that somebody closed later says nothing of others.
        """
        entry = self._reader.find(tag)
        if entry is None:
            raise errors.Forbidden(hidden, tag=tag, form=self._bound.form.id)
        return entry

    # What is private

    def _fill(self, tag: str, draft: Writing) -> Written:
        """Rights, then the text, then the owner, for an entry that has its neutral title alone.

        Raises:
            Forbidden: `created-public` where everybody sees it all the same, `created-unreadable`
                where we do not; the entry then stays without its text.
        """
        if self._bound.binding.private:
            self._close(tag)
        ours = EntryReader(self._client, self._bound, ours=True)
        editor = EntryEditor(ours)
        watch = editor.watch(tag)
        edited = editor.edit(ours.now(tag), draft.values, watch)
        entry = self._seen(tag)
        written = self._reader.compared(entry, draft.values, (*draft.problems, *edited.problems))
        return Written(written.seen, (*written.problems, *self._given(tag, entry.owner)))

    def _close(self, tag: str) -> None:
        """Give the entry the binding's read right, and see that it holds.

        An entry's edit page shows its text to whoever may write it, so a right to write that
        everybody has goes with the right to read (the server's
        tools/bazar/handlers/__EditHandler.php).
        """
        read_acl = self._bound.binding.read_acl
        with translated(self._wiki, tag=tag):
            now = self._client.rights(tag)
            write = read_acl if allows_everybody(now.write) else None
            self._client.set_rights(tag, read=read_acl, write=write)
        if not self._reader.find(tag):
            raise errors.Forbidden("created-unreadable", tag=tag, read_acl=read_acl)
        if self.is_public(tag):
            raise errors.Forbidden("created-public", tag=tag, form=self._bound.form.id)

    def is_public(self, tag: str) -> bool:
        """Whether anybody may read the entry."""
        with translated(self._wiki, tag=tag):
            return isinstance(self._client.page(tag, anonymous=True), PageRow)
