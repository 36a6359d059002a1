"""HTML seen from afar: its letters, and a plain text where a calendar gives nothing better.

The wiki's own HTML is read by `bazar_forms.richtext`; here it is enough to tell whether two texts
say the same. Everything is done in one pass over the pieces between `<`, whatever is in them.
"""

from __future__ import annotations

import html
import re
from typing import Final

_BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"}
)
_SILENT: Final = frozenset({"style", "script", "head", "title"})
_TAG: Final = re.compile(r"/?([A-Za-z][A-Za-z0-9]*)")


def plain(markup: str) -> str:
    """The text of some HTML, a line for each block."""
    first, *pieces = markup.split("<")
    found = [first]
    silent = ""
    for piece in pieces:
        tag = _TAG.match(piece)
        inside, closed, text = piece.partition(">")
        if tag is None or not closed:
            found.append("" if piece.startswith("!") else f"<{piece}")
            continue
        name = tag[1].lower()
        if silent:
            silent = "" if inside.startswith("/") and name == silent else silent
        elif name in _SILENT and not inside.startswith("/"):
            silent = name
        if not silent:
            found.append(f"\n{text}" if name in _BREAKS else text)
    text = html.unescape("".join(found)).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def letters(text: str) -> str:
    """Letters and digits alone: what stays the same when a text changes its dress."""
    return "".join(filter(str.isalnum, text)).casefold()


def same_words(markup: str, text: str) -> bool:
    """Whether HTML and a text say the same, layout, bullets and punctuation aside."""
    return letters(plain(markup)) == letters(text)
