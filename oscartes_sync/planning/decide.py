"""What is to be done about one link, from what each side is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from oscartes_sync.planning.absence import erased_unread, held_back, hidden, vanished
from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.change import Evidence, Now, known
from oscartes_sync.planning.meeting import EventMeeting, Meeting, Merge, meet
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind, Step
from oscartes_sync.planning.rules import Decision, Rules
from oscartes_sync.planning.series import clash_of, needs_a_person, settle_removals
from oscartes_sync.planning.shaping import conflict_of, operation_on, step_of, untouched
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.planning.thinned import bring_back, filled
from oscartes_sync.planning.units import apply_to
from oscartes_sync.records.problem import Problem, Side


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
        return step_of(link, forget=True)
    erased = erased_unread(rules, link, wiki, cloud)
    if erased is not None:
        return erased
    sides = ((Side.WIKI, wiki, cloud), (Side.CLOUD, cloud, wiki))
    for side, here, _ in sides:
        step = _inconclusive(rules, link, side, here)
        if step is not None:
            return step
    for verdict in (vanished, hidden):
        for side, here, there in sides:
            step = verdict(rules, link, side, here, there)
            if step is not None:
                return step
    for side, here, there in sides:
        if here.now is Now.DROPPED:
            return step_of(link, **{side.other.value: there.seen}, drop=side)
    return _both_here(rules, link, wiki, cloud)


def _inconclusive(rules: Rules, link: Link, side: Side, here: Evidence) -> Step | None:
    """Where nothing can be said of one side, nothing is done to the other."""
    match here.now:
        case Now.BROKEN:
            return untouched(rules, link)
        case Now.HELD:
            return held_back(rules, link, side)
        case Now.UNSURE:
            return untouched(rules, link, Problem.warning("absence-unsure", side))
        case Now.ELSEWHERE:
            return untouched(rules, link, Problem.warning("moved-elsewhere", side))
    return None


def _both_here(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step:
    if wiki.seen is None or cloud.seen is None:
        return untouched(rules, link)
    whole, dropped = filled(link, cloud.seen.record)
    meeting = meet(link, wiki.seen.record, whole, rules=rules)
    merged = merge(meeting)
    conflicts = _conflicts(rules, link, merged)
    decided = _decided_side(rules, conflicts)
    if decided is not None:
        merged = merge(replace(meeting, decided=decided))
        conflicts = _conflicts(rules, link, merged)
    bring_back(merged, dropped, wiki.seen.record, writes=rules.may_write(Side.CLOUD))
    if isinstance(meeting, EventMeeting):
        said = Decision.CLOUD if decided is Side.CLOUD else None
        conflicts = (*conflicts, *_about_series(rules, meeting, merged, said))
    operations = _updates(rules, meeting, merged, {Side.WIKI: wiki.seen, Side.CLOUD: cloud.seen})
    moved_on = (wiki.seen, cloud.seen) != (link.seen(Side.WIKI), link.seen(Side.CLOUD))
    settled = bool(link.unsettled) and not merged.unsettled
    if not operations and (moved_on or settled or link.dropped):
        operations = (operation_on(link, Action.RELINK, Side.CLOUD, meeting.cloud.title),)
    return step_of(
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


def _decided_side(rules: Rules, conflicts: Iterable[Conflict]) -> Side | None:
    """The side that a person chose for the fields that are open."""
    for conflict in conflicts:
        decision = rules.decisions.get(conflict.id) if conflict.open else None
        if decision is not None:
            return decision.side
    return None


def _conflicts(rules: Rules, link: Link, merged: Merge) -> tuple[Conflict, ...]:
    """One conflict for what is open and one for what the policy settled."""
    found = []
    for is_open in (True, False):
        clashes = {n: c for n, (c, winner) in merged.clashes.items() if (winner is None) is is_open}
        if not clashes:
            continue
        winner = next(merged.clashes[name][1] for name in clashes)
        found.append(conflict_of(rules, link, ConflictKind.FIELD, clashes, winner))
    return tuple(found)


def _about_series(
    rules: Rules, meeting: EventMeeting, merged: Merge, said: Decision | None
) -> Iterator[Conflict]:
    if guarded := needs_a_person(meeting, merged):
        yield _keep_series(rules, meeting, merged, guarded, said)
    if merged.removals:
        yield _removed_dates(rules, meeting.link, meeting, merged)


def _keep_series(
    rules: Rules,
    meeting: EventMeeting,
    merged: Merge,
    names: Iterable[str],
    said: Decision | None,
) -> Conflict:
    """Editing a parent makes the wiki delete and re-create its repetitions: a person decides.

    `said` is what the same person has just answered to a clash of this very link.
    """
    link = meeting.link
    fields = {
        name: Clash(
            known(link.base(Side.CLOUD, name)),
            getattr(meeting.wiki, name),
            getattr(meeting.cloud, name),
        )
        for name in sorted(names)
    }
    conflict = conflict_of(rules, link, ConflictKind.SERIES, fields)
    match rules.decisions.get(conflict.id, said):
        case Decision.CLOUD:
            return replace(conflict, open=False, winner=Side.CLOUD)
        case Decision.WIKI:
            for name in fields:
                del merged.to_wiki[name]
            if meeting.binding.direction.writes(Side.CLOUD):
                merged.to_cloud.update({name: _as_agreed(meeting, name) for name in fields})
            return replace(conflict, open=False, winner=Side.WIKI)
    for name in fields:
        merged.unsettled[name] = (link.base(Side.WIKI, name), link.base(Side.CLOUD, name))
        del merged.to_wiki[name]
    listed = ", ".join(fields)
    merged.problems.append(Problem.warning("series-edited-in-cloud", Side.CLOUD, fields=listed))
    return conflict


def _as_agreed(meeting: EventMeeting, name: str) -> Any:
    """The wiki's value for the cloud, whose own words stay for a series that the wiki left."""
    link, wiki = meeting.link, getattr(meeting.wiki, name)
    if name != "series" or link.base(Side.WIKI, name) != wiki:
        return wiki
    agreed = link.base(Side.CLOUD, name)
    return wiki if agreed is MISSING else agreed


