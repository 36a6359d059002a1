"""Single entries of one binding, read as its records are, and what a write left of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bazar_forms.client import BazarClient, PageRow
from bazar_forms.entry import Entry
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.listing import entries_of
from oscartes_sync.adapters.yeswiki.tokens import token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import Written
from oscartes_sync.records.problem import Problem, Side


def own_entry(client: BazarClient, bound: Bound, tag: str) -> Entry | None:
    """An entry by its page's row, None where there is none for us; raises BazarErrors.

    Whoever owns an entry reads it so, even where its read right leaves it out of all lists
    (reference section 8, "Create").
    """
    page = client.page(tag)
    entry = page.entry() if isinstance(page, PageRow) and page.tag == tag else None
    return entry if entry is not None and entry.form == bound.form.id else None


class EntryReader:
    """Reads as the binding's records are read, or, where `ours`, all that our account may see."""

    def __init__(self, client: BazarClient, bound: Bound, *, ours: bool = False) -> None:
        self.client = client
        self.bound = bound
        self.wiki = bound.binding.wiki
        self.ours = ours

    def find(self, tag: str) -> Entry | None:
        """The entry, None where it is not there for this reader."""
        with translated(self.wiki, tag=tag):
            if self.ours:
                return own_entry(self.client, self.bound, tag)
            return entries_of(self.client, self.bound, [tag]).get(tag)

    def now(self, tag: str) -> Entry:
        """The entry.

        Raises:
            Missing: `entry-gone`.
            Forbidden: `entry-hidden`: it is there, and this reader does not see it.
        """
        entry = self.find(tag)
        if entry is not None:
            return entry
        with translated(self.wiki, tag=tag):
            page = self.client.page(tag)
        if page is None:
            raise errors.Missing("entry-gone", tag=tag)
        raise errors.Forbidden("entry-hidden", tag=tag)

    def compared(
        self, entry: Entry, sent: Mapping[str, str], problems: Sequence[Problem] = ()
    ) -> Written:
        """What was read back, with a Problem for what the wiki did not keep of `sent`."""
        lost = not_kept(entry, sent, self.bound.recipe)
        if not lost:
            return self.written([entry], problems)
        said = Problem.of("not-kept", side=Side.WIKI, entry=entry.tag, properties=", ".join(lost))
        return self.written([entry], (*problems, said))

    def written(self, members: Sequence[Entry], problems: Sequence[Problem] = ()) -> Written:
        """A thing as it stands after a write; a series opens with its parent.

        Raises:
            NotKept: `entry-broken-after`.
        """
        tag = members[0].tag
        reading = self.bound.entries.read(members)
        if reading.record is None:
            raise errors.NotKept("entry-broken-after", tag=tag)
        seen = Seen(tag, token_of(members, self.bound.recipe), reading.record)
        return Written(seen, tuple(problem.at(entry=tag) for problem in problems))
