"""A village with a wiki and a calendar: what its members do, and what its admin runs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from oscartes_sync.errors import ConfigurationError, Outdated, SideError, StateError, UsageError
from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Binding, Deletions
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.snapshot import Presence, Standing
from oscartes_sync.ports import Cloud, StateStore, Wiki
from oscartes_sync.records.event import Event
from oscartes_sync.records.fingerprint import record_from_json
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record
from oscartes_sync.usecases.forget_thing import forget_thing
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.resolve_conflict import resolve_conflict
from oscartes_sync.usecases.run import sync_run
from oscartes_sync.usecases.undo_run import undo_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.sides import US, FakeClock, FakeSide, Thing
from tests.fakes.state import InMemoryStateStore
from tests.machine.gate import Fault, Gate, Gated, Killed, in_turns
from tests.machine.ledger import Ledger, settled, words
from tests.machine.trades import Agenda, Directory, Trade, mark_of

Work = Callable[[World, InMemoryStateStore], RunReport]


class Deed(StrEnum):
    """What members do to a thing besides typing. A wiki's entry may also leave `where`."""

    REMOVE = "remove"
    UNEARTH = "unearth"
    CLOSE = "close"
    OPEN = "open"
    LEAVE = "leave"
    MOVE = "move"


class Accident(StrEnum):
    """What happens to states."""

    BACKUP = "backup"
    RESTORE = "restore"
    LOSS = "loss"
    OTHER_MACHINE = "other machine"


