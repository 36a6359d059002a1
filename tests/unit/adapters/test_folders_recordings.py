"""Answers of real Nextclouds about files, read by our own eyes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import responses
from requests.structures import CaseInsensitiveDict

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import Address
from oscartes_sync.adapters.nextcloud.folders.bin import FileBin
from oscartes_sync.adapters.nextcloud.folders.landing import fileid_of
from oscartes_sync.adapters.nextcloud.folders.links import Links
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.refusing import not_free, refused
from oscartes_sync.adapters.nextcloud.folders.seen import (
    BranchSeen,
    FileSeen,
    branch_seen,
    file_seen,
    is_branch,
)
from oscartes_sync.adapters.nextcloud.folders.walk import Walk
from oscartes_sync.adapters.nextcloud.refusals import Reply
from oscartes_sync.errors import Busy, Forbidden, Full, Invalid, Missing, Moved, SideError, Taken
from tests.fakes.exchanges import ORIGIN, Exchanges

FOLDER = Path(__file__).parents[4] / "shared" / "recordings" / "nextcloud"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not here")
VERSIONS = ("", "-nc32")
BOT = "oscartes-bot"
PLACE = Folder.at(Address(ORIGIN, ""), BOT, "Essais")


@cache
def exchanges(name: str, version: str = "") -> list[dict[str, Any]]:
    file = FOLDER / f"{name}{version}.json"
    found: list[dict[str, Any]] = json.loads(file.read_text())["exchanges"]
    return found


def reply(exchange: dict[str, Any]) -> Reply:
    answer = exchange["response"]
    body = str(answer.get("body") or "").encode()
    headers = CaseInsensitiveDict(answer["headers"])
    return Reply(answer["status"], headers, body, exchange["request"]["path"])


def seen_in(exchange: dict[str, Any]) -> list[FileSeen | BranchSeen | None]:
    found: list[FileSeen | BranchSeen | None] = []
    for response in dav_xml.multistatus(reply(exchange).body).responses:
        path = PLACE.relative(PLACE.full_of(response.href) or "") or ""
        read = branch_seen if is_branch(response) else file_seen
        found.append(read(response, path))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_a_listing_tells_branch_and_file(version: str) -> None:
    branch, seen = seen_in(exchanges("100-files-propfind", version)[3])
    assert isinstance(branch, BranchSeen)
    assert (branch.path, branch.size, branch.may_create) == ("Comptes rendus", 31, True)
    assert isinstance(seen, FileSeen)
    assert seen.path == "Comptes rendus/cr-été.md"
    assert seen.size == 31
    assert seen.modified == datetime.fromtimestamp(1760000000, UTC)
    assert seen.media_type == "text/markdown"
    assert seen.checksums["SHA256"].startswith("b17d14f8")
    assert seen.etag[0] == seen.etag[-1] == '"'
    assert (seen.locked, seen.mounted, seen.may_write) == (False, False, True)
    assert fileid_of(seen.oc_id) == seen.fileid


def test_another_s_home_tells_nothing_that_would_be_a_folder() -> None:
    assert seen_in(exchanges("100-files-propfind")[9]) == [None]


def test_a_whole_depth_1_is_walked() -> None:
    """The recording's own answer, served to the walk."""
    body = reply(exchanges("100-files-propfind")[3]).body
    place = Folder.at(Address(ORIGIN, ""), BOT, "Essais/Comptes rendus")
    with responses.RequestsMock() as mock:
        Exchanges(mock).on("PROPFIND", place.branch(), body)
        walked = Walk(Exchanges(mock).dav()).look(place, {})
    assert [seen.path for seen in walked.files] == ["cr-été.md"]
    assert walked.branches == {"": '"6b04b1e5143df"'}


def test_tags_are_read_by_their_names() -> None:
    response = dav_xml.multistatus(
        reply(exchanges("114-files-favorite-tags-props")[6]).body
    ).responses[0]
    filled = {
        **response.props,
        dav_xml.name("oc:fileid"): dav_xml.parse(b"<a>687</a>"),
        dav_xml.name("oc:size"): dav_xml.parse(b"<a>1</a>"),
        dav_xml.name("d:getlastmodified"): dav_xml.parse(b"<a>Mon, 23 Nov 2026 21:36:42 GMT</a>"),
    }
    seen = file_seen(dav_xml.Response(response.href, 0, filled), "g.txt")
    assert seen is not None
    assert seen.tags == ("Agenda été",)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_bin_is_read_with_ids_and_places(version: str) -> None:
    body = reply(exchanges("106-files-trashbin", version)[4]).body
    with responses.RequestsMock() as mock:
        script = Exchanges(mock)
        script.on("PROPFIND", f"{PLACE.bin}trash/", body)
        binned = FileBin(script.dav(), PLACE).listed()
    assert {one.location for one in binned} == {"Essais/t.txt"}
    assert binned[0].deleted > binned[1].deleted
    assert binned[0].href.endswith(f"/trash/t.txt.d{binned[0].deleted}")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_search_tells_the_path_of_an_id(version: str) -> None:
    answer = dav_xml.multistatus(reply(exchanges("112-files-search", version)[0]).body)
    assert [PLACE.full_of(one.href) for one in answer.responses] == ["Essais/g.txt"]


