"""The calendar trash bin: what was deleted within the last weeks, and how to bring it back.

PROPFIND of its objects is 501 and a REPORT ignores its filters, so the whole bin is read and
sifted here; objects bear numbers there instead of their names (recording 045).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, last_segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import Forbidden, Missing, Taken

_PROPS = ("d:getetag", "ncc:calendar-uri", "ncc:source-calendar-uri", "cal:calendar-data")


@dataclass(frozen=True, slots=True)
class Trashed:
    """One object in the bin: `calendar` is the URI of the calendar it was in."""

    href: str
    etag: str
    calendar: str
    uid: str
    body: bytes = field(repr=False)


class TrashBin:
    """The bin of one account; `home` is its calendar home, "" for address books: they have none."""

    def __init__(self, dav: Dav, home: str) -> None:
        self._dav = dav
        self._home = home

    def objects(self) -> Iterator[Trashed]:
        """Everything in the bin; nothing where the server keeps none (recording 047)."""
        if not self._home:
            return
        reply = self._dav.report(f"{self._home}trashbin/objects/", dav_xml.calendar_query(_PROPS))
        try:
            answer = self._dav.multistatus(reply)
        except (Missing, Forbidden):
            return
        for response in answer.responses:
            text = response.text("cal:calendar-data")
            # 32.0.2 knows `calendar-uri` alone; both tell the same (recording 045).
            calendar = response.text("ncc:calendar-uri") or response.text("ncc:source-calendar-uri")
            yield Trashed(
                canonical(response.href),
                response.text("d:getetag"),
                calendar,
                uid_in(text),
                text.encode(),
            )

    def find(self, calendar: str, uid: str) -> Trashed | None:
        """The object of that UID which was deleted from that calendar."""
        for trashed in self.objects():
            if trashed.calendar == calendar and trashed.uid == uid:
                return trashed
        return None

    def purge(self, trashed: Trashed) -> None:
        """Remove it for good; what is gone already is done."""
        reply = self._dav.send("DELETE", trashed.href)
        if reply.status not in (200, 204, 404):
            raise self._dav.refusal(reply, wrote=True)

    def restore(self, trashed: Trashed) -> None:
        """Bring it back under the name it had.

        Raises:
            Taken: `trash-name-taken` where another object has that name by now.
        """
        name = last_segment(trashed.href)
        target = self._dav.address.url(f"{self._home}trashbin/restore/{name}")
        reply = self._dav.send("MOVE", trashed.href, headers={"Destination": target})
        if reply.status in (201, 204):
            return
        error = self._dav.refusal(reply, wrote=True)
        if isinstance(error, Forbidden):
            raise Taken("trash-name-taken", href=trashed.href)
        raise error
