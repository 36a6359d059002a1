"""``/remote.php/dav/files/<uid>/…`` and the old ``/remote.php/webdav/…`` (100-105, 109-111)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.files_conditions import check_if
from oscartes_sync.sandbox.cloud.files_download import check_file_conditions, serve
from oscartes_sync.sandbox.cloud.files_locks import Locks
from oscartes_sync.sandbox.cloud.files_mounts import Mounts, Parts, Place
from oscartes_sync.sandbox.cloud.files_names import (
    decoded_parts,
    file_not_found,
    refused_by_apache,
)
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node
from oscartes_sync.sandbox.cloud.files_properties import ALLPROP, FileProperties
from oscartes_sync.sandbox.cloud.files_proppatch import Proppatch
from oscartes_sync.sandbox.cloud.files_search import FileSearch
from oscartes_sync.sandbox.cloud.files_writing import FileWriting, wanted_mtime
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, response
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    Refusal,
    Reply,
    Request,
    bad_request,
    forbidden,
    not_implemented,
    precondition_failed,
    unsupported_media,
)
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, parse

APACHE_404 = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n'
    b"<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n"
    b"<p>The requested URL was not found on this server.</p>\n</body></html>\n"
)
OVERWRITE_REFUSED = "The destination node already exists, and the overwrite header is set to false"
TYPE_ERROR = (
    "A type error occurred. For more details, please refer to the logs, which provide additional "
    "context about the type error."
)
HASHES = ("md5", "sha1", "sha256")


@dataclass(slots=True)
class Tree:
    """Where a tree of files hangs: the base of its hrefs and how many parts of a path it takes."""

    base: str
    skip: int


@dataclass
class FileParts:
    """What the rooms of files share."""

    core: Core
    store: FileStore
    mounts: Mounts
    locks: Locks
    properties: FileProperties
    writing: FileWriting


class FileRoom:
    """Answers requests on files and folders."""

    def __init__(self, parts: FileParts, search: FileSearch) -> None:
        self.core = parts.core
        self.store = parts.store
        self.mounts = parts.mounts
        self.locks = parts.locks
        self.properties = parts.properties
        self.writing = parts.writing
        self.search = search
        self.proppatch = Proppatch(parts.store, parts.properties)

    def answer(self, request: Request) -> Reply:
        """``/remote.php/dav/files/<uid>/…``. Raises Refusal."""
        if refused_by_apache(request):
            return Reply(404, APACHE_404, "text/html; charset=iso-8859-1")
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=3)
        uid = request.user.uid
        if not parts:
            raise Refusal(
                405, SABRE + "MethodNotAllowed", "Listing members of this collection is disabled"
            )
        if parts[0] != uid:
            return self._elsewhere(request, parts)
        tree = Tree(f"/remote.php/dav/files/{uid}/", 4)
        return self.act(request, tree, uid, parts[1:])

    def old(self, request: Request) -> Reply:
        """``/remote.php/webdav/…``: the same files under the old address."""
        if refused_by_apache(request):
            return Reply(404, APACHE_404, "text/html; charset=iso-8859-1")
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=2)
        return self.act(request, Tree("/remote.php/webdav/", 2), request.user.uid, parts)

    def act(self, request: Request, tree: Tree, uid: str, parts: Parts) -> Reply:
        """Dispatch on the method."""
        makers: dict[str, Callable[[Request, str, Parts], Reply]] = {
            "PUT": self._put,
            "MKCOL": self._mkcol,
        }
        maker = makers.get(request.method)
        if maker is not None:
            return maker(request, uid, parts)
        place = self.mounts.resolve(uid, parts)
        check_if(request, self.mounts, tree.base, tree.skip)
        actions: dict[str, Callable[[Request, Tree, Place], Reply]] = {
            "PROPFIND": self.propfind,
            "PROPPATCH": lambda one, where, at: self.proppatch.answer(one, where.base, at),
            "GET": self._get,
            "HEAD": self._get,
            "DELETE": self._delete,
            "MOVE": self._move,
            "COPY": self._copy,
            "LOCK": lambda one, _, at: self.locks.lock(one, at),
            "UNLOCK": lambda one, _, at: self.locks.unlock(one, at),
            "REPORT": lambda one, where, at: self.search.report(one, where.base, at),
            "PATCH": self._patch,
        }
        action = actions.get(request.method)
        if action is None:
            raise not_implemented(request.method)
        return action(request, tree, place)

    def _elsewhere(self, request: Request, parts: Parts) -> Reply:
        """Another account's home: its root exists, with nothing to tell (100)."""
        if len(parts) > 1 or request.method != "PROPFIND":
            raise file_not_found(parts[1:])
        if parts[0] not in self.core.directory.accounts:
            raise Refusal(404, SABRE + "NotFound", f"Principal with name {parts[0]} not found")
        writer = Writer()
        path = f"/remote.php/dav/files/{parts[0]}/"
        return multistatus(writer, [response(writer, path, names_asked(request) or [], {})])

    def propfind(self, request: Request, tree: Tree, place: Place) -> Reply:
        """PROPFIND, to any depth; for want of Depth, 1."""
        names = names_asked(request)
        depth = request.headers.get("depth", "1").strip()
        places = [place]
        if depth == "1":
            places += self._below(place)
        elif depth != "0":
            places += self._all_below(place)
        writer = Writer()
        wanted = list(ALLPROP) if names is None else names
        return multistatus(
            writer,
            [
                response(
                    writer,
                    href_of(tree.base, one),
                    names,
                    self.properties.found(one, wanted, alone=depth == "0"),
                )
                for one in places
            ],
        )

    def _below(self, place: Place) -> list[Place]:
        return self.mounts.children(place) if place.node.folder else []

    def _all_below(self, place: Place) -> list[Place]:
        found = []
        for child in self._below(place):
            found += [child, *self._all_below(child)]
        return found

    def _get(self, request: Request, _: Tree, place: Place) -> Reply:
        unchanged = check_file_conditions(request, place.node)
        if unchanged is not None:
            return unchanged
        name = place.parts[-1] if place.parts else ""
        if place.parts and self.core.version == 34:
            name = request.segments[-1]
        return serve(request, place.node, name, self.core.version)

    def _put(self, request: Request, uid: str, parts: Parts) -> Reply:
        if "content-range" in request.headers:
            raise bad_request("Content-Range on PUT requests are forbidden.")
        place = self.mounts.find(uid, parts)
        check_file_conditions(request, place.node if place else None)
        check_if(request, self.mounts, f"/remote.php/dav/files/{uid}/", 4)
        if place is not None and not place.node.folder:
            self.locks.check(request, place)
        if request.headers.get("x-nc-webdav-auto-mkcol") == "1":
            self.writing.make_folders(uid, parts[:-1])
        written, created = self.writing.put(uid, parts, request.body)
        headers = _hashes(request) + self.finish(request, written.node)
        headers += self.described(written)
        return Reply(201 if created else 204, headers=headers)

    def finish(self, request: Request, node: Node) -> list[tuple[str, str]]:
        """What a write's own headers ask for: times and checksum. Raises the 500 of a bad time."""
        headers = []
        mtime = wanted_mtime(request)
        if mtime is not None:
            self.store.set_mtime(node, mtime)
            headers.append(("X-OC-MTime", "accepted"))
        said = request.headers.get("x-oc-ctime", "")
        if said.isdigit():
            node.created = int(said)
            headers.append(("X-OC-CTime", "accepted"))
        node.checksum = request.headers.get("oc-checksum", "").strip()
        return headers

    def described(self, place: Place) -> list[tuple[str, str]]:
        """The headers that tell what a PUT made."""
        etag = place.node.quoted_etag
        headers = [("OC-FileId", place.node.oc_id), ("ETag", etag), ("OC-ETag", etag)]
        if self.core.version == 34:
            headers += [
                ("X-NC-OwnerId", self.properties.owner(place)),
                ("X-NC-Permissions", place.letters(self.core.version)),
            ]
        return headers

    def _mkcol(self, request: Request, uid: str, parts: Parts) -> Reply:
        if request.body:
            kind = request.headers.get("content-type", "")
            if not kind.startswith(("application/xml", "text/xml")):
                raise unsupported_media(
                    "The request body for the MKCOL request must have an xml Content-Type"
                )
            root = parse(request.body)
            if root.tag != dav("mkcol"):
                name = str(root.tag) if str(root.tag).startswith("{") else f"{{}}{root.tag}"
                raise bad_request(f"Expected {{DAV:}}mkcol but received {name} as the root element")
        node = self.writing.make_folder(uid, parts)
        return Reply(201, headers=[("OC-FileId", node.oc_id)])

    def _delete(self, request: Request, _: Tree, place: Place) -> Reply:
        check_file_conditions(request, place.node)
        self.locks.check(request, place)
        self.writing.delete(place)
        return Reply(204)

    def _move(self, request: Request, tree: Tree, place: Place) -> Reply:
        check_file_conditions(request, place.node)
        target = self.destination(request, tree)
        self.check_pair(place, target)
        self.locks.check(request, place)
        if not place.parts:
            raise forbidden("")
        replaced = self.make_room(request, place.uid, target)
        self.writing.move(place, target)
        etag = place.node.quoted_etag
        headers = [("OC-FileId", place.node.oc_id)]
        if not place.node.folder:
            headers = [("OC-ETag", etag), ("ETag", etag), *headers]
        return Reply(204 if replaced else 201, headers=headers)

    def _copy(self, request: Request, tree: Tree, place: Place) -> Reply:
        check_file_conditions(request, place.node)
        target = self.destination(request, tree)
        self.check_pair(place, target)
        replaced = self.make_room(request, place.uid, target)
        node = self.writing.copy(place, target)
        return Reply(204 if replaced else 201, headers=[("OC-FileId", node.oc_id)])

    def destination(self, request: Request, tree: Tree) -> Parts:
        """The parts below the home that the Destination header names. Raises Refusal."""
        said = request.headers.get("destination")
        if said is None:
            if self.core.version == 34:
                raise Refusal(500, "TypeError", TYPE_ERROR)
            raise bad_request("The destination header was not supplied")
        path = urlsplit(said).path
        root = "/remote.php/dav/" if tree.base.startswith("/remote.php/dav/") else tree.base
        if not path.startswith(root):
            raise forbidden(f"Requested uri ({path}) is out of base uri ({root})")
        if not path.rstrip("/").startswith(tree.base.rstrip("/")):
            raise forbidden("")
        return decoded_parts(path, skip=tree.skip)

    def check_pair(self, place: Place, target: Parts) -> None:
        """Refuse a target that is the source, within it, or in no folder."""
        if target == place.parts:
            raise forbidden("Source and destination uri are identical.")
        if target[: len(place.parts)] == place.parts:
            raise Refusal(
                409,
                SABRE + "Conflict",
                "The destination may not be part of the same subtree as the source path.",
            )
        missing = Refusal(409, SABRE + "Conflict", "The destination node is not found")
        self.writing.parent(place.uid, target, missing)

    def make_room(self, request: Request, uid: str, target: Parts) -> bool:
        """Bin what is at a target; whether there was something. Raises 412, 423, 403."""
        there = self.mounts.find(uid, target)
        if there is None:
            return False
        if request.headers.get("overwrite", "T").upper() == "F":
            raise precondition_failed(OVERWRITE_REFUSED, "Overwrite", None)
        self.locks.check(request, there)
        self.writing.delete(there)
        return True

    def _patch(self, request: Request, _: Tree, place: Place) -> Reply:
        """PATCH computes a checksum anew (102)."""
        algorithm = request.headers.get("x-recalculate-hash", "")
        if place.node.folder:
            raise not_implemented("PATCH")
        if algorithm not in HASHES:
            raise Refusal(
                500,
                "ValueError",
                "hash_file(): Argument #1 ($algo) must be a valid hashing algorithm",
            )
        digest = hashlib.new(algorithm, place.node.content, usedforsecurity=False).hexdigest()
        place.node.checksum = f"{algorithm.upper()}:{digest}"
        return Reply(204, headers=[("OC-Checksum", place.node.checksum)])


def href_of(base: str, place: Place) -> str:
    """The decoded path of a place, folders with their slash."""
    path = base + "/".join(place.parts)
    return f"{path}/" if place.node.folder and place.parts else path


def _hashes(request: Request) -> list[tuple[str, str]]:
    asked = request.headers.get("x-hash", "")
    wanted = HASHES if asked == "all" else (asked,)
    return [
        (
            f"X-Hash-{name.upper()}",
            hashlib.new(name, request.body, usedforsecurity=False).hexdigest(),
        )
        for name in wanted
        if name in HASHES
    ]
