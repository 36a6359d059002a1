"""Calendars of spaces: their address is made of the marker, and a property of theirs says it.

Nobody but their owner sees that property (tried on 33.0.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, segment
from oscartes_sync.adapters.nextcloud.calendars import Calendars
from oscartes_sync.adapters.nextcloud.collection import Collection, read_collection
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery
from oscartes_sync.adapters.nextcloud.spaces.marking import MARK, marking
from oscartes_sync.errors import Missing, NotKept, Taken, Unexpected
from oscartes_sync.mapping.zones import vtimezone
from oscartes_sync.planning.spaces.values import FoundCalendar, FoundTeam, calendar_uri

_PRINCIPAL = "principals/circles"
_PROPS: Final = (*Calendars.props, MARK)


class SpaceCalendars:
    """The calendars of our account that are spaces'."""

    def __init__(self, dav: Dav, discovery: Discovery, zone: str) -> None:
        self._dav = dav
        self._discovery = discovery
        self._shelf = Calendars(dav, discovery)
        self._zone = zone

    def ours(self) -> Mapping[str, tuple[str, Collection]]:
        """Every calendar of ours: URI → the marker that it bears ("" for none), and itself."""
        account = self._discovery.account()
        listed = self._dav.propfind(account.home, _PROPS, depth=1)
        if account.home not in {canonical(one.href) for one in listed}:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=account.home, status=207
            )
        found = {}
        for response in listed:
            if canonical(response.href) == account.home:
                continue
            one = read_collection(response, account)
            if one.ours and (one.real or one.trashed):
                found[one.uri] = (response.text(MARK).strip(), one)
        return found

    @staticmethod
    def found(mark: str, one: Collection, team: FoundTeam | None) -> FoundCalendar:
        """A calendar as a space sees it; `mark` is what it bears."""
        name = f"{_PRINCIPAL}/{team.id}" if team else ""
        write = next((each.write for each in one.invites if each.principal == name), None)
        return FoundCalendar(
            uri=one.uri, title=one.title, marked=bool(mark), write=write, binned=one.trashed
        )

    def make(self, mark: str, title: str) -> FoundCalendar:
        """See `SpacePlaces.make_calendar`.

        Raises:
            Taken: `space-calendar-binned`: it lies in the bin, where its address stays taken.
            Forbidden: `calendar-limit`.
        """
        uri = calendar_uri(mark)
        made = self._shelf.make(uri, title, "", _in_zone(self._zone))
        if made.trashed:
            raise Taken("space-calendar-binned", calendar=uri)
        marking(self._dav, made.href, {MARK: mark})
        return FoundCalendar(uri=uri, title=title)

    def change(self, calendar: FoundCalendar, mark: str, title: str) -> FoundCalendar:
        """See `SpacePlaces.change_calendar`."""
        href = self._shelf.href(calendar.uri)
        marking(self._dav, href, {MARK: mark} | ({"d:displayname": title} if title else {}))
        return replace(calendar, title=title or calendar.title, marked=True)

    def share(
        self, calendar: FoundCalendar, team: FoundTeam, *, write: bool | None
    ) -> FoundCalendar:
        """See `SpacePlaces.share_calendar`: read back, since a 200 may have done nothing (061)."""
        principal = f"principal:{_PRINCIPAL}/{segment(team.id)}"
        granted = {} if write is None else {principal: write}
        removed = [principal] if write is None else []
        href = self._shelf.href(calendar.uri)
        reply = self._dav.send("POST", href, dav_xml.share(granted, removed), patience=0)
        if reply.status not in (200, 204):
            raise self._dav.refusal(reply, wrote=True)
        one = self._shelf.at(href)
        if one is None:
            raise Missing("calendar-missing", cloud=self._dav.cloud, calendar=calendar.uri)
        back = self.found("", one, team)
        if back.write is not write:
            raise NotKept("cloud-not-kept", href=href, fields="share")
        return replace(calendar, write=write)

    def version(self, uri: str) -> str:
        """Changes with anything in it; "" where it is not there."""
        one = self._shelf.at(self._shelf.href(uri))
        return one.token if one is not None else ""

    def exported(self, uri: str) -> bytes:
        """The whole calendar as one iCalendar file (recording 065)."""
        href = self._shelf.href(uri)
        reply = self._dav.send("GET", f"{href}?export")
        if reply.status != 200 or not reply.body.lstrip().startswith(b"BEGIN:VCALENDAR"):
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=reply.status
            )
        return reply.body


def _in_zone(zone: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OSCARTES//oscartes-sync//FR"]
    return "".join(f"{line}\r\n" for line in (*lines, *vtimezone(zone), "END:VCALENDAR"))
