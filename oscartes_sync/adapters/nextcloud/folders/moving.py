"""Folders made, files moved within the folder, deleted to the bin and brought back."""

from __future__ import annotations

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.bin import FileBin
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where, Whereabouts
from oscartes_sync.adapters.nextcloud.folders.landing import Kept
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.refusing import refused
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen, is_branch
from oscartes_sync.errors import Missing, OutcomeUnknown, SideError, Taken


class Moving:
    """Changes where files of one folder are."""

    def __init__(self, dav: Dav, folder: Folder) -> None:
        self._dav = dav
        self._folder = folder
        self._finding = Finding(dav, folder)
        self._bin = FileBin(dav, folder)

    def make_folders(self, path: str = "") -> None:
        """Make a branch and all above it that are missing, the folder itself included.

        Raises:
            Taken: `folder-name-taken`: a file has that name.
            Forbidden, Full, Invalid: as the server answers.
        """
        full = self._folder.full(path)
        missing: list[str] = []
        while full and self._made(full) == 409:
            missing.append(full)
            full = above(full)
        for one in reversed(missing):
            if self._made(one) == 409:
                raise Missing("cloud-missing", href=self._href(one))

    def move(self, seen: FileSeen, path: str) -> Kept:
        """Rename or move a file within the folder, where nothing is at `path`.

        Raises:
            Taken: `cloud-exists`: something is there.
            Moved: it is another version by now.
            Missing: it, or the branch it goes to, is not there.
            Forbidden, Busy, Invalid: as the server answers.
            OutcomeUnknown: the answer is lost, and what is there does not tell.
        """
        href, target = self._folder.href(seen.path), self._folder.href(path)
        if href == target:
            return Kept(path, seen.fileid, seen.etag)
        headers = {
            "Destination": self._dav.address.url(target),
            "Overwrite": "F",
            "If-Match": seen.etag,
        }
        try:
            reply = self._dav.send("MOVE", href, headers=headers)
        except OutcomeUnknown:
            there = self._seen(path)
            if there is not None and there.fileid == seen.fileid:
                return Kept(path, there.fileid, there.etag)
            raise
        if reply.status == 409:
            raise Missing("cloud-missing", href=target)
        if reply.status not in (201, 204):
            raise refused(self._dav, reply)
        etag = reply.etag or reply.headers.get("oc-etag", "")
        return Kept(path, seen.fileid, etag or seen.etag)

    def delete(self, seen: FileSeen) -> None:
        """Delete a file, to the bin where the server keeps one; what is gone already is done.

        Raises:
            Moved: it is another version by now, or another file has its name.
            Forbidden, Busy: as the server answers.
            OutcomeUnknown: the answer is lost, and it is still there.
        """
        href = self._folder.href(seen.path)
        try:
            reply = self._dav.send("DELETE", href, headers={"If-Match": seen.etag})
        except OutcomeUnknown:
            if self._is_gone(seen):
                return
            raise
        if reply.status in (200, 204):
            return
        error = refused(self._dav, reply)
        if isinstance(error, Missing) or (reply.status == 412 and self._is_gone(seen)):
            return
        raise error

    def restore(self, fileid: int, known: FileSeen | None = None) -> Whereabouts:
        """Bring a file back from the bin, or the folder that it went with; where it is then.

        Its name may end in “(restored)” where something else has taken it (106).

        Raises:
            Missing: `file-not-in-bin`.
            OutcomeUnknown: the answer is lost, and it is not back.
        """
        binned = self._bin.holder(fileid, self._folder.full(known.path) if known else "")
        if binned is None:
            raise Missing("file-not-in-bin", folder=self._folder.path)
        try:
            self._bin.restore(binned)
        except OutcomeUnknown:
            found = self._finding.find(fileid, known)
            if found.where in (Where.INSIDE, Where.OUTSIDE):
                return found
            raise
        return self._finding.find(fileid, known)

    def _made(self, full: str) -> int:
        """MKCOL of one folder: 201, 405 where it is there already, or 409 without its parent."""
        href = self._href(full)
        try:
            status = self._mkcol(href)
        except OutcomeUnknown:
            if not self._is_branch(href):
                raise
            return 201
        if status == 405 and not self._is_branch(href):
            raise Taken("folder-name-taken", folder=full)
        return status

    def _mkcol(self, href: str) -> int:
        reply = self._dav.send("MKCOL", href)
        if reply.status not in (201, 405, 409):
            raise refused(self._dav, reply)
        return reply.status

    def _href(self, full: str) -> str:
        return Folder(self._folder.address, self._folder.uid, full).branch()

    def _is_branch(self, href: str) -> bool:
        try:
            return any(is_branch(one) for one in self._dav.propfind(href, ("d:resourcetype",)))
        except Missing:
            return False

    def _is_gone(self, seen: FileSeen) -> bool:
        """Whether nothing is at its place, or something else."""
        try:
            there = self._finding.at(seen.path)
        except SideError:
            return False
        return there is None

    def _seen(self, path: str) -> FileSeen | None:
        try:
            return self._finding.at(path)
        except SideError:
            return None
