"""Files to the folder: small ones together, plain ones by PUT at once, large ones in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.abreast import AT_ONCE, abreast
from oscartes_sync.adapters.nextcloud.folders.bulk import Bulk, is_small
from oscartes_sync.adapters.nextcloud.folders.chunks import CHUNK, Chunks
from oscartes_sync.adapters.nextcloud.folders.landing import (
    Kept,
    Landing,
    Outgoing,
    blocks_of,
    described,
    digest_of,
)
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.reading import Progress
from oscartes_sync.adapters.nextcloud.folders.refusing import not_free, refused
from oscartes_sync.errors import NotKept, OutcomeUnknown, Refused, SideError

if TYPE_CHECKING:
    from oscartes_sync.ports import Clock

Arrived = Callable[[Outgoing, Kept | SideError], None]
"""Called with each file and what became of it."""


class Sending:
    """Sends files to one folder; safe for several threads on different paths.

    `bulk` is whether the server offers it (`offers_bulk`); `chunk` is the bytes of one
    part, and those up to which a file goes by one PUT: as much is in memory, `at_once` times.
    """

    def __init__(
        self,
        dav: Dav,
        folder: Folder,
        clock: Clock,
        *,
        bulk: bool = False,
        chunk: int = CHUNK,
        at_once: int = AT_ONCE,
    ) -> None:
        self._dav = dav
        self._folder = folder
        self._landing = Landing(dav, folder, clock)
        self._bulk = Bulk(dav, folder, self._landing) if bulk else None
        self._chunks = Chunks(dav, folder, self._landing, chunk, at_once)
        self._chunk = chunk
        self._at_once = at_once

    def send(self, outgoing: Outgoing, *, progress: Progress | None = None) -> Kept:
        """Send one file, over the version it replaces or to where nothing is.

        Its folder is there already (`Moving.make_folders`). A lost answer is looked for, and
        nothing is sent twice without knowing.

        Raises:
            Taken: something is at the path of a new file.
            Moved: it is another version by now.
            Missing: its folder is not there.
            Forbidden, Busy, Full, Invalid: as the server answers.
            NotKept: other bytes arrived than were sent.
            OutcomeUnknown: the answer is lost, and what is there does not tell.
        """
        told = progress or _silent
        if outgoing.size > self._chunk:
            return self._chunks.send(outgoing, told)
        kept = self._put(outgoing, digest_of(outgoing))
        told(outgoing.size, outgoing.size)
        return kept

    def send_all(
        self,
        files: Sequence[Outgoing],
        arrived: Arrived,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Send many, small ones together where the server takes them so.

        What is wrong with one file is told to `arrived` and stops no other.

        Raises:
            SideError: the server as a whole, after which nothing more was sent.
        """
        total, done = sum(one.size for one in files), 0
        told = progress or _silent

        def ended(outgoing: Outgoing, found: Kept | SideError) -> None:
            nonlocal done
            arrived(outgoing, found)
            done += outgoing.size
            told(done, total)

        rest = {one.path: one for one in files}
        if self._bulk is not None:
            small = [one for one in rest.values() if is_small(one)]
            for kept in self._bulk.send(small) if len(small) > 1 else ():
                ended(rest.pop(kept.path), kept)
        plain = [one for one in rest.values() if one.size <= self._chunk]
        tasks = (partial(self._attempted, one, _silent) for one in plain)
        for outgoing, found in zip(plain, abreast(tasks, self._at_once), strict=True):
            ended(outgoing, found)
        for outgoing in rest.values():
            if outgoing.size > self._chunk:
                ended(outgoing, self._attempted(outgoing, _part(told, done, total)))

    def _attempted(self, outgoing: Outgoing, progress: Progress) -> Kept | SideError:
        try:
            return self.send(outgoing, progress=progress)
        except (Refused, NotKept, OutcomeUnknown) as error:
            return error

    def _put(self, outgoing: Outgoing, sha256: str) -> Kept:
        headers = {
            "Content-Type": "application/octet-stream",
            # What the server received, against what we sent: OC-Checksum is not checked (102).
            "X-Hash": "sha256",
            **described(outgoing, sha256),
            **({"If-Match": outgoing.etag} if outgoing.etag else {"If-None-Match": "*"}),
        }
        body = b"".join(blocks_of(outgoing, max(outgoing.size, 1)))
        try:
            reply = self._dav.send("PUT", self._folder.href(outgoing.path), body, headers)
        except OutcomeUnknown as lost:
            return self._landing.looked_for(outgoing, sha256, lost)
        if reply.status == 500 and (kept := self._landing.looked_at(outgoing, sha256)):
            return kept
        if reply.status not in (200, 201, 204):
            raise (refused if outgoing.etag else not_free)(self._dav, reply)
        return self._landing.answered(outgoing, sha256, reply)


def _part(told: Progress, start: int, total: int) -> Progress:
    """Progress of one file as that of all."""

    def told_of_all(done: int, _size: int) -> None:
        told(start + done, total)

    return told_of_all


def _silent(_done: int, _size: int) -> None:
    return None
