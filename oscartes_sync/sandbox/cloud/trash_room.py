"""The CalDAV trash bin, ``calendars/<uid>/trashbin/…`` (recordings 045-047, 062)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from oscartes_sync.sandbox.cloud.calendar_properties import ObjectProperties
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import (
    Reply,
    Request,
    forbidden,
    node_not_found,
    not_allowed,
    not_found,
    not_implemented,
    report_not_supported,
)
from oscartes_sync.sandbox.cloud.object_routes import served
from oscartes_sync.sandbox.cloud.propfind import (
    Propfind,
    asked,
    multistatus,
    names_in,
    plain_response,
)
from oscartes_sync.sandbox.cloud.reports import parse_report
from oscartes_sync.sandbox.cloud.seeing import Seen, home
from oscartes_sync.sandbox.cloud.store import Resource
from oscartes_sync.sandbox.cloud.xml_text import Writer, cal, dav, ncc, text

Binned = tuple[Seen, Resource]


class TrashRoom:
    """Answers what is asked of a bin: its own, its objects, and restoring."""

    def __init__(self, core: Core, propfind: Propfind) -> None:
        self.core = core
        self.propfind = propfind
        self.objects = ObjectProperties(core)

    def answer(self, request: Request, rest: tuple[str, ...]) -> Reply:
        """Dispatch on what follows ``trashbin``. Raises Refusal."""
        if not rest:
            return self._bin(request)
        if rest == ("objects",):
            return self._objects(request)
        if rest[0] == "objects" and len(rest) == 2:
            return self._object(request, rest[1])
        if rest[0] == "restore" and len(rest) == 1 and request.method == "PROPFIND":
            return self._folders(request, ("restore/",))
        raise node_not_found(rest[0])

    def _bin(self, request: Request) -> Reply:
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        names = asked(request)
        writer = Writer()
        base = self._base(request)
        responses = [plain_response(writer, base, names, self.propfind.bin_values(writer))]
        if request.headers.get("depth", "1") != "0":
            folder = {dav("resourcetype"): "<d:collection/>"}
            responses += [
                plain_response(writer, f"{base}{name}/", names, folder)
                for name in ("restore", "objects")
            ]
        return multistatus(writer, responses)

    def _folders(self, request: Request, names: tuple[str, ...]) -> Reply:
        writer = Writer()
        folder = {dav("resourcetype"): "<d:collection/>"}
        base = self._base(request)
        return multistatus(
            writer, [plain_response(writer, base + name, asked(request), folder) for name in names]
        )

    def _objects(self, request: Request) -> Reply:
        if request.method == "PROPFIND":
            if request.headers.get("depth", "1") != "0":
                raise not_implemented("")
            return self._folders(request, ("objects/",))
        if request.method != "REPORT":
            raise not_implemented(request.method)
        root = parse_report(request.body)
        if root.tag != cal("calendar-query"):
            raise report_not_supported(str(root.tag))
        prop = root.find(dav("prop"))
        names = [] if prop is None else names_in(prop)
        writer = Writer()
        # the server hands out the whole bin whatever the filter says
        return multistatus(
            writer, [self._response(writer, request, one, names) for one in self._all(request)]
        )

    def _object(self, request: Request, name: str) -> Reply:
        found = self._find(request, name)
        seen, resource = found
        if request.method in ("GET", "HEAD"):
            body = seen.body(resource, self.core.settings.busy_word)
            return served(request, resource, body, name)
        if request.method == "PROPFIND":
            writer = Writer()
            names = asked(request) or []
            return multistatus(writer, [self._response(writer, request, found, names)])
        if request.method == "DELETE":
            seen.calendar.forget(resource)
            return Reply(204)
        if request.method == "MOVE":
            return self._restore(request, seen, resource)
        raise not_allowed(f"{request.method} in the bin is not allowed")

    def _restore(self, request: Request, seen: Seen, resource: Resource) -> Reply:
        if "/trashbin/restore/" not in urlsplit(request.headers.get("destination", "")).path:
            raise forbidden("Objects of the bin can only be restored")
        if resource.name in seen.calendar.resources:
            raise forbidden(
                f"Can not restore calendar {resource.number} because a calendar object "
                f"with the URI {resource.name} already exists"
            )
        seen.calendar.restore(resource)
        return Reply(201)

    def restore_calendar(self, request: Request, seen: Seen) -> Reply:
        """MOVE of a trashed calendar to ``trashbin/restore/`` (046)."""
        path = unquote(urlsplit(request.headers.get("destination", "")).path)
        if "/trashbin/restore/" not in path or not seen.own:
            raise forbidden("Calendars can only be moved out of the bin")
        seen.calendar.deleted = None
        return Reply(201)

    def _base(self, request: Request) -> str:
        return f"/remote.php/dav/calendars/{request.user.uid}/trashbin/"

    def _all(self, request: Request) -> Iterator[Binned]:
        """Everything binned; on 34 what was binned in calendars shared with one too (062)."""
        for seen in home(self.core, request.user.uid):
            if self.core.version == 32 and not seen.own:
                continue
            for resource in seen.calendar.trashed.values():
                if seen.shows(resource):
                    yield seen, resource

    def _find(self, request: Request, name: str) -> Binned:
        for seen, resource in self._all(request):
            if name == f"{resource.number}.ics":
                return seen, resource
        raise not_found("")

    def _response(self, writer: Writer, request: Request, binned: Binned, names: list[str]) -> str:
        seen, resource = binned
        found = self.objects.found(seen, resource, names)
        own = {
            ncc("deleted-at"): f"{resource.deleted:%Y-%m-%dT%H:%M:%S}+00:00",
            ncc("calendar-uri"): text(seen.uri),
        }
        if self.core.version == 34:
            own[ncc("source-calendar-uri")] = text(seen.calendar.uri)
        ordered = {name: own.get(name) or found[name] for name in names if name in own | found}
        missing = [name for name in names if name not in ordered]
        path = f"{self._base(request)}objects/{resource.number}.ics"
        return writer.response(path, ordered, missing)
