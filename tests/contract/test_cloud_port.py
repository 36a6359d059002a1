"""The port `Cloud`: one suite for the fake and for the adapter on the stand-in cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from oscartes_sync.errors import Missing, Moved, Taken
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot
from oscartes_sync.ports import Cloud
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.document import Document
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record
from tests.fakes.clouds import BOOK, BookWorld, FakeWorld, StandInWorld
from tests.fakes.kept_folder import FOLDER, FakeFolderWorld, FolderPortWorld, attached
from tests.fakes.kept_folder import UID as PART_UID

AGENDA = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau", title="Agenda"
)
DIRECTORY = Binding(
    name="annuaire", kind="contacts", wiki="noe", cloud="noe", form="5", collection=BOOK,
    title="Annuaire",
)  # fmt: skip
EVENT = Event(
    title="Fête du village", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay", categories=("Atelier",),
)  # fmt: skip
DAYS = Event(title="Bourse", start=date(2027, 1, 2), end=date(2027, 1, 4))
ACTOR = Contact(
    name="La Grange", phones=("01 60 00 00 11", "06 00 00 00 12"), town="Orsay",
    categories=("Association",),
)  # fmt: skip
OTHER_ACTOR = Contact(name="Le Rucher", emails=("bonjour@rucher.example",))
UID = "FeteDuVillage.noe@oscartes"
REPORT = attached("Compte rendu.pdf", b"%PDF-1.4 one")
CHARTER = attached("Charte d'été.odt", b"PK")


@dataclass(frozen=True)
class Kind:
    """A kind of record, two of its records, and the field of what people call one."""

    binding: Binding
    record: Record
    other: Record
    called: str
    uid: str = UID

    def says(self, record: Record | None) -> Record | None:
        """What is compared of a record: of a file neither whose, nor when, nor which it is."""
        if not isinstance(record, Document):
            return record
        return Document(title=record.title, categories=record.categories)

    def bal(self) -> Record:
        """The first record under another name."""
        name = {"name": "Bal.pdf"} if isinstance(self.record, Document) else {}
        return replace(self.record, **{self.called: "Bal", **name})

    def change(self) -> list[FieldChange]:
        """That as an edit."""
        return [FieldChange(self.called, self.record.title, "Bal")]


KINDS = {
    "events": Kind(AGENDA, EVENT, DAYS, "title"),
    "contacts": Kind(DIRECTORY, ACTOR, OTHER_ACTOR, "name"),
    "documents": Kind(FOLDER, REPORT, CHARTER, "title", PART_UID),
}


class World(Protocol):
    """A cloud with somebody in it."""

    def port(self) -> Cloud:
        """A fresh port, as a new run makes it."""

    def put(self, record: Record) -> str:
        """A member makes an event or a contact; its key."""

    def retitle(self, key: str, title: str) -> None:
        """A member edits it."""

    def remove(self, key: str) -> None:
        """A member deletes it."""


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture(params=["fake", "stand-in"])
def world(request: pytest.FixtureRequest, kind: Kind) -> Iterator[World]:
    of_contacts = kind.binding.kind == "contacts"
    if kind.binding.kind == "documents":
        with FakeFolderWorld() if request.param == "fake" else FolderPortWorld() as folder:
            yield folder
        return
    if request.param == "fake":
        yield FakeWorld(book=of_contacts)
        return
    with BookWorld() if of_contacts else StandInWorld() as stand_in:
        stand_in.port().prepare(kind.binding)
        yield stand_in


def after(snapshot: Snapshot, known: Known | None = None) -> Known:
    """What the state keeps of a snapshot."""
    tokens = dict(known.tokens) if known else {}
    tokens.update({key: seen.token for key, seen in snapshot.sightings.items()})
    return Known(tokens=tokens, cursor=snapshot.cursor)


def titles(snapshot: Snapshot) -> dict[str, str]:
    return {key: seen.record.title for key, seen in snapshot.sightings.items() if seen.record}


def test_what_is_new_is_seen_once(world: World, kind: Kind) -> None:
    keys = {world.put(kind.record): kind.record.title, world.put(kind.other): kind.other.title}
    first = world.port().snapshot(kind.binding, Known())
    assert titles(first) == keys
    second = world.port().snapshot(kind.binding, after(first))
    assert not second.sightings
    assert not second.absent
    assert set(second.unmoved) == set(keys)


def test_what_a_member_edits_comes_with_another_token(world: World, kind: Kind) -> None:
    key, other = world.put(kind.record), world.put(kind.other)
    known = after(world.port().snapshot(kind.binding, Known()))
    world.retitle(key, "Bal")
    snapshot = world.port().snapshot(kind.binding, known)
    assert titles(snapshot) == {key: "Bal"}
    assert snapshot.unmoved == {other}
    assert snapshot.sightings[key].token != known.tokens[key]


def test_what_a_member_deletes_is_absent_until_it_is_let_go(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    known = after(world.port().snapshot(kind.binding, Known()))
    world.remove(key)
    for _ in range(2):
        port = world.port()
        snapshot = port.snapshot(kind.binding, known)
        assert snapshot.absent == {key}
        assert port.look(kind.binding, [key])[key].presence is Presence.GONE
        known = after(snapshot, known)
        if kind.binding.kind == "documents":
            # A folder in which nothing moved is not listed; what is not settled is asked for.
            known = replace(known, tokens={key: ""}, last=known.tokens)


def test_a_look_finds_what_is_there(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    port = world.port()
    port.snapshot(kind.binding, Known())
    look = port.look(kind.binding, [key])[key]
    assert (look.presence, look.deletable) == (Presence.HERE, True)


def test_what_we_make_is_read_back_and_known_afterwards(world: World, kind: Kind) -> None:
    port = world.port()
    known = after(port.snapshot(kind.binding, Known()))
    seen = port.create(kind.binding, kind.uid, kind.record, None).seen
    assert kind.says(seen.record) == kind.says(port.project(kind.binding, kind.record))
    kept = Known(tokens={**known.tokens, seen.key: seen.token}, cursor=known.cursor)
    snapshot = world.port().snapshot(kind.binding, kept)
    assert not snapshot.sightings
    assert snapshot.unmoved == {seen.key}


@pytest.mark.parametrize("kind", ["events", "contacts"], indirect=True)
def test_a_uid_that_is_there_with_other_words_is_taken(world: World, kind: Kind) -> None:
    world.port().create(kind.binding, kind.uid, kind.record, None)
    port = world.port()
    with pytest.raises(Taken) as caught:
        port.create(kind.binding, UID, replace(kind.record, **{kind.called: "Autre"}), None)
    assert caught.value.params["href"]


def test_an_edit_changes_what_it_says_and_nothing_else(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    port = world.port()
    token = port.snapshot(kind.binding, Known()).sightings[key].token
    changes = kind.change()
    seen = port.update(kind.binding, key, token, changes, kind.bal()).seen
    assert seen.record.title == "Bal"
    assert kind.says(seen.record) == kind.says(port.project(kind.binding, kind.bal()))
    assert seen.token != token
    again = world.port().snapshot(kind.binding, Known()).sightings[key]
    assert (again.token, again.record) == (seen.token, seen.record)


def test_an_edit_never_overwrites_a_member(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    port = world.port()
    token = port.snapshot(kind.binding, Known()).sightings[key].token
    world.retitle(key, "Corrigée")
    change = kind.change()
    with pytest.raises(Moved):
        port.update(kind.binding, key, token, change, kind.record)
    with pytest.raises(Moved):
        port.delete(kind.binding, key, token)
    assert titles(world.port().snapshot(kind.binding, Known())) == {key: "Corrigée"}


def test_an_edit_of_what_is_gone_makes_nothing(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    token = world.port().snapshot(kind.binding, Known()).sightings[key].token
    world.remove(key)
    port = world.port()
    with pytest.raises(Missing):
        port.update(kind.binding, key, token, kind.change(), kind.record)
    assert world.port().snapshot(kind.binding, Known()).sightings == {}


def test_a_deletion_is_done_once_and_asked_twice_without_harm(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    port = world.port()
    token = port.snapshot(kind.binding, Known()).sightings[key].token
    port.delete(kind.binding, key, token)
    port.delete(kind.binding, key, token)
    assert world.port().snapshot(kind.binding, Known()).empty


def done(action: Action, key: str, token: str) -> Operation:
    return Operation(
        action=action, side=Side.CLOUD, uid=UID, entry=None, href=key, title="", token=token
    )  # fmt: skip


def test_an_edit_is_put_back_where_nobody_came_after_it(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    port = world.port()
    token = port.snapshot(kind.binding, Known()).sightings[key].token
    edit = done(Action.UPDATE, key, token)
    image = port.images(kind.binding, [edit])[key]
    changes = kind.change()
    left = port.update(kind.binding, key, token, changes, kind.bal()).seen.token
    back = world.port().put_back(kind.binding, edit, left, image).seen
    assert (back.key, back.record.title) == (key, kind.record.title)
    assert world.port().put_back(kind.binding, edit, left, image).seen == back
    world.retitle(key, "Corrigée")
    with pytest.raises(Moved):
        world.port().put_back(kind.binding, edit, left, image)
    assert titles(world.port().snapshot(kind.binding, Known())) == {key: "Corrigée"}


def test_a_deletion_is_put_back_once_under_its_own_name(world: World, kind: Kind) -> None:
    port = world.port()
    seen = port.create(kind.binding, kind.uid, kind.record, None).seen
    removal = done(Action.DELETE, seen.key, seen.token)
    image = port.images(kind.binding, [removal])[seen.key]
    port.delete(kind.binding, seen.key, seen.token)
    back = world.port().put_back(kind.binding, removal, "", image).seen
    assert (back.key, back.record) == (seen.key, seen.record)
    assert world.port().put_back(kind.binding, removal, "", image).seen == back
    assert list(world.port().snapshot(kind.binding, Known()).sightings) == [seen.key]


def test_there_is_no_image_of_what_moved(world: World, kind: Kind) -> None:
    key = world.put(kind.record)
    token = world.port().snapshot(kind.binding, Known()).sightings[key].token
    world.retitle(key, "Bal")
    port = world.port()
    port.snapshot(kind.binding, Known())
    assert port.images(kind.binding, [done(Action.UPDATE, key, token)]) == {}


def test_what_is_erased_is_gone_whatever_its_version(world: World, kind: Kind) -> None:
    seen = world.port().create(kind.binding, kind.uid, kind.record, None).seen
    world.retitle(seen.key, "Bal")
    for _ in range(2):
        assert world.port().erase(kind.binding, seen.key) == ()
    assert world.port().snapshot(kind.binding, Known()).empty


def test_completing_a_creation_asks_for_nothing_more(world: World, kind: Kind) -> None:
    port = world.port()
    seen = port.create(kind.binding, kind.uid, kind.record, None).seen
    assert port.complete(kind.binding, seen.key) == ()
    assert world.port().snapshot(kind.binding, Known()).sightings[seen.key].record == seen.record


def test_projecting_twice_is_projecting_once(world: World, kind: Kind) -> None:
    port = world.port()
    for record in (kind.record, kind.other):
        once = port.project(kind.binding, record)
        assert port.project(kind.binding, once) == once


def test_requests_are_counted(world: World, kind: Kind) -> None:
    port = world.port()
    before = port.traffic().requests
    port.snapshot(kind.binding, Known())
    assert port.traffic().requests > before
