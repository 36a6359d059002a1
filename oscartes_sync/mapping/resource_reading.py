"""A calendar object resource as a record. Whatever its bytes are, reading ends in a value.

What makes no event is BROKEN with a Problem that says why; what can only be mirrored less well
gives warnings. Everything the record has no place for is left to `resource_patching`, which keeps
it byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping import resource_fields as fields
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.bounds import check_description
from oscartes_sync.mapping.content_lines import Body, Component, parse
from oscartes_sync.mapping.derived import is_derived
from oscartes_sync.mapping.resource_series import read_series
from oscartes_sync.mapping.resource_times import Times, read_span
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.mapping.zones import Zones
from oscartes_sync.records.event import Event
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.standing import Standing


@dataclass(frozen=True, slots=True)
class ResourceReading:
    """What a resource says. `event` is None where `standing` is BROKEN, else it is OPEN.

    Whether a binding may mirror what is not PUBLIC is for the binding to say.
    `hint` is X-OSCARTES-ENTRY, which proves nothing; `sequence` is the main component's.
    """

    uid: str
    record: Event | None
    standing: Standing
    problems: tuple[Problem, ...] = ()
    hint: str = ""
    sequence: int = 0


def read_resource(body: bytes | str, *, zone: str, language: str) -> ResourceReading:
    """Read a resource; `zone` is the network's (IANA), in which floating times count.

    The derived paragraph is known in both languages, so that a change of the network's `language`
    does not make edits of all descriptions; it is the one in which a paragraph is expected first.
    """
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return read_parsed(parse(raw), zone=zone, language=language)


def read_parsed(parsed: Body, *, zone: str, language: str) -> ResourceReading:
    """`read_resource` for a body whose lines are known already."""
    uid = main_uid(parsed)
    times = Times(Zones(zone, parsed.zones))
    try:
        main, others = components(parsed)
        event = read_event(main, others, uid, times)
    except RecordError as error:
        return ResourceReading(
            uid, None, Standing.BROKEN, (Problem.from_error(error, side=Side.CLOUD),)
        )
    if parsed.legacy:
        times.warn("not-utf8")
    if main.first("GEO") and event.position is None:
        times.warn("bad-position")
    if runs(fields.stated_link(main, ours=origin_of(uid) is not None)):
        times.warn("link-unsafe")
    _check_paragraph(main, event, language, times)
    return ResourceReading(
        uid,
        event,
        Standing.OPEN,
        tuple(sorted(times.warnings, key=Problem.sort_key)),
        main.text(fields.HINT).strip(),
        sequence(main),
    )


def main_uid(parsed: Body) -> str:
    """The UID of the first component, "" where there is none."""
    return parsed.events[0].text("UID").strip() if parsed.events else ""


def components(parsed: Body) -> tuple[Component, list[Component]]:
    """The main component, and those of single dates.

    A single date alone (an invitation to it) is an event of its own.

    Raises:
        RecordError: what stands in the way of one event.
    """
    if parsed.broken:
        raise RecordError(parsed.broken)
    if parsed.calendars > 1:
        raise RecordError("two-calendars")
    if not parsed.events:
        raise RecordError("no-event")
    uids = {each.text("UID").strip() for each in parsed.events}
    if "" in uids:
        raise RecordError("no-uid")
    if len(uids) > 1:
        raise RecordError("several-uids")
    mains = [each for each in parsed.events if each.first("RECURRENCE-ID") is None]
    if len(mains) > 1:
        raise RecordError("two-main-events")
    if not mains:
        if len(parsed.events) > 1:
            raise RecordError("no-main-event")
        mains = parsed.events
    return mains[0], [each for each in parsed.events if each is not mains[0]]


def read_event(main: Component, others: list[Component], uid: str, times: Times) -> Event:
    """The record of one event.

    Raises:
        RecordError: why there can be none.
    """
    start, end = read_span(main, times)
    ours = origin_of(uid) is not None
    page = main.first("URL") if ours else None
    description = fields.description(main)[0]
    check_description(description)
    return Event(
        title=fields.title(main),
        start=start.when,
        end=end,
        description=description,
        place=fields.place(main),
        position=fields.position(main),
        link=fields.link(main, ours=ours),
        categories=fields.categories(main),
        organizer=fields.organizer(main),
        image=fields.image(main),
        files=fields.files(main),
        status=fields.status(main),
        visibility=fields.visibility(main),
        series=read_series(main, others, start, times),
        guests=bool(main.each("ATTENDEE")),
        page=page.value.strip() if page else "",
        properties=fields.properties(main),
    )


def _check_paragraph(main: Component, event: Event, language: str, times: Times) -> None:
    """An edit inside the derived paragraph goes nowhere: say so."""
    found = fields.description(main)[1]
    zone = times.zones.network.name
    if found and not is_derived(found, event, SAYS, language, zone=zone):
        times.warn("derived-edited")


def sequence(component: Component) -> int:
    """SEQUENCE, 0 where there is none or no number that iCalendar allows."""
    text = component.text("SEQUENCE").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
