"""The plan refuses what it should not do: too many removals at once."""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.records.problem import Problem


def guard(plan: Plan, limit: MaxDelete, *, emptied: bool = False) -> Plan:
    """Leave out every removal of a plan that has more of them than `limit` allows.

    All of them and not the excess: nobody could say which of them were meant. `emptied`: they are
    held for that, which is told elsewhere.
    """
    removals = [op for op in plan.operations if op.action is Action.DELETE]
    held = sum(1 for op in removals if op.state is State.SKIPPED)
    if not held and limit.allows(len(removals), plan.links):
        return plan
    steps = tuple(_hold_back(step) for step in plan.steps)
    told = list(plan.standing_problems)
    if not (emptied and limit.allows(len(removals), plan.links)):
        told.append(Problem.of("too-many-deletions", count=len(removals), links=plan.links))
    return replace(plan, steps=steps, held_back=len(removals), standing_problems=tuple(told))


def _hold_back(step: Step) -> Step:
    if not any(op.action is Action.DELETE for op in step.operations):
        return step
    return replace(step, operations=tuple(map(_skip, step.operations)), forget=False)


def _skip(operation: Operation) -> Operation:
    return (
        replace(operation, state=State.SKIPPED) if operation.action is Action.DELETE else operation
    )
