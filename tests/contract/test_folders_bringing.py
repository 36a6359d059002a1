"""Many files brought to disk over HTTP: small ones together, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from oscartes_sync.adapters.nextcloud.folders.bringing import Bringing
from oscartes_sync.adapters.nextcloud.folders.incoming import Incoming
from oscartes_sync.errors import Moved, NotKept, SideError, Unavailable
from oscartes_sync.sandbox.cloud.messages import Refusal, Reply, Request
from tests.fakes.folder_world import FolderWorld

BIG = bytes(range(256)) * 5000
"""More than what comes in an archive."""


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[FolderWorld]:
    with FolderWorld(version=request.param) as made:
        yield made


def fill(world: FolderWorld, count: int = 5, branch: str = "") -> dict[str, bytes]:
    content = {f"{branch}Été {number}.txt": f"n°{number}".encode() for number in range(count)}
    for path, each in content.items():
        world.put(path, each)
    return content


def wanted(world: FolderWorld, to: Path) -> list[Incoming]:
    """All files of the folder, as they are seen now."""
    found = [Incoming.of(seen, to / seen.path) for seen in world.walked().files]
    for one in found:
        one.to.parent.mkdir(parents=True, exist_ok=True)
    return found


def bring(
    world: FolderWorld, files: list[Incoming], at_once: int = 4
) -> dict[str, SideError | None]:
    told: dict[str, SideError | None] = {}
    bringing = Bringing(world.dav, world.folder, world.clock, at_once=at_once)
    bringing.bring_all(files, lambda incoming, error: told.update({incoming.path: error}))
    return told


def on_disk(folder: Path) -> dict[str, bytes]:
    """Every file there, parts of some included."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def altered(world: FolderWorld, **changes: Any) -> None:
    """Have each archive answered otherwise."""
    room = world.cloud.further.files
    served = room._get

    def answer(request: Request, tree: Any, place: Any) -> Reply:
        reply = served(request, tree, place)
        return replace(reply, **changes) if place.node.folder else reply

    room._get = answer  # type: ignore[method-assign]


def gets(world: FolderWorld) -> int:
    return world.cloud.requests.count("GET")


def test_small_files_come_together(world: FolderWorld, tmp_path: Path) -> None:
    content = fill(world) | fill(world, 4, "Énergie/")
    files = wanted(world, tmp_path)
    cost = world.asked(lambda: bring(world, files))
    assert on_disk(tmp_path) == content
    # A look at each branch before and after, and what is in it between them.
    assert cost == ["PROPFIND", "GET", "PROPFIND"] * 2


def test_a_file_has_the_time_it_has_in_the_cloud(world: FolderWorld, tmp_path: Path) -> None:
    fill(world, 2)
    world.put("a.bin", BIG)
    files = wanted(world, tmp_path)
    bring(world, files)
    assert [one.to.stat().st_mtime for one in files] == [one.modified.timestamp() for one in files]


def test_large_files_come_one_by_one_and_several_at_once(
    world: FolderWorld, tmp_path: Path
) -> None:
    content = {f"{number}.bin": bytes([number]) + BIG for number in range(7)}
    for path, each in content.items():
        world.put(path, each)
    told = bring(world, wanted(world, tmp_path))
    assert list(told.items()) == [(path, None) for path in content]
    assert on_disk(tmp_path) == content
    assert gets(world) == 7


def test_many_names_are_asked_for_in_several_requests(world: FolderWorld, tmp_path: Path) -> None:
    content = {f"{number:03}{'é' * 60}.txt": b"%d" % number for number in range(30)}
    for path, each in content.items():
        world.put(path, each)
    bring(world, wanted(world, tmp_path))
    assert on_disk(tmp_path) == content
    assert gets(world) == 3


def test_a_file_that_changed_since_is_told_and_the_others_come(
    world: FolderWorld, tmp_path: Path
) -> None:
    content = fill(world)
    files = wanted(world, tmp_path)
    world.put("Été 3.txt", b"n\xc2\xb0x")
    told = bring(world, files)
    assert isinstance(told.pop("Été 3.txt"), Moved)
    assert set(told.values()) == {None}
    del content["Été 3.txt"]
    assert on_disk(tmp_path) == content


def test_a_file_that_changes_while_it_is_packed_is_not_taken_for_the_one_before(
    world: FolderWorld, tmp_path: Path
) -> None:
    content = fill(world)
    files = wanted(world, tmp_path)
    world.cloud.faults.interpose(
        lambda: world.put("Été 3.txt", b"n\xc2\xb0x") and None, method="GET"
    )
    told = bring(world, files)
    assert isinstance(told.pop("Été 3.txt"), Moved)
    del content["Été 3.txt"]
    assert on_disk(tmp_path) == content


