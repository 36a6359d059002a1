"""Apply a person's decision to one conflict, with the guards of any other run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from oscartes_sync.errors import ConfigurationError, Outdated, SideError, UsageError
from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.plan import Conflict, ConflictKind, Plan, Step
from oscartes_sync.planning.rules import Decision
from oscartes_sync.ports import Clock, StateStore
from oscartes_sync.usecases.apply_plan import apply_plan
from oscartes_sync.usecases.make_plan import make_plan
from oscartes_sync.usecases.open_links import close_links_of
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import failed, journalled, left_for_later
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.world import Options, World

_ABOUT_DELETION = frozenset({Decision.DELETE, Decision.RESTORE})


def resolve_conflict(
    worlds: Sequence[World], asked: str, decision: Decision, *, state: StateStore, clock: Clock
) -> RunReport:
    """Settle the open conflict whose id is `asked` or begins so.

    Raises:
        UsageError: `unknown-conflict`, `ambiguous-conflict`, `conflict-settled`; `decision-about-…`
            where the decision answers another kind of question.
        Outdated: `conflict-outdated` where what was decided on is not there any more.
    """
    world, conflict = _find(worlds, asked)
    if not conflict.open and not _was_cut_off(world, conflict):
        raise UsageError("conflict-settled", id=conflict.id)
    about_deletion = conflict.kind is ConflictKind.DELETION
    if about_deletion is not (decision in _ABOUT_DELETION):
        about = "deletion" if about_deletion else "values"
        raise UsageError(f"decision-about-{about}", id=conflict.id)

    def work(run: str) -> Iterator[BindingReport]:
        yield _settled(world, conflict, decision, run)

    return journalled(work, command="resolve", state=state, clock=clock)


def _was_cut_off(world: World, conflict: Conflict) -> bool:
    """Whether what settles it was begun by a run that never told its end."""
    unfinished = world.state.unfinished(world.binding.name)
    return any(each.operation.uid == conflict.uid for each in unfinished)


def _find(worlds: Sequence[World], asked: str) -> tuple[World, Conflict]:
    known = [
        (world, each) for world in worlds for each in world.state.conflicts(world.binding.name)
    ]
    found = [pair for pair in known if pair[1].id == asked]
    found = found or [pair for pair in known if asked and pair[1].id.startswith(asked)]
    if not found:
        raise UsageError("unknown-conflict", id=asked)
    if len(found) > 1:
        raise UsageError("ambiguous-conflict", id=asked)
    return found[0]


def _settled(world: World, conflict: Conflict, decision: Decision, run: str) -> BindingReport:
    clock = world.clock
    started, before = clock.monotonic(), world.traffic()
    # One thing that a person has looked at is not measured against max_delete.
    options = Options(
        max_delete=MaxDelete(100), allow_empty=True, decisions={conflict.id: decision}
    )
    try:
        plan = make_plan(world, options)
        kept = left_for_later(plan, [_decided(plan, conflict)])
        applied = apply_plan(world, kept, run=run)
    except (SideError, ConfigurationError) as error:
        return failed(world, error)
    closed = close_links_of(world, [conflict.href])
    only_this = replace(kept, left_out=(), standing_problems=())
    return report(
        only_this,
        operations=applied.operations,
        conflicts=[each for each in applied.conflicts if each.id == conflict.id],
        problems=[*applied.problems, *closed],
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _decided(plan: Plan, conflict: Conflict) -> Step:
    """The step that carries the decision out.

    Raises:
        Outdated: the conflict is not what it was, so nobody has decided on what is there now.
    """
    for step in plan.steps:
        if step.uid == conflict.uid and any(
            each.id == conflict.id and not each.open for each in step.conflicts
        ):
            return step
    raise Outdated("conflict-outdated", id=conflict.id)
