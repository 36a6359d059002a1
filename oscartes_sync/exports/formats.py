"""The formats by name: which kinds they fit, what their files are called, who renders them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from oscartes_sync.exports.view import Kind, Publication

_BOTH: Final[tuple[Kind, ...]] = ("contacts", "events")

Rendered = tuple[str, bytes]
"""The extension of a file, and what is in it."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `parts` are its files: extension → module and function that render it.

    The first is the format itself, the others stand beside it. `mark` is what a file holds as soon
    as it has one entry, and never without; None for tables, which then have a second line.
    """

    name: str
    parts: Mapping[str, str]
    mark: bytes | None
    kinds: tuple[Kind, ...] = _BOTH

    def render(self, publication: Publication) -> tuple[Rendered, ...]:
        """Its files, the format itself first."""
        return tuple(
            (extension, _function(place)(publication)) for extension, place in self.parts.items()
        )

    def holds_entries(self, content: bytes) -> bool:
        """Whether a file of this format, written by us, has any entry."""
        if self.mark is None:
            return content.count(b"\r\n") > 1
        return self.mark in content


def _function(place: str) -> Callable[[Publication], bytes]:
    """Loaded when asked for: who wants a table needs no calendars."""
    module, _, name = place.partition(":")
    found: Callable[[Publication], bytes] = getattr(
        import_module(f"oscartes_sync.exports.{module}"), name
    )
    return found


_TABLES: Final = {"csv": "tables:render_csv", "schema.json": "tables:render_schema"}

FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format("geojson", {"geojson": "geojson:render"}, b'"Feature"'),
        Format("csv", _TABLES, None),
        Format("xlsx-csv", {"spreadsheet.csv": "tables:render_spreadsheet"}, None),
        Format("vcf", {"vcf": "cards:render"}, b"BEGIN:VCARD", ("contacts",)),
        Format("ics", {"ics": "calendars:render"}, b"BEGIN:VEVENT", ("events",)),
        Format("jsonld", {"jsonld": "schema_org:render"}, b'"mainEntityOfPage"'),
        Format("rss", {"rss": "rss:render"}, b"<item>"),
        Format("atom", {"atom": "atom:render"}, b"<entry>"),
        Format("gogocarto", {"gogocarto.json": "gogocarto:render"}, b'"id":'),
    )
}
"""All of them, in the order in which they are listed and written."""

ALL: Final = "all"
"""Every format that fits the kind of the view."""


def fitting(kind: Kind) -> tuple[Format, ...]:
    """All formats for one kind."""
    return tuple(each for each in FORMATS.values() if kind in each.kinds)
