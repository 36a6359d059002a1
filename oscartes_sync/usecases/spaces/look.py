"""Look at the form and at the cloud, and plan every space of one kind; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from oscartes_sync.errors import SideError
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import (
    Gathering,
    Membership,
    MembershipPlan,
    Named,
    Roll,
    Tie,
    plan_memberships,
)
from oscartes_sync.planning.spaces.deciding import Case, plan_space, standing_of, within
from oscartes_sync.planning.spaces.values import (
    FoundSpace,
    SpacePlan,
    Standing,
)
from oscartes_sync.ports.spaces import SpaceOptions
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.space import SpaceEntry
from oscartes_sync.usecases.spaces.world import Hours, SpaceWorld
from oscartes_sync.usecases.world import on_side

_TOLD_OTHERWISE = frozenset({"member-unknown", "member-ambiguous"})
"""Told by place in the entry here, so that whoever invites knows whom to look for."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Every space of one kind as it is, by tag, with what is to be done, in the same order."""

    cases: Mapping[str, Case]
    plans: Sequence[SpacePlan]
    problems: Sequence[Problem] = ()


@dataclass(slots=True)
class _Naming:
    """Whom the values of an entry name, and the places of those that name nobody, or several."""

    accounts: set[str] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)
    ambiguous: list[int] = field(default_factory=list)


def look_at_spaces(world: SpaceWorld, options: SpaceOptions) -> Looked:
    """Read everything, and plan.

    Raises:
        SideError: one side cannot be read; nothing may then be concluded.
        ConfigurationError: the form lacks what it needs.
    """
    kind = world.kind
    with on_side(Side.WIKI):
        listed = world.forms.entries(kind)
    kept = world.memory.spaces(kind.name)
    with on_side(Side.CLOUD):
        awake = [tag for tag, entry in listed.entries.items() if not entry.archived]
        found = world.places.look(kind, awake, kept)
    tags = {*listed.entries, *kept, *found} - listed.broken
    if not listed.whole:
        # What the list may lack is no orphan.
        tags &= {*listed.entries}
    if options.only:
        tags &= options.only
    cases, problems = {}, list(listed.problems)
    for tag in sorted(tags):
        case = Case(
            kind=kind,
            tag=tag,
            today=world.today,
            entry=listed.entries.get(tag),
            found=found.get(tag, FoundSpace()),
            kept=kept.get(tag),
        )
        try:
            cases[tag] = _gathered(world, options, case)
        except SideError as error:
            problems.append(Problem.from_error(error, side=Side.CLOUD, entry=tag))
    plans = within([plan_space(case) for case in cases.values()], Hours(world).room())
    return Looked(cases, plans, tuple(problems))


def _gathered(world: SpaceWorld, options: SpaceOptions, case: Case) -> Case:
    """The case with whom its entry names, and with the addresses of what is there."""
    entry = case.entry
    if entry is None or standing_of(case) not in (Standing.WANTED, Standing.LIVE):
        return case
    with on_side(Side.CLOUD):
        naming = _naming(world, entry, _agreed(world, case))
        members = _members(world, options, case, naming)
        links = world.places.links(case.found)
    told = _told(entry, naming)
    return replace(case, members=members, leads=frozenset(naming.leads), links=links, problems=told)


def _agreed(world: SpaceWorld, case: Case) -> frozenset[str] | None:
    """Whom an entry named that did not move since, None where it has to be asked again."""
    assert case.entry is not None
    rows = [
        row
        for row in world.memory.memberships(world.kind.state_name)
        if row.place == place_of(case.tag)
    ]
    token = case.entry.token
    if not rows or not token or not _same_team(case):
        return None
    if any(row.token != token or not row.account for row in rows):
        return None
    return frozenset(row.account for row in rows)


def _naming(world: SpaceWorld, entry: SpaceEntry, agreed: frozenset[str] | None) -> _Naming:
    """Ask the cloud for each value; who leads is asked for at every run."""
    found = _Naming(accounts=set(agreed or ()))
    for place, value in enumerate((*entry.members, *entry.leads), start=1):
        if agreed is not None and place <= len(entry.members):
            continue
        matches = world.places.find(value)
        if len(matches) == 1:
            found.accounts.add(matches[0])
            if place > len(entry.members):
                found.leads.add(matches[0])
        else:
            (found.ambiguous if matches else found.unknown).append(place)
    return found


def _told(entry: SpaceEntry, naming: _Naming) -> tuple[Problem, ...]:
    """Who is to be invited, by place: an address is written down nowhere."""
    told = []
    for code, places in (
        ("space-member-unknown", naming.unknown),
        ("space-member-ambiguous", naming.ambiguous),
    ):
        if places:
            said = ", ".join(map(str, places))
            told.append(Problem.warning(code, Side.CLOUD, places=said, space=entry.title))
    return tuple(each.at(entry=entry.tag) for each in told)


def _members(
    world: SpaceWorld, options: SpaceOptions, case: Case, naming: _Naming
) -> MembershipPlan:
    """Who joins and who leaves, as for any team that follows a list (decision 0024)."""
    team, entry, kind = case.found.team, case.entry, case.kind
    assert entry is not None
    group = KeptGroup(kind="team", name=entry.title, members="members")
    # Whoever was in a team that is gone is to be in the one that takes its place.
    known = known_members(world, case.tag, group) if _same_team(case) else ()
    lost = {Tie.UNKNOWN} if naming.unknown else set()
    named = Named(accounts=frozenset(naming.accounts), lost=frozenset(lost), token=entry.token)
    plan = plan_memberships(
        Gathering(
            group=group,
            roll=Roll(members=dict(team.members) if team else {}, there=team is not None),
            listed={case.tag: named},
            limit=options.max_delete or kind.max_delete,
            known=known,
            bot=world.places.account(),
            allow_empty=options.allow_empty,
            whole=entry.readable,
        )
    )
    problems = tuple(each for each in plan.problems if each.code not in _TOLD_OTHERWISE)
    if not entry.readable:
        told = Problem.warning("space-members-unreadable", Side.WIKI, space=entry.title)
        problems = (*problems, told)
    return replace(plan, problems=tuple(each.at(entry=case.tag) for each in problems))


def _same_team(case: Case) -> bool:
    """Whether the team is the one whose members are remembered."""
    return bool(case.kept and case.found.team and case.kept.team == case.found.team.id)


def known_members(world: SpaceWorld, tag: str, group: KeptGroup) -> list[Membership]:
    """Who was agreed to be in a space, as planning takes it."""
    rows = world.memory.memberships(world.kind.state_name)
    return [replace(row, place=group.path) for row in rows if row.place == place_of(tag)]


def place_of(tag: str) -> str:
    """What the members of a space are remembered under: its entry, whatever its team is called."""
    return f"spaces/{tag}"
