"""What the import of a table needs of a wiki besides what a sync does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.record import Record


@dataclass(frozen=True, slots=True)
class Past:
    """How an entry was at an earlier time, None where that cannot be told any more."""

    record: Record | None


class Chronicle(Protocol):
    """When entries changed, how they were, and what they can be."""

    def dates(self, binding: Binding) -> Mapping[str, datetime]:
        """When each thing that anybody may read changed last, by tag; aware, to the second.

        Of a series that is when it or one of its repetitions did.

        Raises:
            SideError: the list is not to be believed.
        """

    def at(self, binding: Binding, tag: str, moment: datetime, *, minute: bool = False) -> Past:
        """The entry as it was when it had last changed at that moment, read as records are.

        `minute`: the seconds of the moment are not known.

        Raises:
            SideError: the wiki does not answer.
        """

    def writes(self, binding: Binding) -> frozenset[str]:
        """The record fields that we may write into an entry of this form."""

    def labels(self, binding: Binding) -> frozenset[str]:
        """All categories that lists of the form offer, each with those above it."""

    def lacks(self, binding: Binding, record: Record) -> frozenset[str]:
        """The properties that the form requires and an entry of this record would leave empty.

        Values that the binding gives to new entries do not count. Found without asking the wiki.
        """
