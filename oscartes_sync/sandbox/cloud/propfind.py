"""PROPFIND of the calendar tree: homes, calendars, objects, and the bin."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from oscartes_sync.sandbox.cloud.calendar_properties import (
    ALLPROP,
    OBJECT_ALLPROP,
    Asking,
    CalendarProperties,
    ObjectProperties,
    privileges,
)
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import XML, Reply, Request, not_implemented
from oscartes_sync.sandbox.cloud.seeing import Seen, check_home, home
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, href_element, ncc, parse, text

COLLECTION = "<d:collection/>"


def asked(request: Request) -> list[str] | None:
    """The names a PROPFIND asks for, None for allprop (an empty body too)."""
    if not request.body.strip():
        return None
    root = parse(request.body)
    for child in root:
        if child.tag == dav("prop"):
            return names_in(child)
    return None


def names_in(prop: etree._Element) -> list[str]:
    """The names of a ``d:prop``."""
    return [child.tag for child in prop if isinstance(child.tag, str)]


def multistatus(writer: Writer, responses: Iterable[str]) -> Reply:
    """The 207."""
    return Reply(207, writer.multistatus("".join(responses)), XML)


class Propfind:
    """Answers PROPFIND under ``/remote.php/dav/calendars/``."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.calendars = CalendarProperties(core)
        self.objects = ObjectProperties(core)

    def home(self, request: Request, uid: str) -> Reply:
        """The home and, with Depth 1, everything in it."""
        check_home(self.core, request, uid)
        names = asked(request)
        writer = Writer()
        base = f"/remote.php/dav/calendars/{uid}/"
        responses = [self._plain(writer, base, names, {dav("resourcetype"): COLLECTION})]
        if request.headers.get("depth", "1") == "0":
            return multistatus(writer, responses)
        asking = Asking(writer, listed=True, cached=_cached(request))
        responses.extend(
            self.calendar_response(seen, names, asking) for seen in home(self.core, uid)
        )
        for name, kind in (
            ("inbox", "<cal:schedule-inbox/>"),
            ("outbox", "<cal:schedule-outbox/>"),
        ):
            values = {dav("resourcetype"): f"{COLLECTION}{kind}", **_inbox_values(uid, name)}
            responses.append(self._plain(writer, f"{base}{name}/", names, values))
        responses.append(self._plain(writer, f"{base}trashbin/", names, self.bin_values(writer)))
        return multistatus(writer, responses)

    def box(self, request: Request, name: str) -> Reply:
        """The scheduling inbox or outbox; messages are listed by ETag alone (067)."""
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        names = asked(request)
        writer = Writer()
        path = f"/remote.php/dav/calendars/{request.user.uid}/{name}/"
        kind = f"{COLLECTION}<cal:schedule-{name}/>"
        values = {dav("resourcetype"): kind, **_inbox_values(request.user.uid, name)}
        responses = [plain_response(writer, path, names, values)]
        if name == "inbox" and request.headers.get("depth", "1") != "0":
            for message, etag in self.core.inboxes.get(request.user.uid, {}).items():
                found = {dav("getetag"): text(etag), dav("resourcetype"): ""}
                responses.append(plain_response(writer, path + message, names, found))
        return multistatus(writer, responses)

    def bin_values(self, writer: Writer) -> dict[str, str]:
        """The bin's own properties (045)."""
        return {
            dav("resourcetype"): f"{COLLECTION}{writer.element(ncc('trash-bin'))}",
            ncc("trash-bin-retention-duration"): str(self.core.settings.retention),
        }

    def calendar(self, request: Request, seen: Seen) -> Reply:
        """A calendar and, with Depth 1, its objects."""
        names = asked(request)
        writer = Writer()
        asking = Asking(writer, cached=_cached(request))
        responses = [self.calendar_response(seen, names, asking)]
        if request.headers.get("depth", "1") != "0":
            wanted = names if names is not None else list(OBJECT_ALLPROP)
            responses.extend(
                self.object_response(writer, seen, resource.name, wanted)
                for resource in seen.resources()
            )
        return multistatus(writer, responses)

    def calendar_response(self, seen: Seen, names: list[str] | None, asking: Asking) -> str:
        """One ``d:response`` for a calendar."""
        found: dict[str, str] = {}
        wanted = ALLPROP if names is None else names
        for name in wanted:
            value = self.calendars.value(seen, name, asking)
            if value is not None:
                found[name] = value
        missing = () if names is None else [name for name in names if name not in found]
        return asking.writer.response(seen.path, found, missing)

    def object_response(self, writer: Writer, seen: Seen, name: str, names: list[str]) -> str:
        """One ``d:response`` for an object the viewer may see."""
        found = self.objects.found(seen, seen.calendar.resources[name], names)
        missing = () if len(found) == len(names) else [one for one in names if one not in found]
        return writer.response(seen.path + name, found, missing)

    def object(self, request: Request, seen: Seen, name: str) -> Reply:
        """One object."""
        seen.resource(name)
        writer = Writer()
        names = asked(request) or list(OBJECT_ALLPROP)
        return multistatus(writer, [self.object_response(writer, seen, name, names)])

    def _plain(
        self, writer: Writer, path: str, names: list[str] | None, values: dict[str, str]
    ) -> str:
        return plain_response(writer, path, names, values)


def plain_response(
    writer: Writer, path: str, names: list[str] | None, values: dict[str, str]
) -> str:
    """One ``d:response`` of something with a fixed set of properties."""
    if names is None:
        return writer.response(path, values, ())
    found = {name: values[name] for name in names if name in values}
    return writer.response(path, found, [name for name in names if name not in found])


def _cached(request: Request) -> bool:
    return request.headers.get("x-nc-caldav-webcal-caching", "").lower() == "on"


def _inbox_values(uid: str, name: str) -> dict[str, str]:
    granted = "cal:schedule-deliver" if name == "inbox" else "cal:schedule-send"
    return {
        dav("owner"): href_element(f"/remote.php/dav/principals/users/{uid}/"),
        dav("current-user-privilege-set"): privileges("read", granted),
    }
