"""What is known of spaces, from memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.membership import OURS
from oscartes_sync.planning.spaces.values import KeptSpace, SpaceKind, Standing
from oscartes_sync.usecases.spaces.derive import derived_bindings
from oscartes_sync.usecases.spaces.look import place_of
from oscartes_sync.usecases.spaces.report import KnownSpace
from oscartes_sync.usecases.spaces.world import Memory


def list_spaces(
    kinds: Iterable[SpaceKind], memory: Memory, bindings: Mapping[str, Binding]
) -> Sequence[KnownSpace]:
    """Every space that was made, in order."""
    found = []
    for kind in kinds:
        rows = memory.memberships(kind.state_name)
        for tag, kept in sorted(memory.spaces(kind.name).items()):
            ours = {row.account for row in rows if row.place == place_of(tag) and row.tie in OURS}
            found.append(_known(kind, kept, len(ours), bindings))
    return found


def _known(
    kind: SpaceKind, kept: KeptSpace, members: int, bindings: Mapping[str, Binding]
) -> KnownSpace:
    return KnownSpace(
        kind=kind.name,
        tag=kept.tag,
        title=kept.title,
        standing=Standing.ARCHIVED if kept.archived else Standing.LIVE,
        folder=kept.path,
        calendar=kept.calendar,
        members=members,
        archive=kept.archive,
        archived=kept.archived,
        bindings=tuple(each.name for each in derived_bindings([kind], [kept], bindings)),
    )
