"""A folder of files to the cloud and back, by the rooms that the suite uses: one contender.

    python tools/bench_transfer.py push|pull FOLDER TARGET URL USER PASSWORD

TARGET is a path below the account's files. FOLDER is flat. Ends with 1 where a file did not cross.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.transport import Transport


class Clock:
    """The real one; `bootstrap` would load all that wires the suite, which no transfer needs."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


CLOCK = Clock()
LARGE = 10_000_000
"""Bytes from which on a file goes in parts."""


def opened(path: Path) -> BinaryIO:
    """Its bytes from the beginning."""
    return path.open("rb")


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def push(here: Path, dav: Dav, there: Folder) -> list[str]:
    """Send all files; what went wrong with them.

    The suite knows the digest of what it sends: it computes it while it fetches. Here that of what
    goes in parts is computed while the rest is made ready.
    """
    paths = sorted(here.iterdir())
    with ThreadPoolExecutor(1) as beside:
        digests = {
            path: beside.submit(digest, path) for path in paths if path.stat().st_size > LARGE
        }
        return _pushed(paths, digests, dav, there)


def _pushed(
    paths: Sequence[Path], digests: Mapping[Path, Future[str]], dav: Dav, there: Folder
) -> list[str]:
    from oscartes_sync.adapters.nextcloud.folders.bulk import offers_bulk  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.landing import Kept, Outgoing  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.moving import Moving  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.sending import Sending  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.ocs import Ocs  # noqa: PLC0415

    Moving(dav, there).make_folders()
    # One file has no use for it, so it does not ask.
    bulk = len(paths) > 1 and offers_bulk(Ocs(dav).capabilities())
    files = []
    for path in paths:
        told = path.stat()
        files.append(
            Outgoing(
                path=path.name,
                size=told.st_size,
                open=partial(opened, path),
                modified=datetime.fromtimestamp(told.st_mtime, UTC),
                sha256=digests[path].result() if path in digests else "",
            )
        )
    wrong: list[str] = []
    sending = Sending(dav, there, CLOCK, bulk=bulk)
    sending.send_all(
        files, lambda _, found: None if isinstance(found, Kept) else wrong.append(str(found))
    )
    return wrong


def pull(here: Path, dav: Dav, there: Folder) -> list[str]:
    """Bring all files; what went wrong with them."""
    from oscartes_sync.adapters.nextcloud.folders.bringing import Bringing  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.incoming import Incoming  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.walk import Walk  # noqa: PLC0415

    here.mkdir(parents=True)
    wrong: list[str] = []
    seen = Walk(dav).look(there, {}).files
    Bringing(dav, there, CLOCK).bring_all(
        [Incoming.of(one, here / one.path) for one in seen],
        lambda _, error: wrong.append(str(error)) if error else None,
    )
    return wrong


def main(way: str, folder: str, target: str, *account: str) -> int:
    """One transfer."""
    url, user, password = account
    settings = CloudSettings(id="bench", url=url, user=user, password=password)
    auth = AppPassword(user, password)
    dav = Dav(Transport(settings, CLOCK, auth, user_agent="oscartes-bench"))
    there = Folder.at(dav.address, user, target)
    wrong = (push if way == "push" else pull)(Path(folder), dav, there)
    dav.transport.close()
    print("\n".join(wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
