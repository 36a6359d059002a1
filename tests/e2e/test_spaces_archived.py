"""Spaces that are over: laid away, read back, closed; and left alone where any of that fails."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
import requests

from oscartes_sync.sandbox.wiki.seed_groups import GARDENS
from tests.e2e.conftest import BOT, Pair
from tests.e2e.spaces import (
    FOLDER,
    TITLE,
    calendars,
    codes,
    configure,
    edit,
    furnish,
    moves,
    put,
    rights,
    shape,
    spaces,
    teams,
    tree,
)
from tests.fakes.wiki_place import Time

FILE = "Comptes rendus/Été & co.md"
ARCHIVED = ["archive", "share", "calendar-share", "mark"]


@pytest.fixture
def made(dated: Pair, clock: Time) -> Pair:
    """A space with a file in it."""
    furnish(dated)
    spaces(dated, "apply")
    put(dated, FILE, b"Compte rendu.")
    clock.sleep(120)
    return dated


def archives(pair: Pair) -> list[str]:
    return sorted(each for each in tree(pair) if each.startswith("Archives/"))


def content(pair: Pair, path: str) -> zipfile.ZipFile:
    place = pair.cloud.further.mounts.resolve(BOT, tuple(path.split("/")))
    return zipfile.ZipFile(io.BytesIO(place.node.content))


def access(pair: Pair) -> bool:
    """Whether alice's own client may write into the calendar."""
    (uri,) = calendars(pair, "alice")
    url = f"{pair.cloud.url}/remote.php/dav/calendars/alice/{uri}/acces.ics"
    with requests.Session() as session:
        session.trust_env = False
        session.auth = ("alice", "alice")
        event = _EVENT.replace(b"UID:a@x", b"UID:acces@x")
        written = session.put(url, event, headers={"Content-Type": "text/calendar"}, timeout=20)
        session.delete(url, timeout=20)
    return written.status_code in (201, 204)


