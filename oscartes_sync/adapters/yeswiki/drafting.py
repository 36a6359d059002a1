"""What a record would be as a new entry, and whether it may become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.mapping.where import satisfies
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.records.record import Record


def drafted(bound: Bound, record: Record, now: datetime) -> Writing:
    """All that is sent for a new entry of this record."""
    with translated(bound.binding.wiki):
        return bound.entries.draft(record, bound.binding.defaults, now)


def refusal(bound: Bound, record: Record, now: datetime) -> Problem | None:
    """Why no entry may be made of this record: it would be incomplete, or not selected."""
    writing = drafted(bound, record, now)
    missing = next((each for each in writing.problems if each.code == "required-empty"), None)
    if missing is not None:
        return replace(missing, severity=Severity.ERROR)
    if not satisfies(writing.values, bound.binding.consent):
        return Problem.of("not-consenting", side=Side.WIKI)
    if not satisfies(writing.values, bound.binding.selection):
        return Problem.of("not-in-where", side=Side.WIKI)
    return None
