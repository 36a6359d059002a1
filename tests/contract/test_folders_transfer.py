"""Files read and sent over HTTP: in pieces, once, and whatever breaks on the way."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator

import pytest

from oscartes_sync.adapters.nextcloud.folders.bulk import offers_bulk
from oscartes_sync.adapters.nextcloud.folders.finding import Finding
from oscartes_sync.adapters.nextcloud.folders.landing import Kept, Outgoing
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.reading import Download, Reading
from oscartes_sync.adapters.nextcloud.folders.seen import FileSeen
from oscartes_sync.adapters.nextcloud.folders.sending import Sending
from oscartes_sync.adapters.nextcloud.ocs import Ocs
from oscartes_sync.errors import (
    Busy,
    Forbidden,
    Full,
    Invalid,
    Missing,
    Moved,
    NotKept,
    OutcomeUnknown,
    Overloaded,
    SideError,
    Taken,
    Unavailable,
    Unexpected,
    Unreachable,
)
from oscartes_sync.sandbox.cloud.files_nodes import Lock
from tests.fakes.folder_world import ALICE, BOT, HOME, WHEN, FolderWorld, outgoing

BIG = bytes(range(256)) * 1000
CHUNK = 100_000
"""In these tests; the last of three has 56,000 bytes."""


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[FolderWorld]:
    with FolderWorld(version=request.param) as made:
        yield made


@pytest.fixture
def sending(world: FolderWorld) -> Sending:
    return Sending(world.dav, world.folder, world.clock, chunk=CHUNK)


@pytest.fixture
def finding(world: FolderWorld) -> Finding:
    return Finding(world.dav, world.folder)


def seen_at(finding: Finding, path: str) -> FileSeen:
    seen = finding.at(path)
    assert seen is not None
    return seen


def whole(download: Download) -> bytes:
    return b"".join(download)


def puts(world: FolderWorld, containing: str = "") -> int:
    return world.cloud.requests.count("PUT", containing)


# Reading


def test_a_file_comes_in_pieces_with_its_digest(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    told: list[tuple[int, int]] = []
    download = Reading(world.dav, world.folder, world.clock).read(
        "a.bin", progress=lambda done, size: told.append((done, size))
    )
    pieces = list(download)
    assert b"".join(pieces) == BIG
    assert max(map(len, pieces)) <= 64 * 1024
    assert download.sha256 == hashlib.sha256(BIG).hexdigest()
    assert (download.size, download.etag) == (len(BIG), world.place("a.bin").node.quoted_etag)
    assert told[-1] == (len(BIG), len(BIG))
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_an_empty_file_is_read(world: FolderWorld) -> None:
    world.put("vide.txt", b"")
    download = Reading(world.dav, world.folder, world.clock).read("vide.txt")
    assert whole(download) == b""
    assert download.size == 0


def test_a_read_that_was_cut_goes_on_where_it_was(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    world.cloud.faults.fail_next(2, truncate=True, method="GET")
    world.cloud.faults.fail_next(cut=True, method="GET")
    before = world.dav.transport.traffic().bytes
    download = Reading(world.dav, world.folder, world.clock).read("a.bin")
    assert whole(download) == BIG
    assert download.sha256 == hashlib.sha256(BIG).hexdigest()
    # What had come was not asked for again.
    assert world.dav.transport.traffic().bytes - before == len(BIG)


def test_a_read_that_is_cut_without_end_is_given_up(world: FolderWorld) -> None:
    world.put("a.bin", b"x")
    world.cloud.faults.fail_next(99, truncate=True, method="GET")
    with pytest.raises(Unreachable):
        whole(Reading(world.dav, world.folder, world.clock).read("a.bin"))
    assert world.cloud.requests.count("GET") == 6


def test_a_file_that_changed_meanwhile_is_not_patched_together(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    world.cloud.faults.fail_next(truncate=True, method="GET")
    download = iter(Reading(world.dav, world.folder, world.clock).read("a.bin"))
    next(download)
    world.put("a.bin", BIG[::-1])
    with pytest.raises(Moved):
        list(download)


def test_another_version_than_the_one_wanted_is_not_read(world: FolderWorld) -> None:
    world.put("a.bin", b"un")
    with pytest.raises(Moved):
        whole(Reading(world.dav, world.folder, world.clock).read("a.bin", '"autre"'))
    with pytest.raises(Missing):
        whole(Reading(world.dav, world.folder, world.clock).read("absent.bin"))


def test_a_server_that_knows_no_ranges_is_read_from_the_beginning(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    download = Reading(world.dav, world.folder, world.clock).read("a.bin")
    world.cloud.faults.fail_next(truncate=True, method="GET")
    room = world.cloud.further.files
    served = room._get

    def whole_always(request, tree, place):  # type: ignore[no-untyped-def]
        request.headers.pop("range", None)
        return served(request, tree, place)

    room._get = whole_always  # type: ignore[method-assign]
    assert whole(download) == BIG


def test_a_portal_s_page_is_no_file(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    world.cloud.faults.answer_next(b"<html>Bienvenue</html>", method="GET")
    with pytest.raises(Unexpected, match="cloud-html-answer"):
        whole(Reading(world.dav, world.folder, world.clock).read("a.bin"))


def test_a_reader_who_stops_leaves_the_connection_usable(world: FolderWorld) -> None:
    world.put("a.bin", BIG * 8)
    pieces = iter(Reading(world.dav, world.folder, world.clock).read("a.bin"))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(world.walked().files) == 1


def test_maintenance_during_a_read_is_said(world: FolderWorld) -> None:
    world.put("a.bin", BIG)
    world.cloud.faults.maintenance = True
    with pytest.raises(Unavailable):
        whole(Reading(world.dav, world.folder, world.clock).read("a.bin"))


# Sending


def test_a_small_file_is_one_request(
    world: FolderWorld, sending: Sending, finding: Finding
) -> None:
    told: list[tuple[int, int]] = []
    kept: list[Kept] = []
    cost = world.asked(
        lambda: kept.append(
            sending.send(outgoing("Été.txt", b"bonjour"), progress=lambda a, b: told.append((a, b)))
        )
    )
    assert cost == ["PUT"]
    assert told == [(7, 7)]
    seen = seen_at(finding, "Été.txt")
    assert kept == [Kept("Été.txt", seen.fileid, seen.etag)]
    assert seen.modified == WHEN
    assert seen.checksums == {"SHA256": hashlib.sha256(b"bonjour").hexdigest()}
    assert world.content("Été.txt") == b"bonjour"


def test_an_empty_file_is_sent(world: FolderWorld, sending: Sending) -> None:
    sending.send(outgoing("vide.txt", b""))
    assert world.content("vide.txt") == b""


def test_a_new_file_overwrites_nothing(world: FolderWorld, sending: Sending) -> None:
    world.put("a.txt", b"un")
    world.put("dossier/b.txt")
    for path in ("a.txt", "dossier"):
        for content in (b"deux", BIG):
            with pytest.raises(Taken):
                sending.send(outgoing(path, content))
    assert world.content("a.txt") == b"un"
    assert world.cloud.further.uploads.uploads == {}


@pytest.mark.parametrize("content", [b"deux", BIG])
def test_a_version_replaces_the_one_that_was_seen_and_keeps_its_id(
    world: FolderWorld, sending: Sending, finding: Finding, content: bytes
) -> None:
    number = world.put("a.txt", b"un")
    etag = seen_at(finding, "a.txt").etag
    kept = sending.send(outgoing("a.txt", content, etag))
    assert kept == Kept("a.txt", number, seen_at(finding, "a.txt").etag)
    assert world.content("a.txt") == content
    with pytest.raises(Moved):
        sending.send(outgoing("a.txt", content + b"!", etag))
    assert world.content("a.txt") == content


def test_a_large_file_goes_in_parts_and_is_put_together(
    world: FolderWorld, sending: Sending, finding: Finding
) -> None:
    told: list[tuple[int, int]] = []
    kept = sending.send(outgoing("a.bin", BIG), progress=lambda a, b: told.append((a, b)))
    seen = seen_at(finding, "a.bin")
    assert kept == Kept("a.bin", seen.fileid, seen.etag)
    assert seen.modified == WHEN
    assert seen.checksums == {"SHA256": hashlib.sha256(BIG).hexdigest()}
    assert world.content("a.bin") == BIG
    names = [line.path.rsplit("/", 1)[-1] for line in world.cloud.requests if line.method == "PUT"]
    assert sorted(names) == ["00001", "00002", "00003"]
    assert told == [(100_000, 256_000), (200_000, 256_000), (256_000, 256_000)]


def test_a_refused_upload_is_refused_by_its_first_part(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.fail_next(99, status=507, method="PUT")
    with pytest.raises(Full):
        sending.send(outgoing("a.bin", BIG))
    assert puts(world) == 1


def test_parts_are_on_their_way_at_once(world: FolderWorld, sending: Sending) -> None:
    """The second is not carried out before the third has come."""
    came, together = threading.Event(), []
    world.cloud.faults.interpose(
        lambda: together.append(came.wait(10)), method="PUT", containing="/00002"
    )
    world.cloud.faults.interpose(came.set, method="PUT", containing="/00003")
    sending.send(outgoing("a.bin", BIG))
    assert together == [True]
    assert world.content("a.bin") == BIG


def test_without_bulk_several_go_at_once_and_are_told_in_their_order(
    world: FolderWorld, sending: Sending
) -> None:
    came, together = threading.Event(), []
    world.cloud.faults.interpose(
        lambda: together.append(came.wait(10)), method="PUT", containing="/0.txt"
    )
    world.cloud.faults.interpose(came.set, method="PUT", containing="/1.txt")
    content = {f"{number}.txt": b"%d" % number for number in range(6)}
    told: list[str] = []
    files = [outgoing(path, each) for path, each in content.items()]
    sending.send_all(files, lambda _, kept: told.append(kept.path))  # type: ignore[union-attr]
    assert together == [True]
    assert told == list(content)
    assert {path: world.content(path) for path in content} == content


def test_an_upload_goes_on_where_an_earlier_one_broke_off(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.fail_next(9, status=503, method="PUT", containing="/00003")
    with pytest.raises(Unavailable):
        sending.send(outgoing("a.bin", BIG))
    world.cloud.faults.clear()
    before = puts(world)
    later = Sending(world.connect(), world.folder, world.clock, chunk=CHUNK)
    later.send(outgoing("a.bin", BIG, told=True))
    assert puts(world) - before == 1
    assert world.content("a.bin") == BIG


def test_other_bytes_do_not_go_on_from_those_of_before(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.fail_next(9, status=503, method="PUT", containing="/00003")
    with pytest.raises(Unavailable):
        sending.send(outgoing("a.bin", BIG))
    world.cloud.faults.clear()
    sending.send(outgoing("a.bin", BIG[::-1]))
    assert world.content("a.bin") == BIG[::-1]


@pytest.mark.parametrize("after", [True, False])
def test_a_part_whose_answer_is_lost_is_looked_for(
    world: FolderWorld, sending: Sending, *, after: bool
) -> None:
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="PUT", containing="/00002")
    sending.send(outgoing("a.bin", BIG))
    assert world.content("a.bin") == BIG
    assert puts(world, "/00002") == (1 if after else 2)


def test_an_upload_that_the_server_threw_away_begins_anew(
    world: FolderWorld, sending: Sending
) -> None:
    uploads = world.cloud.further.uploads.uploads
    world.cloud.faults.interpose(uploads.clear, method="PUT", containing="/00002")
    sending.send(outgoing("a.bin", BIG))
    assert world.content("a.bin") == BIG


@pytest.mark.parametrize("content", [b"petit", BIG])
@pytest.mark.parametrize("old", [b"", b"avant"])
def test_what_arrived_though_its_answer_was_lost_is_known(
    world: FolderWorld, sending: Sending, finding: Finding, content: bytes, old: bytes
) -> None:
    if old:
        world.put("a.bin", old)
    etag = seen_at(finding, "a.bin").etag if old else ""
    method = "MOVE" if content is BIG else "PUT"
    world.cloud.faults.fail_next(cut=True, after_executing=True, method=method)
    kept = sending.send(outgoing("a.bin", content, etag))
    assert kept.etag == seen_at(finding, "a.bin").etag
    assert world.content("a.bin") == content
    assert world.cloud.requests.count(method) == 1


@pytest.mark.parametrize("content", [b"petit", BIG])
def test_what_was_written_before_a_500_is_known(
    world: FolderWorld, sending: Sending, finding: Finding, content: bytes
) -> None:
    method = "MOVE" if content is BIG else "PUT"
    world.cloud.faults.fail_next(status=500, after_executing=True, method=method)
    assert sending.send(outgoing("a.bin", content)).fileid == seen_at(finding, "a.bin").fileid


@pytest.mark.parametrize("content", [b"petit", BIG])
def test_what_did_not_arrive_is_not_sent_again_blindly(
    world: FolderWorld, sending: Sending, finding: Finding, content: bytes
) -> None:
    method = "MOVE" if content is BIG else "PUT"
    world.cloud.faults.fail_next(cut=True, method=method)
    with pytest.raises(OutcomeUnknown):
        sending.send(outgoing("a.bin", content))
    assert finding.at("a.bin") is None
    assert world.cloud.requests.count(method) == 1


def test_a_member_s_file_in_its_place_is_not_taken_for_ours(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.interpose(lambda: world.put("a.txt", b"autre!!") and None, method="PUT")
    world.cloud.faults.fail_next(cut=True, after_executing=True, method="PUT")
    with pytest.raises(OutcomeUnknown):
        sending.send(outgoing("a.txt", b"bonjour"))
    assert world.content("a.txt") == b"autre!!"


def test_a_member_s_file_of_the_same_size_is_told_by_its_checksum(
    world: FolderWorld, sending: Sending
) -> None:
    def theirs() -> None:
        world.put("a.txt", b"autre!!")
        world.place("a.txt").node.checksum = f"SHA256:{hashlib.sha256(b'autre!!').hexdigest()}"

    world.cloud.faults.interpose(theirs, method="PUT")
    world.cloud.faults.fail_next(cut=True, after_executing=True, method="PUT")
    with pytest.raises(OutcomeUnknown):
        sending.send(outgoing("a.txt", b"bonjour"))


def test_a_server_that_is_slow_to_put_together_is_waited_for(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.fail_next(status=504, method="MOVE")
    looks = iter([None, None, lambda: world.put("a.bin", BIG)])
    slept = world.clock.sleep

    def sleep(seconds: float) -> None:
        slept(seconds)
        if (due := next(looks, None)) is not None:
            due()

    world.clock.sleep = sleep  # type: ignore[method-assign]
    assert sending.send(outgoing("a.bin", BIG)).path == "a.bin"
    assert world.cloud.requests.count("MOVE") == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(423, Busy), (507, Full), (429, Overloaded), (503, Unavailable), (500, Invalid)],
)
@pytest.mark.parametrize("content", [b"petit", BIG])
def test_refusals_are_what_they_are(
    world: FolderWorld, sending: Sending, content: bytes, status: int, kind: type[SideError]
) -> None:
    method = "MOVE" if content is BIG else "PUT"
    world.cloud.faults.fail_next(99, status=status, method=method)
    with pytest.raises(kind):
        sending.send(outgoing("a.bin", content))
    kept = world.cloud.further.uploads.uploads
    # What can be taken up again is left there; all else would count against the quota.
    assert bool(kept) == (content is BIG and kind in (Busy, Overloaded, Unavailable))


def test_a_missing_folder_is_missing(world: FolderWorld, sending: Sending) -> None:
    for content in (b"petit", BIG):
        with pytest.raises(Missing):
            sending.send(outgoing("pas/là.txt", content))


def test_a_file_that_somebody_holds_is_not_replaced() -> None:
    with FolderWorld() as world:
        world.put("a.txt", b"un")
        node = world.place("a.txt").node
        node.lock = Lock(ALICE, "files_lock/x", False, int(world.clock.now().timestamp()), -60)
        with pytest.raises(Busy):
            Sending(world.dav, world.folder, world.clock).send(
                outgoing("a.txt", b"deux", node.quoted_etag)
            )


def test_a_full_account_is_full(world: FolderWorld, sending: Sending) -> None:
    world.cloud.further.store.quotas[BOT] = 50_000
    for content in (b"x" * 60_000, BIG):
        with pytest.raises(Full):
            sending.send(outgoing("a.bin", content))
    assert world.cloud.further.uploads.uploads == {}


def test_a_read_only_share_is_forbidden(world: FolderWorld, sending: Sending) -> None:
    world.cloud.further.writing.make_folders(ALICE, ("Prêt",))
    share = world.cloud.further.shares.share(ALICE, "/Prêt", 0, BOT, 1)
    share.targets[BOT] = (*HOME, "Prêt")
    with pytest.raises(Forbidden):
        sending.send(outgoing("Prêt/a.txt", b"un"))


@pytest.mark.parametrize("name", ["a\\b.txt", "x.part", ".htaccess", "é" * 130])
def test_a_name_that_the_server_refuses_is_said(
    world: FolderWorld, sending: Sending, name: str
) -> None:
    with pytest.raises(Invalid) as caught:
        sending.send(outgoing(name, b"un"))
    assert caught.value.code == "file-name-refused"


def test_a_file_larger_than_what_stands_before_lets_through(
    world: FolderWorld, sending: Sending
) -> None:
    world.cloud.faults.answer_next(b"<html>413</html>", status=413, method="PUT")
    with pytest.raises(Invalid, match="file-too-large"):
        sending.send(outgoing("a.bin", b"x"))


@pytest.mark.parametrize("size", [5, 9])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("chunk", [4, 1000])
def test_a_source_that_is_shorter_or_longer_than_told_is_not_sent(
    world: FolderWorld, size: int, chunk: int, *, told: bool
) -> None:
    made = outgoing("a.txt", b"sept789", told=told)
    wrong = Outgoing(path=made.path, size=size, open=made.open, modified=WHEN, sha256=made.sha256)
    with pytest.raises(Invalid, match="file-changed-here"):
        Sending(world.dav, world.folder, world.clock, chunk=chunk).send(wrong)
    assert world.walked().files == ()


def test_other_bytes_than_were_sent_are_noticed(world: FolderWorld, sending: Sending) -> None:
    made = outgoing("a.txt", b"bonjour")
    wrong = Outgoing(
        path=made.path, size=7, open=made.open, modified=WHEN, sha256=hashlib.sha256().hexdigest()
    )
    with pytest.raises(NotKept):
        sending.send(wrong)


# Many at once


def bulk(world: FolderWorld) -> Sending:
    offered = offers_bulk(Ocs(world.dav).capabilities())
    assert offered
    return Sending(world.dav, world.folder, world.clock, bulk=offered, chunk=CHUNK)


def sent(
    sending: Sending, *files: Outgoing, told: Callable[[int, int], None] | None = None
) -> dict[str, Kept | SideError]:
    found: dict[str, Kept | SideError] = {}
    sending.send_all(files, lambda one, what: found.__setitem__(one.path, what), progress=told)
    return found


def test_small_new_files_go_together(world: FolderWorld, finding: Finding) -> None:
    Moving(world.dav, world.folder).make_folders("2026")
    sending = bulk(world)
    files = [outgoing(f"2026/{name} é%20.txt", name.encode()) for name in "abcdef"]
    told: list[tuple[int, int]] = []
    found: list[dict[str, Kept | SideError]] = []
    cost = world.asked(
        lambda: found.append(sent(sending, *files, told=lambda a, b: told.append((a, b))))
    )
    assert cost == ["PROPFIND", "POST"]
    assert told[-1] == (6, 6)
    for one in files:
        seen = seen_at(finding, one.path)
        assert found[0][one.path] == Kept(one.path, seen.fileid, seen.etag)
        assert seen.modified == WHEN
        assert world.content(one.path) == one.open().read()


def test_what_is_there_already_is_not_overwritten_by_bulk(world: FolderWorld) -> None:
    world.put("a.txt", b"un")
    world.put("B.txt", b"deux")
    found = sent(
        bulk(world),
        *(outgoing(f"{name}.txt", name.encode() * 2) for name in "abcd"),
        outgoing("pas/là.txt", b"x"),
        outgoing("gros.bin", BIG),
    )
    assert isinstance(found["a.txt"], Taken)
    assert isinstance(found["pas/là.txt"], Missing)
    assert {path for path, what in found.items() if isinstance(what, Kept)} == {
        "b.txt", "c.txt", "d.txt", "gros.bin",
    }  # fmt: skip
    assert world.content("a.txt") == b"un"
    assert world.content("B.txt") == b"deux"
    assert world.content("gros.bin") == BIG


def test_an_error_inside_a_200_is_told_for_its_file_alone(world: FolderWorld) -> None:
    world.cloud.further.store.settings.windows_names = True
    found = sent(bulk(world), *(outgoing(name, b"x") for name in ("a.txt", "b?.txt", "c.txt")))
    assert isinstance(found["a.txt"], Kept)
    assert isinstance(found["b?.txt"], Invalid)
    assert isinstance(found["c.txt"], Kept)


def test_a_bulk_that_is_refused_goes_by_put(world: FolderWorld) -> None:
    world.cloud.faults.answer_next(b"[]", status=400, method="POST")
    found = sent(bulk(world), outgoing("a.txt", b"un"), outgoing("b.txt", b"deux"))
    assert all(isinstance(what, Kept) for what in found.values())
    assert puts(world) == 2


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_bulk_is_looked_for_and_nothing_is_there_twice(
    world: FolderWorld, finding: Finding, *, after: bool
) -> None:
    world.cloud.faults.fail_next(cut=True, after_executing=after, method="POST", containing="bulk")
    found = sent(bulk(world), outgoing("a.txt", b"un"), outgoing("b.txt", b"deux"))
    for path, what in found.items():
        seen = seen_at(finding, path)
        assert what == Kept(path, seen.fileid, seen.etag)
    assert puts(world) == (0 if after else 2)


def test_one_bad_file_stops_no_other_and_a_lost_server_stops_all(
    world: FolderWorld, sending: Sending
) -> None:
    world.put("a.txt", b"un")
    found = sent(sending, outgoing("a.txt", b"deux"), outgoing("b.txt", b"x"))
    assert isinstance(found["a.txt"], Taken)
    assert isinstance(found["b.txt"], Kept)
    world.cloud.faults.maintenance = True
    with pytest.raises(Unavailable):
        sent(sending, outgoing("c.txt", b"x"), outgoing("d.txt", b"x"))


def test_a_source_is_closed_again(sending: Sending) -> None:
    opened: list[io.BytesIO] = []

    def source() -> io.BytesIO:
        opened.append(io.BytesIO(BIG))
        return opened[-1]

    sending.send(Outgoing(path="a.bin", size=len(BIG), open=source, modified=WHEN))
    assert opened
    assert all(one.closed for one in opened)
