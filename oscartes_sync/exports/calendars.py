"""iCalendar (RFC 5545) with the properties of a published calendar (RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oscartes_sync.exports.view import NO_DATE, Publication, Row
from oscartes_sync.mapping.content_lines import Body, Component, escape, fold, parse
from oscartes_sync.mapping.derived import paragraph
from oscartes_sync.mapping.resource_editing import add, put, uri, write_description
from oscartes_sync.mapping.resource_times import utc_text
from oscartes_sync.mapping.resource_writing import new_resource
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.record import an_event

_PRODUCT: Final = "-//OSCARTES//oscartes_sync//EN"
_ZONE: Final = b"BEGIN:VTIMEZONE\r\n"
_EVENT: Final = b"BEGIN:VEVENT\r\n"
_REFRESH: Final = "PT12H"
"""Twice a day; Nextcloud, which asks weekly by itself, honours it (peers.md, section 6)."""


def render(publication: Publication) -> bytes:
    """One VCALENDAR; valid, if empty, where there are no events."""
    zones: set[bytes] = set()
    events: list[bytes] = []
    for row in publication.rows:
        # One at a time: what was parsed takes twenty times the room of its bytes.
        zone, body = _body(row, publication)
        zones.add(zone)
        events += (b"".join(_written(event)) for event in body.events)
    # By their TZIDs, with which they begin.
    parts = (*map(fold, _head(publication)), *sorted(zones), *events, fold("END:VCALENDAR"))
    return b"".join(parts)


def _head(publication: Publication) -> list[str]:
    view = publication.view
    address = uri(view.address("ics"))
    title = escape(publication.title)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"UID:{escape(publication.uid)}",
        f"LAST-MODIFIED:{utc_text(publication.updated)}",
        f"NAME:{title}",
        f"X-WR-CALNAME:{title}",
        f"DESCRIPTION:{escape(view.licence.told)}",
        f"URL:{uri(publication.source)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    return [*lines, f"SOURCE;VALUE=URI:{address}"] if address else lines


def _body(row: Row, publication: Publication) -> tuple[bytes, Body]:
    """The event as a calendar of the network holds it, and the time zone that it names, or b""."""
    view = publication.view
    event = an_event(row.record)
    said = paragraph(event, SAYS, view.language, zone=view.zone).partition("\n")[2]
    whole = new_resource(
        event, row.uid, zone=view.zone, language=view.language, hint="", now=row.updated
    )
    zone, body = _parted(whole)
    for component, own in zip(body.events, _descriptions(event), strict=True):
        # Without the marker: nobody can edit here, and nothing reads it back.
        write_description(component, own, said)
        _complete(component, row, publication)
    return zone, body


def _parted(whole: bytes) -> tuple[bytes, Body]:
    """The time zone as it is, and the rest read: the same zone stands in front of each event."""
    begin, end = whole.find(_ZONE), whole.index(_EVENT)
    if begin < 0:
        return b"", parse(whole)
    return whole[begin:end], parse(whole[:begin] + whole[end:])


def _descriptions(event: Event) -> tuple[RichText, ...]:
    """That of the event, and those of its single dates, as their components follow each other."""
    singles = event.series.overrides if event.series else ()
    return (event.description, *(each.description for each in singles))


def _complete(component: Component, row: Row, publication: Publication) -> None:
    """When it was made, and its licence (RFC 9253, 8.2, with the relation of RFC 4946)."""
    if row.created != NO_DATE:
        put(component, "CREATED", utc_text(row.created))
    licence = uri(publication.view.licence.url)
    add(component, "LINK", licence, {"LINKREL": "license", "VALUE": "URI"})


def _written(component: Component) -> Iterator[bytes]:
    for line in (component.begin, *component.inner, component.end):
        yield line.raw if line.new is None else fold(line.new)
        for text in line.after:
            yield fold(text)
