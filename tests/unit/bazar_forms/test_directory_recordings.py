"""A directory of what two real wikis answered, one of each release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bazar_forms import Directory, Form, Source, entries_from_json, forms_from_json
from bazar_forms.directory import Cause, LinkState
from tests.unit.bazar_forms.directories import counts, tags

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")

FORMS = {"5": "110-entries-form-5", "6": "111-entries-form-6", "7": "112-entries-form-7"}


def body(name: str) -> Any:
    (path,) = RECORDINGS.glob(f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))["response"]["body"]


def source(form: Form, name: str, wiki: str) -> Source:
    entries, problems = entries_from_json(body(name))
    assert not problems
    return Source(form, entries, wiki)


@pytest.fixture(scope="module")
def new() -> list[Source]:
    forms, _ = forms_from_json(body("100-forms"))
    return [source(forms[number], name, "4.5") for number, name in FORMS.items()]


@pytest.fixture(scope="module")
def old() -> Source:
    return source(Form.from_json(body("v444-00-form-5")), "v444-03-entries-5", "4.4")


def test_every_entry_is_an_actor_without_a_problem(new: list[Source]) -> None:
    directory = Directory(new)
    assert directory.problems == ()
    assert counts(directory, "form")["Annuaire des acteurs"] == 12
    assert counts(directory, "form")["Agenda du réseau"] == 16
    assert directory.town("SETE") is not None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ecluse sete", "LaRessourcerieDeLEcluse"),
        ("oeuvre", "CompagnieDuPasDeCote"),
        ("velos cargos electriques", "VeloCie"),
        ("tierslieu aero", "TiersLieuAero"),
        ("saint etienne de l olm", "MairieDeSaintEtienneDeLOlm"),
        ("italique", "LaRessourcerieDeLEcluse"),
    ],
)
def test_texts_are_found_as_people_type_them(new: list[Source], text: str, found: str) -> None:
    assert tags(Directory(new[:1]), text) == [found]


@pytest.mark.parametrize("markup", ["strong", "nbsp", "amp", "https", "lang", "class section"])
def test_markup_and_actions_and_addresses_are_no_words(new: list[Source], markup: str) -> None:
    assert tags(Directory(new), markup) == []


def test_parents_of_a_tree_count_their_children(new: list[Source]) -> None:
    found = counts(Directory(new[:1]), "Thématiques")
    assert (
        found["Agriculture & alimentation"] >= found["Agriculture & alimentation / Circuits courts"]
    )
    assert next(iter(found)) == "Agriculture & alimentation"


def test_both_releases_make_one_facet(new: list[Source], old: Source) -> None:
    directory = Directory([new[0], old])
    assert directory.facets[0].properties == ("bf_type_structure", "listeListeTypeDeStructure")
    found = tags(directory, where={"Type de structure": "Collectivité territoriale"})
    assert found == ["MairieDeSaintEtienneDeLOlm"] * 2
    assert {one.cause for one in directory.problems} == {Cause.UNKNOWN_CHOICE}


def test_events_lead_to_those_who_hold_them(new: list[Source]) -> None:
    directory = Directory(new)
    radio = directory.actor("RadioGarrigue987", "4.5")
    assert radio is not None
    fields = {link.field for link in directory.linked_from(radio)}
    assert fields >= {"Organisateur", "Co-organisateurs", "Structure"}
    states = {link.state for one in directory.actors for link in directory.links(one)}
    assert states == {LinkState.FOUND}
    alone = Directory(new[1:2])
    assert {one.state for actor in alone.actors for one in alone.links(actor)} == {
        LinkState.ELSEWHERE
    }
