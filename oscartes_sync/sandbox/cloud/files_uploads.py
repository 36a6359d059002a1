"""Chunked upload, version 2: ``/remote.php/dav/uploads/<uid>/<id>/`` (recordings 108, 110)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from oscartes_sync.sandbox.cloud.conditions import check_conditions
from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.files_conditions import check_if
from oscartes_sync.sandbox.cloud.files_mounts import Parts
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_room import FileRoom, Tree
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, response
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    Refusal,
    Reply,
    Request,
    bad_request,
    not_allowed,
    not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav

FUTURE = ".file"
DIGITS = re.compile(r"(\d+)")


@dataclass(slots=True)
class Upload:
    """One upload under way: chunks by name, the ETag of its folder (unquoted)."""

    etag: str
    chunks: dict[str, bytes] = field(default_factory=dict)

    def assembled(self) -> bytes:
        """The chunks in natural order of their names, whatever those are (108)."""
        return b"".join(self.chunks[name] for name in sorted(self.chunks, key=_natural))

    @property
    def size(self) -> int:
        """Bytes so far."""
        return sum(len(chunk) for chunk in self.chunks.values())


class UploadRoom:
    """Takes chunks, puts them together."""

    def __init__(self, files: FileRoom) -> None:
        self.files = files
        self.uploads: dict[tuple[str, str], Upload] = {}

    def answer(self, request: Request) -> Reply:
        """Dispatch on the path. Raises Refusal."""
        if request.method == "OPTIONS":
            return options()
        parts = decoded_parts(request.path, skip=3)
        uid = request.user.uid
        if parts[:1] != (uid,):
            raise not_found(f"Principal with name {parts[0] if parts else ''} not found")
        if len(parts) == 1:
            return self._home(request)
        if len(parts) == 2:
            return self._folder(request, (uid, parts[1]))
        upload = self._upload((uid, parts[1]))
        if request.method == "PUT":
            return self._chunk(request, upload, parts[2])
        if request.method == "MOVE" and parts[2] == FUTURE:
            return self._assemble(request, (uid, parts[1]), upload)
        if request.method == "DELETE" and parts[2] in upload.chunks:
            del upload.chunks[parts[2]]
            return Reply(204)
        if parts[2] not in upload.chunks:
            raise not_found(f"File with name //{parts[1]}/{parts[2]} could not be located")
        raise not_implemented(request.method)

    def _home(self, request: Request) -> Reply:
        if request.method == "PROPFIND" and self.files.core.version == 34:
            raise not_allowed("Listing members of this collection is disabled")
        if request.method == "PROPFIND":
            writer = Writer()
            path = "/" + "/".join(request.segments) + "/"
            plain = {dav("resourcetype"): "<d:collection/>"}
            return multistatus(writer, [response(writer, path, names_asked(request), plain)])
        raise not_implemented(request.method)

    def _upload(self, key: tuple[str, str]) -> Upload:
        found = self.uploads.get(key)
        if found is None:
            raise not_found(f"File with name //{key[1]} could not be located")
        return found

    def _folder(self, request: Request, key: tuple[str, str]) -> Reply:
        if request.method == "MKCOL":
            if key in self.uploads:
                raise not_allowed("The resource you tried to create already exists")
            self.uploads[key] = Upload(self.files.store.uniqid())
            return Reply(201)
        upload = self._upload(key)
        actions: dict[str, Callable[[Request, tuple[str, str], Upload], Reply]] = {
            "PROPFIND": self._propfind,
            "DELETE": self._abort,
        }
        if request.method not in actions:
            raise not_implemented(request.method)
        return actions[request.method](request, key, upload)

    def _abort(self, _request: Request, key: tuple[str, str], _upload: Upload) -> Reply:
        del self.uploads[key]
        return Reply(204)

    def _propfind(self, request: Request, key: tuple[str, str], upload: Upload) -> Reply:
        names = names_asked(request)
        writer = Writer()
        path = f"/remote.php/dav/uploads/{key[0]}/{key[1]}/"
        responses = [response(writer, path, names, {dav("resourcetype"): "<d:collection/>"})]
        if request.headers.get("depth", "1") != "0":
            sizes = {FUTURE: (upload.size, upload.etag)}
            for name in sorted(upload.chunks):
                sizes[name] = (len(upload.chunks[name]), _chunk_etag(name, upload.chunks[name]))
            for name, (size, etag) in sizes.items():
                values = {
                    dav("getcontentlength"): str(size),
                    dav("getetag"): f"&quot;{etag}&quot;",
                    dav("resourcetype"): "",
                }
                responses.append(response(writer, path + name, names, values))
        return multistatus(writer, responses)

    def _chunk(self, request: Request, upload: Upload, name: str) -> Reply:
        said = request.headers.get("destination")
        if said is not None:
            self._check_space(request)
        created = name not in upload.chunks
        upload.chunks[name] = request.body
        upload.etag = self.files.store.uniqid()
        return Reply(201 if created else 204)

    def _check_space(self, request: Request) -> None:
        uid = request.user.uid
        target = self.files.destination(request, self._tree(uid))
        holder = self.files.mounts.find(uid, target[:-1])
        if holder is not None:
            total = request.headers.get("oc-total-length", "")
            needed = int(total) if total.isdigit() else len(request.body)
            above = "".join(f"/{part}" for part in holder.parts) or "/"
            self.files.writing.check_space(holder.node, above, needed)

    def _assemble(self, request: Request, key: tuple[str, str], upload: Upload) -> Reply:
        """MOVE of ``.file``: If-Match is about the upload, If about the target (108)."""
        uid = key[0]
        check_conditions(request, f'"{upload.etag}"')
        tree = self._tree(uid)
        target = self.files.destination(request, tree)
        missing = Refusal(409, SABRE + "Conflict", "The destination node is not found")
        self.files.writing.parent(uid, target, missing)
        check_if(request, self.files.mounts, tree.base, tree.skip)
        total = request.headers.get("oc-total-length", "")
        if total.isdigit() and int(total) != upload.size:
            raise bad_request(
                f"Chunks on server do not sum up to {total} but to {upload.size} bytes"
            )
        return self._write(request, key, upload, target)

    def _write(
        self, request: Request, key: tuple[str, str], upload: Upload, target: Parts
    ) -> Reply:
        files, uid = self.files, key[0]
        there = files.mounts.find(uid, target)
        if there is not None:
            files.locks.check(request, there)
        place, created = files.writing.put(uid, target, upload.assembled())
        headers = files.finish(request, place.node)
        del self.uploads[key]
        etag = place.node.quoted_etag
        headers += [("OC-ETag", etag), ("ETag", etag), ("OC-FileId", place.node.oc_id)]
        return Reply(201 if created else 204, headers=headers)

    def _tree(self, uid: str) -> Tree:
        return Tree(f"/remote.php/dav/files/{uid}/", 4)


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in DIGITS.split(name)
        if part
    ]


def _chunk_etag(name: str, chunk: bytes) -> str:
    return hashlib.md5(name.encode() + chunk, usedforsecurity=False).hexdigest()
