"""One run at a time on one state."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from oscartes_sync.adapters.state import faults
from oscartes_sync.adapters.state.database import Database
from oscartes_sync.errors import StateLocked

Notice = Callable[[str, Mapping[str, str]], None]
_POLL_SECONDS = 0.2
_ADVISORY_KEY = 0x6F7363617274


@contextmanager
def held(database: Database, wait: float, notice: Notice) -> Iterator[None]:
    """Hold the state's lock.

    A file beside a SQLite file, locked by the system and so freed by a kill; an advisory lock of
    the session on PostgreSQL. What lives in memory is nobody else's.

    Raises:
        StateLocked: after `wait` seconds.
        StateError: the file cannot be made, or the file system knows no locks.
    """
    if database.file is not None:
        with _file_lock(database.file, wait, notice):
            yield
    elif database.dialect == "postgresql":
        with _advisory_lock(database, wait, notice):
            yield
    else:
        yield


@contextmanager
def _file_lock(file: Path, wait: float, notice: Notice) -> Iterator[None]:
    """flock(2) on a file beside the state: the system frees it, however its holder ends."""
    try:
        handle = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise faults.of_system(error, str(file)) from error
    try:
        deadline = time.monotonic() + wait
        told = False
        while not _locked(handle, file):
            if not told:
                _tell(notice, wait)
                told = True
            if time.monotonic() >= deadline:
                raise StateLocked("state-locked", path=file, seconds=f"{wait:g}")
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(handle)


def _locked(handle: int, file: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise faults.of_system(error, str(file)) from error
    return True


@contextmanager
def _advisory_lock(database: Database, wait: float, notice: Notice) -> Iterator[None]:
    take = text("SELECT pg_try_advisory_lock(:key)")
    give = text("SELECT pg_advisory_unlock(:key)")
    key = {"key": _ADVISORY_KEY}
    with database.read() as connection:
        deadline = time.monotonic() + wait
        told = False
        while not connection.execute(take, key).scalar():
            if not told:
                _tell(notice, wait)
                told = True
            if time.monotonic() >= deadline:
                raise StateLocked("state-locked", path=database.place, seconds=f"{wait:g}")
            time.sleep(_POLL_SECONDS)
        # The lock is the session's; an open transaction would only stand in others' way.
        connection.commit()
        try:
            yield
        finally:
            connection.execute(give, key)
            connection.commit()


def _tell(notice: Notice, wait: float) -> None:
    if wait > 0:
        notice("state-waiting", {"seconds": f"{wait:g}"})
