"""jCal (RFC 7265) to and from iCalendar lines, for the content types the server negotiates."""

from __future__ import annotations

import json
import re
from typing import Any

from oscartes_sync.sandbox.cloud.icalendar_text import (
    Component,
    Line,
    split_parameters,
    unescaped,
)

DATE_NAMES = ("DTSTART", "DTEND", "DTSTAMP", "RECURRENCE-ID", "DUE", "COMPLETED", "CREATED")
DATE_LISTS = ("EXDATE", "RDATE", "LAST-MODIFIED")
KINDS = {"URL": "uri", "DURATION": "duration", "TRIGGER": "duration", "RRULE": "recur"} | {
    "ORGANIZER": "cal-address",
    "ATTENDEE": "cal-address",
    "SEQUENCE": "integer",
    "PRIORITY": "integer",
    "GEO": "float",
    "TZOFFSETFROM": "utc-offset",
    "TZOFFSETTO": "utc-offset",
}


def from_jcal(source: Any) -> Component:
    """The component a jCal array holds. Raises ValueError, TypeError, IndexError."""
    name, properties, children = source
    component = Component(str(name).upper())
    for key, parameters, kind, *values in properties:
        written = "".join(f";{name.upper()}={value}" for name, value in parameters.items())
        if kind == "date":
            written += ";VALUE=DATE"
        value = ",".join(_as_text(kind, value) for value in values)
        component.lines.append(Line(str(key).upper(), written, value))
    component.children = [from_jcal(child) for child in children]
    return component


def _as_text(kind: str, value: Any) -> str:
    if kind in ("date", "date-time"):
        return str(value).replace("-", "").replace(":", "")
    if kind == "recur":
        return ";".join(f"{name.upper()}={_joined(part)}" for name, part in value.items())
    if kind == "text":
        escaped = str(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n")
    return str(value)


def _joined(part: Any) -> str:
    return ",".join(str(one) for one in part) if isinstance(part, list) else str(part)


def to_jcal(tree: Component) -> bytes:
    """A component as jCal, escaped as PHP's json_encode does."""
    return json.dumps(_array(tree), separators=(",", ":")).replace("/", "\\/").encode()


def _array(tree: Component) -> list[Any]:
    lines = [_property(line) for line in tree.lines]
    return [tree.name.lower(), lines, [_array(child) for child in tree.children]]


def _property(line: Line) -> list[Any]:
    parameters = {}
    for part in split_parameters(line.parameters):
        key, _, value = part.partition("=")
        if key.upper() != "VALUE":
            parameters[key.lower()] = value.strip('"')
    kind = (line.parameter("VALUE") or "").lower() or _kind(line.name)
    if kind == "recur":
        rule = dict(part.partition("=")[::2] for part in line.value.split(";"))
        values: list[Any] = [{name.lower(): value for name, value in rule.items()}]
    elif kind in ("date", "date-time"):
        values = [_extended(value) for value in line.value.split(",")]
    elif kind == "integer":
        values = [int(line.value)]
    else:
        values = [unescaped(line.value)]
    return [line.name.lower(), parameters, kind, *values]


def _kind(name: str) -> str:
    if name in DATE_NAMES or name in DATE_LISTS:
        return "date-time"
    return KINDS.get(name, "unknown" if name.startswith("X-") else "text")


def _extended(value: str) -> str:
    spaced = re.sub(r"^(\d{4})(\d\d)(\d\d)", r"\1-\2-\3", value)
    return re.sub(r"T(\d\d)(\d\d)(\d\d)", r"T\1:\2:\3", spaced)
