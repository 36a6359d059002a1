"""What a run has to tell, as values; `presentation` turns them into text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from oscartes_sync.planning.operation import Operation
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.ports import Traffic
from oscartes_sync.records.problem import Problem


class Exit(IntEnum):
    """Exit codes of interface.md."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    BUG = 3
    PART = 4
    HELD_BACK = 5
    PENDING = 10
    INTERRUPTED = 130


_SEVERITY = (
    Exit.DONE,
    Exit.FAILED,
    Exit.USAGE,
    Exit.PART,
    Exit.HELD_BACK,
    Exit.INTERRUPTED,
    Exit.BUG,
)


def worst(codes: Sequence[Exit]) -> Exit:
    """Of several bindings the worst counts: 3, 130, 5, 4, 2, 1, 0."""
    return max(codes, key=_SEVERITY.index, default=Exit.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The counts of one binding; traffic is this binding's share of the run."""

    unchanged: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    relinked: int = 0
    conflicts: int = 0
    failed: int = 0
    wiki: Traffic = field(default_factory=Traffic)
    cloud: Traffic = field(default_factory=Traffic)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingReport:
    """What was planned or done for one binding; `error` is why nothing could be done at all."""

    name: str
    operations: tuple[Operation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    summary: Summary = field(default_factory=Summary)
    exit: Exit = Exit.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run over one or several bindings."""

    run: str
    bindings: tuple[BindingReport, ...] = ()
    exit: Exit = Exit.DONE
