"""What we leave on the disk and show of ourselves to the machine's other accounts."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oscartes_sync.adapters.state.database import Database
from oscartes_sync.bootstrap.house import House
from oscartes_sync.commands.boundary import run
from oscartes_sync.commands.doors import Doors
from tests.e2e.conftest import BOT, PASSWORD, Pair

PRIVATE = 0o600


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def anybody_may() -> Iterator[None]:
    """The least careful umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(folder: Path) -> dict[str, int]:
    """Every file and its mode, but for what the test put there itself."""
    return {
        path.name: mode(path)
        for path in folder.iterdir()
        if path.is_file() and path.name not in {"oscartes.toml", ".env"}
    }


class OwnDoors(Doors):
    """Reports of mistakes go beside the configuration."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        super().__init__(environ)
        self._folder = folder

    def state_folder(self) -> Path:
        return self._folder / "reports"


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The modes of temporary files at the moment they take a name's place."""
    modes: list[int] = []
    replace = Path.replace

    def spying(self: Path, target: Path) -> Path:
        modes.append(mode(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", spying)
    return modes


def test_state_lock_and_plan_are_ours_alone(pair: Pair, moved: list[int]) -> None:
    plan = pair.folder / "plan.json"
    assert pair.call("sync", "--full")[0] in {0, 4}
    pair.wiki.edit("BourseAuxPlantes", {"bf_lieu": "Halle"}, user="ClaireMorel")
    assert pair.call("plan", "--out", str(plan))[0] in {0, 4}
    assert pair.call("apply", str(plan))[0] in {0, 4}
    for words in (["status"], ["conflicts"], ["history"]):
        assert pair.call(*words)[0] == 0
    found = written(pair.folder)
    assert set(found) >= {"oscartes.db", "oscartes.db.lock", "plan.json"}
    assert set(found.values()) == {PRIVATE}
    assert moved == [PRIVATE]


def test_a_state_that_others_could_read_is_closed(pair: Pair) -> None:
    pair.call("sync")
    (pair.folder / "oscartes.db").chmod(0o644)
    pair.call("sync")
    assert mode(pair.folder / "oscartes.db") == PRIVATE


def test_what_sqlite_puts_beside_the_state_is_ours_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE more (word TEXT)")
        beside = {path.name: mode(path) for path in tmp_path.iterdir()}
    database.close()
    assert set(beside) == {"state.db", "state.db-journal"}
    assert set(beside.values()) == {PRIVATE}


def test_what_init_writes_is_ours_alone(pair: Pair, moved: list[int]) -> None:
    new = pair.folder / "new"
    servers = ("--wiki-url", pair.wiki.url, "--wiki-user", "RobotNuage", "--form", "6")
    cloud = ("--cloud-url", pair.cloud.url, "--cloud-user", BOT, "--cloud-id", "noe")
    pair.environ |= {
        "OSCARTES_WIKI_NOE_KEY": pair.keys.robot_key,
        "OSCARTES_CLOUD_NOE_PASSWORD": PASSWORD,
    }
    words = ("init", *servers, "--wiki-id", "noe", *cloud, "--non-interactive")
    code = run([*words, "--config", str(new / "oscartes.toml")], Doors(pair.environ))
    out, err = pair.capture()
    assert code == 0, err
    assert {path.name: mode(path) for path in new.iterdir()} == {
        "oscartes.toml": PRIVATE,
        ".env": PRIVATE,
    }
    assert moved == [PRIVATE, PRIVATE]
    for secret in (pair.keys.robot_key, PASSWORD):
        assert secret not in out + err
        assert secret not in (new / "oscartes.toml").read_text("utf-8")


def test_the_report_of_a_mistake_is_ours_alone(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_words: object, **_options: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr(House, "sync", mistaken)
    words = ["sync", "--config", str(pair.folder / "oscartes.toml")]
    assert run(words, OwnDoors(pair.environ, pair.folder)) == 3
    (report,) = (pair.folder / "reports").iterdir()
    assert mode(report) == PRIVATE
    assert PASSWORD not in report.read_text("utf-8")


@contextmanager
def no_room_to_replace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def failing(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        yield


def test_a_plan_that_cannot_be_kept_leaves_nothing_behind(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_room_to_replace(monkeypatch):
        code, _, err = pair.call("plan", "--out", str(pair.folder / "plan.json"))
    assert code == 2
    assert "plan.json" in err
    assert [path for path in pair.folder.iterdir() if "plan" in path.name] == []


# doctor


def secrets_check(pair: Pair) -> list[dict[str, str]]:
    code, document = pair.json("doctor")
    assert code == 0
    return [check for check in document["checks"] if check["id"] == "secrets"]


def test_doctor_finds_secrets_in_order(pair: Pair) -> None:
    (check,) = secrets_check(pair)
    assert (check["status"], check["target"]) == ("ok", str(pair.folder / ".env"))


@pytest.mark.parametrize("readable", [0o640, 0o604, 0o666])
def test_doctor_warns_of_secrets_that_others_can_read(pair: Pair, readable: int) -> None:
    (pair.folder / ".env").chmod(readable)
    (check,) = secrets_check(pair)
    assert check["status"] == "warn"
    assert "chmod 600" in check["remedy"]


def test_secrets_that_stand_in_no_file_need_no_check(pair: Pair) -> None:
    (pair.folder / ".env").unlink()
    pair.environ |= {
        "OSCARTES_WIKI_NOE_KEY": pair.keys.robot_key,
        "OSCARTES_CLOUD_NOE_PASSWORD": PASSWORD,
    }
    assert secrets_check(pair) == []


# Processes


def test_secrets_of_the_file_reach_no_environment(pair: Pair) -> None:
    before = dict(os.environ)
    for words in (["doctor"], ["sync"], ["plan"], ["status"], ["forms"]):
        assert pair.call(*words)[0] in {0, 4}
    assert dict(os.environ) == before
    assert not [name for name in os.environ if name.startswith("OSCARTES_")]


def test_nobody_sees_a_secret_in_the_list_of_processes(pair: Pair) -> None:
    """Looked at while the command waits for a server, as another account's `ps` would."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("no /proc here")
    shown: list[bytes] = []
    children: list[str] = []

    def look() -> None:
        place = Path(f"/proc/{process.pid}")
        shown.extend((place / name).read_bytes() for name in ("cmdline", "environ"))
        children.extend(path.read_text() for path in place.glob("task/*/children"))

    pair.wiki.faults.interpose(look)
    pair.cloud.faults.interpose(look)
    config = str(pair.folder / "oscartes.toml")
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "sync", "--json", "--config", config],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], "LANG": "en_GB.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode in {0, 4}, err
    assert json.loads(out)["bindings"][0]["summary"]["created"] > 5
    assert len(shown) == 4
    assert b"".join(shown).count(b"sync") >= 2
    assert "".join(children).strip() == ""
    for secret in (pair.keys.robot_key, PASSWORD):
        assert secret.encode() not in b"".join(shown)
        assert secret not in out + err
