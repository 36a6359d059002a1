"""Facets of a directory: which there are, what they choose, and what they count."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from bazar_forms import Directory, Source
from bazar_forms.directory import Count, Facet, FacetKind, FacetUnknown
from tests.unit.bazar_forms.directories import (
    ACTORS,
    KINDS,
    TITLE,
    TOWN,
    actors,
    counts,
    entry,
    form,
    prepared,
    tags,
)

AGRI, CIRCUITS = "Agriculture & alimentation", "Agriculture & alimentation / Circuits courts"
DIRECTORY = actors(
    entry("Alpha", bf_type="asso", checkboxListThemes="agri", bf_motscles="Pain,vélo"),
    entry("Beta", bf_type="asso", checkboxListThemes="circuits,num", bf_motscles="pain"),
    entry("Gamma", bf_type="coop", checkboxListThemes="circuits", bf_motscles="pain"),
    entry("Delta", bf_type="coll", checkboxListThemes={"mob": 1}, bf_ville="Sète"),
    entry("Zeta", bf_ville="SETE"),
)


def test_lists_tags_towns_forms_and_wikis_are_facets() -> None:
    assert DIRECTORY.facets == (
        Facet("Type de structure", FacetKind.CHOICES, ("bf_type",)),
        Facet("Thématiques", FacetKind.CHOICES, ("checkboxListThemes",)),
        Facet("Mots clés", FacetKind.TAGS, ("bf_motscles",)),
        Facet("Ville", FacetKind.TOWN, ("bf_ville",)),
        Facet("form", FacetKind.FORM),
        Facet("wiki", FacetKind.WIKI),
    )
    assert DIRECTORY.labels("Thématiques") == (AGRI, CIRCUITS, "Numérique libre", "Mobilités")


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("Type de structure", "Association", ["Alpha", "Beta"]),
        ("type DE structure", "ASSOCIATION", ["Alpha", "Beta"]),
        ("bf_type", "asso", ["Alpha", "Beta"]),
        ("Thématiques", AGRI, ["Alpha", "Beta", "Gamma"]),
        ("Thématiques", CIRCUITS, ["Beta", "Gamma"]),
        ("Thématiques", "circuits courts", ["Beta", "Gamma"]),
        ("Thématiques", "circuits", ["Beta", "Gamma"]),
        ("Thématiques", ["Mobilités", "Numérique libre"], ["Beta", "Delta"]),
        ("Mots clés", "PAIN", ["Alpha", "Beta", "Gamma"]),
        ("town", "Sete", ["Delta", "Zeta"]),
        ("Ville", "sète", ["Delta", "Zeta"]),
        ("form", "Annuaire", ["Alpha", "Beta", "Delta", "Gamma", "Zeta"]),
        ("Thématiques", "Danse", []),
        ("Thématiques", "", []),
        ("Thématiques", [], ["Alpha", "Beta", "Delta", "Gamma", "Zeta"]),
    ],
)
def test_a_label_chooses_those_who_bear_it_or_one_below(
    name: str, label: str | list[str], expected: list[str]
) -> None:
    assert tags(DIRECTORY, where={name: label}) == expected


def test_facets_narrow_each_other() -> None:
    assert tags(DIRECTORY, where={"bf_type": "asso", "Thématiques": CIRCUITS}) == ["Beta"]
    assert tags(DIRECTORY, where={"bf_type": ["asso", "coop"], "Mots clés": "pain"}) == [
        "Alpha",
        "Beta",
        "Gamma",
    ]


def test_two_names_of_one_facet_choose_together() -> None:
    where = {"bf_type": "coop", "Type de structure": "Collectivité"}
    assert tags(DIRECTORY, where=where) == ["Delta", "Gamma"]


def test_counts_follow_the_list_and_add_children_to_their_parents() -> None:
    assert DIRECTORY.search().counts["Thématiques"] == (
        Count(AGRI, 3),
        Count(CIRCUITS, 2, parent=AGRI),
        Count("Numérique libre", 1),
        Count("Mobilités", 1),
    )
    assert list(counts(DIRECTORY, "Mots clés").items()) == [("pain", 3), ("vélo", 1)]
    assert counts(DIRECTORY, "Ville") == {"SETE": 2}
    assert counts(DIRECTORY, "wiki") == {}


def test_what_is_chosen_in_a_facet_does_not_narrow_its_own_counts() -> None:
    where = {"Type de structure": "Coopérative", "Thématiques": AGRI}
    assert counts(DIRECTORY, "Type de structure", where=where) == {
        "Association": 2,
        "Coopérative": 1,
    }
    assert counts(DIRECTORY, "Thématiques", where=where) == {AGRI: 1, CIRCUITS: 1}
    assert counts(DIRECTORY, "Mots clés", where=where) == {"pain": 1}


def test_text_and_place_narrow_all_counts_and_a_choice_is_told_at_zero() -> None:
    found = DIRECTORY.search("zeta", {"bf_type": "asso"})
    assert len(found.hits) == 0
    assert found.counts["Type de structure"] == (Count("Association", 0, chosen=True),)
    assert found.counts["Ville"] == ()
    assert counts(DIRECTORY, "form", "zeta") == {"Annuaire": 1}


def test_a_facet_that_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(FacetUnknown) as caught:
        DIRECTORY.search(where={"Couleur": "bleu"})
    assert caught.value.name == "Couleur"
    assert "Thématiques" in caught.value.known
    with pytest.raises(FacetUnknown):
        DIRECTORY.labels("Couleur")


def test_fields_of_several_wikis_with_one_label_are_one_facet() -> None:
    old = form(
        TITLE,
        prepared("liste", "listeListeType", "TYPE de  structure", options={"1": "association"}),
        prepared("text", "bf_commune", "Commune"),
        number="2",
        label="Acteurs",
    )
    directory = Directory.of(
        Source(form(*ACTORS), [entry("A", bf_type="asso", bf_ville="Sète")], "un"),
        Source(old, [entry("B", "2", listeListeType="1", bf_commune="Sète")], "deux"),
    )
    assert [one.name for one in directory.facets][:1] == ["Type de structure"]
    assert directory.facets[0].properties == ("bf_type", "listeListeType")
    assert tags(directory, where={"listeListeType": "Association"}) == ["A", "B"]
    assert tags(directory, where={"Commune": "sete"}) == ["A", "B"]
    assert tags(directory, where={"wiki": "deux"}) == ["B"]
    assert counts(directory, "form") == {"Acteurs": 1, "Annuaire": 1}
    assert counts(directory, "Type de structure") == {"Association": 2}


def test_two_fields_of_one_form_stay_two_facets() -> None:
    one = prepared("liste", "bf_a", "Type", options=KINDS)
    other = prepared("liste", "bf_b", "Type", options=KINDS)
    directory = actors(entry("A", bf_a="asso", bf_b="coop"), fields=(TITLE, one, other))
    assert [facet.name for facet in directory.facets[:2]] == ["Type", "Type (bf_b)"]
    assert tags(directory, where={"bf_b": "asso"}) == []
    assert tags(directory, where={"Type": "Association"}) == ["A"]


def test_a_property_of_two_facets_has_to_be_named_otherwise() -> None:
    directory = Directory.of(
        (form(TITLE, prepared("liste", "bf_type", "Genre", options=KINDS)), [entry("A")]),
        (form(TITLE, prepared("liste", "bf_type", "Sorte", options=KINDS), number="6"), []),
    )
    with pytest.raises(FacetUnknown):
        directory.search(where={"bf_type": "asso"})
    assert tags(directory, where={"Sorte": "asso"}) == []


def test_a_field_that_is_called_like_a_built_in_facet_has_a_name_of_its_own() -> None:
    clash = prepared("liste", "bf_forme", "Form", options=KINDS)
    directory = actors(entry("A", bf_forme="asso"), fields=(TITLE, clash))
    assert [one.name for one in directory.facets] == ["Form (bf_forme)", "form", "wiki"]


def test_names_that_are_taken_twice_are_told_apart() -> None:
    labelled = {"bf_a": "Type", "bf_c": "Type (bf_b)", "bf_b": "Type"}
    fields = (prepared("liste", name, label, options=KINDS) for name, label in labelled.items())
    directory = actors(entry("A", bf_b="asso"), fields=(TITLE, *fields))
    names = [one.name for one in directory.facets[:3]]
    assert names == ["Type", "Type (bf_b)", "Type (bf_b) (1)"]
    assert tags(directory, where={"bf_b": "asso"}) == ["A"]


def test_a_list_that_the_wiki_cannot_find_shows_its_keys() -> None:
    lost = prepared("liste", "bf_type", "Type", options=[])
    directory = actors(entry("A", bf_type="asso"), fields=(TITLE, lost))
    assert counts(directory, "Type") == {"asso": 1}


def test_a_field_that_not_everybody_may_read_is_no_facet() -> None:
    hidden = prepared("liste", "bf_type", "Type", options=KINDS, read_acl="+")
    directory = actors(
        entry("A", bf_type="asso"), fields=(TITLE, hidden, {**TOWN, "read_acl": "%"})
    )
    assert [one.name for one in directory.facets] == ["form", "wiki"]
    assert dict(directory.actors[0].labels) == {"form": ("Annuaire",)}


def test_labels_of_an_actor_are_told_by_facet() -> None:
    beta = DIRECTORY.actor("beta")
    assert beta is not None
    assert beta.labels["Thématiques"] == (CIRCUITS, "Numérique libre")
    assert beta.labels["Mots clés"] == ("pain",)


def test_the_order_in_which_entries_come_does_not_matter() -> None:
    entries = [
        entry("B", bf_titre="Écluse", bf_motscles="Pain"),
        entry("A", bf_titre="ecluse", bf_motscles="pain"),
        entry("C", bf_titre="Ecluse", bf_motscles="PAIN"),
    ]
    found = set()
    for order in permutations(entries):
        directory = actors(*order)
        found.add((tuple(tags(directory)), tuple(tags(directory, "ecluse"))))
        assert counts(directory, "Mots clés") == {"PAIN": 3}
    assert len(found) == 1


def test_the_latest_come_first_where_that_is_asked() -> None:
    directory = actors(
        replace(entry("A"), updated="2026-01-01 00:00:00"),
        replace(entry("B"), updated="2026-02-01 00:00:00"),
        replace(entry("C"), updated="2026-02-01 00:00:00"),
    )
    assert tags(directory, order="updated") == ["B", "C", "A"]
    assert tags(directory, order="relevance") == ["A", "B", "C"]
