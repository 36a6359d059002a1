"""The memory between runs, as the use cases need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from oscartes_sync.planning.baseline import Baseline, LeftOut, Link
from oscartes_sync.planning.membership import Membership
from oscartes_sync.planning.operation import Operation
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports.sides import Image
from oscartes_sync.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """One thing to erase: its UID, and its keys as far as they are known ("" where not)."""

    uid: str
    tag: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run in the journal."""

    run: str
    command: str
    started: datetime
    ended: datetime | None = None
    exit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """One operation of the journal, with its images.

    `before` is the record that was there, `after` the one read back; both as
    `fingerprint.record_to_json` gives them, None where there was none. `image` is what was there
    whole, `left` the version token that the write left ("" after a deletion). A journal that was
    purged has neither records nor image.
    """

    number: int
    binding: str
    operation: Operation
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    image: Image | None = None
    left: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Intention:
    """One operation that will be sent: the record that is there now, and the thing whole."""

    operation: Operation
    before: Record | None = None
    image: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingState:
    """What `status` tells of a binding."""

    name: str
    links: int = 0
    conflicts: int = 0
    pending_deletions: int = 0
    last_run: datetime | None = None
    last_success: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one group of results changes in the baseline of one binding, in one transaction.

    `results` maps journal numbers to the operation as it ended and what was read back. `open` are
    those of them that may have been carried out or not: they stay intentions.
    """

    links: Sequence[Link] = ()
    forgotten: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    results: Mapping[int, tuple[Operation, Seen | None]] = field(default_factory=dict)
    open: frozenset[int] = frozenset()


class StateStore(Protocol):
    """The memory between runs. Raises `errors.StateError`."""

    def lock(self, wait: float) -> AbstractContextManager[None]:
        """Keep other runs out; `StateLocked` after `wait` seconds."""

    def claim(self, wikis: Mapping[str, str], bindings: Mapping[str, str]) -> None:
        """Freeze ids (wiki id → URL; binding name → identity digest), or refuse a foreign state."""

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        """The wiki at URL `old` is at `new` now; the ids of the wikis that it was frozen for."""

    def baseline(self, binding: str) -> Baseline:
        """The light heads of all links, and what was left out."""

    def links(self, binding: str, uids: Iterable[str]) -> Mapping[str, Link]:
        """The whole links of these uids."""

    def all_links(self, binding: str) -> Iterator[Link]:
        """Every link, one after the other."""

    def begin(self, run: RunRecord) -> None:
        """A run starts."""

    def intend(
        self,
        run: str,
        binding: str,
        intended: Sequence[Intention],
        merged: Sequence[Conflict] = (),
    ) -> Sequence[int]:
        """Journal operations, each with what is there now, before any is sent.

        One transaction; the numbers come back in the same order. `merged` are the conflicts that
        these operations settle: once they are carried out nobody can find the losing value again.
        """

    def settle(self, binding: str, settlement: Settlement) -> None:
        """Record results and the links they leave, in one transaction."""

    def close_binding(
        self,
        binding: str,
        *,
        run: str,
        left_out: Sequence[LeftOut],
        conflicts: Sequence[Conflict],
        wiki_cursor: str,
        cloud_cursor: str,
        ended: datetime,
        success: bool,
    ) -> None:
        """The run is over for this binding: replace what is left out, conflicts and bookmarks."""

    def end(self, run: str, ended: datetime, exit_code: int) -> None:
        """A run ends."""

    def unfinished(self, binding: str) -> Sequence[Journalled]:
        """Intentions that never got a result."""

    def abandon(self, numbers: Sequence[int]) -> None:
        """These intentions were looked into and are settled by what is there now."""

    def conflicts(self, binding: str) -> Sequence[Conflict]:
        """The open conflicts, and the settled ones that are not purged yet."""

    def forget(self, binding: str, thing: Forgotten) -> int:
        """Erase one thing from links, conflicts, what is left out and the journal, and keep it out.

        The journal keeps that something was done, without names, texts and images; so many of its
        operations were emptied.
        """

    def status(self, bindings: Sequence[str]) -> Sequence[BindingState]:
        """What `status` tells."""

    def runs(self) -> Sequence[RunRecord]:
        """All runs, newest first."""

    def journal(self, run: str) -> Sequence[Journalled]:
        """What one run wrote."""

    def purge(self, before: datetime) -> int:
        """Drop before- and after-images of runs that ended before this; how many."""

    def memberships(self, binding: str) -> Sequence[Membership]:
        """Who was agreed to be in the groups of this binding, in order."""

    def keep_memberships(self, binding: str, place: str, kept: Sequence[Membership]) -> None:
        """Write what is known of one group, in the place of all that was."""

    def recall(self, key: str) -> str | None:
        """A small remembered text (an account's uid on a cloud, say)."""

    def remember(self, key: str, value: str) -> None:
        """Keep a small text."""
