"""Put back what one run wrote, thing by thing, where nobody has changed it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.errors import Moved, SideError, UsageError
from oscartes_sync.planning.baseline import LeftOut, Link
from oscartes_sync.planning.operation import Action, FieldChange, Operation, Reason, State
from oscartes_sync.planning.outcome import Outcome
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Presence, Seen
from oscartes_sync.planning.undoing import link_after
from oscartes_sync.ports import (
    Clock,
    Intention,
    Journalled,
    Settlement,
    StateStore,
    Written,
)
from oscartes_sync.records.fingerprint import record_from_json
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record
from oscartes_sync.usecases.apply_plan import images_of
from oscartes_sync.usecases.open_links import close_links_of
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import failed, journalled
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.undo_memberships import parted, undo_memberships
from oscartes_sync.usecases.world import World, on_side
from oscartes_sync.usecases.writing import Brake, carry_out

_Key = tuple[str, Side]


def undo_run(
    worlds: Sequence[World],
    asked: str,
    *,
    state: StateStore,
    clock: Clock,
    others: Callable[[str, Sequence[Journalled]], World | None] = lambda _name, _written: None,
) -> RunReport:
    """Undo the run whose name is `asked` or begins so; a run of its own, which may be undone.

    `others` gives the world of a name that is no binding's, by what was written under it.

    Raises:
        UsageError: `unknown-run`, `ambiguous-run`; `undo-unknown-binding` where the run wrote for a
            binding that the configuration has no more.
    """
    run = _find(state, asked)
    written = state.journal(run)
    known = {world.binding.name: world for world in worlds}
    for name in dict.fromkeys(each.binding for each in written):
        world = known.get(name) or others(name, [each for each in written if each.binding == name])
        if world is None:
            raise UsageError("undo-unknown-binding", run=run, name=name)
        known[name] = world

    def work(own: str) -> Iterator[BindingReport]:
        for world in known.values():
            mine = [each for each in written if each.binding == world.binding.name]
            if mine:
                yield _undone(world, mine, own)

    return journalled(work, command="undo", state=state, clock=clock)


def _find(state: StateStore, asked: str) -> str:
    names = [each.run for each in state.runs()]
    found = [name for name in names if name == asked]
    found = found or [name for name in names if asked and name.startswith(asked)]
    if not found:
        raise UsageError("unknown-run", run=asked)
    if len(found) > 1:
        raise UsageError("ambiguous-run", run=asked)
    return found[0]


def _undone(world: World, written: Sequence[Journalled], run: str) -> BindingReport:
    clock = world.clock
    started, before = clock.monotonic(), world.traffic()
    written, members = parted(written)
    refused: list[Operation] = []
    todo: dict[_Key, Journalled] = {}
    inverses: list[Operation] = []
    links = world.state.links(world.binding.name, {each.operation.uid for each in written})
    try:
        closed = _still_closed(world, written)
    except SideError as error:
        return failed(world, error)
    for each in reversed(written):
        inverse = _inverse(each)
        if inverse is None:
            continue
        if _made_again(each.operation, links.get(inverse.uid)):
            inverse = _refused(inverse, "undo-made-again")
        if inverse.uid in closed and inverse.state is State.PLANNED:
            inverse = _refused(inverse, "undo-withdrawn")
        if inverse.state is State.PLANNED:
            todo[(inverse.uid, inverse.side)] = each
            inverses.append(inverse)
        else:
            refused.append(inverse)
    brake = Brake(clock)
    try:
        outcomes = _carried_out(world, inverses, todo, run, brake)
        refused += undo_memberships(world, members, run)
    except SideError as error:
        return failed(world, error)
    links = world.state.links(world.binding.name, [op.uid for op in inverses])
    files = [each.operation.href for each in written if each.operation.side is Side.WIKI]
    return report(
        Plan(binding=world.binding.name, links=len(links)),
        operations=[*refused, *(outcome.operation for outcome in outcomes)],
        problems=[
            *(problem for outcome in outcomes for problem in outcome.problems),
            *_on_one_side(outcomes, links),
            *close_links_of(world, files),
            *brake.problems(),
        ],
        traffic=share(before, world.traffic()),
        seconds=round(clock.monotonic() - started, 3),
    )


def _still_closed(world: World, written: Sequence[Journalled]) -> frozenset[str]:
    """Whose originals are closed to this day, of those that were withdrawn: a copy would show them.

    A copy that went because the configuration selected less may come back; not where consent is
    part of what it selects, since nobody can tell the one from the other then.
    """
    shown = _SHOWN - {Presence.OUTSIDE} if world.binding.consent else _SHOWN
    sources: dict[Side, dict[str, str]] = {Side.WIKI: {}, Side.CLOUD: {}}
    for each in written:
        done = each.operation
        if done.action is Action.DELETE and done.reason is Reason.WITHDRAWN:
            source = done.side.other
            sources[source][(done.entry if source is Side.WIKI else done.href) or ""] = done.uid
    closed: set[str] = set()
    for side, keys in sources.items():
        if keys:
            with on_side(side):
                looks = world.port(side).look(world.binding, keys)
            open_ones = {key for key, look in looks.items() if look.presence in shown}
            closed.update(uid for key, uid in keys.items() if key not in open_ones)
    return frozenset(closed)


def _on_one_side(outcomes: Sequence[Outcome], links: Mapping[str, Link]) -> Iterator[Problem]:
    """What came back while a person's deletion on the other side stands: that is theirs to undo."""
    for outcome in outcomes:
        operation = outcome.operation
        link = links.get(operation.uid)
        other = operation.side.other
        if operation.action is Action.CREATE and outcome.done and link and link.dropped is other:
            problem = Problem.warning("undo-on-one-side", other)
            yield problem.at(entry=operation.entry, href=operation.href)


