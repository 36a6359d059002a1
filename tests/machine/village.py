"""A village with a wiki and a calendar: what its members do, and what its admin runs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, cast

from oscartes_sync.errors import ConfigurationError, Outdated, SideError, StateError, UsageError
from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.snapshot import Presence, Standing
from oscartes_sync.ports import Cloud, StateStore, Wiki
from oscartes_sync.records.event import Event, RichText, Series
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.forget_thing import forget_thing
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.resolve_conflict import resolve_conflict
from oscartes_sync.usecases.run import sync_run
from oscartes_sync.usecases.undo_run import undo_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.sides import US, FakeClock, FakeSide, Thing, fake_cloud, fake_wiki
from tests.fakes.state import InMemoryStateStore
from tests.machine.gate import Fault, Gate, Gated, Killed, in_turns
from tests.machine.ledger import Ledger, settled, words

DAYS = 4000
FIRST_DAY = date(2027, 3, 1)
KNOWN = frozenset({"Atelier", "Conférence", *(f"Thème {number}" for number in range(2000))})
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
    """Both sides, the states of up to two machines, and the ledger of what was typed."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.clock = FakeClock()
        self.wiki = fake_wiki(clock=self.clock)
        self.wiki.categories = KNOWN
        self.cloud = fake_cloud(clock=self.clock)
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
        """A member makes an event; its link marks it, on whichever side it is."""
        number = self.next()
        mark = f"https://mark.example/{number}"
        day = FIRST_DAY + timedelta(days=number)
        event = Event(title=f"Fête {number}", start=day, end=day, link=mark)
        if series and side is Side.CLOUD:
            self.laid.add(mark)
            event = replace(event, series=Series(rule="FREQ=WEEKLY;COUNT=60"))
        self.origins[mark] = side
        self.ledger.typed(mark, (), words(event))
        if side is Side.WIKI:
            self.wiki.put(f"Entree{number}", event, owner=owner)
        else:
            self.cloud.put(f"/cal/{number}.ics", event, uid=f"{number}@phone")

    def edit(self, side: Side, key: str | None, name: str, *, line: int = 0) -> None:
        """A member types something new into one field."""
        there = self.sides[side]
        key = key if key in there.things else self.pick(side, self.number)
        if key is None:
            return
        event = there.things[key].record
        self._type(side, key, self._something_new(event, name, line))

    def _something_new(self, event: Event, name: str, line: int) -> dict[str, Any]:
        number = self.next()
        day = FIRST_DAY + timedelta(days=number)
        lines = event.description.text.split("\n\n") if event.description.text else ["", "", ""]
        lines[line % len(lines)] = f"Texte {number}"
        labels = {*event.categories[1:], f"{'Perso' if line else 'Thème'} {number}"}
        new: dict[str, dict[str, Any]] = {
            "title": {"title": f"Fête {number}"},
            "place": {"place": f"Lieu {number}"},
            "no place": {"place": ""},
            "description": {"description": RichText("\n\n".join(each for each in lines if each))},
            "no label": {"categories": event.categories[1:]},
            "categories": {"categories": tuple(sorted(labels))},
            "start": {"start": day, "end": day + timedelta(days=line)},
            "series": {"series": Series(rule=f"FREQ=WEEKLY;COUNT={50 + line}")},
            "no series": {"series": None},
            "nothing": {},
        }
        return new[name]

    def _type(self, side: Side, key: str, changes: dict[str, Any]) -> None:
        there = self.sides[side]
        old = there.things[key].record
        if side is Side.WIKI:
            changes.pop("series", None)
        if changes.get("series"):
            self.laid.add(old.link)
        there.edit(key, **changes)
        now = there.things[key].record
        before, after = words(old), words(now)
        if old.link in self.laid:
            # The wiki shows one of its dates: an edit of that is told, and goes nowhere.
            self.ledger.gave_up(self._starts(old.link))
            after = frozenset(word for word in after if not word.startswith("start"))
        self.ledger.typed(old.link, before, after)

    def _starts(self, mark: str) -> frozenset[str]:
        return frozenset(
            word
            for there in self.sides.values()
            for thing in there.things.values()
            if thing.record.link == mark
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

    def _remove(self, there: FakeSide, key: str) -> None:
        event = there.things[key].record
        self.removed.add(event.link)
        self.ledger.gave_up(words(event))
        there.remove(key)

    def _unearth(self, pick: int) -> None:
        """Out of the trash bin, which the calendar has and the wiki has not."""
        there = self.cloud
        key = self.pick(Side.CLOUD, pick, buried=True)
        if key is not None and key not in there.things:
            mark = there.buried[key].record.link
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
                self.removed.add(thing.record.link)
                self.ledger.gave_up(words(thing.record))

    def undo(self, pick: int, faults: Sequence[Fault] = (), order: int = 0) -> None:
        """Undo one of the last runs."""
        runs = [run for run in self.state.runs() if self.state.journal(run.run)]
        if not runs:
            return
        asked = runs[pick % len(runs)].run
        for each in self.state.journal(asked):
            self.undone |= {was["link"] for was in (each.before, each.after) if was}

        def work(world: World, _: InMemoryStateStore) -> RunReport:
            return undo_run([world], asked, state=world.state, clock=self.clock)

        self._attempt("undo", work, faults, order)

    def forget(self, side: Side, pick: int, faults: Sequence[Fault] = (), order: int = 0) -> None:
        """Have one thing erased."""
        key = self.pick(side, pick)
        if key is None:
            return
        mark = self.sides[side].things[key].record.link

        def work(world: World, _: InMemoryStateStore) -> RunReport:
            return forget_thing([world], key, state=world.state, clock=self.clock)

        self.removed.add(mark)
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
        agreed = frozenset(settled(self.state.all_links("agenda")))
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
        )
        self.no_duplicates()
        self.originals_stay(before)
        return bindings[0] if bindings else None

    def _rival(self, side: Side, key: str | None) -> None:
        self.edit(side, key, ("title", "place")[self.number % 2])

    # What happens to states

    def happen(self, accident: Accident, pick: int) -> None:
        """Something happens to the state of the machine at work."""
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
            all_marks = (thing.record.link for thing in there.things.values())
            marks = sorted(mark for mark in all_marks if mark not in known)
            assert len(marks) == len(set(marks)), f"twice on the {side}: {marks}"

    def marks(self, side: Side) -> frozenset[str]:
        """What is on a side."""
        return frozenset(thing.record.link for thing in self.sides[side].things.values())

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
        assert not self.state.unfinished("agenda")
        self.compare()

    def compare(self) -> None:
        """Linked pairs say the same, but for what is open, closed, or was undone."""
        for link in self.state.all_links("agenda"):
            wiki, cloud = self.wiki.things.get(link.tag), self.cloud.things.get(link.href)
            if wiki is None or cloud is None or link.dropped or wiki.record.link in self.undone:
                continue
            if self._closed(self.wiki, wiki) or self._closed(self.cloud, cloud):
                continue
            self._compare(wiki.record, cloud.record, frozenset(link.unsettled))

    def _closed(self, there: FakeSide, thing: Thing) -> bool:
        standing = there.standing(self.binding, thing)
        return thing.away is not None or standing is not Standing.OPEN

    def _compare(self, wiki: Event, cloud: Event, unsettled: frozenset[str]) -> None:
        expected = self.wiki.hold(cloud)
        skipped = unsettled | {"visibility"}
        if cloud.link in self.laid:
            skipped |= {"start", "end", "series"}
        for name in self.wiki.carries - skipped:
            assert getattr(wiki, name) == getattr(expected, name), (name, wiki, cloud)


def _copied(state: InMemoryStateStore) -> InMemoryStateStore:
    # MISSING is known by being itself.
    return copy.deepcopy(state, {id(MISSING): MISSING})


def _wrote(operation: Operation) -> bool:
    return operation.action is not Action.RELINK and operation.state is State.DONE
