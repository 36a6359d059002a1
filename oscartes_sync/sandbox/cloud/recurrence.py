"""When components happen: enough of recurrence for time ranges, expansion and empty rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line
from oscartes_sync.sandbox.cloud.messages import Refusal, forbidden

FREQUENCIES = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_INSTANCES = 3500
DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
ONE_DAY = timedelta(days=1)


def check_rules(tree: Component) -> None:
    """Raise what the server does of a rule it cannot expand: 500, or 403 of one without instance.

    Recording 023.
    """
    for part in tree.children:
        rule = part.value("RRULE")
        if rule is None or part.name == "VTIMEZONE":
            continue
        frequency = dict(piece.partition("=")[::2] for piece in rule.upper().split(";"))
        said = frequency.get("FREQ", "")
        if said not in FREQUENCIES:
            raise Refusal(
                500, "Sabre\\VObject\\InvalidDataException", f"Unknown value for FREQ={said}"
            )
        if part.first("EXDATE") and next(starts(part), None) is None:
            raise forbidden("This recurrence rule does not generate any valid instances")


def moment(line: Line, value: str | None = None) -> datetime:
    """A DATE or DATE-TIME as a local time without zone (days at midnight)."""
    text = (value if value is not None else line.value).strip()
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007
    return datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007


def to_utc(line: Line, local: datetime) -> datetime:
    """A local time of that line's zone in UTC; unknown zones and floating times count as UTC."""
    zone = line.parameter("TZID")
    if zone is None or line.value.endswith("Z"):
        return local.replace(tzinfo=UTC)
    try:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError, OSError, OverflowError):
        return local.replace(tzinfo=UTC)


def length(part: Component) -> timedelta:
    """How long each instance lasts."""
    start = part.first("DTSTART")
    end = part.first("DTEND") or part.first("DUE")
    if start is not None and end is not None:
        return to_utc(end, moment(end)) - to_utc(start, moment(start))
    duration = part.value("DURATION")
    if duration:
        return parse_duration(duration)
    return ONE_DAY if start is not None and len(start.value) == 8 else timedelta()


def parse_duration(text: str) -> timedelta:
    """A DURATION value."""
    found = DURATION.fullmatch(text)
    if found is None:
        return timedelta()
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:])
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if found[1] == "-" else span


def starts(part: Component, overridden: frozenset[datetime] = frozenset()) -> Iterator[datetime]:
    """The local starts of a component, in order, without excluded and overridden ones."""
    first = part.first("DTSTART")
    if first is None:
        return
    begin = moment(first)
    excluded = overridden | _listed(part, "EXDATE", first)
    rule = part.value("RRULE")
    dates: Iterator[datetime] = iter((begin,))
    if rule is not None:
        dates = islice(_expanded(rule, begin, first), MOST_INSTANCES)
    extra = _listed(part, "RDATE", first)
    for one in sorted({*dates, *extra}) if extra else dates:
        if one not in excluded:
            yield one


def _expanded(rule: str, begin: datetime, first: Line) -> Iterator[datetime]:
    try:
        local = re.sub(r"UNTIL=(\d{8}(?:T\d{6})?)Z?", lambda found: _until(found[1], first), rule)
        return iter(rrulestr(local, dtstart=begin))
    except (ValueError, TypeError, OverflowError):
        return iter((begin,))


def _until(text: str, first: Line) -> str:
    if len(text) == 8 or first.parameter("TZID") is None:
        return f"UNTIL={text}"
    utc = datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    try:
        local = utc.astimezone(ZoneInfo(first.parameter("TZID") or "UTC"))
    except (KeyError, ValueError, OSError):
        local = utc
    return f"UNTIL={local:%Y%m%dT%H%M%S}"


def _listed(part: Component, name: str, first: Line) -> frozenset[datetime]:
    found = set()
    for line in part.every(name):
        for value in line.value.split(","):
            try:
                local = moment(line, value.partition("/")[0])
            except ValueError:
                continue
            if value.endswith("Z") and first.parameter("TZID") is not None:
                shift = to_utc(first, local) - local.replace(tzinfo=UTC)
                local -= shift
            found.add(local)
    return frozenset(found)


def within(tree: Component, kind: str, begin: datetime, end: datetime) -> bool:
    """Whether a component of that kind happens in ``[begin, end)``."""
    return next(instances(tree, kind, begin, end), None) is not None


def instances(
    tree: Component, kind: str, begin: datetime, end: datetime
) -> Iterator[tuple[Component, datetime]]:
    """Each instance in ``[begin, end)``: its component and its local start."""
    parts = [part for part in tree.children if part.name == kind]
    overridden = frozenset(
        moment(line) for part in parts if (line := part.first("RECURRENCE-ID")) is not None
    )
    for part in parts:
        first = part.first("DTSTART")
        if first is None:
            continue
        span = length(part)
        for local in starts(part, frozenset() if part.first("RECURRENCE-ID") else overridden):
            start = to_utc(first, local)
            if start >= end:
                break
            if start + span > begin or (not span and start >= begin):
                yield part, local


def utc_of(text: str) -> datetime:
    """A time of a CalDAV filter: always UTC."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def is_day(line: Line) -> bool:
    """Whether a line holds a DATE."""
    return len(line.value) == 8
