"""When something must be looked at again though nobody touched it."""

from __future__ import annotations

from datetime import datetime

from oscartes_sync.records.event import Event
from oscartes_sync.records.record import Record


def due_of(record: Record, now: datetime, zone: str) -> datetime | None:
    """When the date that a series shows has passed; None for what shows what it is."""
    if not isinstance(record, Event):
        return None
    # Laying out dates is loaded for the first of them.
    from oscartes_sync.records.occurrences import shown  # noqa: PLC0415

    return shown(record, now, zone).until
