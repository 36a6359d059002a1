"""Two records and their last agreement, field by field.

Each side is compared with its own base, since each server normalises in its own way. What moved on
one side goes to the other; what moved on both to the same is agreed; what moved on both to
different values is a conflict, which the binding's policy settles or leaves open.
"""

from __future__ import annotations

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.event_merge import merge_events
from oscartes_sync.planning.meeting import EventMeeting, Meeting, Merge
from oscartes_sync.planning.units import (
    doubt_positions,
    follow_page,
    mention_left,
    merge_set,
    merge_unit,
)
from oscartes_sync.records.document import OWN, Document
from oscartes_sync.records.event import SETS
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import fields_of


def merge(meeting: Meeting) -> Merge:
    """Decide field by field; pure."""
    merged = Merge()
    if isinstance(meeting, EventMeeting):
        merge_events(meeting, merged)
    else:
        _merge_fields(meeting, merged)
    follow_page(meeting, merged)
    if isinstance(meeting.wiki, Document):
        # What an entry says besides is nobody's business in the folder; nor is a sub-folder that
        # is no category a slip.
        merged.left.clear()
        merged.problems = [each for each in merged.problems if each.code != "category-unknown"]
    doubt_positions(meeting, merged)
    mention_left(merged)
    return merged


def _merge_fields(meeting: Meeting, merged: Merge) -> None:
    """A record whose fields are merged each by itself."""
    for name in fields_of(meeting.wiki):
        if name in OWN and _is_own(meeting, name):
            continue
        if name == "file" and _keeps_its_address(meeting):
            continue
        if name in SETS:
            merge_set(meeting, merged, name)
        elif name in meeting.carries or _was_closed(meeting, name):
            merge_unit(meeting, merged, (name,))


def _is_own(meeting: Meeting, name: str) -> bool:
    """Whether the wiki says of a document something else than its file does: a person said it.

    It stays, whatever the file is called by then. Where nobody knows what was agreed, too.
    """
    if not isinstance(meeting.wiki, Document):
        return False
    agreed = meeting.link.base(Side.CLOUD, name)
    file = getattr(meeting.cloud, name) if agreed is MISSING else agreed
    return bool(getattr(meeting.wiki, name) != file)


def _keeps_its_address(meeting: Meeting) -> bool:
    """Whether the address that an entry shows is no longer ours to change.

    A member gave it another; or nothing is known of what was agreed, and then it is taken for that
    of the file.
    """
    if not isinstance(meeting.wiki, Document) or not isinstance(meeting.link.wiki, Document):
        return False
    return meeting.never_agreed(("file",)) or meeting.wiki.link != meeting.link.wiki.link


def _was_closed(meeting: Meeting, name: str) -> bool:
    """Whether the wiki shows this field to nobody any more, of which it said something once.

    What was mirrored of it goes from the other side: its owner took it back from the public.
    """
    agreed, now = meeting.link.base(Side.WIKI, name), getattr(meeting.wiki, name)
    return not now and agreed is not MISSING and bool(agreed)
