"""Creations that lost their server on the way are looked into, and finished, by the next run."""

from __future__ import annotations

import pytest

from oscartes_sync.errors import Forbidden, SideError, Unavailable, Unreachable
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.records.problem import Side
from tests.fakes.household import Household, event

PHONE = "/cal/1.ics"


def unfinished(house: Household) -> list[tuple[Action, State]]:
    waiting = house.state.unfinished(house.binding.name)
    return [(each.operation.action, each.operation.state) for each in waiting]


@pytest.fixture
def house() -> Household:
    made = Household()
    made.cloud.put(PHONE, event(), uid="1@phone")
    return made


def test_one_whose_answer_was_lost_is_finished_by_the_next_run(house: Household) -> None:
    house.wiki.lose_next = 1
    report = house.sync()
    assert [op.state for op in report.operations] == [State.FAILED]
    assert unfinished(house) == [(Action.CREATE, State.FAILED)]
    assert house.wiki.completed == []
    house.sync()
    assert house.wiki.completed == list(house.wiki.things)
    assert unfinished(house) == []
    assert house.quiet()


@pytest.mark.parametrize("error", [Unreachable("unreachable"), Unavailable("maintenance")])
def test_one_that_lost_its_server_is_looked_into(house: Household, error: SideError) -> None:
    house.wiki.fail_next.append(error)
    house.sync()
    assert unfinished(house) == [(Action.CREATE, State.FAILED)]
    house.sync()
    assert len(house.wiki.things) == 1
    assert house.wiki.completed == list(house.wiki.things)
    assert house.quiet()


def test_one_that_was_refused_is_over(house: Household) -> None:
    house.wiki.fail_next.append(Forbidden("forbidden"))
    house.sync()
    assert unfinished(house) == []


def test_a_look_that_fails_again_is_left_to_a_later_run(house: Household) -> None:
    def lost(*_: object) -> None:
        raise Unreachable("unreachable", side=Side.WIKI)

    house.wiki.lose_next = 1
    house.sync()
    complete = house.wiki.complete
    house.wiki.complete = lost  # type: ignore[assignment, method-assign]
    assert "unreachable" in {problem.code for problem in house.sync().problems}
    assert unfinished(house) == [(Action.CREATE, State.FAILED)]
    house.wiki.complete = complete  # type: ignore[method-assign]
    house.sync()
    assert unfinished(house) == []
    assert house.quiet()


def test_a_merged_conflict_is_told_though_the_run_was_ended_before_its_end() -> None:
    house = Household()
    house.wiki.put("Bourse", event())
    house.sync()
    house.wiki.edit("Bourse", title="Bourse aux graines")
    house.cloud.edit("/cal/Bourse.noe.ics", title="Bourse aux arbres")

    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    house.state.settle = ended  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        house.sync()
    del house.state.settle
    assert house.cloud.things["/cal/Bourse.noe.ics"].record.title == "Bourse aux graines"
    house.sync()
    (kept,) = house.state.conflicts(house.binding.name)
    assert (kept.open, kept.fields["title"].cloud) == (False, "Bourse aux arbres")
    assert house.quiet()
