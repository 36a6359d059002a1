"""The state's file: how it is born, what is wrong with it, and what reading it costs."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from oscartes_sync.adapters.state import codec
from oscartes_sync.adapters.state.database import Database
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.adapters.state.tables import REVISION, make, metadata
from oscartes_sync.adapters.state.upgrade import known_revisions, upgrade
from oscartes_sync.errors import StateError
from oscartes_sync.planning.baseline import Link
from oscartes_sync.ports import Settlement
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.problem import Side
from tests.fakes.links import an_operation

BIG = Event(
    title="Fête",
    start=date(2026, 12, 1),
    end=date(2026, 12, 1),
    description=RichText("mot " * 300, "<p>mot</p>" * 200),
)


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def refusal(file: Path | str) -> StateError:
    with pytest.raises(StateError) as caught:
        SqlStateStore(file if isinstance(file, str) else url_of(file)).close()
    return caught.value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_the_file_is_private_from_birth(file: Path) -> None:
    SqlStateStore(url_of(file)).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_closed_to_them(file: Path) -> None:
    SqlStateStore(url_of(file)).close()
    file.chmod(0o644)
    SqlStateStore(url_of(file)).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_lock_file_is_private_too(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store, store.lock(0):
        lock = file.with_name("state.db.lock")
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_missing_folders_are_made(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "state.db"
    SqlStateStore(url_of(deep)).close()
    assert deep.exists()


def test_the_migrations_lead_to_the_tables_that_an_empty_database_gets(tmp_path: Path) -> None:
    said = []
    for name, way in (("led", upgrade), ("made", make)):
        engine = create_engine(url_of(tmp_path / f"{name}.db"))
        with engine.begin() as connection:
            way(connection)
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            assert context.get_current_revision() == REVISION
            rows = connection.exec_driver_sql("SELECT type, name, tbl_name FROM sqlite_master")
            found = sorted(map(tuple, rows.all()))
            columns = [
                connection.exec_driver_sql(f"PRAGMA table_info('{name}')").all()
                for _, name, _ in found
            ]
            said.append((found, columns))
        engine.dispose()
    assert said[0] == said[1]
    assert REVISION in known_revisions()


def test_an_empty_database_gets_its_tables_without_alembic(file: Path) -> None:
    code = (
        "import sys; from oscartes_sync.adapters.state.store import SqlStateStore\n"
        f"SqlStateStore({url_of(file)!r}).close()\nassert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_state_of_the_first_schema_is_brought_up_with_all_it_holds(file: Path) -> None:
    engine = create_engine(url_of(file))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "oscartes_sync.adapters.state:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        operation = codec.operation_to_text(an_operation())
        for statement, blanks in (
            ("INSERT INTO identities VALUES ('wiki', 'noe', 'noe')", {}),
            ("INSERT INTO runs VALUES ('r1', 'sync', '2026-11-24T09:30:00+00:00', NULL, 0)", {}),
            (
                "INSERT INTO journal VALUES (1, 'r1', 'agenda', 'finished', :o, :c, NULL, NULL)",
                {"o": operation, "c": codec.content_to_text(an_operation())},
            ),
        ):
            connection.execute(text(statement), blanks)
    engine.dispose()
    with SqlStateStore(url_of(file)) as store:
        (kept,) = store.journal("r1")
        assert (kept.operation, kept.image, kept.left) == (an_operation(), None, "")
        store.claim({"noe": "https://wiki.example"}, {})
        with pytest.raises(StateError) as caught:
            store.claim({"noe": "https://other.example"}, {})
        assert caught.value.code == "wiki-moved"


def test_a_birth_cut_short_is_taken_up_again(file: Path) -> None:
    file.touch()
    with SqlStateStore(url_of(file)) as store:
        store.remember("key", "value")
        assert store.recall("key") == "value"


def test_reading_only_makes_no_file(file: Path) -> None:
    with SqlStateStore(url_of(file), read_only=True) as store:
        assert store.baseline("agenda").heads == ()
    assert not file.exists()


def test_reading_only_claims_nothing_and_still_refuses_a_foreign_state(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        store.claim({"noe": "https://wiki.example"}, {})
    with SqlStateStore(url_of(file), read_only=True) as store:
        store.claim({"tel": "https://tel.example"}, {})
        with pytest.raises(StateError):
            store.claim({"noe": "https://other.example"}, {})
    with SqlStateStore(url_of(file)) as store:
        store.claim({"tel": "https://another.example"}, {})


def test_a_state_of_a_newer_release_is_refused(file: Path) -> None:
    SqlStateStore(url_of(file)).close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    error = refusal(file)
    assert (error.code, error.params["version"]) == ("state-newer", "9999")


def test_another_program_s_database_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    assert refusal(file).code == "state-not-ours"


def test_a_file_that_is_no_database_is_told_as_corrupt(file: Path) -> None:
    file.write_bytes(b"not a database at all, whatever its name says" * 40)
    error = refusal(file)
    assert (error.code, error.params["path"]) == ("state-corrupt", str(file))


def test_a_folder_in_the_file_s_place_is_told(file: Path) -> None:
    file.mkdir()
    assert refusal(file).code == "state-unopenable"


def test_a_path_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    assert refusal(tmp_path / "plain" / "state.db").code == "state-unopenable"


@pytest.mark.parametrize("url", ["nonsense", "oracle://host/db", "nosuch://host/db"])
def test_a_url_of_no_known_database_is_told(url: str) -> None:
    assert refusal(url).code == "state-url"


def test_a_full_disk_is_told_and_nothing_is_half_written(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        store.settle("agenda", Settlement(links=[_link(0)]))
        _pragma(store, "max_page_count = 30")
        with pytest.raises(StateError) as caught:
            store.settle("agenda", Settlement(links=[_link(number) for number in range(100)]))
        assert caught.value.code == "state-disk-full"
        assert len(store.baseline("agenda").heads) == 1


def test_a_state_that_cannot_be_written_is_told(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        _pragma(store, "query_only = ON")
        with pytest.raises(StateError) as caught:
            store.remember("key", "value")
        assert caught.value.code == "state-readonly"


def test_a_failure_in_the_middle_leaves_the_state_as_it_was(file: Path) -> None:
    database = Database(url_of(file))
    with pytest.raises(ZeroDivisionError):
        _write_then_break(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 0
    database.close()


def test_a_kill_between_two_writes_loses_neither_the_first_nor_the_file(file: Path) -> None:
    script = (
        "import os, sys\n"
        "from oscartes_sync.adapters.state.database import Database\n"
        "from oscartes_sync.adapters.state.store import SqlStateStore\n"
        "store = SqlStateStore(sys.argv[1])\n"
        "store.remember('first', 'kept')\n"
        "with Database(sys.argv[1]).write() as connection:\n"
        "    connection.exec_driver_sql(\"INSERT INTO notes VALUES ('second', 'lost')\")\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, url_of(file)], check=False)
    assert ended.returncode == -9
    with SqlStateStore(url_of(file)) as store:
        assert (store.recall("first"), store.recall("second")) == ("kept", None)


def test_alembic_is_not_loaded_for_a_state_of_this_release(file: Path) -> None:
    SqlStateStore(url_of(file)).close()
    script = (
        "import sys\n"
        "from oscartes_sync.adapters.state.store import SqlStateStore\n"
        "SqlStateStore(sys.argv[1]).baseline('agenda')\n"
        "print('alembic' in sys.modules, 'sqlalchemy.orm' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, url_of(file)], capture_output=True, text=True, check=True
    )
    assert ended.stdout.split()[0] == "False"


def test_ten_thousand_heads_are_read_at_once(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        store.settle("agenda", Settlement(links=[_link(number) for number in range(10_000)]))
        heads = store.baseline("agenda").heads
    assert len(heads) == 10_000


def _link(number: int) -> Link:
    uid = f"E{number:05}.noe@oscartes"
    return Link(
        uid=uid,
        origin=Side.WIKI,
        tag=f"E{number:05}",
        href=f"/remote.php/dav/calendars/bot/agenda/{uid}.ics",
        wiki_token="2026-11-24 09:00:00",
        cloud_token='"0123456789abcdef0123456789abcdef"',
        wiki=BIG,
        cloud=BIG,
    )


def _pragma(store: SqlStateStore, pragma: str) -> None:
    with store._database.read() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")


def _write_then_break(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO notes (key, value) VALUES ('a', 'b')")
        raise ZeroDivisionError
