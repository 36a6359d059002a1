"""What is stored once the operations of a step were tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from oscartes_sync.planning.baseline import MISSING, LeftOut
from oscartes_sync.planning.operation import Action, FieldChange, Operation, State
from oscartes_sync.planning.outcome import LATER, Outcome, Settled, settle
from oscartes_sync.planning.plan import Step
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import HREF, TAG, UID, day, link_of, single

DUE = datetime(2027, 3, 8, tzinfo=UTC)
LINK = link_of(single(), single(), unsettled={"place": ("a", "b")})
WIKI, CLOUD = Seen(TAG, "w2", single()), Seen(HREF, "c2", single())
NOTICED = ((Side.WIKI, TAG), (Side.CLOUD, HREF))
AGAIN = (LeftOut(side=Side.WIKI, key=TAG, token=""), LeftOut(side=Side.CLOUD, key=HREF, token=""))


def operation(action: Action, side: Side, state: State = State.DONE, **more: object) -> Operation:
    base = Operation(
        action=action, side=side, uid=UID, entry=TAG, href=HREF, title="Permanence", state=state
    )
    return replace(base, **more)  # type: ignore[arg-type]


def tried(
    action: Action,
    side: Side,
    state: State = State.DONE,
    *,
    seen: Seen | None = None,
    problems: tuple[Problem, ...] = (),
    **more: object,
) -> dict[Side, Outcome]:
    done = operation(action, side, state, **more)
    return {side: Outcome(operation=done, seen=seen, problems=problems)}


def step(**more: object) -> Step:
    base = Step(uid=UID, origin=Side.WIKI, link=LINK, wiki=WIKI, cloud=CLOUD, noticed=NOTICED)
    return replace(base, **more)  # type: ignore[arg-type]


def kept(**more: object) -> Settled:
    """The link as both sides were seen."""
    base = replace(LINK, wiki_token="w2", cloud_token="c2", unsettled={})
    return Settled(link=replace(base, **more))  # type: ignore[arg-type]


def changed(*names: str) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name, "old", "new") for name in names)


# Removals


def test_a_removal_that_was_done_ends_the_link_and_one_that_failed_is_looked_at_again() -> None:
    done = settle(step(noticed=()), tried(Action.DELETE, Side.CLOUD))
    assert done == Settled(forget=UID)
    failed = tried(Action.DELETE, Side.CLOUD, State.FAILED)
    assert settle(step(), failed) == Settled(left_out=AGAIN)
    assert settle(step(link=None), failed) == Settled()


def test_a_step_that_forgets_keeps_nothing_where_nothing_had_to_be_removed() -> None:
    assert settle(step(forget=True, noticed=()), {}) == Settled(forget=UID)
    failed = tried(Action.DELETE, Side.CLOUD, State.FAILED)
    assert settle(step(forget=True), failed) == Settled(left_out=AGAIN)


@pytest.mark.parametrize("side", Side)
def test_what_was_withdrawn_is_left_out_as_long_as_it_is_there(side: Side) -> None:
    """Its copy is gone; another state that makes one must not take it for something new."""
    source = tuple(left for left in AGAIN if left.side is side.other)
    removed = settle(step(), tried(Action.DELETE, side))
    assert len(source) == 1
    assert removed == Settled(forget=UID, left_out=source)


def test_two_things_that_are_let_go_are_both_looked_at_again() -> None:
    assert settle(step(forget=True), {}) == Settled(forget=UID, left_out=AGAIN)


# Creations


def test_a_copy_that_was_made_is_linked_with_what_was_read_back() -> None:
    made = Seen("/cal/other.ics", "c9", single("Lue"))
    alone = step(link=None, cloud=None, due=DUE)
    settled = settle(alone, tried(Action.CREATE, Side.CLOUD, seen=made))
    link = kept(href="/cal/other.ics", cloud_token="c9", cloud=made.record, due=DUE).link
    assert settled == Settled(link=link)


def test_a_creation_without_an_answer_makes_no_link() -> None:
    assert settle(step(link=None, cloud=None), tried(Action.CREATE, Side.CLOUD)) == Settled()
    assert settle(step(link=None, wiki=None), {}) == Settled()


def test_what_is_made_again_where_it_was_born_is_looked_at_there() -> None:
    made = Seen("Permanence2", "w9", single())
    settled = settle(step(wiki=None), tried(Action.CREATE, Side.WIKI, seen=made))
    assert settled.link == kept(tag="Permanence2", wiki_token="w9").link
    assert settled.left_out == (LeftOut(side=Side.WIKI, key="Permanence2", token=""),)
    copy = step(wiki=None, origin=Side.CLOUD)
    assert settle(copy, tried(Action.CREATE, Side.WIKI, seen=made)).left_out == ()


def test_the_source_of_a_copy_that_could_not_be_made_is_looked_at_again() -> None:
    failed = tried(Action.CREATE, Side.CLOUD, State.FAILED)
    assert settle(step(link=None, cloud=None), failed) == Settled(left_out=AGAIN[:1])
    born = step(link=None, wiki=None, origin=Side.CLOUD)
    failed = tried(Action.CREATE, Side.WIKI, State.FAILED)
    assert settle(born, failed) == Settled(left_out=AGAIN[1:])
    assert settle(step(wiki=None), failed) == Settled(left_out=AGAIN)
    nowhere = step(link=None, wiki=None, cloud=None)
    assert settle(nowhere, failed) == Settled()


def test_so_is_the_resource_that_holds_its_uid() -> None:
    taken = Problem.of("uid-taken", href="/cal/holder.ics", owner="Marie")
    held = replace(taken, href=None, params=(("href", "/cal/holder.ics"), ("owner", "Marie")))
    holder = LeftOut(side=Side.CLOUD, key="/cal/holder.ics", token="")
    alone = step(link=None, cloud=None)
    failed = tried(Action.CREATE, Side.CLOUD, State.FAILED, problem=held)
    assert settle(alone, failed) == Settled(left_out=(AGAIN[0], holder))
    other = tried(Action.CREATE, Side.CLOUD, State.FAILED, problem=Problem.of("forbidden"))
    assert settle(alone, other) == Settled(left_out=AGAIN[:1])
    born = step(link=None, wiki=None, origin=Side.CLOUD)
    failed = tried(Action.CREATE, Side.WIKI, State.FAILED, problem=held)
    assert settle(born, failed) == Settled(left_out=AGAIN[1:])


# Both sides there


def test_a_link_becomes_what_was_seen_and_what_stays_open() -> None:
    bases = {"title": ("a", "b")}
    settled = settle(step(unsettled=bases, bases={"place": ("c", "d")}, due=DUE), {})
    assert settled == kept(unsettled=bases, due=DUE)


def test_a_write_that_was_done_is_kept_as_it_was_read_back() -> None:
    back = Seen(TAG, "w9", single("Lue"))
    outcome = tried(Action.UPDATE, Side.WIKI, seen=back, changes=changed("title"))
    assert settle(step(), outcome) == kept(wiki_token="w9", wiki=single("Lue"))
    unread = tried(Action.UPDATE, Side.WIKI, changes=changed("title"))
    assert settle(step(), unread) == kept()


def test_a_write_that_was_not_done_leaves_its_fields_open_as_they_were_agreed() -> None:
    bases = {"title": ("a", "b")}
    failed = tried(
        Action.UPDATE,
        Side.CLOUD,
        State.FAILED,
        seen=Seen(HREF, "c9", single("Lue")),
        changes=changed("title", "place"),
    )
    assert settle(step(bases=bases), failed) == kept(
        unsettled={"title": ("a", "b"), "place": (MISSING, MISSING)}
    )


def test_a_link_that_was_dropped_is_one_again() -> None:
    relinked = tried(Action.RELINK, Side.CLOUD)
    assert settle(step(link=replace(LINK, dropped=Side.CLOUD)), relinked) == kept()


def test_what_is_told_once_is_not_kept_and_the_rest_is_placed() -> None:
    told = (Problem.warning("edit-beats-delete"), Problem.warning("left-on-wiki"))
    news = (Problem.warning("guests-not-told"), Problem.warning("category-unknown"))
    again = (*news, Problem.warning("left-on-wiki"))
    settled = settle(
        step(problems=told), tried(Action.UPDATE, Side.CLOUD, problems=again, seen=CLOUD)
    )
    assert settled == kept(
        problems=tuple(
            Problem.warning(code).at(entry=TAG, href=HREF)
            for code in ("left-on-wiki", "category-unknown")
        )
    )


# What slipped in between


def written(before: Event, after: Event, state: State = State.DONE) -> Settled:
    outcome = tried(
        Action.UPDATE,
        Side.WIKI,
        state,
        seen=Seen(TAG, "w9", after),
        changes=changed("title"),
    )
    return settle(step(wiki=Seen(TAG, "w2", before)), outcome)


def open_after(before: Event, after: Event, state: State = State.DONE) -> dict[str, object]:
    settled = written(before, after, state)
    assert settled.link is not None
    return dict(settled.link.unsettled)


def test_an_edit_that_came_between_our_read_and_our_write_is_an_edit() -> None:
    before = single(place="Orsay")
    assert open_after(before, single("Autre", place="Gif")) == {"place": ("Orsay", "")}
    assert open_after(before, single("Autre", place="Orsay")) == {}
    assert open_after(before, single("Autre", place="Gif"), State.FAILED) == {
        "title": (MISSING, MISSING)
    }


def test_a_text_that_the_wiki_only_dressed_anew_is_none() -> None:
    before = single(description=RichText("Venez  tous\n", "<p>Venez tous</p>"))
    assert open_after(before, single(description=RichText("Venez tous"))) == {}
    fewer = single(description=RichText("Venez"))
    assert set(open_after(before, fewer)) == {"description"}
    glued = single(description=RichText("Veneztous"))
    assert set(open_after(before, glued)) == {"description"}


def test_what_is_open_anyway_keeps_what_was_agreed() -> None:
    outcome = tried(Action.UPDATE, Side.WIKI, seen=Seen(TAG, "w9", single(place="Gif")))
    settled = settle(step(unsettled={"place": ("a", "b")}), outcome)
    assert settled.link is not None
    assert settled.link.unsettled == {"place": ("a", "b")}


def test_what_the_cloud_reads_back_never_slipped_in() -> None:
    outcome = tried(Action.UPDATE, Side.CLOUD, seen=Seen(HREF, "c9", single(place="Gif")))
    settled = settle(step(), outcome)
    assert settled == kept(cloud_token="c9", cloud=single(place="Gif"))


# One side there


@pytest.mark.parametrize("side", list(Side))
def test_the_side_that_is_let_go_stays_as_it_was(side: Side) -> None:
    there = single("Autre")
    told = (Problem.warning("edit-beats-delete", side),)
    seen = {side.value: None, side.other.value: Seen("Ailleurs", "x9", there)}
    settled = settle(step(drop=side, problems=told, due=DUE, **seen), {})
    news = (
        {"tag": "Ailleurs", "wiki_token": "x9", "wiki": there}
        if side is Side.CLOUD
        else {"href": "Ailleurs", "cloud_token": "x9", "cloud": there}
    )
    expected = replace(
        LINK,
        **news,  # type: ignore[arg-type]
        dropped=side,
        problems=told,
        unsettled={"place": ("a", "b"), "title": ("Permanence", "Permanence")},
    )
    assert settled == Settled(link=expected)


@pytest.mark.parametrize("side", list(Side))
def test_what_is_edited_meanwhile_is_told_by_what_was_agreed_on_that_side(side: Side) -> None:
    link = link_of(single("Du wiki"), single("Du nuage"))
    names = {Side.WIKI: "Du wiki", Side.CLOUD: "Du nuage"}
    for title, edited in ((names[side.other], False), ("Autre", True)):
        seen = {side.value: None, side.other.value: Seen("X", "x9", single(title))}
        settled = settle(step(link=link, drop=side, **seen), {})
        assert settled.link is not None
        expected = {"title": ("Du wiki", "Du nuage")} if edited else {}
        assert settled.link.unsettled == expected


def test_a_side_that_is_let_go_while_the_other_is_out_of_sight_changes_nothing_else() -> None:
    settled = settle(step(drop=Side.CLOUD, wiki=None, cloud=None), {})
    assert settled == Settled(link=replace(LINK, dropped=Side.CLOUD))


@pytest.mark.parametrize("missing", ["wiki", "cloud"])
def test_one_side_out_of_sight_is_looked_at_again(missing: str) -> None:
    assert settle(step(**{missing: None}), {}) == Settled(left_out=AGAIN)


def test_a_day_that_moved_is_an_edit_too() -> None:
    moved = single(start=day(2), end=day(2))
    assert set(open_after(single(), moved)) == {"start", "end"}


# Logos


def logo(code: str) -> Problem:
    return Problem.warning(code, Side.CLOUD, url="https://wiki.example/logo.png")


def test_a_logo_that_was_not_to_be_had_is_tried_again() -> None:
    done = tried(Action.UPDATE, Side.CLOUD, changes=changed("place"), problems=(logo(LATER),))
    link = settle(step(), done).link
    assert link is not None
    assert link.unsettled == {"image": (MISSING, MISSING)}
    assert [problem.code for problem in link.problems] == [LATER]


def test_what_was_told_of_a_logo_is_over_once_another_is_written() -> None:
    told = step(problems=(logo("logo-unusable"), Problem.warning("not-utf8", Side.CLOUD)))
    for names, codes in (
        (("image",), ["not-utf8"]),
        (("place",), ["logo-unusable", "not-utf8"]),
    ):
        link = settle(told, tried(Action.UPDATE, Side.CLOUD, changes=changed(*names))).link
        assert link is not None
        assert [problem.code for problem in link.problems] == codes
    failed = tried(Action.UPDATE, Side.CLOUD, State.FAILED, changes=changed("image"))
    link = settle(told, failed).link
    assert link is not None
    assert [problem.code for problem in link.problems] == ["logo-unusable", "not-utf8"]
