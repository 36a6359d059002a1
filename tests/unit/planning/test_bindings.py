"""What a binding says, and what a run knows of each side before it asks."""

from __future__ import annotations

import pytest

from oscartes_sync.planning.baseline import Baseline, LeftOut, LinkHead
from oscartes_sync.planning.binding import Direction, cloud_variable, wiki_variable
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.snapshot import Known
from oscartes_sync.records.problem import Side
from tests.unit.planning.meetings import binding, rules


@pytest.mark.parametrize(
    ("direction", "wiki", "cloud"),
    [
        (Direction.BOTH, True, True),
        (Direction.TO_CLOUD, False, True),
        (Direction.TO_WIKI, True, False),
    ],
)
def test_a_direction_says_which_sides_are_written(
    direction: Direction, *, wiki: bool, cloud: bool
) -> None:
    assert direction.writes(Side.WIKI) is wiki
    assert direction.writes(Side.CLOUD) is cloud
    for side in Side:
        held = rules(direction=direction, writable={side: False, side.other: True})
        assert held.may_write(side) is False
        assert held.may_write(side.other) is direction.writes(side.other)


def test_secrets_are_named_after_their_side() -> None:
    assert wiki_variable("noe-sud") == "OSCARTES_WIKI_NOE_SUD_KEY"
    assert cloud_variable("noe-sud") == "OSCARTES_CLOUD_NOE_SUD_PASSWORD"


def test_a_category_that_publishes_is_named() -> None:
    assert binding(publish="category:Public").publish_category == "Public"
    assert binding(publish="all").publish_category == ""


@pytest.mark.parametrize(
    "more",
    [
        {"wiki": "x"},
        {"cloud": "x"},
        {"form": "7"},
        {"collection": "x"},
        {"direction": Direction.TO_WIKI},
        {"private": True},
        {"read_acl": "+"},
        {"since": 3},
        {"where": "x"},
        {"publish": "none"},
        {"fields": {"place": "bf_lieu"}},
        {"defaults": {"bf_ville": "Orsay"}},
        {"zone": "UTC"},
        {"language": "en"},
    ],
)
def test_what_decides_what_is_mirrored_changes_the_stance(more: dict[str, object]) -> None:
    assert binding(**more).stance != binding().stance
    assert binding(title="x", color="#fff").stance == binding().stance


def test_values_are_decided_by_a_side_and_deletions_are_not() -> None:
    sides = [Side.WIKI, Side.CLOUD, None, None]
    assert [each.side for each in Decision] == sides


def head(number: int, **more: object) -> LinkHead:
    values: dict[str, object] = {
        "uid": f"{number}@phone",
        "origin": Side.CLOUD,
        "tag": f"Tag{number}",
        "href": f"/{number}.ics",
        "wiki_token": f"w{number}",
        "cloud_token": f"c{number}",
        **more,
    }
    return LinkHead(**values)  # type: ignore[arg-type]


def test_a_side_is_asked_for_what_differs_from_what_the_last_run_knew_of_it() -> None:
    left_out = (
        LeftOut(side=Side.WIKI, key="Seule", token="w9"),
        LeftOut(side=Side.WIKI, key="Tag1", token=""),
        LeftOut(side=Side.WIKI, key="Tag2", token="w7"),
        LeftOut(side=Side.CLOUD, key="/9.ics", token="c9"),
        LeftOut(side=Side.CLOUD, key="/2.ics", token=""),
    )
    heads = (head(1), head(2), head(3, dropped=Side.WIKI), head(4, dropped=Side.CLOUD))
    known = Baseline(heads=heads, left_out=left_out, wiki_cursor="w", cloud_cursor="c")
    assert known.known(Side.WIKI) == Known(
        tokens={"Seule": "w9", "Tag1": "", "Tag2": "w2", "Tag4": "w4"},
        last={"Seule": "w9", "Tag1": "w1", "Tag2": "w2", "Tag4": "w4"},
        cursor="w",
    )
    assert known.known(Side.CLOUD) == Known(
        tokens={"/9.ics": "c9", "/1.ics": "c1", "/2.ics": "", "/3.ics": "c3"},
        last={"/9.ics": "c9", "/1.ics": "c1", "/2.ics": "c2", "/3.ics": "c3"},
        cursor="c",
    )
