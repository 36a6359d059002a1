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
    """When entries changed, and how they were."""

    def dates(self, binding: Binding) -> Mapping[str, datetime]:
        """When each entry that anybody may read changed last, by tag; aware, to the second.

        Raises:
            SideError: the list is not to be believed.
        """

    def at(self, binding: Binding, tag: str, moment: datetime) -> Past:
        """The entry as it was when it had last changed at that moment, read as records are.

        Raises:
            SideError: the wiki does not answer.
        """
