"""Take memberships back: those that a run gave or took, and all that one entry gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.errors import OutcomeUnknown, SideError
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import (
    OURS,
    Membership,
    Tie,
    group_at,
    is_membership,
    operation,
    place_in,
    protected_in,
)
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.snapshot import Presence
from oscartes_sync.ports import Intention, Journalled, Settlement
from oscartes_sync.ports.memberships import Memberships
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.keep_groups import send
from oscartes_sync.usecases.world import World, on_side

_INVERSE = {Action.CREATE: Action.DELETE, Action.DELETE: Action.CREATE}


@dataclass(slots=True)
class _Rolls:
    """The groups as they are, each read once; what is written since is known."""

    world: World
    cloud: Memberships
    members: dict[str, dict[str, int]] = field(default_factory=dict)

    def group(self, path: str) -> KeptGroup:
        return group_at(self.world.binding.groups, path)

    def of(self, path: str) -> dict[str, int]:
        if path not in self.members:
            with on_side(Side.CLOUD):
                self.members[path] = dict(self.cloud.read(self.group(path)).members)
        return self.members[path]

    def written(self, done: Operation) -> None:
        path, account = place_in(done.href or "")
        if done.action is Action.CREATE:
            self.of(path)[account] = 0
        else:
            self.of(path).pop(account, None)


def parted(
    written: Sequence[Journalled],
) -> tuple[list[Journalled], list[Journalled]]:
    """What a run wrote of things, and of memberships."""
    members = [each for each in written if is_membership(each.operation.href)]
    return [each for each in written if each not in members], members


def undo_memberships(world: World, written: Sequence[Journalled], run: str) -> list[Operation]:
    """Take back what a run gave or took, where it still stands; journalled as any write is.

    Who is taken out again stays out, though the list names them: as if a person had done it. Who
    left since their entry was closed stays out as well.
    """
    inverses = [each for each in map(_inverse, reversed(written)) if each is not None]
    if not inverses:
        return []
    cloud = world.memberships
    if cloud is None:
        return [_refused(each, "undo-no-image") for each in inverses]
    rolls = _Rolls(world, cloud)
    try:
        closed = _closed(world, inverses)
    except SideError as error:
        return [_failed(each, error) for each in inverses]
    judged = [_judged(each, rolls, closed) for each in inverses]
    todo = [each for each in judged if each.state is State.PLANNED]
    name = world.binding.name
    numbers = world.state.intend(run, name, [Intention(each) for each in todo])
    ended = [_sent(rolls, each) for each in todo]
    results = {number: (done, None) for number, (done, _) in zip(numbers, ended, strict=True)}
    doubtful = frozenset(n for n, (_, unknown) in zip(numbers, ended, strict=True) if unknown)
    world.state.settle(name, Settlement(results=results, open=doubtful))
    _remember(world, [done for done, _ in ended])
    return [*(each for each in judged if each not in todo), *(done for done, _ in ended)]


def forget_memberships(world: World, entry: str) -> tuple[list[Operation], bool]:
    """Take out who is in a group because of this entry alone; and whether asking again may help.

    Nothing of it is journalled: the entry is to leave no trace.
    """
    cloud = world.memberships
    rows = world.state.memberships(world.binding.name)
    mine = [row for row in rows if row.entry == entry and row.tie in OURS]
    if cloud is None or not entry:
        return [], False
    others = {(row.place, row.account) for row in rows if row.entry != entry and row.tie in OURS}
    rolls = _Rolls(world, cloud)
    operations: list[Operation] = []
    again = False
    for row in mine:
        if (row.place, row.account) in others:
            continue
        leaving = operation(rolls.group(row.place), Action.DELETE, row.account, None)
        judged = _judged(leaving, rolls, frozenset())
        if judged.problem is not None and judged.problem.code == "undo-moved":
            continue  # they are not in it any more
        if judged.state is State.PLANNED:
            judged, _ = _sent(rolls, judged)
        again = again or judged.state is State.FAILED
        operations.append(judged)
    return operations, again


def _inverse(written: Journalled) -> Operation | None:
    done = written.operation
    if done.action not in _INVERSE or (written.finished and done.state is not State.DONE):
        return None
    inverse = replace(
        done, action=_INVERSE[done.action], title=_title(done), state=State.PLANNED, problem=None
    )
    return inverse if written.finished else _refused(inverse, "undo-outcome-unknown")


def _title(done: Operation) -> str:
    """A journal that was purged tells it no more."""
    path, account = place_in(done.href or "")
    return operation(group_at((), path), done.action, account, None).title


def _closed(world: World, inverses: Iterable[Operation]) -> frozenset[str]:
    """The entries that are not open to everybody, or not selected any more."""
    tags = {
        each.entry
        for each in inverses
        if each.entry and each.action is Action.CREATE and each.state is State.PLANNED
    }
    if not tags:
        return frozenset()
    with on_side(Side.WIKI):
        looks = world.wiki.look(world.binding, sorted(tags))
    return frozenset(tag for tag in tags if looks[tag].presence is not Presence.HERE)


def _judged(inverse: Operation, rolls: _Rolls, closed: frozenset[str]) -> Operation:
    """The same, or why it is not done."""
    if inverse.state is not State.PLANNED:
        return inverse
    path, account = place_in(inverse.href or "")
    try:
        members = rolls.of(path)
    except SideError as error:
        return _failed(inverse, error)
    if inverse.action is Action.DELETE:
        if account not in members:
            return _refused(inverse, "undo-moved")
        if protected_in(rolls.group(path), members, account, rolls.cloud.account()):
            return _refused(inverse, "member-protected", account=account)
    elif account in members:
        return _refused(inverse, "undo-made-again")
    elif inverse.entry in closed:
        return _refused(inverse, "undo-withdrawn")
    return inverse


def _sent(rolls: _Rolls, planned: Operation) -> tuple[Operation, bool]:
    group = rolls.group(place_in(planned.href or "")[0])
    try:
        send(rolls.cloud, group, planned)
    except SideError as error:
        return _failed(planned, error), isinstance(error, OutcomeUnknown)
    done = replace(planned, state=State.DONE)
    rolls.written(done)
    return done, False


def _failed(inverse: Operation, error: SideError) -> Operation:
    problem = Problem.from_error(error, side=Side.CLOUD, entry=inverse.entry, href=inverse.href)
    return replace(inverse, state=State.FAILED, problem=problem)


def _refused(inverse: Operation, code: str, account: str = "") -> Operation:
    group = group_at((), place_in(inverse.href or "")[0])
    problem = Problem.of(
        code,
        side=inverse.side,
        entry=inverse.entry,
        href=inverse.href,
        kind=group.kind,
        name=group.name,
        account=account,
    )
    return replace(inverse, state=State.SKIPPED, problem=problem)


def _remember(world: World, ended: Iterable[Operation]) -> None:
    """Who was taken out is known as one whom a person took out."""
    out = {place_in(op.href or "") for op in ended if _took(op)}
    name = world.binding.name
    rows = world.state.memberships(name)
    for place in sorted({place for place, _ in out}):
        kept = [_as_left(row, out) for row in rows if row.place == place]
        world.state.keep_memberships(name, place, sorted(set(kept), key=Membership.sort_key))


def _took(done: Operation) -> bool:
    return done.state is State.DONE and done.action is Action.DELETE


def _as_left(row: Membership, out: Iterable[tuple[str, str]]) -> Membership:
    return replace(row, tie=Tie.LEFT) if (row.place, row.account) in out else row
