"""Files on their way: bytes laid down on our own disk between one server and the other."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from oscartes_sync.records.body import Body

_BLOCK = 1024 * 1024

Fill = Callable[[BinaryIO], datetime]
"""Writes the bytes of a file, and tells when it was written last."""


@contextmanager
def spooled(fill: Fill) -> Iterator[Body]:
    """The bytes that `fill` writes, on a file that nobody else may read, until the block ends."""
    with tempfile.NamedTemporaryFile(prefix="oscartes-") as target:
        modified = fill(target)  # type: ignore[arg-type] # a wrapper with all its methods
        target.flush()
        yield body_of(Path(target.name), modified)


def body_of(path: Path, modified: datetime) -> Body:
    """What a file on our own disk holds."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Body(
        open=lambda: path.open("rb"), size=size, sha256=digest.hexdigest(), modified=modified
    )