_EVENT = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//FR\r\nBEGIN:VEVENT\r\nUID:a@x\r\n"
    b"DTSTAMP:20261101T080000Z\r\nDTSTART;VALUE=DATE:20270110\r\nSUMMARY:Semis\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_a_space_is_laid_away_and_closed(made: Pair) -> None:
    (uri,) = calendars(made)
    made.cloud.put(BOT, uri, "semis.ics", _EVENT)
    put(made, "Publié/vide.md", b"")
    assert access(made)
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (0, [])
    assert [(part, status) for _, part, status in moves(report)] == [
        (part, "done") for part in ARCHIVED
    ]
    (path,) = archives(made)
    assert path == f"Archives/2026-11-24 {TITLE}.zip"
    with content(made, path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        told, empty = manifest["files"]
        assert (empty["path"], empty["size"]) == ("Publié/vide.md", 0)
        body = archive.read(f"files/{FILE}")
        assert told["path"] == FILE
        assert told["sha256"] == hashlib.sha256(body).hexdigest()
        assert told["size"] == len(body) == len(b"Compte rendu.")
        assert b"SUMMARY:Semis" in archive.read("calendar.ics")
        assert json.loads(archive.read("entry.json"))["bf_membres"] == "alice"
        assert "Publié" in manifest["folders"]
        assert archive.testzip() is None
    assert rights(made) == {TITLE: 1}
    assert not access(made)
    assert f"{FOLDER}/{FILE}" in tree(made)
    assert (made.wiki.entry(GARDENS) or {})["bf_etat"] == "Archivé le 2026-11-24"


def test_what_is_archived_stays_so_with_or_without_the_state(made: Pair, clock: Time) -> None:
    spaces(made, "archive", TITLE)
    before = shape(made)
    for _ in range(2):
        clock.sleep(120)
        code, report = spaces(made, "apply")
        assert (code, moves(report), codes(report)) == (0, [], [])
        assert report["spaces"][0]["state"] == "archived"
        (made.folder / "oscartes.db").unlink()
    assert shape(made) == before
    code, document = made.json("spaces", "archive", GARDENS)
    assert (code, document["error"]["code"]) == (2, "space-not-archivable")


def test_a_dry_run_shows_it_only(made: Pair) -> None:
    before = shape(made)
    code, report = spaces(made, "archive", GARDENS, "--dry-run")
    assert (code, [part for _, part, _ in moves(report)]) == (0, ARCHIVED)
    assert shape(made) == before


def test_the_end_day_has_to_be_over_in_the_networks_zone(made: Pair, clock: Time) -> None:
    edit(made, bf_fin="2026-11-24")
    assert moves(spaces(made, "apply")[1]) == [("update", "team", "done")]
    # 24 November, 23:30 in Paris; half past midnight an hour later.
    clock.sleep((22 * 60 + 30) * 60 - clock().hour * 3600 - clock().minute * 60)
    assert moves(spaces(made, "plan")[1]) == []
    clock.sleep(3600)
    code, report = spaces(made, "plan")
    assert (code, report["spaces"][0]["state"]) == (0, "ended")
    assert [part for _, part, _ in moves(report)] == ARCHIVED
    assert spaces(made, "apply")[0] == 0
    assert (rights(made), len(archives(made))) == ({TITLE: 1}, 1)
    clock.sleep(120)
    assert moves(spaces(made, "apply")[1]) == []


def test_a_group_that_was_over_before_it_began_is_not_made(dated: Pair) -> None:
    furnish(dated)
    edit(dated, bf_fin="2026-01-31")
    code, report = spaces(dated, "apply")
    assert (code, moves(report), teams(dated)) == (0, [], {})


def test_without_rights_after_the_archive_the_team_sees_nothing(made: Pair) -> None:
    configure(made, after_archive='"none"')
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert (rights(made), calendars(made, "alice")) == ({}, [])
    assert f"{FOLDER}/{FILE}" in tree(made)


def test_two_archives_never_overwrite_each_other(made: Pair) -> None:
    made.cloud.put_file(BOT, f"Archives/2026-11-24 {TITLE}.zip", b"d'avant")
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert archives(made) == [
        f"Archives/2026-11-24 {TITLE} (2).zip",
        f"Archives/2026-11-24 {TITLE}.zip",
    ]
    place = made.cloud.further.mounts.resolve(BOT, ("Archives", f"2026-11-24 {TITLE}.zip"))
    assert place.node.content == b"d'avant"


def test_a_file_that_comes_meanwhile_leaves_the_space_open(made: Pair) -> None:
    made.cloud.faults.interpose(
        lambda: put(made, "Documents de travail/tard.md"), method="PUT", containing="/Archives/"
    )
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (4, ["space-changed-meanwhile"])
    assert [status for _, _, status in moves(report)] == ["failed", "skipped", "skipped", "skipped"]
    assert (rights(made), access(made)) == ({TITLE: 15}, True)
    assert (made.wiki.entry(GARDENS) or {})["bf_etat"] == ""
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert rights(made) == {TITLE: 1}


def test_an_archive_that_reads_back_otherwise_closes_nothing(
    made: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled() -> None:
        (path,) = archives(made)
        node = made.cloud.further.mounts.resolve(BOT, tuple(path.split("/"))).node
        node.content = b"\x00" * len(node.content)

    made.cloud.faults.interpose(spoiled, method="GET", containing="/Archives/")
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (4, ["space-archive-differs"])
    assert rights(made) == {TITLE: 15}


@pytest.mark.parametrize(
    ("method", "containing"),
    [("PROPFIND", "/Comptes"), ("GET", "/Comptes"), ("PUT", "/Archives/"), ("GET", "/Archives/")],
)
def test_a_server_that_breaks_before_the_archive_is_safe_closes_nothing(
    made: Pair, clock: Time, method: str, containing: str
) -> None:
    made.cloud.faults.fail_next(9, status=500, method=method, containing=containing)
    code, report = spaces(made, "archive", GARDENS)
    assert code in (1, 4)
    assert report["problems"]
    assert (rights(made), access(made)) == ({TITLE: 15}, True)
    made.cloud.faults.clear()
    clock.sleep(3700)
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert rights(made) == {TITLE: 1}


def test_a_lost_share_request_is_taken_up_with_the_same_archive(made: Pair, clock: Time) -> None:
    made.cloud.faults.fail_next(cut=True, method="POST", containing="/calendars/")
    assert spaces(made, "archive", GARDENS)[0] == 4
    assert len(archives(made)) == 1
    clock.sleep(60)
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (0, [])
    assert len(archives(made)) == 1
    assert not access(made)


def test_a_file_that_is_open_is_waited_for(made: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from oscartes_sync.adapters.nextcloud.spaces import tree as trees
    from oscartes_sync.errors import Busy

    def locked(*_: object) -> object:
        raise Busy("space-file-locked", path=FILE)

    monkeypatch.setattr(trees, "_children", locked)
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (4, ["space-file-locked"])
    assert rights(made) == {TITLE: 15}


def test_an_orphan_may_be_archived(made: Pair, clock: Time) -> None:
    made.wiki.remove(GARDENS)
    clock.sleep(60)
    code, report = spaces(made, "archive", GARDENS)
    assert (code, [part for _, part, _ in moves(report)]) == (0, ARCHIVED[:-1])
    (path,) = archives(made)
    with content(made, path) as archive:
        assert json.loads(archive.read("entry.json")) == {"id_fiche": GARDENS, "gone": True}
    assert rights(made) == {TITLE: 1}


def test_an_entry_that_is_not_ours_to_write_is_told_and_the_space_is_archived(
    made: Pair, clock: Time
) -> None:
    made.wiki.set_acl(GARDENS, write="AdminDuReseau")
    made.wiki.set_owner(GARDENS, "AdminDuReseau")
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (0, ["wiki-forbidden"])
    assert rights(made) == {TITLE: 1}
    assert report["problems"][0]["severity"] == "warning"


def test_the_word_in_the_entry_asks_for_it(made: Pair, clock: Time) -> None:
    edit(made, bf_etat="archivé")
    code, report = spaces(made, "apply")
    assert (code, [part for _, part, _ in moves(report)]) == (0, ARCHIVED[:-1])
    assert rights(made) == {TITLE: 1}


def test_an_archive_holds_large_files_without_holding_them_in_memory(
    made: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pieces that pass are small, whatever the file is."""
    put(made, "gros.bin", bytes(range(256)) * 20_000)
    sizes: list[int] = []
    real: Callable[..., object] = zipfile._ZipWriteFile.write  # type: ignore[attr-defined]

    def watched(self: object, piece: bytes) -> object:
        sizes.append(len(piece))
        return real(self, piece)

    monkeypatch.setattr(zipfile._ZipWriteFile, "write", watched)  # type: ignore[attr-defined]
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert max(sizes) <= 64 * 1024


def test_an_archive_that_was_deleted_meanwhile_is_made_anew(made: Pair, clock: Time) -> None:
    made.cloud.faults.fail_next(cut=True, method="POST", containing="/calendars/")
    spaces(made, "archive", GARDENS)
    folder = made.cloud.further.mounts.resolve(BOT, ("Archives",)).node
    folder.children.clear()
    clock.sleep(60)
    assert spaces(made, "archive", GARDENS)[0] == 0
    assert len(archives(made)) == 1


@pytest.mark.parametrize("after", ['"read"', '"none"'])
def test_taking_the_mark_out_of_the_entry_opens_the_space_again(
    made: Pair, clock: Time, after: str
) -> None:
    configure(made, after_archive=after)
    edit(made, bf_fin="2026-11-23")
    assert spaces(made, "apply")[0] == 0
    clock.sleep(3700)
    edit(made, bf_etat="")
    assert moves(spaces(made, "apply")[1]) == []
    clock.sleep(60)
    edit(made, bf_etat="", bf_fin="")
    code, report = spaces(made, "apply")
    assert (code, codes(report)) == (0, [])
    assert (rights(made), access(made)) == ({TITLE: 15}, True)
    assert teams(made) == {TITLE: {"alice": 1}}
    clock.sleep(120)
    assert moves(spaces(made, "apply")[1]) == []
    (made.folder / "oscartes.db").unlink()
    report = spaces(made, "apply")[1]
    assert (moves(report), report["spaces"][0]["state"]) == ([], "live")


def test_a_state_from_before_the_archive_learns_of_it(made: Pair, clock: Time) -> None:
    path = made.folder / "oscartes.db"
    before = path.read_bytes()
    spaces(made, "archive", GARDENS)
    path.write_bytes(before)
    clock.sleep(60)
    assert moves(spaces(made, "apply")[1]) == []
    (one,) = made.json("spaces", "list")[1]["spaces"]
    assert one["state"] == "archived"


def test_a_machine_without_room_for_the_archive_closes_nothing(
    made: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    code, report = spaces(made, "archive", GARDENS)
    assert (code, codes(report)) == (4, ["space-no-room-here"])
    assert (rights(made), archives(made)) == ({TITLE: 15}, [])
