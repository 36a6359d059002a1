"""Many files of the folder to disk: small ones together, the others several at once.

At most a batch of small files is in memory, of the others a piece each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.abreast import AT_ONCE, abreast
from oscartes_sync.adapters.nextcloud.folders.archives import Archives
from oscartes_sync.adapters.nextcloud.folders.incoming import Incoming, Part
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.reading import Reading
from oscartes_sync.errors import NotKept, Refused, SideError

if TYPE_CHECKING:
    from oscartes_sync.ports import Clock

_AHEAD = 16
"""Files that may be done while an earlier, larger one is on its way."""

Brought = Callable[[Incoming, SideError | None], None]
"""Called with each file and what went wrong with it, None where it is there."""


class Bringing:
    """Brings files of one folder."""

    def __init__(self, dav: Dav, folder: Folder, clock: Clock, *, at_once: int = AT_ONCE) -> None:
        self._folder = folder
        self._reading = Reading(dav, folder, clock)
        self._archives = Archives(dav, folder)
        self._at_once = at_once

    def bring(self, incoming: Incoming) -> None:
        """Bring one file.

        Raises:
            Missing, Moved, Forbidden, Unexpected: as `Download`.
            NotKept: other bytes came than its size and checksum tell.
            Unreachable: it was cut too often.
        """
        download = self._reading.read(incoming.path, incoming.etag)
        with Part(incoming) as part:
            part.write(download)
            if not incoming.is_whole(download.size, download.sha256):
                href = self._folder.href(incoming.path)
                raise NotKept("cloud-not-kept", href=href, fields="content")

    def bring_all(self, files: Sequence[Incoming], brought: Brought) -> None:
        """Bring them; what is wrong with one stops no other.

        `brought` is called from this thread alone.

        Raises:
            SideError: the server as a whole, after which nothing more is asked.
        """
        rest = {one.path: one for one in files}
        for incoming, content in self._archives.read(files):
            if incoming.is_whole(len(content), hashlib.sha256(content).hexdigest()):
                with Part(incoming) as part:
                    part.write((content,))
                del rest[incoming.path]
                brought(incoming, None)
        tasks = (partial(self._attempted, one) for one in rest.values())
        found = abreast(tasks, self._at_once, ahead=_AHEAD)
        for incoming, error in zip(rest.values(), found, strict=True):
            brought(incoming, error)

    def _attempted(self, incoming: Incoming) -> SideError | None:
        try:
            self.bring(incoming)
        except (Refused, NotKept) as error:
            return error
        return None
