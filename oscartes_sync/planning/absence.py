"""One side's thing is gone, or closed to the public: what that means for the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.change import Evidence, Now, known, moved
from oscartes_sync.planning.due import due_of
from oscartes_sync.planning.operation import Action, Operation, Reason, State
from oscartes_sync.planning.plan import Clash, ConflictKind, Step
from oscartes_sync.planning.rules import Decision, Rules
from oscartes_sync.planning.shaping import conflict_of, operation_on, step_of, untouched
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, fields_of


def vanished(rules: Rules, link: Link, side: Side, here: Evidence, there: Evidence) -> Step | None:
    """Proved gone on `side`; what the other side is decides what that means."""
    if here.now is not Now.GONE:
        return None
    other = side.other
    seen = there.seen
    if seen is None or (there.now is Now.HIDDEN and link.origin is other):
        # What its own side closed and the other lost is of no concern any more.
        return step_of(link, forget=True)
    kept = {other.value: seen}
    if not rules.binding.direction.writes(other):
        # A copy deleted on the written side is not made again.
        return step_of(link, **kept, drop=side)
    edited = _edits(link, other, seen.record)
    erased = rules.binding.erases and side is link.origin
    if edited and not erased:
        return _edit_beats_delete(rules, link, side, seen.record, kept)
    if rules.binding.deletions is Deletions.IGNORE:
        return step_of(link, **kept, drop=side)
    if not rules.writable[other]:
        return untouched(rules, link, Problem.of("side-read-only", side=other))
    foreign_owner = there.look is not None and not there.look.deletable
    if rules.binding.deletions is Deletions.ASK or foreign_owner:
        return _pending(rules, link, other, there, seen)
    step = step_of(link, **kept, operations=(_removal(link, other, seen, Reason.DELETED),))
    # Whoever had their entry erased is out of the book, whatever somebody typed into their card.
    return _withdrawn_with_edits(rules, link, side, step, edited) if edited else step


def _edits(link: Link, side: Side, record: Record) -> dict[str, tuple[Any, Any]]:
    """What was edited of what is left; a copy of a file that was taken out of it is no edit."""
    found = moved(link, side, record, fields_of(record))
    if "content" in found and not found["content"][1]:
        del found["content"]
    return found


def _edit_beats_delete(
    rules: Rules, link: Link, side: Side, event: Record, kept: Mapping[str, Any]
) -> Step:
    said = Problem.warning("edit-beats-delete", side)
    if not rules.may_write(side):
        return step_of(link, **kept, drop=side, problems=(said,))
    return replace(_created_again(rules, link, side, event, kept), problems=(said,))


def _created_again(
    rules: Rules, link: Link, side: Side, event: Record, kept: Mapping[str, Any]
) -> Step:
    creation = operation_on(link, Action.CREATE, side, event.title, record=event)
    due = due_of(event, rules.now, rules.binding.zone) if side is Side.WIKI else None
    return step_of(link, **kept, operations=(creation,), due=due)


def _removal(link: Link, side: Side, seen: Seen, reason: Reason) -> Operation:
    """The version that was judged is the one that may go."""
    return operation_on(
        link, Action.DELETE, side, seen.record.title, there=seen, token=seen.token, reason=reason
    )


def erased_unread(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step | None:
    """A card that makes no contact any more (a client made a group of it) while its actor left.

    Nothing is merged into it, but whose it is was known, and who is out must not stay in the book.
    """
    reason = {Now.GONE: Reason.DELETED, Now.HIDDEN: Reason.WITHDRAWN}.get(wiki.now)
    if reason is None or cloud.now is not Now.BROKEN or link.origin is not Side.WIKI:
        return None
    if not rules.binding.erases or not rules.may_write(Side.CLOUD):
        return None
    copy = replace(link.seen(Side.CLOUD), token="")
    forget = reason is Reason.WITHDRAWN
    removal = _removal(link, Side.CLOUD, copy, reason)
    return step_of(link, cloud=copy, operations=(removal,), forget=forget)


def held_back(rules: Rules, link: Link, side: Side) -> Step:
    """Absent with too many others: shown as the removal it might be, and not done."""
    reason = Reason.WITHDRAWN if side is link.origin else Reason.DELETED
    removal = _removal(link, side.other, link.seen(side.other), reason)
    return replace(untouched(rules, link), operations=(replace(removal, state=State.SKIPPED),))


def _pending(rules: Rules, link: Link, side: Side, there: Evidence, seen: Seen) -> Step:
    """A deletion that waits for a person: the link stays as it was, to be met again."""
    conflict = conflict_of(rules, link, ConflictKind.DELETION)
    kept = {side.value: seen}
    match rules.decisions.get(conflict.id):
        case Decision.DELETE:
            settled = replace(conflict, open=False, winner=side.other)
            removal = _removal(link, side, seen, Reason.DELETED)
            return step_of(link, **kept, operations=(removal,), conflicts=(settled,))
        case Decision.RESTORE:
            settled = replace(conflict, open=False, winner=side)
            if not rules.may_write(side.other):
                return step_of(link, **kept, drop=side.other, conflicts=(settled,))
            again = _created_again(rules, link, side.other, seen.record, kept)
            return replace(again, conflicts=(settled,))
    problems = []
    if there.look is not None and not there.look.deletable:
        problems.append(Problem.of("deletion-not-ours", side=side, owner=there.look.owner or "?"))
    return step_of(
        link,
        conflicts=(conflict,),
        problems=tuple(problems),
        unsettled=link.unsettled,
        due=link.due,
        drop=link.dropped,
    )


def hidden(rules: Rules, link: Link, side: Side, here: Evidence, there: Evidence) -> Step | None:
    """There, but not for everybody: at the source a withdrawal, at the copy a local matter."""
    if here.now is not Now.HIDDEN:
        return None
    if there.now is Now.HIDDEN and side is not link.origin:
        # The other side, the source, is hidden too: its own turn comes.
        return None
    if side is not link.origin or not rules.may_write(side.other):
        # Whoever closes the entry of a card that was typed in the book may want to be out of it.
        code = "card-stays" if rules.binding.erases and side is Side.WIKI else "copy-hidden"
        step = untouched(rules, link, Problem.warning(code, side))
        return replace(step, drop=None) if link.dropped is side else step
    if there.seen is None:
        return step_of(link, forget=True)
    removal = _removal(link, side.other, there.seen, Reason.WITHDRAWN)
    step = step_of(link, **{side.other.value: there.seen}, operations=(removal,), forget=True)
    # What a closed entry says is not read: what it said last stands for it.
    source, copy = here.record or link.seen(side).record, there.seen.record
    edited = {
        name: values
        for name, values in moved(link, side.other, copy, fields_of(copy)).items()
        # Where nothing was ever agreed on, what only one of the two says may be an edit.
        if values[0] is not MISSING or getattr(source, name) != values[1]
    }
    return _withdrawn_with_edits(rules, link, side, step, edited) if edited else step


def _withdrawn_with_edits(
    rules: Rules, link: Link, side: Side, step: Step, edited: Mapping[str, tuple[Any, Any]]
) -> Step:
    """The copy goes, since its source is closed; what was typed into it stays to be found.

    The source's own values are nobody's to read any more, so the last agreed ones stand there.
    """
    clashes = {}
    for name, (base, now) in edited.items():
        agreed = known(link.base(side, name))
        mine, theirs = (now, agreed) if side is Side.CLOUD else (agreed, now)
        clashes[name] = Clash(known(base), mine, theirs)
    conflict = conflict_of(rules, link, ConflictKind.FIELD, clashes, winner=side)
    said = Problem.warning("edit-withdrawn", side.other, fields=", ".join(sorted(edited)))
    return replace(step, conflicts=(conflict,), problems=(said,))
