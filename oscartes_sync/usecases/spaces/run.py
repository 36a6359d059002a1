"""Plan, apply or archive the spaces of every kind; one kind's trouble is its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from oscartes_sync.errors import ConfigurationError, SideError, UsageError
from oscartes_sync.planning.operation import State
from oscartes_sync.planning.spaces.deciding import Case, archive_steps, standing_of
from oscartes_sync.planning.spaces.values import KeptSpace, Part, SpacePlan, Standing
from oscartes_sync.ports import Traffic
from oscartes_sync.ports.spaces import SpaceOptions
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.report import Exit, worst
from oscartes_sync.usecases.spaces.apply import Stopped, apply_space
from oscartes_sync.usecases.spaces.archive import archive_space
from oscartes_sync.usecases.spaces.derive import learn_categories
from oscartes_sync.usecases.spaces.look import Looked, look_at_spaces
from oscartes_sync.usecases.spaces.report import KindReport, SpacesReport
from oscartes_sync.usecases.spaces.world import Hours, SpaceWorld

_ARCHIVABLE = (Standing.LIVE, Standing.ENDED, Standing.ORPHANED)


def plan_spaces(worlds: Sequence[SpaceWorld], options: SpaceOptions) -> SpacesReport:
    """What `apply` would do; writes nothing anywhere."""
    return _over(worlds, lambda world: _planned(world, look_at_spaces(world, options)))


def apply_spaces(worlds: Sequence[SpaceWorld], options: SpaceOptions) -> SpacesReport:
    """Bring every space to what its entry says; those that are over are archived."""
    return _over(worlds, lambda world: _applied(world, look_at_spaces(world, options)))


def archive_named(worlds: Sequence[SpaceWorld], named: str, *, write: bool) -> SpacesReport:
    """Archive one space, by its entry's tag or its title; or only show what that would do.

    Raises:
        UsageError: `space-unknown`, `space-not-archivable`, `space-title-ambiguous`.
        SideError: a side cannot be read.
    """
    found = []
    for world in worlds:
        looked = look_at_spaces(world, SpaceOptions())
        found += [(world, looked, plan) for plan in looked.plans if _is(plan, named)]
    if not found:
        raise UsageError("space-unknown", name=named)
    if len(found) > 1:
        tags = ", ".join(plan.tag for _, _, plan in found)
        raise UsageError("space-title-ambiguous", name=named, tags=tags)
    world, looked, plan = found[0]
    if plan.standing not in _ARCHIVABLE:
        raise UsageError("space-not-archivable", name=named)
    case = looked.cases[plan.tag]
    planned = replace(plan, steps=archive_steps(case), problems=(), held_back=0)
    chosen = Looked({plan.tag: case}, [planned])
    return _over([world], lambda one: (_applied if write else _planned)(one, chosen))


def _is(plan: SpacePlan, named: str) -> bool:
    return named in (plan.tag, plan.title)


def _over(worlds: Sequence[SpaceWorld], work: Callable[[SpaceWorld], KindReport]) -> SpacesReport:
    reports = [_timed(world, work) for world in worlds]
    return SpacesReport(kinds=tuple(reports), exit=worst([one.exit for one in reports]))


def _timed(world: SpaceWorld, work: Callable[[SpaceWorld], KindReport]) -> KindReport:
    started, before = world.clock.monotonic(), (world.forms.traffic(), world.places.traffic())
    try:
        report = work(world)
    except (SideError, ConfigurationError) as error:
        side = Side(error.side) if isinstance(error, SideError) and error.side else None
        usage = isinstance(error, ConfigurationError)
        report = KindReport(
            name=world.kind.name,
            problems=(Problem.from_error(error, side=side),),
            exit=Exit.USAGE if usage else Exit.FAILED,
        )
    after = (world.forms.traffic(), world.places.traffic())
    return replace(
        report,
        wiki=_since(before[0], after[0]),
        cloud=_since(before[1], after[1]),
        seconds=round(world.clock.monotonic() - started, 3),
    )


def _since(before: Traffic, after: Traffic) -> Traffic:
    return Traffic(after.requests - before.requests, after.bytes - before.bytes)


def _planned(world: SpaceWorld, looked: Looked) -> KindReport:
    return _report(world, looked.plans, looked.problems)


def _applied(world: SpaceWorld, looked: Looked) -> KindReport:
    """One space after the other; where a server is lost, what was done is told all the same."""
    hours = Hours(world)
    ended: list[SpacePlan] = []
    problems = list(looked.problems)
    for plan in looked.plans:
        case = looked.cases[plan.tag]
        try:
            ended.append(_space(world, case, plan, hours))
        except Stopped as stopped:
            side = Side(stopped.error.side) if stopped.error.side else None
            problems.append(Problem.from_error(stopped.error, side=side, entry=plan.tag))
            rest = looked.plans[len(ended) :]
            ended += [_skipped(each) for each in rest]
            break
    else:
        problems += learn_categories(world, looked)
    return _report(world, ended, problems)


def _space(world: SpaceWorld, case: Case, plan: SpacePlan, hours: Hours) -> SpacePlan:
    case = _settled(world, case, plan.standing)
    if any(step.part in (Part.ARCHIVE, Part.MARK) for step in plan.steps):
        return archive_space(world, case, plan, hours)
    if standing_of(case) in (Standing.WANTED, Standing.LIVE):
        return apply_space(world, case, plan, hours)
    return plan


def _settled(world: SpaceWorld, case: Case, standing: Standing) -> Case:
    """The case, once the memory says what the look says: no binding of a space goes on without it.

    An archived space is one whoever remembers otherwise; one without an entry shows nothing more.
    """
    kept, folder = case.kept, case.found.folder
    if standing is Standing.ORPHANED and kept is not None and kept.public:
        case = replace(case, kept=replace(kept, public=False))
    if standing is Standing.ARCHIVED and folder is not None and folder.archived:
        known = kept or KeptSpace(kind=world.kind.name, tag=case.tag)
        if not known.archived:
            title = case.entry.title if case.entry else known.title
            now = replace(known, archived=folder.archived, folder=folder.fileid, title=title)
            marked = case.entry is not None and case.entry.archived
            case = replace(case, kept=replace(now, path=folder.path, marked=marked))
    if case.kept is not None and case.kept != kept:
        world.memory.keep_space(case.kept)
    return case


def _skipped(plan: SpacePlan) -> SpacePlan:
    steps = tuple(
        replace(step, state=State.SKIPPED) if step.state is State.PLANNED else step
        for step in plan.steps
    )
    return replace(plan, steps=steps)


def _report(
    world: SpaceWorld, plans: Sequence[SpacePlan], problems: Sequence[Problem]
) -> KindReport:
    every = [*problems, *(each for plan in plans for each in plan.problems)]
    codes = [Exit.DONE]
    if any(each.severity is Severity.ERROR for each in every):
        codes.append(Exit.PART)
    if any(plan.held_back for plan in plans):
        codes.append(Exit.HELD_BACK)
    return KindReport(
        name=world.kind.name,
        spaces=tuple(plans),
        problems=tuple(dict.fromkeys(problems)),
        exit=worst(codes),
    )
