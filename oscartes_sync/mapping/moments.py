"""Days and instants as Bazar stores them.

`YYYY-MM-DD` is a whole day; else ISO 8601 with the local offset. A stored `+00:00` or `Z` is the
instant it says, although the wiki's own calendar feed shifts it; a time without an offset is one
of the network's zone (reference section 3; recordings 330-337).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bazar_forms.value import Day, Instant
from oscartes_sync.records.event import When, fixed


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end in one kind; `mixed` where one of them was stored as a day, one as a time."""

    start: When
    end: When
    mixed: bool = False


def as_stored(value: Day | Instant, zone: ZoneInfo) -> When:
    """A stored date with the offset it has; `Z` and naive times become times of `zone`.

    Raises:
        ValueError: beyond what a calendar can count.
    """
    if isinstance(value, Day):
        return value.date
    if value.moment.tzinfo is None:
        return local(value.moment.replace(tzinfo=zone), zone)
    said_utc = value.text.rstrip().upper().endswith("Z")
    return local(value.moment, zone) if said_utc else value.moment


def local(when: When, zone: ZoneInfo) -> When:
    """An instant at the offset that `zone` has then; a day as it is.

    Raises:
        ValueError: beyond what a calendar can count.
    """
    if not isinstance(when, datetime):
        return when
    try:
        return fixed(when.astimezone(UTC).astimezone(zone).replace(microsecond=0))
    except OverflowError as beyond:
        raise ValueError("no date") from beyond


def read_span(first: When, last: When, zone: ZoneInfo) -> Span:
    """Start and end of an entry, in the local time of `zone`.

    Of a day and a time together, the day becomes its first or its last instant.

    Raises:
        ValueError: beyond what a calendar can count.
    """
    start, end = local(first, zone), local(last, zone)
    if isinstance(start, datetime) == isinstance(end, datetime):
        return Span(start, end)
    if not isinstance(start, datetime):
        return Span(midnight(start, zone), end, mixed=True)
    return Span(start, midnight(end + timedelta(days=1), zone), mixed=True)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day."""
    return fixed_instant(datetime.combine(day, time()), zone)


def fixed_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of `zone` show, as an instant; an hour that spring leaves out comes after."""
    instant = local(wall.replace(tzinfo=zone), zone)
    assert isinstance(instant, datetime)
    return instant


def to_store(when: When, zone: ZoneInfo) -> Day | Instant:
    """What is sent to the wiki: the day, or the local time with its offset, whole seconds."""
    placed = local(when, zone)
    return Instant(placed) if isinstance(placed, datetime) else Day(placed)
