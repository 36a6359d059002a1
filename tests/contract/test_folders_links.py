"""Public links over HTTP: made once, read-only, found by our mark, revoked; limits survived."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
import requests

from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.links import Link, Links
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.errors import (
    Forbidden,
    Missing,
    NotKept,
    OutcomeUnknown,
    Overloaded,
    SideError,
    Unavailable,
)
from tests.fakes.folder_world import BOT, HOME, FolderWorld

OFF = {"ocs": {"meta": {"status": "failure", "statuscode": 404, "message": "…"}, "data": []}}
OFTEN = {"ocs": {"meta": {"status": "failure", "statuscode": 429, "message": "…"}, "data": []}}


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[FolderWorld]:
    with FolderWorld(version=request.param) as made:
        yield made


@pytest.fixture
def links(world: FolderWorld) -> Links:
    return opened(world)


def opened(world: FolderWorld, mark: str = "oscartes:noe") -> Links:
    return Links(world.dav, world.folder, mark=mark)


def file(world: FolderWorld, path: str = "Été 100 %.txt", content: bytes = b"bonjour") -> FileSeen:
    world.put(path, content)
    found = Finding(world.dav, world.folder).at(path)
    assert found is not None
    return found


def test_a_link_lets_anybody_read_and_nobody_write(world: FolderWorld, links: Links) -> None:
    seen = file(world)
    link = links.make(seen, "Site du réseau", date(2027, 1, 31))
    assert link == Link(
        id=link.id,
        fileid=seen.fileid,
        full="Documents/Comptes rendus/Été 100 %.txt",
        url=link.url,
        label="Site du réseau",
        expires=date(2027, 1, 31),
        ours=True,
    )
    share = world.cloud.further.mounts.shares[0]
    assert share.label == "Site du réseau [oscartes:noe]"
    assert (share.note, share.password) == ("", "")
    assert not share.permissions & (2 | 4 | 8)
    assert requests.get(link.download, timeout=10).content == b"bonjour"
    assert link.url not in repr(link)


def test_a_link_is_made_once(world: FolderWorld, links: Links) -> None:
    seen = file(world)
    first = links.make(seen, "Site")
    assert links.make(seen, "Site") == first
    again = opened(world)
    listed = again.listed()
    assert listed == (first,)
    assert world.asked(lambda: again.make(seen, present=listed)) == []
    assert world.cloud.requests.count("POST") == 1


def test_another_expiry_keeps_the_address(world: FolderWorld, links: Links) -> None:
    seen = file(world)
    first = links.make(seen)
    for day in (date(2027, 1, 31), None):
        changed = links.make(seen, expires=day)
        assert (changed.url, changed.expires) == (first.url, day)
        assert changed.ours


def test_a_link_follows_its_file(world: FolderWorld, links: Links) -> None:
    link = links.make(file(world, "a.txt"))
    world.move("a.txt", *HOME, "b.txt")
    there = Finding(world.dav, world.folder).at("b.txt")
    assert there is not None
    assert links.make(there, present=links.listed()).id == link.id


def test_all_links_of_a_folder_cost_one_request(world: FolderWorld, links: Links) -> None:
    for path in ("a.txt", "2026/b.txt", "2026/mars/c.txt"):
        links.make(file(world, path))
    world.cloud.further.writing.put(BOT, ("ailleurs.txt",), b"x")
    world.cloud.further.shares.share(BOT, "/ailleurs.txt", 3)
    world.cloud.further.shares.share(BOT, "/Documents/Comptes rendus/a.txt", 3)
    found: list[tuple[Link, ...]] = []
    assert world.asked(lambda: found.append(links.listed())) == ["GET"]
    names = sorted(link.full.rpartition("/")[2] for link in found[0] if link.ours)
    assert names == ["a.txt", "b.txt", "c.txt"]
    assert len(found[0]) == 4
    assert [link.full[-5:] for link in links.listed("2026")] == ["b.txt"]
    with pytest.raises(Missing):
        links.listed("absent")


def test_others_links_are_neither_taken_nor_revoked(world: FolderWorld, links: Links) -> None:
    seen = file(world)
    theirs = opened(world, "autre").make(seen)
    world.cloud.further.shares.share(BOT, f"/{world.folder.full(seen.path)}", 3)
    ours = links.make(seen)
    assert ours.id != theirs.id
    listed = links.listed()
    assert [link.ours for link in listed].count(True) == 1
    for link in listed:
        if not link.ours:
            with pytest.raises(Forbidden):
                links.revoke(link)
    links.revoke(ours)
    assert len(links.listed()) == 2
    links.revoke(ours)


def test_a_link_of_ours_that_lets_people_write_is_not_trusted(
    world: FolderWorld, links: Links
) -> None:
    seen = file(world)
    first = links.make(seen)
    world.cloud.further.mounts.shares[0].permissions = 31
    assert not links.listed()[0].read_only
    second = links.make(seen)
    assert second.id != first.id
    assert second.read_only


def test_a_new_link_that_would_let_people_write_is_revoked(
    world: FolderWorld, links: Links
) -> None:
    seen = file(world)
    made = world.cloud.further.shares._made

    def generous(uid, form):  # type: ignore[no-untyped-def]
        share, mailed = made(uid, form)
        share.permissions = 3
        return share, mailed

    world.cloud.further.shares._made = generous  # type: ignore[method-assign]
    with pytest.raises(NotKept):
        links.make(seen)
    assert world.cloud.further.mounts.shares == []


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_link_is_looked_for(world: FolderWorld, links: Links, *, after: bool) -> None:
    seen = file(world)
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="POST")
    if after:
        assert links.make(seen).ours
    else:
        with pytest.raises(OutcomeUnknown):
            links.make(seen)
    assert len(world.cloud.further.mounts.shares) == after


@pytest.mark.parametrize("inside", [True, False])
def test_the_hourly_limit_is_met_once_and_the_rest_waits(
    world: FolderWorld, links: Links, *, inside: bool
) -> None:
    first, second = file(world, "a.txt"), file(world, "b.txt")
    there = links.make(first)
    if inside:
        body = json.dumps(OFTEN).encode()
        world.cloud.faults.answer_next(body, kind="application/json", method="POST")
    else:
        world.cloud.faults.fail_next(99, status=429, method="POST")
    with pytest.raises(Overloaded):
        links.make(second)
    world.cloud.faults.clear()
    present = links.listed()
    with pytest.raises(Overloaded):
        assert world.asked(lambda: links.make(second, present=present)) == []
    # What is there already is still known.
    assert links.make(first, present=present) == there
    assert opened(world).make(second, present=present).ours


def test_links_that_are_switched_off_and_a_file_that_is_gone_are_told_apart(
    world: FolderWorld, links: Links
) -> None:
    seen = file(world)
    off = json.dumps(OFF).encode()
    world.cloud.faults.answer_next(off, status=404, kind="application/json", method="POST")
    with pytest.raises(Forbidden, match="links-forbidden"):
        links.make(seen, present=())
    world.remove(seen.path)
    with pytest.raises(Missing):
        links.make(seen, present=())
    with pytest.raises(Missing):
        links.make(seen)


def test_a_server_that_is_away_is_away(world: FolderWorld, links: Links) -> None:
    seen = file(world)
    world.cloud.faults.maintenance = True
    with pytest.raises(Unavailable):
        links.make(seen, present=())
    world.cloud.faults.clear()
    for body in (b"<html>Bienvenue</html>", b"{}", b'{"ocs": {"meta": {"statuscode": 200}}}'):
        world.cloud.faults.answer_next(body, method="GET")
        with pytest.raises(SideError):
            links.listed()


def test_a_label_however_long_keeps_the_mark(world: FolderWorld, links: Links) -> None:
    link = links.make(file(world), "mot " * 200)
    assert link.ours
    assert len(world.cloud.further.mounts.shares[0].label) <= 255
