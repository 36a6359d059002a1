"""A wiki whose documents are files that anybody may read under an address of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Snapshot
from oscartes_sync.ports import Image, Traffic, Wiki, Written
from oscartes_sync.ports.links import PublicLinks
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document
from oscartes_sync.usecases.world import on_side

_SOME_LINK: Final = "https://cloud.example/s/x"
"""Stands in for an address that is made when the entry is."""


@dataclass(frozen=True, slots=True)
class PublishedWiki:
    """The Wiki port, in front of another: an entry is made with the public address of its file.

    The address is made first: an entry without one would show nothing. Where the entry cannot be
    made then, the address is revoked by the end of the run (`PublicLinks.keep`).
    """

    wiki: Wiki
    links: PublicLinks

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """See `SidePort.create`."""
        return self.wiki.create(binding, uid, self._published(binding, record), key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """See `SidePort.update`; another file in the place of the old one gets its own address.

        Not where the entry shows one that was none of this cloud's: a member gave it.
        """
        if any(change.name == "file" for change in changes):
            shown = a_document(record).link
            fresh = self._published(binding, record) if _where(shown) or not shown else record
            if not shown or _where(shown) == _where(a_document(fresh).link):
                record = fresh
        return self.wiki.update(binding, key, token, changes, record)

    def refuses(self, binding: Binding, record: Record) -> Problem | None:
        """See `Wiki.refuses`."""
        return self.wiki.refuses(binding, replace(a_document(record), link=_SOME_LINK))

    def address(self, key: str) -> str:
        """See `Wiki.address`."""
        return self.wiki.address(key)

    # As they are

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """See `SidePort.snapshot`."""
        return self.wiki.snapshot(binding, known, full=full)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """See `SidePort.look`."""
        return self.wiki.look(binding, keys)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """See `SidePort.delete`."""
        self.wiki.delete(binding, key, token, withdrawn=withdrawn)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """See `SidePort.images`."""
        return self.wiki.images(binding, operations)

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """See `SidePort.put_back`."""
        return self.wiki.put_back(binding, operation, token, image)

    def complete(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """See `SidePort.complete`."""
        return self.wiki.complete(binding, key)

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """See `SidePort.erase`."""
        return self.wiki.erase(binding, key)

    def project(self, binding: Binding, record: Record) -> Record:
        """See `SidePort.project`."""
        return self.wiki.project(binding, record)

    def parallel(self, *, creating: bool) -> int:
        """See `SidePort.parallel`."""
        return self.wiki.parallel(creating=creating)

    def traffic(self) -> Traffic:
        """See `SidePort.traffic`."""
        return self.wiki.traffic()

    def _published(self, binding: Binding, record: Record) -> Record:
        document = a_document(record)
        with on_side(Side.CLOUD):
            link = self.links.publish(binding, document.file, document.title)
        return replace(document, link=link)


def _where(link: str) -> str:
    """The cloud whose public address of a file this is, "" for any other address."""
    cloud, found, token = link.rpartition("/s/")
    return cloud if found and token.isalnum() else ""
