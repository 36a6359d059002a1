"""What a directory is made of: forms with their entries, and one actor an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bazar_forms.entry import Entry
from bazar_forms.form import Form
from bazar_forms.value import Position

Entries = Mapping[str, Entry] | Iterable[Entry]


@dataclass(frozen=True, slots=True)
class Source:
    """A form with its entries, as an anonymous reader of the API gets them.

    `entries` may be by tag, as the client lists them, or one after the other. `wiki` names the wiki
    they come from, in whatever words the caller tells wikis apart by. `town` is the property that
    holds the town, where it is not to be guessed from the form.
    """

    form: Form
    entries: Entries
    wiki: str = ""
    town: str = ""

    def each(self) -> Iterable[Entry]:
        """The entries one after the other."""
        return self.entries.values() if isinstance(self.entries, Mapping) else self.entries


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The words of one field of an entry as they are written, in order.

    `field` is the field's label, `weight` what a word that is met in it is worth.
    """

    field: str
    weight: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """One entry of a directory.

    `form` is the form's number. `title` is plain text, the tag where the entry has none. `labels`
    maps the name of a facet to the labels chosen in it, `Parent / Child` in a tree. `town` is as
    it is written, empty where none is. The `entry` is the one that was given.
    """

    wiki: str
    form: str
    tag: str
    title: str
    town: str
    position: Position | None
    labels: Mapping[str, tuple[str, ...]] = field(compare=False, repr=False)
    words: tuple[FieldWords, ...] = field(compare=False, repr=False)
    entry: Entry = field(compare=False, repr=False)

    @property
    def identity(self) -> tuple[str, str]:
        """Wiki and tag; the wiki's database takes tags that differ by case for the same."""
        return identity(self.wiki, self.tag)


def identity(wiki: str, tag: str) -> tuple[str, str]:
    """By what an actor is known."""
    return wiki, tag.strip().casefold()


class Cause(StrEnum):
    """Why something of an entry, or all of it, is not in the directory."""

    ILL_TYPED = "ill_typed"
    """A property holds a value of another kind than its field; the rest of the entry is there."""
    NO_POSITION = "no_position"
    """What stands for a position is none, or lies off the earth, or is 0° 0°: a failed look-up."""
    UNKNOWN_CHOICE = "unknown_choice"
    """A choice that its list does not have; the others of the field are there."""
    NO_TITLE = "no_title"
    """The entry has no title and is listed under its tag."""
    UNPUBLISHED = "unpublished"
    """A moderator has not let the entry through; it is left out."""
    OTHER_FORM = "other_form"
    """The entry is one of another form than the one it was given with; it is left out."""
    TWICE = "twice"
    """An entry of this tag was there already; this one is left out."""


@dataclass(frozen=True, slots=True)
class Unindexed:
    """Something that is not in the directory; `property` is empty where it is a whole entry."""

    cause: Cause
    wiki: str
    form: str
    tag: str
    property: str = ""
