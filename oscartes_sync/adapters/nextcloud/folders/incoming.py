"""A file on its way to the disk: which one is wanted, and the part it is until it is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A file to bring to a path of the disk, whose folder is there.

    `etag`, `size` and `sha256` are those of the version wanted; the last is "" where nobody told
    it. `modified` becomes the time of the file on the disk.
    """

    path: str
    to: Path
    etag: str
    size: int
    modified: datetime
    sha256: str = ""

    @classmethod
    def of(cls, seen: FileSeen, to: Path) -> Self:
        """The version that was seen."""
        return cls(
            path=seen.path,
            to=to,
            etag=seen.etag,
            size=seen.size,
            modified=seen.modified,
            sha256=seen.checksums.get("SHA256", ""),
        )

    def is_whole(self, size: int, sha256: str) -> bool:
        """Whether what came is what was wanted, as far as anybody told."""
        return size == self.size and self.sha256 in ("", sha256)


class Part:
    """What came of a file: under its name if all went well, else nowhere."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        # Not the name with something added: it may be as long as file systems take already.
        name = hashlib.sha256(os.fsencode(incoming.to.name)).hexdigest()[:16]
        self._path = incoming.to.with_name(f".oscartes-{name}.part")

    def __enter__(self) -> Self:
        return self

    def write(self, pieces: Iterable[bytes]) -> None:
        """Write all of them."""
        with self._path.open("wb") as file:
            for piece in pieces:
                file.write(piece)

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            with suppress(OSError):
                self._path.unlink()
            return
        seconds = self._incoming.modified.timestamp()
        os.utime(self._path, (seconds, seconds))
        self._path.replace(self._incoming.to)
