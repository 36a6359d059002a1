"""Servers that are slow, that refuse every third request, that go away: the run ends, says what is
left, and the next one finishes it. Time is counted, not spent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from oscartes_sync.bootstrap.clock import SystemClock
from oscartes_sync.usecases.writing import LONGEST
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair
from tests.fakes.fronts import Front

BAD = "ReunionDePreparation"
FROM_WIKI, FROM_CLOUD = 24, 24
SIDES = pytest.mark.parametrize("side", ["wiki", "cloud"])
HOUR = 3600.0


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Time:
    """A clock that goes by waiting alone; several who wait at once count one after the other."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.passed += seconds

    def monotonic(self) -> float:
        return self.passed


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: made.sleep(seconds))
    monkeypatch.setattr(SystemClock, "monotonic", lambda _self: made.monotonic())
    return made


@pytest.fixture(autouse=True)
def much_to_write(pair: Pair) -> None:
    """More on either side than a run tries once a server is gone."""
    pair.cloud.make_calendar(BOT, CALENDAR)
    for number in range(FROM_CLOUD):
        body = resource(
            f"{number}@autre-client",
            f"DTSTART;VALUE=DATE:202703{number + 1:02}",
            f"DTEND;VALUE=DATE:202703{number + 2:02}",
            f"SUMMARY:Rencontre numéro {number}",
        )
        pair.cloud.put(BOT, CALENDAR, f"rencontre-{number}.ics", body)
    for number in range(FROM_WIKI - len(pair.wiki.entries(6)) + 1):
        event = {
            "bf_titre": f"Chantier numéro {number}",
            "bf_date_debut_evenement": f"2027-04-{number + 1:02}",
            "bf_date_fin_evenement": f"2027-04-{number + 1:02}",
        }
        pair.wiki.add_entry(6, f"ChantierNumero{number}", event, owner="ClaireMorel")


def problems(report: dict[str, Any]) -> set[str]:
    """What is wrong beside the entry that makes no sense."""
    return {
        each["code"]
        for each in report["problems"]
        if each["entry"] != BAD and each["severity"] == "error"
    }


def titles(pair: Pair) -> tuple[list[str], list[str]]:
    """What each side holds, doubles and all."""
    entries = [entry["bf_titre"] for tag, entry in pair.wiki.entries(6).items() if tag != BAD]
    lines = [line for body in pair.events().values() for line in body.split("\n")]
    events = [line for line in lines if line.startswith("SUMMARY:")]
    return sorted(entries), sorted(events)


def check_all_there(pair: Pair) -> None:
    """Everything is on both sides once, and nothing is left to do."""
    entries, events = titles(pair)
    assert len(entries) == len(set(entries)) == FROM_WIKI + FROM_CLOUD
    assert len(events) == len(set(events)) == FROM_WIKI + FROM_CLOUD
    _, report = pair.sync("--full")
    assert report["operations"] == []
    assert problems(report) == set()


def check_few_left(report: dict[str, Any]) -> None:
    """All done but for what met a refusal at each of its attempts, as one in a thousand does."""
    states = [each["status"] for each in report["operations"]]
    assert len(states) >= 12
    assert set(states) <= {"done", "failed"}
    assert states.count("failed") <= 3
    assert problems(report) <= {"wiki-busy", "cloud-too-many-requests"}


def finish(pair: Pair) -> None:
    """The next run does what is left."""
    _, report = pair.sync()
    assert {each["status"] for each in report["operations"]} <= {"done"}
    check_all_there(pair)


@pytest.mark.parametrize("wait", [None, 2, 30])
def test_every_third_request_refused_by_both(pair: Pair, time: Time, wait: int | None) -> None:
    pair.wiki.faults.every_nth(3, 429, retry_after=wait)
    pair.cloud.faults.every_nth(3, 429, retry_after=wait)
    _, report = pair.sync()
    check_few_left(report)
    assert 0 < time.passed < HOUR
    pair.wiki.faults.clear()
    pair.cloud.faults.every_nth(0)
    finish(pair)


def test_edits_while_every_third_request_is_refused(pair: Pair, time: Time) -> None:
    pair.sync()
    pair.wiki.faults.every_nth(3, 429)
    pair.cloud.faults.every_nth(3, 429)
    for tag in [tag for tag in pair.wiki.entries(6) if tag != BAD][:6]:
        pair.wiki.edit(tag, {"bf_ville": "Breuillet"}, user="ClaireMorel")
    for number in range(6, 12):
        pair.rewrite(f"rencontre-{number}.ics", ("SUMMARY:", "SUMMARY:Belle "))
    _, report = pair.sync()
    check_few_left(report)
    assert time.passed < HOUR
    pair.wiki.faults.clear()
    pair.cloud.faults.every_nth(0)
    finish(pair)


