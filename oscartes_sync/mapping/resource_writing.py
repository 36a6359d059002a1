"""A record as a new calendar object resource, and what must never be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from oscartes_sync.errors import Invalid
from oscartes_sync.mapping import resource_fields as fields
from oscartes_sync.mapping.content_lines import Body, Component, Line, escape, fold, parse
from oscartes_sync.mapping.resource_editing import WRITERS, Pen, put, put_span, texts
from oscartes_sync.mapping.resource_patching import patch_resource
from oscartes_sync.mapping.resource_reading import ResourceReading, read_parsed
from oscartes_sync.mapping.resource_single_dates import put_dates, single_date
from oscartes_sync.mapping.resource_times import style_of, utc_text
from oscartes_sync.mapping.zones import UTC_ZONE, Zones, named, understood, vtimezone
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Severity

__all__ = ["new_resource", "patch_resource", "validate"]

_PRODUCT: Final = "-//OSCARTES//oscartes_sync//EN"
_NEVER_SENT: Final = frozenset({"override-unreadable", "date-ignored"})


def new_resource(
    event: Event, uid: str, *, zone: str, language: str, hint: str, now: datetime
) -> bytes:
    """The whole VCALENDAR of a new event.

    `zone` (IANA) and `language` are the network's, `hint` is X-OSCARTES-ENTRY ("" for none), `now`
    an instant. Guests are not written: they belong to events that people make in the cloud.
    """
    network = named(zone) or UTC_ZONE
    style = style_of(event.series.zone if event.series else "", network)
    pen = Pen(uid, language, network, style)
    component = Component("VEVENT", Line(b"", "BEGIN", ":VEVENT"), Line(b"", "END", ""), {}, [])
    put(component, "UID", escape(uid))
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        put(component, name, utc_text(now))
    put(component, "SEQUENCE", "0")
    put_span(component, event, style, hands=event.series is not None)
    for writer in WRITERS.values():
        writer(component, event, pen)
    if hint:
        put(component, fields.HINT, escape(hint))
    if event.series:
        put_dates(component, event.series, style)
    main = texts(component)
    singles = event.series.overrides if event.series else ()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        *(vtimezone(style.zone.name) if style.tzid and not event.all_day else ()),
        "BEGIN:VEVENT",
        *main,
        "END:VEVENT",
        *(line for each in singles for line in single_date(main, each, event, pen, now)),
        "END:VCALENDAR",
    ]
    return b"".join(map(fold, lines))


def validate(body: bytes, before: bytes | None = None) -> None:
    """Refuse what Nextcloud would take without a word, or answer with a 500.

    `before` is what the resource holds now: an unknown TZID or an unreadable single date that is
    in there already is the author's, and no reason to refuse our change.

    Raises:
        Invalid: why it must not be sent.
    """
    parsed = parse(body)
    if parsed.method:
        raise Invalid("method-in-body")
    reading = read_parsed(parsed, zone="UTC", language="en")
    if reading.record is None:
        problem = next(each for each in reading.problems if each.severity is Severity.ERROR)
        raise Invalid(problem.code, **dict(problem.params))
    known = _doubts(parse(before), None) if before else frozenset()
    for code, zone in sorted(_doubts(parsed, reading) - known):
        raise Invalid(code, **({"zone": zone[:64]} if zone else {}))


def _doubts(parsed: Body, reading: ResourceReading | None) -> frozenset[tuple[str, str]]:
    """What must not come from us: lost dates, and TZIDs that nobody explains."""
    problems = (reading or read_parsed(parsed, zone="UTC", language="en")).problems
    zones = Zones("UTC", parsed.zones)
    names = {
        line.params["TZID"]
        for component in parsed.events
        for lines in component.lines.values()
        for line in lines
        if not line.rest.startswith(":") and "TZID" in line.params
    }
    strange = (name for name in names if not zones.defines(name) and understood(name) is None)
    return frozenset(
        {
            *((each.code, "") for each in problems if each.code in _NEVER_SENT),
            *(("zone-unknown", name) for name in strange),
        }
    )
