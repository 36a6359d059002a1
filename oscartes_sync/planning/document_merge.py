"""A document's two sides: what its entry says, and what its file is.

What was born in the folder is told by an entry, which follows the file only as long as nobody
said otherwise in the wiki. What was born in an entry lies in the folder under a name made of the
entry's title, which follows the title only as long as nobody gave it another. The bytes go both
ways.
"""

from __future__ import annotations

from typing import Final

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.meeting import DocumentMeeting, Merge
from oscartes_sync.planning.units import clash, merge_set, merge_unit, push
from oscartes_sync.records.document import OWN, Document
from oscartes_sync.records.event import SETS
from oscartes_sync.records.problem import Problem, Side

CONTENT: Final = ("content",)
NOT_TAKEN: Final = "file-not-taken"
"""The problem of a new version that the wiki did not take, while the member's own stays."""
LINKED_INSTEAD: Final = "copy-linked-instead"
"""The problem of a file that the wiki did not take, and whose entry shows its address."""


def merge_documents(meeting: DocumentMeeting, merged: Merge) -> None:
    """Decide field by field; pure."""
    if meeting.link.origin is Side.WIKI:
        _merge_title(meeting, merged)
        _merge_content(meeting, merged)
    else:
        _merge_entry(meeting, merged)
    # What an entry says besides is nobody's business in the folder; nor is a sub-folder that is
    # no category a slip.
    for side, names in merged.left.items():
        merged.left[side] = [name for name in names if name in CONTENT]
    merged.problems = [each for each in merged.problems if each.code != "category-unknown"]


def _merge_entry(meeting: DocumentMeeting, merged: Merge) -> None:
    """What an entry tells of a file of the folder."""
    for name in ("title", "date", "author", "categories", "file"):
        if name not in meeting.carries or (name in OWN and _is_own(meeting, name)):
            continue
        if name in SETS:
            merge_set(meeting, merged, name)
            # A file has no categories of its own: where it lies is not ours to change.
            merged.to_cloud.pop(name, None)
        elif name != "file" or not _keeps_its_address(meeting):
            merge_unit(meeting, merged, (name,))
    if meeting.binding.mode == "copy":
        _merge_content(meeting, merged)


def _not_taken(meeting: DocumentMeeting) -> list[Problem]:
    """What was told of a file that stayed on its side."""
    kept = [each for each in meeting.link.problems if each.code == NOT_TAKEN]
    return [*_linked_instead(meeting), *kept]


def _was_never_tried(meeting: DocumentMeeting) -> bool:
    """Whether the entry was made while files were shown by their addresses alone."""
    held = meeting.wiki.content or meeting.link.base(Side.WIKI, "content")
    return not (held or _not_taken(meeting))


def _linked_instead(meeting: DocumentMeeting) -> list[Problem]:
    """What was told of a copy that the wiki did not take."""
    if meeting.wiki.content:
        return []
    return [each for each in meeting.link.problems if each.code == LINKED_INSTEAD]


def _is_own(meeting: DocumentMeeting, name: str) -> bool:
    """Whether the wiki says of a document something else than its file does: a person said it.

    It stays, whatever the file is called by then. Where nobody knows what was agreed, too.
    """
    agreed = meeting.link.base(Side.CLOUD, name)
    file = getattr(meeting.cloud, name) if agreed is MISSING else agreed
    return bool(getattr(meeting.wiki, name) != file)


def _keeps_its_address(meeting: DocumentMeeting) -> bool:
    """Whether the address that an entry shows is not ours to change.

    A member gave it another, or none; or nothing is known of what was agreed, and then it is taken
    for that of the file; or the entry holds the file itself.
    """
    if not isinstance(meeting.link.wiki, Document):
        return False
    if not (meeting.wiki.link or meeting.wiki.content):
        return True
    if meeting.binding.mode == "copy" and meeting.wiki.content:
        return True
    return meeting.never_agreed(("file",)) or meeting.wiki.link != meeting.link.wiki.link


def _merge_title(meeting: DocumentMeeting, merged: Merge) -> None:
    """A title that moved renames the file, unless a person called it something else."""
    if not meeting.moved(Side.WIKI, ("title",)) or meeting.never_agreed(("title",)):
        return
    known = meeting.link.wiki
    unchanged = isinstance(known, Document) and meeting.cloud.name == known.name
    if meeting.cloud.named or unchanged:
        merged.bases["title"] = meeting.bases("title")
        push(meeting, merged, Side.CLOUD, ("title",))


def _merge_content(meeting: DocumentMeeting, merged: Merge) -> None:
    """Each side has its own word for the bytes, so that only moves can be compared."""
    wiki, agreed = meeting.wiki.content, meeting.link.base(Side.WIKI, "content")
    here, there = (meeting.moved(side, CONTENT) for side in (Side.WIKI, Side.CLOUD))
    if not (here or there or _was_never_tried(meeting)):
        # It is not tried again before its file is another, and told at every run till then.
        merged.problems.extend(_not_taken(meeting))
        return
    if not wiki and agreed not in ("", MISSING):
        # A member took the copy out of its entry, and that is theirs to say: what was agreed stays
        # known, or the next run would take the entry for one that never held any.
        merged.unsettled["content"] = meeting.bases("content")
        return
    merged.bases["content"] = meeting.bases("content")
    if meeting.alike:
        return
    if not wiki:
        push(meeting, merged, Side.WIKI, CONTENT)
    elif here and (there or agreed == ""):
        # Where its entry held none, nobody put it there in the place of the file.
        clash(meeting, merged, CONTENT)
    else:
        push(meeting, merged, Side.CLOUD if here else Side.WIKI, CONTENT)
