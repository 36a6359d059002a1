"""A wiki and a cloud in memory, behind the ports: they normalise, forget and refuse as told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice

from oscartes_sync.errors import (
    Forbidden,
    Missing,
    Moved,
    OutcomeUnknown,
    Refused,
    SideError,
    Taken,
)
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.outcome import LATER
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
from oscartes_sync.records.contact import CONTACT_FIELDS, LISTS, Contact
from oscartes_sync.records.event import FIELDS, Event, RichText
from oscartes_sync.records.fingerprint import record_from_json, record_to_json
from oscartes_sync.records.identity import has_suffix, origin_of, resource_name, suffix, tag_for
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, fields_of
from tests.fakes.things import US, FakeClock, Thing, either

__all__ = [
    "US",
    "FakeClock",
    "FakeSide",
    "Thing",
    "fake_book",
    "fake_cloud",
    "fake_directory",
    "fake_wiki",
]


@dataclass
class FakeSide:
    """Holds things by key; every write moves a version. `fail_next` raises before executing,
    `lose_next` after: the write happened and its answer is lost. `differential`: as a calendar's
    sync-collection, it tells of a move once, and of what is asked for by an empty token.
    `forbidden`: keys that we may not write. `closes`: what we may not delete we may close. `slips`
    are edits of members that come between our look at a thing and our update of it. `room`: so
    many telephones a form has fields for. `logos`: whether there are any to be fetched. `bin`:
    what is deleted goes to a trash bin first."""

    side: Side
    things: dict[str, Thing] = field(default_factory=dict)
    versions: int = 0
    writes: list[tuple[str, str]] = field(default_factory=list)
    fail_next: list[SideError] = field(default_factory=list)
    lose_next: int = 0
    forbidden: set[str] = field(default_factory=set)
    closes: bool = False
    slips: list[Callable[[str], None]] = field(default_factory=list)
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
    room: int | None = None
    logos: bool = True
    bin: bool = True
    clock: FakeClock = field(default_factory=FakeClock)

    # What members do

    def put(self, key: str, record: Record, **more: object) -> None:
        """A member creates or replaces a thing."""
        self.versions += 1
        old = self.things.get(key)
        thing = Thing(self.hold(record), self.versions, uid=old.uid if old else "")
        self.things[key] = replace(thing, **more)  # type: ignore[arg-type]

    def edit(self, key: str, **changes: object) -> None:
        """A member edits a thing."""
        thing = self.things[key]
        self.versions += 1
        record = self.hold(replace(thing.record, **changes))  # type: ignore[arg-type]
        self.things[key] = replace(thing, record=record, version=self.versions, told=0)

    def remove(self, key: str) -> None:
        """A member deletes a thing."""
        thing = self.things.pop(key)
        if self.bin:
            self.buried[key] = thing

    def unearth(self, key: str) -> None:
        """A member takes a thing out of the trash bin, as it was, its version too."""
        self.versions += 1
        self.things[key] = replace(self.buried.pop(key), told=self.versions)

    def mark(self, key: str, **changes: object) -> None:
        """Something about a thing changes that is no text: who sees it, who owns it."""
        self.versions += 1
        thing = replace(self.things[key], version=self.versions, told=0)
        self.things[key] = replace(thing, **changes)  # type: ignore[arg-type]

    def hold(self, record: Record) -> Record:
        """The record as this side keeps it."""
        record = either(record)
        kept = {name: getattr(record, name) for name in fields_of(record) if name in self.carries}
        if self.categories is not None:
            kept["categories"] = tuple(c for c in map(self._label, record.categories) if c)
        kept["description"] = RichText(record.description.text.strip(), record.description.html)
        if isinstance(record, Event):
            return replace(Event(title=record.title, start=record.start, end=record.end), **kept)
        lists = {name: kept[name][: self.room] for name in LISTS & kept.keys()}
        return replace(Contact(name=record.name), **{**kept, **lists})

    def _label(self, label: str) -> str | None:
        """A category as the form's list has it, None where it has none."""
        known = self.categories or frozenset()
        if self.fold:
            return next((each for each in known if each.casefold() == label.casefold()), None)
        return label if label in known else None

    # The port

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        self.requests += 1
        if self.unreadable is not None:
            raise self.unreadable
        listed = {k: thing for k, thing in self.things.items() if not self.away(binding, thing)}
        things = {} if self.blind else listed
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
                record=None if thing.standing is Standing.BROKEN else thing.record,
                standing=self.standing(binding, thing),
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

    def away(self, binding: Binding, thing: Thing) -> Presence | None:
        """Whether no listing shows it; what selects entries leaves out those that are OUTSIDE."""
        outside = thing.away is Presence.OUTSIDE and not binding.selection
        return None if outside else thing.away

    def standing(self, binding: Binding, thing: Thing) -> Standing:
        """Whether it may be mirrored: `publish` decides on what was born in the calendar."""
        labels = {label.casefold() for label in thing.record.categories}
        wanted = binding.publish == "all" or binding.publish_category.casefold() in labels
        born_here = self.side is Side.CLOUD and origin_of(thing.uid) is None
        keeps = thing.standing is Standing.OPEN and born_here and not wanted
        return Standing.HIDDEN if keeps else thing.standing

    def _silent(self, key: str, thing: Thing, known: Known) -> bool:
        """Whether the listing says nothing of it."""
        if known.tokens.get(key) == str(thing.version):
            return True
        told = self.differential and bool(known.cursor) and known.tokens.get(key) != ""
        return told and max(thing.version, thing.told) <= int(known.cursor)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        found = {}
        for key in keys:
            self.requests += 1
            thing = self.things.get(key)
            if thing is None:
                elsewhere = key in self.elsewhere
                found[key] = Look(Presence.ELSEWHERE if elsewhere else Presence.GONE)
            else:
                hidden = self.standing(binding, thing) is Standing.HIDDEN
                here = Presence.HIDDEN if hidden else Presence.HERE
                presence = self.away(binding, thing) or here
                found[key] = Look(presence, thing.owner, thing.owner == US)
        return found

    def _before(self, verb: str, key: str, *, ours: bool = False) -> None:
        self.requests += 1
        if self.fail_next:
            raise self.fail_next.pop(0)
        if key in self.forbidden and not ours:
            raise Forbidden("forbidden", owner="MarieDupont")
        self.writes.append((verb, key))

    def _after(self) -> None:
        if self.lose_next:
            self.lose_next -= 1
            raise OutcomeUnknown("outcome-unknown")

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        record, problems = self._made_fit(binding, record)
        holder = self._holder(binding, uid, key)
        if holder is not None:
            return self._adopt(binding, holder, record)
        key = self._free_key(binding, uid, record, key)
        self._before("create", key)
        self.buried.pop(key, None)
        self.put(key, record, uid=uid if self.side is Side.CLOUD else "")
        self._after()
        return Written(self._seen(key), (*problems, *self._left_behind(record)))

    def _made_fit(self, binding: Binding, record: Record) -> tuple[Record, tuple[Problem, ...]]:
        """What is made of a record here: the wiki shows one date, and takes no logo from us."""
        record = either(record)
        if isinstance(record, Contact):
            if self.side is Side.WIKI:
                return replace(record, image=""), ()
            return (record, ()) if not record.image or self.logos else self._without_logo(record)
        if record.series is not None and "series" not in self.carries:
            next_date = shown(record, self.clock.now(), binding.zone)
            record = replace(record, start=next_date.start, end=next_date.end)
        return record, ()

    def _without_logo(self, contact: Contact) -> tuple[Contact, tuple[Problem, ...]]:
        return replace(contact, image=""), (Problem.warning(LATER, Side.CLOUD),)

    def _left_behind(self, record: Record) -> tuple[Problem, ...]:
        """The categories that the form's list does not have."""
        if self.categories is None:
            return ()
        unknown = [label for label in record.categories if not self._label(label)]
        code = "category-unknown"
        return tuple(Problem.warning(code, Side.CLOUD, category=label) for label in unknown)

    def _holder(self, binding: Binding, uid: str, key: str | None) -> str | None:
        """What was made for this UID before, whatever its name and who sees it."""
        if self.side is Side.CLOUD:
            return next((k for k, t in self.things.items() if t.uid == uid and uid), None)
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        return next((k for k in self.things if k == key or has_suffix(k, ending)), None)

    def _adopt(self, binding: Binding, key: str, record: Record) -> Written:
        """Taken over where it says the same; else the next run has to merge the two."""
        there = self.things[key]
        if self.away(binding, there):
            raise Forbidden("entry-hidden", tag=key)
        if there.record != self.hold(record) or there.standing is not Standing.OPEN:
            on_wiki = self.side is Side.WIKI
            raise Taken("entry-made-before", tag=key) if on_wiki else Taken("uid-taken", href=key)
        return Written(self._seen(key))

    def _free_key(self, binding: Binding, uid: str, record: Record, key: str | None) -> str:
        """The one it had, the one its UID has in the trash bin, or the first that is free."""
        if self.side is Side.CLOUD:
            key = next((k for k, t in self.buried.items() if t.uid == uid), key)
        names = (self.key_for(binding, uid, record, attempt) for attempt in count())
        return next(
            name
            for name in (*([key] if key else []), *islice(names, 20))
            if name not in self.things
        )

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        if key not in self.things or self.away(binding, self.things[key]):
            raise Missing("missing")
        if str(self.things[key].version) != token:
            raise Moved("moved")
        values = {change.name: change.after for change in changes if change.name in self.carries}
        problems = self._logo_is_missed(values)
        self._before("update", key)
        self._settle(self.things[key].record, values)
        contested = self._slipped_in(key) & values.keys()
        self.edit(key, **{name: value for name, value in values.items() if name not in contested})
        self._after()
        if contested:
            raise Moved("slipped-in")
        return Written(self._seen(key), problems)

    def _logo_is_missed(self, values: dict[str, object]) -> tuple[Problem, ...]:
        """A logo that is not to be had now leaves the rest to be written."""
        if self.side is Side.WIKI or self.logos or not values.get("image"):
            return ()
        if values.keys() == {"image"}:
            raise Refused(LATER)
        del values["image"]
        return (Problem.warning(LATER, Side.CLOUD),)

    def _settle(self, record: Record, values: dict[str, object]) -> None:
        """A form's field whose value is still wanted keeps it; what is new takes the others."""
        if self.room is None:
            return
        for name in LISTS & values.keys():
            wanted, held = list(values[name]), getattr(record, name)  # type: ignore[call-overload]
            new = [value for value in wanted if value not in held]
            slots = [value if value in wanted else "" for value in held]
            slots += [""] * (self.room - len(slots))
            filled = [value or (new.pop(0) if new else "") for value in slots]
            values[name] = tuple(filter(None, filled))

    def _slipped_in(self, key: str) -> set[str]:
        """Let a member in between; the fields that the member wrote, which stay theirs."""
        before = self.things[key].record
        while self.slips:
            self.slips.pop(0)(key)
        after = self.things[key].record
        return {n for n in fields_of(before) if getattr(before, n) != getattr(after, n)}

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        if key not in self.things:
            return
        thing = self.things[key]
        if token and str(thing.version) != token:
            raise Moved("moved")
        if thing.owner != US or key in self.forbidden:
            if not (withdrawn and self.closes):
                self.requests += 1
                raise Forbidden("forbidden", owner=thing.owner)
            self._before("close", key, ours=True)
            self.mark(key, away=Presence.HIDDEN)
        else:
            self._before("delete", key)
            self.remove(key)
        self._after()

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        found = {}
        for operation in operations:
            thing = self.things.get(operation.key or "")
            if thing is not None and str(thing.version) == operation.token:
                kept = [record_to_json(thing.record), thing.uid, thing.owner]
                found[operation.key or ""] = Image(json.dumps(kept))
        return found

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        key = operation.key or ""
        record, uid, owner = json.loads(image.text)
        there, old = self.things.get(key), record_from_json(record)
        if there is not None and there.record == old and there.away is None:
            return Written(self._seen(key))
        if (str(there.version) if there else "") != token:
            raise Moved("moved")
        holder = next((k for k, t in self.things.items() if t.uid == uid and uid), key)
        if holder != key:
            raise Taken("uid-taken", href=holder)
        self._before("put back", key)
        if there is not None:
            kept = (name for name in fields_of(old) if name in self.carries)
            self.edit(key, **{name: getattr(old, name) for name in kept})
        else:
            self.buried.pop(key, None)
            self.put(key, old, uid=uid, owner=owner)
        self._after()
        return Written(self._seen(key))

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        self.completed.append(key)
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        if key in self.things:
            if self.things[key].owner != US:
                raise Forbidden("forbidden", owner=self.things[key].owner)
            self._before("erase", key)
            self.things.pop(key)
        self.buried.pop(key, None)
        self._after()
        return ()

    def project(self, binding: Binding, record: Record) -> Record:
        return self.hold(record)

    def address(self, key: str) -> str:
        """The address of an entry's page."""
        return f"https://wiki.example/?{key}"

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        return None

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        return ()

    def parallel(self, *, creating: bool) -> int:
        return 1

    def traffic(self) -> Traffic:
        return Traffic(self.requests, 0)

    def key_for(self, binding: Binding, uid: str, record: Record, attempt: int = 0) -> str:
        if self.side is Side.CLOUD:
            name = resource_name(uid)
            return f"/cal/{attempt + 1}-{name}" if attempt else f"/cal/{name}"
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        return tag_for(record.title, ending, attempt)

    def _seen(self, key: str) -> Seen:
        thing = self.things[key]
        return Seen(key, str(thing.version), thing.record)


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


DIRECTORY_CARRIES = frozenset(CONTACT_FIELDS) - {"kind", "given_name", "family_name", "position"}


def fake_directory(**more: object) -> FakeSide:
    """A wiki with a directory that has fields for two telephones and two addresses of each kind."""
    return FakeSide(
        Side.WIKI,
        carries=DIRECTORY_CARRIES,
        categories=frozenset({"Atelier", "Association"}),
        room=2,
        **more,  # type: ignore[arg-type]
    )


def fake_book(**more: object) -> FakeSide:
    """An address book, of which nothing that is deleted comes back."""
    carries = frozenset(CONTACT_FIELDS)
    return FakeSide(Side.CLOUD, carries=carries, differential=True, bin=False, **more)  # type: ignore[arg-type]
