"""Changed fields put into the resource that is there; everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from oscartes_sync.errors import Invalid, RecordError
from oscartes_sync.mapping import resource_fields as fields
from oscartes_sync.mapping.content_lines import Body, Component, parse
from oscartes_sync.mapping.derived import paragraph
from oscartes_sync.mapping.resource_editing import (
    WRITERS,
    Pen,
    Writer,
    put_span,
    texts,
    write_description,
)
from oscartes_sync.mapping.resource_reading import components, main_uid, read_event
from oscartes_sync.mapping.resource_series import recurrence_id
from oscartes_sync.mapping.resource_single_dates import (
    patch_dates,
    patch_single_date,
    remove,
    single_date,
    stamp,
    touched,
)
from oscartes_sync.mapping.resource_times import Moment, Style, Times, read_span, style_of
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.mapping.zones import UTC_ZONE, Zones, named, vtimezone
from oscartes_sync.records.event import FIELDS, Event, Series, When
from oscartes_sync.records.occurrences import alike
from oscartes_sync.records.rules import normal_rule

_NOT_OURS: Final = frozenset({"guests"})

INHERITED: Final[Mapping[str, Callable[[Component], object]]] = {
    "position": fields.position,
    "categories": fields.categories,
    "visibility": fields.visibility,
    "organizer": fields.organizer,
    "link": lambda component: fields.link(component, ours=True),
    "image": fields.image,
    "files": fields.files,
}
"""What a single date's component shares with the main one, as it reads."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A body opened for writing, with what it says now."""

    parsed: Body
    main: Component
    others: list[Component]
    start: Moment
    old: Event
    times: Times


def patch_resource(
    body: bytes,
    changes: Mapping[str, object],
    event: Event,
    *,
    uid: str,
    zone: str,
    language: str,
    now: datetime,
) -> bytes:
    """The body with `changes` (record field → new value) in it.

    `event` says where the wiki keeps things (page, properties); what it holds beyond `changes` is
    not written. `changes` may name `page` as well. `body` itself comes back where all is said
    already, and for what no resource can take: guests, or an empty link where a cloud-born event
    has a URL of its own.

    Raises:
        Invalid: the body is no event, or would be none afterwards.
    """
    try:
        there = _open(body, zone)
        changed = {name: value for name, value in changes.items() if name not in _NOT_OURS}
        target = _target(there, changed, event)
    except RecordError as error:
        raise Invalid(error.code, **error.params) from error
    pen = Pen(uid, language, there.times.zones.network, _style(there, target))
    _write(there, target, changed, pen, now)
    if not _lines_moved(there.parsed):
        return body
    for component in there.parsed.events:
        if component is there.main or (touched(component) and not component.begin.gone):
            stamp(component, now)
    return bytes(there.parsed)


def _open(body: bytes, zone: str) -> _Open:
    parsed = parse(body)
    times = Times(Zones(zone, parsed.zones))
    main, others = components(parsed)
    old = read_event(main, others, main_uid(parsed), times)
    start, _ = read_span(main, times)
    return _Open(parsed, main, others, start, old, times)


def _target(there: _Open, changes: Mapping[str, object], event: Event) -> Event:
    """What the resource is to say: what it says, with the changes."""
    values: dict[str, Any] = {name: value for name, value in changes.items() if name in FIELDS}
    properties = tuple({**dict(there.old.properties), **dict(event.properties)}.items())
    page = changes.get("page", event.page or there.old.page)
    target = replace(there.old, **values, page=str(page), properties=properties)
    if target.series and target.all_day != there.old.all_day:
        clocks = there.times.zones.network.clocks
        target = replace(target, series=_refitted(target.series, target.start, clocks))
    return target


def _refitted(series: Series, start: When, zone: tzinfo) -> Series:
    """The dates of a series whose start became a day, or a time."""
    all_day = not isinstance(start, datetime)
    return replace(
        series,
        rule=normal_rule(series.rule, all_day=all_day, zone=zone),
        extra=tuple(alike(when, start, zone) for when in series.extra),
        excluded=tuple(alike(when, start, zone) for when in series.excluded),
        overrides=tuple(replace(o, at=alike(o.at, start, zone)) for o in series.overrides),
        zone="" if all_day else series.zone,
    )


