"""Teams, groups and the search for accounts, as 33.0.1 was seen to answer beside recording 141."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_network

BOT = "oscartes-bot"
CIRCLES = "/ocs/v2.php/apps/circles/circles"
SHAREES = "/ocs/v2.php/apps/files_sharing/api/v1/sharees"


@pytest.fixture(params=[34, 32])
def cloud(request: pytest.FixtureRequest) -> Iterator[CloudStandIn]:
    with CloudStandIn(version=request.param) as made:
        made.passwords = seed_network(made)  # type: ignore[attr-defined]
        yield made


def ask(cloud: CloudStandIn, method: str, route: str, uid: str = BOT, **form: str) -> Any:
    """(OCS code, data)."""
    answer = requests.request(
        method,
        cloud.url + route,
        data=form,
        headers={"OCS-APIRequest": "true", "Accept": "application/json"},
        auth=(uid, cloud.passwords[uid]),  # type: ignore[attr-defined]
        timeout=10,
    )
    ocs = answer.json()["ocs"]
    return ocs["meta"]["statuscode"], ocs["data"]


@pytest.fixture
def members(cloud: CloudStandIn) -> str:
    """The route of the members of a team of the bot's."""
    _, made = ask(cloud, "POST", CIRCLES, name="GT Outils")
    return f"{CIRCLES}/{made['id']}/members"


def named(cloud: CloudStandIn, route: str, uid: str = BOT) -> set[str]:
    return {one["userId"] for one in ask(cloud, "GET", route, uid)[1]}


def test_a_member_is_removed_by_its_number_alone_and_once(
    cloud: CloudStandIn, members: str
) -> None:
    _, member = ask(cloud, "POST", members, userId="alice", type="1")
    for wrong in ("alice", member["singleId"]):
        assert ask(cloud, "DELETE", f"{members}/{wrong}")[0] == 404
    assert ask(cloud, "DELETE", f"{members}/{member['id']}") == (200, [])
    assert ask(cloud, "DELETE", f"{members}/{member['id']}")[0] == 404
    assert named(cloud, members) == {BOT}


def test_another_case_and_an_address_make_ghosts(cloud: CloudStandIn, members: str) -> None:
    for name in ("alice", "Alice", "alice@example.org"):
        assert ask(cloud, "POST", members, userId=name, type="1")[0] == 200
    assert named(cloud, members) == {BOT, "alice", "Alice", "alice@example.org"}
    assert ask(cloud, "POST", members, userId="nobody", type="1")[0] == 404


def test_the_members_of_what_is_not_ours_are_an_empty_list(
    cloud: CloudStandIn, members: str
) -> None:
    assert ask(cloud, "GET", members, "bob") == (200, [])
    assert ask(cloud, "GET", f"{CIRCLES}/inconnu/members") == (200, [])


def test_a_member_changes_no_members(cloud: CloudStandIn, members: str) -> None:
    ask(cloud, "POST", members, userId="alice", type="1")
    refused = 403 if cloud.core.version == 34 else 400
    assert ask(cloud, "POST", members, "alice", userId="bob", type="1")[0] == refused
    assert named(cloud, members, "alice") == {BOT, "alice"}


def test_a_name_wants_three_letters(cloud: CloudStandIn) -> None:
    assert ask(cloud, "POST", CIRCLES, name="GT")[0] == 400


def test_accounts_are_found_by_whole_addresses(cloud: CloudStandIn) -> None:
    for search, exact in (("ALICE@example.org", ["alice"]), ("alice", ["alice"]), ("ali", [])):
        _, found = ask(cloud, "GET", f"{SHAREES}?search={search}&itemType=file")
        assert [one["value"]["shareWith"] for one in found["exact"]["users"]] == exact


def test_who_is_in_a_group_reads_it_by_one_route(cloud: CloudStandIn) -> None:
    groups = "/ocs/v2.php/cloud/groups"
    assert ask(cloud, "GET", f"{groups}/gt-outils/users", "alice")[0] == 200
    assert ask(cloud, "GET", f"{groups}/gt-outils", "alice")[0] == 403
    assert ask(cloud, "GET", f"{groups}/gt-outils/users", "bob")[0] == 403
    assert ask(cloud, "GET", f"{groups}/inconnu/users", "bob")[0] == 404


def test_a_level_is_a_number_in_json_or_a_name_in_a_form(cloud: CloudStandIn, members: str) -> None:
    _, member = ask(cloud, "POST", members, userId="alice", type="1")
    route = f"{members}/{member['id']}/level"
    assert ask(cloud, "PUT", route, level="4")[0] == 400
    assert ask(cloud, "PUT", route, level="moderator")[1]["level"] == 4

    def sent(level: object) -> int:
        answer = requests.put(
            cloud.url + route,
            json={"level": level},
            headers={"OCS-APIRequest": "true", "Accept": "application/json"},
            auth=(BOT, cloud.passwords[BOT]),  # type: ignore[attr-defined]
            timeout=10,
        )
        code: int = answer.json()["ocs"]["meta"]["statuscode"]
        return code

    assert [sent(4), sent(5), sent(1), sent("admin")] == [400, 400, 200, 200]
    assert ask(cloud, "PUT", f"{members}/nobody/level", level="member")[0] == 404
