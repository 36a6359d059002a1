"""Teams, groups and accounts of a cloud as unkind as the real ones, of both versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oscartes_sync.adapters.nextcloud.memberships import NextcloudMemberships
from oscartes_sync.errors import (
    CredentialsRefused,
    Forbidden,
    Invalid,
    Missing,
    OscartesError,
    OutcomeUnknown,
    Unexpected,
    Unreachable,
)
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import OWNER, Roll
from oscartes_sync.sandbox.cloud.accounts import Account
from oscartes_sync.sandbox.cloud.faults import PlannedFailure
from oscartes_sync.sandbox.cloud.teams import Membership
from tests.fakes.clouds import ALICE, BOT, StandInWorld

TEAM = KeptGroup(kind="team", name="Réseau & co", members="bf_mail")
GROUP = KeptGroup(kind="group", name="gt-outils", members="bf_mail")
ADDRESS = "bob@prive.example"
JSON = "application/json; charset=utf-8"


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        stand_in.cloud.add_user("bob", "bob", email=ADDRESS, name="Bob Martin")
        yield stand_in


@pytest.fixture
def port(world: StandInWorld) -> NextcloudMemberships:
    return world.port().memberships


@pytest.fixture
def made(port: NextcloudMemberships) -> NextcloudMemberships:
    """The same, with a team of ours."""
    port.make(TEAM)
    return port


def account(world: StandInWorld, uid: str) -> Account:
    return world.cloud.core.directory.accounts[uid]


def refused(code: str, kind: type[OscartesError], call: object, *given: object) -> None:
    assert callable(call)
    with pytest.raises(kind) as caught:
        call(*given)
    assert caught.value.code == code


# Accounts


@pytest.mark.parametrize("named", ["bob", "BOB", ADDRESS, ADDRESS.upper()])
def test_an_account_is_found_by_its_whole_id_or_its_whole_address(
    port: NextcloudMemberships, named: str
) -> None:
    assert port.find(named) == ("bob",)


@pytest.mark.parametrize("named", ["bo", "bob@", "Bob Martin", "bob@prive.exampl", "nobody@x.org"])
def test_what_matches_in_part_or_by_the_shown_name_is_nobody(
    port: NextcloudMemberships, named: str
) -> None:
    assert port.find(named) == ()


def test_two_accounts_with_one_address_are_both_told(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    world.cloud.add_user("bob2", "bob2", email=ADDRESS.title())
    assert port.find(ADDRESS) == ("bob", "bob2")


def test_an_id_that_looks_like_an_address_comes_before_addresses(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    world.cloud.add_user(ADDRESS, "x")
    assert port.find(ADDRESS) == (ADDRESS,)


def test_a_shown_name_that_is_somebody_s_address_finds_nobody_but_them(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    world.cloud.add_user("mallory", "m", email="m@else.example", name=ADDRESS)
    assert port.find(ADDRESS) == ("bob",)


def test_an_account_is_asked_for_once_and_our_own_not_at_all(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    assert port.find(BOT.upper()) == (BOT,)
    world.cloud.requests.clear()
    for named in ("bob", "BOB", BOT):
        port.find(named)
    assert world.cloud.requests.count("GET", "sharees") == 1


def failing(**how: object) -> PlannedFailure:
    return PlannedFailure(containing="sharees", **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (failing(status=500), Unreachable),
        (failing(cut=True), Unreachable),
        (failing(status=200, stead=(b"{}", JSON)), Unexpected),
        (failing(status=200, stead=(b"<html>", "text/html")), Unexpected),
        (failing(status=401), CredentialsRefused),
    ],
)
def test_no_error_tells_the_address_that_was_looked_for(
    world: StandInWorld,
    port: NextcloudMemberships,
    failure: PlannedFailure,
    kind: type[OscartesError],
) -> None:
    port.account()
    world.cloud.faults.planned += [failure] * 9
    with pytest.raises(kind) as caught:
        port.find(ADDRESS)
    error = caught.value
    assert "prive" not in f"{error} {error!r} {error.params} {error.args}"


# Teams


def test_a_team_is_made_kept_and_read_back(port: NextcloudMemberships, world: StandInWorld) -> None:
    assert port.read(TEAM) == Roll(there=False)
    port.make(TEAM)
    assert port.read(TEAM) == Roll(members={BOT: OWNER})
    port.add(TEAM, ALICE)
    port.add(TEAM, ALICE)
    assert world.port().memberships.read(TEAM) == Roll(members={BOT: OWNER, ALICE: 1})
    fresh = world.port().memberships
    fresh.read(TEAM)
    fresh.remove(TEAM, ALICE)
    fresh.remove(TEAM, ALICE)
    assert port.read(TEAM) == Roll(members={BOT: OWNER})


def test_a_team_needs_two_requests_to_be_read_and_each_further_one_one_more(
    world: StandInWorld, made: NextcloudMemberships
) -> None:
    other = KeptGroup(kind="team", name="Autre", members="x")
    made.make(other)
    fresh = world.port().memberships
    fresh.account()
    world.cloud.requests.clear()
    fresh.read(TEAM)
    fresh.read(other)
    assert len(world.cloud.requests) == 3


def test_a_name_that_is_too_short_is_told(port: NextcloudMemberships) -> None:
    refused("team-not-made", Invalid, port.make, KeptGroup(kind="team", name="GT", members="x"))


def test_two_teams_of_ours_with_one_name_are_for_a_person_to_settle(
    made: NextcloudMemberships,
) -> None:
    made.make(TEAM)
    refused("team-ambiguous", Forbidden, made.read, TEAM)


def test_a_team_in_which_we_are_a_member_is_not_ours(world: StandInWorld) -> None:
    world.cloud.add_team(TEAM.name, {ALICE, BOT})
    refused("team-not-ours", Forbidden, world.port().memberships.read, TEAM)


def test_ours_counts_beside_one_of_somebody_else_s(
    world: StandInWorld, made: NextcloudMemberships
) -> None:
    world.cloud.add_team(TEAM.name, {ALICE, BOT})
    assert world.port().memberships.read(TEAM) == Roll(members={BOT: OWNER})


def test_an_administrator_of_a_team_keeps_it_too(
    world: StandInWorld, made: NextcloudMemberships
) -> None:
    (record,) = world.cloud.further.teams.records.values()
    record.members[0].level = 8
    record.members.append(Membership("n", ALICE, 1, OWNER, 0))
    fresh = world.port().memberships
    assert fresh.read(TEAM) == Roll(members={BOT: 8, ALICE: OWNER})
    fresh.add(TEAM, "bob")
    assert set(fresh.read(TEAM).members) == {BOT, ALICE, "bob"}


def test_members_that_are_told_to_be_none_are_not_believed(
    world: StandInWorld, made: NextcloudMemberships
) -> None:
    made.read(TEAM)
    world.cloud.core.directory.teams.clear()
    refused("team-unreadable", Forbidden, made.read, TEAM)


def test_a_group_in_a_team_is_no_account(world: StandInWorld, made: NextcloudMemberships) -> None:
    (record,) = world.cloud.further.teams.records.values()
    record.members.append(Membership("n", "gt-outils", 16, 1, 0))
    assert made.read(TEAM) == Roll(members={BOT: OWNER})


def test_an_account_that_is_gone_is_told(made: NextcloudMemberships) -> None:
    refused("member-gone", Missing, made.add, TEAM, "zoe")


def test_who_was_put_back_to_member_may_change_nothing(
    world: StandInWorld, made: NextcloudMemberships
) -> None:
    made.add(TEAM, ALICE)
    made.read(TEAM)
    (record,) = world.cloud.further.teams.records.values()
    record.members[0].level = 1
    refused("team-refused", Forbidden, made.add, TEAM, "bob")
    refused("team-refused", Forbidden, made.remove, TEAM, ALICE)


def test_a_cloud_without_teams_is_told(world: StandInWorld, port: NextcloudMemberships) -> None:
    missing = b'{"ocs":{"meta":{"status":"failure","statuscode":998,"message":""},"data":[]}}'
    failure = PlannedFailure(status=404, containing="circles", stead=(missing, JSON))
    world.cloud.faults.planned.append(failure)
    refused("teams-missing", Missing, port.read, TEAM)


@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_is_looked_for(
    world: StandInWorld, made: NextcloudMemberships, executed: bool
) -> None:
    lost = PlannedFailure(cut=True, after_executing=executed, method="POST")
    world.cloud.faults.planned.append(lost)
    if executed:
        made.add(TEAM, ALICE)
    else:
        refused("cloud-outcome-unknown", OutcomeUnknown, made.add, TEAM, ALICE)
    assert (ALICE in made.read(TEAM).members) is executed


# Groups


def test_a_group_is_changed_by_an_administrator_with_the_account_s_own_password(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    assert port.read(GROUP) == Roll(members={BOT: 0, ALICE: 0})
    refused("group-refused", Forbidden, port.add, GROUP, "bob")
    account(world, BOT).admin = True
    port.add(GROUP, "bob")
    port.add(GROUP, "bob")
    assert set(port.read(GROUP).members) == {BOT, ALICE, "bob"}
    port.remove(GROUP, ALICE)
    port.remove(GROUP, ALICE)
    assert set(port.read(GROUP).members) == {BOT, "bob"}


def test_an_app_password_changes_no_group_on_34(world: StandInWorld) -> None:
    account(world, BOT).admin = True
    port = world.port(password=world.cloud.add_app_password(BOT)).memberships
    if world.cloud.core.version == 34:
        refused("group-needs-confirmation", Forbidden, port.add, GROUP, "bob")
        refused("group-needs-confirmation", Forbidden, port.remove, GROUP, ALICE)
    else:
        port.add(GROUP, "bob")
        assert "bob" in port.read(GROUP).members


def test_a_refusal_inside_an_answer_of_200_is_one(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    said = b"Password confirmation is required"
    body = b'{"ocs":{"meta":{"status":"failure","statuscode":403,"message":"%s"},"data":[]}}' % said
    world.cloud.faults.planned.append(PlannedFailure(status=200, method="POST", stead=(body, JSON)))
    refused("group-needs-confirmation", Forbidden, port.add, GROUP, "bob")


@pytest.mark.parametrize(
    ("code", "told", "kind"),
    [
        (104, "group-refused", Forbidden),
        (105, "group-last", Invalid),
        (102, "group-missing", Missing),
        (103, "member-gone", Missing),
        (117, "cloud-unexpected-answer", Unexpected),
    ],
)
def test_what_a_group_administrator_is_told(
    world: StandInWorld,
    port: NextcloudMemberships,
    code: int,
    told: str,
    kind: type[OscartesError],
) -> None:
    body = b'{"ocs":{"meta":{"status":"failure","statuscode":%d,"message":""},"data":[]}}' % code
    world.cloud.faults.planned.append(
        PlannedFailure(status=400, method="DELETE", stead=(body, JSON))
    )
    refused(told, kind, port.remove, GROUP, ALICE)


def test_a_group_that_is_missing_or_closed_to_us_is_told(
    world: StandInWorld, port: NextcloudMemberships
) -> None:
    nowhere = KeptGroup(kind="group", name="Étés & autres", members="x")
    refused("group-missing", Missing, port.read, nowhere)
    account(world, BOT).groups.clear()
    refused("group-unreadable", Forbidden, port.read, GROUP)