def _removed_dates(rules: Rules, link: Link, meeting: EventMeeting, merged: Merge) -> Conflict:
    """Dates that the cloud excepted, where the binding asks before it deletes."""
    conflict = conflict_of(rules, link, ConflictKind.DELETION, {"series": clash_of(meeting)})
    said = rules.decisions.get(conflict.id)
    deleted, restored = said is Decision.DELETE, said is Decision.RESTORE
    settle_removals(meeting, merged, deleted=deleted, restored=restored)
    if not (deleted or restored):
        return conflict
    return replace(conflict, open=False, winner=Side.CLOUD if deleted else Side.WIKI)


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
        target = apply_to(here.record, _for_words(side, meeting, changes), there.record)
        operations.append(
            operation_on(
                link,
                Action.UPDATE,
                side,
                target.title,
                there=here,
                record=target,
                changes=tuple(
                    FieldChange(name, getattr(here.record, name), value)
                    for name, value in sorted(changes.items())
                ),
                token=here.token,
                other_token=there.token,
            )
        )
    return tuple(operations)


def _for_words(side: Side, meeting: Meeting, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the wiki only says in words comes from the cloud, changed or not.

    So does a series' first date, from which its words count, whatever date the entry shows. A
    series that the wiki keeps stays as it is there: of the cloud's, dates may wait for a person.
    """
    whole = dict(changes)
    if side is Side.WIKI:
        for name in ("status", "organizer"):
            if name in meeting.says:
                whole.setdefault(name, getattr(meeting.cloud, name))
        if isinstance(meeting, EventMeeting) and meeting.in_words:
            whole.setdefault("series", meeting.cloud.series)
            whole.update(start=meeting.cloud.start, end=meeting.cloud.end)
    return whole
