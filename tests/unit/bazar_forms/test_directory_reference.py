"""The indexes give what plain loops over the entries give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bazar_forms import Directory, Entry, Position
from bazar_forms.directory import distance
from tests.unit.bazar_forms.directories import ACTORS, KINDS, actors

PATHS = {
    "agri": ("Agriculture & alimentation",),
    "circuits": ("Agriculture & alimentation", "Agriculture & alimentation / Circuits courts"),
    "num": ("Numérique libre",),
    "mob": ("Mobilités",),
}
WORDS = ["velo", "velos", "vel", "pain", "pains", "ferme", "fermette", "local", "locaux"]
SINGULARS = {"velos": "velo", "pains": "pain", "locaux": "local"}
TOWNS = ["Orsay", "Gif", "Bures"]
grid = st.integers(-4, 4)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "bf_titre": st.sampled_from(WORDS),
                    "bf_description": st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
                    "bf_type": st.sampled_from(["", *KINDS]),
                    "checkboxListThemes": st.lists(
                        st.sampled_from(list(PATHS)), max_size=2, unique=True
                    ).map(",".join),
                    "bf_ville": st.sampled_from(["", *TOWNS]),
                    "place": st.none() | st.tuples(grid, grid),
                }
            ),
            max_size=12,
        )
    )


asked = st.fixed_dictionaries(
    {
        "text": st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
        "types": st.lists(st.sampled_from(list(KINDS.values())), max_size=2),
        "themes": st.lists(st.sampled_from(sorted({p[-1] for p in PATHS.values()})), max_size=2),
        "towns": st.lists(st.sampled_from(TOWNS), max_size=1),
        "near": st.none() | st.tuples(grid, grid),
        "within": st.none() | st.integers(0, 800),
        "box": st.none() | st.tuples(grid, grid, grid, grid),
    }
)


def labels(row: Mapping[str, Any], facet: str) -> set[str]:
    if facet == "Type de structure":
        return {KINDS[row["bf_type"]]} if row["bf_type"] else set()
    if facet == "Thématiques":
        keys = filter(None, row["checkboxListThemes"].split(","))
        return {label for key in keys for label in PATHS[key]}
    return {row["bf_ville"]} - {""}


def met(word: str, wanted: str) -> bool:
    return word.startswith(wanted) or SINGULARS.get(word, word) == SINGULARS.get(wanted, wanted)


def says(row: Mapping[str, Any], text: str) -> bool:
    words = f"{row['bf_titre']} {row['bf_description']}".split()
    shown = [word.lower() for facet in FACETS for one in labels(row, facet) for word in one.split()]
    return all(any(met(word, wanted) for word in [*words, *shown]) for wanted in text.split())


def stands(row: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    place = row["place"]
    if place is not None and place != (0, 0):
        return near(place, query) and inside(place, query["box"])
    return query["near"] is None and query["box"] is None


def near(place: tuple[int, int], query: Mapping[str, Any]) -> bool:
    if query["near"] is None or query["within"] is None:
        return True
    return distance(Position(*query["near"]), Position(*place)) <= query["within"]


def inside(place: tuple[int, int], box: tuple[int, int, int, int] | None) -> bool:
    if box is None:
        return True
    south, west, north, east = box
    across = place[1] >= west or place[1] <= east if west > east else west <= place[1] <= east
    return south <= place[0] <= north and across


FACETS = {"Type de structure": "types", "Thématiques": "themes", "Ville": "towns"}


def chosen(row: Mapping[str, Any], query: Mapping[str, Any], but: str = "") -> bool:
    return all(
        facet == but or not query[name] or labels(row, facet) & set(query[name])
        for facet, name in FACETS.items()
    )


def directory(given_rows: list[dict[str, Any]]) -> Directory:
    entries = []
    for number, row in enumerate(given_rows):
        properties = {key: value for key, value in row.items() if key != "place"}
        if row["place"] is not None:
            latitude, longitude = row["place"]
            properties |= {"bf_latitude": f"{latitude},0", "bf_longitude": str(longitude)}
        entries.append(Entry(str(number), "5", properties))
    return actors(*entries, fields=ACTORS)


@settings(max_examples=200, deadline=None)
@given(rows(), asked)
def test_hits_and_counts_are_those_of_plain_loops(
    given_rows: list[dict[str, Any]], query: dict[str, Any]
) -> None:
    if query["box"] is not None and query["box"][0] > query["box"][2]:
        query["box"] = None
    within = None if query["near"] is None else query["within"]
    found = directory(given_rows).search(
        query["text"],
        {facet: query[name] for facet, name in FACETS.items()},
        near=query["near"],
        within=within,
        box=query["box"],
    )
    left = [row for row in given_rows if says(row, query["text"]) and stands(row, query)]
    expected = {str(given_rows.index(row)) for row in left if chosen(row, query)}
    numbers = {hit.actor.tag for hit in found.hits}
    assert {str(given_rows.index(given_rows[int(one)])) for one in numbers} == expected
    assert len(found.hits) == sum(chosen(row, query) for row in left)
    for facet in FACETS:
        others = [row for row in left if chosen(row, query, but=facet)]
        every = {label for row in given_rows for label in labels(row, facet)}
        expected_counts = {one: sum(one in labels(row, facet) for row in others) for one in every}
        counted = {one.label: one.actors for one in found.counts[facet]}
        assert {k: v for k, v in counted.items() if v} == {
            k: v for k, v in expected_counts.items() if v
        }


@given(rows(), st.sampled_from(WORDS))
def test_every_hit_tells_why_and_scores_never_rise(
    given_rows: list[dict[str, Any]], text: str
) -> None:
    hits = directory(given_rows).search(text, near=(0.5, 0.5)).hits
    keys = [(-hit.score, hit.distance) for hit in hits]
    assert keys == sorted(keys)
    assert all(len(hit.reasons) >= 2 for hit in hits)
