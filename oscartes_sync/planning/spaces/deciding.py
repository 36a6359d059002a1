"""What one space lacks, as steps. Pure: the entry, what is there, what is remembered in; steps out.

What we made and somebody else took away is mended where it was ours alone to give (a share, a
right). What people changed by their own hand (a name, a description, a member, a sub-folder) stands
and is told. Nothing that holds anything is ever deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from oscartes_sync.planning.membership import MembershipPlan, place_in
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.spaces.values import (
    MODERATOR,
    PASS_ON,
    READ,
    WRITE,
    FoundSpace,
    KeptSpace,
    Limited,
    Part,
    SpaceKind,
    SpacePlan,
    Standing,
    Step,
    marker,
)
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.space import SpaceEntry

LONGEST_DESCRIPTION = 1000
"""Characters of a team's description that are the entry's; the marker comes after them."""

FOLDER_LINK, TEAM_LINK, CALENDAR_LINK = "folder_link", "team_link", "calendar_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the plan of one space is made of.

    `kept` is None where nothing is remembered, `entry` where the form has it no more (or its
    `where` selects it no more). `members` is what is to become of the team's members; `leads` the
    accounts that are to lead. `links` are the addresses as they will be, as far as they are known.
    """

    kind: SpaceKind
    tag: str
    today: date
    entry: SpaceEntry | None = None
    found: FoundSpace = field(default_factory=FoundSpace)
    kept: KeptSpace | None = None
    members: MembershipPlan | None = None
    leads: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def standing_of(case: Case) -> Standing:
    """How a space is; an entry that says so, a folder that says so, or our memory: any will do."""
    kept, folder = case.kept, case.found.folder
    closed = (kept is not None and kept.archived) or (folder is not None and folder.archived)
    if closed and not reopened(case):
        return Standing.ARCHIVED
    if case.entry is None:
        return Standing.ORPHANED
    if case.entry.archived and case.found.empty:
        return Standing.ARCHIVED
    if _is_over(case) or case.entry.archived:
        # Whoever writes into the entry that it is archived asks for it.
        return Standing.ENDED
    return Standing.WANTED if case.found.empty else Standing.LIVE


def reopened(case: Case) -> bool:
    """Whether somebody took our mark out of the entry, and no end of it is over (any more)."""
    entry, kept = case.entry, case.kept
    if entry is None or kept is None or not kept.archived:
        return False
    return kept.marked and entry.markable and not entry.archived and not _is_over(case)


def _is_over(case: Case) -> bool:
    entry = case.entry
    return entry is not None and entry.end is not None and entry.end < case.today


def plan_space(case: Case) -> SpacePlan:
    """Decide on one space."""
    standing = standing_of(case)
    title = case.entry.title if case.entry else (case.kept.title if case.kept else case.tag)
    plan = SpacePlan(tag=case.tag, title=title, standing=standing, problems=case.problems)
    if standing is Standing.ORPHANED:
        told = Problem.warning("space-orphaned", Side.WIKI).at(entry=case.tag)
        return replace(plan, problems=(*plan.problems, told))
    if standing is Standing.ARCHIVED:
        return replace(plan, steps=tuple(_mark(case)))
    if standing is Standing.ENDED:
        return replace(plan, steps=() if case.found.empty else archive_steps(case))
    lost = tuple(_lost(case))
    if lost:
        return replace(plan, problems=(*plan.problems, *lost))
    return _live(case, plan)


def rights_of(case: Case) -> int:
    """What a team may do in the folder of a space that is in use.

    Who is in a space is said by its entry, so nobody passes it on: but a Team folder gives the bot
    no rights beside its team's, and what is published in it is shown by a public link.
    """
    folder, public = case.found.folder, case.entry is not None and case.entry.public
    in_team_folder = folder is None or bool(folder.number)
    passes = case.kind.publishes_in_team_folders and in_team_folder and public
    return WRITE | PASS_ON if passes else WRITE


def rights_after(case: Case) -> int:
    """What the team keeps of an archived space, 0 for nothing.

    A public link opens nothing any more where whoever made it may not pass the file on
    (ShareController.php: validateShare, 33.0.1): so what was passed on still is.
    """
    if case.kind.after_archive == "none":
        return 0
    share, folder = case.found.share, case.found.folder
    passed = share is not None and folder is not None and folder.number
    keeps = case.kind.publishes_in_team_folders and passed
    return READ | (share.rights & PASS_ON if keeps and share is not None else 0)


