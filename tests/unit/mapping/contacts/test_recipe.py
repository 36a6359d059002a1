"""Finding the fields of a directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.contacts.recipe import find_contact_recipe
from tests.fakes.agenda_form import field, form_of, text
from tests.unit.mapping.contacts.directory_form import (
    PEOPLE,
    SETTING,
    directory_fields,
    directory_of,
)

RECORDINGS = Path(__file__).parents[5] / "shared" / "recordings" / "yeswiki"
FORM = form_of(directory_fields(), "5")


def test_a_directory_is_mapped_by_itself() -> None:
    assert SETTING.recipe.mapping() == {
        "name": "bf_titre",
        "phones": "bf_telephone,bf_mobile",
        "emails": "bf_mail_public,bf_mail2",
        "sites": "bf_site_internet",
        "social": "bf_facebook,bf_mastodon",
        "street": "bf_adresse",
        "postcode": "bf_code_postal",
        "town": "bf_ville",
        "country": "bf_pays",
        "position": "geolocation",
        "categories": "bf_type_structure,checkboxListethemes,bf_motscles",
        "description": "bf_description",
        "image": "imagebf_image",
        "related": "checkboxfiche5bf_partenaires",
    }


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recordings are not here")
@pytest.mark.parametrize("name", ["101-form-5", "v444-00-form-5"])
def test_the_observed_directories_are_mapped_whole(name: str) -> None:
    body = json.loads((RECORDINGS / f"{name}.json").read_text())["response"]["body"]
    recipe = find_contact_recipe(Form.from_json(body), {})
    assert recipe.carries == {
        "name", "phones", "emails", "sites", "social", "street", "postcode", "town", "position",
        "categories", "description", "image", "related",
    }  # fmt: skip
    assert recipe.writes == recipe.carries - {"image", "related"}
    assert (recipe.problems, recipe.fixed, recipe.says) == ((), frozenset(), frozenset())
    assert not {"bf_mail", "bf_note_interne"} & recipe.keys()
    assert {"bf_latitude", "bf_longitude", "carte_google"} <= recipe.keys()


def test_the_address_behind_a_contact_form_is_never_mirrored_whatever_says_so() -> None:
    bare = field("email", "bf_mail", "Courriel (formulaire de contact)")
    recipe = find_contact_recipe(form_of([(text("bf_titre"), ""), (bare, "")]), {})
    assert "emails" not in recipe.carries
    for form in (FORM, form_of([(text("bf_titre"), ""), (bare, "")])):
        with pytest.raises(ConfigurationError) as refused:
            find_contact_recipe(form, {"emails": "bf_mail"})
        assert refused.value.code == "field-not-public"


def test_people_have_given_and_family_names_and_titles_of_their_own_making() -> None:
    recipe = PEOPLE.recipe
    assert recipe.mapping()["family_name"] == "bf_nom"
    assert recipe.mapping()["given_name"] == "bf_prenom"
    assert recipe.title_template == "{{bf_nom}} {{bf_prenom}}"
    assert "kind" in recipe.carries
    assert not {"kind", "name"} & recipe.writes


def test_a_name_without_a_given_name_is_that_of_a_structure() -> None:
    form = form_of([(text("bf_titre"), ""), (text("bf_nom", "Nom"), "")])
    assert "family_name" not in find_contact_recipe(form, {}).carries


def test_the_logo_goes_before_other_pictures_and_doubts_are_told() -> None:
    images = [field("image", "imagebf_photo", "Photo"), field("image", "imagebf_a", "Logo")]
    logo = find_contact_recipe(form_of([(each, "") for each in (text("bf_titre"), *images)]), {})
    assert logo.mapping()["image"] == "imagebf_a"
    assert logo.problems == ()
    images = [field("image", "imagebf_b", "Façade"), field("image", "imagebf_photo", "Photo")]
    form = form_of([(each, "") for each in (text("bf_titre"), *images)])
    found = find_contact_recipe(form, {})
    assert found.mapping()["image"] == "imagebf_photo"
    assert [problem.code for problem in found.problems] == ["mapping-ambiguous"]
    assert find_contact_recipe(form, {"image": "imagebf_b"}).problems == ()


@pytest.mark.parametrize(
    ("overrides", "mapped"),
    [
        ({"phones": "bf_mobile"}, {"phones": "bf_mobile"}),
        ({"phones": ""}, {"phones": None}),
        ({"sites": "bf_facebook, bf_site_internet"}, {"sites": "bf_facebook,bf_site_internet",
                                                      "social": "bf_mastodon"}),
        ({"description": "bf_horaires"}, {"description": "bf_horaires"}),
        ({"country": "bf_ville"}, {"country": "bf_ville", "town": None}),
        ({"categories": "radioListeOuiNonbf_public"}, {"categories": "radioListeOuiNonbf_public"}),
    ],
)  # fmt: skip
def test_what_the_configuration_says_goes_first(
    overrides: dict[str, str], mapped: dict[str, str | None]
) -> None:
    mapping = find_contact_recipe(FORM, overrides).mapping()
    assert {name: mapping.get(name) for name in mapped} == mapped


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"organizer": "bf_titre"}, "field-name-unknown"),
        ({"phones": "bf_tel"}, "field-property-unknown"),
        ({"phones": "bf_description"}, "field-wrong-type"),
        ({"phones": "bf_note_interne"}, "field-not-public"),
        ({"name": ""}, "form-without-title"),
    ],
)
def test_what_cannot_be_is_an_error_of_the_configuration(
    overrides: dict[str, str], code: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        find_contact_recipe(FORM, overrides)
    assert refused.value.code == code


def test_a_form_without_a_title_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="form-without-title"):
        find_contact_recipe(form_of([(text("bf_nom"), "")]), {})


def test_what_others_alone_may_write_goes_one_way() -> None:
    fields = [(text("bf_titre"), ""), (text("bf_tel", "Téléphone", write_acl="@admins"), "")]
    recipe = find_contact_recipe(form_of(fields), {}, user="RobotNuage")
    assert recipe.fixed == {"bf_tel"}
    assert "phones" in recipe.carries - recipe.writes


def test_the_digest_follows_labels_and_choices() -> None:
    changed = directory_fields()
    changed[1][0]["options"] = {**changed[1][0]["options"], "coll": "Collectif"}
    digests = {
        directory_of(form_of(fields, "5")).recipe.digest()
        for fields in (directory_fields(), directory_fields(), changed)
    }
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("label", "is_phone"),
    [
        ("Téléphone", True),
        ("Tél. fixe", True),
        ("Mobile 2", True),
        ("N° de portable", True),
        ("Fax", False),
        ("Prix fixe", False),
        ("Adresse mail", False),
        ("Mobilité douce", False),
    ],
)
def test_telephones_are_told_by_their_labels(label: str, *, is_phone: bool) -> None:
    fields = [(text("bf_titre"), ""), (text("bf_x", label), "")]
    assert ("phones" in find_contact_recipe(form_of(fields), {}).carries) is is_phone
