"""What members typed moves no terminal."""

from __future__ import annotations

import pytest

from oscartes_sync.presentation.legible import legible


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "\x9b31m", "\x07", "\x00", "\x85", "\u202e", "\u2066", "\u2028", "\ud800"]
)
def test_what_moves_a_terminal_is_shown_as_unknown(text: str) -> None:
    shown = legible(f"Fête {text} du pain")
    assert "\ufffd" in shown
    assert shown.startswith("Fête ")
    assert shown.encode().decode().isprintable()


@pytest.mark.parametrize("text", ["Fête — « été » 🎉\u00a0!", "a\n  b\tc", "e\u0301", "日本語", ""])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert legible(text) == text
