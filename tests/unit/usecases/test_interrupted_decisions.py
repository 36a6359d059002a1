"""An undo or a forgetting that was cut short is no member's deletion, and no member's edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.errors import Forbidden, StateError
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.operation import State
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.event import Series
from tests.fakes.household import Household, event
from tests.fakes.state import InMemoryStateStore

TAG = "BourseAuxPlantes"
HREF = "/cal/BourseAuxPlantes.noe.ics"
PHONE = "/cal/1.ics"


class Forgetful(InMemoryStateStore):
    """A state whose disk is full after so many settlements."""

    room = 1000

    def settle(self, *args: object, **named: object) -> None:
        if not self.room:
            raise StateError("state-full", path="memory")
        self.room -= 1
        super().settle(*args, **named)  # type: ignore[arg-type]


@pytest.fixture
def house() -> Household:
    made = Household(deletions=Deletions.PROPAGATE)
    made.state = Forgetful()
    made.wiki.put(TAG, event())
    made.wiki.put("Bal", event("Bal"))
    made.sync()
    return made


def undo_until_the_disk_is_full(house: Household, room: int = 1) -> None:
    """What the run wrote is undone on the server, and the state never hears of it."""
    assert isinstance(house.state, Forgetful)
    house.state.room = room
    with pytest.raises(StateError):
        house.undo(house.state.runs()[0].run)
    house.state.room = 1000


def test_a_copy_that_was_taken_back_takes_nothing_with_it(house: Household) -> None:
    undo_until_the_disk_is_full(house)
    assert len(house.cloud.things) < 2
    house.sync()
    assert set(house.wiki.things) == {TAG, "Bal"}
    assert house.quiet()


def test_an_edit_that_was_put_back_does_not_cross_to_the_original(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    undo_until_the_disk_is_full(house)
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"
    house.sync()
    assert house.wiki.things[TAG].record.title == "Bourse aux graines"
    assert house.quiet()


def test_where_nothing_was_sent_the_pair_stays_one(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    run = house.state.runs()[0].run
    house.cloud.fail_next.append(Forbidden("forbidden"))
    assert [op.state for op in house.undo(run).operations] == [State.FAILED]
    house.wiki.edit(TAG, title="Bourse aux arbres")
    house.sync()
    assert house.cloud.things[HREF].record.title == "Bourse aux arbres"
    assert house.quiet()


def test_an_undo_whose_answer_was_lost_counts_as_done_or_not_by_what_is_there(
    house: Household,
) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    house.cloud.lose_next = 1
    house.undo(house.state.runs()[0].run)
    house.sync()
    assert house.wiki.things[TAG].record.title == "Bourse aux graines"
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"
    assert house.quiet()


def test_a_date_that_was_put_back_stays_until_it_is_due() -> None:
    house = Household()
    weekly = event(series=Series(rule="FREQ=WEEKLY;COUNT=50"))
    house.cloud.put(PHONE, weekly, uid="1@phone")
    house.sync()
    (tag,) = house.wiki.things
    first = house.wiki.things[tag].record.start
    house.clock.sleep(110 * 86400)
    house.sync()
    assert house.wiki.things[tag].record.start > first
    house.undo(house.state.runs()[0].run)
    assert house.wiki.things[tag].record.start == first
    assert house.quiet()


def test_a_category_that_was_taken_away_again_stays_away() -> None:
    house = Household()
    house.wiki.put(TAG, event())
    house.sync()
    house.cloud.edit(HREF, categories=("Atelier",))
    house.sync()
    assert house.wiki.things[TAG].record.categories == ("Atelier",)
    house.undo(house.state.runs()[0].run)
    assert house.wiki.things[TAG].record.categories == ()
    assert house.quiet()


# Forgetting


def test_a_copy_that_was_let_go_and_not_erased_is_kept_up(house: Household) -> None:
    def erase(*_: object) -> None:
        raise KeyboardInterrupt

    house.sync()
    house.cloud.erase = erase  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        house.forget(TAG)
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    assert house.cloud.things[HREF].record.title == "Bourse aux graines"
    assert house.quiet()


def test_a_copy_that_an_interrupted_run_made_is_erased_too() -> None:
    house = Household()
    house.state = Forgetful()
    house.cloud.put(PHONE, event(), uid="1@phone")
    assert isinstance(house.state, Forgetful)
    house.state.room = 0
    house.sync()
    house.state.room = 1000
    assert len(house.wiki.things) == 1
    house.forget(PHONE)
    assert not house.wiki.things
    assert house.quiet()
    assert set(house.cloud.things) == {PHONE}


def test_a_copy_that_another_state_makes_of_what_was_forgotten_is_not_mirrored() -> None:
    house = Household()
    house.cloud.put(PHONE, event(), uid="1@phone")
    house.cloud.put("/cal/2.ics", event("Bal"), uid="2@phone")
    house.sync()
    house.forget(PHONE)
    house.cloud.edit(PHONE, title="Grande bourse")
    house.sync()
    ours, house.state = house.state, InMemoryStateStore()
    house.sync()
    assert len(house.wiki.things) == 2
    house.state = ours
    house.sync()
    assert set(house.cloud.things) == {PHONE, "/cal/2.ics"}


def test_both_of_a_pair_that_was_left_out_are_forgotten() -> None:
    house = Household()
    house.wiki.put(TAG, event())
    house.sync()
    house.cloud.mark(HREF, standing=Standing.HIDDEN)
    house.state = InMemoryStateStore()
    house.sync()
    house.forget(HREF)
    assert HREF not in house.cloud.things
    assert house.quiet()
    assert TAG in house.wiki.things


def test_an_undo_of_an_undo_that_was_never_sent_deletes_nothing(house: Household) -> None:
    made = house.state.runs()[0].run
    house.cloud.put(PHONE, event("Fête"), uid="1@phone")
    house.sync()
    house.undo(made)
    assert set(house.cloud.things) == {PHONE}

    def put_back(*_: object) -> None:
        raise KeyboardInterrupt

    working, house.cloud.put_back = house.cloud.put_back, put_back  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        house.undo(house.state.runs()[0].run)
    house.cloud.put_back = working  # type: ignore[method-assign]
    house.sync()
    assert {TAG, "Bal"} < set(house.wiki.things)
    assert house.quiet()


def test_a_copy_that_comes_back_meets_a_source_that_was_closed_meanwhile() -> None:
    house = Household()
    house.cloud.put(PHONE, event(), uid="1@phone")
    house.sync()
    house.undo(house.state.runs()[0].run)
    house.cloud.mark(PHONE, standing=Standing.HIDDEN)
    house.sync()
    undo = next(run.run for run in house.state.runs() if run.command == "undo")
    house.undo(undo)
    house.sync()
    assert not house.wiki.things
    assert house.quiet()


def test_what_is_made_again_where_it_was_born_is_judged_there() -> None:
    house = Household(deletions=Deletions.PROPAGATE)
    house.cloud.put(PHONE, event(), uid="1@phone")
    house.cloud.put("/cal/2.ics", event("Bal"), uid="2@phone")
    house.sync()
    house.binding = replace(house.binding, publish="category:Réunion")
    house.wiki.edit(next(iter(house.wiki.things)), title="Bourse aux graines")
    house.cloud.remove(PHONE)
    house.sync(full=True)
    house.sync()
    assert house.quiet()


def test_a_withdrawn_copy_does_not_come_back_beside_a_newer_one() -> None:
    house = Household()
    house.cloud.put(PHONE, event(), uid="1@phone")
    house.sync()
    house.cloud.mark(PHONE, standing=Standing.HIDDEN)
    house.sync()
    withdrawal = house.state.runs()[0].run
    house.cloud.mark(PHONE, standing=Standing.OPEN)
    house.cloud.edit(PHONE, title="Grande bourse")
    house.sync()
    report = house.undo(withdrawal)
    assert [problem.code for problem in report.problems] == ["undo-made-again"]
    assert [thing.record.title for thing in house.wiki.things.values()] == ["Grande bourse"]
    assert house.quiet()
