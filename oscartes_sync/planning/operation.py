"""One write, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


class Action(StrEnum):
    """What is done to one thing on one side. RELINK writes nothing but the state."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RELINK = "relink"


class Reason(StrEnum):
    """Why a copy is removed: DELETED at the source, or WITHDRAWN from the public."""

    NONE = ""
    DELETED = "deleted"
    WITHDRAWN = "withdrawn"


class State(StrEnum):
    """How far an operation got."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as the written side will see it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One write on `side`.

    `key` is the tag or href that is written (None for a creation); `token` the version that must
    still be there; `event` the whole record to write from: for an update `changes` says what of it.
    `other_token` is the version of the other side that the decision was taken on.
    """

    action: Action
    side: Side
    uid: str
    entry: str | None
    href: str | None
    title: str
    record: Record | None = None
    changes: tuple[FieldChange, ...] = ()
    token: str = ""
    other_token: str = ""
    reason: Reason = Reason.NONE
    state: State = State.PLANNED
    problem: Problem | None = None

    @property
    def key(self) -> str | None:
        """The tag or the href on the written side."""
        return self.entry if self.side is Side.WIKI else self.href

    def sort_key(self) -> tuple[str, ...]:
        """A total order, the same for the same inputs."""
        return (self.entry or "", self.href or "", self.uid, self.side, self.action)
