"""A folder now, as differences from what was remembered of it.

One PROPFIND says that nothing moved: a change anywhere below alters the ETag of every folder above
it (recording 101). Else the branches whose ETags moved are listed, and those alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.dav_xml import Response
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above, chain
from oscartes_sync.adapters.nextcloud.folders.seen import (
    MARKED,
    PROPS,
    BranchSeen,
    FileSeen,
    branch_seen,
    file_seen,
    is_branch,
)
from oscartes_sync.errors import Invalid, Missing, Refused, SideError, Unexpected
from oscartes_sync.mapping.documents.names import why_left_out

_HIDDEN_BRANCH = "folder-encrypted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What one look tells; branches are paths, "" the folder itself.

    `files` are those of the branches in `listed`. In `unmoved` nothing moved, nor below. What is
    in or below `unsure` could not be read, and nothing is known of it. `left_out`: path → the code
    of why it is never mirrored. `branches` is what to remember: path → ETag, "" for what has to be
    looked at again whatever its ETag will be.
    """

    root: BranchSeen
    files: tuple[FileSeen, ...] = ()
    listed: frozenset[str] = frozenset()
    unmoved: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether anything was listed."""
        return bool(self.listed)

    def lacks(self, path: str) -> bool:
        """Whether this proves that no file is at a path; where it went is for `Finding` to tell."""
        if any(seen.path == path for seen in self.files):
            return False
        if path in self.unsure:
            return False
        for branch in chain(above(path)):
            if branch in self.unsure or branch in self.unmoved:
                return False
            if branch in self.listed:
                return True
        return False


@dataclass(slots=True)
class _Finds:
    files: list[FileSeen] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)
    unmoved: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)


class Walk:
    """Looks at folders."""

    def __init__(self, dav: Dav) -> None:
        self._dav = dav

    def look(self, folder: Folder, remembered: Mapping[str, str], *, deep: bool = True) -> Walked:
        """The folder now. `remembered` is what the last look gave as `branches`, {} for nothing.

        It is worth nothing once another folder is looked at, or `deep` (whether sub-folders count)
        was changed.

        Raises:
            Missing: `folder-missing`.
            Invalid: `folder-is-a-file`.
            Unexpected: the answer is not whole, or contradicts itself.
            SideError: as the transport.
        """
        finds = _Finds()
        root = self._unmoved(folder, remembered)
        if root is not None and root.etag == remembered.get(""):
            return Walked(root=root, unmoved=frozenset(remembered), branches=dict(remembered))
        listed, children = self._listing(folder, "")
        if _contradicts(listed, children):
            raise self._unexpected(folder, "")
        # The older of both ETags: what moved in between is seen by the next look.
        root = root or listed
        finds.branches[""] = root.etag
        below = self._sorted("", children, finds)
        pending = below if deep else []
        while pending:
            pending += self._visit(folder, pending.pop(), remembered, finds)
        return _walked(root, finds)

    def _unmoved(self, folder: Folder, remembered: Mapping[str, str]) -> BranchSeen | None:
        """The folder itself by one PROPFIND; nothing is asked where no ETag could tell."""
        if not remembered.get(""):
            return None
        try:
            answers = self._dav.propfind(folder.branch(), PROPS)
        except Missing as missing:
            raise Missing("folder-missing", folder=folder.path) from missing
        return self._own(folder, "", answers)

    def _visit(
        self, folder: Folder, branch: BranchSeen, remembered: Mapping[str, str], finds: _Finds
    ) -> list[BranchSeen]:
        """List one branch, unless its ETag stands where it stood; what is below and moved."""
        path = branch.path
        finds.branches[path] = branch.etag
        if remembered.get(path) == branch.etag:
            inside = {one for one in remembered if one == path or one.startswith(f"{path}/")}
            finds.unmoved |= inside
            finds.branches.update({one: remembered[one] for one in inside})
            return []
        try:
            own, children = self._listing(folder, path)
        except SideError as failure:
            if not _concerns_one(failure, branch):
                raise
            finds.unsure.add(path)
            return []
        if _contradicts(own, children):
            finds.unsure.add(path)
            return []
        return self._sorted(path, children, finds)

    def _listing(self, folder: Folder, path: str) -> tuple[BranchSeen, list[tuple[str, Response]]]:
        """A branch and what is in it: name → response.

        Raises:
            Unexpected: it does not hold the branch itself, or holds strangers: such an answer
                proves nothing.
        """
        try:
            answers = self._dav.propfind(folder.branch(path), MARKED, depth=1)
        except Missing as missing:
            if path:
                raise
            raise Missing("folder-missing", folder=folder.path) from missing
        own = self._own(folder, path, answers)
        here = folder.full(path)
        children = []
        for response in answers:
            full = folder.full_of(response.href)
            if full is None or (full != here and above(full) != here):
                raise self._unexpected(folder, path)
            if full != here:
                children.append((full.rpartition("/")[2], response))
        return own, children

    def _own(self, folder: Folder, path: str, answers: tuple[Response, ...]) -> BranchSeen:
        href = folder.branch(path).rstrip("/")
        for response in answers:
            if canonical(response.href).rstrip("/") != href:
                continue
            if not is_branch(response) and response.text("oc:fileid"):
                raise Invalid("folder-is-a-file", folder=folder.full(path))
            own = branch_seen(response, path)
            if own is not None:
                return own
        raise self._unexpected(folder, path)

    def _sorted(
        self, path: str, children: list[tuple[str, Response]], finds: _Finds
    ) -> list[BranchSeen]:
        """Put what a branch holds where it belongs; the branches below it."""
        finds.listed.add(path)
        below = []
        for name, response in children:
            full = f"{path}/{name}" if path else name
            code = why_left_out(name)
            if code is not None:
                finds.left_out[full] = code
            elif is_branch(response):
                branch = branch_seen(response, full)
                if branch is None:
                    finds.unsure.add(full)
                elif branch.encrypted:
                    finds.left_out[full] = _HIDDEN_BRANCH
                else:
                    below.append(branch)
            else:
                self._keep(file_seen(response, full), full, finds)
        return below

    def _keep(self, seen: FileSeen | None, path: str, finds: _Finds) -> None:
        if seen is None:
            finds.unsure.add(path)
            return
        finds.files.append(seen)
        if seen.locked:
            _doubt(above(path), finds)

    def _unexpected(self, folder: Folder, path: str) -> Unexpected:
        href = folder.branch(path)
        return Unexpected("cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=207)


def _contradicts(own: BranchSeen, children: list[tuple[str, Response]]) -> bool:
    """Whether a branch says that there are bytes in it, and shows none: its storage is away."""
    return own.size > 0 and not children


def _concerns_one(failure: SideError, branch: BranchSeen) -> bool:
    """Whether this branch alone cannot be read: moved meanwhile, closed to us, or broken.

    A share whose storage is away is 503 as well; of the account's own files that is the server.
    """
    if isinstance(failure, Refused) or failure.code == "cloud-broken":
        return True
    return failure.code == "cloud-unavailable" and branch.mounted


def _doubt(branch: str, finds: _Finds) -> None:
    """Have a branch looked at again by the next look, whatever its ETag is then."""
    for one in chain(branch):
        finds.branches[one] = ""


def _walked(root: BranchSeen, finds: _Finds) -> Walked:
    for path in finds.unsure:
        _doubt(above(path), finds)
        finds.branches.pop(path, None)
    return Walked(
        root=root,
        files=tuple(sorted(finds.files, key=lambda seen: seen.path)),
        listed=frozenset(finds.listed),
        unmoved=frozenset(finds.unmoved),
        unsure=frozenset(finds.unsure),
        left_out=finds.left_out,
        branches=finds.branches,
    )