def archive_steps(case: Case) -> tuple[Step, ...]:
    """What archiving a space means: its content first, then rights, then the mark."""
    kind, found = case.kind, case.found
    after = rights_after(case)
    lowered = Action.UPDATE if after else Action.DELETE
    name = _name(case)
    steps = [Step(action=Action.CREATE, part=Part.ARCHIVE, entry=case.tag, name=kind.archive)]
    if found.share is not None and (found.share.rights & ~after or not after):
        steps.append(Step(action=lowered, part=Part.SHARE, entry=case.tag, name=name))
    write = found.calendar.write if found.calendar is not None else None
    if write is not None and (write or not after):
        steps.append(Step(action=lowered, part=Part.CALENDAR_SHARE, entry=case.tag, name=name))
    return (*steps, *_mark(case))


def description_of(kind: SpaceKind, entry: SpaceEntry) -> str:
    """A team's description: the entry's, its days, and the marker at the end."""
    days = " → ".join(day.isoformat() for day in (entry.start, entry.end) if day)
    text = entry.description.strip()
    if len(text) > LONGEST_DESCRIPTION:
        text = f"{text[:LONGEST_DESCRIPTION].rstrip()}…"
    lines = [each for each in (text, days) if each]
    return "\n".join([*lines, mark_line(marker(kind, entry.tag))])


def mark_line(mark: str) -> str:
    """The last line of a team's description."""
    return f"[oscartes {mark}]"


def marks_in(description: str) -> str:
    """The marker at the end of a description, "" where there is none."""
    last = description.rstrip().rpartition("\n")[2].strip()
    return last[len("[oscartes ") : -1] if last.startswith("[oscartes ") and last[-1] == "]" else ""


def said(description: str) -> str:
    """A description as it is remembered: enough to see that somebody changed it."""
    return hashlib.sha256(description.strip().encode()).hexdigest()[:16]


def within(plans: Iterable[SpacePlan], room: Mapping[Limited, int]) -> list[SpacePlan]:
    """The same plans, what is over the hour's limits left for the next run, and told."""
    left = dict(room)
    return [_within(plan, left) for plan in plans]


def _within(plan: SpacePlan, left: dict[Limited, int]) -> SpacePlan:
    if plan.standing is Standing.WANTED and not _fits(plan, left):
        # A new space is made whole or not yet: half of one is of no use to its group.
        later = left_over(plan.tag)
        steps = [replace(step, state=State.SKIPPED, problem=later) for step in plan.steps]
        return replace(plan, steps=tuple(steps), problems=(*plan.problems, later))
    steps = []
    waits: set[Part] = set()
    for step in plan.steps:
        if step.state is not State.PLANNED:
            steps.append(step)
            continue
        limit = step.limited
        behind = step.part is Part.CALENDAR_SHARE and Part.CALENDAR in waits
        if behind or (limit is not None and left[limit] <= 0):
            waits.add(step.part)
            steps.append(replace(step, state=State.SKIPPED, problem=left_over(plan.tag)))
            continue
        if limit is not None:
            left[limit] -= 1
        steps.append(step)
    told = (left_over(plan.tag),) if waits else ()
    return replace(plan, steps=tuple(steps), problems=(*plan.problems, *told))


def _fits(plan: SpacePlan, left: Mapping[Limited, int]) -> bool:
    limits = [step.limited for step in plan.steps]
    return all(limits.count(limit) <= room for limit, room in left.items())


def left_over(tag: str) -> Problem:
    """What the hour's limits leave for the next run."""
    return Problem.of("space-left-for-next", side=Side.CLOUD, entry=tag)


def _lost(case: Case) -> Iterable[Problem]:
    """What we made and cannot find: where content is at stake nothing is made in its place."""
    found = case.found
    yield from found.problems
    if found.folder is not None and found.folder.binned:
        yield Problem.of("space-folder-binned", side=Side.CLOUD, entry=case.tag)
    if found.calendar is not None and found.calendar.binned:
        yield Problem.of("space-calendar-binned", side=Side.CLOUD, entry=case.tag)


def _live(case: Case, plan: SpacePlan) -> SpacePlan:
    steps = [*_team(case), *_folder(case), *_calendar(case)]
    problems = [*plan.problems, *_drift(case)]
    held = 0
    if case.members is not None:
        steps += _members(case, case.members)
        problems += case.members.problems
        held = case.members.held_back
    steps += _leads(case)
    linking, kept = _links(case)
    steps += linking
    problems += kept
    return replace(plan, steps=tuple(steps), problems=tuple(problems), held_back=held)


def _name(case: Case) -> str:
    return case.entry.title if case.entry else (case.kept.title if case.kept else case.tag)


def _step(case: Case, action: Action, part: Part, name: str = "") -> Step:
    return Step(action=action, part=part, entry=case.tag, name=name or _name(case))


def _team(case: Case) -> Iterable[Step]:
    team = case.found.team
    if team is None or not team.finished:
        yield _step(case, Action.CREATE, Part.TEAM)
    elif renamed(case) or redescribed(case):
        yield _step(case, Action.UPDATE, Part.TEAM)


