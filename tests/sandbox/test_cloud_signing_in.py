"""Who the stand-in cloud takes one for: passwords, cookies, login flow, limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from oscartes_sync.sandbox.cloud import CloudStandIn
from tests.sandbox.cloud_client import BOT, Client, event, network

OCS = {"OCS-APIRequest": "true", "Accept": "application/json"}


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def clients(cloud: CloudStandIn) -> dict[str, Client]:
    return network(cloud)


def user(cloud: CloudStandIn, session: requests.Session, login: str, password: str) -> str:
    """The uid a request acts as, by what the server says."""
    answer = session.get(
        f"{cloud.url}/ocs/v2.php/cloud/user", headers=OCS, auth=(login, password), timeout=5
    )
    return str(answer.json()["ocs"]["data"]["id"]) if answer.ok else str(answer.status_code)


def test_session_cookies_beat_the_authorization_header(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    with requests.Session() as session:
        assert user(cloud, session, BOT, clients[BOT].password) == BOT
        assert user(cloud, session, "alice", clients["alice"].password) == BOT
        session.cookies.clear()
        assert user(cloud, session, "alice", clients["alice"].password) == "alice"
    assert cloud.requests[-2].user == BOT


def test_a_login_may_differ_from_the_uid(cloud: CloudStandIn) -> None:
    cloud.add_user("5f2c", "mot-de-passe", login="carole@assoc.example", email="c@assoc.example")
    with requests.Session() as session:
        assert user(cloud, session, "carole@assoc.example", "mot-de-passe") == "5f2c"


def test_ocs_without_its_header_fails_the_csrf_check(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    bot = clients[BOT]
    answer = bot.ask("GET", "/ocs/v2.php/cloud/user", Accept="application/json")
    assert (answer.status_code, answer.json()) == (412, {"message": "CSRF check failed"})


def test_a_login_flow_waits_until_it_is_granted_and_gives_its_password_once(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    flow = requests.post(f"{cloud.url}/index.php/login/v2", timeout=5).json()
    token = {"token": flow["poll"]["token"]}
    assert requests.post(flow["poll"]["endpoint"], data=token, timeout=5).status_code == 404
    cloud.grant_login("alice")
    granted = requests.post(flow["poll"]["endpoint"], data=token, timeout=5).json()
    assert granted["loginName"] == "alice"
    assert requests.post(flow["poll"]["endpoint"], data=token, timeout=5).status_code == 404
    client = Client(cloud, "alice", granted["appPassword"])
    assert client.ask("PROPFIND", "calendars/alice/", Depth="0").status_code == 207


def test_an_app_password_deletes_itself_and_cannot_beget_another(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    client = Client(cloud, BOT, cloud.add_app_password(BOT))
    ask = "/ocs/v2.php/core/getapppassword"
    assert client.ask("GET", ask, OCS_APIRequest="true").status_code == 403
    assert client.ask("DELETE", "/ocs/v2.php/core/apppassword", OCS_APIRequest="1").ok
    assert client.ask("PROPFIND", f"calendars/{BOT}/").status_code == 401
    assert clients[BOT].ask("GET", ask, OCS_APIRequest="true").status_code == 200


def test_after_ten_wrong_passwords_even_the_right_one_is_shut_out(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    wrong = Client(cloud, BOT, "faux")
    statuses = [wrong.ask("PROPFIND", f"calendars/{BOT}/").status_code for _ in range(12)]
    assert statuses == [401] * 11 + [429]
    assert clients[BOT].ask("PROPFIND", f"calendars/{BOT}/").status_code == 429
    cloud.settings.brute_force = False
    assert clients[BOT].ask("PROPFIND", f"calendars/{BOT}/").status_code == 207


def test_a_disabled_account_is_answered_503(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    cloud.disable_user("bob")
    assert clients["bob"].ask("PROPFIND", "calendars/bob/").status_code == 503


def test_making_calendars_is_limited_for_cookies_alone(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    bot = clients[BOT]
    base = f"{cloud.url}/remote.php/dav/calendars/{BOT}/"
    made = [bot.ask("MKCALENDAR", f"calendars/{BOT}/seul-{n}/").status_code for n in range(12)]
    assert made == [201] * 12
    with requests.Session() as session:
        session.auth = (BOT, bot.password)
        session.get(base, timeout=5)
        answers = [session.request("MKCALENDAR", f"{base}avec-{n}/", timeout=5) for n in range(11)]
    assert [one.status_code for one in answers] == [201] * 10 + [429]
    assert "Retry-After" not in answers[-1].headers


def test_the_thirty_first_calendar_is_forbidden_to_cookies_bins_counted(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    for number in range(28):
        cloud.make_calendar(BOT, f"cal-{number}")
    cloud.trash_calendar(BOT, "cal-0")
    base = f"{cloud.url}/remote.php/dav/calendars/{BOT}/"
    with requests.Session() as session:
        session.auth = (BOT, clients[BOT].password)
        session.get(base, timeout=5)
        assert session.request("MKCALENDAR", f"{base}encore/", timeout=5).status_code == 403
    assert clients[BOT].ask("MKCALENDAR", f"calendars/{BOT}/encore/").status_code == 201


@pytest.mark.parametrize("name", ["caldav", "carddav"])
def test_well_known_addresses_redirect_to_dav(cloud: CloudStandIn, name: str) -> None:
    answer = requests.request(
        "PROPFIND", f"{cloud.url}/.well-known/{name}", allow_redirects=False, timeout=5
    )
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{cloud.url}/remote.php/dav/"


def test_the_clock_is_the_tests_own() -> None:
    moment = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with CloudStandIn(clock=lambda: moment) as cloud:
        bot = network(cloud)[BOT]
        bot.put("a.ics", event())
        answer = bot.ask("GET", bot.place("a.ics"))
        assert answer.headers["Last-Modified"] == "Mon, 01 Mar 2027 12:00:00 GMT"
