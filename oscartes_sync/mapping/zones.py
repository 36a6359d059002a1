"""Time zones: what a TZID means, and a VTIMEZONE for those we write.

Names found in calendars are IANA's, Windows', prefixed (`/freeassociation.sourceforge.net/…`), or
made up and explained by a VTIMEZONE of the body. Only a few rules of such a VTIMEZONE are read, so
that none can keep us busy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.content_lines import Component
from oscartes_sync.records.expansion import expand
from oscartes_sync.records.rules import Rule, parse_rule

_IANA: Final = re.compile(r"^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}$")
_UTC_NAMES: Final = frozenset({"UTC", "Z", "ETC/UTC", "GMT", "ETC/GMT", "ZULU", "ETC/UCT"})
_LIKELY: Final = (
    "Europe/Paris", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Europe/Moscow",
    "Europe/Istanbul", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Toronto", "America/Halifax", "America/Sao_Paulo",
    "America/Guadeloupe", "America/Cayenne", "America/Miquelon", "Indian/Reunion",
    "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Auckland", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Jerusalem", "Australia/Sydney", "Africa/Algiers",
    "Africa/Tunis", "Africa/Abidjan", "Africa/Johannesburg", "Etc/UTC",
)  # fmt: skip

_YEARS: Final = (2026, 2027)
"""In which the clocks of a VTIMEZONE are compared with those of known zones."""

_MOST_WORKED_OUT: Final = 20
"""VTIMEZONEs of one body whose rules are read; programs write one or two."""

_MOST_ONSETS: Final = 50


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that is understood: its IANA name, and its clocks."""

    name: str
    clocks: tzinfo


UTC_ZONE: Final = Zone("UTC", UTC)


@lru_cache(maxsize=256)
def named(name: str) -> Zone | None:
    """The zone of an IANA name; None where there is none of that name."""
    if name.upper() in _UTC_NAMES:
        return UTC_ZONE
    if len(name) > 64 or not _IANA.match(name):
        return None
    try:
        return Zone(name, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=256)
def understood(tzid: str) -> Zone | None:
    """The zone that a TZID names by itself: IANA's, prefixed or Windows' own name."""
    plain = tzid.strip().strip('"').removesuffix("/")
    found = named(plain)
    if found or not plain or len(plain) > 128:
        return found
    parts = plain.split("/")
    for begin in range(1, len(parts)):
        if found := named("/".join(parts[begin:])) if begin < len(parts) - 1 else None:
            return found
    return _windows(plain)


def _windows(name: str) -> Zone | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 45 ms

    olson = WINDOWS_TO_OLSON.get(name)
    return named(olson) if olson else None


class Zones:
    """The zones of one body: those it defines, and the network's for what names none."""

    def __init__(self, network: str, definitions: list[Component]) -> None:
        self.network = named(network) or UTC_ZONE
        self._definitions: Mapping[str, Component] = {
            each.text("TZID"): each for each in reversed(definitions)
        }
        self._found: dict[str, Zone | None] = {}
        self._worked_out = 0

    def of(self, tzid: str) -> Zone | None:
        """What `tzid` means here; None where nothing tells."""
        if tzid not in self._found:
            self._found[tzid] = understood(tzid) or self._defined(tzid)
        return self._found[tzid]

    def defines(self, tzid: str) -> bool:
        """Whether the body has a VTIMEZONE of this name."""
        return tzid in self._definitions

    def _defined(self, tzid: str) -> Zone | None:
        definition = self._definitions.get(tzid)
        if definition is None:
            return None
        likely = understood(definition.text("X-LIC-LOCATION")) or None
        if likely:
            return likely
        self._worked_out += 1
        if self._worked_out > _MOST_WORKED_OUT:
            return None
        clock = _clock(definition)
        return _resembling(clock, self.network.name) if clock else None


