"""A wiki and a cloud, as the use cases need them.

Every method that talks to a server raises `errors.SideError` and its kind, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Seen, Snapshot
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests sent and bytes received and sent so far."""

    requests: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind, as read back, and what it could not carry."""

    seen: Seen
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """One thing whole, in its side's own words: what `put_back` needs, opaque to everybody else.

    It holds members' texts, and so lives in the journal alone.
    """

    text: str = field(repr=False)


class SidePort(Protocol):
    """What both sides can do with the things of one binding. `key` is a tag or an href."""

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """This side now, as differences from `known`; `full` compares everything.

        Raises:
            SideError: where the side as a whole cannot be read; nothing may then be concluded.
        """

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """A direct look at each of these, with our own rights.

        A mapping gives the UID of each, by which it may be found under another name.
        """

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Make it, after a look that its name is free; an own one found there is adopted.

        `key` asks for the name it had before (a re-creation); None lets the side choose.
        """

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Patch what is there: `changes` only; `record` is the whole record to derive from.

        Raises:
            Moved: the version there is not `token` any more, and what is to be changed may have
                moved with it.
        """

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Remove it, if its version still is `token` ("" where any version may go).

        `withdrawn`: where deleting is refused, take it from readers by its read right instead.

        Raises:
            Moved: it is another version by now.
            Forbidden: neither is ours to do; names the owner.
        """

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """What is there now of each thing that these updates and deletions are about, by key.

        In few requests for all of them; what is not there as `Operation.token` says is left out.
        """

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Undo an update or a deletion of this side, under its own tag, or its own href and UID.

        `token` is the version that the operation left behind, "" after a deletion; `image` is what
        was there before it. The problems say what could not come back.

        Raises:
            Moved: it is not as the operation left it.
            Forbidden: it is not ours to write; names the owner.
        """

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        """Finish a creation of ours that was interrupted once it was made; nothing done twice.

        `uid` is that of its link.
        """

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Remove a copy for good, whatever its version, and from the trash bin; what stays is said.

        Raises:
            Forbidden: it is not ours to remove; names the owner.
        """

    def project(self, binding: Binding, record: Record) -> Record:
        """The record as this side could hold it, to tell whether two records say the same."""

    def parallel(self, *, creating: bool) -> int:
        """How many such writes may run at once (never two on one thing)."""

    def traffic(self) -> Traffic:
        """What this port has sent and received so far."""


class Wiki(SidePort, Protocol):
    """A YesWiki's form."""

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        """Why no entry may be created of this record, found without asking the wiki.

        It would not satisfy `where`, or the form requires what neither the record nor the
        binding's defaults give.
        """

    def address(self, key: str) -> str:
        """The address of an entry's page, as records name it."""


class Cloud(SidePort, Protocol):
    """A Nextcloud's collection."""

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:
        """Make the collection where it is missing, and bring title, colour and shares in line.

        `writing`: this run writes to it, so that our state's name may be left on it as well.
        """
