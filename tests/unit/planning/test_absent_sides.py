"""One side of a link is gone, or absent and not to be made out: the whole step of each case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Deletions, Direction
from oscartes_sync.planning.change import Evidence, Now
from oscartes_sync.planning.decide import decide
from oscartes_sync.planning.operation import Reason, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.shaping import conflict_id
from oscartes_sync.planning.snapshot import Look, Presence
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG, UID, absent, at, link_of, rules, single, weekly
from tests.unit.planning.steps import (
    DUE,
    GONE,
    LINK,
    SIDES,
    creation,
    hidden,
    of,
    pending,
    removal,
    seen,
    step,
)

# Gone


@pytest.mark.parametrize("side", SIDES)
def test_a_deletion_goes_across_where_it_may(side: Side) -> None:
    other = side.other
    made = of(LINK, side, GONE, at(other, single(), "x9"), deletions=Deletions.PROPAGATE)
    there = seen(other, single(), "x9")
    operations = (removal(other, Reason.DELETED, token="x9"),)
    assert made == step(LINK, **there, operations=operations)


@pytest.mark.parametrize("side", SIDES)
def test_a_deletion_is_let_be_where_it_is_to_be_ignored(side: Side) -> None:
    made = of(LINK, side, GONE, at(side.other, single()), deletions=Deletions.IGNORE)
    assert made == step(LINK, **seen(side.other, single()), drop=side)


@pytest.mark.parametrize("side", SIDES)
def test_a_copy_deleted_on_the_written_side_is_let_go(side: Side) -> None:
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    edited = at(side.other, single("Autre"))
    made = of(LINK, side, GONE, edited, direction=way, deletions=Deletions.PROPAGATE)
    assert made == step(LINK, **seen(side.other, single("Autre")), drop=side)


def test_both_gone_or_let_go_ends_the_link() -> None:
    for here, there in ((GONE, GONE), (GONE, absent(Now.DROPPED)), (absent(Now.DROPPED), GONE)):
        assert decide(rules(), LINK, here, there) == step(LINK, forget=True)


@pytest.mark.parametrize("side", SIDES)
def test_what_its_own_side_closed_and_the_other_lost_is_over(side: Side) -> None:
    other = side.other
    born_there = replace(LINK, origin=other)
    assert of(born_there, side, GONE, hidden(single())) == step(born_there, forget=True)
    born_here = replace(LINK, origin=side)
    made = of(born_here, side, GONE, hidden(single()), deletions=Deletions.IGNORE)
    assert made is not None
    assert (made.forget, made.drop) == (False, side)


@pytest.mark.parametrize("side", SIDES)
def test_a_deletion_that_may_not_be_carried_out_is_told_and_kept_in_mind(side: Side) -> None:
    other = side.other
    writable = {side: True, other: False}
    open_title = replace(LINK, unsettled={"title": ("a", "b")}, due=DUE, dropped=other)
    same = replace(single(), title="a" if other is Side.WIKI else "b")
    made = of(
        open_title,
        side,
        GONE,
        at(other, same),
        writable=writable,
        deletions=Deletions.PROPAGATE,
    )
    told = (Problem.of("side-read-only", side=other),)
    assert made == step(
        open_title, unsettled={"title": ("a", "b")}, due=DUE, drop=other, problems=told
    )


@pytest.mark.parametrize("side", SIDES)
def test_an_edit_beats_a_deletion_and_makes_it_again(side: Side) -> None:
    other, event = side.other, single("Autre")
    made = of(LINK, side, GONE, at(other, event), deletions=Deletions.PROPAGATE)
    assert made == step(
        LINK,
        **seen(other, event),
        operations=(creation(side, event),),
        problems=(Problem.warning("edit-beats-delete", side),),
    )


def test_a_series_made_again_in_the_wiki_is_due_when_its_date_is_over() -> None:
    link = link_of(weekly(), weekly())
    event = replace(weekly(), title="Autre")
    made = of(link, Side.WIKI, GONE, at(Side.CLOUD, event))
    assert made is not None
    assert made.due == DUE
    back = of(link, Side.CLOUD, GONE, at(Side.WIKI, event))
    assert back is not None
    assert back.due is None


@pytest.mark.parametrize("side", SIDES)
def test_an_edit_beats_a_deletion_but_makes_nothing_where_nothing_may_be_made(side: Side) -> None:
    event = single("Autre")
    writable = {side: False, side.other: True}
    made = of(LINK, side, GONE, at(side.other, event), writable=writable)
    told = (Problem.warning("edit-beats-delete", side),)
    assert made == step(LINK, **seen(side.other, event), drop=side, problems=told)


# Where a person is asked


@pytest.mark.parametrize("side", SIDES)
def test_a_deletion_that_waits_keeps_the_link_as_it_was(side: Side) -> None:
    other = side.other
    link = replace(LINK, unsettled={"place": ("", "")}, due=DUE, dropped=other)
    made = of(link, side, GONE, at(other, single(), "x9"), deletions=Deletions.ASK)
    expected = step(
        link, conflicts=(pending(),), unsettled={"place": ("", "")}, due=DUE, drop=other
    )
    assert made == expected


@pytest.mark.parametrize(("owner", "named"), [("MarieDupont", "MarieDupont"), ("", "?")])
def test_a_thing_of_somebody_else_waits_whatever_the_policy_and_its_owner_is_named(
    owner: str, named: str
) -> None:
    theirs = replace_look(at(Side.WIKI, single()), Look(Presence.HERE, owner, deletable=False))
    made = of(LINK, Side.CLOUD, GONE, theirs, deletions=Deletions.PROPAGATE)
    told = (Problem.of("deletion-not-ours", side=Side.WIKI, owner=named),)
    assert made == step(LINK, conflicts=(pending(),), problems=told)
    ours = replace_look(at(Side.WIKI, single()), Look(Presence.HERE, owner))
    gone = of(LINK, Side.CLOUD, GONE, ours, deletions=Deletions.PROPAGATE)
    assert gone is not None
    assert gone.operations == (removal(Side.WIKI, Reason.DELETED),)
    asked = of(LINK, Side.CLOUD, GONE, ours, deletions=Deletions.ASK)
    assert asked == step(LINK, conflicts=(pending(),))


def replace_look(there: Evidence, look: Look) -> Evidence:
    return Evidence(there.now, there.seen, there.problems, look)


@pytest.mark.parametrize("side", SIDES)
def test_a_person_lets_the_other_copy_go(side: Side) -> None:
    other = side.other
    said = {pending().id: Decision.DELETE}
    made = of(LINK, side, GONE, at(other, single(), "x9"), decisions=said)
    assert made == step(
        LINK,
        **seen(other, single(), "x9"),
        operations=(removal(other, Reason.DELETED, token="x9"),),
        conflicts=(pending(open=False, winner=side),),
    )


@pytest.mark.parametrize("side", SIDES)
def test_a_person_has_it_made_again(side: Side) -> None:
    other = side.other
    said = {pending().id: Decision.RESTORE}
    made = of(LINK, side, GONE, at(other, single()), decisions=said)
    assert made == step(
        LINK,
        **seen(other, single()),
        operations=(creation(side, single()),),
        conflicts=(pending(open=False, winner=other),),
    )


def test_what_is_said_of_values_decides_no_deletion() -> None:
    said = {pending().id: Decision.WIKI}
    made = of(LINK, Side.WIKI, GONE, at(Side.CLOUD, single()), decisions=said)
    assert made == step(LINK, conflicts=(pending(),))


# Not to be made out


def test_what_can_be_told_of_neither_side_does_nothing_to_the_other() -> None:
    link = replace(LINK, unsettled={"title": ("a", "b")}, due=DUE, dropped=Side.CLOUD)
    nothing = step(link, unsettled={"title": ("a", "b")}, due=DUE, drop=Side.CLOUD)
    clash = {"title": Clash("b", "Avant", "Après")}
    torn = replace(link, wiki=single("Avant"), cloud=single("Après"))
    still_open = Conflict(
        id=conflict_id("agenda", UID, ConflictKind.FIELD, clash),
        kind=ConflictKind.FIELD,
        uid=UID,
        entry=TAG,
        href=HREF,
        fields=clash,
    )
    for side in SIDES:
        for now, code in (
            (Now.BROKEN, ""),
            (Now.UNSURE, "absence-unsure"),
            (Now.ELSEWHERE, "moved-elsewhere"),
        ):
            there = at(side.other, single("Autre"))
            told = (Problem.warning(code, side),) if code else ()
            expected = replace(nothing, problems=step(link, problems=told).problems)
            assert of(link, side, absent(now), there) == expected
            made = of(torn, side, absent(now), there)
            assert made == replace(expected, link=torn, conflicts=(still_open,))


@pytest.mark.parametrize(
    ("bases", "wiki", "cloud", "is_open"),
    [
        (("a", "b"), "Avant", "Après", True),
        ((MISSING, MISSING), "Avant", "Après", True),
        (("Avant", "b"), "Avant", "Après", False),
        (("a", "Après"), "Avant", "Après", False),
        (("a", "b"), "Même", "Même", False),
    ],
)
def test_what_both_had_changed_and_nobody_settled_is_told_all_the_same(
    bases: tuple[object, object], wiki: str, cloud: str, *, is_open: bool
) -> None:
    link = link_of(single(wiki), single(cloud), unsettled={"title": bases})
    made = decide(rules(), link, absent(Now.BROKEN), at(Side.CLOUD, single()))
    assert made is not None
    base = None if bases[1] is MISSING else bases[1]
    expected = [{"title": Clash(base, wiki, cloud)}] if is_open else []
    assert [dict(conflict.fields) for conflict in made.conflicts] == expected


@pytest.mark.parametrize("side", SIDES)
def test_absent_with_too_many_others_is_shown_as_the_removal_it_might_be(side: Side) -> None:
    for origin, reason in ((side, Reason.WITHDRAWN), (side.other, Reason.DELETED)):
        link = replace(LINK, origin=origin, unsettled={"place": ("", "")}, due=DUE)
        made = of(link, side, absent(Now.HELD), at(side.other, single("Autre"), "x9"))
        skipped = removal(side.other, reason, state=State.SKIPPED)
        assert made == step(link, operations=(skipped,), unsettled={"place": ("", "")}, due=DUE)
