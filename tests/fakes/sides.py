"""A wiki and a cloud in memory, behind the ports: they normalise, forget and refuse as told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from oscartes_sync.errors import Forbidden, Missing, Moved, OutcomeUnknown, SideError, Taken
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import (
    Known,
    Look,
    Presence,
    Seen,
    Sighting,
    Snapshot,
    Standing,
)
from oscartes_sync.ports import Image, Traffic, Written
from oscartes_sync.records.event import FIELDS, Event, RichText
from oscartes_sync.records.fingerprint import event_from_json, event_to_json
from oscartes_sync.records.identity import resource_name, suffix, tag_for
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side


class FakeClock:
    """Time that moves only when told, or when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Thing:
    """What a fake side holds under one key."""

    event: Event
    version: int
    uid: str = ""
    standing: Standing = Standing.OPEN
    owner: str = "RobotNuage"
    problems: tuple[Problem, ...] = ()


@dataclass
class FakeSide:
    """Holds things by key; every write moves a version. `fail_next` raises before executing,
    `lose_next` after: the write happened and its answer is lost. `differential`: as a calendar's
    sync-collection, it tells of a move once, and of what is asked for by an empty token."""

    side: Side
    things: dict[str, Thing] = field(default_factory=dict)
    versions: int = 0
    writes: list[tuple[str, str]] = field(default_factory=list)
    fail_next: list[SideError] = field(default_factory=list)
    lose_next: int = 0
    forbidden: set[str] = field(default_factory=set)
    categories: frozenset[str] | None = None
    fold: bool = False
    carries: frozenset[str] = frozenset(FIELDS)
    says: frozenset[str] = frozenset()
    unreadable: SideError | None = None
    blind: bool = False
    trusted: bool = True
    writable: bool = True
    elsewhere: set[str] = field(default_factory=set)
    buried: dict[str, Thing] = field(default_factory=dict)
    completed: list[str] = field(default_factory=list)
    requests: int = 0
    differential: bool = False
    clock: FakeClock = field(default_factory=FakeClock)

    # What members do

    def put(self, key: str, event: Event, **more: object) -> None:
        """A member creates or replaces a thing."""
        self.versions += 1
        old = self.things.get(key)
        thing = Thing(self.hold(event), self.versions, uid=old.uid if old else "")
        self.things[key] = replace(thing, **more)  # type: ignore[arg-type]

    def edit(self, key: str, **changes: object) -> None:
        """A member edits a thing."""
        thing = self.things[key]
        self.versions += 1
        event = self.hold(replace(thing.event, **changes))  # type: ignore[arg-type]
        self.things[key] = replace(thing, event=event, version=self.versions)

    def remove(self, key: str) -> None:
        """A member deletes a thing."""
        self.buried[key] = self.things.pop(key)

    def hold(self, event: Event) -> Event:
        """The event as this side keeps it."""
        kept = {name: getattr(event, name) for name in FIELDS if name in self.carries}
        if self.categories is not None:
            known = {c.casefold() if self.fold else c: c for c in self.categories}
            labels = [c.casefold() if self.fold else c for c in event.categories]
            kept["categories"] = tuple(known[c] for c in labels if c in known)
        kept["description"] = RichText(event.description.text.strip(), event.description.html)
        bare = Event(title=event.title, start=event.start, end=event.end)
        return replace(bare, **kept)

    # The port

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        self.requests += 1
        if self.unreadable is not None:
            raise self.unreadable
        things = {} if self.blind else self.things
        sightings, unmoved = {}, set()
        for key, thing in things.items():
            token = str(thing.version)
            if not full and self._silent(key, thing, known):
                unmoved |= known.tokens.keys() & {key}
                continue
            sightings[key] = Sighting(
                key=key,
                token=token,
                uid=thing.uid,
                event=None if thing.standing is Standing.BROKEN else thing.event,
                standing=thing.standing,
                problems=thing.problems,
            )
        return Snapshot(
            sightings=sightings,
            unmoved=frozenset(unmoved),
            absent=frozenset(known.tokens.keys() - things.keys()),
            cursor=str(self.versions),
            carries=self.carries,
            says=self.says,
            writable=self.writable,
            trusted=self.trusted,
            empty=not things,
        )

    def _silent(self, key: str, thing: Thing, known: Known) -> bool:
        """Whether the listing says nothing of it."""
        if known.tokens.get(key) == str(thing.version):
            return True
        told = self.differential and bool(known.cursor) and known.tokens.get(key) != ""
        return told and thing.version <= int(known.cursor)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        found = {}
        for key in keys:
            self.requests += 1
            thing = self.things.get(key)
            if thing is None:
                elsewhere = key in self.elsewhere
                found[key] = Look(Presence.ELSEWHERE if elsewhere else Presence.GONE)
            elif thing.standing is Standing.HIDDEN:
                found[key] = Look(Presence.HIDDEN, thing.owner, thing.owner == "RobotNuage")
            else:
                found[key] = Look(Presence.HERE, thing.owner, thing.owner == "RobotNuage")
        return found

    def _before(self, verb: str, key: str) -> None:
        self.requests += 1
        if self.fail_next:
            raise self.fail_next.pop(0)
        if key in self.forbidden:
            raise Forbidden("forbidden", owner="MarieDupont")
        self.writes.append((verb, key))

    def _after(self) -> None:
        if self.lose_next:
            self.lose_next -= 1
            raise OutcomeUnknown("outcome-unknown")

    def create(self, binding: Binding, uid: str, event: Event, key: str | None) -> Written:
        key = key or self.key_for(binding, uid, event)
        holder = next((k for k, t in self.things.items() if t.uid == uid and uid), None)
        if self.side is Side.CLOUD and holder is not None:
            raise Taken("uid-taken", href=holder)
        if key in self.things:
            raise Taken("tag-taken")
        if event.series is not None and "series" not in self.carries:
            next_date = shown(event, self.clock.now(), binding.zone)
            event = replace(event, start=next_date.start, end=next_date.end)
        self._before("create", key)
        self.put(key, event, uid=uid if self.side is Side.CLOUD else "")
        self._after()
        return Written(self._seen(key))

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        event: Event,
    ) -> Written:
        if key not in self.things:
            raise Missing("missing")
        if str(self.things[key].version) != token:
            raise Moved("moved")
        self._before("update", key)
        values = {change.name: change.after for change in changes if change.name in self.carries}
        self.edit(key, **values)
        self._after()
        return Written(self._seen(key))

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        if key not in self.things:
            return
        if token and str(self.things[key].version) != token:
            raise Moved("moved")
        self._before("delete", key)
        self.remove(key)
        self._after()

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        found = {}
        for operation in operations:
            thing = self.things.get(operation.key or "")
            if thing is not None and str(thing.version) == operation.token:
                kept = [event_to_json(thing.event), thing.uid, thing.owner]
                found[operation.key or ""] = Image(json.dumps(kept))
        return found

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        key = operation.key or ""
        record, uid, owner = json.loads(image.text)
        there = self.things.get(key)
        if (str(there.version) if there else "") != token:
            raise Moved("moved")
        self._before("put back", key)
        self.put(key, event_from_json(record), uid=uid, owner=owner)
        self._after()
        return Written(self._seen(key))

    def complete(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        self.completed.append(key)
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        if key in self.things:
            self._before("erase", key)
            self.things.pop(key)
        self.buried.pop(key, None)
        return ()

    def project(self, binding: Binding, event: Event) -> Event:
        return self.hold(event)

    def refuses(self, binding: Binding, event: Event) -> Problem | None:
        return None

    def prepare(self, binding: Binding) -> tuple[Problem, ...]:
        return ()

    def parallel(self, *, creating: bool) -> int:
        return 1

    def traffic(self) -> Traffic:
        return Traffic(self.requests, 0)

    def key_for(self, binding: Binding, uid: str, event: Event) -> str:
        if self.side is Side.CLOUD:
            return f"/cal/{resource_name(uid)}"
        return tag_for(event.title, suffix(binding.wiki, binding.form, binding.collection, uid))

    def _seen(self, key: str) -> Seen:
        thing = self.things[key]
        return Seen(key, str(thing.version), thing.event)


WIKI_CARRIES = frozenset(FIELDS) - {"visibility", "guests", "status", "series"}


def fake_wiki(**more: object) -> FakeSide:
    """A wiki that has no field for status, class, guests and rules, and knows three categories."""
    return FakeSide(
        Side.WIKI,
        carries=WIKI_CARRIES,
        says=frozenset({"status", "series"}),
        categories=frozenset({"Atelier", "Conférence", "Réunion"}),
        **more,  # type: ignore[arg-type]
    )


def fake_cloud(**more: object) -> FakeSide:
    """A cloud that keeps everything, and tells of each move once."""
    return FakeSide(Side.CLOUD, differential=True, **more)  # type: ignore[arg-type]
