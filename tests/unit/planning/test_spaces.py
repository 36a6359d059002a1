"""What one space lacks: every case of an entry, of what is there, and of what is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.spaces.deciding import (
    LONGEST_DESCRIPTION,
    Case,
    archive_steps,
    description_of,
    mark_line,
    marks_in,
    plan_space,
    said,
    within,
)
from oscartes_sync.planning.spaces.values import (
    FoundCalendar,
    FoundFolder,
    FoundShare,
    FoundSpace,
    FoundTeam,
    KeptSpace,
    Limited,
    Part,
    SpaceKind,
    SpacePlan,
    Standing,
    Step,
    calendar_uri,
    marker,
    working_name,
)
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.space import SpaceEntry

KIND = SpaceKind(name="groupes", wiki="noe", cloud="noe", form="8")
TODAY = date(2026, 11, 24)
ENTRY = SpaceEntry(tag="Jardins", title="Jardins", links={"team_link": "x"})
TEXT = description_of(KIND, ENTRY)
WHOLE = FoundSpace(
    team=FoundTeam(id="t1", name="Jardins", description=TEXT, members={"robot": 9}),
    folder=FoundFolder(fileid=7, path="Espaces/Jardins", subfolders=frozenset({"Publié"})),
    share=FoundShare(id="1", rights=15),
    calendar=FoundCalendar(uri="jardins", title="Jardins", write=True),
)
KEPT = KeptSpace(
    kind="groupes",
    tag="Jardins",
    title="Jardins",
    called="Jardins",
    said=said(TEXT),
    team="t1",
    folder=7,
    path="Espaces/Jardins",
    calendar="jardins",
    links={"team_link": "x"},
)


def planned(**more: Any) -> SpacePlan:
    settled: dict[str, Any] = {
        "kind": KIND,
        "tag": "Jardins",
        "today": TODAY,
        "entry": ENTRY,
        "found": WHOLE,
        "kept": KEPT,
        "links": {"team_link": "x"},
    }
    return plan_space(Case(**(settled | more)))


def parts(plan: SpacePlan) -> list[tuple[str, str]]:
    return [(step.action.value, step.part.value) for step in plan.steps]


def told(plan: SpacePlan) -> list[str]:
    return sorted(problem.code for problem in plan.problems)


def test_a_space_that_is_as_it_should_be_is_left_alone() -> None:
    plan = planned()
    assert (parts(plan), told(plan), plan.standing) == ([], [], Standing.LIVE)
    assert not plan.pending


def test_a_space_of_which_there_is_nothing_is_made_in_order() -> None:
    entry = replace(ENTRY, links={"team_link": ""})
    plan = planned(found=FoundSpace(), kept=None, entry=entry, links={})
    assert plan.standing is Standing.WANTED
    assert parts(plan) == [
        ("create", "team"),
        ("create", "folder"),
        ("create", "share"),
        ("create", "calendar"),
        ("create", "calendar-share"),
        ("update", "links"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("team", replace(WHOLE.team, finished=False), ("create", "team")),  # type: ignore[type-var]
        ("folder", replace(WHOLE.folder, finished=False), ("create", "folder")),  # type: ignore[type-var]
        ("folder", replace(WHOLE.folder, marked=False), ("update", "folder")),  # type: ignore[type-var]
        ("folder", replace(WHOLE.folder, subfolders=frozenset()), ("create", "subfolder")),  # type: ignore[type-var]
        ("share", None, ("create", "share")),
        ("share", FoundShare(id="1", rights=7), ("update", "share")),
        ("calendar", replace(WHOLE.calendar, marked=False), ("update", "calendar")),  # type: ignore[type-var]
        ("calendar", replace(WHOLE.calendar, write=False), ("update", "calendar-share")),  # type: ignore[type-var]
        ("calendar", replace(WHOLE.calendar, write=None), ("create", "calendar-share")),  # type: ignore[type-var]
    ],
)
def test_what_is_half_made_or_was_taken_away_is_mended(
    name: str, value: object, expected: tuple[str, str]
) -> None:
    assert parts(planned(found=replace(WHOLE, **{name: value}))) == [expected]


def test_more_rights_than_ours_are_left() -> None:
    assert parts(planned(found=replace(WHOLE, share=FoundShare(id="1", rights=31)))) == []


def test_a_description_without_its_marker_gets_it_back() -> None:
    team = replace(WHOLE.team, description="À nous")  # type: ignore[type-var]
    assert parts(planned(found=replace(WHOLE, team=team))) == [("update", "team")]


@pytest.mark.parametrize("binned", ["folder", "calendar"])
def test_nothing_is_made_beside_what_lies_in_the_bin(binned: str) -> None:
    found = replace(WHOLE, **{binned: replace(getattr(WHOLE, binned), binned=True)})
    plan = planned(found=replace(found, share=None))
    assert (parts(plan), told(plan)) == ([], [f"space-{binned}-binned"])


def test_a_space_that_cannot_be_read_is_not_made_anew() -> None:
    problem = Problem.of("team-unreadable", name="Jardins")
    plan = planned(found=FoundSpace(problems=(problem,)), kept=None)
    assert (parts(plan), told(plan)) == ([], ["team-unreadable"])


@pytest.mark.parametrize(("end", "standing"), [(23, "ended"), (24, "live"), (25, "live")])
def test_it_is_over_when_its_last_day_is(end: int, standing: str) -> None:
    assert planned(entry=replace(ENTRY, end=date(2026, 11, end))).standing == standing


def test_archiving_lays_away_first_and_marks_last() -> None:
    case = Case(kind=KIND, tag="Jardins", today=TODAY, entry=ENTRY, found=WHOLE, kept=KEPT)
    steps = archive_steps(case)
    assert [(step.action, step.part) for step in steps] == [
        (Action.CREATE, Part.ARCHIVE),
        (Action.UPDATE, Part.SHARE),
        (Action.UPDATE, Part.CALENDAR_SHARE),
        (Action.UPDATE, Part.MARK),
    ]
    ended = archive_steps(replace(case, kind=replace(KIND, after_archive="none")))
    assert [step.action for step in ended][1:3] == [Action.DELETE, Action.DELETE]
    closed = replace(
        WHOLE,
        share=FoundShare(id="1", rights=1),
        calendar=replace(WHOLE.calendar, write=False),  # type: ignore[type-var]
    )
    again = archive_steps(replace(case, found=closed))
    assert [step.part for step in again] == [Part.ARCHIVE, Part.MARK]


def test_an_archived_space_wants_nothing_but_its_mark() -> None:
    folder = replace(WHOLE.folder, archived="2026-11-01")  # type: ignore[type-var]
    plan = planned(found=replace(WHOLE, folder=folder), kept=None)
    assert (plan.standing, parts(plan)) == (Standing.ARCHIVED, [("update", "mark")])
    said_so = replace(ENTRY, archived=True)
    marked = planned(entry=said_so, kept=replace(KEPT, archived="2026-11-01", marked=True))
    assert (marked.standing, parts(marked)) == (Standing.ARCHIVED, [])
    without = planned(
        entry=replace(ENTRY, markable=False), kept=replace(KEPT, archived="2026-11-01")
    )
    assert parts(without) == []


def test_taking_our_mark_out_opens_it_again_unless_it_is_over() -> None:
    kept = replace(KEPT, archived="2026-11-01", marked=True)
    plan = planned(kept=kept)
    assert (plan.standing, parts(plan)) == (Standing.LIVE, [("update", "folder")])
    over = planned(kept=kept, entry=replace(ENTRY, end=date(2026, 11, 1)))
    assert over.standing is Standing.ARCHIVED
    never = planned(kept=replace(kept, marked=False))
    assert never.standing is Standing.ARCHIVED
    without = planned(kept=kept, entry=replace(ENTRY, markable=False))
    assert without.standing is Standing.ARCHIVED


def test_an_entry_that_is_gone_is_told_and_nothing_is_done() -> None:
    plan = planned(entry=None)
    assert (plan.standing, parts(plan), told(plan)) == (Standing.ORPHANED, [], ["space-orphaned"])


def test_an_address_of_somebody_else_s_stays() -> None:
    plan = planned(entry=replace(ENTRY, links={"team_link": "y"}))
    assert (parts(plan), told(plan)) == ([], ["space-link-kept"])
    moved = planned(links={"team_link": "z"})
    assert (parts(moved), told(moved)) == ([("update", "links")], [])


def test_the_hours_room_goes_to_the_first_and_a_new_space_is_whole_or_waits() -> None:
    new = planned(found=FoundSpace(), kept=None)
    mended = planned(found=replace(WHOLE, share=None))
    room: dict[Limited, int] = {"share": 3, "calendar": 5}
    first, second, third, fourth = within([new, new, mended, mended], room)
    assert first.pending
    assert {step.state for step in second.steps} == {State.SKIPPED}
    assert told(second) == ["space-left-for-next"]
    assert third.pending
    assert [step.state for step in fourth.steps] == [State.SKIPPED]


def test_a_calendar_that_waits_keeps_its_share_waiting() -> None:
    found = replace(WHOLE, calendar=None)
    (plan,) = within([planned(found=found)], {"share": 5, "calendar": 0})
    assert [(step.part, step.state) for step in plan.steps] == [
        (Part.CALENDAR, State.SKIPPED),
        (Part.CALENDAR_SHARE, State.SKIPPED),
    ]


# Markers


@given(st.text(max_size=3 * LONGEST_DESCRIPTION), st.text(min_size=1, max_size=40))
def test_whatever_a_description_says_its_marker_is_read_back(text: str, tag: str) -> None:
    tag = "".join(each for each in tag if each.isalnum()) or "Groupe"
    entry = replace(ENTRY, tag=tag, description=text)
    described = description_of(KIND, entry)
    assert marks_in(described) == marker(KIND, tag)
    assert len(described) < LONGEST_DESCRIPTION + 100


def test_a_marker_in_the_middle_of_a_text_is_none() -> None:
    assert marks_in(f"{mark_line('noe:8:Jardins')}\nEt nous.") == ""
    assert marks_in("") == ""


def test_names_made_of_markers_differ_and_are_addresses() -> None:
    marks = [marker(KIND, tag) for tag in ("Jardins", "jardins", "Équipe Été", "Eté")]
    assert len({working_name(mark) for mark in marks}) == len(marks)
    uris = [calendar_uri(mark) for mark in marks]
    assert len(set(uris)) == len(marks)
    assert all(uri.isascii() and uri.replace("-", "").isalnum() for uri in uris)


def test_what_falls_under_a_limit() -> None:
    def limited(action: Action, part: Part) -> str | None:
        return Step(action=action, part=part, entry="x", name="x").limited

    assert limited(Action.CREATE, Part.CALENDAR) == "calendar"
    assert limited(Action.UPDATE, Part.CALENDAR) is None
    assert limited(Action.CREATE, Part.SHARE) == "share"
    assert limited(Action.UPDATE, Part.CALENDAR_SHARE) == "share"
    assert limited(Action.CREATE, Part.MEMBER) is None
