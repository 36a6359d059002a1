"""A YesWiki's form as the Wiki port."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bazar_forms.client import BazarClient
from bazar_forms.errors import NotFound
from oscartes_sync.adapters.yeswiki.bound import Bound, bind
from oscartes_sync.adapters.yeswiki.listing import take_snapshot
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.errors import Missing
from oscartes_sync.planning.binding import Binding, KeptGroup
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Snapshot
from oscartes_sync.ports import Clock, Image, Traffic, Written
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import PART, SUFFIX_LENGTH, entry_of
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record, series_of

if TYPE_CHECKING:
    from oscartes_sync.adapters.yeswiki.attaching import FileKeeper
    from oscartes_sync.adapters.yeswiki.creating import EntryCreator
    from oscartes_sync.adapters.yeswiki.removing import EntryRemover
    from oscartes_sync.adapters.yeswiki.writing import EntryWriter
    from oscartes_sync.ports.memberships import MemberList
    from oscartes_sync.ports.tables import Past
    from oscartes_sync.records.body import Body

# What looks at vanished things, and what writes, is imported when there is something to do: most
# runs find nothing, and are over before it would be loaded.

_CREATING = 4
"""Creations that may run side by side; page edits queue up in their session anyway."""


class YesWikiWiki:
    """One wiki, for all bindings that use it.

    Records are what an anonymous reader sees; where a binding is private, what our key sees.
    """

    def __init__(self, client: BazarClient, wiki: str, clock: Clock) -> None:
        self._client = client
        self._wiki = wiki
        self._clock = clock
        self._bound: dict[str, Bound] = {}
        self._there: dict[str, dict[str, str]] = {}
        self._repeats: dict[str, bool] = {}
        self._followed: dict[str, str] = {}
        self._user = ""
        self._lock = threading.Lock()

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """The form now; see `ports.SidePort.snapshot`.

        Three requests where nothing moved: the form, its entries, and, once a run, the key.

        Raises:
            ConfigurationError: where form and binding do not fit.
            CredentialsRefused: where the key is not accepted: other calls would not show it.
        """
        with translated(self._wiki, form=binding.form):
            self._check_key()
            bound = self._bind(binding)
            found = take_snapshot(self._client, bound, known, self._clock.now(), full=full)
        if binding.kind != "documents":
            return found
        return replace(found, sightings=self._files(binding).judged(found.sightings))

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """A direct look at each tag with our key; see `ports.SidePort.look`."""
        from oscartes_sync.adapters.yeswiki.looking import look_at  # noqa: PLC0415

        with translated(self._wiki, form=binding.form):
            self._check_key()
            files = [key for key in keys if PART in key]
            tags = [key for key in keys if PART not in key]
            bound, asked = self._met(binding), [*tags, *map(entry_of, files)]
            looks = look_at(self._client, bound, asked, user=self._user)
        found = {tag: looks[tag] for tag in tags}
        return {**found, **self._files(binding).look(files, looks)} if files else found

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Create an entry; see `ports.SidePort.create`.

        A file goes into its field again, and into its entry made anew where that is gone.
        """
        if key is not None and PART in key:
            if self._files(binding).lacks_entry(key):
                self._creator(binding, record).make_plain(record, entry_of(key), self._clock.now())
            return self._files(binding).create(key, record)
        there = self._tags_by_ending(binding)
        creator = self._creator(binding, record)
        written = creator.create(uid, record, key, now=self._clock.now(), there=there)
        there[written.seen.key[-SUFFIX_LENGTH:].lower()] = written.seen.key
        return written

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Edit an entry through the page-edit route; see `ports.SidePort.update`."""
        if PART in key or any(change.name == "content" for change in changes):
            return self._files(binding).update(key, token, changes, record)
        return self._writer(binding, record).update(key, token, changes, record)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Delete an entry, and its repetitions with it; see `ports.SidePort.delete`.

        A file is taken out of its entry, which stays.
        """
        if PART in key:
            self._files(binding).delete(key, token)
            return
        self._remover(binding).delete(key, token, withdrawn=withdrawn)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """The entries as they are now, whole where they will go; see `ports.SidePort.images`."""
        from oscartes_sync.adapters.yeswiki.images import take_images  # noqa: PLC0415

        files = [each for each in operations if PART in (each.key or "")]
        whole = [each for each in operations if PART not in (each.key or "")]
        with translated(self._wiki, form=binding.form):
            taken = take_images(self._client, self._met(binding), whole)
        return {**taken, **self._files(binding).images(files)} if files else taken

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Undo an edit or a deletion; see `ports.SidePort.put_back`."""
        from oscartes_sync.adapters.yeswiki.restoring import EntryRestorer  # noqa: PLC0415

        if PART in (operation.key or ""):
            return self._files(binding).put_back(operation, token, image)
        return EntryRestorer(self._client, self._met(binding)).put_back(operation, token, image)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:  # noqa: ARG002
        """Give an entry that an interrupted run created its owner; see `SidePort.complete`."""
        return () if PART in key else self._creator(binding).complete(key)

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Remove an entry for good; see `ports.SidePort.erase`."""
        if PART in key:
            return self._files(binding).erase(key)
        return self._remover(binding).erase(key)

    def fetched(self, binding: Binding, document: Document) -> AbstractContextManager[Body]:
        """A file in an entry; see `ports.contents.Contents.fetched`."""
        return self._files(binding).fetched(document.content)

    def project(self, binding: Binding, record: Record) -> Record:
        """The record as an entry of this form could hold it."""
        return self._met_for(binding, record).entries.project(record, self._clock.now())

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        """Why no entry may be created of this record; see `ports.Wiki.refuses`."""
        from oscartes_sync.adapters.yeswiki.drafting import refusal  # noqa: PLC0415

        return refusal(self._met_for(binding, record), record, self._clock.now())

    def dates(self, binding: Binding) -> Mapping[str, datetime]:
        """When entries changed last; see `ports.tables.Chronicle.dates`."""
        from oscartes_sync.adapters.yeswiki.chronicle import change_dates  # noqa: PLC0415

        with translated(self._wiki, form=binding.form):
            return change_dates(self._client, self._met(binding))

    def at(self, binding: Binding, tag: str, moment: datetime, *, minute: bool = False) -> Past:
        """An entry as it was; see `ports.tables.Chronicle.at`."""
        from oscartes_sync.adapters.yeswiki.chronicle import entry_at  # noqa: PLC0415

        with translated(self._wiki, tag=tag):
            return entry_at(self._client, self._met(binding), tag, moment, minute=minute)

    def writes(self, binding: Binding) -> frozenset[str]:
        """What of a record we may write; see `ports.tables.Chronicle.writes`."""
        return self._met(binding).recipe.writes

    def labels(self, binding: Binding) -> frozenset[str]:
        """What the lists offer; see `ports.tables.Chronicle.labels`."""
        fields = self._met(binding).recipe.fields_of("categories")
        return frozenset(one.label_path(key) for one in fields for key in one.options)

    def lacks(self, binding: Binding, record: Record) -> frozenset[str]:
        """What a record does not give the form; see `ports.tables.Chronicle.lacks`."""
        from oscartes_sync.adapters.yeswiki.chronicle import lacking  # noqa: PLC0415

        return lacking(self._met_for(binding, record), record, self._clock.now())

    def members(
        self, binding: Binding, groups: Sequence[KeptGroup]
    ) -> Mapping[KeptGroup, MemberList]:
        """The lists that groups of the cloud follow; see `ports.memberships.MemberLists`."""
        from oscartes_sync.adapters.yeswiki.members import list_members  # noqa: PLC0415

        with translated(self._wiki, form=binding.form):
            self._check_key()
            return list_members(self._client, self._met(binding), groups, self._clock.now())

    def address(self, key: str) -> str:
        """The address of an entry's page."""
        return self._client.page_url(entry_of(key))

    def parallel(self, *, creating: bool) -> int:
        """Creations run side by side, edits one after the other."""
        return _CREATING if creating else 1

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""
        counters = self._client.counters
        return Traffic(counters.requests, counters.bytes)

    def _writer(self, binding: Binding, record: Record) -> EntryWriter:
        from oscartes_sync.adapters.yeswiki.writing import EntryWriter  # noqa: PLC0415

        return EntryWriter(self._client, self._met_for(binding, record), self._clock.now())

    def _creator(self, binding: Binding, record: Record | None = None) -> EntryCreator:
        from oscartes_sync.adapters.yeswiki.creating import EntryCreator  # noqa: PLC0415

        return EntryCreator(self._client, self._met_for(binding, record))

    def _remover(self, binding: Binding) -> EntryRemover:
        from oscartes_sync.adapters.yeswiki.removing import EntryRemover  # noqa: PLC0415

        return EntryRemover(self._client, self._met(binding))

    def _files(self, binding: Binding) -> FileKeeper:
        from oscartes_sync.adapters.yeswiki.attaching import FileKeeper  # noqa: PLC0415

        return FileKeeper(self._client, self._met(binding), self._followed)

    def _tags_by_ending(self, binding: Binding) -> dict[str, str]:
        """All tags of the form that our key sees, asked for by the first creation of a run."""
        with self._lock, translated(self._wiki, form=binding.form):
            if binding.name not in self._there:
                listing = self._client.entries(binding.form, fields=("id_fiche",), anonymous=False)
                self._there[binding.name] = {
                    tag[-SUFFIX_LENGTH:].lower(): tag for tag in listing.rows
                }
            return self._there[binding.name]

    def _check_key(self) -> None:
        """Once, and whose it is: a wrong key is served as anybody, and would not show."""
        with self._lock:
            if not self._user:
                self._user = self._client.check_key()

    def _bind(self, binding: Binding) -> Bound:
        try:
            form = self._client.form(binding.form)
        except NotFound as error:
            raise Missing("form-missing", form=binding.form, wiki=self._wiki) from error
        bound = bind(self._client, binding, form, user=self._user)
        self._bound[binding.name] = bound
        self._there.pop(binding.name, None)
        return bound

    def _met_for(self, binding: Binding, record: Record | None) -> Bound:
        """The same; for a series it is asked, once, whether the wiki makes repetitions."""
        bound = self._met(binding)
        if series_of(record) is None:
            return bound
        from oscartes_sync.adapters.yeswiki.series import makes_repetitions  # noqa: PLC0415

        with self._lock, translated(self._wiki, form=binding.form):
            repeats = self._repeats.get(binding.name)
            if repeats is None:
                repeats = makes_repetitions(self._client, bound)
                if repeats is not None:
                    self._repeats[binding.name] = repeats
        return bound.repeating(repeats=bool(repeats))

    def _met(self, binding: Binding) -> Bound:
        """The binding with its form as the last snapshot read it."""
        found = self._bound.get(binding.name)
        if found is not None and found.binding == binding:
            return found
        with translated(self._wiki, form=binding.form):
            self._check_key()
            return self._bind(binding)
