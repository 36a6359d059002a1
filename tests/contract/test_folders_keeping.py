"""Files of entries in the folder, over HTTP: made, replaced, renamed, taken away, put back."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync import errors
from oscartes_sync.adapters.nextcloud.folders.keeping import FolderKeeper
from oscartes_sync.planning.operation import Action, FieldChange
from oscartes_sync.planning.snapshot import Known, Presence
from oscartes_sync.records.record import a_document
from oscartes_sync.sandbox.cloud.files_nodes import Lock
from tests.fakes.folder_world import ALICE, BOT, HOME
from tests.fakes.kept_folder import (
    FOLDER,
    UID,
    KeptFolder,
    attached,
    done,
    filled,
    open_folder,
)

NAME = "Guide.pdf"
PDF = b"%PDF-1.4 le guide"


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[KeptFolder]:
    with open_folder(request.param) as made:
        yield made


# Made


def test_a_file_is_made_with_its_mark_and_known_by_it(world: KeptFolder) -> None:
    written = world.send()
    assert world.content(NAME) == PDF
    seen = world.seen(NAME)
    assert seen.mark is not None
    assert (seen.mark.uid, seen.mark.name, seen.mark.fileid) == (UID, NAME, seen.fileid)
    assert seen.checksums.keys() >= {"SHA256"}
    snapshot = world.snapshot()
    sighting = snapshot.sightings[written.seen.key]
    assert (sighting.uid, sighting.token) == (UID, written.seen.token)
    assert sighting.record == written.seen.record
    assert a_document(sighting.record).named
    # A run after it sees nothing new.
    known = Known(tokens={written.seen.key: written.seen.token}, cursor=snapshot.cursor)
    assert world.snapshot(known).sightings == {}


TAKEN: list[tuple[list[str], str]] = [
    (["Guide.pdf"], "Guide (2).pdf"),
    (["GUIDE.PDF"], "Guide (2).pdf"),
    (["Guide.pdf", "guide (2).PDF"], "Guide (3).pdf"),
]


@pytest.mark.parametrize(("there", "name"), TAKEN)
def test_a_name_that_is_taken_gets_a_number(world: KeptFolder, there: list[str], name: str) -> None:
    for each in there:
        world.put(each, b"of a member")
    world.send()
    assert world.content(name) == PDF
    assert all(world.content(each) == b"of a member" for each in there)


def test_a_name_in_another_form_of_unicode_is_taken_too(world: KeptFolder) -> None:
    composed = "Été.pdf"
    world.put(unicodedata.normalize("NFD", composed), b"of a member")
    world.send(attached(composed))
    assert world.content("Été (2).pdf") == PDF


def test_two_files_of_one_name_in_one_run_are_two(world: KeptFolder) -> None:
    port = world.port()
    for number in range(2):
        port.create(FOLDER, f"G{number}#f.noe@oscartes", attached(content=b"%d" % number), None)
    assert world.names() == {"Guide.pdf", "Guide (2).pdf"}


def test_a_folder_of_the_name_is_in_the_way_too(world: KeptFolder) -> None:
    world.put("Guide.pdf/a.txt", b"x")
    world.send()
    assert world.names() == {"Guide.pdf/a.txt", "Guide (2).pdf"}


def test_who_is_quicker_keeps_the_name(world: KeptFolder) -> None:
    world.cloud.faults.interpose(lambda: void(world.put(NAME, b"of a member")), method="PUT")
    world.send()
    assert world.content(NAME) == b"of a member"
    assert world.content("Guide (2).pdf") == PDF


def void(_: object) -> None:
    """Nothing."""


# Interrupted


def cut_at(monkeypatch: pytest.MonkeyPatch, world: KeptFolder, name: str) -> None:
    """A run that is cut off before a part of its work."""

    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FolderKeeper, name, cut)
        with pytest.raises(KeyboardInterrupt):
            world.send()


def test_what_was_cut_off_before_its_mark_is_taken_up(
    world: KeptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_at(monkeypatch, world, "_marked")
    assert world.seen(NAME).mark is None
    written = world.send()
    assert world.names() == {NAME}
    assert a_document(written.seen.record).named
    again = world.send()
    assert (again.seen.key, world.names()) == (written.seen.key, {NAME})


def test_what_a_member_put_there_is_not_taken_for_ours(
    world: KeptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_at(monkeypatch, world, "_marked")
    world.put(NAME, b"another one")
    world.send()
    assert world.names() == {NAME, "Guide (2).pdf"}
    assert world.seen(NAME).mark is None


def test_what_bears_the_mark_of_another_entry_is_not_taken_up(world: KeptFolder) -> None:
    world.send(uid="Autre#fichierbf_document.noe@oscartes")
    world.send()
    assert world.names() == {NAME, "Guide (2).pdf"}


def test_completing_sets_the_mark_that_is_missing_and_no_other(
    world: KeptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_at(monkeypatch, world, "_marked")
    key = f"/f/{world.seen(NAME).fileid}"
    assert world.port().complete(FOLDER, key, "00000001octest") == ()
    assert world.seen(NAME).mark is None
    assert world.port().complete(FOLDER, key, UID) == ()
    mark = world.seen(NAME).mark
    assert mark is not None
    assert mark.uid == UID
    world.port().complete(FOLDER, key, "Autre#f.noe@oscartes")
    assert world.seen(NAME).mark == mark
    assert world.port().complete(FOLDER, "/f/999999", UID) == ()


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("method", ["PUT", "PROPPATCH"])
def test_an_answer_that_was_lost_makes_no_second_file(
    world: KeptFolder, method: str, *, after: bool
) -> None:
    world.cloud.faults.fail_next(cut=True, after_executing=after, method=method)
    try:
        world.send()
    except errors.SideError:
        world.send()
    assert world.names() == {NAME}
    assert world.seen(NAME).mark is not None


# Marks


def test_a_mark_is_believed_of_the_file_alone_that_it_was_made_for(world: KeptFolder) -> None:
    """The property stays where a program makes the file anew (recording 114)."""
    key = world.send().seen.key
    mark = world.seen(NAME).mark
    assert mark is not None
    world.move(NAME, *HOME, "Autre nom.pdf")
    renamed = world.seen("Autre nom.pdf")
    assert renamed.mark == mark
    assert not a_document(world.snapshot().sightings[key].record).named
    world.remove("Autre nom.pdf")
    world.put("Autre nom.pdf", b"made anew")
    anew = world.seen("Autre nom.pdf")
    assert anew.mark is None
    assert world.snapshot().sightings[f"/f/{anew.fileid}"].uid == anew.oc_id


def test_a_copy_bears_no_mark(world: KeptFolder) -> None:
    world.send()
    world.clock.sleep(1)
    headers = {"Destination": world.dav.address.url(world.folder.href("Copie.pdf"))}
    world.dav.send("COPY", world.folder.href(NAME), headers=headers)
    assert world.seen("Copie.pdf").mark is None


# Followed


def test_another_content_takes_the_place_of_the_older_which_stays_a_version(
    world: KeptFolder,
) -> None:
    seen = world.send().seen
    world.clock.sleep(60)
    written = world.change(seen, filled(a_document(seen.record), b"%PDF two"), "content")
    assert (world.content(NAME), written.seen.key) == (b"%PDF two", seen.key)
    assert written.seen == world.sighting(NAME)
    assert world.seen(NAME).mark is not None


def test_the_same_bytes_are_not_sent_again(world: KeptFolder) -> None:
    seen = world.send().seen
    record = filled(a_document(seen.record), PDF)
    assert "PUT" not in world.asked(lambda: world.change(seen, record, "content"))


def test_a_file_follows_its_title(world: KeptFolder) -> None:
    seen = world.send().seen
    world.put("Le bon.pdf", b"of a member")
    record = replace(a_document(seen.record), title="Le bon", name="Le bon.pdf")
    written = world.change(seen, record, "title")
    assert world.names() == {"Le bon.pdf", "Le bon (2).pdf"}
    assert a_document(written.seen.record).named
    assert written.seen == world.sighting("Le bon (2).pdf")
    # And the name that it left is free.
    world.send(uid="Autre#f.noe@oscartes")
    assert NAME in world.names()


def test_a_name_of_another_case_is_no_other_name(world: KeptFolder) -> None:
    seen = world.send().seen
    record = replace(a_document(seen.record), title="guide", name="guide.pdf")
    world.change(seen, record, "title")
    assert world.names() == {"guide.pdf"}


def test_a_file_is_renamed_where_it_lies(world: KeptFolder) -> None:
    seen = world.send().seen
    world.put("Guides/x.txt", b"x")
    world.move(NAME, *HOME, "Guides", NAME)
    lies = world.sighting(f"Guides/{NAME}")
    record = replace(a_document(lies.record), title="Le bon", name="Le bon.pdf")
    assert world.change(lies, record, "title").seen.key == seen.key
    assert world.names() == {"Guides/x.txt", "Guides/Le bon.pdf"}


def test_bytes_and_name_follow_at_once(world: KeptFolder) -> None:
    seen = world.send().seen
    record = filled(a_document(seen.record), b"two", title="Le bon", name="Le bon.pdf")
    written = world.change(seen, record, "content", "title")
    assert world.content("Le bon.pdf") == b"two"
    assert written.seen == world.sighting("Le bon.pdf")


# Rivals


def test_what_a_member_wrote_since_is_not_overwritten(world: KeptFolder) -> None:
    seen = world.send().seen
    world.put(NAME, b"of a member")
    with pytest.raises(errors.Moved):
        world.change(seen, filled(a_document(seen.record), b"two"), "content")
    with pytest.raises(errors.Moved):
        world.port().delete(FOLDER, seen.key, seen.token)
    assert world.content(NAME) == b"of a member"


def test_what_a_member_renamed_since_still_gets_its_bytes(world: KeptFolder) -> None:
    seen = world.send().seen
    world.move(NAME, *HOME, "Renommé.pdf")
    written = world.change(seen, filled(a_document(seen.record), b"two"), "content")
    assert (world.content("Renommé.pdf"), world.names()) == (b"two", {"Renommé.pdf"})
    assert written.seen == world.sighting("Renommé.pdf")


@pytest.mark.parametrize("method", ["PUT", "MOVE", "DELETE"])
def test_what_a_member_writes_in_between_is_not_overwritten(world: KeptFolder, method: str) -> None:
    seen = world.send().seen
    world.clock.sleep(5)
    record = filled(a_document(seen.record), b"two", title="Le bon", name="Le bon.pdf")
    world.cloud.faults.interpose(
        lambda: void(world.put(NAME, b"of a member, longer")), method=method
    )
    acts: dict[str, Callable[[], object]] = {
        "PUT": lambda: world.change(seen, record, "content"),
        "MOVE": lambda: world.change(seen, record, "title"),
        "DELETE": lambda: world.port().delete(FOLDER, seen.key, seen.token),
    }
    with pytest.raises(errors.Moved):
        acts[method]()
    assert world.content(NAME) == b"of a member, longer"


def test_what_a_member_holds_open_waits(world: KeptFolder) -> None:
    seen = world.send().seen
    node = world.place(NAME).node
    node.lock = Lock(ALICE, "files_lock/x", False, int(world.clock.now().timestamp()), -60)
    with pytest.raises(errors.Busy):
        world.change(world.sighting(NAME), filled(a_document(seen.record), b"two"), "content")
    assert world.content(NAME) == PDF


def test_what_is_gone_is_missing(world: KeptFolder) -> None:
    seen = world.send().seen
    world.remove(NAME)
    with pytest.raises(errors.Missing):
        world.change(seen, filled(a_document(seen.record), b"two"), "content")
    world.port().delete(FOLDER, seen.key, seen.token)


# Taken away and put back


def test_what_was_deleted_comes_back_from_the_bin_with_what_its_entry_holds_by_now(
    world: KeptFolder,
) -> None:
    seen = world.send().seen
    world.port().delete(FOLDER, seen.key, seen.token)
    assert world.names() == set()
    written = world.port().create(FOLDER, UID, attached(content=b"two"), seen.key)
    assert (written.seen.key, world.content(NAME)) == (seen.key, b"two")
    assert a_document(written.seen.record).named


def test_what_the_bin_has_no_more_is_made_anew(world: KeptFolder) -> None:
    seen = world.send().seen
    world.remove(NAME)
    world.cloud.further.trash.bins.clear()
    written = world.port().create(FOLDER, UID, attached(), seen.key)
    assert written.seen.key != seen.key
    assert world.content(NAME) == PDF


def test_an_edit_of_ours_is_undone_by_its_version_and_its_name(world: KeptFolder) -> None:
    seen = world.send().seen
    edit = done(Action.UPDATE, seen, "content", "title")
    image = world.port().images(FOLDER, [edit])[seen.key]
    world.clock.sleep(60)
    record = filled(a_document(seen.record), b"two", title="Le bon", name="Le bon.pdf")
    left = world.change(seen, record, "content", "title").seen
    back = world.port().put_back(FOLDER, edit, left.token, image)
    assert (world.names(), world.content(NAME)) == ({NAME}, PDF)
    assert a_document(back.seen.record).named
    assert back.seen.key == seen.key


def test_nothing_is_undone_over_a_member(world: KeptFolder) -> None:
    seen = world.send().seen
    edit = done(Action.UPDATE, seen, "content")
    image = world.port().images(FOLDER, [edit])[seen.key]
    world.clock.sleep(60)
    left = world.change(seen, filled(a_document(seen.record), b"two"), "content").seen
    world.put(NAME, b"of a member")
    with pytest.raises(errors.Moved):
        world.port().put_back(FOLDER, edit, left.token, image)
    assert world.content(NAME) == b"of a member"


def test_a_version_that_the_server_thinned_out_is_said(world: KeptFolder) -> None:
    seen = world.send().seen
    edit = done(Action.UPDATE, seen, "content")
    image = world.port().images(FOLDER, [edit])[seen.key]
    world.clock.sleep(60)
    left = world.change(seen, filled(a_document(seen.record), b"two"), "content").seen
    world.place(NAME).node.versions.clear()
    with pytest.raises(errors.Missing, match="file-version-gone"):
        world.port().put_back(FOLDER, edit, left.token, image)
    assert world.content(NAME) == b"two"


def test_a_deletion_of_ours_is_undone(world: KeptFolder) -> None:
    seen = world.send().seen
    removal = done(Action.DELETE, seen)
    image = world.port().images(FOLDER, [removal])[seen.key]
    world.port().delete(FOLDER, seen.key, seen.token)
    back = world.port().put_back(FOLDER, removal, "", image)
    assert (back.seen.key, world.content(NAME)) == (seen.key, PDF)
    world.port().delete(FOLDER, seen.key, back.seen.token)
    world.cloud.further.trash.bins.clear()
    with pytest.raises(errors.Missing, match="file-not-in-bin"):
        world.port().put_back(FOLDER, removal, "", image)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"path": "a"}'])
def test_an_image_that_nobody_can_read_is_said(world: KeptFolder, text: str) -> None:
    seen = world.send().seen
    image = world.port().images(FOLDER, [done(Action.UPDATE, seen, "title")])[seen.key]
    with pytest.raises(errors.Invalid, match="image-unreadable"):
        world.port().put_back(
            FOLDER, done(Action.UPDATE, seen, "title"), seen.token, replace(image, text=text)
        )


def test_what_is_erased_is_in_no_bin_either(world: KeptFolder) -> None:
    seen = world.send().seen
    world.remove(NAME)
    world.cloud.further.trash.bins.clear()
    seen = world.send().seen
    assert world.port().erase(FOLDER, seen.key) == ()
    assert world.names() == set()
    assert not any(world.cloud.further.trash.bins.values())
    assert world.port().erase(FOLDER, seen.key) == ()
    assert world.port().erase(FOLDER, "/.secret") == ()


def test_what_was_deleted_before_it_is_erased_leaves_the_bin(world: KeptFolder) -> None:
    seen = world.send().seen
    world.port().delete(FOLDER, seen.key, seen.token)
    world.port().erase(FOLDER, seen.key)
    assert not any(world.cloud.further.trash.bins.values())


# Folders of others


def lent(world: KeptFolder, permissions: int) -> None:
    """A folder of alice's lies in ours, to be written or only read."""
    world.cloud.further.writing.make_folders(ALICE, ("Prêt",))
    with world.cloud.core.lock:
        world.cloud.further.writing.put(ALICE, ("Prêt", "Emprunt.pdf"), b"of alice")
    share = world.cloud.further.shares.share(ALICE, "/Prêt", 0, BOT, permissions)
    share.targets[BOT] = (*HOME, "Prêt")


def test_in_a_folder_that_is_lent_to_us_files_are_replaced_and_renamed(world: KeptFolder) -> None:
    lent(world, 31)
    seen = world.sighting("Prêt/Emprunt.pdf")
    assert a_document(seen.record).author
    written = world.change(seen, filled(a_document(seen.record), b"two"), "content")
    assert world.content("Prêt/Emprunt.pdf") == b"two"
    record = replace(a_document(written.seen.record), title="Le bon", name="Le bon.pdf")
    world.change(written.seen, record, "title")
    assert world.names() == {"Prêt/Le bon.pdf"}


def test_what_is_lent_to_be_read_is_not_written(world: KeptFolder) -> None:
    lent(world, 1)
    seen = world.sighting("Prêt/Emprunt.pdf")
    record = filled(a_document(seen.record), b"two", title="Le bon", name="Le bon.pdf")
    for name in ("content", "title"):
        with pytest.raises(errors.Forbidden):
            world.change(seen, record, name)
    with pytest.raises(errors.Forbidden):
        world.port().delete(FOLDER, seen.key, seen.token)
    assert world.content("Prêt/Emprunt.pdf") == b"of alice"


def test_a_whole_folder_that_is_lent_to_be_read_takes_no_file(world: KeptFolder) -> None:
    lent(world, 1)
    binding = replace(FOLDER, collection="/".join((*HOME, "Prêt")))
    with pytest.raises(errors.Forbidden):
        world.port().create(binding, UID, attached(), None)


