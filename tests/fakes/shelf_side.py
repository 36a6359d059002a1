"""A wiki with a documents form in memory, behind the port: read and written by the real mapping."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bazar_forms.entry import Entry
from oscartes_sync.errors import Forbidden, Invalid, Missing, Moved, OutcomeUnknown, Taken
from oscartes_sync.mapping.documents.entries import DocumentEntries, document_entries
from oscartes_sync.mapping.documents.names import extension_of
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import (
    Known,
    Look,
    Presence,
    Seen,
    Sighting,
    Snapshot,
    Standing,
)
from oscartes_sync.ports import Image, Traffic, Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import (
    PART,
    entry_of,
    field_of,
    file_key,
    has_suffix,
    suffix,
    tag_for,
)
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record, a_document
from tests.fakes.agenda_form import field as a_field
from tests.fakes.agenda_form import form_of, text
from tests.fakes.folder_side import body_of
from tests.fakes.things import US, FakeClock

MAIN, ANNEX, LINK, TITLE = "fichierbf_document", "fichierbf_annexe", "bf_url", "bf_titre"
FORM = form_of(
    [
        (text(TITLE, "Titre", required=True), ""),
        (text("bf_auteur", "Auteur"), ""),
        (a_field("jour", "bf_date", "Date"), ""),
        (a_field("link", LINK, "Lien"), ""),
        (a_field("fichier", MAIN, "Document"), ""),
        (a_field("fichier", ANNEX, "Annexe"), ""),
    ],
    "7",
)
FILES = (MAIN, ANNEX)
REFUSED = "exe"


@dataclass(frozen=True)
class Page:
    """An entry: what its fields hold, and how often it was written."""

    values: Mapping[str, str]
    version: int
    owner: str = US


@dataclass
class FakeShelf:
    """Holds entries by their tags, and files on a disk from which nothing ever goes.

    `slips` are edits of members that come between our look at an entry and our write of it.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    disk: dict[str, bytes] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    writes: list[tuple[str, str]] = field(default_factory=list)
    slips: list[Callable[[str], None]] = field(default_factory=list)
    lose_next: int = 0
    requests: int = 0
    number: int = 0
    _followed: dict[str, str] = field(default_factory=dict)

    # What members do

    def put(self, tag: str, owner: str = US, **values: str) -> None:
        """Make an entry, or edit one."""
        old = self.pages.get(tag)
        held = {**old.values, **values} if old else values
        self.pages[tag] = Page(held, self._next(), old.owner if old else owner)

    def attach(self, tag: str, content: bytes, name: str = MAIN, extension: str = "pdf") -> str:
        """Put a file into a field; its stored name."""
        stored = f"{tag}_{name}_{self._next()}.{extension}_"
        self.disk[stored] = content
        self.put(tag, **{name: stored})
        return stored

    def remove(self, tag: str) -> None:
        """Delete an entry."""
        del self.pages[tag]

    def held(self, tag: str, name: str = MAIN) -> bytes | None:
        """The bytes in a field."""
        return self.disk.get(self.pages[tag].values.get(name, ""))

    # The port

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        self.requests += 1
        entries = self._entries(binding)
        sightings: dict[str, Sighting] = {}
        unmoved = set()
        for tag, page in sorted(self.pages.items()):
            entry = self._entry(tag)
            for key in (tag, *entries.parts(entry)):
                if known.tokens.get(key) == str(page.version) and not full:
                    unmoved.add(key)
                    continue
                reading = entries.read([entry], field_of(key))
                sightings[key] = Sighting(
                    key=key,
                    token=str(page.version),
                    record=reading.record,
                    standing=Standing.OPEN if reading.record else Standing.BROKEN,
                    problems=reading.problems,
                )
        return Snapshot(
            sightings=sightings,
            unmoved=frozenset(unmoved),
            absent=frozenset(known.tokens.keys() - sightings.keys() - unmoved),
            cursor=str(self.number),
            carries=entries.recipe.carries,
            says=entries.recipe.says,
            empty=not self.pages,
        )

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        found = {}
        for key in keys:
            self.requests += 1
            page = self.pages.get(entry_of(key))
            there = page is not None and (PART not in key or bool(page.values.get(field_of(key))))
            owner = page.owner if page else ""
            presence = Presence.HERE if there else Presence.GONE
            found[key] = Look(presence, owner, PART in key or owner == US)
        return found

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        if key is not None and PART in key:
            return self._create_file(binding, key, a_document(record))
        entries = self._entries(binding)
        writing = entries.draft(record, {}, self.clock.now())
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        held = next((tag for tag in sorted(self.pages) if has_suffix(tag, ending)), None)
        if held is not None:
            there = self.pages[held].values
            if any(there.get(name, "") != value for name, value in writing.values.items()):
                raise Taken("entry-made-before", tag=held)
            return Written(self._seen(binding, held), writing.problems)
        names = (tag_for(record.title, ending, attempt) for attempt in count())
        tag = key or next(name for name in names if name not in self.pages)
        self._before("create", tag)
        self.put(tag, **dict(writing.values))
        self._after()
        return Written(self._seen(binding, tag), writing.problems)

    def _create_file(self, binding: Binding, key: str, document: Document) -> Written:
        tag, name = entry_of(key), field_of(key)
        stored = self.pages[tag].values.get(name, "") if tag in self.pages else ""
        uploaded = self._upload(key, document)
        if stored and self.disk[stored] != self.disk[uploaded[name]]:
            raise Taken("entry-made-before", tag=tag)
        self._before("create", key)
        if tag not in self.pages:
            self.put(tag, **{TITLE: document.title})
        if not stored:
            self._write(tag, uploaded)
        self._after()
        return Written(self._seen(binding, key))

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        tag, page = entry_of(key), self._page(key)
        entries = self._entries(binding)
        entry = self._entry(tag)
        of_file = PART in key or any(each.name == "content" for each in changes)
        there = entries.read([entry], field_of(key)).record
        if not self._is_still(page, token) and (
            not of_file or any(getattr(there, each.name) != each.before for each in changes)
        ):
            raise Moved("entry-moved", tag=tag)
        wanted = {each.name: each.after for each in changes if each.name != "content"}
        writing = entries.patch(entry, wanted, record)
        values = dict(writing.values)
        if of_file:
            values |= self._upload(key, a_document(record))
        self._before("update", key)
        self._write(tag, values)
        self._after()
        return Written(self._seen(binding, key), writing.problems)

    def _upload(self, key: str, document: Document) -> dict[str, str]:
        name = field_of(key) or MAIN
        if document.body is None:
            return {name: ""}
        if extension_of(document.name) == REFUSED:
            raise Invalid("upload-refused", tag=entry_of(key), wiki="noe")
        with document.body.open() as source:
            content = source.read()
        stored = f"{entry_of(key)}_{name}_{self._next()}.{extension_of(document.name)}_"
        self.disk[stored] = content
        return {name: stored}

    def _write(self, tag: str, values: Mapping[str, str]) -> None:
        before = self.pages[tag]
        while self.slips:
            self.slips.pop(0)(tag)
        if tag not in self.pages:
            raise Missing("entry-missing", tag=tag)
        now = self.pages[tag]
        slipped = {name for name in now.values if now.values[name] != before.values.get(name, "")}
        self.put(tag, **{name: it for name, it in values.items() if name not in slipped})
        if slipped & values.keys():
            raise Moved("slipped-in", tag=tag)
        if not slipped:
            self._followed[str(before.version)] = str(self.pages[tag].version)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        tag = entry_of(key)
        page = self.pages.get(tag)
        if page is None or (PART in key and not page.values.get(field_of(key))):
            return
        if token and not self._is_still(page, token):
            raise Moved("entry-moved", tag=tag)
        if PART not in key and page.owner != US:
            raise Forbidden("forbidden", owner=page.owner)
        self._before("delete", key)
        if PART in key:
            self._write(tag, {field_of(key): ""})
        else:
            self.remove(tag)
        self._after()

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        found = {}
        for operation in operations:
            key = operation.key or ""
            page = self.pages.get(entry_of(key))
            if page is None or not (PART in key or self._is_still(page, operation.token)):
                continue
            stored = page.values.get(field_of(key), "") if PART in key else ""
            if stored or PART not in key:
                found[key] = Image(json.dumps([stored, dict(page.values), page.owner]))
        return found

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        key = operation.key or ""
        tag = entry_of(key)
        stored, values, owner = json.loads(image.text)
        page = self.pages.get(tag)
        wanted = {field_of(key): stored} if PART in key else values
        if page is not None and all(page.values.get(n, "") == it for n, it in wanted.items()):
            return Written(self._seen(binding, key))
        if operation.action is Action.DELETE:
            if PART in key and page is None:
                raise Missing("entry-missing", tag=tag)
            if page is not None and (PART not in key or page.values.get(field_of(key))):
                raise Moved("entry-moved", tag=tag)
        elif page is None or not self._is_still(page, token):
            raise Moved("entry-moved", tag=tag)
        self._before("put back", key)
        if page is None:
            self.put(tag, owner=owner, **values)
        else:
            self._write(tag, wanted)
        self._after()
        return Written(self._seen(binding, key))

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        return ()

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        self.delete(binding, key, "")
        return ()

    def project(self, binding: Binding, record: Record) -> Record:
        return self._entries(binding).project(record, self.clock.now())

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        return None

    def address(self, key: str) -> str:
        return f"https://wiki.example/?{entry_of(key)}"

    def parallel(self, *, creating: bool) -> int:
        return 1

    def traffic(self) -> Traffic:
        return Traffic(self.requests, 0)

    @contextmanager
    def fetched(self, binding: Binding, document: Document) -> Iterator[Body]:
        if document.content not in self.disk:
            raise Missing("file-missing", file=document.content)
        yield body_of(self.disk[document.content], self.clock.now())

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

    def _page(self, key: str) -> Page:
        page = self.pages.get(entry_of(key))
        if page is None:
            raise Missing("entry-missing", tag=entry_of(key))
        return page

    def _is_still(self, page: Page, token: str) -> bool:
        found = token
        for _ in range(len(self._followed) + 1):
            if found == str(page.version):
                return True
            found = self._followed.get(found, "")
        return False

    def _entries(self, binding: Binding) -> DocumentEntries:
        return document_entries(
            FORM,
            {},
            user=US,
            zone=ZoneInfo("Europe/Paris"),
            page_url=self.address,
            copies=binding.mode == "copy",
        )

    def _entry(self, tag: str) -> Entry:
        return Entry(tag=tag, form="7", properties=MappingProxyType(dict(self.pages[tag].values)))

    def _seen(self, binding: Binding, key: str) -> Seen:
        tag = entry_of(key)
        record = self._entries(binding).read([self._entry(tag)], field_of(key)).record
        assert record is not None
        return Seen(key, str(self.pages[tag].version), record)


def keys_of(shelf: FakeShelf) -> list[str]:
    """All files in entries."""
    return [
        file_key(tag, name)
        for tag, page in sorted(shelf.pages.items())
        for name in FILES
        if page.values.get(name)
    ]
