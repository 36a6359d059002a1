"""Who joins and who leaves a team or a group that follows a list of the directory.

Pure: the list, the members, and what was agreed before in; a plan out. Only who was agreed before,
on the list and in the group, or added by us, is ever removed; who is there for another reason
stays. Whom a person removed while the list still names them stays out until the list has let them
go, and named them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from oscartes_sync.planning.binding import KeptGroup, MaxDelete
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.records.problem import Problem, Side

ADMIN, OWNER = 8, 9
"""Levels of a team's members (recording 141); a group's members have none, 0."""

ADMIN_GROUP = "admin"
"""Nextcloud's own group of administrators."""


class Tie(StrEnum):
    """What is known of an entry and an account, or of a value that names none.

    AGREED: on the list and in the group. PENDING: being added. WAITING: could not be added. LEFT: a
    person took them out, and the list still names them. UNKNOWN, AMBIGUOUS: the entry names nobody,
    or several.
    """

    AGREED = "agreed"
    PENDING = "pending"
    WAITING = "waiting"
    LEFT = "left"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


OURS = frozenset({Tie.AGREED, Tie.PENDING})
"""Ties of who is in the group because of the list, as far as is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One row of what is known of a group: never the value that the entry holds.

    `account` is "" where a value names nobody, or several. `token` is the version of the entry
    that it was read of, "" where it may have changed unseen; `asked` when the cloud was asked.
    """

    place: str
    entry: str
    account: str
    tie: Tie
    token: str = ""
    asked: datetime | None = None

    def sort_key(self) -> tuple[str, ...]:
        """A total order."""
        return (self.place, self.entry, self.account, self.tie)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The accounts that one entry of the list names; `lost` says what its other values are."""

    accounts: frozenset[str] = frozenset()
    lost: frozenset[Tie] = frozenset()
    token: str = ""
    asked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A group as it is: account → level. `there` is false where it is still to be made."""

    members: Mapping[str, int] = field(default_factory=dict)
    there: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """All that a plan is made of.

    `bot` is our own account. `unsure` are entries of which no list can say whether they still
    stand there; `whole` is false where that holds for all that the list lacks.
    """

    group: KeptGroup
    roll: Roll
    listed: Mapping[str, Named]
    limit: MaxDelete
    known: Sequence[Membership] = ()
    bot: str = ""
    allow_empty: bool = False
    unsure: frozenset[str] = frozenset()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipPlan:
    """What one run would do to one group.

    `standing` are the rows to keep whatever is written; `joining` those that a creation leaves, and
    `leaving` those that a removal takes away, by account. `held_back` removals were left out.
    `there`: the group need not be made first.
    """

    group: KeptGroup
    operations: tuple[Operation, ...] = ()
    standing: tuple[Membership, ...] = ()
    joining: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)
    leaving: Mapping[str, tuple[Membership, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    held_back: int = 0
    there: bool = True

    @property
    def writes(self) -> tuple[Operation, ...]:
        """The operations that are to be sent."""
        return tuple(op for op in self.operations if op.state is State.PLANNED)


def plan_memberships(found: Gathering) -> MembershipPlan:
    """Decide on every account of the list, and on every one that was agreed before."""
    named_by = _named_by(found.listed)
    standing = list(_lost(found))
    operations: list[Operation] = []
    problems: list[Problem] = list(_told_lost(found))
    joining: dict[str, tuple[Membership, ...]] = {}
    for account, entries in sorted(named_by.items()):
        rows = _rows(found, account, entries)
        if account in found.roll.members:
            standing += rows
        elif _taken_out(found.known, account):
            standing += [replace(row, tie=Tie.LEFT) for row in rows]
            problems.append(_told(found, "member-left", entries[0], account))
        else:
            joining[account] = rows
            operations.append(operation(found.group, Action.CREATE, account, entries[0]))
    going, kept, protected = _going(found, named_by)
    standing += kept
    problems += protected
    held = _held(found, len(going))
    if held is not None:
        problems.append(held)
        standing += [row for rows in going.values() for row in rows]
    operations += _removals(found.group, going, held=held is not None)
    return MembershipPlan(
        group=found.group,
        operations=tuple(sorted(operations, key=Operation.sort_key)),
        standing=tuple(sorted(set(standing), key=Membership.sort_key)),
        joining=joining,
        leaving={} if held else going,
        problems=tuple(sorted(problems, key=Problem.sort_key)),
        held_back=len(going) if held else 0,
        there=found.roll.there,
    )


def operation(group: KeptGroup, action: Action, account: str, entry: str | None) -> Operation:
    """One account joins the group, or leaves it, as plans and the journal tell it."""
    href = f"{group.path}/{account}"
    return Operation(
        action=action,
        side=Side.CLOUD,
        uid=href,
        entry=entry,
        href=href,
        title=f"{account} in {group.name}",
    )


def is_membership(href: str | None) -> bool:
    """Whether this names a member of a group: what DAV holds has an address that begins with /."""
    return href is not None and href.startswith(("teams/", "groups/"))


def group_at(groups: Sequence[KeptGroup], path: str) -> KeptGroup:
    """The group of that path, whether the configuration still names it or not."""
    for group in groups:
        if group.path == path:
            return group
    kind, _, name = path.partition("/")
    return KeptGroup(kind="team" if kind == "teams" else "group", name=name, members="")


def place_in(href: str) -> tuple[str, str]:
    """The group's path and the account that a membership's href names."""
    path, _, account = href.rpartition("/")
    return path, account


def protected_in(group: KeptGroup, members: Mapping[str, int], account: str, bot: str) -> bool:
    """Whether nobody but a person may take this member out.

    The owner, our own account, the last who may administer the team, the last administrator of
    the whole cloud.
    """
    if account == bot or members.get(account, 0) >= OWNER:
        return True
    if group.kind == "group":
        return group.name == ADMIN_GROUP and len(members) <= 1
    admins = [one for one, level in members.items() if level >= ADMIN]
    return admins == [account]


def _named_by(listed: Mapping[str, Named]) -> dict[str, list[str]]:
    """Account → the entries that name it, in order."""
    found: dict[str, list[str]] = {}
    for entry, named in sorted(listed.items()):
        for account in named.accounts:
            found.setdefault(account, []).append(entry)
    return found


def _rows(found: Gathering, account: str, entries: Iterable[str]) -> tuple[Membership, ...]:
    return tuple(
        Membership(
            place=found.group.path,
            entry=entry,
            account=account,
            tie=Tie.AGREED,
            token=found.listed[entry].token,
        )
        for entry in entries
    )


def _lost(found: Gathering) -> Iterable[Membership]:
    """The rows of values that name nobody, so that the cloud is not asked at every run."""
    for entry, named in found.listed.items():
        for tie in named.lost:
            yield Membership(
                place=found.group.path,
                entry=entry,
                account="",
                tie=tie,
                token=named.token,
                asked=named.asked,
            )


def _told_lost(found: Gathering) -> Iterable[Problem]:
    codes = {Tie.UNKNOWN: "member-unknown", Tie.AMBIGUOUS: "member-ambiguous"}
    for entry, named in found.listed.items():
        for tie in named.lost:
            yield _told(found, codes[tie], entry)


def _told(found: Gathering, code: str, entry: str, account: str = "") -> Problem:
    blanks = {"kind": found.group.kind, "name": found.group.name}
    if account:
        blanks["account"] = account
    return Problem.warning(code, Side.CLOUD, **blanks).at(entry=entry)


def _taken_out(known: Iterable[Membership], account: str) -> bool:
    """Whether an absent account was there before: what is being added never was."""
    return any(row.account == account and row.tie in (Tie.AGREED, Tie.LEFT) for row in known)


_Going = dict[str, tuple[Membership, ...]]


def _going(
    found: Gathering, named_by: Mapping[str, object]
) -> tuple[_Going, list[Membership], list[Problem]]:
    """Who is to be removed, with the rows to drop; rows of who stays, and why they do."""
    going: _Going = {}
    kept: list[Membership] = []
    problems: list[Problem] = []
    members = dict(found.roll.members)
    ours: dict[str, list[Membership]] = {}
    for row in sorted(found.known, key=Membership.sort_key):
        if row.account and row.account not in named_by:
            ours.setdefault(row.account, []).append(row)
    for account, rows in sorted(ours.items()):
        unsure = [row for row in rows if not found.whole or row.entry in found.unsure]
        agreed = [row for row in rows if row.tie in OURS]
        if unsure:
            kept += rows
        elif account not in members or not agreed:
            continue
        elif protected_in(found.group, members, account, found.bot):
            kept += rows
            problems.append(_told(found, "member-protected", rows[0].entry, account))
        else:
            going[account] = tuple(rows)
            del members[account]
    return going, kept, problems


def _held(found: Gathering, count: int) -> Problem | None:
    """Why none of these removals is done, None where they may be.

    All of them and not the excess: nobody could say which of them were meant.
    """
    agreed = len({row.account for row in found.known if row.tie in OURS})
    empty = not any(named.accounts or named.lost for named in found.listed.values())
    if count and empty and not found.allow_empty:
        problem = Problem.of("members-list-empty", side=Side.CLOUD, members=agreed)
    elif not found.limit.allows(count, agreed):
        problem = Problem.of("members-too-many", side=Side.CLOUD, members=agreed, count=count)
    else:
        return None
    named = (("kind", found.group.kind), ("name", found.group.name))
    placed = replace(problem, params=tuple(sorted((*problem.params, *named))))
    return placed.at(href=found.group.path)


def _removals(group: KeptGroup, going: _Going, *, held: bool) -> Iterable[Operation]:
    state = State.SKIPPED if held else State.PLANNED
    for account, rows in going.items():
        yield replace(operation(group, Action.DELETE, account, rows[0].entry), state=state)
