"""Writing files: what PUT, MKCOL, MOVE, COPY and DELETE do once the request is understood.

Rights, names, quota and parents are checked here; recordings 102, 104, 105, 110, 111.
"""

from __future__ import annotations

import re

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_mounts import CREATE, DELETE, UPDATE, Mounts, Parts, Place
from oscartes_sync.sandbox.cloud.files_names import check_name, file_not_found
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node
from oscartes_sync.sandbox.cloud.files_trash import FileTrash
from oscartes_sync.sandbox.cloud.messages import SABRE, Refusal, Request, forbidden, not_allowed

INTEGER = re.compile(r"[+-]?\d+")
ONE_DAY = 86400
TAKEN = "The resource you tried to create already exists"


class FileWriting:
    """Changes files; the stand-in's own members write through here too."""

    def __init__(self, core: Core, store: FileStore, mounts: Mounts, trash: FileTrash) -> None:
        self.core = core
        self.store = store
        self.mounts = mounts
        self.trash = trash

    def parent(self, uid: str, parts: Parts, refusal: Refusal | None = None) -> Place:
        """The folder a path is in. Raises `refusal`, or PUT's 404 naming what is missing."""
        found = self.mounts.find(uid, parts[:-1])
        if found is not None and found.node.folder:
            return found
        if refusal is not None:
            raise refusal
        missing = parts[:-1]
        if self.core.version == 32:
            depth = next(n for n in range(1, len(parts)) if not self.mounts.find(uid, parts[:n]))
            missing = parts[:depth]
        raise file_not_found(missing, self.core.version)

    def check_space(self, node: Node, shown: str, needed: int, more: str = "") -> None:
        """Raise 507 where `needed` bytes do not fit (413 where they just do not, on 34)."""
        free = self.store.free(node)
        if free is None:
            return
        if needed > free or (more and free == 0):
            said = f"Insufficient space in {shown}"
            if self.core.version == 32:
                said += f". {free} available" if more else f", {needed} required, {free} available"
            raise Refusal(507, SABRE + "InsufficientStorage", f"{said}{more}")
        if needed == free and self.core.version == 34 and not more:
            exception = "OCA\\DAV\\Connector\\Sabre\\Exception\\EntityTooLarge"
            raise Refusal(413, exception, "Insufficient space")

    def check_new(self, holder: Place, name: str) -> None:
        """Raise 403 or 400 unless a node of that name may be made in a folder."""
        if not holder.may(CREATE):
            raise forbidden("")
        self.check_name((*holder.parts, name))

    def check_name(self, parts: Parts) -> None:
        """Raise 400 for a name no file may have, or 34's 500."""
        folder = "".join(f"/{part}" for part in parts[:-1])
        windows = self.store.settings.windows_names
        check_name(parts[-1], folder, windows=windows, version=self.core.version)

    def put(self, uid: str, parts: Parts, content: bytes) -> tuple[Place, bool]:
        """Write a file; the place and whether it is new. Raises Refusal."""
        place = self.mounts.find(uid, parts)
        shown = "/" + "/".join(parts)
        if place is not None:
            if place.node.folder:
                raise Refusal(409, SABRE + "Conflict", "PUT is not allowed on non-files.")
            if not place.may(UPDATE):
                raise forbidden("")
            self.check_name(parts)
            self.check_space(place.node, shown, len(content))
            self.store.write(place.node, content, uid)
            return place, False
        holder = self.parent(uid, parts)
        self.check_new(holder, parts[-1])
        self.check_space(holder.node, shown, len(content))
        node = self.store.add(holder.node, parts[-1], folder=False)
        self.store.write(node, content, uid)
        return self.mounts.resolve(uid, parts), True

    def make_folders(self, uid: str, parts: Parts) -> None:
        """Make every folder of a path that is missing (X-NC-WebDAV-Auto-Mkcol)."""
        for depth in range(1, len(parts) + 1):
            if self.mounts.find(uid, parts[:depth]) is None:
                self.make_folder(uid, parts[:depth])

    def make_folder(self, uid: str, parts: Parts) -> Node:
        """MKCOL. Raises 405, 409, 403, 400, 507."""
        if self.mounts.find(uid, parts) is not None:
            raise not_allowed(TAKEN)
        conflict = Refusal(409, SABRE + "Conflict", "Parent node does not exist")
        holder = self.parent(uid, parts, conflict)
        self.check_new(holder, parts[-1])
        above = "".join(f"/{part}" for part in holder.parts) or "/"
        self.check_space(holder.node, above, 0, ". Cannot create directory")
        node = self.store.add(holder.node, parts[-1], folder=True)
        self.store.climb(node)
        return node

    def delete(self, place: Place) -> None:
        """To the bin; a share's mount is left, a Team folder's stays. Raises 403."""
        if not place.parts:
            raise forbidden("Permission denied to delete home folder")
        if place.at_mount and place.mount is not None:
            if place.mount.share is None:
                raise forbidden("")
            place.mount.share.left.add(place.uid)
            self.store.climb(self._anything_beside(place))
            return
        if not place.may(DELETE):
            raise forbidden("")
        if place.public is not None:
            self.store.take_out(place.node)
            return
        self.trash.bin(place)

    def _anything_beside(self, place: Place) -> Node:
        holder = self.mounts.resolve(place.uid, place.parts[:-1]).node
        return Node(0, "", place.uid, holder)

    def move(self, place: Place, target: Parts) -> None:
        """Rename or move; the caller has emptied the target. Raises 403, 400."""
        uid = place.uid
        holder = self.parent(uid, target)
        self.check_new(holder, target[-1])
        if place.at_mount and place.mount is not None and place.mount.share is not None:
            place.mount.share.targets[uid] = target
            self.store.climb(Node(0, "", uid, holder.node))
            return
        if holder.node is place.node.parent:
            if not place.may(UPDATE):
                raise forbidden("")
        elif not place.may(DELETE):
            raise forbidden(f"files/{uid}/{'/'.join(place.parts)} cannot be deleted")
        self.store.take_out(place.node)
        self.store.put_in(place.node, holder.node, target[-1])

    def copy(self, place: Place, target: Parts) -> Node:
        """COPY; the caller has emptied the target. Raises 403, 400, 507."""
        holder = self.parent(place.uid, target)
        self.check_new(holder, target[-1])
        above = "".join(f"/{part}" for part in holder.parts) or "/"
        self.check_space(holder.node, above, place.node.size)
        node = self.store.copy(place.node, holder.node, target[-1])
        self.store.climb(node)
        return node


def wanted_mtime(request: Request) -> int | None:
    """X-OC-MTime; None without. Raises the server's 500s: the content is written by then."""
    said = request.headers.get("x-oc-mtime", "")
    return checked_mtime(said) if said else None


def checked_mtime(said: str) -> int:
    """The seconds a text means. Raises Refusal 500 (102)."""
    start = "X-OC-MTime header must be a valid "
    if not INTEGER.fullmatch(said.strip()):
        raise Refusal(
            500, "InvalidArgumentException", f'{start}integer (unix timestamp), got "{said}".'
        )
    if int(said) <= ONE_DAY:
        raise Refusal(
            500,
            "InvalidArgumentException",
            f'{start}positive unix timestamp greater than one day, got "{said}".',
        )
    return int(said)
