"""Places of a directory: distances, boxes, towns."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms import Directory, Position
from bazar_forms.directory import Box, distance
from bazar_forms.directory.place import middle
from tests.unit.bazar_forms.directories import (
    ACTORS,
    MAP,
    TITLE,
    actors,
    entry,
    form,
    prepared,
    tags,
)

PARIS, PALAISEAU = Position(48.8566, 2.3522), Position(48.7145, 2.2457)


def located(tag: str, latitude: object, longitude: object, **more: object) -> Any:
    return entry(tag, bf_latitude=latitude, bf_longitude=longitude, **more)


def test_distances_are_those_of_the_globe() -> None:
    assert distance(PARIS, PALAISEAU) == pytest.approx(17.64, abs=0.05)
    assert distance(Position(0, 0), Position(0, 180)) == pytest.approx(math.pi * 6371.0088)
    assert distance(Position(90, 0), Position(90, 123)) == pytest.approx(0, abs=1e-9)
    assert distance(Position(0, 179.5), Position(0, -179.5)) == pytest.approx(111.195, abs=0.001)


degrees = st.builds(
    Position,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)


@given(degrees, degrees)
def test_a_distance_is_the_same_both_ways_and_on_the_globe(one: Position, other: Position) -> None:
    found = distance(one, other)
    assert 0 <= found <= math.pi * 6371.01
    assert found == pytest.approx(distance(other, one), abs=1e-6)


@pytest.mark.parametrize(
    ("box", "inside", "outside"),
    [
        (Box(0, 1, 2, 3), [(0, 1), (2, 3), (1, 2)], [(-0.1, 2), (1, 3.1), (1, -2)]),
        (Box(-20, 170, 20, -170), [(0, 180), (0, -180), (0, 171), (0, -171)], [(0, 169), (0, 0)]),
        (Box(0, 190, 1, 200), [(0, -170), (1, -160)], [(0, -171), (0, 10)]),
        (Box(-90, -180, 90, 180), [(0, 0), (0, 180), (0, -180), (90, 5)], []),
        (Box(0, -200, 1, 300), [(0, 0), (0, 180)], [(2, 0)]),
        (Box(0, 5, 0, 5), [(0, 5)], [(0, 5.1), (0, 4.9)]),
    ],
)
def test_boxes_hold_their_edges_and_cross_the_antimeridian(
    box: Box, inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    assert all(box.holds(Position(*place)) for place in inside)
    assert not any(box.holds(Position(*place)) for place in outside)


DIRECTORY = actors(
    located("Loin", "43.40", "3.70"),
    located("Paris", "48,8566", " 2.3522 "),
    entry("Palaiseau", geolocation={"bf_latitude": "48.7145", "bf_longitude": "2.2457"}),
    entry("Vieux", carte_google="48.70|2.24"),
    entry("Nulle part"),
)


def test_near_orders_by_distance_and_leaves_out_who_has_no_place() -> None:
    assert tags(DIRECTORY, near=PALAISEAU) == ["Palaiseau", "Vieux", "Paris", "Loin"]
    assert tags(DIRECTORY, near=(48.7145, 2.2457), within=5) == ["Palaiseau", "Vieux"]
    assert tags(DIRECTORY, near=PALAISEAU, within=0) == ["Palaiseau"]
    assert tags(DIRECTORY, near=PALAISEAU, order="title") == ["Loin", "Palaiseau", "Paris", "Vieux"]
    assert tags(DIRECTORY, near=PALAISEAU, within=math.inf) == tags(DIRECTORY, near=PALAISEAU)
    assert DIRECTORY.search(near=PALAISEAU).hits[0].distance == 0


def test_a_box_leaves_out_who_has_no_place() -> None:
    assert tags(DIRECTORY, box=(48, 2, 49, 3)) == ["Palaiseau", "Paris", "Vieux"]
    assert tags(DIRECTORY, box=(48, 2, 49, 3), near=PARIS, within=1) == ["Paris"]
    assert tags(DIRECTORY, box=(-90, -180, 90, 180)) == ["Loin", "Palaiseau", "Paris", "Vieux"]


@pytest.mark.parametrize(
    "asked",
    [
        {"near": (91, 0)},
        {"near": (0, math.nan)},
        {"within": 5},
        {"order": "distance"},
        {"near": PARIS, "within": -1},
        {"near": PARIS, "within": math.nan},
        {"box": (2, 0, 1, 0)},
        {"box": (0, 0, 1)},
        {"box": (0, 0, 1, math.inf)},
        {"order": "colour"},
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\."):
        DIRECTORY.search(**asked)


def test_a_town_lies_in_the_middle_of_its_actors() -> None:
    directory = actors(
        located("A", 48.70, 2.20, bf_ville="Saint-Aubin"),
        located("B", "48,72", "2,24", bf_ville="91190 ST AUBIN CEDEX"),
        entry("C", bf_ville="Saint Aubin"),
        entry("D", bf_ville="Orsay"),
    )
    place = directory.town("saint‑aubin")
    assert place is not None
    assert (place.latitude, place.longitude) == pytest.approx((48.71, 2.22))
    assert directory.town("Orsay") is None
    assert directory.town("") is None


def test_a_middle_goes_the_short_way_round() -> None:
    found = middle([Position(0, 179), Position(2, -177)])
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx((1, -179))
    assert middle([]) is None


def test_the_town_is_the_field_that_is_named_or_looked_up_or_usual_or_labelled() -> None:
    commune = prepared("text", "bf_lieu", "Commune")
    usual = prepared("text", "bf_ville", "Où")
    looked_up = {**MAP, "autocompleteFieldnames": {"town": "bf_cite"}}
    cite = prepared("text", "bf_cite", "Cité")
    values = {"bf_lieu": "Orsay", "bf_ville": "Bures", "bf_cite": "Gif"}

    def town(*fields: object, named: str = "") -> str:
        directory = Directory.of((form(TITLE, *fields), [entry("A", **values)]), town=named)
        return directory.actors[0].town

    assert town(commune, usual, cite, looked_up) == "Gif"
    assert town(commune, usual, cite, looked_up, named="bf_lieu") == "Orsay"
    assert town(commune, usual, cite, looked_up, named="bf_absent") == "Gif"
    assert town(commune, usual) == "Bures"
    assert town(commune) == "Orsay"
    assert town(cite) == ""


def test_a_town_may_be_chosen_from_a_list() -> None:
    towns = prepared(
        "liste", "bf_commune", "Commune", options={"1": "Orsay", "2": "Gif-sur-Yvette"}
    )
    directory = actors(
        entry("A", bf_commune="2"), entry("B", bf_commune="9"), fields=(TITLE, towns)
    )
    assert [one.town for one in directory.actors] == ["Gif-sur-Yvette", ""]
    assert tags(directory, where={"town": "gif sur yvette"}) == ["A"]
    assert tags(directory, where={"Commune": "2"}) == ["A"]


def test_the_first_map_with_a_place_counts() -> None:
    other = prepared("map", "carte", "Autre", latitudeField="lat", longitudeField="lon")
    found = actors(entry("A", lat="1", lon="2"), fields=(*ACTORS, other))
    assert found.actors[0].position == Position(1, 2)
