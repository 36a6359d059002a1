"""Wiki syntax to plain text and back, harmlessly.

What the formatter (server file formatters/wakka.php) reads as markup is nearly always two equal
characters side by side. Entities do not part them, for the purifier decodes `&#123;` to `{` before
the formatter sees it; so each such pair gets a no-break space between its halves, one more where
some stand there already. Reading takes one away again: no letter is lost and none is added.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

from bazar_forms.richtext.links import in_words
from bazar_forms.richtext.markup import html_to_text
from bazar_forms.richtext.plain import storable, trim_lines

_PAIRS: Final = (
    *("{{", '""', "[[", "{#", "%%", "]("),
    *("**", "//", "__", "##", "~~", "@@", "££", "==", "--"),
)
_APART: Final = re.compile(
    "|".join(f"(?<={re.escape(first)})\u00a0*(?={re.escape(second)})" for first, second in _PAIRS)
)
_ADDRESS: Final = re.compile(r"(\b[a-z0-9]+://[^ \t\n\r\f\"|\\^`{}\[\]><]+)")
_OPENER: Final = re.compile(
    r'%%|""|\[\[|\{\{|\{#|!?\[|(?P<address>\b[a-z0-9]+://[^ \t\n\r\f\"|\\^`{}\[\]><]+)'
    r"|(?P<rule>-{3,})|(?P<mark>={2,6}|\*\*|//|__|\#\#|~~|@@|££)"
)
_CLOSERS: Final = {"%%": "%%", '""': '""', "[[": "]]", "{{": "}}", "{#": "#}"}
_LANGUAGE: Final = re.compile(r"\([^()\n]{1,50}\)")
_ATTRIBUTES: Final = re.compile(r"\{[^{}\n]{0,500}\}")


def wiki_to_text(source: str) -> str:
    """Wiki syntax as plain text: what the page would show, without running anything.

    Emphasis, titles and comments lose their marks, actions and images vanish, a link is
    `text (address)`, raw HTML between doubled quotes is read as HTML, dashes are a line break.
    """
    text = html.unescape(_Reader(storable(source)).read())
    lines = (re.sub(r"^[ \t]([ \t]*- )", r"\1", line) for line in text.split("\n"))
    return trim_lines(_outside_addresses("\n".join(lines), _rejoined))


def text_to_wiki(text: str) -> str:
    """Plain text that the wiki's formatter shows as it is, and in which it runs nothing.

    `{{` becomes `{`, a no-break space, `{`; so do `""`, `[[` and all other doubled marks, outside
    of web addresses, which stay links. Lines that open with `- ` become members of a list.
    """
    parted = _outside_addresses(trim_lines(text), _parted)
    lines = (re.sub(r"^([ \t]*- )", r" \1", line) for line in parted.split("\n"))
    return html.escape("\n".join(lines), quote=False)


def _outside_addresses(text: str, change: Callable[[str], str]) -> str:
    parts = _ADDRESS.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def _parted(text: str) -> str:
    return _APART.sub(lambda match: match[0] + "\u00a0", text)


def _rejoined(text: str) -> str:
    return _APART.sub(lambda match: match[0][1:], text)


class _Reader:
    """Goes through a source once; a closing mark is looked for once and its place remembered,
    so that a text of nothing but opening marks takes no longer than another."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._places: dict[str, int] = {}

    def read(self) -> str:
        """The text with markup taken off, entities still escaped."""
        parts: list[str] = []
        done = 0
        while (match := _OPENER.search(self._source, done)) is not None:
            parts.append(self._source[done : match.start()])
            shown, done = self._shown(match)
            parts.append(shown)
        parts.append(self._source[done:])
        return "".join(parts)

    def _shown(self, match: re.Match[str]) -> tuple[str, int]:
        """What stands for a mark and what it opens, and where reading goes on."""
        mark = match[0]
        if match["address"] is not None:
            return mark, match.end()
        if match["rule"] is not None:
            return "\n", match.end()
        if match["mark"] is not None:
            return "", match.end()
        if mark in _CLOSERS:
            return self._enclosed(mark, match.end())
        return self._markdown_link(mark, match.end())

    def _enclosed(self, mark: str, begin: int) -> tuple[str, int]:
        closer = _CLOSERS[mark]
        end = self._place(closer, begin)
        if end < 0:
            return mark, begin
        inner = self._source[begin:end]
        if mark == "%%":
            inner = _LANGUAGE.sub("", inner, count=1) if inner.startswith("(") else inner
            return inner.strip(), end + 2
        if mark == '""':
            return _raw(inner), end + 2
        if mark == "[[":
            target, _, words = inner.strip().partition(" ")
            return _link(words.strip(), target), end + 2
        return "", end + 2

    def _markdown_link(self, mark: str, begin: int) -> tuple[str, int]:
        """`[words](address)`, with attributes in braces behind, or an image with `!` before."""
        middle = self._place("](", begin)
        end = self._place(")", middle + 2) if middle > begin else -1
        line = self._place("\n", begin)
        if end < 0 or self._place("]", begin) != middle or 0 <= line < end:
            return mark, begin
        attributes = _ATTRIBUTES.match(self._source, end + 1)
        behind = attributes.end() if attributes else end + 1
        if mark == "![":
            return "", behind
        address = self._source[middle + 2 : end].strip().partition(" ")[0]
        return _link(self._source[begin:middle], address), behind

    def _place(self, needle: str, begin: int) -> int:
        """Where `needle` stands next from `begin` on, or -1."""
        known = self._places.get(needle)
        if known is None or 0 <= known < begin:
            known = self._places[needle] = self._source.find(needle, begin)
        return known


def _raw(source: str) -> str:
    return html.escape(html_to_text(source), quote=False) if "<" in source else source


def _link(words: str, target: str) -> str:
    return in_words(words, html.unescape(target)) or target
