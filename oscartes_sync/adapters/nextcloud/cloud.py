"""A Nextcloud as the engine sees it: the port `Cloud`, put together from the rooms below."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from oscartes_sync.adapters.nextcloud.auth import AppPassword, Auth
from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.collection import Collection
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery, Recall, Remember
from oscartes_sync.adapters.nextcloud.genre import EVENTS, Genre
from oscartes_sync.adapters.nextcloud.listing import Listing
from oscartes_sync.adapters.nextcloud.resources import Resources
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.states import signed
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.errors import Invalid, Missing, Taken
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Presence, Snapshot
from oscartes_sync.ports import Clock, Image, Traffic, Written
from oscartes_sync.records.identity import uid_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

if TYPE_CHECKING:
    from oscartes_sync.adapters.nextcloud.memberships import NextcloudMemberships
    from oscartes_sync.adapters.nextcloud.restoring import Restoring
    from oscartes_sync.adapters.nextcloud.shares import Shares
    from oscartes_sync.adapters.nextcloud.trash_bin import TrashBin
    from oscartes_sync.adapters.nextcloud.writing import Place, Writing

# What shares, writes, or looks at vanished things is imported when there is something to do: most
# runs find nothing, and are over before it would be loaded.

_PROJECTION = uid_of("projection", "oscartes")


class NextcloudCloud:
    """One account on one Nextcloud, for one run. Implements `ports.Cloud`.

    `recall` and `remember` keep small texts between runs: where the calendars are, what we
    shared. `state` is the name of our memory, which a calendar that we write to is told, "" for
    none. `genre`: calendars or address books. Writes may come from several threads; what reads the
    collection comes from one.
    """

    def __init__(
        self,
        settings: CloudSettings,
        clock: Clock,
        recall: Recall,
        remember: Remember,
        *,
        user_agent: str,
        auth: Auth | None = None,
        state: str = "",
        genre: Genre = EVENTS,
    ) -> None:
        """Raises ConfigurationError (`cloud-url`, `insecure-url`, `cloud-ca`)."""
        self._settings = settings
        self._clock = clock
        self._state = state
        identity = auth or AppPassword(settings.user, settings.password)
        self._transport = Transport(settings, clock, identity, user_agent=user_agent)
        self._dav = Dav(self._transport)
        self._discovery = Discovery(self._dav, settings, recall, remember)
        self._genre = genre
        self._shelf = genre.collections(self._dav, self._discovery)
        self._recall = recall
        self._remember = remember
        self._resources = Resources(self._dav, genre.dialect)
        self._bodies = Bodies()
        self._listing = Listing(self._resources, self._bodies, genre.judge, genre.says)
        self._collections: dict[str, Collection] = {}
        self._etags: dict[str, Mapping[str, str]] = {}
        self._lock = threading.Lock()

    @cached_property
    def memberships(self) -> NextcloudMemberships:
        """The teams and groups that this account keeps; its requests count as ours."""
        from oscartes_sync.adapters.nextcloud.memberships import (  # noqa: PLC0415
            NextcloudMemberships,
        )

        return NextcloudMemberships(self._dav, self._discovery)

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """The calendar now, by one request where nothing moved.

        A calendar that is not there yet is empty: it is made when something is to be written.

        Raises:
            Missing: `calendar-gone` where there was one with events, `calendar-trashed`.
            Invalid: it holds no events, or is no calendar.
            SideError: where it cannot be read.
        """
        now = self._clock.now()
        calendar = self._find(binding)
        if calendar is None:
            if known.tokens:
                raise Missing(f"{self._shelf.noun}-gone", **self._named(binding))
            return Snapshot(empty=True, says=self._genre.says)
        with self._lock:
            self._etags[binding.name] = known.tokens
        return self._listing.snapshot(binding, calendar, known, full=full, now=now)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """What became of these hrefs; nothing is concluded where the calendar is not there."""
        calendar = self._known_calendar(binding)
        if calendar is None:
            return {key: Look(Presence.UNSURE, deletable=False) for key in keys}
        from oscartes_sync.adapters.nextcloud.looking import Looking  # noqa: PLC0415

        looking = Looking(self._shelf, self._resources, self._listing, self._trash)
        etags = self._etags.get(binding.name, {})
        return looking.look(binding, calendar.href, keys, etags, self._clock.now())

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        """Make the calendar where it is missing; title, colour and shares where they differ.

        What a run has seen of the calendar is not asked for again.

        Raises:
            Forbidden: `calendar-limit`.
            SideError: as `snapshot`.
        """
        calendar = self._known_calendar(binding)
        if calendar is None:
            made = self._shelf.make(
                binding.collection,
                binding.title or binding.collection,
                binding.color,
                _calendar_timezone(binding.zone),
            )
            calendar = self._checked(binding, made)
        if not calendar.ours:
            return ()
        # A source keeps the name that its members gave it.
        writes = binding.direction.writes(Side.CLOUD)
        problems = self._entitle(binding, calendar) if writes else ()
        states = signed(calendar.states, self._state, self._clock.now().date())
        if writing and writes and states:
            self._shelf.sign(calendar, states)
        if binding.share is None:
            return problems
        calendar, unshared = self._shares.align(binding, calendar)
        self._keep(binding, calendar)
        return (*problems, *unshared)

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Make a resource; see `writing.Writing.create`."""
        return self._writing.create(self._place(binding), uid, record, key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Patch a resource; see `writing.Writing.update`."""
        return self._writing.update(self._place(binding), key, token, changes, record)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Remove a resource; see `writing.Writing.delete`.

        A withdrawn one for which the trash bin has no room is hidden from all but its owner.
        """
        place = self._place(binding)
        try:
            self._writing.delete(place, key, token)
        except Taken:
            if not withdrawn:
                raise
            self._writing.hide(place, key, token)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """The bodies that these operations will change or remove; see `restoring`."""
        return self._restoring.images(self._place(binding).collection.href, operations)

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Undo an update or a deletion; see `restoring.Restoring.put_back`."""
        return self._restoring.put_back(self._place(binding), operation, token, image)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:  # noqa: ARG002
        """Nothing: a resource is made by one request."""
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Remove a resource for good, from the trash bin too."""
        from oscartes_sync.adapters.nextcloud.looking import uid_by_name  # noqa: PLC0415

        return self._restoring.erase(self._place(binding), key, uid_by_name)

    def project(self, binding: Binding, record: Record) -> Record:
        """The record as it would be read back: written as a new text, and that text read."""
        return self._genre.texts().project(binding, _PROJECTION, record, self._clock.now())

    def parallel(self, *, creating: bool) -> int:  # noqa: ARG002 -- alike for both here
        """How many writes may run at once."""
        return self._settings.parallel

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""
        return self._transport.traffic()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @cached_property
    def _shares(self) -> Shares:
        from oscartes_sync.adapters.nextcloud.shares import Shares  # noqa: PLC0415

        return Shares(self._dav, self._shelf, self._clock, self._recall, self._remember)

    @cached_property
    def _trash(self) -> TrashBin:
        from oscartes_sync.adapters.nextcloud.trash_bin import TrashBin  # noqa: PLC0415

        home = self._discovery.account().home if self._genre.has_bin else ""
        return TrashBin(self._dav, home)

    @cached_property
    def _writing(self) -> Writing:
        from oscartes_sync.adapters.nextcloud.writing import Writing  # noqa: PLC0415

        return Writing(self._dav, self._resources, self._bodies, self._trash)

    @cached_property
    def _restoring(self) -> Restoring:
        from oscartes_sync.adapters.nextcloud.restoring import Restoring  # noqa: PLC0415

        return Restoring(self._resources, self._bodies, self._trash, self._writing)

    def _place(self, binding: Binding) -> Place:
        calendar = self._known_calendar(binding)
        if calendar is None:
            raise Missing(f"{self._shelf.noun}-missing", **self._named(binding))
        return self._at(binding, calendar)

    def _at(self, binding: Binding, calendar: Collection) -> Place:
        from oscartes_sync.adapters.nextcloud.writing import Place  # noqa: PLC0415

        return Place(binding, calendar, self._clock.now(), self._genre.texts(), self._genre.dialect)

    def _known_calendar(self, binding: Binding) -> Collection | None:
        """The calendar as this run last saw it."""
        with self._lock:
            found = self._collections.get(binding.name)
        return found or self._find(binding)

    def _find(self, binding: Binding) -> Collection | None:
        found = self._shelf.find(binding.collection)
        return self._checked(binding, found) if found is not None else None

    def _checked(self, binding: Binding, calendar: Collection) -> Collection:
        named, noun = self._named(binding), self._shelf.noun
        if calendar.trashed:
            # It would take every write all the same (recording 046).
            raise Missing("calendar-trashed", **named)
        if not calendar.real:
            raise Invalid(f"{noun}-not-real", **named)
        if noun == "calendar" and not calendar.takes_events:
            raise Invalid("calendar-without-events", **named)
        self._keep(binding, calendar)
        return calendar

    def _named(self, binding: Binding) -> dict[str, str]:
        return {"cloud": self._settings.id, self._shelf.noun: binding.collection}

    def _keep(self, binding: Binding, calendar: Collection) -> None:
        with self._lock:
            self._collections[binding.name] = calendar

    def _is_another_shade(self, wanted: str, calendar: Collection) -> bool:
        """An address book has no colour."""
        return calendar.noun == "calendar" and _shade(wanted) != _shade(calendar.color)

    def _entitle(self, binding: Binding, calendar: Collection) -> tuple[Problem, ...]:
        title = binding.title if binding.title != calendar.title else ""
        color = binding.color if self._is_another_shade(binding.color, calendar) else ""
        if not title and not color:
            return ()
        refused = self._shelf.entitle(calendar, title, color)
        if not refused:
            return ()
        noun = calendar.noun
        return (Problem.warning(f"{noun}-title-refused", Side.CLOUD, **{noun: calendar.uri}),)


def _shade(color: str) -> str:
    """A colour without the opacity that some clients write behind it (recording 013)."""
    lowered = color.strip().lower()
    return lowered[:7] if len(lowered) == 9 else lowered


def _calendar_timezone(zone: str) -> str:
    from oscartes_sync.mapping.zones import vtimezone  # noqa: PLC0415

    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OSCARTES//oscartes-sync//FR"]
    return "".join(f"{line}\r\n" for line in (*lines, *vtimezone(zone), "END:VCALENDAR"))
