"""Which states work on a calendar: each leaves its name and the day in a property of ours.

A calendar of Nextcloud keeps properties that it does not know, per account and path (apps/dav/lib/
DAV/CustomPropertiesBackend.php, `updateProperties` and `getUserProperties`; tried in recording 016,
where neither ctag nor sync-token moved), and forgets them with the calendar. Two states on one
binding do no harm, since pairs find each other by identity, but each reports the other's writes as
edits: `doctor` tells. A server that forgets the property tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

FRESH: Final = timedelta(days=7)
"""A name is written again after so long, in a run that writes to the calendar anyway."""
BUSY: Final = timedelta(days=14)
"""A state that has not written for so long is taken for gone."""
_KEPT: Final = timedelta(days=60)


def read(text: str) -> Mapping[str, date]:
    """State id → the day it signed; lines that say nothing are left out."""
    found: dict[str, date] = {}
    for line in text.splitlines():
        name, _, day = line.strip().partition(" ")
        try:
            found[name] = date.fromisoformat(day)
        except ValueError:
            continue
    return found


def signed(text: str, state: str, today: date) -> str:
    """The property with this state's name and day in it, "" where it says so already."""
    known = read(text)
    if not state or (state in known and today - known[state] < FRESH):
        return ""
    kept = {name: day for name, day in known.items() if today - day < _KEPT} | {state: today}
    return "\n".join(f"{name} {day.isoformat()}" for name, day in sorted(kept.items()))


def other(text: str, state: str, today: date) -> date | None:
    """The last day on which another state signed, None where none is at work."""
    days = [day for name, day in read(text).items() if name != state and today - day < BUSY]
    return max(days, default=None)
