"""How the paragraphs of a merged text are spaced."""

from __future__ import annotations

import pytest

from oscartes_sync.planning.paragraphs import merge_texts


@pytest.mark.parametrize(
    ("base", "wiki", "cloud", "merged"),
    [
        # Two that meet already keep the space between them.
        ("a\nb\n\n\nc\nd", "a2\nb\n\n\nc\nd", "a\nb\n\n\nc\nd2", "a2\nb\n\n\nc\nd2"),
        # The wiki's comes first, then the cloud's, then what was agreed.
        ("a\nb\nc\nd", "a2\nb\n\nc\nd", "a\nb\n\n\nc\nd2", "a2\nb\n\nc\nd2"),
        # Two that never met are spaced as most are.
        (
            "a\n\nb\n\nc\n\nd",
            "a2\n\nb\n\nc\n\nd",
            "a\n\nb\n\nc\n\nd\n\ne",
            "a2\n\nb\n\nc\n\nd\n\ne",
        ),
        ("a\nb\n\nc", "a\nx\ny\nb\n\nc", "a\nb\n\nc\n\nz", "a\nx\ny\nb\n\nc\n\nz"),
        ("a\nb\n\nc\nd", "x\nb\n\nc\nd", "a\nb\n\nc\ny", "x\nb\n\nc\ny"),
        # Their spaces within do not tell paragraphs apart.
        ("a  a\n\nb\nc", "a  a\n\nb\nc2", "a2 a\n\nb\nc", "a2 a\n\nb\nc2"),
        # One paragraph has none.
        ("a", "a", "b", "b"),
        ("", "", "a", "a"),
    ],
)
def test_paragraphs_keep_the_space_between_them(
    base: str, wiki: str, cloud: str, merged: str
) -> None:
    assert merge_texts(base, wiki, cloud) == merged


def test_two_that_never_met_are_spaced_as_most_paragraphs_are() -> None:
    base = "p\nq\n\nr\n\ns"
    wiki, cloud = base.replace("p", "p2"), base.replace("q", "q2")
    assert merge_texts(base, wiki, cloud) == "p2\n\nq2\n\nr\n\ns"


def test_what_stood_between_two_may_go_from_both_ends() -> None:
    assert merge_texts("a\np\nx\ny\nq", "a\np\ny\nq", "a\np\nx\nq") == "a\np\nq"
