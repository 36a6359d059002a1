"""What is said of the work holds no secret, and what is said of failures nobody's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
from oscartes_sync.commands.boundary import run
from oscartes_sync.commands.doors import Doors
from tests.e2e.conftest import PASSWORD, Pair
from tests.e2e.markers import (
    ALL,
    CLOSED,
    GUARDED,
    HIDDEN,
    KEPT,
    OPEN_ENTRY,
    OPEN_EVENT,
    PEOPLE,
    found,
    marker,
    plant,
)
from tests.fakes.exchanges import dav_error
from tests.fakes.fronts import Answer, Answering, listener

NOBODYS = (*HIDDEN, *CLOSED, *GUARDED)
"""What no member of the public may read, shown to nobody at all: the admin did not ask for it."""

SHOWING = (
    ("doctor",),
    ("forms",),
    ("plan",),
    ("plan", "--full"),
    ("sync",),
    ("sync", "--full"),
    ("status",),
    ("conflicts",),
    ("history",),
)
MODES = ((), ("--json",), ("--verbose",), ("--quiet",), ("--lang", "fr"))


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Reported(Doors):
    """Reports of mistakes go beside the configuration."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        super().__init__(environ)
        self._folder = folder

    def state_folder(self) -> Path:
        return self._folder / "reports"


class Listening:
    """Runs commands and keeps every word."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.out = ""
        self.err = ""

    def call(self, *words: str) -> tuple[int, str]:
        """One command; its exit code and stdout."""
        config = str(self.pair.folder / "oscartes.toml")
        code = run([*words, "--config", config], Reported(self.pair.environ, self.pair.folder))
        out, err = self.pair.capture()
        self.out += out
        self.err += err
        return code, out

    def files(self) -> str:
        """Whatever we wrote, but for the state and the test's own files."""
        ours = {"oscartes.toml", ".env", "oscartes.db"}
        return "\n".join(
            path.read_text("utf-8")
            for path in self.pair.folder.rglob("*")
            if path.is_file() and path.name not in ours
        )

    def check(self) -> None:
        """No secret anywhere; nobody's words outside of the answer on stdout."""
        for secret in (self.pair.keys.robot_key, PASSWORD):
            assert secret not in self.out + self.err + self.files()
        assert found(ALL, self.err) == []
        assert found(ALL, self.files()) == []
        assert found(NOBODYS, self.out) == []
        assert "Traceback" not in self.err


@pytest.fixture
def listening(pair: Pair) -> Listening:
    plant(pair)
    pair.capture()
    return Listening(pair)


def edit_both(pair: Pair) -> None:
    """Something to write on either side, and a field on which they disagree."""
    copy = f"{OPEN_ENTRY}.noe.ics"
    pair.wiki.edit(OPEN_ENTRY, {"bf_lieu": f"Haut {marker('LIEUW')}"}, user=marker("PROPRIETAIRE"))
    pair.rewrite(copy, ("LOCATION:", "LOCATION:Bas "), ("SUMMARY:", "SUMMARY:Grand "))
    pair.rewrite(OPEN_EVENT, ("SUMMARY:", "SUMMARY:Petite "))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: "-".join(mode) or "plain")
def test_every_command_in_every_mode(listening: Listening, mode: tuple[str, ...]) -> None:
    pair = listening.pair
    for words in SHOWING:
        assert listening.call(*words, *mode)[0] in {0, 4}
    pair.configure(on_conflict='"ask"')
    edit_both(pair)
    plan = str(pair.folder / "plan.json")
    for words in (("plan", "--out", plan), ("sync",), ("conflicts",), ("apply", plan)):
        assert listening.call(*words, *mode)[0] in {0, 4}
    _, out = listening.call("conflicts", "--json")
    for conflict in json.loads(out)["conflicts"]:
        listening.call("resolve", conflict["id"], "--keep", "wiki", *mode)
    _, out = listening.call("history", "--json")
    for each in json.loads(out)["runs"]:
        listening.call("history", each["run"], *mode)
    listening.call("undo", json.loads(out)["runs"][0]["run"], *mode)
    listening.call("forget", f"{OPEN_ENTRY}.noe@oscartes", *mode)
    assert "plan.json" in {path.name for path in pair.folder.iterdir()}
    listening.check()


def test_people_s_own_words_are_shown_where_they_are_the_answer(listening: Listening) -> None:
    """The other side of it: the tests above do look where something could stand."""
    _, out = listening.call("plan", "--json")
    assert found(["TITREW", "TITREC"], out) == ["TITREW", "TITREC"]
    assert found((*KEPT, *PEOPLE), out) == []


# Servers that fail, and say why in members' words


