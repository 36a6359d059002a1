"""One calendar object over HTTP: GET, HEAD, PUT, DELETE, MOVE, COPY."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from oscartes_sync.sandbox.cloud.calendar_properties import content_type
from oscartes_sync.sandbox.cloud.conditions import check_conditions
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.icalendar_text import read
from oscartes_sync.sandbox.cloud.jcal import to_jcal
from oscartes_sync.sandbox.cloud.messages import (
    Refusal,
    Reply,
    Request,
    forbidden,
    node_not_found,
    not_found,
    precondition_failed,
)
from oscartes_sync.sandbox.cloud.seeing import Seen, check_home, find, last_modified, resolve
from oscartes_sync.sandbox.cloud.store import Resource
from oscartes_sync.sandbox.cloud.writing import ObjectWriting
from oscartes_sync.sandbox.cloud.xml_text import href

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BIRTHDAYS = "contact_birthdays"
OVERWRITE_REFUSED = "The destination node already exists, and the overwrite header is set to false"


class ObjectRoutes:
    """Answers requests on ``calendars/<uid>/<uri>/<name>``."""

    def __init__(self, core: Core, writing: ObjectWriting) -> None:
        self.core = core
        self.writing = writing

    def get(self, request: Request, seen: Seen, name: str) -> Reply:
        """GET and HEAD: the viewer's text under the stored text's ETag."""
        there = seen.calendar.resources.get(name)
        unchanged = check_conditions(request, there.etag if there else None)
        if unchanged:
            return unchanged
        resource = seen.resource(name)
        body = seen.body(resource, self.core.settings.busy_word)
        return served(request, resource, body, name)

    def put(self, request: Request, uid: str, uri: str, name: str) -> Reply:
        """PUT: conditions, rights, then the body."""
        seen = self._writable(request, uid, uri, name)
        there = seen.calendar.resources.get(name)
        check_conditions(request, there.etag if there else None)
        if not seen.writable:
            raise _denied(there, uri, name)
        if seen.calendar.source or uri == BIRTHDAYS:
            raise forbidden(f"Permission denied to create file (filename {name})")
        written = self.writing.put(
            seen.calendar,
            name,
            request.body,
            strict="handling=strict" in request.headers.get("prefer", ""),
            schedule=request.headers.get("schedule-reply", "T").upper() != "F",
        )
        headers = []
        if written.warning:
            headers.append(("X-Sabre-Ew-Gross", written.warning.replace("\n", " ")))
        if written.etag:
            headers += [("ETag", written.etag), ("OC-ETag", written.etag)]
        return Reply(201 if written.created else 204, headers=headers)

    def delete(self, request: Request, uid: str, uri: str, name: str) -> Reply:
        """DELETE: to the bin."""
        seen = self._writable(request, uid, uri, name)
        there = seen.calendar.resources.get(name)
        check_conditions(request, there.etag if there else None)
        if there is None:
            raise not_found("Calendar object not found")
        if not seen.writable:
            raise _denied(None, uri, name)
        if seen.calendar.source or uri == BIRTHDAYS:
            raise forbidden(f"Permission denied to delete file (filename {name})")
        self.writing.delete(seen.calendar, there)
        return Reply(204)

    def move(self, request: Request, seen: Seen, name: str) -> Reply:
        """MOVE to another calendar; renaming within one is refused (043)."""
        resource = seen.resource(name)
        check_conditions(request, resource.etag)
        target, new_name = self._target(request)
        if not seen.writable:
            raise _denied(None, seen.uri, name)
        if target.calendar is seen.calendar:
            raise forbidden("Permission denied to rename file")
        replaced = self._make_room(request, target, new_name)
        self.writing.move(seen.calendar, resource, target.calendar, new_name)
        return Reply(204 if replaced else 201)

    def copy(self, request: Request, seen: Seen, name: str) -> Reply:
        """COPY to another calendar."""
        resource = seen.resource(name)
        check_conditions(request, resource.etag)
        target, new_name = self._target(request)
        replaced = self._make_room(request, target, new_name)
        self.writing.put(target.calendar, new_name, resource.body)
        return Reply(204 if replaced else 201)

    def _target(self, request: Request) -> tuple[Seen, str]:
        path = urlsplit(request.headers.get("destination", "")).path
        parts = [unquote(part) for part in path.split("/") if part]
        if len(parts) != 6 or parts[2] != "calendars":
            raise forbidden("Destination URI is not a calendar object")
        target = resolve(self.core, request, parts[3], parts[4])
        if not target.writable:
            raise _denied(None, parts[4], parts[5])
        return target, parts[5]

    def _make_room(self, request: Request, target: Seen, name: str) -> bool:
        there = target.calendar.resources.get(name)
        if there is None:
            return False
        if request.headers.get("overwrite", "T").upper() == "F":
            raise precondition_failed(OVERWRITE_REFUSED, "Overwrite", None)
        self.writing.delete(target.calendar, there)
        return True

    def _writable(self, request: Request, uid: str, uri: str, name: str) -> Seen:
        if uid == request.user.uid or uid not in self.core.directory.accounts:
            return resolve(self.core, request, uid, uri)
        owner = self.core.store.find(uid, uri)
        if owner is not None and name in owner.resources:
            raise node_not_found(name)
        check_home(self.core, request, uid, below=uri)
        found = find(self.core, uid, uri)
        if found is None:
            raise node_not_found(uri)
        return found


def _denied(there: Resource | None, uri: str, name: str) -> Refusal:
    """What members without the right are told: 404, not 403 (062)."""
    if there is not None:
        return node_not_found(name)
    return not_found(f"Calendar with name '{uri}' could not be found")


def served(request: Request, resource: Resource, body: bytes, name: str) -> Reply:
    """An object as a download; Range and jCal where asked for (021)."""
    headers = [
        ("ETag", resource.etag),
        ("OC-ETag", resource.etag),
        ("Content-Disposition", disposition(name)),
        ("X-Accel-Buffering", "no"),
    ]
    if resource.deleted is None:
        headers.insert(0, ("Last-Modified", last_modified(resource)))
    if "application/calendar+json" in request.headers.get("accept", ""):
        return Reply(200, to_jcal(read(body)), "application/calendar+json", headers)
    found = RANGE.fullmatch(request.headers.get("range", ""))
    if found and (found[1] or found[2]):
        first = int(found[1]) if found[1] else max(0, len(body) - int(found[2]))
        last = min(int(found[2]), len(body) - 1) if found[1] and found[2] else len(body) - 1
        headers.append(("Content-Range", f"bytes {first}-{last}/{len(body)}"))
        return Reply(206, body[first : last + 1], content_type(resource), headers)
    return Reply(200, body, content_type(resource), headers)


def disposition(name: str) -> str:
    """Content-Disposition with the name in both forms."""
    plain = name.encode("ascii", "replace").decode().replace('"', "").replace("?", "_")
    return f"attachment; filename*=UTF-8''{href(name)}; filename=\"{plain}\""