def test_a_checksum_that_does_not_fit_leaves_nothing_behind(
    world: FolderWorld, tmp_path: Path
) -> None:
    content = fill(world)
    world.put("a.bin", BIG)
    wrong = hashlib.sha256(b"autre").hexdigest()
    for path in ("Été 1.txt", "a.bin"):
        world.place(path).node.checksum = f"SHA256:{wrong}"
    (tmp_path / "a.bin").write_bytes(b"avant")
    told = bring(world, wanted(world, tmp_path))
    assert {path for path, error in told.items() if isinstance(error, NotKept)} == {
        "a.bin",
        "Été 1.txt",
    }
    del content["Été 1.txt"]
    assert on_disk(tmp_path) == content | {"a.bin": b"avant"}


def packed(**files: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.txt", content)
    return memory.getvalue()


BROKEN = packed(a=b"aaaa", b=b"bbbb").replace(b"bbbb", b"bxbb", 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"This is the WebDAV interface.",
        packed(a=b"aaaa")[:-9],
        packed(a=b"a", autre=b"bbbb"),
        BROKEN,
        packed(a=b"a" * 10_000),
    ],
    ids=["nothing", "page", "cut", "other sizes and names", "wrong sum", "too much"],
)
def test_what_is_no_archive_of_what_was_wanted_is_left_to_get(
    world: FolderWorld, tmp_path: Path, body: bytes
) -> None:
    content = {f"{letter}.txt": letter.encode() * 4 for letter in "abcd"}
    for path, each in content.items():
        world.put(path, each)
    altered(world, body=body)
    assert set(bring(world, wanted(world, tmp_path)).values()) == {None}
    assert on_disk(tmp_path) == content


def test_an_archive_that_is_refused_is_left_to_get(world: FolderWorld, tmp_path: Path) -> None:
    content = fill(world)
    room = world.cloud.further.files
    served = room._get

    def closed(request: Request, tree: Any, place: Any) -> Reply:
        if place.node.folder:
            raise Refusal(403, "Sabre\\DAV\\Exception\\Forbidden", "")
        return served(request, tree, place)

    room._get = closed  # type: ignore[method-assign]
    assert set(bring(world, wanted(world, tmp_path)).values()) == {None}
    assert on_disk(tmp_path) == content
    assert gets(world) == 1 + len(content)


def test_the_names_wanted_and_no_others_are_packed(world: FolderWorld, tmp_path: Path) -> None:
    fill(world, 6)
    world.put("a.bin", BIG)
    queries: list[str] = []
    room = world.cloud.further.files
    served = room._get

    def noted(request: Request, tree: Any, place: Any) -> Reply:
        queries.append(request.query)
        return served(request, tree, place)

    room._get = noted  # type: ignore[method-assign]
    bring(world, wanted(world, tmp_path)[1:5])
    assert [json.loads(parse_qs(query)["files"][0]) for query in queries] == [
        [f"Été {number}.txt" for number in range(4)]
    ]


def test_a_large_file_that_was_cut_goes_on_where_it_was(world: FolderWorld, tmp_path: Path) -> None:
    world.put("a.bin", BIG)
    world.cloud.faults.fail_next(2, truncate=True, method="GET")
    before = world.dav.transport.traffic().bytes
    files = wanted(world, tmp_path)
    looked = world.dav.transport.traffic().bytes - before
    bring(world, files)
    assert on_disk(tmp_path) == {"a.bin": BIG}
    assert world.dav.transport.traffic().bytes - before - looked == len(BIG)


def test_a_server_that_is_lost_stops_all_and_leaves_no_parts(
    world: FolderWorld, tmp_path: Path
) -> None:
    for number in range(5):
        world.put(f"{number}.bin", BIG)
    files = wanted(world, tmp_path)
    world.cloud.faults.fail_next(99, status=503, method="GET", containing="/2.bin")
    with pytest.raises(Unavailable):
        bring(world, files, at_once=1)
    assert set(on_disk(tmp_path)) == {"0.bin", "1.bin"}


def test_a_few_files_are_not_worth_an_archive(world: FolderWorld, tmp_path: Path) -> None:
    content = fill(world, 3)
    files = wanted(world, tmp_path)
    assert world.asked(lambda: bring(world, files)) == ["GET"] * 3
    assert on_disk(tmp_path) == content
    assert world.asked(lambda: bring(world, [])) == []
