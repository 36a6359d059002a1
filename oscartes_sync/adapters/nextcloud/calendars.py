"""The calendars of an account (RFC 4791)."""

from __future__ import annotations

from typing import ClassVar, Final

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.collection import SHARED_PROPS, Noun, kinds_of
from oscartes_sync.adapters.nextcloud.collections import Collections

_LISTED: Final = frozenset(
    map(dav_xml.name, ("cal:calendar", "ncc:deleted-calendar", "cs:subscribed"))
)


class Calendars(Collections):
    """The calendars, trashed ones and subscriptions among them."""

    noun: ClassVar[Noun] = "calendar"
    props: ClassVar[tuple[str, ...]] = (
        *SHARED_PROPS,
        "ical:calendar-color",
        "cal:supported-calendar-component-set",
        "ncc:deleted-at",
    )

    def _home(self) -> str:
        return self._discovery.account().home

    def _lists(self, response: dav_xml.Response) -> bool:
        return not kinds_of(response).isdisjoint(_LISTED)

    def _making(self, title: str, color: str, timezone: str) -> tuple[str, bytes]:
        return "MKCALENDAR", dav_xml.mkcalendar(title, color, timezone)
