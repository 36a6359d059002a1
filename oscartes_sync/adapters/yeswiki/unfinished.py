"""Entries of ours that were begun and not finished: how they are known again.

What must not be public for a moment is created under a neutral title with nothing else in it; its
rights come next, then its text. A run that dies in between leaves such an entry behind: it is
finished by whoever meets it again, and mirrored by nobody. Only our own account's count, so that
a member who happens to choose the same title loses nothing.
"""

from __future__ import annotations

from typing import Final

from bazar_forms.entry import Entry
from oscartes_sync.mapping.recipe import TITLE

NEUTRAL_TITLE: Final = "Fiche en préparation (OSCARTES)"
"""Tells readers of the wiki nothing but what happens; the words are the wiki's, so French."""


def is_unfinished(entry: Entry, user: str) -> bool:
    """Whether this is an entry that our account began; `user` is who the wiki said we are."""
    return bool(user) and entry.owner == user and entry.properties.get(TITLE) == NEUTRAL_TITLE
