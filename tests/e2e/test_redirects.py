"""A server that sends us to another one: credentials, cookies and texts stay where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, PASSWORD, Pair
from tests.fakes.fronts import Answer, Listener, listener

STATUSES = pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
SIDES = pytest.mark.parametrize("side", ["wiki", "cloud"])
READS = frozenset({"GET", "HEAD", "PROPFIND", "REPORT"})
Concerns = Callable[[str, str], bool]


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def between(
    pair: Pair, stack: ExitStack, side: str, status: int, concerns: Concerns
) -> tuple[Listener, Listener]:
    """Somebody before one server, who sends some requests elsewhere; and that elsewhere."""
    elsewhere = stack.enter_context(listener())

    def onward(method: str, target: str, _body: bytes) -> Answer | None:
        if not concerns(method, target):
            return None
        return status, [("Location", f"{elsewhere.url}{target}")], b""

    behind = getattr(pair, side).url
    before = stack.enter_context(listener(onward, behind=behind))
    path = pair.folder / "oscartes.toml"
    path.write_text(path.read_text("utf-8").replace(behind, before.url), "utf-8")
    return before, elsewhere


def writes(method: str, _target: str) -> bool:
    return method not in READS


@STATUSES
@SIDES
def test_nothing_is_asked_elsewhere_from_the_first_request_on(
    pair: Pair, stack: ExitStack, side: str, status: int
) -> None:
    before, elsewhere = between(pair, stack, side, status, lambda _method, _target: True)
    for command in ("doctor", "forms", "plan", "sync"):
        code, out, err = pair.call(command)
        assert code in {0, 1, 4}
        for secret in (pair.keys.robot_key, PASSWORD):
            assert secret not in out + err
    assert before.heard
    assert elsewhere.heard == []


@STATUSES
@SIDES
def test_a_write_is_not_carried_elsewhere(
    pair: Pair, stack: ExitStack, side: str, status: int
) -> None:
    """By then the session's cookies are there, and the text of a member is under way."""
    pair.cloud.make_calendar(BOT, CALENDAR)
    body = resource("a@autre", "DTSTART;VALUE=DATE:20270608", "SUMMARY:Une fête")
    pair.cloud.put(BOT, CALENDAR, "a.ics", body)
    before, elsewhere = between(pair, stack, side, status, writes)
    code, _, err = pair.call("sync")
    assert code in {1, 4}
    assert [one for one in before.heard if one.split(" ")[0] not in READS]
    assert elsewhere.heard == []
    assert PASSWORD not in err


def test_a_page_of_the_wiki_is_not_looked_for_elsewhere(pair: Pair, stack: ExitStack) -> None:
    """Page routes are asked with the session's cookies, which are as good as the key."""
    away: list[str] = []
    before, elsewhere = between(pair, stack, "wiki", 302, lambda _, target: target in away)
    pair.sync()
    pair.rewrite("BourseAuxPlantes.noe.ics", ("SUMMARY:", "SUMMARY:Grande "))
    away.append("/?BourseAuxPlantes/edit")
    code, _, _ = pair.call("sync")
    assert code in {1, 4}
    asked = [one for one in before.heard if one.split(" ")[1].startswith(away[0])]
    assert any("Cookie: " in one for one in asked)
    assert elsewhere.heard == []
