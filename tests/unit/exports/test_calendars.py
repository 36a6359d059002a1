"""iCalendar, read by `icalendar` and laid out by `recurring_ical_events`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from oscartes_sync.exports.calendars import render
from oscartes_sync.records.event import Event, Override, RichText, Series, Status
from tests.unit.exports.publications import (
    LICENCE,
    MADE,
    event,
    hostile_event,
    published,
    row,
    stable,
)

PARIS = ZoneInfo("Europe/Paris")


def hour(month: int, day: int, at: int = 18) -> datetime:
    return datetime(2027, month, day, at, tzinfo=PARIS)


def weekly() -> Event:
    moved = Override(
        at=hour(3, 17), start=hour(3, 18), end=hour(3, 18, 19), title="Un jeudi", place="Ailleurs"
    )
    series = Series("FREQ=WEEKLY;COUNT=4", (), (hour(3, 24),), (moved,), "Europe/Paris")
    return event(title="Chorale", start=hour(3, 10), end=hour(3, 10, 19), series=series)


def test_the_calendar_tells_its_name_its_licence_and_when_to_ask_again() -> None:
    publication = published(
        row("Bourse", event()), kind="events", title="Agenda", url="https://open.example/f"
    )
    calendar = Calendar.from_ical(render(publication))
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Agenda"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert LICENCE.url in calendar["DESCRIPTION"]
    assert calendar["SOURCE"] == "https://open.example/f/acteurs.ics"
    assert calendar["LAST-MODIFIED"].dt.isoformat() == "2026-11-24T10:30:00+00:00"


def test_an_event_is_whole_and_its_dates_are_those_of_the_entry() -> None:
    content = stable(render, row("Bourse", event()), kind="events")
    (found,) = Calendar.from_ical(content).events
    assert found["UID"] == "Bourse.noe@oscartes"
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2027, 3, 6), date(2027, 3, 8))
    assert found["DTSTAMP"].dt.isoformat() == "2026-11-24T10:30:00+00:00"
    assert found["CREATED"].dt == MADE
    assert found["URL"] == "https://wiki.example/?Bourse"
    assert LICENCE.url in content.decode().replace("\r\n ", "")


def test_the_organiser_is_told_without_the_mark_of_a_mirrored_event() -> None:
    (found,) = Calendar.from_ical(render(published(row("B", event()), kind="events"))).events
    assert found["DESCRIPTION"] == ("Apportez des boutures.\n\nOrganisé par : La Grange aux Outils")


def test_a_series_falls_on_its_dates() -> None:
    calendar = Calendar.from_ical(stable(render, row("Chorale", weekly()), kind="events"))
    found = recurring_ical_events.of(calendar).between(date(2027, 3, 1), date(2027, 4, 30))
    days = sorted((each["DTSTART"].dt.date().isoformat(), str(each["SUMMARY"])) for each in found)
    assert days == [
        ("2027-03-10", "Chorale"),
        ("2027-03-18", "Un jeudi"),
        ("2027-03-31", "Chorale"),
    ]
    assert {each["DTSTART"].dt.hour for each in found} == {18}


def test_each_zone_is_told_once() -> None:
    rows = (row("A", weekly()), row("B", weekly()))
    content = stable(render, *rows, kind="events")
    assert content.count(b"BEGIN:VTIMEZONE") == 1
    assert content.index(b"END:VTIMEZONE") < content.index(b"BEGIN:VEVENT")


def test_a_cancelled_event_stays_and_says_so() -> None:
    publication = published(
        row("B", event(status=Status.CANCELLED)), kind="events", fields=("place",)
    )
    (found,) = Calendar.from_ical(render(publication)).events
    assert found["STATUS"] == "CANCELLED"
    assert "DESCRIPTION" not in found


def test_what_a_view_leaves_out_is_left_out_of_single_dates_too() -> None:
    publication = published(row("Chorale", weekly()), kind="events", fields=("title",))
    assert b"Ailleurs" not in render(publication)


def test_no_events_are_a_calendar_all_the_same() -> None:
    calendar = Calendar.from_ical(render(published(kind="events")))
    assert calendar.events == []
    assert calendar["VERSION"] == "2.0"


def test_a_hostile_event_is_one_event() -> None:
    rows = (row("Mal", hostile_event()), row("Bon", event(description=RichText())))
    content = stable(render, *rows, kind="events")
    bad, good = Calendar.from_ical(content).events
    assert "]]>" in bad["SUMMARY"]
    assert good["SUMMARY"] == "Bourse aux plantes"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