def test_a_file_that_alice_renames_loses_its_mark_and_stays_itself(world: KeptFolder) -> None:
    """Properties are per account and path (recording 114)."""
    lent(world, 31)
    binding = replace(FOLDER, collection="/".join((*HOME, "Prêt")))
    key = world.port().create(binding, UID, attached(), None).seen.key
    with world.cloud.core.lock:
        place = world.cloud.further.mounts.resolve(ALICE, ("Prêt", NAME))
        world.cloud.further.writing.move(place, ("Prêt", "Renommé.pdf"))
    sighting = world.port().snapshot(binding, Known()).sightings[key]
    assert a_document(sighting.record).name == "Renommé.pdf"
    assert not a_document(sighting.record).named
    assert world.port().look(binding, [key])[key].presence is Presence.HERE


def test_changes_are_compared_with_what_was_decided_on(world: KeptFolder) -> None:
    """Of what moved since, only what is to be changed stands in the way."""
    seen = world.send().seen
    world.move(NAME, *HOME, "Renommé.pdf")
    now = a_document(seen.record)
    title = FieldChange("title", now.title, "Le bon")
    record = replace(now, title="Le bon", name="Le bon.pdf")
    with pytest.raises(errors.Moved):
        world.port().update(FOLDER, seen.key, seen.token, [title], record)
    assert world.names() == {"Renommé.pdf"}
