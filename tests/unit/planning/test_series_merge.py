"""What changed on single dates of a series, and what two sides make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.planning.series_merge import (
    DateChanges,
    applied,
    carried_whole,
    changed_in_cloud,
    changed_in_wiki,
    contested,
    date_set,
    say_the_same,
)
from oscartes_sync.records.event import Event, Override, Series, Status

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ZONE = "Europe/Paris"
FIRST, SECOND, THIRD, FOURTH = (date(2027, 3, day) for day in (2, 9, 16, 23))
AFTER = date(2027, 3, 30)


def weekly(rule: str = "FREQ=WEEKLY;COUNT=4", *, frail: bool = False, **more: Any) -> Event:
    return Event(
        title="Marché",
        start=FIRST,
        end=FIRST,
        series=Series(rule=rule, **more),
        frail=frail,
    )


def own(at: date, place: str = "Gif", **more: Any) -> Override:
    return Override(at, at, at, "Marché", place=place, **more)


def in_wiki(now: Event) -> DateChanges | None:
    return changed_in_wiki(weekly(), now, NOW, ZONE)


# What changed


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (weekly(), DateChanges()),
        (weekly(excluded=(SECOND,), frail=True), DateChanges(removed=frozenset({SECOND}))),
        (weekly(overrides=(own(SECOND),), frail=True), DateChanges(own={SECOND: own(SECOND)})),
        (weekly(extra=(AFTER,), frail=True), DateChanges(added=frozenset({AFTER}))),
        # The same dates by another rule are no change.
        (weekly("FREQ=DAILY;INTERVAL=7;COUNT=4"), DateChanges()),
        # Without anything spoilt, dates that went or came are a changed recurrence.
        (weekly("FREQ=WEEKLY;COUNT=3"), None),
        (weekly("FREQ=WEEKLY;COUNT=6"), None),
        (weekly("FREQ=WEEKLY;COUNT=4;INTERVAL=2"), None),
        # The first date moved, and every other with it: that is told of the start.
        (replace(weekly(), start=SECOND, end=SECOND), DateChanges()),
        (replace(weekly(excluded=(THIRD,)), start=SECOND, end=SECOND), None),
        (replace(weekly(), series=None), None),
    ],
)
def test_what_members_changed_of_a_series_in_the_wiki(
    now: Event, expected: DateChanges | None
) -> None:
    assert in_wiki(now) == expected


def test_a_date_that_is_back_in_the_wiki_came_back_by_itself() -> None:
    was = weekly(excluded=(SECOND,))
    found = changed_in_wiki(was, weekly(), NOW, ZONE)
    assert found == DateChanges(added=frozenset({SECOND}))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (weekly(), DateChanges()),
        (weekly(excluded=(SECOND,)), DateChanges(removed=frozenset({SECOND}))),
        (weekly(overrides=(own(SECOND),)), DateChanges(own={SECOND: own(SECOND)})),
        (weekly(extra=(AFTER,)), None),
        (weekly("FREQ=WEEKLY;COUNT=3"), None),
        (replace(weekly(), series=None), None),
        (replace(weekly(), start=SECOND, end=SECOND), DateChanges()),
        (replace(weekly(excluded=(THIRD,)), start=SECOND, end=SECOND), None),
    ],
)
def test_what_changed_of_a_series_in_the_calendar(now: Event, expected: DateChanges | None) -> None:
    assert changed_in_cloud(weekly(), now) == expected


def test_a_date_that_the_calendar_takes_back_makes_the_series_anew() -> None:
    assert changed_in_cloud(weekly(excluded=(SECOND,)), weekly()) is None
    assert changed_in_cloud(weekly(extra=(AFTER,)), weekly()) == DateChanges(
        removed=frozenset({AFTER})
    )


# Both sides


def test_a_date_that_both_changed_is_contested_unless_they_say_the_same() -> None:
    gif, bures = (DateChanges(own={SECOND: own(SECOND, place)}) for place in ("Gif", "Bures"))
    assert contested(gif, bures) == ({SECOND}, frozenset())
    assert contested(gif, gif) == (frozenset(), frozenset())
    assert contested(gif, DateChanges(own={THIRD: own(THIRD)})) == (frozenset(), frozenset())


def test_an_edit_beats_a_removal_whichever_side_it_is_on() -> None:
    edit, gone = DateChanges(own={SECOND: own(SECOND)}), DateChanges(removed=frozenset({SECOND}))
    assert contested(edit, gone) == contested(gone, edit) == (frozenset(), {SECOND})
    assert contested(gone, gone) == (frozenset(), frozenset())
    plain = DateChanges(own={SECOND: None})
    assert contested(plain, gone) == (frozenset(), frozenset())


def test_what_one_side_changed_leaves_the_rest_of_the_other_as_it_is() -> None:
    series = Series("FREQ=WEEKLY", extra=(AFTER,), excluded=(THIRD,), overrides=(own(FOURTH),))
    changes = DateChanges(own={SECOND: own(SECOND)}, removed=frozenset({AFTER}))
    assert applied(series, changes) == Series(
        "FREQ=WEEKLY", excluded=(THIRD,), overrides=(own(SECOND), own(FOURTH))
    )


def test_a_date_that_is_added_was_excluded_or_becomes_an_extra_one() -> None:
    series = Series("FREQ=WEEKLY;COUNT=4", excluded=(SECOND,))
    found = applied(series, DateChanges(added=frozenset({SECOND, AFTER})))
    assert found == Series("FREQ=WEEKLY;COUNT=4", extra=(AFTER,))


def test_a_cancelled_date_stays_cancelled_whatever_the_wiki_says_of_it() -> None:
    cancelled = own(SECOND, status=Status.CANCELLED)
    series = Series("FREQ=WEEKLY", overrides=(cancelled,))
    changed = applied(series, DateChanges(own={SECOND: own(SECOND, "Bures")}))
    assert changed.overrides == (own(SECOND, "Bures", status=Status.CANCELLED),)
    assert applied(series, DateChanges(own={SECOND: None})) == series


def test_the_calendar_keeps_its_own_words_for_a_rule_that_nobody_changed() -> None:
    cloud = Series("FREQ=WEEKLY", zone=ZONE)
    base = Series("FREQ=WEEKLY;COUNT=57", zone=ZONE)
    wiki = replace(base, excluded=(SECOND,))
    assert carried_whole(cloud, base, wiki) == replace(cloud, excluded=(SECOND,))
    other = replace(base, rule="FREQ=WEEKLY;COUNT=3")
    assert carried_whole(cloud, base, other) == other


# Whether both say the same


def test_a_series_without_end_may_be_laid_out_less_far() -> None:
    cloud, wiki = weekly("FREQ=WEEKLY"), weekly("FREQ=WEEKLY;COUNT=20")
    laid = Series("FREQ=WEEKLY;COUNT=44")
    assert say_the_same(wiki, cloud, laid, NOW, ZONE)
    assert not say_the_same(weekly("FREQ=WEEKLY;COUNT=20;INTERVAL=2"), cloud, laid, NOW, ZONE)
    ended = weekly("FREQ=WEEKLY;COUNT=44")
    assert not say_the_same(wiki, ended, laid, NOW, ZONE)


def test_a_date_of_its_own_on_one_side_alone_is_not_the_same() -> None:
    spoilt = weekly(overrides=(own(SECOND),))
    assert say_the_same(spoilt, spoilt, spoilt.series, NOW, ZONE)
    assert not say_the_same(spoilt, weekly(), weekly().series, NOW, ZONE)
    # What the first date has of its own is for the calendar alone: there it is the parent.
    assert say_the_same(weekly(), weekly(overrides=(own(FIRST),)), weekly().series, NOW, ZONE)


DATES = st.sets(st.sampled_from([SECOND, THIRD, FOURTH]), max_size=3)


@given(DATES, DATES)
def test_dates_removed_on_both_sides_are_gone_from_both(here: set[date], there: set[date]) -> None:
    wiki = in_wiki(weekly(excluded=tuple(here), frail=True))
    cloud = changed_in_cloud(weekly(), weekly(excluded=tuple(there)))
    assert wiki is not None
    assert cloud is not None
    ours = applied(Series("FREQ=WEEKLY;COUNT=4", excluded=tuple(here)), cloud)
    theirs = applied(Series("FREQ=WEEKLY;COUNT=4", excluded=tuple(there)), wiki)
    left = date_set(replace(weekly(), series=ours), NOW, ZONE)
    assert left == date_set(replace(weekly(), series=theirs), NOW, ZONE)
    assert left == {FIRST, SECOND, THIRD, FOURTH} - here - there
