"""Words of a directory: what counts in them, and what finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms import Directory
from bazar_forms.directory import LabelsMet, Near, WordsMet
from bazar_forms.directory.folding import (
    fold,
    forms_of,
    label_key,
    spelled_words,
    stem,
    town_key,
)
from bazar_forms.directory.query import terms_of
from tests.unit.bazar_forms.directories import ACTORS, actors, entry, prepared, tags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Écluse", "ecluse"),
        ("ŒUVRE", "oeuvre"),
        ("Ærö", "aero"),
        ("e\u0301te\u0301", "ete"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("m²", "m2"),
        ("日本", "日本"),
    ],
)
def test_accents_ligatures_and_capitals_do_not_count(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La Ressourcerie de l'Écluse", ["La", "Ressourcerie", "de", "Écluse"]),
        ("Qu’est-ce qu’il y a ?", ["est-ce", "il", "y", "a"]),
        ("le p'tit tiers-lieu", ["le", "p'tit", "tiers-lieu"]),
        ("O’Connor, Z.A. Nord", ["O’Connor", "Z.A.", "Nord"]),
        ("voir https://chatons.example/a?b (ou moi@chatons.example)", ["voir", "ou"]),
        ("covoi\u00adturage d'habitant·e·s", ["covoiturage", "habitant·e·s"]),
        ("bf_titre ♻️ — 1 200 MWh/an…", ["bf", "titre", "1", "200", "MWh", "an"]),
        ("'- ’·", []),
    ],
)
def test_a_text_is_taken_apart_as_it_is_written(text: str, expected: list[str]) -> None:
    assert spelled_words(text) == expected


def test_a_hyphenated_word_has_forms_for_its_parts_and_the_whole() -> None:
    assert forms_of("Tiers-Lieu").all() == ("tiers", "lieu", "tierslieu")
    assert forms_of("S.C.O.P.").all() == ("scop",)
    assert forms_of("vélo").all() == ("velo",)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("velos", "velo"),
        ("reseaux", "reseau"),
        ("lieux", "lieu"),
        ("choux", "chou"),
        ("tuyaux", "tuyau"),
        ("locaux", "local"),
    ],
)
def test_plurals_fold_onto_their_singulars(plural: str, singular: str) -> None:
    assert stem(plural) == stem(singular)


@pytest.mark.parametrize("word", ["os", "bus", "fitness", "prix", "velo"])
def test_words_that_are_no_plurals_stay(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    "name",
    [
        "Saint-Étienne-de-l'Olm",
        "st etienne de l’olm",
        "  SAINT ETIENNE DE L'OLM CEDEX 2",
        "30360 Saint‑Étienne de l'Olm",
    ],
)
def test_names_of_one_town_are_the_same(name: str) -> None:
    assert town_key(name) == "saint etienne de olm"


def test_what_names_nothing_is_no_town() -> None:
    assert town_key(" - ") == town_key("91190") == ""
    assert town_key("Paris 13") != town_key("Paris 12")


def test_labels_differ_by_their_signs_but_not_by_hyphens_and_blanks() -> None:
    assert label_key("Tiers-lieux  &  Énergie") == label_key("tiers lieux & energie")
    assert label_key("C++") != label_key("C")


@given(st.text(max_size=30))
def test_any_text_is_read_and_asked_without_harm(text: str) -> None:
    for word in spelled_words(text):
        assert forms_of(word).parts
        assert all(forms_of(word).all())
    terms_of(text)
    town_key(text)
    found = actors(entry("A", bf_description=text), entry("B"))
    assert set(tags(found, text)) <= {"A", "B"}


DIRECTORY = actors(
    entry(
        "VeloCie",
        bf_titre="Vélo &amp; Cie",
        bf_description="<p>Location de <b>vélos-cargos</b> &lt;électriques&gt;</p>",
        bf_type="coop",
        checkboxListThemes="mob",
        bf_ville="Mende",
    ),
    entry(
        "Ressourcerie",
        bf_titre="La Ressourcerie de l'Écluse",
        bf_description="<p>Atelier vélo</p><p>Œuvre participative, éco-construction</p>",
        bf_motscles="réemploi,vélo",
        bf_ville="Sète",
        bf_latitude="43.4028",
        bf_longitude="3.6929",
    ),
    entry("Radio", bf_titre="Radio Garrigue", bf_description="Un tiers-lieu aux locaux ouverts"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("velo", ["VeloCie", "Ressourcerie"]),
        ("VÉLOS", ["VeloCie", "Ressourcerie"]),
        ("vél", ["VeloCie", "Ressourcerie"]),
        ("velos cargo", ["VeloCie"]),
        ("velos-cargos", ["VeloCie"]),
        ("ecluse", ["Ressourcerie"]),
        ("l’écluse", ["Ressourcerie"]),
        ("oeuvre", ["Ressourcerie"]),
        ("écoconstruction", ["Ressourcerie"]),
        ("eco-construction", ["Ressourcerie"]),
        ("tierslieu", ["Radio"]),
        ("tiers lieux", ["Radio"]),
        ("local", ["Radio"]),
        ("electrique", ["VeloCie"]),
        ("la ressourcerie à Sète", ["Ressourcerie"]),
        ("mobilite", ["VeloCie"]),
        ("cooperative", ["VeloCie"]),
        ("velo garrigue", []),
        ("élo", []),
        ("strong", []),
        ('"atelier vélo"', ["Ressourcerie"]),
        ("« oeuvre participative »", ["Ressourcerie"]),
        ('"vélo atelier"', []),
        ('"atelier vélo" cargo', []),
        ('atelier "', ["Ressourcerie"]),
        ('""', ["Ressourcerie", "Radio", "VeloCie"]),
        ("♻️ !", ["Ressourcerie", "Radio", "VeloCie"]),
        ("", ["Ressourcerie", "Radio", "VeloCie"]),
    ],
)
def test_a_text_finds_those_who_meet_all_its_words(text: str, expected: list[str]) -> None:
    assert tags(DIRECTORY, text) == expected


def test_words_of_grammar_count_only_by_themselves() -> None:
    assert tags(DIRECTORY, "radio de la garrigue") == ["Radio"]
    assert tags(DIRECTORY, "de") == ["Ressourcerie", "VeloCie"]


def test_a_title_is_worth_more_than_a_label_and_that_more_than_a_text() -> None:
    found = DIRECTORY.search("velo").hits
    assert [hit.score for hit in found] == [8, 4]
    assert [hit.score for hit in DIRECTORY.search("vel").hits] == [4, 2]
    assert [hit.score for hit in DIRECTORY.search("velo cargo").hits] == [8 + 2]
    assert [hit.score for hit in DIRECTORY.search("velo carg").hits] == [8 + 1]


def test_a_hit_tells_its_reasons() -> None:
    (hit,) = DIRECTORY.search("vélo atelier", near=(43.4, 3.7), within=5).hits
    words, tags_met, place = hit.reasons
    assert words == WordsMet("Mots clés", ("vélo",))
    assert tags_met == WordsMet("Description", ("vélo", "Atelier"))
    assert isinstance(place, Near)
    assert place.kilometres == hit.distance
    (hit,) = DIRECTORY.search("mende", {"bf_type": "Coopérative"}).hits
    assert hit.reasons == (
        WordsMet("Ville", ("Mende",)),
        LabelsMet("Type de structure", ("Coopérative",)),
    )


def test_the_words_of_a_phrase_are_told_only_where_it_stands() -> None:
    directory = actors(entry("A", bf_titre="Atelier", bf_description="Atelier bois, bois et vélo"))
    (hit,) = directory.search('"bois et velo"').hits
    assert hit.reasons == (WordsMet("Description", ("bois", "et", "vélo")),)


def test_addresses_and_texts_that_not_everybody_may_read_are_not_searched() -> None:
    fields = (
        *ACTORS,
        prepared("champs_mail", "bf_mail", "Courriel"),
        prepared("lien_internet", "bf_site", "Site"),
        prepared("text", "bf_tel", "Téléphone", subType="tel"),
        prepared("text", "bf_note", "Note interne", read_acl="@admins"),
    )
    secret = {"bf_mail": "zoe@x.example", "bf_site": "https://zoe.example", "bf_note": "zoe"}
    directory = actors(entry("A", bf_tel="0467000000", **secret), fields=fields)
    assert tags(directory, "zoe") == tags(directory, "0467000000") == []


def test_hits_are_a_sequence_that_can_be_cut() -> None:
    hits = DIRECTORY.search().hits
    assert len(hits) == 3
    assert hits[0] == next(iter(hits))
    assert [hit.actor.tag for hit in hits[1:]] == ["Radio", "VeloCie"]
    with pytest.raises(IndexError):
        hits[3]


def test_an_empty_directory_answers() -> None:
    empty = Directory.of()
    assert len(empty) == len(empty.search("x", near=(0, 0)).hits) == 0
    assert [one.name for one in empty.facets] == ["form", "wiki"]
