"""The adapter against a cloud as unkind as the recordings, of both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
from oscartes_sync.errors import (
    Busy,
    CredentialsRefused,
    Forbidden,
    Full,
    Missing,
    OutcomeUnknown,
    SideError,
    Taken,
    Unavailable,
)
from oscartes_sync.planning.binding import Binding, Share
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot, Standing
from oscartes_sync.records.event import Event, Visibility
from oscartes_sync.sandbox.cloud import seed_members_events
from tests.fakes.clouds import ALICE, BOT, CALENDAR, COLLECTION, HOME, StandInWorld

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection=CALENDAR, title="Agenda du réseau",
    color="#2e7d32",
)  # fmt: skip
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay",
)  # fmt: skip
UID = "FeteDuVillage.noe@oscartes"
NAME = "FeteDuVillage.noe.ics"


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        stand_in.port().prepare(BINDING)
        yield stand_in


def after(snapshot: Snapshot, **more: str) -> Known:
    """What the state keeps of a snapshot and of writes (name → token)."""
    tokens = {key: seen.token for key, seen in snapshot.sightings.items()}
    tokens.update({f"{COLLECTION}{name}": token for name, token in more.items()})
    return Known(tokens=tokens, cursor=snapshot.cursor)


def requests_of(world: StandInWorld, known: Known) -> tuple[int, Snapshot]:
    port = world.port()
    snapshot = port.snapshot(BINDING, known)
    return port.traffic().requests, snapshot


def test_the_calendar_is_made_as_configured(world: StandInWorld) -> None:
    assert CALENDAR in world.cloud.calendars(BOT)
    port = world.port()
    port.prepare(BINDING)
    assert port.traffic().requests == 1
    methods = [line.method for line in world.cloud.requests]
    assert methods.count("MKCALENDAR") == 1
    assert "PROPPATCH" not in methods


def test_a_run_without_changes_costs_one_request_and_one_after_our_own_writes_two(
    world: StandInWorld,
) -> None:
    port = world.port()
    first = port.snapshot(BINDING, Known())
    tags = [f"Fete{number}" for number in range(30)]
    with ThreadPoolExecutor(port.parallel(creating=True)) as pool:
        jobs = [
            pool.submit(port.create, BINDING, f"{tag}.noe@oscartes", EVENT, None) for tag in tags
        ]
        written = [job.result().seen for job in jobs]
    assert port.traffic().requests == 2 + len(tags)
    tokens = {seen.key: seen.token for seen in written}
    count, second = requests_of(world, Known(tokens=tokens, cursor=first.cursor))
    assert (count, second.sightings, len(second.unmoved)) == (2, {}, len(tags))
    count, third = requests_of(world, Known(tokens=tokens, cursor=second.cursor))
    assert (count, third.sightings, len(third.unmoved)) == (1, {}, len(tags))


def test_no_cookie_is_ever_sent(world: StandInWorld) -> None:
    port = world.port()
    port.snapshot(BINDING, Known())
    port.create(BINDING, UID, EVENT, None)
    assert {line.user for line in world.cloud.requests if line.status < 400} == {BOT}


def test_deleted_and_made_again_within_one_window_is_no_deletion(world: StandInWorld) -> None:
    key = world.put(EVENT)
    name = key.rsplit("/", 1)[-1]
    _, first = requests_of(world, Known())
    world.cloud.delete(BOT, CALENDAR, name)
    world.cloud.restore(BOT, CALENDAR, name)
    _, second = requests_of(world, after(first))
    assert not second.absent
    assert second.unmoved == {key}


def test_pruned_changes_are_found_within_a_week(world: StandInWorld) -> None:
    key = world.put(EVENT)
    _, first = requests_of(world, Known())
    world.retitle(key, "Bal")
    world.cloud.prune_changes(BOT, CALENDAR)
    _, unaware = requests_of(world, after(first))
    assert unaware.sightings == {}
    world.clock.time += timedelta(days=8)
    _, aware = requests_of(world, Known(tokens=after(first).tokens, cursor=unaware.cursor))
    assert set(aware.sightings) == {key}


def test_a_backup_put_back_is_compared_whole(world: StandInWorld) -> None:
    key = world.put(EVENT)
    backup = world.cloud.snapshot()
    world.retitle(key, "Bal")
    _, first = requests_of(world, Known())
    world.cloud.restore_backup(backup)
    _, second = requests_of(world, after(first))
    assert set(second.sightings) == {key}


def test_members_events_keep_everything_through_an_edit(world: StandInWorld) -> None:
    names = seed_members_events(world.cloud, BOT, CALENDAR)
    port = world.port()
    snapshot = port.snapshot(BINDING, Known())
    assert {key.rsplit("/", 1)[-1] for key in snapshot.sightings} == set(names)
    for key, sighting in snapshot.sightings.items():
        if sighting.record is None:
            continue
        before = world.text(key.rsplit("/", 1)[-1]).split(b"\r\n")
        change = FieldChange("place", sighting.record.place, "Salle des fêtes")
        event = replace(sighting.record, place="Salle des fêtes")
        seen = port.update(BINDING, key, sighting.token, [change], event).seen
        assert seen.record.place == "Salle des fêtes"
        kept = world.text(key.rsplit("/", 1)[-1]).split(b"\r\n")
        lost = [line for line in before if line not in kept]
        stamps = (b"LOCATION", b"SEQUENCE", b"DTSTAMP", b"LAST-MODIFIED")
        assert [line for line in lost if not line.startswith(stamps)] == []


@pytest.mark.parametrize("status", [400, 409])
def test_a_uid_under_another_name_is_adopted_in_both_forms(status: Literal[400, 409]) -> None:
    with StandInWorld(uid_conflict=status) as world:
        port = world.port()
        port.prepare(BINDING)
        world.write("autre.ics", EVENT, UID)
        seen = port.create(BINDING, UID, EVENT, None).seen
        assert seen.key == f"{COLLECTION}autre.ics"
        assert list(world.cloud.resources(BOT, CALENDAR)) == ["autre.ics"]
        with pytest.raises(Taken) as caught:
            port.create(BINDING, UID, replace(EVENT, title="Bal"), None)
        assert caught.value.params["href"] == seen.key


def test_a_trashed_uid_comes_back_with_the_words_of_now(world: StandInWorld) -> None:
    port = world.port()
    seen = port.create(BINDING, UID, EVENT, None).seen
    port.delete(BINDING, seen.key, seen.token)
    again = port.create(BINDING, UID, replace(EVENT, title="Bal"), None).seen
    assert (again.key, again.record.title) == (seen.key, "Bal")
    assert world.cloud.trash(BOT, CALENDAR) == {}


def test_a_name_in_the_trash_bin_keeps_its_successor_from_being_deleted(
    world: StandInWorld,
) -> None:
    world.write("x.ics", EVENT, "one@x")
    world.cloud.delete(BOT, CALENDAR, "x.ics")
    world.write("x.ics", EVENT, "two@x")
    with pytest.raises(Taken) as caught:
        world.port().delete(BINDING, f"{COLLECTION}x.ics", "")
    assert caught.value.code == "trash-name-taken"
    assert "x.ics" in world.cloud.resources(BOT, CALENDAR)


@pytest.mark.parametrize("kept", ["name", "uid", "bytes"])
def test_moved_to_another_calendar_of_ours_is_elsewhere(world: StandInWorld, kept: str) -> None:
    key = world.put(EVENT)
    name = key.rsplit("/", 1)[-1]
    port = world.port()
    port.snapshot(BINDING, Known(tokens={key: world.cloud.etags(BOT, CALENDAR)[name]}))
    body = world.text(name)
    world.cloud.delete(BOT, CALENDAR, name)
    if kept == "name":
        world.write(name, EVENT, "other@x", "personal")
    else:
        changed = body if kept == "bytes" else body.replace(b"Orsay", b"Bures")
        world.cloud.put(BOT, "personal", "elsewhere.ics", changed)
    assert port.look(BINDING, [key])[key].presence is Presence.ELSEWHERE


def test_an_unshared_calendar_deletes_nothing(world: StandInWorld) -> None:
    world.cloud.make_calendar(ALICE, "quartier")
    world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
    binding = replace(BINDING, collection="quartier")
    body = world.put(EVENT).rsplit("/", 1)[-1]
    world.cloud.put(ALICE, "quartier", "a.ics", world.text(body))
    port = world.port()
    snapshot = port.snapshot(binding, Known())
    (key,) = snapshot.sightings
    assert key == f"{HOME}quartier_shared_by_{ALICE}/a.ics"
    assert (snapshot.trusted, snapshot.writable) == (False, False)
    assert [problem.code for problem in snapshot.problems] == ["calendar-source-only"]
    with pytest.raises(Forbidden):
        port.create(binding, UID, EVENT, None)
    world.cloud.delete(ALICE, "quartier", "a.ics")
    assert port.look(binding, [key])[key].presence is Presence.UNSURE
    world.cloud._calendar(ALICE, "quartier").shares.clear()
    with pytest.raises(Missing) as caught:
        world.port().snapshot(binding, after(snapshot))
    assert caught.value.code == "calendar-gone"


def test_a_trashed_calendar_takes_no_write_of_ours(world: StandInWorld) -> None:
    world.cloud.trash_calendar(BOT, CALENDAR)
    attempts: list[Callable[[NextcloudCloud], object]] = [
        lambda port: port.snapshot(BINDING, Known()),
        lambda port: port.prepare(BINDING),
        lambda port: port.create(BINDING, UID, EVENT, None),
    ]
    for attempt in attempts:
        with pytest.raises(Missing) as caught:
            attempt(world.port())
        assert caught.value.code == "calendar-trashed"


def test_private_events_and_tasks_stay_out(world: StandInWorld) -> None:
    private = world.put(replace(EVENT, visibility=Visibility.PRIVATE))
    world.cloud.make_calendar(BOT, "mixte")
    todo = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:t@x\r\n"
        b"DTSTAMP:20261101T000000Z\r\nSUMMARY:x\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )
    world.cloud.put(BOT, "mixte", "t.ics", todo)
    assert requests_of(world, Known())[1].sightings[private].standing is Standing.HIDDEN
    mixed = world.port().snapshot(replace(BINDING, collection="mixte"), Known())
    (task,) = mixed.sightings.values()
    assert (task.standing, task.problems) == (Standing.FOREIGN, ())


def test_shares_are_set_read_back_and_only_ours_taken_away(world: StandInWorld) -> None:
    world.cloud.add_user("marie", "Marie-de-paille-1")
    world.cloud.share(BOT, CALENDAR, "principals/users/marie")
    team = world.cloud.add_team("GT Carte", [ALICE])
    wanted = (
        Share("group", "gt-outils"),
        Share("user", ALICE, write=True),
        Share("team", team.number),
        Share("group", "inconnu"),
    )
    problems = world.port().prepare(replace(BINDING, share=wanted))
    assert [(each.code, dict(each.params)["name"]) for each in problems] == [
        ("share-unknown", "inconnu")
    ]
    port = world.port()
    port.prepare(replace(BINDING, share=wanted))
    assert port.traffic().requests == 1
    world.port().prepare(replace(BINDING, share=()))
    shares = world.cloud._calendar(BOT, CALENDAR).shares
    assert [share.principal for share in shares] == ["principals/users/marie"]


@pytest.mark.parametrize(("status", "kind"), [(423, Busy), (507, Full), (401, CredentialsRefused)])
def test_one_refusal_is_one_error(world: StandInWorld, status: int, kind: type[SideError]) -> None:
    port = world.port()
    port.snapshot(BINDING, Known())
    world.cloud.faults.fail_next(status=status, method="PUT")
    with pytest.raises(kind):
        port.create(BINDING, UID, EVENT, None)
    assert world.cloud.requests.count("PUT") == 1


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_not_executed_is_sent_again(world: StandInWorld, status: int) -> None:
    port = world.port()
    port.snapshot(BINDING, Known())
    world.cloud.faults.fail_next(2, status=status, method="PUT")
    assert port.create(BINDING, UID, EVENT, None).seen.key == f"{COLLECTION}{NAME}"
    world.cloud.faults.fail_next(9, status=status)
    with pytest.raises(Unavailable):
        world.port().snapshot(BINDING, Known())


def test_maintenance_is_told_as_such(world: StandInWorld) -> None:
    world.cloud.faults.maintenance = True
    with pytest.raises(Unavailable) as caught:
        world.port().snapshot(BINDING, Known())
    assert caught.value.code == "cloud-maintenance"


@pytest.mark.parametrize("how", ["cut", "gateway"])
def test_a_write_whose_answer_was_lost_is_found_to_be_done(world: StandInWorld, how: str) -> None:
    port = world.port()
    port.snapshot(BINDING, Known())
    world.cloud.faults.fail_next(status=502, method="PUT", after_executing=True, cut=how == "cut")
    assert port.create(BINDING, UID, EVENT, None).seen.record == port.project(BINDING, EVENT)
    assert world.cloud.requests.count("PUT") == 1


def test_a_write_that_was_cut_before_it_was_executed_is_unknown(world: StandInWorld) -> None:
    port = world.port()
    port.snapshot(BINDING, Known())
    world.cloud.faults.fail_next(method="PUT", cut=True)
    with pytest.raises(OutcomeUnknown):
        port.create(BINDING, UID, EVENT, None)
    assert world.cloud.resources(BOT, CALENDAR) == {}


def test_half_an_answer_is_asked_for_again(world: StandInWorld) -> None:
    key = world.put(EVENT)
    world.cloud.faults.fail_next(method="REPORT", truncate=True)
    assert set(requests_of(world, Known())[1].sightings) == {key}


def test_a_wrong_password_is_tried_once(world: StandInWorld) -> None:
    port = world.port(password="wrong")
    for _ in range(3):
        with pytest.raises(CredentialsRefused):
            port.snapshot(BINDING, Known())
    assert port.traffic().requests == 1


def test_a_disabled_account_is_told_as_such(world: StandInWorld) -> None:
    world.cloud.disable_user(BOT)
    with pytest.raises(CredentialsRefused) as caught:
        world.port().snapshot(BINDING, Known())
    assert caught.value.code == "cloud-account-disabled"


def test_a_member_who_is_quicker_is_never_overwritten(world: StandInWorld) -> None:
    key = world.put(EVENT)
    port = world.port()
    token = port.snapshot(BINDING, Known()).sightings[key].token
    world.cloud.faults.interpose(lambda: world.retitle(key, "Par Alice"), method="PUT")
    with pytest.raises(SideError) as caught:
        port.update(BINDING, key, token, [FieldChange("place", "Orsay", "Bures")], EVENT)
    assert caught.value.code == "cloud-moved"
    assert b"SUMMARY:Par Alice" in world.text(key.rsplit("/", 1)[-1])


def test_doctor_finds_this_cloud_in_order(world: StandInWorld) -> None:
    world.clock.time = datetime.now(UTC)
    probe = world.probe()
    checks = probe.check([replace(BINDING, share=(Share("group", "gt-outils"),))])
    probe.close()
    assert {check.id: check.status for check in checks if check.status != "ok"} == {}
    assert {check.code for check in checks} >= {"calendar-ready", "share-known", "cloud-password"}


def test_a_login_granted_in_the_browser_opens_the_cloud(world: StandInWorld) -> None:
    probe = world.probe()
    login = probe.start_login()
    assert probe.poll_login(login) is None
    world.cloud.grant_login(BOT)
    granted = probe.poll_login(login)
    probe.close()
    assert granted is not None
    port = world.port(user=granted.user, password=granted.password)
    assert port.snapshot(BINDING, Known()).empty


def test_no_secret_is_remembered(world: StandInWorld) -> None:
    world.port().snapshot(BINDING, Known())
    assert world.kept
    assert all(world.settings.password not in kept for kept in world.kept.values())
