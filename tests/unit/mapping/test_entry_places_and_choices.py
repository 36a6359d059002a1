"""Places in parts, categories as choices, queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.choices import choose, labels_of
from oscartes_sync.mapping.places import join_place, split_place, whole_place
from oscartes_sync.mapping.where import check_where, satisfies
from tests.fakes.agenda_form import field, form_of

ALL = ("place", "address", "postcode", "town")
NOW = {"place": "Ferme", "address": "3 rue X", "postcode": "91400", "town": "Orsay"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ferme, 3 rue X, 91400 Orsay", NOW),
        ("Ferme, 3 rue X, 34200 Sète", {**NOW, "postcode": "34200", "town": "Sète"}),
        ("Salle B, 3 rue X, 91400 Orsay", {**NOW, "place": "Salle B"}),
        ("Ferme, 5 quai Y, 91400 Orsay", {**NOW, "address": "5 quai Y"}),
        ("Ferme, au fond, 3 rue X, 91400 Orsay", {**NOW, "place": "Ferme, au fond"}),
        ("", dict.fromkeys(ALL, "")),
    ],
)
def test_an_edited_place_is_split_by_what_was_there(text: str, parts: dict[str, str]) -> None:
    assert split_place(text, ALL, NOW) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ferme, 3 rue X, 91400 Orsay", NOW),
        ("3 rue X, 91400 Orsay", {**NOW, "place": ""}),
        ("Orsay", {"place": "Orsay"}),
        ("91400 Orsay", {"postcode": "91400", "town": "Orsay"}),
    ],
)
def test_a_new_place_is_split_by_its_shape(text: str, parts: dict[str, str]) -> None:
    assert split_place(text, ALL, {}) == {**dict.fromkeys(ALL, ""), **parts}


def test_the_only_part_that_is_used_takes_the_text() -> None:
    assert split_place("Lodève", ALL, {"town": "Die"}) == {
        **dict.fromkeys(ALL, ""),
        "town": "Lodève",
    }


@pytest.mark.parametrize("text", ["Salle polyvalente", "Chez Paul", "3 rue des Lilas"])
def test_a_venue_does_not_take_the_place_of_the_town(text: str) -> None:
    assert split_place(text, ALL, {"town": "Die"}) is None
    assert whole_place(text, ALL, {"town": "Die"})["town"] == "Die"


def test_a_town_that_was_taken_away_is_taken_away() -> None:
    assert split_place("Ferme, 3 rue X", ALL, NOW) == {**NOW, "postcode": "", "town": ""}
    assert split_place("Ferme", ALL, {"place": "Ferme", "town": "Orsay"}) == {
        **dict.fromkeys(ALL, ""),
        "place": "Ferme",
    }


def test_a_new_venue_leaves_the_town_that_it_does_not_tell() -> None:
    assert split_place("Chez Paul", ALL, {"place": "Ferme", "town": "Orsay"}) is None


def test_a_town_does_not_take_the_place_of_the_postcode() -> None:
    assert split_place("Orsay", ALL, {"postcode": "91400"}) != {"postcode": "Orsay"}


def test_what_is_not_recognised_goes_to_the_place_and_the_rest_stays() -> None:
    assert split_place("Chez Paul, derrière, à gauche", ALL, NOW) is None
    assert whole_place("Chez Paul", ALL, NOW) == {**NOW, "place": "Chez Paul"}


part = st.text(alphabet="ab 1é,", max_size=12)


@given(part, part, part, part, st.lists(st.sampled_from(ALL), unique=True, min_size=1))
def test_a_place_that_was_split_joins_to_the_same_text(
    text: str, place: str, address: str, town: str, known: list[str]
) -> None:
    current = {"place": place, "address": address, "postcode": "91400", "town": town}
    whole = ", ".join(filter(None, (text.strip(), place.strip(), address.strip())))
    found = split_place(whole, tuple(known), current)
    assert found is None or join_place(found) == whole


CHOICES = form_of(
    [
        (field("checkbox", "kinds", options={"a": "Atelier", "f": "Fête &amp; repas"}), ""),
        (field("liste", "public", options={"t": "Tout public", "e": "Enfants"}), ""),
        (field("tags", "words"), ""),
    ]
).fields


def test_categories_are_labels() -> None:
    assert labels_of(CHOICES[0], ("f", "zz")) == (("Fête & repas",), True)
    assert labels_of(CHOICES[2], ("vélo", "été")) == (("vélo", "été"), False)


def test_categories_change_by_difference_and_unknown_keys_stay() -> None:
    current = {"kinds": ("zz", "a"), "public": ("t",), "words": ("vélo",)}
    choice = choose(CHOICES, current, added=["fete & repas", "neuf"], removed={"Atelier"})
    assert choice.values == {"kinds": "zz,f", "words": "vélo,neuf"}
    assert (choice.unknown, choice.crowded) == ([], [])


def test_a_single_choice_is_replaced_only_when_it_is_given_up() -> None:
    kinds = CHOICES[:2]
    kept = choose(kinds, {"public": ("t",)}, added=["Enfants", "Neuf"], removed=())
    assert (kept.values, kept.crowded, kept.unknown) == ({}, ["Enfants"], ["Neuf"])
    freed = choose(kinds, {"public": ("t",)}, added=["Enfants"], removed={"Tout public"})
    assert freed.values == {"public": "e"}


def test_labels_of_a_tree_are_those_of_the_leaf_unless_two_are_alike() -> None:
    options = {"m": "Mobilité", "v": " Mobilité ➤ Autre", "e": "Eau", "x": " Eau ➤ Autre"}
    (tree,) = form_of([(field("checkbox", "t", options=options), "")]).fields
    assert labels_of(tree, ("m", "v")) == (("Mobilité", "Mobilité / Autre"), False)


def test_where_is_understood_as_the_wiki_does() -> None:
    values = {"public": "1", "kinds": "a,f"}
    assert satisfies(values, "public=1|kinds=f,z|autre=")
    assert not satisfies(values, "public!=1")
    assert not satisfies(values, "public=")
    check_where("public=1|id_fiche!=X.*", {"public"}, "6")
    with pytest.raises(ConfigurationError, match="where-property-unknown"):
        check_where("publik=1", {"public"}, "6")
    with pytest.raises(ConfigurationError, match="where-unreadable"):
        check_where("public=((", {"public"}, "6")
