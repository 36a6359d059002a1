"""By what two writes, steps and conflicts are the same; and the order of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.codec import (
    ReviewedStep,
    changes_to_json,
    operation_digest,
    review,
    step_digest,
)
from oscartes_sync.planning.operation import Action, FieldChange, Operation, Reason, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind, Plan, Step
from oscartes_sync.planning.shaping import conflict_id
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG, UID, day, single

TITLE = FieldChange("title", "Avant", "Après")
DAY = FieldChange("start", day(1), day(2))


def operation(**more: object) -> Operation:
    base = Operation(
        action=Action.UPDATE,
        side=Side.CLOUD,
        uid=UID,
        entry=TAG,
        href=HREF,
        title="Permanence",
        record=single(),
        changes=(TITLE,),
        token="c1",
        other_token="w1",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def step(*operations: Operation, **more: object) -> Step:
    base = Step(uid=UID, origin=Side.WIKI, link=None, wiki=None, cloud=None, operations=operations)
    return replace(base, **more)  # type: ignore[arg-type]


def test_changes_are_written_before_and_after() -> None:
    made = changes_to_json(operation(changes=(TITLE, DAY)))
    assert made == {"title": ["Avant", "Après"], "start": ["2027-03-01", "2027-03-02"]}


@pytest.mark.parametrize(
    "more",
    [
        {"action": Action.DELETE},
        {"side": Side.WIKI},
        {"uid": "other"},
        {"href": "/cal/other.ics"},
        {"token": "c2"},
        {"other_token": "w2"},
        {"reason": Reason.DELETED},
        {"changes": (FieldChange("title", "Avant", "Autre"),)},
        {"changes": (FieldChange("title", "Autre", "Après"),)},
        {"changes": ()},
        {"record": single("Autre")},
        {"record": None},
    ],
)
def test_a_write_is_another_where_anything_that_it_does_is(more: dict[str, object]) -> None:
    assert operation_digest(operation(**more)) != operation_digest(operation())


@pytest.mark.parametrize(
    "more",
    [
        {"title": "Autre"},
        {"state": State.DONE},
        {"problem": Problem.of("forbidden")},
        {"entry": "Autre"},
    ],
)
def test_a_write_is_the_same_however_it_is_told(more: dict[str, object]) -> None:
    digest = operation_digest(operation())
    assert operation_digest(operation(**more)) == digest
    assert len(digest) == 32


def test_a_step_is_the_same_in_any_order_of_its_writes() -> None:
    one, two = operation(), operation(side=Side.WIKI)
    digest = step_digest(step(one, two))
    assert digest == step_digest(step(two, one))
    assert len(digest) == 32
    assert digest != step_digest(step(one))
    assert digest != step_digest(step(one, replace(two, token="w9")))
    assert digest != step_digest(step(one, two, uid="other"))


def test_a_saved_plan_keeps_the_steps_that_do_something_and_where_to_look_for_them() -> None:
    doing, skipped = step(operation()), step(operation(state=State.SKIPPED), uid="s")
    half = step(operation(), operation(state=State.SKIPPED), uid="t")
    plan = Plan(binding="agenda", steps=(doing, skipped, half, step()))
    assert review(plan) == (ReviewedStep(UID, step_digest(doing), TAG, HREF),)


# Conflicts


def clash(**more: object) -> dict[str, Clash]:
    return {"title": replace(Clash("a", "b", "c"), **more)}  # type: ignore[arg-type]


def test_a_conflict_is_the_same_as_long_as_its_values_are() -> None:
    def made(
        kind: ConflictKind = ConflictKind.FIELD,
        fields: dict[str, Clash] | None = None,
        uid: str = UID,
        binding: str = "agenda",
    ) -> str:
        return conflict_id(binding, uid, kind, fields or clash())

    assert made() == made()
    assert len(made()) == 10
    others = {
        made(ConflictKind.SERIES),
        made(uid="other"),
        made(binding="other"),
        *(made(fields=clash(**{name: "z"})) for name in ("base", "wiki", "cloud")),
        made(fields={"place": Clash("a", "b", "c")}),
        made(fields={"title": Clash(None, day(1), day(2))}),
        made(fields={"title": Clash(None, day(1), day(3))}),
    }
    assert len(others) == 9
    assert made() not in others
    bare = conflict_id("agenda", UID, ConflictKind.DELETION)
    assert bare == conflict_id("agenda", UID, ConflictKind.DELETION, {})


def conflict(**more: object) -> Conflict:
    base = Conflict(id="b", kind=ConflictKind.FIELD, uid=UID, entry="B", href="/b.ics")
    return replace(base, **more)  # type: ignore[arg-type]


def test_conflicts_and_writes_come_in_a_total_order() -> None:
    conflicts = [
        conflict(entry=None),
        conflict(entry="A", href="/z.ics"),
        conflict(href=None),
        conflict(href="/a.ics"),
        conflict(kind=ConflictKind.DELETION, id="z"),
        conflict(id="a"),
        conflict(),
    ]
    writes = [
        operation(entry=None, href="/z.ics"),
        operation(entry="A"),
        operation(entry="B", href=None),
        operation(entry="B", href="/a.ics"),
        operation(entry="B", href="/b.ics", uid="a"),
        operation(entry="B", href="/b.ics", uid="b", side=Side.CLOUD),
        operation(entry="B", href="/b.ics", uid="b", side=Side.WIKI, action=Action.CREATE),
        operation(entry="B", href="/b.ics", uid="b", side=Side.WIKI, action=Action.UPDATE),
    ]
    steps = tuple(
        step(*pair, uid=str(number)) for number, pair in enumerate(zip(writes[::-1], strict=True))
    )
    open_ones = step(uid="x", conflicts=tuple(reversed(conflicts)))
    plan = Plan(binding="agenda", steps=(*steps, open_ones))
    assert list(plan.conflicts) == conflicts
    assert list(plan.operations) == writes


def test_a_conflict_without_a_place_sorts_as_one_with_an_empty_one() -> None:
    assert conflict(entry=None, href=None).sort_key() == ("", "", "field", "b")
    assert operation(entry=None, href=None).sort_key() == ("", "", UID, "cloud", "update")


def test_what_was_never_agreed_shows_as_itself() -> None:
    assert repr(MISSING) == "MISSING"
