"""calendar-query: its filters, expansion, and the objects it answers with (recording 040)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.expansion import expanded
from oscartes_sync.sandbox.cloud.icalendar_text import Component, Unreadable, read, unescaped
from oscartes_sync.sandbox.cloud.messages import Reply, Request, bad_request
from oscartes_sync.sandbox.cloud.propfind import Propfind, multistatus, names_in
from oscartes_sync.sandbox.cloud.recurrence import utc_of, within
from oscartes_sync.sandbox.cloud.seeing import Seen
from oscartes_sync.sandbox.cloud.store import Resource
from oscartes_sync.sandbox.cloud.xml_text import Writer, cal, dav, text

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)
Range = tuple[datetime, datetime]


@dataclass(slots=True)
class _TextMatch:
    name: str
    value: str | None
    folded: bool
    negated: bool
    absent: bool

    def holds(self, part: Component) -> bool:
        """Whether a component has what is asked for."""
        return self.fits([unescaped(line.value) for line in part.every(self.name)])

    def fits(self, values: list[str]) -> bool:
        """Whether the values of the property, unescaped, are what is asked for."""
        if self.absent:
            return not values
        if self.value is None:
            return bool(values)
        wanted = self.value.casefold() if self.folded else self.value
        hit = any(wanted in (one.casefold() if self.folded else one) for one in values)
        return hit is not self.negated


@dataclass(slots=True)
class _Filter:
    kind: str | None
    span: Range | None
    matches: list[_TextMatch]


class CalendarQuery:
    """Answers calendar-query."""

    def __init__(self, core: Core, propfind: Propfind) -> None:
        self.core = core
        self.propfind = propfind

    def answer(self, request: Request, root: etree._Element, seen: Seen) -> Reply:
        """Objects a filter lets through. Raises the server's 400s."""
        wanted = _filter(root)
        if request.depth == "0":
            raise bad_request(
                "A calendar-query REPORT on a calendar with a Depth: 0 is undefined. Set Depth to 1"
            )
        prop = root.find(dav("prop"))
        names = [] if prop is None else names_in(prop)
        writer = Writer()
        return multistatus(
            writer,
            [
                self.response(writer, seen, resource, names, root)
                for resource in seen.resources()
                if _passes(resource, wanted)
            ],
        )

    def response(
        self,
        writer: Writer,
        seen: Seen,
        resource: Resource,
        names: list[str],
        root: etree._Element,
    ) -> str:
        """One ``d:response``; calendar-data is expanded where asked."""
        found = self.propfind.objects.found(seen, resource, names)
        data = cal("calendar-data")
        if data in found:
            span = root.find(f"{dav('prop')}/{data}/{cal('expand')}")
            if span is not None:
                body = seen.body(resource, self.core.settings.busy_word)
                found[data] = text(expanded(body, *_span(span)))
        missing = () if len(found) == len(names) else [one for one in names if one not in found]
        return writer.response(seen.path + resource.name, found, missing)


def _filter(root: etree._Element) -> _Filter:
    outer = root.find(f"{cal('filter')}/{cal('comp-filter')}")
    if outer is None:
        raise bad_request("The {urn:ietf:params:xml:ns:caldav}filter element is required")
    if outer.find(cal("time-range")) is not None:
        raise bad_request("You cannot add time-range filters on the VCALENDAR component")
    inner = outer.find(cal("comp-filter"))
    if inner is None:
        return _Filter(None, None, [])
    span = inner.find(cal("time-range"))
    return _Filter(
        inner.get("name"),
        None if span is None else _span(span),
        [_match(one) for one in inner.findall(cal("prop-filter"))],
    )


def _match(element: etree._Element) -> _TextMatch:
    match = element.find(cal("text-match"))
    return _TextMatch(
        name=(element.get("name") or "").upper(),
        value=None if match is None else match.text or "",
        folded=match is not None and match.get("collation", "i;ascii-casemap") != "i;octet",
        negated=match is not None and match.get("negate-condition") == "yes",
        absent=element.find(cal("is-not-defined")) is not None,
    )


def _span(element: etree._Element) -> Range:
    begin, end = element.get("start"), element.get("end")
    try:
        return (utc_of(begin) if begin else BEGINNING, utc_of(end) if end else END)
    except ValueError as wrong:
        raise bad_request(f"Invalid iCalendar time: {wrong}") from wrong


def _passes(resource: Resource, wanted: _Filter) -> bool:
    if wanted.kind is None:
        return True
    if resource.component != wanted.kind:
        return False
    if wanted.span is None and not wanted.matches:
        return True
    uids = [unescaped(resource.uid)]
    if not all(match.fits(uids) for match in wanted.matches if match.name == "UID"):
        return False  # known without reading the text: clients look for UIDs often
    try:
        tree = read(resource.body)
    except Unreadable:
        return False
    if wanted.span is not None and not within(tree, wanted.kind, *wanted.span):
        return False
    parts = [part for part in tree.children if part.name == wanted.kind]
    return any(all(match.holds(part) for match in wanted.matches) for part in parts)