def _style(there: _Open, target: Event) -> Style:
    """How times are written: as they are where the start stays or the series counts in that zone.

    A single event moves to the network's zone when its start moves; a TZID that means that zone is
    kept, whatever it is called.
    """
    network = there.times.zones.network
    wanted = style_of(target.series.zone if target.series else "", network)
    line = there.main.first("DTSTART")
    if line is None or not there.start.zone:
        return wanted
    zone = named(there.start.zone) or network
    now = Style(zone, line.params.get("TZID", ""), there.start.floating)
    if target.series is None and not there.old.all_day and there.old.start == target.start:
        return now
    if zone.name != wanted.zone.name or (now.floating and target.series is None):
        return wanted
    return now


def _write(
    there: _Open, target: Event, changes: Mapping[str, object], pen: Pen, now: datetime
) -> None:
    old, main = there.old, there.main
    moved = _moved(there, target, pen)
    if moved:
        hands = target.series is not None
        put_span(main, target, pen.style, hands=hands, before=(old.start, old.end))
    if not target.all_day and (moved or old.series != target.series):
        _define_zone(there.parsed, pen.style, there.times)
    for name, writer in WRITERS.items():
        if name == "page":
            wanted = "page" in changes
        else:
            wanted = getattr(old, name) != getattr(target, name)
        if wanted or (name == "description" and old.organizer != target.organizer):
            writer(main, target, pen)
            if pen.ours:
                _follow(there, name, writer, target, pen)
    if old.series != target.series:
        _write_series(there, target, pen, now)


def _follow(there: _Open, name: str, writer: Writer, target: Event, pen: Pen) -> None:
    """Single dates of a wiki-born series that had the main component's value get its new one."""
    read = INHERITED.get(name)
    for component in there.others:
        if read is not None and read(component) == getattr(there.old, name):
            writer(component, target, pen)
        if name == "organizer":
            own, found = fields.description(component)
            derived = paragraph(target, SAYS, pen.language, zone=pen.network.name)
            if found:
                write_description(component, own, derived)


def _moved(there: _Open, target: Event, pen: Pen) -> bool:
    """Whether the dates are to be written: they differ, or the series counts elsewhere now."""
    old = there.old
    if (old.start, old.end, old.all_day) != (target.start, target.end, target.all_day):
        return True
    if target.series is None or target.all_day:
        return False
    return there.start.zone != pen.style.zone.name


def _write_series(there: _Open, target: Event, pen: Pen, now: datetime) -> None:
    old, new = there.old.series or Series(), target.series or Series()
    patch_dates(there.main, old, new, start=there.start, style=pen.style, times=there.times)
    before = {each.at: each for each in old.overrides}
    after = {each.at: each for each in new.overrides}
    for component in there.others:
        at = _date_of(component, there)
        if at is None or at not in before:
            continue
        if at not in after:
            remove(there.parsed.lines, component)
        else:
            patch_single_date(component, before[at], after[at], target, pen)
    main = texts(there.main)
    last = there.parsed.events[-1].end
    for at, override in after.items():
        if at not in before:
            last.after.extend(single_date(main, override, target, pen, now))


def _date_of(component: Component, there: _Open) -> When | None:
    try:
        return recurrence_id(component, there.start, there.times)
    except RecordError:
        return None


def _define_zone(parsed: Body, style: Style, times: Times) -> None:
    """A TZID that we bring in needs its VTIMEZONE (RFC 5545, 3.2.19)."""
    if not style.tzid or times.zones.defines(style.tzid) or style.zone is UTC_ZONE:
        return
    if named(style.tzid) is None:
        return
    first = parsed.events[0].begin
    place = next(number for number, line in enumerate(parsed.lines) if line is first)
    added = parsed.lines[place - 1].after
    definition = vtimezone(style.tzid)
    if definition and definition[1] not in added:
        added.extend(definition)


def _lines_moved(parsed: Body) -> bool:
    return any(line.gone or line.after or line.new is not None for line in parsed.lines)
