"""What runs wrote, and which conflicts they met: read from the state, nothing asked of servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oscartes_sync.errors import UsageError
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.ports import Journalled, RunRecord, StateStore


@dataclass(frozen=True, slots=True)
class RunHistory:
    """One run and all that it wrote, in the order of its intentions."""

    record: RunRecord
    written: tuple[Journalled, ...]


@dataclass(frozen=True, slots=True)
class KnownConflict:
    """A conflict, and the binding that met it."""

    binding: str
    conflict: Conflict


def show_history(state: StateStore, asked: str = "") -> tuple[RunHistory, ...]:
    """All runs, newest first; or those whose name is `asked` or begins so.

    Raises:
        UsageError: `unknown-run` where there is none.
    """
    records = [each for each in state.runs() if each.run.startswith(asked)]
    if asked and not records:
        raise UsageError("unknown-run", run=asked)
    return tuple(RunHistory(each, tuple(state.journal(each.run))) for each in records)


def show_conflicts(state: StateStore, bindings: Sequence[str]) -> tuple[KnownConflict, ...]:
    """The conflicts of these bindings: what waits for a person first, then what was merged."""
    found = [KnownConflict(name, each) for name in bindings for each in state.conflicts(name)]
    return tuple(
        sorted(found, key=lambda known: (not known.conflict.open, known.conflict.sort_key()))
    )
