"""What another state did, or this one before it was set back, is known again by identity."""

from __future__ import annotations

import copy

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.snapshot import Standing
from tests.fakes.household import Household, event
from tests.fakes.state import InMemoryStateStore

PHONE = "/cal/1.ics"


@pytest.fixture
def house() -> Household:
    made = Household(deletions=Deletions.PROPAGATE)
    made.cloud.put(PHONE, event(), uid="1@phone")
    made.cloud.put("/cal/2.ics", event("Bal"), uid="2@phone")
    made.sync()
    return made


def backup(house: Household) -> InMemoryStateStore:
    return copy.deepcopy(house.state, {id(MISSING): MISSING})


def tag_of(house: Household, title: str) -> str:
    return next(key for key, thing in house.wiki.things.items() if thing.record.title == title)


def test_a_copy_under_another_tag_is_the_same_copy(house: Household) -> None:
    before = backup(house)
    tag = tag_of(house, "Bourse aux plantes")
    moved = f"Troc{tag[-8:]}"
    house.wiki.put(moved, house.wiki.things.pop(tag).record)
    house.state = before
    house.sync()
    assert set(house.cloud.things) == {PHONE, "/cal/2.ics"}
    assert len(house.wiki.things) == 2
    house.wiki.edit(moved, place="Orsay")
    house.sync()
    assert house.cloud.things[PHONE].record.place == "Orsay"
    assert house.quiet()


def test_a_second_copy_is_told_and_not_mirrored(house: Household) -> None:
    tag = tag_of(house, "Bourse aux plantes")
    house.wiki.put(f"Autre{tag[-8:]}", event("Autre"))
    report = house.sync()
    assert [problem.code for problem in report.problems] == ["duplicate-copy"]
    assert len(house.cloud.things) == 2


def test_an_event_made_for_a_copy_that_had_lost_its_own_takes_its_place(house: Household) -> None:
    before = backup(house)
    tag = tag_of(house, "Bourse aux plantes")
    house.cloud.remove(PHONE)
    house.state = InMemoryStateStore()
    house.sync()
    made = f"/cal/{tag}.noe.ics"
    assert made in house.cloud.things
    house.state = before
    house.wiki.edit(tag, title="Troc de plantes")
    house.sync()
    assert set(house.cloud.things) == {made, "/cal/2.ics"}
    assert house.cloud.things[made].record.title == "Troc de plantes"
    assert house.quiet()


def test_what_only_the_copy_of_a_closed_event_says_is_kept_in_a_conflict(house: Household) -> None:
    house.wiki.edit(tag_of(house, "Bourse aux plantes"), title="Troc de plantes")
    house.cloud.mark(PHONE, standing=Standing.HIDDEN)
    house.state = InMemoryStateStore()
    report = house.sync()
    assert "Troc de plantes" not in {t.record.title for t in house.wiki.things.values()}
    (conflict,) = report.conflicts
    assert {name: clash.wiki for name, clash in conflict.fields.items()} == {
        "title": "Troc de plantes"
    }
    assert house.quiet()
