"""Two edits of one long text, put together paragraph by paragraph where they do not overlap.

A line is a paragraph; lines are compared by their words, and how many blank lines stand between
two of them is no edit, since each server spaces texts in its own way. The alignment is merge3's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_BETWEEN: Final = "\x00"
"""Stands between paragraphs, so that edits of two neighbours do not count as one."""


@dataclass(slots=True)
class _Text:
    """Paragraphs as they are; `gaps` are the line ends after each but the last."""

    lines: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @classmethod
    def split(cls, text: str) -> _Text:
        made = cls()
        for line in text.split("\n"):
            if line.split():
                made.lines.append(line)
                made.gaps.append("\n")
            elif made.gaps:
                made.gaps[-1] += "\n"
        return made

    def units(self) -> list[str]:
        """What is compared: the words of each paragraph, and the place behind it."""
        return [unit for line in self.lines for unit in (_words(line), _BETWEEN)]


def merge_texts(base: str, wiki: str, cloud: str) -> str | None:
    """The text with the edits of both sides; None where they touch the same paragraph."""
    from merge3 import Merge3  # noqa: PLC0415 - few runs merge texts

    old, mine, theirs = (_Text.split(text) for text in (base, wiki, cloud))
    merged: list[str] = []
    for region in Merge3(old.units(), mine.units(), theirs.units()).merge_regions():
        kind, start, end = region[0], region[1], region[2]
        if kind == "conflict":
            return None
        source = {"unchanged": old, "b": theirs}.get(kind, mine)
        # A paragraph's own unit is the even one of its two.
        merged += source.lines[(start + 1) // 2 : (end + 1) // 2]
    return _joined(merged, (mine, theirs, old))


def same_paragraphs(one: str, other: str) -> bool:
    """Whether two texts say the same, however they are spaced."""
    return _Text.split(one).units() == _Text.split(other).units()


def _joined(lines: list[str], texts: tuple[_Text, ...]) -> str:
    """Spaced as where the same two paragraphs meet already, else as the texts mostly are."""
    spacing: dict[tuple[str, str], str] = {}
    seen: Counter[str] = Counter()
    for text in texts:
        for (line, following), gap in zip(pairwise(text.lines), text.gaps, strict=False):
            spacing.setdefault((_words(line), _words(following)), gap)
            seen[gap] += 1
    usual = seen.most_common(1)[0][0] if seen else "\n"
    parts = lines[:1]
    for line, following in pairwise(lines):
        parts += [spacing.get((_words(line), _words(following)), usual), following]
    return "".join(parts)


def _words(line: str) -> str:
    return " ".join(line.split())
