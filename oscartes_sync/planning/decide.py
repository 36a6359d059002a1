"""What is to be done about one link, from what each side is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.change import Evidence, Now, known, moved
from oscartes_sync.planning.merge import Meeting, Merge, apply_to, merge
from oscartes_sync.planning.operation import Action, FieldChange, Operation, Reason, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind, Step
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import FIELDS, Event
from oscartes_sync.records.fingerprint import digest, value_to_json
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side


def conflict_id(
    binding: str, uid: str, kind: ConflictKind, fields: Mapping[str, Clash] | None = None
) -> str:
    """The same id for the same clash, whoever finds it and when."""
    values = {
        name: [value_to_json(clash.base), value_to_json(clash.wiki), value_to_json(clash.cloud)]
        for name, clash in (fields or {}).items()
    }
    return digest([binding, uid, kind.value, values], 10)


def decide(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step | None:
    """The step of one link; None where nothing is to be done nor told."""
    step = _decide(rules, link, wiki, cloud)
    problems = (*step.problems, *wiki.problems, *cloud.problems)
    placed = tuple(problem.at(entry=link.tag, href=link.href) for problem in problems)
    step = replace(step, problems=tuple(dict.fromkeys(placed)))
    return None if _idle(step, link) else step


def _idle(step: Step, link: Link) -> bool:
    """Whether the link would be stored as it is: then the run has nothing to say about it."""
    return (
        not step.operations
        and not step.conflicts
        and not step.forget
        and not step.problems
        and not link.problems
        and not link.unsettled
        and not step.unsettled
        and step.drop == link.dropped
        and step.due == link.due
        and (step.wiki is None or step.wiki == link.seen(Side.WIKI))
        and (step.cloud is None or step.cloud == link.seen(Side.CLOUD))
    )


def _decide(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step:
    states = {wiki.now, cloud.now}
    if states <= {Now.GONE, Now.DROPPED}:
        return _step(link, forget=True)
    sides = ((Side.WIKI, wiki, cloud), (Side.CLOUD, cloud, wiki))
    for side, here, _ in sides:
        step = _inconclusive(rules, link, side, here)
        if step is not None:
            return step
    for verdict in (_vanished, _hidden):
        for side, here, there in sides:
            step = verdict(rules, link, side, here, there)
            if step is not None:
                return step
    for side, here, there in sides:
        if here.now is Now.DROPPED:
            return _step(link, **{side.other.value: there.seen}, drop=side)
    return _both_here(rules, link, wiki, cloud)


def _inconclusive(rules: Rules, link: Link, side: Side, here: Evidence) -> Step | None:
    """Where nothing can be said of one side, nothing is done to the other."""
    match here.now:
        case Now.BROKEN:
            return _untouched(rules, link)
        case Now.HELD:
            return _held_back(rules, link, side)
        case Now.UNSURE:
            return _untouched(rules, link, Problem.warning("absence-unsure", side))
        case Now.ELSEWHERE:
            return _untouched(rules, link, Problem.warning("moved-elsewhere", side))
    return None


def _step(link: Link, **changes: Any) -> Step:
    return Step(
        uid=link.uid, origin=link.origin, link=link, **{"wiki": None, "cloud": None, **changes}
    )


def _untouched(rules: Rules, link: Link, *problems: Problem) -> Step:
    """Nothing is concluded: the old tokens stay, so that the next run looks again.

    What both sides had changed and nobody has settled is told all the same.
    """
    return _step(
        link,
        unsettled=link.unsettled,
        due=link.due,
        drop=link.dropped,
        problems=problems,
        conflicts=_still_open(rules, link),
    )


def _still_open(rules: Rules, link: Link) -> tuple[Conflict, ...]:
    """The clashes that the last look at both sides left open."""
    clashes = {}
    for name, bases in link.unsettled.items():
        values = (getattr(link.wiki, name), getattr(link.cloud, name))
        moved_here = all(
            base is MISSING or base != now for base, now in zip(bases, values, strict=True)
        )
        if moved_here and values[0] != values[1]:
            clashes[name] = Clash(known(bases[1]), *values)
    if not clashes:
        return ()
    return (_conflict(rules, link, ConflictKind.FIELD, clashes),)


def _conflict(
    rules: Rules,
    link: Link,
    kind: ConflictKind,
    clashes: Mapping[str, Clash] | None = None,
    winner: Side | None = None,
) -> Conflict:
    return Conflict(
        id=conflict_id(rules.binding.name, link.uid, kind, clashes),
        kind=kind,
        uid=link.uid,
        entry=link.tag,
        href=link.href,
        fields=clashes or {},
        open=winner is None,
        winner=winner,
    )


def _operation(link: Link, action: Action, side: Side, title: str, **more: Any) -> Operation:
    return Operation(
        action=action,
        side=side,
        uid=link.uid,
        entry=link.tag,
        href=link.href,
        title=title,
        **more,
    )


# Gone and hidden


def _vanished(rules: Rules, link: Link, side: Side, here: Evidence, there: Evidence) -> Step | None:
    """Proved gone on `side`; what the other side is decides what that means."""
    if here.now is not Now.GONE:
        return None
    other = side.other
    seen = there.seen
    if seen is None or (there.now is Now.HIDDEN and link.origin is other):
        # What its own side closed and the other lost is of no concern any more.
        return _step(link, forget=True)
    kept = {other.value: seen}
    if not rules.binding.direction.writes(other):
        # A copy deleted on the written side is not made again.
        return _step(link, **kept, drop=side)
    edited = moved(link, other, seen.event, FIELDS)
    if edited:
        return _edit_beats_delete(rules, link, side, seen.event, kept)
    if rules.binding.deletions is Deletions.IGNORE:
        return _step(link, **kept, drop=side)
    if not rules.writable[other]:
        return _untouched(rules, link, Problem.of("side-read-only", side=other))
    foreign_owner = there.look is not None and not there.look.deletable
    if rules.binding.deletions is Deletions.ASK or foreign_owner:
        return _pending(rules, link, other, there)
    return _step(link, **kept, operations=(_removal(link, other, seen, Reason.DELETED),))


def _edit_beats_delete(
    rules: Rules, link: Link, side: Side, event: Event, kept: Mapping[str, Any]
) -> Step:
    said = Problem.warning("edit-beats-delete", side)
    if not rules.may_write(side):
        return _step(link, **kept, drop=side, problems=(said,))
    creation = _operation(link, Action.CREATE, side, event.title, event=event)
    due = shown(event, rules.now, rules.binding.zone).until if side is Side.WIKI else None
    return _step(link, **kept, operations=(creation,), problems=(said,), due=due)


def _removal(link: Link, side: Side, seen: Seen, reason: Reason) -> Operation:
    """The version that was judged is the one that may go."""
    return _operation(link, Action.DELETE, side, seen.event.title, token=seen.token, reason=reason)


def _held_back(rules: Rules, link: Link, side: Side) -> Step:
    """Absent with too many others: shown as the removal it might be, and not done."""
    reason = Reason.WITHDRAWN if side is link.origin else Reason.DELETED
    removal = _removal(link, side.other, link.seen(side.other), reason)
    return replace(_untouched(rules, link), operations=(replace(removal, state=State.SKIPPED),))


def _pending(rules: Rules, link: Link, side: Side, there: Evidence) -> Step:
    """A deletion that waits for a person: the link stays as it was, to be met again."""
    problems = []
    if there.look is not None and not there.look.deletable:
        problems.append(Problem.of("deletion-not-ours", side=side, owner=there.look.owner or "?"))
    return _step(
        link,
        conflicts=(_conflict(rules, link, ConflictKind.DELETION),),
        problems=tuple(problems),
        unsettled=link.unsettled,
        due=link.due,
        drop=link.dropped,
    )


def _hidden(rules: Rules, link: Link, side: Side, here: Evidence, there: Evidence) -> Step | None:
    """There, but not for everybody: at the source a withdrawal, at the copy a local matter."""
    if here.now is not Now.HIDDEN:
        return None
    if there.now is Now.HIDDEN and side is not link.origin:
        # The other side, the source, is hidden too: its own turn comes.
        return None
    if side is not link.origin or not rules.may_write(side.other):
        return _untouched(rules, link, Problem.warning("copy-hidden", side))
    if there.seen is None:
        return _step(link, forget=True)
    if there.look is not None and not there.look.deletable:
        owner = there.look.owner or "?"
        problem = Problem.of("withdrawal-not-ours", side=side.other, owner=owner)
        return _untouched(rules, link, problem)
    removal = _removal(link, side.other, there.seen, Reason.WITHDRAWN)
    return _step(link, **{side.other.value: there.seen}, operations=(removal,), forget=True)


# Both there


def _both_here(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step:
    if wiki.seen is None or cloud.seen is None:
        return _untouched(rules, link)
    meeting = Meeting(
        link=link,
        wiki=wiki.seen.event,
        cloud=cloud.seen.event,
        binding=rules.binding,
        carries=rules.carries,
        says=rules.says,
        project=rules.project,
        now=rules.now,
    )
    merged = merge(meeting)
    conflicts = _conflicts(rules, link, merged)
    if merged.to_wiki and meeting.wiki.series is not None:
        conflicts = (*conflicts, _keep_series(rules, link, meeting, merged))
    operations = _updates(rules, meeting, merged, {Side.WIKI: wiki.seen, Side.CLOUD: cloud.seen})
    moved_on = (wiki.seen, cloud.seen) != (link.seen(Side.WIKI), link.seen(Side.CLOUD))
    settled = bool(link.unsettled) and not merged.unsettled
    if not operations and (moved_on or settled or link.dropped):
        operations = (_operation(link, Action.RELINK, Side.CLOUD, meeting.cloud.title),)
    return _step(
        link,
        wiki=wiki.seen,
        cloud=cloud.seen,
        operations=operations,
        conflicts=conflicts,
        problems=tuple(merged.problems),
        bases=merged.bases,
        unsettled=merged.unsettled,
        due=merged.due,
    )


def _conflicts(rules: Rules, link: Link, merged: Merge) -> tuple[Conflict, ...]:
    """One conflict for what is open and one for what the policy settled."""
    found = []
    for is_open in (True, False):
        clashes = {n: c for n, (c, winner) in merged.clashes.items() if (winner is None) is is_open}
        if not clashes:
            continue
        winner = next(merged.clashes[name][1] for name in clashes)
        found.append(_conflict(rules, link, ConflictKind.FIELD, clashes, winner))
    return tuple(found)


def _keep_series(rules: Rules, link: Link, meeting: Meeting, merged: Merge) -> Conflict:
    """Editing a parent makes the wiki delete and re-create its repetitions: a person decides."""
    fields = {
        name: Clash(
            known(link.base(Side.CLOUD, name)),
            getattr(meeting.wiki, name),
            getattr(meeting.cloud, name),
        )
        for name in sorted(merged.to_wiki)
    }
    for name in fields:
        merged.unsettled[name] = (link.base(Side.WIKI, name), link.base(Side.CLOUD, name))
    merged.to_wiki.clear()
    listed = ", ".join(fields)
    merged.problems.append(Problem.warning("series-edited-in-cloud", Side.CLOUD, fields=listed))
    return _conflict(rules, link, ConflictKind.SERIES, fields)


def _updates(
    rules: Rules, meeting: Meeting, merged: Merge, sides: Mapping[Side, Seen]
) -> tuple[Operation, ...]:
    operations = []
    link = meeting.link
    for side, changes in ((Side.WIKI, merged.to_wiki), (Side.CLOUD, merged.to_cloud)):
        if not changes:
            continue
        here, there = sides[side], sides[side.other]
        if not rules.writable[side]:
            merged.problems.append(Problem.of("side-read-only", side=side))
            merged.unsettled.update({name: merged.bases[name] for name in changes})
            continue
        target = apply_to(here.event, _for_words(side, meeting, changes), there.event)
        operations.append(
            _operation(
                link,
                Action.UPDATE,
                side,
                target.title,
                event=target,
                changes=tuple(
                    FieldChange(name, getattr(here.event, name), value)
                    for name, value in sorted(changes.items())
                ),
                token=here.token,
                other_token=there.token,
            )
        )
    return tuple(operations)


def _for_words(side: Side, meeting: Meeting, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the wiki only says in words comes from the cloud, changed or not."""
    whole = dict(changes)
    if side is Side.WIKI:
        for name in ("status", "series", "organizer"):
            if name in meeting.says or (name == "series" and meeting.in_words):
                whole.setdefault(name, getattr(meeting.cloud, name))
    return whole
