"""Each memory that mirrors a calendar leaves its name there, and doctor tells of another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oscartes_sync.adapters.nextcloud.dav_xml import name
from oscartes_sync.adapters.nextcloud.states import other, read, signed
from oscartes_sync.planning.binding import Binding, Direction
from oscartes_sync.planning.snapshot import Known
from oscartes_sync.ports import Check
from oscartes_sync.records.event import Event
from tests.fakes.clouds import ALICE, BOT, CALENDAR, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection=CALENDAR, title="Agenda"
)
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC),
)  # fmt: skip
TODAY = datetime(2026, 11, 24, tzinfo=UTC).date()


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        yield stand_in


def kept(world: StandInWorld) -> str:
    """What the calendar's property says."""
    calendar = world.cloud.core.store.find(BOT, CALENDAR)
    assert calendar is not None
    return calendar.properties.get(name("x:states"), "")


def told(world: StandInWorld, state: str) -> list[Check]:
    world_time = world.clock.time
    probe = world.probe(state)
    found = [check for check in probe.check([BINDING]) if check.code == "other-state"]
    probe.close()
    world.clock.time = world_time
    return found


def test_a_run_that_writes_signs_once_a_week(world: StandInWorld) -> None:
    for _ in range(3):
        world.port(state="a1").prepare(BINDING)
    assert kept(world) == f"a1 {TODAY}"
    assert world.cloud.requests.count("PROPPATCH") == 1
    world.clock.time += timedelta(days=7)
    world.port(state="a1").prepare(BINDING)
    assert read(kept(world)) == {"a1": TODAY + timedelta(days=7)}
    assert world.cloud.requests.count("PROPPATCH") == 2


def test_signing_costs_one_request_and_reading_none(world: StandInWorld) -> None:
    world.port().prepare(BINDING)
    port = world.port(state="a1")
    port.snapshot(BINDING, Known())
    before = port.traffic().requests
    port.prepare(BINDING)
    assert port.traffic().requests - before == 1
    again = world.port(state="a1")
    again.prepare(BINDING)
    assert again.traffic().requests == 1


def test_names_of_others_stay_for_two_months(world: StandInWorld) -> None:
    world.port(state="a1").prepare(BINDING)
    world.clock.time += timedelta(days=59)
    world.port(state="b2").prepare(BINDING)
    assert set(read(kept(world))) == {"a1", "b2"}
    world.clock.time += timedelta(days=8)
    world.port(state="b2").prepare(BINDING)
    assert set(read(kept(world))) == {"b2"}


def test_a_run_that_writes_nothing_there_leaves_no_name(world: StandInWorld) -> None:
    world.port().prepare(BINDING)
    world.port(state="a1").prepare(BINDING, writing=False)
    world.port(state="a1").prepare(replace(BINDING, direction=Direction.TO_WIKI))
    world.port(state="").prepare(BINDING)
    assert kept(world) == ""


def test_nothing_is_written_on_what_is_not_ours(world: StandInWorld) -> None:
    world.cloud.make_calendar(ALICE, "quartier")
    world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
    world.port(state="a1").prepare(replace(BINDING, collection="quartier"))
    assert "PROPPATCH" not in [line.method for line in world.cloud.requests]


def test_a_signature_is_no_news_for_the_run_after_it(world: StandInWorld) -> None:
    world.port().prepare(BINDING)
    key = world.put(EVENT)
    port = world.port()
    first = port.snapshot(BINDING, Known())
    known = Known(tokens={key: first.sightings[key].token}, cursor=first.cursor)
    world.port(state="a1").prepare(BINDING)
    after = world.port(state="a1")
    second = after.snapshot(BINDING, known)
    assert (dict(second.sightings), second.absent) == ({}, frozenset())
    assert after.traffic().requests == 1


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_server_that_refuses_it_is_left_in_peace(world: StandInWorld, status: int) -> None:
    world.port().prepare(BINDING)
    world.cloud.faults.fail_next(9, status=status, method="PROPPATCH")
    port = world.port(state="a1")
    assert port.prepare(BINDING) == ()
    assert port.create(BINDING, "Fete.noe@oscartes", EVENT, None).seen.record.title == "Fête"
    assert world.cloud.requests.count("PROPPATCH") == 1


@pytest.mark.parametrize("after_executing", [False, True])
def test_an_answer_that_is_lost_stops_nothing(world: StandInWorld, after_executing: bool) -> None:
    world.port().prepare(BINDING)
    world.cloud.faults.fail_next(method="PROPPATCH", cut=True, after_executing=after_executing)
    assert world.port(state="a1").prepare(BINDING) == ()
    world.port(state="a1").prepare(BINDING)
    assert set(read(kept(world))) == {"a1"}


def test_a_server_that_forgets_it_is_told_again(world: StandInWorld) -> None:
    world.port(state="a1").prepare(BINDING)
    calendar = world.cloud.core.store.find(BOT, CALENDAR)
    assert calendar is not None
    del calendar.properties[name("x:states")]
    assert told(world, "b2") == []
    world.port(state="a1").prepare(BINDING)
    assert set(read(kept(world))) == {"a1"}


def test_doctor_tells_of_another_for_two_weeks(world: StandInWorld) -> None:
    world.port(state="a1").prepare(BINDING)
    assert told(world, "a1") == []
    for state in ("b2", ""):
        (check,) = told(world, state)
        assert (check.status, check.target) == ("warn", "binding agenda")
        assert (check.params["calendar"], check.params["date"]) == (CALENDAR, TODAY.isoformat())
    world.clock.time += timedelta(days=14)
    assert told(world, "b2") == []


def test_doctor_tells_nothing_of_a_calendar_to_be_made(world: StandInWorld) -> None:
    assert told(world, "a1") == []


@pytest.mark.parametrize("text", ["", "\n\n", "a1", "a1 hier", "2026-11-24", "  \n a1 2026-13-40"])
def test_what_says_nothing_is_read_as_nothing(text: str) -> None:
    assert read(text) == {}
    assert other(text, "b2", TODAY) is None
    assert signed(text, "b2", TODAY) == f"b2 {TODAY}"