def echo(status: int, kind: str) -> Callable[[bytes], Answer]:
    """An answer that repeats what it was sent, and names everything else there is."""

    def answer(body: bytes) -> Answer:
        words = " ".join([*map(marker, ALL), unquote_plus(body.decode("utf-8", "replace"))])
        texts = {
            "html": ("text/html; charset=utf-8", f"<h1>{escape(words)}</h1>"),
            "json": ("application/json", json.dumps({"exceptionMessage": words})),
            "xml": (
                "application/xml",
                dav_error("Sabre\\DAV\\Exception\\BadRequest", escape(words)),
            ),
        }
        media_type, text = texts[kind]
        return status, [("Content-Type", media_type)], text.encode()

    return answer


WRITES = {"PUT", "DELETE", "MOVE", "PROPPATCH", "POST"}
STATUSES = (200, 400, 401, 403, 404, 405, 409, 412, 413, 415, 423, 429, 500, 502, 503, 507)


def failing(answer: Callable[[bytes], Answer], methods: set[str]) -> Answering:
    """These methods get that answer, the others their own."""
    return lambda method, _target, body: answer(body) if method in methods else None


@pytest.fixture(params=["wiki", "cloud"])
def side(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def behind(listening: Listening, side: str) -> Iterator[Callable[[Answering], None]]:
    """One side is reached through what the test puts in the way, the first run being over."""
    assert listening.call("sync")[0] in {0, 4}
    pair = listening.pair
    here = getattr(pair, side).url
    with listener(behind=here) as made:
        made.answering = lambda *_: None
        path = pair.folder / "oscartes.toml"
        text = path.read_text("utf-8")
        path.write_text(text.replace(f'url = "{here}"', f'url = "{made.url}"'), "utf-8")
        state = pair.folder / "oscartes.db"
        told = ("wiki", "rename", here, made.url) if side == "wiki" else ("status",)
        assert listening.call(*told)[0] == 0, state

        def answering(one: Answering) -> None:
            made.answering = one

        yield answering


def problems(out: str) -> list[dict[str, Any]]:
    """The sentences of a run, each with its remedy."""
    document = json.loads(out)
    if "bindings" not in document:
        return [document]
    (report,) = document["bindings"]
    told = [each["problem"] for each in report["operations"] if each["problem"]]
    return [*report["problems"], *told]


@pytest.mark.parametrize("kind", ["html", "json", "xml"])
def test_a_write_that_is_refused_in_members_words(
    listening: Listening, behind: Callable[[Answering], None], kind: str
) -> None:
    edit_both(listening.pair)
    for status in STATUSES:
        behind(failing(echo(status, kind), WRITES))
        code, out = listening.call("sync", "--json", "--verbose")
        assert code in {1, 4}, status
        assert problems(out), status
        assert found(ALL, json.dumps(problems(out))) == [], status
    listening.check()


@pytest.mark.parametrize("kind", ["html", "json", "xml"])
def test_a_reading_that_fails_in_members_words(
    listening: Listening, behind: Callable[[Answering], None], kind: str
) -> None:
    for status in (*STATUSES, 207):
        behind(failing(echo(status, kind), {"GET", "PROPFIND", "REPORT"}))
        code, out = listening.call("sync", "--json", "--verbose")
        assert code in {1, 2, 4}, status
        assert found(ALL, json.dumps(problems(out))) == [], status
        assert listening.call("doctor")[0] == 1, status
    listening.check()


def test_a_cut_and_a_missing_server(listening: Listening, side: str) -> None:
    pair = listening.pair
    assert listening.call("sync")[0] in {0, 4}
    edit_both(pair)
    getattr(pair, side).faults.fail_next(40, cut=True)
    assert listening.call("sync", "--verbose")[0] in {1, 4}
    getattr(pair, side).stop()
    for words in (("sync",), ("plan", "--verbose"), ("doctor",), ("sync", "--json")):
        assert listening.call(*words)[0] == 1
    listening.check()


# A mistake of ours

WHERE = (
    (YesWikiWiki, "snapshot"),
    (NextcloudCloud, "snapshot"),
    (YesWikiWiki, "update"),
    (NextcloudCloud, "update"),
    (YesWikiWiki, "create"),
    (NextcloudCloud, "create"),
)


@pytest.mark.parametrize("mode", [(), ("--json",), ("--verbose",)], ids=str)
@pytest.mark.parametrize(("kind", "method"), WHERE)
def test_the_report_of_a_mistake_tells_where_and_not_what(
    listening: Listening,
    kind: type,
    method: str,
    mode: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = listening.pair
    if method == "update":
        listening.call("sync")
        edit_both(pair)
    words = " ".join([*map(marker, ALL), pair.keys.robot_key, PASSWORD])

    def mistaken(*_words: object, **_options: object) -> None:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise ValueError(words) from error

    monkeypatch.setattr(kind, method, mistaken)
    code, _ = listening.call("sync", *mode)
    assert code == 3
    (report,) = (pair.folder / "reports").iterdir()
    told = report.read_text("utf-8")
    assert "ValueError" in told
    assert "KeyError" in told
    assert "in mistaken" in told
    assert str(Path.home()) not in told
    assert str(pair.folder) not in told
    assert report.name in listening.err
    listening.check()
