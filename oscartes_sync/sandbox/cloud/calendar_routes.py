"""One calendar over HTTP: MKCALENDAR, MKCOL, PROPPATCH, DELETE, GET."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from oscartes_sync.sandbox.cloud.calendar_properties import PROTECTED
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import (
    ALLOWED,
    SABRE,
    XML,
    Refusal,
    Reply,
    Request,
    forbidden,
    not_allowed,
)
from oscartes_sync.sandbox.cloud.seeing import Seen, check_home, find
from oscartes_sync.sandbox.cloud.sharing import leave
from oscartes_sync.sandbox.cloud.store import EVERY_COMPONENT, Calendar, Did, Store
from oscartes_sync.sandbox.cloud.throttles import Throttles
from oscartes_sync.sandbox.cloud.xml_text import Writer, apple, cal, cs, dav, parse, text

TAKEN = "The resource you tried to create already exists"
LONGEST_URI = 255
NO_TRASHBIN = "x-nc-caldav-no-trashbin"
COMPONENTS = cal("supported-calendar-component-set")
TRANSPARENCY = cal("schedule-calendar-transp")
KEPT_WITH_CALENDAR = frozenset(
    (
        dav("displayname"),
        cal("calendar-description"),
        cal("calendar-timezone"),
        apple("calendar-order"),
        apple("calendar-color"),
        TRANSPARENCY,
    )
)
"""What the calendar's own row has room for: a change of these alone moves the token, dead
properties do not (016; apps/dav/lib/CalDAV/CalDavBackend.php, `updateCalendar`)."""


class CalendarRoutes:
    """Makes, changes and deletes calendars."""

    def __init__(self, core: Core, throttles: Throttles) -> None:
        self.core = core
        self.throttles = throttles

    def mkcalendar(self, request: Request, uid: str, uri: str) -> Reply:
        """MKCALENDAR, with or without properties (013, 014)."""
        root = parse(request.body) if request.body.strip() else None
        check_home(self.core, request, uid)
        self._free(request, uid, uri)
        self._make(uid, uri, _set_properties(root))
        return Reply(201)

    def mkcol(self, request: Request, uid: str, uri: str) -> Reply:
        """Extended MKCOL: a calendar or a subscription; a plain one is refused (014, 066)."""
        root = parse(request.body) if request.body.strip() else None
        check_home(self.core, request, uid)
        properties = _set_properties(root)
        kind = properties.pop(dav("resourcetype"), None)
        names = [child.tag for child in kind] if kind is not None else []
        if cal("calendar") not in names and cs("subscribed") not in names:
            self._free(request, uid, uri, counted=False)
            raise Refusal(
                403,
                SABRE + "InvalidResourceType",
                "You can only create calendars and subscriptions in this collection",
                extra="  <d:valid-resourcetype/>\n",
            )
        self._free(request, uid, uri)
        if cs("subscribed") in names:
            self._subscribe(uid, uri, properties)
        else:
            self._make(uid, uri, properties)
        return Reply(201)

    def _free(self, request: Request, uid: str, uri: str, *, counted: bool = True) -> None:
        if find(self.core, uid, uri) is not None:
            raise not_allowed(TAKEN)
        if counted:
            self.throttles.calendar_made(request)
        if len(uri) > LONGEST_URI:
            raise Refusal(
                500,
                "OCP\\Calendar\\Exceptions\\CalendarException",
                "URI too long. Calendar not created",
            )

    def _make(self, uid: str, uri: str, properties: dict[str, etree._Element]) -> None:
        make_calendar(self.core.store, uid, uri, properties, self.core.now())

    def _subscribe(self, uid: str, uri: str, properties: dict[str, etree._Element]) -> None:
        source = properties.pop(cs("source"), None)
        if source is None:
            raise forbidden(
                "The {http://calendarserver.org/ns/}source property is required when "
                "creating subscriptions"
            )
        calendar = make_calendar(self.core.store, uid, uri, properties, self.core.now())
        calendar.source = (source.findtext(dav("href")) or source.text or "").strip()
        calendar.components = ("VTODO", "VEVENT")
        calendar.properties.setdefault(cs("subscribed-strip-alarms"), "")

    def proppatch(self, request: Request, seen: Seen) -> Reply:
        """PROPPATCH: all or nothing; the href lacks its slash (016)."""
        changes = _changes(parse(request.body))
        protected = [name for name in changes if name in PROTECTED]
        writer = Writer()
        path = seen.path.rstrip("/")
        if protected:
            rest = [name for name in changes if name not in PROTECTED]
            statuses = {403: protected, 424: rest}
        else:
            self._apply(seen, changes)
            statuses = {200: list(changes)}
        return Reply(207, writer.multistatus(writer.propstats(path, statuses)), XML)

    def _apply(self, seen: Seen, changes: dict[str, etree._Element | None]) -> None:
        calendar = seen.calendar
        kept = calendar.properties
        if not seen.own:
            kept = calendar.member_properties.setdefault(seen.viewer or "", {})
        for name, element in changes.items():
            if name == TRANSPARENCY and seen.own:
                calendar.transparent = element is not None and (
                    element.find(cal("transparent")) is not None
                )
            elif element is None:
                kept.pop(name, None)
            else:
                kept[name] = inner_xml(element)
        if seen.own and not KEPT_WITH_CALENDAR.isdisjoint(changes):
            calendar.record("", Did.CHANGED)

    def delete(self, request: Request, seen: Seen) -> Reply:
        """DELETE: to the bin, for good with the header, or just out of a member's home (046)."""
        calendar = seen.calendar
        if not seen.own:
            leave(self.core, calendar, request.user.uid)
        elif (
            NO_TRASHBIN in request.headers
            or calendar.source
            or not self.core.settings.retention
            or calendar.deleted is not None
        ):
            self.core.store.drop(calendar)
        else:
            calendar.deleted = self.core.now()
        return Reply(204)


