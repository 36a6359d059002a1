"""The database under the state: born private, brought to the present schema, its errors named.

SQLite keeps its default rollback journal: one file, which may be copied between two runs, and
which a kill or a power cut in the middle of a transaction leaves as it was before. Reads here end
at once, so that they never stand in a writer's way.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import StaticPool

from oscartes_sync.adapters.state import faults
from oscartes_sync.adapters.state.faults import Damaged
from oscartes_sync.adapters.state.tables import REVISION, make
from oscartes_sync.errors import StateError

BUSY_SECONDS: Final = 30
_DIALECTS: Final = ("sqlite", "postgresql")


class Database:
    """One engine and its two kinds of transactions.

    `url` is SQLAlchemy's; "sqlite://" lives in memory. `read_only` makes no file: where there is
    none, an empty state stands in for it.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.place = _place(url)
        self.file = _file(url)
        if self.file is not None:
            if not read_only:
                self._birth(self.file)
            elif not _filled(self.file):
                url, self.file = "sqlite://", None
        self._engine = _engine(url)
        self.dialect = self._engine.dialect.name
        self._upgrade()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A short look."""
        with self._named(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, all of it or nothing."""
        with self._named(), self._engine.connect() as connection:
            if self.dialect == "sqlite":
                # The driver would begin at the first change only, and so read outside of it.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (Damaged, UnicodeDecodeError) as error:
            # The latter is sqlite3's, where SQLite's message quotes what is damaged.
            raise StateError("state-corrupt", path=self.place) from error
        except DBAPIError as error:
            named = faults.of_database(error, self.place)
            if named is None:
                raise
            raise named from error

    def _birth(self, file: Path) -> None:
        """Make the file with its rights before anything is in it; an empty one is a database."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Opening one that is there, and closing it, would take SQLite's locks off it:
            # the system drops all that a process holds on a file with any of its handles.
            with suppress(FileExistsError):
                os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            mode = file.stat().st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                file.chmod(0o600)
        except OSError as error:
            raise faults.of_system(error, self.place) from error
        if not os.access(file, os.R_OK | os.W_OK):
            raise StateError("state-readonly", path=self.place)

    def _upgrade(self) -> None:
        with self.read() as connection:
            version = _version(connection, self.place)
        if version == REVISION or (not version and self._made()):
            return
        # Alembic takes longer to load than most runs take to read their state.
        from oscartes_sync.adapters.state.upgrade import (  # noqa: PLC0415
            current,
            known_revisions,
            upgrade,
        )

        if version and version not in known_revisions():
            raise StateError("state-newer", path=self.place, version=version)
        if version and self.dialect == "sqlite":
            # What older releases deleted may still stand in the free pages of the file.
            with self.read() as connection:
                connection.exec_driver_sql("VACUUM")
        with self.write() as connection:
            # Another run may have been quicker.
            if current(connection) != REVISION:
                upgrade(connection)

    def _made(self) -> bool:
        """Make the present tables in an empty database, which needs no Alembic."""
        with self.write() as connection:
            # Another run may have been quicker.
            empty = not inspect(connection).get_table_names()
            if empty:
                make(connection)
        return empty


def _version(connection: Connection, place: str) -> str:
    """The schema's revision, "" in an empty database.

    Raises:
        StateError: `state-not-ours` where there are tables, and no revision of ours.
    """
    try:
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    except (OperationalError, ProgrammingError):
        connection.rollback()
        if inspect(connection).get_table_names():
            raise StateError("state-not-ours", path=place) from None
        return ""
    return str(rows[0][0]) if rows else ""


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url)
    file = _file(url)
    options: dict[str, Any] = {}
    if file is None:
        # Every thread must see the one database there is in memory.
        options["poolclass"] = StaticPool
        options["connect_args"] = {"check_same_thread": False}
    else:
        options["creator"] = partial(_connect, file)
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _connect(file: Path) -> sqlite3.Connection:
    """Open what is there: a file that vanished since must not be made anew, empty and readable."""
    return sqlite3.connect(
        f"{file.as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")
    # What is forgotten must not be found in the free pages of the file.
    connection.execute("PRAGMA secure_delete = ON")


def _place(url: str) -> str:
    """How messages name the state: a path, or a URL without its password.

    Raises:
        StateError: `state-url`.
    """
    try:
        parsed = make_url(url)
        known = parsed.get_backend_name() in _DIALECTS
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StateError("state-url") from error
    if not known:
        raise StateError("state-url")
    return str(_file(url) or parsed.render_as_string(hide_password=True))


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database)).resolve()


def _filled(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False
