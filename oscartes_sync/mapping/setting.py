"""What an entry does not say by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from oscartes_sync.mapping.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that an entry does not say by itself: the form's recipe, and the network's ways.

    `page_url` gives the address of the page of a tag, `file_url` that of a stored file. `repeats`
    is whether the wiki makes repetitions of an event of this form.
    """

    recipe: Recipe
    zone: ZoneInfo
    language: Literal["fr", "en"]
    page_url: Callable[[str], str]
    file_url: Callable[[str], str]
    repeats: bool = False
