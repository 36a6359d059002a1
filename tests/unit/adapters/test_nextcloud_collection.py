"""The account and its calendars: found, made, titled, shared, and told by doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import responses
from responses.registries import OrderedRegistry

from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
from oscartes_sync.adapters.nextcloud.probe import NextcloudProbe
from oscartes_sync.errors import Forbidden, Invalid, Missing, SideError, Unexpected
from oscartes_sync.planning.binding import Binding, Direction, Share
from oscartes_sync.planning.snapshot import Known
from oscartes_sync.ports import Check
from tests.fakes.exchanges import (
    AGENDA,
    HOME,
    NOT_FOUND,
    READING,
    SETTINGS,
    Exchanges,
    calendar,
    dav_error,
    folder,
    found,
    invite,
    multistatus,
)

BINDING = Binding(
    name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda", title="Agenda",
    color="#2e7d32",
)  # fmt: skip
PRINCIPAL = "/remote.php/dav/principals/users/oscartes-bot/"
JSON = "application/json; charset=utf-8"
GROUP = "principals/groups/gt-outils"
SHARED = f"{HOME}agenda_shared_by_alice/"


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        script = Exchanges(mock)
        script.remember_account()
        yield script


def cloud(exchanges: Exchanges) -> NextcloudCloud:
    return NextcloudCloud(
        SETTINGS,
        exchanges.clock,
        exchanges.kept.get,
        exchanges.kept.__setitem__,
        user_agent="oscartes-test",
    )


def shared(*shares: Share) -> Binding:
    return replace(BINDING, share=shares)


def expect_calendar(exchanges: Exchanges, **more: Any) -> None:
    exchanges.on("PROPFIND", AGENDA, multistatus(calendar(**more)))


def expect_nothing(exchanges: Exchanges, *listed: str) -> None:
    exchanges.on("PROPFIND", AGENDA, NOT_FOUND, 404)
    home = found(HOME, d_resourcetype="<d:collection/>")
    exchanges.on("PROPFIND", HOME, multistatus(home, *listed))


def expect_principal(exchanges: Exchanges, uid: str = "oscartes-bot") -> None:
    path = f"/remote.php/dav/principals/users/{uid}/"
    principal = found("/remote.php/dav/", d_current_user_principal=f"<d:href>{path}</d:href>")
    exchanges.on("PROPFIND", "/remote.php/dav/", multistatus(principal))
    home = f"<d:href>/remote.php/dav/calendars/{uid}/</d:href>"
    exchanges.on("PROPFIND", path, multistatus(found(path, cal_calendar_home_set=home)))


def refusal(
    exchanges: Exchanges, binding: Binding = BINDING, known: Known | None = None
) -> SideError:
    with pytest.raises(SideError) as caught:
        cloud(exchanges).snapshot(binding, known or Known())
    return caught.value


def test_the_account_is_found_once_and_kept_for_later_runs(exchanges: Exchanges) -> None:
    exchanges.kept.clear()
    expect_principal(exchanges)
    expect_calendar(exchanges)
    cloud(exchanges).prepare(BINDING)
    kept = json.loads(exchanges.kept["cloud/noe/account"])
    assert (kept["uid"], kept["home"]) == ("oscartes-bot", HOME)
    expect_calendar(exchanges)
    cloud(exchanges).prepare(BINDING)
    assert len(exchanges.calls) == 4


def test_another_login_is_not_taken_for_the_remembered_one(exchanges: Exchanges) -> None:
    exchanges.kept["cloud/noe/account"] = exchanges.kept["cloud/noe/account"].replace(
        "bot@example.org", "other@example.org"
    )
    expect_principal(exchanges)
    expect_calendar(exchanges)
    cloud(exchanges).prepare(BINDING)


def test_a_home_that_moved_is_found_again(exchanges: Exchanges) -> None:
    exchanges.remember_account("old")
    old = "/remote.php/dav/calendars/old/"
    exchanges.on("PROPFIND", f"{old}agenda/", NOT_FOUND, 404)
    exchanges.on("PROPFIND", old, NOT_FOUND, 404)
    expect_principal(exchanges)
    expect_calendar(exchanges)
    assert cloud(exchanges).prepare(BINDING) == ()


def test_what_is_no_nextcloud_is_told_as_such(exchanges: Exchanges) -> None:
    exchanges.kept.clear()
    exchanges.on("PROPFIND", "/remote.php/dav/", "<html>", 404, content_type="text/html")
    with pytest.raises(Unexpected) as caught:
        cloud(exchanges).prepare(BINDING)
    assert caught.value.code == "cloud-not-nextcloud"


def test_a_calendar_that_is_not_there_yet_is_empty(exchanges: Exchanges) -> None:
    expect_nothing(exchanges)
    snapshot = cloud(exchanges).snapshot(BINDING, Known())
    assert snapshot.empty
    assert snapshot.cursor == ""


def test_a_calendar_that_was_there_and_is_not_deletes_nothing(exchanges: Exchanges) -> None:
    expect_nothing(exchanges)
    known = Known(tokens={f"{AGENDA}a.ics": '"1"'})
    assert refusal(exchanges, known=known).code == "calendar-gone"


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        (
            {"d_resourcetype": "<d:collection/><x1:deleted-calendar/>", "x1_deleted_at": "2026"},
            "calendar-trashed",
        ),
        (
            {"d_resourcetype": "<d:collection/><cs:subscribed/>", "d_sync_token": ""},
            "calendar-not-real",
        ),
        ({"d_sync_token": ""}, "calendar-not-real"),
        (
            {"cal_supported_calendar_component_set": '<cal:comp name="VTODO"/>'},
            "calendar-without-events",
        ),
    ],
)
def test_what_cannot_be_mirrored_is_refused(
    exchanges: Exchanges, properties: dict[str, str], code: str
) -> None:
    expect_calendar(exchanges, **properties)
    error = refusal(exchanges)
    assert error.code == code
    assert isinstance(error, Missing | Invalid)


def test_a_calendar_shared_to_us_is_found_and_is_a_source_only(exchanges: Exchanges) -> None:
    home_row = calendar(SHARED, owner="alice", d_current_user_privilege_set=READING)
    expect_nothing(exchanges, home_row)
    exchanges.on("PROPFIND", SHARED, multistatus(folder(SHARED)))
    snapshot = cloud(exchanges).snapshot(BINDING, Known())
    assert (snapshot.trusted, snapshot.writable) == (False, False)
    assert [problem.code for problem in snapshot.problems] == ["calendar-source-only"]
    assert dict(snapshot.problems[0].params)["owner"] == "alice"


def test_a_source_needs_no_warning_where_nothing_is_written_to_it(exchanges: Exchanges) -> None:
    expect_nothing(exchanges, calendar(SHARED, owner="alice"))
    exchanges.on("PROPFIND", SHARED, multistatus(folder(SHARED)))
    binding = replace(BINDING, direction=Direction.TO_WIKI)
    assert cloud(exchanges).snapshot(binding, Known()).problems == ()


def test_two_shared_calendars_of_one_name_are_not_guessed_between(exchanges: Exchanges) -> None:
    other = calendar(f"{HOME}agenda_shared_by_bob/", owner="bob")
    expect_nothing(exchanges, calendar(SHARED, owner="alice"), other)
    assert refusal(exchanges).code == "calendar-ambiguous"


def test_a_calendar_is_made_with_all_that_it_needs(exchanges: Exchanges) -> None:
    expect_nothing(exchanges)
    exchanges.on("MKCALENDAR", AGENDA, status=201)
    expect_calendar(exchanges)
    assert cloud(exchanges).prepare(BINDING) == ()
    body = exchanges.text(2)
    for part in ("Agenda", "#2e7d32", 'name="VEVENT"', "TZID:Europe/Paris"):
        assert part in body


def test_a_calendar_made_meanwhile_is_taken(exchanges: Exchanges) -> None:
    expect_nothing(exchanges)
    exchanges.on("MKCALENDAR", AGENDA, dav_error("Sabre\\DAV\\Exception\\MethodNotAllowed"), 405)
    expect_calendar(exchanges)
    assert cloud(exchanges).prepare(BINDING) == ()


def test_one_calendar_too_many_is_told(exchanges: Exchanges) -> None:
    expect_nothing(exchanges)
    exchanges.on("MKCALENDAR", AGENDA, dav_error("Sabre\\DAV\\Exception\\Forbidden"), 403)
    with pytest.raises(Forbidden) as caught:
        cloud(exchanges).prepare(BINDING)
    assert caught.value.code == "calendar-limit"


def test_nothing_is_asked_again_for_a_calendar_that_is_in_line(exchanges: Exchanges) -> None:
    expect_calendar(exchanges, oc_invite=invite(GROUP))
    exchanges.on("PROPFIND", AGENDA, multistatus(folder(AGENDA)))
    port = cloud(exchanges)
    port.snapshot(BINDING, Known())
    assert port.prepare(shared(Share("group", "gt-outils"))) == ()
    assert len(exchanges.calls) == 2


def test_title_and_colour_are_set_where_they_differ(exchanges: Exchanges) -> None:
    expect_calendar(exchanges, d_displayname="Autre")
    exchanges.on("PROPPATCH", AGENDA, multistatus(found(AGENDA.rstrip("/"), d_displayname="")))
    assert cloud(exchanges).prepare(BINDING) == ()
    assert "Agenda" in exchanges.text()
    assert "2e7d32" not in exchanges.text()


def test_a_title_that_is_refused_is_told(exchanges: Exchanges) -> None:
    expect_calendar(exchanges, x2_calendar_color="#000000")
    refused = multistatus(found(AGENDA, d_displayname="")).replace("200 OK", "403 Forbidden")
    exchanges.on("PROPPATCH", AGENDA, refused)
    problems = cloud(exchanges).prepare(BINDING)
    assert [problem.code for problem in problems] == ["calendar-title-refused"]


def test_a_source_keeps_the_title_its_members_gave(exchanges: Exchanges) -> None:
    expect_calendar(exchanges, d_displayname="Le nôtre")
    assert cloud(exchanges).prepare(replace(BINDING, direction=Direction.TO_WIKI)) == ()


def test_only_differences_are_shared_in_one_request_and_read_back(exchanges: Exchanges) -> None:
    there = invite(GROUP) + invite("principals/users/marie")
    after = there + invite("principals/users/alice", write=True)
    expect_calendar(exchanges, oc_invite=there)
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges, oc_invite=after)
    wanted = shared(Share("group", "gt-outils"), Share("user", "alice", write=True))
    assert cloud(exchanges).prepare(wanted) == ()
    body = exchanges.text(1)
    assert "principal:principals/users/alice" in body
    assert "gt-outils" not in body
    assert "remove" not in body
    assert json.loads(exchanges.kept[f"cloud/noe/shares/{AGENDA}"])["made"] == [
        "principals/users/alice"
    ]


def test_our_shares_that_left_the_list_go_and_others_stay(exchanges: Exchanges) -> None:
    exchanges.kept[f"cloud/noe/shares/{AGENDA}"] = json.dumps({"made": [GROUP], "failed": {}})
    others = invite("principals/users/marie")
    expect_calendar(exchanges, oc_invite=invite(GROUP) + others)
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges, oc_invite=others)
    assert cloud(exchanges).prepare(shared()) == ()
    assert exchanges.text(1).count("oc:remove>") == 2
    assert "marie" not in exchanges.text(1)
    assert json.loads(exchanges.kept[f"cloud/noe/shares/{AGENDA}"])["made"] == []


def test_rights_that_we_change_do_not_make_a_share_ours(exchanges: Exchanges) -> None:
    expect_calendar(exchanges, oc_invite=invite(GROUP))
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges, oc_invite=invite(GROUP, write=True))
    cloud(exchanges).prepare(shared(Share("group", "gt-outils", write=True)))
    assert f"cloud/noe/shares/{AGENDA}" not in exchanges.kept


def test_an_unknown_name_is_told_and_tried_again_only_after_an_hour(exchanges: Exchanges) -> None:
    wanted = shared(Share("group", "inconnu"))
    expect_calendar(exchanges)
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges)
    for minutes in (0, 30):
        if minutes:
            expect_calendar(exchanges)
        problems = cloud(exchanges).prepare(wanted)
        assert [problem.code for problem in problems] == ["share-unknown"]
        exchanges.clock.time += timedelta(minutes=30)
    assert [call.split()[0] for call in exchanges.sent].count("POST") == 1
    exchanges.clock.time += timedelta(minutes=5)
    expect_calendar(exchanges)
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges, oc_invite=invite("principals/groups/inconnu"))
    assert cloud(exchanges).prepare(wanted) == ()


def test_shares_never_fail_a_run(exchanges: Exchanges) -> None:
    expect_calendar(exchanges)
    exchanges.on("POST", AGENDA, dav_error("OCA\\DAV\\TooManyRequests"), 429)
    problems = cloud(exchanges).prepare(shared(Share("group", "gt-outils")))
    assert [problem.code for problem in problems] == ["share-limited"]


def test_no_list_of_shares_leaves_all_of_them_alone(exchanges: Exchanges) -> None:
    exchanges.kept[f"cloud/noe/shares/{AGENDA}"] = json.dumps({"made": [GROUP], "failed": {}})
    expect_calendar(exchanges, oc_invite=invite(GROUP))
    assert cloud(exchanges).prepare(BINDING) == ()


def test_the_owner_needs_no_share(exchanges: Exchanges) -> None:
    expect_calendar(exchanges)
    assert cloud(exchanges).prepare(shared(Share("user", "Oscartes-Bot"))) == ()


def test_a_team_is_found_by_its_name(exchanges: Exchanges) -> None:
    team = "principals/circles/quiLPMSe"
    teams = {"ocs": {"meta": {}, "data": [{"id": "quiLPMSe", "displayName": "GT Carte"}]}}
    expect_calendar(exchanges)
    exchanges.on(
        "GET", "/ocs/v2.php/apps/circles/circles", json.dumps(teams), 200, content_type=JSON
    )
    exchanges.on("POST", AGENDA, status=200)
    expect_calendar(exchanges, oc_invite=invite(team, label="GT Carte"))
    assert cloud(exchanges).prepare(shared(Share("team", "GT Carte"))) == ()
    assert f"principal:{team}" in exchanges.text(2)
    expect_calendar(exchanges, oc_invite=invite(team, label="GT Carte"))
    assert cloud(exchanges).prepare(shared(Share("team", "GT Carte"))) == ()
    assert len(exchanges.calls) == 5


# ------------------------------------------------------------------------------------- doctor


def ocs(content: object) -> str:
    return json.dumps({"ocs": {"meta": {"status": "ok"}, "data": content}})


def expect_server(exchanges: Exchanges, **more: object) -> None:
    status = {"installed": True, "maintenance": False, "needsDbUpgrade": False, **more}
    status.setdefault("versionstring", "34.0.1")
    exchanges.on(
        "GET", "/status.php", json.dumps(status), 200,
        headers={"Date": "Tue, 24 Nov 2026 09:00:03 GMT"}, content_type=JSON,
    )  # fmt: skip


def expect_account(exchanges: Exchanges, *, email: str = "", **abilities: object) -> None:
    expect_principal(exchanges)
    user = {"id": "oscartes-bot", "enabled": True, "email": email}
    exchanges.on("GET", "/ocs/v2.php/cloud/user", ocs(user), 200, content_type=JSON)
    told = {"files_sharing": {"api_enabled": True}, **abilities}
    exchanges.on(
        "GET", "/ocs/v2.php/cloud/capabilities", ocs({"capabilities": told}), 200,
        content_type=JSON,
    )  # fmt: skip


def check(exchanges: Exchanges, *bindings: Binding) -> dict[str, Check]:
    probe = NextcloudProbe(SETTINGS, exchanges.clock, user_agent="oscartes-test")
    checks = {each.id: each for each in probe.check(bindings)}
    probe.close()
    return checks


def test_doctor_finds_everything_in_order(exchanges: Exchanges) -> None:
    expect_server(exchanges)
    expect_account(exchanges)
    exchanges.on("PROPFIND", HOME, multistatus(folder(HOME), calendar()))
    expect_calendar(exchanges)
    exchanges.on("PROPFIND", f"/remote.php/dav/{GROUP}/", multistatus(found(f"/{GROUP}/")))
    checks = check(exchanges, shared(Share("group", "gt-outils")))
    assert {each.status for each in checks.values()} == {"ok"}
    assert checks["calendar"].code == "calendar-ready"
    assert checks["calendar"].target == "binding agenda"
    assert "Authorization" not in exchanges.calls[0].headers


def test_doctor_warns_of_what_will_go_wrong(exchanges: Exchanges) -> None:
    exchanges.clock.time += timedelta(minutes=10)
    expect_server(exchanges)
    expect_account(exchanges, email="bot@example.org", files_sharing={"api_enabled": False})
    many = [calendar(f"{HOME}c{number}/") for number in range(29)]
    exchanges.on("PROPFIND", HOME, multistatus(folder(HOME), *many))
    expect_nothing(exchanges)
    exchanges.on("PROPFIND", "/remote.php/dav/principals/users/alicia/", NOT_FOUND, 404)
    checks = check(exchanges, shared(Share("user", "alicia")))
    assert {name: each.code for name, each in checks.items() if each.status == "warn"} == {
        "cloud-clock": "cloud-clock-differs",
        "cloud-email": "cloud-email-set",
        "cloud-capabilities": "cloud-sharing-off",
        "cloud-calendars": "cloud-calendars-many",
        "share": "share-unknown",
    }
    assert checks["calendar"].code == "calendar-made-later"
    assert "bot@example.org" not in str(checks)


@pytest.mark.parametrize(
    ("properties", "status", "code"),
    [
        (
            {"d_resourcetype": "<x1:deleted-calendar/>", "x1_deleted_at": "2026"},
            "fail",
            "calendar-trashed",
        ),
        ({"d_current_user_privilege_set": READING}, "fail", "calendar-read-only"),
        ({"owner": "alice"}, "warn", "calendar-source-only"),
        ({"d_sync_token": ""}, "fail", "calendar-not-real"),
    ],
)
def test_doctor_says_what_a_calendar_is_good_for(
    exchanges: Exchanges, properties: dict[str, str], status: str, code: str
) -> None:
    expect_server(exchanges)
    expect_account(exchanges)
    exchanges.on("PROPFIND", HOME, multistatus(folder(HOME)))
    expect_calendar(exchanges, **properties)
    found_check = check(exchanges, BINDING)["calendar"]
    assert (found_check.status, found_check.code) == (status, code)


def test_doctor_stops_at_a_server_in_maintenance(exchanges: Exchanges) -> None:
    expect_server(exchanges, maintenance=True)
    checks = check(exchanges, BINDING)
    assert checks["cloud-reachable"].code == "cloud-maintenance"
    assert "cloud-password" not in checks


def test_doctor_stops_at_a_refused_password(exchanges: Exchanges) -> None:
    expect_server(exchanges)
    exchanges.on("PROPFIND", "/remote.php/dav/", status=401)
    checks = check(exchanges, BINDING)
    assert checks["cloud-password"].code == "cloud-password-refused"
    assert len(exchanges.calls) == 2


def test_doctor_knows_another_web_server(exchanges: Exchanges) -> None:
    exchanges.on("GET", "/status.php", "<html>hello", 200, content_type="text/html")
    assert check(exchanges)["cloud-reachable"].code == "cloud-html-answer"


def test_a_login_is_granted_by_a_person(exchanges: Exchanges) -> None:
    probe = NextcloudProbe(SETTINGS, exchanges.clock, user_agent="oscartes-test")
    begun = {
        "poll": {"token": "t/1", "endpoint": "https://other.example/login/v2/poll"},
        "login": "https://cloud.example/login/v2/flow/x",
    }
    granted = {"server": "https://cloud.example", "loginName": "bot", "appPassword": "p"}
    exchanges.on("POST", "/index.php/login/v2", json.dumps(begun), 200, content_type=JSON)
    exchanges.on("POST", "/login/v2/poll", "[]", 404, content_type=JSON)
    exchanges.on("POST", "/login/v2/poll", json.dumps(granted), 200, content_type=JSON)
    login = probe.start_login()
    assert probe.poll_login(login) is None
    found_login = probe.poll_login(login)
    assert found_login is not None
    assert (found_login.user, found_login.password) == ("bot", "p")
    assert exchanges.text() == "token=t%2F1"
    assert "t/1" not in repr(login)


def test_a_login_that_is_not_offered_is_told(exchanges: Exchanges) -> None:
    probe = NextcloudProbe(SETTINGS, exchanges.clock, user_agent="oscartes-test")
    exchanges.on("POST", "/index.php/login/v2", "<html>", 200, content_type="text/html")
    with pytest.raises(Unexpected):
        probe.start_login()
