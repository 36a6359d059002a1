"""Files of entries on their way into the folder, and whether two files are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from oscartes_sync.errors import Refused
from oscartes_sync.mapping.documents.names import extension_of, file_name
from oscartes_sync.planning.baseline import Link
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.pairing import Pairing
from oscartes_sync.ports import Cloud, Written
from oscartes_sync.ports.contents import Contents
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document
from oscartes_sync.usecases.passing import PassedOn
from oscartes_sync.usecases.world import World, on_side


class FilledCloud(PassedOn):
    """The Cloud port, in front of another: what it is to hold is fetched from the wiki first."""

    def __init__(self, cloud: Cloud, theirs: Contents) -> None:
        """`theirs` are the files of the wiki."""
        super().__init__(cloud)
        self._cloud = cloud
        self._theirs = theirs

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """See `SidePort.create`; what an entry merely tells of comes back as it was."""
        document = a_document(record)
        told_of = binding.mode == "link" and origin_of(uid) is None
        if told_of or not document.content:
            return self._cloud.create(binding, uid, document, key)
        if not document.name:
            # An entry as a whole says what its file is called, and not by what name.
            ending = extension_of(document.content.rstrip("_"))
            document = replace(document, name=file_name(document.title, ending))
        with self._filled(binding, document) as filled, on_side(Side.CLOUD):
            return self._cloud.create(binding, uid, filled, key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """See `SidePort.update`."""
        document = a_document(record)
        if all(change.name != "content" for change in changes):
            return self._cloud.update(binding, key, token, changes, document)
        with self._filled(binding, document) as filled, on_side(Side.CLOUD):
            return self._cloud.update(binding, key, token, changes, filled)

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        """See `Cloud.prepare`."""
        return self._cloud.prepare(binding, writing=writing)

    @contextmanager
    def _filled(self, binding: Binding, document: Document) -> Iterator[Document]:
        with on_side(Side.WIKI), self._theirs.fetched(binding, document) as body:
            yield replace(document, body=body)


def alike(world: World, pairing: Pairing, links: Mapping[str, Link]) -> frozenset[str]:
    """The uids of what would be a conflict of two files, were they not the same.

    Pairs that nobody ever agreed on, and links of which both files were replaced: by two people
    who have the same new version, or by a run of ours that could not say so any more.
    """
    wiki, cloud = (world.contents.get(side) for side in (Side.WIKI, Side.CLOUD))
    if wiki is None or cloud is None:
        return frozenset()
    found = set()
    for uid, records in (*_paired(pairing), *_replaced(world.binding, pairing, links)):
        here, there = (each if isinstance(each, Document) else None for each in records)
        if here is None or there is None or not (here.content and there.content):
            continue
        with on_side(Side.CLOUD):
            try:
                with cloud.fetched(world.binding, there) as body:
                    same = same_bytes(world.binding, wiki, here, body)
            except Refused:
                same = False  # what cannot be read is not known to be the same
        if same:
            found.add(uid)
    return frozenset(found)


_Two = tuple[str, tuple[Record | None, Record | None]]


def _paired(pairing: Pairing) -> Iterator[_Two]:
    return ((uid, (one.record, other.record)) for uid, _, one, other in pairing.pairs)


def _replaced(binding: Binding, pairing: Pairing, links: Mapping[str, Link]) -> Iterator[_Two]:
    for uid, link in sorted(links.items()):
        seen = [pairing.linked[side].get(uid) or link.seen(side) for side in Side]
        records = [each.record for each in seen]
        moved = (
            isinstance(each, Document) and each.content != link.base(side, "content")
            for side, each in zip(Side, records, strict=True)
        )
        held = binding.mode == "copy" or link.origin is Side.WIKI
        if held and all(moved):
            yield uid, (records[0], records[1])


def same_bytes(binding: Binding, own: Contents, document: Document, body: Body) -> bool:
    """Whether a file of the wiki holds these bytes."""
    with on_side(Side.WIKI):
        try:
            with own.fetched(binding, document) as there:
                return there.size == body.size and there.sha256 == body.sha256
        except Refused:
            return False
