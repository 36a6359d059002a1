"""A stand-in wiki with its agenda and its directory, and the Wiki port that reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from bazar_forms.client import BazarClient
from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Seen, Snapshot
from oscartes_sync.ports import Written
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event, Position, RichText
from oscartes_sync.records.identity import suffix
from oscartes_sync.records.record import Record
from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.templates import structure_kind_property

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


DIRECTORY = Binding(
    name="annuaire",
    kind="contacts",
    wiki="noe",
    cloud="noe",
    form="5",
    collection="annuaire",
)
ACTOR = Contact(
    name="Été à la ferme & <cie>",
    phones=("01 60 00 00 33",),
    emails=("ferme@cie.example",),
    sites=("https://x.example/?a=1&b=2",),
    street="3 rue X",
    postcode="91400",
    town="Orsay",
    position=Position(48.7, 2.1),
    categories=("Association",),
    description=RichText("Bonjour {{include}}"),
)


@dataclass(frozen=True)
class Subject:
    """A form and what is written into it; `tag` is an entry that is there, `called` the field of
    what people call one."""

    binding: Binding
    record: Record
    tag: str
    called: str

    def ending_of(self, uid: str) -> str:
        """How the tag ends of what is made for it."""
        return suffix("noe", self.binding.form, self.binding.collection, uid)

    def named(self, name: str) -> Record:
        """The record under another name."""
        return replace(self.record, **{self.called: name})


AGENDA_OF = Subject(BINDING, EVENT, "FeteDesCommunsDOrsay", "title")
DIRECTORY_OF = Subject(DIRECTORY, ACTOR, "LaGrangeAuxOutils", "name")


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
    """A stand-in wiki, and the port that reaches it; `of` is what its tests are about."""

    wiki: WikiStandIn
    keys: NetworkKeys
    clock: Time
    port: YesWikiWiki
    of: Subject = field(default=AGENDA_OF)

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

    def create(
        self, record: Record | None = None, uid: str = UID, key: str | None = None
    ) -> Written:
        return self.port.create(self.of.binding, uid, record or self.of.record, key)

    def update(self, seen: Seen, **changes: Any) -> Written:
        moved = [
            FieldChange(name, getattr(seen.record, name), after) for name, after in changes.items()
        ]
        record = replace(seen.record, **changes)
        return self.port.update(self.of.binding, seen.key, seen.token, moved, record)

    def rename(self, seen: Seen, name: str) -> Written:
        """Call it otherwise."""
        return self.update(seen, **{self.of.called: name})

    def seen(self, tag: str) -> Seen:
        found = self.port.snapshot(self.of.binding, Known()).sightings[tag].seen
        assert found is not None
        return found


def _asking_for_a_kind(binding: Binding, version: Literal["4.4", "4.5"]) -> Binding:
    """The form requires the kind of a structure, and an address that nobody reads."""
    asked = {structure_kind_property(version): "asso", "bf_mail": "prive@cie.example"}
    return replace(binding, defaults=asked)


@contextmanager
def open_place(version: Literal["4.4", "4.5"], of: Subject = AGENDA_OF) -> Iterator[Place]:
    """A seeded wiki, an hour and more after it was filled."""
    clock = Time()
    with WikiStandIn(version=version, clock=clock) as wiki:
        keys = seed_network(wiki)
        clock.sleep(4000)
        if of is DIRECTORY_OF:
            of = replace(of, binding=_asking_for_a_kind(of.binding, version))
        found = Place(wiki, keys, clock, YesWikiWiki.__new__(YesWikiWiki), of)
        found.another_run()
        yield found


def known(snapshot: Snapshot, before: Known | None = None) -> Known:
    tokens = dict(before.tokens) if before else {}
    tokens |= {key: sighting.token for key, sighting in snapshot.sightings.items()}
    return Known(tokens=tokens, cursor=snapshot.cursor)
