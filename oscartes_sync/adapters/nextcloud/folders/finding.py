"""Where a file is now, by its id: renamed, moved away, in the bin, or proved not to be there."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.bin import Binned, FileBin, holder
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.seen import (
    MARKED,
    PROPS,
    FileSeen,
    file_seen,
    is_branch,
)
from oscartes_sync.errors import Missing, Refused, Unexpected


class Where(enum.Enum):
    """What became of a file.

    `OUTSIDE`: still among the account's files, and not in the folder. `GONE`: nowhere, not even in
    the bin. `UNSURE`: not found, and that proves nothing.
    """

    INSIDE = "inside"
    OUTSIDE = "outside"
    BINNED = "binned"
    GONE = "gone"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One file: `seen` where it is `INSIDE` (its path is relative to the folder) or `OUTSIDE` (its
    path is below the account's files); `binned` what would have to be restored."""

    where: Where
    seen: FileSeen | None = None
    binned: Binned | None = None


class Finding:
    """Finds files of one folder; the bin is read once, however many files are looked for."""

    def __init__(self, dav: Dav, folder: Folder) -> None:
        self._dav = dav
        self._folder = folder
        self._binned: tuple[Binned, ...] | None = None

    def find(self, fileid: int, known: FileSeen | None = None) -> Whereabouts:
        """Where it is. `known` is how it was seen last, for a second proof that it is not there.

        Not to be there takes a complete answer to SEARCH with nothing in it and, where its path is
        known, that something else or nothing is at it. A file out of a share whose folder is not
        there any more is `UNSURE`: the share may have been ended, and the file be well.

        Raises:
            SideError: where the server cannot be asked, or answers something else.
        """
        found = self._searched(fileid)
        if found is not None:
            return self._placed(found)
        if known is not None:
            there = self.at(known.path)
            if there is not None and there.fileid == fileid:
                return Whereabouts(Where.INSIDE, there)
        lost_to = self._folder.full(known.path) if known is not None else ""
        if self._binned is None:
            self._binned = FileBin(self._dav, self._folder).listed()
        binned = holder(self._binned, fileid, lost_to)
        if binned is not None:
            return Whereabouts(Where.BINNED, binned=binned)
        if known is not None and known.mounted and not self.stands(above(known.path)):
            return Whereabouts(Where.UNSURE)
        return Whereabouts(Where.GONE)

    def at(self, path: str) -> FileSeen | None:
        """The file at a path of the folder; None for nothing, or a folder.

        Raises:
            Unexpected: it cannot be read.
        """
        href = self._folder.href(path)
        try:
            answers = self._dav.propfind(href, MARKED)
        except Missing:
            return None
        for response in answers:
            if canonical(response.href).rstrip("/") == href and not is_branch(response):
                seen = file_seen(response, path)
                if seen is not None:
                    return seen
            elif is_branch(response):
                return None
        raise self._unexpected(href)

    def is_free(self, path: str) -> bool:
        """Whether nothing is at a path, not even a folder."""
        try:
            self._dav.propfind(self._folder.href(path), ("d:resourcetype",))
        except Missing:
            return True
        return False

    def _placed(self, seen: FileSeen) -> Whereabouts:
        inside = self._folder.relative(seen.path)
        if not inside:
            return Whereabouts(Where.OUTSIDE, seen)
        return Whereabouts(Where.INSIDE, replace(seen, path=inside))

    def _searched(self, fileid: int) -> FileSeen | None:
        """The file of that id, its path below the account's files (recording 112)."""
        root = self._folder.route("")
        body = dav_xml.search(self._folder.scope, PROPS, "oc:fileid", str(fileid))
        reply = self._dav.send("SEARCH", root, body, {"Content-Type": "text/xml"})
        answers = self._dav.multistatus(reply).responses
        for response in answers:
            full = self._folder.full_of(response.href)
            seen = file_seen(response, full) if full is not None else None
            if seen is not None and seen.fileid == fileid:
                return seen
        if answers:
            raise self._unexpected(root)
        return None

    def stands(self, branch: str) -> bool:
        """Whether a branch is there, and may be seen."""
        try:
            self._dav.propfind(self._folder.branch(branch), ("d:resourcetype",))
        except Refused:
            return False
        return True

    def _unexpected(self, href: str) -> Unexpected:
        return Unexpected("cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=207)
