"""The database under the state: born private, brought to the present schema, its errors named.

SQLite keeps its default rollback journal: one file, which may be copied between two runs, and
which a kill or a power cut in the middle of a transaction leaves as it was before. Reads here end
at once, so that they never stand in a writer's way.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import StaticPool

from oscartes_sync.adapters.state.tables import REVISION
from oscartes_sync.errors import StateError, StateLocked

BUSY_SECONDS: Final = 30
_DIALECTS: Final = ("sqlite", "postgresql")

_SQLITE_CODES: Final = {
    sqlite3.SQLITE_READONLY: "state-readonly",
    sqlite3.SQLITE_PERM: "state-readonly",
    sqlite3.SQLITE_FULL: "state-disk-full",
    sqlite3.SQLITE_CANTOPEN: "state-unopenable",
    sqlite3.SQLITE_IOERR: "state-disk-failing",
    sqlite3.SQLITE_CORRUPT: "state-corrupt",
    sqlite3.SQLITE_NOTADB: "state-corrupt",
}


class Database:
    """One engine and its two kinds of transactions.

    `url` is SQLAlchemy's; "sqlite://" lives in memory. `read_only` makes no file: where there is
    none, an empty state stands in for it.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.place = _place(url)
        self.file = _file(url)
        if self.file is not None:
            if read_only and not _filled(self.file):
                url, self.file = "sqlite://", None
            else:
                self._birth(self.file)
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
        except DBAPIError as error:
            named = _named_error(error, self.place)
            if named is None:
                raise
            raise named from error

    def _birth(self, file: Path) -> None:
        """Make the file with its rights before anything is in it; an empty one is a database."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)
        except PermissionError as error:
            raise StateError("state-readonly", path=self.place) from error
        except OSError as error:
            raise StateError("state-unopenable", path=self.place) from error

    def _upgrade(self) -> None:
        with self.read() as connection:
            version = _version(connection, self.place)
        if version == REVISION:
            return
        # Alembic takes longer to load than most runs take to read their state.
        from oscartes_sync.adapters.state.upgrade import (  # noqa: PLC0415
            current,
            known_revisions,
            upgrade,
        )

        if version and version not in known_revisions():
            raise StateError("state-newer", path=self.place, version=version)
        with self.write() as connection:
            # Another run may have been quicker.
            if current(connection) != REVISION:
                upgrade(connection)


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
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    if _file(url) is None:
        # Every thread must see the one database there is in memory.
        options["poolclass"] = StaticPool
        options["connect_args"]["check_same_thread"] = False
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


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


def _named_error(error: DBAPIError, place: str) -> StateError | None:
    """The error as the state's; None for one that is our own mistake."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        primary = code & 0xFF
        if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return StateLocked("state-busy", path=place)
        known = _SQLITE_CODES.get(primary)
        return StateError(known, path=place) if known else None
    # A lost or refused connection comes as one of these two, whatever the driver.
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return StateError("state-unreachable", path=place) if lost else None
