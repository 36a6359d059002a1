"""One calendar's events: what moved, what is gone, and writes that overwrite nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
from oscartes_sync.errors import (
    Forbidden,
    Full,
    Invalid,
    Missing,
    Moved,
    NotKept,
    OutcomeUnknown,
    SideError,
    Taken,
    Unexpected,
)
from oscartes_sync.mapping.resource_writing import new_resource
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot, Standing
from oscartes_sync.records.event import Event
from tests.fakes.exchanges import (
    AGENDA,
    HOME,
    NOT_FOUND,
    READING,
    SETTINGS,
    Exchanges,
    calendar,
    dav_error,
    etag,
    folder,
    found,
    gone,
    listed,
    multistatus,
)

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda", language="fr"
)
EVENT = Event(
    title="Fête", start=datetime(2026, 12, 1, 18, tzinfo=UTC),
    end=datetime(2026, 12, 1, 20, tzinfo=UTC), place="Orsay",
)  # fmt: skip
UID = "FeteDuVillage.noe@oscartes"
NAME = f"{AGENDA}FeteDuVillage.noe.ics"
A, B, C = f"{AGENDA}a.ics", f"{AGENDA}b.ics", f"{AGENDA}c.ics"
TOKEN = "http://sabre.io/ns/sync/"
TRASH = f"{HOME}trashbin/objects/"
ICS = "text/calendar; charset=utf-8; component=vevent"
SABRE = "Sabre\\DAV\\Exception\\"
CLASH = dav_error(SABRE + "BadRequest", "Calendar object with uid already exists in this…")
DUPLICATE = dav_error(
    "OC\\DB\\Exceptions\\DbalException", "Integrity constraint violation: 1062 Duplicate entry"
)
START = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        script = Exchanges(mock)
        script.remember_account()
        yield script


@pytest.fixture
def port(exchanges: Exchanges) -> NextcloudCloud:
    return NextcloudCloud(
        SETTINGS,
        exchanges.clock,
        exchanges.kept.get,
        exchanges.kept.__setitem__,
        user_agent="oscartes-test",
    )


def text(title: str = "Fête", uid: str = "a@members.example", extra: str = "") -> str:
    """A member's event, with what only members put there."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//member//FR", "BEGIN:VEVENT", f"UID:{uid}",
        "DTSTAMP:20261101T080000Z", "DTSTART:20261201T180000Z", "DTEND:20261201T200000Z",
        f"SUMMARY:{title}", "X-MEMBER:kept", *filter(None, [extra]), "BEGIN:VALARM",
        "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:x", "END:VALARM", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


def ours(event: Event = EVENT) -> str:
    """The event as we write it, DTSTAMP aside."""
    return new_resource(event, UID, zone="Europe/Paris", language="fr", hint="", now=START).decode()


def cursor(token: int, *, missing: tuple[str, ...] = (), full_days: int = 0) -> str:
    full = START - timedelta(days=full_days)
    return json.dumps(
        {
            "token": f"{TOKEN}{token}",
            "taken": START.isoformat(),
            "full": full.isoformat(),
            "missing": list(missing),
        }
    )


def known(tokens: Mapping[str, str] | None = None, token: int = 5, **more: object) -> Known:
    return Known(tokens=tokens or {}, cursor=cursor(token, **more))  # type: ignore[arg-type]


def expect_calendar(exchanges: Exchanges, token: int = 5, **more: Any) -> None:
    exchanges.on("PROPFIND", AGENDA, multistatus(calendar(token=token, **more)))


def expect_report(exchanges: Exchanges, *parts: str, token: str = "", path: str = AGENDA) -> None:
    exchanges.on("REPORT", path, multistatus(*parts, token=token))


def expect_get(exchanges: Exchanges, href: str, body: str) -> None:
    exchanges.on("GET", href, body, 200, headers={"ETag": etag(body)}, content_type=ICS)


