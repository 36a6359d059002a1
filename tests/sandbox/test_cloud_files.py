"""Files of the stand-in cloud: recordings 100-114 replayed, and what they imply.

The recordings are one session: they are replayed in order on one cloud, with the clock at the
recorded moments. `NOT_REPLAYED` says what is not, and why.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_network
from oscartes_sync.sandbox.cloud.files_uploads import Upload
from tests.sandbox.cloud_recordings import BOT, RECORDINGS, Exchange, Json, Replay, recorded

FILES = [
    "100",
    "101",
    "102",
    "103",
    "104",
    "105",
    "105b",
    "106",
    "107",
    "108",
    "109",
    "110",
    "111",
    "112",
    "113",
    "114",
]
NOT_REPLAYED: dict[tuple[str, int], str] = {
    ("103", 4): "its boundary is drawn by lot: own test below",
    ("112", 2): "the order for want of an order is the database's",
    ("103", 17): "an archive of the other kind, broken by the server itself",
    ("108", 1): "its body is cut in the recording: the chunk is put by chunks()",
    ("108", 2): "its body is cut in the recording: the chunk is put by chunks()",
    ("105", 45): "its body is cut in the recording; own test below",
}
NOT_ON_32 = {
    ("109", 3): "alice has an old file of that name there",
    ("109", 5): "alice has an old file of that name there",
    ("109", 7): "alice has an old file of that name there",
    ("109", 11): "alice has an old file of that name there",
    ("110", 2): "other leftovers in the home",
    ("110", 4): "other leftovers in the home",
    ("111", 8): "an earlier copy its owner cannot delete",
}
OPAQUE = {("112", 4), ("113", 0), ("113", 1), ("113", 2)}
"""Bodies under a wrong Content-Type: statuses alone are compared here, own tests below."""

UNFOLLOWED = {"109", "111"}
"""109: its ETags depend on when a second ended; 111: the folder moved for a reason not told."""

UNNAMED = {("105", 25), ("105", 29)}
"""Answers from before the server named the account: no X-User-Id there."""

TICKS = {(34, "101", 2), (34, "102", 5), (34, "102", 11), (32, "102", 5), (32, "102", 11)}
ETAG, FILE_ID, OC_ID = (
    "{DAV:}getetag",
    "{http://owncloud.org/ns}fileid",
    "{http://owncloud.org/ns}id",
)
FOLLOWED = {ETAG: "etag", FILE_ID: "id", OC_ID: "oc:id"}
PASSING = {
    "{http://nextcloud.org/ns}upload_time": "the moment's",
    "{http://nextcloud.org/ns}lock-time": "the moment's",
    "{http://nextcloud.org/ns}lock-token": "drawn by lot",
    "{DAV:}lockdiscovery": "its token is drawn by lot: own test below",
    "{http://nextcloud.org/ns}sharees": "the server names groups twice there",
}
MOMENTS = {
    (34, "106", 0): 1795469820,
    (34, "106", 2): 1795469821,
    (34, "106", 11): 1795469822,
    (34, "107", 0): 1795469823,
    (32, "106", 0): 1795469816,
    (32, "106", 2): 1795469817,
    (32, "107", 0): 1795469818,
}
"""Where seconds matter: the bin's names are made of them."""


class Moment:
    """A clock the replay sets; a second passes with every request unless told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 21, 36, 37, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=7)
        return self.now


@dataclass
class FileReplay(Replay):
    """Follows ids and ETags: those recorded as one must be one here, and two must be two."""

    pairs: dict[tuple[str, str], str] = field(default_factory=dict)

    def alike(self, kind: str, theirs: str, ours: str) -> list[str]:
        """Compare a drawn value with what it was paired with before."""
        wrong = []
        for side, one, other in (("theirs", theirs, ours), ("ours", ours, theirs)):
            known = self.pairs.setdefault((f"{kind} {side}", one), other)
            if known != other:
                wrong.append(f"{kind} {theirs} is {ours}, once {side} {one} was {known}")
        return wrong

    def _differences(self, exchange: Exchange, answer: requests.Response) -> list[str]:
        told = exchange.response
        there, here = told["headers"].get("OC-FileId"), answer.headers.get("OC-FileId")
        if there and here:
            self._learn_id(there, here)
        if "body_base64" in told or (exchange.name, exchange.index) in OPAQUE:
            wrong = [] if answer.status_code == told["status"] else [f"status {answer.status_code}"]
        else:
            wrong = super()._differences(exchange, answer)
        if answer.status_code != told["status"]:
            return wrong
        if (exchange.name, exchange.index) in UNNAMED:
            wrong = [one for one in wrong if not one.startswith("X-User-Id")]
        if exchange.request["method"] in ("LOCK", "UNLOCK"):
            wrong = [one for one in wrong if not one.startswith("error")]
            self._learn_lock(told, answer)
        if exchange.request["path"].startswith("/ocs/"):
            wrong = [one for one in wrong if not one.startswith("/ocs/data/id")]
            self._learn_share(told, answer)
        theirs, ours = told["headers"].get("ETag", ""), answer.headers.get("ETag", "")
        if theirs and exchange.name not in UNFOLLOWED:
            wrong += self.alike("etag", theirs, ours)
        if there or here:
            wrong += self.alike("oc:id", str(there), str(here))
        return wrong

    def _learn_lock(self, told: Json, answer: requests.Response) -> None:
        there, here = told["headers"].get("Lock-Token"), answer.headers.get("Lock-Token")
        if there and here:
            self.words[there] = here

    def _learn_share(self, told: Json, answer: requests.Response) -> None:
        theirs, ours = (json.loads(one)["ocs"]["data"] for one in (told["body"], answer.text))
        if isinstance(theirs, dict) and "id" in theirs:
            self.words[f"shares/{theirs['id']}"] = f"shares/{ours['id']}"

    def _learn_id(self, there: str, here: str) -> None:
        theirs, ours = int(there[:8]), int(here[:8])
        self.words[there] = here
        for before, after in (("files/", "/"), ("versions/", "/"), ("literal>", "<")):
            self.words[f"{before}{theirs}{after}"] = f"{before}{ours}{after}"

    def _one_differs(self, told: etree._Element, said: etree._Element) -> Iterator[str]:
        for one in super()._one_differs(told, said):
            name = one.split(" ")[0]
            if name not in FOLLOWED and name not in PASSING:
                yield one
        for name, kind in FOLLOWED.items():
            there, here = told.findtext(f".//{name}"), said.findtext(f".//{name}")
            if there and here and self.followed:
                yield from self.alike(kind, there, here)
                if kind == "id":
                    self._learn_id(there.zfill(8), here.zfill(8))

    followed: bool = True


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("version", [34, 32])
def test_answers_are_those_recorded(version: int) -> None:
    moment = Moment()
    with CloudStandIn(version=34 if version == 34 else 32, clock=moment) as cloud:
        passwords = seed_network(cloud)
        passwords["admin (account password)"] = passwords["admin"]
        passwords["admin"] = cloud.add_app_password("admin")
        replay = FileReplay(cloud, passwords)
        wrong: list[str] = []
        for name in FILES:
            moment.now += timedelta(seconds=1)
            prepare(cloud, replay, name)
            for exchange in recorded(name, version):
                if (version, name, exchange.index) in MOMENTS:
                    moment.now = datetime.fromtimestamp(MOMENTS[version, name, exchange.index], UTC)
                between(cloud, name, exchange.index)
                if (version, name, exchange.index) in TICKS:
                    moment.now += timedelta(seconds=1)
                skipped = NOT_REPLAYED if version == 34 else NOT_REPLAYED | NOT_ON_32
                if (name, exchange.index) not in skipped:
                    wrong += [f"{exchange}: {one}" for one in replay.send(exchange)]
    assert not wrong, "\n".join(wrong)


def event(uid: str, summary: str) -> bytes:
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OsCartes//FR", "BEGIN:VEVENT", f"UID:{uid}",
        "DTSTAMP:20261123T200000Z", "DTSTART:20261201T180000Z", f"SUMMARY:{summary}",
        "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def prepare(cloud: CloudStandIn, replay: FileReplay, name: str) -> None:
    """What was done between the recordings but not recorded."""
    writing = cloud.further.writing
    replay.followed = name not in UNFOLLOWED
    cloud.further.store.settings.windows_names = name == "105b"
    if name == "100":
        writing.make_folder(BOT, ("Essais",))
        writing.put(BOT, ("image.jpg",), b"x" * 192699)
    if name == "101":
        for parts in (("A",), ("A", "B"), ("C",)):
            writing.make_folder(BOT, ("Essais", *parts))
    if name == "103":
        place, _ = writing.put(BOT, ("Essais", "g.txt"), b"0123456789" * 20)
        digest = hashlib.sha256(place.node.content).hexdigest()
        cloud.further.store.set_mtime(
            place.node, 1795469802 if cloud.core.version == 34 else 1795469799
        )
        place.node.checksum = f"SHA256:{digest}"
    if name == "106":
        cloud.further.trash.bins.clear()
    if name == "114":
        cloud.further.tags._last = 3 if cloud.core.version == 34 else 2
    if name == "110":
        writing.delete(cloud.further.mounts.resolve(BOT, ("Essais", "gros.bin")))
        cloud.put(BOT, "personal", "quota.ics", event("quota@yw", "Réunion"))


def between(cloud: CloudStandIn, name: str, index: int) -> None:
    """What was done within a recording but not recorded."""
    uploads = cloud.further.uploads.uploads
    if name == "108" and index == 1:
        chunks = uploads[BOT, "essai-1"].chunks
        chunks["00001"], chunks["00002"] = b"A" * 5242880, b"B" * 5242880
    upload = {("108", 8): "essai-2", ("108", 14): "essai-3", ("108", 25): "essai-5"}
    if (name, index) in upload:
        uploads[BOT, upload[name, index]] = Upload("6b04b20300000")
    if name == "109" and index == 1:
        cloud.further.shares.share(BOT, "/Essais/l.txt", 0, "alice", 31)


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def cloud(moment: Moment) -> Iterator[CloudStandIn]:
    with CloudStandIn(clock=moment) as standing:
        seed_network(standing)
        yield standing


def ask(
    cloud: CloudStandIn,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    uid: str = BOT,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    """A request below /remote.php/dav/."""
    password = cloud.core.directory.accounts[uid].password
    url = f"{cloud.url}/remote.php/dav/{path}"
    return requests.request(
        method, url, data=body, headers=headers, auth=(uid, password), timeout=10
    )


def etag(cloud: CloudStandIn, path: str, uid: str = BOT) -> str:
    answer = ask(cloud, "PROPFIND", f"files/{uid}/{path}", uid=uid, headers={"Depth": "0"})
    found = etree.fromstring(answer.content).findtext(f".//{ETAG}")
    assert found
    return found


def test_a_second_write_within_a_second_keeps_the_etag(cloud: CloudStandIn, moment: Moment) -> None:
    first = ask(cloud, "PUT", f"files/{BOT}/a.txt", b"un").headers["ETag"]
    assert ask(cloud, "PUT", f"files/{BOT}/a.txt", b"deux").headers["ETag"] == first
    moment.now += timedelta(seconds=1)
    assert ask(cloud, "PUT", f"files/{BOT}/a.txt", b"trois").headers["ETag"] != first


def test_fine_etags_move_with_every_write(cloud: CloudStandIn) -> None:
    cloud.further.store.settings.coarse_etags = False
    first = ask(cloud, "PUT", f"files/{BOT}/a.txt", b"un").headers["ETag"]
    assert ask(cloud, "PUT", f"files/{BOT}/a.txt", b"deux").headers["ETag"] != first


def test_a_change_moves_every_home_that_shows_it(cloud: CloudStandIn) -> None:
    cloud.further.writing.make_folders(BOT, ("A", "B"))
    cloud.further.shares.share(BOT, "/A/B", 1, "gt-outils", 31)
    ask(cloud, "PUT", f"files/{BOT}/A/B/x.txt", b"un")
    before = {uid: etag(cloud, "", uid) for uid in (BOT, "alice", "bob")}
    answer = ask(cloud, "PUT", "files/alice/B/y.txt", b"par alice", uid="alice")
    assert answer.status_code == 201
    after = {uid: etag(cloud, "", uid) for uid in before}
    assert [uid for uid in before if before[uid] != after[uid]] == [BOT, "alice"]
    assert etag(cloud, "A/B/") == etag(cloud, "B/", "alice")


def test_a_locked_file_keeps_its_etag_though_its_holder_writes(
    cloud: CloudStandIn, moment: Moment
) -> None:
    ask(cloud, "PUT", f"files/{BOT}/a.txt", b"un")
    ask(cloud, "LOCK", f"files/{BOT}/a.txt", headers={"X-User-Lock": "1"})
    held = etag(cloud, "a.txt")
    moment.now += timedelta(seconds=1)
    assert ask(cloud, "PUT", f"files/{BOT}/a.txt", b"deux").headers["ETag"] == held
    ask(cloud, "UNLOCK", f"files/{BOT}/a.txt", headers={"X-User-Lock": "1"})
    assert etag(cloud, "a.txt") != held


LOCK = (
    b'<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/>'
    b"</d:locktype></d:lockinfo>"
)


def test_a_lock_by_token_wants_the_token_and_runs_out(cloud: CloudStandIn, moment: Moment) -> None:
    path = f"files/{BOT}/a.txt"
    ask(cloud, "PUT", path, b"un")
    token = ask(cloud, "LOCK", path, LOCK, headers={"Timeout": "Second-60"}).headers["Lock-Token"]
    names = b'<d:propfind xmlns:d="DAV:"><d:prop><d:lockdiscovery/></d:prop></d:propfind>'
    assert token.strip("<>") in ask(cloud, "PROPFIND", path, names).text
    assert ask(cloud, "PUT", path, b"deux").status_code == 423
    assert ask(cloud, "PUT", path, b"deux", headers={"If": f"({token})"}).status_code == 204
    moment.now += timedelta(seconds=61)
    assert ask(cloud, "PUT", path, b"trois").status_code == 204


def test_two_ranges_come_as_two_parts(cloud: CloudStandIn) -> None:
    ask(cloud, "PUT", f"files/{BOT}/a.txt", b"0123456789" * 20)
    headers = {"Range": "bytes=0-4,10-14"}
    answer = ask(cloud, "GET", f"files/{BOT}/a.txt", headers=headers)
    mark = answer.headers["Content-Type"].partition("boundary=")[2]
    parts = answer.text.split(f"--{mark}")
    assert [part.strip().rsplit("\r\n", 1)[-1] for part in parts[1:3]] == ["01234", "01234"]
    assert parts[3].strip() == "--"


def test_a_folder_is_packed_when_asked(cloud: CloudStandIn) -> None:
    cloud.further.writing.make_folders(BOT, ("A", "B"))
    ask(cloud, "PUT", f"files/{BOT}/A/B/x.txt", b"un")
    ask(cloud, "PUT", f"files/{BOT}/A/y.txt", b"deux")
    answer = ask(cloud, "GET", f"files/{BOT}/A/?accept=zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["A/", "A/B/", "A/B/x.txt", "A/y.txt"]
    answer = ask(cloud, "GET", f'files/{BOT}/A/?accept=zip&files=["y.txt"]')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.read("y.txt") == b"deux"


def test_names_come_back_composed_and_escaped_in_lower_case(cloud: CloudStandIn) -> None:
    for name in ("e%CC%81te%CC%81.txt", "a%23b.txt", "%F0%9F%90%9D.txt", "100%25.txt"):
        assert ask(cloud, "PUT", f"files/{BOT}/{name}", b"x").status_code == 201
    listed = ask(cloud, "PROPFIND", f"files/{BOT}/", headers={"Depth": "1"}).text
    for href in ("%c3%a9t%c3%a9.txt", "a%23b.txt", "%f0%9f%90%9d.txt", "100%25.txt"):
        assert f"/{href}</d:href>" in listed


def bulk(*parts: tuple[str, bytes, str]) -> bytes:
    made = b""
    for path, content, digest in parts:
        head = f"X-File-Path: {path}\r\nX-File-MD5: {digest}\r\nContent-Length: {len(content)}"
        made += b"--lim\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return made + b"--lim--\r\n"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


KIND = {"Content-Type": "multipart/related; boundary=lim"}


def test_bulk_answers_for_each_file(cloud: CloudStandIn) -> None:
    body = bulk(("/pas/la.txt", b"x", md5(b"x")), ("/é.txt", b"ok", md5(b"ok")))
    answer = ask(cloud, "POST", "bulk", body, headers=KIND)
    told = answer.json()
    assert answer.status_code == 200
    shown = '"/oscartes-bot/files/pas/la.txt"'
    assert told["/pas/la.txt"] == {"error": True, "message": f"Could not create path {shown}"}
    assert told["/é.txt"]["error"] is False
    assert f'"{told["/é.txt"]["etag"]}"' == etag(cloud, "%C3%A9.txt")


def test_bulk_with_a_wrong_digest_writes_nothing(cloud: CloudStandIn) -> None:
    answer = ask(cloud, "POST", "bulk", bulk(("/a.txt", b"x", "0" * 32)), headers=KIND)
    assert (answer.status_code, answer.json()) == (400, [])
    assert ask(cloud, "GET", f"files/{BOT}/a.txt").status_code == 404


def search(where: str, more: str = "") -> bytes:
    return (
        '<d:searchrequest xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:basicsearch>'
        "<d:select><d:prop><oc:fileid/></d:prop></d:select><d:from><d:scope>"
        f"<d:href>/files/{BOT}</d:href><d:depth>infinity</d:depth></d:scope></d:from>"
        f"<d:where>{where}</d:where>{more}</d:basicsearch></d:searchrequest>"
    ).encode()


def test_search_by_name_or_size_and_not_by_etag(cloud: CloudStandIn) -> None:
    ask(cloud, "PUT", f"files/{BOT}/petit.txt", b"x")
    ask(cloud, "PUT", f"files/{BOT}/grand.txt", b"x" * 99)
    like = "<d:like><d:prop><d:displayname/></d:prop><d:literal>PET%</d:literal></d:like>"
    large = "<d:gt><d:prop><oc:size/></d:prop><d:literal>50</d:literal></d:gt>"
    told = ask(cloud, "SEARCH", "", search(like)).text
    assert ("petit" in told, "grand" in told) == (True, False)
    both = f"<d:and>{large}<d:not><d:is-collection/></d:not></d:and>"
    told = ask(cloud, "SEARCH", "", search(both)).text
    assert ("petit" in told, "grand" in told) == (False, True)
    unknown = "<d:eq><d:prop><d:getetag/></d:prop><d:literal>x</d:literal></d:eq>"
    answer = ask(cloud, "SEARCH", "", search(unknown))
    assert (answer.status_code, answer.text) == (
        400,
        "requested search property is not searchable",
    )


def test_what_a_member_deletes_lies_in_both_bins(cloud: CloudStandIn) -> None:
    cloud.further.writing.make_folders(BOT, ("A",))
    ask(cloud, "PUT", f"files/{BOT}/A/x.txt", b"un")
    cloud.further.shares.share(BOT, "/A", 0, "alice", 31)
    assert ask(cloud, "DELETE", "files/alice/A/x.txt", uid="alice").status_code == 204
    bins = cloud.further.trash.bins
    assert [one.location for one in bins[BOT].values()] == [("A", "x.txt")]
    assert [one.deleted_by for one in bins[BOT].values()] == ["alice"]
    assert len(bins["alice"]) == 1


def test_a_write_with_a_bad_time_is_500_and_written_all_the_same(cloud: CloudStandIn) -> None:
    headers = {"X-OC-MTime": "hier", "OC-Checksum": "MD5:x"}
    assert ask(cloud, "PUT", f"files/{BOT}/a.txt", b"un", headers=headers).status_code == 500
    assert ask(cloud, "GET", f"files/{BOT}/a.txt").content == b"un"


def test_moving_a_folder_keeps_ids_and_moves_both_parents(cloud: CloudStandIn) -> None:
    cloud.further.writing.make_folders(BOT, ("A", "B"))
    cloud.further.writing.make_folders(BOT, ("C",))
    place = cloud.further.mounts.resolve(BOT, ("A", "B"))
    before = [etag(cloud, one) for one in ("A/", "C/")]
    headers = {"Destination": f"{cloud.url}/remote.php/dav/files/{BOT}/C/B/"}
    assert ask(cloud, "MOVE", f"files/{BOT}/A/B/", headers=headers).status_code == 201
    assert cloud.further.mounts.resolve(BOT, ("C", "B")).node is place.node
    after = [etag(cloud, one) for one in ("A/", "C/")]
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False]
