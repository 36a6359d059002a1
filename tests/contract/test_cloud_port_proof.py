"""Nothing but positive proof says that an event is gone: each lie and each accident by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from oscartes_sync.errors import (
    CredentialsRefused,
    Missing,
    SideError,
    Unavailable,
    Unexpected,
)
from oscartes_sync.planning.snapshot import Known, Presence
from oscartes_sync.sandbox.cloud.faults import Faults
from tests.fakes.agendas import BINDING, DIRECTORY, EVENT, Agenda
from tests.fakes.clouds import ALICE, BOT, CALENDAR, PASSWORD, BookWorld, StandInWorld

DAV = 'xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"'
PAGE = b"<!DOCTYPE html><html><head><title>Connexion</title></head><body>Bonjour</body></html>"
SENTENCE = "La connexion à la base de données a échoué.".encode()
NOTHING = f'<?xml version="1.0"?><d:multistatus {DAV}/>'.encode()
OTHER = (
    f'<?xml version="1.0"?><d:multistatus {DAV}><d:response><d:href>/ailleurs/</d:href>'
    "<d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop>"
    "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
).encode()
ENTITIES = b'<!DOCTYPE d [<!ENTITY x "x">]><d:multistatus xmlns:d="DAV:">&x;</d:multistatus>'
XML = "application/xml; charset=utf-8"
LIES: dict[str, tuple[bytes, int, str]] = {
    "a page": (PAGE, 200, "text/html; charset=UTF-8"),
    "a page that is missing": (PAGE, 404, "text/html; charset=UTF-8"),
    "a page of 207": (PAGE, 207, "text/html"),
    "a database that is down": (SENTENCE, 200, "text/html; charset=UTF-8"),
    "a database that is down, as an error": (SENTENCE, 500, "text/plain"),
    "JSON": (b"{}", 200, "application/json"),
    "JSON of 207": (b"{}", 207, "application/json"),
    "nothing": (b"", 200, "text/html"),
    "nothing of 207": (b"", 207, XML),
    "nothing is there": (b"", 404, "text/html"),
    "gone for good": (PAGE, 410, "text/html"),
    "no responses": (NOTHING, 207, XML),
    "others' responses": (OTHER, 207, XML),
    "half of XML": (NOTHING[:60], 207, XML),
    "entities": (ENTITIES, 207, XML),
    "forbidden by a proxy": (PAGE, 403, "text/html"),
}


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        stand_in.port().prepare(BINDING)
        yield stand_in


@pytest.fixture
def agenda(world: StandInWorld) -> Agenda:
    return Agenda(world)


@pytest.fixture(params=["calendar of 34", "calendar of 32", "book of 34"])
def shelf(request: pytest.FixtureRequest) -> Iterator[Agenda]:
    """What is proved of calendars and of address books alike."""
    version: Literal[32, 34] = 32 if request.param.endswith("32") else 34
    of_cards = request.param.startswith("book")
    with BookWorld(version=version) if of_cards else StandInWorld(version=version) as world:
        world.port().prepare(DIRECTORY if of_cards else BINDING)
        yield Agenda(world)


def lie(faults: Faults, which: str, method: str, containing: str = "") -> None:
    body, status, kind = LIES[which]
    faults.answer_next(body, n=99, status=status, kind=kind, method=method, containing=containing)


@pytest.mark.parametrize("full", [False, True], ids=["differences", "everything"])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET"])
@pytest.mark.parametrize("which", sorted(LIES))
def test_a_lie_deletes_nothing(shelf: Agenda, which: str, method: str, full: bool) -> None:
    shelf.moved()
    lie(shelf.world.cloud.faults, which, method)
    gone: set[str] = set()
    refused: SideError | None = None
    try:
        gone = shelf.gone(full=full)
    except SideError as error:
        refused = error
    assert gone == set()
    assert not isinstance(refused, Missing)


@pytest.mark.parametrize("which", sorted(LIES))
def test_a_listing_that_is_a_lie_is_an_error(shelf: Agenda, which: str) -> None:
    shelf.moved()
    lie(shelf.world.cloud.faults, which, "PROPFIND")
    with pytest.raises(SideError) as caught:
        shelf.run()
    assert not isinstance(caught.value, Missing)


@pytest.mark.parametrize("which", sorted(LIES))
def test_a_listing_that_is_a_lie_though_the_calendar_answers_is_an_error(
    shelf: Agenda, which: str
) -> None:
    faults = shelf.world.cloud.faults
    faults.interpose(lambda: lie(faults, which, "PROPFIND"), method="PROPFIND", after=True)
    with pytest.raises(SideError) as caught:
        shelf.run(full=True)
    assert not isinstance(caught.value, Missing)


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET"])
@pytest.mark.parametrize("which", sorted(LIES))
def test_a_look_that_is_lied_to_finds_nothing_gone(shelf: Agenda, which: str, method: str) -> None:
    """One of them is gone indeed; of the others nothing may be told."""
    shelf.world.remove(shelf.keys[0])
    port = shelf.world.port()
    snapshot = port.snapshot(shelf.binding, shelf.known)
    assert snapshot.absent == {shelf.keys[0]}
    lie(shelf.world.cloud.faults, which, method)
    try:
        looks = port.look(shelf.binding, shelf.keys)
    except SideError:
        return
    found = {key for key, look in looks.items() if look.presence is Presence.GONE}
    assert found <= {shelf.keys[0]}
    assert not found or method == "REPORT"


def test_what_is_gone_is_told_once_it_is_proved(shelf: Agenda) -> None:
    shelf.world.remove(shelf.keys[0])
    assert shelf.gone() == {shelf.keys[0]}


def test_half_an_answer_deletes_nothing(shelf: Agenda) -> None:
    shelf.moved()
    shelf.world.cloud.faults.fail_next(9, truncate=True, method="PROPFIND")
    with pytest.raises(SideError):
        shelf.run(full=True)


def test_what_was_said_to_be_there_and_not_shown_is_asked_for_again(shelf: Agenda) -> None:
    new = shelf.world.put(shelf.called("Nouvelle"))
    faults = shelf.world.cloud.faults
    faults.interpose(lambda: lie(faults, "no responses", "REPORT"), method="REPORT", after=True)
    first = shelf.run()
    assert new not in first.sightings
    faults.clear()
    known = Known(tokens=shelf.known.tokens, cursor=first.cursor)
    assert new in shelf.world.port().snapshot(shelf.binding, known).sightings


def test_a_calendar_that_was_unshared_deletes_nothing(world: StandInWorld) -> None:
    world.cloud.make_calendar(ALICE, "quartier")
    world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
    binding = replace(BINDING, collection="quartier")
    name = world.put(EVENT).rsplit("/", 1)[-1]
    world.cloud.put(ALICE, "quartier", "a.ics", world.text(name))
    first = world.port().snapshot(binding, Known())
    known = Known(
        tokens={key: seen.token for key, seen in first.sightings.items()}, cursor=first.cursor
    )
    port = world.port()
    port.snapshot(binding, known)
    shares = world.cloud.core.store.find(ALICE, "quartier")
    assert shares is not None
    shares.shares.clear()
    looks = port.look(binding, known.tokens)
    assert {look.presence for look in looks.values()} == {Presence.UNSURE}
    with pytest.raises(Missing) as caught:
        world.port().snapshot(binding, known)
    assert caught.value.code == "calendar-gone"


def test_a_calendar_shared_with_less_rights_deletes_nothing(world: StandInWorld) -> None:
    """Members are not shown what its owner made private: no change tells of it (063), and once all
    is compared it is absent, which proves nothing."""
    world.cloud.make_calendar(ALICE, "quartier")
    world.cloud.share(ALICE, "quartier", f"principals/users/{BOT}", writable=True)
    binding = replace(BINDING, collection="quartier")
    body = world.text(world.put(EVENT).rsplit("/", 1)[-1])
    world.cloud.put(ALICE, "quartier", "a.ics", body)
    first = world.port().snapshot(binding, Known())
    (key,) = first.sightings
    known = Known(tokens={key: first.sightings[key].token}, cursor=first.cursor)
    private = body.replace(b"SUMMARY", b"CLASS:PRIVATE\r\nSUMMARY", 1)
    world.cloud.put(ALICE, "quartier", "a.ics", private)
    assert world.port().snapshot(binding, known).absent == frozenset()
    world.clock.time += timedelta(days=8)
    port = world.port()
    snapshot = port.snapshot(binding, known)
    assert (snapshot.absent, snapshot.trusted) == (frozenset({key}), False)
    assert port.look(binding, [key])[key].presence is Presence.UNSURE


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_calendar_in_the_trash_bin_deletes_nothing(agenda: Agenda, when: str) -> None:
    port = agenda.world.port()
    if when == "between":
        port.snapshot(BINDING, agenda.known)
    agenda.world.cloud.trash_calendar(BOT, CALENDAR)
    if when == "before":
        with pytest.raises(Missing) as caught:
            port.snapshot(BINDING, agenda.known)
        assert caught.value.code == "calendar-trashed"
        return
    looks = port.look(BINDING, agenda.keys)
    assert {look.presence for look in looks.values()} == {Presence.UNSURE}


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_calendar_that_is_gone_deletes_nothing(agenda: Agenda, when: str) -> None:
    port = agenda.world.port()
    if when == "between":
        port.snapshot(BINDING, agenda.known)
    store = agenda.world.cloud.core.store
    calendar = store.find(BOT, CALENDAR)
    assert calendar is not None
    store.drop(calendar)
    if when == "before":
        with pytest.raises(Missing) as caught:
            port.snapshot(BINDING, agenda.known)
        assert caught.value.code == "calendar-gone"
        return
    looks = port.look(BINDING, agenda.keys)
    assert {look.presence for look in looks.values()} == {Presence.UNSURE}


def test_a_calendar_of_the_same_name_made_anew_is_said_to_be_empty(agenda: Agenda) -> None:
    """Nobody deleted an event there. What is empty deletes nothing: the engine sees to that."""
    store = agenda.world.cloud.core.store
    calendar = store.find(BOT, CALENDAR)
    assert calendar is not None
    store.drop(calendar)
    agenda.world.cloud.make_calendar(BOT, CALENDAR)
    snapshot = agenda.run()
    assert snapshot.empty
    assert snapshot.absent == set(agenda.keys)


def test_a_token_that_is_too_high_makes_everything_be_compared(agenda: Agenda) -> None:
    """The server answers such a token by nothing, and its own: as if nothing had happened (044)."""
    backup = agenda.world.cloud.snapshot()
    later = agenda.world.put(replace(EVENT, title="Après la sauvegarde"))
    agenda.moved()
    seen = agenda.run()
    tokens = {**agenda.known.tokens, **{key: one.token for key, one in seen.sightings.items()}}
    agenda.known = Known(tokens=tokens, cursor=seen.cursor)
    agenda.world.cloud.restore_backup(backup)
    agenda.world.cloud.requests.clear()
    snapshot = agenda.run()
    assert [line.method for line in agenda.world.cloud.requests] == [
        "PROPFIND",
        "PROPFIND",
        "REPORT",
    ]
    assert set(snapshot.sightings) == {agenda.keys[2]}
    assert snapshot.absent == {later}
    assert snapshot.unmoved == set(agenda.keys[:2])
    assert not snapshot.empty


def test_a_token_whose_changes_were_pruned_deletes_nothing(agenda: Agenda) -> None:
    """The answer is partial and says no word of it (167): what it leaves out is where it was."""
    agenda.moved()
    agenda.world.cloud.prune_changes(BOT, CALENDAR)
    new = agenda.world.put(replace(EVENT, title="Nouvelle"))
    snapshot = agenda.run()
    assert set(snapshot.sightings) == {new}
    assert snapshot.unmoved == set(agenda.keys)
    agenda.world.clock.time += timedelta(days=8)
    assert set(agenda.run().sightings) == {agenda.keys[2], new}


@pytest.mark.parametrize("how", ["restored", "moved away and back"])
def test_what_is_said_to_be_gone_and_is_there_is_no_deletion(agenda: Agenda, how: str) -> None:
    """Of all changes of one window the highest number is told: 3, deleted (043, 047)."""
    name = agenda.keys[0].rsplit("/", 1)[-1]
    cloud = agenda.world.cloud
    if how == "restored":
        cloud.delete(BOT, CALENDAR, name)
        cloud.restore(BOT, CALENDAR, name)
    else:
        ours, others = (cloud.core.store.find(BOT, uri) for uri in (CALENDAR, "personal"))
        assert ours is not None
        assert others is not None
        resource = ours.resources[name]
        cloud._writing.move(ours, resource, others, name)
        cloud._writing.move(others, resource, ours, name)
    assert agenda.run().unmoved == set(agenda.keys)
    assert agenda.gone() == set()


@pytest.mark.parametrize("trashed", [False, True])
def test_what_was_moved_to_another_calendar_of_ours_is_not_gone(
    agenda: Agenda, trashed: bool
) -> None:
    cloud = agenda.world.cloud
    ours, others = (cloud.core.store.find(BOT, uri) for uri in (CALENDAR, "personal"))
    assert ours is not None
    assert others is not None
    name = agenda.keys[0].rsplit("/", 1)[-1]
    cloud._writing.move(ours, ours.resources[name], others, "ailleurs.ics")
    if trashed:
        cloud.delete(BOT, "personal", "ailleurs.ics")
    presence = agenda.looks()[agenda.keys[0]].presence
    # Thrown away there it is gone for good, as far as anybody can tell.
    assert presence is (Presence.GONE if trashed else Presence.ELSEWHERE)


def _lost_password(world: StandInWorld) -> None:
    world.cloud.core.directory.accounts[BOT].password = "another one"


def _disabled(world: StandInWorld) -> None:
    world.cloud.disable_user(BOT)


def _maintained(world: StandInWorld) -> None:
    world.cloud.faults.maintenance = True


@pytest.mark.parametrize(
    ("accident", "kind", "code"),
    [
        (_lost_password, CredentialsRefused, "cloud-password-refused"),
        (_disabled, CredentialsRefused, "cloud-account-disabled"),
        (_maintained, Unavailable, "cloud-maintenance"),
    ],
)
@pytest.mark.parametrize("when", ["before", "between"])
def test_an_account_or_a_server_that_is_out_deletes_nothing(
    agenda: Agenda,
    accident: Callable[[StandInWorld], None],
    kind: type[SideError],
    code: str,
    when: str,
) -> None:
    agenda.world.remove(agenda.keys[0])
    port = agenda.world.port()
    if when == "between":
        port.snapshot(BINDING, agenda.known)
    accident(agenda.world)
    with pytest.raises(kind) as caught:
        port.snapshot(BINDING, agenda.known) if when == "before" else port.look(
            BINDING, agenda.keys
        )
    assert caught.value.code == code


def test_an_app_password_that_was_revoked_deletes_nothing(agenda: Agenda) -> None:
    given = agenda.world.cloud.add_app_password(BOT)
    port = agenda.world.port(password=given)
    port.snapshot(BINDING, agenda.known)
    agenda.world.cloud.core.directory.accounts[BOT].app_passwords.discard(given)
    with pytest.raises(CredentialsRefused):
        port.look(BINDING, agenda.keys)
    assert given != PASSWORD


def test_a_home_that_is_not_listed_proves_nothing(agenda: Agenda) -> None:
    """An event that left the calendar may be in another one, which nobody can tell then."""
    agenda.world.remove(agenda.keys[0])
    port = agenda.world.port()
    port.snapshot(BINDING, agenda.known)
    body, status, kind = LIES["no responses"]
    agenda.world.cloud.faults.interpose(
        lambda: agenda.world.cloud.faults.answer_next(
            body, status=status, kind=kind, method="PROPFIND"
        ),
        method="GET",
    )
    with pytest.raises(Unexpected):
        port.look(BINDING, [agenda.keys[0]])
