"""Random histories on both sides, with refusals, lost answers and a lost state.

Whatever happened, the sides converge, nothing anyone typed is lost, a run after that writes
nothing, and what nobody touched is byte for byte what it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oscartes_sync.errors import Forbidden, SideError, Unavailable, Unreachable
from oscartes_sync.planning.binding import Binding, Deletions, OnConflict
from oscartes_sync.planning.operation import Action
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.report import BindingReport
from oscartes_sync.usecases.run import sync_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.sides import FakeClock, FakeSide, fake_cloud, fake_wiki
from tests.fakes.state import InMemoryStateStore

TITLES = ("Fête", "Réunion", "Atelier vélo", "Bourse")
PLACES = ("", "Orsay", "Bures", "Gif")
LABELS = ("Atelier", "Conférence", "Réunion", "Perso")
DAYS = tuple(date(2027, 3, day) for day in range(1, 6))
ERRORS: tuple[SideError, ...] = (
    Forbidden("forbidden"),
    Unavailable("maintenance"),
    Unreachable("unreachable"),
)

edits = st.one_of(
    st.fixed_dictionaries({"title": st.sampled_from(TITLES)}),
    st.fixed_dictionaries({"place": st.sampled_from(PLACES)}),
    st.fixed_dictionaries(
        {"categories": st.lists(st.sampled_from(LABELS), unique=True).map(tuple)}
    ),
    st.sampled_from(DAYS).map(lambda day: {"start": day, "end": day}),
    st.fixed_dictionaries({"description": st.sampled_from(PLACES).map(RichText)}),
)
sides = st.sampled_from(list(Side))


class Histories(RuleBasedStateMachine):
    """Members act on both sides; now and then somebody runs the sync."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.fresh: set[str] = set()
        self.said: set[object] = set()

    @initialize(
        policy=st.sampled_from(list(OnConflict)), deletions=st.sampled_from(list(Deletions))
    )
    def begin(self, policy: OnConflict, deletions: Deletions) -> None:
        self.binding = Binding(
            name="agenda",
            wiki="noe",
            cloud="noe",
            form="6",
            collection="agenda",
            on_conflict=policy,
            deletions=deletions,
        )
        self.clock = FakeClock()
        self.wiki, self.cloud = fake_wiki(clock=self.clock), fake_cloud(clock=self.clock)
        self.state = InMemoryStateStore()

    def side(self, side: Side) -> FakeSide:
        return self.wiki if side is Side.WIKI else self.cloud

    @rule(side=sides, title=st.sampled_from(TITLES), day=st.sampled_from(DAYS))
    def create(self, side: Side, title: str, day: date) -> None:
        self.number += 1
        event = Event(title=f"{title} {self.number}", start=day, end=day)
        self.fresh.add(event.title)
        if side is Side.WIKI:
            self.wiki.put(f"Entree{self.number}", event)
        else:
            self.cloud.put(f"/cal/{self.number}.ics", event, uid=f"{self.number}@phone")

    @rule(side=sides, pick=st.integers(0, 9), changes=edits)
    def edit(self, side: Side, pick: int, changes: dict[str, object]) -> None:
        there = self.side(side)
        if there.things:
            key = sorted(there.things)[pick % len(there.things)]
            if "title" in changes:
                self.number += 1
                changes = {"title": f"{changes['title']} {self.number}"}
                self.fresh.discard(there.things[key].event.title)
                self.fresh.add(str(changes["title"]))
            there.edit(key, **changes)

    @rule(side=sides, pick=st.integers(0, 9))
    def remove(self, side: Side, pick: int) -> None:
        there = self.side(side)
        if len(there.things) > 1:
            key = sorted(there.things)[pick % len(there.things)]
            self.fresh.discard(there.things[key].event.title)
            there.remove(key)

    @rule(pick=st.integers(0, 9), hide=st.booleans())
    def show_or_hide(self, pick: int, hide: bool) -> None:
        """A member makes an event of the calendar private, or public again."""
        if self.cloud.things:
            key = sorted(self.cloud.things)[pick % len(self.cloud.things)]
            self.cloud.edit(key)
            standing = Standing.HIDDEN if hide else Standing.OPEN
            self.cloud.things[key] = replace(self.cloud.things[key], standing=standing)
            self.fresh.discard(self.cloud.things[key].event.title)

    @rule(side=sides, error=st.sampled_from(ERRORS), times=st.integers(1, 3))
    def refuse(self, side: Side, error: SideError, times: int) -> None:
        self.side(side).fail_next.extend([error] * times)

    @rule(side=sides)
    def lose_an_answer(self, side: Side) -> None:
        self.side(side).lose_next += 1

    @rule()
    def lose_the_state(self) -> None:
        self.settle()
        self.state = InMemoryStateStore()

    @rule()
    def sync(self) -> None:
        self.run()

    def run(self, *, full: bool = False) -> BindingReport:
        world = World(
            binding=self.binding,
            wiki=self.wiki,
            cloud=self.cloud,
            state=self.state,
            clock=self.clock,
        )
        report = sync_run(
            [world], Options(full=full), command="sync", state=self.state, clock=self.clock
        ).bindings[0]
        for conflict in report.conflicts:
            for name, clash in conflict.fields.items():
                if name == "title":
                    self.said |= {clash.wiki, clash.cloud}
        return report

    def settle(self) -> BindingReport:
        for side in Side:
            self.side(side).fail_next.clear()
            self.side(side).lose_next = 0
        for _ in range(4):
            report = self.run()
            if not [op for op in report.operations if op.action is not Action.RELINK]:
                break
        titles = {thing.event.title for side in Side for thing in self.side(side).things.values()}
        assert self.fresh <= titles | self.said
        self.fresh.clear()
        return report

    @rule()
    def converge(self) -> None:
        report = self.settle()
        before = {side: dict(self.side(side).things) for side in Side}
        writes = len(self.wiki.writes) + len(self.cloud.writes)
        again = self.run()
        assert len(self.wiki.writes) + len(self.cloud.writes) == writes
        assert before == {side: self.side(side).things for side in Side}
        assert [c.id for c in again.conflicts] == [c.id for c in report.conflicts]
        # What a look at everything finds, the looks at what moved had found.
        whole = self.run(full=True)
        assert len(self.wiki.writes) + len(self.cloud.writes) == writes
        assert [c.id for c in whole.conflicts] == [c.id for c in report.conflicts]
        self.compare()

    def compare(self) -> None:
        """Linked pairs say the same, but for what is open."""
        for link in self.state.all_links("agenda"):
            if link.dropped is not None:
                continue
            wiki, cloud = self.wiki.things.get(link.tag), self.cloud.things.get(link.href)
            if wiki is None or cloud is None or link.unsettled:
                continue
            if cloud.standing is not Standing.OPEN:
                continue
            expected = self.wiki.hold(cloud.event)
            shown = replace(wiki.event, visibility=expected.visibility)
            assert shown == expected

    @invariant()
    def no_duplicates(self) -> None:
        if not hasattr(self, "wiki"):
            return
        uids = [thing.uid for thing in self.cloud.things.values()]
        assert len(uids) == len(set(uids))

    @invariant()
    def titles_are_never_lost(self) -> None:
        """Every title shows which creation it came from: each is on one side at most once."""
        if not hasattr(self, "wiki"):
            return
        for side in Side:
            titles = [thing.event.title for thing in self.side(side).things.values()]
            assert len(titles) == len(set(titles))


Histories.TestCase.settings = settings(
    max_examples=300,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase
