"""Carry out the plans of spaces, one step after the other, each remembered as soon as it is done.

The order of a space's steps is such that an interruption anywhere is taken up by the next run:
what is half made bears a marker already, and what is made is found again by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from oscartes_sync.errors import (
    NotKept,
    Refused,
    SideError,
    Unavailable,
)
from oscartes_sync.planning.membership import Membership, MembershipPlan, Tie
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.spaces.deciding import (
    Case,
    description_of,
    left_over,
    redescribed,
    renamed,
    rights_of,
    said,
)
from oscartes_sync.planning.spaces.values import (
    MODERATOR,
    FoundSpace,
    KeptSpace,
    Part,
    SpacePlan,
    Step,
    marker,
)
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.spaces.look import place_of
from oscartes_sync.usecases.spaces.world import Hours, SpaceWorld
from oscartes_sync.usecases.world import on_side

MEMBER: Final = 1


@dataclass(slots=True)
class Work:
    """One space while it is being worked on: as it is by now, and what is remembered of it."""

    world: SpaceWorld
    case: Case
    found: FoundSpace
    kept: KeptSpace
    problems: list[Problem] = field(default_factory=list)
    announced: bool = False

    @classmethod
    def on(cls, world: SpaceWorld, case: Case) -> Work:
        """Begin with what was found."""
        kept = case.kept or KeptSpace(kind=world.kind.name, tag=case.tag)
        return cls(world, case, case.found, kept)

    @property
    def mark(self) -> str:
        """The space's marker."""
        return marker(self.world.kind, self.case.tag)

    def keep(self, **changes: object) -> None:
        """Remember something of it, at once."""
        changed = replace(self.kept, **changes)  # type: ignore[arg-type]
        if changed != self.kept or self.case.kept is None:
            self.kept = changed
            self.world.memory.keep_space(changed)


class Stopped(Exception):
    """The server will not have any more of us in this run."""

    def __init__(self, error: SideError) -> None:
        super().__init__(error.code)
        self.error = error


def apply_space(world: SpaceWorld, case: Case, plan: SpacePlan, hours: Hours) -> SpacePlan:
    """Carry out the plan of a space that is in use; the plan as it ended.

    Raises:
        Stopped: the server cannot be reached, or refuses us; with the plan so far lost to nobody,
            since the next run looks again.
        StateError: something could not be remembered.
    """
    work = Work.on(world, case)
    _remember(work)
    done = [
        _attempt(work, step, hours) if step.state is State.PLANNED else step for step in plan.steps
    ]
    _remember(work)
    if case.entry is not None and all(step.state is State.DONE for step in done):
        # The new name is carried over once everything bears it.
        work.keep(title=case.entry.title)
    return replace(
        plan, steps=tuple(done), problems=(*plan.problems, *dict.fromkeys(work.problems))
    )


def _attempt(work: Work, step: Step, hours: Hours) -> Step:
    """One step; what is wrong with it is told and stops no step that does not hang on it."""
    does = _DOES[step.part]
    limit = step.limited
    if limit is not None and hours.room()[limit] <= 0:
        return _left(work, step)
    if _hangs(work, step):
        return replace(step, state=State.SKIPPED)
    if limit is not None:
        hours.count(limit)
    try:
        with on_side(step.side):
            does(work, step)
    except Unavailable as error:
        if error.code != "cloud-too-many-requests" or limit is None:
            raise Stopped(error) from error
        hours.spend(limit)
        return _left(work, step)
    except (Refused, NotKept) as error:
        problem = Problem.from_error(error, side=step.side, entry=step.entry)
        work.problems.append(problem)
        return replace(step, state=State.FAILED, problem=problem)
    except SideError as error:
        raise Stopped(error) from error
    return replace(step, state=State.DONE)


def _left(work: Work, step: Step) -> Step:
    told = left_over(step.entry)
    work.problems.append(told)
    return replace(step, state=State.SKIPPED, problem=told)


