"""Names by which things find each other again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.records.identity import (
    camel_case,
    has_suffix,
    origin_of,
    resource_name,
    suffix,
    tag_for,
    uid_of,
)


def test_a_uid_of_ours_says_where_it_was_born() -> None:
    origin = origin_of(uid_of("BourseAuxPlantes", "noe"))
    assert origin is not None
    assert (origin.tag, origin.wiki) == ("BourseAuxPlantes", "noe")


@pytest.mark.parametrize("uid", ["abc@phone", "", "A.noe@oscartes.example", "@oscartes"])
def test_a_uid_of_others_says_nothing(uid: str) -> None:
    assert origin_of(uid) is None


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Réunion du groupe", "ReunionDuGroupe"),
        ("L'été à l'Œuvre !", "LEteALOeuvre"),
        ("🎉🎉", "Evenement"),
        ("", "Evenement"),
        ("2e fête", "E2eFete"),
        ("a" * 80, "A" + "a" * 35),
    ],
)
def test_a_title_becomes_the_stem_of_a_tag(title: str, stem: str) -> None:
    assert camel_case(title) == stem


@given(st.text(max_size=60), st.text(min_size=1, max_size=40), st.integers(0, 12))
def test_a_tag_is_ascii_bounded_and_found_again_by_its_suffix(
    title: str, uid: str, attempt: int
) -> None:
    ending = suffix("noe", "6", "agenda", uid)
    tag = tag_for(title, ending, attempt)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,35}[a-z]{8}", tag)
    assert has_suffix(tag, ending)
    assert has_suffix(tag.upper(), ending)


def test_attempts_and_origins_give_other_names() -> None:
    ending = suffix("noe", "6", "agenda", "x")
    assert len({tag_for("Fête", ending, attempt) for attempt in range(5)}) == 5
    assert len({suffix(w, f, c, u) for w in "ab" for f in "12" for c in "xy" for u in "pq"}) == 16


@given(st.text(min_size=1, max_size=300))
def test_a_resource_name_is_safe_in_a_path_and_stable(tag: str) -> None:
    name = resource_name(uid_of(tag, "noe"))
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,170}\.ics", name)
    assert name == resource_name(uid_of(tag, "noe"))


def test_two_odd_tags_do_not_share_a_resource() -> None:
    assert resource_name(uid_of("a b", "noe")) != resource_name(uid_of("a?b", "noe"))
