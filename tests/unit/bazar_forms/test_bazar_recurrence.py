"""Bazar's recurrence: its shapes, and the dates that the wiki makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms.errors import RecurrenceMalformed
from bazar_forms.recurrence import (
    MAX_REPETITIONS,
    NTH,
    POSITIONS,
    RECURRENCE_PROPERTY,
    WEEKDAYS,
    Recurrence,
    Repetition,
    dates,
    flat_pairs,
    occurrences,
    recurrence_from_json,
    recurrence_pairs,
)
from bazar_forms.value import Day, Instant, parse_moment

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")
PARIS = ZoneInfo("Europe/Paris")

WEEKLY = {
    "isRecurrent": "1",
    "repetition": "w",
    "step": "1",
    "nbmax": "4",
    "limitdate": "2027-12-31",
    "days": ["tue"],
}


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def recurrence(**changes: object) -> Recurrence:
    found = recurrence_from_json({**WEEKLY, **changes})
    assert isinstance(found, Recurrence)
    return found


def moment(text: str) -> date | datetime:
    parsed = parse_moment(text)
    assert isinstance(parsed, (Day, Instant))
    return parsed.date if isinstance(parsed, Day) else parsed.moment


def as_stored(value: date | datetime) -> str:
    return value.isoformat()


def last_series(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The parent and its repetitions, as first listed after the structure was written."""
    recording = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    bodies = [one["response"]["body"] for one in recording["exchanges"]]
    return next(one for one in bodies if isinstance(one, dict) and "success" not in one)


@recorded
@pytest.mark.parametrize(
    "name",
    [
        "710-recurrence-weekly",
        "711-recurrence-two-days",
        "712-recurrence-start-outside-days",
        "713-recurrence-limit-exclusive",
        "714-recurrence-except",
        "715-recurrence-month-31",
        "716-recurrence-month-first-friday",
        "717-recurrence-month-last-friday",
        "718-recurrence-month-second-two-days",
        "719-recurrence-year",
        "720-recurrence-clock-change",
        "721-recurrence-utc-start",
        "722-recurrence-as-json-string",
    ],
)
def test_simulation_makes_the_repetitions_that_the_wiki_made(name: str) -> None:
    series = dict(last_series(name))
    parent_tag = min(series, key=len)
    parent = series.pop(parent_tag)
    structure = recurrence_from_json(parent[RECURRENCE_PROPERTY])
    assert isinstance(structure, Recurrence)
    start, end = moment(parent["bf_date_debut_evenement"]), moment(parent["bf_date_fin_evenement"])
    made = [(as_stored(a), as_stored(b)) for a, b in occurrences(start, end, PARIS, structure)]
    found = [
        (one["bf_date_debut_evenement"], one["bf_date_fin_evenement"]) for one in series.values()
    ]
    assert made == sorted(found)
    assert made
    for child in series.values():
        assert recurrence_from_json(child[RECURRENCE_PROPERTY]) == Repetition(parent_tag)


@recorded
def test_recorded_days_by_number_fall_back_to_the_weekday_of_the_start() -> None:
    raw = json.loads((RECORDINGS / "441-recurrent-entries.json").read_text("utf-8"))
    series = raw["response"]["body"]
    parent = series["PermanenceDuMardi"]
    structure = recurrence_from_json(parent[RECURRENCE_PROPERTY])
    assert isinstance(structure, Recurrence)
    assert structure.days == ("2",)
    made = dates(moment(parent["bf_date_debut_evenement"]), PARIS, structure)
    assert [f"PermanenceDuMardi{one:%Y%m%d}" for one in made] == sorted(series)[1:]


