"""What a run over spaces has to tell, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from oscartes_sync.planning.spaces.values import SpacePlan, Standing
from oscartes_sync.ports import Traffic
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.report import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """One `[[spaces]]`: its spaces as planned or as they ended, and what concerns all of them."""

    name: str
    spaces: tuple[SpacePlan, ...] = ()
    problems: tuple[Problem, ...] = ()
    wiki: Traffic = field(default_factory=Traffic)
    cloud: Traffic = field(default_factory=Traffic)
    seconds: float = 0.0
    exit: Exit = Exit.DONE

    @property
    def pending(self) -> bool:
        """Whether a run would write anything."""
        return any(space.pending for space in self.spaces)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacesReport:
    """One run over one or several kinds of spaces."""

    kinds: tuple[KindReport, ...] = ()
    exit: Exit = Exit.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSpace:
    """What `list` tells of one space, from memory alone."""

    kind: str
    tag: str
    title: str
    standing: Standing
    folder: str = ""
    calendar: str = ""
    members: int = 0
    archive: str = ""
    archived: str = ""
    bindings: tuple[str, ...] = ()
