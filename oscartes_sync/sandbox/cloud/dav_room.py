"""Everything under ``/remote.php/dav/``: the root, principals, and calendar homes."""

from __future__ import annotations

from collections.abc import Callable

from oscartes_sync.sandbox.cloud.calendar_routes import CalendarRoutes, no_sub_collections
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.export import Export
from oscartes_sync.sandbox.cloud.messages import (
    ALLOWED,
    Reply,
    Request,
    bad_request,
    forbidden,
    not_allowed,
    not_found,
    not_implemented,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.object_routes import ObjectRoutes
from oscartes_sync.sandbox.cloud.propfind import Propfind
from oscartes_sync.sandbox.cloud.reports import Reports, parse_report
from oscartes_sync.sandbox.cloud.seeing import Seen, check_home, resolve
from oscartes_sync.sandbox.cloud.sharing import Sharing
from oscartes_sync.sandbox.cloud.throttles import Throttles
from oscartes_sync.sandbox.cloud.trash_room import TrashRoom
from oscartes_sync.sandbox.cloud.writing import ObjectWriting

DAV_CLASSES = (
    "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, "
    "oc-resource-sharing, calendar-access, calendar-proxy, calendar-auto-schedule, "
    "calendar-availability, nc-calendar-trashbin, nc-calendar-webcal-cache, "
    "calendarserver-subscribed, oc-calendar-publishing, calendarserver-sharing, nc-paginate, "
    "nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar, 2"
)
COLLECTION_TEXT = (
    b"This is the WebDAV interface. It can only be accessed by WebDAV clients such as the "
    b"Nextcloud desktop sync client."
)
METHODS = frozenset((*ALLOWED.split(", "), "MKCOL", "MKCALENDAR", "POST", "ACL"))


class CalendarRoom:
    """Answers ``/remote.php/dav/calendars/…``."""

    def __init__(self, core: Core, throttles: Throttles, writing: ObjectWriting) -> None:
        self.core = core
        self.propfind = Propfind(core)
        self.reports = Reports(core, self.propfind)
        self.objects = ObjectRoutes(core, writing)
        self.calendars = CalendarRoutes(core, throttles)
        self.trash = TrashRoom(core, self.propfind)
        self.sharing = Sharing(core, throttles)
        self.export = Export(core)

    def answer(self, request: Request) -> Reply:
        """Dispatch on how deep the path is. Raises Refusal."""
        if request.method not in METHODS:
            raise not_implemented(request.method)
        if request.method == "OPTIONS":
            return options()
        parts = request.segments[3:]
        if not parts:
            return self._root(request)
        if len(parts) == 1:
            return self._home(request, parts[0])
        if parts[1] == "trashbin":
            check_home(self.core, request, parts[0], below="trashbin")
            return self.trash.answer(request, parts[2:])
        if parts[1] in ("inbox", "outbox"):
            check_home(self.core, request, parts[0], below=parts[1])
            return self.propfind.box(request, parts[1])
        if len(parts) == 2:
            return self._calendar(request, parts[0], parts[1])
        return self._object(request, parts[0], parts[1], parts[2], deeper=len(parts) > 3)

    def _root(self, request: Request) -> Reply:
        if request.method == "PROPFIND":
            raise not_allowed("Listing members of this collection is disabled")
        raise not_implemented(request.method)

    def _home(self, request: Request, uid: str) -> Reply:
        if request.method == "PROPFIND":
            return self.propfind.home(request, uid)
        check_home(self.core, request, uid)
        if request.method == "REPORT":
            raise report_not_supported(str(parse_report(request.body).tag))
        if request.method in ("GET", "HEAD"):
            return Reply(200, COLLECTION_TEXT)
        if request.method in ("MKCALENDAR", "MKCOL"):
            raise not_allowed("The resource you tried to create already exists")
        raise forbidden(f"{request.method} of a calendar home is not allowed")

    def _calendar(self, request: Request, uid: str, uri: str) -> Reply:
        method = request.method
        if method == "MKCALENDAR":
            return self.calendars.mkcalendar(request, uid, uri)
        if method == "MKCOL":
            return self.calendars.mkcol(request, uid, uri)
        seen = resolve(self.core, request, uid, uri)
        actions: dict[str, Callable[[Request, Seen], Reply]] = {
            "PROPFIND": self.propfind.calendar,
            "REPORT": self.reports.answer,
            "PROPPATCH": self.calendars.proppatch,
            "DELETE": self.calendars.delete,
            "POST": self.sharing.answer,
            "MOVE": self.trash.restore_calendar,
            "GET": self.page,
            "HEAD": self.page,
        }
        action = actions.get(method)
        if action is None:
            raise not_implemented(method)
        return action(request, seen)

    def page(self, request: Request, seen: Seen) -> Reply:
        """GET of a calendar: a sentence, or with ``?export`` everything (021, 065)."""
        if request.query.split("=")[0].split("&")[0] == "export":
            return self.export.answer(request, seen)
        return Reply(200, COLLECTION_TEXT)

    def _object(self, request: Request, uid: str, uri: str, name: str, *, deeper: bool) -> Reply:
        method = request.method
        if deeper:
            resolve(self.core, request, uid, uri)
            raise not_found("Calendar object not found")
        if method == "PUT":
            return self.objects.put(request, uid, uri, name)
        if method == "DELETE":
            return self.objects.delete(request, uid, uri, name)
        seen = resolve(self.core, request, uid, uri)
        if method in ("MKCOL", "MKCALENDAR"):
            raise no_sub_collections()
        actions: dict[str, Callable[[Request, Seen, str], Reply]] = {
            "GET": self.objects.get,
            "HEAD": self.objects.get,
            "PROPFIND": self.propfind.object,
            "MOVE": self.objects.move,
            "COPY": self.objects.copy,
        }
        action = actions.get(method)
        if action is None:
            seen.resource(name)
            raise bad_request(f"{method} of a calendar object is not supported")
        return action(request, seen, name)


def options(allowed: str = ALLOWED) -> Reply:
    """OPTIONS (010)."""
    headers = [
        ("Allow", allowed),
        ("DAV", DAV_CLASSES),
        ("MS-Author-Via", "DAV"),
        ("Accept-Ranges", "bytes"),
    ]
    return Reply(200, headers=headers)
