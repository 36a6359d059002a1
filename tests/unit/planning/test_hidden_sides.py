"""One side of a link is hidden, let go, or there as it was: the whole step of each case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Deletions, Direction
from oscartes_sync.planning.change import Now
from oscartes_sync.planning.decide import decide
from oscartes_sync.planning.operation import Action, Operation, Reason
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.planning.shaping import conflict_id
from oscartes_sync.records.event import FIELDS
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG, UID, absent, at, link_of, rules, single
from tests.unit.planning.steps import GONE, LINK, SIDES, hidden, of, removal, seen, step

# Hidden


@pytest.mark.parametrize("side", SIDES)
def test_what_its_source_closed_is_withdrawn_from_the_other_side(side: Side) -> None:
    link = replace(LINK, origin=side)
    other = side.other
    made = of(link, side, hidden(single()), at(other, single(), "x9"), deletions=Deletions.IGNORE)
    assert made == step(
        link,
        **seen(other, single(), "x9"),
        operations=(removal(other, Reason.WITHDRAWN, token="x9"),),
        forget=True,
    )


def test_a_hidden_source_whose_copy_is_out_of_sight_is_forgotten() -> None:
    made = of(LINK, Side.WIKI, hidden(single()), absent(Now.DROPPED))
    assert made == step(LINK, forget=True)


@pytest.mark.parametrize("side", SIDES)
def test_a_hidden_copy_or_one_whose_other_side_is_not_written_is_told(side: Side) -> None:
    told = (Problem.warning("copy-hidden", side),)
    copy = replace(LINK, origin=side.other)
    assert of(copy, side, hidden(single()), at(side.other, single())) == step(copy, problems=told)
    source = replace(LINK, origin=side)
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    for more in ({"direction": way}, {"writable": {side: True, side.other: False}}):
        made = of(source, side, hidden(single()), at(side.other, single()), **more)
        assert made == step(source, problems=told)


@pytest.mark.parametrize("side", SIDES)
def test_a_conflict_that_is_open_is_told_whatever_keeps_the_link_as_it_was(side: Side) -> None:
    torn = link_of(single("A"), single("B"), unsettled={"title": ("a", "b")}, origin=side.other)
    same = at(side.other, single("a" if side is Side.CLOUD else "b"))
    writable = {side: True, side.other: False}
    way = {"writable": writable, "deletions": Deletions.PROPAGATE}
    for made in (
        of(torn, side, hidden(single()), same),
        of(torn, side, absent(Now.HELD), same),
        of(torn, side, GONE, same, **way),
    ):
        assert made is not None
        assert [each.fields for each in made.conflicts] == [{"title": Clash("b", "A", "B")}]


@pytest.mark.parametrize("side", SIDES)
def test_both_hidden_is_decided_by_the_source(side: Side) -> None:
    link = replace(LINK, origin=side)
    made = of(link, side, hidden(single()), hidden(single()))
    assert made is not None
    assert [(op.side, op.reason) for op in made.operations] == [(side.other, Reason.WITHDRAWN)]
    assert made.forget


@pytest.mark.parametrize("side", SIDES)
def test_what_was_typed_into_a_withdrawn_copy_stays_to_be_found(side: Side) -> None:
    link = replace(LINK, origin=side)
    other = side.other
    edited = single("Autre", place="Gif")
    made = of(link, side, hidden(single("Secret")), at(other, edited))

    def clash(agreed: str, now: str) -> Clash:
        pair = (now, agreed) if side is Side.CLOUD else (agreed, now)
        return Clash(agreed, *pair)

    fields = {"title": clash("Permanence", "Autre"), "place": clash("", "Gif")}
    conflict = Conflict(
        id=conflict_id("agenda", UID, ConflictKind.FIELD, fields),
        kind=ConflictKind.FIELD,
        uid=UID,
        entry=TAG,
        href=HREF,
        fields=fields,
        open=False,
        winner=side,
    )
    assert made == step(
        link,
        **seen(other, edited),
        operations=(removal(other, Reason.WITHDRAWN, title="Autre"),),
        conflicts=(conflict,),
        problems=(Problem.warning("edit-withdrawn", other, fields="place, title"),),
        forget=True,
    )


@pytest.mark.parametrize("side", SIDES)
def test_an_edit_of_a_withdrawn_copy_is_one_by_what_was_agreed_on_its_side(side: Side) -> None:
    link = link_of(single("Du wiki"), single("Du nuage"), origin=side)
    names = {Side.WIKI: "Du wiki", Side.CLOUD: "Du nuage"}
    untouched = at(side.other, single(names[side.other]))
    quiet = of(link, side, hidden(single()), untouched)
    assert quiet is not None
    assert quiet.conflicts == ()
    made = of(link, side, hidden(single()), at(side.other, single("Autre")))
    assert made is not None
    clash = made.conflicts[0].fields["title"]
    assert (clash.base, {clash.wiki, clash.cloud}) == (
        names[side.other],
        {names[side], "Autre"},
    )


def test_where_nothing_was_agreed_only_what_one_of_the_two_says_may_be_an_edit() -> None:
    never = dict.fromkeys(FIELDS, (MISSING, MISSING))
    link = replace(LINK, unsettled=never)
    titles = ("Autre", single().title)
    made = of(link, Side.WIKI, hidden(single()), at(Side.CLOUD, single("Autre")))
    assert made is not None
    (conflict,) = made.conflicts
    assert conflict.fields == {"title": Clash(None, None, "Autre")}
    # An entry that is not read any more is what it was when it was read last.
    for standing in (hidden(single()), hidden(None)):
        edited, same = (of(link, Side.WIKI, standing, at(Side.CLOUD, single(t))) for t in titles)
        assert edited is not None
        assert edited.conflicts == made.conflicts
        assert same is not None
        assert same.conflicts == ()


# Let go before


@pytest.mark.parametrize("side", SIDES)
def test_a_copy_that_was_let_go_stays_so_and_its_other_side_is_followed(side: Side) -> None:
    link = replace(LINK, dropped=side)
    assert of(link, side, absent(Now.DROPPED), at(side.other, single())) is None
    moved = of(link, side, absent(Now.DROPPED), at(side.other, single("Autre"), "x9"))
    assert moved == step(link, **seen(side.other, single("Autre"), "x9"), drop=side)


# Both there


def test_a_link_to_which_nothing_happened_has_no_step() -> None:
    wiki, cloud = at(Side.WIKI, single()), at(Side.CLOUD, single())
    assert decide(rules(), LINK, wiki, cloud) is None
    told = replace(LINK, problems=(Problem.warning("left-on-wiki"),))
    assert decide(rules(), told, wiki, cloud) == step(
        told, **seen(Side.WIKI, single()), **seen(Side.CLOUD, single())
    )


def test_a_problem_of_the_thing_is_told_once_and_placed() -> None:
    bad = Problem.warning("category-crowded", Side.WIKI)
    wiki = at(Side.WIKI, single(), problems=(bad, bad))
    cloud = at(Side.CLOUD, single(), problems=(replace(bad, side=Side.CLOUD),))
    made = decide(rules(), LINK, wiki, cloud)
    assert made is not None
    assert made.problems == tuple(
        replace(bad, side=side, entry=TAG, href=HREF) for side in (Side.WIKI, Side.CLOUD)
    )


@pytest.mark.parametrize("side", SIDES)
def test_a_version_that_moved_without_a_change_is_noted(side: Side) -> None:
    wiki = at(Side.WIKI, single(), "w9" if side is Side.WIKI else "")
    cloud = at(Side.CLOUD, single(), "c9" if side is Side.CLOUD else "")
    relink = Operation(
        action=Action.RELINK,
        side=Side.CLOUD,
        uid=UID,
        entry=TAG,
        href=HREF,
        title="Permanence",
    )
    assert decide(rules(), LINK, wiki, cloud) == step(
        LINK, wiki=wiki.seen, cloud=cloud.seen, operations=(relink,)
    )


@pytest.mark.parametrize(
    "more", [{"dropped": Side.WIKI}, {"unsettled": {"title": ("Permanence", "Permanence")}}]
)
def test_a_link_that_is_whole_again_is_noted(more: dict[str, object]) -> None:
    link = replace(LINK, **more)  # type: ignore[arg-type]
    made = decide(rules(), link, at(Side.WIKI, single()), at(Side.CLOUD, single()))
    assert made is not None
    assert [op.action for op in made.operations] == [Action.RELINK]
