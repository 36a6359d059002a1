"""Files of entries in the folder: made, replaced, renamed, taken away, and put back.

A new file never takes the place of another: where its name is taken, in whatever case or Unicode
form, it gets a number. What replaces a file leaves the old bytes among Nextcloud's versions.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders import marks
from oscartes_sync.adapters.nextcloud.folders.bin import FileBin
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.landing import Landing, Outgoing
from oscartes_sync.adapters.nextcloud.folders.marks import Mark
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.refusing import refused
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.sending import Sending
from oscartes_sync.adapters.nextcloud.folders.versions import Versions
from oscartes_sync.errors import Invalid, Missing, Moved, SideError, Taken
from oscartes_sync.mapping.documents.names import extension_of, file_name, fold, title_of
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.ports import Clock, Image
from oscartes_sync.records.content import size_of
from oscartes_sync.records.document import Document

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Was:
    """A file before a write of ours, as the journal keeps it."""

    path: str
    second: int
    content: str
    name: str

    @classmethod
    def of(cls, seen: FileSeen) -> Was:
        name = seen.mark.name if seen.mark else ""
        return cls(seen.path, int(seen.modified.timestamp()), seen.content, name)

    @classmethod
    def read(cls, image: Image) -> Was:
        """Raises ValueError."""
        try:
            raw = json.loads(image.text)
            return cls(*(raw[name] for name in cls.__slots__))
        except (KeyError, TypeError) as broken:
            raise ValueError("not a picture of a file") from broken

    def is_again(self, seen: FileSeen) -> bool:
        """Whether a file is as it was; an older version has lost its checksums (107)."""
        second = int(seen.modified.timestamp())
        was = (self.path, self.second, size_of(self.content))
        return (seen.path, second, seen.size) == was

    def write(self) -> Image:
        """As the journal keeps it."""
        return Image(json.dumps({name: getattr(self, name) for name in self.__slots__}))


class FolderKeeper:
    """Writes to one folder, for one run; safe for several threads on different files."""

    def __init__(self, dav: Dav, folder: Folder, clock: Clock) -> None:
        self._dav = dav
        self._folder = folder
        self._finding = Finding(dav, folder)
        self._landing = Landing(dav, folder, clock)
        self._moving = Moving(dav, folder)
        self._sending = Sending(dav, folder, clock)
        self._versions = Versions(dav, folder)
        self._names: dict[str, dict[str, str]] = {}
        self._ours: set[str] = set()
        self.marked: list[Mark] = []
        """The marks that were set: a file comes back from the bin without."""
        self._lock = threading.Lock()

    def create(self, uid: str, document: Document) -> FileSeen:
        """Put the file of an entry into the folder, under a name of its own.

        What an interrupted run left under that name, its mark not yet set, is taken up.

        Raises:
            Taken: `no-free-file-name`.
            SideError: as the server answers.
        """
        left = self._left_by_us(uid, document)
        if left is not None:
            return self._marked(left, uid, left.path)
        for _ in range(_ATTEMPTS):
            path = self._claim("", document.name)
            try:
                kept = self._sending.send(self._outgoing(document, path))
            except Taken:
                continue  # somebody was quicker; the name stays claimed, and another is tried
            except SideError:
                self._leave("", path)
                raise
            return self._marked(self._at(path, kept.fileid), uid, path)
        raise Taken("no-free-file-name", file=document.name, folder=self._folder.path)

    def come_back(self, fileid: int, uid: str, document: Document) -> FileSeen:
        """A file that was deleted, out of the bin, with what its entry holds by now.

        Where the bin has it no more, it is made anew, unless its entry merely tells of it.
        """
        try:
            found = self._moving.restore(fileid)
        except Missing:
            if document.body is None:
                raise
            return self.create(uid, document)
        if found.where is not Where.INSIDE or found.seen is None:
            return self.create(uid, document)
        seen = self._at(found.seen.path, fileid)
        if document.body is None:
            return seen
        return self._marked(self._filled(seen, document), uid, _name_of(seen))

    def update(
        self, seen: FileSeen, changes: Sequence[FieldChange], document: Document
    ) -> FileSeen:
        """Let a file follow its entry: its bytes, and its name."""
        names = {change.name for change in changes}
        if "content" in names:
            seen = self._filled(seen, document)
        if "title" in names:
            seen = self._renamed(seen, document.name)
        return seen

    def delete(self, seen: FileSeen) -> None:
        """Delete a file, to the bin where the server keeps one."""
        self._moving.delete(seen)

    def mark(self, seen: FileSeen, uid: str) -> None:
        """Set the mark that an interrupted run left out."""
        if seen.mark is None:
            self._marked(seen, uid, _name_of(seen))

    def purge(self, fileid: int) -> None:
        """Take what is in the bin of a file out of it, for good."""
        FileBin(self._dav, self._folder).purge(fileid)

    # Putting back

    def put_back(
        self, operation: Operation, seen: FileSeen | None, fileid: int, was: Was
    ) -> FileSeen:
        """Undo a change of ours, or a deletion.

        Raises:
            Missing: `file-not-in-bin`, `file-version-gone`.
            SideError: as the server answers.
        """
        if operation.action is Action.DELETE:
            found = self._finding.find(fileid)
            if found.where is not Where.INSIDE:
                found = self._moving.restore(fileid)
            if found.where is not Where.INSIDE or found.seen is None:
                raise Missing("file-not-in-bin", folder=self._folder.path)
            return self._at(found.seen.path, fileid)
        if seen is None:
            raise Missing("cloud-missing", href=operation.href)
        if any(change.name == "content" for change in operation.changes):
            self._versions.restore(fileid, was.second)
            seen = self._at(seen.path, fileid)
        if seen.path != was.path:
            kept = self._moving.move(seen, was.path)
            seen = self._at(kept.path, fileid)
            if was.name and seen.mark is not None:
                seen = self._marked(seen, seen.mark.uid, was.name)
        return seen

    # The parts

    def _outgoing(self, document: Document, path: str, etag: str = "") -> Outgoing:
        body = document.body
        if body is None:
            raise ValueError(path)
        return Outgoing(
            path=path,
            size=body.size,
            open=body.open,
            modified=body.modified,
            etag=etag,
            sha256=body.sha256,
        )

    def _filled(self, seen: FileSeen, document: Document) -> FileSeen:
        """Nothing is sent where the file holds these bytes already."""
        sent = self._outgoing(document, seen.path, seen.etag)
        if seen.size == sent.size and seen.checksums.get("SHA256") == sent.sha256:
            return seen
        kept = self._sending.send(sent)
        return self._at(seen.path, kept.fileid)

    def _renamed(self, seen: FileSeen, wanted: str) -> FileSeen:
        branch = above(seen.path)
        if _name_of(seen) == wanted:
            return seen
        self._leave(branch, seen.path)
        path = self._claim(branch, wanted)
        if path == seen.path:
            return seen
        try:
            kept = self._moving.move(seen, path)
        except SideError:
            self._leave(branch, path)
            raise
        now = self._at(kept.path, seen.fileid)
        return self._marked(now, seen.mark.uid, _name_of(now)) if seen.mark else now

    def _claim(self, branch: str, wanted: str) -> str:
        """The path for a name, or for the name with a number that is free; nobody else gets it."""
        with self._lock:
            names = self._known(branch)
            extension = extension_of(wanted)
            name = wanted
            if fold(wanted) in names:
                name = file_name(title_of(wanted), extension, names.values())
            names[fold(name)] = name
            self._ours.add(name)
        return f"{branch}/{name}" if branch else name

    def _leave(self, branch: str, path: str) -> None:
        with self._lock:
            self._known(branch).pop(fold(path.rpartition("/")[2]), None)

    def _known(self, branch: str) -> dict[str, str]:
        if branch not in self._names:
            self._names[branch] = self._listed(branch)
        return self._names[branch]

    def _listed(self, branch: str) -> dict[str, str]:
        """The names in a branch, folded → as they are."""
        answers = self._dav.propfind(self._folder.branch(branch), ("oc:fileid",), depth=1)
        here = self._folder.full(branch)
        paths = (self._folder.full_of(each.href) for each in answers)
        names = (path.rpartition("/")[2] for path in paths if path and path != here)
        return {fold(name): name for name in names}

    def _left_by_us(self, uid: str, document: Document) -> FileSeen | None:
        """What an interrupted run of ours left under the name, with its mark or before it."""
        with self._lock:
            name = self._known("").get(fold(document.name))
            if name is None or name in self._ours:
                return None
        there = self._finding.at(name)
        if there is None:
            return None
        if there.mark is not None:
            return there if there.mark.uid == uid else None
        sent = self._outgoing(document, name)
        return there if self._landing.is_ours(there, sent, sent.sha256) else None

    def _marked(self, seen: FileSeen, uid: str, name: str) -> FileSeen:
        """The file once its mark is set."""
        mark = Mark(uid, seen.fileid, name)
        if seen.mark == mark:
            return seen
        href = self._folder.href(seen.path)
        body = dav_xml.set_property(marks.PROPERTY, mark.write())
        reply = self._dav.send("PROPPATCH", href, body)
        if reply.status != 207:
            raise refused(self._dav, reply)
        self.marked.append(mark)
        return self._at(seen.path, seen.fileid)

    def _at(self, path: str, fileid: int) -> FileSeen:
        """The file as it is now.

        Raises:
            Moved: another stands there.
        """
        seen = self._finding.at(path)
        if seen is None or seen.fileid != fileid:
            raise Moved("cloud-moved", href=self._folder.href(path))
        return seen


def refuse_moved(seen: FileSeen, changes: Sequence[FieldChange], told: Mapping[str, Any]) -> None:
    """Raises Moved where what is to be changed is not as it was decided on; `told`: as it is."""
    if any(told.get(change.name) != change.before for change in changes):
        raise Moved("cloud-moved", href=seen.path)


def read_image(image: Image, href: str) -> Was:
    """Raises Invalid: `image-unreadable`."""
    try:
        return Was.read(image)
    except ValueError as broken:
        raise Invalid("image-unreadable", tag=href) from broken


def _name_of(seen: FileSeen) -> str:
    return seen.path.rpartition("/")[2]
