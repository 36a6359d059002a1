"""Tables, read by `csv` as a program and as a spreadsheet would, and held to their schema."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

from oscartes_sync.exports.cells import plain
from oscartes_sync.exports.tables import render_csv, render_schema, render_spreadsheet
from oscartes_sync.exports.view import Publication
from tests.unit.exports.publications import (
    HOSTILE,
    LICENCE,
    MEANT,
    actor,
    event,
    hostile_actor,
    published,
    row,
    stable,
)


def read(content: bytes, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    text = io.StringIO(content.decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


def test_a_table_opens_with_the_key_and_holds_every_field() -> None:
    (found,) = read(stable(render_csv, row("LaGrange", actor())))
    assert next(iter(found)) == "id_fiche"
    assert found["id_fiche"] == "LaGrange"
    assert found["phones"] == "+33 1 60 00 00 11 | 01 60 00 00 12"
    assert (found["postcode"], found["town"]) == ("01000", "Orsay")
    assert (found["latitude"], found["longitude"]) == ("48.698900", "-2.187500")
    assert found["description"] == "Prêt d'outils & de savoirs.\nOuvert le samedi."
    assert found["licence"] == LICENCE.url
    assert found["updated"] == "2026-11-24T10:30:00+00:00"


def test_a_spreadsheet_gets_semicolons_a_mark_and_texts_that_stay_texts() -> None:
    content = stable(render_spreadsheet, row("LaGrange", actor()))
    assert content.startswith(b"\xef\xbb\xbfid_fiche;")
    (found,) = read(content, ";", "utf-8-sig")
    assert found["postcode"] == "'01000"
    assert found["phones"].startswith("'+33 1")
    assert found["longitude"] == "-2.187500"


def test_both_tables_have_the_same_columns_with_or_without_rows() -> None:
    publication = published()
    program = render_csv(publication).decode().rstrip("\r\n").split(",")
    spreadsheet = render_spreadsheet(publication).decode("utf-8-sig").rstrip("\r\n").split(";")
    assert program == spreadsheet
    assert read(render_csv(publication)) == []


def test_hostile_cells_are_one_cell_each_and_no_formula() -> None:
    rows = (row("Mal", hostile_actor()), row("Bon", actor()))
    for render, delimiter, encoding, spreadsheet in (
        (render_csv, ",", "utf-8", False),
        (render_spreadsheet, ";", "utf-8-sig", True),
    ):
        bad, good = read(stable(render, *rows), delimiter, encoding)
        assert None not in bad
        assert bad["name"].startswith("'=1+1")
        assert MEANT in bad["name"]
        assert "\x00" not in bad["name"]
        assert plain(bad["name"], spreadsheet=spreadsheet).startswith("=1+1")
        assert good["name"] == "La Grange aux Outils"
        assert len(bad["description"]) > len(HOSTILE) - 20


def test_a_view_of_some_fields_has_those_columns_and_the_indispensable_ones() -> None:
    publication = published(row("LaGrange", actor()), fields=("town", "position"))
    (found,) = read(render_csv(publication))
    assert list(found) == [
        "id_fiche",
        "name",
        "kind",
        "town",
        "latitude",
        "longitude",
        "url",
        "updated",
        "licence",
    ]


def accepted(name: str, value: str, told: dict[str, Any]) -> bool:
    """Whether a cell is what the schema says (Table Schema: types, constraints)."""
    limits = told.get("constraints", {})
    if not value:
        return not limits.get("required")
    if told["type"] == "number":
        return bool(limits["minimum"] <= float(value) <= limits["maximum"])
    if told["type"] == "datetime":
        return datetime.fromisoformat(value).tzinfo is not None
    return value in limits.get("enum", [value])


def held(publication: Publication) -> None:
    schema = json.loads(render_schema(publication))
    fields = {each["name"]: each for each in schema["fields"]}
    rows = read(render_csv(publication))
    assert schema["primaryKey"] == ["id_fiche"]
    assert schema["licenses"] == [{"name": LICENCE.name, "path": LICENCE.url}]
    assert len({each["id_fiche"] for each in rows}) == len(rows)
    for each in rows:
        assert list(each) == list(fields)
        assert [
            name for name, value in each.items() if not accepted(name, value, fields[name])
        ] == []


def test_rows_are_what_the_schema_says() -> None:
    held(published(row("LaGrange", actor()), row("Mal", hostile_actor())))
    held(published(row("Bourse", event()), kind="events"))
