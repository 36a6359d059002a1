"""calendar-data with ``expand``: a series as its instances, in UTC, without rule (040)."""

from __future__ import annotations

from datetime import datetime

from oscartes_sync.sandbox.cloud.checking import PRODID
from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, read
from oscartes_sync.sandbox.cloud.recurrence import instances, is_day, length, to_utc

DROPPED = frozenset(("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"))


def expanded(body: bytes, begin: datetime, end: datetime) -> str:
    """The text of every instance in ``[begin, end)``, as VObject writes it."""
    tree = read(body)
    whole = Component("VCALENDAR")
    whole.lines = [Line("VERSION", "", "2.0"), Line("PRODID", "", PRODID)]
    whole.lines.append(Line("CALSCALE", "", "GREGORIAN"))
    for kind in ("VEVENT", "VTODO", "VJOURNAL"):
        for part, local in instances(tree, kind, begin, end):
            whole.children.append(instance(part, local))
    return whole.text()


def instance(part: Component, local: datetime) -> Component:
    """One instance of a component, at a local start."""
    series = part.first("RRULE") is not None or part.first("RDATE") is not None
    one = part.copy()
    start = part.first("DTSTART")
    if start is None:
        return one
    recurrence = one.first("RECURRENCE-ID")
    one.lines = [line for line in one.lines if line.name not in DROPPED]
    span = length(part)
    for line in one.lines:
        if line.name == "DTSTART":
            _set(line, start, local)
        elif line.name == "DTEND":
            _set(line, start, local + span)
    if recurrence is not None:
        one.lines.append(recurrence)
    elif series:
        identity = Line("RECURRENCE-ID", "", "")
        _set(identity, start, local)
        one.lines.append(identity)
    return one


def _set(line: Line, start: Line, local: datetime) -> None:
    if is_day(start):
        line.parameters, line.value = ";VALUE=DATE", f"{local:%Y%m%d}"
        return
    floating = not start.value.endswith("Z") and start.parameter("TZID") is None
    moment = local if floating else to_utc(start, local)
    line.parameters = ""
    line.value = f"{moment:%Y%m%dT%H%M%S}" + ("" if floating else "Z")
