"""A View: which entries of which form are published, and a Publication: what was found for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from oscartes_sync.exports.licence import Licence
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from oscartes_sync.records.event import FIELDS, Event

Kind = Literal["contacts", "events"]
Published = Event | Contact

EXPORTED: Final[Mapping[Kind, tuple[str, ...]]] = {
    "contacts": CONTACT_FIELDS,
    "events": tuple(name for name in FIELDS if name not in ("visibility", "guests")),
}
"""Record fields that a view may show, in their order. What is published is public, by itself."""

ALWAYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "contacts": ("name", "kind"),
    "events": ("title", "start", "end", "status", "series"),
}
"""Those without which a row would say nothing, or something false (a cancelled event)."""

NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in for the date of an entry that has none: the present would change the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view of the configuration, defaults filled in.

    `kind` is None where the form is to tell. `where` and `consent` are Bazar queries. `fields` are
    record fields to keep, all of them where there are none; `columns` maps record fields to Bazar
    properties, as a binding's fields. `url` is where the files will be published: a folder, or one
    file. `publisher` is who publishes; `zone` is an IANA name.
    """

    name: str
    wiki: str
    form: str
    licence: Licence
    kind: Kind | None = None
    title: str = ""
    where: str = ""
    consent: str = ""
    fields: tuple[str, ...] = ()
    url: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    publisher: str = ""
    zone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"

    def address(self, extension: str) -> str:
        """Where the file with this extension will be published, "" where nobody said.

        A `url` with an extension is that of one file; of the others nothing is known.
        """
        last = urlsplit(self.url).path.rpartition("/")[2]
        if not self.url or self.url.endswith(f".{extension}"):
            return self.url
        return "" if "." in last else f"{self.url}/{self.name}.{extension}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of a view: its tag and UID, its record, its dates (aware)."""

    tag: str
    uid: str
    record: Published
    created: datetime = NO_DATE
    updated: datetime = NO_DATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A view with what was found for it: all that a file says.

    `source` is the wiki's address; `rows` are in the order of their tags; `fields` are the record
    fields that are shown, in the record's order.
    """

    view: View
    kind: Kind
    title: str
    source: str
    rows: tuple[Row, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The record fields that are shown."""
        return shown_fields(self.view, self.kind)

    @property
    def updated(self) -> datetime:
        """When the newest of its rows changed: a file has no date of its own."""
        return max((row.updated for row in self.rows), default=NO_DATE)

    @property
    def publisher(self) -> str:
        """Who publishes: the network by its name, or the wiki by its host."""
        return self.view.publisher or urlsplit(self.source).hostname or self.source

    @property
    def uid(self) -> str:
        """An identity of the view, which survives a move of the wiki."""
        return f"{self.view.name}.views.{self.view.wiki}@oscartes"


def shown_fields(view: View, kind: Kind) -> tuple[str, ...]:
    """The record fields that a view shows, in the record's order."""
    if not view.fields:
        return EXPORTED[kind]
    kept = {*view.fields, *ALWAYS[kind]}
    return tuple(name for name in EXPORTED[kind] if name in kept)