def _carried_out(
    world: World,
    inverses: Sequence[Operation],
    todo: Mapping[_Key, Journalled],
    run: str,
    brake: Brake,
) -> list[Outcome]:
    """Journalled as any write is; what one of them leaves is recorded before the next is told."""
    if not inverses:
        return []
    images = images_of(world, inverses)
    intended = [
        Intention(op, _record(todo[op.uid, op.side].after), images.get((op.uid, op.side)))
        for op in inverses
    ]
    numbers = dict(
        zip(
            [(op.uid, op.side) for op in inverses],
            world.state.intend(run, world.binding.name, intended),
            strict=True,
        )
    )
    links = _Links(world, todo, dict(world.state.links(world.binding.name, [*_uids(inverses)])))
    links.pending.extend(inverses)
    links.record(_uids(inverses))

    def write(operation: Operation) -> Written | None:
        try:
            return _put_back(world, operation, todo[operation.uid, operation.side])
        except Moved as moved:
            # No later run undoes it, whatever the side says of a version that it did not expect.
            raise Moved("undo-moved") from moved

    outcomes = []
    for outcome in carry_out(world, inverses, brake, write):
        links.learn(outcome, numbers[outcome.operation.uid, outcome.operation.side])
        outcomes.append(outcome)
    return outcomes


def _put_back(world: World, operation: Operation, done: Journalled) -> Written | None:
    port = world.port(operation.side)
    if operation.action is Action.DELETE:
        port.delete(world.binding, operation.key or "", done.left)
        return None
    assert done.image is not None
    return port.put_back(world.binding, done.operation, done.left, done.image)


def _uids(operations: Sequence[Operation]) -> dict[str, None]:
    return dict.fromkeys(operation.uid for operation in operations)


