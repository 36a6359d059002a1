"""What a file held before: the versions that Nextcloud keeps, by the second they were of (107)."""

from __future__ import annotations

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.refusing import refused
from oscartes_sync.errors import Missing


class Versions:
    """The versions of one account's files."""

    def __init__(self, dav: Dav, folder: Folder) -> None:
        self._dav = dav
        self._room = folder.versions

    def restore(self, fileid: int, second: int) -> None:
        """Let a file hold again what it held when it was of that second (since 1970).

        Only MOVE does so; the version that it holds now becomes one of those before.

        Raises:
            Missing: `file-version-gone`: the server keeps none, or thinned them out.
            Forbidden, Busy: as the server answers.
            OutcomeUnknown: the answer is lost.
        """
        href = f"{self._room}versions/{fileid}/{second}"
        target = self._dav.address.url(f"{self._room}restore/target")
        reply = self._dav.send("MOVE", href, headers={"Destination": target})
        if reply.status == 404:
            raise Missing("file-version-gone", href=href)
        if reply.status not in (201, 204):
            raise refused(self._dav, reply)
