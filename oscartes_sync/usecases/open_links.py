"""No file stays open to everybody of which no entry tells any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.world import World


def close_links(
    world: World, plan: Plan, done: Sequence[Operation], *, cut_off: bool = False
) -> tuple[Problem, ...]:
    """Revoke what a run over the whole binding leaves without an entry.

    `done` are the plan's operations as they ended; `cut_off` says that an earlier run was, so that
    this one looks whether or not it wrote.
    """
    acted = any(step.operations or step.forget or step.drop for step in plan.steps)
    if world.links is None:
        return ()
    if not (acted or cut_off or world.links.owes(world.binding)):
        return ()
    return world.links.keep(world.binding, _shown(world) | _may_be_shown(world, plan, done))


def close_links_of(world: World, files: Iterable[str | None]) -> tuple[Problem, ...]:
    """Revoke the links of these files alone, unless an entry shows them."""
    among = {file for file in files if file}
    if world.links is None or not among:
        return ()
    return world.links.keep(world.binding, _shown(world), among=among)


def _shown(world: World) -> set[str]:
    heads = world.state.baseline(world.binding.name).heads
    return {head.href for head in heads if head.dropped is not Side.WIKI}


def _may_be_shown(world: World, plan: Plan, done: Sequence[Operation]) -> set[str]:
    """What has an entry, or may have one, though the state could not be told of it."""
    made = {op.uid for op in done if op.action is Action.CREATE and op.state is State.DONE}
    made |= {each.operation.uid for each in world.state.unfinished(world.binding.name)}
    return {
        step.cloud.key
        for step in plan.steps
        if step.cloud is not None and (_stands(step) or step.uid in made)
    }


def _stands(step: Step) -> bool:
    going = step.forget or step.drop is Side.WIKI
    return step.wiki is not None and not going and not _deletes(step)


def _deletes(step: Step) -> bool:
    return any(op.action is Action.DELETE for op in step.operations)
