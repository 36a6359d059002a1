"""How far a series without end is laid out where every date is a thing of its own, and its dates.

Interface, "Recurrence": to the end of next year, and further when that year begins.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import takewhile
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError
from oscartes_sync.records.event import Event, Series, When
from oscartes_sync.records.occurrences import Occurrence, instant, occurrences
from oscartes_sync.records.rules import parse_rule

_BEFORE_ALL = datetime(2, 1, 1, tzinfo=UTC)
_LONGEST_SPAN = 100
"""Years; beyond them an expansion may have been cut short (`expansion.STEPS`)."""


def is_endless(series: Series | None) -> bool:
    """Whether its rule says neither how often nor until when."""
    if series is None or not series.rule:
        return False
    try:
        rule = parse_rule(series.rule)
    except RecordError:
        return False
    return rule.count is None and rule.until is None


def extended_at(now: datetime, zone: str) -> datetime:
    """When a series without end is to be laid out further: as the next year begins in `zone`."""
    return midnight_of(date(now.astimezone(ZoneInfo(zone)).year + 1, 1, 1), zone)


def laid_until(event: Event, now: datetime, zone: str) -> date:
    """The last day to which a series without end is laid out, seen from `now`."""
    year = now.astimezone(ZoneInfo(zone)).year
    return date(max(year, event.start.year) + 1, 12, 31)


def dates_of(event: Event, now: datetime, zone: str, *, most: int) -> list[Occurrence] | None:
    """All dates of a series as its rule, extra and excluded dates give them, overrides aside.

    None where they are more than `most`, or more than can be counted. A series without end is
    laid out as far as `laid_until` says.
    """
    if event.series is None:
        return [Occurrence(event.start, event.end)]
    plain = replace(event, series=replace(event.series, overrides=()))
    coming = occurrences(plain, after=_BEFORE_ALL, limit=most + 1, zone=zone)
    if is_endless(event.series):
        last = laid_until(event, now, zone)
        found = list(takewhile(lambda each: day_of(each.start) <= last, coming))
    else:
        found = list(coming)
    if len(found) > most:
        return None
    if found and found[-1].start.year - event.start.year >= _LONGEST_SPAN:
        return None
    return found


def day_of(when: When) -> date:
    """The day it is on, by its own clock."""
    return when.date() if isinstance(when, datetime) else when


def midnight_of(day: date, zone: str) -> datetime:
    """The first instant of a day there."""
    place = ZoneInfo(zone)
    return instant(datetime.combine(day, time()), place, place)
