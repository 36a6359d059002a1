"""A file's bytes, a piece at a time: never whole in memory, taken up again where they were cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.passing import Passing
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.refusals import Reply
from oscartes_sync.adapters.nextcloud.transport import Ask, Streamed
from oscartes_sync.errors import Moved, Unexpected, Unreachable

if TYPE_CHECKING:
    from oscartes_sync.ports import Clock

CUTS = 6
"""Cuts in a row, nothing having come between them, after which a file is given up."""

_LONGEST_PAUSE = 16.0
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)\Z")
Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


class Download:
    """One file on its way; to be iterated once.

    `size` and `etag` are known once the first piece came; `sha256` (in hex) once all have.
    """

    def __init__(self, dav: Dav, clock: Clock, href: str, etag: str, progress: Progress) -> None:
        self._dav = dav
        self._clock = clock
        self._href = href
        self._progress = progress
        self._passing = Passing()
        self._done = 0
        self.etag = etag
        self.size = -1

    @property
    def sha256(self) -> str:
        """The digest of what came so far."""
        return self._passing.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, at most 64 KiB each.

        Raises:
            Missing: it is not there.
            Moved: it is another version by now, maybe after some pieces came: throw them away.
            Forbidden: it may be seen and not be downloaded.
            Unexpected: something else than a file came.
            Unreachable: it was cut too often.
        """
        with closing(self._passing):
            yield from self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        cuts = 0
        while not self._is_whole():
            before = self._done
            # Where no answer begins, the transport has been patient already.
            streamed = self._dav.transport.stream(Ask("GET", self._href, headers=self._headers()))
            try:
                yield from self._came(streamed)
            except Unreachable:
                cuts = cuts + 1 if self._done == before else 1
                if cuts >= CUTS:
                    raise
                self._clock.sleep(min(2.0 ** (cuts - 1), _LONGEST_PAUSE))

    def _is_whole(self) -> bool:
        return self._done == self.size

    def _came(self, streamed: Streamed) -> Iterator[bytes]:
        """What one answer brings."""
        with streamed.held:
            skipped = self._begin(streamed)
            for piece in streamed.pieces:
                fresh = piece[skipped:]
                skipped = max(0, skipped - len(piece))
                if not fresh:
                    continue
                self._done += len(fresh)
                if self._done > self.size:
                    raise self._unexpected(streamed)
                self._passing.add(fresh)
                yield fresh
                self._progress(self._done, self.size)
        if not self._is_whole():
            raise Unreachable("cloud-unreachable", cloud=self._dav.cloud, reason="cut")

    def _headers(self) -> dict[str, str]:
        headers = {"If-Match": self.etag} if self.etag else {}
        return headers | ({"Range": f"bytes={self._done}-"} if self._done else {})

    def _begin(self, reply: Streamed) -> int:
        """Check that these are the bytes that were asked for; how many of them came before."""
        if reply.status == 416:
            raise Moved("cloud-moved", href=self._href)
        if reply.status not in (200, 206):
            raise self._dav.refusal(reply)
        etag = reply.etag or reply.headers.get("oc-etag", "")
        first, size = _span(reply)
        # A page of something before the server has no ETag, and says 200 all the same.
        if not etag or size is None or first not in (0, self._done):
            raise self._unexpected(reply)
        if (self.etag and etag != self.etag) or self.size not in (-1, size):
            raise Moved("cloud-moved", href=self._href)
        self.etag, self.size = etag, size
        return self._done - first

    def _unexpected(self, reply: Reply) -> Unexpected:
        cloud, status = self._dav.cloud, reply.status
        html = "html" in reply.headers.get("content-type", "").lower() and not reply.etag
        code = "cloud-html-answer" if html else "cloud-unexpected-answer"
        return Unexpected(code, cloud=cloud, href=self._href, status=status)


class Reading:
    """Reads files of one folder."""

    def __init__(self, dav: Dav, folder: Folder, clock: Clock) -> None:
        self._dav = dav
        self._folder = folder
        self._clock = clock

    def read(self, path: str, etag: str = "", *, progress: Progress | None = None) -> Download:
        """The file at a path, if its ETag still is this one ("" for whatever it is).

        Nothing is asked before the first piece is.
        """
        href = self._folder.href(path)
        return Download(self._dav, self._clock, href, etag, progress or _silent)


def _span(reply: Reply) -> tuple[int, int | None]:
    """Where an answer begins, and how many bytes the file has (RFC 9110, 14.4)."""
    if reply.status == 206:
        found = _RANGE.match(reply.headers.get("content-range", ""))
        return (int(found[1]), int(found[3])) if found else (-1, None)
    length = reply.headers.get("content-length", "")
    return 0, int(length) if length.isdecimal() else None


def _silent(_done: int, _size: int) -> None:
    return None
