"""Keep teams and groups in step with a list of the directory, after the binding's own plan.

Reads the list and the group, decides in `planning.membership`, journals, writes, remembers. What
an entry holds, a user id or an e-mail address, is passed to the cloud's search and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from oscartes_sync.errors import Forbidden, OutcomeUnknown, Refused, SideError, StateError
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.codec import operation_digest
from oscartes_sync.planning.membership import (
    Gathering,
    Membership,
    MembershipPlan,
    Named,
    Roll,
    Tie,
    place_in,
    plan_memberships,
)
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.snapshot import Presence
from oscartes_sync.ports import Intention, Settlement
from oscartes_sync.ports.memberships import MemberList, Memberships, Naming
from oscartes_sync.records.identity import forgotten_digest
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.world import Options, World, on_side

ASKED_AGAIN = timedelta(hours=1)
"""How long a value that names nobody is not asked about again, while its entry does not move."""

_CLOSED = frozenset({Presence.GONE, Presence.HIDDEN, Presence.OUTSIDE})
_SURE = _CLOSED | {None}


@dataclass(slots=True)
class Kept:
    """What became of the groups of one binding, or what would."""

    operations: list[Operation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    held_back: int = 0


def plan_groups(world: World, options: Options) -> Kept:
    """What `keep_groups` would do; writes nothing anywhere."""
    kept = Kept()
    for plan in _plans(world, options, kept):
        kept.operations += plan.operations
    return kept


def keep_groups(
    world: World, options: Options, run: str, *, only: frozenset[str] | None = None
) -> Kept:
    """Let accounts join and leave the groups of this binding; one group's trouble is its own.

    `only`: no memberships but these, by the digests of their operations.
    """
    kept = Kept()
    try:
        _drop_unkept(world)
        for plan in _plans(world, options, kept):
            chosen = plan if only is None else _restricted(plan, only)
            kept.operations += _carried_out(world, chosen, run, kept.problems)
    except StateError as error:
        # What the binding and its other groups wrote is told all the same.
        kept.problems.append(Problem.from_error(error))
    return kept


def _plans(world: World, options: Options, kept: Kept) -> Iterator[MembershipPlan]:
    """The plan of each group that can be read; why there is none of the others is told."""
    groups = world.binding.groups
    if not groups or world.lists is None or world.memberships is None:
        return
    try:
        with on_side(Side.WIKI):
            lists = world.lists.members(world.binding, groups)
    except SideError as error:
        kept.problems.append(Problem.from_error(error, side=Side.WIKI))
        return
    for group in groups:
        try:
            plan = _plan(world, world.memberships, options, group, lists[group])
        except SideError as error:
            side = Side(error.side) if error.side else Side.CLOUD
            kept.problems.append(Problem.from_error(error, side=side, href=group.path))
            continue
        if not lists[group].whole:
            problem = Problem.warning("members-list-malformed", Side.WIKI, name=group.name)
            kept.problems.append(problem.at(href=group.path))
        kept.problems += plan.problems
        kept.held_back += plan.held_back
        yield plan


def _plan(
    world: World, cloud: Memberships, options: Options, group: KeptGroup, found: MemberList
) -> MembershipPlan:
    """The plan of one group.

    Raises:
        SideError: where the group, or an account, or what left the list cannot be looked at.
    """
    name = world.binding.name
    known = [row for row in world.state.memberships(name) if row.place == group.path]
    roll = cloud.read(group)
    if not roll.there and any(row.tie is Tie.AGREED for row in known):
        raise Forbidden("team-gone", name=group.name)
    gathering = Gathering(
        group=group,
        roll=roll,
        listed=_resolved(world, cloud, found.entries, roll, known),
        limit=options.max_delete or world.binding.max_delete,
        known=known,
        bot=cloud.account(),
        allow_empty=True,
        whole=found.whole,
    )
    looks = _looks(world, plan_memberships(gathering), found.shown)
    return plan_memberships(
        replace(
            gathering,
            allow_empty=options.allow_empty or _is_proof(looks, found.shown),
            unsure=frozenset(tag for tag, look in looks.items() if look not in _SURE),
        )
    )


def _looks(
    world: World, plan: MembershipPlan, shown: frozenset[str]
) -> Mapping[str, Presence | None]:
    """What a look finds of each entry for which somebody would leave, None where it is shown.

    Where an entry is shown and the group's own `where`, or its value, says otherwise by now, the
    list says enough.
    """
    leaving = {row.entry for rows in plan.leaving.values() for row in rows}
    gone = sorted(leaving - shown)
    found: dict[str, Presence | None] = dict.fromkeys(sorted(leaving & shown))
    if gone:
        with on_side(Side.WIKI):
            looks = world.wiki.look(world.binding, gone)
        found.update((tag, looks[tag].presence) for tag in gone)
    return found


def _is_proof(looks: Mapping[str, Presence | None], shown: frozenset[str]) -> bool:
    """Whether an empty list is no accident: each who leaves was looked at and is closed.

    Where nothing at all is shown any more, only an entry's own values are proof of that: the form
    itself may be closed, or emptied by mistake.
    """
    closed = _CLOSED if shown else {Presence.OUTSIDE}
    return all(look in closed for look in looks.values())


def _resolved(
    world: World,
    cloud: Memberships,
    entries: Mapping[str, Naming],
    roll: Roll,
    known: Sequence[Membership],
) -> dict[str, Named]:
    """Whom each entry names; what is known already is not asked again."""
    forgotten = world.state.baseline(world.binding.name).forgotten
    name = world.binding.name
    # A member under an address is a ghost of some account (seen on 33.0.1): it is asked about.
    accounts = {one: one for one in roll.members if "@" not in one}
    accounts |= {row.account: row.account for row in known if row.account}
    found = {}
    for tag, naming in entries.items():
        if forgotten_digest(name, tag) not in forgotten:
            rows = [row for row in known if row.entry == tag]
            found[tag] = _remembered(world, naming, rows) or _asked(world, cloud, naming, accounts)
    return found


def _remembered(world: World, naming: Naming, rows: Sequence[Membership]) -> Named | None:
    """What the last run knew of an entry that did not move since, whatever is read of it now.

    A field that our key may not read any more looks like an empty one.
    """
    if not rows or not naming.token or any(row.token != naming.token for row in rows):
        return None
    lost = [row for row in rows if not row.account]
    asked = [row.asked for row in lost if row.asked is not None]
    if lost and (not asked or world.clock.now() - min(asked) >= ASKED_AGAIN):
        return None
    return Named(
        accounts=frozenset(row.account for row in rows if row.account),
        lost=frozenset(row.tie for row in lost),
        token=naming.token,
        asked=min(asked, default=None),
    )


def _asked(world: World, cloud: Memberships, naming: Naming, accounts: Mapping[str, str]) -> Named:
    found: set[str] = set()
    lost: set[Tie] = set()
    for value in naming.values:
        near = accounts.get(value)
        matches = (near,) if near is not None else cloud.find(value)
        if len(matches) == 1:
            found.add(matches[0])
        else:
            lost.add(Tie.AMBIGUOUS if matches else Tie.UNKNOWN)
    return Named(
        accounts=frozenset(found),
        lost=frozenset(lost),
        token=naming.token,
        asked=world.clock.now() if lost else None,
    )


def _drop_unkept(world: World) -> None:
    """A group that the configuration names no more keeps its members, and is no more ours."""
    name = world.binding.name
    kept = {group.path for group in world.binding.groups}
    for place in {row.place for row in world.state.memberships(name)} - kept:
        world.state.keep_memberships(name, place, ())


def _restricted(plan: MembershipPlan, only: frozenset[str]) -> MembershipPlan:
    """The plan without what nobody has reviewed: its rows stay as they were."""
    chosen = [op for op in plan.operations if operation_digest(op) in only]
    accounts = {place_in(op.href or "")[1] for op in chosen}
    left = [rows for account, rows in plan.leaving.items() if account not in accounts]
    return replace(
        plan,
        operations=tuple(chosen),
        standing=(*plan.standing, *(row for rows in left for row in rows)),
        joining={name: rows for name, rows in plan.joining.items() if name in accounts},
        leaving={name: rows for name, rows in plan.leaving.items() if name in accounts},
    )


def _carried_out(
    world: World, plan: MembershipPlan, run: str, problems: list[Problem]
) -> list[Operation]:
    """Journalled and remembered before it is sent, and as it ended.

    Who is being added is remembered as that: where a run dies here, the next one sees who is in.
    """
    name, place = world.binding.name, plan.group.path
    before = [row for row in world.state.memberships(name) if row.place == place]
    pending = [replace(row, tie=Tie.PENDING) for rows in plan.joining.values() for row in rows]
    leaving = [row for rows in plan.leaving.values() for row in rows]
    _keep(world, place, before, [*plan.standing, *pending, *leaving])
    writes = plan.writes
    if not writes:
        return list(plan.operations)
    numbers = world.state.intend(run, name, [Intention(op) for op in writes])
    rows = {place_in(op.href or "")[1]: op for op in writes}
    ended = dict(zip(rows, _sent(world, plan, problems), strict=True))
    results = {
        number: (done, None) for number, (done, _) in zip(numbers, ended.values(), strict=True)
    }
    doubtful = frozenset(
        number for number, (_, open_) in zip(numbers, ended.values(), strict=True) if open_
    )
    world.state.settle(name, Settlement(results=results, open=doubtful))
    after = [*plan.standing, *_left_by(plan, ended)]
    _keep(world, place, [*plan.standing, *pending, *leaving], after)
    held = [op for op in plan.operations if op.state is not State.PLANNED]
    return [*held, *(done for done, _ in ended.values())]


def _keep(
    world: World, place: str, before: Iterable[Membership], rows: Iterable[Membership]
) -> None:
    kept = sorted(set(rows), key=Membership.sort_key)
    if kept != sorted(set(before), key=Membership.sort_key):
        world.state.keep_memberships(world.binding.name, place, kept)


def _left_by(
    plan: MembershipPlan, ended: Mapping[str, tuple[Operation, bool]]
) -> Iterator[Membership]:
    """The rows that each write leaves: who was refused may be added by a later run."""
    for account, (done, unknown) in ended.items():
        if done.action is Action.CREATE:
            for row in plan.joining[account]:
                tie = Tie.PENDING if unknown else Tie.WAITING
                yield row if done.state is State.DONE else replace(row, tie=tie)
        elif done.state is not State.DONE:
            yield from plan.leaving[account]


def _sent(
    world: World, plan: MembershipPlan, problems: list[Problem]
) -> list[tuple[Operation, bool]]:
    """Each write as it ended, and whether that is unknown.

    What the server forbids once it forbids to the end of the run; the others are left out then.
    """
    cloud = world.memberships
    assert cloud is not None
    ended: list[tuple[Operation, bool]] = []
    stopped = False
    joining = any(op.action is Action.CREATE for op in plan.writes)
    if joining and not plan.there:
        stopped = not _made(cloud, plan.group, problems)
    for op in plan.writes:
        if stopped:
            ended.append((replace(op, state=State.SKIPPED), False))
            continue
        try:
            send(cloud, plan.group, op)
        except SideError as error:
            problem = Problem.from_error(error, side=Side.CLOUD, entry=op.entry, href=op.href)
            failed = replace(op, state=State.FAILED, problem=problem)
            ended.append((failed, isinstance(error, OutcomeUnknown)))
            stopped = isinstance(error, Forbidden) or not isinstance(error, Refused)
        else:
            ended.append((replace(op, state=State.DONE), False))
    return ended


def _made(cloud: Memberships, group: KeptGroup, problems: list[Problem]) -> bool:
    """Make the team that the first of its members needs; whether there is one now."""
    try:
        cloud.make(group)
    except SideError as error:
        problems.append(Problem.from_error(error, side=Side.CLOUD, href=group.path))
        return False
    return True


def send(cloud: Memberships, group: KeptGroup, operation: Operation) -> None:
    """One account joins, or leaves."""
    account = place_in(operation.href or "")[1]
    if operation.action is Action.CREATE:
        cloud.add(group, account)
    else:
        cloud.remove(group, account)