def state(snapshot: Snapshot) -> tuple[set[str], set[str], set[str]]:
    return set(snapshot.sightings), set(snapshot.unmoved), set(snapshot.absent)


# ----------------------------------------------------------------------------------- snapshot


def test_where_the_token_stands_nothing_more_is_asked(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    expect_calendar(exchanges)
    snapshot = port.snapshot(BINDING, known({A: '"1"', B: '"2"'}))
    assert state(snapshot) == (set(), {A, B}, set())
    assert port.traffic().requests == 1
    assert not snapshot.empty


def test_the_first_reading_compares_everything(exchanges: Exchanges, port: NextcloudCloud) -> None:
    one, two = text("Un"), text("Deux", "b@members.example", "CLASS:PRIVATE")
    expect_calendar(exchanges)
    folder = found(AGENDA, d_resourcetype="<d:collection/>")
    exchanges.on("PROPFIND", AGENDA, multistatus(folder, listed(A, one), listed(B, two)))
    expect_report(exchanges, listed(B, two, data=True), listed(A, one, data=True))
    snapshot = port.snapshot(BINDING, Known())
    assert state(snapshot) == ({A, B}, set(), set())
    assert snapshot.sightings[A].uid == "a@members.example"
    assert snapshot.sightings[A].token == etag(one)
    assert snapshot.sightings[B].standing is Standing.HIDDEN
    assert json.loads(snapshot.cursor)["token"] == f"{TOKEN}5"


def test_only_what_moved_is_read(exchanges: Exchanges, port: NextcloudCloud) -> None:
    new, same = text("Neuf"), text("Pareil")
    expect_calendar(exchanges, 8)
    expect_report(exchanges, listed(B, new), listed(A, same), token=f"{TOKEN}8")
    expect_report(exchanges, listed(B, new, data=True))
    snapshot = port.snapshot(BINDING, known({A: etag(same), B: '"old"'}))
    assert state(snapshot) == ({B}, {A}, set())
    assert A not in exchanges.text()


def test_our_own_writes_cost_one_question_at_the_next_run(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    body = text()
    expect_calendar(exchanges, 6)
    expect_report(exchanges, listed(A, body), found(AGENDA, d_getetag=""), token=f"{TOKEN}6")
    assert state(port.snapshot(BINDING, known({A: etag(body)}))) == (set(), {A}, set())
    assert port.traffic().requests == 2


def test_what_is_told_as_gone_is_asked_for_by_name(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    again, back = text("Refait"), text("Rendu")
    expect_calendar(exchanges, 9)
    expect_report(exchanges, gone(A), gone(B), gone(C, "418 I'm a teapot"), token=f"{TOKEN}9")
    expect_report(exchanges, listed(A, again, data=True), listed(B, back, data=True))
    snapshot = port.snapshot(BINDING, known({A: '"old"', B: etag(back), C: '"x"'}))
    assert state(snapshot) == ({A}, {B}, {C})


def test_what_stayed_missing_is_looked_for_at_every_run(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    expect_calendar(exchanges)
    expect_report(exchanges)
    snapshot = port.snapshot(BINDING, known({A: '"1"', B: '"2"'}, missing=(B, C)))
    assert state(snapshot) == (set(), {A}, {B})
    assert json.loads(snapshot.cursor)["missing"] == [B]


def test_an_empty_token_asks_for_a_fresh_look(exchanges: Exchanges, port: NextcloudCloud) -> None:
    body = text()
    expect_calendar(exchanges)
    expect_report(exchanges, listed(A, body, data=True))
    assert state(port.snapshot(BINDING, known({A: "", B: '"2"'}))) == ({A}, {B}, set())


@pytest.mark.parametrize(
    ("mark", "token"),
    [
        (known({A: '"1"', B: '"2"'}, token=5), 4),
        (known({A: '"1"', B: '"2"'}, token=5, full_days=8), 5),
        (Known(tokens={A: '"1"', B: '"2"'}, cursor="?"), 5),
    ],
    ids=["too high", "long ago", "unreadable"],
)
def test_a_bookmark_that_cannot_be_trusted_means_a_comparison(
    exchanges: Exchanges, port: NextcloudCloud, mark: Known, token: int
) -> None:
    expect_calendar(exchanges, token)
    exchanges.on(
        "PROPFIND", AGENDA, multistatus(folder(AGENDA), found(A, d_getetag="&quot;1&quot;"))
    )
    snapshot = port.snapshot(BINDING, mark)
    assert state(snapshot) == (set(), {A}, {B})
    assert exchanges.sent == [f"PROPFIND {AGENDA}"] * 2


def test_a_full_look_reads_what_did_not_move_as_well(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    body = text()
    expect_calendar(exchanges)
    exchanges.on("PROPFIND", AGENDA, multistatus(folder(AGENDA), listed(A, body)))
    expect_report(exchanges, listed(A, body, data=True))
    snapshot = port.snapshot(BINDING, known({A: etag(body), B: '"2"'}), full=True)
    assert state(snapshot) == ({A}, set(), {B})


def test_a_refused_token_means_a_comparison(exchanges: Exchanges, port: NextcloudCloud) -> None:
    invalid = dav_error(SABRE + "InvalidSyncToken", "", "<d:valid-sync-token/>")
    expect_calendar(exchanges, 8)
    exchanges.on("REPORT", AGENDA, invalid, 403)
    exchanges.on("PROPFIND", AGENDA, multistatus(folder(AGENDA)))
    assert state(port.snapshot(BINDING, known({A: '"1"'}))) == (set(), set(), {A})


def test_many_are_read_by_the_hundred(exchanges: Exchanges, port: NextcloudCloud) -> None:
    bodies = {f"{AGENDA}{n:03}.ics": text(f"n°{n}", f"{n}@x") for n in range(120)}
    expect_calendar(exchanges)
    rows = [listed(href, body) for href, body in bodies.items()]
    exchanges.on("PROPFIND", AGENDA, multistatus(folder(AGENDA), *rows))
    whole = [listed(href, body, data=True) for href, body in bodies.items()]
    expect_report(exchanges, *whole[:100])
    expect_report(exchanges, *whole[100:])
    assert len(port.snapshot(BINDING, Known()).sightings) == 120


def test_one_text_that_breaks_the_answer_does_not_hide_the_others(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    good, bad = text("Bon"), text("Mauvais\x08", "b@x")
    expect_calendar(exchanges)
    exchanges.on("PROPFIND", AGENDA, multistatus(folder(AGENDA), listed(A, good), listed(B, bad)))
    expect_report(exchanges, listed(A, good, data=True), listed(B, bad, data=True))
    expect_report(exchanges, listed(A, good, data=True))
    expect_report(exchanges, listed(B, bad, data=True))
    expect_get(exchanges, B, bad)
    assert set(port.snapshot(BINDING, Known()).sightings) == {A, B}


def test_a_page_instead_of_an_answer_concludes_nothing(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    exchanges.on("PROPFIND", AGENDA, "<html>login", 200, content_type="text/html")
    with pytest.raises(Unexpected) as caught:
        port.snapshot(BINDING, known({A: '"1"'}))
    assert caught.value.code == "cloud-html-answer"


# --------------------------------------------------------------------------------------- look


def presences(port: NextcloudCloud, *hrefs: str) -> dict[str, Presence]:
    return {key: look.presence for key, look in port.look(BINDING, hrefs).items()}


def test_gone_is_what_every_way_of_asking_says(exchanges: Exchanges, port: NextcloudCloud) -> None:
    here, hidden = text(), text("Privé", "b@x", "CLASS:PRIVATE")
    expect_calendar(exchanges)
    port.snapshot(BINDING, known({A: etag(here), B: etag(hidden), C: '"3"'}))
    expect_calendar(exchanges)
    expect_report(exchanges, listed(A, here, data=True), listed(B, hidden, data=True))
    exchanges.on("GET", C, NOT_FOUND, 404)
    trashed = calendar(f"{HOME}vieux/", x1_deleted_at="2026")
    exchanges.on(
        "PROPFIND", HOME, multistatus(folder(HOME), calendar(), calendar(f"{HOME}perso/"), trashed)
    )
    expect_report(exchanges, path=f"{HOME}perso/")
    expect_report(exchanges, path=TRASH)
    assert presences(port, A, B, C) == {
        A: Presence.HERE,
        B: Presence.HIDDEN,
        C: Presence.GONE,
    }


@pytest.mark.parametrize("how", ["name", "uid", "bytes"])
def test_moved_to_another_calendar_of_ours_is_not_gone(
    exchanges: Exchanges, port: NextcloudCloud, how: str
) -> None:
    moved = text("Déplacé", UID if how == "uid" else "c@x")
    key = NAME if how == "uid" else C
    expect_calendar(exchanges)
    port.snapshot(BINDING, known({key: etag(moved) if how == "bytes" else '"old"'}))
    expect_calendar(exchanges)
    expect_report(exchanges)
    exchanges.on("GET", key, NOT_FOUND, 404)
    exchanges.on("PROPFIND", HOME, multistatus(folder(HOME), calendar(f"{HOME}perso/")))
    name = "c.ics" if how == "name" else "autre.ics"
    expect_report(exchanges, listed(f"{HOME}perso/{name}", moved, data=True), path=f"{HOME}perso/")
    if how != "uid":
        expect_report(exchanges, path=TRASH)
    assert presences(port, key) == {key: Presence.ELSEWHERE}


@pytest.mark.parametrize(
    "properties",
    [{"owner": "alice"}, {"d_resourcetype": "<x1:deleted-calendar/>", "x1_deleted_at": "2026"}],
)
def test_nothing_is_proved_by_a_calendar_that_is_not_ours_or_trashed(
    exchanges: Exchanges, port: NextcloudCloud, properties: dict[str, Any]
) -> None:
    expect_calendar(exchanges)
    port.snapshot(BINDING, known({C: '"3"'}))
    expect_calendar(exchanges, **properties)
    if "owner" in properties:
        expect_report(exchanges)
    assert presences(port, C) == {C: Presence.UNSURE}


def test_a_page_s_404_proves_nothing(exchanges: Exchanges, port: NextcloudCloud) -> None:
    expect_calendar(exchanges)
    port.snapshot(BINDING, known({C: '"3"'}))
    expect_calendar(exchanges)
    expect_report(exchanges)
    exchanges.on("GET", C, "<html>not here", 404, content_type="text/html")
    assert presences(port, C) == {C: Presence.UNSURE}


def test_a_calendar_that_vanished_proves_nothing(
    exchanges: Exchanges, port: NextcloudCloud
) -> None:
    expect_calendar(exchanges)
    port.snapshot(BINDING, known({C: '"3"'}))
    exchanges.on("PROPFIND", AGENDA, NOT_FOUND, 404)
    assert presences(port, C) == {C: Presence.UNSURE}


# ------------------------------------------------------------------------------------- writes


@pytest.fixture
def ready(exchanges: Exchanges, port: NextcloudCloud) -> NextcloudCloud:
    """A run that has seen the calendar, and an event of a member in it."""
    body = text()
    expect_calendar(exchanges)
    expect_report(exchanges, listed(A, body, data=True))
    port.snapshot(BINDING, known({A: ""}))
    return port


def expect_put(exchanges: Exchanges, href: str, status: int = 201, body: str = "") -> None:
    """A PUT that is answered without an ETag: what is stored is asked for."""
    exchanges.on("PUT", href, body, status)


def test_a_new_event_is_written_only_where_nothing_is(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, NAME)
    expect_get(exchanges, NAME, ours())
    written = ready.create(BINDING, UID, EVENT, None)
    put = exchanges.calls[-2]
    assert put.headers["If-None-Match"] == "*"
    assert put.headers["Content-Type"] == "text/calendar; charset=utf-8"
    sent = exchanges.text(-2)
    assert f"UID:{UID}" in sent
    assert "X-OSCARTES-ENTRY:noe:6:FeteDuVillage" in sent
    assert written.seen.key == NAME
    assert written.seen.record == ready.project(BINDING, EVENT)


def test_an_etag_that_is_the_digest_of_what_was_sent_needs_no_reading_back(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert isinstance(request.body, bytes)
        return 204, {"ETag": etag(request.body)}, ""

    exchanges.mock.add_callback("PUT", f"https://cloud.example{A}", answer)
    change = FieldChange("title", "Fête", "Bal")
    written = ready.update(BINDING, A, etag(text()), [change], replace(EVENT, title="Bal"))
    sent = exchanges.text()
    assert exchanges.calls[-1].headers["If-Match"] == etag(text())
    assert written.seen.token == etag(sent)
    assert written.seen.record.title == "Bal"
    assert "X-MEMBER:kept" in sent
    assert "TRIGGER:-PT15M" in sent


def test_what_was_not_read_in_this_run_is_read_before_it_is_patched(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    body = text("Autre", "b@x")
    expect_get(exchanges, B, body)
    exchanges.on("PUT", B, dav_error(SABRE + "PreconditionFailed"), 412)
    with pytest.raises(Moved):
        ready.update(BINDING, B, etag(body), [FieldChange("title", "Autre", "Bal")], EVENT)


def test_what_moved_since_is_not_even_sent(exchanges: Exchanges, ready: NextcloudCloud) -> None:
    expect_get(exchanges, A, text("Déjà changé"))
    with pytest.raises(Moved):
        ready.update(BINDING, A, '"what we knew"', [FieldChange("title", "Fête", "Bal")], EVENT)


def test_what_is_gone_is_not_made_again_by_an_update(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    exchanges.on("GET", C, NOT_FOUND, 404)
    with pytest.raises(Missing):
        ready.update(BINDING, C, '"3"', [FieldChange("title", "Fête", "Bal")], EVENT)


def test_what_says_so_already_is_not_written(exchanges: Exchanges, ready: NextcloudCloud) -> None:
    change = FieldChange("title", "?", "Fête")
    written = ready.update(BINDING, A, etag(text()), [change], EVENT)
    assert written.seen.token == etag(text())
    assert "PUT" not in " ".join(exchanges.sent)


def test_what_the_server_kept_otherwise_is_told(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, A, 204)
    expect_get(exchanges, A, text("Tronqué"))
    with pytest.raises(NotKept) as caught:
        ready.update(BINDING, A, etag(text()), [FieldChange("title", "Fête", "Bal")], EVENT)
    assert caught.value.params == {"href": A, "fields": "title"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, CLASH),
        (
            409,
            dav_error(
                SABRE + "Conflict",
                "",
                f"<cal:no-uid-conflict><d:href>{B}</d:href></cal:no-uid-conflict>",
            ),
        ),
        (412, dav_error(SABRE + "PreconditionFailed")),
    ],
    ids=["until 34", "from 35", "same name"],
)
def test_a_uid_that_is_there_with_the_same_words_is_adopted(
    exchanges: Exchanges, ready: NextcloudCloud, status: int, body: str
) -> None:
    holder = NAME if status == 412 else B
    expect_put(exchanges, NAME, status, body)
    if status == 400:
        ends_alike = text("Autre", f"Grande{UID}")
        there = listed(B, ours(), data=True)
        expect_report(exchanges, listed(C, ends_alike, data=True), there)
    else:
        expect_get(exchanges, holder, ours())
    written = ready.create(BINDING, UID, EVENT, None)
    assert (written.seen.key, written.seen.token) == (holder, etag(ours()))


def test_a_uid_that_is_there_with_other_words_is_left_to_a_merge(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, NAME, 400, CLASH)
    mended = ours(replace(EVENT, title="Corrigée par une membre"))
    expect_report(exchanges, listed(B, mended, data=True))
    with pytest.raises(Taken) as caught:
        ready.create(BINDING, UID, EVENT, None)
    assert caught.value.params["href"] == B


def test_a_name_that_somebody_else_has_gives_way_to_another(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    other = NAME.replace(".ics", "-2.ics")
    expect_put(exchanges, NAME, 412, dav_error(SABRE + "PreconditionFailed"))
    expect_get(exchanges, NAME, text("Une autre", "other@x"))
    expect_put(exchanges, other)
    expect_get(exchanges, other, ours())
    assert ready.create(BINDING, UID, EVENT, None).seen.key == other


def test_what_is_made_again_gets_the_name_it_had(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, C)
    expect_get(exchanges, C, ours())
    assert ready.create(BINDING, UID, EVENT, C).seen.key == C


def trashed(body: str, calendar_uri: str = "agenda") -> str:
    return listed(f"{TRASH}703.ics", body, data=True).replace(
        "</d:getetag>", f"</d:getetag><x1:calendar-uri>{calendar_uri}</x1:calendar-uri>"
    )


def test_a_uid_in_the_trash_bin_is_brought_back_and_then_patched(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    old = text("Ancienne", UID)
    expect_put(exchanges, NAME, 500, DUPLICATE)
    expect_report(exchanges)
    expect_report(exchanges, trashed(text(), "autre"), trashed(old), path=TRASH)
    exchanges.on("MOVE", f"{TRASH}703.ics", status=201)
    expect_report(exchanges, listed(C, old, data=True))
    expect_put(exchanges, C, 204)
    expect_get(exchanges, C, ours())
    written = ready.create(BINDING, UID, EVENT, None)
    restore = f"https://cloud.example{HOME}trashbin/restore/703.ics"
    assert exchanges.calls[-4].headers["Destination"] == restore
    assert exchanges.calls[-2].headers["If-Match"] == etag(old)
    assert "X-MEMBER:kept" in exchanges.text(-2)
    assert written.seen.key == C


def test_a_trashed_uid_whose_name_is_in_use_is_told(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, NAME, 500, DUPLICATE)
    expect_report(exchanges)
    expect_report(exchanges, trashed(text("Ancienne", UID)), path=TRASH)
    exchanges.on("MOVE", f"{TRASH}703.ics", dav_error(SABRE + "Forbidden"), 403)
    with pytest.raises(Taken) as caught:
        ready.create(BINDING, UID, EVENT, None)
    assert caught.value.code == "trash-name-taken"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, dav_error(SABRE + "Forbidden", "VEvent or VTodo object exceeds 2000 bytes"), Invalid),
        (415, dav_error(SABRE + "UnsupportedMediaType"), Invalid),
        (507, dav_error("OCA\\DAV\\InsufficientStorage"), Full),
        (404, NOT_FOUND, Missing),
    ],
)
def test_what_the_server_refuses_is_told_once(
    exchanges: Exchanges, ready: NextcloudCloud, status: int, body: str, kind: type[SideError]
) -> None:
    expect_put(exchanges, NAME, status, body)
    with pytest.raises(kind):
        ready.create(BINDING, UID, EVENT, None)


def test_a_500_that_nothing_explains_is_our_content(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    expect_put(exchanges, NAME, 500, dav_error("Sabre\\VObject\\InvalidDataException"))
    expect_report(exchanges)
    expect_report(exchanges, path=TRASH)
    with pytest.raises(Invalid) as caught:
        ready.create(BINDING, UID, EVENT, None)
    assert caught.value.params["exception"] == "InvalidDataException"


def test_a_lost_answer_is_looked_up_before_it_is_unknown(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    sent: list[bytes] = []

    def lose(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert isinstance(request.body, bytes)
        sent.append(request.body)
        raise requests.ReadTimeout

    def stored(_: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        return 200, {"ETag": etag(sent[-1])}, sent[-1].decode()

    url = f"https://cloud.example{NAME}"
    exchanges.mock.add_callback("PUT", url, lose)
    exchanges.mock.add_callback("GET", url, stored, content_type=ICS)
    assert ready.create(BINDING, UID, EVENT, None).seen.token == etag(sent[0])
    exchanges.mock.add_callback("PUT", url, lose)
    exchanges.on("GET", NAME, NOT_FOUND, 404)
    with pytest.raises(OutcomeUnknown):
        ready.create(BINDING, UID, EVENT, None)


def test_a_deletion_is_guarded_and_what_is_gone_is_done(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    exchanges.on("DELETE", A, status=204)
    ready.delete(BINDING, A, '"1"')
    assert exchanges.calls[-1].headers["If-Match"] == '"1"'
    exchanges.on("DELETE", A, NOT_FOUND, 404)
    ready.delete(BINDING, A, "")
    assert "If-Match" not in exchanges.calls[-1].headers


def test_a_deletion_of_what_moved_is_refused(exchanges: Exchanges, ready: NextcloudCloud) -> None:
    exchanges.on("DELETE", A, dav_error(SABRE + "PreconditionFailed"), 412)
    expect_get(exchanges, A, text("Changée"))
    with pytest.raises(Moved):
        ready.delete(BINDING, A, '"1"')
    exchanges.on("DELETE", A, dav_error(SABRE + "PreconditionFailed"), 412)
    exchanges.on("GET", A, NOT_FOUND, 404)
    ready.delete(BINDING, A, '"1"')


def test_a_deletion_whose_answer_is_lost_is_looked_up(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    exchanges.on("DELETE", A, requests.ReadTimeout())
    exchanges.on("GET", A, NOT_FOUND, 404)
    ready.delete(BINDING, A, '"1"')
    exchanges.on("DELETE", A, requests.ReadTimeout())
    expect_get(exchanges, A, text())
    with pytest.raises(OutcomeUnknown):
        ready.delete(BINDING, A, '"1"')


def test_a_trash_bin_that_holds_the_name_is_told(
    exchanges: Exchanges, ready: NextcloudCloud
) -> None:
    message = "object with URI a-deleted.ics already exists, can't be moved into the trashbin"
    exchanges.on("DELETE", A, dav_error(SABRE + "Forbidden", message), 403)
    with pytest.raises(Taken) as caught:
        ready.delete(BINDING, A, '"1"')
    assert caught.value.code == "trash-name-taken"


@pytest.mark.parametrize(
    "properties", [{"owner": "alice"}, {"d_current_user_privilege_set": READING}]
)
def test_nothing_is_written_where_we_may_only_read(
    exchanges: Exchanges, port: NextcloudCloud, properties: dict[str, Any]
) -> None:
    expect_calendar(exchanges, **properties)
    with pytest.raises(Forbidden) as caught:
        port.create(BINDING, UID, EVENT, None)
    assert caught.value.code == "calendar-read-only"
    with pytest.raises(Forbidden):
        port.delete(BINDING, A, "")
    assert len(exchanges.calls) == 1


def test_the_projection_is_what_would_be_read_back(port: NextcloudCloud) -> None:
    days = Event(title=" Fête  ", start=date(2026, 12, 1), end=date(2026, 12, 3))
    projected = port.project(BINDING, days)
    assert (projected.start, projected.end) == (days.start, days.end)
    assert port.project(BINDING, projected) == projected
    assert port.parallel(creating=True) == 4
