"""Contacts are checked when they are built, and survive JSON."""

from __future__ import annotations

import json

import pytest

from oscartes_sync.errors import RecordError
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact, ContactKind
from oscartes_sync.records.event import Event, Position, RichText
from oscartes_sync.records.fingerprint import record_from_json, record_to_json
from oscartes_sync.records.record import a_contact, an_event, fields_of, series_of
from tests.unit.records.test_event import DAY

CONTACT = Contact(
    name="Camille Roux",
    kind=ContactKind.INDIVIDUAL,
    given_name="Camille",
    family_name="Roux",
    phones=(" 01  60 ", "01 60", ""),
    emails=("c@r.example",),
    sites=("https://r.example",),
    street="1 rue",
    postcode="91400",
    town="Orsay",
    country="France",
    position=Position(48.7, 2.2),
    categories=("b", "a", "b"),
    description=RichText("Texte", "<p>Texte</p>"),
    image="https://w.example/logo.png",
    social=("https://m.example/@c",),
    related=("La Grange",),
    page="https://w.example/?Camille",
    properties=(("phones", "bf_tel"),),
)


def test_lists_hold_nothing_twice_and_no_blanks_and_categories_are_sorted() -> None:
    assert CONTACT.phones == ("01 60",)
    assert CONTACT.categories == ("a", "b")
    assert CONTACT.title == "Camille Roux"


def test_a_contact_has_a_name() -> None:
    with pytest.raises(RecordError, match="no-name"):
        Contact(name=" \n")


def test_a_contact_survives_json_with_what_is_not_compared() -> None:
    back = record_from_json(json.loads(json.dumps(record_to_json(CONTACT))))
    assert back == CONTACT
    assert (back.page, back.properties) == (CONTACT.page, CONTACT.properties)


def test_an_event_is_stored_as_it_was_before_there_were_contacts() -> None:
    event = Event(title="Fête", start=DAY, end=DAY)
    stored = record_to_json(event)
    assert "record" not in stored
    assert record_from_json(stored) == event


def test_kinds_are_told_apart() -> None:
    event = Event(title="Fête", start=DAY, end=DAY)
    assert fields_of(CONTACT) == CONTACT_FIELDS
    assert (a_contact(CONTACT), an_event(event)) == (CONTACT, event)
    assert series_of(CONTACT) is series_of(None) is None
    with pytest.raises(TypeError):
        an_event(CONTACT)
    with pytest.raises(TypeError):
        a_contact(event)