@dataclass(frozen=True, slots=True)
class _Observance:
    """One STANDARD or DAYLIGHT: from each of its onsets on, clocks are `offset` from UTC."""

    start: datetime
    offset: timedelta
    onsets: tuple[datetime, ...] = ()

    def onset_before(self, when: datetime) -> datetime | None:
        """The last onset not after `when`, on the clock's own hands."""
        if when < self.start:
            return None
        return max((each for each in self.onsets if each <= when), default=self.start)


def _clock(definition: Component) -> tuple[_Observance, ...]:
    """The observances of a VTIMEZONE, those that cannot be read left out."""
    found = []
    kind, fields = "", dict[str, str]()
    for line in definition.inner[:2000]:
        if line.name == "BEGIN":
            kind, fields = line.value.strip().upper(), {}
        elif line.name == "END" and kind in {"STANDARD", "DAYLIGHT"}:
            observance = _observance(fields)
            found.extend([observance] if observance else [])
            kind = ""
        else:
            fields.setdefault(line.name, line.value)
    return tuple(found[:20])


def _observance(fields: Mapping[str, str]) -> _Observance | None:
    offset = re.match(r"^([+-])(\d\d):?(\d\d)", fields.get("TZOFFSETTO", ""))
    try:
        start = datetime.strptime(fields.get("DTSTART", "")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
        rule = parse_rule(fields["RRULE"]) if "RRULE" in fields else None
    except (ValueError, RecordError):
        return None
    if not offset or (rule and rule.frequency != "YEARLY"):
        return None
    size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return _Observance(start, -size if offset[1] == "-" else size, _onsets(rule, start))


def _onsets(rule: Rule | None, start: datetime) -> tuple[datetime, ...]:
    """Those that the samples can meet, laid out once; a rule of anybody's making may give many."""
    if rule is None:
        return ()
    if rule.until is None:
        rule = replace(rule, until=datetime(_YEARS[-1] + 1, 1, 1, tzinfo=UTC))
    # A year and a half ahead of the first sample surely holds an onset of a yearly rule.
    since = max(start, datetime(_YEARS[0], 1, 1) - timedelta(days=550))  # noqa: DTZ001 hands
    return tuple(islice(expand(rule, start, skip_to=since), _MOST_ONSETS))


def _offset(clock: tuple[_Observance, ...], when: datetime) -> timedelta:
    onsets = [(onset, each.offset) for each in clock if (onset := each.onset_before(when))]
    return max(onsets)[1] if onsets else min(clock, key=lambda each: each.start).offset


_SAMPLES: Final = tuple(
    datetime(year, month, day, 12)  # noqa: DTZ001 on the clock's own hands
    for year in _YEARS
    for month in range(1, 13)
    for day in (1, 15)
)


def _resembling(clock: tuple[_Observance, ...], network: str) -> Zone | None:
    """The first likely zone whose clocks go as these do, the network's ahead of others."""
    offsets = [_offset(clock, when) for when in _SAMPLES]
    fixed_hours = -int(offsets[0] / timedelta(hours=1))
    for name in (network, *_LIKELY, f"Etc/GMT{fixed_hours:+d}"):
        zone = named(name)
        if zone and offsets == [zone.clocks.utcoffset(when) for when in _SAMPLES]:
            return zone
    return None


# ---------------------------------------------------------------- VTIMEZONE, as we write it


@lru_cache(maxsize=32)
def vtimezone(name: str) -> tuple[str, ...]:
    """The content lines of a VTIMEZONE for an IANA zone, () for UTC and unknown names.

    Zones with yearly rules get these, from 1970 on, as calendar programs write them; those that
    follow none (Morocco) get their changes from 2020 to 2037 one by one.
    """
    zone = named(name)
    if zone is None or zone is UTC_ZONE or not isinstance(zone.clocks, ZoneInfo):
        return ()
    clocks = zone.clocks
    changes = [change for year in range(2027, 2038) for change in _changes(clocks, year)]
    if not changes:
        noon = datetime(2027, 1, 1, 12, tzinfo=clocks)
        body = _observance_lines("STANDARD", noon, noon.utcoffset(), ["DTSTART:19700101T000000"])
    elif rules := _yearly(changes):
        body = [line for change, rule in rules for line in _by_rule(change, rule)]
    else:
        long = [change for year in range(2020, 2038) for change in _changes(clocks, year)]
        body = [line for change in long for line in _alone(change)]
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *body, "END:VTIMEZONE")


