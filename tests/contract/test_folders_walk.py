"""A folder looked at: what one request tells, what is listed, and what proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.walk import Walk, Walked
from oscartes_sync.errors import (
    CredentialsRefused,
    Invalid,
    Missing,
    SideError,
    Unavailable,
    Unexpected,
    Unreachable,
)
from oscartes_sync.sandbox.cloud.files_nodes import Lock
from tests.fakes.folder_world import ALICE, BOT, FILES, HOME, FolderWorld

LISTING = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">{}'
EMPTY = (
    f"<d:response><d:href>{FILES}</d:href><d:propstat><d:prop><oc:fileid>7</oc:fileid>"
    '<d:getetag>"x"</d:getetag><oc:size>{}</oc:size><d:resourcetype><d:collection/>'
    "</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[FolderWorld]:
    with FolderWorld(version=request.param) as made:
        yield made


def paths(walked: Walked) -> list[str]:
    return [seen.path for seen in walked.files]


def only(walked: Walked) -> FileSeen:
    assert len(walked.files) == 1
    return walked.files[0]


def lock(world: FolderWorld, path: str) -> None:
    """What files_lock does, which 32 lacks and whose property 34 shows."""
    node = world.place(path).node
    node.lock = Lock(ALICE, "files_lock/x", False, int(world.clock.now().timestamp()), -60)
    node.etag = world.cloud.further.store.uniqid()
    world.cloud.further.store.climb(node)


def test_a_file_is_seen_as_it_is(world: FolderWorld) -> None:
    number = world.put("2026/Été à Orsay.pdf", b"x" * 31)
    node = world.place("2026/Été à Orsay.pdf").node
    node.checksum = "SHA1:ABC MD5:def"
    tag = world.cloud.further.tags.make("Gouvernance")
    secret = world.cloud.further.tags.make("Interne", visible=False)
    node.tags |= {tag.number, secret.number}
    seen = only(world.walked())
    assert (seen.fileid, seen.path, seen.size) == (number, "2026/Été à Orsay.pdf", 31)
    assert seen.etag == node.quoted_etag
    assert seen.modified == datetime.fromtimestamp(node.mtime, UTC)
    assert seen.media_type == "application/pdf"
    assert seen.checksums == {"SHA1": "abc", "MD5": "def"}
    assert seen.tags == ("Gouvernance",)
    assert seen.owner == BOT
    assert seen.oc_id.startswith(f"{number:08}")
    assert seen.may_write
    assert seen.may_delete
    assert not seen.locked
    assert not seen.mounted
    assert BOT not in repr(seen)


def test_nothing_moved_costs_one_request(world: FolderWorld) -> None:
    world.put("a.txt")
    world.put("2026/janvier/b.txt")
    before = world.walked()
    assert before.listed == {"", "2026", "2026/janvier"}
    told: list[Walked] = []
    assert world.asked(lambda: told.append(world.walked(before))) == ["PROPFIND"]
    assert not told[0].moved
    assert told[0].files == ()
    assert told[0].unmoved == {"", "2026", "2026/janvier"}
    assert told[0].branches == before.branches
    assert not told[0].lacks("a.txt")


def test_only_the_branches_that_moved_are_walked(world: FolderWorld) -> None:
    for path in ("2025/a.txt", "2025/fevrier/b.txt", "2026/c.txt", "2026/mars/d.txt"):
        world.put(path)
    before = world.walked()
    world.put("2026/mars/e.txt")
    told: list[Walked] = []
    cost = world.asked(lambda: told.append(world.walked(before)))
    after = told[0]
    assert len(cost) == 4  # the folder, its listing, 2026, 2026/mars
    assert paths(after) == ["2026/c.txt", "2026/mars/d.txt", "2026/mars/e.txt"]
    assert after.unmoved == {"2025", "2025/fevrier"}
    assert after.listed == {"", "2026", "2026/mars"}
    assert not after.lacks("2025/fevrier/b.txt")
    assert after.lacks("2026/mars/f.txt")
    assert not world.walked(after).moved


def test_sub_folders_count_only_where_they_shall(world: FolderWorld) -> None:
    world.put("a.txt")
    world.put("2026/b.txt")
    assert paths(world.walked(deep=False)) == ["a.txt"]


def test_a_rename_a_move_and_a_copy_are_told_by_the_file_id(world: FolderWorld) -> None:
    number = world.put("a.txt")
    before = world.walked()
    world.put("2026/x.txt")
    world.move("a.txt", *HOME, "2026", "b.txt")
    world.cloud.further.writing.copy(world.place("2026/b.txt"), (*HOME, "copie.txt"))
    after = world.walked(before)
    by_path = {seen.path: seen.fileid for seen in after.files}
    assert by_path["2026/b.txt"] == number
    assert by_path["copie.txt"] != number
    assert after.lacks("a.txt")


def test_what_is_never_mirrored_is_left_out_and_told(world: FolderWorld) -> None:
    for path in (".cache/a.txt", ".~lock.b.odt#", "~$c.docx", "Thumbs.db", "d.tmp", "e.txt"):
        world.put(path)
    walked = world.walked()
    assert paths(walked) == ["e.txt"]
    assert walked.left_out == {
        ".cache": "file-hidden",
        ".~lock.b.odt#": "file-of-an-editor",
        "~$c.docx": "file-of-an-editor",
        "Thumbs.db": "file-of-a-system",
        "d.tmp": "file-temporary",
    }
    assert walked.listed == {""}


def test_a_locked_file_is_looked_at_again_though_its_etag_stays() -> None:
    with FolderWorld() as world:
        world.put("2026/a.txt", b"un")
        world.put("2025/b.txt")
        lock(world, "2026/a.txt")
        before = world.walked()
        locked = next(seen for seen in before.files if seen.path == "2026/a.txt")
        assert locked.locked
        assert before.branches["2026"] == before.branches[""] == ""
        assert before.branches["2025"]
        world.put("2026/a.txt", b"deux et plus")
        after = world.walked(before)
        again = next(seen for seen in after.files if seen.path == "2026/a.txt")
        assert again.etag == locked.etag
        assert again.token != locked.token
        assert after.unmoved == {"2025"}


def test_two_contents_of_one_second_differ_by_their_tokens(world: FolderWorld) -> None:
    world.put("a.txt", b"un")
    world.place("a.txt").node.checksum = "SHA1:abc"
    before = only(world.walked())
    world.cloud.further.writing.put(BOT, (*HOME, "a.txt"), b"22")
    after = only(world.walked())
    assert after.etag == before.etag
    assert after.token != before.token


def test_a_share_inside_is_followed_and_marked(world: FolderWorld) -> None:
    world.cloud.further.writing.make_folders(ALICE, ("Prêt",))
    world.cloud.further.writing.put(ALICE, ("Prêt", "a.txt"), b"un")
    share = world.cloud.further.shares.share(ALICE, "/Prêt", 0, BOT, 1)
    share.targets[BOT] = (*HOME, "Prêt")
    before = world.walked()
    seen = only(before)
    assert (seen.path, seen.mounted, seen.may_write) == ("Prêt/a.txt", True, False)
    world.clock.sleep(1)
    world.cloud.further.writing.put(ALICE, ("Prêt", "a.txt"), b"deux")
    assert only(world.walked(before)).size == 4


def test_a_folder_of_another_named_after_the_login_is_not_asked_for(world: FolderWorld) -> None:
    assert world.folder.branch() == FILES
    assert Folder.at(world.dav.address, BOT, "").branch() == f"/remote.php/dav/files/{BOT}/"


def test_a_missing_folder_and_a_file_in_its_place_are_said(world: FolderWorld) -> None:
    walk = Walk(world.dav)
    gone = Folder.at(world.dav.address, BOT, "/Nulle part/")
    for remembered in ({}, {"": '"x"'}):
        with pytest.raises(Missing) as caught:
            walk.look(gone, remembered)
        assert (caught.value.code, caught.value.params) == (
            "folder-missing", {"folder": "Nulle part"},
        )  # fmt: skip
    world.put("a.txt")
    taken = Folder.at(world.dav.address, BOT, "/".join((*HOME, "a.txt")))
    for remembered in ({}, {"": '"x"'}):
        with pytest.raises(Invalid, match="folder-is-a-file"):
            walk.look(taken, remembered)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>Bienvenue</html>", Unexpected),
        (LISTING.format(EMPTY.format(31)).encode(), Unexpected),  # cut within the XML
        (f"{LISTING.format('')}</d:multistatus>".encode(), Unexpected),  # not even itself
        (f"{LISTING.format(EMPTY.format(31))}</d:multistatus>".encode(), Unexpected),
    ],
)
def test_an_answer_that_is_not_whole_is_no_empty_folder(
    world: FolderWorld, body: bytes, kind: type[SideError]
) -> None:
    world.put("a.txt")
    before = world.walked()
    world.put("b.txt")
    world.cloud.faults.answer_next(body, status=207, kind="application/xml", method="PROPFIND", n=9)
    for remembered in (None, before):
        with pytest.raises(kind):
            world.walked(remembered)


def test_a_folder_that_is_empty_indeed_is_empty(world: FolderWorld) -> None:
    number = world.put("a.txt")
    before = world.walked()
    world.remove("a.txt")
    after = world.walked(before)
    assert after.moved
    assert after.files == ()
    assert after.lacks("a.txt")
    assert Finding(world.dav, world.folder).find(number).where is Where.BINNED


def test_a_cut_answer_is_asked_for_again_and_then_given_up(world: FolderWorld) -> None:
    world.put("a.txt")
    world.cloud.faults.fail_next(2, truncate=True, method="PROPFIND")
    assert paths(world.walked()) == ["a.txt"]
    world.cloud.faults.fail_next(9, truncate=True, method="PROPFIND")
    with pytest.raises(Unreachable):
        world.walked()


def test_maintenance_and_a_lost_password_are_what_they_are(world: FolderWorld) -> None:
    world.cloud.faults.maintenance = True
    with pytest.raises(Unavailable, match="cloud-maintenance"):
        world.walked()
    world.cloud.faults.clear()
    world.cloud.faults.fail_next(status=401)
    with pytest.raises(CredentialsRefused):
        world.walked()


def test_a_branch_that_cannot_be_read_is_unsure_and_the_others_go_on(world: FolderWorld) -> None:
    world.put("2025/a.txt")
    world.put("2026/b.txt")
    before = world.walked()
    world.put("2026/c.txt")
    world.put("2025/d.txt")
    world.cloud.faults.fail_next(9, status=423, method="PROPFIND", containing="/2026")
    after = world.walked(before)
    assert after.unsure == {"2026"}
    assert paths(after) == ["2025/a.txt", "2025/d.txt"]
    assert not after.lacks("2026/b.txt")
    world.cloud.faults.clear()
    again = world.walked(after)
    assert paths(again) == ["2026/b.txt", "2026/c.txt"]
    assert again.unmoved == {"2025"}


def test_a_file_is_found_wherever_it_went(world: FolderWorld) -> None:
    finding = Finding(world.dav, world.folder)
    number = world.put("a.txt")
    known = only(world.walked())
    found = finding.find(number, known)
    assert (found.where, found.seen) == (Where.INSIDE, known)
    world.put("2026/x.txt")
    world.move("a.txt", *HOME, "2026", "Été.txt")
    found = finding.find(number, known)
    assert found.where is Where.INSIDE
    assert found.seen is not None
    assert found.seen.path == "2026/Été.txt"
    world.move("2026/Été.txt", "Documents", "ailleurs.txt")
    found = finding.find(number, known)
    assert found.where is Where.OUTSIDE
    assert found.seen is not None
    assert found.seen.path == "Documents/ailleurs.txt"


def test_what_is_deleted_is_in_the_bin_and_then_nowhere(world: FolderWorld) -> None:
    finding = Finding(world.dav, world.folder)
    number = world.put("a.txt")
    known = only(world.walked())
    world.remove("a.txt")
    found = finding.find(number, known)
    assert found.where is Where.BINNED
    assert found.binned is not None
    assert found.binned.location == "Documents/Comptes rendus/a.txt"
    world.cloud.further.trash.bins.clear()
    assert Finding(world.dav, world.folder).find(number, known).where is Where.GONE


def test_many_vanished_files_cost_one_look_into_the_bin(world: FolderWorld) -> None:
    numbers = [world.put(f"{name}.txt") for name in "abc"]
    for name in "abc":
        world.remove(f"{name}.txt")
    finding = Finding(world.dav, world.folder)
    cost = world.asked(lambda: [finding.find(number) for number in numbers])
    assert sorted(cost) == ["PROPFIND", "SEARCH", "SEARCH", "SEARCH"]


def test_what_went_with_its_folder_is_in_the_bin(world: FolderWorld) -> None:
    number = world.put("2026/a.txt")
    known = only(world.walked())
    world.remove("2026")
    found = Finding(world.dav, world.folder).find(number, known)
    assert found.where is Where.BINNED
    assert found.binned is not None
    assert found.binned.branch


def test_a_replaced_file_is_another_though_its_name_stays(world: FolderWorld) -> None:
    number = world.put("a.txt")
    known = only(world.walked())
    world.remove("a.txt")
    other = world.put("a.txt")
    assert only(world.walked()).fileid == other
    assert Finding(world.dav, world.folder).find(number, known).where is Where.BINNED


def test_the_end_of_a_share_proves_nothing(world: FolderWorld) -> None:
    world.cloud.further.writing.make_folders(ALICE, ("Prêt",))
    place, _ = world.cloud.further.writing.put(ALICE, ("Prêt", "a.txt"), b"un")
    share = world.cloud.further.shares.share(ALICE, "/Prêt", 0, BOT, 31)
    share.targets[BOT] = (*HOME, "Prêt")
    known = only(world.walked())
    finding = Finding(world.dav, world.folder)
    world.cloud.further.mounts.shares.remove(share)
    assert finding.find(place.node.number, known).where is Where.UNSURE
    world.cloud.further.mounts.shares.append(share)
    world.cloud.further.trash.bin(world.cloud.further.mounts.resolve(ALICE, ("Prêt", "a.txt")))
    world.cloud.further.trash.bins.clear()
    assert finding.find(place.node.number, known).where is Where.GONE


@pytest.mark.parametrize("fault", [{"truncate": True}, {"status": 503}, {"status": 500}])
def test_a_search_that_fails_finds_nothing_gone(
    world: FolderWorld, fault: dict[str, object]
) -> None:
    number = world.put("a.txt")
    world.cloud.faults.fail_next(9, method="SEARCH", **fault)  # type: ignore[arg-type]
    with pytest.raises(SideError):
        Finding(world.dav, world.folder).find(number)


def test_an_empty_search_alone_is_no_proof(world: FolderWorld) -> None:
    number = world.put("a.txt")
    known = only(world.walked())
    body = f"{LISTING.format('')}</d:multistatus>".encode()
    world.cloud.faults.answer_next(body, status=207, kind="application/xml", method="SEARCH")
    assert Finding(world.dav, world.folder).find(number, known).where is Where.INSIDE


def test_a_change_during_the_walk_is_seen_by_the_next(world: FolderWorld) -> None:
    world.put("2025/a.txt")
    world.put("2026/b.txt")
    before = world.walked()
    world.put("2026/c.txt")
    world.cloud.faults.interpose(
        lambda: world.put("2025/d.txt") and None, method="PROPFIND", containing="/2026"
    )
    during = world.walked(before)
    assert "2025/d.txt" not in paths(during)
    assert "2025/d.txt" in paths(world.walked(during))
