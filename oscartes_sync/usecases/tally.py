"""A plan or its outcome, counted and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from oscartes_sync.errors import OscartesError
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Conflict, Plan
from oscartes_sync.ports import Traffic
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.report import BindingReport, Exit, Summary

_BOTH = tuple[Traffic, Traffic]


def share(before: _BOTH, after: _BOTH) -> tuple[Traffic, Traffic]:
    """What passed between two readings of the counters."""
    wiki, cloud = (
        Traffic(late.requests - early.requests, late.bytes - early.bytes)
        for early, late in zip(before, after, strict=True)
    )
    return wiki, cloud


def report(
    plan: Plan,
    *,
    operations: Sequence[Operation] | None = None,
    conflicts: Sequence[Conflict] | None = None,
    problems: Iterable[Problem] = (),
    traffic: tuple[Traffic, Traffic] = (Traffic(), Traffic()),
    seconds: float = 0.0,
) -> BindingReport:
    """The report of one binding: operations and conflicts as they ended, by default as planned."""
    ended = tuple(plan.operations if operations is None else operations)
    clashes = tuple(plan.conflicts if conflicts is None else conflicts)
    told = {*plan.problems, *problems, *(op.problem for op in ended if op.problem)}
    counts = Counter(op.action for op in ended if op.state in (State.PLANNED, State.DONE))
    failed = sum(1 for op in ended if op.state is State.FAILED)
    sorted_problems = tuple(sorted(told, key=Problem.sort_key))
    return BindingReport(
        name=plan.binding,
        operations=tuple(sorted(ended, key=Operation.sort_key)),
        conflicts=clashes,
        problems=sorted_problems,
        summary=Summary(
            unchanged=plan.unchanged,
            created=counts[Action.CREATE],
            updated=counts[Action.UPDATE],
            deleted=counts[Action.DELETE],
            relinked=counts[Action.RELINK],
            conflicts=len(clashes),
            failed=failed,
            wiki=traffic[0],
            cloud=traffic[1],
            seconds=seconds,
        ),
        exit=_judge(plan, ended, clashes, sorted_problems),
    )


def failure(name: str, error: OscartesError, side: Side | None) -> BindingReport:
    """The report of a binding that could not even be planned."""
    problem = Problem.from_error(error, side=side)
    return BindingReport(name=name, problems=(problem,), exit=Exit.FAILED)


def _judge(
    plan: Plan,
    operations: Iterable[Operation],
    conflicts: Iterable[Conflict],
    problems: Iterable[Problem],
) -> Exit:
    if plan.held_back:
        return Exit.HELD_BACK
    unfinished = any(op.state in (State.FAILED, State.SKIPPED) for op in operations)
    is_open = any(conflict.open for conflict in conflicts)
    is_wrong = any(problem.severity is Severity.ERROR for problem in problems)
    return Exit.PART if unfinished or is_open or is_wrong else Exit.DONE
