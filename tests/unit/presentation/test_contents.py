"""What stands for the bytes of a file, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oscartes_sync.presentation.to_text import shown
from oscartes_sync.presentation.translation import translator
from oscartes_sync.records.content import lying, size_and_moment, size_of

MOMENT = datetime(2026, 11, 28, 22, 14, 9, tzinfo=UTC)
CLOUD = lying(45678, MOMENT, {"SHA1": "ab" * 20}) + " 0f1e2d3c4b5a6978"
WIKI = "Guide_fichierbf_document_Le-guide_20261101100000_20261128231409.pdf_"


@pytest.mark.parametrize(
    ("language", "content", "said"),
    [
        ("fr", lying(678, MOMENT, {}), "678 octets, 2026-11-28 22:14 UTC"),
        ("en", CLOUD, "45,678 bytes, 2026-11-28 22:14 UTC"),
        ("fr", lying(1, MOMENT, {}), "1 octet, 2026-11-28 22:14 UTC"),
        ("fr", WIKI, "Guide_fichierbf_document_Le-guide.pdf, 2026-11-28 23:14"),
        ("fr", "programme.pdf", "programme.pdf"),
        ("fr", "12 rue de la Paix.pdf", "12 rue de la Paix.pdf"),
        ("fr", "", "–"),
    ],
)
def test_a_file_is_told_by_what_people_know_of_it(language: str, content: str, said: str) -> None:
    assert shown(translator(language), "content", content) == said


def test_other_fields_are_shown_as_they_are() -> None:
    assert shown(translator("fr"), "title", CLOUD) == CLOUD


def test_size_and_moment_are_read_back() -> None:
    assert size_and_moment(CLOUD) == (45678, MOMENT.replace(microsecond=0))
    assert size_of(CLOUD) == 45678
    assert size_of(WIKI) is None
