"""A rule laid out as dates, on the clock of one place (naive), bounded for absurd rules too.

RFC 5545, 3.3.10. A library's expansion cannot be used here: it walks to the year 9999 for a rule
that has no date (30 February), and a calendar is written by anybody. This one counts its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Final

from oscartes_sync.records.rules import Rule

STEPS: Final = 40_000
"""Days (below days: hours, minutes or seconds) looked at before an expansion gives up.

A hundred years of days: 29 February falls on a given weekday every forty at the most."""

_LAST_YEAR: Final = 9_990
_SPANS: Final = {
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
_Days = Iterator[list[date]]


def expand(rule: Rule, start: datetime, *, skip_to: datetime | None = None) -> Iterator[datetime]:
    """The dates the rule gives from `start` on, in order, `start` itself first, COUNT kept.

    `start` is naive; where `rule.until` is an instant it is compared with the naive UTC that
    `start` would be, so callers pass rules whose end is on the same clock. `skip_to` lets dates
    before it be left out where that is cheap (a rule without COUNT).

    The iterator ends after `STEPS` steps.
    """
    until = _last(rule)
    left = rule.count
    if until is not None and start > until:
        return
    yield start
    if left is not None:
        left -= 1
    jump = skip_to if rule.count is None else None
    stream = _fine(rule, start, jump) if rule.frequency in _SPANS else _coarse(rule, start, jump)
    for when in stream:
        if when <= start:
            continue
        if (until is not None and when > until) or left == 0:
            return
        yield when
        if left is not None:
            left -= 1


def _last(rule: Rule) -> datetime | None:
    if rule.until is None:
        return None
    if isinstance(rule.until, datetime):
        return rule.until.astimezone(UTC).replace(tzinfo=None)
    return datetime.combine(rule.until, time.max)


def _coarse(rule: Rule, start: datetime, jump: datetime | None) -> Iterator[datetime]:
    """Rules that count in days, weeks, months or years."""
    times = _times(rule, start)
    fits = _day_filter(rule, start)
    positions = rule.by("BYSETPOS")
    steps = 0
    last = (_last(rule) or datetime.max).date()  # noqa: DTZ901 on the clock's own hands
    for days in _periods(rule, start, jump):
        if days[0] > last:
            return
        steps += len(days)
        fitting = [day for day in days if fits(day)]
        # Laid out one by one: every second of a year would be a list of thirty million.
        count = len(fitting) * len(times)
        for number in _places(count, positions) if positions else range(count):
            day, hands = divmod(number, len(times))
            yield datetime.combine(fitting[day], times[hands])
            steps += 1
            if steps > STEPS:
                return
        if steps > STEPS:
            return


def _fine(rule: Rule, start: datetime, jump: datetime | None) -> Iterator[datetime]:
    """Rules that count in hours, minutes or seconds."""
    span = _SPANS[rule.frequency] * rule.interval
    number = max(0, (jump - start) // span) if jump else 0
    fits = _day_filter(rule, start)
    hours, minutes, seconds = (rule.by(name) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    until = _last(rule) or datetime.max  # noqa: DTZ901 on the clock's own hands
    steps = 0
    while steps < STEPS:
        steps += 1
        try:
            when = start + span * number
        except OverflowError:
            return
        if when.year > _LAST_YEAR or when.replace(minute=0, second=0) > until:
            return
        far = _next_chance(rule, when, hours, minutes, fits=fits)
        if far is None:
            if rule.frequency == "SECONDLY" and seconds and when.second not in seconds:
                number += 1
                continue
            found = _within(rule, when, minutes, seconds)
            positions = rule.by("BYSETPOS")
            found = _positioned(found, positions) if positions else found
            yield from found
            steps += len(found)
            number += 1
        else:
            number = max(number + 1, -((start - far) // span))


def _next_chance(
    rule: Rule,
    when: datetime,
    hours: tuple[int, ...],
    minutes: tuple[int, ...],
    *,
    fits: Callable[[date], bool],
) -> datetime | None:
    """None where `when`'s day, hour and minute fit; else the first moment that may."""
    midnight = when.replace(hour=0, minute=0, second=0)
    if not fits(when.date()):
        return midnight + timedelta(days=1)
    if hours and when.hour not in hours:
        return when.replace(minute=0, second=0) + timedelta(hours=1)
    if minutes and rule.frequency != "HOURLY" and when.minute not in minutes:
        return when.replace(second=0) + timedelta(minutes=1)
    return None


def _within(
    rule: Rule, when: datetime, minutes: tuple[int, ...], seconds: tuple[int, ...]
) -> list[datetime]:
    """The moments of one hour, minute or second."""
    if rule.frequency == "SECONDLY":
        return [when]
    each_minute = (minutes or (when.minute,)) if rule.frequency == "HOURLY" else (when.minute,)
    each_second = tuple(min(each, 59) for each in seconds) or (when.second,)
    return [
        when.replace(minute=minute, second=second)
        for minute, second in product(each_minute, sorted(set(each_second)))
    ]


def _positioned(found: list[datetime], positions: tuple[int, ...]) -> list[datetime]:
    return [found[number] for number in _places(len(found), positions)]


def _places(count: int, positions: tuple[int, ...]) -> list[int]:
    """BYSETPOS as indexes into a set of `count`."""
    indexes = {each - 1 if each > 0 else count + each for each in positions}
    return [index for index in sorted(indexes) if 0 <= index < count]


