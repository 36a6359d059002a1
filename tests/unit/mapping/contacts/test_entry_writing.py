"""From contacts to entries: which field takes which value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bazar_forms.entry import Entry
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.entry_writing import (
    new_contact_entry,
    patch_contact_entry,
    project_contact,
)
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from tests.fakes.agenda_form import field, form_of, text
from tests.unit.mapping.contacts.directory_form import (
    PEOPLE,
    SETTING,
    actor,
    directory_fields,
    directory_of,
)
from tests.unit.mapping.contacts.test_entry_reading import WHOLE


def patch(
    entry: Entry, setting: ContactSetting = SETTING, /, **changes: object
) -> tuple[dict[str, str], list[str]]:
    """What is sent, and the codes of what is not."""
    contact = read_contact(entry, setting).record
    assert contact is not None
    writing = patch_contact_entry(entry, changes, contact, setting)
    assert all(problem.entry == entry.tag for problem in writing.problems)
    return dict(writing.values), codes(writing)


def codes(writing: Writing) -> list[str]:
    return [problem.code for problem in writing.problems]


def test_a_new_entry_holds_everything_but_what_goes_one_way() -> None:
    contact = read_contact(actor(**WHOLE), SETTING).record
    assert contact is not None
    writing = new_contact_entry(contact, SETTING, defaults={"bf_horaires": "9 h"})
    assert writing.problems == ()
    assert writing.values == {
        "bf_titre": "Vélo &amp; Cie &lt;3",
        "bf_type_structure": "coop",
        "checkboxListethemes": "mob,num,outils",
        "bf_adresse": '5 bis, impasse "des Prés"',
        "bf_code_postal": "34000",
        "bf_ville": "Montpellier",
        "bf_pays": "France",
        "bf_latitude": "43.6119",
        "bf_longitude": "3.8772",
        "bf_telephone": "04 67 00 00 06",
        "bf_mobile": "+33600000006",
        "bf_mail_public": "contact@x.example",
        "bf_site_internet": "https://x.example/?a=1&copy=2",
        "bf_facebook": "https://www.facebook.com/x",
        "bf_mastodon": "https://social.example/@x",
        "bf_motscles": "libre,yeswiki",
        "bf_description": "<p>Un &amp; deux</p>\n<p>- trois</p>",
        "bf_horaires": "9 h",
    }


def test_defaults_fill_what_is_empty_and_must_be_in_the_form() -> None:
    contact = Contact(name="X")
    writing = new_contact_entry(contact, SETTING, defaults={"bf_ville": "Die", "bf_titre": "Y"})
    assert writing.values == {"bf_titre": "X", "bf_ville": "Die"}
    with pytest.raises(ConfigurationError, match="default-property-unknown"):
        new_contact_entry(contact, SETTING, defaults={"bf_rien": "1"})


def test_what_the_form_requires_and_nobody_gives_is_told() -> None:
    fields = [(text("bf_titre"), ""), (text("bf_statut", "Statut", required=True), "")]
    setting = directory_of(form_of(fields))
    assert codes(new_contact_entry(Contact(name="X"), setting, defaults={})) == ["required-empty"]
    given = new_contact_entry(Contact(name="X"), setting, defaults={"bf_statut": "ok"})
    assert given.problems == ()


def test_a_patch_holds_the_changed_field_and_no_other() -> None:
    assert patch(actor(**WHOLE), town="Sète") == ({"bf_ville": "Sète"}, [])
    assert patch(actor(**WHOLE), street="") == ({"bf_adresse": ""}, [])
    assert patch(actor(**WHOLE), name="Vélo & Cie <3") == ({}, [])


@pytest.mark.parametrize("spelling", ["+33 4 67 00 00 06", "0033467000006", "+33(0)467.00.00.06"])
def test_another_spelling_of_a_number_writes_nothing(spelling: str) -> None:
    assert patch(actor(**WHOLE), phones=(spelling, "06 00 00 00 06")) == ({}, [])
    assert patch(actor(**WHOLE), phones=("06 00 00 00 06", spelling)) == ({}, [])


@pytest.mark.parametrize(
    ("phones", "sent", "told"),
    [
        (("04 67 00 00 07", "+33600000006"), {"bf_telephone": "04 67 00 00 07"}, []),
        (("+33600000006",), {"bf_telephone": ""}, []),
        (("06 11", "04 67 00 00 06"), {"bf_mobile": "06 11"}, []),
        (("1", "2"), {"bf_telephone": "1", "bf_mobile": "2"}, []),
        ((), {"bf_telephone": "", "bf_mobile": ""}, []),
        (
            ("04 67 00 00 06", "+33600000006", "3", "4"), {}, ["contact-without-room"],
        ),
    ],
)  # fmt: skip
def test_numbers_keep_their_fields_and_new_ones_take_those_of_the_gone(
    phones: tuple[str, ...], sent: dict[str, str], told: list[str]
) -> None:
    assert patch(actor(**WHOLE), phones=phones) == (sent, told)


def test_what_is_left_over_goes_to_empty_fields() -> None:
    entry = actor(bf_mobile="06 00 00 00 06")
    assert patch(entry, phones=("04 1", "0600000006")) == ({"bf_telephone": "04 1"}, [])


def test_the_problem_says_how_many_found_no_field_and_none_of_them() -> None:
    contact = Contact(name="X", phones=("1", "2", "3", "4"))
    (problem,) = new_contact_entry(contact, SETTING, defaults={}).problems
    assert dict(problem.params) == {"field": "phones", "count": "2"}


def test_addresses_of_e_mail_are_the_same_in_capitals() -> None:
    entry = actor(bf_mail_public="Contact@X.example")
    assert patch(entry, emails=("contact@x.example",)) == ({}, [])
    assert patch(entry, emails=("b@x.example",)) == ({"bf_mail_public": "b@x.example"}, [])


def test_a_value_that_is_none_stays_in_its_field() -> None:
    entry = actor(bf_mail_public="demander à Élise", bf_site_internet="javascript:alert(1)")
    assert patch(entry, emails=("a@x.example",)) == ({"bf_mail2": "a@x.example"}, [])
    assert patch(entry, sites=("https://a.example",)) == ({}, ["contact-without-room"])


@pytest.mark.parametrize(
    ("social", "sent", "told"),
    [
        (("https://fb.me/b",), {"bf_facebook": "https://fb.me/b"}, []),
        (("https://mamot.fr/@b",), {"bf_mastodon": "https://mamot.fr/@b"}, []),
        (("https://pouet.example/@b",), {"bf_mastodon": "https://pouet.example/@b"}, []),
        (("https://x.com/b",), {"bf_site_internet": "https://x.com/b"}, []),
        (("https://fb.me/b", "https://fb.me/c", "https://x.com/b"),
         {"bf_facebook": "https://fb.me/b", "bf_site_internet": "https://fb.me/c"},
         ["contact-without-room"]),
        (("https://a.example/1", "https://a.example/2"), {"bf_mastodon": "https://a.example/1"},
         ["contact-without-room"]),
    ],
)  # fmt: skip
def test_a_page_on_a_network_goes_to_a_field_for_it_or_for_any_site(
    social: tuple[str, ...], sent: dict[str, str], told: list[str]
) -> None:
    assert patch(actor(), social=social) == (sent, told)


def test_sites_stay_out_of_fields_for_networks() -> None:
    sites = ("https://a.example", "https://b.example")
    sent, told = patch(actor(), sites=sites)
    assert (sent, told) == ({"bf_site_internet": "https://a.example"}, ["contact-without-room"])


def test_a_page_that_stands_in_a_field_for_sites_stays_there() -> None:
    entry = actor(bf_site_internet="https://facebook.com/x")
    assert patch(entry, sites=("https://a.example",)) == ({}, ["contact-without-room"])
    assert patch(entry, social=("https://facebook.com/x", "https://mamot.fr/@x")) == (
        {"bf_mastodon": "https://mamot.fr/@x"}, [],
    )  # fmt: skip


def test_a_change_of_sites_leaves_what_the_other_side_says_of_networks() -> None:
    entry = actor(bf_site_internet="https://a.example", bf_facebook="https://fb.me/a")
    cloud = Contact(name="X", sites=("https://b.example",), social=("https://fb.me/b",))
    writing = patch_contact_entry(entry, {"sites": cloud.sites}, cloud, SETTING)
    assert writing.values == {"bf_site_internet": "https://b.example"}


def test_categories_go_to_the_lists_that_know_them() -> None:
    entry = actor(bf_type_structure="asso", checkboxListethemes="num,disparu", bf_motscles="a")
    kept = ("Association", "Numérique libre")
    path = "Agriculture & alimentation / Circuits courts"
    assert patch(entry, categories=(*kept, "a", path)) == (
        {"checkboxListethemes": "num,disparu,circuits"}, [],
    )  # fmt: skip
    assert patch(entry, categories=("Association", "a")) == (
        {"checkboxListethemes": "disparu"}, [],
    )  # fmt: skip
    assert patch(entry, categories=(*kept, "a", "Nouveau")) == ({"bf_motscles": "a,Nouveau"}, [])


def test_categories_that_no_list_takes_stay_in_the_cloud() -> None:
    fields = [one for one in directory_fields() if one[0]["type"] != "tags"]
    setting = directory_of(form_of(fields, "5"))
    entry = actor(bf_type_structure="asso")
    wanted = ("Association", "Entreprise", "Inconnue")
    assert patch(entry, setting, categories=wanted) == (
        {}, ["category-unknown", "category-crowded"],
    )  # fmt: skip


def test_what_a_list_of_others_says_is_not_said_again_elsewhere() -> None:
    fields = directory_fields()
    fields[1][0]["write_acl"] = "@admins"
    setting = directory_of(form_of(fields, "5"))
    entry = actor(bf_type_structure="asso", bf_motscles="a")
    assert patch(entry, setting, categories=("Association", "b")) == ({"bf_motscles": "b"}, [])


def test_a_child_of_one_tree_goes_without_its_namesake_elsewhere() -> None:
    fields = [
        (text("bf_titre"), ""),
        (field("checkbox", "a", "A", options={"c": "Culture"}), ""),
        (field("checkbox", "b", "B", options={"t": "Thème", "c": " Thème ➤ Culture"}), ""),
    ]
    setting = directory_of(form_of(fields))
    assert patch(actor(a="c", b="t,c"), setting, categories=("Culture", "Thème")) == (
        {"b": "t"}, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("syntax", "stored", "sent"),
    [
        ("html", "<p>Un <b>deux</b></p>", "<p>Trois {{x}} &lt;4</p>"),
        ("wiki", "Un **deux**", None),
        ("nohtml", "Un deux", "Trois {{x}} &lt;4"),
    ],
)
def test_a_text_that_says_the_same_keeps_its_markup(
    syntax: str, stored: str, sent: str | None
) -> None:
    setting = directory_of(form_of(directory_fields(syntax), "5"))
    entry = actor(bf_description=stored)
    assert patch(entry, setting, description=RichText("Un  deux")) == ({}, [])
    values, told = patch(entry, setting, description=RichText("Trois {{x}} <4"))
    assert told == []
    if sent is None:
        assert "{{" not in values["bf_description"]
    else:
        assert values == {"bf_description": sent}


def test_the_position_is_sent_whole_and_emptied_whole() -> None:
    entry = actor(bf_latitude="43.5", bf_longitude="3.5")
    assert patch(entry, position=Position(1.5, 2.25)) == (
        {"bf_latitude": "1.5", "bf_longitude": "2.25"}, [],
    )  # fmt: skip
    assert patch(entry, position=None) == ({"bf_latitude": "", "bf_longitude": ""}, [])


def test_what_goes_one_way_is_told_and_not_written() -> None:
    assert patch(actor(**WHOLE), image="", related=("X",)) == (
        {}, ["attachment-one-way", "attachment-one-way"],
    )  # fmt: skip


def test_what_is_not_ours_to_write_is_told_and_left() -> None:
    fields = [
        (text("bf_titre"), ""),
        (text("bf_tel", "Téléphone", write_acl="@admins"), ""),
        (text("bf_mobile", "Mobile"), ""),
        (text("bf_ville", "Ville", write_acl="@admins"), ""),
        ({**field("textelong", "bf_description"), "write_acl": "@admins"}, "html"),
    ]
    setting = directory_of(form_of(fields))
    entry = actor(bf_tel="1", bf_ville="Die", bf_description="<p>a</p>")
    assert patch(entry, setting, phones=("2",)) == ({"bf_mobile": "2"}, ["field-not-ours"])
    assert patch(entry, setting, phones=("1", "2")) == ({"bf_mobile": "2"}, [])
    assert patch(entry, setting, town="Alès") == ({}, ["field-not-ours"])
    assert patch(entry, setting, description=RichText("b")) == ({}, ["field-not-ours"])


def test_a_text_over_the_form_s_limit_is_told() -> None:
    sent, told = patch(actor(), town="x" * 300)
    assert (sent, told) == ({"bf_ville": "x" * 300}, ["text-too-long"])


def test_names_of_people_go_to_their_fields_and_titles_are_left_to_the_wiki() -> None:
    entry = actor(bf_titre="Dupont Marie", bf_nom="Dupont", bf_prenom="Marie")
    assert patch(entry, PEOPLE, family_name="Durand", name="Marie Durand") == (
        {"bf_nom": "Durand"}, ["title-automatic"],
    )  # fmt: skip
    person = Contact(
        name="Marie Durand", kind=ContactKind.INDIVIDUAL, given_name="Marie", family_name="Durand"
    )
    writing = new_contact_entry(person, PEOPLE, defaults={})
    assert writing.values == {
        "bf_titre": "{{bf_nom}} {{bf_prenom}}", "bf_nom": "Durand", "bf_prenom": "Marie",
    }  # fmt: skip
    assert project_contact(person, PEOPLE) == person


def test_a_projection_is_what_the_entry_would_hold() -> None:
    contact = read_contact(actor(**WHOLE), SETTING).record
    assert contact is not None
    assert project_contact(contact, SETTING) == contact
    person = replace(
        contact,
        kind=ContactKind.INDIVIDUAL,
        family_name="X",
        phones=("1", "2", "3"),
        image="https://elsewhere.example/logo.png",
        categories=("entreprise",),
        description=RichText("a  b\n\n\n\nc"),
    )
    projected = project_contact(person, SETTING)
    assert projected.kind is ContactKind.ORG
    assert (projected.family_name, projected.phones, projected.image) == ("", ("1", "2"), "")
    assert projected.categories == ("Entreprise",)
    assert projected.description == RichText("a b\n\nc")
    assert projected.related == contact.related
    assert projected.page == contact.page


def test_names_cannot_break_out_of_their_line() -> None:
    writing = new_contact_entry(Contact(name="=cmd\n<b>x</b>\x00"), SETTING, defaults={})
    assert writing.values == {"bf_titre": "=cmd &lt;b&gt;x&lt;/b&gt;"}


def test_who_is_shown_as_a_company_keeps_their_names() -> None:
    entry = actor(bf_titre="Dupont Marie", bf_nom="Dupont", bf_prenom="Marie")
    changes = {"kind": ContactKind.ORG, "given_name": "", "family_name": ""}
    assert patch(entry, PEOPLE, **changes) == ({}, [])
    named = {"kind": ContactKind.INDIVIDUAL, "given_name": "Asso", "family_name": "des Amis"}
    assert patch(actor(bf_titre="Asso", bf_nom="", bf_prenom=""), PEOPLE, **named) == ({}, [])


def test_the_one_field_of_an_automatic_title_takes_the_name() -> None:
    fields = [{**field("titre", "bf_titre"), "name": "{{bf_nom}}"}, text("bf_nom", "Nom")]
    setting = directory_of(form_of([(one, "") for one in fields], "5"))
    writing = new_contact_entry(Contact(name="Le Rucher"), setting, defaults={})
    assert writing.values == {"bf_titre": "{{bf_nom}}", "bf_nom": "Le Rucher"}


def test_no_entry_is_made_whose_automatic_title_would_be_empty() -> None:
    writing = new_contact_entry(Contact(name="Le Rucher"), PEOPLE, defaults={})
    assert codes(writing) == ["required-empty"]
