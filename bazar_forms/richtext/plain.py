"""Plain text, its normal forms, and the fields that hold it: one line, or the `nohtml` syntax."""

from __future__ import annotations

import html
import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_INLINE_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|big|code|del|div|em|font|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|tt"
    r"|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def storable(text: str) -> str:
    """Leaves out what the wiki's purifier would leave out, and makes line ends line feeds."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def normalise_text(text: str) -> str:
    """The normal form of plain text: what HTML can show, and so what comes back from it.

    Runs of blanks become one, lines lose theirs at the ends, empty lines stand alone and not at
    the ends. A no-break space stays where it stands between two characters, as French typography
    needs it, and gives way to a plain blank beside it.
    """
    text = re.sub("\u00a0{2,}", "\u00a0", storable(text))
    text = re.sub("\u00a0?[ \t][ \t\u00a0]*", " ", text)
    text = "\n".join(line.strip(" \u00a0") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def trim_lines(text: str) -> str:
    """The normal form for the syntaxes that keep blanks: none at the ends of lines, no empty
    lines at either end of the text."""
    return "\n".join(line.rstrip(" \t") for line in storable(text).split("\n")).strip("\n")


def line_to_text(source: str) -> str:
    """What a one-line field shows: entities unescaped, inline markup that it may hold left out.

    A `<` that opens no known tag is a letter like any other: wikis without purifier store it raw.
    """
    return html.unescape(_INLINE_TAG.sub("", _LINE_BREAK.sub(" ", source)))


def text_to_line(text: str) -> str:
    """Text for a one-line field, escaped exactly once, as the server stores it [320]."""
    return html.escape(storable(text), quote=False)


def nohtml_to_text(source: str) -> str:
    """The `nohtml` syntax: the server purifies it as HTML, so entities are unescaped; tags that
    it kept are shown as they were typed, and so they stay."""
    return trim_lines(html.unescape(storable(source)))


def text_to_nohtml(text: str) -> str:
    """Plain text for the `nohtml` syntax."""
    return html.escape(trim_lines(text), quote=False)
