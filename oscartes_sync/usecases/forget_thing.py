"""Erase one thing from the state and its copy from the other side, and keep it out from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oscartes_sync.errors import SideError, UsageError
from oscartes_sync.planning.baseline import Baseline
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Plan
from oscartes_sync.ports import Clock, Forgotten, Settlement, StateStore
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import journalled
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.world import World


@dataclass(frozen=True, slots=True)
class _Found:
    """What the state knows of it: its keys, and the side that holds the copy (None: no copy)."""

    thing: Forgotten
    copy: Side | None


def forget_thing(
    worlds: Sequence[World], asked: str, *, state: StateStore, clock: Clock
) -> RunReport:
    """Forget the thing with this tag, href or UID, in every binding that knows it.

    The original stays where its members put it. What the journal says of it is emptied, the
    journal of this very run included.

    Raises:
        UsageError: `forget-unknown` where no binding knows it.
    """
    found = [(world, each) for world in worlds for each in _known(world, asked)]
    if not found:
        raise UsageError("forget-unknown", id=asked)

    def work(_run: str) -> Iterator[BindingReport]:
        for world, each in found:
            yield _forgotten(world, each)

    return journalled(work, command="forget", state=state, clock=clock)


def _known(world: World, asked: str) -> list[_Found]:
    baseline = world.state.baseline(world.binding.name)
    linked = [
        _Found(Forgotten(uid=head.uid, tag=head.tag, href=head.href), head.origin.other)
        for head in baseline.heads
        if asked in (head.uid, head.tag, head.href)
    ]
    return linked or _unlinked(world, baseline, asked)


def _unlinked(world: World, baseline: Baseline, asked: str) -> list[_Found]:
    """Left out of the mirror, or known to the journal alone."""
    for left in baseline.left_out:
        if left.key == asked:
            tag, href = (asked, "") if left.side is Side.WIKI else ("", asked)
            return [_Found(Forgotten(uid="", tag=tag, href=href), None)]
    for run in world.state.runs():
        for each in world.state.journal(run.run):
            operation = each.operation
            named = (operation.uid, operation.entry, operation.href)
            if each.binding == world.binding.name and asked and asked in named:
                thing = Forgotten(
                    uid=operation.uid, tag=operation.entry or "", href=operation.href or ""
                )
                return [_Found(thing, None)]
    return []


def _forgotten(world: World, found: _Found) -> BindingReport:
    """The copy first: once the state has forgotten, nothing would know where it is.

    Before that the link lets the copy go, or a run that came in between would take its absence for
    somebody's deletion and remove the original.
    """
    clock = world.clock
    started, before = clock.monotonic(), world.traffic()
    operations: list[Operation] = []
    problems: list[Problem] = []
    if found.copy is not None:
        _let_go(world, found.thing.uid, found.copy)
        operation, said = _erased(world, found.thing, found.copy)
        operations.append(operation)
        problems.extend(said)
    world.state.forget(world.binding.name, found.thing)
    return report(
        Plan(binding=world.binding.name),
        operations=operations,
        problems=problems,
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _let_go(world: World, uid: str, side: Side) -> None:
    name = world.binding.name
    links = [replace(link, dropped=side) for link in world.state.links(name, [uid]).values()]
    world.state.settle(name, Settlement(links=links))


def _erased(world: World, thing: Forgotten, side: Side) -> tuple[Operation, tuple[Problem, ...]]:
    key = thing.tag if side is Side.WIKI else thing.href
    entry, href = (key, None) if side is Side.WIKI else (None, key)
    state, problem = State.DONE, None
    said: tuple[Problem, ...] = ()
    try:
        said = tuple(world.port(side).erase(world.binding, key))
    except SideError as error:
        state = State.FAILED
        problem = Problem.from_error(error, side=side, entry=entry, href=href)
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
    return operation, said
