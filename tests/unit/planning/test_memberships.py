"""Who joins and who leaves: every case of a list, a group, and what was agreed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.planning.binding import KeptGroup, MaxDelete
from oscartes_sync.planning.membership import (
    ADMIN,
    OURS,
    OWNER,
    Gathering,
    Membership,
    MembershipPlan,
    Named,
    Roll,
    Tie,
    group_at,
    is_membership,
    place_in,
    plan_memberships,
    protected_in,
)
from oscartes_sync.planning.operation import Action, State

TEAM = KeptGroup(kind="team", name="Réseau", members="bf_mail")
GROUP = KeptGroup(kind="group", name="reseau", members="bf_mail")
BOT = "robot"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def row(account: str, tie: Tie = Tie.AGREED, entry: str = "", **more: Any) -> Membership:
    return Membership(
        place=TEAM.path, entry=entry or account.upper(), account=account, tie=tie, **more
    )


def planned(
    listed: dict[str, set[str]] | None = None,
    members: dict[str, int] | None = None,
    known: list[Membership] | None = None,
    **more: Any,
) -> MembershipPlan:
    """The plan for entries → the accounts they name, and accounts → levels; the bot owns it."""
    wanted: dict[str, Any] = {"group": TEAM, "bot": BOT, "limit": MaxDelete(10)}
    return plan_memberships(
        Gathering(
            roll=Roll(members={BOT: OWNER, **(members or {})}),
            listed={
                entry: Named(accounts=frozenset(accounts), token="t")
                for entry, accounts in (listed or {}).items()
            },
            known=known or [],
            **(wanted | more),
        )
    )


def done(plan: MembershipPlan) -> list[tuple[str, str]]:
    return [(op.action.value, place_in(op.href or "")[1]) for op in plan.writes]


def ties(plan: MembershipPlan) -> set[tuple[str, str, str]]:
    return {(row.entry, row.account, row.tie.value) for row in plan.standing}


def codes(plan: MembershipPlan) -> list[str]:
    return [problem.code for problem in plan.problems]


# One account, in each of the places it may be


@pytest.mark.parametrize(
    ("tie", "listed", "present", "moves", "standing", "told"),
    [
        (None, False, False, [], set(), []),
        (None, False, True, [], set(), []),
        (None, True, False, [("create", "a")], set(), []),
        (None, True, True, [], {("A", "a", "agreed")}, []),
        (Tie.AGREED, True, True, [], {("A", "a", "agreed")}, []),
        (Tie.AGREED, True, False, [], {("A", "a", "left")}, ["member-left"]),
        (Tie.AGREED, False, True, [("delete", "a")], set(), []),
        (Tie.AGREED, False, False, [], set(), []),
        (Tie.PENDING, True, True, [], {("A", "a", "agreed")}, []),
        (Tie.PENDING, True, False, [("create", "a")], set(), []),
        (Tie.PENDING, False, True, [("delete", "a")], set(), []),
        (Tie.PENDING, False, False, [], set(), []),
        (Tie.WAITING, True, True, [], {("A", "a", "agreed")}, []),
        (Tie.WAITING, True, False, [("create", "a")], set(), []),
        (Tie.WAITING, False, True, [], set(), []),
        (Tie.WAITING, False, False, [], set(), []),
        (Tie.LEFT, True, True, [], {("A", "a", "agreed")}, []),
        (Tie.LEFT, True, False, [], {("A", "a", "left")}, ["member-left"]),
        (Tie.LEFT, False, True, [], set(), []),
        (Tie.LEFT, False, False, [], set(), []),
    ],
)
def test_one_account(  # noqa: PLR0917 - one column a parameter
    tie: Tie | None,
    listed: bool,
    present: bool,
    moves: list[tuple[str, str]],
    standing: set[tuple[str, str, str]],
    told: list[str],
) -> None:
    plan = planned(
        {"A": {"a"}, "B": {"b"}} if listed else {"B": {"b"}},
        {"a": 1, "b": 1} if present else {"b": 1},
        [row("b"), *([row("a", tie)] if tie else [])],
    )
    assert done(plan) == moves
    assert ties(plan) == standing | {("B", "b", "agreed")}
    assert codes(plan) == told


def test_what_two_entries_name_stays_while_one_of_them_does() -> None:
    known = [row("a", entry="A"), row("a", entry="B")]
    plan = planned({"B": {"a"}}, {"a": 1}, known)
    assert (done(plan), ties(plan)) == ([], {("B", "a", "agreed")})


def test_an_account_joins_once_for_two_entries_and_is_agreed_for_both() -> None:
    plan = planned({"A": {"a"}, "B": {"a"}})
    assert done(plan) == [("create", "a")]
    assert plan.operations[0].entry == "A"
    assert [each.entry for each in plan.joining["a"]] == ["A", "B"]


def test_whom_a_person_took_out_stays_out_where_another_entry_names_them_at_once() -> None:
    plan = planned({"B": {"a"}}, {}, [row("a", Tie.LEFT, entry="A")])
    assert (done(plan), ties(plan)) == ([], {("B", "a", "left")})


def test_what_an_operation_tells() -> None:
    plan = planned({"A": {"a"}, "B": {"b"}}, {"b": 1, "c": 1}, [row("b"), row("c")])
    joining, leaving = plan.operations
    assert (joining.action, joining.href, joining.title) == (
        Action.CREATE,
        "teams/Réseau/a",
        "a in Réseau",
    )
    assert (leaving.action, leaving.entry, leaving.state) == (Action.DELETE, "C", State.PLANNED)
    assert plan.leaving == {"c": (row("c"),)}


def test_values_that_name_nobody_are_told_and_kept_with_when_they_were_asked() -> None:
    named = Named(lost=frozenset({Tie.UNKNOWN, Tie.AMBIGUOUS}), token="t", asked=NOW)
    plan = plan_memberships(
        Gathering(group=TEAM, roll=Roll(), listed={"A": named}, limit=MaxDelete(10))
    )
    assert codes(plan) == ["member-ambiguous", "member-unknown"]
    assert {problem.entry for problem in plan.problems} == {"A"}
    assert {(each.tie, each.account, each.asked) for each in plan.standing} == {
        (Tie.UNKNOWN, "", NOW),
        (Tie.AMBIGUOUS, "", NOW),
    }


# Who is never taken out


def test_the_owner_the_bot_and_the_last_administrator_stay() -> None:
    members = {"boss": OWNER, BOT: 1, "one": ADMIN, "two": ADMIN, "z": 1}
    known = [row(name) for name in members]
    plan = planned({"O": {"o"}}, {**members, "o": 1}, [*known, row("o")])
    assert done(plan) == [("delete", "one"), ("delete", "two"), ("delete", "z")]
    assert codes(plan) == ["member-protected"] * 2
    assert {account for _, account, _ in ties(plan)} == {"boss", BOT, "o"}
    assert protected_in(TEAM, {"one": ADMIN, "z": 1}, "one", BOT)
    assert not protected_in(TEAM, {"one": ADMIN, "two": ADMIN}, "one", BOT)


def test_of_two_administrators_one_is_left() -> None:
    roll = Roll(members={"one": ADMIN, "two": ADMIN, "o": 1})
    known = [row("one"), row("two"), row("o")]
    listed = {"O": Named(accounts=frozenset({"o"}))}
    plan = plan_memberships(
        Gathering(group=TEAM, roll=roll, listed=listed, known=known, limit=MaxDelete(10), bot=BOT)
    )
    assert done(plan) == [("delete", "one")]
    assert codes(plan) == ["member-protected"]


def test_the_last_of_nextcloud_s_own_administrators_stays() -> None:
    admins = replace(GROUP, name="admin")
    assert protected_in(admins, {"a": 0}, "a", BOT)
    assert not protected_in(admins, {"a": 0, "b": 0}, "a", BOT)
    assert not protected_in(GROUP, {"a": 0}, "a", BOT)


# What holds removals back


def test_over_the_limit_none_is_removed_and_all_are_kept_on_record() -> None:
    known = [row(name) for name in "abcdefg"]
    members = dict.fromkeys("abcdefg", 1)
    plan = planned({"G": {"g"}, "N": {"n"}}, members, known)
    assert done(plan) == [("create", "n")]
    assert (plan.held_back, codes(plan), plan.leaving) == (6, ["members-too-many"], {})
    assert {op.state for op in plan.operations if op.action is Action.DELETE} == {State.SKIPPED}
    assert ties(plan) == {(name.upper(), name, "agreed") for name in "abcdefg"}
    (told,) = plan.problems
    assert dict(told.params) == {
        "count": "6",
        "members": "7",
        "kind": "team",
        "name": "Réseau",
    }
    freed = planned({"G": {"g"}}, members, known, limit=MaxDelete(6, percent=False))
    assert len(done(freed)) == 6


def test_a_limit_of_nothing_removes_nobody() -> None:
    plan = planned({"B": {"b"}}, {"a": 1, "b": 1}, [row("a"), row("b")], limit=MaxDelete(0))
    assert (done(plan), plan.held_back) == ([], 1)


@pytest.mark.parametrize("allowed", [False, True])
def test_an_empty_list_removes_nobody_unless_that_is_meant(allowed: bool) -> None:
    plan = planned({"A": set()}, {"a": 1}, [row("a")], allow_empty=allowed)
    assert done(plan) == ([("delete", "a")] if allowed else [])
    assert codes(plan) == ([] if allowed else ["members-list-empty"])


def test_a_list_of_people_who_have_no_account_is_not_empty() -> None:
    found = Gathering(
        group=TEAM,
        roll=Roll(members={"a": 1}),
        listed={"B": Named(lost=frozenset({Tie.UNKNOWN}))},
        known=[row("a")],
        limit=MaxDelete(10),
    )
    assert done(plan_memberships(found)) == [("delete", "a")]


def test_of_a_list_that_could_not_be_read_whole_nobody_leaves_and_whoever_is_new_joins() -> None:
    plan = planned({"B": {"b"}}, {"a": 1}, [row("a"), row("c", Tie.LEFT)], whole=False)
    assert done(plan) == [("create", "b")]
    assert ties(plan) == {("A", "a", "agreed"), ("C", "c", "left")}


def test_nobody_leaves_for_an_entry_that_may_yet_be_there() -> None:
    known = [row("a"), row("c")]
    plan = planned({"B": {"b"}}, {"a": 1, "c": 1, "b": 1}, known, unsure=frozenset({"A"}))
    assert done(plan) == [("delete", "c")]
    assert ("A", "a", "agreed") in ties(plan)


# Names


def test_a_membership_is_told_from_what_dav_holds_by_its_href() -> None:
    assert is_membership("teams/Réseau/a")
    assert is_membership("groups/reseau/a")
    assert not is_membership("/remote.php/dav/calendars/robot/teams/a.ics")
    assert not is_membership(None)
    assert place_in("teams/Un / deux/a") == ("teams/Un / deux", "a")


def test_a_group_is_found_by_its_path_though_the_configuration_names_it_no_more() -> None:
    assert group_at([GROUP, TEAM], TEAM.path) is TEAM
    assert group_at([], "groups/x") == KeptGroup(kind="group", name="x", members="")


# Whatever there is


ACCOUNTS = st.sets(st.sampled_from("abcd"))
LISTS = st.dictionaries(st.sampled_from("ABCD"), ACCOUNTS)
ROLLS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0, 1, 8, 9]))
ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from("abcd"),
        st.sampled_from([Tie.AGREED, Tie.PENDING, Tie.WAITING, Tie.LEFT]),
        st.sampled_from("ABCD"),
    ),
    unique_by=lambda each: (each.entry, each.account),
)


def after(plan: MembershipPlan, members: dict[str, int]) -> tuple[dict[str, int], list[Membership]]:
    """The group and the rows once all of a plan was written."""
    then = dict(members)
    rows = list(plan.standing)
    for op in plan.writes:
        account = place_in(op.href or "")[1]
        if op.action is Action.CREATE:
            then[account] = 1
            rows += plan.joining[account]
        else:
            del then[account]
    return then, rows


@given(LISTS, ROLLS, ROWS)
def test_a_second_run_moves_nobody_and_only_who_was_agreed_is_removed(
    listed: dict[str, set[str]], members: dict[str, int], known: list[Membership]
) -> None:
    limit = MaxDelete(9, percent=False)
    plan = planned(listed, members, known, limit=limit, allow_empty=True)
    assert plan == planned(listed, dict(reversed(members.items())), known[::-1], limit=limit,
                           allow_empty=True)  # fmt: skip
    ours = {each.account for each in known if each.tie in OURS}
    named = {account for accounts in listed.values() for account in accounts}
    for op in plan.writes:
        account = place_in(op.href or "")[1]
        if op.action is Action.CREATE:
            assert account in named
            assert account not in members
        else:
            assert account in ours - named
            assert members[account] < OWNER
    then, rows = after(plan, members)
    again = planned(listed, then, rows, limit=limit, allow_empty=True)
    assert again.writes == ()
    assert set(again.standing) == set(rows)


@given(LISTS, ROLLS, ROWS, st.integers(0, 4))
def test_a_run_that_dies_anywhere_is_made_up_for(
    listed: dict[str, set[str]], members: dict[str, int], known: list[Membership], sent: int
) -> None:
    limit = MaxDelete(9, percent=False)
    plan = planned(listed, members, known, limit=limit, allow_empty=True)
    whole, _ = after(plan, members)
    cut, _ = after(replace(plan, operations=plan.writes[:sent]), members)
    rows = [
        *plan.standing,
        *(replace(each, tie=Tie.PENDING) for rows in plan.joining.values() for each in rows),
        *(each for rows in plan.leaving.values() for each in rows),
    ]
    again = planned(listed, cut, rows, limit=limit, allow_empty=True)
    assert set(after(again, cut)[0]) == set(whole)
