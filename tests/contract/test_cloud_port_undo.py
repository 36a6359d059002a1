"""What is kept of a resource before a write, how it comes back, and how it goes for good."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from oscartes_sync.errors import Forbidden, Invalid, Missing, Moved, SideError, Taken
from oscartes_sync.mapping.resource_writing import new_resource
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Seen
from oscartes_sync.ports import Image
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side
from tests.fakes.clouds import ALICE, BOT, CALENDAR, COLLECTION, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection=CALENDAR, title="Agenda"
)
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay",
)  # fmt: skip
UID = "FeteDuVillage.noe@oscartes"
NAME = "FeteDuVillage.noe.ics"
KEY = f"{COLLECTION}{NAME}"
RETITLE = [FieldChange("title", "Fête", "Bal")]


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        stand_in.port().prepare(BINDING)
        yield stand_in


def operation(action: Action, seen: Seen) -> Operation:
    return Operation(
        action=action, side=Side.CLOUD, uid=UID, entry="FeteDuVillage", href=seen.key,
        title="", token=seen.token,
    )  # fmt: skip


def made(world: StandInWorld) -> Seen:
    return world.port().create(BINDING, UID, EVENT, None).seen


def changed(world: StandInWorld, seen: Seen) -> tuple[Operation, str, Image]:
    """Our edit of a title, its image, and the version it left."""
    port = world.port()
    done = operation(Action.UPDATE, seen)
    image = port.images(BINDING, [done])[seen.key]
    left = port.update(BINDING, seen.key, seen.token, RETITLE, replace(EVENT, title="Bal")).seen
    return done, left.token, image


def deleted(world: StandInWorld, seen: Seen) -> tuple[Operation, Image]:
    port = world.port()
    done = operation(Action.DELETE, seen)
    image = port.images(BINDING, [done])[seen.key]
    port.delete(BINDING, seen.key, seen.token)
    return done, image


class TestImages:
    def test_are_the_stored_bytes_under_the_version_that_is_meant(
        self, world: StandInWorld
    ) -> None:
        seen = made(world)
        (image,) = world.port().images(BINDING, [operation(Action.UPDATE, seen)]).values()
        kept = json.loads(image.text)
        assert (kept["version"], kept["href"], kept["etag"]) == (1, seen.key, seen.token)
        assert kept["body"].encode() == world.text(NAME)

    def test_hide_what_they_hold(self, world: StandInWorld) -> None:
        _, _, image = changed(world, made(world))
        assert "Fête" not in repr(image)

    def test_leave_out_what_moved_or_went(self, world: StandInWorld) -> None:
        first, second = made(world), world.put(EVENT)
        token = world.port().snapshot(BINDING, Known()).sightings[second].token
        other = Seen(second, token, EVENT)
        world.retitle(first.key, "Par Alice")
        world.remove(second)
        wanted = [operation(Action.UPDATE, first), operation(Action.DELETE, other)]
        assert world.port().images(BINDING, wanted) == {}

    def test_leave_out_what_goes_while_they_are_taken(self, world: StandInWorld) -> None:
        """Text whose lines end in two ways is asked for by GET, between which it may go."""
        body = made_of(EVENT, world).replace(b"\r\nLOCATION", b"\nLOCATION")
        world.cloud.put(BOT, CALENDAR, "x.ics", body)
        world.cloud.faults.interpose(lambda: world.remove(f"{COLLECTION}x.ics"), method="GET")
        token = world.cloud.etags(BOT, CALENDAR)["x.ics"]
        seen = Seen(f"{COLLECTION}x.ics", token, EVENT)
        assert world.port().images(BINDING, [operation(Action.UPDATE, seen)]) == {}

    def test_keep_what_is_no_utf_8(self, world: StandInWorld) -> None:
        body = made_of(EVENT, world).replace("Fête".encode(), "Fête".encode("latin-1"))
        calendar = world.cloud.core.store.find(BOT, CALENDAR)
        assert calendar is not None
        world.write("x.ics", EVENT, "x@members.example")
        stored = calendar.resources["x.ics"]
        stored.body = body
        seen = Seen(f"{COLLECTION}x.ics", stored.etag, EVENT)
        port = world.port()
        (image,) = port.images(BINDING, [operation(Action.UPDATE, seen)]).values()
        assert base64.b64decode(json.loads(image.text)["base64"]) == body

    def test_cost_one_request_a_hundred_and_save_the_updates_theirs(
        self, world: StandInWorld
    ) -> None:
        keys = [world.put(replace(EVENT, title=f"Fête {number}")) for number in range(101)]
        tokens = world.cloud.etags(BOT, CALENDAR)
        seen = [Seen(key, tokens[key.rsplit("/", 1)[-1]], EVENT) for key in keys]
        port = world.port()
        port.prepare(BINDING)
        before = port.traffic().requests
        images = port.images(BINDING, [operation(Action.UPDATE, each) for each in seen])
        assert set(images) == set(keys)
        assert port.traffic().requests - before == 2
        for each in seen[:3]:
            port.update(BINDING, each.key, each.token, RETITLE, replace(EVENT, title="Bal"))
        assert port.traffic().requests - before == 2 + 3
        assert len(port.images(BINDING, [operation(Action.UPDATE, seen[50])])) == 1
        assert port.traffic().requests - before == 2 + 3

    def test_are_all_there_though_the_texts_are_more_than_is_kept(
        self, world: StandInWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys = [world.put(replace(EVENT, title=f"Fête {number}")) for number in range(9)]
        tokens = world.cloud.etags(BOT, CALENDAR)
        wanted = [
            operation(Action.UPDATE, Seen(key, tokens[key.rsplit("/", 1)[-1]], EVENT))
            for key in keys
        ]
        port = world.port()
        monkeypatch.setattr(port._bodies, "_limit", 3000)
        assert set(port.images(BINDING, wanted)) == set(keys)

    def test_nothing_is_concluded_from_half_an_answer(self, world: StandInWorld) -> None:
        seen = made(world)
        port = world.port()
        port.prepare(BINDING)
        world.cloud.faults.fail_next(9, status=503, method="REPORT")
        with pytest.raises(SideError):
            port.images(BINDING, [operation(Action.UPDATE, seen)])


def made_of(event: Event, world: StandInWorld) -> bytes:
    """A member's text of an event."""
    return new_resource(
        event, "x@members.example", zone="Europe/Paris", language="fr", hint="",
        now=world.clock.now(),
    )  # fmt: skip