def test_our_search_says_what_the_recorded_one_said() -> None:
    recorded = dav_xml.parse(exchanges("112-files-search")[0]["request"]["body"].encode())
    props = ("d:getetag", "oc:fileid", "d:getlastmodified")
    ours = dav_xml.parse(dav_xml.search("/files/oscartes-bot/Essais", props, "oc:fileid", "687"))
    told = [[(one.tag, one.text) for one in root.iter()] for root in (recorded, ours)]
    assert told[0] == told[1]


REFUSALS: list[tuple[str, int, type[SideError], str]] = [
    ("102-files-put", 7, Moved, "cloud-moved"),
    ("102-files-put", 12, Invalid, "file-refused"),
    ("102-files-put", 16, Missing, "cloud-missing"),
    ("104-files-mkcol-move-copy-delete", 10, Taken, "cloud-exists"),
    ("104-files-mkcol-move-copy-delete", 22, Moved, "cloud-moved"),
    ("105-files-names", 21, Invalid, "file-name-refused"),
    ("105-files-names", 25, Invalid, "file-name-refused"),
    ("108-files-chunked-upload", 9, Invalid, "file-refused"),
    ("108-files-chunked-upload", 11, Moved, "cloud-moved"),
    ("109-files-lock-423", 3, Busy, "cloud-locked"),
]


@pytest.mark.parametrize(("name", "index", "kind", "code"), REFUSALS)
def test_refusals_of_writes_are_read(
    name: str, index: int, kind: type[SideError], code: str
) -> None:
    with responses.RequestsMock() as mock:
        error = refused(Exchanges(mock).dav(), reply(exchanges(name)[index]))
    assert type(error) is kind
    assert error.code == code


def test_what_is_in_the_place_of_a_new_file_is_taken() -> None:
    with responses.RequestsMock() as mock:
        dav = Exchanges(mock).dav()
        for index in (4, 17):
            assert isinstance(not_free(dav, reply(exchanges("102-files-put")[index])), Taken)


def test_a_quota_that_is_full_is_full_however_it_is_said() -> None:
    with responses.RequestsMock() as mock:
        dav = Exchanges(mock).dav()
        said = [refused(dav, reply(one)) for one in exchanges("110-files-quota-507")
                if one["response"]["status"] in (413, 507)]  # fmt: skip
    assert said
    assert all(isinstance(error, Full) for error in said)


def test_rights_are_rights() -> None:
    with responses.RequestsMock() as mock:
        dav = Exchanges(mock).dav()
        said = [refused(dav, reply(one)) for one in exchanges("111-files-readonly-share")
                if one["response"]["status"] == 403]  # fmt: skip
    assert said
    assert all(isinstance(error, Forbidden) for error in said)


@pytest.mark.parametrize("version", VERSIONS)
def test_links_are_read_from_what_the_share_api_says(version: str) -> None:
    body = reply(exchanges("130-link-share-life", version)[3]).body
    with responses.RequestsMock() as mock:
        script = Exchanges(mock)
        mock.add("GET", f"{ORIGIN}/ocs/v2.php/apps/files_sharing/api/v1/shares", body=body)
        links = Links(script.dav(), PLACE, mark="oscartes:noe").listed()
    assert [link.label for link in links] == ["Pour le site", ""]
    assert {link.full for link in links} == {"Essais/Docs partagés"}
    assert str(links[0].expires) == "2027-01-31"
    assert all(link.read_only and not link.ours for link in links)
    assert all(link.url.startswith(f"{ORIGIN}/s/") for link in links)


def test_ids_of_other_servers_are_not_guessed() -> None:
    assert fileid_of("00000667ocomohzuvqck") == 667
    assert fileid_of("123456789ocomohzuvqck") == 123456789
    assert fileid_of("000006679zomohzuvqck") is None
    assert fileid_of("") is None