FACTS: dict[str, tuple[str, dict[str, object], list[str]]] = {
    "nbmax counts the repetitions after the first": (
        "2027-03-16", {"nbmax": "2"}, ["2027-03-23", "2027-03-30"],
    ),
    "an excepted date uses one up": (
        "2027-03-16",
        {"repetition": "d", "nbmax": "4", "except": ["2027-03-18"]},
        ["2027-03-17", "2027-03-19", "2027-03-20"],
    ),
    "the limit is exclusive": (
        "2027-03-16",
        {"repetition": "d", "nbmax": "9", "limitdate": "2027-03-19"},
        ["2027-03-17", "2027-03-18"],
    ),
    "days by number are ignored, the start's weekday counts": (
        "2027-03-17", {"days": ["2"], "nbmax": "2"}, ["2027-03-24", "2027-03-31"],
    ),
    "a week has its days in their order": (
        "2027-03-16", {"days": ["thu", "tue"], "nbmax": "3"},
        ["2027-03-18", "2027-03-23", "2027-03-25"],
    ),
    "a month takes the first of several weekdays alone": (
        "2027-03-09",
        {"repetition": "m", "whenInMonth": "secondOfMonth", "days": ["thu", "tue"], "nbmax": "3"},
        ["2027-04-13", "2027-05-11", "2027-06-08"],
    ),
    "a month has a first Friday": (
        "2027-03-05",
        {"repetition": "m", "whenInMonth": "fisrtOfMonth", "days": ["fri"], "nbmax": "2"},
        ["2027-04-02", "2027-05-07"],
    ),
    "the 31st runs over and counts on from there": (
        "2027-01-31",
        {"repetition": "m", "whenInMonth": "nthOfMonth", "nth": "31", "nbmax": "2"},
        ["2027-03-03", "2027-05-01"],
    ),
    "the last Friday misses 30 April": (
        "2027-03-26",
        {"repetition": "m", "whenInMonth": "lastOfMonth", "days": ["fri"], "nbmax": "2"},
        ["2027-04-23", "2027-05-28"],
    ),
    "a year without a month is that of the start": (
        "2027-03-09",
        {"repetition": "y", "whenInMonth": "nthOfMonth", "nth": "9", "nbmax": "2"},
        ["2028-03-09", "2029-03-09"],
    ),
    "29 February is 1 March in most years": (
        "2028-02-29",
        {"repetition": "y", "whenInMonth": "nthOfMonth", "nth": "29", "month": "feb", "nbmax": "4"},
        ["2029-03-01", "2030-03-01", "2031-03-01", "2032-02-29"],
    ),
    "more months than a year carry one year, and run over": (
        "2027-03-09",
        {"repetition": "m", "step": "30", "whenInMonth": "nthOfMonth", "nth": "9", "nbmax": "1"},
        ["2029-09-09"],
    ),
    "an hour stays what it is across the clock change": (
        "2027-10-28T09:00:00+02:00", {"days": ["thu"], "nbmax": "1"},
        ["2027-11-04T09:00:00+01:00"],
    ),
    "a start at no offset is taken for local figures": (
        "2027-10-28T09:00:00+00:00", {"days": ["thu"], "nbmax": "1"},
        ["2027-11-04T09:00:00+01:00"],
    ),
}  # fmt: skip
"""Reference section 8, "Recurrence", and the server's DateService.php: start, structure, dates."""


@pytest.mark.parametrize(("start", "structure", "expected"), FACTS.values(), ids=FACTS)
def test_the_wiki_counts_in_its_own_way(
    start: str, structure: dict[str, object], expected: list[str]
) -> None:
    rule = recurrence(**{"limitdate": "", **structure})
    assert [as_stored(each) for each in dates(moment(start), PARIS, rule)] == expected


def test_a_long_series_is_not_cut() -> None:
    made = dates(date(2027, 1, 1), PARIS, recurrence(repetition="d", nbmax="700", limitdate=""))
    assert (len(made), made[-1]) == (700, date(2028, 12, 1))


