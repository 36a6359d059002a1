"""Text that a terminal may be given: what members typed must not move its cursor or colours."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls of both sets (U+009B opens an escape sequence like ESC [), marks that turn the reading
direction, line separators, and halves of characters, which UTF-8 cannot say."""


def legible(text: str) -> str:
    """The same, a replacement character for each of those."""
    return _UNSEEN.sub("\ufffd", text)
