"""Which file is whose: entries, files of entries, and files of the folder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync.planning.baseline import Baseline, LeftOut
from oscartes_sync.planning.binding import Direction
from oscartes_sync.planning.operation import Action
from oscartes_sync.planning.pairing import Pairing, pair
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Sighting, Snapshot
from oscartes_sync.records.document import DOCUMENT_FIELDS
from oscartes_sync.records.identity import file_key, forgotten_digest, uid_of
from oscartes_sync.records.problem import Side
from tests.unit.planning.documents import (
    ANNEX,
    ATTACHED,
    COPY,
    ENDING,
    FIELD,
    FILE,
    HELD,
    KINDS,
    LAID,
    OC_ID,
    PART_KEY,
    TOLD,
    a_file,
    agreed,
    an_entry,
    as_is,
    head_of,
)
from tests.unit.planning.meetings import binding
from tests.unit.planning.sightings import planned

PART_UID = uid_of(PART_KEY, "noe")
GUIDE = an_entry("Guide", replace(TOLD, title="Guide", link=""))
ATTACHMENT = an_entry(PART_KEY, replace(ATTACHED, leading=True))
STRAY = a_file(replace(LAID, named=False), "00000022octest")


def side(*sightings: Sighting, **more: Any) -> Snapshot:
    base = Snapshot(
        carries=frozenset(DOCUMENT_FIELDS), sightings={each.key: each for each in sightings}
    )
    return replace(base, **more)


def paired(wiki: list[Sighting], cloud: list[Sighting], *heads: Any) -> Pairing:
    return pair(binding(**KINDS), Baseline(heads=heads), side(*wiki), side(*cloud))


def plan(wiki: list[Sighting], cloud: list[Sighting], *links: Any, **more: Any) -> Plan:
    heads = tuple(head_of(each) for each in links)
    options: dict[str, Any] = {"project": as_is, **more.pop("more", {})}
    return planned(
        side(*wiki), side(*cloud), *heads, links=links, more=options, **{**KINDS, **more}
    )


def creations(made: Plan) -> list[tuple[Side, str]]:
    steps = (operation for step in made.steps for operation in step.operations)
    return [
        (each.side, (each.entry or each.href) or "")
        for each in steps
        if each.action is Action.CREATE
    ]


def pairs(found: Pairing) -> list[tuple[str, Side, str, str]]:
    return [(uid, origin, one.key, other.key) for uid, origin, one, other in found.pairs]


# By identity


def test_the_file_of_an_entry_is_known_by_its_mark() -> None:
    marked = a_file(LAID, PART_UID)
    found = paired([GUIDE, ATTACHMENT], [marked])
    assert pairs(found) == [(PART_UID, Side.WIKI, PART_KEY, "/f/22")]
    assert found.alone == {Side.WIKI: [GUIDE], Side.CLOUD: []}


def test_the_entry_of_a_file_is_known_by_its_ending_and_its_part_is_not() -> None:
    whole, part = an_entry(COPY, HELD), an_entry(file_key(COPY, FIELD), HELD)
    found = paired([whole, part], [a_file()])
    assert pairs(found) == [(OC_ID, Side.CLOUD, COPY, "/f/21")]
    assert found.alone[Side.WIKI] == [part]
    # Not even a field whose name ends so.
    alone = an_entry(file_key("Guide", f"fichier{ENDING}"), ATTACHED)
    assert pairs(paired([alone], [a_file()])) == []


def test_a_part_of_a_copy_is_not_taken_for_the_copy_that_was_linked() -> None:
    link = agreed(HELD, FILE, Side.CLOUD)
    part = an_entry(file_key(COPY, FIELD), HELD)
    found = paired([part], [], head_of(link))
    assert found.linked[Side.WIKI] == {}


def test_an_entry_is_known_by_the_address_that_it_shows() -> None:
    link = "https://cloud.example/s/a"
    shown = an_entry("CompteRendu", replace(TOLD, link=link))
    anew = a_file(replace(FILE, file="/f/80", link=link), "00000080octest")
    assert pairs(paired([shown], [anew])) == [
        ("00000080octest", Side.CLOUD, "CompteRendu", "/f/80")
    ]
    unknown = a_file(replace(FILE, file="/f/80", link=""), "00000080octest")
    bare = an_entry("CompteRendu", replace(TOLD, link=""))
    assert pairs(paired([bare], [unknown])) == []


def test_what_took_the_place_of_a_file_is_that_file() -> None:
    link = agreed(TOLD, FILE, Side.CLOUD)
    saved = a_file(replace(FILE, file="/f/80"), "00000080octest", formerly="/f/21")
    assert paired([], [saved], head_of(link)).linked[Side.CLOUD] == {OC_ID: saved}


def test_what_comes_out_of_the_bin_takes_no_link_from_what_stands_there() -> None:
    link = agreed(ATTACHED, LAID, Side.WIKI)
    back = a_file(replace(LAID, file="/f/11", name="Guide (2).pdf"), PART_UID)
    here = a_file(LAID, PART_UID)
    assert paired([], [back, here], head_of(link)).linked[Side.CLOUD] == {PART_UID: here}
    alone = pair(
        binding(**KINDS),
        Baseline(heads=(head_of(link),)),
        side(),
        side(back, unmoved=frozenset({"/f/22"})),
    )
    assert alone.linked[Side.CLOUD] == {}
    assert paired([], [back], head_of(link)).linked[Side.CLOUD] == {PART_UID: back}


# By name


@pytest.mark.parametrize("name", ["Guide.pdf", "GUIDE.PDF", "guide.Pdf"])
def test_two_new_files_of_one_name_are_one_document_whatever_the_case(name: str) -> None:
    stray = a_file(replace(LAID, name=name, named=False), "00000022octest")
    assert pairs(paired([GUIDE, ATTACHMENT], [stray])) == [(PART_UID, Side.WIKI, PART_KEY, "/f/22")]


def test_of_several_candidates_none_is_chosen() -> None:
    twin = a_file(replace(LAID, file="/f/23", name="guide.pdf", named=False), "00000023octest")
    assert pairs(paired([ATTACHMENT], [STRAY, twin])) == []
    other = an_entry(file_key("Guide2", FIELD), ATTACHED)
    assert pairs(paired([ATTACHMENT, other], [STRAY])) == []


def test_a_name_tells_nothing_of_an_entry_as_a_whole_nor_of_what_bears_a_mark() -> None:
    whole = an_entry("Guide", replace(ATTACHED, content=""))
    assert pairs(paired([whole], [STRAY])) == []
    marked = a_file(LAID, uid_of(file_key("Autre", FIELD), "noe"))
    assert pairs(paired([ATTACHMENT], [marked])) == []
    # And does not stand in the way of the one that bears none.
    stray = a_file(replace(LAID, file="/f/23", named=False), "00000023octest")
    assert pairs(paired([ATTACHMENT], [marked, stray])) == [
        (PART_UID, Side.WIKI, PART_KEY, "/f/23")
    ]


def test_a_mark_goes_before_a_name() -> None:
    marked = a_file(replace(LAID, file="/f/30", name="Le bon.pdf", named=False), PART_UID)
    found = paired([ATTACHMENT], [STRAY, marked])
    assert pairs(found) == [(PART_UID, Side.WIKI, PART_KEY, "/f/30")]
    assert found.alone[Side.CLOUD] == [STRAY]


def test_what_is_linked_is_not_met_again_by_its_name() -> None:
    link = agreed(ATTACHED, LAID, Side.WIKI)
    found = paired([ATTACHMENT], [a_file(replace(LAID, file="/f/23"), "x")], head_of(link))
    assert (found.pairs, found.linked[Side.WIKI]) == ([], {PART_UID: ATTACHMENT})


def test_files_that_cannot_be_read_have_no_name() -> None:
    assert pairs(paired([an_entry(PART_KEY, None)], [STRAY])) == []


# What is mirrored at all


def test_an_entry_as_a_whole_is_never_mirrored_by_itself() -> None:
    made = plan([GUIDE, an_entry("Autre", TOLD)], [])
    assert creations(made) == []
    assert set(made.left_out) == {
        LeftOut(side=Side.WIKI, key="Guide", token="w2"),
        LeftOut(side=Side.WIKI, key="Autre", token="w2"),
    }


@pytest.mark.parametrize("mode", ["link", "copy"])
def test_what_a_member_attached_is_put_into_the_folder(mode: str) -> None:
    annex = an_entry(file_key("Guide", ANNEX), replace(ATTACHED, name="Guide (Annexe).pdf"))
    made = plan([GUIDE, ATTACHMENT, annex], [], mode=mode)
    assert creations(made) == [
        (Side.CLOUD, file_key("Guide", ANNEX)),
        (Side.CLOUD, PART_KEY),
    ]
    assert creations(plan([ATTACHMENT], [], direction=Direction.TO_WIKI)) == []


def test_a_copy_that_we_put_into_an_entry_is_no_file_of_its_own() -> None:
    link = agreed(HELD, FILE, Side.CLOUD)
    copied = an_entry(file_key(COPY, FIELD), replace(HELD, leading=True))
    annex = an_entry(file_key(COPY, ANNEX), replace(HELD, content="x", name="CR (Annexe).pdf"))
    made = plan([an_entry(COPY, HELD), copied, annex], [], link, mode="copy")
    assert creations(made) == [(Side.CLOUD, file_key(COPY, ANNEX))]


def test_nor_one_whose_entry_is_only_found_again_by_this_run() -> None:
    copied = an_entry(file_key(COPY, FIELD), replace(HELD, leading=True))
    made = plan([an_entry(COPY, HELD), copied], [a_file()], mode="copy")
    assert creations(made) == []


def test_nor_is_it_taken_for_a_new_file_of_the_same_name() -> None:
    link = agreed(HELD, FILE, Side.CLOUD)
    copied = an_entry(file_key(COPY, FIELD), replace(HELD, name=FILE.name, leading=True))
    other = a_file(replace(FILE, file="/f/90"), "00000090octest")
    found = pair(
        binding(**KINDS, mode="copy"), Baseline(heads=(head_of(link),)), side(copied), side(other)
    )
    assert pairs(found) == []
    whole = an_entry(COPY, HELD)
    lost = pair(binding(**KINDS, mode="copy"), Baseline(), side(whole, copied), side(a_file()))
    assert pairs(lost) == [(OC_ID, Side.CLOUD, COPY, "/f/21")]


def test_shown_by_its_address_an_entry_may_hold_a_file_of_its_own() -> None:
    link = agreed(TOLD, FILE, Side.CLOUD)
    attached = an_entry(file_key(COPY, FIELD), replace(ATTACHED, leading=True))
    made = plan([attached], [], link, mode="link")
    assert creations(made) == [(Side.CLOUD, file_key(COPY, FIELD))]


def test_a_file_of_a_person_who_was_forgotten_stays_where_it_is() -> None:
    forgotten = frozenset({forgotten_digest("agenda", "Guide")})
    kept = {"baseline": {"forgotten": forgotten}}
    made = planned(side(ATTACHMENT), side(), more={"project": as_is}, **kept, **KINDS)
    assert creations(made) == []


def test_found_again_and_alike_they_are_linked_and_nothing_is_written() -> None:
    made = plan([ATTACHMENT], [STRAY], more={"alike": frozenset({PART_UID})})
    (step,) = made.steps
    assert [each.action for each in step.operations] == [Action.RELINK]
    assert step.conflicts == ()
    asked = plan([ATTACHMENT], [STRAY])
    assert [each.open for step in asked.steps for each in step.conflicts] == [True]
