"""The plan of one binding: sorted, counted, serialisable, able to refuse itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from oscartes_sync.planning.baseline import LeftOut, Link
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


class ConflictKind(StrEnum):
    """FIELD: both sides changed it. DELETION: waits for a person. SERIES: a person must decide."""

    FIELD = "field"
    DELETION = "deletion"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Clash:
    """One field both sides changed: the three values (any may be None)."""

    base: Any
    wiki: Any
    cloud: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something that a policy settled ("merged") or that waits for a person ("open").

    `id` is a digest of what clashes, so that a plan names the same one as the run after it.
    """

    id: str
    kind: ConflictKind
    uid: str
    entry: str | None
    href: str | None
    fields: Mapping[str, Clash] = field(default_factory=dict)
    open: bool = True
    winner: Side | None = None

    def sort_key(self) -> tuple[str, ...]:
        """A total order."""
        return (self.entry or "", self.href or "", self.kind, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that is planned for one pair (or for one thing without a partner yet).

    `wiki` and `cloud` are the sides as seen now, None where there is nothing there. `bases` holds
    for every field that moved the values last agreed (wiki, cloud), so that a refused write stays
    unsettled; `unsettled` those that stay open whatever is written. `forget`: no link is kept.
    `drop`: the copy on that side is gone and is not made again. `noticed`: the sides whose listing
    told of it in this run, with the key that it has there now; `missed`: those that lack it.
    """

    uid: str
    origin: Side
    link: Link | None
    wiki: Seen | None
    cloud: Seen | None
    operations: tuple[Operation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    bases: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    unsettled: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    due: datetime | None = None
    forget: bool = False
    drop: Side | None = None
    noticed: tuple[tuple[Side, str], ...] = ()
    missed: tuple[tuple[Side, str], ...] = ()

    def sort_key(self) -> str:
        """By uid."""
        return self.uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one run would do to one binding.

    `standing_problems` are those of links and left-out things that did not move; `unchanged`
    counts the links that nothing happens to. `held_back`: deletions left out by the safety limit.
    `label` is the form's, the collection's title where the configuration gives none. `elsewhere`:
    open conflicts of steps that are left to a later run; kept, and no part of this plan.
    `memberships` are what groups that follow the directory would see; they are no steps, and told
    beside `operations`.
    """

    binding: str
    steps: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    standing_problems: tuple[Problem, ...] = ()
    unchanged: int = 0
    links: int = 0
    held_back: int = 0
    wiki_cursor: str = ""
    cloud_cursor: str = ""
    label: str = ""
    elsewhere: tuple[Conflict, ...] = ()
    memberships: tuple[Operation, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, sorted."""
        found = [operation for step in self.steps for operation in step.operations]
        return tuple(sorted(found, key=Operation.sort_key))

    @property
    def writes(self) -> tuple[Operation, ...]:
        """The operations that write on a server."""
        return tuple(op for op in self.operations if op.action is not Action.RELINK)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """All conflicts, sorted."""
        found = [conflict for step in self.steps for conflict in step.conflicts]
        return tuple(sorted(found, key=Conflict.sort_key))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, each once, sorted."""
        found = {problem for step in self.steps for problem in step.problems}
        found.update(problem for left in self.left_out for problem in left.problems)
        found.update(self.standing_problems)
        found.update(op.problem for op in self.operations if op.problem)
        return tuple(sorted(found, key=Problem.sort_key))


def record_of(seen: Seen | None) -> Record | None:
    """The record, where something was seen."""
    return seen.record if seen else None
