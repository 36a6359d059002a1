"""A folder in memory, behind the port: what lies in it is told as the real one tells it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from oscartes_sync.adapters.nextcloud.folders.finding import Where, Whereabouts
from oscartes_sync.adapters.nextcloud.folders.marks import Mark
from oscartes_sync.adapters.nextcloud.folders.seen import BranchSeen, FileSeen
from oscartes_sync.adapters.nextcloud.folders.telling import (
    Token,
    document_of,
    fileid_of,
    key_of,
    presence_of,
    told,
)
from oscartes_sync.adapters.nextcloud.folders.walk import Walked
from oscartes_sync.errors import Invalid, Missing, Moved, OutcomeUnknown
from oscartes_sync.mapping.documents.names import (
    extension_of,
    file_name,
    fold,
    title_of,
    why_left_out,
)
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Presence, Seen, Snapshot
from oscartes_sync.ports import Image, Traffic, Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record, a_document
from tests.fakes.things import FakeClock


@dataclass(frozen=True)
class Lying:
    """One file: its versions, the newest last; whether a digest was told of the newest."""

    path: str
    versions: tuple[tuple[datetime, bytes], ...]
    etag: int
    mark: Mark | None = None
    digested: bool = False

    @property
    def content(self) -> bytes:
        """What it holds now."""
        return self.versions[-1][1]


def body_of(content: bytes, modified: datetime) -> Body:
    """Bytes on their way."""
    digest = hashlib.sha256(content).hexdigest()
    return Body(lambda: io.BytesIO(content), len(content), digest, modified)


@dataclass
class FakeFolder:
    """Holds files by their ids; `links` are their public addresses. `lose_next`: so many writes
    are done and their answers lost. `restless`: its storage gives a file another ETag as it moves.
    """

    files: dict[int, Lying] = field(default_factory=dict)
    bin: dict[int, Lying] = field(default_factory=dict)
    outside: dict[int, Lying] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    writes: list[tuple[str, str]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)
    lose_next: int = 0
    restless: bool = False
    requests: int = 0
    number: int = 0
    _known: dict[str, str] = field(default_factory=dict)

    # What members do

    def put(self, path: str, content: bytes) -> int:
        """Write a file, or another version of it; its id."""
        number = self.at(path)
        before = self.files[number].versions if number else ()
        number = number or self._next()
        old = self.files.get(number)
        version = (self.clock.now(), content)
        mark = old.mark if old else None
        self.files[number] = Lying(path, (*before, version), self._next(), mark)
        return number

    def move(self, number: int, path: str, *, ours: bool = False) -> None:
        """Rename, or move; whoever is not us leaves the mark behind."""
        assert self.at(path) in (0, number)
        lying = self.files[number]
        mark = lying.mark if ours else None
        etag = self._next() if self.restless else lying.etag
        self.files[number] = replace(lying, path=path, etag=etag, mark=mark)

    def remove(self, number: int) -> None:
        """Delete, to the bin."""
        self.bin[number] = self.files.pop(number)

    def restore(self, number: int) -> None:
        """Out of the bin, beside what stands there by now."""
        lying = self.bin.pop(number)
        etag = self._next() if self.restless else lying.etag
        self.files[number] = replace(lying, path=self.free(lying.path), etag=etag)

    def leave(self, number: int) -> None:
        """Move out of the folder."""
        self.outside[number] = self.files.pop(number)

    def copy(self, number: int, path: str) -> int:
        """Another file that holds the same, and bears no mark."""
        return self.put(path, self.files[number].content)

    def save_anew(self, number: int, content: bytes) -> int:
        """As programs of offices do: the old file deleted, another made at its path."""
        path = self.files[number].path
        self.remove(number)
        return self.put(path, content)

    def at(self, path: str) -> int:
        """The id of the file at a path, 0 for none."""
        return next((n for n, lying in self.files.items() if lying.path == path), 0)

    def free(self, path: str) -> str:
        """The path, or one with a number that nothing is at, in whatever case."""
        branch, _, name = path.rpartition("/")
        beside = [lying.path.rpartition("/") for lying in self.files.values()]
        names = [other for where, _, other in beside if where == branch]
        if fold(name) in map(fold, names):
            name = file_name(title_of(name), extension_of(name), names)
        return f"{branch}/{name}" if branch else name

    def names(self) -> set[str]:
        """All paths."""
        return {lying.path for lying in self.files.values()}

    # The port

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        self.requests += 1
        self._known = {**known.tokens, **known.last}
        seen = [self._seen(number) for number in sorted(self.files)]
        kept = [each for each in seen if why_left_out(each.path.rpartition("/")[2]) is None]
        branches = {each.path.rpartition("/")[0] for each in seen}
        if not binding.subfolders:
            kept = [each for each in kept if "/" not in each.path]
        anew = full or not known.tokens
        return told(
            binding,
            Walked(
                root=BranchSeen(fileid=1, path="", etag=str(self.number)),
                files=tuple(kept),
                listed=frozenset({"", *branches}),
                left_out={
                    each.path: "file-hidden" for each in seen if each not in kept and each.path
                }
                if binding.subfolders
                else {},
                branches={"": str(self.number)},
            ),
            known,
            self.links if anew else {},
        )

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        found = {}
        for key in keys:
            self.requests += 1
            number = fileid_of(key)
            presence = Presence.GONE
            if number is not None:
                presence = presence_of(binding, self._whereabouts(number))
            found[key] = Look(presence)
        return found

    def _whereabouts(self, number: int) -> Whereabouts:
        if number in self.files:
            return Whereabouts(Where.INSIDE, self._seen(number))
        if number in self.outside:
            return Whereabouts(Where.OUTSIDE)
        return Whereabouts(Where.BINNED if number in self.bin else Where.GONE)

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        return ()

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        document, number = a_document(record), fileid_of(key or "") or 0
        if document.body is None:
            if number not in self.bin:
                raise Missing("file-not-in-bin", folder="")
            self._before("create", document.name)
            self.restore(number)
            self._after()
            return self._written(binding, number)
        content = _bytes_of(document)
        if number not in self.bin:
            number = self._left_by_us(uid, document)
        self._before("create", document.name)
        if number in self.bin:
            self.restore(number)
            self._fill(number, content)
        elif not number:
            number = self.put(self.free(document.name), content)
        self.files[number] = replace(self.files[number], digested=True)
        self._mark(number, uid)
        self._after()
        return self._written(binding, number)

    def _left_by_us(self, uid: str, document: Document) -> int:
        for number, lying in self.files.items():
            if fold(lying.path) != fold(document.name):
                continue
            if lying.mark is not None:
                return number if lying.mark.uid == uid else 0
            same = lying.content == _bytes_of(document)
            return number if same and lying.digested else 0
        return 0

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        number, document = self._there(key), a_document(record)
        last = Token.read(token)
        mark = Token.of(self._seen(number), last)
        if str(mark) != token:
            now = document_of(binding, self._seen(number), mark)
            if any(getattr(now, each.name) != each.before for each in changes):
                raise Moved("cloud-moved", href=key)
        self._before("update", key)
        names = {each.name for each in changes}
        if "content" in names:
            self._fill(number, _bytes_of(document))
        if "title" in names:
            self._rename(number, document.name)
        self._after()
        return self._written(binding, number, mark)

    def _fill(self, number: int, content: bytes) -> None:
        if self.files[number].content != content:
            self.put(self.files[number].path, content)
            self.files[number] = replace(self.files[number], digested=True)

    def _rename(self, number: int, wanted: str) -> None:
        lying = self.files[number]
        branch, _, name = lying.path.rpartition("/")
        if name == wanted:
            return
        del self.files[number]
        path = self.free(f"{branch}/{wanted}" if branch else wanted)
        self.files[number] = lying
        if path != lying.path:
            self.move(number, path, ours=True)
            if lying.mark is not None:
                self._mark(number, lying.mark.uid)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        number = fileid_of(key) or 0
        if number not in self.files:
            return
        if token and str(Token.of(self._seen(number), Token.read(token))) != token:
            raise Moved("cloud-moved", href=key)
        self._before("delete", key)
        self.remove(number)
        self._after()

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        found = {}
        for operation in operations:
            key = operation.key or ""
            number = fileid_of(key) or 0
            if number not in self.files:
                continue
            now = str(Token.of(self._seen(number), Token.read(operation.token)))
            if operation.token in ("", now):
                lying = self.files[number]
                named = lying.mark.name if lying.mark else ""
                kept = [lying.path, len(lying.versions), named]
                found[key] = Image(json.dumps(kept))
        return found

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        key = operation.key or ""
        number = fileid_of(key) or 0
        path, versions, named = json.loads(image.text)
        if operation.action is Action.DELETE:
            if number not in self.bin:
                if number in self.files:
                    return self._written(binding, number)
                raise Missing("file-not-in-bin", folder="")
            self._before("put back", key)
            self.restore(number)
            self._after()
            return self._written(binding, number)
        lying = self.files[self._there(key)]
        if lying.path == path and lying.content == lying.versions[versions - 1][1]:
            return self._written(binding, number)
        if str(Token.of(self._seen(number), Token.read(token))) != token:
            raise Moved("cloud-moved", href=key)
        self._before("put back", key)
        if any(each.name == "content" for each in operation.changes):
            self.put(self.files[number].path, self.files[number].versions[versions - 1][1])
        if self.files[number].path != path:
            mark = self.files[number].mark
            self.move(number, self.free(path), ours=True)
            if named and mark is not None:
                self._mark(number, mark.uid, named)
        self._after()
        return self._written(binding, number)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        number = fileid_of(key) or 0
        if number in self.files and origin_of(uid) and self.files[number].mark is None:
            self._mark(number, uid)
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        number = fileid_of(key) or 0
        if number in self.files or number in self.bin:
            self._before("erase", key)
        self.files.pop(number, None)
        self.bin.pop(number, None)
        return ()

    def project(self, binding: Binding, record: Record) -> Record:
        return record

    def parallel(self, *, creating: bool) -> int:
        return 1

    def traffic(self) -> Traffic:
        return Traffic(self.requests, 0)

    # Contents and addresses

    @contextmanager
    def fetched(self, binding: Binding, document: Document) -> Iterator[Body]:
        number = self._there(document.file)
        moment, content = self.files[number].versions[-1]
        yield body_of(content, moment)

    def publish(self, binding: Binding, file: str, title: str) -> str:
        number = self._there(file)
        if number not in self.links:
            self.writes.append(("publish", file))
            self.links[number] = f"https://cloud.example/s/L{self._next()}"
            self._after()
        return self.links[number]

    def keep(
        self, binding: Binding, files: Collection[str], *, among: Collection[str] | None = None
    ) -> tuple[Problem, ...]:
        for number in list(self.links):
            key = f"/f/{number}"
            if key not in files and (among is None or key in among):
                self.writes.append(("revoke", key))
                del self.links[number]
        return ()

    def owes(self, binding: Binding) -> bool:
        """Never: its links end with their files, or are listed."""
        return False

    # The parts

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _before(self, verb: str, key: str) -> None:
        self.requests += 1
        self.writes.append((verb, key))

    def _after(self) -> None:
        if self.lose_next:
            self.lose_next -= 1
            raise OutcomeUnknown("outcome-unknown")

    def _there(self, key: str) -> int:
        number = fileid_of(key) or 0
        if number not in self.files:
            raise Missing("cloud-missing", href=key)
        return number

    def _mark(self, number: int, uid: str, name: str = "") -> None:
        lying = self.files[number]
        mark = Mark(uid, number, name or lying.path.rpartition("/")[2])
        self.files[number] = replace(lying, mark=mark)

    def _seen(self, number: int) -> FileSeen:
        lying = self.files[number]
        moment, content = lying.versions[-1]
        digest = {"SHA256": hashlib.sha256(content).hexdigest()} if lying.digested else {}
        return FileSeen(
            fileid=number,
            oc_id=f"{number:08}octest",
            path=lying.path,
            etag=f'"{lying.etag}"',
            size=len(content),
            modified=moment.astimezone(UTC).replace(microsecond=0),
            checksums=digest,
            permissions="RGDNVW",
            mark=lying.mark,
        )

    def _written(self, binding: Binding, number: int, last: Token | None = None) -> Written:
        seen = self._seen(number)
        mark = Token.of(seen, last)
        return Written(Seen(key_of(seen), str(mark), document_of(binding, seen, mark)))


def _bytes_of(document: Document) -> bytes:
    if document.body is None:
        raise Invalid("no-body")
    with document.body.open() as source:
        return source.read()
