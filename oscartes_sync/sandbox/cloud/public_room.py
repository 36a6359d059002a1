"""Published calendars, ``/remote.php/dav/public-calendars/<token>``: no sign-in (064)."""

from __future__ import annotations

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import CalendarRoom, options
from oscartes_sync.sandbox.cloud.messages import (
    Reply,
    Request,
    node_not_found,
    not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.seeing import Seen


class PublicRoom:
    """Shows published calendars, as members without the right to write see them."""

    def __init__(self, core: Core, room: CalendarRoom) -> None:
        self.core = core
        self.room = room

    def answer(self, request: Request) -> Reply:
        """Read the calendar of a token or one of its objects. Raises Refusal."""
        if request.method == "OPTIONS":
            return options()
        parts = request.segments[3:]
        if not parts:
            raise not_implemented(request.method)
        seen = self._seen(parts[0])
        if len(parts) == 1:
            return self._calendar(request, seen)
        name = parts[1]
        if request.method in ("GET", "HEAD"):
            reply = self.room.objects.get(request, seen, name)
            reply.headers = [one for one in reply.headers if "Disp" not in one[0]]
            return reply
        if request.method == "PROPFIND":
            return self.room.propfind.object(request, seen, name)
        raise not_found(f"Node with name '{name}' could not be found")

    def _calendar(self, request: Request, seen: Seen) -> Reply:
        if request.method == "PROPFIND":
            return self.room.propfind.calendar(request, seen)
        if request.method == "REPORT":
            return self.room.reports.answer(request, seen)
        if request.method in ("GET", "HEAD"):
            return self.room.page(request, seen)
        raise node_not_found(seen.uri)

    def _seen(self, token: str) -> Seen:
        for calendar in self.core.store.calendars.values():
            if calendar.public_token == token and calendar.deleted is None:
                return Seen(calendar, None, token, writable=False)
        raise node_not_found(token)
