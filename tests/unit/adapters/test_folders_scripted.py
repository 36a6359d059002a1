"""What no stand-in says: strange answers, storage that takes parts itself, no bin at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from oscartes_sync.adapters.nextcloud.folders.bin import FileBin
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.landing import Kept
from oscartes_sync.adapters.nextcloud.folders.links import Links
from oscartes_sync.adapters.nextcloud.folders.place import Folder, chain
from oscartes_sync.adapters.nextcloud.folders.reading import Reading
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.sending import Sending
from oscartes_sync.adapters.nextcloud.folders.walk import Walk, Walked
from oscartes_sync.errors import Missing, Moved, NotKept, SideError, Unavailable, Unexpected
from tests.fakes.exchanges import NOT_FOUND, ORIGIN, Exchanges, dav_error, found, multistatus
from tests.fakes.folder_world import WHEN, outgoing

WHEN_TOLD = "Mon, 23 Nov 2026 21:36:37 GMT"
BIG = b"0123456789"
SHA = hashlib.sha256(BIG).hexdigest()


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        yield Exchanges(mock)


@pytest.fixture
def folder(exchanges: Exchanges) -> Folder:
    return Folder.at(exchanges.dav().address, "bot", "CR")


def file(path: str, **more: str) -> str:
    """A file as PROPFIND tells it."""
    props = {
        "oc_fileid": "7", "oc_id": "00000007ocxxxxxxxxxx", "d_getetag": "&quot;e&quot;",
        "oc_size": "10", "d_getlastmodified": WHEN_TOLD, "d_resourcetype": "",
        "oc_permissions": "RGDNVW", **more,
    }  # fmt: skip
    return found(f"/remote.php/dav/files/bot/{path}", **props)


def branch(path: str, **more: str) -> str:
    """A folder as PROPFIND tells it."""
    props = {
        "oc_fileid": "1", "d_getetag": "&quot;b&quot;", "oc_size": "0",
        "d_resourcetype": "<d:collection/>", **more,
    }  # fmt: skip
    return found(f"/remote.php/dav/files/bot/{path}/", **props)


def known(path: str = "a.txt", *, mounted: bool = False) -> FileSeen:
    return FileSeen(
        fileid=7, oc_id="", path=path, etag='"e"', size=10, modified=WHEN, mounted=mounted
    )


def walk(exchanges: Exchanges, folder: Folder, *parts: str) -> Walked:
    exchanges.on("PROPFIND", folder.branch(), multistatus(*parts))
    return Walk(exchanges.dav()).look(folder, {})


def test_a_file_that_tells_too_little_is_unsure_and_no_other(
    exchanges: Exchanges, folder: Folder
) -> None:
    exchanges.on(
        "PROPFIND",
        folder.branch(),
        multistatus(
            branch("CR"), file("CR/a.txt"), file("CR/b.txt", oc_fileid=""),
            file("CR/c.txt", d_getlastmodified="hier"), file("CR/d.txt", oc_size="-1"),
            branch("CR/2026", d_getetag=""),
        ),
    )  # fmt: skip
    seen = Walk(exchanges.dav()).look(folder, {})
    assert [one.path for one in seen.files] == ["a.txt"]
    assert seen.unsure == {"b.txt", "c.txt", "d.txt", "2026"}
    assert seen.branches == {"": ""}
    for path in ("b.txt", "2026/x.txt", "a.txt"):
        assert not seen.lacks(path)
    assert seen.lacks("z.txt")


def test_an_encrypted_folder_is_not_entered(exchanges: Exchanges, folder: Folder) -> None:
    body = multistatus(branch("CR"), branch("CR/coffre")).replace(
        'xmlns:x1="http://nextcloud.com/ns"',
        'xmlns:x1="http://nextcloud.com/ns" xmlns:nc="http://nextcloud.org/ns"',
    )
    sealed = body.replace("</d:resourcetype></d:prop>", "</d:resourcetype>"
                          "<nc:is-encrypted>1</nc:is-encrypted></d:prop>")  # fmt: skip
    exchanges.on("PROPFIND", folder.branch(), sealed)
    walked = Walk(exchanges.dav()).look(folder, {})
    assert walked.left_out == {"coffre": "folder-encrypted"}


@pytest.mark.parametrize("stranger", ["CR/2026/b.txt", "autre/b.txt"])
def test_an_answer_with_strangers_in_it_proves_nothing(
    exchanges: Exchanges, folder: Folder, stranger: str
) -> None:
    with pytest.raises(Unexpected):
        walk(exchanges, folder, branch("CR"), file(stranger))


def test_a_branch_that_says_that_it_is_full_and_shows_nothing_is_unsure(
    exchanges: Exchanges, folder: Folder
) -> None:
    full = branch("CR/2026", oc_size="9")
    exchanges.on("PROPFIND", folder.branch(), multistatus(branch("CR"), full))
    exchanges.on("PROPFIND", folder.branch("2026"), multistatus(full))
    walked = Walk(exchanges.dav()).look(folder, {})
    assert walked.unsure == {"2026"}
    assert not walked.lacks("2026/a.txt")
    assert walked.branches == {"": ""}


@pytest.mark.parametrize(
    ("status", "permissions", "known"), [(500, "", True), (503, "SRG", True), (503, "", False)]
)
def test_storage_that_is_away_makes_its_own_branch_unsure(
    exchanges: Exchanges, folder: Folder, status: int, permissions: str, *, known: bool
) -> None:
    away = branch("CR/2026", oc_permissions=permissions)
    exchanges.on("PROPFIND", folder.branch(), multistatus(branch("CR"), away, file("CR/a.txt")))
    for _ in range(2 if status == 500 else 5):
        exchanges.on("PROPFIND", folder.branch("2026"), dav_error("Exception"), status)
    look = Walk(exchanges.dav()).look
    if not known:
        with pytest.raises(Unavailable):
            look(folder, {})
        return
    walked = look(folder, {})
    assert walked.unsure == {"2026"}
    assert [one.path for one in walked.files] == ["a.txt"]


def test_names_come_in_one_normal_form(exchanges: Exchanges, folder: Folder) -> None:
    walked = walk(exchanges, folder, branch("CR"), file("CR/e%cc%81te%cc%81.txt"))
    assert walked.files[0].path == "été.txt"
    assert folder.href("e\u0301te\u0301.txt") == folder.href("été.txt")


def test_a_search_that_answers_something_else_proves_nothing(
    exchanges: Exchanges, folder: Folder
) -> None:
    exchanges.on("SEARCH", folder.route(""), multistatus(file("CR/b.txt", oc_fileid="8")))
    with pytest.raises(Unexpected):
        Finding(exchanges.dav(), folder).find(7)


def test_a_server_without_a_bin_has_nothing_in_it(exchanges: Exchanges, folder: Folder) -> None:
    exchanges.on("SEARCH", folder.route(""), multistatus())
    exchanges.on("PROPFIND", folder.href("a.txt"), NOT_FOUND, 404)
    exchanges.on("PROPFIND", f"{folder.bin}trash/", NOT_FOUND, 404)
    found_ = Finding(exchanges.dav(), folder).find(7, known())
    assert found_.where is Where.GONE


def test_a_page_in_place_of_the_bin_is_no_empty_bin(exchanges: Exchanges, folder: Folder) -> None:
    exchanges.on("PROPFIND", f"{folder.bin}trash/", "<html/>", 404, content_type="text/html")
    with pytest.raises(Unexpected):
        FileBin(exchanges.dav(), folder).listed()


def test_a_file_that_cannot_be_read_at_its_place_is_not_gone(
    exchanges: Exchanges, folder: Folder
) -> None:
    exchanges.on("PROPFIND", folder.href("a.txt"), multistatus(file("CR/a.txt", oc_fileid="")))
    with pytest.raises(Unexpected):
        Finding(exchanges.dav(), folder).at("a.txt")


def test_parts_are_found_again_under_the_names_that_storage_gives_them(
    exchanges: Exchanges, folder: Folder
) -> None:
    """Object storage lists "1" for "00001", and answers the MOVE without an ETag or an id."""
    sending = Sending(exchanges.dav(), folder, exchanges.clock, chunk=4, at_once=1)
    upload = sending._chunks._upload(outgoing("a.bin", BIG), SHA)
    place, target = folder.branch(), folder.href("a.bin")
    exchanges.on("PROPFIND", place, multistatus(branch("CR")))
    exchanges.on("PROPFIND", target, NOT_FOUND, 404)
    exchanges.on("MKCOL", upload, dav_error("Sabre\\DAV\\Exception\\MethodNotAllowed"), 405)
    parts = [found(f"{upload}{name}", d_getcontentlength=str(size))
             for name, size in (("1", 4), ("2", 3), (".file", 7), (".target", 0))]  # fmt: skip
    exchanges.on("PROPFIND", upload, multistatus(found(upload), *parts))
    exchanges.on("PUT", f"{upload}00002", status=201)
    exchanges.on("PUT", f"{upload}00003", status=201)
    exchanges.on("PROPFIND", place, multistatus(branch("CR")))
    exchanges.on("PROPFIND", target, NOT_FOUND, 404)
    exchanges.on("MOVE", f"{upload}.file", status=201)
    exchanges.on("PROPFIND", target, multistatus(file("CR/a.bin")))
    assert sending.send(outgoing("a.bin", BIG)) == Kept("a.bin", 7, '"e"')
    move = exchanges.calls[-2].headers
    assert move["Destination"] == f"{ORIGIN}{target}"
    assert move["OC-Total-Length"] == "10"
    assert move["Overwrite"] == "F"
    assert move["OC-Checksum"] == f"SHA256:{SHA}"


def test_an_upload_whose_cache_ran_out_begins_anew(exchanges: Exchanges, folder: Folder) -> None:
    sending = Sending(exchanges.dav(), folder, exchanges.clock, chunk=8)
    upload = sending._chunks._upload(outgoing("a.bin", BIG), SHA)
    target = folder.href("a.bin")
    exchanges.on("PROPFIND", target, multistatus(file("CR/a.bin")))
    exchanges.on("MKCOL", upload, requests.ReadTimeout())
    exchanges.on("MKCOL", upload, dav_error("Sabre\\DAV\\Exception\\MethodNotAllowed"), 405)
    exchanges.on("PROPFIND", upload, multistatus(found(upload)))
    refusal = dav_error("Sabre\\DAV\\Exception\\PreconditionFailed", "Missing metadata")
    exchanges.on("PUT", f"{upload}00001", refusal, 412)
    exchanges.on("DELETE", upload, status=204)
    exchanges.on("MKCOL", upload, status=201)
    exchanges.on("PUT", f"{upload}00001", status=201)
    exchanges.on("PUT", f"{upload}00002", status=201)
    headers = {"OC-ETag": '"n"', "ETag": '"n"', "OC-FileId": "00000007ocxxxxxxxxxx"}
    exchanges.on("MOVE", f"{upload}.file", status=204, headers=headers)
    assert sending.send(outgoing("a.bin", BIG, '"e"')) == Kept("a.bin", 7, '"n"')
    assert exchanges.calls[-1].headers["If"] == f'<{ORIGIN}{target}> (["e"])'


def test_a_version_that_moved_before_the_upload_is_not_sent_for_nothing(
    exchanges: Exchanges, folder: Folder
) -> None:
    exchanges.on("PROPFIND", folder.href("a.bin"), multistatus(file("CR/a.bin")))
    with pytest.raises(Moved):
        Sending(exchanges.dav(), folder, exchanges.clock, chunk=4).send(
            outgoing("a.bin", BIG, '"old"')
        )


def test_an_upload_that_cannot_be_opened_is_refused(exchanges: Exchanges, folder: Folder) -> None:
    sending = Sending(exchanges.dav(), folder, exchanges.clock, chunk=4)
    upload = sending._chunks._upload(outgoing("a.bin", BIG), SHA)
    exchanges.on("PROPFIND", folder.branch(), multistatus(branch("CR")))
    exchanges.on("PROPFIND", folder.href("a.bin"), NOT_FOUND, 404)
    exchanges.on("MKCOL", upload, NOT_FOUND, 404)
    exchanges.on("DELETE", upload, "<html>", 503)
    for _ in range(4):
        exchanges.on("DELETE", upload, "<html>", 503)
    exchanges.on("MKCOL", upload, NOT_FOUND, 404)
    exchanges.on("DELETE", upload, NOT_FOUND, 404)
    with pytest.raises(Missing):
        sending.send(outgoing("a.bin", BIG))


def test_an_answer_without_etag_or_id_is_read_back(exchanges: Exchanges, folder: Folder) -> None:
    sending = Sending(exchanges.dav(), folder, exchanges.clock)
    exchanges.on("PUT", folder.href("a.bin"), status=201)
    exchanges.on("PROPFIND", folder.href("a.bin"), multistatus(file("CR/a.bin")))
    assert sending.send(outgoing("a.bin", BIG)) == Kept("a.bin", 7, '"e"')
    headers = exchanges.calls[0].headers
    assert headers["If-None-Match"] == "*"
    assert headers["X-OC-MTime"] == str(int(WHEN.timestamp()))
    exchanges.on("PUT", folder.href("a.bin"), status=201)
    exchanges.on("PROPFIND", folder.href("a.bin"), multistatus(file("CR/a.bin", oc_size="9")))
    with pytest.raises(NotKept):
        sending.send(outgoing("a.bin", BIG))


def test_a_time_before_the_second_day_of_1970_is_not_told(
    exchanges: Exchanges, folder: Folder
) -> None:
    old = outgoing("a.bin", BIG)
    made = type(old)(path=old.path, size=old.size, open=old.open, modified=WHEN.replace(year=1970,
                     month=1, day=1))  # fmt: skip
    headers = {"ETag": '"n"', "OC-FileId": "00000007ocxxxxxxxxxx"}
    exchanges.on("PUT", folder.href("a.bin"), status=201, headers=headers)
    Sending(exchanges.dav(), folder, exchanges.clock).send(made)
    assert "X-OC-MTime" not in exchanges.calls[0].headers


def test_a_range_that_is_not_the_one_asked_for_is_refused(
    exchanges: Exchanges, folder: Folder
) -> None:
    for status, headers, kind in (
        (206, {"ETag": '"e"', "Content-Range": "bytes 5-9/10"}, Unexpected),
        (206, {"ETag": '"e"'}, Unexpected),
        (200, {}, Unexpected),
        (416, {"ETag": '"e"'}, Moved),
    ):
        exchanges.on("GET", folder.href("a.bin"), BIG, status, headers=headers)
        with pytest.raises(kind):
            list(Reading(exchanges.dav(), folder, exchanges.clock).read("a.bin"))


def test_a_share_row_that_makes_no_sense_is_passed_over(
    exchanges: Exchanges, folder: Folder
) -> None:
    good = {
        "id": "5", "share_type": 3, "file_source": 7, "url": f"{ORIGIN}/s/x", "path": "/CR/a.txt",
        "permissions": 17, "label": "Site [o]", "expiration": "bientôt",
    }  # fmt: skip
    rows = [good, {**good, "id": "x"}, {**good, "url": None}, {**good, "share_type": 0}, "?"]
    answer = {"ocs": {"meta": {"statuscode": 200}, "data": rows}}
    exchanges.on("GET", "/ocs/v2.php/apps/files_sharing/api/v1/shares", json.dumps(answer), 200)
    links = Links(exchanges.dav(), folder, mark="o").listed()
    assert [(link.id, link.label, link.expires, link.ours) for link in links] == [
        ("5", "Site", None, True)
    ]


def test_a_share_api_that_is_off_says_so(exchanges: Exchanges, folder: Folder) -> None:
    for code in (403, 404, 500):
        answer = {"ocs": {"meta": {"statuscode": code}, "data": []}}
        exchanges.on("GET", "/ocs/v2.php/apps/files_sharing/api/v1/shares", json.dumps(answer), 200)
        with pytest.raises(SideError):
            Links(exchanges.dav(), folder, mark="o").listed()


def test_places_are_where_they_are(folder: Folder) -> None:
    assert folder.href("Été & co/100 %#.txt") == (
        "/remote.php/dav/files/bot/CR/%c3%89t%c3%a9%20%26%20co/100%20%25%23.txt"
    )
    assert folder.full("x") == "CR/x"
    assert folder.relative("CR/x/y") == "x/y"
    assert folder.relative("CR") == ""
    assert folder.relative("CRX/y") is None
    assert folder.full_of("/remote.php/dav/files/autre/x") is None
    assert Folder.at(folder.address, "bot", "/").relative("x/y") == "x/y"
    assert chain("a/b") == ["a/b", "a", ""]
    below = Folder.at(type(folder.address)(ORIGIN, "/nuage"), "jean@dupont", "CR")
    assert below.branch() == "/nuage/remote.php/dav/files/jean%40dupont/CR/"
    assert below.scope == "/files/jean%40dupont"
