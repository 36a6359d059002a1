"""`forget` erases one thing and keeps it out; the original stays where its members put it."""

from __future__ import annotations

import pytest

from oscartes_sync.errors import Forbidden, Unreachable, UsageError
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.operation import State
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.usecases.report import Exit
from tests.fakes.household import Household, event

TAG = "BourseAuxPlantes"
UID = "BourseAuxPlantes.noe@oscartes"
HREF = "/cal/BourseAuxPlantes.noe.ics"
PHONE = "/cal/1.ics"


@pytest.fixture
def house() -> Household:
    made = Household(deletions=Deletions.PROPAGATE)
    made.wiki.put(TAG, event())
    made.cloud.put(PHONE, event("Bal"), uid="1@phone")
    made.sync()
    return made


@pytest.mark.parametrize("asked", [TAG, UID, HREF])
def test_the_copy_goes_the_original_stays_and_nothing_is_made_again(
    house: Household, asked: str
) -> None:
    report = house.forget(asked)
    assert report.exit is Exit.DONE
    assert TAG in house.wiki.things
    assert HREF not in house.cloud.things
    assert house.quiet()
    house.wiki.edit(TAG, title="Bourse aux graines")
    assert house.quiet()
    assert HREF not in house.cloud.things


def test_a_cloud_born_event_keeps_out_too(house: Household) -> None:
    copy = next(key for key in house.wiki.things if key != TAG)
    assert house.forget("1@phone").exit is Exit.DONE
    assert copy not in house.wiki.things
    house.cloud.edit(PHONE, title="Grand bal")
    assert house.quiet()
    assert set(house.wiki.things) == {TAG}


def test_the_journal_keeps_no_word_of_it(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    house.forget(TAG)
    for run in house.state.runs():
        for each in house.state.journal(run.run):
            assert "Bourse" not in repr(each)
            assert TAG not in repr(each)
    house.sync()
    assert TAG not in repr(house.state.baseline("agenda"))


def test_a_second_look_at_the_same_thing_is_harmless(house: Household) -> None:
    house.forget(TAG)
    with pytest.raises(UsageError) as raised:
        house.forget("Inconnue")
    assert raised.value.code == "forget-unknown"


def test_what_may_not_be_removed_is_said_and_kept_out_all_the_same(house: Household) -> None:
    house.cloud.fail_next.append(Forbidden("forbidden", owner="MarieDupont"))
    report = house.forget(TAG)
    assert report.exit is Exit.PART
    assert [op.state for op in report.operations] == [State.FAILED]
    assert HREF in house.cloud.things
    assert house.quiet()


def test_what_was_left_out_may_be_forgotten_before_it_is_ever_mirrored(house: Household) -> None:
    house.wiki.put("Cassee", event("Cassée"), standing=Standing.BROKEN)
    house.sync()
    assert house.forget("Cassee").exit is Exit.DONE
    house.wiki.edit("Cassee")
    house.wiki.things["Cassee"].standing = Standing.OPEN
    house.sync()
    assert "/cal/Cassee.noe.ics" not in house.cloud.things


def test_a_copy_whose_side_could_not_be_reached_is_erased_by_asking_again() -> None:
    house = Household(deletions=Deletions.PROPAGATE)
    house.wiki.put("BourseAuxPlantes", event())
    house.sync()
    href = "/cal/BourseAuxPlantes.noe.ics"
    house.cloud.fail_next.append(Unreachable("unreachable"))
    assert house.forget("BourseAuxPlantes").exit is Exit.PART
    assert href in house.cloud.things
    assert house.forget("BourseAuxPlantes").exit is Exit.DONE
    assert href not in house.cloud.things
    house.sync(full=True)
    assert (href in house.cloud.things, set(house.wiki.things)) == (False, {"BourseAuxPlantes"})
