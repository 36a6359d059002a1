"""What has no link yet: created, paired, left out, or met as if it was not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING, Baseline, LeftOut, Link
from oscartes_sync.planning.binding import Deletions, Direction
from oscartes_sync.planning.operation import Action, Reason
from oscartes_sync.planning.pairing import orphans, pair
from oscartes_sync.planning.plan import Step
from oscartes_sync.planning.snapshot import (
    Look,
    Presence,
    Seen,
    Sighting,
    Snapshot,
    Standing,
)
from oscartes_sync.records.event import FIELDS
from oscartes_sync.records.identity import forgotten_digest, uid_of
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import binding, single, weekly
from tests.unit.planning.sightings import (
    BORN,
    CROWDED,
    EMPTY,
    ENDING,
    PHONE,
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


def test_a_new_entry_is_created_in_the_cloud() -> None:
    made = planned(snapshot(entry("B", problems=(CROWDED,))))
    assert made.steps == (
        Step(
            uid=uid_of("B", "noe"),
            origin=Side.WIKI,
            link=None,
            wiki=Seen("B", "w2", single()),
            cloud=None,
            operations=(creation(Side.CLOUD, entry("B")),),
            problems=(CROWDED.at(entry="B"),),
        ),
    )
    assert made.left_out == ()


def test_a_new_event_is_created_in_the_wiki_and_a_series_is_due() -> None:
    source = resource(problems=(CROWDED,), record=weekly())
    made = planned(EMPTY, snapshot(source))
    assert made.steps == (
        Step(
            uid=PHONE,
            origin=Side.CLOUD,
            link=None,
            wiki=None,
            cloud=Seen("/1.ics", "c2", weekly()),
            operations=(creation(Side.WIKI, source),),
            problems=(CROWDED.at(href="/1.ics"),),
            due=datetime(2027, 3, 1, 23, tzinfo=UTC),
        ),
    )
    assert planned(snapshot(entry("B", record=weekly()))).steps[0].due is None


@pytest.mark.parametrize("side", SIDES)
def test_what_may_not_be_mirrored_is_left_out_and_why_is_told(side: Side) -> None:
    source = entry("B") if side is Side.WIKI else resource()

    def out(sighting: Sighting, **more: Any) -> tuple[LeftOut, ...]:
        sides = {side: snapshot(sighting), side.other: EMPTY}
        made = planned(sides[Side.WIKI], sides[Side.CLOUD], **more)
        assert made.steps == ()
        return made.left_out

    broken = replace(source, record=None, problems=(CROWDED,))
    assert out(broken) == (left(side, broken, CROWDED),)
    spoilt = replace(source, standing=Standing.BROKEN, problems=(CROWDED,))
    assert out(spoilt) == (left(side, spoilt, CROWDED),)
    hidden = replace(source, standing=Standing.HIDDEN, problems=(CROWDED,))
    assert out(hidden) == (left(side, hidden),)
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    assert out(source, direction=way) == (left(side, source),)


def test_an_event_that_the_wiki_would_refuse_waits_and_says_why() -> None:
    why = Problem.of("required-field-empty", side=Side.CLOUD)
    more = {"refuses": lambda sighting: why if sighting.key == "/1.ics" else None}
    made = planned(snapshot(entry("B")), snapshot(resource()), more=more)
    assert made.left_out == (left(Side.CLOUD, resource(), why, token=""),)
    assert [step.uid for step in made.steps] == [uid_of("B", "noe")]
    always = {"refuses": lambda _: why}
    assert planned(snapshot(entry("B")), more=always).left_out == ()


@pytest.mark.parametrize("side", SIDES)
def test_what_has_nowhere_to_go_waits_and_the_reason_is_told_once(side: Side) -> None:
    sources = (
        (entry("B"), entry("C")) if side is Side.WIKI else (resource(), resource("/2.ics", "2"))
    )
    sides = {side: snapshot(*sources), side.other: Snapshot(writable=False)}
    made = planned(sides[Side.WIKI], sides[Side.CLOUD])
    assert made.steps == ()
    assert made.left_out == tuple(left(side, each, token="") for each in sources)
    assert made.standing_problems == (Problem.of("side-read-only", side=side.other),)
    closed = tuple(replace(each, standing=Standing.HIDDEN) for each in sources)
    sides[side] = snapshot(*closed)
    assert planned(sides[Side.WIKI], sides[Side.CLOUD]).standing_problems == ()
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    sides[side] = snapshot(*sources)
    one_way = planned(sides[Side.WIKI], sides[Side.CLOUD], direction=way)
    assert one_way.standing_problems == ()


def test_a_second_copy_is_told_and_not_mirrored() -> None:
    twice = resource("/2.ics")
    made = planned(EMPTY, snapshot(twice, unmoved=frozenset({"/1.ics"})), born())
    assert made.left_out == ()
    both = planned(EMPTY, snapshot(resource(), twice), born(), links=(link(born()),))
    code = "duplicate-copy"
    assert both.left_out == (left(Side.CLOUD, twice, Problem.warning(code, Side.CLOUD)),)
    other = entry(f"Autre{ENDING}")
    copies = planned(snapshot(other, unmoved=frozenset({BORN})), EMPTY, born())
    assert copies.left_out == (left(Side.WIKI, other, Problem.warning(code, Side.WIKI)),)
    moved = head("A", uid=uid_of("B", "noe"))
    taken = planned(snapshot(entry("A"), entry("B")), EMPTY, moved, links=(link(moved),))
    assert taken.left_out == (left(Side.WIKI, entry("B"), Problem.warning(code, Side.WIKI)),)


def test_a_copy_whose_entry_is_gone_is_left_alone_and_one_of_another_wiki_is_not_ours() -> None:
    orphan = resource("/B.ics", uid_of("B", "noe"))
    told = Problem.warning("orphan-copy", Side.CLOUD, tag="B")
    made = planned(EMPTY, snapshot(orphan))
    assert made.left_out == (left(Side.CLOUD, orphan, told),)
    foreign = resource("/B.ics", uid_of("B", "sud"))
    assert planned(EMPTY, snapshot(foreign)).left_out == (left(Side.CLOUD, foreign),)


def looks(presence: Presence) -> dict[str, Any]:
    return {"looks": {Side.WIKI: {"B": Look(presence)}}}


DIRECTORY = {"kind": "contacts", "deletions": Deletions.PROPAGATE, "direction": Direction.TO_CLOUD}


@pytest.mark.parametrize(
    ("presence", "reason"),
    [(Presence.GONE, Reason.DELETED), (Presence.HIDDEN, Reason.WITHDRAWN)],
)
def test_a_copy_of_a_directory_goes_once_its_entry_is_proved_to_be_out(
    presence: Presence, reason: Reason
) -> None:
    orphan = resource("/B.vcf", uid_of("B", "noe"))
    made = planned(EMPTY, snapshot(orphan), more=looks(presence), **DIRECTORY)
    (operation,) = made.operations
    assert (operation.action, operation.side, operation.href) == (
        Action.DELETE,
        Side.CLOUD,
        "/B.vcf",
    )
    assert (operation.entry, operation.token, operation.reason) == ("B", "c2", reason)
    assert made.left_out == (left(Side.CLOUD, orphan, token=""),)
    assert [step.forget for step in made.steps] == [True]


@pytest.mark.parametrize(
    ("presence", "other"),
    [
        (Presence.OUTSIDE, {}),
        (Presence.UNSURE, {}),
        (Presence.HERE, {}),
        (Presence.GONE, {"deletions": Deletions.ASK}),
        (Presence.GONE, {"kind": "events"}),
        (Presence.GONE, {"direction": Direction.TO_WIKI}),
    ],
)
def test_without_that_proof_or_that_rule_it_is_told_and_stays(
    presence: Presence, other: dict[str, Any]
) -> None:
    orphan = resource("/B.vcf", uid_of("B", "noe"))
    of_binding: dict[str, Any] = {**DIRECTORY, **other}
    made = planned(EMPTY, snapshot(orphan), more=looks(presence), **of_binding)
    assert made.operations == ()
    told = Problem.warning("orphan-copy", Side.CLOUD, tag="B")
    # Where somebody may yet leave, it is asked again.
    token = "" if binding(**of_binding).erases else "c2"
    assert made.left_out == (left(Side.CLOUD, orphan, told, token=token),)


def test_orphans_are_those_that_no_link_knows_and_no_other_binding_mirrors() -> None:
    orphan = resource("/B.vcf", uid_of("B", "noe"))
    others = (
        resource("/C.vcf", uid_of("C", "sud")),
        resource("/D.vcf", uid_of("D", "noe"), standing=Standing.FOREIGN),
        resource("/E.vcf", uid_of("E", "noe"), record=None),
        resource("/F.vcf", PHONE),
    )
    baseline = Baseline(heads=(head("A"),))
    pairing = pair(binding(), baseline, EMPTY, snapshot(orphan, *others))
    assert orphans(binding(), baseline, pairing, str) == {"/B.vcf": "B"}


def test_a_copy_that_names_a_page_of_another_wiki_is_another_network_s() -> None:
    there = resource("/B.vcf", uid_of("B", "noe"), record=replace(single(), page="https://w/?B"))
    pairing = pair(binding(), Baseline(), EMPTY, snapshot(there))
    found = [
        orphans(binding(), Baseline(), pairing, lambda tag, wiki=wiki: f"https://{wiki}/?{tag}")
        for wiki in ("w", "autre")
    ]
    assert found == [{"/B.vcf": "B"}, {}]


# What was forgotten


@pytest.mark.parametrize(
    ("side", "name"),
    [
        (Side.WIKI, BORN),
        (Side.WIKI, uid_of(BORN, "noe")),
        (Side.WIKI, ENDING),
        (Side.CLOUD, "/1.ics"),
        (Side.CLOUD, PHONE),
    ],
)
def test_what_somebody_had_erased_is_met_as_if_it_was_not_there(side: Side, name: str) -> None:
    sides = {
        side: snapshot(entry(BORN) if side is Side.WIKI else resource()),
        side.other: EMPTY,
    }
    forgotten = {"forgotten": frozenset({forgotten_digest("agenda", name)})}
    made = planned(sides[Side.WIKI], sides[Side.CLOUD], baseline=forgotten)
    assert (made.steps, made.left_out) == ((), ())
    both = planned(snapshot(entry(BORN)), snapshot(resource()), baseline=forgotten)
    assert (both.steps, both.left_out) == ((), ())
    other = {"forgotten": frozenset({forgotten_digest("autre", name)})}
    assert len(planned(sides[Side.WIKI], sides[Side.CLOUD], baseline=other).steps) == 1


def test_others_are_mirrored_beside_what_was_forgotten() -> None:
    forgotten = {"forgotten": frozenset({forgotten_digest("agenda", "A")})}
    made = planned(snapshot(entry("A"), entry("B")), EMPTY, baseline=forgotten)
    assert [step.uid for step in made.steps] == [uid_of("B", "noe")]
    pairs = planned(
        snapshot(entry("A"), entry("B")),
        snapshot(resource("/A.ics", uid_of("A", "noe")), resource("/B.ics", uid_of("B", "noe"))),
        baseline=forgotten,
    )
    assert [step.uid for step in pairs.steps] == [uid_of("B", "noe")]


# Pairs without a link


def test_a_pair_found_again_is_met_as_if_nothing_had_been_agreed() -> None:
    made = planned(snapshot(entry(BORN)), snapshot(resource()))
    (step,) = made.steps
    never = Link(
        uid=PHONE,
        origin=Side.CLOUD,
        tag=BORN,
        href="/1.ics",
        wiki_token="",
        cloud_token="",
        wiki=single(),
        cloud=single(),
        unsettled=dict.fromkeys(FIELDS, (MISSING, MISSING)),
    )
    assert step.link == never
    assert (step.wiki, step.cloud) == (Seen(BORN, "w2", single()), Seen("/1.ics", "c2", single()))
    assert [op.action for op in step.operations] == [Action.RELINK]
    assert step.noticed == ((Side.WIKI, BORN), (Side.CLOUD, "/1.ics"))


def test_a_pair_of_which_one_cannot_be_read_waits() -> None:
    for wiki, cloud in (
        (entry(BORN, record=None, problems=(CROWDED,)), resource()),
        (entry(BORN, problems=(CROWDED,)), resource(record=None)),
    ):
        made = planned(snapshot(wiki), snapshot(cloud))
        assert made.steps == ()
        assert made.left_out == (
            left(Side.WIKI, wiki, CROWDED, token=""),
            left(Side.CLOUD, cloud, token=""),
        )
    other = planned(
        snapshot(entry("B", record=None), entry("C")),
        snapshot(resource("/B.ics", uid_of("B", "noe")), resource("/C.ics", uid_of("C", "noe"))),
    )
    assert [step.uid for step in other.steps] == [uid_of("C", "noe")]


def test_a_hidden_source_found_again_takes_the_copy_that_may_be_removed() -> None:
    wiki = entry("B", standing=Standing.HIDDEN)
    cloud = resource("/B.ics", uid_of("B", "noe"))
    (step,) = planned(snapshot(wiki), snapshot(cloud)).steps
    assert [(op.side, op.reason, op.token) for op in step.operations] == [
        (Side.CLOUD, Reason.WITHDRAWN, "c2")
    ]
