"""Files of the stand-in cloud: recordings 100-114 replayed, and what they imply.

The recordings are one session: they are replayed in order on one cloud, with the clock at the
recorded moments. `NOT_REPLAYED` says what is not, and why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_network
from oscartes_sync.sandbox.cloud.files_uploads import Upload
from tests.sandbox.cloud_recordings import BOT, RECORDINGS, Exchange, Json, Replay, recorded

FILES = "100 101 102 103 104 105 105b 106 107 108 109 110 111 112 113 114".split()
NOT_REPLAYED: dict[tuple[str, int], str] = {
    ("103", 4): "its boundary is drawn by lot: own test below",
    ("112", 2): "the order for want of an order is the database's",
    ("103", 17): "an archive of the other kind, broken by the server itself",
    ("108", 1): "its body is cut in the recording: the chunk is put by chunks()",
    ("108", 2): "its body is cut in the recording: the chunk is put by chunks()",
    ("105", 45): "its body is cut in the recording; own test below",
}
OPAQUE = {("112", 4), ("113", 0), ("113", 1), ("113", 2)}
"""Bodies under a wrong Content-Type: statuses alone are compared here, own tests below."""

UNFOLLOWED = {"109", "111"}
"""109: its ETags depend on when a second ended; 111: the folder moved for a reason not told."""

UNNAMED = {("105", 25), ("105", 29)}
"""Answers from before the server named the account: no X-User-Id there."""

TICKS = {("101", 2), ("102", 5), ("102", 11)}
ETAG, FILE_ID, OC_ID = "{DAV:}getetag", "{http://owncloud.org/ns}fileid", "{http://owncloud.org/ns}id"
FOLLOWED = {ETAG: "etag", FILE_ID: "id", OC_ID: "oc:id"}
PASSING = {
    "{http://nextcloud.org/ns}upload_time": "the moment's",
    "{http://nextcloud.org/ns}lock-time": "the moment's",
    "{http://nextcloud.org/ns}lock-token": "drawn by lot",
    "{DAV:}lockdiscovery": "its token is drawn by lot: own test below",
    "{http://nextcloud.org/ns}sharees": "the server names groups twice there",
}
MOMENTS = {
    ("106", 0): 1795469820,
    ("106", 2): 1795469821,
    ("106", 11): 1795469822,
    ("107", 0): 1795469823,
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
    with CloudStandIn(version=version, clock=moment) as cloud:
        passwords = seed_network(cloud)
        passwords["admin (account password)"] = passwords["admin"]
        passwords["admin"] = cloud.add_app_password("admin")
        replay = FileReplay(cloud, passwords)
        wrong: list[str] = []
        for name in FILES:
            moment.now += timedelta(seconds=1)
            prepare(cloud, replay, name)
            for exchange in recorded(name, version):
                if (name, exchange.index) in MOMENTS:
                    moment.now = datetime.fromtimestamp(MOMENTS[name, exchange.index], UTC)
                between(cloud, name, exchange.index)
                if (name, exchange.index) in TICKS:
                    moment.now += timedelta(seconds=1)
                if (name, exchange.index) not in NOT_REPLAYED:
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
        cloud.further.store.set_mtime(place.node, 1795469802)
        place.node.checksum = f"SHA256:{digest}"
    if name == "106":
        cloud.further.trash.bins.clear()
    if name == "114":
        cloud.further.tags._last = 3
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
