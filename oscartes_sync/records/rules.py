"""Recurrence rules as texts that compare: parts checked, in one order, defaults left out.

RFC 5545, 3.3.10. Every `Series.rule` goes through `normal_rule`, whichever side it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from oscartes_sync.errors import RecordError

FREQUENCIES: Final = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# name → least, greatest, whether it may count from the end
_RANGES: Final = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}
_ORDER: Final = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
    "WKST",
)
_BYDAY: Final = re.compile(r"^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$")
_UNTIL: Final = re.compile(r"^(\d{8})(?:T(\d{6})(Z?))?$")
_NUMBER: Final = re.compile(r"^[+-]?\d{1,6}$")
_YEARS: Final = range(1000, 9001)
_MOST: Final = 100_000
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Weekday:
    """One BYDAY: `day` 0 is Monday; `nth` counts within the month or year, 0 means each."""

    day: int
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule taken apart. `until` is a date, or an aware instant; `numbers` holds the BY lists."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    weekdays: tuple[Weekday, ...] = ()
    numbers: tuple[tuple[str, tuple[int, ...]], ...] = ()
    week_start: int = 0

    def by(self, name: str) -> tuple[int, ...]:
        """The sorted numbers of one BY part other than BYDAY, () where it is not given."""
        return next((values for each, values in self.numbers if each == name), ())


def parse_rule(raw: str) -> Rule:
    """Take the value of an RRULE apart.

    A date-time UNTIL without Z is read as UTC here; `normal_rule` knows better.

    Raises:
        RecordError: `bad-rule`, with the `part` that is not one of RFC 5545.
    """
    if len(raw) > _LONGEST:
        raise RecordError("bad-rule", part="length")
    parts: dict[str, str] = {}
    for piece in filter(None, raw.upper().replace(" ", "").split(";")):
        name, equals, value = piece.partition("=")
        if not equals or name in parts or (name not in _ORDER and not _harmless(name, value)):
            raise RecordError("bad-rule", part=_known(name))
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecordError("bad-rule", part="FREQ")
    return Rule(
        frequency=parts["FREQ"],
        interval=_positive(parts, "INTERVAL") or 1,
        count=_positive(parts, "COUNT"),
        until=_within_reach(_until(parts["UNTIL"])) if "UNTIL" in parts else None,
        weekdays=_weekdays(parts["BYDAY"], parts["FREQ"]) if "BYDAY" in parts else (),
        numbers=tuple((n, _numbers(n, parts[n])) for n in _ORDER if n in _RANGES and n in parts),
        week_start=_week_start(parts.get("WKST", "MO")),
    )


def rule_text(rule: Rule) -> str:
    """The value of RRULE, its parts in the one order, what is the default left out."""
    texts = {
        "FREQ": rule.frequency,
        "INTERVAL": str(rule.interval) if rule.interval > 1 else "",
        "COUNT": str(rule.count or ""),
        "UNTIL": until_text(rule.until),
        "BYDAY": ",".join(f"{each.nth or ''}{DAYS[each.day]}" for each in rule.weekdays),
        "WKST": DAYS[rule.week_start] if rule.week_start else "",
    }
    texts.update({name: ",".join(map(str, values)) for name, values in rule.numbers})
    return ";".join(f"{name}={texts[name]}" for name in _ORDER if texts.get(name))


def normal_rule(raw: str, *, all_day: bool, zone: tzinfo) -> str:
    """The rule as records hold it; "" stays "".

    UNTIL gets the kind of the event's start: a day for days, UTC for instants. A day given for
    instants lasts to its end in `zone`; an instant given for days is the day it is in `zone`;
    one without Z counts in `zone`.

    Raises:
        RecordError: `bad-rule`.
    """
    if not raw.strip():
        return ""
    rule = parse_rule(raw)
    if rule.until is None:
        return rule_text(rule)
    floating = re.search(r"UNTIL=\d{8}T\d{6}(?!Z)", raw.upper().replace(" ", "")) is not None
    until = _fitted(rule.until, all_day=all_day, zone=zone, floating=floating)
    return rule_text(replace(rule, until=until))


def until_text(until: date | datetime | None) -> str:
    """UNTIL's value: a day, or UTC."""
    if until is None:
        return ""
    if isinstance(until, datetime):
        return f"{until.astimezone(UTC).replace(tzinfo=None).isoformat()}Z".translate(
            {ord("-"): None, ord(":"): None}
        )
    return until.isoformat().replace("-", "")


def _fitted(
    until: date | datetime, *, all_day: bool, zone: tzinfo, floating: bool
) -> date | datetime:
    try:
        if isinstance(until, datetime):
            local = until.replace(tzinfo=zone) if floating else until
            if all_day:
                return until.date() if floating else local.astimezone(zone).date()
            return local.astimezone(UTC)
        if all_day:
            return until
        end = datetime.combine(until, time(23, 59, 59), zone)
        return end.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise RecordError("bad-rule", part="UNTIL") from error


def _known(name: str) -> str:
    return name if name in _ORDER else "name"


def _harmless(name: str, value: str) -> bool:
    """RFC 7529's parts where they say what RFC 5545 says anyway, and private ones."""
    return (name, value) in {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")} or name.startswith("X-")


def _positive(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    text = parts[name]
    if not _NUMBER.match(text) or not 1 <= int(text) <= _MOST:
        raise RecordError("bad-rule", part=name)
    return int(text)


def _numbers(name: str, text: str) -> tuple[int, ...]:
    least, greatest, from_end = _RANGES[name]
    values = set()
    for each in text.split(","):
        if not _NUMBER.match(each):
            raise RecordError("bad-rule", part=name)
        value = int(each)
        if not least <= (abs(value) if from_end else value) <= greatest:
            raise RecordError("bad-rule", part=name)
        values.add(value)
    return tuple(sorted(values))


def _weekdays(text: str, frequency: str) -> tuple[Weekday, ...]:
    """BYDAY; ordinals mean nothing below months (RFC 5545), and are then left out."""
    found = set()
    for each in text.split(","):
        match = _BYDAY.match(each)
        nth = int(match[1] or 0) if match else 0
        if not match or abs(nth) > 53 or (match[1] and not nth):
            raise RecordError("bad-rule", part="BYDAY")
        counted = nth if frequency in {"MONTHLY", "YEARLY"} else 0
        found.add((DAYS.index(match[2]), counted))
    return tuple(Weekday(day, nth) for day, nth in sorted(found))


def _week_start(text: str) -> int:
    if text not in DAYS:
        raise RecordError("bad-rule", part="WKST")
    return DAYS.index(text)


def _until(text: str) -> date | datetime:
    match = _UNTIL.match(text)
    if not match:
        raise RecordError("bad-rule", part="UNTIL")
    try:
        if match[2] is None:
            return datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007 a day, no instant
        hands = min(match[2][4:], "59")  # a leap second
        naive = datetime.strptime(match[1] + match[2][:4] + hands, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError as error:
        raise RecordError("bad-rule", part="UNTIL") from error
    return naive.replace(tzinfo=UTC)


def _within_reach(until: date | datetime) -> date | datetime | None:
    """Beyond these years no zone can count; an end so far off is none."""
    if until.year > _YEARS[-1]:
        return None
    return until if until.year in _YEARS else until.replace(year=_YEARS[0], month=1, day=1)
