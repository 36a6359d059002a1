"""The limits real servers set: calendars and shares by the hour, wrong passwords by address."""

from __future__ import annotations

from datetime import datetime, timedelta

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Refusal, Request, forbidden

HOUR = timedelta(hours=1)
HALF_HOUR = timedelta(minutes=30)
MOST_FAILURES = 10


class Throttles:
    """Counts what is limited, by account, over sliding windows."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._made: dict[str, list[datetime]] = {}
        self._shared: dict[str, list[datetime]] = {}
        self.failures: list[datetime] = []

    def calendar_made(self, request: Request) -> None:
        """Count a calendar or subscription about to be made; only cookies are held to it.

        The server's plugin asks who the session belongs to before Basic has been looked at (048).
        """
        settings = self.core.settings
        if not request.by_session:
            return
        uid = request.user.uid
        owned = sum(1 for _ in self.core.store.owned(uid))
        if owned >= settings.maximum_calendars:
            raise forbidden("Calendar limit reached")
        self._count(self._made, uid, settings.calendars_per_hour, "Too many calendars created")

    def share_asked(self, request: Request) -> None:
        """Count a request to share; 34 alone, cookies or not (049)."""
        if self.core.version == 34:
            limit = self.core.settings.shares_per_hour
            self._count(
                self._shared,
                request.user.uid,
                limit,
                "Too many addressbook or calendar share requests",
            )

    def _count(self, kept: dict[str, list[datetime]], uid: str, limit: int, message: str) -> None:
        if not self.core.settings.rate_limits:
            return
        now = self.core.clock()
        recent = [moment for moment in kept.get(uid, []) if now - moment < HOUR]
        if len(recent) >= limit:
            raise too_many(message)
        kept[uid] = [*recent, now]

    def failed(self) -> None:
        """Count a wrong password."""
        self.failures.append(self.core.clock())

    def closed(self) -> bool:
        """Whether there were too many wrong passwords lately."""
        if not self.core.settings.brute_force:
            return False
        now = self.core.clock()
        self.failures = [moment for moment in self.failures if now - moment < HALF_HOUR]
        return len(self.failures) > MOST_FAILURES


def too_many(message: str) -> Refusal:
    """429; no Retry-After comes with it (049, 168)."""
    return Refusal(
        429,
        "OCA\\DAV\\Connector\\Sabre\\Exception\\TooManyRequests",
        message,
        extra='  <o:hint xmlns:o="o:">too many requests</o:hint>\n',
    )
