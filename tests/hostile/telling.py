"""How a hostile thing may end, and what it may cost."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape

from bs4 import BeautifulSoup

from oscartes_sync.presentation.texts import all_texts, explain_problem
from oscartes_sync.presentation.translation import LANGUAGES, translator
from oscartes_sync.records.problem import Problem

MOST_MEMORY = 128 * 1024 * 1024
"""Bytes that Python may hold at once for one thing; the largest corpus member has 11 MB."""

_SAFE = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_STYLE = re.compile(r"url\s*\(|expression|javascript|position", re.IGNORECASE)
_KNOWN = {"class", "style", "href", "title", "target", "src", "alt", "width", "height"} | {
    "colspan",
    "rowspan",
}


@contextmanager
def bounded_memory() -> Iterator[None]:
    """What is done in the block never holds more than `MOST_MEMORY`."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY, f"{peak // 2**20} MB"


def assert_told(problems: Iterable[Problem]) -> None:
    """Each problem has a sentence and a remedy in every language, none of them with a gap."""
    for code, problem in {each.code: each for each in problems}.items():
        assert code in all_texts(), code
        told = [explain_problem(translator(language), problem) for language in LANGUAGES]
        for one in told:
            assert one.message, code
            assert one.remedy, code
            assert "…" not in one.message + one.remedy, (code, one)


def assert_harmless_html(markup: str) -> None:
    """Nothing in it that a browser would run, load from an odd place or lay over the page."""
    for tag in BeautifulSoup(f"<body>{markup}", "html.parser").find_all(True):
        assert tag.name not in {
            "script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "base",
            "meta", "link", "template", "noscript", "button", "title", "textarea",
        }, tag.name  # fmt: skip
        for name, value in tag.attrs.items():
            assert name in _KNOWN, (tag.name, name)
            if name in {"href", "src"}:
                plain = re.sub(r"[\x00-\x20]", "", unescape(str(value)))
                assert _SAFE.match(plain) or ":" not in plain.partition("/")[0], plain[:80]
            if name == "style":
                assert not _STYLE.search(str(value)), value


def assert_harmless_wiki(markup: str) -> None:
    """Nothing in it that the wiki's formatter runs, whatever entities it is written with."""
    shown = unescape(unescape(markup))
    for opening in ("{{", '""', "{#"):
        assert opening not in shown, opening
