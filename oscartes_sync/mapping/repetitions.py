"""A recurring event of the 4.5 line, its parent and its repetitions, as one series.

The wiki keeps each date as an entry of its own, which members may edit or delete alone; what it
once derived from the parent is simulated to tell a repetition that was changed from one that was
not (reference section 8; recordings 441, 710-722). A rule is said only for the dates on which it
and the wiki agree; the others are extra or excluded.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bazar_forms.errors import RecurrenceMalformed
from bazar_forms.recurrence import (
    MONTHS,
    NTH,
    POSITIONS,
    WEEKDAYS,
    Recurrence,
    occurrences,
)
from oscartes_sync.mapping.moments import fixed_instant, local
from oscartes_sync.records.event import Event, Override, Series, When
from oscartes_sync.records.rules import Rule, Weekday, rule_text

_FREQUENCIES: Final = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}
_OVERRIDDEN: Final = ("title", "description", "place")
_LONGEST: Final = 20_000
"""Dates of a rule laid out at most, so that a rule that left the wiki's far behind ends."""


@dataclass(frozen=True, slots=True)
class Dates:
    """A series, the repetitions it keeps of which not all could be said, and the last end.

    `at` says for each repetition, by its tag, which date of the series it is. `as_derived` is
    whether the repetitions are those that the wiki made, each on its date.
    """

    series: Series | None
    reduced: tuple[str, ...] = ()
    last: When | None = None
    at: Mapping[str, When] = field(default_factory=dict)
    as_derived: bool = True


@dataclass(slots=True)
class _Laid:
    """The dates of a series being put together, as instants or days."""

    kept: list[When] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    reduced: list[str] = field(default_factory=list)


def read_series(
    parent: Event,
    stored: tuple[When, When],
    structure: Recurrence | None,
    children: Sequence[tuple[str, Event]],
    *,
    tag: str,
    zone: ZoneInfo,
) -> Dates:
    """Put a parent and its repetitions together.

    `stored` are the parent's start and end with the offset they are stored with, on which the
    wiki's arithmetic depends; `children` the repetitions that are there, by tag.
    """
    derived = _derived(stored, structure, zone)
    if not children:
        return Dates(None, as_derived=not derived)
    laid = _Laid(kept=[parent.start])
    free = {day: start for day, (start, _) in derived.items()}
    origins: dict[str, When] = {}
    as_made = 0
    for name, child in children:
        at = origins[name] = _origin(name, child, tag, free)
        free.pop(_day(at), None)
        as_made += derived.get(_day(at)) == (child.start, child.end)
        _lay(laid, parent, (name, child), at)
    rule, laid_out = _rule(parent.start, structure, laid.kept, zone)
    there, planned = set(laid.kept), set(laid_out)
    series = Series(
        rule=rule,
        extra=tuple(there - planned - {parent.start}),
        excluded=tuple(planned - there),
        overrides=tuple(laid.overrides),
        zone="" if parent.all_day else zone.key,
    )
    last = max([parent.end, *(child.end for _, child in children)])
    as_derived = as_made == len(children) == len(derived)
    return Dates(series, tuple(laid.reduced), last, origins, as_derived)


def _lay(laid: _Laid, parent: Event, named: tuple[str, Event], at: When) -> None:
    """Add one repetition; a calendar would give it the first date's length, in elapsed time."""
    name, child = named
    laid.kept.append(at)
    expected = (at, at + _length(parent))
    moved = (child.start, child.end) != expected
    if moved or any(getattr(child, one) != getattr(parent, one) for one in _OVERRIDDEN):
        laid.overrides.append(
            Override(
                at=at,
                start=child.start,
                end=child.end,
                title=child.title,
                description=child.description,
                place=child.place,
            )
        )
    if any(
        getattr(child, one) != getattr(parent, one)
        for one in ("position", "link", "categories", "organizer", "image", "files")
    ):
        laid.reduced.append(name)


