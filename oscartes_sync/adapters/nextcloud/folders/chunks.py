"""Chunked upload, version 2: parts under numbers from 1, then one MOVE (recording 108).

Several parts are on their way at once, as the server's own pages and clients send them. The name of
an upload follows from what it holds and where it goes, so that a later run finds the parts that an
earlier one sent; the server throws them away after a day.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice

from oscartes_sync.adapters.nextcloud.address import canonical, decoded, last_segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.abreast import AT_ONCE, abreast
from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.landing import (
    Kept,
    Landing,
    Outgoing,
    blocks_of,
    described,
    digest_of,
)
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.reading import Progress
from oscartes_sync.adapters.nextcloud.folders.refusing import not_free, refused
from oscartes_sync.adapters.nextcloud.refusals import Reply
from oscartes_sync.errors import Busy, Missing, Moved, OutcomeUnknown, Refused, SideError, Taken

CHUNK = 10 * 1024 * 1024
"""Bytes of one part; 5 MB at least, but for the last. As many parts as are sent at once are all of
a file that is in memory."""

_MOST = 10_000
_TRIES = 3


class Chunks:
    """Sends large files of one folder, one after another: the threads are for their parts."""

    def __init__(
        self,
        dav: Dav,
        folder: Folder,
        landing: Landing,
        chunk: int = CHUNK,
        at_once: int = AT_ONCE,
    ) -> None:
        self._dav = dav
        self._folder = folder
        self._landing = landing
        self._finding = Finding(dav, folder)
        self._chunk = chunk
        self._at_once = at_once
        self._turn = threading.Lock()

    def send(self, outgoing: Outgoing, progress: Progress) -> Kept:
        """Send what is not there yet, and put it together.

        Raises:
            Taken, Moved, Forbidden, Full, Busy: as the server answers.
            Invalid: `file-changed-here`.
            OutcomeUnknown: nobody can tell whether it was put together.
        """
        with ThreadPoolExecutor(1) as beside:
            reading = beside.submit(digest_of, outgoing)
            self._check_place(outgoing)
            sha256 = reading.result()
        upload = self._upload(outgoing, sha256)
        try:
            try:
                self._send_all(upload, outgoing, progress)
            except (Missing, Moved):
                # Thrown away by the server meanwhile (404), or the cache that knows where its
                # parts go was (412, with storage that takes parts itself): once more, anew.
                self._give_up(upload)
                self._send_all(upload, outgoing, progress)
            return self._assemble(upload, outgoing, sha256)
        except Refused as refusal:
            if not isinstance(refusal, Busy):
                self._give_up(upload)
            raise

    def _upload(self, outgoing: Outgoing, sha256: str) -> str:
        told = f"{self._folder.href(outgoing.path)}\n{outgoing.size}\n{self._chunk}\n{sha256}"
        name = hashlib.sha256(told.encode()).hexdigest()[:32]
        return f"{self._folder.uploads}oscartes-{name}/"

    def _target(self, outgoing: Outgoing) -> str:
        return self._dav.address.url(self._folder.href(outgoing.path))

    def _check_place(self, outgoing: Outgoing) -> None:
        """Before much is sent for nothing.

        Raises:
            Taken: something is at the place of a new file.
            Missing: the folder it goes to is not there.
            Moved: it is another version than the one to replace.
        """
        href = self._folder.href(outgoing.path)
        if not outgoing.etag:
            looks = (
                partial(self._finding.stands, above(outgoing.path)),
                partial(self._finding.is_free, outgoing.path),
            )
            stands, is_free = abreast(looks, self._at_once)
            if not stands:
                raise Missing("cloud-missing", href=href)
            if not is_free:
                raise Taken("cloud-exists", href=href)
            return
        seen = self._finding.at(outgoing.path)
        if seen is None or seen.etag != outgoing.etag:
            raise Moved("cloud-moved", href=href)

    def _send_all(self, upload: str, outgoing: Outgoing, progress: Progress) -> None:
        done = 0
        with self._turn:
            there = self._begun(upload, outgoing)
            parts = self._parts(upload, outgoing, there)
            # The first one alone: what is refused of it mostly is of all.
            first = (part() for part in islice(parts, 1))
            for length in chain(first, abreast(parts, self._at_once)):
                done += length
                progress(done, outgoing.size)

    def _parts(
        self, upload: str, outgoing: Outgoing, there: Mapping[int, int]
    ) -> Iterator[Callable[[], int]]:
        """What sends each part, unless it is there; it gives the part's length."""
        length = max(self._chunk, -(-outgoing.size // _MOST))
        for number, block in enumerate(blocks_of(outgoing, length), start=1):
            if there.get(number) == len(block):
                yield partial(len, block)
            else:
                yield partial(self._put, upload, number, block, outgoing)

    def _begun(self, upload: str, outgoing: Outgoing) -> Mapping[int, int]:
        """Open the upload; the parts an earlier attempt left there, by number, with their bytes."""
        headers = {"Destination": self._target(outgoing)}
        try:
            reply = self._dav.send("MKCOL", upload, headers=headers)
        except OutcomeUnknown:
            # Its name is ours alone: made twice, it is there once (405).
            reply = self._dav.send("MKCOL", upload, headers=headers)
        if reply.status == 201:
            return {}
        if reply.status != 405:
            raise refused(self._dav, reply)
        return self._there(upload)

    def _there(self, upload: str) -> Mapping[int, int]:
        """The parts that are there. Storage that takes parts itself names them without zeros."""
        found = {}
        for response in self._dav.propfind(upload, ("d:getcontentlength",), depth=1):
            name = decoded(last_segment(canonical(response.href)))
            size = response.text("d:getcontentlength")
            if name.isdecimal() and size.isdecimal():
                found[int(name)] = int(size)
        return found

    def _put(self, upload: str, number: int, block: bytes, outgoing: Outgoing) -> int:
        """Send one part. The same bytes under the same name may be sent again at any time."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Destination": self._target(outgoing),
            "OC-Total-Length": str(outgoing.size),
        }
        for attempt in range(_TRIES):
            try:
                reply = self._dav.send("PUT", f"{upload}{number:05}", block, headers)
            except OutcomeUnknown:
                if self._there(upload).get(number) == len(block):
                    break
                if attempt == _TRIES - 1:
                    raise
                continue
            if reply.status not in (200, 201, 204):
                raise refused(self._dav, reply)
            break
        return len(block)

    def _assemble(self, upload: str, outgoing: Outgoing, sha256: str) -> Kept:
        target = self._target(outgoing)
        headers = {
            "Destination": target,
            "OC-Total-Length": str(outgoing.size),
            **described(outgoing, sha256),
        }
        if outgoing.etag:
            # If-Match would be about the upload itself (recording 108).
            headers["If"] = f"<{target}> ([{outgoing.etag}])"
        else:
            self._check_place(outgoing)
            headers["Overwrite"] = "F"
        try:
            reply = self._dav.send("MOVE", f"{upload}.file", headers=headers)
        except OutcomeUnknown as lost:
            return self._landing.looked_for(outgoing, sha256, lost)
        if reply.status == 500 and (kept := self._landing.looked_at(outgoing, sha256)):
            return kept
        if reply.status not in (200, 201, 204):
            raise self._refusal(outgoing, reply)
        return self._landing.answered(outgoing, sha256, reply)

    def _refusal(self, outgoing: Outgoing, reply: Reply) -> SideError:
        if reply.status == 409:
            # The folder it goes to is not there any more.
            return Missing("cloud-missing", href=self._folder.href(outgoing.path))
        error = refused if outgoing.etag else not_free
        return error(self._dav, reply)

    def _give_up(self, upload: str) -> None:
        """Throw the parts away, which count against the quota; the server would within a day."""
        try:
            self._dav.send("DELETE", upload)
        except SideError:
            return