def _times(rule: Rule, start: datetime) -> list[time]:
    hours = rule.by("BYHOUR") or (start.hour,)
    minutes = rule.by("BYMINUTE") or (start.minute,)
    seconds = sorted({min(each, 59) for each in rule.by("BYSECOND")}) or [start.second]
    return [time(*hands) for hands in product(hours, minutes, seconds)]


def _periods(rule: Rule, start: datetime, jump: datetime | None) -> _Days:
    """The days of each period in turn, from the one that holds `start` or comes before `jump`."""
    first, goal = start.date(), (jump.date() if jump else start.date())
    if rule.frequency == "YEARLY":
        return _years(rule, first, goal)
    if rule.frequency == "MONTHLY":
        return _months(rule, first, goal)
    length = 7 if rule.frequency == "WEEKLY" else 1
    back = (first.weekday() - rule.week_start) % 7 if length == 7 else 0
    return _stretches(first - timedelta(days=back), length, rule.interval * length, goal)


def _years(rule: Rule, first: date, goal: date) -> _Days:
    months = rule.by("BYMONTH") or range(1, 13)
    narrow = not rule.by("BYWEEKNO") and not rule.by("BYYEARDAY")
    if not rule.by("BYMONTH") and narrow and not rule.by("BYMONTHDAY") and not rule.weekdays:
        months = (first.month,)
    skipped = max(0, (goal.year - first.year) // rule.interval - 1) * rule.interval
    for year in range(first.year + skipped, _LAST_YEAR, rule.interval):
        yield [day for month in months for day in _month(year, month)]


def _months(rule: Rule, first: date, goal: date) -> _Days:
    origin = first.year * 12 + first.month - 1
    distance = goal.year * 12 + goal.month - 1 - origin
    skipped = max(0, distance // rule.interval - 1) * rule.interval
    wanted = rule.by("BYMONTH")
    for number in range(origin + skipped, _LAST_YEAR * 12, rule.interval):
        year, month = divmod(number, 12)
        days = _month(year, month + 1)
        # A month that is not wanted still costs a step, so that the count of steps bounds it.
        yield days if not wanted or month + 1 in wanted else days[:1]


def _stretches(first: date, length: int, stride: int, goal: date) -> _Days:
    origin, distance = first.toordinal(), (goal - first).days
    begin = origin + max(0, distance // stride - 1) * stride
    for number in range(begin, date(_LAST_YEAR, 1, 1).toordinal(), stride):
        yield [date.fromordinal(number + each) for each in range(length)]


def _month(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return [date.fromordinal(each) for each in range(first.toordinal(), following.toordinal())]


def _day_filter(rule: Rule, start: datetime) -> Callable[[date], bool]:
    """Whether a day fits all BY parts, with those that `start` gives where none is said."""
    tests: list[Callable[[date], bool]] = []
    months, weeks = rule.by("BYMONTH"), rule.by("BYWEEKNO")
    year_days, month_days = rule.by("BYYEARDAY"), rule.by("BYMONTHDAY")
    weekdays = tuple((each.day, each.nth) for each in rule.weekdays)
    if not (weeks or year_days or month_days or weekdays):
        if rule.frequency in {"MONTHLY", "YEARLY"}:
            month_days = (start.day,)
            months = months or ((start.month,) if rule.frequency == "YEARLY" else ())
        elif rule.frequency == "WEEKLY":
            weekdays = ((start.weekday(), 0),)
    if weeks and not (weekdays or year_days or month_days):
        weekdays = ((start.weekday(), 0),)
    if months:
        tests.append(lambda day: day.month in months)
    if month_days:
        tests.append(lambda day: day.day in month_days or _from_month_end(day) in month_days)
    if year_days:
        tests.append(lambda day: _in_year(day, year_days))
    if weeks:
        tests.append(lambda day: _in_weeks(day, weeks, rule.week_start))
    if weekdays:
        within_year = rule.frequency == "YEARLY" and not months and not weeks
        tests.append(lambda day: _on_weekday(day, weekdays, within_year=within_year))
    return lambda day: all(test(day) for test in tests)


def _from_month_end(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (day - following).days


def _in_year(day: date, wanted: tuple[int, ...]) -> bool:
    number = day.timetuple().tm_yday
    return number in wanted or (day - date(day.year + 1, 1, 1)).days in wanted


def _in_weeks(day: date, wanted: tuple[int, ...], week_start: int) -> bool:
    """Weeks belong to the year that holds their fourth day (RFC 5545, BYWEEKNO)."""
    middle = day - timedelta(days=(day.weekday() - week_start) % 7 - 3)
    number = (middle.timetuple().tm_yday - 1) // 7
    last = (date(middle.year, 12, 31) - middle).days // 7
    return number + 1 in wanted or -last - 1 in wanted


def _on_weekday(day: date, wanted: tuple[tuple[int, int], ...], *, within_year: bool) -> bool:
    here = day.weekday()
    for weekday, nth in wanted:
        if weekday != here:
            continue
        if not nth:
            return True
        if within_year:
            ahead = day.timetuple().tm_yday - 1
            behind = (date(day.year, 12, 31) - day).days
        else:
            ahead, behind = day.day - 1, -_from_month_end(day) - 1
        if nth in (ahead // 7 + 1, -(behind // 7) - 1):
            return True
    return False
