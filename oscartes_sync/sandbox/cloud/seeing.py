"""Calendars as an account sees them: its own, and those shared with it under another URI."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import format_datetime

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.member_view import shown_to_members
from oscartes_sync.sandbox.cloud.messages import Request, node_not_found, not_found
from oscartes_sync.sandbox.cloud.store import Calendar, Resource
from oscartes_sync.sandbox.cloud.xml_text import apple

PRIVATE = "PRIVATE"
SHARED_BY = "_shared_by_"
NO_OBJECT = "Calendar object not found"
RESERVED = ("inbox", "outbox", "trashbin", "notifications")


@dataclass(slots=True)
class Seen:
    """A calendar before one account. `viewer` is its uid, None the public's."""

    calendar: Calendar
    viewer: str | None
    uri: str
    writable: bool

    @property
    def own(self) -> bool:
        """Whether the viewer is the owner."""
        return self.viewer == self.calendar.owner

    @property
    def path(self) -> str:
        """The decoded path, with its slash."""
        if self.viewer is None:
            return f"/remote.php/dav/public-calendars/{self.uri}/"
        return f"/remote.php/dav/calendars/{self.viewer}/{self.uri}/"

    def shows(self, resource: Resource) -> bool:
        """Whether the viewer may know of a resource: PRIVATE ones are their owner's."""
        return self.own or resource.classification != PRIVATE

    def resource(self, name: str) -> Resource:
        """One resource. Raises the server's 404, for PRIVATE ones of others too."""
        resource = self.calendar.resources.get(name)
        if resource is None or not self.shows(resource):
            raise not_found(NO_OBJECT)
        return resource

    def resources(self) -> list[Resource]:
        """All the viewer may see."""
        every = self.calendar.resources.values()
        if self.own:
            return list(every)
        return [one for one in every if one.classification != PRIVATE]

    def body(self, resource: Resource, busy_word: str) -> bytes:
        """The text the viewer is given; its ETag is that of the stored one all the same."""
        if self.own:
            return resource.body
        return shown_to_members(resource, busy_word, writable=self.writable)

    def own_property(self, name: str) -> str | None:
        """A property: the member's own value where there is one."""
        if not self.own and self.viewer is not None:
            mine = self.calendar.member_properties.get(self.viewer, {})
            if name in mine:
                return mine[name]
        return self.calendar.properties.get(name)


def home(core: Core, uid: str) -> list[Seen]:
    """Every calendar of an account's home, in the server's order: calendar-order, then age."""
    seen = [Seen(one, uid, one.uri, writable=True) for one in core.store.owned(uid)]
    principals = core.directory.principals(uid)
    for calendar in core.store.calendars.values():
        if calendar.owner != uid:
            shared = _shared(calendar, uid, principals)
            if shared:
                seen.append(shared)
    return sorted(seen, key=lambda one: (not one.own, _order(one), one.calendar.number))


def _order(seen: Seen) -> int:
    value = seen.calendar.properties.get(apple("calendar-order"), "0")
    return int(value) if value.lstrip("-").isdigit() else 0


def _shared(calendar: Calendar, uid: str, principals: set[str]) -> Seen | None:
    if calendar.deleted is not None or uid in calendar.left:
        return None
    role = calendar.role(principals)
    if role is None:
        return None
    return Seen(calendar, uid, f"{calendar.uri}{SHARED_BY}{calendar.owner}", writable=role)


def find(core: Core, uid: str, uri: str) -> Seen | None:
    """The calendar of that URI in an account's home."""
    calendar = core.store.find(uid, uri)
    if calendar is not None:
        return Seen(calendar, uid, uri, writable=True)
    original, mark, owner = uri.rpartition(SHARED_BY)
    shared = core.store.find(owner, original) if mark else None
    if shared is None:
        return None
    return _shared(shared, uid, core.directory.principals(uid))


def check_home(core: Core, request: Request, uid: str, *, below: str | None = None) -> None:
    """Raise the server's 404 unless the home is the request's own (014, 015, 027)."""
    if uid == request.user.uid:
        return
    if uid not in core.directory.accounts:
        raise not_found(f"Principal with name {uid} not found")
    if below is not None:
        raise not_found(f"Calendar with name '{below}' could not be found")
    raise node_not_found(uid)


def resolve(core: Core, request: Request, uid: str, uri: str) -> Seen:
    """The calendar a path names. Raises the server's 404."""
    check_home(core, request, uid, below=uri)
    seen = find(core, uid, uri)
    if seen is None:
        raise node_not_found(uri)
    return seen


def last_modified(resource: Resource) -> str:
    """The Last-Modified header's form."""
    return format_datetime(resource.modified, usegmt=True)
