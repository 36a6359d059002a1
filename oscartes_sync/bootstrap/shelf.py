"""`ports.publications.Shelf` on a folder of this machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from oscartes_sync.errors import UsageError

_PUBLIC: Final = 0o644
"""A web server serves these files, under another account."""


class FolderShelf:
    """A folder; it is made with the first file that is put into it, where `make` says so."""

    def __init__(self, folder: Path, *, make: bool = False) -> None:
        self._folder = folder
        self._make = make

    def place(self, name: str) -> str:
        """See `Shelf.place`."""
        return str(self._folder / name)

    def read(self, name: str) -> bytes | None:
        """See `Shelf.read`."""
        file = self._folder / name
        try:
            return file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UsageError("export-unreadable", path=file) from error

    def write(self, name: str, content: bytes) -> None:
        """See `Shelf.write`. A link stays one: what it leads to is replaced."""
        file = (self._folder / name).resolve()
        if file.exists() and not file.is_file():  # /dev/null must not become a file
            raise UsageError("export-unwritable", path=file)
        try:
            if self._make:
                self._folder.mkdir(parents=True, exist_ok=True)
            _replace(file, content)
        except OSError as error:
            raise UsageError("export-unwritable", path=file) from error


def _replace(file: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(stream.fileno(), _PUBLIC)
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
