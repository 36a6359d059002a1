"""Read both sides, look at what is missing, decide. Writes nothing anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from oscartes_sync.planning.baseline import MISSING, Baseline, Link
from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action
from oscartes_sync.planning.pairing import Pairing, orphans
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.reconcile import reconcile
from oscartes_sync.planning.safety import guard
from oscartes_sync.planning.situation import Situation, touched, vanished
from oscartes_sync.planning.snapshot import Look, Presence, Sighting, Snapshot, Standing
from oscartes_sync.ports import Journalled
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import fields_of, series_of
from oscartes_sync.usecases.carrying import alike
from oscartes_sync.usecases.sighting import sighted
from oscartes_sync.usecases.world import Options, World, on_side


def make_plan(world: World, options: Options) -> Plan:
    """The plan of one binding.

    Intentions of an interrupted run that never got a result make both sides be compared whole:
    what they left behind is then found by identity. The same where the binding takes another
    stance than when its bookmarks were left.

    Raises:
        SideError: where one side as a whole cannot be read.
        ConfigurationError: where the binding and the form do not fit.
    """
    binding, state = world.binding, world.state
    baseline, moved_on, carried = _recalled(state.baseline(binding.name), binding.stance)
    unfinished = state.unfinished(binding.name)
    full = options.full or moved_on or bool(unfinished)
    wiki, cloud, pairing = sighted(world, baseline, full=full)
    snapshots = {Side.WIKI: wiki, Side.CLOUD: cloud}
    limit = options.max_delete or binding.max_delete
    emptied = _emptied(baseline, snapshots, options)
    held = emptied | _too_many(world, baseline, snapshots, limit)
    now = world.clock.now()
    uids = touched(baseline, pairing, wiki, cloud, now)
    newly = wiki.carries - (carried or wiki.carries)
    rewound = frozenset(pairing.linked[Side.CLOUD] if cloud.rewound else ())
    links = _links(world, uids, newly, unfinished, rewound=rewound)
    situation = Situation(
        binding=binding,
        baseline=baseline,
        wiki=wiki,
        cloud=cloud,
        project=lambda event: world.wiki.project(binding, event),
        refuses=lambda sighting: _refusal(world, sighting),
        now=now,
        links=links,
        looks=_looks(world, baseline, snapshots, pairing, held),
        held=held,
        decisions=options.decisions,
        alike=alike(world, pairing, links),
    )
    plan = guard(reconcile(situation), limit, emptied=bool(emptied))
    return replace(
        plan,
        standing_problems=(*plan.standing_problems, *_told_empty(emptied, baseline)),
        wiki_cursor=f"{binding.stance} {'+'.join(sorted(wiki.carries))} {plan.wiki_cursor}",
        cloud_cursor=f"{binding.stance} - {plan.cloud_cursor}",
    )


def _recalled(baseline: Baseline, stance: str) -> tuple[Baseline, bool, frozenset[str] | None]:
    """The baseline with the sides' own bookmarks; whether they were left under another stance; and
    the fields that the wiki carried then.

    What was left out then was judged by it, and the listing of a calendar tells of it no more.
    """
    marks = (baseline.wiki_cursor, baseline.cloud_cursor)
    (under, carried, wiki), (too, _, cloud) = (
        [*mark.split(" ", 2), "", ""][:3] if mark else ["", "", ""] for mark in marks
    )
    moved_on = (under, too) != (stance, stance)
    bare = replace(
        baseline, wiki_cursor="" if moved_on else wiki, cloud_cursor="" if moved_on else cloud
    )
    return bare, moved_on, frozenset(carried.split("+")) if carried else None


def _links(
    world: World,
    uids: Iterable[str],
    newly: frozenset[str],
    unfinished: Sequence[Journalled],
    *,
    rewound: frozenset[str],
) -> Mapping[str, Link]:
    """The whole links of these uids, with what was never agreed on.

    A field that the wiki carries only since now: what the cloud says of it is nobody's edit, and
    what the wiki says neither. All that a calendar says which was put back to an earlier time. And
    repetitions that an edit of their parent, which was cut off, may have made anew.
    """
    links = world.state.links(world.binding.name, uids)
    remade = {
        each.operation.uid
        for each in unfinished
        if each.operation.side is Side.WIKI and each.operation.action is Action.UPDATE
    }
    found = {}
    for uid, link in links.items():
        names = {*newly, *(fields_of(link.cloud) if uid in rewound else ())}
        if uid in remade and series_of(link.wiki) is not None:
            names.add("series")
        never = dict.fromkeys(sorted(names), (MISSING, MISSING))
        found[uid] = replace(link, unsettled={**link.unsettled, **never}) if never else link
    return found


def _refusal(world: World, sighting: Sighting) -> Problem | None:
    if sighting.record is None:
        return None
    return world.wiki.refuses(world.binding, sighting.record)


def _emptied(
    baseline: Baseline, snapshots: Mapping[Side, Snapshot], options: Options
) -> frozenset[Side]:
    """Sides that hold nothing at all though they held linked things.

    Where absence proves nothing anyway, nothing has to be held for it.
    """
    if options.allow_empty:
        return frozenset()
    return frozenset(
        side
        for side, snapshot in snapshots.items()
        if snapshot.empty
        and snapshot.trusted
        and any(head.dropped is not side for head in baseline.heads)
    )


def _told_empty(emptied: Iterable[Side], baseline: Baseline) -> tuple[Problem, ...]:
    links = len(baseline.heads)
    return tuple(Problem.of("side-empty", side=side, links=links) for side in sorted(emptied))


def _too_many(
    world: World, baseline: Baseline, snapshots: Mapping[Side, Snapshot], limit: MaxDelete
) -> frozenset[Side]:
    """Sides that miss more than a run may remove: looking at each would change nothing."""
    return frozenset(
        side
        for side, snapshot in snapshots.items()
        if snapshot.trusted
        and not limit.allows(
            len(vanished(world.binding, baseline, snapshot, side)), len(baseline.heads)
        )
    )


def _looks(
    world: World,
    baseline: Baseline,
    snapshots: Mapping[Side, Snapshot],
    pairing: Pairing,
    held: frozenset[Side],
) -> Mapping[Side, Mapping[str, Look]]:
    """Look directly at what is absent, and at who owns the entries that might have to go."""
    looks: dict[Side, dict[str, Look]] = {Side.WIKI: {}, Side.CLOUD: {}}
    absent = {
        side: [
            head
            for head in baseline.heads
            if head.dropped is not side
            and (head.tag if side is Side.WIKI else head.href) in snapshots[side].absent
        ]
        for side in Side
        if side not in held
    }
    if absent.get(Side.CLOUD):
        uids = {head.href: head.uid for head in absent[Side.CLOUD]}
        with on_side(Side.CLOUD):
            looks[Side.CLOUD].update(world.cloud.look(world.binding, uids))
    hidden = {
        uid
        for uid, sighting in pairing.linked[Side.CLOUD].items()
        if sighting.standing is Standing.HIDDEN
    }
    tags = [head.tag for head in absent.get(Side.WIKI, [])]
    wiki = snapshots[Side.WIKI]
    if world.binding.erases and wiki.trusted and not wiki.empty:
        tags += orphans(world.binding, baseline, pairing, world.wiki.address).values()
    if world.binding.direction.writes(Side.WIKI):
        tags += [
            head.tag
            for head in baseline.heads
            if head.uid in hidden and head.origin is Side.CLOUD and not head.dropped
        ]
        tags += [
            wiki.key
            for _, origin, wiki, cloud in pairing.pairs
            if origin is Side.CLOUD and cloud.standing is Standing.HIDDEN
        ]
        tags += [
            head.tag
            for head in absent.get(Side.CLOUD, [])
            if looks[Side.CLOUD].get(head.href, Look(Presence.UNSURE)).presence is Presence.GONE
        ]
    if tags:
        with on_side(Side.WIKI):
            looks[Side.WIKI].update(world.wiki.look(world.binding, dict.fromkeys(tags)))
    return looks
