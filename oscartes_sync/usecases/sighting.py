"""Both sides as they are now, and who belongs to whom there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from oscartes_sync.planning.baseline import Baseline
from oscartes_sync.planning.pairing import Pairing, ending_of, pair
from oscartes_sync.planning.snapshot import Snapshot
from oscartes_sync.records.identity import is_ending
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.world import World, on_side


def sighted(world: World, baseline: Baseline, *, full: bool) -> tuple[Snapshot, Snapshot, Pairing]:
    """The wiki, the cloud and their pairing.

    Raises:
        SideError: where one side as a whole cannot be read.
        ConfigurationError: where the binding and the form do not fit.
    """
    wiki, cloud = _snapshots(world, baseline, full=full)
    pairing = pair(world.binding, baseline, wiki, cloud)
    unread = _unread(baseline, cloud)
    if unread and any(is_ending(ending_of(each.key)) for each in pairing.alone[Side.WIKI]):
        cloud = _read_again(world, baseline, unread, full=full)
        pairing = pair(world.binding, baseline, wiki, cloud)
    return wiki, cloud, pairing


def _unread(baseline: Baseline, cloud: Snapshot) -> frozenset[str]:
    """What was left out of the cloud earlier, and did not move since: its UIDs are not known."""
    return frozenset(
        left.key
        for left in baseline.left_out
        if left.side is Side.CLOUD and left.token and left.key in cloud.unmoved
    )


def _read_again(world: World, baseline: Baseline, keys: frozenset[str], *, full: bool) -> Snapshot:
    """The cloud with these read, before an entry that may be the copy of one is mirrored.

    Another state, or a person's restore, may have made an entry for what this state passed over.
    """
    known = baseline.known(Side.CLOUD)
    asked = {key: "" if key in keys else token for key, token in known.tokens.items()}
    with on_side(Side.CLOUD):
        return world.cloud.snapshot(world.binding, replace(known, tokens=asked), full=full)


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
