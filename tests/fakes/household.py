"""A wiki, a cloud, a memory and a clock, run as a person would run them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.rules import Decision
from oscartes_sync.records.event import Event
from oscartes_sync.usecases.forget_thing import forget_thing
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.resolve_conflict import resolve_conflict
from oscartes_sync.usecases.run import plan_run, sync_run
from oscartes_sync.usecases.undo_run import undo_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.sides import FakeClock, FakeSide, fake_cloud, fake_wiki
from tests.fakes.state import InMemoryStateStore


def agenda(**more: object) -> Binding:
    """A binding of form 6 with a calendar."""
    base = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau")
    return replace(base, **more)  # type: ignore[arg-type]


def event(title: str = "Bourse aux plantes", **more: object) -> Event:
    """A day in March."""
    base = Event(title=title, start=date(2027, 3, 6), end=date(2027, 3, 6))
    return replace(base, **more)  # type: ignore[arg-type]


class Household:
    """All that one binding needs, on fakes."""

    def __init__(self, **more: object) -> None:
        self.binding = agenda(**more)
        self.clock = FakeClock()
        self.wiki: FakeSide = fake_wiki(clock=self.clock)
        self.cloud: FakeSide = fake_cloud(clock=self.clock)
        self.state = InMemoryStateStore()

    @property
    def world(self) -> World:
        """The ports as a run gets them."""
        return World(
            binding=self.binding,
            wiki=self.wiki,
            cloud=self.cloud,
            state=self.state,
            clock=self.clock,
        )

    def sync(self, **options: object) -> BindingReport:
        """One run."""
        return self.run(**options).bindings[0]

    def run(self, **options: object) -> RunReport:
        """One run, whole."""
        return sync_run(
            [self.world],
            Options(**options),  # type: ignore[arg-type]
            command="sync",
            state=self.state,
            clock=self.clock,
        )

    def plan(self, **options: object) -> BindingReport:
        """What a run would do."""
        planned, _ = plan_run([self.world], Options(**options), self.clock)  # type: ignore[arg-type]
        return planned.bindings[0]

    def resolve(self, conflict: str, decision: Decision) -> BindingReport:
        """Settle one conflict."""
        report = resolve_conflict(
            [self.world], conflict, decision, state=self.state, clock=self.clock
        )
        return report.bindings[0]

    def undo(self, run: str) -> BindingReport:
        """Undo one run."""
        return undo_run([self.world], run, state=self.state, clock=self.clock).bindings[0]

    def forget(self, thing: str) -> BindingReport:
        """Forget one thing."""
        return forget_thing([self.world], thing, state=self.state, clock=self.clock).bindings[0]

    def writes(self) -> int:
        """How many writes both sides saw."""
        return len(self.wiki.writes) + len(self.cloud.writes)

    def quiet(self) -> bool:
        """Whether two more runs, the second a full one, write nothing."""
        before = self.writes()
        self.sync()
        self.sync(full=True)
        return self.writes() == before