@dataclass(frozen=True, slots=True)
class _Change:
    """The clocks change: `hands` is the time they showed by the old offset; `after` is after."""

    hands: datetime
    before: timedelta
    after: datetime


def _changes(clocks: tzinfo, year: int) -> Iterator[_Change]:
    """The changes of one year, found by halving the days on which the offset differs."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    for number in range(366):
        early, late = first + timedelta(days=number), first + timedelta(days=number + 1)
        if early.year != year or _utc_offset(early, clocks) == _utc_offset(late, clocks):
            continue
        low, high = 0, 86_400
        while high - low > 1:
            middle = (low + high) // 2
            same = _utc_offset(early + timedelta(seconds=middle), clocks)
            low, high = (middle, high) if same == _utc_offset(early, clocks) else (low, middle)
        moment = early + timedelta(seconds=high)
        before = _utc_offset(early, clocks)
        yield _Change(moment.replace(tzinfo=None) + before, before, moment.astimezone(clocks))


def _utc_offset(moment: datetime, clocks: tzinfo) -> timedelta:
    return moment.astimezone(clocks).utcoffset() or timedelta()


def _yearly(changes: list[_Change]) -> list[tuple[_Change, str]] | None:
    """The first year's two changes, each with its rule, where both hold in all years."""
    years = {change.hands.year for change in changes}
    if len(changes) != 2 * len(years):
        return None
    found = []
    for first, following in ((changes[0], changes[2::2]), (changes[1], changes[3::2])):
        rules = _rules_of(first.hands.date())
        for each in following:
            fits = each.hands.time() == first.hands.time() and each.before == first.before
            rules &= _rules_of(each.hands.date()) if fits else set()
        if not rules:
            return None
        found.append((first, min(rules)))
    return found


def _rules_of(day: date) -> set[str]:
    """The rules of a year by which this day could be found."""
    name = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()]
    week = (day.day - 1) // 7 + 1
    last = (day + timedelta(days=7)).month != day.month
    nths = [*([-1] if last else []), *([week] if week < 5 else [])]
    rules = {f"FREQ=YEARLY;BYMONTH={day.month};BYDAY={nth}{name}" for nth in nths}
    # "The Sunday on or after the 9th" (Chile, Gaza): seven days of the month and a weekday.
    for begin in range(max(1, day.day - 6), min(day.day, 25) + 1):
        days = ",".join(map(str, range(begin, begin + 7)))
        rules.add(f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={days};BYDAY={name}")
    return rules


def _by_rule(change: _Change, rule: str) -> list[str]:
    parsed = parse_rule(rule)
    origin = datetime.combine(date(1970, 1, 1), change.hands.time())
    first = next(each for each in expand(parsed, origin) if each > origin)
    return _change_lines(change, [f"DTSTART:{first:%Y%m%dT%H%M%S}", f"RRULE:{rule}"])


def _alone(change: _Change) -> list[str]:
    return _change_lines(change, [f"DTSTART:{change.hands:%Y%m%dT%H%M%S}"])


def _change_lines(change: _Change, when: list[str]) -> list[str]:
    later = (change.after.utcoffset() or timedelta()) > change.before
    return _observance_lines("DAYLIGHT" if later else "STANDARD", change.after, change.before, when)


def _observance_lines(
    kind: str, after: datetime, before: timedelta | None, when: list[str]
) -> list[str]:
    return [
        f"BEGIN:{kind}",
        f"TZOFFSETFROM:{_signed(before)}",
        f"TZOFFSETTO:{_signed(after.utcoffset())}",
        f"TZNAME:{after.tzname()}",
        *when,
        f"END:{kind}",
    ]


def _signed(offset: timedelta | None) -> str:
    seconds = int((offset or timedelta()).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    tail = f"{rest % 60:02d}" if rest % 60 else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{rest // 60:02d}{tail}"
