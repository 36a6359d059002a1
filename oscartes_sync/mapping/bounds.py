"""How much text one thing may hold: what is beyond it is told, before time and memory are spent.

The two bounds go together: a text within the first, written as the wiki's markup, stays within
the second, so that nothing is written that could not be read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.errors import RecordError
from oscartes_sync.records.event import RichText

LONGEST_TEXT: Final = 1024 * 1024
"""Characters of a description; `LONGEST_HTML` of its HTML, embedded pictures included."""

LONGEST_HTML: Final = 4 * LONGEST_TEXT

LONGEST_ENTRY: Final = 8 * LONGEST_TEXT
"""Characters of all that an entry holds; they are looked at several times."""

MOST_TAGS: Final = 600_000
"""Each tag costs half a kilobyte while a text is read; a line break is one."""


def check_description(description: RichText) -> None:
    """Refuse what is beyond the bounds.

    Raises:
        RecordError: `too-large`.
    """
    if len(description.text) > LONGEST_TEXT:
        raise RecordError("too-large")
    check_html(description.html)


def check_html(markup: str) -> None:
    """Refuse HTML that is beyond the bounds, before it is read.

    Raises:
        RecordError: `too-large`.
    """
    if len(markup) > LONGEST_HTML or markup.count("<") > MOST_TAGS:
        raise RecordError("too-large")


def check_entry(properties: Mapping[str, object]) -> None:
    """Refuse an entry whose texts together are beyond the bounds.

    Raises:
        RecordError: `too-large`.
    """
    texts = [value for value in properties.values() if isinstance(value, str)]
    size = sum(map(len, texts))
    if size > LONGEST_ENTRY or (
        size > MOST_TAGS and sum(text.count("<") for text in texts) > MOST_TAGS
    ):
        raise RecordError("too-large")
