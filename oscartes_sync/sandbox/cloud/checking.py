"""What the server does to a calendar object before keeping it: refuse, repair, or nothing.

Checks come in VObject's order: the VCALENDAR's own properties, then each component's; levels are
1 (repaired, a warning) and 3 (refused, 415). Recordings 022, 023, 025-027.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, Unreadable, read
from oscartes_sync.sandbox.cloud.jcal import from_jcal
from oscartes_sync.sandbox.cloud.messages import Refusal, unsupported_media

PRODID = "-//Sabre//Sabre VObject 4.5.6//EN"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOMENT = re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-4])[0-5]\d[0-6]\dZ?")
DAY = re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")
ONCE_IN_ANY = "CLASS CREATED DTSTART LAST-MODIFIED ORGANIZER RECURRENCE-ID SEQUENCE STATUS SUMMARY"
ONCE_IN_DATED = f"{ONCE_IN_ANY} DESCRIPTION DURATION GEO LOCATION PRIORITY URL"
ONCE = {
    "VEVENT": frozenset(f"{ONCE_IN_DATED} DTEND TRANSP".split()),
    "VTODO": frozenset(f"{ONCE_IN_DATED} COMPLETED DUE PERCENT PERCENT-COMPLETE".split()),
    "VJOURNAL": frozenset(f"{ONCE_IN_ANY} URL".split()),
}
MOMENTS = ("DTSTART", "DTEND", "DTSTAMP", "RECURRENCE-ID", "DUE", "COMPLETED", "CREATED")
NewUid = Callable[[], str]


@dataclass(slots=True)
class Checked:
    """A body fit to be kept; `warning` is set when `body` is not what was sent."""

    body: bytes
    tree: Component
    component: str
    uid: str
    warning: str | None


@dataclass(slots=True)
class _Complaint:
    level: int
    message: str


def new_uid() -> str:
    """A UID as VObject makes one."""
    return f"sabre-vobject-{uuid.uuid4()}"


def check(body: bytes, supported: tuple[str, ...], moment: datetime, *, strict: bool) -> Checked:
    """Check and, unless `strict`, repair a body. Raises Refusal (415, 403)."""
    tree, jcal = _parsed(body)
    if tree.name != "VCALENDAR":
        raise unsupported_media("This collection can only support iCalendar objects.")
    component = _component(tree, supported)
    latin = "Property is not valid UTF-8! " if not jcal and not _is_utf8(body) else None
    worst, first = 0, ""
    for complaint in _complaints(tree, moment, repair=not strict):
        if complaint.level == 3 or strict:
            raise unsupported_media(f"Validation error in iCalendar: {complaint.message}")
        worst, first = 1, first or complaint.message
    if latin:
        worst, first = 1, first or latin + _first_latin(body)
    uid = tree_uid(tree)
    if not worst and not jcal:
        return Checked(body, tree, component, uid, None)
    warning = f"iCalendar validation warning: {first}" if worst else ""
    return Checked(tree.text().encode(), tree, component, uid, warning)


def tree_uid(tree: Component) -> str:
    """The UID of the first component that is not a time zone."""
    for part in tree.children:
        if part.name != "VTIMEZONE":
            return part.value("UID") or ""
    return ""


def _parsed(body: bytes) -> tuple[Component, bool]:
    try:
        if body[:1] == b"[":
            return from_jcal(json.loads(body)), True
        return read(body), False
    except (Unreadable, ValueError, TypeError, IndexError) as unreadable:
        said = str(unreadable) if isinstance(unreadable, Unreadable) else "not jCal"
        raise unsupported_media(
            f"This resource only supports valid iCalendar 2.0 data. Parse error: {said}"
        ) from unreadable


def _component(tree: Component, supported: tuple[str, ...]) -> str:
    kinds = [part.name for part in tree.children if part.name in KINDS]
    for kind in kinds:
        if kind not in supported:
            break
    else:
        if kinds:
            return kinds[0]
    names = ", ".join(supported)
    raise Refusal(
        403,
        "Sabre\\CalDAV\\Exception\\InvalidComponentType",
        f"iCalendar objects must at least have a component of type {names}",
        extra='  <cal:supported-calendar-component xmlns:cal="urn:ietf:params:xml:ns:caldav"/>\n',
    )


def _complaints(tree: Component, moment: datetime, *, repair: bool) -> Iterator[_Complaint]:
    yield from _calendar_complaints(tree, repair=repair)
    for part in tree.children:
        if part.name in KINDS:
            yield from _part_complaints(part, moment, repair=repair)
    yield from _identity_complaints(tree)
    yield from _character_complaints(tree, repair=repair)


def _calendar_complaints(tree: Component, *, repair: bool) -> Iterator[_Complaint]:
    for name, default in (("PRODID", PRODID), ("VERSION", "2.0")):
        if len(tree.every(name)) != 1:
            yield _Complaint(1, f"{name} MUST appear exactly once in a VCALENDAR component")
            if repair:
                tree.lines.append(Line(name, "", default))
    if tree.value("VERSION") != "2.0":
        yield _Complaint(3, "Only iCalendar version 2.0 as defined in rfc5545 is supported.")
    if tree.first("METHOD"):
        yield _Complaint(3, "A calendar object on a CalDAV server MUST NOT have a METHOD property.")


def _part_complaints(part: Component, moment: datetime, *, repair: bool) -> Iterator[_Complaint]:
    counts: dict[str, int] = {}
    for line in part.lines:
        counts[line.name] = counts.get(line.name, 0) + 1
    for name in ("UID", "DTSTAMP"):
        if counts.get(name, 0) != 1:
            yield _Complaint(1, f"{name} MUST appear exactly once in a {part.name} component")
            if repair:
                value = new_uid() if name == "UID" else f"{moment:%Y%m%dT%H%M%SZ}"
                part.lines.append(Line(name, "", value))
    if part.name == "VEVENT" and counts.get("DTSTART", 0) != 1:
        yield _Complaint(3, "DTSTART MUST appear exactly once in a VEVENT component")
    once = ONCE.get(part.name, frozenset())
    for name, count in counts.items():
        if count > 1 and name in once:
            yield _Complaint(3, f"{name} MUST NOT appear more than once in a {part.name} component")
    for line in part.lines:
        if line.name in MOMENTS:
            yield from _moment_complaints(line)


def _moment_complaints(line: Line) -> Iterator[_Complaint]:
    is_day = (line.parameter("VALUE") or "").upper() == "DATE"
    kind, shape = ("DATE", DAY) if is_day else ("DATE-TIME", MOMENT)
    if not shape.fullmatch(line.value):
        yield _Complaint(3, f"The supplied value ({line.value}) is not a correct {kind}")


def _identity_complaints(tree: Component) -> Iterator[_Complaint]:
    parts = [part for part in tree.children if part.name in KINDS]
    if len({part.name for part in parts}) > 1:
        yield _Complaint(
            3,
            "A calendar object on a CalDAV server may only have 1 type of component "
            "(VEVENT, VTODO or VJOURNAL).",
        )
    uids = {part.value("UID") for part in parts}
    if len(uids) > 1:
        yield _Complaint(
            3,
            "A calendar object on a CalDAV server may only have components with the same UID.",
        )
    elif sum(1 for part in parts if part.first("RECURRENCE-ID") is None) > 1:
        yield _Complaint(
            3, f"More than one master object was found for the object with UID {uids.pop()}"
        )


def _character_complaints(tree: Component, *, repair: bool) -> Iterator[_Complaint]:
    for part in tree.walk():
        for line in part.lines:
            found = CONTROL.search(line.value)
            if found:
                code = f"0x{ord(found[0]):02X}"
                yield _Complaint(1, f"Property contained a control character ({code})")
                if repair:
                    line.value = CONTROL.sub("", line.value)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _first_latin(body: bytes) -> str:
    for raw in body.splitlines():
        if not _is_utf8(raw):
            return raw.decode("latin-1").partition(":")[2]
    return ""
