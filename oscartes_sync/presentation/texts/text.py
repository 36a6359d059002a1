"""What one code says."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence (what happened, where) and its remedy, "" where there is nothing to do."""

    sentence: str
    remedy: str = ""
