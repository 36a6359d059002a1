"""Choice lists of both releases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bazar_forms import ChoiceList, lists_from_json
from bazar_forms.errors import ListMalformed

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")


def body(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))["response"]["body"]


def test_flat_list_of_the_older_release() -> None:
    found = ChoiceList.from_json(
        {"titre_liste": "Type", "label": {"1": "A &amp; B", "x": "C"}}, "T"
    )
    assert (found.id, found.title) == ("T", "Type")
    assert found.labels() == {"1": "A & B", "x": "C"}


def test_labels_numbered_from_zero_come_as_a_list() -> None:
    found = ChoiceList.from_json({"titre_liste": "T", "label": ["a", "b"]})
    assert found.labels() == {"0": "a", "1": "b"}


def test_tree_gives_paths_parents_first() -> None:
    leaf = {"id": "l", "label": "Leaf"}
    raw = {"title": "T", "nodes": [{"id": 1, "label": "Top", "children": [leaf]}], "id": "Tag"}
    found = ChoiceList.from_json(raw, "tag")
    assert found.id == "Tag"
    assert list(found.paths().items()) == [("1", "Top"), ("l", "Top / Leaf")]


@pytest.mark.parametrize(
    "raw", [None, [], "x", {}, {"nodes": ["x"]}, {"nodes": [{"label": "a"}]}, {"label": "x"}]
)
def test_what_is_no_list_is_refused(raw: object) -> None:
    with pytest.raises(ListMalformed):
        ChoiceList.from_json(raw)


def test_endless_nesting_is_refused() -> None:
    node: dict[str, object] = {"id": "x", "label": "x"}
    for _ in range(200):
        node = {"id": "x", "label": "x", "children": [node]}
    with pytest.raises(ListMalformed):
        ChoiceList.from_json({"nodes": [node]})


def test_bad_lists_are_set_apart() -> None:
    lists, problems = lists_from_json({"A": {"label": {}}, "B": 1, "rawOutput": "x"})
    assert list(lists) == ["A"]
    assert len(problems) == 1
    assert lists_from_json([]) == ({}, [])
    with pytest.raises(ListMalformed):
        lists_from_json("<html>")


@recorded
def test_recorded_lists_of_both_releases() -> None:
    new, problems = lists_from_json(body("103-lists-json-handler"))
    old, more_problems = lists_from_json(body("v444-02-lists"))
    assert problems == more_problems == []
    assert new["ListeType"].labels() == old["ListeType"].labels()
    assert new["ListthematiqueS"].paths()["renov"] == "Énergie & habitat / Rénovation"
    assert new["ListtypeDEvenement"].labels()["fete"] == "Fête & convivialité"
