"""A state that cannot be written, that vanishes, that another holds, or that a kill left open."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy.exc import InternalError, OperationalError

from oscartes_sync.adapters.state import database, faults
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError, StateLocked
from oscartes_sync.ports import Settlement
from tests.fakes.links import RUN, a_link

REPOSITORY = Path(__file__).parents[3]


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A state with one link."""
    made = tmp_path / "state" / "state.db"
    with SqlStateStore(url_of(made)) as store:
        store.begin(RUN)
        store.settle("agenda", Settlement(links=[a_link()]))
    return made


@pytest.fixture
def unprivileged() -> list[str]:
    """What a command must begin with for the rights on files to count."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if not shutil.which("setpriv") or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("the superuser may write everywhere")
    return words


@pytest.fixture
def closed(file: Path) -> Iterator[Path]:
    """The folder, which is opened again so that it can be removed."""
    yield file.parent
    file.parent.chmod(0o700)


TRY = """
import sys
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
try:
    with SqlStateStore(sys.argv[1], read_only=sys.argv[2] == "look") as store:
        if sys.argv[2] == "look":
            print(len(store.baseline("agenda").heads))
        elif sys.argv[2] == "lock":
            with store.lock(0):
                print("locked")
        else:
            store.remember("key", "value")
            print("written")
except StateError as error:
    print(error.code)
"""


def tried(prefix: list[str], file: Path, what: str) -> str:
    words = [*prefix, sys.executable, "-c", TRY, url_of(file), what]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    return ended.stdout.strip()


def test_a_file_that_may_only_be_read_is_told_and_can_still_be_looked_at(
    file: Path, unprivileged: list[str]
) -> None:
    file.chmod(0o400)
    before = file.read_bytes()
    assert tried(unprivileged, file, "write") == "state-readonly"
    assert tried(unprivileged, file, "look") == "1"
    assert file.read_bytes() == before


def test_a_folder_that_may_only_be_read_is_told_before_anything_is_written(
    closed: Path, file: Path, unprivileged: list[str]
) -> None:
    before = file.read_bytes()
    closed.chmod(0o500)
    assert tried(unprivileged, file, "write") == "state-readonly"
    assert tried(unprivileged, file, "lock") == "state-readonly"
    assert tried(unprivileged, file, "look") == "1"
    assert tried(unprivileged, closed / "another.db", "write") == "state-readonly"
    assert tried(unprivileged, closed / "deeper" / "another.db", "write") == "state-readonly"
    assert file.read_bytes() == before


def test_a_lock_file_that_cannot_be_made_is_told(file: Path) -> None:
    file.with_name("state.db.lock").mkdir()
    with SqlStateStore(url_of(file)) as store, pytest.raises(StateError) as caught, store.lock(0):
        pass
    assert (caught.value.code, caught.value.params) == ("state-unopenable", {"path": str(file)})


def test_a_file_system_that_knows_no_locks_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(_handle: int, _how: int) -> NoReturn:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with SqlStateStore(url_of(file)) as store, pytest.raises(StateError) as caught, store.lock(0):
        pass
    assert caught.value.code == "state-unlockable"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EROFS, "state-readonly"),
        (errno.EACCES, "state-readonly"),
        (errno.ENOSPC, "state-disk-full"),
        (errno.EDQUOT, "state-disk-full"),
        (errno.EIO, "state-disk-failing"),
        (errno.ENAMETOOLONG, "state-unopenable"),
    ],
)
def test_what_the_system_refuses_is_told_by_its_reason(number: int, code: str) -> None:
    assert faults.of_system(OSError(number, "reason"), "state.db").code == code


def test_a_file_that_vanished_is_not_written_to_nor_made_anew(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        assert len(store.baseline("agenda").heads) == 1
        file.unlink()
        with pytest.raises(StateError) as caught:
            store.remember("key", "value")
        assert caught.value.code == "state-gone"
        assert not file.exists()
    with SqlStateStore(url_of(file)) as store:
        assert (store.baseline("agenda").heads, store.runs()) == ((), [])


def test_a_file_that_was_replaced_during_a_run_is_left_alone(file: Path) -> None:
    backup = file.with_name("backup.db")
    shutil.copy(file, backup)
    before = backup.read_bytes()
    with SqlStateStore(url_of(file)) as store:
        store.recall("key")
        backup.rename(file)
        with pytest.raises(StateError) as caught:
            store.remember("key", "value")
        assert caught.value.code == "state-gone"
    assert file.read_bytes() == before


def test_a_folder_that_vanished_is_told(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        store.recall("key")
        shutil.rmtree(file.parent)
        with pytest.raises(StateError) as caught:
            store.remember("key", "value")
    assert caught.value.code in {"state-gone", "state-unopenable"}


def test_a_file_that_another_program_holds_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StateLocked) as caught, SqlStateStore(url_of(file)) as store:
        store.remember("key", "value")
    assert caught.value.code == "state-busy"
    other.close()
    with SqlStateStore(url_of(file)) as store:
        store.remember("key", "value")


def test_opening_a_second_store_does_not_loosen_the_first_one_s_transaction(file: Path) -> None:
    begin = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0).execute('BEGIN IMMEDIATE')"
    with SqlStateStore(url_of(file)) as first, first._database.write() as connection:
        connection.exec_driver_sql("INSERT INTO notes VALUES ('a', 'b')")
        SqlStateStore(url_of(file)).close()
        words = [sys.executable, "-c", begin, str(file)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert "database is locked" in ended.stderr


HOLD = """
import sys
from oscartes_sync.adapters.state.store import SqlStateStore
with SqlStateStore(sys.argv[1]) as store, store.lock(0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_a_run_keeps_another_out_until_it_is_killed(file: Path) -> None:
    words = [sys.executable, "-c", HOLD, url_of(file)]
    with (
        subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        ) as holder,
        SqlStateStore(url_of(file)) as store,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StateLocked), store.lock(0):
            pass
        holder.kill()
        holder.wait()
        with store.lock(0):
            store.remember("key", "value")


