"""Rules as Bazar's structures: only where the wiki's own arithmetic gives the same dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazar_forms.recurrence import Recurrence, recurrence_from_json, recurrence_to_json
from oscartes_sync.mapping.series_writing import (
    MOST_EXCEPTED,
    MOST_WRITTEN,
    as_held,
    lay_out,
    made_dates,
    wanted_dates,
)
from oscartes_sync.records.event import Event, Series, When

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TUESDAY = datetime(2027, 3, 16, 18, 0, tzinfo=PARIS)


def timed(rule: str, start: datetime = TUESDAY, *, hours: float = 2, **more: object) -> Event:
    series = Series(rule=rule, zone="Europe/Paris", **more)  # type: ignore[arg-type]
    end = start + timedelta(hours=hours)
    return Event(title="Permanence", start=start, end=end, series=series)


def days(rule: str, start: date, *, length: int = 0, **more: object) -> Event:
    series = Series(rule=rule, **more)  # type: ignore[arg-type]
    return Event(title="Marché", start=start, end=start + timedelta(length), series=series)


def starts(event: Event, structure: Recurrence) -> list[When]:
    return [start for start, _ in made_dates(event, structure, PARIS) or ()]


FITTING = {
    "daily": (timed("FREQ=DAILY;COUNT=5"), "d", 4),
    "every third day": (timed("FREQ=DAILY;INTERVAL=3;COUNT=5"), "d", 4),
    "working days": (timed("FREQ=DAILY;UNTIL=20270331T220000Z;BYDAY=MO,TU,WE,TH,FR"), "w", 11),
    "weekly across the clock change": (timed("FREQ=WEEKLY;COUNT=8"), "w", 7),
    "two days a week": (timed("FREQ=WEEKLY;COUNT=7;BYDAY=TU,TH"), "w", 6),
    "every other week, two days": (timed("FREQ=WEEKLY;INTERVAL=2;COUNT=7;BYDAY=TU,TH"), "w", 6),
    "monthly on its day": (timed("FREQ=MONTHLY;COUNT=4"), "m", 3),
    "monthly on the 16th": (timed("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=16"), "m", 3),
    "third Tuesday": (timed("FREQ=MONTHLY;COUNT=6;BYDAY=3TU"), "m", 5),
    "third Tuesday by position": (timed("FREQ=MONTHLY;COUNT=6;BYDAY=TU;BYSETPOS=3"), "m", 5),
    "last Friday where it is never the month's last day": (
        days("FREQ=MONTHLY;COUNT=3;BYDAY=-1FR", date(2027, 1, 29)), "m", 2,
    ),
    "yearly": (days("FREQ=YEARLY;COUNT=5", date(2027, 3, 9), length=2), "y", 4),
    "yearly in its month": (
        days("FREQ=YEARLY;COUNT=5;BYMONTH=3;BYMONTHDAY=9", date(2027, 3, 9)), "y", 4,
    ),
    "second Sunday of May": (
        days("FREQ=YEARLY;COUNT=4;BYMONTH=5;BYDAY=2SU", date(2027, 5, 9)), "y", 3,
    ),
    "every fourth 29 February": (days("FREQ=YEARLY;INTERVAL=4;COUNT=3", date(2028, 2, 29)), "y", 2),
    "29 February, what the wiki makes on 1 March excepted": (
        days("FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=29", date(2028, 2, 29)), "y", 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("event", "letter", "count"), FITTING.values(), ids=FITTING)
def test_a_rule_that_the_wiki_can_count_becomes_its_structure(
    event: Event, letter: str, count: int
) -> None:
    structure = lay_out(event, PARIS, NOW)
    assert structure is not None
    assert (structure.repetition, structure.nbmax) == (letter, count)
    expected = wanted_dates(event, PARIS, NOW)
    assert expected is not None
    assert made_dates(event, structure, PARIS) == expected[1:]


UNFIT = {
    "the first week would be skipped": timed("FREQ=WEEKLY;COUNT=5;BYDAY=WE,TH"),
    "the 31st": days("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=31", date(2027, 1, 31)),
    "the month's last day": days("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=-1", date(2027, 1, 31)),
    "the last Friday on 30 April": days("FREQ=MONTHLY;COUNT=6;BYDAY=-1FR", date(2027, 1, 29)),
    "two days of a month": timed("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=16,20"),
    "two weekdays of a month": timed("FREQ=MONTHLY;COUNT=5;BYDAY=3TU,3WE"),
    "a fifth Tuesday": timed("FREQ=MONTHLY;COUNT=3;BYDAY=5TU", datetime(2027, 3, 30, tzinfo=PARIS)),
    "months of a year": timed("FREQ=YEARLY;COUNT=5;BYMONTH=3,6"),
    "a day of a year": days("FREQ=YEARLY;COUNT=5;BYYEARDAY=75", date(2027, 3, 16)),
    "hours": timed("FREQ=DAILY;COUNT=6;BYHOUR=18,20"),
    "every hour": timed("FREQ=HOURLY;COUNT=6", hours=1),
    "an extra date": timed("FREQ=WEEKLY;COUNT=3", extra=(TUESDAY + timedelta(days=1),)),
    "extra dates alone": timed("", extra=(TUESDAY + timedelta(days=7),)),
    "the first date excepted": timed("FREQ=WEEKLY;COUNT=5", excluded=(TUESDAY,)),
    "one date": timed("FREQ=WEEKLY;COUNT=1"),
    "too many dates": timed(f"FREQ=DAILY;COUNT={MOST_WRITTEN + 1}"),
    "longer than can be counted": days("FREQ=YEARLY;COUNT=200", date(2027, 3, 9)),
    "a rule that is none": timed("FREQ=NEVER"),
    "a night that spring shortens": timed(
        "FREQ=WEEKLY;COUNT=3", datetime(2027, 3, 20, 22, 0, tzinfo=PARIS), hours=8
    ),
    "an hour that spring leaves out": timed(
        "FREQ=WEEKLY;COUNT=3", datetime(2027, 3, 21, 2, 30, tzinfo=PARIS), hours=3
    ),
    "another zone's clock": Event(
        title="Call",
        start=datetime(2027, 3, 9, 15, 0, tzinfo=PARIS),
        end=datetime(2027, 3, 9, 16, 0, tzinfo=PARIS),
        series=Series(rule="FREQ=WEEKLY;COUNT=5", zone="America/New_York"),
    ),
}


@pytest.mark.parametrize("event", UNFIT.values(), ids=UNFIT)
def test_a_rule_that_the_wiki_counts_otherwise_becomes_none(event: Event) -> None:
    assert lay_out(event, PARIS, NOW) is None


def test_excepted_dates_are_excepted_and_use_up_the_number() -> None:
    gone = TUESDAY + timedelta(days=14)
    event = timed("FREQ=WEEKLY;COUNT=5", excluded=(gone,))
    structure = lay_out(event, PARIS, NOW)
    assert structure is not None
    assert (structure.nbmax, structure.excepted) == (4, (date(2027, 3, 30),))
    assert gone not in starts(event, structure)


def test_a_rule_without_end_is_laid_out_to_the_end_of_next_year() -> None:
    event = timed("FREQ=WEEKLY", datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))
    structure = lay_out(event, PARIS, NOW)
    assert structure is not None
    assert starts(event, structure)[-1] == datetime(2027, 12, 28, 18, 0, tzinfo=PARIS)
    later = lay_out(event, PARIS, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), kept=structure)
    assert later is not None
    assert starts(event, later)[-1] == datetime(2028, 12, 26, 18, 0, tzinfo=PARIS)
    assert later == Recurrence("w", nbmax=later.nbmax, limit=date(2028, 12, 27), days=("tue",))


def test_what_the_entry_holds_stays_where_it_says_the_same() -> None:
    held = Recurrence("d", step=7, nbmax=4, limit=date(2028, 1, 1))
    assert lay_out(timed("FREQ=WEEKLY;COUNT=5"), PARIS, NOW, kept=held) == held
    inert = Recurrence("d", step=7, nbmax=4, inert=True)
    found = lay_out(timed("FREQ=WEEKLY;COUNT=5"), PARIS, NOW, kept=inert)
    assert found is not None
    assert found.repetition == "w"


def test_the_series_is_read_again_as_its_dates() -> None:
    event = timed("FREQ=WEEKLY;COUNT=5", excluded=(TUESDAY + timedelta(days=14),))
    structure = lay_out(event, PARIS, NOW)
    assert structure is not None
    held = as_held(event, structure, PARIS)
    assert held is not None
    assert held.rule == "FREQ=WEEKLY;COUNT=5;BYDAY=TU"
    assert held.excluded == event.series.excluded if event.series else False


RULES = st.builds(
    lambda freq, interval, count, by: f"FREQ={freq};INTERVAL={interval};COUNT={count}{by}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 14),
    st.integers(2, 40),
    st.sampled_from(
        ["", ";BYDAY=TU", ";BYDAY=MO,TU,SU", ";BYDAY=-1FR", ";BYDAY=2TU", ";BYMONTHDAY=31",
         ";BYMONTHDAY=29", ";BYMONTH=2;BYMONTHDAY=28", ";BYDAY=TU,TH;WKST=SU",
         ";BYDAY=FR;BYSETPOS=-1"]
    ),
)  # fmt: skip


def begun(rule: str, begin: datetime, minutes: int, whole_days: bool) -> Event:
    """An event of that rule, which starts there."""
    if whole_days:
        return days(rule, begin.date(), length=minutes // 1440)
    start = begin.replace(microsecond=0, tzinfo=PARIS).astimezone(UTC).astimezone(PARIS)
    return timed(rule, start, hours=minutes / 60)


EVENTS = st.builds(
    begun,
    RULES,
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    st.integers(0, 5_000),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(EVENTS, st.booleans(), st.sets(st.integers(1, 39), max_size=4))
def test_whatever_is_laid_out_has_exactly_the_dates_of_the_rule(
    event: Event, aligned: bool, gone: set[int]
) -> None:
    bare = wanted_dates(event, PARIS, NOW)
    if bare is None:
        assert lay_out(event, PARIS, NOW) is None
        return
    if aligned and len(bare) > 2:  # the rule then asks for the first date too
        event = replace(event, start=bare[1][0], end=bare[1][1])
        bare = wanted_dates(event, PARIS, NOW) or []
    excluded = tuple(bare[number][0] for number in gone if number < len(bare))
    assert event.series is not None
    event = replace(event, series=replace(event.series, excluded=excluded))
    structure = lay_out(event, PARIS, NOW)
    if structure is not None:
        dates = wanted_dates(event, PARIS, NOW) or []
        assert made_dates(event, structure, PARIS) == dates[1:]
        assert len(structure.excepted) <= MOST_EXCEPTED
        assert recurrence_from_json(recurrence_to_json(structure)) == structure
        held = as_held(event, structure, PARIS)
        assert held is not None
        read = replace(event, series=held)
        assert wanted_dates(read, PARIS, NOW) == dates
        assert lay_out(read, PARIS, NOW, kept=structure) == structure
