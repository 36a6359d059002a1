"""What a series may only do once a person has agreed."""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.series import needs_a_person, settle_removals
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side
from tests.unit.planning.meetings import day, meet, no_structure, own, series, single, weekly

BASES = {"series": (series(), series())}
LATE = own(8, place="Salle 2")

# Where a person must decide


def guarded(cloud: Event, *, wiki: Event | None = None, **more: object) -> tuple[str, ...]:
    meeting = meet(wiki or weekly(), wiki or weekly(), cloud, **more)  # type: ignore[arg-type]
    return needs_a_person(meeting, merge(meeting))


def test_an_edit_of_a_series_goes_through_unless_it_would_lose_or_publish_something() -> None:
    renamed = replace(weekly(), title="Autre", place="Orsay")
    assert guarded(renamed) == ()
    assert guarded(renamed, private=True) == ("place", "title")
    assert guarded(renamed, wiki=replace(weekly(), frail=True)) == ("place", "title")
    assert guarded(single(title="Autre"), wiki=single(), private=True) == ()


def test_single_dates_need_nobody() -> None:
    frail = replace(weekly(), frail=True)
    assert guarded(weekly(overrides=(LATE,)), wiki=frail) == ()
    assert guarded(weekly(rule="FREQ=DAILY;COUNT=3"), wiki=frail) == ("series",)


def test_a_series_of_the_wiki_is_not_turned_into_words_without_asking() -> None:
    other = weekly(rule="FREQ=DAILY;COUNT=3")
    assert guarded(other, project=no_structure) == ("series",)
    assert guarded(other, project=no_structure, link={"origin": Side.CLOUD}) == ()
    assert guarded(other) == ()
    later = weekly(single(start=day(2), end=day(2)))
    assert guarded(later, project=no_structure) == ("end", "start")
    assert guarded(replace(weekly(), title="Autre"), project=no_structure) == ()
    assert guarded(single(title="Autre"), project=no_structure) == ()


# Removals that wait for a person


def asked(wiki: Event | None = None, cloud: Event | None = None) -> tuple[object, Merge]:
    meeting = meet(weekly(), wiki or weekly(), cloud or weekly(excluded=(day(8),)))
    return meeting, merge(meeting)


def test_removed_dates_stay_open_until_somebody_says_something() -> None:
    meeting, merged = asked()
    settle_removals(meeting, merged, deleted=False, restored=False)  # type: ignore[arg-type]
    expected = Merge(bases=BASES, removals=frozenset({day(8)}), unsettled=BASES)
    assert merged == expected


def test_dates_whose_removal_was_meant_go_from_the_wiki() -> None:
    meeting, merged = asked(cloud=weekly(excluded=(day(8),), overrides=(own(15, title="A"),)))
    settle_removals(meeting, merged, deleted=True, restored=False)  # type: ignore[arg-type]
    assert merged.to_wiki == {"series": series(excluded=(day(8),), overrides=(own(15, title="A"),))}
    assert merged.single_dates
    assert merged.unsettled == {}
    meeting, merged = asked()
    settle_removals(meeting, merged, deleted=True, restored=False)  # type: ignore[arg-type]
    assert merged.to_wiki == {"series": series(excluded=(day(8),))}
    assert merged.single_dates
    assert merged.to_cloud == {}


def test_dates_whose_removal_was_not_meant_come_back_in_the_cloud() -> None:
    meeting, merged = asked(wiki=weekly(overrides=(own(15, title="A"),)))
    settle_removals(meeting, merged, deleted=False, restored=True)  # type: ignore[arg-type]
    assert merged.to_cloud == {"series": series(overrides=(own(15, title="A"),))}
    meeting, merged = asked()
    settle_removals(meeting, merged, deleted=False, restored=True)  # type: ignore[arg-type]
    assert merged.to_cloud == {"series": series()}
    assert (merged.to_wiki, merged.single_dates) == ({}, False)


def test_without_two_series_there_is_nothing_to_settle() -> None:
    for wiki, cloud in ((single(), weekly()), (weekly(), single())):
        merged = Merge(removals=frozenset({day(8)}))
        settle_removals(meet(weekly(), wiki, cloud), merged, deleted=True, restored=False)
        assert merged == Merge(removals=frozenset({day(8)}))
