"""One run over one or several bindings: plan, safety, apply, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from oscartes_sync.errors import ConfigurationError, OscartesError, SideError, StateError
from oscartes_sync.planning.codec import ReviewedStep, step_digest
from oscartes_sync.planning.membership import is_membership
from oscartes_sync.planning.operation import Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.ports import Clock, RunRecord, StateStore
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.apply_plan import apply_plan, refused_side
from oscartes_sync.usecases.keep_groups import Kept, keep_groups, plan_groups
from oscartes_sync.usecases.make_plan import make_plan
from oscartes_sync.usecases.open_links import close_links
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
        kept = plan_groups(world, options)
        plans[plan.binding] = replace(plan, memberships=tuple(kept.operations))
        reports.append(
            report(
                _with_held(plan, kept),
                operations=[*plan.operations, *kept.operations],
                problems=kept.problems,
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
        reviewed: Sequence[ReviewedStep] | None = None
        if only is not None:
            chosen = only.get(name, ())
            reviewed = [each for each in chosen if is_membership(each.href)]
            steps = [each for each in chosen if not is_membership(each.href)]
            plan, stale, vanished = keep_reviewed(plan, steps)
        cut_off = bool(world.links and world.state.unfinished(name))
        applied = apply_plan(world, plan, run=run, progress=_told(progress, name))
    except (SideError, ConfigurationError) as error:
        return failed(world, error)
    kept = _groups_kept(world, options, run, reviewed)
    kept.problems += close_links(world, plan, applied.operations, cut_off=cut_off)
    return report(
        _with_held(plan, kept),
        operations=[*applied.operations, *stale, *kept.operations],
        conflicts=applied.conflicts,
        problems=[*applied.problems, *vanished, *kept.problems],
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _groups_kept(
    world: World, options: Options, run: str, reviewed: Sequence[ReviewedStep] | None
) -> Kept:
    """The groups of the binding; of a saved plan what was reviewed as it is, and what is not so
    any more is told."""
    if world.binding.kind != "contacts":
        return Kept()
    only = None if reviewed is None else frozenset(each.digest for each in reviewed)
    kept = keep_groups(world, options, run, only=only)
    done = {operation.href for operation in kept.operations}
    kept.problems += [
        Problem.of("stale-operation", side=Side.CLOUD, entry=each.entry, href=each.href)
        for each in reviewed or ()
        if each.href not in done
    ]
    return kept


def _with_held(plan: Plan, kept: Kept) -> Plan:
    return replace(plan, held_back=plan.held_back + kept.held_back)


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