def _hangs(work: Work, step: Step) -> bool:
    """Whether something that this step needs is not there."""
    found = work.found
    no_team = found.team is None
    needs = {
        Part.SUBFOLDER: found.folder is None,
        Part.SHARE: no_team or found.folder is None,
        Part.CALENDAR_SHARE: no_team or found.calendar is None,
        Part.MEMBER: no_team,
        Part.LEAD: no_team,
        Part.FOLDER: no_team and work.world.kind.team_folders,
    }
    return needs.get(step.part, False)


def _team(work: Work, step: Step) -> None:
    case, entry, places = work.case, work.case.entry, work.world.places
    assert entry is not None
    described = description_of(work.world.kind, entry)
    if step.action is Action.CREATE:
        team = places.make_team(work.mark, entry.title, described)
        work.world.memory.keep_memberships(work.world.kind.state_name, place_of(case.tag), ())
    else:
        assert work.found.team is not None
        team = work.found.team
        ours = renamed(case) and team.name == work.kept.called
        name = entry.title if ours else team.name
        text = described if redescribed(case) else team.description
        team = places.change_team(team, name, text)
    work.found = replace(work.found, team=team)
    work.keep(team=team.id, called=team.name, said=said(team.description))
    if step.action is Action.CREATE:
        work.keep(leads=frozenset(), title=entry.title)


def _folder(work: Work, step: Step) -> None:
    kind, places, entry = work.world.kind, work.world.places, work.case.entry
    assert entry is not None
    folder, team = work.found.folder, work.found.team
    if step.action is Action.CREATE:
        assert team is not None or not kind.team_folders
        folder = places.make_folder(kind, work.mark, entry.title, team)  # type: ignore[arg-type]
    else:
        assert folder is not None
        places.mark_folder(folder, work.mark)
        work.keep(archived="", marked=False, archive="", seal="")
    work.found = replace(work.found, folder=folder)
    work.keep(folder=folder.fileid, path=folder.path)


def _subfolder(work: Work, step: Step) -> None:
    assert work.found.folder is not None
    work.world.places.make_subfolder(work.found.folder, step.name)


def _share(work: Work, step: Step) -> None:  # noqa: ARG001
    folder, team = work.found.folder, work.found.team
    assert folder is not None
    assert team is not None
    rights = rights_of(replace(work.case, found=work.found))
    share = work.world.places.share_folder(folder, team, rights)
    work.found = replace(work.found, share=share)


def _calendar(work: Work, step: Step) -> None:
    places, entry, calendar = work.world.places, work.case.entry, work.found.calendar
    assert entry is not None
    if step.action is Action.CREATE:
        calendar = places.make_calendar(work.mark, entry.title)
    else:
        assert calendar is not None
        title = entry.title if renamed(work.case) else ""
        calendar = places.change_calendar(calendar, work.mark, title)
    work.found = replace(work.found, calendar=calendar)
    work.keep(calendar=calendar.uri)


def _calendar_share(work: Work, step: Step) -> None:  # noqa: ARG001
    calendar, team = work.found.calendar, work.found.team
    assert calendar is not None
    assert team is not None
    shared = work.world.places.share_calendar(calendar, team, write=True)
    work.found = replace(work.found, calendar=shared)


def _member(work: Work, step: Step) -> None:
    """Whom we are adding is remembered as that before it is sent (decision 0024)."""
    team, members = work.found.team, work.case.members
    assert team is not None
    assert members is not None
    if step.action is Action.CREATE:
        _announce(work, members)
        rows = members.joining.get(step.account, ())
        try:
            work.world.places.join(team, step.account)
        except Refused:
            _keep_rows(work, step.account, [replace(row, tie=Tie.WAITING) for row in rows])
            raise
        _keep_rows(work, step.account, list(rows))
        levels = {**team.members, step.account: MEMBER}
        work.found = replace(work.found, team=replace(team, members=levels))
    else:
        work.world.places.leave(team, step.account)
        _keep_rows(work, step.account, [])
        work.keep(leads=work.kept.leads - {step.account})


