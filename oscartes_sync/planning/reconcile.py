"""Both sides and the last agreement in, the plan out: one pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from oscartes_sync.planning.baseline import MISSING, Baseline, LeftOut, Link
from oscartes_sync.planning.binding import Binding, Deletions
from oscartes_sync.planning.change import Evidence, evidence
from oscartes_sync.planning.due import due_of
from oscartes_sync.planning.operation import Action, Operation, Reason
from oscartes_sync.planning.pairing import (
    Pairing,
    ending_of,
    endings,
    is_copied,
    pair,
    parted,
)
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.planning.rules import Decision, Project, Rules
from oscartes_sync.planning.snapshot import Look, Presence, Sighting, Snapshot, Standing
from oscartes_sync.records.identity import PART, entry_of, forgotten_digest, origin_of, uid_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a decision may depend on.

    `links` are the whole links of `touched`; `looks` the direct looks at keys that are absent, and
    at the partners of those; `held` the sides on which more is absent than one run may remove.
    `refuses` says why an event may not be created in the wiki, None where it may. `decisions` are
    what a person said to conflicts, by their ids; `alike` see `Rules`.
    """

    binding: Binding
    baseline: Baseline
    wiki: Snapshot
    cloud: Snapshot
    project: Project
    refuses: Callable[[Sighting], Problem | None]
    now: datetime
    links: Mapping[str, Link] = field(default_factory=dict)
    looks: Mapping[Side, Mapping[str, Look]] = field(default_factory=dict)
    held: frozenset[Side] = frozenset()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()

    def snapshot(self, side: Side) -> Snapshot:
        """That side now."""
        return self.wiki if side is Side.WIKI else self.cloud


def touched(
    baseline: Baseline, pairing: Pairing, wiki: Snapshot, cloud: Snapshot, now: datetime
) -> frozenset[str]:
    """The uids of links that something happened to, or that are not settled."""
    found = set(pairing.linked[Side.WIKI]) | set(pairing.linked[Side.CLOUD])
    for head in baseline.heads:
        if (
            head.restless
            or head.tag in wiki.absent
            or head.href in cloud.absent
            or (head.due is not None and head.due <= now)
        ):
            found.add(head.uid)
    return frozenset(found)


def vanished(binding: Binding, baseline: Baseline, snapshot: Snapshot, side: Side) -> list[str]:
    """The keys absent from `side` whose partners this run might have to remove."""
    if not binding.direction.writes(side.other):
        return []
    found = []
    for head in baseline.heads:
        key = head.tag if side is Side.WIKI else head.href
        if key not in snapshot.absent or head.dropped is not None:
            continue
        may_be_withdrawn = side is Side.WIKI and head.origin is Side.WIKI
        if binding.deletions is not Deletions.IGNORE or may_be_withdrawn:
            found.append(key)
    return found


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
    creations, left_out = _alone(situation, rules, pairing)
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
    waiting: list[LeftOut] = []
    for uid, origin, wiki, cloud in pairing.pairs:
        if _is_forgotten(situation, Side.WIKI, wiki) or _is_forgotten(situation, Side.CLOUD, cloud):
            continue
        if wiki.record is None or cloud.record is None:
            for side, sighting in ((Side.WIKI, wiki), (Side.CLOUD, cloud)):
                waiting.append(_wait(side, sighting, *sighting.problems))
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
    return steps, waiting


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


def _alone(
    situation: Situation, rules: Rules, pairing: Pairing
) -> tuple[list[Step], list[LeftOut]]:
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
            if _is_forgotten(situation, side, sighting):
                # Not even its key is kept: it is met anew by each run that reads it.
                continue
            left = _hindrance(situation, rules, side, sighting, linked)
            erasure = _erasure(situation, rules, sighting) if side is Side.CLOUD else None
            if erasure is not None:
                steps.append(erasure)
                left_out.append(_wait(side, sighting))
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
        return (_wait if waits else _leave)(side, sighting, *double)
    if not situation.binding.direction.writes(side.other):
        return _leave(side, sighting)
    fresh = side is Side.CLOUD and not _returns(situation, sighting)
    refusal = situation.refuses(sighting) if fresh else None
    if refusal is not None:
        return _wait(side, sighting, refusal)
    return None if rules.writable[side.other] else _wait(side, sighting)


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


def _is_forgotten(situation: Situation, side: Side, sighting: Sighting) -> bool:
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


def _wait(side: Side, sighting: Sighting, *problems: Problem) -> LeftOut:
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
