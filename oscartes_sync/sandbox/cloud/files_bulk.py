"""Several small files in one request: ``POST /remote.php/dav/bulk`` (recording 113)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_room import FileRoom
from oscartes_sync.sandbox.cloud.files_writing import checked_mtime
from oscartes_sync.sandbox.cloud.messages import HTML, Refusal, Reply, Request, not_implemented
from oscartes_sync.sandbox.cloud.ocs import as_json

BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


class _Broken(Exception):
    """A body that cannot be read on: nothing after it is written."""


class BulkRoom:
    """Writes the parts of a multipart body; each has its own result in an answer that is 200."""

    def __init__(self, files: FileRoom) -> None:
        self.files = files

    def answer(self, request: Request) -> Reply:
        """POST. A wrong md5 or a broken body is 400, with what was written before it."""
        if request.method != "POST":
            raise not_implemented(request.method)
        results: dict[str, Any] = {}
        found = BOUNDARY.search(request.headers.get("content-type", ""))
        if found is None:
            return Reply(400, b"[]", HTML)
        try:
            for headers, content in _parts(request.body, found[1].encode()):
                path = headers.get("x-file-path", "")
                results[path] = self._written(request, path, headers, content)
        except _Broken:
            return Reply(400, as_json(results or []), HTML)
        return Reply(200, as_json(results or []), HTML)

    def _written(
        self, request: Request, path: str, headers: dict[str, str], content: bytes
    ) -> dict[str, Any]:
        uid = request.user.uid
        parts = decoded_parts(path.replace("%", "%25"), skip=0)
        if self.files.mounts.find(uid, parts[:-1]) is None:
            shown = f"/{uid}/files/{'/'.join(parts)}"
            return {"error": True, "message": f'Could not create path "{shown}"'}
        try:
            place, _ = self.files.writing.put(uid, parts, content)
            mtime = headers.get("x-oc-mtime", "")
            if mtime:
                self.files.store.set_mtime(place.node, checked_mtime(mtime))
        except Refusal as refusal:
            return {"error": True, "message": refusal.message}
        node = place.node
        return {
            "error": False,
            "etag": node.etag,
            "fileid": node.oc_id,
            "permissions": place.letters(self.files.core.version),
        }


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    mark = b"--" + boundary
    place = body.find(mark)
    while place >= 0:
        place += len(mark)
        if body[place : place + 2] == b"--":
            return
        end = body.find(b"\r\n\r\n", place)
        if end < 0:
            raise _Broken
        headers = _headers(body[place:end])
        length = headers.get("content-length", "")
        if not length.isdigit():
            raise _Broken
        content = body[end + 4 : end + 4 + int(length)]
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if len(content) < int(length) or headers.get("x-file-md5", digest) != digest:
            raise _Broken
        yield headers, content
        place = body.find(mark, end + 4 + int(length))
    raise _Broken


def _headers(raw: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in raw.decode("utf-8", "replace").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
