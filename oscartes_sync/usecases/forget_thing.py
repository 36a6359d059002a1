"""Erase one thing from the state and its copy from the other side, and keep it out from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oscartes_sync.errors import Forbidden, SideError, UsageError
from oscartes_sync.planning.baseline import Baseline, LeftOut
from oscartes_sync.planning.importing import IMPORTS, import_name
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.pairing import pair
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Known
from oscartes_sync.ports import Clock, Forgotten, Settlement, StateStore
from oscartes_sync.records.identity import (
    SUFFIX_LENGTH,
    entry_of,
    is_ending,
    origin_of,
    suffix,
    uid_of,
)
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.open_links import close_links_of
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import journalled
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.undo_memberships import forget_memberships
from oscartes_sync.usecases.world import World, on_side


@dataclass(frozen=True, slots=True)
class _Found:
    """What the state knows of it: its keys, and the side that holds the copy (None: no copy)."""

    thing: Forgotten
    copy: Side | None


def forget_thing(
    worlds: Sequence[World], asked: str, *, state: StateStore, clock: Clock
) -> RunReport:
    """Forget the thing with this tag, href or UID, in every binding and import that knows it.

    The original stays where its members put it. What the journal says of it is emptied, the
    journal of this very run included.

    Raises:
        UsageError: `forget-unknown` where no binding and no import knows it.
        SideError: it has no link, so that both sides are asked, and one cannot be read.
    """
    found = [(world, each) for world in worlds for each in _known(world, asked)]
    imported = _imported(state, asked)
    if not found and not imported:
        raise UsageError("forget-unknown", id=asked)

    def work(_run: str) -> Iterator[BindingReport]:
        for world, each in found:
            yield _forgotten(world, each)
        for name, things in imported.items():
            yield _forgotten_import(state, worlds, name, things)

    return journalled(work, command="forget", state=state, clock=clock)


def _known(world: World, asked: str) -> list[_Found]:
    name = world.binding.name
    baseline = world.state.baseline(name)
    linked = [
        _Found(Forgotten(uid=head.uid, tag=head.tag, href=head.href), head.origin.other)
        for head in baseline.heads
        if asked in (head.uid, head.tag, entry_of(head.tag), head.href)
    ]
    if linked or not asked:
        return linked
    being_made = {
        (each.operation.uid, each.operation.entry, each.operation.href)
        for each in world.state.unfinished(name)
    }
    left_out = [left for left in baseline.left_out if asked in (left.key, entry_of(left.key))]
    if left_out or any(asked in names for names in being_made):
        return _seen(world, asked) or [_Found(_left(world, left), None) for left in left_out]
    return _journalled(world, asked) or _seen(world, asked)


def _seen(world: World, asked: str) -> list[_Found]:
    """What both sides have of it now, where no link tells which two belong together.

    So it is of what a run left out, and of a copy that an interrupted run has made.
    """
    binding = world.binding
    with on_side(Side.WIKI):
        wiki = world.wiki.snapshot(binding, Known(), full=True)
    with on_side(Side.CLOUD):
        cloud = world.cloud.snapshot(binding, Known(), full=True)
    pairing = pair(binding, Baseline(), wiki, cloud)
    for uid, origin, entry, resource in pairing.pairs:
        if asked in (uid, entry.key, resource.key):
            thing = Forgotten(uid=uid, tag=entry.key, href=resource.key)
            return [_Found(thing, origin.other)]
    for resource in pairing.alone[Side.CLOUD]:
        born = origin_of(resource.uid)
        ours = born is not None and born.wiki == binding.wiki
        tag = born.tag if born is not None and ours else ""
        if asked in (resource.uid, resource.key, tag):
            # A copy of ours whose entry is gone: with the state lost, nothing else tells of it.
            thing = Forgotten(uid=resource.uid, tag=tag, href=resource.key)
            return [_Found(thing, Side.CLOUD if ours else None)]
    return []


def _left(world: World, left: LeftOut) -> Forgotten:
    if left.side is Side.CLOUD:
        return Forgotten(uid="", href=left.key)
    return Forgotten(uid=uid_of(left.key, world.binding.wiki), tag=left.key)


def _journalled(world: World, asked: str) -> list[_Found]:
    """Known to the journal alone."""
    for run in world.state.runs():
        for each in world.state.journal(run.run):
            operation = each.operation
            named = (operation.uid, operation.entry, operation.href)
            if each.binding == world.binding.name and asked in named:
                thing = Forgotten(
                    uid=operation.uid, tag=operation.entry or "", href=operation.href or ""
                )
                return [_Found(thing, None)]
    return []


def _imported(state: StateStore, asked: str) -> dict[str, list[Forgotten]]:
    """What imports made or changed, by the names they have in the journal."""
    found: dict[str, list[Forgotten]] = {}
    for run in state.runs() if asked else ():
        for each in state.journal(run.run):
            operation = each.operation
            ours = each.binding.startswith(IMPORTS)
            if ours and asked in (operation.uid, operation.entry):
                thing = Forgotten(uid=operation.uid, tag=operation.entry or "")
                found.setdefault(each.binding, []).append(thing)
    return found


def _forgotten_import(
    state: StateStore, worlds: Sequence[World], name: str, things: Sequence[Forgotten]
) -> BindingReport:
    """Nothing was linked, so there is no copy; bindings of the form shall not make one either."""
    for thing in things:
        _forget_imported(state, name, thing)
        for world in worlds:
            binding = world.binding
            if import_name(binding.wiki, binding.form) == name and thing.tag:
                uid = uid_of(thing.tag, binding.wiki)
                state.forget(binding.name, Forgotten(uid=uid, tag=thing.tag))
    return report(Plan(binding=name))


def _forget_imported(state: StateStore, name: str, thing: Forgotten) -> None:
    """Also by how the tag ends: the row that would make it again has no other name for it."""
    state.forget(name, thing)
    ending = thing.tag[-SUFFIX_LENGTH:].lower()
    if is_ending(ending):
        state.forget(name, Forgotten(uid=ending))


def _forgotten(world: World, found: _Found) -> BindingReport:
    """The copy first: once the state has forgotten, nothing would know where it is.

    Before that the link lets the copy go, or a run that came in between would take its absence for
    somebody's deletion and remove the original.
    """
    clock = world.clock
    started, before = clock.monotonic(), world.traffic()
    operations: list[Operation] = []
    problems: list[Problem] = []
    leaving, there = forget_memberships(world, found.thing.tag)
    operations += leaving
    if found.copy is not None:
        _let_go(world, found.thing, found.copy)
        operation, said, again = _erased(world, found.thing, found.copy)
        there = there or again
        operations.append(operation)
        problems.extend(said)
    if not there:
        _keep_out(world, found.thing)
        problems.extend(close_links_of(world, [found.thing.href]))
    return report(
        Plan(binding=world.binding.name),
        operations=operations,
        problems=problems,
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _keep_out(world: World, thing: Forgotten) -> None:
    """An event of the cloud by how the tag of any copy would end, too: another state may make one
    under a tag that this one never saw."""
    binding = world.binding
    if thing.uid and origin_of(thing.uid) is None:
        ending = suffix(binding.wiki, binding.form, binding.collection, thing.uid)
        world.state.forget(binding.name, Forgotten(uid=ending))
    world.state.forget(binding.name, thing)
    # What a table brought into the same form is journalled under a name of its own.
    _forget_imported(world.state, import_name(binding.wiki, binding.form), thing)


def _let_go(world: World, thing: Forgotten, side: Side) -> None:
    """Where the copy is not erased after all, the next run looks at it and keeps it."""
    name = world.binding.name
    links = [replace(link, dropped=side) for link in world.state.links(name, [thing.uid]).values()]
    key = thing.tag if side is Side.WIKI else thing.href
    again = LeftOut(side=side, key=key, token="")
    world.state.settle(name, Settlement(links=links, left_out=[again]))


def _erased(
    world: World, thing: Forgotten, side: Side
) -> tuple[Operation, tuple[Problem, ...], bool]:
    """The operation, what is said besides, and whether asking again may yet remove the copy."""
    key = thing.tag if side is Side.WIKI else thing.href
    entry, href = (key, None) if side is Side.WIKI else (None, key)
    state, problem = State.DONE, None
    again = False
    said: tuple[Problem, ...] = ()
    try:
        said = tuple(world.port(side).erase(world.binding, key))
    except SideError as error:
        state = State.FAILED
        problem = Problem.from_error(error, side=side, entry=entry, href=href)
        again = not isinstance(error, Forbidden)
    operation = Operation(
        action=Action.DELETE,
        side=side,
        uid=thing.uid,
        entry=entry,
        href=href,
        title="",
        state=state,
        problem=problem,
    )
    return operation, said, again
