"""The dates of a series, read from RRULE, RDATE, EXDATE and the components of single dates."""

from __future__ import annotations

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping import resource_fields as fields
from oscartes_sync.mapping.content_lines import LONGEST_BODY, Component
from oscartes_sync.mapping.resource_times import Moment, Times, read_span, span_length
from oscartes_sync.mapping.zones import UTC_ZONE, named
from oscartes_sync.records.event import Override, Series, When
from oscartes_sync.records.occurrences import alike
from oscartes_sync.records.rules import normal_rule


def read_series(
    main: Component, others: list[Component], start: Moment, times: Times
) -> Series | None:
    """The series that `main` starts, None where it stands alone.

    Raises:
        RecordError: `bad-rule`, `several-rules`, `too-large`.
    """
    rules = main.each("RRULE")
    if not (rules or others or main.each("RDATE")):
        return None
    if len(rules) > 1:
        raise RecordError("several-rules")
    if main.each("EXRULE"):
        times.warn("exrule-ignored")
    zone = (named(start.zone) or UTC_ZONE) if start.zone else times.zones.network
    rule = normal_rule(rules[0].value, all_day=not start.zone, zone=zone.clocks) if rules else ""
    extra = _dates(main, "RDATE", start, times)
    if any(moment.length not in (None, span_length(main, start, times)) for _, moment in extra):
        times.warn("period-length-ignored")
    title = fields.title(main)
    if len(title) * len(others) > LONGEST_BODY:
        raise RecordError("too-large")  # each date that has no title of its own takes this one
    overrides = [found for each in others if (found := _override(each, title, start, times))]
    if not (rule or extra or overrides):
        return None
    return Series(
        rule=rule,
        extra=tuple({when for when, _ in extra}),
        excluded=tuple({when for when, _ in _dates(main, "EXDATE", start, times)}),
        overrides=tuple({each.at: each for each in reversed(overrides)}.values()),
        zone=start.zone,
    )


def _dates(main: Component, name: str, start: Moment, times: Times) -> list[tuple[When, Moment]]:
    read = [moment for line in main.each(name) for _, moment in times.moments(line)]
    return [(same_kind(moment, start, times), moment) for moment in read if moment]


def same_kind(moment: Moment, start: Moment, times: Times) -> When:
    """A date of the series in the kind of its start; programs mix days and times."""
    zone = (named(start.zone) if start.zone else None) or times.zones.network
    return alike(moment.when, start.when, zone.clocks)


def recurrence_id(component: Component, start: Moment, times: Times) -> When:
    """Which date of the series a component is about.

    Raises:
        RecordError: of `Times.moment`.
    """
    line = component.first("RECURRENCE-ID")
    if line is None:
        raise RecordError("bad-date")
    return same_kind(times.moment(line.value, line.params), start, times)


def _override(component: Component, title: str, start: Moment, times: Times) -> Override | None:
    try:
        at = recurrence_id(component, start, times)
        begin, end = read_span(component, times)
    except RecordError:
        times.warn("override-unreadable")
        return None
    line = component.first("RECURRENCE-ID")
    if line and "RANGE" in line.params:
        times.warn("range-ignored")
    return Override(
        at=at,
        start=begin.when,
        end=end,
        title=fields.title(component) or title,
        description=fields.description(component)[0],
        place=fields.place(component),
        status=fields.status(component),
    )
