"""The dates of a series put into a resource: rule, extra and excluded dates, and single ones.

A single date that is new takes everything the main component has (its class, categories, alarms),
since a RECURRENCE-ID component stands for its date whole (RFC 5545, 3.8.4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from oscartes_sync.mapping.content_lines import Component, Line, escape
from oscartes_sync.mapping.derived import paragraph
from oscartes_sync.mapping.resource_editing import (
    Pen,
    add,
    put,
    put_span,
    put_when,
    texts,
    write_description,
)
from oscartes_sync.mapping.resource_reading import sequence
from oscartes_sync.mapping.resource_series import same_kind
from oscartes_sync.mapping.resource_times import Moment, Style, Times, utc_text, written
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.records.event import Event, Override, Series, When

_OWN: Final = frozenset({
    "UID", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "DTSTART", "DTEND", "DURATION",
    "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "X-ALT-DESC",
    "LOCATION", "STATUS", "STYLED-DESCRIPTION",
})  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")


def put_dates(component: Component, series: Series, style: Style) -> None:
    """RRULE, RDATE and EXDATE of a component that has none yet."""
    if series.rule:
        put(component, "RRULE", series.rule)
    _add_dates(component, "RDATE", series.extra, style)
    _add_dates(component, "EXDATE", series.excluded, style)


def patch_dates(
    component: Component,
    before: Series,
    after: Series,
    *,
    start: Moment,
    style: Style,
    times: Times,
) -> None:
    """Only the difference between two series; dates that stay keep their line and form."""
    if before.rule != after.rule:
        put(component, "RRULE", after.rule or None)
    for name, old, new in (
        ("RDATE", before.extra, after.extra),
        ("EXDATE", before.excluded, after.excluded),
    ):
        known = set(old)
        _take_dates(component, name, known - set(new), start, times)
        _add_dates(component, name, [when for when in new if when not in known], style)


def _add_dates(component: Component, name: str, dates: Iterable[When], style: Style) -> None:
    for when in dates:
        params, value = written(when, style)
        add(component, name, value, params)


def _take_dates(
    component: Component, name: str, gone: set[When], start: Moment, times: Times
) -> None:
    if not gone:
        return
    for line in component.each(name):
        read = times.moments(line)
        kept = [
            raw for raw, moment in read if not moment or same_kind(moment, start, times) not in gone
        ]
        if len(kept) < len(read):
            put(component, name, ",".join(kept) if kept else None, None, line)


def single_date(
    main: list[str], override: Override, event: Event, pen: Pen, now: datetime
) -> list[str]:
    """The content lines of a new RECURRENCE-ID component; `main` are those of the main one."""
    component = Component("VEVENT", Line(b"", "BEGIN", ":VEVENT"), Line(b"", "END", ""), {}, [])
    put(component, "UID", escape(pen.uid))
    put_when(component, "RECURRENCE-ID", override.at, pen.style, hands=False)
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        put(component, name, utc_text(now))
    put(component, "SEQUENCE", "0")
    _put_fields(component, override, event, pen)
    return ["BEGIN:VEVENT", *texts(component), *_inherited(main), "END:VEVENT"]


def patch_single_date(
    component: Component, old: Override, new: Override, event: Event, pen: Pen
) -> None:
    """What changed of one date that has a component already."""
    if (old.start, old.end) != (new.start, new.end):
        put_span(component, _as_event(new, event), pen.style, before=(old.start, old.end))
    if old.title != new.title:
        put(component, "SUMMARY", escape(new.title))
    if old.description != new.description:
        _describe(component, new, event, pen)
    if old.place != new.place:
        put(component, "LOCATION", escape(new.place) if new.place else None)
    if old.status is not new.status:
        put(component, "STATUS", new.status.value)


def _put_fields(component: Component, override: Override, event: Event, pen: Pen) -> None:
    put_span(component, _as_event(override, event), pen.style)
    put(component, "SUMMARY", escape(override.title))
    _describe(component, override, event, pen)
    if override.place:
        put(component, "LOCATION", escape(override.place))
    put(component, "STATUS", override.status.value)


def _describe(component: Component, override: Override, event: Event, pen: Pen) -> None:
    derived = paragraph(event, SAYS, pen.language, zone=pen.network.name)
    write_description(component, override.description, derived)


def _as_event(override: Override, event: Event) -> Event:
    """The date's span as an event's; an end ahead of its start is one without length."""
    end = max(override.start, override.end)
    return Event(title=event.title, start=override.start, end=end)


def _inherited(main: list[str]) -> list[str]:
    """The lines of the main component that hold for the date as well, nested ones whole."""
    kept = []
    depth = 0
    for line in main:
        match = _NAME.match(line)
        name = match[0].upper() if match else ""
        depth += name == "BEGIN"
        if name and (depth or name not in _OWN):
            kept.append(line)
        depth -= name == "END"
    return kept


def stamp(component: Component, now: datetime) -> None:
    """This version is a new one: SEQUENCE, DTSTAMP and LAST-MODIFIED (RFC 5545, 3.8.7)."""
    put(component, "SEQUENCE", str(sequence(component) + 1))
    put(component, "DTSTAMP", utc_text(now))
    put(component, "LAST-MODIFIED", utc_text(now))


def remove(lines: list[Line], component: Component) -> None:
    """Take a whole component out."""
    begin = next(n for n, line in enumerate(lines) if line is component.begin)
    for line in lines[begin:]:
        line.gone = True
        line.after.clear()
        if line is component.end:
            return


def touched(component: Component) -> bool:
    """Whether anything of it is to change."""
    return any(
        line.gone or line.after or line.new is not None
        for line in (component.begin, *component.inner)
    )
