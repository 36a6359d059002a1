"""Everything in a folder, nothing left out: what an archive must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.seen import (
    PROPS,
    FileSeen,
    branch_seen,
    file_seen,
    is_branch,
)
from oscartes_sync.errors import Busy, Invalid, Unexpected
from oscartes_sync.records.fingerprint import digest


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a folder, in order, and the folders in it; paths are below the folder."""

    files: tuple[FileSeen, ...]
    folders: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Changes with every file, its place and its version, and with every folder."""
        told = [[one.path, one.fileid, one.etag, one.size] for one in self.files]
        return digest([told, self.folders])


def tree(dav: Dav, folder: Folder) -> Tree:
    """List a folder from top to bottom.

    Raises:
        Unexpected: a listing is not whole, or holds what cannot be read.
        Busy: `space-file-locked`: somebody is writing in it, and its ETag does not tell (109).
        Invalid: `space-folder-encrypted`.
    """
    files: list[FileSeen] = []
    folders: list[str] = []
    pending = [""]
    while pending:
        here = pending.pop()
        for path, seen in _children(dav, folder, here):
            if seen is None:
                folders.append(path)
                pending.append(path)
            else:
                files.append(seen)
    return Tree(tuple(sorted(files, key=lambda one: one.path)), tuple(sorted(folders)))


def _children(dav: Dav, folder: Folder, here: str) -> Iterator[tuple[str, FileSeen | None]]:
    """What one branch holds; a branch itself is None."""
    href = folder.branch(here)
    answers = dav.propfind(href, PROPS, depth=1)
    full, met = folder.full(here), False
    for response in answers:
        path = folder.full_of(response.href)
        relative = folder.relative(path) if path is not None else None
        if path == full:
            met = True
            continue
        if path is None or relative is None or above(path) != full:
            raise _unexpected(dav, href)
        if is_branch(response):
            branch = branch_seen(response, relative)
            if branch is None:
                raise _unexpected(dav, href)
            if branch.encrypted:
                raise Invalid("space-folder-encrypted", folder=path)
            yield relative, None
            continue
        seen = file_seen(response, relative)
        if seen is None:
            raise _unexpected(dav, href)
        if seen.locked:
            raise Busy("space-file-locked", path=path)
        yield relative, seen
    if not met:
        raise _unexpected(dav, href)


def _unexpected(dav: Dav, href: str) -> Unexpected:
    return Unexpected("cloud-unexpected-answer", cloud=dav.cloud, href=href, status=207)
