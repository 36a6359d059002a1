"""`undo` puts back what a run wrote, and what was undone stays undone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from oscartes_sync.errors import Forbidden, Unreachable, UsageError
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.report import Exit
from tests.fakes.household import Household, event

TAG = "BourseAuxPlantes"
HREF = "/cal/BourseAuxPlantes.noe.ics"
PHONE = "/cal/1.ics"


@pytest.fixture
def house() -> Household:
    """Two linked pairs, one born on each side."""
    made = Household(deletions=Deletions.PROPAGATE)
    made.wiki.put(TAG, event())
    made.cloud.put(PHONE, event("Bal"), uid="1@phone")
    made.sync()
    return made


def last(house: Household) -> str:
    return house.state.runs()[0].run


def entry_of(house: Household, title: str) -> str:
    return next(key for key, thing in house.wiki.things.items() if thing.record.title == title)


def test_an_update_is_put_back_on_both_sides_and_stays_so(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.cloud.edit(PHONE, place="Orsay")
    house.sync()
    bal = entry_of(house, "Bal")
    report = house.undo(last(house))
    assert report.exit is Exit.DONE
    assert {(op.action, op.state) for op in report.operations} == {(Action.UPDATE, State.DONE)}
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"
    assert house.wiki.things[TAG].record.title == "Bourse aux graines"
    assert house.wiki.things[bal].record.place == ""
    assert house.quiet()


def test_an_edit_after_an_undo_crosses_as_any_other(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    house.undo(last(house))
    house.wiki.edit(TAG, title="Bourse aux arbres")
    house.sync()
    assert house.cloud.things[HREF].record.title == "Bourse aux arbres"
    assert house.quiet()


def test_copies_that_a_run_made_are_taken_back_and_not_made_again(house: Household) -> None:
    report = house.undo(last(house))
    assert report.exit is Exit.DONE
    assert set(house.wiki.things) == {TAG}
    assert set(house.cloud.things) == {PHONE}
    assert house.quiet()
    house.wiki.edit(TAG, place="Orsay")
    assert house.quiet()


def test_an_undo_may_be_undone(house: Household) -> None:
    house.undo(last(house))
    report = house.undo(last(house))
    assert report.exit is Exit.DONE
    assert len(house.wiki.things) == len(house.cloud.things) == 2
    assert house.quiet()
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    assert house.cloud.things[HREF].record.title == "Bourse aux graines"


def test_a_deleted_copy_comes_back_and_is_not_deleted_again(house: Household) -> None:
    house.wiki.remove(TAG)
    house.sync()
    assert HREF not in house.cloud.things
    report = house.undo(last(house))
    assert report.exit is Exit.DONE
    assert [(each.code, each.side) for each in report.problems] == [("undo-on-one-side", Side.WIKI)]
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"
    assert house.quiet()
    assert HREF in house.cloud.things


def test_a_copy_whose_original_was_closed_does_not_come_back_while_it_is(house: Household) -> None:
    house.cloud.edit(PHONE)
    house.cloud.things[PHONE].standing = Standing.HIDDEN
    house.sync()
    assert set(house.wiki.things) == {TAG}
    run = last(house)
    report = house.undo(run)
    assert [op.problem.code for op in report.operations if op.problem] == ["undo-withdrawn"]
    assert (report.exit, set(house.wiki.things)) == (Exit.PART, {TAG})
    house.cloud.edit(PHONE)
    house.cloud.things[PHONE].standing = Standing.OPEN
    house.undo(run)
    assert len(house.wiki.things) == 2


def test_a_copy_that_a_wrong_setting_took_away_comes_back(house: Household) -> None:
    house.binding = replace(house.binding, publish="category:Atelier")
    house.sync(full=True)
    assert set(house.wiki.things) == {TAG}
    run = last(house)
    house.binding = replace(house.binding, publish="all")
    assert house.undo(run).exit is Exit.DONE
    assert len(house.wiki.things) == 2
    assert house.quiet()


@pytest.mark.parametrize("cut", [KeyboardInterrupt(), Unreachable("unreachable")])
def test_an_undo_of_a_deletion_that_was_cut_off_can_be_asked_for_again(
    house: Household, cut: BaseException
) -> None:
    house.wiki.remove(TAG)
    house.sync()
    run = last(house)
    put_back = house.cloud.put_back

    def gone(*_: object) -> None:
        raise cut

    house.cloud.put_back = gone  # type: ignore[assignment, method-assign]
    with suppress(KeyboardInterrupt):
        house.undo(run)
    house.cloud.put_back = put_back  # type: ignore[method-assign]
    assert HREF not in house.cloud.things
    assert house.undo(run).exit is Exit.DONE
    assert HREF in house.cloud.things
    assert house.quiet()
    assert HREF in house.cloud.things


def test_what_moved_since_is_left_and_said_the_rest_is_done(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.cloud.edit(PHONE, title="Grand bal")
    house.sync()
    run = last(house)
    house.cloud.edit(HREF, place="Gif")
    report = house.undo(run)
    assert report.exit is Exit.PART
    states = {op.href: op.state for op in report.operations}
    assert states == {HREF: State.FAILED, PHONE: State.DONE}
    failed = next(op for op in report.operations if op.state is State.FAILED)
    assert failed.problem is not None
    assert failed.problem.code == "undo-moved"
    assert house.cloud.things[HREF].record.title == "Bourse aux graines"


def test_a_refusal_of_one_does_not_stop_the_others(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.cloud.edit(PHONE, title="Grand bal")
    house.sync()
    house.wiki.fail_next.append(Forbidden("forbidden", owner="MarieDupont"))
    report = house.undo(last(house))
    assert sorted(op.state for op in report.operations) == [State.DONE, State.FAILED]


def test_copies_whose_version_is_not_known_any_more_are_not_taken_back(house: Household) -> None:
    """Somebody may have edited them since."""
    run = last(house)
    house.cloud.edit(HREF, place="Salle du haut")
    house.clock.sleep(60 * 60 * 24 * 31)
    house.state.purge(house.clock.now())
    there = set(house.cloud.things)
    report = house.undo(run)
    assert {op.problem.code for op in report.operations if op.problem} == {"undo-no-image"}
    assert {op.state for op in report.operations} == {State.SKIPPED}
    assert set(house.cloud.things) == there


def test_without_a_before_image_nothing_is_guessed(house: Household) -> None:
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.sync()
    run = last(house)
    house.clock.sleep(60 * 60 * 24 * 31)
    house.state.purge(house.clock.now())
    report = house.undo(run)
    assert [op.state for op in report.operations] == [State.SKIPPED]
    assert report.operations[0].problem is not None
    assert report.operations[0].problem.code == "undo-no-image"
    assert report.exit is Exit.PART


def test_a_run_is_named_by_how_it_begins_if_that_is_one(house: Household) -> None:
    with pytest.raises(UsageError) as raised:
        house.undo("1999")
    assert raised.value.code == "unknown-run"
    house.sync()
    with pytest.raises(UsageError) as raised:
        house.undo("2026")
    assert raised.value.code == "ambiguous-run"
    with pytest.raises(UsageError) as raised:
        house.undo("")
    assert raised.value.code == "unknown-run"


def test_a_run_of_a_binding_that_is_gone_is_not_undone_by_halves(house: Household) -> None:
    run = last(house)
    from tests.fakes.household import agenda

    house.binding = agenda(name="autre")
    with pytest.raises(UsageError) as raised:
        house.undo(run)
    assert raised.value.code == "undo-unknown-binding"


def test_a_run_that_wrote_nothing_has_nothing_to_undo(house: Household) -> None:
    house.sync()
    run = last(house)
    from oscartes_sync.usecases.undo_run import undo_run

    report = undo_run([house.world], run, state=house.state, clock=house.clock)
    assert report.bindings == ()
    assert report.exit is Exit.DONE
