"""A resource that left the calendar and came back under another href, met in the same run."""

from __future__ import annotations

import pytest

from oscartes_sync.errors import Forbidden
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.operation import State
from oscartes_sync.planning.snapshot import Presence
from tests.fakes.household import Household, event

TAG = "BourseAuxPlantes"
HREF = "/cal/BourseAuxPlantes.noe.ics"
ELSEWHERE = "/cal/moved.ics"


@pytest.fixture
def house() -> Household:
    made = Household(deletions=Deletions.PROPAGATE)
    made.wiki.put(TAG, event())
    made.wiki.put("Bal", event("Bal"))
    made.sync()
    return made


def move(house: Household) -> None:
    house.cloud.things[ELSEWHERE] = house.cloud.things.pop(HREF)
    house.cloud.mark(ELSEWHERE)


def test_an_edit_of_the_wiki_reaches_it_where_it_is(house: Household) -> None:
    move(house)
    house.wiki.edit(TAG, title="Bourse aux graines")
    report = house.sync()
    assert [op.state for op in report.operations] == [State.DONE]
    assert house.cloud.things[ELSEWHERE].record.title == "Bourse aux graines"
    assert house.quiet()


def test_it_is_removed_from_where_it_is(house: Household) -> None:
    move(house)
    house.wiki.remove(TAG)
    house.sync()
    assert ELSEWHERE not in house.cloud.things
    assert house.quiet()


def test_a_removal_that_was_refused_leaves_its_new_place_known(house: Household) -> None:
    move(house)
    house.wiki.mark(TAG, away=Presence.HIDDEN)
    house.cloud.fail_next.append(Forbidden("forbidden"))
    house.sync()
    house.wiki.mark(TAG, away=None)
    house.sync()
    assert TAG in house.wiki.things
    assert ELSEWHERE in house.cloud.things
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    assert house.cloud.things[ELSEWHERE].record.title == "Bourse aux graines"
    assert house.quiet()