@dataclass(slots=True)
class _Links:
    """The links of what is being undone: as they are, and what is to come of them.

    They are recorded as they will be before anything is sent: a run that came after an
    interruption would else take what was undone for somebody's deletion or edit, and carry it to
    the original.
    """

    world: World
    todo: Mapping[_Key, Journalled]
    now: dict[str, Link]
    pending: list[Operation] = field(default_factory=list)

    def learn(self, outcome: Outcome, number: int) -> None:
        """One of them is over. Whether it was done is left open where its answer was lost."""
        operation = outcome.operation
        key = (operation.uid, operation.side)
        if outcome.unknown:
            return
        self.pending = [each for each in self.pending if (each.uid, each.side) != key]
        if outcome.done:
            self._move(self.now, self.todo[key], outcome.seen)
        self.record({operation.uid: None}, {number: (operation, outcome.seen)})

    def record(
        self,
        uids: Mapping[str, None],
        results: Mapping[int, tuple[Operation, Seen | None]] | None = None,
    ) -> None:
        expected = dict(self.now)
        for each in self.pending:
            undone = self.todo[each.uid, each.side]
            if each.action is Action.CREATE and each.uid in expected:
                # Expected to be back, its absence would be a deletion.
                continue
            before = _record(undone.before)
            self._move(expected, undone, Seen(each.key or "", "", before) if before else None)
        settlement = Settlement(
            links=[expected[uid] for uid in uids if uid in expected],
            forgotten=[uid for uid in uids if uid not in expected],
            left_out=self._to_look_at(expected[uid] for uid in uids if uid in expected),
            results=results or {},
        )
        self.world.state.settle(self.world.binding.name, settlement)

    def _to_look_at(self, links: Iterable[Link]) -> Sequence[LeftOut]:
        """Where a side is to have lost its copy, whatever it has that we passed over.

        The copy's original may be among it: moved, and closed.
        """
        lost = [link for link in links if link.dropped]
        keys = {(side, link.seen(side).key) for link in lost if (side := link.dropped)}
        if lost:
            sides = {link.dropped for link in lost}
            left_out = self.world.state.baseline(self.world.binding.name).left_out
            keys |= {(left.side, left.key) for left in left_out if left.side in sides}
        return [LeftOut(side=side, key=key, token="") for side, key in sorted(keys)]

    @staticmethod
    def _move(links: dict[str, Link], undone: Journalled, seen: Seen | None) -> None:
        uid = undone.operation.uid
        link = link_after(links.get(uid), undone.operation, _record(undone.before), seen)
        if link is not None:
            links[uid] = link


_SHOWN = frozenset({Presence.HERE, Presence.OUTSIDE})
_INVERSE = {
    Action.CREATE: Action.DELETE,
    Action.UPDATE: Action.UPDATE,
    Action.DELETE: Action.CREATE,
}


def _inverse(written: Journalled) -> Operation | None:
    """The operation that undoes another; SKIPPED with its reason where none can."""
    done = written.operation
    if done.action is Action.RELINK or (written.finished and done.state is not State.DONE):
        return None
    before = _record(written.before)
    inverse = replace(
        done,
        action=_INVERSE[done.action],
        record=before,
        changes=tuple(FieldChange(each.name, each.after, each.before) for each in done.changes),
        token=written.left,
        other_token="",
        reason=Reason.NONE,
        state=State.PLANNED,
        problem=None,
    )
    if not written.finished:
        return _refused(inverse, "undo-outcome-unknown")
    if _is_purged(written, before):
        return _refused(inverse, "undo-no-image")
    return inverse


def _is_purged(written: Journalled, before: Record | None) -> bool:
    """Whether nothing tells any more what to put back, or which version may be taken back."""
    if written.operation.action is Action.CREATE:
        return not written.left
    return written.image is None or before is None


def _made_again(done: Operation, link: Link | None) -> bool:
    """Whether what was removed has a copy again on that side, maybe under another name.

    The link that an undo of it expects, which was cut off, tells of none.
    """
    if done.action is not Action.DELETE or link is None:
        return False
    expected = link.dropped is done.side.other and link.seen(done.side).key == done.key
    return link.dropped is not done.side and not expected


def _refused(inverse: Operation, code: str) -> Operation:
    problem = Problem.of(code, side=inverse.side, entry=inverse.entry, href=inverse.href)
    return replace(inverse, state=State.SKIPPED, problem=problem)


def _record(raw: Mapping[str, object] | None) -> Record | None:
    return record_from_json(raw) if raw is not None else None
