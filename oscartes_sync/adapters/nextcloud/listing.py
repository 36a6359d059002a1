"""A calendar now, as differences from what the last run knew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.calendars import Calendar
from oscartes_sync.adapters.nextcloud.cursor import Cursor, is_later
from oscartes_sync.adapters.nextcloud.resources import Resource, Resources
from oscartes_sync.mapping.says import SAYS
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Sighting, Snapshot
from oscartes_sync.records.event import FIELDS
from oscartes_sync.records.problem import Problem, Side


@dataclass(slots=True)
class _Findings:
    """hrefs to read, and hrefs that a complete listing does not have."""

    fetch: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    compared: bool = False


class Listing:
    """Snapshots of calendars."""

    def __init__(self, resources: Resources, bodies: Bodies) -> None:
        self._resources = resources
        self._bodies = bodies

    def snapshot(
        self, binding: Binding, calendar: Calendar, known: Known, *, full: bool, now: datetime
    ) -> Snapshot:
        """What is there. `calendar` was read before: its token is the one that is kept.

        Nothing is asked where the token stands where it stood; else one sync-collection, or one
        PROPFIND where the bookmark cannot be trusted, and a multiget per hundred that moved. With
        `full` everything is read, and counts as moved.
        """
        cursor = Cursor.read(known.cursor)
        usable = (
            None if full or cursor is None or not cursor.serves(calendar.token, now) else cursor
        )
        findings = self._findings(calendar, known, usable, full=full)
        sightings = self._read(binding, now, calendar, findings.fetch)
        absent = findings.absent | (findings.fetch & known.tokens.keys() - sightings.keys())
        same = {
            href
            for href, sighting in sightings.items()
            if known.tokens.get(href) == sighting.token and not full
        }
        moved = {href: seen for href, seen in sightings.items() if href not in same}
        unmoved = frozenset(known.tokens.keys() - moved.keys() - absent)
        compared = now if findings.compared or usable is None else usable.full
        bookmark = Cursor(token=calendar.token, taken=now, full=compared, missing=frozenset(absent))
        return Snapshot(
            sightings=moved,
            unmoved=unmoved,
            absent=frozenset(absent),
            cursor=bookmark.write(),
            carries=frozenset(FIELDS),
            says=SAYS,
            writable=calendar.ours and calendar.writes,
            trusted=calendar.ours,
            empty=not moved and not unmoved,
            problems=_problems(binding, calendar),
        )

    def sighting(self, binding: Binding, resource: Resource, now: datetime) -> Sighting:
        """One resource, judged."""
        return _judged(binding, resource, now)

    def _findings(
        self, calendar: Calendar, known: Known, cursor: Cursor | None, *, full: bool
    ) -> _Findings:
        if cursor is None:
            return self._compared(calendar, known.tokens, full=full)
        asked = {href for href, token in known.tokens.items() if not token}
        asked |= cursor.missing & known.tokens.keys()
        if cursor.token == calendar.token:
            return _Findings(fetch=asked)
        delta = self._resources.changes(calendar.href, cursor.token)
        backwards = delta.token != cursor.token and not is_later(delta.token, cursor.token)
        if delta.rejected or backwards:
            return self._compared(calendar, known.tokens)
        # Deleted and made again within one window is told as gone (recording 043), so what is
        # said to be gone is asked for by name.
        moved = {href for href, etag in delta.changed.items() if known.tokens.get(href) != etag}
        return _Findings(fetch=asked | delta.removed | moved)

    def _compared(
        self, calendar: Calendar, tokens: Mapping[str, str], *, full: bool = False
    ) -> _Findings:
        listed = self._resources.listing(calendar.href)
        fetch = {
            href for href, etag in listed.items() if full or not etag or tokens.get(href) != etag
        }
        return _Findings(fetch=fetch, absent=set(tokens.keys() - listed.keys()), compared=True)

    def _read(
        self, binding: Binding, now: datetime, calendar: Calendar, hrefs: Iterable[str]
    ) -> dict[str, Sighting]:
        found = {}
        for resource in self._resources.fetch(calendar.href, hrefs):
            self._bodies.keep(resource)
            found[resource.href] = _judged(binding, resource, now)
        return found


def _judged(binding: Binding, resource: Resource, now: datetime) -> Sighting:
    # Reading iCalendar is loaded when there is a resource to read: most runs meet none.
    from oscartes_sync.adapters.nextcloud.standing import judge  # noqa: PLC0415

    return judge(binding, resource, now)


def _problems(binding: Binding, calendar: Calendar) -> tuple[Problem, ...]:
    if calendar.ours or not binding.direction.writes(Side.CLOUD):
        return ()
    return (
        Problem.warning(
            "calendar-source-only", Side.CLOUD, calendar=calendar.uri, owner=calendar.owner
        ),
    )
