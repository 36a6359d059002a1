"""The worlds of spaces, and the bindings that spaces give by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oscartes_sync.bootstrap.wiring import make_space_forms, make_spaces
from oscartes_sync.config import Settings
from oscartes_sync.errors import UsageError
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Check, Clock
from oscartes_sync.ports.spaces import SpaceOptions
from oscartes_sync.usecases.spaces.derive import derived_bindings, place_identity
from oscartes_sync.usecases.spaces.world import SpaceWorld

if TYPE_CHECKING:
    from oscartes_sync.adapters.state.store import SqlStateStore


def make_space_worlds(
    settings: Settings, names: Sequence[str], store: SqlStateStore, clock: Clock
) -> tuple[list[SpaceWorld], SpaceOptions]:
    """The kinds of spaces that are meant; a name that is no kind's is an entry's tag.

    Raises:
        UsageError: `no-spaces`.
    """
    if not settings.spaces:
        raise UsageError("no-spaces", path=settings.path)
    kinds = {kind.name: kind for kind in settings.spaces}
    wanted = [name for name in names if name in kinds]
    bindings = {each.name: each for each in settings.bindings}
    worlds = []
    for name, kind in kinds.items():
        if wanted and name not in wanted:
            continue
        cloud = settings.clouds[kind.cloud]
        places = make_spaces(cloud, clock, store.recall, store.remember, zone=kind.zone)
        worlds.append(
            SpaceWorld(
                kind=kind,
                forms=make_space_forms(settings.wikis[kind.wiki], clock),
                places=places,
                memory=store,
                clock=clock,
                bindings=bindings,
            )
        )
    return worlds, SpaceOptions(only=frozenset(names) - kinds.keys())


def space_checks(settings: Settings, store: SqlStateStore, clock: Clock) -> Sequence[Check]:
    """What doctor tells of spaces: each kind's form, then its places; nothing is written."""
    if not settings.spaces:
        return ()
    worlds, _ = make_space_worlds(settings, (), store, clock)
    return [
        check
        for world in worlds
        for check in (*world.forms.check(world.kind), *world.places.check(world.kind))
    ]


def derived(settings: Settings, store: SqlStateStore) -> Sequence[tuple[Binding, list[str]]]:
    """The bindings of all live spaces, each with what it hangs on."""
    bindings = {each.name: each for each in settings.bindings}
    spaces = store.all_spaces([kind.name for kind in settings.spaces])
    return [
        (each, place_identity(each, kept.tag))
        for kept in spaces
        for each in derived_bindings(settings.spaces, [kept], bindings)
    ]
