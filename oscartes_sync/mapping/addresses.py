"""Links that are no links: addresses that make a browser run something."""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import unquote

_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_RUNS: Final = re.compile(r"(?:javascript|vbscript|data|livescript):", re.IGNORECASE)
_LONGEST_SCHEME: Final = 200
"""Characters in which a scheme may hide between blanks and escapes."""


def runs(address: str) -> bool:
    """Whether an address is code. Browsers overlook blanks, controls and escapes in its scheme."""
    begin = html.unescape(unquote(_UNSEEN.sub("", address)[:_LONGEST_SCHEME]))
    return _RUNS.match(_UNSEEN.sub("", begin)) is not None
