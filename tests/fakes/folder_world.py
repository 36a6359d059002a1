"""A stand-in cloud with a folder of documents in it, and members who work there."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import BinaryIO, Literal, Self

from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.landing import Outgoing
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.walk import Walk, Walked
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.cloud.files_mounts import Place
from tests.fakes.sides import FakeClock

BOT, LOGIN, ALICE = "oscartes-bot", "bot@cloud.example", "alice"
PASSWORD = "Robot-de-paille-1"
HOME = ("Documents", "Comptes rendus")
FILES = f"/remote.php/dav/files/{BOT}/Documents/Comptes%20rendus/"
WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class FolderWorld:
    """The bot has a folder, shared with alice, who may write there."""

    def __init__(self, *, version: Literal[32, 34] = 34) -> None:
        self.clock = FakeClock()
        self.cloud = CloudStandIn(version=version, clock=self.clock.now)
        self.folder: Folder
        self.dav: Dav

    def __enter__(self) -> Self:
        self.cloud.start()
        self.cloud.add_user(BOT, PASSWORD, login=LOGIN)
        self.cloud.add_user(ALICE, "Alice-de-paille-1")
        self.dav = self.connect()
        self.folder = Folder.at(self.dav.address, BOT, "/".join(HOME))
        self.cloud.further.writing.make_folders(BOT, HOME)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.dav.transport.close()
        self.cloud.stop()

    def connect(self) -> Dav:
        """A connection of its own."""
        settings = CloudSettings(id="noe", url=self.cloud.url, user=LOGIN, password=PASSWORD)
        auth = AppPassword(LOGIN, PASSWORD)
        return Dav(Transport(settings, self.clock, auth, user_agent="oscartes-test"))

    def put(self, path: str, content: bytes = b"bonjour", uid: str = BOT) -> int:
        """A member writes a file, a second after whatever was before; its id."""
        self.clock.sleep(1)
        parts = (*self._root(uid), *path.split("/"))
        with self.cloud.core.lock:
            self.cloud.further.writing.make_folders(uid, parts[:-1])
            place, _ = self.cloud.further.writing.put(uid, parts, content)
            return place.node.number

    def place(self, path: str, uid: str = BOT) -> Place:
        """What an account finds at a path of the folder."""
        parts = tuple(part for part in path.split("/") if part)
        return self.cloud.further.mounts.resolve(uid, (*self._root(uid), *parts))

    def content(self, path: str) -> bytes:
        """The bytes that are kept."""
        return self.place(path).node.content

    def move(self, path: str, *target: str) -> None:
        """A member moves a file to a path below the account's files."""
        self.clock.sleep(1)
        with self.cloud.core.lock:
            self.cloud.further.writing.move(self.place(path), target)

    def remove(self, path: str) -> None:
        """A member deletes a file."""
        self.clock.sleep(1)
        with self.cloud.core.lock:
            self.cloud.further.writing.delete(self.place(path))

    def walked(self, before: Walked | None = None, *, deep: bool = True) -> Walked:
        """A look, remembering an earlier one."""
        return Walk(self.dav).look(self.folder, before.branches if before else {}, deep=deep)

    def asked(self, act: Callable[[], object]) -> list[str]:
        """The methods of the requests that something costs."""
        before = len(self.cloud.requests)
        act()
        return [line.method for line in self.cloud.requests[before:]]

    def _root(self, uid: str) -> tuple[str, ...]:
        return HOME if uid == BOT else HOME[-1:]


def outgoing(path: str, content: bytes, etag: str = "", *, told: bool = False) -> Outgoing:
    """A file to send; `told`: its digest is known."""

    def source() -> BinaryIO:
        return io.BytesIO(content)

    sha256 = hashlib.sha256(content).hexdigest() if told else ""
    return Outgoing(
        path=path, size=len(content), open=source, modified=WHEN, etag=etag, sha256=sha256
    )
