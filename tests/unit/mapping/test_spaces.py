"""Which field of a form of groups is which, and what its entries say."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bazar_forms.entry import Entry
from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form
from oscartes_sync.config.space_shape import SPACE_FIELDS
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.spaces import (
    FIELD_NAMES,
    category_of,
    find_space_recipe,
    links_to_send,
    mark_to_send,
    read_space,
)
from oscartes_sync.records.space import SpaceEntry

PARIS = ZoneInfo("Europe/Paris")
YES_NO = {"1": "Oui", "2": "Non"}


def field(kind: FieldType, name: str, label: str, **more: Any) -> Field:
    return Field(type=kind, property=name, name=name, label=label, **more)


FIELDS = (
    field(FieldType.TEXT, "bf_titre", "Nom du groupe"),
    field(FieldType.TEXTAREA, "bf_texte", "Présentation"),
    field(FieldType.CHECKBOX, "bf_publics", "Publics", options={"tous": "Tout public"}),
    field(FieldType.TEXTAREA, "bf_qui", "Membres du groupe", syntax="nohtml", read_acl="+"),
    field(FieldType.TEXT, "bf_chef", "Responsable", read_acl="@admins"),
    field(FieldType.DATE, "bf_du", "Date de début"),
    field(FieldType.DATE, "bf_au", "Date de fin"),
    field(FieldType.LIST, "bf_ouvert", "Groupe public ?", options=YES_NO),
    field(FieldType.LINK, "bf_l1", "Lien de l'équipe"),
    field(FieldType.LINK, "bf_l2", "Dossier partagé"),
    field(FieldType.LINK, "bf_l3", "Calendrier"),
    field(FieldType.TEXT, "bf_e", "État"),
)
FORM = Form(id="8", label="Groupes", fields=FIELDS)


def read(seen: bool = True, **values: Any) -> SpaceEntry:
    entry = Entry(tag="Jardins", form="8", properties={"bf_titre": "Jardins", **values})
    found, problems = read_space(entry, find_space_recipe(FORM, {}), PARIS, seen=seen)
    assert (found is None) is bool(problems)
    assert found is not None
    return found


def test_fields_are_found_by_names_and_labels_hidden_ones_among_them() -> None:
    assert find_space_recipe(FORM, {}).mapping() == {
        "name": "bf_titre",
        "description": "bf_texte",
        "members": "bf_qui",
        "lead": "bf_chef",
        "start": "bf_du",
        "end": "bf_au",
        "public": "bf_ouvert",
        "team_link": "bf_l1",
        "folder_link": "bf_l2",
        "calendar_link": "bf_l3",
        "state": "bf_e",
    }


def test_the_configuration_knows_the_same_names() -> None:
    assert SPACE_FIELDS == FIELD_NAMES


def test_what_is_said_comes_before_what_is_found() -> None:
    recipe = find_space_recipe(FORM, {"lead": "", "members": "bf_chef"})
    assert recipe.one("lead") is None
    assert recipe.fields["members"].property == "bf_chef"


@pytest.mark.parametrize(
    ("overrides", "form", "code"),
    [
        ({"members": "bf_nulle_part"}, FORM, "space-property-unknown"),
        ({"end": "bf_titre"}, FORM, "space-property-unknown"),
        ({}, Form(id="8", label="x", fields=FIELDS[:3]), "space-without-members"),
        ({}, Form(id="8", label="x", fields=FIELDS[1:]), "space-without-name"),
    ],
)
def test_a_form_that_will_not_do_is_refused(
    overrides: dict[str, str], form: Form, code: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_space_recipe(form, overrides)
    assert caught.value.code == code


def test_members_are_told_apart_however_they_are_written() -> None:
    found = read(bf_qui="alice;bob@x.example,\ncarole  alice", bf_chef="bob@x.example")
    assert found.members == ("alice", "bob@x.example", "carole")
    assert found.leads == ("bob@x.example",)
    assert "bob@x.example" not in repr(found)
    assert found.readable


def test_members_that_our_key_does_not_read_are_not_none() -> None:
    assert not read().readable
    assert read(bf_qui="").readable


def test_days_are_days_in_the_networks_zone() -> None:
    found = read(bf_du="2026-11-24", bf_au="2026-12-31T23:30:00+00:00")
    assert (found.start, found.end) == (date(2026, 11, 24), date(2027, 1, 1))


def test_an_end_that_cannot_be_read_ends_nothing() -> None:
    entry = Entry(tag="J", form="8", properties={"bf_titre": "J", "bf_au": "bientôt"})
    found, problems = read_space(entry, find_space_recipe(FORM, {}), PARIS, seen=True)
    assert found is None
    assert [problem.code for problem in problems] == ["space-date-unreadable"]


@pytest.mark.parametrize(
    ("answer", "seen", "public"),
    [("1", True, True), ("1", False, False), ("2", True, False), ("", True, False)],
)
def test_a_group_is_public_where_it_says_so_and_visitors_read_it(
    answer: str, seen: bool, public: bool
) -> None:
    assert read(seen, bf_ouvert=answer).public is public


def test_a_form_that_does_not_ask_is_of_public_groups() -> None:
    form = Form(id="8", label="x", fields=tuple(one for one in FIELDS if one.name != "bf_ouvert"))
    entry = Entry(tag="J", form="8", properties={"bf_titre": "J"})
    found, _ = read_space(entry, find_space_recipe(form, {}), PARIS, seen=True)
    assert found is not None
    assert found.public


@pytest.mark.parametrize(("state", "archived"), [("Archivé le 3", True), ("actif", False)])
def test_the_mark_of_an_archived_group(state: str, archived: bool) -> None:
    assert read(bf_e=state).archived is archived


def test_the_mark_goes_into_a_text_or_is_chosen_from_a_list() -> None:
    recipe = find_space_recipe(FORM, {})
    assert mark_to_send(recipe, "Archivé & clos") == {"bf_e": "Archivé &amp; clos"}
    options = {"a": "En cours", "z": "Archivée"}
    listed = field(FieldType.LIST, "bf_e", "État", options=options)
    chosen = find_space_recipe(Form(id="8", label="x", fields=(*FIELDS[:-1], listed)), {})
    assert mark_to_send(chosen, "x") == {"bf_e": "z"}
    without = find_space_recipe(FORM, {"state": ""})
    assert mark_to_send(without, "x") is None


def test_addresses_are_sent_by_property() -> None:
    links = {"team_link": "https://x.example/?a=1&b=2", "folder_link": ""}
    assert links_to_send(find_space_recipe(FORM, {}), links) == {
        "bf_l1": "https://x.example/?a=1&amp;b=2"
    }


def test_a_category_is_the_choice_that_bears_the_name() -> None:
    one = field(FieldType.CHECKBOX, "bf_gt", "GT", options={"a": "Vélo", "j": "Jardins partagés"})
    assert category_of([one], "Jardins") is None
    assert category_of([one], "jardins PARTAGES") == ("bf_gt", "j", "Jardins partagés")


def test_a_key_that_means_something_in_a_pattern_is_no_category() -> None:
    one = field(FieldType.CHECKBOX, "bf_gt", "GT", options={"a.*": "Jardins"})
    assert category_of([one], "Jardins") is None
