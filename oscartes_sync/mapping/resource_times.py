"""Dates and times of iCalendar as the record's, and back (RFC 5545, 3.3.4, 3.3.5, 3.3.6, 3.3.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.content_lines import Component, Line
from oscartes_sync.mapping.zones import UTC_ZONE, Zone, Zones, named
from oscartes_sync.records.event import When
from oscartes_sync.records.occurrences import elapsed, instant
from oscartes_sync.records.problem import Problem, Side

_WHEN: Final = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
_DURATION: Final = re.compile(
    r"^([+-]?)P(?:(\d{1,5})W|(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?)$"
)
_YEARS: Final = range(1000, 9001)
MOST_WARNINGS: Final = 20
"""Warnings told of one resource."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or instant as read; `zone` is the name of the zone it was written in, "" for days.

    `length` is that of a PERIOD.
    """

    when: When
    zone: str = ""
    floating: bool = False
    length: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How times are written: in the zone that the body calls `tzid`; "" is UTC or, if so, floating.

    `zone` is that zone.
    """

    zone: Zone
    tzid: str = ""
    floating: bool = False


class Times:
    """Reads the times of one body; `warnings` collects what could only be guessed."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self.warnings: set[Problem] = set()

    def moment(self, value: str, params: Mapping[str, str]) -> Moment:
        """One DATE or DATE-TIME; a floating time is one of the network's zone.

        Raises:
            RecordError: `bad-date`, or `date-out-of-range`.
        """
        match = _WHEN.match(value.strip().upper())
        if match is None:
            raise RecordError("bad-date")
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if year not in _YEARS:
            raise RecordError("date-out-of-range", year=year)
        try:
            if match[4] is None or params.get("VALUE", "").upper() == "DATE":
                return Moment(date(year, month, day))
            seconds = min(int(match[6]), 59)  # a leap second
            hands = datetime(year, month, day, int(match[4]), int(match[5]), seconds)  # noqa: DTZ001
        except ValueError as error:
            raise RecordError("bad-date") from error
        network = self.zones.network
        if match[7]:
            return Moment(instant(hands, UTC, network.clocks), UTC_ZONE.name)
        tzid = params.get("TZID", "")
        zone = self._zone(tzid) if tzid else network
        return Moment(instant(hands, zone.clocks, network.clocks), zone.name, floating=not tzid)

    def moments(self, line: Line) -> list[tuple[str, Moment | None]]:
        """The raw elements of an RDATE or EXDATE, each with what it says, None where unreadable."""
        found: list[tuple[str, Moment | None]] = []
        for raw in line.value.split(","):
            try:
                found.append((raw, self._element(raw, line.params)))
            except RecordError:
                found.append((raw, None))
                self.warn("date-ignored", property=line.name)
        return found

    def _element(self, raw: str, params: Mapping[str, str]) -> Moment:
        begin, slash, rest = raw.partition("/")
        moment = self.moment(begin, params)
        if not slash:
            return moment
        if rest.strip().upper().startswith(("P", "+P", "-P")):
            length = duration(rest)
        else:
            length = elapsed(moment.when, self.moment(rest, params).when)
        return Moment(moment.when, moment.zone, moment.floating, length)

    def _zone(self, tzid: str) -> Zone:
        zone = self.zones.of(tzid)
        if zone is None:
            self.warn("zone-unknown", zone="".join(filter(str.isprintable, tzid))[:64])
        return zone or self.zones.network

    def warn(self, code: str, **params: object) -> None:
        """Keep a warning, once; of one body's thousands nobody reads more than a few."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.add(Problem.warning(code, Side.CLOUD, **params))


def duration(raw: str) -> timedelta:
    """A DURATION.

    Raises:
        RecordError: `bad-date`.
    """
    match = _DURATION.match(raw.strip().upper())
    if match is None:
        raise RecordError("bad-date")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def read_span(component: Component, times: Times) -> tuple[Moment, When]:
    """Start, and the end as records have it: inclusive for days.

    Without DTEND and DURATION a day lasts a day and an instant no time (RFC 5545, 3.6.1); a DTEND
    on the first day itself, which RFC 5545 forbids and people's programs write, means that day.

    Raises:
        RecordError: `no-start`, `end-before-start`, `day-and-time-mixed` or one of `moment`.
    """
    line = component.first("DTSTART")
    if line is None:
        raise RecordError("no-start")
    start = times.moment(line.value, line.params)
    length = span_length(component, start, times)
    if length < timedelta():
        raise RecordError("end-before-start")
    end: When
    try:
        if isinstance(start.when, datetime):
            end = (start.when.astimezone(UTC) + length).astimezone(times.zones.network.clocks)
        else:
            end = start.when + max(length - timedelta(days=1), timedelta())
    except OverflowError as error:
        raise RecordError("date-out-of-range", year="9999") from error
    if end.year not in _YEARS:
        raise RecordError("date-out-of-range", year=end.year)
    return start, end


def span_length(component: Component, start: Moment, times: Times) -> timedelta:
    """From DTSTART to DTEND, exclusive for days."""
    if line := component.first("DTEND"):
        return elapsed(start.when, times.moment(line.value, line.params).when)
    if line := component.first("DURATION"):
        return duration(line.value)
    return timedelta() if isinstance(start.when, datetime) else timedelta(days=1)


def style_of(name: str, network: Zone) -> Style:
    """How times of a series that counts in the zone `name` are written; "" is the network's."""
    zone = (named(name) if name else None) or network
    return Style(zone, "" if zone is UTC_ZONE else zone.name)


def written(when: When, style: Style, *, hands: bool = False) -> tuple[dict[str, str | None], str]:
    """Parameters (None: take away) and value of a day or instant.

    The second pass of the hour that autumn repeats has no local form: it is written in UTC, unless
    `hands` asks for the clock's hands all the same (the start of a series, whose zone counts).
    """
    if not isinstance(when, datetime):
        return {"VALUE": "DATE", "TZID": None}, day_text(when)
    clocks = style.zone.clocks
    local = when.astimezone(clocks).replace(tzinfo=None)
    if not (style.tzid or style.floating) or (not hands and instant(local, clocks, UTC) != when):
        return {"VALUE": None, "TZID": None}, utc_text(when)
    return {"VALUE": None, "TZID": style.tzid or None}, _hands_text(local)


def utc_text(when: datetime) -> str:
    """An instant in UTC."""
    return f"{_hands_text(when.astimezone(UTC))}Z"


def day_text(day: date) -> str:
    """A day."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _hands_text(when: datetime) -> str:
    return f"{day_text(when)}T{when.hour:02d}{when.minute:02d}{when.second:02d}"
