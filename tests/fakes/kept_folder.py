"""The port of a folder on a stand-in cloud, and what is put into it for entries."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, Self

from oscartes_sync.adapters.nextcloud.folders.cloud import NextcloudFolder
from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.mapping.documents.names import extension_of, file_name, title_of
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Seen, Snapshot
from oscartes_sync.ports import Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record, a_document
from tests.fakes.folder_side import FakeFolder
from tests.fakes.folder_world import HOME, LOGIN, PASSWORD, FolderWorld

FOLDER = Binding(
    name="documents",
    kind="documents",
    wiki="noe",
    cloud="noe",
    form="7",
    collection="/".join(HOME),
    title="Documents",
)
UID = "Guide#fichierbf_document.noe@oscartes"
WHEN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def body(content: bytes) -> Body:
    """Bytes on their way."""
    digest = hashlib.sha256(content).hexdigest()
    return Body(lambda: io.BytesIO(content), len(content), digest, WHEN)


def attached(name: str = "Guide.pdf", content: bytes = b"%PDF-1.4 le guide") -> Document:
    """The file of an entry, on its way."""
    return Document(title=title_of(name), content="G_1.pdf_", name=name, body=body(content))


class KeptFolder(FolderWorld):
    """The bot's folder behind the port; `kept` is what runs remember of the server."""

    def __init__(self, *, version: Literal[32, 34] = 34) -> None:
        super().__init__(version=version)
        self.kept: dict[str, str] = {}
        self._ports: list[NextcloudFolder] = []

    def port(self) -> NextcloudFolder:
        """The port of a new run."""
        settings = CloudSettings(id="noe", url=self.cloud.url, user=LOGIN, password=PASSWORD)
        port = NextcloudFolder(
            settings, self.clock, self.kept.get, self.kept.__setitem__, user_agent="oscartes-test"
        )
        self._ports.append(port)
        return port

    def close(self) -> None:
        """Hang up."""
        for port in self._ports:
            port.close()

    # What a run does

    def snapshot(self, known: Known | None = None) -> Snapshot:
        """The folder as a new run sees it."""
        return self.port().snapshot(FOLDER, known or Known())

    def seen(self, path: str) -> FileSeen:
        """A file as it is now."""
        found = Finding(self.dav, self.folder).at(path)
        assert found is not None, path
        return found

    def sighting(self, path: str) -> Seen:
        """A file as a run sees it."""
        seen = self.snapshot().sightings[f"/f/{self.seen(path).fileid}"].seen
        assert seen is not None
        return seen

    def send(self, document: Document | None = None, uid: str = UID) -> Written:
        """A new run puts the file of an entry into the folder."""
        return self.port().create(FOLDER, uid, document or attached(), None)

    def change(self, seen: Seen, record: Document, *names: str) -> Written:
        """A new run lets a file follow its entry."""
        now = a_document(seen.record)
        changes = [FieldChange(each, getattr(now, each), getattr(record, each)) for each in names]
        return self.port().update(FOLDER, seen.key, seen.token, changes, record)

    def names(self) -> set[str]:
        """The paths of all files."""
        return {seen.path for seen in self.walked().files}


def done(action: Action, seen: Seen, *changes: str) -> Operation:
    """An operation of a run on a file."""
    return Operation(
        action=action,
        side=Side.CLOUD,
        uid=UID,
        entry=None,
        href=seen.key,
        title="",
        token=seen.token,
        changes=tuple(FieldChange(name, "", "") for name in changes),
    )


@contextmanager
def open_folder(version: Literal[32, 34] = 34) -> Iterator[KeptFolder]:
    """A folder that is there."""
    with KeptFolder(version=version) as world:
        try:
            yield world
        finally:
            world.close()


def filled(document: Document, content: bytes, **more: Any) -> Document:
    """The same document with other bytes."""
    return replace(document, content=f"G_{len(content)}.pdf_", body=body(content), **more)


class FolderPortWorld:
    """The same, as the contract of the port asks for it."""

    def __init__(self) -> None:
        self.folder = KeptFolder()

    def __enter__(self) -> Self:
        self.folder.__enter__()
        return self

    def __exit__(self, *how: Any) -> None:
        self.folder.close()
        self.folder.__exit__(*how)

    def port(self) -> NextcloudFolder:
        """The port of a new run."""
        return self.folder.port()

    def put(self, record: Record) -> str:
        """A member puts a file of this title into the folder."""
        document = a_document(record)
        return f"/f/{self.folder.put(document.name, document.title.encode())}"

    def retitle(self, key: str, title: str) -> None:
        """A member renames it."""
        path = self._path(key)
        self.folder.move(path, *HOME, file_name(title, extension_of(path)))

    def remove(self, key: str) -> None:
        """A member deletes it."""
        self.folder.remove(self._path(key))

    def _path(self, key: str) -> str:
        number = int(key.removeprefix("/f/"))
        return next(seen.path for seen in self.folder.walked().files if seen.fileid == number)


class FakeFolderWorld:
    """The folder in memory, as the contract of the port asks for it."""

    def __init__(self) -> None:
        self.side = FakeFolder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *how: object) -> None:
        pass

    def port(self) -> FakeFolder:
        """The one fake there is."""
        return self.side

    def put(self, record: Record) -> str:
        """A member puts a file of this title into the folder."""
        document = a_document(record)
        return f"/f/{self.side.put(document.name, document.title.encode())}"

    def retitle(self, key: str, title: str) -> None:
        """A member renames it."""
        number = int(key.removeprefix("/f/"))
        name = file_name(title, extension_of(self.side.files[number].path))
        self.side.move(number, name)

    def remove(self, key: str) -> None:
        """A member deletes it."""
        self.side.remove(int(key.removeprefix("/f/")))
