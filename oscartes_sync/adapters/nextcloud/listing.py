"""A collection now, as differences from what the last run knew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.collection import Collection
from oscartes_sync.adapters.nextcloud.cursor import Cursor, is_later
from oscartes_sync.adapters.nextcloud.resources import Resource, Resources
from oscartes_sync.planning.binding import Binding, Deletions
from oscartes_sync.planning.snapshot import Known, Sighting, Snapshot
from oscartes_sync.records.problem import Problem, Side


@dataclass(slots=True)
class _Findings:
    """hrefs to read, those of them said to be there, and hrefs that a complete listing lacks."""

    fetch: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    compared: bool = False


_UNKNOWN = (None, "")
Judge = Callable[[Binding, Resource, datetime], Sighting]
"""Reads one resource and says whether it may be mirrored."""


class Listing:
    """Snapshots of collections."""

    def __init__(
        self, resources: Resources, bodies: Bodies, judge: Judge, says: frozenset[str]
    ) -> None:
        self._judge = judge
        self._says = says
        self._resources = resources
        self._bodies = bodies
        self._doubted: dict[str, frozenset[str]] = {}

    def snapshot(
        self, binding: Binding, calendar: Collection, known: Known, *, full: bool, now: datetime
    ) -> Snapshot:
        """What is there. `calendar` was read before: its token is the one that is kept.

        Nothing is asked where the token stands where it stood; else one sync-collection, or one
        PROPFIND where the bookmark cannot be trusted, and a multiget per hundred that moved. With
        `full` everything is read, and counts as moved.
        """
        cursor = Cursor.read(known.cursor)
        serves = cursor is not None and cursor.serves(calendar.token, now)
        usable = cursor if serves and not full else None
        findings = self._findings(calendar, known, usable, full=full)
        sightings = self._read(binding, now, calendar, findings.fetch)
        absent = frozenset(
            findings.absent | (findings.fetch & known.tokens.keys() - sightings.keys())
        )
        same = {
            href
            for href, sighting in sightings.items()
            if known.tokens.get(href) == sighting.token and not full
        }
        moved = {href: seen for href, seen in sightings.items() if href not in same}
        unmoved = frozenset(known.tokens.keys() - moved.keys() - absent)
        bookmark = Cursor(
            token=calendar.token,
            taken=now,
            full=now if findings.compared or usable is None else usable.full,
            missing=absent,
            lost=cursor.lost_by(calendar.token, absent) if cursor is not None else frozenset(),
            # What was said to be there and then was not shown will not be said again.
            whole=bool(findings.there - sightings.keys()),
        )
        empty = not moved and not unmoved
        self._doubt(binding, frozenset() if empty else bookmark.lost)
        return Snapshot(
            sightings=moved,
            unmoved=unmoved,
            absent=absent,
            cursor=bookmark.write(),
            says=self._says,
            writable=calendar.ours and calendar.writes,
            trusted=calendar.ours,
            empty=empty,
            rewound=cursor is not None and _is_rewound(cursor, calendar, known, sightings),
            problems=_problems(binding, calendar, len(self._doubted[binding.name])),
        )

    def _doubt(self, binding: Binding, lost: frozenset[str]) -> None:
        """What is empty deletes nothing without a word; what is asked, a person decides."""
        propagates = binding.deletions is Deletions.PROPAGATE
        self._doubted[binding.name] = lost if propagates else frozenset()

    def doubted(self, binding: Binding) -> frozenset[str]:
        """What is absent from the last snapshot, and was not deleted by anybody: see `Cursor`."""
        return self._doubted.get(binding.name, frozenset())

    def sighting(self, binding: Binding, resource: Resource, now: datetime) -> Sighting:
        """One resource, judged."""
        return self._judge(binding, resource, now)

    def _findings(
        self, calendar: Collection, known: Known, cursor: Cursor | None, *, full: bool
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
        return _Findings(fetch=asked | delta.removed | moved, there=moved)

    def _compared(
        self, calendar: Collection, tokens: Mapping[str, str], *, full: bool = False
    ) -> _Findings:
        listed = self._resources.listing(calendar.href)
        fetch = {
            href for href, etag in listed.items() if full or not etag or tokens.get(href) != etag
        }
        absent = set(tokens.keys() - listed.keys())
        return _Findings(fetch=fetch, there=fetch, absent=absent, compared=True)

    def _read(
        self, binding: Binding, now: datetime, calendar: Collection, hrefs: Iterable[str]
    ) -> dict[str, Sighting]:
        found = {}
        for resource in self._resources.fetch(calendar.href, hrefs):
            self._bodies.keep(resource)
            found[resource.href] = self._judge(binding, resource, now)
        return found


def _is_rewound(
    cursor: Cursor, calendar: Collection, known: Known, sightings: Mapping[str, Sighting]
) -> bool:
    """Whether the server went back to an earlier time.

    Its token did, or it is where we left it though resources are not: we wrote them after that.
    """
    if cursor.is_ahead_of(calendar.token):
        return True
    moved = (href for href, seen in sightings.items() if known.tokens.get(href) not in _UNKNOWN)
    return cursor.token == calendar.token and any(
        known.tokens[href] != sightings[href].token for href in moved
    )


def _problems(binding: Binding, calendar: Collection, doubted: int) -> tuple[Problem, ...]:
    found, noun = [], calendar.noun
    if doubted:
        found.append(
            Problem.warning(
                f"{noun}-went-back", Side.CLOUD, **{noun: calendar.uri, "count": str(doubted)}
            )
        )
    if not calendar.ours and binding.direction.writes(Side.CLOUD):
        found.append(
            Problem.warning(
                f"{noun}-source-only",
                Side.CLOUD,
                **{noun: calendar.uri, "owner": calendar.owner},
            )
        )
    return tuple(found)