class TestAnUpdateIsPutBack:
    def test_byte_for_byte(self, world: StandInWorld) -> None:
        seen = made(world)
        before = world.text(NAME)
        done, left, image = changed(world, seen)
        assert world.text(NAME) != before
        back = world.port().put_back(BINDING, done, left, image)
        assert world.text(NAME) == before
        assert (back.seen.key, back.seen.token, back.problems) == (seen.key, seen.token, ())
        assert back.seen.record.title == "Fête"

    def test_twice_without_harm(self, world: StandInWorld) -> None:
        done, left, image = changed(world, made(world))
        first = world.port().put_back(BINDING, done, left, image)
        puts = world.cloud.requests.count("PUT")
        assert world.port().put_back(BINDING, done, left, image).seen == first.seen
        assert world.cloud.requests.count("PUT") == puts

    def test_not_over_what_a_member_wrote_since(self, world: StandInWorld) -> None:
        done, left, image = changed(world, made(world))
        world.retitle(KEY, "Par Alice")
        with pytest.raises(Moved):
            world.port().put_back(BINDING, done, left, image)
        assert b"SUMMARY:Par Alice" in world.text(NAME)

    def test_not_over_a_member_who_is_quicker(self, world: StandInWorld) -> None:
        done, left, image = changed(world, made(world))
        world.cloud.faults.interpose(lambda: world.retitle(KEY, "Par Alice"), method="PUT")
        with pytest.raises(Moved):
            world.port().put_back(BINDING, done, left, image)
        assert b"SUMMARY:Par Alice" in world.text(NAME)

    def test_not_where_a_member_deleted_it(self, world: StandInWorld) -> None:
        done, left, image = changed(world, made(world))
        world.remove(KEY)
        with pytest.raises(Moved):
            world.port().put_back(BINDING, done, left, image)
        assert world.cloud.resources(BOT, CALENDAR) == {}

    @pytest.mark.parametrize("how", ["cut", "gateway"])
    def test_though_the_answer_is_lost(self, world: StandInWorld, how: str) -> None:
        done, left, image = changed(world, made(world))
        cut = how == "cut"
        world.cloud.faults.fail_next(status=502, method="PUT", after_executing=True, cut=cut)
        assert world.port().put_back(BINDING, done, left, image).seen.record.title == "Fête"

    def test_not_in_somebody_elses_calendar(self, world: StandInWorld) -> None:
        done, left, image = changed(world, made(world))
        world.cloud.make_calendar(ALICE, "quartier")
        world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
        with pytest.raises(Forbidden) as caught:
            world.port().put_back(replace(BINDING, collection="quartier"), done, left, image)
        assert caught.value.params["owner"] == ALICE

    @pytest.mark.parametrize("text", ["", "{}", '{"version": 2}', "[]", '{"version": 1}'])
    def test_not_from_what_is_no_image(self, world: StandInWorld, text: str) -> None:
        done, left, _ = changed(world, made(world))
        with pytest.raises(Invalid) as caught:
            world.port().put_back(BINDING, done, left, Image(text))
        assert caught.value.code == "cloud-image-unreadable"


