"""Two records and their last agreement, field by field.

Each side is compared with its own base, since each server normalises in its own way. What moved on
one side goes to the other; what moved on both to the same is agreed; what moved on both to
different values is a conflict, which the binding's policy settles or leaves open.
"""

from __future__ import annotations

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.document_merge import merge_documents
from oscartes_sync.planning.event_merge import merge_events
from oscartes_sync.planning.meeting import DocumentMeeting, EventMeeting, Meeting, Merge
from oscartes_sync.planning.units import (
    doubt_positions,
    follow_page,
    mention_left,
    merge_set,
    merge_unit,
)
from oscartes_sync.records.event import SETS
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import fields_of


def merge(meeting: Meeting) -> Merge:
    """Decide field by field; pure."""
    merged = Merge()
    if isinstance(meeting, EventMeeting):
        merge_events(meeting, merged)
    elif isinstance(meeting, DocumentMeeting):
        merge_documents(meeting, merged)
    else:
        _merge_fields(meeting, merged)
    follow_page(meeting, merged)
    doubt_positions(meeting, merged)
    mention_left(merged)
    return merged


def _merge_fields(meeting: Meeting, merged: Merge) -> None:
    """A record whose fields are merged each by itself."""
    for name in fields_of(meeting.wiki):
        if name in SETS:
            merge_set(meeting, merged, name)
        elif name in meeting.carries or _was_closed(meeting, name):
            merge_unit(meeting, merged, (name,))


def _was_closed(meeting: Meeting, name: str) -> bool:
    """Whether the wiki shows this field to nobody any more, of which it said something once.

    What was mirrored of it goes from the other side: its owner took it back from the public.
    """
    agreed, now = meeting.link.base(Side.WIKI, name), getattr(meeting.wiki, name)
    return not now and agreed is not MISSING and bool(agreed)
