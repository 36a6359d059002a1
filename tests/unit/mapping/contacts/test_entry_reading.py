"""From entries of a directory to contacts."""

from __future__ import annotations

import pytest

from oscartes_sync.mapping.contacts.entry_reading import ContactReading, read_contact
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from tests.unit.mapping.contacts.directory_form import PEOPLE, SETTING, actor

WHOLE = {
    "bf_titre": "Vélo &amp; Cie &lt;3",
    "bf_type_structure": "coop",
    "checkboxListethemes": "num,outils,mob",
    "radioListeOuiNonbf_public": "1",
    "bf_adresse": "5 bis, impasse &quot;des Prés&quot;",
    "bf_code_postal": "34000",
    "bf_ville": "Montpellier",
    "bf_pays": "France",
    "bf_latitude": "43,6119",
    "bf_longitude": "3.8772",
    "bf_telephone": " 04 67 00 00 06 ",
    "bf_mobile": "tel:+33600000006",
    "bf_mail": "cache@x.example",
    "bf_mail_public": "mailto:contact@x.example",
    "bf_note_interne": "secret",
    "bf_site_internet": "https://x.example/?a=1&amp;copy=2",
    "bf_facebook": "https://www.facebook.com/x",
    "bf_mastodon": "https://social.example/@x",
    "imagebf_image": "logo.png",
    "bf_motscles": "libre,  yeswiki",
    "checkboxfiche5bf_partenaires": "VeloCie,LeFournil",
    "bf_description": "<p>Un &amp; <b>deux</b></p><ul><li>trois</li></ul>",
    "bf_horaires": "jamais",
}


def read(**properties: object) -> Contact:
    contact = read_contact(actor(**properties), SETTING).record
    assert contact is not None
    return contact


def codes(reading: ContactReading) -> list[str]:
    return [problem.code for problem in reading.problems]


def test_every_field_arrives() -> None:
    reading = read_contact(actor(**WHOLE), SETTING)
    assert reading.problems == ()
    assert reading.record == Contact(
        name="Vélo & Cie <3",
        phones=("04 67 00 00 06", "+33600000006"),
        emails=("contact@x.example",),
        sites=("https://x.example/?a=1&copy=2",),
        social=("https://www.facebook.com/x", "https://social.example/@x"),
        street='5 bis, impasse "des Prés"',
        postcode="34000",
        town="Montpellier",
        country="France",
        position=Position(43.6119, 3.8772),
        categories=(
            "Coopérative (SCOP, SCIC)", "Mobilités", "Numérique libre",
            "Numérique libre / Outils", "libre", "yeswiki",
        ),
        description=RichText("Un & deux\n\n- trois"),
        image="https://wiki.example/files/logo.png",
        related=("Vélo & Cie", "Le Fournil d'Élise"),
    )  # fmt: skip
    assert reading.record.page == "https://wiki.example/?LeFournil"
    assert dict(reading.record.properties)["related"] == "checkboxfiche5bf_partenaires"


def test_an_entry_with_a_title_alone_is_a_contact() -> None:
    assert read() == Contact(name="Le Fournil d'Élise")


def test_what_has_a_family_name_is_an_individual() -> None:
    person = actor(bf_titre="Dupont Marie", bf_nom="Dupont", bf_prenom="Marie")
    contact = read_contact(person, PEOPLE).record
    assert contact is not None
    assert (contact.kind, contact.family_name, contact.given_name) == (
        ContactKind.INDIVIDUAL, "Dupont", "Marie",
    )  # fmt: skip
    alone = read_contact(actor(bf_titre="Marie", bf_prenom="Marie"), PEOPLE).record
    assert alone is not None
    assert (alone.kind, alone.given_name) == (ContactKind.ORG, "")


def test_pages_on_social_networks_are_told_by_host_wherever_they_stand() -> None:
    contact = read(bf_site_internet="https://m.facebook.com/y", bf_facebook="https://a.example")
    assert contact.sites == ()
    assert contact.social == ("https://a.example", "https://m.facebook.com/y")
    assert read(bf_site_internet="https://netflix.com").sites == ("https://netflix.com",)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"bf_mail_public": "n'importe quoi"}, "field-unreadable"),
        ({"bf_mail_public": ["a"]}, "field-unreadable"),
        ({"bf_telephone": {"a": 1}}, "field-unreadable"),
        ({"bf_site_internet": "java&#115;cript:alert(1)"}, "link-unsafe"),
        ({"bf_site_internet": "https://"}, None),
        ({"bf_type_structure": "gone"}, "choice-unknown"),
        ({"checkboxfiche5bf_partenaires": "VeloCie,Disparu"}, "linked-entry-unknown"),
        ({"bf_latitude": "400", "bf_longitude": "3"}, "field-unreadable"),
        ({"bf_latitude": "x", "bf_longitude": "y"}, "field-unreadable"),
    ],
)
def test_a_bad_value_is_a_warning_beside_the_good_rest(
    properties: dict[str, object], code: str | None
) -> None:
    reading = read_contact(actor(bf_ville="Die", **properties), SETTING)
    assert reading.record is not None
    assert (reading.record.town, reading.record.sites, reading.record.emails) == ("Die", (), ())
    assert codes(reading) == ([code] if code else [])
    assert all(problem.entry == "LeFournil" for problem in reading.problems)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"bf_titre": " \n"}, "entry-without-title"),
        ({"bf_titre": None}, "entry-without-title"),
        ({"bf_horaires": "x" * 9_000_000}, "too-large"),
        ({"bf_description": "<p>" + "x " * 1_100_000}, "too-large"),
    ],
)
def test_what_makes_no_contact_is_a_problem_of_that_entry(
    properties: dict[str, object], code: str
) -> None:
    reading = read_contact(actor(**properties), SETTING)
    assert reading.record is None
    assert codes(reading) == [code]


def test_a_change_of_markup_is_no_change_of_a_contact() -> None:
    assert read(bf_description="<p>Un <b>deux</b></p>") == read(bf_description="<p>Un deux</p>")
