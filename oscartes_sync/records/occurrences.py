"""The dates of an Event, single or series, and the one to show where only one can be shown.

Rules count on the clock of the series' zone (RFC 5545, 3.8.5.3): an evening at eight stays at
eight across both clock changes. An occurrence lasts as long as the first one, in elapsed time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from math import prod
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError
from oscartes_sync.records.event import Event, Override, Series, Status, When, fixed
from oscartes_sync.records.expansion import expand
from oscartes_sync.records.rules import Rule, parse_rule


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of an event; `end` as in Event. `override` is what this date has of its own."""

    start: When
    end: When
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The date to show; `until` is when it must give way to the next, None for the last one."""

    start: When
    end: When
    until: datetime | None = None


def occurrences(
    event: Event, *, after: datetime, limit: int, zone: str = ""
) -> Iterator[Occurrence]:
    """At most `limit` dates of `event` that are not over at `after`, by their start.

    `zone` is the network's (IANA): the dates come at its offset, and days end at its midnight;
    "" takes the series' own, else the offset of `after`. Dates excluded are left out, cancelled
    ones are not (their override says so). Absurd rules end early: see `expansion.STEPS`.
    """
    local = _place(zone or (event.series.zone if event.series else "")) or after.tzinfo
    assert local is not None, "`after` must be aware"
    ends_after = (each for each in _all(event, local, after) if _over(each.end, local) > after)
    return islice(ends_after, limit)


def shown(event: Event, now: datetime, zone: str = "") -> Shown:
    """The first date that is not over at `now` nor cancelled; where all are over, the last one.

    Of a series that comes again and again within a day it is the first of the day: what shows it
    moves on once a day, not at each look.
    """
    if event.series is None:
        return Shown(event.start, event.end)
    local = _place(zone or event.series.zone) or now.tzinfo or UTC
    dense = _is_dense(event.series)
    today = now.astimezone(local).date()
    after = _over(today - timedelta(days=1), local) if dense else now
    coming = occurrences(event, after=after, limit=_LOOKAHEAD, zone=zone)
    going = (each for each in coming if not _cancelled(each))
    here = next(going, None)
    if here is None:
        last = _last(event, local)
        return Shown(last.start, last.end)
    if next(going, None) is None:
        return Shown(here.start, here.end)
    over = _over(here.end, local)
    return Shown(here.start, here.end, max(over, _over(today, local)) if dense else over)


def alike(when: When, start: When, zone: tzinfo) -> When:
    """`when` in the kind of `start`: a day becomes that day at the time of `start` in `zone`."""
    if isinstance(start, datetime) == isinstance(when, datetime):
        return when
    if isinstance(when, datetime):
        return when.astimezone(zone).date()
    assert isinstance(start, datetime)
    return instant(datetime.combine(when, start.astimezone(zone).time()), zone, zone)


def elapsed(start: When, end: When) -> timedelta:
    """From `start` to `end`, both days or both instants.

    Raises:
        RecordError: `day-and-time-mixed`.
    """
    if isinstance(start, datetime):
        if isinstance(end, datetime):
            return end - start
    elif not isinstance(end, datetime):
        return end - start
    raise RecordError("day-and-time-mixed")


def instant(hands: datetime, zone: tzinfo, local: tzinfo) -> datetime:
    """Naive `hands` read on the clocks of `zone`, as an instant at the offset it has in `local`.

    An hour that spring skips is read with the offset before it, one that autumn repeats is its
    first (RFC 5545, 3.3.5).
    """
    when = fixed(hands.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(local))
    assert isinstance(when, datetime)
    return when


_LOOKAHEAD = 1_000
_OFTEN = 4
_WITHIN_A_DAY = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_LAST_YEAR = 9_990


def _all(event: Event, local: tzinfo, after: datetime | None) -> Iterator[Occurrence]:
    """Every date from a little before `after` on, by start."""
    series = event.series
    if series is None:
        yield Occurrence(event.start, event.end)
        return
    zone = _place(series.zone) or local
    own = {_key(each.at): each for each in series.overrides}
    excluded = {_key(alike(each, event.start, zone)) for each in series.excluded}
    moved = sorted(
        (_from_override(each, local) for each in own.values() if _key(each.at) not in excluded),
        key=lambda each: _order(each.start, local),
    )
    plain = _plain(event, series, zone, local, after)
    gone = excluded | own.keys()
    kept = (each for each in plain if _key(each.start) not in gone)
    yield from heapq.merge(kept, moved, key=lambda each: _order(each.start, local))


def _plain(
    event: Event, series: Series, zone: tzinfo, local: tzinfo, after: datetime | None
) -> Iterator[Occurrence]:
    """The dates that rule and extra dates give, each once."""
    extra = sorted({_at(alike(each, event.start, zone), local) for each in series.extra})
    length = elapsed(event.start, event.end)
    ruled = _ruled(event, series, zone, local, _skip_to(event, after, length))
    before: When | None = None
    for start in heapq.merge(ruled, extra):
        if start == before:
            continue
        before = start
        try:
            yield Occurrence(start, start + length)
        except OverflowError:
            return


def _skip_to(event: Event, after: datetime | None, length: timedelta) -> datetime | None:
    """Before this, dates are over at `after` whatever their zone."""
    # Clocks change by a few hours, days begin elsewhere by more.
    margin = timedelta(hours=3) if isinstance(event.start, datetime) else timedelta(days=2)
    if after is None or length > timedelta(days=100_000) or after.year < 1000:
        return None
    return after - length - margin


def _ruled(
    event: Event, series: Series, zone: tzinfo, local: tzinfo, skip_to: datetime | None
) -> Iterator[When]:
    rule = _rule(series.rule)
    if rule is None:
        yield _at(event.start, local)
        return
    jump = skip_to.astimezone(zone).replace(tzinfo=None) if skip_to else None
    if isinstance(event.start, datetime):
        if isinstance(rule.until, datetime):
            hands = rule.until.astimezone(zone).replace(tzinfo=UTC)
            rule = replace(rule, until=hands)
        first = event.start.astimezone(zone).replace(tzinfo=None)
        yield _at(event.start, local)
        for hands in expand(rule, first, skip_to=jump):
            if hands != first:
                yield instant(hands, zone, local)
    else:
        for hands in expand(rule, datetime.combine(event.start, time()), skip_to=jump):
            yield hands.date()


def _rule(raw: str) -> Rule | None:
    """The rule, None where there is none that can be read: the first date then stands alone."""
    try:
        return parse_rule(raw) if raw else None
    except RecordError:
        return None


def _is_dense(series: Series) -> bool:
    """Whether a rule gives more than `_OFTEN` dates a day."""
    rule = _rule(series.rule)
    if rule is None:
        return False
    hours = [max(1, len(rule.by(name))) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    return rule.frequency in _WITHIN_A_DAY or prod(hours) > _OFTEN


def _last(event: Event, local: tzinfo) -> Occurrence:
    """The last date that is not cancelled, or of all; of a rule cut short, the last laid out."""
    final = kept = Occurrence(event.start, event.end)
    for each in _all(event, local, None):
        final = each
        if not _cancelled(each):
            kept = each
    return kept if kept.override is None or not _cancelled(kept) else final


def _cancelled(each: Occurrence) -> bool:
    return each.override is not None and each.override.status is Status.CANCELLED


def _from_override(override: Override, local: tzinfo) -> Occurrence:
    return Occurrence(_at(override.start, local), _at(override.end, local), override)


def _at(when: When, local: tzinfo) -> When:
    return fixed(when.astimezone(local)) if isinstance(when, datetime) else when


def _key(when: When) -> float:
    """One number for a day or an instant, the same for equal ones."""
    return when.timestamp() if isinstance(when, datetime) else when.toordinal() * 86_400.0 + 0.5


def _order(when: When, local: tzinfo) -> float:
    if isinstance(when, datetime):
        return when.timestamp()
    return datetime.combine(when, time(), local).timestamp()


def _over(end: date | datetime, local: tzinfo) -> datetime:
    """The instant at which what ends at `end` is over: for a day, the midnight after it."""
    if isinstance(end, datetime):
        return end
    if end.year > _LAST_YEAR:
        return datetime(_LAST_YEAR, 12, 31, tzinfo=UTC)
    return instant(datetime.combine(end + timedelta(days=1), time()), local, local)


@lru_cache(maxsize=64)
def _place(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
