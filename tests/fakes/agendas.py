"""A calendar or a book of the stand-in as a run finds it after one that knew it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Look, Presence, Snapshot
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event
from tests.fakes.clouds import BOOK, CALENDAR, BookWorld, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection=CALENDAR, title="Agenda"
)
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay",
)  # fmt: skip


DIRECTORY = Binding(
    name="annuaire", kind="contacts", wiki="noe", cloud="noe", form="5", collection=BOOK,
    title="Annuaire",
)  # fmt: skip
ACTOR = Contact(name="La Grange", phones=("01 60 00 00 11",), town="Orsay")


class Agenda:
    """Three events that the last run knew, and what a run finds out about them now; or contacts,
    where the world is one of books."""

    def __init__(self, world: StandInWorld) -> None:
        self.world = world
        self.binding = DIRECTORY if isinstance(world, BookWorld) else BINDING
        self.keys = [world.put(self.called(f"Fête {number}")) for number in range(3)]
        first = world.port().snapshot(self.binding, Known())
        tokens = {key: seen.token for key, seen in first.sightings.items()}
        self.known = Known(tokens=tokens, cursor=first.cursor)

    def called(self, title: str) -> Event | Contact:
        """One more, under this name."""
        is_book = self.binding is DIRECTORY
        return replace(ACTOR, name=title) if is_book else replace(EVENT, title=title)

    def moved(self) -> None:
        """A member edits something, so that there is more to ask than one question."""
        self.world.retitle(self.keys[2], "Bal")

    def run(self, *, full: bool = False, binding: Binding | None = None) -> Snapshot:
        return self.world.port().snapshot(binding or self.binding, self.known, full=full)

    def gone(self, *, full: bool = False, binding: Binding | None = None) -> set[str]:
        """What a run would take for deleted: absent, and gone by a direct look."""
        port, binding = self.world.port(), binding or self.binding
        snapshot = port.snapshot(binding, self.known, full=full)
        looks = port.look(binding, snapshot.absent)
        return {key for key, look in looks.items() if look.presence is Presence.GONE}

    def looks(self) -> dict[str, Look]:
        """A look at all of them."""
        port = self.world.port()
        port.snapshot(self.binding, self.known)
        return dict(port.look(self.binding, self.keys))
