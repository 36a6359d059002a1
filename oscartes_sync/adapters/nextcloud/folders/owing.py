"""Public links that could not be ended, since their files lie in the bin.

The server lists no share of a file in its bin, and restoring the file brings the share back: so a
link whose entry is gone is looked for again, for as long as a bin keeps things.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from oscartes_sync.adapters.nextcloud.discovery import Recall, Remember

KEPT: Final = timedelta(days=31)
"""A bin empties itself after thirty days, unless its administrator says otherwise."""


class Owing:
    """What is owed of one binding, in the notes of the state."""

    def __init__(self, recall: Recall, remember: Remember, binding: str, today: date) -> None:
        self._remember = remember
        self._name = f"links {binding}"
        self._today = today
        try:
            raw = json.loads(recall(self._name) or "{}")
            self._listed = {int(each) for each in raw.get("listed", ())}
            owed = {int(each): date.fromisoformat(day) for each, day in raw.get("owed", {}).items()}
        except (ValueError, TypeError, AttributeError):
            self._listed, owed = set(), {}
        self._owed = {each: day for each, day in owed.items() if today - day < KEPT}

    @property
    def any(self) -> bool:
        """Whether a link may come back."""
        return bool(self._owed)

    def note(self, listed: Collection[int], kept: Collection[int | None]) -> None:
        """After a look: these files had links, and the ones of `kept` still do.

        What had one at the last look and is not listed now lies in the bin, or is gone for good.
        """
        for each in self._listed - set(listed):
            self._owed.setdefault(each, self._today)
        for each in listed:
            self._owed.pop(each, None)
        said = {
            "listed": sorted(each for each in listed if each in kept),
            "owed": {str(each): day.isoformat() for each, day in sorted(self._owed.items())},
        }
        self._remember(self._name, json.dumps(said))
