"""Operations as JSON: what a saved plan holds, and by what two operations are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oscartes_sync.planning.operation import Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.records.fingerprint import digest, record_to_json, value_to_json


def changes_to_json(operation: Operation) -> dict[str, list[Any]]:
    """Field → [before, after]."""
    return {
        change.name: [value_to_json(change.before), value_to_json(change.after)]
        for change in operation.changes
    }


def operation_digest(operation: Operation) -> str:
    """The same for the same write on the same two versions."""
    return digest(
        [
            operation.action.value,
            operation.side.value,
            operation.uid,
            operation.key,
            operation.token,
            operation.other_token,
            operation.reason.value,
            changes_to_json(operation),
            record_to_json(operation.record) if operation.record else None,
        ],
        32,
    )


@dataclass(frozen=True, slots=True)
class ReviewedStep:
    """One step of a saved plan: its digest, and where to look for it."""

    uid: str
    digest: str
    entry: str | None = None
    href: str | None = None


def review(plan: Plan) -> tuple[ReviewedStep, ...]:
    """The steps of a plan that do something, as a saved plan keeps them.

    What the plan shows as left out is no part of it: applying it must not do that either.
    """
    steps = tuple(
        ReviewedStep(step.uid, step_digest(step), step.operations[0].entry, step.operations[0].href)
        for step in plan.steps
        if step.operations and all(op.state is State.PLANNED for op in step.operations)
    )
    memberships = tuple(
        ReviewedStep(op.uid, operation_digest(op), op.entry, op.href)
        for op in plan.memberships
        if op.state is State.PLANNED
    )
    return (*steps, *memberships)


def step_digest(step: Step) -> str:
    """The same for the same operations on the same pair."""
    ordered = sorted(step.operations, key=Operation.sort_key)
    return digest([step.uid, [operation_digest(operation) for operation in ordered]], 32)
