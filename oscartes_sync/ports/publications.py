"""What an export needs of the world: a view's entries as anybody reads them, and a shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from oscartes_sync.exports.view import Kind, Row, View
from oscartes_sync.records.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a view's form holds for an anonymous reader.

    `label` is the form's, `source` the wiki's address; `rows` hold whole records. `problems` are
    those of entries that could not be read, or not wholly. `others`: there are no rows, and yet
    entries, which lack nothing but the view's consent.
    """

    kind: Kind
    label: str
    source: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    others: bool = False


class Publications(Protocol):
    """One wiki, read without a key."""

    def find(self, view: View) -> Found:
        """The entries that the view selects, with what everybody may read of them.

        Raises:
            ConfigurationError: where view and form do not fit.
            SideError: where the answer is not to be believed: never an empty view then.
        """

    def kind_of(self, number: str) -> Kind:
        """What the entries of the form with this number are.

        Raises:
            SideError: the form cannot be read.
        """


class Shelf(Protocol):
    """A folder in which files are published."""

    def place(self, name: str) -> str:
        """The path of the file of this name, for people."""

    def read(self, name: str) -> bytes | None:
        """What is in it, None where it is not there.

        Raises:
            UsageError: `export-unreadable`.
        """

    def write(self, name: str, content: bytes) -> None:
        """Put the content in its place at once, readable by everybody.

        Raises:
            UsageError: `export-unwritable`.
        """
