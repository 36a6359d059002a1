"""What is remembered of files of a folder: tokens, and marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.adapters.nextcloud.folders import marks
from oscartes_sync.adapters.nextcloud.folders.finding import Where, Whereabouts
from oscartes_sync.adapters.nextcloud.folders.marks import Mark
from oscartes_sync.adapters.nextcloud.folders.seen import BranchSeen, FileSeen
from oscartes_sync.adapters.nextcloud.folders.telling import (
    Token,
    branches,
    document_of,
    fileid_of,
    key_of,
    presence_of,
    told,
)
from oscartes_sync.adapters.nextcloud.folders.walk import Walked
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot, Standing

WHEN = datetime(2026, 11, 1, 10, tzinfo=UTC)
BINDING = Binding(
    name="documents", kind="documents", wiki="noe", cloud="noe", form="7", collection="GT"
)
UID = "Guide#fichierbf_document.noe@oscartes"
SEEN = FileSeen(
    fileid=21,
    oc_id="00000021octest",
    path="Compte rendu.pdf",
    etag='"e1"',
    size=6,
    modified=WHEN,
    permissions="RGDNVW",
)
ROOT = BranchSeen(fileid=1, path="", etag='"r"')

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=12
)


def changed(seen: FileSeen = SEEN, **more: Any) -> FileSeen:
    return replace(seen, **more)


# Tokens


@given(path=words, mounted=st.booleans(), tags=st.lists(words, max_size=2), size=st.integers(0))
def test_a_token_is_read_back_as_it_was_written(
    path: str, tags: list[str], size: int, *, mounted: bool
) -> None:
    seen = changed(path=path, mounted=mounted, tags=tuple(tags), size=size)
    token = Token.of(seen)
    assert Token.read(str(token)) == token


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("abc Énergie/Compte rendu.pdf", Token("abc", "Énergie/Compte rendu.pdf")),
        ("abc+12 a b!.pdf", Token("abc+12", "a b!.pdf")),
        ("abc! Prêt/a.pdf", Token("abc", "Prêt/a.pdf", mounted=True)),
        ("abc~body.epoch! a~b.pdf", Token("abc", "a~b.pdf", True, "body", "epoch")),
        ("file-hidden .a", Token("file-hidden", ".a")),
        ("", Token("", "")),
    ],
)
def test_tokens_of_earlier_states_are_read_still(text: str, token: Token) -> None:
    assert Token.read(text) == token


def test_a_rename_keeps_the_time_of_the_bytes_and_moves_the_token() -> None:
    """A rename may alter the ETag, and alters no byte."""
    first = Token.of(SEEN)
    second = Token.of(changed(path="CR.pdf", etag='"e2"'), first)
    assert (second.body, second.epoch) == (first.body, first.epoch)
    assert str(second) != str(first)
    third = Token.of(changed(path="Énergie/CR.pdf", etag='"e3"'), second)
    assert third.epoch == first.epoch


def test_an_edit_of_the_same_size_in_the_same_second_moves_it() -> None:
    first = Token.of(SEEN)
    edited = Token.of(changed(etag='"e2"'), first)
    assert edited.body == first.body
    assert edited.epoch != first.epoch
    longer = Token.of(changed(etag='"e3"', size=7, path="CR.pdf"), edited)
    assert longer.body != edited.body
    assert longer.epoch not in (first.epoch, edited.epoch)


def test_a_tag_that_somebody_gives_is_no_new_content() -> None:
    first = Token.of(SEEN)
    tagged = Token.of(changed(tags=("Budget",)), first)
    assert tagged.version != first.version
    assert tagged.epoch == first.epoch
    assert Token.of(changed(tags=("Budget",)), tagged) == tagged
    # And what is renamed then is known by all that.
    assert Token.of(changed(tags=("Budget",), path="b", etag='"e5"'), tagged).epoch == first.epoch


def test_what_was_told_of_an_earlier_state_begins_an_epoch_of_its_own() -> None:
    old = Token.read(f"{SEEN.token} {SEEN.path}")
    assert Token.of(SEEN, old) == Token.of(SEEN)


def test_the_word_for_the_bytes_moves_with_them_alone() -> None:
    first = Token.of(SEEN)
    one = document_of(BINDING, SEEN, first)
    renamed = changed(path="CR.pdf", etag='"e2"')
    other = document_of(BINDING, renamed, Token.of(renamed, first))
    assert (one.title, other.title) == ("Compte rendu", "CR")
    assert one.content == other.content
    edited = changed(etag='"e2"')
    assert document_of(BINDING, edited, Token.of(edited, first)).content != one.content


# Documents


def test_a_file_says_what_its_name_its_place_and_its_tags_say() -> None:
    seen = changed(path="Énergie/Eau/L'été.odt", tags=("Budget",), owner="Marie", mounted=True)
    found = document_of(BINDING, seen, Token.of(seen), "https://c/s/a")
    assert (found.title, found.name, found.author) == ("L'été", "L'été.odt", "Marie")
    assert found.categories == ("Budget", "Eau", "Énergie")
    assert (found.file, found.link) == ("/f/21", "https://c/s/a")
    # Of what is ours by ourselves the owner says nothing.
    assert document_of(BINDING, changed(owner="Robot"), Token.of(SEEN)).author == ""


@pytest.mark.parametrize(
    ("mark", "path", "named"),
    [
        (None, "Guide.pdf", False),
        (Mark(UID, 21, "Guide.pdf"), "Guide.pdf", True),
        (Mark(UID, 21, "Guide.pdf"), "Guides/Guide.pdf", True),
        (Mark(UID, 21, "Guide.pdf"), "Le bon.pdf", False),
    ],
)
def test_a_name_is_ours_as_long_as_the_mark_says_so(
    mark: Mark | None, path: str, *, named: bool
) -> None:
    seen = changed(path=path, mark=mark)
    assert document_of(BINDING, seen, Token.of(seen)).named is named


def test_the_day_is_that_of_the_network() -> None:
    late = changed(modified=WHEN.replace(hour=23, minute=30))
    assert str(document_of(BINDING, late, Token.of(late)).date) == "2026-11-02"


def test_keys_and_cursors_are_read_back() -> None:
    assert fileid_of(key_of(SEEN)) == 21
    for key in ("/f/", "/f/x", "/.secret", "", "21", "/f/²"):
        assert fileid_of(key) is None
    assert branches('{"": "e", "a": "f"}') == {"": "e", "a": "f"}
    for cursor in ("", "x", "[1]", "null", "{"):
        assert branches(cursor) == {}


# A walk as differences


def tells(*files: FileSeen, known: Known | None = None, **more: Any) -> Snapshot:
    walked = Walked(root=ROOT, files=files, listed=frozenset({""}), **more)
    return told(BINDING, walked, known or Known(), {})


def knowing(*files: FileSeen) -> Known:
    tokens = {key_of(each): str(Token.of(each)) for each in files}
    return Known(tokens=tokens, last=tokens)


def test_what_stands_is_told_once() -> None:
    first = tells(SEEN)
    assert first.sightings["/f/21"].uid == "00000021octest"
    again = tells(SEEN, known=knowing(SEEN))
    assert (again.sightings, again.unmoved) == ({}, {"/f/21"})


def test_what_bears_our_mark_has_the_uid_of_its_entry() -> None:
    assert tells(changed(mark=Mark(UID, 21, "x.pdf"))).sightings["/f/21"].uid == UID


def test_another_file_in_the_place_of_one_says_whose_it_took() -> None:
    other = changed(fileid=80, oc_id="00000080octest", etag='"e8"')
    found = tells(other, known=knowing(SEEN))
    assert found.sightings["/f/80"].formerly == "/f/21"
    assert found.absent == frozenset()
    moved = changed(path="old.pdf", etag='"e2"')
    both = tells(other, moved, known=knowing(SEEN))
    assert both.sightings["/f/80"].formerly == ""


def test_a_look_that_is_asked_for_keeps_the_epoch() -> None:
    first = Token.of(SEEN)
    renamed = changed(path="CR.pdf", etag='"e2"')
    known = Known(tokens={"/f/21": ""}, last={"/f/21": str(first)})
    told_again = tells(renamed, known=known).sightings["/f/21"]
    assert Token.read(told_again.token).epoch == first.epoch


def test_what_a_walk_did_not_list_is_where_it_was() -> None:
    below = changed(path="Énergie/a.pdf")
    kept = tells(known=knowing(below), unmoved=frozenset({"Énergie"}))
    assert (kept.unmoved, kept.absent) == ({"/f/21"}, frozenset())
    doubt = tells(known=knowing(below), unsure=frozenset({"Énergie"}))
    assert doubt.absent == frozenset()
    gone = tells(known=knowing(SEEN))
    assert (gone.absent, gone.empty) == ({"/f/21"}, True)


def test_what_is_left_out_is_told_by_its_path() -> None:
    found = tells(left_out={".secret": "file-hidden"})
    sighting = found.sightings["/.secret"]
    assert (sighting.standing, sighting.record) == (Standing.BROKEN, None)
    assert [each.code for each in sighting.problems] == ["file-hidden"]
    known = Known(tokens={"/.secret": sighting.token})
    assert tells(left_out={".secret": "file-hidden"}, known=known).unmoved == {"/.secret"}


@pytest.mark.parametrize(
    ("where", "path", "subfolders", "presence"),
    [
        (Where.INSIDE, "a.pdf", True, Presence.HERE),
        (Where.INSIDE, "b/a.pdf", True, Presence.HERE),
        (Where.INSIDE, "b/a.pdf", False, Presence.GONE),
        (Where.INSIDE, ".b/a.pdf", True, Presence.GONE),
        (Where.INSIDE, "a.tmp", True, Presence.GONE),
        (Where.OUTSIDE, "a.pdf", True, Presence.GONE),
        (Where.BINNED, "", True, Presence.GONE),
        (Where.GONE, "", True, Presence.GONE),
        (Where.UNSURE, "", True, Presence.UNSURE),
    ],
)
def test_what_left_what_is_mirrored_is_gone(
    where: Where, path: str, presence: Presence, *, subfolders: bool
) -> None:
    seen = changed(path=path) if path else None
    binding = replace(BINDING, subfolders=subfolders)
    assert presence_of(binding, Whereabouts(where, seen)) is presence


# Marks


@given(uid=words, fileid=st.integers(1), name=words)
def test_a_mark_is_read_back_for_its_own_file_alone(uid: str, fileid: int, name: str) -> None:
    mark = Mark(uid, fileid, name)
    assert marks.read(mark.write(), fileid) == mark
    assert marks.read(mark.write(), fileid + 1) is None


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "[]", "null", "12", '"abc"', '["a", 21]', '["a", 21, "b", 3]', '[1, 21, "n"]',
     '["a", 21, null]', '["a", "21", "n"]', '{"a": 1, "b": 2, "c": 3}'],
)  # fmt: skip
def test_what_is_no_mark_of_ours_is_none(text: str) -> None:
    assert marks.read(text, 21) is None


@given(st.text(max_size=40))
def test_no_word_of_another_is_a_mark(text: str) -> None:
    assert marks.read(text, 21) is None


def test_times_are_told_to_the_second() -> None:
    half = changed(modified=WHEN + timedelta(milliseconds=500))
    assert half.content == SEEN.content