def make_calendar(
    store: Store,
    uid: str,
    uri: str,
    properties: dict[str, etree._Element],
    moment: datetime,
) -> Calendar:
    """Keep a new calendar with the properties of a MKCALENDAR; its URI names it for want."""
    calendar = store.make(uid, uri)
    calendar.modified = moment
    components = properties.pop(COMPONENTS, None)
    if components is not None:
        names = tuple(one.get("name") or "" for one in components.findall(cal("comp")))
        calendar.components = names or EVERY_COMPONENT
    transparency = properties.pop(TRANSPARENCY, None)
    if transparency is not None:
        calendar.transparent = transparency.find(cal("transparent")) is not None
    calendar.properties = {name: inner_xml(one) for name, one in properties.items()}
    calendar.properties.setdefault(dav("displayname"), text(uri))
    calendar.properties.setdefault(apple("calendar-order"), "0")
    return calendar


def inner_xml(element: etree._Element) -> str:
    """The content of an element, with prefixes declared in place where it has elements."""
    return text(element.text or "") + "".join(
        etree.tostring(child, encoding="unicode") for child in element
    )


def _set_properties(root: etree._Element | None) -> dict[str, etree._Element]:
    if root is None:
        return {}
    return {
        child.tag: child
        for prop in root.iterfind(f"{dav('set')}/{dav('prop')}")
        for child in prop
        if isinstance(child.tag, str)
    }


def _changes(root: etree._Element) -> dict[str, etree._Element | None]:
    changes: dict[str, etree._Element | None] = {}
    for step in root:
        for prop in step.iterfind(dav("prop")):
            for child in prop:
                if isinstance(child.tag, str):
                    changes[child.tag] = child if step.tag == dav("set") else None
    return changes


def no_sub_collections() -> Refusal:
    """What MKCOL within a calendar is told (027)."""
    return not_allowed(
        "Creating collections in calendar objects is not allowed",
        ALLOWED.replace("REPORT", "REPORT, MKCOL"),
    )
