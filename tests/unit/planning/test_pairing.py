"""Who belongs to whom."""

from __future__ import annotations

from typing import Any

from oscartes_sync.planning.baseline import Baseline, LinkHead
from oscartes_sync.planning.pairing import Pairing, pair
from oscartes_sync.planning.snapshot import Sighting, Snapshot
from oscartes_sync.records.identity import suffix, uid_of
from oscartes_sync.records.problem import Side
from tests.unit.planning.meetings import binding
from tests.unit.planning.sightings import (
    BORN,
    EMPTY,
    ENDING,
    PHONE,
    born,
    entry,
    head,
    resource,
    snapshot,
)


def paired(
    wiki: Snapshot = EMPTY, cloud: Snapshot = EMPTY, *heads: LinkHead, **more: object
) -> Pairing:
    return pair(binding(**more), Baseline(heads=heads), wiki, cloud)


def rest(wiki: list[Sighting] | None = None, cloud: list[Sighting] | None = None) -> Any:
    return {Side.WIKI: wiki or [], Side.CLOUD: cloud or []}


def test_things_are_known_by_their_keys() -> None:
    found = paired(snapshot(entry()), snapshot(resource("/A.noe.ics", "?")), head(), born())
    uid = uid_of("A", "noe")
    assert found.linked[Side.WIKI] == {uid: entry()}
    assert found.linked[Side.CLOUD] == {uid: resource("/A.noe.ics", "?")}
    assert (found.pairs, found.alone) == ([], rest())


def test_an_entry_is_known_by_the_uid_that_its_tag_gives() -> None:
    found = paired(snapshot(entry("B")), EMPTY, head("A", uid=uid_of("B", "noe")))
    assert found.linked[Side.WIKI] == {uid_of("B", "noe"): entry("B")}


def test_an_entry_under_another_tag_is_known_by_its_ending_where_the_old_one_is_not_there() -> None:
    moved = entry(f"Troc{ENDING.upper()}")
    found = paired(snapshot(moved), EMPTY, born())
    assert found.linked[Side.WIKI] == {PHONE: moved}
    for there in (
        snapshot(moved, unmoved=frozenset({BORN})),
        snapshot(moved, entry(BORN)),
    ):
        second = paired(there, EMPTY, born())
        assert second.alone == rest([moved])
    ours = paired(snapshot(moved), EMPTY, born(origin=Side.WIKI))
    assert ours.linked[Side.WIKI] == {}


def test_a_resource_is_known_by_its_uid_under_another_href() -> None:
    moved = resource("/back.ics")
    assert paired(EMPTY, snapshot(moved), born()).linked[Side.CLOUD] == {PHONE: moved}


def test_an_event_made_for_a_copy_that_had_lost_its_own_takes_that_place() -> None:
    made = resource("/new.ics", uid_of(BORN, "noe"))
    assert paired(EMPTY, snapshot(made), born()).linked[Side.CLOUD] == {PHONE: made}
    there = snapshot(made, unmoved=frozenset({"/1.ics"}))
    assert paired(EMPTY, there, born()).alone == rest(cloud=[made])
    both = snapshot(made, resource())
    assert paired(EMPTY, both, born()).alone == rest(cloud=[made])


def test_the_first_that_claims_a_link_has_it() -> None:
    one, two = resource("/a.ics"), resource("/b.ics")
    found = paired(EMPTY, snapshot(two, one), born())
    assert found.linked[Side.CLOUD] == {PHONE: one}
    assert found.alone == rest(cloud=[two])


def test_new_things_find_each_other_by_identity() -> None:
    wiki, cloud = entry("B"), resource("/B.ics", uid_of("B", "noe"))
    found = paired(snapshot(wiki), snapshot(cloud))
    assert found.pairs == [(uid_of("B", "noe"), Side.WIKI, wiki, cloud)]
    assert found.alone == rest()
    copy = entry(BORN)
    found = paired(snapshot(copy), snapshot(resource()))
    assert found.pairs == [(PHONE, Side.CLOUD, copy, resource())]
    assert found.alone == rest()


def test_of_two_that_could_be_the_copy_each_is_one_ones() -> None:
    first, second = entry(f"A{ENDING}"), entry(f"B{ENDING}")
    found = paired(snapshot(second, first), snapshot(resource()))
    assert found.pairs == [(PHONE, Side.CLOUD, first, resource())]
    assert found.alone == rest([second])
    twice = resource("/2.ics")
    both = paired(snapshot(second, first), snapshot(resource(), twice))
    assert [(each[2].key, each[3].key) for each in both.pairs] == [
        (f"A{ENDING}", "/1.ics"),
        (f"B{ENDING}", "/2.ics"),
    ]
    three = paired(snapshot(first), snapshot(resource(), twice))
    assert three.alone == rest(cloud=[twice])
    same = uid_of("B", "noe")
    again = paired(
        snapshot(entry("B")), snapshot(resource("/1.ics", same), resource("/2.ics", same))
    )
    assert len(again.pairs) == 1
    assert again.alone == rest(cloud=[resource("/2.ics", same)])


def test_what_has_no_uid_or_one_of_ours_is_nobodys_copy() -> None:
    ending = suffix("noe", "6", "agenda", "")
    wiki, cloud = entry(f"B{ending}"), resource(uid="")
    assert paired(snapshot(wiki), snapshot(cloud)).alone == rest([wiki], [cloud])
    theirs = uid_of("Z", "sud")
    wiki = entry(f"B{suffix('noe', '6', 'agenda', theirs)}")
    cloud = resource(uid=theirs)
    assert paired(snapshot(wiki), snapshot(cloud)).alone == rest([wiki], [cloud])
