"""How a copy leaves: withdrawn from readers, erased for good; and what a private binding keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from oscartes_sync.errors import Forbidden, Moved, SideError, Taken
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Seen, Standing
from oscartes_sync.records.event import Event, Visibility
from tests.fakes.clouds import ALICE, BOT, CALENDAR, COLLECTION, HOME, StandInWorld

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


def made(world: StandInWorld) -> Seen:
    return world.port().create(BINDING, UID, EVENT, None).seen


class TestWithdrawal:
    """Of what a name in the trash bin keeps from being deleted."""

    def blocked(self, world: StandInWorld) -> Seen:
        world.write(NAME, EVENT, "ancien@members.example")
        world.cloud.delete(BOT, CALENDAR, NAME)
        return made(world)

    def test_takes_it_from_those_the_calendar_is_shared_with(self, world: StandInWorld) -> None:
        seen = self.blocked(world)
        world.cloud.share(BOT, CALENDAR, f"principals/users/{ALICE}")
        world.port().delete(BINDING, seen.key, seen.token, withdrawn=True)
        assert world.cloud.resources(ALICE, f"{CALENDAR}_shared_by_{BOT}") == {}
        assert b"CLASS:PRIVATE" in world.text(NAME)
        assert len(world.cloud.trash(BOT, CALENDAR)) == 1
        sighting = world.port().snapshot(BINDING, Known()).sightings[KEY]
        assert sighting.standing is Standing.HIDDEN

    def test_is_a_refusal_where_the_source_was_deleted(self, world: StandInWorld) -> None:
        seen = self.blocked(world)
        before = world.text(NAME)
        with pytest.raises(Taken) as caught:
            world.port().delete(BINDING, seen.key, seen.token)
        assert caught.value.code == "trash-name-taken"
        assert world.text(NAME) == before

    def test_never_hides_what_a_member_wrote_since(self, world: StandInWorld) -> None:
        seen = self.blocked(world)
        world.retitle(KEY, "Par Alice")
        with pytest.raises(Moved):
            world.port().delete(BINDING, seen.key, seen.token, withdrawn=True)
        assert b"CLASS:PRIVATE" not in world.text(NAME)

    def test_deletes_where_it_can(self, world: StandInWorld) -> None:
        seen = made(world)
        world.port().delete(BINDING, seen.key, seen.token, withdrawn=True)
        assert world.cloud.resources(BOT, CALENDAR) == {}

    def test_of_what_is_not_ours_names_the_owner(self, world: StandInWorld) -> None:
        world.cloud.make_calendar(ALICE, "quartier")
        world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
        with pytest.raises(Forbidden) as caught:
            world.port().delete(
                replace(BINDING, collection="quartier"),
                f"{HOME}quartier_shared_by_{ALICE}/a.ics", "", withdrawn=True,
            )  # fmt: skip
        assert caught.value.params["owner"] == ALICE


class TestErasing:
    def test_leaves_nothing_in_the_calendar_nor_in_the_bin(self, world: StandInWorld) -> None:
        seen = made(world)
        world.retitle(KEY, "Par Alice")
        assert world.port().erase(BINDING, seen.key) == ()
        assert world.cloud.resources(BOT, CALENDAR) == {}
        assert world.cloud.trash(BOT, CALENDAR) == {}

    def test_finds_in_the_bin_what_was_deleted_before(self, world: StandInWorld) -> None:
        seen = made(world)
        world.port().delete(BINDING, seen.key, seen.token)
        world.put(EVENT)
        for _ in range(2):
            assert world.port().erase(BINDING, seen.key) == ()
        assert world.cloud.trash(BOT, CALENDAR) == {}
        assert len(world.cloud.resources(BOT, CALENDAR)) == 1

    def test_leaves_others_in_the_bin(self, world: StandInWorld) -> None:
        other = world.put(EVENT)
        world.remove(other)
        world.write("autre.ics", EVENT, UID, "personal")
        world.cloud.delete(BOT, "personal", "autre.ics")
        world.port().erase(BINDING, made(world).key)
        assert len(world.cloud.trash(BOT, CALENDAR)) == 1
        assert len(world.cloud.trash(BOT, "personal")) == 1

    def test_goes_on_where_it_was_interrupted(self, world: StandInWorld) -> None:
        seen = made(world)
        world.cloud.faults.fail_next(9, status=503, containing="/trashbin/")
        with pytest.raises(SideError):
            world.port().erase(BINDING, seen.key)
        world.cloud.faults.clear()
        world.port().erase(BINDING, seen.key)
        assert world.cloud.trash(BOT, CALENDAR) == {}

    def test_takes_the_text_of_what_cannot_be_deleted(self, world: StandInWorld) -> None:
        world.write(NAME, EVENT, "ancien@members.example")
        world.cloud.delete(BOT, CALENDAR, NAME)
        seen = made(world)
        (problem,) = world.port().erase(BINDING, seen.key)
        assert problem.code == "copy-emptied"
        text = world.text(NAME)
        assert b"CLASS:PRIVATE" in text
        assert b"Orsay" not in text
        assert "Fête".encode() not in text
        assert b"2026120" not in text
        assert len(world.cloud.trash(BOT, CALENDAR)) == 1

    def test_of_what_is_not_ours_names_the_owner(self, world: StandInWorld) -> None:
        world.cloud.make_calendar(ALICE, "quartier")
        world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}")
        key = f"{HOME}quartier_shared_by_{ALICE}/a.ics"
        with pytest.raises(Forbidden) as caught:
            world.port().erase(replace(BINDING, collection="quartier"), key)
        assert caught.value.params["owner"] == ALICE


class TestPrivateBindings:
    PRIVATE = replace(BINDING, private=True)

    @pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.CONFIDENTIAL])
    def test_mirror_the_whole_text_of_what_others_do_not_see(
        self, world: StandInWorld, visibility: Visibility
    ) -> None:
        key = world.put(replace(EVENT, visibility=visibility))
        open_to = {
            binding.private: world.port().snapshot(binding, Known()).sightings[key]
            for binding in (BINDING, self.PRIVATE)
        }
        assert open_to[False].standing is Standing.HIDDEN
        assert open_to[True].standing is Standing.OPEN
        read = open_to[True].record
        assert read is not None
        assert (read.title, read.place) == ("Fête", "Orsay")

    def test_make_what_the_calendars_members_see(self, world: StandInWorld) -> None:
        world.cloud.share(BOT, CALENDAR, f"principals/users/{ALICE}")
        seen = world.port().create(self.PRIVATE, UID, EVENT, None).seen
        assert seen.record.visibility is Visibility.PUBLIC
        (text,) = world.cloud.resources(ALICE, f"{CALENDAR}_shared_by_{BOT}").values()
        assert "SUMMARY:Fête".encode() in text

    def test_leave_the_class_of_a_members_event_as_it_is(self, world: StandInWorld) -> None:
        key = world.put(replace(EVENT, visibility=Visibility.PRIVATE))
        port = world.port()
        sighting = port.snapshot(self.PRIVATE, Known()).sightings[key]
        assert sighting.record is not None
        port.update(
            self.PRIVATE, key, sighting.token, RETITLE, replace(sighting.record, title="Bal")
        )
        text = world.text(key.rsplit("/", 1)[-1])
        assert b"CLASS:PRIVATE" in text
        assert b"SUMMARY:Bal" in text
