"""What stands on one side and has no link: mirrored, left where it is, or erased."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from oscartes_sync.planning.baseline import LeftOut
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.due import due_of
from oscartes_sync.planning.operation import Action, Operation, Reason
from oscartes_sync.planning.pairing import Pairing, ending_of, endings, is_copied
from oscartes_sync.planning.plan import Step
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.situation import Situation
from oscartes_sync.planning.snapshot import Presence, Sighting, Standing
from oscartes_sync.records.identity import PART, entry_of, forgotten_digest, origin_of, uid_of
from oscartes_sync.records.problem import Problem, Side

_ERASED: Final = {Presence.GONE: Reason.DELETED, Presence.HIDDEN: Reason.WITHDRAWN}
"""What is no longer selected may be another binding's copy in the same book: it stays, told."""


@dataclass(frozen=True, slots=True)
class _Linked:
    """What has a link: by UID, and by how the tags of the cloud's copies end.

    `copies` are the tags of those copies, those that were found again included.
    """

    uids: frozenset[str]
    endings: frozenset[str]
    copies: frozenset[str]


def newcomers(
    situation: Situation, rules: Rules, pairing: Pairing
) -> tuple[list[Step], list[LeftOut]]:
    """What nothing is remembered of: steps that mirror it, and why the rest stays where it is."""
    steps: list[Step] = []
    left_out: list[LeftOut] = []
    linked = _Linked(
        frozenset(head.uid for head in situation.baseline.heads),
        frozenset(endings(situation.baseline)),
        frozenset(
            [head.tag for head in situation.baseline.heads if head.origin is Side.CLOUD]
            + [wiki.key for _, origin, wiki, _ in pairing.pairs if origin is Side.CLOUD]
        ),
    )
    for side in Side:
        for sighting in pairing.alone[side]:
            if is_forgotten(situation, side, sighting):
                # Not even its key is kept: it is met anew by each run that reads it.
                continue
            left = _hindrance(situation, rules, side, sighting, linked)
            erasure = _erasure(situation, rules, sighting) if side is Side.CLOUD else None
            if erasure is not None:
                steps.append(erasure)
                left_out.append(waiting(side, sighting))
            elif left is None:
                steps.append(_creation(situation, side, sighting))
            else:
                left_out.append(left)
    return steps, left_out


def _hindrance(
    situation: Situation, rules: Rules, side: Side, sighting: Sighting, linked: _Linked
) -> LeftOut | None:
    """Why a new thing is not mirrored: its problems (maybe none worth telling); None if it is."""
    if sighting.standing is Standing.BROKEN or sighting.record is None:
        return _leave(side, sighting, *sighting.problems)
    if sighting.standing is not Standing.OPEN and not _is_closed_copy(situation, side, sighting):
        return _leave(side, sighting)
    if side is Side.WIKI and _is_no_file(situation.binding, sighting, linked):
        return _leave(side, sighting)
    double = _double(situation, side, sighting, linked)
    if double is not None:
        orphan = any(each.code == "orphan-copy" for each in double)
        # Whoever leaves the directory later must be found in the book then: it is asked again.
        waits = orphan and situation.binding.erases
        return (waiting if waits else _leave)(side, sighting, *double)
    if not situation.binding.direction.writes(side.other):
        return _leave(side, sighting)
    fresh = side is Side.CLOUD and not _returns(situation, sighting)
    refusal = situation.refuses(sighting) if fresh else None
    if refusal is not None:
        return waiting(side, sighting, refusal)
    return None if rules.writable[side.other] else waiting(side, sighting)


def _is_no_file(binding: Binding, sighting: Sighting, linked: _Linked) -> bool:
    """Whether it is an entry of documents, whose files are things of their own; or the file that
    we copied into one."""
    if binding.kind != "documents":
        return False
    return PART not in sighting.key or is_copied(binding, sighting, linked.copies)


def _is_closed_copy(situation: Situation, side: Side, sighting: Sighting) -> bool:
    """Whether it is a copy of ours that a client made private: without a link it is told, too."""
    origin = origin_of(sighting.uid) if side is Side.CLOUD else None
    ours = origin is not None and origin.wiki == situation.binding.wiki
    return ours and sighting.standing is Standing.HIDDEN


