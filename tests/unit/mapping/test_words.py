"""Series in words, both languages."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.mapping.words import series_words
from oscartes_sync.records.event import Event, Override, RichText, Series, Status, When

PARIS = ZoneInfo("Europe/Paris")
ZONE = "Europe/Paris"


def at(*hands: int) -> datetime:
    return datetime(*hands, tzinfo=PARIS)  # type: ignore[misc, arg-type]


def tuesdays(start: When = at(2027, 3, 30, 14), **series: object) -> Event:  # noqa: B008
    values = {"rule": "FREQ=WEEKLY", "zone": ZONE, **series}
    end = start.replace(hour=16) if isinstance(start, datetime) else start
    return Event(title="Cercle", start=start, end=end, place="Salle", series=Series(**values))  # type: ignore[arg-type]


def words(event: Event, language: str = "fr") -> str:
    return series_words(event, language, zone=ZONE)


def test_a_series_with_an_end_an_exception_and_a_moved_date() -> None:
    moved = Override(
        at(2027, 4, 13, 14), at(2027, 4, 13, 15), at(2027, 4, 13, 17), "Cercle", place="Salle"
    )
    event = tuesdays(
        rule="FREQ=WEEKLY;UNTIL=20270430T120000Z",
        excluded=(at(2027, 4, 6, 14),),
        overrides=(moved,),
    )
    assert words(event) == (
        "tous les mardis jusqu'au 30 avril 2027, sauf le 6 avril ; "
        "le 13 avril à 15 h 00 au lieu de 14 h 00"
    )
    assert words(event, "en") == (
        "every Tuesday until 30 April 2027, except on 6 April; "
        "on 13 April at 15:00 instead of 14:00"
    )


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        ("FREQ=DAILY", "tous les jours", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "tous les 3 jours", "every 3 days"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "du lundi au vendredi", "Monday to Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "tous les lundis et mercredis", "every Monday and Wednesday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            "toutes les 2 semaines, le mardi et le jeudi",
            "every 2 weeks, on Tuesday and on Thursday",
        ),
        ("FREQ=MONTHLY", "le 30 de chaque mois", "the 30th of every month"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "le 1er et le 15 de chaque mois",
            "the 1st and the 15th of every month",
        ),
        (
            "FREQ=MONTHLY;BYDAY=2TU",
            "le deuxième mardi de chaque mois",
            "the second Tuesday of every month",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
            "le dernier vendredi de chaque mois",
            "the last Friday of every month",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "le dernier jour ouvré de chaque mois",
            "the last working day of every month",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1",
            "tous les 2 mois, le dernier jour",
            "every 2 months, the last day",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "le vendredi 13 de chaque mois",
            "Friday the 13 of every month",
        ),
        ("FREQ=YEARLY", "tous les ans, le 30 mars", "every year, on 30 March"),
        (
            "FREQ=YEARLY;BYMONTH=4,10;BYDAY=-1SU",
            "tous les ans, le dernier dimanche d'avril et d'octobre",
            "every year, the last Sunday of April and October",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "tous les ans, le lundi de la semaine 20",
            "every year, on Monday of week 20",
        ),
        (
            "FREQ=YEARLY;BYYEARDAY=100",
            "tous les ans, le 100e jour de l’année",
            "every year, the 100th day of the year",
        ),
        (
            "FREQ=DAILY;BYHOUR=9,14",
            "tous les jours, à 9 h 00 et 14 h 00",
            "every day, at 09:00 and 14:00",
        ),
        ("FREQ=HOURLY;INTERVAL=2", "toutes les 2 heures", "every 2 hours"),
        (
            "FREQ=WEEKLY;COUNT=5",
            "tous les mardis, 5 dates à partir du 30 mars 2027",
            "every Tuesday, 5 dates from 30 March 2027",
        ),
        (
            "FREQ=DAILY;BYMONTH=7,8",
            "tous les jours, en juillet et août",
            "every day, in July and August",
        ),
        (
            "FREQ=MONTHLY;BYMONTH=5;BYMONTHDAY=1",
            "le 1er de mai",
            "the 1st of May",
        ),
    ],
)
def test_rules(rule: str, french: str, english: str) -> None:
    assert words(tuesdays(rule=rule)) == french
    assert words(tuesdays(rule=rule), "en") == english


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYDAY=MO,TU;BYSETPOS=3",
        "FREQ=YEARLY;BYYEARDAY=-1",
        "FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=8,9",
        "FREQ=DAILY;BYSECOND=1,2",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=HOURLY;BYYEARDAY=3",
    ],
)
def test_what_no_words_fit_shows_the_rule(rule: str) -> None:
    assert words(tuesdays(rule=rule)) == f"selon la règle {rule}"


def test_extra_dates_without_a_rule() -> None:
    event = tuesdays(
        date(2027, 12, 28), rule="", extra=(date(2028, 1, 4), date(2028, 2, 1)), zone=""
    )
    assert words(event) == "le 28 décembre 2027, et aussi le 4 janvier 2028 et le 1er février"


def test_single_dates_tell_what_they_have_of_their_own() -> None:
    def own(start: datetime, end: datetime, title: str = "Cercle", **more: object) -> Override:
        values = {"place": "Salle", **more}
        return Override(at(2027, 4, 13, 14), start, end, title, **values)  # type: ignore[arg-type]

    cases = {
        "le 13 avril 2027 : annulé": own(
            at(2027, 4, 13, 14), at(2027, 4, 13, 16), status=Status.CANCELLED
        ),
        "le 14 avril 2027 à 9 h 00 au lieu du 13 avril à 14 h 00": own(
            at(2027, 4, 14, 9), at(2027, 4, 14, 11)
        ),
        "le 13 avril 2027 jusqu'à 17 h 30 au lieu de 16 h 00": own(
            at(2027, 4, 13, 14), at(2027, 4, 13, 17, 30)
        ),
        "le 13 avril 2027 : « Fête », lieu : Jardin": own(
            at(2027, 4, 13, 14), at(2027, 4, 13, 16), "Fête", place="Jardin"
        ),
        "le 13 avril 2027 : sans lieu, autre description": own(
            at(2027, 4, 13, 14), at(2027, 4, 13, 16), place="", description=RichText("x")
        ),
        "le 13 avril 2027 jusqu'au 14 avril à 2 h 00": own(at(2027, 4, 13, 14), at(2027, 4, 14, 2)),
    }
    for said, override in cases.items():
        assert words(tuesdays(overrides=(override,))) == f"tous les mardis ; {said}"
    same = own(at(2027, 4, 13, 14), at(2027, 4, 13, 16))
    assert words(tuesdays(overrides=(same,))) == "tous les mardis"


def test_many_exceptions_are_counted() -> None:
    excluded = tuple(date.fromordinal(date(2027, 4, 1).toordinal() + n) for n in range(5000))
    event = tuesdays(date(2027, 3, 30), rule="FREQ=DAILY", excluded=excluded, zone="")
    said = words(event)
    assert said.startswith("tous les jours, sauf 5000 dates, dont les dernières : le ")
    assert len(said) < 500


def test_an_event_that_stands_alone_has_no_words() -> None:
    assert words(Event(title="Seul", start=date(2027, 1, 1), end=date(2027, 1, 1))) == ""


def test_the_year_is_said_where_it_changes() -> None:
    event = tuesdays(excluded=(at(2027, 12, 28, 14), at(2028, 1, 4, 14), at(2028, 1, 11, 14)))
    assert words(event) == (
        "tous les mardis, sauf le 28 décembre 2027, le 4 janvier 2028 et le 11 janvier"
    )


@given(st.text(max_size=60))
def test_no_rule_breaks_the_words(raw: str) -> None:
    assert words(tuesdays(rule=f"FREQ=MONTHLY;{raw}"))