def renamed(case: Case) -> bool:
    """Whether the entry has another title than what was carried over last."""
    kept, entry = case.kept, case.entry
    return bool(entry and kept and kept.title and kept.title != entry.title)


def redescribed(case: Case) -> bool:
    """Whether the team's description is to be written: the entry's moved and nobody changed ours,
    or the marker is gone."""
    team, kept, entry = case.found.team, case.kept, case.entry
    if team is None or entry is None:
        return False
    if marks_in(team.description) != marker(case.kind, case.tag):
        return True
    wanted = description_of(case.kind, entry)
    ours = kept is not None and kept.said == said(team.description)
    return ours and said(wanted) != said(team.description)


def _folder(case: Case) -> Iterable[Step]:
    folder, share, kind = case.found.folder, case.found.share, case.kind
    if folder is None or not folder.finished:
        yield _step(case, Action.CREATE, Part.FOLDER)
    else:
        if not folder.marked or reopened(case):
            yield _step(case, Action.UPDATE, Part.FOLDER)
        # Others may be taken away by whoever works there; this one has documents hanging on it.
        if kind.published and kind.published not in folder.subfolders:
            yield _step(case, Action.CREATE, Part.SUBFOLDER, kind.published)
    if share is None:
        yield _step(case, Action.CREATE, Part.SHARE)
    elif share.rights & rights_of(case) != rights_of(case):
        yield _step(case, Action.UPDATE, Part.SHARE)


def _calendar(case: Case) -> Iterable[Step]:
    calendar = case.found.calendar
    if calendar is None:
        yield _step(case, Action.CREATE, Part.CALENDAR)
        yield _step(case, Action.CREATE, Part.CALENDAR_SHARE)
        return
    if renamed(case) or not calendar.marked:
        yield _step(case, Action.UPDATE, Part.CALENDAR)
    if not calendar.write:
        again = Action.CREATE if calendar.write is None else Action.UPDATE
        yield _step(case, again, Part.CALENDAR_SHARE)


def _members(case: Case, members: MembershipPlan) -> Iterable[Step]:
    for op in members.operations:
        account = place_in(op.href or "")[1]
        yield replace(_step(case, op.action, Part.MEMBER, account), account=account, state=op.state)


def _leads(case: Case) -> Iterable[Step]:
    """Who leads is raised once: whom a person lowered since stays as they are."""
    levels = dict(case.found.team.members) if case.found.team else {}
    raised = case.kept.leads if case.kept else frozenset()
    joining = set(case.members.joining) if case.members else set()
    for account in sorted(case.leads - raised):
        if account in joining or 0 < levels.get(account, 0) < MODERATOR:
            yield replace(_step(case, Action.CREATE, Part.LEAD, account), account=account)
    leaving = set(case.members.leaving) if case.members else set()
    for account in sorted(raised - case.leads - leaving):
        if levels.get(account) == MODERATOR:
            yield replace(_step(case, Action.DELETE, Part.LEAD, account), account=account)


def _links(case: Case) -> tuple[list[Step], list[Problem]]:
    """The addresses that the entry lacks; one that somebody else put there stays."""
    assert case.entry is not None
    before = case.kept.links if case.kept else {}
    wanted = False
    problems = []
    for name, shown in sorted(case.entry.links.items()):
        address = case.links.get(name, "")
        if shown and address and shown not in (address, before.get(name)):
            problems.append(Problem.warning("space-link-kept", Side.WIKI, link=name))
        elif not shown or (address and shown != address):
            wanted = True
    steps = [_step(case, Action.UPDATE, Part.LINKS)] if wanted else []
    return steps, [one.at(entry=case.tag) for one in problems]


def _drift(case: Case) -> Iterable[Problem]:
    """What people changed in the cloud, which stands."""
    team, kept = case.found.team, case.kept
    if team is None or kept is None or not team.finished or kept.team != team.id:
        return
    if kept.called and team.name != kept.called and not renamed(case):
        yield Problem.warning("space-team-renamed", Side.CLOUD, team=team.name).at(entry=case.tag)
    marked = marks_in(team.description) == marker(case.kind, case.tag)
    if marked and kept.said and kept.said != said(team.description):
        yield Problem.warning("space-team-described", Side.CLOUD, team=team.name).at(entry=case.tag)


def _mark(case: Case) -> Iterable[Step]:
    """The entry's own mark, where the form has a field for it."""
    entry, done = case.entry, case.kept is not None and case.kept.marked
    if entry is not None and entry.markable and not entry.archived and not done:
        yield _step(case, Action.UPDATE, Part.MARK)