@given(
    st.builds(
        Recurrence,
        st.sampled_from(["d", "w", "m", "y"]),
        step=st.integers(1, 15),
        nbmax=st.just(12),
        days=st.sets(st.sampled_from(WEEKDAYS)).map(tuple),
        when_in_month=st.sampled_from([NTH, *POSITIONS]),
        nth=st.integers(1, 31),
    ),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_a_limit_or_an_exception_takes_dates_away_and_moves_none(
    rule: Recurrence, start: date
) -> None:
    made = dates(start, PARIS, rule)
    assert made == sorted(made)
    assert len(made) <= 12
    for each in made[:3]:
        assert isinstance(each, date)
        limited = dates(start, PARIS, replace(rule, limit=each))
        assert limited == [one for one in made if one < each]
        excepted = dates(start, PARIS, replace(rule, excepted=(each,)))
        assert excepted == [one for one in made if one != each]


def test_weekly_rule_that_starts_outside_its_days_skips_the_first_week() -> None:
    made = dates(date(2027, 3, 15), PARIS, recurrence(days=["tue", "thu"]))
    assert made == days("2027-03-23", "2027-03-25", "2027-03-30", "2027-04-01")


def test_every_second_week_keeps_to_the_days_of_its_week() -> None:
    made = dates(date(2027, 12, 21), PARIS, recurrence(step="2", limitdate="", days=["thu", "tue"]))
    assert made == days("2027-12-23", "2028-01-04", "2028-01-06", "2028-01-18")


def test_the_thirty_first_runs_over() -> None:
    rule = recurrence(repetition="m", whenInMonth="nthOfMonth", nth="31", nbmax="3", limitdate="")
    assert dates(date(2027, 1, 31), PARIS, rule) == days("2027-03-03", "2027-05-01", "2027-07-01")


def test_last_weekday_misses_the_last_day_of_a_month() -> None:
    rule = recurrence(repetition="m", whenInMonth="lastOfMonth", days=["fri"], nbmax="1")
    assert dates(date(2027, 3, 26), PARIS, rule) == days("2027-04-23")


def test_yearly_rule_goes_to_its_month() -> None:
    rule = recurrence(
        repetition="y", whenInMonth="secondOfMonth", days=["sun"], month="may", limitdate=""
    )
    assert dates(date(2027, 3, 9), PARIS, rule)[:2] == days("2028-05-14", "2029-05-13")


def test_limit_looks_at_the_end_too() -> None:
    rule = recurrence(repetition="d", days=[], limitdate="2027-03-20", nbmax="9")
    made = occurrences(date(2027, 3, 16), date(2027, 3, 18), PARIS, rule)
    assert made == [(date(2027, 3, 17), date(2027, 3, 19))]


def test_an_hour_that_spring_leaves_out_moves_and_stays_moved() -> None:
    start = datetime(2027, 3, 27, 2, 30, tzinfo=PARIS)
    made = dates(start, PARIS, recurrence(repetition="d", nbmax="2", days=[]))
    assert [one.isoformat() for one in made] == [
        "2027-03-28T03:30:00+02:00",
        "2027-03-29T03:30:00+02:00",
    ]


def test_times_are_those_of_the_wikis_zone() -> None:
    naive = dates(datetime(2027, 10, 28, 9), PARIS, recurrence(days=["thu"], nbmax="1"))
    elsewhere = datetime(2027, 10, 28, 3, tzinfo=ZoneInfo("America/New_York"))
    assert naive == dates(elsewhere, PARIS, recurrence(days=["thu"], nbmax="1"))
    assert [one.isoformat() for one in naive] == ["2027-11-04T09:00:00+01:00"]


def test_dates_beyond_the_calendar_end_the_series() -> None:
    rule = recurrence(repetition="y", whenInMonth="nthOfMonth", nth="1", step="5000", limitdate="")
    assert len(dates(date(2027, 1, 1), PARIS, rule)) == 1


def test_a_series_longer_than_a_wiki_can_hold_is_refused() -> None:
    with pytest.raises(RecurrenceMalformed):
        dates(date(2027, 1, 1), PARIS, recurrence(nbmax=str(MAX_REPETITIONS + 1)))


def test_a_structure_stored_as_a_string_does_nothing() -> None:
    found = recurrence_from_json(json.dumps(WEEKLY))
    assert isinstance(found, Recurrence)
    assert found.inert
    assert dates(date(2027, 3, 9), PARIS, found) == []


@pytest.mark.parametrize("raw", [None, "", " ", [], {}, {"isRecurrent": "0"}, "{}"])
def test_nothing_is_said_where_there_is_no_recurrence(raw: object) -> None:
    assert recurrence_from_json(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "rubbish",
        "[" * 100_000,
        "[1]",
        7,
        {**WEEKLY, "repetition": "h"},
        {**WEEKLY, "nbmax": ""},
        {**WEEKLY, "step": "0"},
        {**WEEKLY, "limitdate": "2027-02-30"},
        {**WEEKLY, "limitdate": "demain"},
        {**WEEKLY, "limitdate": ["x"]},
        {**WEEKLY, "except": ["18/03/2027"]},
        {**WEEKLY, "repetition": "m"},
        {**WEEKLY, "repetition": "y", "whenInMonth": "nthOfMonth", "nth": "32"},
    ],
)
def test_structures_that_the_wiki_would_not_follow_are_refused(raw: object) -> None:
    with pytest.raises(RecurrenceMalformed):
        recurrence_from_json(raw)


def test_stored_structure_is_laid_out_as_form_keys() -> None:
    assert flat_pairs("x", {"a": "1", "b": ["u", "v"], "c": {"d": 2}, "e": None, "f": True}) == {
        "x[a]": "1",
        "x[b][0]": "u",
        "x[b][1]": "v",
        "x[c][d]": "2",
        "x[f]": "1",
    }


def test_written_pairs_read_back_as_the_same_recurrence() -> None:
    rule = Recurrence(
        repetition="y",
        step=2,
        nbmax=3,
        limit=date(2030, 1, 1),
        days=("fri",),
        when_in_month="lastOfMonth",
        month="mar",
        excepted=(date(2028, 3, 31),),
    )
    assert recurrence_from_json(unflattened(recurrence_pairs(rule))) == rule
    monthly = Recurrence(repetition="m", nbmax=3, when_in_month="nthOfMonth", nth=31)
    assert recurrence_from_json(unflattened(recurrence_pairs(monthly))) == monthly


def test_a_repetition_is_written_as_the_servers_own_string() -> None:
    assert recurrence_pairs(Repetition("SerieHebdo")) == {
        RECURRENCE_PROPERTY: '{"recurrentParentId":"SerieHebdo"}'
    }


def unflattened(pairs: Mapping[str, str]) -> dict[str, object]:
    """What PHP makes of the keys: one level of names, lists numbered."""
    structure: dict[str, Any] = {}
    for name, text in pairs.items():
        key, _, rest = name.removeprefix(f"{RECURRENCE_PROPERTY}[").partition("]")
        if rest:
            structure.setdefault(key, []).append(text)
        else:
            structure[key] = text
    return structure


def test_midnight_is_no_special_hour() -> None:
    start = datetime.combine(date(2027, 3, 16), time(), PARIS)
    made = dates(start, PARIS, recurrence(nbmax="2"))
    assert [one.isoformat() for one in made] == [
        "2027-03-23T00:00:00+01:00",
        "2027-03-30T00:00:00+02:00",
    ]
