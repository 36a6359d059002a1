"""From a series to the structure of which the wiki makes the same dates; None where none does.

Bazar's arithmetic is no RRULE's (reference section 8; recordings 711-721), so nothing is
translated on trust: what a rule seems to mean is written down as a structure, the wiki's own
arithmetic is simulated on it (`bazar_forms.recurrence.occurrences`), and it counts only where
starts and ends come out the same, date by date. What the wiki would make besides is excepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bazar_forms.errors import RecurrenceMalformed
from bazar_forms.recurrence import MONTHS, NTH, POSITIONS, WEEKDAYS, Recurrence, occurrences
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.moments import as_stored, local, to_store
from oscartes_sync.mapping.repetitions import read_series
from oscartes_sync.records.event import Event, Series, When
from oscartes_sync.records.horizon import dates_of, day_of
from oscartes_sync.records.rules import Rule, parse_rule

MOST_WRITTEN: Final = 750
"""Dates of one series, the first included. The wiki made 700 in 3.4 s (reference section 8), and
two years of days fit; a request that PHP cuts short would leave half a series."""

MOST_EXCEPTED: Final = 400
"""`except` is one value a date, and PHP drops what comes after the thousandth value."""

_NAMES: Final = {nth: name for name, nth in POSITIONS.items() if name != "lastOfMonth"} | {
    -1: "lastOfMonth"
}
_Dates = list[tuple[When, When]]


def lay_out(
    event: Event, zone: ZoneInfo, now: datetime, *, kept: Recurrence | None = None
) -> Recurrence | None:
    """The structure that gives exactly the dates of `event`; None where there is none.

    What single dates have of their own is left aside. A series without end is laid out to the end
    of next year, seen from `now`. `kept` is what the entry holds already: it stays wherever it can.
    """
    if event.series is None:
        return None
    wanted = wanted_dates(event, zone, now)
    if wanted is None or len(wanted) < 2:
        return None
    stored = stored_span(event, zone)
    if stored is None or wanted[0] != (event.start, event.end):
        return None
    for candidate in _candidates(event, kept):
        found = _fitted(candidate, stored, zone, wanted[1:])
        if found is not None:
            return found
    return None


def wanted_dates(event: Event, zone: ZoneInfo, now: datetime) -> _Dates | None:
    """Starts and ends of the series, as far as it is laid out; None where they are too many."""
    found = dates_of(event, now, zone.key, most=MOST_WRITTEN)
    return None if found is None else [(each.start, each.end) for each in found]


def made_dates(event: Event, structure: Recurrence, zone: ZoneInfo) -> _Dates | None:
    """What the wiki makes of `structure` besides the first date; None where nobody can tell."""
    stored = stored_span(event, zone)
    return None if stored is None else _simulated(structure, stored, zone)


def as_held(event: Event, structure: Recurrence, zone: ZoneInfo) -> Series | None:
    """The series as it will be read from the wiki once it has made the repetitions."""
    stored = stored_span(event, zone)
    made = _simulated(structure, stored, zone) if stored else None
    if stored is None or made is None:
        return None
    alone = replace(event, series=None)
    children = [
        (f"E{day_of(start):%Y%m%d}", replace(alone, start=start, end=end)) for start, end in made
    ]
    return read_series(alone, stored, structure, children, tag="E", zone=zone).series


def stored_span(event: Event, zone: ZoneInfo) -> tuple[When, When] | None:
    """Start and end with the offsets that the entry will hold."""
    try:
        start, end = to_store(event.start, zone), to_store(event.end, zone)
        return as_stored(start, zone), as_stored(end, zone)
    except ValueError:
        return None


def _candidates(event: Event, kept: Recurrence | None) -> Iterator[Recurrence]:
    if kept is not None and not kept.inert:
        yield kept
    series = event.series
    if series is None or not series.rule:
        return
    try:
        rule = parse_rule(series.rule)
    except RecordError:
        return
    found = _spelt(rule, day_of(event.start))
    if found is not None:
        yield found


def _fitted(
    candidate: Recurrence, stored: tuple[When, When], zone: ZoneInfo, wanted: _Dates
) -> Recurrence | None:
    """The candidate with its number, its limit and its exceptions, if it then gives `wanted`.

    The limit is exclusive, and looks at ends too [713]; with it members' own editor counts the
    same number again (the server's recurrent-event.js).
    """
    if not all(_keeps_its_hour(start, stored[0], zone) for start, _ in wanted):
        return None
    if _simulated(candidate, stored, zone) == wanted:
        return candidate
    beyond = max(day_of(end) for _, end in wanted) + timedelta(days=1)
    trial = replace(
        candidate, nbmax=MOST_WRITTEN + MOST_EXCEPTED, limit=beyond, excepted=(), inert=False
    )
    made = _simulated(trial, stored, zone)
    if made is None:
        return None
    there = set(wanted)
    surplus = [day_of(start) for start, end in made if (start, end) not in there]
    if len(made) - len(surplus) != len(wanted) or len(surplus) > MOST_EXCEPTED:
        return None
    final = replace(trial, nbmax=len(made), excepted=tuple(surplus))
    return final if _simulated(final, stored, zone) == wanted else None


def _keeps_its_hour(start: When, first: When, zone: ZoneInfo) -> bool:
    """Whether it begins as the first date does.

    What PHP makes of an hour that spring leaves out differs from one case to the next, so nothing
    is promised of it.
    """
    if not isinstance(start, datetime) or not isinstance(first, datetime):
        return True
    return start.astimezone(zone).time() == first.astimezone(zone).time()


def _simulated(structure: Recurrence, stored: tuple[When, When], zone: ZoneInfo) -> _Dates | None:
    start, end = stored
    try:
        pairs: Sequence[tuple[When, When]] = occurrences(start, end, zone, structure)
        return [(local(begin, zone), local(finish, zone)) for begin, finish in pairs]
    except (RecurrenceMalformed, ValueError, TypeError, OverflowError):
        return None


def _spelt(rule: Rule, first: date) -> Recurrence | None:
    """What the rule seems to mean, in Bazar's words; None where Bazar has none."""
    names = {name for name, _ in rule.numbers}
    days = tuple(WEEKDAYS[each.day] for each in rule.weekdays)
    match rule.frequency:
        case "DAILY" if not names and not days:
            return Recurrence("d", step=rule.interval)
        case "DAILY" if not names and rule.interval == 1:
            return Recurrence("w", days=days)
        case "WEEKLY" if not names:
            return Recurrence("w", step=rule.interval, days=days or (WEEKDAYS[first.weekday()],))
        case "MONTHLY" if names <= {"BYMONTHDAY", "BYSETPOS"}:
            return _within_month(Recurrence("m", step=rule.interval), rule, first)
        case "YEARLY" if names <= {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}:
            months = rule.by("BYMONTH") or (() if days else (first.month,))
            if len(months) != 1:
                return None
            yearly = Recurrence("y", step=rule.interval, month=MONTHS[months[0] - 1])
            return _within_month(yearly, rule, first)
    return None


def _within_month(structure: Recurrence, rule: Rule, first: date) -> Recurrence | None:
    """The day of the month: by its number, or by a weekday and its place among its likes."""
    numbers, positions = rule.by("BYMONTHDAY"), rule.by("BYSETPOS")
    if not rule.weekdays:
        day = numbers[0] if len(numbers) == 1 else 0 if numbers or positions else first.day
        return replace(structure, when_in_month=NTH, nth=day) if day > 0 else None
    if len(rule.weekdays) != 1 or numbers:
        return None
    (weekday,) = rule.weekdays
    nth = weekday.nth or (positions[0] if len(positions) == 1 else 0)
    if (weekday.nth and positions) or nth not in _NAMES:
        return None
    return replace(structure, when_in_month=_NAMES[nth], days=(WEEKDAYS[weekday.day],))
