"""Answers of real Nextclouds, read by our own eyes. Skipped where the recordings are not there."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.collection import Collection, read_collection
from oscartes_sync.adapters.nextcloud.discovery import Account
from oscartes_sync.adapters.nextcloud.refusals import Reply, dav_error, refusal, unavailable
from oscartes_sync.adapters.nextcloud.resources import Resource, texts_in
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import (
    Busy,
    CredentialsRefused,
    Forbidden,
    Full,
    Invalid,
    Missing,
    Moved,
    SideError,
    Taken,
    Unavailable,
)

FOLDER = Path(__file__).parents[4] / "shared" / "recordings" / "nextcloud"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not here")
VERSIONS = ("", "-nc32")


@cache
def exchanges(name: str, version: str = "") -> list[dict[str, Any]]:
    file = FOLDER / f"{name}{version}.json"
    if not file.is_file():
        pytest.skip("this version has no such recording")
    found: list[dict[str, Any]] = json.loads(file.read_text())["exchanges"]
    return found


def reply(exchange: dict[str, Any]) -> Reply:
    answer, request = exchange["response"], exchange["request"]
    path = str(request.get("url") or request.get("path"))
    body = str(answer.get("body") or "").encode()
    return Reply(answer["status"], CaseInsensitiveDict(answer["headers"]), body, path)


def replies(name: str, version: str = "") -> list[Reply]:
    return [reply(exchange) for exchange in exchanges(name, version)]


def account(uid: str) -> Account:
    return Account(
        uid, f"/remote.php/dav/principals/users/{uid}/", f"/remote.php/dav/calendars/{uid}/"
    )


def reply_texts(answer: Reply) -> list[Resource]:
    return list(texts_in(dav_xml.multistatus(answer.body), "cal:calendar-data"))


def calendar(exchange: dict[str, Any]) -> Collection:
    answer = dav_xml.multistatus(reply(exchange).body)
    return read_collection(answer.responses[0], account(exchange["request"]["user"]))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_whole_multistatus_is_read(version: str) -> None:
    names = {file.name.split(".")[0].removesuffix("-nc32") for file in FOLDER.glob("0*.json")}
    read = 0
    for name in sorted(names):
        if not (FOLDER / f"{name}{version}.json").is_file():
            continue
        for answer in replies(name, version):
            if answer.status == 207 and b"CUT:" not in answer.body:
                dav_xml.multistatus(answer.body)
                read += 1
    assert read > 100


@pytest.mark.parametrize("version", VERSIONS)
def test_a_calendar_of_ours(version: str) -> None:
    found = calendar(exchanges("013-mkcalendar", version)[2])
    assert found.title == "Agenda du GT « Outils & méthodes » 🗺️"
    assert (found.color, found.uri) == ("#2b7a3fff", "agenda-outils")
    assert (found.ours, found.writes, found.real, found.trashed) == (True, True, True, False)
    assert found.components == {"VEVENT"}
    assert found.token == found.ctag == "http://sabre.io/ns/sync/1"


@pytest.mark.parametrize("version", VERSIONS)
def test_shares_as_the_owner_and_as_members_see_them(version: str) -> None:
    owner, reader, writer = (
        calendar(exchanges("060-share-calendar-to-groups", version)[number]) for number in (2, 4, 5)
    )
    assert {invite.principal: invite.write for invite in owner.invites} == {
        "principals/groups/gt-communication": True,
        "principals/groups/gt-outils": False,
    }
    assert (reader.ours, reader.writes, reader.owner) == (False, False, "oscartes-bot")
    assert (writer.ours, writer.writes) == (False, True)
    assert reader.uri == "agenda-partage_shared_by_oscartes-bot"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_trashed_calendar_is_known_as_one(version: str) -> None:
    assert calendar(exchanges("046-calendar-delete-and-trash", version)[2]).trashed


@pytest.mark.parametrize("version", VERSIONS)
def test_boards_and_subscriptions_are_no_calendars(version: str) -> None:
    answer = dav_xml.multistatus(replies("015-home-depth1", version)[1].body)
    board = next(one for one in answer.responses if "app-generated" in one.href)
    assert not read_collection(board, account("oscartes-bot")).real


@pytest.mark.parametrize("version", VERSIONS)
def test_texts_are_given_back_the_line_ends_that_reports_leave_out(version: str) -> None:
    stored = reply_texts(replies("041-calendar-multiget", version)[2])
    assert [resource.exact for resource in stored] == [True, True]
    assert {uid_in(resource.body.decode()) for resource in stored} == {"q-nov@yw", "mg-ete@yw"}
    assert all(b"\r\n" in resource.body for resource in stored)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_deleted_is_told_by_a_status(version: str) -> None:
    answer = dav_xml.multistatus(replies("043-sync-collection", version)[6].body)
    assert sorted(response.status for response in answer.responses) == [0, 0, 404]
    assert answer.sync_token == "http://sabre.io/ns/sync/135"


REFUSALS: list[tuple[str, int, type[SideError]]] = [
    ("013-mkcalendar", 1, Taken),
    ("020-put-create-update", 4, Moved),
    ("027-put-refused", 0, Invalid),
    ("027-put-refused", 12, Forbidden),
    ("029-put-duplicate-uid", 1, Invalid),
    ("029-put-duplicate-uid", 7, Invalid),
    ("030-put-too-large", 0, Forbidden),
    ("045-delete-and-trashbin", 3, Missing),
    ("045-delete-and-trashbin", 31, Forbidden),
    ("048-limit-30-calendars", 0, Forbidden),
    ("062-member-access", 2, Missing),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "number", "kind"), REFUSALS)
def test_real_refusals_are_told_apart(
    name: str, number: int, kind: type[SideError], version: str
) -> None:
    assert type(refusal(replies(name, version)[number], "noe", wrote=True)) is kind


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("109-files-lock-423", 423, Busy),
        ("110-files-quota-507", 507, Full),
    ],
)
def test_other_refusals_wherever_they_stand(name: str, status: int, kind: type[SideError]) -> None:
    found = [answer for answer in replies(name) if answer.status == status]
    assert found
    assert all(type(refusal(answer, "noe")) is kind for answer in found)


def test_503_is_read_before_it_is_believed() -> None:
    disabled = next(one for one in replies("142-provisioning") if one.status == 503)
    assert type(unavailable(disabled, "noe")) is CredentialsRefused
    for answer in replies("166-maintenance-503"):
        if answer.status == 503:
            error = unavailable(answer, "noe")
            assert type(error) is Unavailable
            assert error.code == "cloud-maintenance"


def test_a_refused_token_says_which_condition_failed() -> None:
    answer = replies("044-sync-collection-tokens")[1]
    assert dav_xml.name("d:valid-sync-token") in dav_error(answer).conditions
