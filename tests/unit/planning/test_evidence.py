"""What the listing and the direct look say of one side of a link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.change import Evidence, Now, evidence, known, moved
from oscartes_sync.planning.snapshot import Look, Presence, Seen, Sighting, Snapshot, Standing
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG, link_of, single

SIDES = list(Side)
CROWDED = Problem.warning("category-crowded", Side.WIKI)
LINK = link_of(single("Wiki"), single("Cloud"))
LOOK = Look(Presence.HERE, "MarieDupont", deletable=False)


def told(found: Evidence) -> tuple[object, ...]:
    return found.now, found.seen, found.problems, found.look


def key_of(side: Side) -> str:
    return TAG if side is Side.WIKI else HREF


def sighting(**more: object) -> Sighting:
    base = Sighting(key="Ailleurs", token="x9", record=single("Lue"), problems=(CROWDED,))
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", SIDES)
def test_what_is_seen_is_here_or_hidden(side: Side) -> None:
    seen = Seen("Ailleurs", "x9", single("Lue"))
    for standing, now in ((Standing.OPEN, Now.HERE), (Standing.HIDDEN, Now.HIDDEN)):
        found = evidence(LINK, side, Snapshot(), sighting(standing=standing), LOOK)
        assert told(found) == (now, seen, (CROWDED,), LOOK)
        assert found.record == single("Lue")


@pytest.mark.parametrize("side", SIDES)
def test_what_is_seen_and_cannot_be_read_is_broken_and_says_so(side: Side) -> None:
    for broken in (sighting(record=None), sighting(standing=Standing.BROKEN)):
        found = evidence(LINK, side, Snapshot(), broken, LOOK)
        assert told(found) == (Now.BROKEN, None, (CROWDED,), LOOK)
        assert found.record is None
    silent = sighting(record=None, problems=())
    found = evidence(LINK, side, Snapshot(), silent, LOOK)
    assert found.problems == (Problem.warning("no-event-any-more", side),)


@pytest.mark.parametrize("side", SIDES)
def test_what_was_let_go_before_stays_so_until_it_is_seen(side: Side) -> None:
    dropped = replace(LINK, dropped=side)
    absent = Snapshot(absent=frozenset({key_of(side)}))
    for snapshot in (Snapshot(), absent):
        found = evidence(dropped, side, snapshot, None, LOOK)
        assert told(found) == (Now.DROPPED, None, (), LOOK)
    assert evidence(dropped, side, Snapshot(), sighting(), None).now is Now.HERE


@pytest.mark.parametrize("side", SIDES)
def test_what_did_not_move_is_here_as_it_is_remembered(side: Side) -> None:
    mine = Problem.warning("category-crowded", side)
    problems = (
        mine,
        Problem.warning("category-crowded", side.other),
        Problem.warning("category-unknown", side),
        Problem.warning("copy-hidden", side),
    )
    link = replace(LINK, problems=problems)
    found = evidence(link, side, Snapshot(), None, LOOK)
    assert told(found) == (Now.HERE, link.seen(side), (mine,), LOOK)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("presence", "now"),
    [
        (Presence.GONE, Now.GONE),
        (Presence.HIDDEN, Now.HIDDEN),
        (Presence.OUTSIDE, Now.HIDDEN),
        (Presence.ELSEWHERE, Now.ELSEWHERE),
        (Presence.HERE, Now.UNSURE),
        (Presence.UNSURE, Now.UNSURE),
    ],
)
def test_what_the_listing_misses_is_what_a_look_at_it_finds(
    side: Side, presence: Presence, now: Now
) -> None:
    absent = Snapshot(absent=frozenset({key_of(side)}))
    look = Look(presence)
    assert told(evidence(LINK, side, absent, None, look)) == (now, None, (), look)
    distrusted = replace(absent, trusted=False)
    found = evidence(LINK, side, distrusted, None, look)
    assert told(found) == (Now.UNSURE, None, (), look)
    held = evidence(LINK, side, distrusted, None, look, held=True)
    assert told(held) == (Now.HELD, None, (), look)


@pytest.mark.parametrize("side", SIDES)
def test_without_a_look_nothing_is_proved(side: Side) -> None:
    absent = Snapshot(absent=frozenset({key_of(side)}))
    assert told(evidence(LINK, side, absent, None, None)) == (Now.UNSURE, None, (), None)


def test_fields_are_compared_with_what_was_agreed_on_their_side() -> None:
    never = {"place": (MISSING, MISSING), "link": ("a", "b")}
    link = replace(LINK, unsettled=never)
    now = single("Cloud", link="a")
    assert moved(link, Side.WIKI, now, ("title", "place", "link")) == {
        "title": ("Wiki", "Cloud"),
        "place": (MISSING, ""),
    }
    assert moved(link, Side.CLOUD, now, ("title", "place", "link")) == {
        "place": (MISSING, ""),
        "link": ("b", "a"),
    }


def test_a_base_that_never_was_shows_as_none() -> None:
    assert known(MISSING) is None
    assert known("a") == "a"
