"""Two edits of one text, put together where they do not overlap."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.planning.paragraphs import merge_texts, same_paragraphs

BASE = "Accueil à 9 h\n\nRepas partagé\n\nRangement"

paragraphs = st.lists(st.sampled_from("abcdef"), max_size=6)


@pytest.mark.parametrize(
    ("wiki", "cloud", "merged"),
    [
        (BASE.replace("9 h", "10 h"), BASE.replace("Rangement", "Rangement, puis balade"),
         "Accueil à 10 h\n\nRepas partagé\n\nRangement, puis balade"),
        (BASE, BASE.replace("partagé", "bio"), BASE.replace("partagé", "bio")),
        (BASE.replace("partagé", "bio"), BASE, BASE.replace("partagé", "bio")),
        (f"Salle 2\n\n{BASE}", f"{BASE}\n\nInscription libre",
         f"Salle 2\n\n{BASE}\n\nInscription libre"),
        ("Accueil à 9 h\n\nRepas partagé", BASE.replace("9 h", "10 h"),
         "Accueil à 10 h\n\nRepas partagé"),
        (BASE.replace("9 h", "10 h"), BASE.replace("9 h", "10 h"), BASE.replace("9 h", "10 h")),
    ],
)  # fmt: skip
def test_edits_of_different_paragraphs_are_both_kept(wiki: str, cloud: str, merged: str) -> None:
    assert merge_texts(BASE, wiki, cloud) == merged


def test_edits_of_neighbouring_lines_do_not_overlap() -> None:
    assert merge_texts("un\ndeux", "UN\ndeux", "un\nDEUX") == "UN\nDEUX"


@pytest.mark.parametrize(
    ("wiki", "cloud"),
    [
        (BASE.replace("9 h", "10 h"), BASE.replace("9 h", "11 h")),
        (f"{BASE}\n\nVenez à vélo", f"{BASE}\n\nVenez à pied"),
        ("Accueil à 9 h\n\nRangement", BASE.replace("partagé", "bio")),
        ("Tout autre chose", BASE.replace("9 h", "10 h")),
    ],
)
def test_edits_of_one_paragraph_are_left_to_a_person(wiki: str, cloud: str) -> None:
    assert merge_texts(BASE, wiki, cloud) is None


def test_spacing_is_no_edit() -> None:
    assert same_paragraphs("un  deux\n\n\ntrois", "un deux\ntrois\n")
    assert not same_paragraphs("un\ndeux", "un deux")
    merged = merge_texts("un\n\ndeux", "un\ndeux", "un\n\nDEUX")
    assert merged is not None
    assert same_paragraphs(merged, "un\nDEUX")


@given(paragraphs, paragraphs, paragraphs)
def test_what_one_side_typed_anew_is_in_the_merged_text(
    base: list[str], wiki: list[str], cloud: list[str]
) -> None:
    merged = merge_texts("\n".join(base), "\n".join(wiki), "\n".join(cloud))
    if merged is None:
        return
    found = Counter(merged.split())
    for side in (wiki, cloud):
        for word, count in (Counter(side) - Counter(base)).items():
            assert found[word] >= count


@given(paragraphs, paragraphs)
def test_a_side_that_did_not_change_follows_the_other(base: list[str], edited: list[str]) -> None:
    old, new = "\n".join(base), "\n".join(edited)
    assert merge_texts(old, new, old) == new
    assert merge_texts(old, old, new) == new


@given(paragraphs, paragraphs, paragraphs)
def test_nobody_is_favoured(base: list[str], wiki: list[str], cloud: list[str]) -> None:
    old, one, other = ("\n".join(each) for each in (base, wiki, cloud))
    merged, mirrored = merge_texts(old, one, other), merge_texts(old, other, one)
    assert (merged is None) == (mirrored is None)
    assert merged is None or merged == mirrored
