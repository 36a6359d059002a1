"""The port `Cloud`: one suite for the fake and for the adapter on the stand-in cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from oscartes_sync.errors import Missing, Moved, Taken
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot
from oscartes_sync.ports import Cloud
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side
from tests.fakes.clouds import FakeWorld, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau", title="Agenda"
)
EVENT = Event(
    title="Fête du village", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay", categories=("Atelier",),
)  # fmt: skip
DAYS = Event(title="Bourse", start=date(2027, 1, 2), end=date(2027, 1, 4))
UID = "FeteDuVillage.noe@oscartes"


class World(Protocol):
    """A cloud with somebody in it."""

    def port(self) -> Cloud:
        """A fresh port, as a new run makes it."""

    def put(self, event: Event) -> str:
        """A member makes an event; its key."""

    def retitle(self, key: str, title: str) -> None:
        """A member edits it."""

    def remove(self, key: str) -> None:
        """A member deletes it."""


@pytest.fixture(params=["fake", "stand-in"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    with StandInWorld() as stand_in:
        stand_in.port().prepare(BINDING)
        yield stand_in


def after(snapshot: Snapshot, known: Known | None = None) -> Known:
    """What the state keeps of a snapshot."""
    tokens = dict(known.tokens) if known else {}
    tokens.update({key: seen.token for key, seen in snapshot.sightings.items()})
    return Known(tokens=tokens, cursor=snapshot.cursor)


def titles(snapshot: Snapshot) -> dict[str, str]:
    return {key: seen.record.title for key, seen in snapshot.sightings.items() if seen.record}


def test_what_is_new_is_seen_once(world: World) -> None:
    keys = {world.put(EVENT): EVENT.title, world.put(DAYS): DAYS.title}
    first = world.port().snapshot(BINDING, Known())
    assert titles(first) == keys
    second = world.port().snapshot(BINDING, after(first))
    assert not second.sightings
    assert not second.absent
    assert set(second.unmoved) == set(keys)


def test_what_a_member_edits_comes_with_another_token(world: World) -> None:
    key, other = world.put(EVENT), world.put(DAYS)
    known = after(world.port().snapshot(BINDING, Known()))
    world.retitle(key, "Bal")
    snapshot = world.port().snapshot(BINDING, known)
    assert titles(snapshot) == {key: "Bal"}
    assert snapshot.unmoved == {other}
    assert snapshot.sightings[key].token != known.tokens[key]


def test_what_a_member_deletes_is_absent_until_it_is_let_go(world: World) -> None:
    key = world.put(EVENT)
    known = after(world.port().snapshot(BINDING, Known()))
    world.remove(key)
    for _ in range(2):
        port = world.port()
        snapshot = port.snapshot(BINDING, known)
        assert snapshot.absent == {key}
        assert port.look(BINDING, [key])[key].presence is Presence.GONE
        known = after(snapshot, known)


def test_a_look_finds_what_is_there(world: World) -> None:
    key = world.put(EVENT)
    port = world.port()
    port.snapshot(BINDING, Known())
    look = port.look(BINDING, [key])[key]
    assert (look.presence, look.deletable) == (Presence.HERE, True)


def test_what_we_make_is_read_back_and_known_afterwards(world: World) -> None:
    port = world.port()
    known = after(port.snapshot(BINDING, Known()))
    seen = port.create(BINDING, UID, EVENT, None).seen
    assert seen.record == port.project(BINDING, EVENT)
    kept = Known(tokens={**known.tokens, seen.key: seen.token}, cursor=known.cursor)
    snapshot = world.port().snapshot(BINDING, kept)
    assert not snapshot.sightings
    assert snapshot.unmoved == {seen.key}


def test_a_uid_that_is_there_with_other_words_is_taken(world: World) -> None:
    world.port().create(BINDING, UID, EVENT, None)
    port = world.port()
    with pytest.raises(Taken) as caught:
        port.create(BINDING, UID, replace(EVENT, title="Autre"), None)
    assert caught.value.params["href"]


def test_an_edit_changes_what_it_says_and_nothing_else(world: World) -> None:
    key = world.put(EVENT)
    port = world.port()
    token = port.snapshot(BINDING, Known()).sightings[key].token
    changes = [FieldChange("title", EVENT.title, "Bal")]
    seen = port.update(BINDING, key, token, changes, replace(EVENT, title="Bal")).seen
    assert seen.record.title == "Bal"
    assert (seen.record.place, seen.record.start) == (EVENT.place, EVENT.start)
    assert seen.token != token
    again = world.port().snapshot(BINDING, Known()).sightings[key]
    assert (again.token, again.record) == (seen.token, seen.record)


def test_an_edit_never_overwrites_a_member(world: World) -> None:
    key = world.put(EVENT)
    port = world.port()
    token = port.snapshot(BINDING, Known()).sightings[key].token
    world.retitle(key, "Corrigée")
    change = [FieldChange("title", EVENT.title, "Bal")]
    with pytest.raises(Moved):
        port.update(BINDING, key, token, change, EVENT)
    with pytest.raises(Moved):
        port.delete(BINDING, key, token)
    assert titles(world.port().snapshot(BINDING, Known())) == {key: "Corrigée"}


def test_an_edit_of_what_is_gone_makes_nothing(world: World) -> None:
    key = world.put(EVENT)
    token = world.port().snapshot(BINDING, Known()).sightings[key].token
    world.remove(key)
    port = world.port()
    with pytest.raises(Missing):
        port.update(BINDING, key, token, [FieldChange("title", "", "Bal")], EVENT)
    assert world.port().snapshot(BINDING, Known()).sightings == {}


def test_a_deletion_is_done_once_and_asked_twice_without_harm(world: World) -> None:
    key = world.put(EVENT)
    port = world.port()
    token = port.snapshot(BINDING, Known()).sightings[key].token
    port.delete(BINDING, key, token)
    port.delete(BINDING, key, token)
    assert world.port().snapshot(BINDING, Known()).empty


def done(action: Action, key: str, token: str) -> Operation:
    return Operation(
        action=action, side=Side.CLOUD, uid=UID, entry=None, href=key, title="", token=token
    )  # fmt: skip


def test_an_edit_is_put_back_where_nobody_came_after_it(world: World) -> None:
    key = world.put(EVENT)
    port = world.port()
    token = port.snapshot(BINDING, Known()).sightings[key].token
    edit = done(Action.UPDATE, key, token)
    image = port.images(BINDING, [edit])[key]
    changes = [FieldChange("title", EVENT.title, "Bal")]
    left = port.update(BINDING, key, token, changes, replace(EVENT, title="Bal")).seen.token
    back = world.port().put_back(BINDING, edit, left, image).seen
    assert (back.key, back.record.title) == (key, EVENT.title)
    assert world.port().put_back(BINDING, edit, left, image).seen == back
    world.retitle(key, "Corrigée")
    with pytest.raises(Moved):
        world.port().put_back(BINDING, edit, left, image)
    assert titles(world.port().snapshot(BINDING, Known())) == {key: "Corrigée"}


def test_a_deletion_is_put_back_once_under_its_own_name(world: World) -> None:
    port = world.port()
    seen = port.create(BINDING, UID, EVENT, None).seen
    removal = done(Action.DELETE, seen.key, seen.token)
    image = port.images(BINDING, [removal])[seen.key]
    port.delete(BINDING, seen.key, seen.token)
    back = world.port().put_back(BINDING, removal, "", image).seen
    assert (back.key, back.record) == (seen.key, seen.record)
    assert world.port().put_back(BINDING, removal, "", image).seen == back
    assert list(world.port().snapshot(BINDING, Known()).sightings) == [seen.key]


def test_there_is_no_image_of_what_moved(world: World) -> None:
    key = world.put(EVENT)
    token = world.port().snapshot(BINDING, Known()).sightings[key].token
    world.retitle(key, "Bal")
    port = world.port()
    port.snapshot(BINDING, Known())
    assert port.images(BINDING, [done(Action.UPDATE, key, token)]) == {}


def test_what_is_erased_is_gone_whatever_its_version(world: World) -> None:
    seen = world.port().create(BINDING, UID, EVENT, None).seen
    world.retitle(seen.key, "Bal")
    for _ in range(2):
        assert world.port().erase(BINDING, seen.key) == ()
    assert world.port().snapshot(BINDING, Known()).empty


def test_completing_a_creation_asks_for_nothing_more(world: World) -> None:
    port = world.port()
    seen = port.create(BINDING, UID, EVENT, None).seen
    assert port.complete(BINDING, seen.key) == ()
    assert world.port().snapshot(BINDING, Known()).sightings[seen.key].record == seen.record


def test_projecting_twice_is_projecting_once(world: World) -> None:
    port = world.port()
    for event in (EVENT, DAYS):
        once = port.project(BINDING, event)
        assert port.project(BINDING, once) == once


def test_requests_are_counted(world: World) -> None:
    port = world.port()
    before = port.traffic().requests
    port.snapshot(BINDING, Known())
    assert port.traffic().requests > before