class Village:
    """Both sides, the states of up to two machines, and the ledger of what was typed.

    Its members share an agenda, or a directory where the binding is one of contacts.
    """

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.clock = FakeClock()
        self.trade: Trade = Directory() if binding.kind == "contacts" else Agenda()
        self.wiki, self.cloud = self.trade.sides(self.clock)
        self.sides: Mapping[Side, FakeSide] = {Side.WIKI: self.wiki, Side.CLOUD: self.cloud}
        self.states = [InMemoryStateStore(), InMemoryStateStore()]
        self.machine = 0
        self.copies: list[InMemoryStateStore] = []
        self.ledger = Ledger()
        self.number = 0
        self.removed: set[str] = set()
        """Marks of things of which somebody deleted one side, or had it deleted."""
        self.undone: set[str] = set()
        """Marks of things of which something was undone: their sides differ until one is edited."""
        self.laid: set[str] = set()
        """Marks of what was a series at some time."""
        self.origins: dict[str, Side] = {}
        self.taken: set[str] = set()
        """Marks of things of which a run took one side away."""
        self.erased: set[str] = set()
        """Marks of things that somebody deleted where they were born."""
        """Marks of actors whose entry was closed or taken out of the selection, for a while."""
        self.photos: set[str] = set()
        """Marks of those whose photo a member changed in the card."""
        self.forgotten: set[str] = set()
        self.let_go: set[str] = set()
        """Of these, the marks of those whose copy a run was told to leave, or to ask about."""
        self.several = False
        """Whether more than one state has been at work."""
        self.log: list[str] = []

    @property
    def state(self) -> InMemoryStateStore:
        """The state of the machine that is at work."""
        return self.states[self.machine]

    @state.setter
    def state(self, state: InMemoryStateStore) -> None:
        self.states[self.machine] = state

    # What members do

    def next(self) -> int:
        self.number += 1
        return self.number

    def pick(self, side: Side, pick: int, *, buried: bool = False) -> str | None:
        """One of the things of a side."""
        there = self.sides[side]
        keys = sorted(there.buried if buried else there.things)
        return keys[pick % len(keys)] if keys else None

    def create(self, side: Side, *, owner: str = US, series: bool = False) -> None:
        """A member makes a thing, which its mark tells from others, on whichever side it is."""
        number = self.next()
        mark = f"https://mark.example/{number}"
        record = self.trade.new(number, mark, side, rich=series)
        if isinstance(record, Event) and record.series:
            self.laid.add(mark)
        self.origins[mark] = side
        self.ledger.typed(mark, (), words(record))
        if side is Side.WIKI:
            self.wiki.put(f"Entree{number}", record, owner=owner)
        else:
            self.cloud.put(f"/cal/{number}.ics", record, uid=f"{number}@phone")

    def edit(self, side: Side, key: str | None, name: str, *, line: int = 0) -> None:
        """A member types something new into one field."""
        there = self.sides[side]
        key = key if key in there.things else self.pick(side, self.number)
        if key is None:
            return
        record = there.things[key].record
        self._type(side, key, self.trade.typed(record, name, line, self.next()))

    def _type(self, side: Side, key: str, changes: dict[str, Any]) -> None:
        there = self.sides[side]
        old = there.things[key].record
        if side is Side.WIKI:
            changes.pop("series", None)
        elif "image" in changes:
            # Without a photo or with another, a card has no logo of the wiki's until that moves.
            self.photos.add(mark_of(old))
            changes["image"] = ""
        if changes.get("series"):
            self.laid.add(mark_of(old))
        there.edit(key, **changes)
        now = there.things[key].record
        before, after = words(old), words(now)
        if mark_of(old) in self.laid:
            # The wiki shows one of its dates: an edit of that is told, and goes nowhere.
            self.ledger.gave_up(self._starts(mark_of(old)))
            after = frozenset(word for word in after if not word.startswith("start"))
        self.ledger.typed(mark_of(old), before, after)

    def _starts(self, mark: str) -> frozenset[str]:
        return frozenset(
            word
            for there in self.sides.values()
            for thing in there.things.values()
            if isinstance(thing.record, Event) and mark_of(thing.record) == mark
            for word in (f"start: {thing.record.start}",)
        )

    def act(self, deed: Deed, side: Side, pick: int) -> None:
        """A member does something else to a thing."""
        if deed is Deed.UNEARTH:
            self._unearth(pick)
            return
        if deed is Deed.MOVE:
            side = Side.CLOUD
        key, there = self.pick(side, pick), self.sides[side]
        if key is None:
            return
        if deed is Deed.REMOVE:
            self._remove(there, key)
        elif deed is Deed.MOVE:
            # To another calendar and back, under another name.
            self.cloud.things[f"/cal/m{self.next()}.ics"] = self.cloud.things.pop(key)
            self.cloud.mark(f"/cal/m{self.number}.ics")
        elif side is Side.CLOUD:
            there.mark(key, standing=Standing.OPEN if deed is Deed.OPEN else Standing.HIDDEN)
        else:
            away = {Deed.CLOSE: Presence.HIDDEN, Deed.LEAVE: Presence.OUTSIDE}
            there.mark(key, away=away.get(deed))

    def remove_all(self, side: Side, mark: str) -> None:
        """A member deletes what has this mark there."""
        there = self.sides[side]
        for key, thing in sorted(there.things.items()):
            if mark_of(thing.record) == mark:
                self._remove(there, key)

    def _remove(self, there: FakeSide, key: str) -> None:
        record = there.things[key].record
        mark = mark_of(record)
        self.removed.add(mark)
        if self.origins[mark] is there.side:
            self.erased.add(mark)
            linked = {link.href for link in self.state.all_links("agenda")}
            if there.side is Side.CLOUD and key not in linked:
                self.let_go.add(mark)
        self.ledger.gave_up(words(record))
        there.remove(key)

    def _unearth(self, pick: int) -> None:
        """Out of the trash bin, which the calendar has and the wiki has not."""
        there = self.cloud
        key = self.pick(Side.CLOUD, pick, buried=True)
        if key is not None and key not in there.things:
            mark = mark_of(there.buried[key].record)
            if mark not in self.marks(Side.CLOUD):
                there.unearth(key)

    # What the admin runs

    def sync(
        self, faults: Sequence[Fault] = (), order: int = 0, **options: Any
    ) -> BindingReport | None:
        """One run; None where it did not come to an end."""

        def work(world: World, state: InMemoryStateStore) -> RunReport:
            return sync_run(
                [world],
                Options(**options),
                command="sync",
                state=world.state,
                clock=self.clock,
            )

        return self._attempt("sync", work, faults, order)

    def resolve(
        self, pick: int, decision: Decision, faults: Sequence[Fault] = (), order: int = 0
    ) -> None:
        """Settle one of the conflicts that the state knows."""
        known = self.state.conflicts("agenda")
        if not known:
            return
        conflict = known[pick % len(known)]

        def work(world: World, _: InMemoryStateStore) -> RunReport:
            return resolve_conflict(
                [world], conflict.id, decision, state=world.state, clock=self.clock
            )

        if decision is Decision.DELETE:
            self._decided_to_delete(conflict)
        self._attempt("resolve", work, faults, order)

    def _decided_to_delete(self, conflict: Conflict) -> None:
        for key, there in ((conflict.entry, self.wiki), (conflict.href, self.cloud)):
            thing = there.things.get(key or "")
            if thing is not None and not conflict.fields:
                self.removed.add(mark_of(thing.record))
                self.ledger.gave_up(words(thing.record))

    def undo(self, pick: int, faults: Sequence[Fault] = (), order: int = 0) -> None:
        """Undo one of the last runs."""
        runs = [run for run in self.state.runs() if self.state.journal(run.run)]
        if not runs:
            return
        asked = runs[pick % len(runs)].run
        for each in self.state.journal(asked):
            images = (was for was in (each.before, each.after) if was)
            self.undone |= {mark_of(record_from_json(was)) for was in images}

        def work(world: World, _: InMemoryStateStore) -> RunReport:
            return undo_run([world], asked, state=world.state, clock=self.clock)

        self._attempt("undo", work, faults, order)

    def forget(self, side: Side, pick: int, faults: Sequence[Fault] = (), order: int = 0) -> None:
        """Have one thing erased."""
        key = self.pick(side, pick)
        if key is None:
            return
        mark = mark_of(self.sides[side].things[key].record)

        def work(world: World, _: InMemoryStateStore) -> RunReport:
            return forget_thing([world], key, state=world.state, clock=self.clock)

        self.removed.add(mark)
        self.forgotten.add(mark)
        self._attempt("forget", work, faults, order, mark=mark)

    def _attempt(
        self,
        command: str,
        work: Work,
        faults: Sequence[Fault],
        order: int,
        mark: str = "",
    ) -> BindingReport | None:
        gate = Gate({fault.at: fault.how for fault in faults}, self._rival)
        state = Gated("state", self.state, gate)
        world = World(
            binding=self.binding,
            wiki=cast("Wiki", Gated("wiki", self.wiki, gate)),
            cloud=cast("Cloud", Gated("cloud", self.cloud, gate)),
            state=cast("StateStore", state),
            clock=self.clock,
        )
        before = {side: self.marks(side) for side in Side}
        links = self.state.all_links("agenda")
        agreed, orphans = frozenset(settled(links)), self._orphans(links)
        report: RunReport | None = None
        cut_short = False
        try:
            with in_turns(order):
                report = work(world, self.state)
        except (Killed, KeyboardInterrupt, StateError):
            cut_short = True
        except (UsageError, Outdated, ConfigurationError, SideError):
            pass
        bindings = report.bindings if report is not None else ()
        if mark:
            self.ledger.forget(self.sides, mark)
        self.ledger.account(
            self.sides,
            self.state,
            [conflict for each in bindings for conflict in each.conflicts],
            # A run that was cut short cannot tell, and what was undone was meant to go.
            excused=cut_short or bool(gate.met) or command != "sync",
            undone=self.undone,
            agreed=agreed,
            clean=command == "sync" and not gate.met,
            orphans=orphans,
        )
        if command == "resolve" or self.binding.deletions is not Deletions.PROPAGATE:
            self.let_go |= self.erased
        self.no_duplicates()
        self.originals_stay(before)
        self.who_is_erased_stays_out()
        return bindings[0] if bindings else None

    def _orphans(self, links: Iterable[Link]) -> frozenset[str]:
        """Marks of the cards to which the state keeps no link."""
        linked = {link.href for link in links}
        cards = self.cloud.things.items() if self.binding.kind == "contacts" else ()
        return frozenset(mark_of(thing.record) for key, thing in cards if key not in linked)

    def _rival(self, side: Side, key: str | None) -> None:
        self.edit(side, key, ("title", "place")[self.number % 2])

    # What happens to states

    def happen(self, accident: Accident, pick: int) -> None:
        """Something happens to the state of the machine at work.

        To one that never saw a card, its entry is one of the wiki's own.
        """
        if accident is not Accident.BACKUP:
            self.let_go |= {mark for mark in self.erased if self.origins[mark] is Side.CLOUD}
        if accident is Accident.BACKUP:
            self.copies.append(_copied(self.state))
        elif accident is Accident.OTHER_MACHINE:
            self.several = True
            self.machine = 1 - self.machine
            self.ledger.journal_is_gone()
        elif accident is Accident.LOSS:
            self.state = InMemoryStateStore()
            self.ledger.journal_is_gone()
        elif self.copies:
            self.several = True
            self.state = _copied(self.copies[pick % len(self.copies)])
            self.ledger.journal_is_gone()

    # What must hold

    def no_duplicates(self) -> None:
        """What a member made once is on each side at most once.

        But for a copy that one state withdrew and brought back: to another state that never saw
        it, it is an entry like any other, as long as its source stays closed.
        """
        known = self.undone & self.taken if self.several else set()
        for side, there in self.sides.items():
            all_marks = (mark_of(thing.record) for thing in there.things.values())
            marks = sorted(mark for mark in all_marks if mark not in known)
            assert len(marks) == len(set(marks)), f"twice on the {side}: {marks}"

    def marks(self, side: Side) -> frozenset[str]:
        """What is on a side."""
        return frozenset(mark_of(thing.record) for thing in self.sides[side].things.values())

    def originals_stay(self, before: Mapping[Side, frozenset[str]]) -> None:
        """What nobody deleted, on either side, is where it was made.

        A state that was not there when another one took a copy away (a withdrawal, an undo) cannot
        tell that from a member's deletion, which goes across where the binding says so.
        """
        allowed = self.removed | (self.taken if self.several else set())
        for mark, side in self.origins.items():
            assert mark in self.marks(side) | allowed, f"deleted by nobody: {mark}"
        for side, marks in before.items():
            self.taken |= marks - self.marks(side)

    def who_is_erased_stays_out(self) -> None:
        """An actor whose original somebody deleted is never made again, whatever the copy says."""
        if self.binding.kind == "contacts":
            for mark in self.erased - self.let_go - self.undone:
                assert mark not in self.marks(self.origins[mark]), f"made again: {mark}"

    def nobody_is_shown(self, report: BindingReport) -> None:
        """Who is not in the directory for everybody is not in the book either, or it is told."""
        if self.binding.kind != "contacts" or not self.binding.direction.writes(Side.CLOUD):
            return
        told = {name for each in report.problems for name in (each.href, each.entry)}
        told |= {each.uid for each in report.operations}
        told |= {each.uid for each in report.conflicts}
        if any(each.code == "side-empty" for each in report.problems):
            return
        shown = {
            mark_of(thing.record)
            for thing in self.wiki.things.values()
            if not self._closed(self.wiki, thing)
        }
        closed = self.marks(Side.WIKI) - shown
        # A card that was moved while its entry is closed is told by that entry.
        entries = {link.uid: link.tag for link in self.state.all_links("agenda")}
        for key, thing in self.cloud.things.items():
            mark, origin = mark_of(thing.record), origin_of(thing.uid)
            names = {key, thing.uid, origin.tag if origin else "", entries.get(thing.uid, "")}
            born_here = self.origins[mark] is Side.CLOUD
            here = self._closed(self.cloud, thing) or mark not in closed
            if (born_here and here) or mark in shown or names & told:
                continue
            excused = self.forgotten if mark in closed else self.let_go | self.undone
            assert mark in excused | self.forgotten, f"in the book: {key}, {thing.standing}"

    def settle(self) -> BindingReport:
        """Run until a run has nothing more to write.

        Raises:
            AssertionError: it never has.
        """
        last: BindingReport | None = None
        for _ in range(8):
            report = self.sync()
            assert report is not None, "a run in peace came to no end"
            at_rest = last is not None and last.operations == report.operations
            if at_rest and not any(map(_wrote, report.operations)):
                return report
            last = report
        raise AssertionError(f"never at rest: {last.operations if last else ()}")

    def converge(self) -> None:
        """At rest, another run and a look at everything write nothing and say the same."""
        report = self.settle()
        before = {side: dict(there.things) for side, there in self.sides.items()}
        for full in (False, True):
            again = self.sync(full=full)
            assert again is not None
            assert not any(map(_wrote, again.operations)), (full, again.operations)
            assert [c.id for c in again.conflicts] == [c.id for c in report.conflicts], full
            assert before == {side: there.things for side, there in self.sides.items()}
            self.nobody_is_shown(again)
        assert not self.state.unfinished("agenda")
        self.compare()

    def compare(self) -> None:
        """Linked pairs say the same, but for what is open, closed, or was undone."""
        for link in self.state.all_links("agenda"):
            wiki, cloud = self.wiki.things.get(link.tag), self.cloud.things.get(link.href)
            if wiki is None or cloud is None or link.dropped or mark_of(wiki.record) in self.undone:
                continue
            if self._closed(self.wiki, wiki) or self._closed(self.cloud, cloud):
                continue
            self._compare(wiki.record, cloud.record, frozenset(link.unsettled))

    def _closed(self, there: FakeSide, thing: Thing) -> bool:
        standing = there.standing(self.binding, thing)
        return there.away(self.binding, thing) is not None or standing is not Standing.OPEN

    def _compare(self, wiki: Record, cloud: Record, unsettled: frozenset[str]) -> None:
        skipped = unsettled | {"visibility"}
        if mark_of(cloud) in self.laid:
            skipped |= {"start", "end", "series"}
        if mark_of(cloud) in self.photos or self.several:
            # What another state could not fetch looks like a photo that somebody took away.
            skipped |= {"image"}
        self.trade.alike(wiki, cloud, self.wiki.hold(cloud), self.wiki.carries - skipped)


def _copied(state: InMemoryStateStore) -> InMemoryStateStore:
    # MISSING is known by being itself.
    return copy.deepcopy(state, {id(MISSING): MISSING})


def _wrote(operation: Operation) -> bool:
    return operation.action is not Action.RELINK and operation.state is State.DONE
