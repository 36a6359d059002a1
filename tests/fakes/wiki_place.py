"""A stand-in wiki with its agenda, and the Wiki port that reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from bazar_forms.client import BazarClient
from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Seen, Snapshot
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event, Position, RichText
from oscartes_sync.records.identity import suffix
from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BINDING = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau")
EVENT = Event(
    title="Été à la ferme & <cie>",
    start=date(2027, 7, 1),
    end=date(2027, 7, 3),
    description=RichText("Bonjour {{include}}"),
    place="Ferme, 3 rue X, 91400 Orsay",
    position=Position(48.7, 2.1),
    link="https://x.example/?a=1&b=2",
)
UID = "born@cloud"
ENDING = suffix("noe", "6", "agenda-reseau", UID)


class Time:
    """One clock for all; sleeping moves it."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Place:
    """A stand-in wiki with its agenda, and the port that reaches it."""

    wiki: WikiStandIn
    keys: NetworkKeys
    clock: Time
    port: YesWikiWiki

    def another_run(self, key: str | None = None) -> YesWikiWiki:
        """The port of a new process."""
        client = BazarClient(
            self.wiki.url,
            key=key or self.keys.robot_key,
            user=self.keys.robot,
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
            user_agent="tests",
        )
        self.port = YesWikiWiki(client, "noe", self.clock)
        return self.port

    def create(self, event: Event = EVENT, uid: str = UID, key: str | None = None) -> Written:
        return self.port.create(BINDING, uid, event, key)

    def update(self, seen: Seen, **changes: Any) -> Written:
        moved = [
            FieldChange(name, getattr(seen.record, name), after) for name, after in changes.items()
        ]
        event = replace(seen.record, **changes)
        return self.port.update(BINDING, seen.key, seen.token, moved, event)

    def seen(self, tag: str) -> Seen:
        found = self.port.snapshot(BINDING, Known()).sightings[tag].seen
        assert found is not None
        return found


@contextmanager
def open_place(version: Literal["4.4", "4.5"]) -> Iterator[Place]:
    """A seeded wiki, an hour and more after it was filled."""
    clock = Time()
    with WikiStandIn(version=version, clock=clock) as wiki:
        keys = seed_network(wiki)
        clock.sleep(4000)
        found = Place(wiki, keys, clock, YesWikiWiki.__new__(YesWikiWiki))
        found.another_run()
        yield found


def known(snapshot: Snapshot, before: Known | None = None) -> Known:
    tokens = dict(before.tokens) if before else {}
    tokens |= {key: sighting.token for key, sighting in snapshot.sightings.items()}
    return Known(tokens=tokens, cursor=snapshot.cursor)
