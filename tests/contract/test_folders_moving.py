"""Folders made, files moved, deleted and brought back, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.errors import (
    Busy,
    Forbidden,
    Invalid,
    Missing,
    Moved,
    OutcomeUnknown,
    SideError,
    Taken,
)
from oscartes_sync.sandbox.cloud.files_nodes import Lock
from tests.fakes.folder_world import ALICE, BOT, HOME, FolderWorld


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[FolderWorld]:
    with FolderWorld(version=request.param) as made:
        yield made


@pytest.fixture
def moving(world: FolderWorld) -> Moving:
    return Moving(world.dav, world.folder)


def seen(world: FolderWorld, path: str) -> FileSeen:
    found = Finding(world.dav, world.folder).at(path)
    assert found is not None
    return found


def test_folders_are_made_as_deep_as_needed(world: FolderWorld, moving: Moving) -> None:
    assert world.asked(lambda: moving.make_folders("2026/été/CR")) == ["MKCOL"] * 5
    assert world.place("2026/été/CR").node.folder
    # What is there costs one look at it.
    assert world.asked(lambda: moving.make_folders("2026/été/CR")) == ["MKCOL", "PROPFIND"]
    whole = Moving(world.dav, Folder.at(world.dav.address, BOT, "Neuf/Dossier"))
    whole.make_folders()
    assert world.cloud.further.mounts.find(BOT, ("Neuf", "Dossier"))


def test_a_file_that_bears_a_folder_s_name_is_said(world: FolderWorld, moving: Moving) -> None:
    world.put("2026", b"un fichier")
    with pytest.raises(Taken, match="folder-name-taken"):
        moving.make_folders("2026")
    with pytest.raises(SideError):
        moving.make_folders("2026/CR")


@pytest.mark.parametrize("after", [True, False])
def test_a_folder_whose_making_was_lost_is_looked_for(
    world: FolderWorld, moving: Moving, *, after: bool
) -> None:
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="MKCOL")
    if after:
        moving.make_folders("2026")
    else:
        with pytest.raises(OutcomeUnknown):
            moving.make_folders("2026")


def test_no_folder_is_made_where_we_may_not(world: FolderWorld, moving: Moving) -> None:
    world.cloud.further.writing.make_folders(ALICE, ("Prêt",))
    share = world.cloud.further.shares.share(ALICE, "/Prêt", 0, BOT, 1)
    share.targets[BOT] = (*HOME, "Prêt")
    with pytest.raises(Forbidden):
        moving.make_folders("Prêt/CR")


def test_a_file_moves_and_stays_itself(world: FolderWorld, moving: Moving) -> None:
    number = world.put("a.txt", b"un")
    moving.make_folders("2026")
    kept = moving.move(seen(world, "a.txt"), "2026/Compte rendu 100 %.txt")
    there = seen(world, "2026/Compte rendu 100 %.txt")
    assert (kept.fileid, kept.etag) == (number, there.etag)
    assert there.fileid == number
    assert moving.move(there, there.path).etag == there.etag
    assert moving.move(there, "2026/compte rendu 100 %.txt").fileid == number


def test_a_move_overwrites_nothing_and_moves_what_was_seen(
    world: FolderWorld, moving: Moving
) -> None:
    world.put("a.txt", b"un")
    world.put("b.txt", b"deux")
    before = seen(world, "a.txt")
    with pytest.raises(Taken, match="cloud-exists"):
        moving.move(before, "b.txt")
    with pytest.raises(Missing):
        moving.move(before, "pas/là.txt")
    world.put("a.txt", b"trois")
    with pytest.raises(Moved):
        moving.move(before, "c.txt")
    world.remove("a.txt")
    with pytest.raises(Missing):
        moving.move(before, "c.txt")
    assert world.content("b.txt") == b"deux"


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_move_is_looked_for(world: FolderWorld, moving: Moving, *, after: bool) -> None:
    number = world.put("a.txt")
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="MOVE")
    if after:
        assert moving.move(seen(world, "a.txt"), "b.txt").fileid == number
    else:
        with pytest.raises(OutcomeUnknown):
            moving.move(seen(world, "a.txt"), "b.txt")
    assert world.cloud.requests.count("MOVE") == 1


def test_a_name_that_is_refused_and_a_file_that_is_held_are_said(
    world: FolderWorld, moving: Moving
) -> None:
    world.put("a.txt")
    with pytest.raises(Invalid, match="file-name-refused"):
        moving.move(seen(world, "a.txt"), "x.part")
    node = world.place("a.txt").node
    node.lock = Lock(ALICE, "files_lock/x", False, int(world.clock.now().timestamp()), -60)
    for act in (lambda: moving.move(seen(world, "a.txt"), "b.txt"),):
        with pytest.raises(Busy):
            act()
    with pytest.raises(Busy):
        moving.delete(seen(world, "a.txt"))


def test_a_deleted_file_is_in_the_bin_and_comes_back(world: FolderWorld, moving: Moving) -> None:
    number = world.put("2026/a.txt", b"un")
    known = seen(world, "2026/a.txt")
    moving.delete(known)
    assert world.walked().files == ()
    found = moving.restore(number, known)
    assert found.where is Where.INSIDE
    assert found.seen is not None
    assert (found.seen.path, found.seen.fileid) == ("2026/a.txt", number)
    assert world.content("2026/a.txt") == b"un"


def test_what_comes_back_beside_another_has_another_name(
    world: FolderWorld, moving: Moving
) -> None:
    number = world.put("a.txt", b"un")
    moving.delete(seen(world, "a.txt"))
    world.put("a.txt", b"deux")
    found = moving.restore(number)
    assert found.seen is not None
    assert found.seen.path == "a (restored).txt"


def test_what_went_with_its_folder_comes_back_with_it(world: FolderWorld, moving: Moving) -> None:
    number = world.put("2026/a.txt", b"un")
    known = seen(world, "2026/a.txt")
    world.remove("2026")
    found = moving.restore(number, known)
    assert found.where is Where.INSIDE
    assert found.seen == known


def test_what_is_not_in_the_bin_cannot_come_back(world: FolderWorld, moving: Moving) -> None:
    number = world.put("a.txt")
    moving.delete(seen(world, "a.txt"))
    world.cloud.further.trash.bins.clear()
    with pytest.raises(Missing, match="file-not-in-bin"):
        moving.restore(number)


def test_a_version_that_nobody_saw_is_not_deleted(world: FolderWorld, moving: Moving) -> None:
    world.put("a.txt", b"un")
    before = seen(world, "a.txt")
    world.put("a.txt", b"deux")
    with pytest.raises(Moved):
        moving.delete(before)
    assert world.content("a.txt") == b"deux"
    world.remove("a.txt")
    moving.delete(before)


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_deletion_and_a_lost_return_are_looked_for(
    world: FolderWorld, moving: Moving, *, after: bool
) -> None:
    number = world.put("a.txt")
    known = seen(world, "a.txt")
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="DELETE")
    if not after:
        with pytest.raises(OutcomeUnknown):
            moving.delete(known)
        return
    moving.delete(known)
    world.cloud.faults.fail_next(cut=True, after_executing=True, method="MOVE")
    assert moving.restore(number, known).where is Where.INSIDE
    moving.delete(seen(world, "a.txt"))
    world.cloud.faults.fail_next(cut=True, method="MOVE")
    with pytest.raises(OutcomeUnknown):
        moving.restore(number, known)