def _announce(work: Work, members: MembershipPlan) -> None:
    """All who are to join, before the first of them does: the rows of an entry are whole, or a
    later run would believe that it names nobody else."""
    if work.announced:
        return
    work.announced = True
    for account, rows in members.joining.items():
        _keep_rows(work, account, [replace(row, tie=Tie.PENDING) for row in rows])


def _keep_rows(work: Work, account: str, rows: list[Membership]) -> None:
    memory, name, place = work.world.memory, work.world.kind.state_name, place_of(work.case.tag)
    now = [row for row in memory.memberships(name) if row.place == place]
    kept = [row for row in now if row.account != account]
    memory.keep_memberships(name, place, [*kept, *(replace(row, place=place) for row in rows)])


def _lead(work: Work, step: Step) -> None:
    """Raised, or lowered again; remembered before it is sent, so that it is done once."""
    team = work.found.team
    assert team is not None
    raising = step.action is Action.CREATE
    leads = work.kept.leads
    try:
        work.world.places.set_level(team, step.account, MODERATOR if raising else MEMBER)
    except Refused as error:
        # Plain members they stay: that is told, and nothing hangs on it.
        problem = Problem.warning("space-lead-refused", step.side, account=step.account)
        work.problems.append(problem.at(entry=step.entry))
        if error.code != "team-level-refused":
            raise
    work.keep(leads=leads | {step.account} if raising else leads - {step.account})


def _links(work: Work, step: Step) -> None:
    """Every address that is known by now and that the entry lacks; others' stay."""
    entry = work.case.entry
    assert entry is not None
    before = work.kept.links
    links = {
        name: address
        for name, address in work.world.places.links(work.found).items()
        if name in entry.links and entry.links[name] in ("", before.get(name, ""))
        and entry.links[name] != address
    }  # fmt: skip
    if links:
        work.world.forms.write_links(work.world.kind, step.entry, links)
        work.keep(links={**before, **links})


_DOES: Final[Mapping[Part, Callable[[Work, Step], None]]] = {
    Part.TEAM: _team,
    Part.FOLDER: _folder,
    Part.SUBFOLDER: _subfolder,
    Part.SHARE: _share,
    Part.CALENDAR: _calendar,
    Part.CALENDAR_SHARE: _calendar_share,
    Part.MEMBER: _member,
    Part.LEAD: _lead,
    Part.LINKS: _links,
}


def _remember(work: Work) -> None:
    """What was found is remembered too, so that it is known by more than its marker."""
    found, entry = work.found, work.case.entry
    if entry is None or found.empty:
        return
    changes: dict[str, object] = {"public": entry.public}
    if found.team is not None and found.team.finished and not work.kept.team:
        changes |= {
            "team": found.team.id, "called": found.team.name,
            "said": said(found.team.description), "title": entry.title,
        }  # fmt: skip
    if found.folder is not None and found.folder.finished:
        changes |= {"folder": found.folder.fileid, "path": found.folder.path}
    if found.calendar is not None:
        changes |= {"calendar": found.calendar.uri}
    work.keep(**changes)
    members = work.case.members
    if members is not None and found.team is not None:
        _remember_members(work, members)


def _remember_members(work: Work, members: MembershipPlan) -> None:
    """The rows that stand whatever is written; those of who joins and leaves are kept as they
    do."""
    memory, name, place = work.world.memory, work.world.kind.state_name, place_of(work.case.tag)
    now = [row for row in memory.memberships(name) if row.place == place]
    moving = {*members.joining, *members.leaving}
    kept = [row for row in now if row.account in moving and row.account]
    rows = [*kept, *(replace(row, place=place) for row in members.standing)]
    wanted = sorted(set(rows), key=Membership.sort_key)
    if wanted != sorted(now, key=Membership.sort_key):
        memory.keep_memberships(name, place, wanted)
