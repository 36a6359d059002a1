"""Wherever the disk gives out, the state stays as it was before, and says what is wrong."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
from oscartes_sync.planning.membership import Membership, Tie
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import Forgotten, Image, Intention, Settlement
from tests.fakes.links import NOW, RICH, RUN, a_conflict, a_link, an_operation

LONG = replace(RICH, place="x" * 9000)
MANY = [a_link(f"E{number:02}.noe@oscartes", wiki=LONG) for number in range(8)]
LATER = replace(RUN, run="later", started=NOW + timedelta(days=60))
OPERATION = replace(an_operation(), uid=MANY[0].uid)


def close_binding(store: SqlStateStore) -> None:
    conflicts = [replace(a_conflict(f"c{number}"), entry="x" * 3000) for number in range(8)]
    store.close_binding(
        "agenda",
        run=RUN.run,
        left_out=(),
        conflicts=conflicts,
        wiki_cursor="w",
        cloud_cursor="c",
        ended=NOW,
        success=True,
    )


WRITES: dict[str, Callable[[SqlStateStore], object]] = {
    "claim": lambda store: store.claim({"noe": f"https://{'x' * 60_000}.example"}, {}),
    "begin": lambda store: store.begin(LATER),
    "intend": lambda store: store.intend(
        RUN.run, "agenda", [Intention(OPERATION, LONG, Image("i" * 20_000))] * 3
    ),
    "settle": lambda store: store.settle(
        "agenda",
        Settlement(
            links=[replace(link, cloud=LONG) for link in MANY],
            forgotten=["E00.noe@oscartes"],
            results={1: (OPERATION, Seen("Fete", "2", LONG))},
        ),
    ),
    "abandon": lambda store: store.abandon([2]),
    "close_binding": close_binding,
    "end": lambda store: store.end(RUN.run, NOW, 4),
    "rename_wiki": lambda store: store.rename_wiki("https://old.example", "https://new.example"),
    "forget": lambda store: store.forget("agenda", Forgotten(uid=MANY[0].uid)),
    "purge": lambda store: store.purge(NOW + timedelta(days=90)),
    "keep_memberships": lambda store: store.keep_memberships(
        "agenda",
        "teams/Réseau",
        [
            Membership(
                place="teams/Réseau", entry=f"{number}{'x' * 3000}", account="a", tie=Tie.LEFT
            )
            for number in range(16)
        ],
    ),
    "remember": lambda store: store.remember("uid", "x" * 60_000),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A state with something in every table."""
    made = tmp_path / "state.db"
    with SqlStateStore(url_of(made)) as store:
        store.claim({"tel": "https://old.example"}, {"agenda": "d1"})
        store.begin(RUN)
        store.intend(RUN.run, "agenda", [Intention(OPERATION, LONG, Image("i" * 9000))] * 2)
        seen = Seen("Fete", "1", LONG)
        store.settle("agenda", Settlement(links=MANY, results={1: (OPERATION, seen)}))
        store.end(RUN.run, NOW, 0)
    return made


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def content(file: Path) -> list[str]:
    """All that a database says, which also is proof that it can be read."""
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        told = list(connection.iterdump())
    connection.close()
    return told


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file grows beyond this many bytes: the write that would do so fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refused(write: Callable[[], object]) -> str | None:
    """The code of the error, None where the write was done."""
    try:
        write()
    except StateError as error:
        return error.code
    return None


@pytest.mark.parametrize("name", ["claim", "intend", "settle", "close_binding", "remember"])
def test_a_disk_that_is_full_at_any_page_is_told_and_nothing_is_half_written(
    file: Path, name: str
) -> None:
    before, refusals = content(file), 0
    with SqlStateStore(url_of(file)) as store:
        with store._database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        for room in range(200):
            with store._database.read() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + room}")
            code = refused(lambda: WRITES[name](store))
            if code is None:
                break
            refusals += 1
            assert code == "state-disk-full"
            assert content(file) == before
    assert refusals
    assert content(file) != before


@pytest.mark.parametrize("name", WRITES)
def test_a_disk_that_fails_at_any_write_or_at_the_commit_leaves_the_state_as_it_was(
    file: Path, name: str
) -> None:
    before, refusals = content(file), 0
    with SqlStateStore(url_of(file)) as store:
        store.recall("warm")
        for size in range(0, 600_000, 4096):
            with files_up_to(size):
                code = refused(lambda: WRITES[name](store))
            if code is None:
                break
            refusals += 1
            assert code in {"state-disk-failing", "state-disk-full"}
            assert content(file) == before
    assert refusals
    assert content(file) != before


def test_a_new_state_that_finds_no_room_is_told_and_can_be_made_later(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    codes = set()
    for size in range(0, 150_000, 8192):
        with files_up_to(size):
            codes.add(refused(lambda: SqlStateStore(url_of(file)).close()))
    assert codes == {"state-disk-failing", None}
    with SqlStateStore(url_of(file)) as store:
        assert store.runs() == []


def old_state(file: Path) -> None:
    """A state as the first schema left it, with free pages that still tell of what was deleted."""
    engine = create_engine(url_of(file))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "oscartes_sync.adapters.state:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    old = sqlite3.connect(file, isolation_level=None)
    old.execute("PRAGMA secure_delete = OFF")
    old.execute("INSERT INTO notes VALUES ('gone', ?)", ("Marqueur" * 5000,))
    old.execute("INSERT INTO notes VALUES ('kept', 'value')")
    old.execute("DELETE FROM notes WHERE key = 'gone'")
    old.close()


def test_an_upgrade_that_is_cut_short_leaves_the_old_state_and_is_done_later(
    tmp_path: Path,
) -> None:
    old, file = tmp_path / "old.db", tmp_path / "state.db"
    old_state(old)
    before, refusals = content(old), 0
    for size in range(0, 400_000, 4096):
        shutil.copy(old, file)
        with files_up_to(size):
            code = refused(lambda: SqlStateStore(url_of(file)).close())
        if code is None:
            break
        refusals += 1
        assert content(file) == before
    assert refusals
    with SqlStateStore(url_of(file)) as store:
        assert store.recall("kept") == "value"


def test_an_upgrade_wipes_what_the_old_release_left_in_free_pages(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    old_state(file)
    assert b"Marqueur" in file.read_bytes()
    SqlStateStore(url_of(file)).close()
    assert b"Marqueur" not in file.read_bytes()


TINY_DISK = """
import sys
from pathlib import Path
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
from oscartes_sync.ports import RunRecord
from tests.fakes.links import RUN
disk = Path(sys.argv[1])
store = SqlStateStore(f"sqlite:///{disk / 'state.db'}")
store.begin(RUN)
ballast = (disk / "ballast").open("wb", buffering=0)
try:
    while ballast.write(b"x" * 4096):
        pass
except OSError:
    pass
while ballast.tell():
    try:
        store.remember("long", "x" * 30_000)
    except StateError as error:
        assert [each.run for each in store.runs()] == [RUN.run]
        assert store.recall("long") is None
        print(error.code)
    else:
        break
    ballast.truncate(max(0, ballast.tell() - 4096))
    ballast.seek(0, 2)
print(len(store.recall("long") or ""))
"""


def test_a_disk_without_room_is_told_as_full_until_there_is_some(tmp_path: Path) -> None:
    mounted = f'mount -t tmpfs -o size=512k none "{tmp_path}" && exec "$@"'
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, "sh"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("no disk of our own can be mounted here")
    told = subprocess.run(
        [*alone, sys.executable, "-c", TINY_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    *codes, length = told.stdout.split() or [told.stderr]
    assert (set(codes), length) == ({"state-disk-full"}, "30000")
