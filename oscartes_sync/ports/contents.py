"""The bytes of files, as one side holds them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document


class Contents(Protocol):
    """One side's files, to be carried to the other."""

    def fetched(self, binding: Binding, document: Document) -> AbstractContextManager[Body]:
        """The bytes of a document of this side, as they may be shown on the other, until the block
        ends.

        Raises:
            Missing: it is not there any more.
            Moved: it is another version by now.
            SideError: as the server answers.
        """
