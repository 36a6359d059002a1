"""The files' bin: ``/remote.php/dav/trashbin/<uid>/`` (recording 106)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import quote, urlsplit

from oscartes_sync.sandbox.cloud.dav_room import COLLECTION_TEXT, options
from oscartes_sync.sandbox.cloud.files_kinds import kind_of, served_kind
from oscartes_sync.sandbox.cloud.files_mounts import Mounts, Parts, Place
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, nc, response
from oscartes_sync.sandbox.cloud.messages import (
    Reply,
    Request,
    forbidden,
    node_not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, oc, text


@dataclass(slots=True)
class Binned:
    """One deleted node: where it was, when (seconds), by whom."""

    node: Node
    location: Parts
    deleted: int
    deleted_by: str

    @property
    def name(self) -> str:
        """The name in the bin: ``t.txt.d1795469821``."""
        return f"{self.node.name}.d{self.deleted}"


class FileTrash:
    """Keeps the bins and answers requests on them."""

    def __init__(self, store: FileStore, mounts: Mounts) -> None:
        self.store = store
        self.mounts = mounts
        self.bins: dict[str, dict[str, Binned]] = {}

    def bin(self, place: Place) -> None:
        """Move a node to the bins of its owner and of who deleted it."""
        node, owner = place.node, place.node.owner
        location = node.path_from(self.store.homes[owner]) if owner in self.store.homes else ()
        moment = self.store.now()
        self.store.take_out(node)
        for one in node.walk():
            # Properties are kept by path, and a bin is another one (tried on 33.0.1).
            one.dead.clear()
        keepers = {owner, place.uid} & self.mounts.core.directory.accounts.keys()
        for uid in sorted(keepers, key=lambda one: one != owner):
            where = location if uid == owner else place.parts
            entry = Binned(node, where, moment, place.uid)
            kept = self.bins.setdefault(uid, {})
            while entry.name in kept:
                entry.deleted += 1
            kept[entry.name] = entry
            node = self._twin(node)

    def _twin(self, node: Node) -> Node:
        shelf = self.store.new_root("")
        twin = self.store.copy(node, shelf, node.name)
        twin.parent = None
        return twin

    @property
    def _old(self) -> bool:
        return self.mounts.core.version == 32

    def answer(self, request: Request) -> Reply:
        """Dispatch on the path and the method. Raises Refusal."""
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=3)
        uid = request.user.uid
        if parts[:1] != (uid,):
            raise node_not_found(parts[0] if parts else "")
        kept = self.bins.setdefault(uid, {})
        if len(parts) < 3:
            return self._collection(request, uid, parts)
        if parts[1] != "trash" or parts[2] not in kept or len(parts) > 3:
            raise node_not_found(parts[-1])
        entry = kept[parts[2]]
        actions: dict[str, Callable[[Request, str, Binned], Reply]] = {
            "GET": self._get,
            "HEAD": self._get,
            "DELETE": self._delete,
            "MOVE": self._restore,
            "PROPFIND": self._propfind_one,
        }
        if request.method not in actions:
            raise forbidden("")
        return actions[request.method](request, uid, entry)

    def _collection(self, request: Request, uid: str, parts: Parts) -> Reply:
        kept = self.bins[uid]
        if request.method == "DELETE" and parts[1:] == ("trash",):
            kept.clear()
            return Reply(204)
        if request.method in ("GET", "HEAD"):
            return Reply(200, COLLECTION_TEXT)
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        names = names_asked(request)
        writer = Writer()
        path = f"/remote.php/dav/trashbin/{'/'.join(parts)}/"
        plain = {dav("resourcetype"): "<d:collection/>"}
        responses = [response(writer, path, names, plain)]
        if request.headers.get("depth", "1") != "0":
            if len(parts) == 1:
                responses += [
                    response(writer, f"{path}{name}/", names, plain)
                    for name in ("restore", "trash")
                ]
            elif parts[1] == "trash":
                newest = sorted(kept.values(), key=lambda one: -one.deleted)
                responses += [
                    response(writer, _path(uid, one), names, self._values(one)) for one in newest
                ]
        return multistatus(writer, responses)

    def _propfind_one(self, request: Request, uid: str, entry: Binned) -> Reply:
        writer = Writer()
        found = response(writer, _path(uid, entry), names_asked(request), self._values(entry))
        return multistatus(writer, [found])

    def _get(self, _request: Request, _uid: str, entry: Binned) -> Reply:
        if entry.node.folder:
            return Reply(200, COLLECTION_TEXT)
        etags = [("ETag", "")]
        if self._old:
            etags = [("ETag", str(entry.deleted)), ("OC-ETag", str(entry.deleted))]
        headers = [
            ("Last-Modified", formatdate(entry.deleted, usegmt=True)),
            *etags,
            ("Content-Disposition", f'attachment; filename="{quote(entry.node.name)}"'),
            ("X-Accel-Buffering", "no"),
        ]
        return Reply(200, entry.node.content, served_kind(entry.node), headers)

    def _delete(self, _request: Request, uid: str, entry: Binned) -> Reply:
        del self.bins[uid][entry.name]
        return Reply(204)

    def _values(self, entry: Binned) -> dict[str, str]:
        return _values(entry, str(entry.deleted) if self._old else "")

    def _restore(self, request: Request, uid: str, entry: Binned) -> Reply:
        target = decoded_parts(urlsplit(request.headers.get("destination", "")).path, skip=2)
        if target[:3] != ("trashbin", uid, "restore") or len(target) != 4:
            raise forbidden("")
        holder = self.mounts.find(uid, entry.location[:-1]) or self.mounts.resolve(uid, ())
        name = _restored_name(entry.location[-1], set(holder.node.children))
        del self.bins[uid][entry.name]
        self.store.put_in(entry.node, holder.node, name)
        return Reply(201)


def _restored_name(name: str, taken: set[str]) -> str:
    """A free name: ``t (restored).txt``, then ``t (restored 2).txt`` (106)."""
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    number = 1
    while True:
        mark = "(restored)" if number == 1 else f"(restored {number})"
        found = f"{stem} {mark}{dot}{extension}"
        if found not in taken:
            return found
        number += 1


def _path(uid: str, entry: Binned) -> str:
    slash = "/" if entry.node.folder else ""
    return f"/remote.php/dav/trashbin/{uid}/trash/{entry.name}{slash}"


def _values(entry: Binned, etag: str) -> dict[str, str]:
    node = entry.node
    where = text("/".join(entry.location))
    values = {
        nc("trashbin-filename"): text(node.name),
        nc("trashbin-original-location"): where,
        nc("trashbin-deletion-time"): str(entry.deleted),
        nc("trashbin-title"): where,
        nc("trashbin-deleted-by-id"): text(entry.deleted_by),
        oc("fileid"): str(node.number),
        oc("id"): str(node.number),
        dav("getetag"): etag,
        oc("size"): str(node.size),
        dav("getlastmodified"): formatdate(entry.deleted, usegmt=True),
        dav("resourcetype"): "<d:collection/>" if node.folder else "",
        oc("permissions"): "GD",
    }
    if not node.folder:
        values[dav("getcontentlength")] = str(node.size)
        values[dav("getcontenttype")] = kind_of(node.name)
    return values
