"""A stand-in wiki with documents in it, and what is sent into its entries."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Seen
from oscartes_sync.ports import Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import entry_of, file_key
from oscartes_sync.records.record import a_document
from oscartes_sync.sandbox.wiki.seed import GUIDE as STORED
from tests.fakes.wiki_place import Place, Subject, open_place

GUIDE, REPORT = "GuideDuJardinPartage", "CompteRenduDeNovembre"
MAIN, ANNEX = "fichierbf_document", "fichierbf_annexe"
KEY, EMPTY = file_key(GUIDE, MAIN), file_key(REPORT, MAIN)
PDF = b"%PDF-1.4 le guide"
WHEN = datetime(2026, 11, 20, 8, tzinfo=UTC)
DOCUMENTS = Binding(
    name="documents", kind="documents", wiki="noe", cloud="noe", form="7", collection="GT"
)
DOCUMENTS_OF = Subject(
    DOCUMENTS,
    Document(title="Charte d'été", link="https://cloud.example/s/a", file="/f/1"),
    GUIDE,
    "title",
)


def body(content: bytes) -> Body:
    """Bytes on their way."""
    digest = hashlib.sha256(content).hexdigest()
    return Body(lambda: io.BytesIO(content), len(content), digest, WHEN)


class Shelf:
    """The wiki's documents, as members and the port see them."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def seen(self, key: str = KEY) -> Seen:
        """A thing as a run reads it."""
        return self.place.seen(key)

    def stored(self, key: str = KEY) -> str:
        """The name that a field holds."""
        entry = self.place.wiki.entry(entry_of(key))
        assert entry is not None
        return str(entry[key.partition("#")[2] or MAIN])

    def edit(self, **values: Any) -> None:
        """A member edits the guide, long after whatever was before."""
        self.place.clock.sleep(5)
        self.place.wiki.edit(GUIDE, values, user=self.place.keys.member)
        self.place.clock.sleep(5)

    def attach(self, content: bytes, field: str = MAIN) -> str:
        """A member puts another file into the guide."""
        name = f"{GUIDE}_{field}_membre_{len(self.place.wiki.files())}.pdf_"
        self.place.wiki.add_file(name, content)
        self.edit(**{field: name})
        return name

    def send(
        self, seen: Seen, content: bytes | None, name: str = "Le guide.pdf", **more: Any
    ) -> Written:
        """Put a file into the field of what was seen; None takes it out."""
        before = a_document(seen.record)
        sent = replace(
            before,
            **more,
            name=name,
            content="6 …",
            body=None if content is None else body(content),
        )
        changes = [FieldChange("content", before.content, "6 …")]
        changes += [FieldChange(each, getattr(before, each), more[each]) for each in more]
        return self.place.port.update(DOCUMENTS, seen.key, seen.token, changes, sent)

    def held(self, stored: str) -> bytes:
        """What the wiki gives of a file."""
        with (
            self.place.port.fetched(DOCUMENTS, Document(title="x", content=stored)) as found,
            found.open() as source,
        ):
            return source.read()

    def told(self) -> set[str]:
        """All things that a run would see."""
        return set(self.place.port.snapshot(DOCUMENTS, Known()).sightings)


@contextmanager
def open_shelf(version: Literal["4.4", "4.5"]) -> Iterator[Shelf]:
    """The seeded wiki, whose one file is there."""
    with open_place(version, DOCUMENTS_OF) as place:
        place.wiki.add_file(STORED, PDF)
        yield Shelf(place)
