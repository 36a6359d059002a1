"""A stand-in wiki and a stand-in cloud, and the commands an admin has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.bootstrap.clock import SystemClock
from oscartes_sync.commands.boundary import run
from oscartes_sync.commands.doors import Doors
from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.clock import utc_now
from tests.e2e.acceptance import RECORDINGS, fill_as_recorded
from tests.fakes.wiki_place import Time

BOT, PASSWORD, CALENDAR = "oscartes-bot", "mot-de-passe-du-robot", "agenda-reseau"


@dataclass
class Pair:
    """Both servers, a configuration folder, and the commands run as a person would."""

    wiki: WikiStandIn
    cloud: CloudStandIn
    keys: NetworkKeys
    folder: Path
    capture: Callable[[], tuple[str, str]]
    binding: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=lambda: {"LANG": "en_GB.UTF-8"})

    def configure(self, **binding: Any) -> None:
        """Write oscartes.toml and .env; values are TOML already."""
        self.binding.update(binding)
        lines = "\n".join(f"{key} = {value}" for key, value in self.binding.items())
        (self.folder / "oscartes.toml").write_text(
            f"""[network]
name = "Essai"
[wikis.noe]
url = "{self.wiki.url}"
user = "RobotNuage"
[clouds.noe]
url = "{self.cloud.url}"
user = "{BOT}"
[[bindings]]
name = "agenda"
kind = "events"
form = 6
collection = "{CALENDAR}"
{lines}
""",
            encoding="utf-8",
        )
        self.secrets(self.keys.robot_key, PASSWORD)

    def secrets(self, key: str, password: str) -> None:
        path = self.folder / ".env"
        path.touch(mode=0o600)
        path.write_text(
            f"OSCARTES_WIKI_NOE_KEY={key}\nOSCARTES_CLOUD_NOE_PASSWORD={password}\n",
            encoding="utf-8",
        )

    def call(self, *words: str) -> tuple[int, str, str]:
        """One command: its exit code, what it printed, what it said on stderr."""
        self.capture()
        config = str(self.folder / "oscartes.toml")
        code = run([words[0], "--config", config, *words[1:]], Doors(self.environ))
        return code, *self.capture()

    def json(self, *words: str) -> tuple[int, Any]:
        """One command with --json: its exit code and document."""
        code, out, _ = self.call(*words, "--json")
        return code, json.loads(out)

    def sync(self, *words: str) -> tuple[int, dict[str, Any]]:
        """One sync; the report of the one binding."""
        code, document = self.json("sync", *words)
        assert "bindings" in document, document
        return code, document["bindings"][0]

    def events(self) -> dict[str, str]:
        """Resource name → its text, unfolded."""
        return {
            name: body.decode().replace("\r\n ", "").replace("\r\n", "\n")
            for name, body in self.cloud.resources(BOT, CALENDAR).items()
        }

    def rewrite(self, name: str, *changes: tuple[str, str]) -> None:
        """A member changes lines of an event with their own client."""
        text = self.events()[name]
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after, 1)
        self.cloud.put(BOT, CALENDAR, name, text.replace("\n", "\r\n").encode())


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait for nobody here, and the pauses between two writes of one entry neither."""
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, _seconds: None)


@pytest.fixture(params=["4.4", "4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pair(version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pair]:
    with _running(version, tmp_path, capsys, seed_network) as made:
        yield made


@pytest.fixture
def recorded(version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pair]:
    """The network of the recordings instead: its forms, lists, directory and agenda."""
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings are not beside this repository")
    with _running(version, tmp_path, capsys, fill_as_recorded) as made:
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """One clock for the commands and for both servers; a pause moves it, and nothing waits.

    So does each look at it, by a little: no two runs begin at the same instant.
    """
    time = Time()

    def now(_self: SystemClock) -> datetime:
        time.sleep(0.001)
        return time.now()

    monkeypatch.setattr(SystemClock, "now", now)
    monkeypatch.setattr(SystemClock, "monotonic", lambda _self: time.monotonic())
    monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: time.sleep(seconds))
    return time


@pytest.fixture
def dated(
    version: str, clock: Time, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Pair]:
    """The pair on 24 November 2026, and later as `clock` is moved."""
    with _running(version, tmp_path, capsys, seed_network, clock) as made:
        clock.sleep(4000)
        yield made


@contextmanager
def _running(
    version: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    seed: Callable[[WikiStandIn], NetworkKeys],
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Pair]:
    def capture() -> tuple[str, str]:
        found = capsys.readouterr()
        return found.out, found.err

    with (
        WikiStandIn(version=version, clock=clock) as wiki,  # type: ignore[arg-type]
        CloudStandIn(version=32 if version == "4.4" else 34, clock=clock) as cloud,
    ):
        keys = seed(wiki)
        cloud.add_group("gt-outils")
        cloud.add_user(BOT, PASSWORD)
        cloud.add_user("alice", "alice", groups=("gt-outils",))
        made = Pair(wiki, cloud, keys, folder, capture)
        made.configure()
        yield made
