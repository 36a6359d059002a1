"""What members typed, and where it must be found again.

Every text that a member types is unlike any other, so that it can be followed: it is on one of the
sides, or it was told in a conflict, or a run that was cut short or undone left it in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from oscartes_sync.planning.baseline import Link
from oscartes_sync.planning.operation import Action
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.ports import Journalled
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.fingerprint import record_from_json
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record
from tests.fakes.sides import FakeSide
from tests.fakes.state import InMemoryStateStore
from tests.machine.trades import TRACKED

NAMES = frozenset(name for names in TRACKED.values() for name in names)


def words_of(name: str, value: Any) -> frozenset[str]:
    """What a field's value says, word by word where it is made of several."""
    if isinstance(value, RichText):
        said: Iterable[object] = (line for line in value.text.split("\n") if line)
    elif isinstance(value, tuple):
        said = value
    else:
        said = (value,) if value else ()
    return frozenset(f"{name}: {each}" for each in said)


def words(record: Record) -> frozenset[str]:
    """All that a record says. The dates of a series are laid out by us, not typed."""
    found: set[str] = set()
    laid_out = isinstance(record, Event) and record.series is not None
    for name in TRACKED[type(record)]:
        if name != "start" or not laid_out:
            found |= words_of(name, getattr(record, name))
    return frozenset(found)


def settled(links: Iterable[Link]) -> Iterator[str]:
    """What the links remember as agreed on."""
    for link in links:
        for name in TRACKED[type(link.wiki)]:
            if name not in link.unsettled:
                yield from words_of(name, getattr(link.wiki, name))
                yield from words_of(name, getattr(link.cloud, name))


def told(conflicts: Iterable[Conflict]) -> Iterator[str]:
    """What conflicts show of both sides."""
    for conflict in conflicts:
        for name, clash in conflict.fields.items():
            if name in NAMES:
                for value in (clash.base, clash.wiki, clash.cloud):
                    yield from words_of(name, value)


@dataclass(slots=True)
class Typed:
    """Something a member typed: when, counted in runs, and into which thing (by its mark)."""

    run: int
    mark: str


@dataclass
class Ledger:
    """`due` must be on a side; `kept` is in the journal by right, and must be there."""

    due: dict[str, Typed] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    runs: int = 0
    clean: int = -1

    def typed(self, mark: str, before: Iterable[str], after: Iterable[str]) -> None:
        """A member changed what a thing says: what it said and says no more was given up."""
        old, new = frozenset(before), frozenset(after)
        for word in old - new:
            self.due.pop(word, None)
            self.kept.discard(word)
        for word in new - old:
            self.due[word] = Typed(self.runs, mark)

    def gave_up(self, said: Iterable[str]) -> None:
        """A member deleted a thing that said this, or decided that it shall go."""
        self.typed("", said, ())

    def account(
        self,
        sides: Mapping[Side, FakeSide],
        state: InMemoryStateStore,
        conflicts: Iterable[Conflict],
        *,
        excused: bool,
        undone: frozenset[str] | set[str],
        agreed: frozenset[str],
        clean: bool,
        orphans: frozenset[str] = frozenset(),
    ) -> None:
        """After a run: whatever it overwrote must be told, or `excused`.

        What is `undone` of things with these marks is as if agreed: an edit of one side then goes
        over what stands on the other, which the journal keeps. What was `agreed` before this run,
        by one that was cut short right after, goes with a deletion. So does all that was typed
        into `orphans`, cards to which no link is kept, once their actors are erased.

        Raises:
            AssertionError: something typed is nowhere, or was overwritten without a word.
        """
        self.runs += 1
        there = visible(sides)
        missing = [word for word in self.due if word not in there]
        if missing or self.kept:
            excuses = {w for w in missing if excused or self.due[w].mark in undone}
            agreed |= {word for word in missing if self.due[word].mark in orphans}
            self._explain(missing, state, frozenset(told(conflicts)), excuses, agreed)
        if clean:
            self.clean = self.runs

    def _explain(
        self,
        missing: Iterable[str],
        state: InMemoryStateStore,
        said: frozenset[str],
        excused: set[str],
        agreed: frozenset[str],
    ) -> None:
        said |= frozenset(told(state.conflicts("agenda")))
        journal = journalled(state)
        for word in missing:
            typed = self.due.pop(word)
            if word in said:
                continue
            before = journal.get(word, ())
            removed = any(each.operation.action is Action.DELETE for each in before)
            assert before, f"lost: {word!r}"
            known = typed.run < self.clean or word in agreed
            assert word in excused or (removed and known), f"overwritten: {word!r}"
            self.kept.add(word)
        for word in self.kept - journal.keys():
            raise AssertionError(f"lost from the journal: {word!r}")

    def journal_is_gone(self) -> None:
        """The state was lost or set back: what it alone held is gone with it."""
        self.kept.clear()

    def forget(self, sides: Mapping[Side, FakeSide], mark: str) -> None:
        """Somebody had a thing erased: what was typed into it may go."""
        there = visible(sides)
        for word in [w for w, typed in self.due.items() if typed.mark == mark and w not in there]:
            del self.due[word]
        self.kept.clear()


def visible(sides: Mapping[Side, FakeSide]) -> frozenset[str]:
    """All that both sides say, to whomever."""
    found: set[str] = set()
    for side in sides.values():
        for thing in side.things.values():
            found |= words(thing.record)
    return frozenset(found)


def journalled(state: InMemoryStateStore) -> dict[str, list[Journalled]]:
    """Word → the operations before which it stood there."""
    found: dict[str, list[Journalled]] = {}
    for run in state.runs():
        for each in state.journal(run.run):
            if each.before is not None:
                for word in words(record_from_json(each.before)):
                    found.setdefault(word, []).append(each)
    return found
