"""A space as one file: its folder, its calendar, its entry, and a list of all that with checksums.

Files pass through a piece at a time and never lie in memory; the archive itself lies on this
machine's disk until it was sent and read back.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.landing import Kept, Outgoing
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.reading import Reading
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.sending import Sending
from oscartes_sync.adapters.nextcloud.spaces.calendars import SpaceCalendars
from oscartes_sync.adapters.nextcloud.spaces.tree import Tree, tree
from oscartes_sync.errors import Full, Moved, NotKept, Refused, Taken
from oscartes_sync.mapping.documents.names import file_name
from oscartes_sync.planning.spaces.values import FoundSpace, SpaceKind
from oscartes_sync.ports import Clock
from oscartes_sync.ports.spaces import Packed
from oscartes_sync.records.fingerprint import digest

FORMAT: Final = "oscartes-space-1"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_TRIES = 50


@dataclass(frozen=True, slots=True)
class _Content:
    """What is in a space at one instant."""

    folder: Folder | None
    tree: Tree
    calendar: str
    version: str

    @property
    def seal(self) -> str:
        return digest([self.tree.digest, self.calendar, self.version])


class Packing:
    """Makes archives of spaces."""

    def __init__(self, dav: Dav, root: Folder, clock: Clock, calendars: SpaceCalendars) -> None:
        self._dav = dav
        self._root = root
        self._clock = clock
        self._calendars = calendars
        self._reading = Reading(dav, root, clock)

    def seal(self, found: FoundSpace) -> str:
        """See `SpacePlaces.seal`."""
        return self._content(found).seal

    def pack(
        self, kind: SpaceKind, mark: str, name: str, found: FoundSpace, entry: bytes
    ) -> Packed:
        """See `SpacePlaces.pack`."""
        content = self._content(found)
        try:
            with tempfile.TemporaryDirectory(prefix="oscartes-archive-") as folder:
                path = Path(folder) / "archive.zip"
                self._write(path, mark, content, entry)
                size, sha256 = _measured(path)
                kept = self._lay(kind, name, path, size, sha256)
        except OSError as error:
            # Of this machine: what the server says is none of these.
            raise Full("space-no-room-here", folder=tempfile.gettempdir()) from error
        self._read_back(kept, sha256)
        if self.seal(found) != content.seal:
            raise Moved("space-changed-meanwhile", archive=kept.path)
        return Packed(
            path=kept.path,
            sha256=sha256,
            size=size,
            files=len(content.tree.files),
            seal=content.seal,
        )

    def stands(self, path: str, sha256: str) -> bool:
        """See `SpacePlaces.stands`."""
        download = self._reading.read(path)
        try:
            for _ in download:
                pass
        except Refused:
            return False
        return download.sha256 == sha256

    def _content(self, found: FoundSpace) -> _Content:
        folder = (
            Folder.at(self._root.address, self._root.uid, found.folder.path)
            if found.folder
            else None
        )
        listed = tree(self._dav, folder) if folder else Tree((), ())
        uri = found.calendar.uri if found.calendar else ""
        return _Content(folder, listed, uri, self._calendars.version(uri) if uri else "")

    def _write(self, path: Path, mark: str, content: _Content, entry: bytes) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            files = [self._file(archive, content, seen) for seen in content.tree.files]
            for each in content.tree.folders:
                archive.writestr(zipfile.ZipInfo(f"files/{each}/", _EARLIEST), b"")
            calendar = self._calendars.exported(content.calendar) if content.calendar else b""
            parts = {"entry.json": entry} | ({"calendar.ics": calendar} if calendar else {})
            for name, body in parts.items():
                archive.writestr(name, body)
            manifest = {
                "format": FORMAT,
                "space": mark,
                "made": self._clock.now().astimezone(UTC).isoformat(timespec="seconds"),
                "files": files,
                "folders": list(content.tree.folders),
                "parts": [_part(name, body) for name, body in parts.items()],
            }
            archive.writestr(
                "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            )

    def _file(
        self, archive: zipfile.ZipFile, content: _Content, seen: FileSeen
    ) -> Mapping[str, Any]:
        """Put one file in, as it comes; what is said of it in the manifest."""
        assert content.folder is not None
        modified = seen.modified.astimezone(UTC)
        at = max(modified.timetuple()[:6], _EARLIEST)
        download = self._reading.read(content.folder.full(seen.path), seen.etag)
        slot = zipfile.ZipInfo(f"files/{seen.path}", at)
        slot.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(slot, "w", force_zip64=True) as target:
            for piece in download:
                target.write(piece)
        return {
            "path": seen.path,
            "size": download.size,
            "sha256": download.sha256,
            "modified": modified.isoformat(timespec="seconds"),
        }

    def _lay(self, kind: SpaceKind, name: str, path: Path, size: int, sha256: str) -> Kept:
        """Send the archive to a name that is free: no archive is ever written over."""
        moment = self._clock.now()
        day = moment.astimezone(ZoneInfo(kind.zone)).date().isoformat()
        parent = kind.archive.strip("/")
        Moving(self._dav, self._root).make_folders(parent)
        sending = Sending(self._dav, self._root, self._clock)
        taken: list[str] = []
        while True:
            chosen = file_name(f"{day} {name}", "zip", taken, untitled=day)
            try:
                return sending.send(_outgoing(f"{parent}/{chosen}", path, size, sha256, moment))
            except Taken:
                taken.append(chosen)
                if len(taken) >= _TRIES:
                    raise

    def _read_back(self, kept: Kept, sha256: str) -> None:
        """What lies there, byte for byte: OC-Checksum is stored and never checked (102)."""
        download = self._reading.read(kept.path, kept.etag)
        for _ in download:
            pass
        if download.sha256 != sha256:
            raise NotKept("space-archive-differs", archive=kept.path)


def _outgoing(path: str, source: Path, size: int, sha256: str, moment: datetime) -> Outgoing:
    def opened() -> BinaryIO:
        return source.open("rb")

    return Outgoing(path=path, size=size, open=opened, modified=moment, sha256=sha256)


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as source:
        found = hashlib.file_digest(source, "sha256").hexdigest()
    return path.stat().st_size, found


def _part(name: str, body: bytes) -> Mapping[str, Any]:
    return {"path": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
