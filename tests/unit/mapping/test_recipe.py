"""Finding the fields of a form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.recipe import find_recipe, may_write
from tests.fakes.agenda_form import agenda_fields, field, form_of, text

RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings" / "yeswiki"


def test_the_agenda_is_mapped_by_itself() -> None:
    assert find_recipe(form_of(agenda_fields()), {}).mapping() == {
        "title": "bf_titre",
        "start": "bf_date_debut_evenement",
        "end": "bf_date_fin_evenement",
        "description": "bf_description",
        "location": "bf_lieu,bf_adresse,bf_code_postal,bf_ville",
        "position": "geolocation",
        "link": "bf_site_internet",
        "organizer": "listefiche5bf_organisateur",
        "image": "imagebf_image",
        "categories": "bf_type_evenement",
        "files": "fichierbf_fichier",
    }


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recordings are not here")
@pytest.mark.parametrize("name", ["100-forms", "v444-01-form-6"])
def test_the_observed_agendas_are_mapped_whole(name: str) -> None:
    body = json.loads((RECORDINGS / f"{name}.json").read_text())["response"]["body"]
    recipe = find_recipe(Form.from_json(body.get("6", body)), {})
    assert {"title", "start", "end", "description", "place", "position"} <= recipe.carries
    assert {"link", "organizer", "image", "categories", "files"} <= recipe.carries
    assert recipe.problems == ()
    assert recipe.says == {"status", "series"}


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recordings are not here")
@pytest.mark.parametrize("number", ["5", "7", "8", "9", "10"])
def test_forms_that_hold_no_events_are_refused(number: str) -> None:
    body = json.loads((RECORDINGS / "100-forms.json").read_text())["response"]["body"]
    with pytest.raises(ConfigurationError) as refused:
        find_recipe(Form.from_json(body[number]), {})
    assert refused.value.code == "form-without-dates"


def test_types_go_before_names_and_names_before_labels() -> None:
    fields = [
        (text("bf_titre"), ""),
        (field("jour", "bf_date_inscription", "Date limite d'inscription"), ""),
        (field("listedatedeb", "quand", "Quand ?"), ""),
        (field("listedatefin", "jusque", "Jusqu'à"), ""),
        (field("textelong", "bf_programme", "Programme"), "html"),
        (field("textelong", "bf_notes", "Présentation de l'évènement"), "html"),
        (text("bf_endroit", "Lieu de l'événement"), ""),
        (text("bf_contact", "Adresse e-mail"), ""),
        (text("bf_commune_nom", "Commune"), ""),
    ]
    recipe = find_recipe(form_of(fields), {})
    assert recipe.mapping() == {
        "title": "bf_titre",
        "start": "quand",
        "end": "jusque",
        "description": "bf_notes",
        "location": "bf_endroit,bf_commune_nom",
    }
    assert recipe.says == {"status", "series", "organizer"}


def test_plain_days_count_where_their_names_say_so() -> None:
    fields = [
        (text("bf_titre"), ""),
        (field("jour", "bf_date_debut_evenement"), ""),
        (field("jour", "bf_cloture", "Date de fin"), ""),
    ]
    recipe = find_recipe(form_of(fields), {})
    assert (recipe.start.property, recipe.end.property) == ("bf_date_debut_evenement", "bf_cloture")


def test_a_guess_that_may_be_wrong_is_told() -> None:
    fields = [*agenda_fields()[:5], (field("map", "a"), ""), (field("map", "b"), "")]
    (doubt,) = find_recipe(form_of(fields), {}).problems
    assert doubt.code == "mapping-ambiguous"
    assert dict(doubt.params) == {"field": "position", "property": "a", "others": "b"}


def test_hidden_fields_are_outside_and_protected_ones_go_one_way() -> None:
    fields = agenda_fields()
    fields[2][0]["read_acl"] = "@admins"
    fields[11][0]["write_acl"] = "@admins"
    fields[8][0]["write_acl"] = "RobotNuage"
    recipe = find_recipe(form_of(fields), {}, user="RobotNuage")
    assert "description" not in recipe.carries
    assert recipe.fixed == {"bf_site_internet"}
    assert "link" in recipe.carries - recipe.writes


def test_the_answers_to_questions_are_no_categories() -> None:
    fields = agenda_fields()
    fields.append(
        (field("radio", "radioOuiNon", "Gratuit ?", options={"1": "Oui", "2": "Non"}), "")
    )
    assert find_recipe(form_of(fields), {}).mapping()["categories"] == "bf_type_evenement"
    chosen = find_recipe(form_of(fields), {"categories": "radioOuiNon"})
    assert chosen.mapping()["categories"] == "radioOuiNon"


def test_the_configuration_goes_first() -> None:
    form = form_of([*agenda_fields(), (text("bf_salle_precise", "Précisions"), "")])
    recipe = find_recipe(form, {"location": "bf_salle_precise", "organizer": ""})
    assert recipe.mapping()["location"] == "bf_salle_precise,bf_adresse,bf_code_postal,bf_ville"
    assert recipe.organizer is None
    whole = find_recipe(form, {"location": "bf_salle_precise,bf_ville"})
    assert dict(whole.places)["place"].property == "bf_salle_precise"
    assert whole.mapping()["location"] == "bf_salle_precise,bf_ville"


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"lieu": "bf_lieu"}, "field-name-unknown"),
        ({"location": "bf_lieux"}, "field-property-unknown"),
        ({"position": "bf_lieu"}, "field-wrong-type"),
    ],
)
def test_overrides_that_cannot_be_are_refused(overrides: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        find_recipe(form_of(agenda_fields()), overrides)
    assert refused.value.code == code
    assert "bf_titre" not in overrides.values()


def test_a_hidden_property_cannot_be_chosen() -> None:
    fields = agenda_fields()
    fields[2][0]["read_acl"] = "+"
    with pytest.raises(ConfigurationError, match="field-not-public"):
        find_recipe(form_of(fields), {"description": "bf_description"})


def test_a_form_without_title_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="form-without-title"):
        find_recipe(form_of(agenda_fields()[1:]), {})


def test_the_digest_follows_labels_and_properties() -> None:
    fields = agenda_fields()
    before = find_recipe(form_of(fields), {}).digest()
    assert find_recipe(form_of(agenda_fields()), {}).digest() == before
    fields[10][0]["options"] = {"VeloCie": "Vélo et compagnie"}
    assert find_recipe(form_of(fields), {}).digest() != before


@pytest.mark.parametrize(
    ("acl", "ours"),
    [("", True), ("*", True), ("+", True), ("RobotNuage", True), ("@admins", False), ("%", False)],
)
def test_rights_of_fields(acl: str, ours: bool) -> None:
    (one,) = form_of([(text("bf_x", write_acl=acl), "")]).fields
    assert may_write(one, "RobotNuage") is ours
