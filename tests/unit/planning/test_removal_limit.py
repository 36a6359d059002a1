"""Too many removals at once are all left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.planning.safety import guard
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG

TOLD = Problem.warning("left-on-wiki")


def step(uid: str, *actions: Action, state: State = State.PLANNED, forget: bool = False) -> Step:
    operations = tuple(
        Operation(
            action=action,
            side=Side.CLOUD,
            uid=uid,
            entry=TAG,
            href=HREF,
            title=uid,
            state=state,
        )
        for action in actions
    )
    return Step(
        uid=uid,
        origin=Side.WIKI,
        link=None,
        wiki=None,
        cloud=None,
        operations=operations,
        forget=forget,
    )


def plan(*steps: Step, links: int = 20) -> Plan:
    return Plan(binding="agenda", steps=steps, links=links, standing_problems=(TOLD,))


TWO = plan(
    step("a", Action.DELETE, forget=True),
    step("b", Action.DELETE, Action.UPDATE),
    step("c", Action.CREATE),
    step("d", forget=True),
)
HELD = replace(
    TWO,
    steps=(
        step("a", Action.DELETE, state=State.SKIPPED),
        replace(
            TWO.steps[1],
            operations=(
                replace(TWO.steps[1].operations[0], state=State.SKIPPED),
                TWO.steps[1].operations[1],
            ),
        ),
        *TWO.steps[2:],
    ),
    held_back=2,
)
MANY = Problem.of("too-many-deletions", count=2, links=20)


def test_as_many_as_are_allowed_go() -> None:
    assert guard(TWO, MaxDelete(2, percent=False)) is TWO


def test_one_more_and_none_goes_and_the_rest_is_done() -> None:
    assert guard(TWO, MaxDelete(1, percent=False)) == replace(HELD, standing_problems=(TOLD, MANY))


def test_held_for_an_empty_side_is_told_elsewhere_unless_it_is_too_many_anyway() -> None:
    shown = replace(TWO, steps=(step("a", Action.DELETE, state=State.SKIPPED), *TWO.steps[1:]))
    assert guard(shown, MaxDelete(2, percent=False), emptied=True) == HELD
    assert guard(shown, MaxDelete(2, percent=False)) == replace(
        HELD, standing_problems=(TOLD, MANY)
    )
    assert guard(shown, MaxDelete(1, percent=False), emptied=True) == replace(
        HELD, standing_problems=(TOLD, MANY)
    )


@pytest.mark.parametrize(
    ("limit", "deletions", "links", "allowed"),
    [
        (MaxDelete(3, percent=False), 3, 1, True),
        (MaxDelete(3, percent=False), 4, 1000, False),
        (MaxDelete(0, percent=False), 0, 9, True),
        (MaxDelete(0), 0, 1000, True),
        (MaxDelete(0), 1, 1000, False),
        (MaxDelete(1), 5, 10, True),
        (MaxDelete(1), 6, 10, False),
        (MaxDelete(10), 6, 60, True),
        (MaxDelete(10), 7, 60, False),
        (MaxDelete(10), 7, 79, True),
        (MaxDelete(100), 79, 79, True),
        (MaxDelete(0.5), 6, 1199, False),
        (MaxDelete(0.5), 6, 1200, True),
    ],
)
def test_a_limit_is_a_number_or_a_share_of_at_least_five(
    limit: MaxDelete, deletions: int, links: int, *, allowed: bool
) -> None:
    assert limit.allows(deletions, links) is allowed
