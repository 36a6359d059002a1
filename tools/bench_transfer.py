"""A folder of files to the cloud and back, by the rooms that the suite uses: one contender.

    python tools/bench_transfer.py push|pull FOLDER TARGET URL USER PASSWORD

TARGET is a path below the account's files. FOLDER is flat. Ends with 1 where a file did not cross.
"""

from __future__ import annotations

import sys
import time
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


def opened(path: Path) -> BinaryIO:
    """Its bytes from the beginning."""
    return path.open("rb")


def push(here: Path, dav: Dav, there: Folder) -> list[str]:
    """Send all files; what went wrong with them."""
    from oscartes_sync.adapters.nextcloud.folders.bulk import offers_bulk  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.landing import Kept, Outgoing  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.moving import Moving  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.folders.sending import Sending  # noqa: PLC0415
    from oscartes_sync.adapters.nextcloud.ocs import Ocs  # noqa: PLC0415

    files = []
    for path in sorted(here.iterdir()):
        told = path.stat()
        files.append(
            Outgoing(
                path=path.name,
                size=told.st_size,
                open=partial(opened, path),
                modified=datetime.fromtimestamp(told.st_mtime, UTC),
            )
        )
    wrong: list[str] = []
    Moving(dav, there).make_folders()
    # One file has no use for it, so it does not ask.
    bulk = len(files) > 1 and offers_bulk(Ocs(dav).capabilities())
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
