"""The trash bin of files: what was deleted within the last weeks, and how to bring it back (106).

Its names end in the second of the deletion; its properties bear the file id all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oscartes_sync.adapters.nextcloud.address import canonical, segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder, tidy
from oscartes_sync.adapters.nextcloud.folders.refusing import refused
from oscartes_sync.adapters.nextcloud.folders.seen import is_branch
from oscartes_sync.errors import Forbidden, Missing

_PROPS = (
    "oc:fileid", "nc:trashbin-filename", "nc:trashbin-original-location",
    "nc:trashbin-deletion-time", "d:resourcetype",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Binned:
    """One thing in the bin: where it was, below the account's files, and when it was deleted.

    `deleted` is in seconds since 1970; of a deleted folder the bin tells itself alone.
    """

    href: str
    fileid: int
    location: str
    deleted: int
    branch: bool = False


def holder(listed: Iterable[Binned], fileid: int, full: str) -> Binned | None:
    """See `FileBin.holder`."""
    shelf = list(listed)
    for one in shelf:
        if one.fileid == fileid:
            return one
    for one in shelf:
        if one.branch and full and one.location and full.startswith(f"{one.location}/"):
            return one
    return None


class FileBin:
    """The bin of one account."""

    def __init__(self, dav: Dav, folder: Folder) -> None:
        self._dav = dav
        self._room = folder.bin

    def listed(self) -> tuple[Binned, ...]:
        """Everything in it, the newest first; nothing where the server keeps none."""
        trash = f"{self._room}trash/"
        try:
            answers = self._dav.propfind(trash, _PROPS, depth=1)
        except (Missing, Forbidden):
            return ()
        found = []
        for response in answers:
            fileid = response.text("oc:fileid")
            if fileid.isdecimal():
                deleted = response.text("nc:trashbin-deletion-time")
                found.append(
                    Binned(
                        canonical(response.href),
                        int(fileid),
                        tidy(response.text("nc:trashbin-original-location")),
                        int(deleted) if deleted.isdecimal() else 0,
                        is_branch(response),
                    )
                )
        return tuple(sorted(found, key=lambda one: -one.deleted))

    def holder(self, fileid: int, full: str = "") -> Binned | None:
        """What has to be restored to have a file back: itself, or the folder it went with.

        `full` is where it was last, below the account's files.
        """
        return holder(self.listed(), fileid, full)

    def purge(self, fileid: int) -> None:
        """Delete for good what the bin has of a file; a folder that it went with stays.

        Raises:
            SideError: as the server answers.
        """
        for one in self.listed():
            if one.fileid == fileid and not one.branch:
                reply = self._dav.send("DELETE", one.href)
                if reply.status not in (200, 204, 404):
                    raise refused(self._dav, reply)

    def restore(self, binned: Binned) -> None:
        """Bring it back to where it was; under `… (restored)` where its name is taken.

        Raises:
            Missing: it is not in the bin any more.
            OutcomeUnknown: the answer is lost.
        """
        name = binned.location.rpartition("/")[2]
        target = self._dav.address.url(f"{self._room}restore/{segment(name)}")
        reply = self._dav.send("MOVE", binned.href, headers={"Destination": target})
        if reply.status not in (201, 204):
            raise refused(self._dav, reply)
