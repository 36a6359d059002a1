"""Faults of the stand-in cloud, and its life as a server and as a process."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from oscartes_sync.sandbox.cloud import CloudStandIn, Reply, Request
from tests.sandbox.cloud_client import BOT, CALENDAR, Client, event, network, said


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def bot(cloud: CloudStandIn) -> Client:
    return network(cloud)[BOT]


def test_maintenance_is_told_differently_by_each_room(cloud: CloudStandIn, bot: Client) -> None:
    cloud.faults.maintenance = True
    dav = bot.ask("PROPFIND", bot.place())
    assert said(dav) == (503, "ServerMaintenanceMode")
    assert "Retry-After" not in dav.headers
    assert "X-Nextcloud-Maintenance-Mode" not in dav.headers
    ocs = bot.ask("GET", "/ocs/v2.php/cloud/user", OCS_APIRequest="true")
    assert (ocs.status_code, ocs.headers["X-Nextcloud-Maintenance-Mode"]) == (503, "1")
    page = bot.ask("GET", "/index.php/login")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")
    status = bot.ask("GET", "/status.php")
    assert (status.status_code, status.json()["maintenance"]) == (200, True)


@pytest.mark.parametrize("status", [423, 429, 500, 503, 507])
def test_a_planned_failure_comes_once_and_before_the_write(
    cloud: CloudStandIn, bot: Client, status: int
) -> None:
    cloud.faults.fail_next(status=status, method="PUT")
    assert bot.put("a.ics", event()).status_code == status
    assert cloud.resources(BOT, CALENDAR) == {}
    assert bot.put("a.ics", event()).status_code == 201


def test_a_failure_after_executing_hides_that_the_write_was_done(
    cloud: CloudStandIn, bot: Client
) -> None:
    cloud.faults.fail_next(status=503, after_executing=True, retry_after=7)
    answer = bot.put("a.ics", event())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert list(cloud.resources(BOT, CALENDAR)) == ["a.ics"]


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_connection_leaves_the_client_in_doubt(
    cloud: CloudStandIn, bot: Client, after: bool
) -> None:
    cloud.faults.fail_next(cut=True, after_executing=after)
    with pytest.raises(requests.ConnectionError):
        bot.put("a.ics", event())
    assert len(cloud.resources(BOT, CALENDAR)) == int(after)


def test_a_truncated_body_ends_before_its_announced_length(
    cloud: CloudStandIn, bot: Client
) -> None:
    cloud.put(BOT, CALENDAR, "a.ics", event())
    cloud.faults.fail_next(truncate=True, method="GET")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        bot.ask("GET", bot.place("a.ics"))


def test_every_nth_request_fails(cloud: CloudStandIn, bot: Client) -> None:
    cloud.faults.every_nth(3, 429)
    statuses = [bot.ask("PROPFIND", bot.place(), Depth="0").status_code for _ in range(6)]
    assert statuses == [207, 207, 429, 207, 207, 429]
    cloud.faults.clear()
    assert bot.ask("PROPFIND", bot.place()).status_code == 207


def test_a_members_change_can_come_between_reading_and_writing(
    cloud: CloudStandIn, bot: Client
) -> None:
    etag = bot.put("a.ics", event()).headers["ETag"]
    cloud.faults.interpose(lambda: _rewrite(cloud), method="PUT", containing="a.ics")
    refused = bot.put("a.ics", event(summary="Moi"), If_Match=etag)
    assert refused.status_code == 412
    assert refused.headers["ETag"] == cloud.etags(BOT, CALENDAR)["a.ics"]


def _rewrite(cloud: CloudStandIn) -> None:
    cloud.put(BOT, CALENDAR, "a.ics", event(summary="Lui"))


def test_requests_that_wait_side_by_side_are_all_answered(cloud: CloudStandIn, bot: Client) -> None:
    cloud.faults.latency = 0.05
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: bot.put(f"{n}.ics", event(str(n))), range(4)))
    assert [one.status_code for one in answers] == [201] * 4


def test_connections_are_kept(cloud: CloudStandIn) -> None:
    connection = http.client.HTTPConnection(cloud.url.removeprefix("http://"), timeout=5)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/status.php")
        answer = connection.getresponse()
        assert len(answer.read()) == int(answer.headers["Content-Length"])
        assert connection.sock is first
    connection.close()


def test_requests_are_logged_with_who_they_acted_as(cloud: CloudStandIn, bot: Client) -> None:
    bot.put("a.ics", event())
    line = cloud.requests[-1]
    assert (line.method, line.status, line.user) == ("PUT", 201, BOT)
    assert line.path.endswith("/a.ics")
    cloud.requests.clear()
    assert len(cloud.requests) == 0


def test_another_room_can_be_added_by_its_prefix(cloud: CloudStandIn, bot: Client) -> None:
    def room(request: Request) -> Reply:
        return Reply(200, f"{request.user.uid} {request.segments[3]}".encode(), "text/plain")

    cloud.router.add("/remote.php/dav/dessins", room)
    assert bot.ask("GET", "dessins/chat").text == f"{BOT} chat"
    assert Client(cloud, BOT, "faux").ask("GET", "dessins/chat").status_code == 401


def test_run_on_its_own_it_prints_its_address_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "oscartes_sync.sandbox.cloud", "--user", "carole:secret-1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            answer = requests.get(
                f"{url}/ocs/v2.php/cloud/user?format=json",
                headers={"OCS-APIRequest": "true"},
                auth=("carole", "secret-1"),
                timeout=5,
            )
            assert answer.json()["ocs"]["data"]["id"] == "carole"
        finally:
            process.terminate()
        assert process.wait(10) == 0


def test_something_before_the_cloud_may_answer_in_its_stead(
    cloud: CloudStandIn, bot: Client
) -> None:
    cloud.faults.answer_next(b"<html>Bonjour</html>", n=2, method="PUT", containing="a.ics")
    for _ in range(2):
        answer = bot.put("a.ics", event())
        assert (answer.status_code, answer.text) == (200, "<html>Bonjour</html>")
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert cloud.resources(BOT, CALENDAR) == {}
    assert bot.put("a.ics", event()).status_code == 201
