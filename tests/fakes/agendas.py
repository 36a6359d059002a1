"""A calendar of the stand-in as a run finds it after one that knew it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Look, Presence, Snapshot
from oscartes_sync.records.event import Event
from tests.fakes.clouds import CALENDAR, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection=CALENDAR, title="Agenda"
)
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay",
)  # fmt: skip


class Agenda:
    """Three events that the last run knew, and what a run finds out about them now."""

    def __init__(self, world: StandInWorld) -> None:
        self.world = world
        self.keys = [world.put(replace(EVENT, title=f"Fête {number}")) for number in range(3)]
        first = world.port().snapshot(BINDING, Known())
        tokens = {key: seen.token for key, seen in first.sightings.items()}
        self.known = Known(tokens=tokens, cursor=first.cursor)

    def moved(self) -> None:
        """A member edits something, so that there is more to ask than one question."""
        self.world.retitle(self.keys[2], "Bal")

    def run(self, *, full: bool = False, binding: Binding = BINDING) -> Snapshot:
        return self.world.port().snapshot(binding, self.known, full=full)

    def gone(self, *, full: bool = False, binding: Binding = BINDING) -> set[str]:
        """What a run would take for deleted: absent, and gone by a direct look."""
        port = self.world.port()
        snapshot = port.snapshot(binding, self.known, full=full)
        looks = port.look(binding, snapshot.absent)
        return {key for key, look in looks.items() if look.presence is Presence.GONE}

    def looks(self) -> dict[str, Look]:
        """A look at all of them."""
        port = self.world.port()
        port.snapshot(BINDING, self.known)
        return dict(port.look(BINDING, self.keys))