KILLED = """
import os, signal, sys
from dataclasses import replace
from sqlalchemy import event
from oscartes_sync.adapters.state import pairs
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.ports import Settlement
from tests.fakes.links import RICH, a_link
store = SqlStateStore(sys.argv[1])
with store._database.read() as connection:
    connection.exec_driver_sql("PRAGMA cache_size = 1")
left = int(sys.argv[2])
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(store._database._engine, "after_cursor_execute", count)
pairs.BATCH = 20
long = replace(RICH, place="y" * 3000)
many = [a_link(f"E{number:03}.noe@oscartes", wiki=long) for number in range(60)]
gone = [a_link().uid]
store.settle("agenda", Settlement(links=many, forgotten=gone))
print("done")
"""


def killed(file: Path, after: int) -> bool:
    """Whether it was, after so many statements."""
    words = [sys.executable, "-c", KILLED, url_of(file), str(after)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert ended.returncode in {0, -9}, ended.stderr
    return ended.returncode == -9


def test_a_transaction_that_a_kill_left_half_written_is_rolled_back_at_the_next_look(
    file: Path,
) -> None:
    before = file.read_bytes()
    hot, after = 0, 0
    while killed(file, after):
        half = file.read_bytes()
        hot += half != before
        with SqlStateStore(url_of(file), read_only=True) as store:
            assert store.links("agenda", [a_link().uid]) == {a_link().uid: a_link()}
            assert len(store.baseline("agenda").heads) == 1
        assert file.read_bytes() == before
        after += 1
    assert hot >= 5
    with SqlStateStore(url_of(file)) as store:
        assert len(store.baseline("agenda").heads) == 60


def test_what_a_kill_left_cannot_be_rolled_back_in_a_folder_that_may_only_be_read(
    closed: Path, file: Path, unprivileged: list[str]
) -> None:
    assert killed(file, 9)
    file.chmod(0o400)
    closed.chmod(0o500)
    assert tried(unprivileged, file, "look") in {"state-readonly", "state-unopenable"}
    closed.chmod(0o700)
    file.chmod(0o600)
    assert tried(unprivileged, file, "look") == "1"


class Answer(Exception):
    """What a driver of PostgreSQL raises."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "sqlstate", "code"),
    [
        (OperationalError, "53100", "state-disk-full"),
        (InternalError, "25006", "state-readonly"),
        (OperationalError, "08006", "state-unreachable"),
    ],
)
def test_what_postgresql_answers_is_told_by_its_reason(
    kind: type[OperationalError] | type[InternalError], sqlstate: str, code: str
) -> None:
    found = faults.of_database(kind("SELECT 1", {}, Answer(sqlstate)), "postgresql://host/db")
    assert found is not None
    assert found.code == code


def test_a_mistake_of_our_own_is_not_blamed_on_the_state() -> None:
    error = InternalError("SELECT 1", {}, Answer("XX000"))
    assert faults.of_database(error, "postgresql://host/db") is None
