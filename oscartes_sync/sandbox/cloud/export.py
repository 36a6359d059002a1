"""GET ``?export``: a whole calendar as one text (recordings 063-065)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs
from xml.sax.saxutils import unescape

from oscartes_sync.sandbox.cloud.calendar_properties import Asking, CalendarProperties
from oscartes_sync.sandbox.cloud.calendar_query import BEGINNING, END
from oscartes_sync.sandbox.cloud.checking import PRODID
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.expansion import instance
from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, read
from oscartes_sync.sandbox.cloud.jcal import to_jcal
from oscartes_sync.sandbox.cloud.messages import Reply, Request, bad_request
from oscartes_sync.sandbox.cloud.recurrence import instances, within
from oscartes_sync.sandbox.cloud.seeing import Seen
from oscartes_sync.sandbox.cloud.xml_text import Writer, apple, dav

REFRESH = "PT4H"
SABREDAV = "-//SabreDAV//SabreDAV//EN"
KINDS = ("VEVENT", "VTODO", "VJOURNAL")


class Export:
    """Answers ``?export`` of a calendar, of one's own, shared or public."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.properties = CalendarProperties(core)

    def answer(self, request: Request, seen: Seen) -> Reply:
        """The text, or jCal, of what the viewer may see; never an ETag."""
        asked = parse_qs(request.query, keep_blank_values=True)
        whole = self._head(seen, expand="expand" in asked)
        self._fill(whole, seen, asked)
        jcal = "jcal" in asked.get("accept", ()) or (
            "application/calendar+json" in request.headers.get("accept", "")
        )
        extension = "json" if jcal else "ics"
        name = f"{seen.uri}-{self.core.now():%Y-%m-%d}.{extension}"
        headers = [("Content-Disposition", f'attachment; filename="{name}"')]
        if jcal:
            return Reply(200, to_jcal(whole), "application/calendar+json", headers)
        return Reply(200, whole.text().encode(), "text/calendar;charset=UTF-8", headers)

    def _head(self, seen: Seen, *, expand: bool) -> Component:
        whole = Component("VCALENDAR")
        product = Line("PRODID", "", PRODID if expand else SABREDAV)
        scale = Line("CALSCALE", "", "GREGORIAN")
        version = Line("VERSION", "", "2.0")
        whole.lines = [version, product, scale] if expand else [scale, version, product]
        asking = Asking(Writer())
        for name, line in NAMED:
            value = self.properties.value(seen, name, asking)
            if value:
                plain = unescape(value, {"&quot;": '"', "&#13;": "\r"})
                whole.lines.append(Line(line, "", plain))
        whole.lines.append(Line("REFRESH-INTERVAL", ";VALUE=DURATION", REFRESH))
        whole.lines.append(Line("X-PUBLISHED-TTL", "", REFRESH))
        return whole

    def _fill(self, whole: Component, seen: Seen, asked: dict[str, list[str]]) -> None:
        begin, end = _span(asked)
        kinds = tuple(kind.upper() for kind in asked.get("componentType", ())) or KINDS
        zones: set[str | None] = set()
        for resource in sorted(seen.resources(), key=lambda one: one.name):
            if resource.component not in kinds:
                continue
            tree = read(seen.body(resource, self.core.settings.busy_word))
            if "expand" in asked:
                whole.children += [
                    instance(part, local)
                    for part, local in instances(tree, resource.component, begin, end)
                ]
                continue
            limited = "start" in asked or "end" in asked
            if limited and not within(tree, resource.component, begin, end):
                continue
            for part in tree.children:
                if part.name == "VTIMEZONE":
                    if part.value("TZID") in zones:
                        continue
                    zones.add(part.value("TZID"))
                whole.children.append(part)


NAMED = (
    (dav("displayname"), "X-WR-CALNAME"),
    (apple("calendar-color"), "X-APPLE-CALENDAR-COLOR"),
)


def _span(asked: dict[str, list[str]]) -> tuple[datetime, datetime]:
    def moment(name: str, default: datetime) -> datetime:
        if name not in asked:
            return default
        try:
            return datetime.fromtimestamp(int(asked[name][0]), UTC)
        except ValueError as wrong:
            raise bad_request(f"The {name}= parameter must contain a unix timestamp") from wrong

    return moment("start", BEGINNING), moment("end", END)
