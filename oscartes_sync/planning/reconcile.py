"""Both sides and the last agreement in, the plan out: one pure function."""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.planning.baseline import MISSING, LeftOut, Link
from oscartes_sync.planning.change import Evidence, evidence
from oscartes_sync.planning.newcomers import is_forgotten, newcomers, waiting
from oscartes_sync.planning.pairing import Pairing, pair, parted
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.situation import Situation, touched
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import fields_of


def reconcile(situation: Situation) -> Plan:
    """Decide everything for one binding; no I/O, and the same plan for the same situation."""
    baseline, wiki, cloud = situation.baseline, situation.wiki, situation.cloud
    pairing = parted(pair(situation.binding, baseline, wiki, cloud), baseline, situation.alike)
    rules = Rules(
        binding=situation.binding,
        carries=wiki.carries,
        says=wiki.says,
        writable={Side.WIKI: wiki.writable, Side.CLOUD: cloud.writable},
        project=situation.project,
        now=situation.now,
        decisions=situation.decisions,
        alike=situation.alike,
    )
    uids = touched(baseline, pairing, wiki, cloud, situation.now)
    pairs, unpaired = _paired(situation, rules, pairing)
    creations, left_out = newcomers(situation, rules, pairing)
    steps = [*_linked(situation, rules, pairing, uids), *pairs, *creations]
    kept = [
        left
        for left in baseline.left_out
        if left.key in situation.snapshot(left.side).unmoved and left.token
    ]
    busy = {step.uid for step in steps if step.operations}
    return Plan(
        binding=situation.binding.name,
        steps=tuple(sorted(steps, key=Step.sort_key)),
        left_out=(*kept, *unpaired, *left_out),
        standing_problems=(
            *wiki.problems,
            *cloud.problems,
            *_standing(situation, uids),
            *_read_only(rules, pairing),
        ),
        unchanged=sum(1 for head in baseline.heads if head.uid not in busy),
        links=len(baseline.heads),
        wiki_cursor=wiki.cursor,
        cloud_cursor=cloud.cursor,
        label=wiki.label,
    )


def _linked(
    situation: Situation, rules: Rules, pairing: Pairing, uids: frozenset[str]
) -> list[Step]:
    steps = []
    for uid in sorted(uids & situation.links.keys()):
        link = situation.links[uid]
        wiki, cloud = (
            evidence(
                link,
                side,
                situation.snapshot(side),
                pairing.linked[side].get(uid),
                situation.looks.get(side, {}).get(link.seen(side).key),
                held=side in situation.held,
            )
            for side in Side
        )
        step = _decided(rules, link, wiki, cloud)
        if step is not None:
            seen = ((side, pairing.linked[side].get(uid)) for side in Side)
            noticed = tuple((side, sighting.key) for side, sighting in seen if sighting)
            keys = ((side, link.seen(side).key) for side in Side)
            missed = tuple(each for each in keys if each[1] in situation.snapshot(each[0]).absent)
            steps.append(replace(step, noticed=noticed, missed=missed))
    return steps


def _decided(rules: Rules, link: Link, wiki: Evidence, cloud: Evidence) -> Step | None:
    # Merging and laying out dates are loaded for the first link that something happened to.
    from oscartes_sync.planning.decide import decide  # noqa: PLC0415

    return decide(rules, link, wiki, cloud)


def _paired(
    situation: Situation, rules: Rules, pairing: Pairing
) -> tuple[list[Step], list[LeftOut]]:
    """Pairs found again without a link: merged as if nothing had ever been agreed.

    Where one of them cannot be read, both wait: the other would be mirrored a second time.
    """
    steps = []
    unpaired: list[LeftOut] = []
    for uid, origin, wiki, cloud in pairing.pairs:
        if is_forgotten(situation, Side.WIKI, wiki) or is_forgotten(situation, Side.CLOUD, cloud):
            continue
        if wiki.record is None or cloud.record is None:
            for side, sighting in ((Side.WIKI, wiki), (Side.CLOUD, cloud)):
                unpaired.append(waiting(side, sighting, *sighting.problems))
            continue
        link = Link(
            uid=uid,
            origin=origin,
            tag=wiki.key,
            href=cloud.key,
            wiki_token="",
            cloud_token="",
            wiki=wiki.record,
            cloud=cloud.record,
            unsettled=dict.fromkeys(fields_of(wiki.record), (MISSING, MISSING)),
        )
        step = _decided(
            rules,
            link,
            evidence(
                link,
                Side.WIKI,
                situation.wiki,
                wiki,
                situation.looks.get(Side.WIKI, {}).get(wiki.key),
            ),
            evidence(link, Side.CLOUD, situation.cloud, cloud, None),
        )
        if step is not None:
            # Not carried out, it must be met as a pair again, or one of the two is mirrored anew.
            noticed = ((Side.WIKI, wiki.key), (Side.CLOUD, cloud.key))
            steps.append(replace(step, noticed=noticed))
    return steps, unpaired


def _read_only(rules: Rules, pairing: Pairing) -> list[Problem]:
    """A side that we are to write and may not, told once where there is something to write."""
    return [
        Problem.of("side-read-only", side=side)
        for side in Side
        if rules.binding.direction.writes(side)
        and not rules.writable[side]
        and any(sighting.standing is Standing.OPEN for sighting in pairing.alone[side.other])
    ]


def _standing(situation: Situation, uids: frozenset[str]) -> list[Problem]:
    """The stored problems of links that this run does not look into."""
    tags = {head.tag for head in situation.baseline.heads if head.uid in uids}
    return [problem for problem in situation.baseline.problems if problem.entry not in tags]
