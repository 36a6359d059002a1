"""Carry out a plan: intentions journalled first, results and links recorded in groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.errors import SideError, StateError
from oscartes_sync.planning.baseline import LeftOut, Link
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.outcome import Outcome, Settled, settle
from oscartes_sync.planning.plan import Conflict, Plan, Step
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import Image, Intention, Journalled, Settlement
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.records.record import Record
from oscartes_sync.usecases.world import World, on_side
from oscartes_sync.usecases.writing import Brake, carry_out

GROUP = 100
"""So many settled steps are recorded in one transaction."""
FEW = 10
"""The same where files are carried: each takes its time, and members go on meanwhile."""


@dataclass(slots=True)
class Applied:
    """What became of a plan: its operations as they ended, and what was learnt on the way.

    A conflict whose outcome could not be written is open again among `conflicts`.
    """

    conflicts: Sequence[Conflict] = ()
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
    results: dict[int, tuple[Operation, Seen | None]] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
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
                self.results[number] = (outcome.operation, outcome.seen)
                if outcome.unknown:
                    self.doubtful.add(number)
        most = FEW if self.world.contents else GROUP
        if len(self.links) + len(self.forgotten) + len(self.results) >= most:
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
            open=frozenset(self.doubtful),
        )
        self.world.state.settle(self.world.binding.name, settlement)
        self.links.clear()
        self.forgotten.clear()
        self.left_out.clear()
        self.results.clear()
        self.doubtful.clear()


def apply_plan(
    world: World, plan: Plan, *, run: str, progress: Callable[[int, int], None] | None = None
) -> Applied:
    """Do what the plan says; nothing a server refuses stops the others.

    Raises:
        StateError: where the state cannot be written, and nothing was sent.
        SideError: where the collection cannot be made; nothing else was written then.
    """
    applied = Applied(conflicts=plan.conflicts)
    writes = _to_send(plan)
    with on_side(Side.CLOUD):
        titled = replace(world.binding, title=world.binding.title or plan.label)
        writing = any(op.side is Side.CLOUD for op in writes)
        applied.problems.extend(world.cloud.prepare(titled, writing=writing))
    interrupted = _looked_into(plan, world.state.unfinished(plan.binding))
    numbers = _journal(world, plan, writes, run)
    ledger = _Ledger(world, applied, numbers)
    try:
        _carry_out(plan, ledger, run, interrupted, progress)
    except StateError as error:
        if not writes:
            raise
        # What the servers were told stands; its intentions bring the next run back to it.
        applied.problems.append(Problem.from_error(error))
    return applied


def _looked_into(plan: Plan, unfinished: Sequence[Journalled]) -> Sequence[Journalled]:
    """The intentions that this plan settles: where it was cut to some steps, theirs alone."""
    if plan.wiki_cursor:
        return unfinished
    uids = {step.uid for step in plan.steps}
    return [each for each in unfinished if each.operation.uid in uids]


def _to_send(plan: Plan) -> list[Operation]:
    return [op for op in plan.writes if op.state is State.PLANNED]


def _carry_out(
    plan: Plan,
    ledger: _Ledger,
    run: str,
    interrupted: Sequence[Journalled],
    progress: Callable[[int, int], None] | None,
) -> None:
    world, applied = ledger.world, ledger.applied
    try:
        _execute(world, plan, _to_send(plan), ledger, progress)
    finally:
        ledger.flush()
    applied.conflicts = _as_they_ended(plan, applied.operations)
    applied.problems.extend(_settle_interrupted(world, interrupted))
    success = not any(op.state is State.FAILED for op in applied.operations) and not any(
        problem.severity is Severity.ERROR for problem in applied.problems
    )
    retried = {(left.side, left.key) for left in ledger.retries}
    kept = [left for left in plan.left_out if (left.side, left.key) not in retried]
    world.state.close_binding(
        plan.binding,
        run=run,
        left_out=(*kept, *ledger.retries),
        conflicts=(*applied.conflicts, *plan.elsewhere),
        wiki_cursor=plan.wiki_cursor,
        cloud_cursor=plan.cloud_cursor,
        ended=world.clock.now(),
        success=success,
    )


def _as_they_ended(plan: Plan, operations: Sequence[Operation]) -> tuple[Conflict, ...]:
    unwritten = {op.uid for op in operations if op.state in (State.FAILED, State.SKIPPED)}
    return tuple(
        replace(each, open=True, winner=None) if each.uid in unwritten else each
        for each in plan.conflicts
    )


def _journal(
    world: World, plan: Plan, writes: Sequence[Operation], run: str
) -> Mapping[tuple[str, Side], int]:
    """One transaction of intentions, each with the record that is there now."""
    if not writes:
        return {}
    before: dict[tuple[str, Side], Record | None] = {}
    for step in plan.steps:
        for side, seen in ((Side.WIKI, step.wiki), (Side.CLOUD, step.cloud)):
            remembered = step.link.seen(side).record if step.link else None
            before[(step.uid, side)] = seen.record if seen else remembered
    images = images_of(world, writes)
    intended = [
        Intention(op)
        if op.action is Action.CREATE
        else Intention(op, before.get((op.uid, op.side)), images.get((op.uid, op.side)))
        for op in writes
    ]
    settled = [conflict for conflict in plan.conflicts if not conflict.open]
    numbers = world.state.intend(run, plan.binding, intended, settled)
    return {(op.uid, op.side): number for op, number in zip(writes, numbers, strict=True)}


def images_of(world: World, writes: Sequence[Operation]) -> Mapping[tuple[str, Side], Image]:
    """What these updates and deletions will change or remove, whole.

    Raises:
        SideError: it cannot be read; nothing was sent yet.
    """
    found: dict[tuple[str, Side], Image] = {}
    for side in Side:
        changing = [op for op in writes if op.side is side and op.action is not Action.CREATE]
        if not changing:
            continue
        with on_side(side):
            images = world.port(side).images(world.binding, changing)
        found.update(
            {(op.uid, side): images[op.key] for op in changing if op.key and op.key in images}
        )
    return found


def _settle_interrupted(world: World, unfinished: Sequence[Journalled]) -> list[Problem]:
    """Intentions of runs that were interrupted: this one compared everything, which settles them.

    A creation may have been made without its last touch, which no comparison shows.
    """
    state, name = world.state, world.binding.name
    if not unfinished:
        return []
    problems: list[Problem] = []
    links = state.links(name, {each.operation.uid for each in unfinished})
    settled: list[int] = []
    for each in unfinished:
        link = links.get(each.operation.uid)
        try:
            problems.extend(_completed(world, each, link) if link else ())
        except SideError as error:
            problems.append(Problem.from_error(error, side=each.operation.side))
            continue
        settled.append(each.number)
    state.abandon(settled)
    return problems


def _completed(world: World, interrupted: Journalled, link: Link) -> Sequence[Problem]:
    operation = interrupted.operation
    if operation.action is not Action.CREATE or link.dropped is operation.side:
        return ()
    port, key = world.port(operation.side), link.seen(operation.side).key
    return port.complete(world.binding, key, link.uid)


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
    brake = Brake(world.clock, together=bool(world.contents))
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
