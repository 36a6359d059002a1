"""What holds for every decision of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side

Project = Callable[[Event], Event]
"""What the wiki could hold of an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every link of one run."""

    binding: Binding
    carries: frozenset[str]
    says: frozenset[str]
    writable: Mapping[Side, bool]
    project: Project
    now: datetime

    def may_write(self, side: Side) -> bool:
        """Whether this run writes that side at all."""
        return self.binding.direction.writes(side) and self.writable[side]
