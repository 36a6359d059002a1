"""What files held before: ``/remote.php/dav/versions/<uid>/versions/<fileid>/`` (107)."""

from __future__ import annotations

from email.utils import formatdate
from urllib.parse import quote, urlsplit

from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.files_kinds import kind_of, served_kind
from oscartes_sync.sandbox.cloud.files_mounts import UPDATE, Mounts, Place
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node, Version
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, nc, response
from oscartes_sync.sandbox.cloud.messages import (
    Reply,
    Request,
    forbidden,
    node_not_found,
    not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, text


class VersionRoom:
    """Lists, reads and restores versions; the newest one listed is the file itself."""

    def __init__(self, store: FileStore, mounts: Mounts) -> None:
        self.store = store
        self.mounts = mounts

    def answer(self, request: Request) -> Reply:
        """Dispatch on the path. Raises Refusal."""
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=3)
        uid = request.user.uid
        if parts[:1] != (uid,) or parts[1:2] != ("versions",) or len(parts) < 3:
            raise node_not_found(parts[-1] if parts else "")
        place = self._place(uid, parts[2])
        if len(parts) == 3:
            return self._list(request, uid, place.node)
        stamp = int(parts[3]) if parts[3].isdigit() else -1
        version = place.node.versions.get(stamp)
        if request.method in ("COPY", "DELETE", "PUT"):
            raise forbidden("")
        if version is None:
            raise not_found("")
        if request.method in ("GET", "HEAD"):
            return _serve(place.node, version, self.mounts.core.version)
        if request.method == "MOVE":
            return self._restore(request, uid, place, version)
        raise not_implemented(request.method)

    def _place(self, uid: str, said: str) -> Place:
        node = self.store.find(int(said)) if said.isdigit() else None
        pending = [self.mounts.resolve(uid, ())]
        while pending and node is not None:
            place = pending.pop()
            if place.node is node:
                return place
            if place.node.folder:
                pending.extend(self.mounts.children(place))
        raise not_found("")

    def _list(self, request: Request, uid: str, node: Node) -> Reply:
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        names = names_asked(request)
        writer = Writer()
        path = f"/remote.php/dav/versions/{uid}/versions/{node.number}/"
        responses = [response(writer, path, names, {dav("resourcetype"): "<d:collection/>"})]
        if request.headers.get("depth", "1") != "0":
            current = Version(node.mtime, node.content, node.owner)
            for version in sorted([*node.versions.values(), current], key=lambda one: one.mtime):
                found = _values(node, version)
                responses.append(response(writer, f"{path}{version.mtime}", names, found))
        return multistatus(writer, responses)

    def _restore(self, request: Request, uid: str, place: Place, version: Version) -> Reply:
        target = decoded_parts(urlsplit(request.headers.get("destination", "")).path, skip=2)
        if target[:3] != ("versions", uid, "restore") or not place.may(UPDATE):
            raise forbidden("")
        node = place.node
        del node.versions[version.mtime]
        node.inode += 1
        self.store.write(node, version.content, uid)
        self.store.set_mtime(node, version.mtime)
        return Reply(201)


def _values(node: Node, version: Version) -> dict[str, str]:
    return {
        dav("getlastmodified"): formatdate(version.mtime, usegmt=True),
        dav("getcontentlength"): str(len(version.content)),
        dav("getetag"): str(version.mtime),
        nc("version-author"): text(version.author),
        dav("getcontenttype"): kind_of(node.name),
        dav("resourcetype"): "",
    }


def _serve(node: Node, version: Version, server: int) -> Reply:
    name = quote(node.name)
    names = [f'filename="{name}"', f"filename*=UTF-8''{name}"]
    if server == 32:
        names.reverse()
    headers = [
        ("Last-Modified", formatdate(version.mtime, usegmt=True)),
        ("ETag", str(version.mtime)),
        ("OC-ETag", str(version.mtime)),
        ("Content-Disposition", f"attachment; {'; '.join(names)}"),
        ("X-Accel-Buffering", "no"),
    ]
    return Reply(200, version.content, served_kind(node), headers)
