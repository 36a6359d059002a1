"""A Document: a file of a working group's folder as the wiki's documents form shows it.

Neutral, frozen, checked when built. What is compared is what an entry says of the file; the file
itself is told by three attributes that are not: they say where it is, not what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.records.body import Body
from oscartes_sync.records.event import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document.

    `title` is what people call it: of a file, what its name says without its extension. `date` is
    the day of its last version, `author` who wrote it, `categories` are labels, without order: the
    sub-folders it lies in, and its tags. `file` is the key of the file in the cloud, "" for an
    entry, which tells of it by its address alone: another file in the place of this one has
    another address. `content` stands for its bytes, in words of its own side that change with
    them, "" where a side holds none; two sides that hold the same say it differently.

    No part of what is compared: `name` is its name with the extension, of an entry's file the one
    that it would get in a folder; `link` its public address; `page` and `properties` are as an
    event's. `named`: its name is still the one that we made of the entry's title. `leading`: it
    stands in the first of an entry's fields for files. `body` are the bytes, while they are
    carried.
    """

    title: str
    date: date | None = None
    author: str = ""
    categories: tuple[str, ...] = ()
    file: str = ""
    content: str = ""
    name: str = field(default="", compare=False)
    link: str = field(default="", compare=False)
    page: str = field(default="", compare=False)
    properties: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    named: bool = field(default=False, compare=False)
    leading: bool = field(default=False, compare=False)
    body: Body | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise RecordError("no-title")
        object.__setattr__(self, "categories", tuple(sorted(set(self.categories))))

    @property
    def position(self) -> Position | None:
        """A document is nowhere on the map."""
        return None


DOCUMENT_FIELDS: Final = tuple(each.name for each in fields(Document) if each.compare)
"""All fields that are compared and mirrored, in the order in which they are shown."""

OWN: Final = frozenset({"title", "date", "author"})
"""Fields that follow the file only as long as nobody gave the entry others."""
