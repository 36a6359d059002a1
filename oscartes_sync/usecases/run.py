"""One run over one or several bindings: plan, safety, apply, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from oscartes_sync.errors import ConfigurationError, OscartesError, SideError, StateError
from oscartes_sync.planning.codec import ReviewedStep, step_digest
from oscartes_sync.planning.operation import Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.ports import Clock, RunRecord, StateStore
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.apply_plan import apply_plan, refused_side
from oscartes_sync.usecases.make_plan import make_plan
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport, worst
from oscartes_sync.usecases.tally import failure, report, share
from oscartes_sync.usecases.world import Options, Progress, World

SavedPlan = Mapping[str, Sequence[ReviewedStep]]
"""Binding → the steps that were reviewed."""


def run_id(clock: Clock) -> str:
    """A run's name: its start, UTC, to the microsecond."""
    return clock.now().strftime("%Y%m%dT%H%M%S.%fZ")


def plan_run(
    worlds: Sequence[World], options: Options, clock: Clock
) -> tuple[RunReport, Mapping[str, Plan]]:
    """What a run would do; writes nothing anywhere."""
    reports, plans = [], {}
    for world in worlds:
        started, before = clock.monotonic(), world.traffic()
        try:
            plan = make_plan(world, options)
        except (SideError, ConfigurationError) as error:
            reports.append(failed(world, error))
            continue
        plans[plan.binding] = plan
        reports.append(
            report(
                plan,
                traffic=share(before, world.traffic()),
                seconds=round(clock.monotonic() - started, 3),
            )
        )
    return _report(run_id(clock), reports), plans


def sync_run(
    worlds: Sequence[World],
    options: Options,
    *,
    command: str,
    state: StateStore,
    clock: Clock,
    progress: Progress | None = None,
    only: SavedPlan | None = None,
) -> RunReport:
    """Plan and apply; with `only`, no step but those a person has reviewed."""
    return journalled(
        lambda run: (sync_binding(world, options, run, progress, only) for world in worlds),
        command=command,
        state=state,
        clock=clock,
    )


def journalled(
    work: Callable[[str], Iterable[BindingReport]],
    *,
    command: str,
    state: StateStore,
    clock: Clock,
) -> RunReport:
    """One run: its beginning and its end in the state, whatever becomes of it.

    Where it cannot go on, or its end cannot be recorded, what was done is told all the same, with
    the reason.

    Raises:
        OscartesError: where nothing was done.
    """
    run = run_id(clock)
    state.begin(RunRecord(run=run, command=command, started=clock.now()))
    code = Exit.BUG
    reports: list[BindingReport] = []
    try:
        reports.extend(work(run))
        code = _report(run, reports).exit
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
        raise
    except OscartesError as error:
        code = Exit.FAILED
        if not any(map(_wrote, reports)):
            raise
        reports[-1] = _with(reports[-1], error)
        code = Exit.PART
    finally:
        unrecorded = _ended(state, run, clock, code)
    if unrecorded is not None:
        if not any(map(_wrote, reports)):
            raise unrecorded
        reports[-1] = _with(reports[-1], unrecorded)
    return _report(run, reports)


def _with(report: BindingReport, error: OscartesError) -> BindingReport:
    """The last report, when the run ended early, or could not be recorded, after it wrote."""
    problem = Problem.from_error(error)
    if problem in report.problems:
        return report
    problems = (*report.problems, problem)
    return replace(report, problems=problems, exit=worst([report.exit, Exit.PART]))


def _ended(state: StateStore, run: str, clock: Clock, code: Exit) -> StateError | None:
    try:
        state.end(run, clock.now(), int(code))
    except StateError as error:
        return error
    return None


def _wrote(report: BindingReport) -> bool:
    return any(op.state is State.DONE for op in report.operations)


def _report(run: str, reports: Sequence[BindingReport]) -> RunReport:
    return RunReport(run=run, bindings=tuple(reports), exit=worst([each.exit for each in reports]))


def failed(world: World, error: OscartesError) -> BindingReport:
    """The report of a binding of which one side could not be read."""
    side = refused_side(error) if isinstance(error, SideError) else None
    found = failure(world.binding.name, error, side)
    return replace(found, exit=Exit.USAGE) if isinstance(error, ConfigurationError) else found


def sync_binding(
    world: World, options: Options, run: str, progress: Progress | None, only: SavedPlan | None
) -> BindingReport:
    """One binding of a run: planned and applied, and what came of it."""
    clock, name = world.clock, world.binding.name
    started, before = clock.monotonic(), world.traffic()
    try:
        plan = make_plan(world, options)
        stale: list[Operation] = []
        vanished: list[Problem] = []
        if only is not None:
            plan, stale, vanished = keep_reviewed(plan, only.get(name, ()))
        applied = apply_plan(world, plan, run=run, progress=_told(progress, name))
    except (SideError, ConfigurationError) as error:
        return failed(world, error)
    return report(
        plan,
        operations=[*applied.operations, *stale],
        conflicts=applied.conflicts,
        problems=[*applied.problems, *vanished],
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _told(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)


def left_for_later(plan: Plan, steps: Sequence[Step]) -> Plan:
    """A plan of no more than these of its steps; the open conflicts of the others are kept.

    Its bookmarks are not moved on, so that what is left is found again.
    """
    kept = {id(step) for step in steps}
    elsewhere = [
        conflict
        for step in plan.steps
        if id(step) not in kept
        for conflict in step.conflicts
        if conflict.open
    ]
    return replace(
        plan, steps=tuple(steps), elsewhere=tuple(elsewhere), wiki_cursor="", cloud_cursor=""
    )


def keep_reviewed(
    plan: Plan, reviewed: Sequence[ReviewedStep]
) -> tuple[Plan, list[Operation], list[Problem]]:
    """Of a fresh plan only the steps that were reviewed as they are.

    A reviewed step whose sides moved since has another digest now, or none: it is not done, and
    says so.
    """
    wanted = {each.digest for each in reviewed}
    uids = {each.uid for each in reviewed}
    steps: list[Step] = []
    stale: list[Operation] = []
    for step in plan.steps:
        if not step.operations or step_digest(step) in wanted:
            steps.append(step)
        elif step.uid in uids:
            stale.extend(_refuse(step))
    fresh = {step.uid for step in plan.steps if step.operations}
    vanished = [
        Problem.of("stale-operation", entry=each.entry, href=each.href)
        for each in reviewed
        if each.uid not in fresh
    ]
    return left_for_later(plan, steps), stale, vanished


def _refuse(step: Step) -> Iterator[Operation]:
    for operation in step.operations:
        problem = Problem.of(
            "stale-operation", side=operation.side, entry=operation.entry, href=operation.href
        )
        yield replace(operation, state=State.SKIPPED, problem=problem)
