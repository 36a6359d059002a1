"""The UID of an iCalendar text, without parsing the rest of it."""

from __future__ import annotations

import re

_FOLD = re.compile(r"\r?\n[ \t]")
_EVENT = re.compile(r"^BEGIN:VEVENT\s*$", re.MULTILINE | re.IGNORECASE)
_UID = re.compile(r"^UID(?:;[^:\r\n]*)?:(.*?)\s*$", re.MULTILINE | re.IGNORECASE)


def uid_in(text: str) -> str:
    """The first UID, lines unfolded (RFC 5545, 3.1), "" where there is none.

    One object has one UID: the server refuses anything else (recording 027). The calendar around
    it may bear another (RFC 7986, 5.3), so reading begins at the event.
    """
    unfolded = _FOLD.sub("", text)
    begin = _EVENT.search(unfolded)
    found = _UID.search(unfolded, begin.end() if begin else 0)
    if not found:
        return ""
    return re.sub(r"\\([\\;,])", r"\1", found[1])
