"""Two series of one link, merged date by date or as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Deletions, Direction, OnConflict
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.plan import Clash
from oscartes_sync.records.event import FIELDS, Event, Series
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import (
    ENDLESS,
    day,
    meet,
    no_structure,
    own,
    series,
    single,
    weekly,
)

BASES = {"series": (series(), series())}
LATE = own(8, place="Salle 2")
LATER = own(8, place="Salle 3")
UNTIL = "FREQ=WEEKLY;UNTIL=20270329"
NEXT_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
FIRST_SHOWN = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)


def days(*numbers: int) -> frozenset[object]:
    return frozenset(day(number) for number in numbers)


def gone(number: int) -> Event:
    """A repetition that a member deleted by itself."""
    return replace(weekly(excluded=(day(number),)), frail=True)


def merged_of(wiki: Event, cloud: Event, base: Event | None = None, **more: object) -> Merge:
    return merge(meet(base or weekly(), wiki, cloud, **more))  # type: ignore[arg-type]


def test_two_series_of_which_nobody_changed_anything_are_left_alone() -> None:
    assert merged_of(weekly(), weekly()) == Merge()


# Single dates


def test_what_one_date_of_the_cloud_has_of_its_own_goes_to_the_wiki() -> None:
    assert merged_of(weekly(), weekly(overrides=(LATE,))) == Merge(
        to_wiki={"series": series(overrides=(LATE,))}, bases=BASES, single_dates=True
    )


def test_what_one_date_of_the_wiki_has_of_its_own_goes_to_the_cloud() -> None:
    assert merged_of(weekly(overrides=(LATE,)), weekly()) == Merge(
        to_cloud={"series": series(overrides=(LATE,))}, bases=BASES
    )


def test_different_dates_of_both_are_both_kept() -> None:
    wiki, cloud = weekly(overrides=(LATE,)), weekly(overrides=(own(15, title="A"),))
    whole = series(overrides=(LATE, own(15, title="A")))
    assert merged_of(wiki, cloud) == Merge(
        to_wiki={"series": whole}, to_cloud={"series": whole}, bases=BASES, single_dates=True
    )


def test_the_same_change_of_one_date_on_both_is_agreed() -> None:
    both = weekly(overrides=(LATE,))
    assert merged_of(both, both) == Merge(bases=BASES)


def test_a_repetition_deleted_in_the_wiki_is_excepted_in_the_cloud() -> None:
    assert merged_of(gone(8), weekly()) == Merge(
        to_cloud={"series": series(excluded=(day(8),))}, bases=BASES
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"deletions": Deletions.PROPAGATE},
            Merge(to_wiki={"series": series(excluded=(day(8),))}, bases=BASES, single_dates=True),
        ),
        ({"deletions": Deletions.ASK}, Merge(bases=BASES, removals=frozenset({day(8)}))),
        ({"deletions": Deletions.IGNORE}, Merge(bases=BASES)),
        ({"deletions": Deletions.ASK, "direction": Direction.TO_CLOUD}, Merge(bases=BASES)),
        (
            {"deletions": Deletions.PROPAGATE, "direction": Direction.TO_CLOUD},
            Merge(
                left={Side.CLOUD: ["series"]},
                unsettled=BASES,
                bases=BASES,
                problems=[Problem.warning("left-on-cloud", Side.CLOUD, fields="series")],
            ),
        ),
    ],
)
def test_a_date_that_the_cloud_excepts_follows_the_policy_of_deletions(
    more: dict[str, object], expected: Merge
) -> None:
    assert merged_of(weekly(), weekly(excluded=(day(8),)), **more) == expected


def test_a_change_of_the_first_date_alone_stays_in_the_cloud_and_is_told() -> None:
    told = [Problem.warning("first-date-stays", Side.CLOUD)]
    for cloud in (weekly(overrides=(own(1, title="A"),)), weekly(excluded=(day(1),))):
        made = merged_of(weekly(), cloud, deletions=Deletions.PROPAGATE)
        assert made == Merge(bases=BASES, problems=told)


def test_what_the_cloud_says_of_a_date_that_the_wiki_has_not_stays_there() -> None:
    assert merged_of(weekly(), weekly(overrides=(own(2),))) == Merge(bases=BASES)


@pytest.mark.parametrize(
    ("policy", "decided", "winner"),
    [
        (OnConflict.WIKI, None, Side.WIKI),
        (OnConflict.CLOUD, None, Side.CLOUD),
        (OnConflict.ASK, None, None),
        (OnConflict.ASK, Side.WIKI, Side.WIKI),
        (OnConflict.ASK, Side.CLOUD, Side.CLOUD),
    ],
)
def test_one_date_that_both_changed_is_settled_by_the_policy_and_the_others_go_through(
    policy: OnConflict, decided: Side | None, winner: Side | None
) -> None:
    mine, theirs = own(15, title="A"), own(22, title="B")
    wiki, cloud = weekly(overrides=(LATE, mine)), weekly(overrides=(LATER, theirs))
    made = merged_of(wiki, cloud, on_conflict=policy, decided=decided)
    here = LATER if winner is Side.CLOUD else LATE
    there = LATE if winner is Side.WIKI else LATER
    assert made == Merge(
        to_wiki={"series": series(overrides=(here, mine, theirs))},
        to_cloud={"series": series(overrides=(there, mine, theirs))},
        bases=BASES,
        clashes={"series": (Clash(series(), wiki.series, cloud.series), winner)},
        unsettled={} if winner else BASES,
        single_dates=True,
    )


def test_an_edit_in_the_cloud_beats_the_deletion_of_that_repetition() -> None:
    told = [Problem.warning("edit-beats-delete", Side.WIKI)]
    made = merged_of(gone(8), weekly(overrides=(LATE,)))
    assert made == Merge(bases=BASES, problems=told)


def test_an_edit_in_the_wiki_beats_the_exception_of_that_date_and_puts_it_back() -> None:
    told = [Problem.warning("edit-beats-delete", Side.CLOUD)]
    cloud = weekly(excluded=(day(8), day(15)))
    made = merged_of(weekly(overrides=(LATE,)), cloud, deletions=Deletions.PROPAGATE)
    assert made == Merge(
        to_wiki={"series": series(excluded=(day(15),), overrides=(LATE,))},
        to_cloud={"series": series(excluded=(day(15),), overrides=(LATE,))},
        bases=BASES,
        problems=told,
        single_dates=True,
    )


def test_a_wiki_that_is_not_written_keeps_its_series_and_the_rest_is_told() -> None:
    made = merged_of(weekly(), weekly(overrides=(LATE,)), direction=Direction.TO_CLOUD)
    assert made == Merge(
        left={Side.CLOUD: ["series"]},
        unsettled=BASES,
        bases=BASES,
        problems=[Problem.warning("left-on-cloud", Side.CLOUD, fields="series")],
    )


# The whole


def test_another_rule_of_the_cloud_goes_to_the_wiki_as_a_whole() -> None:
    cloud = weekly(rule="FREQ=DAILY;COUNT=3")
    assert merged_of(weekly(), cloud) == Merge(to_wiki={"series": cloud.series}, bases=BASES)


def test_a_rule_that_the_wiki_cannot_keep_is_said_in_words_and_moves_on() -> None:
    cloud = weekly(rule="FREQ=DAILY;COUNT=3")
    made = merged_of(weekly(), cloud, project=no_structure)
    assert made == Merge(to_wiki={"series": cloud.series}, bases=BASES, due=FIRST_SHOWN)


def test_what_single_dates_have_of_their_own_does_not_decide_whether_the_wiki_can_keep_it() -> None:
    def bare_only(event: Event) -> Event:
        kept = event.series is not None and not event.series.overrides
        return event if kept else no_structure(event)

    cloud = weekly(rule="FREQ=DAILY;COUNT=3", overrides=(own(2, title="A"),))
    made = merged_of(weekly(), cloud, project=bare_only)
    assert made == Merge(to_wiki={"series": cloud.series}, bases=BASES)


def test_another_rule_of_the_wiki_stays_where_the_cloud_is_not_written() -> None:
    wiki = weekly(rule="FREQ=DAILY;COUNT=3")
    made = merged_of(wiki, weekly(), direction=Direction.TO_WIKI)
    assert made == Merge(
        left={Side.WIKI: ["series"]},
        unsettled=BASES,
        bases=BASES,
        problems=[Problem.warning("left-on-wiki", Side.WIKI, fields="series")],
    )


def test_another_rule_of_the_wiki_goes_to_the_cloud_with_its_zone() -> None:
    wiki = weekly(rule="FREQ=DAILY;COUNT=3")
    assert merged_of(wiki, weekly()) == Merge(to_cloud={"series": wiki.series}, bases=BASES)


def test_a_change_of_the_wiki_leaves_the_words_that_the_cloud_has_for_its_rule() -> None:
    base = (weekly(rule=UNTIL), weekly(rule=ENDLESS, zone="Europe/Paris"))
    moved = replace(weekly(rule=UNTIL, overrides=(LATE,)), start=day(2), end=day(2))
    made = merge(meet(base, moved, base[1]))
    assert made.to_cloud == {
        "start": day(2),
        "end": day(2),
        "series": series(ENDLESS, zone="Europe/Paris", overrides=(LATE,)),
    }


@pytest.mark.parametrize(
    ("policy", "target"),
    [(OnConflict.WIKI, "to_cloud"), (OnConflict.CLOUD, "to_wiki"), (OnConflict.ASK, "")],
)
def test_two_rules_are_two_values_of_which_one_wins(policy: OnConflict, target: str) -> None:
    wiki, cloud = weekly(rule="FREQ=DAILY;COUNT=3"), weekly(rule="FREQ=DAILY;COUNT=4")
    made = merged_of(wiki, cloud, on_conflict=policy)
    winner = {"to_cloud": Side.WIKI, "to_wiki": Side.CLOUD}.get(target)
    expected = Merge(
        bases=BASES,
        clashes={"series": (Clash(series(), wiki.series, cloud.series), winner)},
        unsettled={} if winner else BASES,
    )
    if target:
        setattr(expected, target, {"series": (wiki if winner is Side.WIKI else cloud).series})
    assert made == expected


@pytest.mark.parametrize("side", list(Side))
def test_a_rule_of_one_and_a_date_of_the_other_are_two_values_too(side: Side) -> None:
    whole, detail = weekly(rule="FREQ=DAILY;COUNT=3"), weekly(overrides=(LATE,))
    wiki, cloud = (whole, detail) if side is Side.WIKI else (detail, whole)
    made = merged_of(wiki, cloud, on_conflict=OnConflict.ASK)
    assert made.clashes == {"series": (Clash(series(), wiki.series, cloud.series), None)}
    assert (made.to_wiki, made.to_cloud) == ({}, {})


def test_both_changed_to_the_same_dates_is_agreed() -> None:
    wiki, cloud = weekly(rule="FREQ=DAILY;COUNT=3"), weekly(rule="FREQ=DAILY;UNTIL=20270303")
    assert merged_of(wiki, cloud) == Merge(bases=BASES)


def test_a_pair_never_agreed_on_is_agreed_where_both_have_the_same_dates() -> None:
    never = {"unsettled": dict.fromkeys(FIELDS, (MISSING, MISSING))}
    made = merged_of(weekly(), weekly(rule=UNTIL), link=never)
    assert made.bases["series"] == (MISSING, MISSING)
    assert (made.to_wiki, made.to_cloud, made.clashes, made.unsettled) == ({}, {}, {}, {})


def test_a_pair_never_agreed_on_is_asked_about_where_the_dates_differ() -> None:
    never = {"unsettled": {"series": (MISSING, MISSING)}}
    made = merged_of(weekly(), weekly(rule="FREQ=DAILY;COUNT=3"), link=never)
    assert made.clashes["series"][1] is None
    assert (made.to_wiki, made.to_cloud) == ({}, {})


@pytest.mark.parametrize("name", ["start", "end"])
def test_single_dates_count_from_a_first_date_that_was_agreed(name: str) -> None:
    never = {"unsettled": {name: (MISSING, MISSING)}}
    made = merged_of(weekly(), weekly(overrides=(LATE,)), link=never)
    assert made.to_wiki == {"series": series(overrides=(LATE,))}
    assert not made.single_dates


# Without end


def endless(rule: str = "FREQ=WEEKLY;UNTIL=20281231") -> tuple[Event, Event]:
    """What the wiki holds of a series without end, and the series."""
    return weekly(rule=rule), weekly(rule=ENDLESS)


def test_one_without_end_that_is_laid_out_far_enough_waits_for_next_year() -> None:
    wiki, cloud = endless()
    assert merge(meet((wiki, cloud), wiki, cloud)) == Merge(due=NEXT_YEAR)


def test_one_without_end_is_laid_out_further_once_a_year_began() -> None:
    wiki, cloud = endless("FREQ=WEEKLY;UNTIL=20271231")
    made = merge(meet((wiki, cloud), wiki, cloud))
    assert made == Merge(
        to_wiki={"series": cloud.series},
        bases={"series": (wiki.series, cloud.series)},
        due=NEXT_YEAR,
    )


def test_a_change_of_one_date_does_not_lay_it_out_at_once() -> None:
    wiki, cloud = endless("FREQ=WEEKLY;UNTIL=20271231")
    edited = replace(cloud, series=series(ENDLESS, overrides=(LATE,)))
    made = merge(meet((wiki, cloud), wiki, edited))
    assert made.to_wiki == {"series": replace(wiki.series or Series(), overrides=(LATE,))}
    assert made.due == NEXT_YEAR


@pytest.mark.parametrize("origin", list(Side))
def test_one_too_long_for_the_wiki_goes_back_to_words_when_its_dates_run_out(origin: Side) -> None:
    wiki, cloud = endless(UNTIL)
    born = {"origin": origin}
    last = datetime(2027, 3, 28, 9, tzinfo=UTC)
    early = meet((wiki, cloud), wiki, cloud, project=no_structure, link=born)
    assert merge(early).to_wiki == {}
    late = merge(replace(early, now=last))
    assert late.to_wiki == ({} if origin is Side.WIKI else {"series": cloud.series})
    before = merge(replace(early, now=last - timedelta(days=7)))
    assert before.to_wiki == {}


def test_a_wiki_that_keeps_a_rule_without_end_has_nothing_to_lay_out() -> None:
    cloud = weekly(rule=ENDLESS)
    made = merge(meet(cloud, cloud, cloud, project=lambda event: event))
    assert made == Merge(due=NEXT_YEAR)
    same = weekly(rule="FREQ=WEEKLY;INTERVAL=1")
    never = {"unsettled": {"series": (MISSING, MISSING)}}
    found = merge(meet(cloud, cloud, same, project=lambda event: event, link=never))
    assert found == Merge(due=NEXT_YEAR, bases={"series": (MISSING, MISSING)})


def test_how_far_it_is_laid_out_is_for_the_wiki_to_say() -> None:
    half = "FREQ=WEEKLY;UNTIL=20270630"
    wiki, cloud = weekly(rule=half), weekly(rule=ENDLESS)

    def half_a_year(event: Event) -> Event:
        return replace(event, series=series(half))

    made = merge(meet((wiki, cloud), wiki, cloud, project=half_a_year))
    assert made == Merge(due=NEXT_YEAR)


def test_dates_run_out_at_the_midnight_of_the_binding() -> None:
    wiki, cloud = endless(UNTIL)
    born = {"origin": Side.CLOUD}
    late = datetime(2027, 3, 22, 23, 30, tzinfo=UTC)
    made = merge(meet((wiki, cloud), wiki, cloud, project=no_structure, link=born, now=late))
    assert made.to_wiki == {"series": cloud.series}


def test_single_dates_of_one_without_end_cross_both_ways_where_the_wiki_keeps_its_rule() -> None:
    base = weekly(rule=ENDLESS)
    wiki = replace(weekly(rule=ENDLESS, excluded=(day(8),)), frail=True)
    cloud = weekly(rule=ENDLESS, overrides=(own(15, title="A"),))
    made = merge(meet(base, wiki, cloud, project=lambda event: event))
    whole = series(ENDLESS, excluded=(day(8),), overrides=(own(15, title="A"),))
    assert (made.to_wiki, made.to_cloud) == ({"series": whole}, {"series": whole})


def test_single_dates_of_the_wiki_stay_where_the_cloud_is_not_written() -> None:
    made = merged_of(weekly(overrides=(LATE,)), weekly(), direction=Direction.TO_WIKI)
    assert made == Merge(
        left={Side.WIKI: ["series"]},
        unsettled=BASES,
        bases=BASES,
        problems=[Problem.warning("left-on-wiki", Side.WIKI, fields="series")],
    )


def test_the_first_date_is_compared_with_the_one_of_its_own_side() -> None:
    base = (weekly(single(start=day(8), end=day(8))), weekly())
    wiki = replace(base[0], series=series(overrides=(own(15, title="A"),)))
    theirs = own(22, title="B")
    made = merge(meet(base, wiki, weekly(overrides=(theirs,))))
    whole = series(overrides=(own(15, title="A"), theirs))
    assert (made.to_wiki, made.to_cloud) == ({"series": whole}, {"series": whole})
    assert made.clashes == {}


def test_a_series_that_moves_before_its_old_first_date_moves() -> None:
    base = weekly(single(start=day(8), end=day(8)))
    made = merge(meet(base, weekly(), base))
    assert made.to_cloud == {"start": day(1), "end": day(1)}


def test_a_series_that_a_member_made_of_what_was_said_in_words_is_compared() -> None:
    base = (single(), weekly())
    assert merge(meet(base, weekly(), weekly())).bases == {"series": (None, series())}
    both = merge(meet(single(), weekly(), weekly(rule="FREQ=WEEKLY;COUNT=6")))
    assert set(both.clashes) == {"series"}
    ended = merge(meet(base, weekly(), single()))
    assert set(ended.clashes) == {"series"}


def test_one_that_a_member_ended_in_the_wiki_is_not_laid_out_any_more() -> None:
    base = weekly(rule=ENDLESS)
    made = merge(meet(base, single(), base))
    assert (made.due, made.to_cloud) == (None, {"series": None})
