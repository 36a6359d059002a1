"""What holds for every decision of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record

Project = Callable[[Record], Record]
"""What the wiki could hold of a record."""


class Decision(StrEnum):
    """What a person said to a conflict: whose values stay, or what becomes of what is left."""

    WIKI = "wiki"
    CLOUD = "cloud"
    DELETE = "delete"
    RESTORE = "restore"

    @property
    def side(self) -> Side | None:
        """The side whose values stay, where it is about values."""
        return Side(self.value) if self in (Decision.WIKI, Decision.CLOUD) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every link of one run; `decisions` are a person's, by conflict id.

    `alike` are the uids of pairs whose files were read and are the same.
    """

    binding: Binding
    carries: frozenset[str]
    says: frozenset[str]
    writable: Mapping[Side, bool]
    project: Project
    now: datetime
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()

    def may_write(self, side: Side) -> bool:
        """Whether this run writes that side at all."""
        return self.binding.direction.writes(side) and self.writable[side]
