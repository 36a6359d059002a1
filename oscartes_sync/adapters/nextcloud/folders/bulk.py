"""Many small new files in one request (recording 113), which the server may offer.

It knows no conditions: what is at a path is overwritten. So the folders are looked at just before,
and only what is at a free path goes this way; whatever does not arrive is left to PUT.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.landing import (
    Kept,
    Landing,
    Outgoing,
    blocks_of,
    digest_of,
    fileid_of,
)
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.seen import PROPS, FileSeen, file_seen, is_branch
from oscartes_sync.errors import Invalid, OutcomeUnknown, Refused
from oscartes_sync.mapping.documents.names import fold

SMALL = 1024 * 1024
"""Bytes up to which a file goes by bulk."""

_MOST_BYTES = 10 * 1024 * 1024
_MOST_FILES = 100
_UNSAFE = frozenset("\r\n\0")


def offers_bulk(capabilities: Mapping[str, Any]) -> bool:
    """Whether the server takes them; `capabilities` as `Ocs.capabilities` gives them."""
    dav = capabilities.get("dav")
    return isinstance(dav, dict) and str(dav.get("bulkupload", "")).startswith("1.")


def is_small(outgoing: Outgoing) -> bool:
    """Whether it may go by bulk: new, small, and with a path that a header can hold."""
    held = not _UNSAFE & set(outgoing.path) and outgoing.path == outgoing.path.rstrip()
    return not outgoing.etag and outgoing.size <= SMALL and held


class Bulk:
    """Sends small files of one folder."""

    def __init__(self, dav: Dav, folder: Folder, landing: Landing) -> None:
        self._dav = dav
        self._folder = folder
        self._landing = landing

    def send(self, files: Iterable[Outgoing]) -> Iterator[Kept]:
        """Send them; those that arrived. Of the others nothing is known to be wrong: PUT tells."""
        for batch in _batches(files):
            free = self._free(batch)
            if len(free) > 1:
                yield from self._posted(free)

    def _free(self, batch: Sequence[Outgoing]) -> list[Outgoing]:
        """Those of them at whose path nothing is, in whatever case, and whose folder is there."""
        taken = self._names({above(one.path) for one in batch})
        free = []
        for one in batch:
            names = taken.get(above(one.path))
            name = fold(one.path.rpartition("/")[2])
            if names is not None and name not in names:
                names.add(name)
                free.append(one)
        return free

    def _names(self, branches: Iterable[str]) -> dict[str, set[str]]:
        found = {}
        for branch in branches:
            try:
                answers = self._dav.propfind(self._folder.branch(branch), ("oc:fileid",), depth=1)
            except Refused:
                continue
            paths = (self._folder.full_of(response.href) or "" for response in answers)
            found[branch] = {fold(path.rpartition("/")[2]) for path in paths}
        return found

    def _posted(self, batch: Sequence[Outgoing]) -> Iterator[Kept]:
        bodies: dict[str, bytes] = {}
        for one in batch:
            try:
                bodies[one.path] = b"".join(blocks_of(one, SMALL))
            except Invalid:
                continue
        sent = [one for one in batch if one.path in bodies]
        boundary = hashlib.sha256(b"".join(bodies.values())).hexdigest()[:40]
        body = self._body(sent, bodies, boundary)
        kind = f"multipart/related; boundary={boundary}"
        try:
            reply = self._dav.send("POST", self._folder.route("bulk"), body, {"Content-Type": kind})
        except OutcomeUnknown:
            yield from self._found(sent)
            return
        answers = _answers(reply.body) if reply.status in (200, 400) else {}
        for one in sent:
            kept = _kept(one, answers.get(f"/{self._folder.full(one.path)}"))
            if kept is not None:
                yield kept

    def _body(self, batch: Sequence[Outgoing], bodies: Mapping[str, bytes], boundary: str) -> bytes:
        parts = []
        for one in batch:
            content = bodies[one.path]
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            head = (
                f"--{boundary}\r\nContent-Type: application/octet-stream\r\n"
                f"X-File-Path: /{self._folder.full(one.path)}\r\n"
                f"X-OC-Mtime: {int(one.modified.timestamp())}\r\n"
                f"X-File-MD5: {md5}\r\nContent-Length: {one.size}\r\n\r\n"
            )
            parts.append(head.encode() + content + b"\r\n")
        return b"".join([*parts, f"--{boundary}--\r\n".encode()])

    def _found(self, batch: Sequence[Outgoing]) -> Iterator[Kept]:
        """Those of a lost answer that are there, as far as their bytes tell."""
        wanted = {one.path: one for one in batch}
        for branch in {above(path) for path in wanted}:
            answers = self._dav.propfind(self._folder.branch(branch), PROPS, depth=1)
            for response in answers:
                full = self._folder.full_of(response.href)
                path = self._folder.relative(full) if full is not None else None
                seen = None if path is None or is_branch(response) else file_seen(response, path)
                if seen is not None and path in wanted and self._is_ours(seen, wanted[path]):
                    yield Kept(path, seen.fileid, seen.etag)

    def _is_ours(self, seen: FileSeen, outgoing: Outgoing) -> bool:
        return self._landing.is_ours(seen, outgoing, digest_of(outgoing))


def _batches(files: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    batch: list[Outgoing] = []
    size = 0
    for one in files:
        if batch and (size + one.size > _MOST_BYTES or len(batch) >= _MOST_FILES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def _answers(body: bytes) -> Mapping[str, Any]:
    """Path → result; an empty list where there is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kept(outgoing: Outgoing, answer: object) -> Kept | None:
    """What one result says was kept: its ETag has no quotes there."""
    if not isinstance(answer, dict) or answer.get("error") is not False:
        return None
    fileid, etag = fileid_of(str(answer.get("fileid", ""))), str(answer.get("etag", "")).strip('"')
    return Kept(outgoing.path, fileid, f'"{etag}"') if fileid is not None and etag else None
