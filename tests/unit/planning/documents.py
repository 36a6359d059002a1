"""Documents and their last agreement, put together by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from oscartes_sync.planning.baseline import Link, LinkHead
from oscartes_sync.planning.meeting import DocumentMeeting, Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.snapshot import Sighting
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.identity import file_key, suffix, uid_of
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record, a_document
from tests.unit.planning.meetings import NOW, binding

FIELD = "fichierbf_document"
ANNEX = "fichierbf_annexe"
OC_ID = "00000021octest"
KINDS: dict[str, Any] = {"kind": "documents", "form": "7", "collection": "GT"}
ENDING = suffix("noe", "7", "GT", OC_ID)
COPY = f"CompteRendu{ENDING}"
PART_KEY = file_key("Guide", FIELD)

FILE = Document(
    title="Compte rendu",
    date=date(2026, 11, 1),
    categories=("Énergie",),
    file="/f/21",
    content="6 2026-11-01T10:00:00Z e1",
    name="Compte rendu.pdf",
)
"""A file of the folder."""

TOLD = replace(FILE, file="", content="", name="", link="https://cloud.example/s/a")
"""What an entry says of it."""

HELD = replace(TOLD, link="", content="Cr_fichier_1.pdf_")
"""An entry that holds a copy of it."""

ATTACHED = Document(
    title="Guide", content="Guide_fichier_1.pdf_", name="Guide.pdf", page="https://w/?Guide"
)
"""A file of an entry."""

LAID = Document(
    title="Guide",
    date=date(2026, 11, 1),
    file="/f/22",
    content="9 2026-11-01T10:00:00Z e2",
    name="Guide.pdf",
    named=True,
)
"""The same in the folder."""

Change = Callable[[Document], Document]


def as_is(record: Record) -> Record:
    return record


def agreed(wiki: Document, cloud: Document, origin: Side, **more: Any) -> Link:
    base = Link(
        uid=OC_ID if origin is Side.CLOUD else uid_of(PART_KEY, "noe"),
        origin=origin,
        tag=COPY if origin is Side.CLOUD else PART_KEY,
        href=cloud.file,
        wiki_token="w1",
        cloud_token="c1",
        wiki=wiki,
        cloud=cloud,
    )
    return replace(base, **more)


def head_of(link: Link) -> LinkHead:
    return LinkHead(
        uid=link.uid,
        origin=link.origin,
        tag=link.tag,
        href=link.href,
        wiki_token=link.wiki_token,
        cloud_token=link.cloud_token,
    )


def met(
    link: Link, wiki: Document | None = None, cloud: Document | None = None, **more: Any
) -> Merge:
    """What comes of the two sides now; those left out are as agreed. `more` is of the binding."""
    options = {name: more.pop(name) for name in ("alike", "decided", "carries") if name in more}
    options.setdefault("carries", frozenset(DOCUMENT_FIELDS))
    return merge(
        DocumentMeeting(
            link=link,
            wiki=wiki or a_document(link.wiki),
            cloud=cloud or a_document(link.cloud),
            binding=binding(**{**KINDS, **more}),
            says=frozenset(),
            project=as_is,
            now=NOW,
            **options,
        )
    )


def an_entry(key: str, record: Document | None, **more: Any) -> Sighting:
    return replace(Sighting(key=key, token="w2", record=record), **more)


def a_file(record: Document | None = FILE, uid: str = OC_ID, **more: Any) -> Sighting:
    key = record.file if record else "/f/99"
    return replace(Sighting(key=key, token="c2", uid=uid, record=record), **more)
