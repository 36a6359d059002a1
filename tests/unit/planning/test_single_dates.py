"""What changed on single dates of a series, and the series with those changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from oscartes_sync.planning import series_merge
from oscartes_sync.planning.series_merge import (
    DateChanges,
    alike,
    applied,
    carried_whole,
    changed_in_cloud,
    changed_in_wiki,
    contested,
    date_set,
    say_the_same,
)
from oscartes_sync.records.event import Event, RichText, Series, Status
from tests.unit.planning.meetings import (
    ENDLESS,
    NOW,
    RULE,
    day,
    laid_out,
    own,
    series,
    single,
    weekly,
)

ZONE = "Europe/Paris"
LATE = own(8, place="Salle 2")


def in_wiki(base: Event, now: Event) -> DateChanges | None:
    return changed_in_wiki(base, now, NOW, ZONE)


def days(*numbers: int) -> frozenset[date]:
    return frozenset(day(number) for number in numbers)


# Changes as a value


def test_no_change_counts_as_nothing_and_any_as_something() -> None:
    assert not DateChanges()
    assert DateChanges(own={day(8): None})
    assert DateChanges(removed=days(8))
    assert DateChanges(added=days(8))


def test_changes_are_narrowed_by_date_whatever_they_are() -> None:
    changes = DateChanges({day(1): None, day(8): LATE}, days(8, 15), days(8, 22))
    kept = DateChanges({day(1): None}, days(15), days(22))
    assert changes.without(days(8)) == kept
    assert changes.within(days(1, 15, 22)) == kept
    assert changes.within(days(8)) == DateChanges({day(8): LATE}, days(8), days(8))


# The cloud


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (series(), DateChanges()),
        (series(excluded=(day(8),)), DateChanges(removed=days(8))),
        (series(overrides=(LATE,)), DateChanges({day(8): LATE})),
        (
            series(excluded=(day(15),), overrides=(LATE,)),
            DateChanges({day(8): LATE}, days(15)),
        ),
        (series("FREQ=WEEKLY;COUNT=6"), None),
        (series(zone="Europe/Paris"), None),
        (series(extra=(day(3),)), None),
        (None, None),
    ],
)
def test_single_dates_of_the_cloud_are_told_from_a_change_of_the_whole(
    now: Series | None, changes: DateChanges | None
) -> None:
    assert changed_in_cloud(weekly(), single(series=now)) == changes


def test_a_series_that_moved_or_was_none_is_no_matter_of_single_dates() -> None:
    moved = replace(weekly(excluded=(day(8),)), start=day(2), end=day(2))
    assert changed_in_cloud(weekly(), moved) is None
    assert changed_in_cloud(single(), weekly()) is None


def test_an_extra_date_that_goes_is_removed_and_an_excluded_one_that_comes_back_is_no_detail() -> (
    None
):
    base = weekly(extra=(day(3),), excluded=(day(15),))
    assert changed_in_cloud(base, weekly(excluded=(day(15),))) == DateChanges(removed=days(3))
    assert changed_in_cloud(base, weekly(extra=(day(3),))) is None


def test_what_a_date_had_of_its_own_and_has_no_more_is_a_change() -> None:
    assert changed_in_cloud(weekly(overrides=(LATE,)), weekly()) == DateChanges({day(8): None})
    gone = weekly(excluded=(day(8),))
    assert changed_in_cloud(weekly(overrides=(LATE,)), gone) == DateChanges(removed=days(8))


# The wiki


def test_a_repetition_that_is_missing_was_deleted_where_its_parent_still_asks_for_it() -> None:
    now = weekly(excluded=(day(8),))
    assert in_wiki(weekly(), now) is None
    frail = replace(now, frail=True)
    assert in_wiki(weekly(), frail) == DateChanges(removed=days(8))


def test_a_date_that_nobody_asks_for_was_added_and_one_that_was_excluded_put_back() -> None:
    longer = weekly(rule="FREQ=WEEKLY;COUNT=6")
    assert in_wiki(weekly(), longer) is None
    more = DateChanges(added=frozenset({date(2027, 4, 5)}))
    assert in_wiki(weekly(), replace(longer, frail=True)) == more
    assert in_wiki(weekly(excluded=(day(8),)), weekly()) == DateChanges(added=days(8))
    both = weekly(extra=(day(3),))
    assert in_wiki(weekly(excluded=(day(8),)), both) is None


def test_values_of_one_repetition_are_its_own() -> None:
    assert in_wiki(weekly(), weekly(overrides=(LATE,))) == DateChanges({day(8): LATE})
    assert in_wiki(weekly(), weekly()) == DateChanges()


def test_without_a_series_or_with_another_first_date_only_equality_counts() -> None:
    assert in_wiki(single(), single()) == DateChanges()
    assert in_wiki(weekly(), single()) is None
    assert in_wiki(weekly(), single(frail=True)) is None
    assert in_wiki(single(), weekly()) is None
    moved = replace(weekly(), start=day(2), end=day(2))
    assert in_wiki(weekly(), moved) == DateChanges()
    assert in_wiki(weekly(), replace(moved, series=series(overrides=(LATE,)))) is None


def test_a_series_too_long_to_count_is_compared_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_merge, "_MOST", 5)
    long = weekly(rule="FREQ=DAILY;COUNT=6")
    assert date_set(long, NOW, ZONE) is None
    assert date_set(weekly(), NOW, ZONE) == days(1, 8, 15, 22, 29)
    assert in_wiki(long, replace(weekly(), frail=True)) is None
    assert in_wiki(weekly(), replace(long, frail=True)) is None


def test_dates_are_counted_in_the_zone_of_the_binding() -> None:
    eve = datetime(2027, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    late = Event(title="Nuit", start=eve, end=eve, series=Series(RULE, zone="Europe/Paris"))
    found = date_set(late, NOW, ZONE)
    assert found is not None
    assert {when.isoformat() for when in found} >= {"2027-03-29T00:30:00+02:00"}
    assert date_set(weekly(rule=ENDLESS), NOW, ZONE) == date_set(
        laid_out(weekly(rule=ENDLESS)), NOW, ZONE
    )


# Both


def test_a_date_is_contested_where_both_gave_it_other_values() -> None:
    wiki = DateChanges({day(8): LATE, day(15): own(15), day(22): own(22, title="A")})
    other = own(8, place="Salle 3")
    cloud = DateChanges({day(8): other, day(15): own(15), day(29): own(29, title="B")})
    assert contested(wiki, cloud) == (days(8), frozenset())


def test_a_date_is_contested_where_one_removed_what_the_other_edited() -> None:
    wiki = DateChanges({day(8): LATE, day(22): None}, removed=days(15))
    cloud = DateChanges({day(15): own(15, title="A")}, removed=days(8, 22))
    assert contested(wiki, cloud) == (frozenset(), days(8, 15))
    both = DateChanges({day(8): LATE}, removed=days(8))
    assert contested(both, DateChanges(removed=days(8))) == (frozenset(), frozenset())


def test_one_removed_and_nobody_edited_is_not_contested() -> None:
    assert contested(DateChanges(removed=days(8)), DateChanges()) == (frozenset(), frozenset())


# The series with them


def test_removed_and_added_dates_are_excluded_and_included() -> None:
    start = series(extra=(day(3), day(4)), excluded=(day(15),), overrides=(LATE, own(22)))
    made = applied(start, DateChanges(removed=days(3, 8), added=days(15)))
    assert made == series(extra=(day(4),), excluded=(day(8),), overrides=(own(22),))


def test_a_date_that_was_never_excluded_is_added_as_an_extra_one() -> None:
    start = series(extra=(day(3),), excluded=(day(15),))
    made = applied(start, DateChanges(added=days(4, 15)))
    assert made == series(extra=(day(3), day(4)))


def test_own_values_come_go_and_replace() -> None:
    start = series(overrides=(LATE, own(15)))
    changes = DateChanges({day(8): own(8, title="Autre"), day(15): None, day(22): own(22)})
    assert applied(start, changes) == series(overrides=(own(8, title="Autre"), own(22)))
    assert applied(series(), DateChanges({day(8): None})) == series()


def test_a_date_that_is_cancelled_stays_so_whatever_else_is_said_of_it() -> None:
    cancelled = own(8, status=Status.CANCELLED)
    start = series(overrides=(cancelled,))
    renamed = applied(start, DateChanges({day(8): own(8, title="Autre")}))
    assert renamed == series(overrides=(own(8, title="Autre", status=Status.CANCELLED),))
    assert applied(start, DateChanges({day(8): None})) == start
    tentative = own(8, status=Status.TENTATIVE)
    assert applied(start, DateChanges({day(8): tentative})) == series(overrides=(tentative,))


def test_a_rule_that_nobody_changed_keeps_the_words_and_the_zone_of_the_cloud() -> None:
    cloud = series(ENDLESS, zone="Europe/Paris", overrides=(own(22),))
    wiki = series(overrides=(LATE,), zone="UTC")
    kept = series(ENDLESS, zone="Europe/Paris", overrides=(LATE,))
    assert carried_whole(cloud, series(), wiki) == kept
    assert carried_whole(cloud, series("FREQ=DAILY;COUNT=5"), wiki) == wiki


# Whether both say the same


def say(wiki: Event, cloud: Event, laid: Series | None = None) -> bool:
    return say_the_same(wiki, cloud, laid, NOW, ZONE)


def test_equal_series_say_the_same_whatever_the_wiki_could_hold() -> None:
    assert say(weekly(), weekly())
    assert not say(weekly(), weekly(rule="FREQ=WEEKLY;UNTIL=20270329"))


def test_two_rules_with_the_same_dates_say_the_same() -> None:
    until = "FREQ=WEEKLY;UNTIL=20270329"
    assert say(weekly(), weekly(rule=until), series(until))
    longer = "FREQ=WEEKLY;UNTIL=20270405"
    assert not say(weekly(), weekly(rule=longer), series(longer))
    shorter = "FREQ=WEEKLY;UNTIL=20270322"
    assert not say(weekly(), weekly(rule=shorter), series(shorter))


def test_what_counts_is_what_the_wiki_could_have_laid_out() -> None:
    laid = series("FREQ=WEEKLY;COUNT=4")
    assert say(weekly(rule="FREQ=WEEKLY;UNTIL=20270322"), weekly(), laid)
    other = "FREQ=WEEKLY;INTERVAL=1"
    assert say(weekly(rule=ENDLESS), weekly(rule=other), series(other))


def test_a_series_without_any_date_says_nothing() -> None:
    none = tuple(day(number) for number in (1, 8, 15, 22, 29))
    until = "FREQ=WEEKLY;UNTIL=20270329"
    cloud = weekly(rule=until, excluded=none)
    assert not say(weekly(excluded=none), cloud, cloud.series)
    endless = weekly(rule=ENDLESS)
    assert not say(weekly(excluded=none), endless, laid_out(endless).series)


def test_the_same_dates_from_another_first_one_are_not_the_same() -> None:
    fewer = "FREQ=WEEKLY;COUNT=4"
    moved = replace(weekly(rule=fewer), start=day(8), end=day(8))
    assert not say(weekly(excluded=(day(1),)), moved, series(fewer))


def test_another_first_date_is_not_the_same() -> None:
    twice = "FREQ=MONTHLY;BYDAY=MO;COUNT=5"
    moved = replace(weekly(rule=twice), start=day(8), end=day(8))
    assert not say(weekly(), moved, series(twice))


def test_a_side_without_a_series_says_something_else() -> None:
    assert not say(single(), weekly(), series())
    assert not say(weekly(), single(), series())


def test_one_without_end_is_the_same_as_far_as_it_was_laid_out() -> None:
    cloud = weekly(rule=ENDLESS)
    laid = laid_out(cloud).series
    assert say(weekly(), cloud, laid)
    assert say(weekly(rule="FREQ=WEEKLY;UNTIL=20281225"), cloud, laid)
    assert not say(weekly(rule="FREQ=WEEKLY;INTERVAL=2;COUNT=5"), cloud, laid)


def test_what_single_dates_have_of_their_own_counts_on_both_sides() -> None:
    until = "FREQ=WEEKLY;UNTIL=20270329"
    laid = series(until)
    plain, told = weekly(), weekly(overrides=(LATE,))
    assert say(told, weekly(rule=until, overrides=(LATE,)), laid)
    assert not say(told, weekly(rule=until), laid)
    assert not say(plain, weekly(rule=until, overrides=(LATE,)), laid)


def test_a_date_that_says_what_the_whole_says_has_nothing_of_its_own() -> None:
    until = "FREQ=WEEKLY;UNTIL=20270329"
    event = single(place="Orsay", description=RichText("Venez"), end=day(2))
    same = own(8, end=day(9), place="Orsay", description=RichText("Venez"))
    wiki = weekly(event, overrides=(same,))
    assert say(wiki, weekly(event, rule=until), series(until))
    for name, value in {
        "end": day(10),
        "start": day(9),
        "title": "Autre",
        "place": "Ailleurs",
        "description": RichText("Ne venez pas"),
    }.items():
        other = weekly(event, overrides=(replace(same, **{name: value}),))
        assert not say(other, weekly(event, rule=until), series(until)), name


def test_what_the_first_date_has_of_its_own_stays_in_the_cloud() -> None:
    until = "FREQ=WEEKLY;UNTIL=20270329"
    cloud = weekly(rule=until, overrides=(own(1, title="Première"),))
    assert say(weekly(), cloud, series(until))


def test_values_of_dates_that_are_not_there_do_not_count_unless_the_wiki_has_them() -> None:
    until = "FREQ=WEEKLY;UNTIL=20270329"
    stray = own(2, title="Nulle part")
    assert say(weekly(), weekly(rule=until, overrides=(stray,)), series(until))
    assert not say(weekly(overrides=(stray,)), weekly(rule=until), series(until))


def test_a_reader_of_the_wiki_sees_words_not_spaces_markup_or_status() -> None:
    one = own(8, description=RichText("Venez  tous", "<p>Venez tous</p>"))
    assert alike(one, own(8, description=RichText("Venez tous"), status=Status.CANCELLED))
    assert not alike(one, own(8, description=RichText("Venez")))
    assert not alike(one, own(15, start=day(8), end=day(8), description=one.description))
    assert not alike(one, replace(one, end=day(9)))
    assert not alike(one, replace(one, title="Autre"))
    assert not alike(one, replace(one, place="Autre"))
    assert not alike(own(8, end=day(9)), own(8, start=day(9), end=day(9)))
    assert alike(None, None)
    assert not alike(one, None)
    assert not alike(None, one)