def is_forgotten(situation: Situation, side: Side, sighting: Sighting) -> bool:
    """Whether somebody had it erased: by its key, by the UID that it has or would get, or by how
    the tags of its copies end."""
    if not situation.baseline.forgotten:
        return False
    binding = situation.binding
    names = [sighting.key, sighting.uid]
    if side is Side.WIKI:
        tag = entry_of(sighting.key)
        names = [sighting.key, tag, uid_of(sighting.key, binding.wiki), ending_of(tag)]
    digests = {forgotten_digest(binding.name, each) for each in names}
    return bool(digests & situation.baseline.forgotten)


def _double(
    situation: Situation, side: Side, sighting: Sighting, linked: _Linked
) -> tuple[Problem, ...] | None:
    """What to tell of a copy that nobody keeps a link to; None where it is no copy."""
    binding = situation.binding
    if side is Side.WIKI:
        uid, ending = uid_of(sighting.key, binding.wiki), ending_of(sighting.key)
        twice = uid in linked.uids or ending in linked.endings
        return (Problem.warning("duplicate-copy", side),) if twice else None
    if sighting.uid in linked.uids:
        return (Problem.warning("duplicate-copy", side),)
    origin = origin_of(sighting.uid)
    if origin is None:
        return None
    if _returns(situation, sighting):
        return None
    ours = origin.wiki == binding.wiki
    return (Problem.warning("orphan-copy", side, tag=origin.tag),) if ours else ()


def _returns(situation: Situation, sighting: Sighting) -> bool:
    """Whether a file of an entry is back in the folder, and the entry is there without it."""
    origin, wiki = origin_of(sighting.uid), situation.wiki
    if origin is None or origin.wiki != situation.binding.wiki or PART not in origin.tag:
        return False
    return entry_of(origin.tag) in wiki.unmoved | wiki.sightings.keys()


def _erasure(situation: Situation, rules: Rules, sighting: Sighting) -> Step | None:
    """The removal of a copy without a link whose entry is proved to be gone, or closed.

    Only where erasure is the rule, as in a directory: no lost state may keep somebody in a book
    who asked to be taken out. `Situation.looks` holds the looks at such entries alone.
    """
    origin = origin_of(sighting.uid)
    look = situation.looks.get(Side.WIKI, {}).get(origin.tag) if origin else None
    reason = _ERASED.get(look.presence) if look else None
    if reason is None or origin is None or sighting.seen is None:
        return None
    if not rules.binding.erases or not rules.may_write(Side.CLOUD):
        return None
    operation = Operation(
        action=Action.DELETE,
        side=Side.CLOUD,
        uid=sighting.uid,
        entry=origin.tag,
        href=sighting.key,
        title=sighting.seen.record.title,
        token=sighting.token,
        reason=reason,
    )
    return Step(
        uid=sighting.uid,
        origin=Side.WIKI,
        link=None,
        wiki=None,
        cloud=sighting.seen,
        operations=(operation,),
        forget=True,
    )


def _leave(side: Side, sighting: Sighting, *problems: Problem) -> LeftOut:
    key = {"entry": sighting.key} if side is Side.WIKI else {"href": sighting.key}
    placed = tuple(problem.at(**key) for problem in problems)
    return LeftOut(side=side, key=sighting.key, token=sighting.token, problems=placed)


def waiting(side: Side, sighting: Sighting, *problems: Problem) -> LeftOut:
    """Left out for what the other side is now: asked again at each run."""
    return replace(_leave(side, sighting, *problems), token="")


def _creation(situation: Situation, side: Side, sighting: Sighting) -> Step:
    record = sighting.record
    if record is None:
        raise ValueError(sighting.key)
    on_wiki = side is Side.WIKI
    uid = uid_of(sighting.key, situation.binding.wiki) if on_wiki else sighting.uid
    entry, href = (sighting.key, None) if on_wiki else (None, sighting.key)
    operation = Operation(
        action=Action.CREATE,
        side=side.other,
        uid=uid,
        title=record.title,
        record=record,
        other_token=sighting.token,
        entry=entry,
        href=href,
    )
    placed = tuple(problem.at(entry=entry, href=href) for problem in sighting.problems)
    return Step(
        uid=uid,
        origin=Side.WIKI if on_wiki or _returns(situation, sighting) else Side.CLOUD,
        link=None,
        wiki=sighting.seen if on_wiki else None,
        cloud=None if on_wiki else sighting.seen,
        operations=(operation,),
        problems=placed,
        due=None if on_wiki else due_of(record, situation.now, situation.binding.zone),
    )
