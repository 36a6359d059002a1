"""JSON-LD, expanded and turned into RDF by `pyld`, without any network."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pyld import jsonld

from oscartes_sync.exports.schema_org import render
from oscartes_sync.exports.view import Publication
from oscartes_sync.records.event import Event, Series, Status
from tests.unit.exports.publications import (
    LICENCE,
    MEANT,
    actor,
    event,
    hostile_actor,
    hostile_event,
    published,
    row,
    stable,
)

WORDS = "http://schema.org/"


def dataset(publication: Publication) -> dict[str, Any]:
    (found,) = jsonld.expand(json.loads(render(publication)))
    return dict(found)


def thing(publication: Publication) -> dict[str, Any]:
    """The first that it is about."""
    return dict(dataset(publication)[f"{WORDS}about"][0])


def value(node: dict[str, Any], name: str) -> Any:
    (found,) = node[f"{WORDS}{name}"]
    return found.get("@value", found.get("@id", found))


def test_the_dataset_names_its_licence_and_where_it_can_be_had() -> None:
    publication = published(row("LaGrange", actor()), url="https://open.example/f")
    found = dataset(publication)
    assert found["@type"] == [f"{WORDS}Dataset"]
    assert value(found, "license") == LICENCE.url
    assert value(value(found, "publisher"), "name") == "PôleS NOE"
    download = value(found, "distribution")
    assert value(download, "contentUrl") == "https://open.example/f/acteurs.jsonld"
    assert value(download, "license") == LICENCE.url


def test_an_organisation_has_its_address_place_and_words() -> None:
    found = thing(published(row("LaGrange", actor())))
    assert found["@type"] == [f"{WORDS}Organization"]
    assert found["@id"].startswith("urn:uuid:")
    assert value(found, "url") == "http://grange.example/ici"
    same = {each["@id"] for each in found[f"{WORDS}sameAs"]}
    assert same == {"https://autre.example", "https://mamot.fr/@grange"}
    address = value(found, "address")
    assert address["@type"] == [f"{WORDS}PostalAddress"]
    assert value(address, "postalCode") == "01000"
    geo = value(value(found, "location"), "geo")
    assert (value(geo, "latitude"), value(geo, "longitude")) == (48.6989, -2.1875)
    assert len(found[f"{WORDS}keywords"]) == 2
    page = found[f"{WORDS}mainEntityOfPage"][0]
    assert page["@id"] == "https://wiki.example/?LaGrange"
    assert value(page, "license") == LICENCE.url


def test_who_has_a_family_name_is_a_person_and_without_a_site_the_page_is_the_address() -> None:
    from oscartes_sync.records.contact import ContactKind

    person = actor(
        name="Élise Martin",
        kind=ContactKind.INDIVIDUAL,
        given_name="Élise",
        family_name="Martin",
        sites=(),
        social=(),
    )
    found = thing(published(row("Elise", person)))
    assert found["@type"] == [f"{WORDS}Person"]
    assert value(found, "familyName") == "Martin"
    assert value(found, "url") == "https://wiki.example/?LaGrange"
    assert f"{WORDS}workLocation" in found


def weekly(rule: str, **more: Any) -> Event:
    start = datetime(2027, 3, 10, 18, tzinfo=UTC)
    return event(start=start, end=start, series=Series(rule, zone="Europe/Paris", **more))


def test_an_event_has_its_dates_place_state_and_schedule() -> None:
    extra = (datetime(2027, 5, 1, 18, tzinfo=UTC),)
    told = weekly("FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=2WE", extra=extra)
    publication = published(row("Bourse", told), kind="events")
    found = thing(publication)
    assert found["@type"] == [f"{WORDS}Event"]
    assert value(found, "startDate") == "2027-03-10T18:00:00+00:00"
    assert value(found, "eventStatus") == f"{WORDS}EventScheduled"
    assert value(found, "url") == "http://plantes.example"
    assert value(value(found, "organizer"), "name") == "La Grange aux Outils"
    assert value(value(found, "location"), "name") == "Salle des fêtes, 91400 Orsay"
    schedule = value(found, "eventSchedule")
    assert value(schedule, "repeatFrequency") == "P2M"
    assert (value(schedule, "repeatCount"), value(schedule, "byDay")) == (4, "2WE")
    assert value(value(found, "subEvent"), "startDate") == "2027-05-01T18:00:00+00:00"


def test_a_rule_that_a_schedule_cannot_tell_is_not_told_wrongly() -> None:
    publication = published(row("B", weekly("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1")), kind="events")
    assert f"{WORDS}eventSchedule" not in thing(publication)


def test_a_cancelled_event_says_so_and_a_day_ends_with_itself() -> None:
    found = thing(published(row("B", event(status=Status.CANCELLED)), kind="events"))
    assert value(found, "eventStatus") == f"{WORDS}EventCancelled"
    assert value(found, "endDate") == "2027-03-07"


def test_hostile_texts_are_literals_and_addresses_are_addresses() -> None:
    content = stable(render, row("Mal", hostile_actor()))
    found = thing(published(row("Mal", hostile_actor())))
    assert MEANT in value(found, "name")
    assert value(found, "url") == (
        "http://a.example/%22%3E%3Cscript%3Ealert('%C3%B6%20b')%3C/script%3E"
    )
    quads = jsonld.to_rdf(json.loads(content), {"format": "application/n-quads"})
    assert quads.count("Organization>") == 2
    linked = stable(render, row("Mal", hostile_event()), kind="events")
    assert jsonld.to_rdf(json.loads(linked), {"format": "application/n-quads"})
