"""What members read of a resource shared with them (recording 063)."""

from __future__ import annotations

from functools import lru_cache

from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, Unreadable, read
from oscartes_sync.sandbox.cloud.store import Resource

KEPT_OF_CONFIDENTIAL = frozenset(
    (
        "CREATED",
        "DTSTART",
        "RRULE",
        "RECURRENCE-ID",
        "RDATE",
        "DURATION",
        "DTEND",
        "CLASS",
        "EXRULE",
        "EXDATE",
        "UID",
    )
)


def shown_to_members(resource: Resource, busy_word: str, *, writable: bool) -> bytes:
    """The text without alarms, CONFIDENTIAL ones reduced to their times and one word."""
    return _shown(resource.body, resource.classification, busy_word, writable)


@lru_cache(maxsize=20000)
def _shown(body: bytes, classification: str, busy_word: str, writable: bool) -> bytes:
    try:
        tree = read(body)
    except Unreadable:
        return body
    for part in tree.children:
        if classification == "CONFIDENTIAL" and part.name in ("VEVENT", "VTODO", "VJOURNAL"):
            _reduce(part, busy_word)
        if not writable or classification == "CONFIDENTIAL":
            part.children = [child for child in part.children if child.name != "VALARM"]
    return tree.text().encode()


def _reduce(part: Component, busy_word: str) -> None:
    kept = []
    for line in part.lines:
        if line.name == "SUMMARY":
            kept.append(Line("SUMMARY", "", busy_word))
        elif line.name in KEPT_OF_CONFIDENTIAL:
            kept.append(line)
    part.lines = kept
