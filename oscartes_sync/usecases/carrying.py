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
from oscartes_sync.planning.pairing import Pairing, is_copied
from oscartes_sync.planning.snapshot import Snapshot
from oscartes_sync.ports import Cloud, Written
from oscartes_sync.ports.contents import Contents
from oscartes_sync.records.body import Body
from oscartes_sync.records.content import size_of
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import PART, origin_of, uid_of
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
        if _is_same(world.binding, wiki, here, cloud, there):
            found.add(uid)
    return frozenset(found)


def recognised(world: World, pairing: Pairing, cloud: Snapshot) -> Snapshot:
    """The cloud with whose files are whose by what is in them, where nothing else tells.

    With the state lost, a file of an entry that a member renamed in the folder bears neither our
    mark nor the name we gave it. Asked only where nothing at all is remembered.
    """
    wiki, files = world.contents.get(Side.WIKI), _strangers(pairing)
    entries = _unmet(world.binding, pairing) if files else []
    if wiki is None or not entries:
        return cloud
    sightings = dict(cloud.sightings)
    for key, document in entries:
        with on_side(Side.WIKI):
            try:
                with wiki.fetched(world.binding, document) as body:
                    twin = _twin(world, files, body)
            except Refused:
                continue
        if twin is not None:
            del files[twin]
            uid = uid_of(key, world.binding.wiki)
            sightings[twin] = replace(sightings[twin], uid=uid)
    return replace(cloud, sightings=sightings)


def _strangers(pairing: Pairing) -> dict[str, Document]:
    """Files of the folder that bear no mark, and belong to nobody."""
    return {
        each.key: each.record
        for each in pairing.alone[Side.CLOUD]
        if isinstance(each.record, Document) and origin_of(each.uid) is None
    }


def _unmet(binding: Binding, pairing: Pairing) -> list[tuple[str, Document]]:
    """Files of entries that are in no folder yet, as far as names and marks tell."""
    copies = frozenset(wiki.key for _, origin, wiki, _ in pairing.pairs if origin is Side.CLOUD)
    return [
        (each.key, each.record)
        for each in pairing.alone[Side.WIKI]
        if PART in each.key
        and isinstance(each.record, Document)
        and not is_copied(binding, each, copies)
    ]


def _twin(world: World, files: Mapping[str, Document], body: Body) -> str | None:
    """The key of a file that holds these bytes; its size tells before anything is fetched."""
    cloud = world.contents[Side.CLOUD]
    for key, document in files.items():
        if size_of(document.content) != body.size:
            continue
        whole = replace(world.binding, keep_metadata=True)
        with on_side(Side.CLOUD), cloud.fetched(whole, document) as there:
            if there.sha256 == body.sha256:
                return key
    return None


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


def _is_same(
    binding: Binding, wiki: Contents, here: Document, cloud: Contents, there: Document
) -> bool:
    """Whether two files are the same: as they are, as a member's picture goes into the folder, or
    bared, as the folder's go into the wiki."""
    ways = {keep: replace(binding, keep_metadata=keep) for keep in (True, binding.keep_metadata)}
    for way in ways.values():
        with on_side(Side.CLOUD):
            try:
                with cloud.fetched(way, there) as body:
                    if same_bytes(way, wiki, here, body):
                        return True
            except Refused:
                continue  # what cannot be read is not known to be the same
    return False


def same_bytes(binding: Binding, own: Contents, document: Document, body: Body) -> bool:
    """Whether a file of the wiki holds these bytes."""
    with on_side(Side.WIKI):
        try:
            with own.fetched(binding, document) as there:
                return there.size == body.size and there.sha256 == body.sha256
        except Refused:
            return False