class TestADeletionIsPutBack:
    def test_out_of_the_trash_bin_under_its_own_name(self, world: StandInWorld) -> None:
        seen = made(world)
        before = world.text(NAME)
        done, image = deleted(world, seen)
        back = world.port().put_back(BINDING, done, "", image)
        assert world.cloud.resources(BOT, CALENDAR) == {NAME: before}
        assert world.cloud.trash(BOT, CALENDAR) == {}
        assert (back.seen.key, back.seen.token) == (seen.key, seen.token)
        assert world.cloud.requests.count("MOVE") == 1

    def test_as_it_was_though_the_bin_holds_a_later_text(self, world: StandInWorld) -> None:
        before = world.text(made(world).key.rsplit("/", 1)[-1])
        seen = Seen(KEY, world.cloud.etags(BOT, CALENDAR)[NAME], EVENT)
        image = world.port().images(BINDING, [operation(Action.DELETE, seen)])[KEY]
        world.retitle(KEY, "Par Alice")
        world.remove(KEY)
        world.port().put_back(BINDING, operation(Action.DELETE, seen), "", image)
        assert world.cloud.resources(BOT, CALENDAR) == {NAME: before}

    @pytest.mark.parametrize("why", ["purged", "off"])
    def test_anew_under_its_own_href_and_uid_where_no_bin_has_it(
        self, world: StandInWorld, why: str
    ) -> None:
        seen = made(world)
        before = world.text(NAME)
        if why == "off":
            world.cloud.settings.retention = 0
        done, image = deleted(world, seen)
        if why == "purged":
            calendar = world.cloud.core.store.find(BOT, CALENDAR)
            assert calendar is not None
            for one in list(calendar.trashed.values()):
                calendar.forget(one)
        back = world.port().put_back(BINDING, done, "", image)
        assert world.cloud.resources(BOT, CALENDAR) == {NAME: before}
        assert back.seen.key == KEY

    def test_a_members_own_with_all_that_is_in_it(self, world: StandInWorld) -> None:
        key = world.put(EVENT)
        name = key.rsplit("/", 1)[-1]
        alarm = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT15M\r\nEND:VALARM"
        body = world.text(name).replace(
            b"END:VEVENT", b"X-COULEUR:bleu\r\n" + alarm + b"\r\nEND:VEVENT"
        )
        world.cloud.put(BOT, CALENDAR, name, body)
        seen = Seen(key, world.cloud.etags(BOT, CALENDAR)[name], EVENT)
        done, image = deleted(world, seen)
        world.port().put_back(BINDING, done, "", image)
        assert world.text(name) == body

    def test_twice_without_harm(self, world: StandInWorld) -> None:
        done, image = deleted(world, made(world))
        first = world.port().put_back(BINDING, done, "", image)
        assert world.port().put_back(BINDING, done, "", image).seen == first.seen
        assert world.cloud.requests.count("MOVE") == 1

    def test_though_the_answer_to_the_restoring_is_lost(self, world: StandInWorld) -> None:
        done, image = deleted(world, made(world))
        world.cloud.faults.fail_next(method="MOVE", after_executing=True, cut=True)
        with pytest.raises(SideError):
            world.port().put_back(BINDING, done, "", image)
        assert world.port().put_back(BINDING, done, "", image).seen.key == KEY

    def test_not_over_what_has_its_name_now(self, world: StandInWorld) -> None:
        done, image = deleted(world, made(world))
        world.write(NAME, replace(EVENT, title="Autre"), "autre@members.example")
        with pytest.raises(Moved):
            world.port().put_back(BINDING, done, "", image)
        assert b"UID:autre@members.example" in world.text(NAME)

    def test_not_over_a_member_who_is_quicker(self, world: StandInWorld) -> None:
        seen = made(world)
        world.cloud.settings.retention = 0
        done, image = deleted(world, seen)
        other = replace(EVENT, title="Autre")
        world.cloud.faults.interpose(
            lambda: world.write(NAME, other, "autre@members.example"), method="PUT"
        )
        with pytest.raises(Moved):
            world.port().put_back(BINDING, done, "", image)
        assert b"UID:autre@members.example" in world.text(NAME)

    def test_not_beside_what_has_its_uid_now(self, world: StandInWorld) -> None:
        seen = made(world)
        world.cloud.settings.retention = 0
        done, image = deleted(world, seen)
        world.write("autre.ics", replace(EVENT, title="Autre"), UID)
        with pytest.raises(Taken) as caught:
            world.port().put_back(BINDING, done, "", image)
        assert caught.value.params["href"] == f"{COLLECTION}autre.ics"
        assert list(world.cloud.resources(BOT, CALENDAR)) == ["autre.ics"]

    def test_not_into_a_calendar_that_is_gone(self, world: StandInWorld) -> None:
        done, image = deleted(world, made(world))
        world.cloud.trash_calendar(BOT, CALENDAR)
        with pytest.raises(Missing):
            world.port().put_back(BINDING, done, "", image)

    def test_is_no_news_for_the_run_after_it(self, world: StandInWorld) -> None:
        seen = made(world)
        first = world.port().snapshot(BINDING, Known())
        known = Known(tokens={seen.key: seen.token}, cursor=first.cursor)
        done, image = deleted(world, seen)
        world.port().put_back(BINDING, done, "", image)
        second = world.port().snapshot(BINDING, known)
        assert (dict(second.sightings), second.absent) == ({}, frozenset())


def test_a_creation_needs_no_completing(world: StandInWorld) -> None:
    port = world.port()
    assert port.complete(BINDING, made(world).key) == ()
    assert port.traffic().requests == 0
