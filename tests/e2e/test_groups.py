"""Teams and groups that follow a list of the directory, through the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync.adapters.nextcloud.teams import Teams
from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.adapters.yeswiki import members
from oscartes_sync.adapters.yeswiki.members import list_members
from oscartes_sync.errors import StateError
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.ports.memberships import MemberList
from oscartes_sync.sandbox.cloud.faults import PlannedFailure
from oscartes_sync.sandbox.wiki.faults import PlannedFailure as WikiFailure
from oscartes_sync.sandbox.wiki.faults import halved
from oscartes_sync.sandbox.wiki.messages import Response
from tests.e2e.conftest import BOT, PASSWORD, Pair
from tests.e2e.groups import (
    ADDRESSES,
    GRANGE,
    OTHERS,
    PANIER,
    TEAM,
    VELO,
    codes,
    configure,
    furnish,
    moves,
    name,
    ours,
    put_in,
    take_out,
    team,
)
from tests.fakes.wiki_place import Time

ALICE, BOB = f"teams/{TEAM}/alice", f"teams/{TEAM}/bob"
MANY = ("dora", "emil", "fatou", "gwen", "hugo", "inès", "joan")


@pytest.fixture
def kept(dated: Pair) -> Pair:
    """A list that names alice by her address and bob by his user id."""
    furnish(dated)
    configure(dated)
    return dated


def crowd(pair: Pair) -> None:
    """Seven more people, all named by one entry."""
    for uid in MANY:
        pair.cloud.add_user(uid, uid)
    name(pair, VELO, "; ".join(MANY))


def test_who_is_on_the_list_joins_a_team_that_is_made_for_them(kept: Pair) -> None:
    code, planned = kept.json("plan")
    assert code == 0
    assert moves(planned["bindings"][0]) == [
        ("create", ALICE, "planned"),
        ("create", BOB, "planned"),
    ]
    assert team(kept) == {}
    code, report = kept.sync()
    assert (code, codes(report)) == (0, [])
    assert moves(report) == [("create", ALICE, "done"), ("create", BOB, "done")]
    (alice,) = (op for op in report["operations"] if op["href"] == ALICE)
    assert (alice["entry"], alice["title"]) == (GRANGE, f"alice in {TEAM}")
    assert (alice["side"], alice["changes"], alice["problem"]) == ("cloud", {}, None)
    assert report["summary"]["created"] == 5 + 2
    assert team(kept) == {BOT: 9, "alice": 1, "bob": 1}


def asked(pair: Pair) -> dict[str, int]:
    """How many requests a sync sends for its groups: to teams, and to find accounts."""
    pair.cloud.requests.clear()
    pair.sync()
    routes = {"circles": "/apps/circles/", "sharees": "/sharees"}
    return {name: pair.cloud.requests.count("GET", route) for name, route in routes.items()}


def test_a_second_run_writes_nothing_and_asks_for_the_lists_alone(kept: Pair, clock: Time) -> None:
    name(kept, VELO, "personne@nulle-part.example")
    clock.sleep(120)
    kept.sync()
    clock.sleep(60)
    for _ in range(3):
        clock.sleep(60)
        kept.cloud.requests.clear()
        code, report = kept.sync()
        assert (code, moves(report), codes(report)) == (0, [], ["member-unknown"])
        assert report["summary"]["requests"]["wiki"] == 3 + 2
        assert not [one for one in kept.cloud.requests if one.method in ("POST", "DELETE")]
        assert asked(kept) == {"circles": 2, "sharees": 0}
    clock.sleep(3700)
    assert asked(kept) == {"circles": 2, "sharees": 1}


def test_an_address_of_an_entry_that_just_changed_is_asked_about_once_more(
    kept: Pair, clock: Time
) -> None:
    name(kept, GRANGE, ADDRESSES["alice"])
    assert asked(kept)["sharees"] == 2
    assert asked(kept)["sharees"] == 1
    clock.sleep(120)
    assert asked(kept)["sharees"] == 1
    assert asked(kept) == {"circles": 2, "sharees": 0}


@pytest.mark.parametrize("way", ["hidden", "erased", "consent", "value", "where"])
def test_whoever_leaves_the_list_leaves_the_team(kept: Pair, clock: Time, way: str) -> None:
    groups = f'[{{ team = "{TEAM}", members = "bf_mail", where = "bf_code_postal=91.*" }}]'
    if way == "consent":
        configure(kept, consent='"bf_code_postal=91400,91190"')
    elif way == "where":
        configure(kept, groups)
    assert kept.sync()[0] == 0
    assert ours(team(kept)) == {"alice", "bob"}
    clock.sleep(60)
    if way == "hidden":
        kept.wiki.set_acl(GRANGE, read="@admins")
    elif way == "erased":
        kept.wiki.remove(GRANGE)
    elif way == "value":
        name(kept, GRANGE, "")
    else:
        kept.wiki.edit(GRANGE, {"bf_code_postal": "75001"}, user="RobotNuage")
    code, report = kept.sync()
    assert (code, moves(report)) == (0, [("delete", ALICE, "done")])
    assert team(kept) == {BOT: 9, "bob": 1}
    clock.sleep(60)
    assert moves(kept.sync()[1]) == []


def test_an_entry_that_names_nobody_is_told_and_joined_once_they_are_invited(
    kept: Pair, clock: Time
) -> None:
    name(kept, VELO, "dora@prive.example, carole")
    code, report = kept.sync()
    assert (code, codes(report)) == (0, ["member-unknown"])
    (told,) = report["problems"]
    assert (told["entry"], told["severity"]) == (VELO, "warning")
    assert "dora" not in json.dumps(report)
    assert "Invite" in told["remedy"]
    assert ours(team(kept)) == {"alice", "bob", "carole"}
    kept.cloud.add_user("dora", "dora", email="Dora@prive.example")
    clock.sleep(3700)
    code, report = kept.sync()
    assert (code, codes(report)) == (0, [])
    assert moves(report) == [("create", f"teams/{TEAM}/dora", "done")]


def test_an_address_that_two_accounts_have_is_nobody_s(kept: Pair) -> None:
    kept.cloud.add_user("alice2", "alice2", email=ADDRESSES["alice"].upper())
    code, report = kept.sync()
    assert (code, codes(report)) == (0, ["member-ambiguous"])
    assert ours(team(kept)) == {"bob"}


def test_an_id_in_another_case_is_the_account_s_own(kept: Pair) -> None:
    name(kept, PANIER, "BOB")
    assert kept.sync()[0] == 0
    assert ours(team(kept)) == {"alice", "bob"}


def test_who_was_never_on_the_list_stays(kept: Pair, clock: Time) -> None:
    kept.sync()
    put_in(kept, "carole")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report), codes(report)) == (0, [], [])
    assert "carole" in team(kept)
    name(kept, VELO, "carole")
    clock.sleep(60)
    assert moves(kept.sync()[1]) == []
    name(kept, VELO, "")
    clock.sleep(60)
    assert moves(kept.sync()[1]) == [("delete", f"teams/{TEAM}/carole", "done")]


def test_whom_a_person_took_out_stays_out_until_the_list_names_them_again(
    kept: Pair, clock: Time
) -> None:
    kept.sync()
    take_out(kept, "alice")
    for _ in range(2):
        clock.sleep(60)
        code, report = kept.sync()
        assert (code, moves(report), codes(report)) == (0, [], ["member-left"])
    name(kept, GRANGE, "")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report), codes(report)) == (0, [], [])
    name(kept, GRANGE, "alice")
    clock.sleep(60)
    assert moves(kept.sync()[1]) == [("create", ALICE, "done")]


def test_the_owner_and_the_bot_are_never_taken_out(kept: Pair, clock: Time) -> None:
    name(kept, VELO, BOT)
    kept.sync()
    put_in(kept, BOT, 8)
    put_in(kept, "alice", 9)
    for tag in (GRANGE, VELO):
        name(kept, tag, "")
    clock.sleep(60)
    for _ in range(2):
        code, report = kept.sync()
        assert (code, moves(report)) == (0, [])
        assert codes(report) == ["member-protected", "member-protected"]
    assert team(kept) == {BOT: 8, "alice": 9, "bob": 1}


def test_a_mass_removal_is_held_back(kept: Pair, clock: Time) -> None:
    crowd(kept)
    kept.sync()
    everybody = team(kept)
    assert len(everybody) == 1 + 2 + len(MANY)
    name(kept, VELO, "carole")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report)) == (5, ["members-too-many"])
    assert {move[2] for move in moves(report) if move[0] == "delete"} == {"skipped"}
    assert report["summary"]["deleted"] == 0
    assert team(kept) == everybody | {"carole": 1}
    clock.sleep(60)
    code, report = kept.sync("--max-delete", "7")
    assert (code, codes(report), report["summary"]["deleted"]) == (0, [], 7)
    assert ours(team(kept)) == {"alice", "bob", "carole"}


def test_an_empty_list_removes_nobody_unless_that_is_meant(kept: Pair, clock: Time) -> None:
    kept.sync()
    for tag in (GRANGE, PANIER):
        name(kept, tag, "")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report)) == (5, ["members-list-empty"])
    assert ours(team(kept)) == {"alice", "bob"}
    code, report = kept.sync("--allow-empty")
    assert (code, codes(report)) == (0, [])
    assert ours(team(kept)) == set()


def test_the_last_one_of_a_list_who_takes_consent_back_leaves(kept: Pair, clock: Time) -> None:
    name(kept, PANIER, "")
    configure(kept, consent='"bf_code_postal=91400"')
    kept.sync()
    assert ours(team(kept)) == {"alice"}
    kept.wiki.edit(GRANGE, {"bf_code_postal": "75001"}, user="RobotNuage")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report)) == (0, [("delete", ALICE, "done")])


def test_a_form_that_nobody_may_read_any_more_removes_nobody(kept: Pair, clock: Time) -> None:
    kept.sync()
    for tag in (GRANGE, PANIER, *OTHERS):
        kept.wiki.set_acl(tag, read="@admins")
    clock.sleep(60)
    code, report = kept.sync()
    assert code == 5
    assert "members-list-empty" in codes(report)
    assert ours(team(kept)) == {"alice", "bob"}


def test_a_right_that_was_lost_looks_like_an_empty_field_and_removes_nobody(
    kept: Pair, clock: Time
) -> None:
    clock.sleep(120)
    kept.sync()
    for tag in (GRANGE, PANIER):
        kept.wiki.set_owner(tag, "ClaireMorel")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report), codes(report)) == (0, [], [])


def test_with_the_state_lost_nobody_is_removed_and_the_list_is_agreed_anew(
    kept: Pair, clock: Time
) -> None:
    name(kept, VELO, "carole")
    kept.sync()
    for file in kept.folder.glob("oscartes.db*"):
        file.unlink()
    name(kept, VELO, "")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report)) == (0, [])
    assert ours(team(kept)) == {"alice", "bob", "carole"}
    name(kept, GRANGE, "")
    clock.sleep(60)
    assert moves(kept.sync()[1]) == [("delete", ALICE, "done")]


def test_a_private_address_is_in_no_output_no_file_and_no_log(
    kept: Pair, clock: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    name(kept, VELO, "personne@secret.example")
    said = []
    for words in (("plan",), ("sync", "--verbose"), ("sync", "--json"), ("doctor",), ("history",)):
        _, out, err = kept.call(*words)
        said += [out, err]
        clock.sleep(60)
    kept.cloud.faults.planned.append(PlannedFailure(status=500, containing="sharees"))
    name(kept, VELO, "autre@secret.example")
    said += kept.call("sync")[1:]
    kept.call("plan", "--out", str(kept.folder / "plan.json"))
    files = [file.read_bytes() for file in kept.folder.iterdir() if file.is_file()]
    # Escaped or not: their domains stand nowhere else.
    for private in ("prive.example", "secret.example"):
        assert not [text for text in (*said, caplog.text) if private in text]
        assert not [content for content in files if private.encode() in content]


def test_an_undo_takes_out_who_joined_and_the_next_runs_leave_it_so(
    kept: Pair, clock: Time
) -> None:
    _, document = kept.json("sync")
    code, undone = kept.json("undo", document["run"])
    assert code == 0
    assert moves(undone["bindings"][0]) == [("delete", ALICE, "done"), ("delete", BOB, "done")]
    assert ours(team(kept)) == set()
    clock.sleep(60)
    _, report = kept.sync()
    assert moves(report) == []
    assert "member-left" in codes(report)
    _, history = kept.json("history", document["run"])
    told = [op["href"] for op in history["runs"][0]["operations"] if op["action"] == "create"]
    assert {ALICE, BOB} <= set(told)


def test_an_undo_lets_nobody_in_again_whose_entry_is_closed(kept: Pair, clock: Time) -> None:
    kept.sync()
    kept.wiki.set_acl(GRANGE, read="@admins")
    name(kept, PANIER, "carole")
    clock.sleep(60)
    _, document = kept.json("sync")
    assert ours(team(kept)) == {"carole"}
    code, undone = kept.json("undo", document["run"])
    assert code == 4
    report = undone["bindings"][0]
    assert ("create", ALICE, "skipped") in moves(report)
    assert ("create", BOB, "done") in moves(report)
    assert "undo-withdrawn" in codes(report)
    assert ours(team(kept)) == {"bob"}


def test_who_is_forgotten_leaves_the_team_and_the_state(kept: Pair, clock: Time) -> None:
    kept.sync()
    code, document = kept.json("forget", GRANGE)
    assert code == 0
    assert ("delete", ALICE, "done") in moves(document["bindings"][0])
    assert ours(team(kept)) == {"bob"}
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report), codes(report)) == (0, [], [])
    assert GRANGE.encode() not in (kept.folder / "oscartes.db").read_bytes()
    assert b"alice" not in (kept.folder / "oscartes.db").read_bytes()


def test_a_saved_plan_does_what_was_reviewed_and_no_more(kept: Pair, clock: Time) -> None:
    path = str(kept.folder / "plan.json")
    kept.call("plan", "--out", path)
    name(kept, VELO, "carole")
    name(kept, PANIER, "")
    code, document = kept.json("apply", path)
    report = document["bindings"][0]
    assert moves(report) == [("create", ALICE, "done")]
    assert "stale-operation" in codes(report)
    assert code == 4
    assert ours(team(kept)) == {"alice"}


def test_a_team_that_somebody_else_keeps_is_told(kept: Pair) -> None:
    kept.cloud.add_team(TEAM, {"alice", BOT})
    code, report = kept.sync()
    assert (code, codes(report)) == (4, ["team-not-ours"])
    assert moves(report) == []
    assert report["summary"]["created"] == 5


def test_a_team_that_is_gone_is_not_made_again(kept: Pair, clock: Time) -> None:
    kept.sync()
    kept.cloud.core.directory.teams.clear()
    kept.cloud.further.teams.records.clear()
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report)) == (4, ["team-gone"])
    assert team(kept) == {}
    configure(kept, "[]")
    kept.sync()
    configure(kept)
    assert moves(kept.sync()[1]) == [("create", ALICE, "done"), ("create", BOB, "done")]


def test_a_team_whose_members_cannot_be_read_is_left_alone(kept: Pair, clock: Time) -> None:
    kept.sync()
    (found,) = kept.cloud.core.directory.teams.values()
    members = (
        b'{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[]}}',
        "application/json; charset=utf-8",
    )
    empty = PlannedFailure(status=200, containing=f"{found.number}/members", stead=members)
    kept.cloud.faults.planned.append(empty)
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report), moves(report)) == (4, ["team-unreadable"], [])
    assert ours(team(kept)) == {"alice", "bob"}


def test_a_lost_answer_is_looked_for(kept: Pair, clock: Time) -> None:
    kept.cloud.faults.planned.append(
        PlannedFailure(cut=True, after_executing=True, method="POST", containing="/members")
    )
    code, report = kept.sync()
    assert (code, moves(report)[0]) == (0, ("create", ALICE, "done"))
    assert ours(team(kept)) == {"alice", "bob"}
    clock.sleep(60)
    assert moves(kept.sync()[1]) == []


def test_an_answer_that_never_comes_leaves_it_to_the_next_run(kept: Pair, clock: Time) -> None:
    lost = PlannedFailure(cut=True, method="POST", containing="/members")
    kept.cloud.faults.planned.append(lost)
    code, report = kept.sync()
    assert (code, codes(report)) == (4, ["cloud-outcome-unknown"])
    assert moves(report) == [("create", ALICE, "failed"), ("create", BOB, "skipped")]
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report)) == (0, [])
    assert moves(report) == [("create", ALICE, "done"), ("create", BOB, "done")]


@pytest.mark.parametrize("before", [True, False])
def test_a_run_that_dies_between_two_members_is_made_up_for(
    kept: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    whole = Teams.add

    def dying(self: Teams, group: KeptGroup, account: str) -> None:
        if not before:
            whole(self, group, account)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Teams, "add", dying)
        assert kept.call("sync")[0] == 130
    assert ours(team(kept)) == (set() if before else {"alice"})
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, codes(report)) == (0, [])
    assert ours(team(kept)) == {"alice", "bob"}
    name(kept, GRANGE, "")
    clock.sleep(60)
    assert moves(kept.sync()[1]) == [("delete", ALICE, "done")]


def test_nobody_leaves_for_a_list_that_was_cut_short(
    kept: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.sync()
    clock.sleep(60)

    def short(*given: Any) -> dict[KeptGroup, MemberList]:
        found = list_members(*given)
        return {
            group: replace(
                each,
                shown=each.shown - {GRANGE},
                entries={tag: one for tag, one in each.entries.items() if tag != GRANGE},
            )
            for group, each in found.items()
        }

    monkeypatch.setattr(members, "list_members", short)
    code, report = kept.sync()
    assert (code, moves(report), codes(report)) == (0, [], [])
    kept.wiki.remove(GRANGE)
    clock.sleep(60)
    assert moves(kept.sync()[1]) == [("delete", ALICE, "done")]


def test_of_a_list_with_something_broken_nobody_leaves(kept: Pair, clock: Time) -> None:
    kept.sync()
    name(kept, GRANGE, "carole")

    def broken(answer: Response) -> Response:
        return replace(answer, json_value={"Casse": "x", **answer.json_value})

    for change in (broken, halved):
        kept.wiki.faults.change_next(change, containing="bf_mail")
        clock.sleep(60)
        code, report = kept.sync()
        assert (code, codes(report)) == (0, ["members-list-malformed"])
        assert not [move for move in moves(report) if move[0] == "delete"]
    assert {"alice", "bob"} <= ours(team(kept))


def test_a_wiki_that_cannot_be_listed_for_the_groups_leaves_them_alone(
    kept: Pair, clock: Time
) -> None:
    kept.sync()
    kept.wiki.faults.planned += [WikiFailure(status=500, containing="bf_mail")] * 9
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report)) == (4, [])
    assert ours(team(kept)) == {"alice", "bob"}


def test_an_undo_leaves_what_moved_since(kept: Pair, clock: Time) -> None:
    kept.sync()
    name(kept, PANIER, "carole")
    clock.sleep(60)
    _, document = kept.json("sync")
    assert ours(team(kept)) == {"alice", "carole"}
    put_in(kept, "bob")
    take_out(kept, "carole")
    code, undone = kept.json("undo", document["run"])
    report = undone["bindings"][0]
    assert code == 4
    assert {move[2] for move in moves(report)} == {"skipped"}
    assert codes(report) == ["undo-made-again", "undo-moved"]
    assert ours(team(kept)) == {"alice", "bob"}


def test_an_undo_takes_nobody_out_who_keeps_the_team_by_now(kept: Pair, clock: Time) -> None:
    _, document = kept.json("sync")
    put_in(kept, BOT, 8)
    put_in(kept, "alice", 9)
    code, undone = kept.json("undo", document["run"])
    report = undone["bindings"][0]
    assert code == 4
    assert moves(report) == [("delete", ALICE, "skipped"), ("delete", BOB, "done")]
    assert codes(report) == ["member-protected"]


def test_whom_another_entry_names_too_stays_when_one_is_forgotten(kept: Pair, clock: Time) -> None:
    name(kept, VELO, "alice")
    kept.sync()
    code, document = kept.json("forget", GRANGE)
    assert (code, moves(document["bindings"][0])) == (0, [])
    assert ours(team(kept)) == {"alice", "bob"}
    clock.sleep(60)
    assert moves(kept.sync()[1]) == []
    assert kept.json("forget", VELO)[0] == 0
    assert ours(team(kept)) == {"bob"}


def test_what_cannot_be_forgotten_yet_is_not_forgotten(kept: Pair, clock: Time) -> None:
    kept.sync()
    kept.cloud.faults.planned += [
        PlannedFailure(status=503, method="DELETE", containing="/members")
    ] * 9
    code, document = kept.json("forget", GRANGE)
    assert code == 4
    assert moves(document["bindings"][0]) == [("delete", ALICE, "failed")]
    kept.cloud.faults.planned.clear()
    code, document = kept.json("forget", GRANGE)
    assert code == 0
    assert ours(team(kept)) == {"bob"}


def test_a_state_that_fails_at_the_groups_hides_nothing_of_the_rest(
    kept: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StateError("state-disk-full", path="oscartes.db")

    monkeypatch.setattr(SqlStateStore, "keep_memberships", full)
    code, report = kept.sync()
    assert (code, codes(report)) == (4, ["state-disk-full"])
    assert report["summary"]["created"] == 5
    assert team(kept) == {}


def test_what_is_said_of_a_membership_in_words(kept: Pair) -> None:
    _, out, _ = kept.call("plan")
    assert f"+ cloud alice in {TEAM}" in out
    assert "7 creations" in out


GROUP = '[{ group = "reseau", members = "bf_mail" }]'


@pytest.fixture
def grouped(kept: Pair) -> Pair:
    """A group of Nextcloud instead of a team; nobody is in it but the bot."""
    kept.cloud.add_group("reseau")
    kept.cloud.core.directory.accounts[BOT].groups.add("reseau")
    configure(kept, GROUP)
    return kept


def members_of(pair: Pair, group: str) -> set[str]:
    accounts = pair.cloud.core.directory.accounts.values()
    return {one.uid for one in accounts if group in one.groups}


def test_a_group_that_the_bot_may_not_change_is_told_once_and_asked_once(
    grouped: Pair, clock: Time
) -> None:
    for _ in range(2):
        grouped.cloud.requests.clear()
        code, report = grouped.sync()
        assert (code, codes(report)) == (4, ["group-refused"])
        assert [move[2] for move in moves(report)] == ["failed", "skipped"]
        assert "team" in report["problems"][0]["remedy"]
        assert grouped.cloud.requests.count("POST", "/groups") == 1
        clock.sleep(60)
    assert members_of(grouped, "reseau") == {BOT}


def test_an_app_password_may_change_no_group_from_34_on(grouped: Pair, clock: Time) -> None:
    app = grouped.cloud.add_app_password(BOT)
    grouped.cloud.core.directory.accounts[BOT].admin = True
    grouped.secrets(grouped.keys.robot_key, app)
    newer = grouped.cloud.core.version == 34
    code, report = grouped.sync()
    if newer:
        assert (code, codes(report)) == (4, ["group-needs-confirmation"])
        grouped.secrets(grouped.keys.robot_key, PASSWORD)
        clock.sleep(60)
        code, report = grouped.sync()
    assert (code, codes(report)) == (0, [])
    assert members_of(grouped, "reseau") == {BOT, "alice", "bob"}
    name(grouped, PANIER, "")
    clock.sleep(60)
    assert moves(grouped.sync()[1]) == [("delete", "groups/reseau/bob", "done")]
    assert members_of(grouped, "reseau") == {BOT, "alice"}


def test_the_last_administrator_of_the_cloud_stays_one(kept: Pair, clock: Time) -> None:
    bot = kept.cloud.core.directory.accounts[BOT]
    bot.admin = True
    kept.cloud.add_group("admin")
    configure(kept, '[{ group = "admin", members = "bf_mail" }]')
    name(kept, PANIER, "")
    kept.sync()
    assert members_of(kept, "admin") == {"alice"}
    name(kept, GRANGE, "")
    name(kept, VELO, "personne@nulle-part.example")
    clock.sleep(60)
    code, report = kept.sync()
    assert (code, moves(report)) == (0, [])
    assert codes(report) == ["member-protected", "member-unknown"]
    assert members_of(kept, "admin") == {"alice"}


def test_a_group_that_is_not_there_is_told(kept: Pair) -> None:
    configure(kept, '[{ group = "inconnu", members = "bf_mail" }]')
    kept.cloud.core.directory.accounts[BOT].admin = True
    code, report = kept.sync()
    assert (code, codes(report)) == (4, ["group-missing"])


def test_a_property_that_the_form_lacks_stops_the_binding_and_names_those_it_has(
    kept: Pair,
) -> None:
    configure(kept, f'[{{ team = "{TEAM}", members = "bf_compte" }}]')
    code, _, told = kept.call("sync")
    assert code == 2
    assert "bf_compte" in told or "bf_compte" in kept.call("sync")[1]
    assert team(kept) == {}


def test_doctor_tells_what_can_be_kept(kept: Pair) -> None:
    group = '{ group = "gt-outils", members = "bf_mail" }'
    configure(kept, f'[{{ team = "{TEAM}", members = "bf_mail" }}, {group}]')
    _, found = kept.json("doctor")
    told = {check["id"]: check for check in found["checks"] if "annuaire" in check["target"]}
    assert told["annuaire-members"]["status"] == "ok"
    assert told["team"]["status"] == "ok"
    assert told["group"]["status"] == "warn"
    assert "team" in told["group"]["remedy"]
    for tag in (GRANGE, PANIER, *OTHERS):
        name(kept, tag, "")
    _, found = kept.json("doctor")
    told = {check["id"]: check for check in found["checks"] if "annuaire" in check["target"]}
    assert told["annuaire-members"]["status"] == "warn"
