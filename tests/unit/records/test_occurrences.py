"""Expansion against an independent library, bounds, and the date to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oscartes_sync.errors import RecordError
from oscartes_sync.records.event import Event, Override, Series, Status
from oscartes_sync.records.expansion import expand
from oscartes_sync.records.occurrences import Shown, occurrences, shown
from oscartes_sync.records.rules import normal_rule, parse_rule, rule_text

PARIS = ZoneInfo("Europe/Paris")


def at(*hands: int) -> datetime:
    return datetime(*hands, tzinfo=PARIS)  # type: ignore[misc, arg-type]


def weekly(**series: object) -> Event:
    values = {"rule": "FREQ=WEEKLY;BYDAY=TU", "zone": "Europe/Paris", **series}
    return Event(
        title="Cercle",
        start=at(2027, 3, 16, 20),
        end=at(2027, 3, 16, 22),
        series=Series(**values),  # type: ignore[arg-type]
    )


def some(values: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(
        lambda numbers: ",".join(map(str, sorted(numbers)))
    )


DAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 4)))
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(some(st.integers(1, 12)))
    if frequency in {"MONTHLY", "YEARLY", "DAILY"} and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(some(st.integers(1, 31) | st.integers(-5, -1)))
    if draw(st.booleans()):
        # Not both kinds at once: dateutil then asks for a day that is both.
        nth = frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans())
        ordinals = st.sampled_from(["1", "2", "-1"]) if nth else st.just("")
        named = st.tuples(ordinals, DAYS).map("".join)
        parts["BYDAY"] = ",".join(draw(st.lists(named, min_size=1, max_size=3, unique=True)))
    if frequency == "YEARLY" and not {"BYMONTHDAY", "BYDAY"} & parts.keys() and draw(st.booleans()):
        parts["BYYEARDAY"] = draw(some(st.integers(1, 366) | st.integers(-5, -1)))
    if draw(st.booleans()):
        parts["BYHOUR"] = draw(some(st.integers(0, 23)))
    if len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = draw(st.sampled_from(["1", "-1", "1,-1", "2"]))
    if draw(st.booleans()):
        parts["WKST"] = draw(DAYS)
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 8)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(rules(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_expansion_agrees_with_dateutil_where_the_start_fits_its_rule(raw: str, day: date) -> None:
    somewhere = datetime(day.year, day.month, day.day, 9, 30)
    # Their walk of a rule without dates goes on to the year 9999, so the start is one of its dates.
    endless = parse_rule(";".join(part for part in raw.split(";") if "COUNT" not in part))
    later = list(islice(expand(endless, somewhere), 3))[1:]
    assume(later)
    horizon = later[0] + timedelta(days=2200)
    try:
        theirs = list(islice(rrulestr(raw, dtstart=later[0]), 12))
    except ValueError:
        assume(False)
    # A default (the day of the month, say) that the second date gives otherwise than the first.
    assume(theirs[0] == later[0])
    ours = list(islice(expand(parse_rule(raw), later[0]), 12))
    assert [when for when in ours if when < horizon] == [when for when in theirs if when < horizon]


@pytest.mark.parametrize(
    "raw",
    [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=MINUTELY;BYHOUR=3;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
        "FREQ=YEARLY;BYDAY=53MO;BYMONTH=3",
    ],
)
def test_a_rule_without_dates_ends_soon(raw: str) -> None:
    assert list(expand(parse_rule(raw), datetime(2027, 1, 1, 9))) == [datetime(2027, 1, 1, 9)]


def test_every_second_of_every_day_is_bounded_and_skips_to_now() -> None:
    event = weekly(rule="FREQ=SECONDLY")
    first = next(occurrences(event, after=datetime(2029, 1, 1, tzinfo=UTC), limit=1))
    assert abs(first.start - datetime(2028, 12, 31, 22, tzinfo=UTC)) < timedelta(seconds=3)


def test_all_seconds_of_a_year_are_laid_out_one_by_one() -> None:
    every = ",".join(map(str, range(60)))
    hours = ",".join(map(str, range(24)))
    days = ",".join(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
    raw = f"FREQ=YEARLY;BYDAY={days};BYHOUR={hours};BYMINUTE={every};BYSECOND={every}"
    assert len(list(expand(parse_rule(f"{raw};BYSETPOS=-1,1"), datetime(2027, 1, 1)))) > 100
    assert len(list(islice(expand(parse_rule(raw), datetime(2027, 1, 1)), 500))) == 500


def test_hours_stay_across_the_clock_change() -> None:
    dates = list(occurrences(weekly(), after=at(2027, 3, 1), limit=3))
    assert [each.start.hour for each in dates] == [20, 20, 20]  # type: ignore[union-attr]
    assert dates[0].start.utcoffset() == timedelta(hours=1)  # type: ignore[union-attr]
    assert dates[2].start.utcoffset() == timedelta(hours=2)  # type: ignore[union-attr]


def test_an_hour_that_spring_skips_is_read_with_the_offset_before_it() -> None:
    event = Event(
        title="Nuit",
        start=at(2027, 3, 27, 2, 30),
        end=at(2027, 3, 27, 3),
        series=Series("FREQ=DAILY;COUNT=3", zone="Europe/Paris"),
    )
    dates = list(occurrences(event, after=at(2027, 3, 1), limit=5))
    assert [each.start.astimezone(UTC).hour for each in dates] == [1, 1, 0]  # type: ignore[union-attr]


def test_excluded_dates_go_moved_ones_take_their_new_place_and_extra_ones_come() -> None:
    event = weekly(
        rule="FREQ=WEEKLY;BYDAY=TU;COUNT=4",
        excluded=(at(2027, 3, 23, 20),),
        extra=(at(2027, 3, 18, 20), at(2027, 3, 16, 20)),
        overrides=(
            Override(at(2027, 3, 30, 20), at(2027, 4, 8, 9), at(2027, 4, 8, 10), "Ailleurs"),
        ),
    )
    dates = list(occurrences(event, after=at(2027, 1, 1), limit=10, zone="Europe/Paris"))
    starts = [each.start for each in dates]
    days = [(16, 3), (18, 3), (6, 4), (8, 4)]
    assert [(start.day, start.month) for start in starts] == days
    assert dates[3].override is not None


def test_the_shown_date_moves_on_when_it_is_over() -> None:
    event = weekly(rule="FREQ=WEEKLY;COUNT=2")
    assert shown(event, at(2027, 3, 16, 21), "Europe/Paris") == Shown(
        at(2027, 3, 16, 20), at(2027, 3, 16, 22), at(2027, 3, 16, 22)
    )
    last = Shown(at(2027, 3, 23, 20), at(2027, 3, 23, 22), None)
    assert shown(event, at(2027, 3, 16, 22), "Europe/Paris") == last
    assert shown(event, at(2040, 1, 1), "Europe/Paris") == last


def test_a_cancelled_date_is_not_shown() -> None:
    event = weekly(
        overrides=(
            Override(
                at(2027, 3, 16, 20),
                at(2027, 3, 16, 20),
                at(2027, 3, 16, 22),
                "Cercle",
                status=Status.CANCELLED,
            ),
        )
    )
    assert shown(event, at(2027, 3, 1), "Europe/Paris").start == at(2027, 3, 23, 20)


def test_days_end_at_the_networks_midnight() -> None:
    event = Event(
        title="Marché",
        start=date(2027, 6, 4),
        end=date(2027, 6, 5),
        series=Series("FREQ=YEARLY"),
    )
    still = shown(event, at(2027, 6, 5, 23, 59), "Europe/Paris")
    assert still == Shown(date(2027, 6, 4), date(2027, 6, 5), at(2027, 6, 6))
    assert shown(event, at(2027, 6, 6), "Europe/Paris").start == date(2028, 6, 4)


def test_an_event_that_stands_alone_is_shown_as_it_is() -> None:
    event = Event(title="Seul", start=date(2027, 6, 4), end=date(2027, 6, 4))
    assert shown(event, at(2030, 1, 1)) == Shown(date(2027, 6, 4), date(2027, 6, 4))
    assert list(occurrences(event, after=at(2030, 1, 1), limit=3)) == []


def test_until_counts_to_its_own_instant() -> None:
    event = weekly(rule="FREQ=WEEKLY;UNTIL=20270330T180000Z")
    assert len(list(occurrences(event, after=at(2027, 1, 1), limit=9))) == 3
    event = weekly(rule="FREQ=WEEKLY;UNTIL=20270330T175959Z")
    assert len(list(occurrences(event, after=at(2027, 1, 1), limit=9))) == 2


def test_rules_compare_in_one_order_with_defaults_left_out() -> None:
    one = "wkst=mo;interval=1;byday=TH,TU;FREQ=weekly;until=20270430"
    assert normal_rule(one, all_day=True, zone=PARIS) == "FREQ=WEEKLY;UNTIL=20270430;BYDAY=TU,TH"
    timed = normal_rule(one, all_day=False, zone=PARIS)
    assert timed == "FREQ=WEEKLY;UNTIL=20270430T215959Z;BYDAY=TU,TH"
    floating = normal_rule("FREQ=DAILY;UNTIL=20270430T120000", all_day=False, zone=PARIS)
    assert floating == "FREQ=DAILY;UNTIL=20270430T100000Z"
    late = normal_rule("FREQ=DAILY;UNTIL=20270429T230000Z", all_day=True, zone=PARIS)
    assert late == "FREQ=DAILY;UNTIL=20270430"
    assert normal_rule("", all_day=True, zone=PARIS) == ""


@given(rules())
def test_a_normal_rule_is_normal(raw: str) -> None:
    text = normal_rule(raw, all_day=False, zone=PARIS)
    assert normal_rule(text, all_day=False, zone=PARIS) == text
    assert rule_text(parse_rule(text)) == text


@pytest.mark.parametrize(
    "raw",
    [
        "FREQ=SOMETIMES",
        "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=DAILY;UNTIL=20271345",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;WKST=1",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY" + ";X-A=1" * 2000,
        "FREQ=YEARLY;BYDAY=0MO",
        "FREQ=DAILY;UNTIL=00000101",
    ],
)
def test_what_is_no_rule_is_told(raw: str) -> None:
    with pytest.raises(RecordError, match="bad-rule"):
        normal_rule(raw, all_day=False, zone=PARIS)


def test_a_rule_that_a_record_holds_broken_leaves_the_first_date() -> None:
    assert len(list(occurrences(weekly(rule="FREQ=?"), after=at(2027, 1, 1), limit=5))) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=8,9,10,11,12",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYMINUTE=0,10,20;BYSECOND=0,30",
    ],
)
def test_what_comes_again_and_again_within_a_day_is_shown_by_its_first_of_that_day(
    rule: str,
) -> None:
    start = datetime(2026, 1, 1, 7, tzinfo=UTC)
    event = Event(title="Cloche", start=start, end=start, series=Series(rule=rule, zone="UTC"))
    day = datetime(2026, 11, 24, tzinfo=UTC)
    looks = {shown(event, day + timedelta(hours=hour, seconds=7), "UTC") for hour in range(24)}
    (one,) = looks
    assert isinstance(one.start, datetime)
    assert one.start.date() == day.date()
    assert one.until == day + timedelta(days=1)
    assert shown(event, day + timedelta(days=1, seconds=1), "UTC") != one
