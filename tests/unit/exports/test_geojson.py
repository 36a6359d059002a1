"""GeoJSON, read by `geojson`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import geojson

from oscartes_sync.exports.geojson import render
from oscartes_sync.records.event import Series
from tests.unit.exports.publications import (
    LICENCE,
    MEANT,
    actor,
    event,
    hostile_actor,
    published,
    row,
    stable,
)


def test_positions_are_numbers_longitude_first_and_a_missing_one_is_null() -> None:
    rows = (row("LaGrange", actor()), row("SansLieu", actor(position=None)))
    read = geojson.loads(stable(render, *rows))
    assert read.is_valid, read.errors()
    first, second = read["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-2.1875, 48.6989]}
    assert first["id"] == "LaGrange.noe@oscartes"
    assert second["geometry"] is None
    assert (read["license"], read["source"]) == (LICENCE.url, "https://wiki.example")
    assert "crs" not in read


def test_properties_are_the_fields_of_the_record() -> None:
    told = json.loads(render(published(row("LaGrange", actor()))))["features"][0]["properties"]
    assert told["id_fiche"] == "LaGrange"
    assert told["phones"] == ["+33 1 60 00 00 11", "01 60 00 00 12"]
    assert told["description"] == "Prêt d'outils & de savoirs.\nOuvert le samedi."
    assert told["url"] == "https://wiki.example/?LaGrange"
    assert told["updated"] == "2026-11-24T10:30:00+00:00"


def test_a_series_tells_its_rule_and_its_dates() -> None:
    start = datetime(2027, 3, 6, 9, tzinfo=UTC)
    series = Series("FREQ=WEEKLY", (datetime(2027, 3, 8, 9, tzinfo=UTC),), (), (), "Europe/Paris")
    weekly = event(start=start, end=start, series=series)
    publication = published(row("Bourse", weekly), kind="events")
    told = json.loads(render(publication))["features"][0]["properties"]["series"]
    assert told["rule"] == "FREQ=WEEKLY"
    assert told["extra"] == ["2027-03-08T09:00:00+00:00"]


def test_no_entries_are_an_empty_collection() -> None:
    read = geojson.loads(render(published()))
    assert (read.is_valid, read["features"]) == (True, [])


def test_hostile_texts_stay_texts() -> None:
    read = geojson.loads(stable(render, row("Mal", hostile_actor())))
    assert read.is_valid
    name = read["features"][0]["properties"]["name"]
    assert MEANT in name
    assert "\x00" not in name
