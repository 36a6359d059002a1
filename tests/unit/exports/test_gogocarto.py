"""GoGoCarto's JSON: no reader of it is in the registries, so its documented names are held."""

from __future__ import annotations

import json

from oscartes_sync.exports.gogocarto import render
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


def test_an_element_has_what_gogocarto_looks_for() -> None:
    document = json.loads(stable(render, row("LaGrange", actor())))
    assert (document["licence"], document["source"]) == (LICENCE.url, "https://wiki.example")
    (element,) = document["data"]
    assert element["id"] == "LaGrange.noe@oscartes"
    assert element["name"] == "La Grange aux Outils"
    assert element["geo"] == {"latitude": 48.6989, "longitude": -2.1875}
    assert element["address"] == {
        "streetAddress": "4 rue du Lavoir",
        "postalCode": "01000",
        "addressLocality": "Orsay",
        "addressCountry": "France",
    }
    assert element["categories"] == ["Numérique libre / Outils", "Énergie"]
    assert element["email"] == "bonjour@grange.example"
    assert element["telephone"] == "+33 1 60 00 00 11"
    assert element["images"] == ["https://wiki.example/files/logo.png"]
    assert element["sourceUrl"] == "https://wiki.example/?LaGrange"


def test_without_a_position_an_element_has_no_place_instead_of_a_wrong_one() -> None:
    (element,) = json.loads(render(published(row("A", actor(position=None)))))["data"]
    assert "geo" not in element


def test_an_event_is_an_element_with_its_dates() -> None:
    publication = published(row("Bourse", event()), kind="events")
    (element,) = json.loads(render(publication))["data"]
    assert (element["startDate"], element["endDate"]) == ("2027-03-06", "2027-03-07")
    assert element["address"] == {"customFormatedAddress": "Salle des fêtes, 91400 Orsay"}


def test_hostile_texts_stay_texts_and_no_entries_are_an_empty_list() -> None:
    (element,) = json.loads(stable(render, row("Mal", hostile_actor())))["data"]
    assert MEANT in element["name"]
    assert json.loads(render(published()))["data"] == []
