"""Both sides as they are now, and who belongs to whom there."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from oscartes_sync.planning.baseline import Baseline
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.pairing import Pairing, ending_for, ending_of, pair
from oscartes_sync.planning.snapshot import Sighting, Snapshot
from oscartes_sync.records.identity import PART, is_ending, uid_of
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.carrying import recognised
from oscartes_sync.usecases.world import World, on_side


def sighted(world: World, baseline: Baseline, *, full: bool) -> tuple[Snapshot, Snapshot, Pairing]:
    """The wiki, the cloud and their pairing.

    Raises:
        SideError: where one side as a whole cannot be read.
        ConfigurationError: where the binding and the form do not fit.
    """
    wiki, cloud = _snapshots(world, baseline, full=full)
    pairing = pair(world.binding, baseline, wiki, cloud)
    of_wiki = _kin(world.binding, _unread(baseline, Side.WIKI, wiki), pairing.alone[Side.CLOUD])
    if of_wiki:
        wiki = _read_again(world, baseline, Side.WIKI, of_wiki, full=full)
    of_cloud = _unread(baseline, Side.CLOUD, cloud)
    if of_cloud and any(_may_be_kin(each.key) for each in pairing.alone[Side.WIKI]):
        cloud = _read_again(world, baseline, Side.CLOUD, of_cloud, full=full)
    if of_wiki or of_cloud:
        pairing = pair(world.binding, baseline, wiki, cloud)
    if world.contents and not baseline.heads:
        told = recognised(world, pairing, cloud)
        if told != cloud:
            cloud, pairing = told, pair(world.binding, baseline, wiki, told)
    return wiki, cloud, pairing


def _unread(baseline: Baseline, side: Side, now: Snapshot) -> frozenset[str]:
    """What was left out of a side earlier, and did not move since."""
    return frozenset(
        left.key
        for left in baseline.left_out
        if left.side is side and left.token and left.key in now.unmoved
    )


def _may_be_kin(key: str) -> bool:
    """Whether what was left out of the cloud may belong to this new thing of the wiki."""
    return PART in key or is_ending(ending_of(key))


def _kin(binding: Binding, tags: frozenset[str], events: Iterable[Sighting]) -> frozenset[str]:
    """Those of the entries that are the source or the copy of one of these events, by its UID.

    The UIDs of events that were left out are not known, so of those none can be told apart.
    """
    if not tags:
        return frozenset()
    uids = {event.uid for event in events}
    ends = {ending_for(binding, uid) for uid in uids if uid}
    return frozenset(
        tag for tag in tags if ending_of(tag) in ends or uid_of(tag, binding.wiki) in uids
    )


def _read_again(
    world: World, baseline: Baseline, side: Side, keys: frozenset[str], *, full: bool
) -> Snapshot:
    """That side with these read, before something that may belong to one of them is mirrored.

    Another state, or a person's restore, may have made a partner for what this state passed over.
    """
    known = baseline.known(side)
    asked = {key: "" if key in keys else token for key, token in known.tokens.items()}
    with on_side(side):
        return world.port(side).snapshot(world.binding, replace(known, tokens=asked), full=full)


def _snapshots(world: World, baseline: Baseline, *, full: bool) -> tuple[Snapshot, Snapshot]:
    """Both sides at once: each is mostly waited for. The state stays with this thread."""

    def read_wiki() -> Snapshot:
        with on_side(Side.WIKI):
            return world.wiki.snapshot(world.binding, baseline.known(Side.WIKI), full=full)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_wiki)
        try:
            with on_side(Side.CLOUD):
                cloud = world.cloud.snapshot(world.binding, baseline.known(Side.CLOUD), full=full)
        finally:
            # Of two errors the wiki's is told: it was asked first.
            wiki = reading.result()
    return wiki, cloud
