"""Archive a space: its content is laid away and read back first; rights go only then.

A failure at any step leaves the space as usable as it was. What was verified is remembered with a
seal, so that an interrupted archiving is not begun anew while nothing moved.
"""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.errors import NotKept, Refused, SideError, Unavailable
from oscartes_sync.planning.operation import State
from oscartes_sync.planning.spaces.deciding import Case, rights_after
from oscartes_sync.planning.spaces.values import Part, SpacePlan, Standing, Step
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.spaces.apply import Stopped, Work
from oscartes_sync.usecases.spaces.world import Hours, SpaceWorld
from oscartes_sync.usecases.world import on_side


def archive_space(world: SpaceWorld, case: Case, plan: SpacePlan, hours: Hours) -> SpacePlan:
    """Carry out the steps that archive a space; the plan as it ended.

    Raises:
        Stopped: a server cannot be reached, or refuses us.
    """
    work = Work.on(world, case)
    done: list[Step] = []
    for step in plan.steps:
        if done and done[-1].state in (State.FAILED, State.SKIPPED):
            # Nothing is closed before what it holds is safe, nor told closed before it is.
            done.append(replace(step, state=State.SKIPPED))
            continue
        done.append(_attempt(work, step, hours))
    closed = all(step.state is State.DONE or step.part is Part.MARK for step in done)
    if closed and plan.standing is not Standing.ARCHIVED:
        _close(work)
    return replace(plan, steps=tuple(done), problems=(*plan.problems, *work.problems))


def _attempt(work: Work, step: Step, hours: Hours) -> Step:
    try:
        if step.part is Part.ARCHIVE:
            return _lay(work, step)
        if step.part is Part.MARK:
            return _write_mark(work, step)
        if step.part is Part.CALENDAR_SHARE:
            hours.count("share")
        with on_side(Side.CLOUD):
            _lower(work, step)
    except Unavailable as error:
        raise Stopped(error) from error
    except (Refused, NotKept) as error:
        return _failed(work, step, error)
    except SideError as error:
        raise Stopped(error) from error
    return replace(step, state=State.DONE)


def _lay(work: Work, step: Step) -> Step:
    """The archive, unless the one that we remember still says all there is."""
    world, kept, found = work.world, work.kept, work.found
    with on_side(Side.CLOUD):
        seal = world.places.seal(found)
        before, _, sha256 = kept.seal.partition(" ")
        safe = kept.archive and before == seal and world.places.stands(kept.archive, sha256)
    if not safe:
        with on_side(Side.WIKI):
            entry = world.forms.source(world.kind, work.case.tag)
        name = work.case.entry.title if work.case.entry else kept.title or work.case.tag
        with on_side(Side.CLOUD):
            packed = world.places.pack(world.kind, work.mark, name, found, entry)
        work.keep(archive=packed.path, seal=f"{packed.seal} {packed.sha256}")
    return replace(step, name=work.kept.archive, state=State.DONE)


def _lower(work: Work, step: Step) -> None:
    """Rights to reading, or none; what people have is not touched, nor who is in the team."""
    places, found, rights = work.world.places, work.found, rights_after(work.case)
    assert found.team is not None
    if step.part is Part.SHARE:
        assert found.folder is not None
        assert found.share is not None
        if rights:
            places.share_folder(found.folder, found.team, rights)
        else:
            places.unshare_folder(found.folder, found.share, found.team)
    else:
        assert found.calendar is not None
        places.share_calendar(found.calendar, found.team, write=False if rights else None)


def _close(work: Work) -> None:
    """Written on the folder before it is remembered: it holds with the state gone, too."""
    day = work.world.today.isoformat()
    if work.found.folder is not None:
        try:
            work.world.places.mark_folder(work.found.folder, work.mark, day)
        except SideError as error:
            work.problems.append(Problem.from_error(error, side=Side.CLOUD, entry=work.case.tag))
            return
    entry = work.case.entry
    said = entry is not None and entry.archived
    work.keep(archived=day, marked=work.kept.marked or said)


def _write_mark(work: Work, step: Step) -> Step:
    """Into the entry, where its form has a field for it; that the space is archived stands."""
    world = work.world
    try:
        with on_side(Side.WIKI):
            world.forms.write_mark(world.kind, step.entry, world.today)
    except (Refused, NotKept) as error:
        told = Problem.warning(error.code, Side.WIKI, **error.params).at(entry=step.entry)
        work.problems.append(told)
        return replace(step, state=State.FAILED, problem=told)
    work.keep(marked=True)
    return replace(step, state=State.DONE)


def _failed(work: Work, step: Step, error: SideError) -> Step:
    side = Side(error.side) if error.side else step.side
    problem = Problem.from_error(error, side=side, entry=step.entry)
    work.problems.append(problem)
    return replace(step, state=State.FAILED, problem=problem)
