"""Tables: CSV for programs (RFC 4180) and for spreadsheets, and the Table Schema of the first.

Both have the same columns: `id_fiche` first, by which an edited table finds its entries again, then
the record's fields, then where, when and under which licence. A cell with several values separates
them by ` | `.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from oscartes_sync.exports.cells import protect
from oscartes_sync.exports.plain import SEPARATOR, Json, as_text, encoded, when
from oscartes_sync.exports.view import Publication, Row

KEY: Final = "id_fiche"
LAST: Final = ("url", "updated", "licence")
PLACE: Final = ("latitude", "longitude")
_LISTS: Final = frozenset({"phones", "emails", "sites", "categories", "social", "related", "files"})
_TYPES: Final[Mapping[str, Json]] = {
    KEY: {"type": "string", "constraints": {"required": True, "unique": True}},
    "latitude": {"type": "number", "constraints": {"minimum": -90, "maximum": 90}},
    "longitude": {"type": "number", "constraints": {"minimum": -180, "maximum": 180}},
    "kind": {"type": "string", "constraints": {"enum": ["org", "individual"]}},
    "url": {"type": "string", "format": "uri"},
    "licence": {"type": "string", "format": "uri"},
    "updated": {"type": "datetime", "format": "any"},
}


def render_csv(publication: Publication) -> bytes:
    """For programs: UTF-8, commas, decimal points, CRLF, quotes where they are needed."""
    return _table(publication, spreadsheet=False).encode()


def render_spreadsheet(publication: Publication) -> bytes:
    """For spreadsheets set to French: semicolons, and the mark by which Excel knows UTF-8.

    Figures keep their point: with a comma they would be numbers, and rounded when saved again.
    """
    return _table(publication, spreadsheet=True).encode("utf-8-sig")


def render_schema(publication: Publication) -> bytes:
    """The Table Schema of `render_csv`, with the licence, which a table has no head for."""
    licence = publication.view.licence
    return encoded(
        {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "title": publication.title,
            "licenses": [{"name": licence.name, "path": licence.url}],
            "homepage": publication.source,
            "fields": [_field(name) for name in columns(publication)],
            "primaryKey": [KEY],
            "missingValues": [""],
        }
    )


def columns(publication: Publication) -> tuple[str, ...]:
    """The names in the head of the table."""
    names: list[str] = [KEY]
    for name in publication.fields:
        names += PLACE if name == "position" else [name]
    return (*names, *LAST)


def _field(name: str) -> Json:
    told = _TYPES.get(name, {"type": "string"})
    if name in _LISTS:
        told = {**told, "description": f"Several values are separated by “{SEPARATOR}”."}
    return {"name": name, **told}


def _table(publication: Publication, *, spreadsheet: bool) -> str:
    names = columns(publication)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if spreadsheet else ",", lineterminator="\r\n")
    writer.writerow(names)
    for row in publication.rows:
        values = _values(row, publication)
        writer.writerow([_cell(name, values[name], spreadsheet=spreadsheet) for name in names])
    return text.getvalue()


def _values(row: Row, publication: Publication) -> dict[str, str]:
    record = row.record
    here = record.position
    texts = {name: as_text(getattr(record, name)) for name in publication.fields}
    return {
        **texts,
        KEY: row.tag,
        "latitude": f"{here.latitude:.6f}" if here else "",
        "longitude": f"{here.longitude:.6f}" if here else "",
        "url": record.page,
        "updated": when(row.updated),
        "licence": publication.view.licence.url,
    }


def _cell(name: str, value: str, *, spreadsheet: bool) -> str:
    """Figures are ours, a minus before them too."""
    return value if name in PLACE else protect(value, spreadsheet=spreadsheet)
