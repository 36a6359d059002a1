"""What an event would be as a new entry, and whether it may become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_writing import Writing, new_entry
from oscartes_sync.mapping.where import satisfies
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Problem, Severity, Side


def drafted(bound: Bound, event: Event, now: datetime) -> Writing:
    """All that is sent for a new entry of this event."""
    with translated(bound.binding.wiki):
        return new_entry(event, bound.setting, defaults=bound.binding.defaults, now=now)


def refusal(bound: Bound, event: Event, now: datetime) -> Problem | None:
    """Why no entry may be made of this event: it would be incomplete, or not selected."""
    writing = drafted(bound, event, now)
    missing = next((each for each in writing.problems if each.code == "required-empty"), None)
    if missing is not None:
        return replace(missing, severity=Severity.ERROR)
    if not satisfies(writing.values, bound.binding.where):
        return Problem.of("not-in-where", side=Side.WIKI)
    return None
