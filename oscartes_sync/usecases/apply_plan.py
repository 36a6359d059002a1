"""Carry out a plan: intentions journalled first, results and links recorded in groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.errors import SideError
from oscartes_sync.planning.baseline import LeftOut, Link
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.outcome import Outcome, Settled, settle
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.ports import Settlement
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.world import World, on_side
from oscartes_sync.usecases.writing import Brake, carry_out

GROUP = 100
"""So many settled steps are recorded in one transaction."""


@dataclass(slots=True)
class Applied:
    """What became of a plan: its operations as they ended, and what was learnt on the way."""

    operations: list[Operation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Ledger:
    """Groups what is to be recorded, and records it."""

    world: World
    applied: Applied
    numbers: Mapping[tuple[str, Side], int]
    links: list[Link] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    results: dict[int, tuple[Operation, Event | None]] = field(default_factory=dict)
    retries: list[LeftOut] = field(default_factory=list)

    def add(self, settled: Settled, outcomes: Sequence[Outcome]) -> None:
        """One step is over."""
        if settled.link is not None:
            self.links.append(settled.link)
        if settled.forget is not None:
            self.forgotten.append(settled.forget)
        self.left_out.extend(settled.left_out)
        self.retries.extend(settled.left_out)
        for outcome in outcomes:
            number = self.numbers.get((outcome.operation.uid, outcome.operation.side))
            if number is not None:
                after = outcome.seen.event if outcome.seen else None
                self.results[number] = (outcome.operation, after)
        if len(self.links) + len(self.forgotten) + len(self.results) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Record what has gathered."""
        if not (self.links or self.forgotten or self.left_out or self.results):
            return
        settlement = Settlement(
            links=tuple(self.links),
            forgotten=tuple(self.forgotten),
            left_out=tuple(self.left_out),
            results=dict(self.results),
        )
        self.world.state.settle(self.world.binding.name, settlement)
        self.links.clear()
        self.forgotten.clear()
        self.left_out.clear()
        self.results.clear()


def apply_plan(
    world: World, plan: Plan, *, run: str, progress: Callable[[int, int], None] | None = None
) -> Applied:
    """Do what the plan says; nothing a server refuses stops the others.

    Raises:
        StateError: where the state cannot be written (nothing is sent then).
        SideError: where the collection cannot be made; nothing else was written then.
    """
    state, name = world.state, plan.binding
    applied = Applied()
    writes = [op for op in plan.writes if op.state is State.PLANNED]
    with on_side(Side.CLOUD):
        titled = replace(world.binding, title=world.binding.title or plan.label)
        applied.problems.extend(world.cloud.prepare(titled))
    numbers = _journal(world, plan, writes, run)
    ledger = _Ledger(world, applied, numbers)
    try:
        _execute(world, plan, writes, ledger, progress)
    finally:
        ledger.flush()
    unfinished = [entry.number for entry in state.unfinished(name)]
    if unfinished:
        # What earlier runs intended was compared whole by this one, and its own were all tried.
        state.abandon(unfinished)
    success = not any(op.state is State.FAILED for op in applied.operations) and not any(
        problem.severity is Severity.ERROR for problem in applied.problems
    )
    retried = {(left.side, left.key) for left in ledger.retries}
    kept = [left for left in plan.left_out if (left.side, left.key) not in retried]
    state.close_binding(
        name,
        run=run,
        left_out=(*kept, *ledger.retries),
        conflicts=plan.conflicts,
        wiki_cursor=plan.wiki_cursor,
        cloud_cursor=plan.cloud_cursor,
        ended=world.clock.now(),
        success=success,
    )
    return applied


def _journal(
    world: World, plan: Plan, writes: Sequence[Operation], run: str
) -> Mapping[tuple[str, Side], int]:
    """One transaction of intentions, each with the record that is there now."""
    if not writes:
        return {}
    before: dict[tuple[str, Side], Event | None] = {}
    for step in plan.steps:
        for side, seen in ((Side.WIKI, step.wiki), (Side.CLOUD, step.cloud)):
            remembered = step.link.seen(side).event if step.link else None
            before[(step.uid, side)] = seen.event if seen else remembered
    intended = [
        (op, None if op.action is Action.CREATE else before.get((op.uid, op.side))) for op in writes
    ]
    numbers = world.state.intend(run, plan.binding, intended)
    return {(op.uid, op.side): number for op, number in zip(writes, numbers, strict=True)}


def _execute(
    world: World,
    plan: Plan,
    writes: Sequence[Operation],
    ledger: _Ledger,
    progress: Callable[[int, int], None] | None,
) -> None:
    steps = {step.uid: step for step in plan.steps}
    waiting = {uid: _planned(step) for uid, step in steps.items()}
    gathered: dict[str, list[Outcome]] = {uid: [] for uid in steps}
    for uid, step in steps.items():
        ledger.applied.operations.extend(op for op in step.operations if op.state is State.SKIPPED)
        if waiting[uid] == 0:
            _close(step, (), ledger)
    brake = Brake()
    for count, outcome in enumerate(carry_out(world, writes, brake), start=1):
        uid = outcome.operation.uid
        gathered[uid].append(outcome)
        if len(gathered[uid]) == waiting[uid]:
            _close(steps[uid], gathered.pop(uid), ledger)
        if progress is not None:
            progress(count, len(writes))
    ledger.applied.problems.extend(brake.problems())


def _planned(step: Step) -> int:
    return sum(
        1 for op in step.operations if op.state is State.PLANNED and op.action is not Action.RELINK
    )


def _close(step: Step, outcomes: Sequence[Outcome], ledger: _Ledger) -> None:
    applied = ledger.applied
    ledger.add(settle(step, {outcome.operation.side: outcome for outcome in outcomes}), outcomes)
    applied.operations.extend(outcome.operation for outcome in outcomes)
    applied.operations.extend(
        replace(op, state=State.DONE) for op in step.operations if op.action is Action.RELINK
    )
    for outcome in outcomes:
        operation = outcome.operation
        applied.problems.extend(
            problem.at(entry=operation.entry, href=operation.href) for problem in outcome.problems
        )


def refused_side(error: SideError) -> Side | None:
    """The side an error is of, as far as it is known."""
    return Side(error.side) if error.side else None
