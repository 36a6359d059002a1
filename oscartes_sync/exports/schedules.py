"""The rule of a series as schema.org's Schedule, which knows less than RFC 5545."""

from __future__ import annotations

from typing import Final

from oscartes_sync.exports.plain import Json, when
from oscartes_sync.records.event import Event
from oscartes_sync.records.rules import DAYS, Rule, parse_rule

_UNITS: Final = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
_LISTS: Final = {"BYMONTH": "byMonth", "BYMONTHDAY": "byMonthDay"}


def schedule(event: Event, zone: str) -> Json:
    """The Schedule, {} where there is no rule or one that it could only tell wrongly."""
    series = event.series
    if series is None or not series.rule:
        return {}
    rule = parse_rule(series.rule)
    if rule.frequency not in _UNITS or {name for name, _ in rule.numbers} - _LISTS.keys():
        return {}
    told = {
        "repeatFrequency": f"P{rule.interval}{_UNITS[rule.frequency]}",
        "repeatCount": rule.count,
        "byDay": [f"{each.nth or ''}{DAYS[each.day]}" for each in rule.weekdays],
        **{_LISTS[name]: list(numbers) for name, numbers in rule.numbers},
        "startDate": when(event.start),
        "endDate": _until(rule),
        "exceptDate": [when(each) for each in series.excluded],
        "scheduleTimezone": series.zone or zone,
    }
    return {"@type": "Schedule", **{name: value for name, value in told.items() if value}}


def extra_dates(event: Event) -> list[Json]:
    """The dates of a series that follow no rule."""
    extra = event.series.extra if event.series else ()
    return [{"@type": "Event", "name": event.title, "startDate": when(each)} for each in extra]


def _until(rule: Rule) -> str:
    return when(rule.until) if rule.until is not None else ""
