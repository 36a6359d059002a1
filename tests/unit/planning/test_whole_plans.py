"""Both sides and the last agreement in, the whole plan out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oscartes_sync.planning.baseline import Baseline, LeftOut
from oscartes_sync.planning.binding import Deletions, Direction
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.pairing import Pairing
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.situation import touched, vanished
from oscartes_sync.planning.snapshot import Look, Presence, Snapshot, Standing
from oscartes_sync.records.event import FIELDS
from oscartes_sync.records.identity import uid_of
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import NOW, binding, no_structure, single, weekly
from tests.unit.planning.sightings import (
    BORN,
    CROWDED,
    EMPTY,
    SIDES,
    born,
    creation,
    entry,
    head,
    left,
    link,
    planned,
    resource,
    snapshot,
)

# What a run has to look at


def test_a_link_is_touched_where_something_is_seen_missing_open_or_due() -> None:
    pairing = Pairing()
    pairing.linked[Side.WIKI]["seen-w"] = entry()
    pairing.linked[Side.CLOUD]["seen-c"] = resource()
    heads = (
        head("R", restless=True),
        head("W"),
        head("C", "/C.ics"),
        head("D", due=NOW),
        head("L", due=NOW + timedelta(seconds=1)),
        head("N"),
    )
    wiki = Snapshot(absent=frozenset({"W"}))
    cloud = Snapshot(absent=frozenset({"/C.ics"}))
    found = touched(Baseline(heads=heads), pairing, wiki, cloud, NOW)
    names = {uid_of(tag, "noe") for tag in "RWCD"}
    assert found == {"seen-w", "seen-c", *names}


@pytest.mark.parametrize("side", SIDES)
def test_only_what_might_have_to_be_removed_across_counts_as_vanished(side: Side) -> None:
    heads = (
        head("C", "/C.ics", dropped=Side.WIKI),
        head("D", "/D.ics"),
        head("A", "/A.ics"),
        head("B", "/B.ics", origin=Side.CLOUD),
    )
    keys = ("A", "B", "C") if side is Side.WIKI else ("/A.ics", "/B.ics", "/C.ics")
    gone = Snapshot(absent=frozenset(keys))
    baseline = Baseline(heads=heads)
    for policy in (Deletions.ASK, Deletions.PROPAGATE):
        found = vanished(binding(deletions=policy), baseline, gone, side)
        assert found == list(keys[:2])
    ignored = vanished(binding(deletions=Deletions.IGNORE), baseline, gone, side)
    assert ignored == (["A"] if side is Side.WIKI else [])
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    assert vanished(binding(direction=way), baseline, gone, side) == []
    other = Direction.TO_WIKI if side is Side.CLOUD else Direction.TO_CLOUD
    assert vanished(binding(direction=other), baseline, gone, side) == list(keys[:2])


# Links


def test_nothing_new_makes_an_empty_plan_that_keeps_the_bookmarks_and_counts() -> None:
    wiki = Snapshot(cursor="w", label="Agenda", unmoved=frozenset({"A"}), problems=(CROWDED,))
    told = Problem.of("side-slow", side=Side.CLOUD)
    cloud = Snapshot(cursor="c", label="calendar", problems=(told,))
    assert planned(wiki, cloud, head(), born()) == Plan(
        binding="agenda",
        standing_problems=(CROWDED, told),
        unchanged=2,
        links=2,
        wiki_cursor="w",
        cloud_cursor="c",
        label="Agenda",
    )


def test_a_link_that_moved_is_decided_and_what_was_noticed_is_kept() -> None:
    wiki = snapshot(entry("A", record=single("Autre")))
    made = planned(wiki, EMPTY, head(), born(), links=(link(head()), link(born())))
    (step,) = made.steps
    assert step.noticed == ((Side.WIKI, "A"),)
    assert [op.side for op in step.operations] == [Side.CLOUD]
    assert (made.unchanged, made.links) == (1, 2)
    both = planned(
        wiki,
        snapshot(resource("/A.noe.ics", "?", record=single(place="Gif"))),
        head(),
        links=(link(head()),),
    )
    assert both.steps[0].noticed == ((Side.WIKI, "A"), (Side.CLOUD, "/A.noe.ics"))


def test_links_that_are_not_touched_are_left_alone_though_they_are_known() -> None:
    made = planned(EMPTY, EMPTY, head(), links=(link(head(), single("A"), single("B")),))
    assert made.steps == ()
    without = planned(snapshot(entry()), EMPTY, head())
    assert without.steps == ()


@pytest.mark.parametrize("side", SIDES)
def test_what_a_look_found_and_what_is_held_reach_the_decision(side: Side) -> None:
    key = "A" if side is Side.WIKI else "/A.noe.ics"
    absent = Snapshot(absent=frozenset({key}))
    sides = {side: absent, side.other: EMPTY}

    def made(**more: Any) -> Step:
        (step,) = planned(
            sides[Side.WIKI],
            sides[Side.CLOUD],
            head(),
            links=(link(head()),),
            deletions=Deletions.PROPAGATE,
            more=more,
        ).steps
        return step

    gone = made(looks={side: {key: Look(Presence.GONE)}})
    assert [(op.action, op.side, op.state) for op in gone.operations] == [
        (Action.DELETE, side.other, State.PLANNED)
    ]
    unsure = made()
    assert [problem.code for problem in unsure.problems] == ["absence-unsure"]
    held = made(looks={side: {key: Look(Presence.GONE)}}, held=frozenset({side}))
    assert [op.state for op in held.operations] == [State.SKIPPED]
    other = made(looks={side: {key: Look(Presence.GONE)}}, held=frozenset({side.other}))
    assert [op.state for op in other.operations] == [State.PLANNED]
    distrusted = replace(absent, trusted=False)
    sides[side] = distrusted
    assert made(looks={side: {key: Look(Presence.GONE)}}).operations == ()


def test_the_decisions_of_a_person_and_the_fields_of_the_wiki_reach_it_too() -> None:
    absent = Snapshot(absent=frozenset({"A"}))
    looks = {Side.WIKI: {"A": Look(Presence.GONE)}}
    (asked,) = planned(absent, EMPTY, head(), links=(link(head()),), more={"looks": looks}).steps
    (conflict,) = asked.conflicts
    more = {"looks": looks, "decisions": {conflict.id: Decision.DELETE}}
    (said,) = planned(absent, EMPTY, head(), links=(link(head()),), more=more).steps
    assert [op.action for op in said.operations] == [Action.DELETE]
    seen = snapshot(resource("/A.noe.ics", "?", record=single(place="Gif")))
    fewer = Snapshot(carries=frozenset(FIELDS) - {"place"})
    (bare,) = planned(fewer, seen, head(), links=(link(head()),)).steps
    assert [op.action for op in bare.operations] == [Action.RELINK]
    words = replace(fewer, says=frozenset({"place"}))
    (told,) = planned(words, seen, head(), links=(link(head()),)).steps
    assert [op.side for op in told.operations] == [Side.WIKI]


def test_a_side_that_is_not_written_is_told_by_the_link_that_would() -> None:
    seen = snapshot(resource("/A.noe.ics", "?", record=single("Autre")))
    made = planned(snapshot(writable=False), seen, head(), links=(link(head()),))
    assert [problem.code for problem in made.problems] == ["side-read-only"]
    wiki = snapshot(entry("A", record=single("Autre")))
    cloud = planned(wiki, Snapshot(writable=False), head(), links=(link(head()),))
    assert [problem.side for problem in cloud.problems] == [Side.CLOUD]


def test_what_the_wiki_can_hold_reaches_the_decision() -> None:
    seen = snapshot(resource("/A.noe.ics", "?", record=weekly()))
    made = planned(EMPTY, seen, head(), links=(link(head()),), more={"project": no_structure})
    assert made.steps[0].due is not None
    kept = planned(EMPTY, seen, head(), links=(link(head()),))
    assert kept.steps[0].due is None


def test_a_series_that_is_due_moves_on_at_the_time_of_the_run() -> None:
    shown = head(due=NOW)
    late = weekly(single(start=NOW.date() - timedelta(days=1), end=NOW.date() - timedelta(days=1)))
    known = replace(link(shown, single(), late), due=NOW, wiki=replace(late, series=None))
    made = planned(EMPTY, EMPTY, shown, links=(known,), more={"project": no_structure})
    (step,) = made.steps
    assert step.operations[0].changes[-1].after == NOW.date() + timedelta(days=6)
    assert step.noticed == ()


# What stays told


def test_what_was_left_out_and_did_not_move_is_kept_unless_it_is_to_be_asked_again() -> None:
    kept = LeftOut(side=Side.WIKI, key="X", token="w9", problems=(CROWDED,))
    asked = LeftOut(side=Side.WIKI, key="Y", token="")
    gone = LeftOut(side=Side.WIKI, key="Z", token="w9")
    cloud = LeftOut(side=Side.CLOUD, key="/X.ics", token="c9")
    astray = LeftOut(side=Side.CLOUD, key="X", token="c9")
    made = planned(
        snapshot(entry("B", standing=Standing.HIDDEN), unmoved=frozenset({"X", "Y"})),
        Snapshot(unmoved=frozenset({"/X.ics"})),
        baseline={"left_out": (kept, asked, gone, cloud, astray)},
    )
    assert made.left_out == (kept, cloud, left(Side.WIKI, entry("B")))
    assert CROWDED in made.problems


def test_stored_problems_are_told_of_links_that_the_run_does_not_look_into() -> None:
    mine = CROWDED.at(entry="A", href="/A.noe.ics")
    other = CROWDED.at(entry=BORN, href="/1.ics")
    made = planned(
        snapshot(entry("A")),
        EMPTY,
        head(),
        born(),
        links=(link(head()),),
        baseline={"problems": (mine, other)},
    )
    assert made.standing_problems == (other,)


def test_steps_are_sorted_and_those_that_write_count_as_changed() -> None:
    heads = (head("C"), head("A", "/A.ics"), head("B", "/B.ics"))
    wiki = snapshot(entry("C", record=single("Z")), entry("A"), entry("0"))
    known = tuple(link(each) for each in heads)
    told = replace(known[2], problems=(CROWDED,))
    made = planned(wiki, Snapshot(absent=frozenset({"/B.ics"})), *heads, links=(*known[:2], told))
    names = [uid_of(tag, "noe") for tag in "0ABC"]
    assert [step.uid for step in made.steps] == names
    assert made.unchanged == 1
    assert [op.entry for op in made.operations] == ["0", "A", "C"]
    assert [op.action for op in made.writes] == [Action.CREATE, Action.UPDATE]


def test_a_plan_tells_each_problem_once_and_sorted() -> None:
    failed = Problem.of("forbidden", side=Side.CLOUD)
    operation = creation(Side.CLOUD, entry("B"), problem=failed)
    step = Step(
        uid="x",
        origin=Side.WIKI,
        link=None,
        wiki=None,
        cloud=None,
        operations=(operation,),
        problems=(CROWDED,),
    )
    out = LeftOut(side=Side.WIKI, key="X", token="", problems=(CROWDED, failed))
    standing = Problem.of("side-read-only", side=Side.WIKI)
    made = Plan(
        binding="agenda",
        steps=(step, replace(step, uid="y")),
        left_out=(out,),
        standing_problems=(standing, CROWDED),
    )
    assert made.problems == (failed, standing, CROWDED)
