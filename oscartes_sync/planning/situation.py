"""What a decision may depend on, and which links and keys have to be read whole for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oscartes_sync.planning.baseline import Baseline, Link
from oscartes_sync.planning.binding import Binding, Deletions
from oscartes_sync.planning.pairing import Pairing
from oscartes_sync.planning.rules import Decision, Project
from oscartes_sync.planning.snapshot import Look, Sighting, Snapshot
from oscartes_sync.records.problem import Problem, Side


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
