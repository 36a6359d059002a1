"""A YesWiki's form as the Wiki port."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bazar_forms.client import BazarClient
from bazar_forms.errors import NotFound
from oscartes_sync.adapters.yeswiki.bound import Bound, bind
from oscartes_sync.adapters.yeswiki.listing import take_snapshot
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.errors import ConfigurationError, Missing
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Look, Snapshot
from oscartes_sync.ports import Clock, Traffic, Written
from oscartes_sync.records.event import Event
from oscartes_sync.records.identity import SUFFIX_LENGTH
from oscartes_sync.records.problem import Problem

if TYPE_CHECKING:
    from oscartes_sync.adapters.yeswiki.writing import EntryWriter

# What looks at vanished things, and what writes, is imported when there is something to do: most
# runs find nothing, and are over before it would be loaded.

_CREATING = 4
"""Creations that may run side by side; page edits queue up in their session anyway."""


class YesWikiWiki:
    """One wiki, for all bindings that use it. Records are built from anonymous readings only."""

    def __init__(self, client: BazarClient, wiki: str, clock: Clock) -> None:
        self._client = client
        self._wiki = wiki
        self._clock = clock
        self._bound: dict[str, Bound] = {}
        self._there: dict[str, dict[str, str]] = {}
        self._user = ""
        self._lock = threading.Lock()

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """The form now; see `ports.SidePort.snapshot`.

        Three requests where nothing moved: the form, its entries, and, once a run, the key.

        Raises:
            ConfigurationError: where form and binding do not fit, and `private-not-yet`.
            CredentialsRefused: where the key is not accepted: other calls would not show it.
        """
        if binding.private:
            raise ConfigurationError("private-not-yet", binding=binding.name)
        with translated(self._wiki, form=binding.form):
            self._check_key()
            bound = self._bind(binding)
            return take_snapshot(self._client, bound, known, self._clock.now(), full=full)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """A direct look at each tag with our key; see `ports.SidePort.look`."""
        from oscartes_sync.adapters.yeswiki.looking import look_at  # noqa: PLC0415

        with translated(self._wiki, form=binding.form):
            self._check_key()
            return look_at(self._client, self._met(binding), keys, user=self._user)

    def create(self, binding: Binding, uid: str, event: Event, key: str | None) -> Written:
        """Create an entry; see `ports.SidePort.create`."""
        there = self._tags_by_ending(binding)
        written = self._writer(binding).create(uid, event, key, now=self._clock.now(), there=there)
        there[written.seen.key[-SUFFIX_LENGTH:].lower()] = written.seen.key
        return written

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        event: Event,
    ) -> Written:
        """Edit an entry through the page-edit route; see `ports.SidePort.update`."""
        return self._writer(binding).update(key, token, changes, event)

    def delete(self, binding: Binding, key: str, token: str) -> None:
        """Delete an entry, and its repetitions with it; see `ports.SidePort.delete`."""
        self._writer(binding).delete(key, token)

    def project(self, binding: Binding, event: Event) -> Event:
        """The event as an entry of this form could hold it."""
        from oscartes_sync.mapping.entry_writing import project  # noqa: PLC0415

        return project(event, self._met(binding).setting, now=self._clock.now())

    def refuses(self, binding: Binding, event: Event) -> Problem | None:
        """Why no entry may be created of this event; see `ports.Wiki.refuses`."""
        from oscartes_sync.adapters.yeswiki.writing import refusal  # noqa: PLC0415

        return refusal(self._met(binding), event, self._clock.now())

    def parallel(self, *, creating: bool) -> int:
        """Creations run side by side, edits one after the other."""
        return _CREATING if creating else 1

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""
        counters = self._client.counters
        return Traffic(counters.requests, counters.bytes)

    def _writer(self, binding: Binding) -> EntryWriter:
        from oscartes_sync.adapters.yeswiki.writing import EntryWriter  # noqa: PLC0415

        return EntryWriter(self._client, self._met(binding))

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

    def _met(self, binding: Binding) -> Bound:
        """The binding with its form as the last snapshot read it."""
        found = self._bound.get(binding.name)
        if found is not None and found.binding == binding:
            return found
        with translated(self._wiki, form=binding.form):
            return self._bind(binding)
