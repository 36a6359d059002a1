"""Who belongs to whom: sightings to links, and new things of both sides to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from oscartes_sync.planning.baseline import Baseline, LinkHead
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Sighting, Snapshot
from oscartes_sync.records.identity import SUFFIX_LENGTH, origin_of, suffix, uid_of
from oscartes_sync.records.problem import Side


@dataclass(slots=True)
class Pairing:
    """Sightings by the uid of their link, pairs that find each other, and the rest."""

    linked: dict[Side, dict[str, Sighting]] = field(
        default_factory=lambda: {Side.WIKI: {}, Side.CLOUD: {}}
    )
    pairs: list[tuple[str, Side, Sighting, Sighting]] = field(default_factory=list)
    alone: dict[Side, list[Sighting]] = field(
        default_factory=lambda: {Side.WIKI: [], Side.CLOUD: []}
    )


def pair(binding: Binding, baseline: Baseline, wiki: Snapshot, cloud: Snapshot) -> Pairing:
    """Match by key first, then by UID (a resource may come back under another href)."""
    found = Pairing()
    by_tag = {head.tag: head for head in baseline.heads}
    by_href = {head.href: head for head in baseline.heads if head.href}
    by_uid = {head.uid: head for head in baseline.heads}
    new_wiki: list[Sighting] = []
    for sighting in _sorted(wiki.sightings):
        head = by_tag.get(sighting.key) or by_uid.get(uid_of(sighting.key, binding.wiki))
        _sort_out(found, Side.WIKI, sighting, head, new_wiki)
    new_cloud: list[Sighting] = []
    for sighting in _sorted(cloud.sightings):
        head = by_href.get(sighting.key) or by_uid.get(sighting.uid)
        _sort_out(found, Side.CLOUD, sighting, head, new_cloud)
    _match_new(binding, found, new_wiki, new_cloud)
    return found


def _sorted(sightings: Mapping[str, Sighting]) -> Iterable[Sighting]:
    return (sightings[key] for key in sorted(sightings))


def _sort_out(
    found: Pairing, side: Side, sighting: Sighting, head: LinkHead | None, new: list[Sighting]
) -> None:
    if head is None:
        new.append(sighting)
    elif head.uid not in found.linked[side]:
        found.linked[side][head.uid] = sighting
    else:
        # A second thing that claims the same link: the first, by key, has it.
        found.alone[side].append(sighting)


def _match_new(
    binding: Binding, found: Pairing, wiki: list[Sighting], cloud: list[Sighting]
) -> None:
    by_uid = {uid_of(sighting.key, binding.wiki): sighting for sighting in wiki}
    by_ending: dict[str, list[Sighting]] = {}
    for sighting in wiki:
        by_ending.setdefault(sighting.key[-SUFFIX_LENGTH:].lower(), []).append(sighting)
    taken: set[str] = set()
    for sighting in cloud:
        origin, partner = Side.WIKI, by_uid.get(sighting.uid)
        if partner is None and origin_of(sighting.uid) is None and sighting.uid:
            origin = Side.CLOUD
            ending = suffix(binding.wiki, binding.form, binding.collection, sighting.uid)
            candidates = [s for s in by_ending.get(ending, []) if s.key not in taken]
            partner = candidates[0] if candidates else None
        if partner is None or partner.key in taken:
            found.alone[Side.CLOUD].append(sighting)
            continue
        taken.add(partner.key)
        found.pairs.append((sighting.uid, origin, partner, sighting))
    found.alone[Side.WIKI].extend(s for s in wiki if s.key not in taken)
