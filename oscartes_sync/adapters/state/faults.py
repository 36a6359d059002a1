"""What can be wrong under the state, as the state's own errors.

SQLite's codes are those of https://www.sqlite.org/rescode.html, PostgreSQL's those of its appendix
"Error Codes".
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from oscartes_sync.errors import RecordError, StateError, StateLocked

# The whole code is looked up first, then what it is a kind of.
_SQLITE: Final = {
    sqlite3.SQLITE_READONLY_DBMOVED: "state-gone",
    sqlite3.SQLITE_IOERR_LOCK: "state-unlockable",
    sqlite3.SQLITE_READONLY: "state-readonly",
    sqlite3.SQLITE_PERM: "state-readonly",
    sqlite3.SQLITE_FULL: "state-disk-full",
    sqlite3.SQLITE_CANTOPEN: "state-unopenable",
    sqlite3.SQLITE_IOERR: "state-disk-failing",
    sqlite3.SQLITE_CORRUPT: "state-corrupt",
    sqlite3.SQLITE_NOTADB: "state-corrupt",
    # Our statements never change, so a table or a column that is not there was damaged.
    sqlite3.SQLITE_ERROR: "state-corrupt",
    sqlite3.SQLITE_MISMATCH: "state-corrupt",
    # What is there is looked up before anything is inserted: its index was damaged.
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "state-corrupt",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "state-corrupt",
}
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

_POSTGRESQL: Final = {
    "53100": "state-disk-full",
    "25006": "state-readonly",
    "42501": "state-readonly",
    "42P01": "state-corrupt",
    "42703": "state-corrupt",
}

_SYSTEM: Final = {
    errno.EACCES: "state-readonly",
    errno.EPERM: "state-readonly",
    errno.EROFS: "state-readonly",
    errno.ENOSPC: "state-disk-full",
    errno.EDQUOT: "state-disk-full",
    errno.EIO: "state-disk-failing",
    errno.ENOLCK: "state-unlockable",
    errno.ENOTSUP: "state-unlockable",
    errno.ENOSYS: "state-unlockable",
}


class Damaged(ValueError):
    """A row of the state that this release cannot have written."""


@contextmanager
def stored() -> Iterator[None]:
    """Around the reading of rows: SQLite keeps no checksums, so damage shows in the texts.

    Raises:
        Damaged: a text, a word or an instant is not one of ours.
    """
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, RecordError) as error:
        raise Damaged from error


def of_database(error: DBAPIError, place: str) -> StateError | None:
    """The driver's error as the state's; None for one that is our own mistake."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        if code & 0xFF in _BUSY:
            return StateLocked("state-busy", path=place)
        known = _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
        return StateError(known, path=place) if known else None
    if isinstance(error.orig, sqlite3.OperationalError):
        # Python's own: a text that is not UTF-8.
        return StateError("state-corrupt", path=place)
    known = _POSTGRESQL.get(getattr(error.orig, "sqlstate", None) or "")
    if known:
        return StateError(known, path=place)
    # A lost or refused connection comes as one of these two, whatever the driver.
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return StateError("state-unreachable", path=place) if lost else None


def of_system(error: OSError, place: str) -> StateError:
    """The system's error about the state's file, or the one that locks it."""
    return StateError(_SYSTEM.get(error.errno or 0, "state-unopenable"), path=place)
