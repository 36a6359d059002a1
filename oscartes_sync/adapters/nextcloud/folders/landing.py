"""What is sent and what became of it: read back from the answer, or looked for if it was lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.reading import Reading
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.refusals import Reply
from oscartes_sync.errors import Invalid, NotKept, OutcomeUnknown, SideError

if TYPE_CHECKING:
    from oscartes_sync.ports import Clock

_BLOCK = 1024 * 1024
_OLDEST = 24 * 3600
"""Seconds since 1970; X-OC-MTime has to be later, or is answered by 500 (recording 102)."""

_LOOKS = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds before each look for a write whose answer was lost: the server may still be at it."""

_OC_ID = re.compile(r"0*(\d+)oc[a-z0-9]{10}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A file to send to a path of the folder.

    `open` gives its bytes from the beginning, each time anew, `size` of them. `etag`: the version
    it replaces, "" for a new file, for which nothing may be at the path. `sha256` in hex, "" to
    have it computed by reading once more.
    """

    path: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)
    modified: datetime
    etag: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as the server has it now."""

    path: str
    fileid: int
    etag: str


def digest_of(outgoing: Outgoing) -> str:
    """The SHA-256 of what is to be sent, in hex.

    Raises:
        Invalid: `file-changed-here`: there are not as many bytes as were told.
    """
    if outgoing.sha256:
        return outgoing.sha256
    digest, size = hashlib.sha256(), 0
    with closing(outgoing.open()) as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
    if size != outgoing.size:
        raise Invalid("file-changed-here", path=outgoing.path)
    return digest.hexdigest()


def blocks_of(outgoing: Outgoing, length: int) -> Iterator[bytes]:
    """What is to be sent in parts of `length` bytes, the last one shorter; one is in memory.

    Raises:
        Invalid: `file-changed-here`.
    """
    left = outgoing.size
    with closing(outgoing.open()) as source:
        while left:
            wanted = min(length, left)
            block = _exactly(source, wanted)
            left -= wanted
            if len(block) < wanted or (not left and source.read(1)):
                raise Invalid("file-changed-here", path=outgoing.path)
            yield block


def _exactly(source: BinaryIO, length: int) -> bytes:
    """That many bytes, or as many as there are: pipes and sockets give fewer at a time."""
    parts, left = [], length
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts) if len(parts) != 1 else parts[0]


def described(outgoing: Outgoing, sha256: str) -> dict[str, str]:
    """Headers that tell time and checksum of a file (recordings 102, 108)."""
    headers = {"OC-Checksum": f"SHA256:{sha256}"}
    seconds = int(outgoing.modified.timestamp())
    if seconds > _OLDEST:
        headers["X-OC-MTime"] = str(seconds)
    return headers


class Landing:
    """Tells what became of files that were sent."""

    def __init__(self, dav: Dav, folder: Folder, clock: Clock) -> None:
        self._dav = dav
        self._clock = clock
        self._finding = Finding(dav, folder)
        self._reading = Reading(dav, folder, clock)

    def answered(self, outgoing: Outgoing, sha256: str, reply: Reply) -> Kept:
        """What an answer says was kept; asked for where it does not say it.

        Raises:
            NotKept: the server received other bytes than were sent.
        """
        received = reply.headers.get("x-hash-sha256", sha256)
        if received.lower() != sha256:
            raise NotKept("cloud-not-kept", href=reply.path, fields="content")
        etag = reply.etag or reply.headers.get("oc-etag", "")
        fileid = fileid_of(reply.headers.get("oc-fileid", ""))
        if etag and fileid is not None:
            return Kept(outgoing.path, fileid, etag)
        seen = self._finding.at(outgoing.path)
        if seen is None or seen.size != outgoing.size:
            raise NotKept("cloud-not-kept", href=reply.path, fields="content")
        return Kept(outgoing.path, seen.fileid, etag or seen.etag)

    def looked_for(self, outgoing: Outgoing, sha256: str, lost: OutcomeUnknown) -> Kept:
        """What became of a file that was sent, the answer being lost.

        Raises:
            OutcomeUnknown: `lost` itself, where it is not there yet: nothing is sent again, since
                the server may still be at it.
        """
        for pause in _LOOKS[:1] if lost.params.get("reason") == "cut" else _LOOKS:
            if pause:
                self._clock.sleep(pause)
            kept = self.looked_at(outgoing, sha256)
            if kept is not None:
                return kept
        raise lost

    def looked_at(self, outgoing: Outgoing, sha256: str) -> Kept | None:
        """What was sent, if it is there now; None for nothing, something else, or no answer.

        A 500 does not mean that nothing was written: times and checksums come after (102).
        """
        seen = self._seen(outgoing.path)
        if seen is None or not self.is_ours(seen, outgoing, sha256):
            return None
        return Kept(outgoing.path, seen.fileid, seen.etag)

    def is_ours(self, seen: FileSeen, outgoing: Outgoing, sha256: str) -> bool:
        """Whether what is there are the bytes that were sent: by checksum, else by reading them."""
        if seen.size != outgoing.size or seen.etag == outgoing.etag:
            return False
        told = seen.checksums.get("SHA256")
        if told is not None:
            return told == sha256
        download = self._reading.read(seen.path, seen.etag)
        try:
            for _ in download:
                pass
        except SideError:
            return False
        return download.sha256 == sha256

    def _seen(self, path: str) -> FileSeen | None:
        try:
            return self._finding.at(path)
        except SideError:
            return None


def fileid_of(oc_id: str) -> int | None:
    """The file id in an `OC-FileId`: itself in eight digits or more, then the server's name.

    None where the name does not begin as Nextcloud's do: the two could not be told apart.
    """
    found = _OC_ID.match(oc_id)
    return int(found[1]) if found else None