@SIDES
def test_a_server_that_asks_for_an_hour_s_patience(pair: Pair, time: Time, side: str) -> None:
    """What can be written is; the side is left alone from then on; each run gets further."""
    faults = getattr(pair, side).faults
    method = "POST" if side == "wiki" else "PUT"
    faults.every_nth(3, 429, method=method, retry_after=3600)
    code, report = pair.sync()
    assert code == 4
    assert problems(report) == {"wiki-busy" if side == "wiki" else "cloud-too-many-requests"}
    states = [each["status"] for each in report["operations"] if each["side"] == side]
    assert 0 < states.count("done") < len(states)
    assert states.count("skipped") > 0
    assert time.passed < HOUR
    faults.every_nth(0)
    finish(pair)


@SIDES
def test_maintenance_in_the_first_half(pair: Pair, time: Time, side: str) -> None:
    faults = getattr(pair, side).faults
    faults.maintenance = True
    code, out, _ = pair.call("sync")
    assert code == 1
    assert "again later" in out or "is over" in out or "Wait" in out
    assert time.passed < HOUR
    faults.maintenance = False
    finish(pair)


@SIDES
def test_maintenance_that_ends_while_we_wait(pair: Pair, time: Time, side: str) -> None:
    faults = getattr(pair, side).faults
    faults.maintenance = True
    waited = time.sleep

    def ending(seconds: float) -> None:
        waited(seconds)
        faults.maintenance = time.passed < 3

    time.sleep = ending  # type: ignore[method-assign]
    _, report = pair.sync()
    assert report["summary"]["created"] == FROM_WIKI + FROM_CLOUD
    check_all_there(pair)


def at_the(number: int, pair: Pair, side: str, action: Callable[[], None]) -> None:
    """Do this once so many writes have reached the server."""
    faults = getattr(pair, side).faults
    method = "POST" if side == "wiki" else "PUT"
    reached = 0
    guard = threading.Lock()
    take = faults.take_failure

    def counting(asked: str, target: str) -> Any:
        nonlocal reached
        with guard:
            reached += asked == method
            due = reached == number and asked == method
        if due:
            action()
        return take(asked, target)

    faults.take_failure = counting


@SIDES
def test_maintenance_in_the_second_half(pair: Pair, time: Time, side: str) -> None:
    faults = getattr(pair, side).faults
    at_the(6, pair, side, lambda: setattr(faults, "maintenance", True))
    code, report = pair.sync()
    assert code == 4
    assert problems(report) == {"wiki-unavailable" if side == "wiki" else "cloud-maintenance"}
    states = [each["status"] for each in report["operations"] if each["side"] == side]
    assert {"done", "skipped"} <= set(states)
    assert time.passed < HOUR
    faults.maintenance = False
    finish(pair)


@SIDES
def test_a_server_that_goes_away_half_way(pair: Pair, time: Time, side: str) -> None:
    server = getattr(pair, side)
    way = Front(server.url)
    path = pair.folder / "oscartes.toml"
    path.write_text(
        path.read_text("utf-8").replace(server.url, f"http://127.0.0.1:{way.port}"), "utf-8"
    )
    at_the(6, pair, side, way.close)
    code, report = pair.sync()
    assert code == 4
    assert problems(report) & {f"{side}-unreachable", f"{side}-outcome-unknown"}
    states = [each["status"] for each in report["operations"] if each["side"] == side]
    assert {"done", "failed"} <= set(states)
    assert states.count("skipped") > len(states) / 4
    assert time.passed < HOUR
    again = Front(server.url, port=way.port)
    finish(pair)
    again.close()


def slow(time: Time, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of every server takes so long, and comes too late where that is too long."""
    send = HTTPAdapter.send

    def late(self: HTTPAdapter, request: Any, **options: Any) -> requests.Response:
        _, patience = options["timeout"]
        if seconds > patience:
            time.sleep(patience)
            raise requests.ReadTimeout
        time.sleep(seconds)
        return send(self, request, **options)

    monkeypatch.setattr(HTTPAdapter, "send", late)


def test_servers_that_answer_in_twenty_seconds(
    pair: Pair, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(time, 20, monkeypatch)
    _, report = pair.sync()
    assert report["summary"]["created"] == FROM_WIKI + FROM_CLOUD
    assert problems(report) == set()
    assert time.passed < HOUR
    check_all_there(pair)


def test_servers_that_never_answer(pair: Pair, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        slow(time, 100, patched)
        assert pair.call("sync")[0] == 1
    assert time.passed < HOUR
    finish(pair)


def test_what_takes_too_long_is_left_to_the_next_run(
    pair: Pair, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour is enough for one run; a quarter of it here, where there is not much to write."""
    enough = LONGEST / 4
    with monkeypatch.context() as patched:
        patched.setattr("oscartes_sync.usecases.writing.LONGEST", enough)
        slow(time, 50, patched)
        code, report = pair.sync()
        assert problems(report) <= {"writing-too-slow"}
        first = report["summary"]["created"]
        assert code == 4
        assert 0 < first < FROM_WIKI + FROM_CLOUD
        left = sum(each["status"] == "skipped" for each in report["operations"])
        assert left == FROM_WIKI + FROM_CLOUD - first
        assert time.passed < 3 * enough
    finish(pair)