def _derived(
    stored: tuple[When, When], structure: Recurrence | None, zone: ZoneInfo
) -> dict[date, tuple[When, When]]:
    """Starts and ends of the repetitions that the wiki made of the parent, by their day."""
    if structure is None:
        return {}
    try:
        made: Iterable[tuple[When, When]] = occurrences(*stored, zone, structure)
        return {_day(start): (local(start, zone), local(end, zone)) for start, end in made}
    except (RecurrenceMalformed, ValueError, TypeError):
        return {}


def _origin(name: str, child: Event, parent: str, free: Mapping[date, When]) -> When:
    """The date a repetition was derived for: what its tag says, else the day it is on.

    A date the wiki would not have made is one of its own.
    """
    said = re.fullmatch(rf"{re.escape(parent)}(\d{{8}})\d*", name)
    days = [_day(child.start)]
    if said:
        with contextlib.suppress(ValueError):
            days.insert(0, date.fromisoformat(said[1]))
    for day in days:
        found = free.get(day)
        if found is not None and isinstance(found, datetime) == isinstance(child.start, datetime):
            return found
    return child.start


def _length(event: Event) -> timedelta:
    start, end = event.start, event.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end - start
    return _day(end) - _day(start)


def _day(when: When) -> date:
    return when.date() if isinstance(when, datetime) else when


def _rule(
    start: When, structure: Recurrence | None, kept: Sequence[When], zone: ZoneInfo
) -> tuple[str, list[When]]:
    """The rule and the dates it gives; "" and the first date where it says more wrong than right.

    It is counted up to the last date on which it and the wiki agree.
    """
    if structure is None or structure.inert:
        return "", [start]
    spoken = _spoken(structure, start)
    there = set(kept)
    dates = _expanded(spoken, start, len(kept), zone)
    if not dates or dates[0] != start:
        return "", [start]
    agreed = [index for index, each in enumerate(dates) if each in there]
    dates = dates[: agreed[-1] + 1]
    if len(agreed) < 2 or len(agreed) * 2 < max(len(dates), len(kept)):
        return "", [start]
    rule = rule_text(_counted(spoken, len(dates)))
    return rule, dates


def _expanded(rule: Rule, start: When, kept: int, zone: ZoneInfo) -> list[When]:
    """The rule's dates, somewhat more of them than are kept, since some may have been deleted."""
    count = min(_LONGEST, 2 * kept + 10)
    text = rule_text(_counted(rule, count))
    if not isinstance(start, datetime):
        days: Iterable[datetime] = rrulestr(text, dtstart=datetime.combine(start, time()))
        return [each.date() for each in days]
    wall = start.astimezone(zone).replace(tzinfo=None)
    return [fixed_instant(each, zone) for each in rrulestr(text, dtstart=wall)]


def _counted(rule: Rule, count: int) -> Rule:
    return Rule(
        frequency=rule.frequency,
        interval=rule.interval,
        count=count,
        weekdays=rule.weekdays,
        numbers=rule.numbers,
    )


def _spoken(structure: Recurrence, start: When) -> Rule:
    """What the structure says, in RFC 5545's words; whether the wiki does it is another matter."""
    days = sorted({WEEKDAYS.index(day) for day in structure.days if day in WEEKDAYS})
    days = days or [start.weekday()]
    months = (MONTHS.index(structure.month) + 1,) if structure.month in MONTHS else (start.month,)
    numbers = [("BYMONTH", months)] if structure.repetition == "y" else []
    weekdays: tuple[Weekday, ...] = ()
    if structure.repetition == "w":
        weekdays = tuple(Weekday(day) for day in days)
    elif structure.repetition in {"m", "y"}:
        if structure.when_in_month == NTH:
            numbers.append(("BYMONTHDAY", (structure.nth or _day(start).day,)))
        else:
            nth = POSITIONS.get(structure.when_in_month, 1)
            weekdays = (Weekday(days[0], -1 if nth == POSITIONS["lastOfMonth"] else nth),)
    return Rule(
        frequency=_FREQUENCIES[structure.repetition],
        interval=structure.step,
        weekdays=weekdays,
        numbers=tuple(numbers),
    )
