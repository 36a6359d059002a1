"""A patch touches the lines of the changed fields, and no byte of anything else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import new_resource, patch_resource, validate
from oscartes_sync.records.event import (
    Attachment,
    Event,
    Override,
    Position,
    RichText,
    Series,
    Status,
    Visibility,
)

ZONE = "Europe/Paris"
PARIS = ZoneInfo(ZONE)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS = "FeteDuPole.noe@oscartes"

# What an independent client makes: alarms, guests, conference, folds in odd places, own zone.
THEIRS = b"""BEGIN:VCALENDAR\r
PRODID:-//Client//EN\r
VERSION:2.0\r
BEGIN:VTIMEZONE\r
TZID:America/New_York\r
BEGIN:STANDARD\r
DTSTART:19701101T020000\r
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r
TZOFFSETFROM:-0400\r
TZOFFSETTO:-0500\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:19700308T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r
TZOFFSETFROM:-0500\r
TZOFFSETTO:-0400\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
X-FIRST;X-P="a:b;c":kept \xc3\r
 \xa9 as\r
\t is\r
uid:5f0c@client.example\r
DTSTAMP:20260101T000000Z\r
SEQUENCE:7\r
DTSTART;TZID=America/New_York;X-ODD=1:20270406T090000\r
DURATION:PT1H\r
RRULE:FREQ=WEEKLY;COUNT=9\r
EXDATE;TZID=America/New_York:20270413T090000,20270420T090000\r
SUMMARY;LANGUAGE=fr:R\xc3\xa9union\r
LOCATION;X-APPLE=1:Ici\r
DESCRIPTION;ALTREP="cid:1":Ancien\r
CATEGORIES;X-C=1:Perso,Agenda\r
CATEGORIES:Bleu\r
URL:https://client.example/own\r
ATTACH;FMTTYPE=application/pdf:https://client.example/f.pdf\r
IMAGE;VALUE=URI:https://client.example/i.png\r
ORGANIZER:mailto:a@client.example\r
ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@client.example\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
DESCRIPTION:Rappel\r
SUMMARY:Rappel\r
TRIGGER:-PT15M\r
END:VALARM\r
CONFERENCE;VALUE=URI:https://client.example/visio\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:5f0c@client.example\r
RECURRENCE-ID;TZID=America/New_York:20270427T090000\r
DTSTART;TZID=America/New_York:20270427T100000\r
DTEND;TZID=America/New_York:20270427T110000\r
SUMMARY:D\xc3\xa9plac\xc3\xa9e\r
X-OWN:1\r
END:VEVENT\r
END:VCALENDAR\r
"""
UID = "5f0c@client.example"


def at(*hands: int) -> datetime:
    return datetime(*hands, tzinfo=PARIS)  # type: ignore[misc, arg-type]


def read(body: bytes) -> Event:
    event = read_resource(body, zone=ZONE, language="fr").record
    assert event is not None
    return event


def patch(body: bytes, uid: str = UID, **changes: Any) -> bytes:
    patched = patch_resource(body, changes, read(body), uid=uid, zone=ZONE, language="fr", now=NOW)
    validate(patched, body)
    for name, value in changes.items():
        if name != "page":
            assert getattr(read(patched), name) == value
    return patched


def changed(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Physical lines that went and that came, stamps aside; what stays keeps its order."""
    stamps = re.compile(rb"SEQUENCE|DTSTAMP|LAST-MODIFIED")
    old, new = (
        [line for line in body.splitlines(keepends=True) if not stamps.match(line)]
        for body in (before, after)
    )
    gone = [line for line in old if line not in new]
    came = [line for line in new if line not in old]
    assert [line for line in old if line in new] == [line for line in new if line in old]
    return [line.decode().strip() for line in gone], [line.decode().strip() for line in came]


@pytest.mark.parametrize(
    ("changes", "gone", "came"),
    [
        (
            {"title": "Autre, titre"},
            ["SUMMARY;LANGUAGE=fr:Réunion"],
            ["SUMMARY;LANGUAGE=fr:Autre\\, titre"],
        ),
        ({"place": "Là"}, ["LOCATION;X-APPLE=1:Ici"], ["LOCATION;X-APPLE=1:Là"]),
        ({"place": ""}, ["LOCATION;X-APPLE=1:Ici"], []),
        (
            {"description": RichText("Neuf")},
            ['DESCRIPTION;ALTREP="cid:1":Ancien'],
            ["DESCRIPTION:Neuf"],
        ),
        (
            {"categories": ("Agenda", "Bleu", "Perso", "Vert")},
            ["CATEGORIES:Bleu"],
            ["CATEGORIES:Bleu,Vert"],
        ),
        (
            {"categories": ("Bleu", "Perso")},
            ["CATEGORIES;X-C=1:Perso,Agenda"],
            ["CATEGORIES;X-C=1:Perso"],
        ),
        ({"categories": ("Agenda", "Perso")}, ["CATEGORIES:Bleu"], []),
        ({"status": Status.CANCELLED}, [], ["STATUS:CANCELLED"]),
        ({"visibility": Visibility.PRIVATE}, [], ["CLASS:PRIVATE"]),
        ({"position": Position(43.4, 3.7)}, [], ["GEO:43.400000;3.700000"]),
        ({"link": "https://new.example"}, [], ["ATTACH;X-OSCARTES-FIELD=link:https://new.example"]),
        (
            {"image": "https://w/i.jpg"},
            [],
            ["IMAGE;VALUE=URI;X-OSCARTES-FIELD=image:https://w/i.jpg"],
        ),
        (
            {"files": (Attachment("https://w/f.pdf", "fichierbf_f"),)},
            [],
            ["ATTACH;X-OSCARTES-FIELD=fichierbf_f:https://w/f.pdf"],
        ),
    ],
)
def test_one_field_is_one_line(changes: dict[str, Any], gone: list[str], came: list[str]) -> None:
    assert changed(THEIRS, patch(THEIRS, **changes)) == (gone, came)


def test_the_stamps_of_the_main_component_move() -> None:
    patched = patch(THEIRS, title="x").decode("utf-8", "replace")
    assert "SEQUENCE:8\r\n" in patched
    assert "DTSTAMP:20261124T120000Z\r\n" in patched
    assert "LAST-MODIFIED:20261124T120000Z\r\n" in patched
    assert patched.count("SEQUENCE") == 1


def test_what_is_said_already_changes_no_byte() -> None:
    event = read(THEIRS)
    same = {name: getattr(event, name) for name in ("title", "place", "series", "start", "guests")}
    assert patch(THEIRS, **same) is THEIRS
    assert patch(THEIRS) is THEIRS


def test_new_properties_stand_ahead_of_alarms() -> None:
    patched = patch(THEIRS, status=Status.TENTATIVE)
    assert patched.index(b"STATUS:TENTATIVE") < patched.index(b"BEGIN:VALARM")
    assert patched.index(b"SUMMARY:Rappel") > 0


def test_a_series_keeps_the_zone_it_counts_in() -> None:
    event = read(THEIRS)
    assert event.series is not None
    assert event.series.zone == "America/New_York"
    assert event.start == at(2027, 4, 6, 15)
    gone, came = changed(THEIRS, patch(THEIRS, start=at(2027, 4, 6, 16), end=at(2027, 4, 6, 17)))
    assert gone == ["DTSTART;TZID=America/New_York;X-ODD=1:20270406T090000"]
    assert came == ["DTSTART;X-ODD=1;TZID=America/New_York:20270406T100000"]
    gone, came = changed(THEIRS, patch(THEIRS, end=at(2027, 4, 6, 18)))
    assert (gone, came) == (["DURATION:PT1H"], ["DTEND;TZID=America/New_York:20270406T120000"])


def test_dates_of_a_series_change_one_by_one() -> None:
    series = read(THEIRS).series
    assert series is not None
    excluded = (at(2027, 4, 13, 15), at(2027, 5, 4, 15))
    gone, came = changed(THEIRS, patch(THEIRS, series=replace(series, excluded=excluded)))
    assert gone == ["EXDATE;TZID=America/New_York:20270413T090000,20270420T090000"]
    assert came == [
        "EXDATE;TZID=America/New_York:20270413T090000",
        "EXDATE;TZID=America/New_York:20270504T090000",
    ]
    rule = replace(series, rule="FREQ=WEEKLY;COUNT=4")
    assert changed(THEIRS, patch(THEIRS, series=rule))[1] == ["RRULE:FREQ=WEEKLY;COUNT=4"]


def test_single_dates_are_patched_added_and_taken_away() -> None:
    series = read(THEIRS).series
    assert series is not None
    (override,) = series.overrides
    later = replace(override, end=at(2027, 4, 27, 18), place="Cour")
    gone, came = changed(THEIRS, patch(THEIRS, series=replace(series, overrides=(later,))))
    assert gone == ["DTEND;TZID=America/New_York:20270427T110000"]
    assert came == ["DTEND;TZID=America/New_York:20270427T120000", "LOCATION:Cour"]
    new = Override(at(2027, 5, 4, 15), at(2027, 5, 5, 9), at(2027, 5, 5, 10), "Neuve")
    text = patch(THEIRS, series=replace(series, overrides=(override, new)))
    more = text.decode("utf-8", "replace")
    added = more[more.rindex("BEGIN:VEVENT") :]
    for line in ("SUMMARY:Neuve", "ATTENDEE;PARTSTAT", "TRIGGER:-PT15M", "CATEGORIES;X-C=1:Perso"):
        assert line in added
    for line in ("RRULE", "EXDATE", "DURATION", "SUMMARY:Rappel\r\nX", "LOCATION"):
        assert line not in added
    none = patch(THEIRS, series=replace(series, overrides=()))
    assert none.count(b"BEGIN:VEVENT") == 1
    alone = patch(THEIRS, series=None)
    assert b"EXDATE" not in alone


def test_a_series_that_becomes_days_keeps_its_dates() -> None:
    days = patch(THEIRS, start=date(2027, 4, 6), end=date(2027, 4, 6))
    series = read(days).series
    assert series is not None
    assert series.excluded == (date(2027, 4, 13), date(2027, 4, 20))
    assert [each.at for each in series.overrides] == [date(2027, 4, 27)]


SIMPLE = (
    b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:s@b\nSUMMARY:x\n"
    b"DTSTART:20270406T120000Z\nDTEND:20270406T130000Z\nEND:VEVENT\nEND:VCALENDAR"
)


def test_a_moved_single_event_comes_into_the_networks_zone() -> None:
    moved = patch(SIMPLE, "s@b", start=at(2027, 4, 6, 12), end=at(2027, 4, 6, 15)).decode()
    assert "DTSTART;TZID=Europe/Paris:20270406T120000\nDTEND:20270406T130000Z\n" in moved
    assert moved.count("BEGIN:VTIMEZONE\nTZID:Europe/Paris\n") == 1
    assert moved.index("END:VTIMEZONE\nBEGIN:VEVENT") > 0
    assert "\r" not in moved
    later = patch(SIMPLE, "s@b", end=at(2027, 4, 6, 16)).decode()
    assert "DTSTART:20270406T120000Z\nDTEND:20270406T140000Z\n" in later
    assert "VTIMEZONE" not in later


def test_days_become_hours_and_back() -> None:
    days = patch(SIMPLE, "s@b", start=date(2027, 4, 6), end=date(2027, 4, 7))
    assert b"DTSTART;VALUE=DATE:20270406\nDTEND;VALUE=DATE:20270408\n" in days
    hours = patch(days, "s@b", start=at(2027, 4, 6, 9), end=at(2027, 4, 6, 9))
    assert b"DTSTART;TZID=Europe/Paris:20270406T090000\n" in hours
    assert b"DTEND" not in hours


def test_a_floating_series_goes_on_floating() -> None:
    body = SIMPLE.replace(b"000Z", b"000").replace(b"END:VEVENT", b"RRULE:FREQ=DAILY\nEND:VEVENT")
    patched = patch(body, "s@b", start=at(2027, 4, 6, 11), end=at(2027, 4, 6, 13))
    assert b"DTSTART:20270406T110000\n" in patched


def test_the_url_of_a_cloud_born_event_is_its_authors() -> None:
    assert read(THEIRS).link == "https://client.example/own"
    ours = patch(THEIRS, link="https://new.example")
    assert b"URL:https://client.example/own\r\n" in ours
    assert patch(ours, link="https://client.example/own").count(b"https://new.example") == 0
    event = read(THEIRS)
    emptied = patch_resource(
        THEIRS, {"link": ""}, event, uid=UID, zone=ZONE, language="fr", now=NOW
    )
    assert emptied is THEIRS


WIKI_EVENT = Event(
    title="Fête",
    start=date(2027, 6, 5),
    end=date(2027, 6, 6),
    description=RichText("Venez", "<p>Venez</p>"),
    organizer="Pôle",
    categories=("a", "b"),
    link="https://own.example",
    page="https://wiki.example/?FeteDuPole",
    properties=(("link", "bf_site"),),
    series=Series(
        "FREQ=YEARLY",
        overrides=(Override(date(2028, 6, 5), date(2028, 6, 7), date(2028, 6, 7), "Fête"),),
    ),
)


def wiki_born() -> bytes:
    return new_resource(WIKI_EVENT, OURS, zone=ZONE, language="fr", hint="noe:6:F", now=NOW)


def test_the_page_of_a_wiki_born_event_moves_with_the_wiki() -> None:
    moved = patch(wiki_born(), OURS, page="https://new.example/?F")
    assert moved.count(b"URL:https://new.example/?F") == 1
    assert read(moved).page == "https://new.example/?F"


def test_the_organizer_is_said_in_every_description_and_never_invited() -> None:
    patched = patch(wiki_born(), OURS, organizer="Autre").decode().replace("\r\n ", "")
    assert patched.count("X-OSCARTES-ORGANIZER:Autre") == 2
    assert patched.count("Organisé par : Autre") == 3
    assert "Pôle" not in patched
    assert "\nORGANIZER" not in patched
    assert read_resource(patched, zone=ZONE, language="fr").problems == ()
    none = patch(wiki_born(), OURS, organizer="").decode()
    assert "OSCARTES-ORGANIZER" not in none
    assert "Ajouté" not in none


def test_single_dates_of_a_wiki_born_series_follow_what_they_share() -> None:
    patched = patch(
        wiki_born(), OURS, visibility=Visibility.PRIVATE, categories=("a", "c")
    ).decode()
    assert patched.count("CLASS:PRIVATE") == 2
    assert patched.count("CATEGORIES:a,c") == 2
    assert "X-OSCARTES-FIELD=bf_site" in patched


def test_a_changed_text_takes_its_html_with_it() -> None:
    plain = patch(wiki_born(), OURS, description=RichText("Restez"))
    assert b"X-ALT-DESC" not in plain
    html = patch(plain, OURS, description=RichText("Restez", "<p>Restez</p>"))
    assert html.count(b"X-ALT-DESC") == 1


def test_impossible_changes_are_refused() -> None:
    with pytest.raises(Invalid, match="end-before-start"):
        patch(SIMPLE, "s@b", end=at(2027, 4, 1, 9))
    with pytest.raises(Invalid, match="no-title"):
        patch(SIMPLE, "s@b", title=" ")


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_no_text_gets_out_of_its_line(title: str, url: str) -> None:
    event = Event(title=f"x{title}", start=date(2027, 1, 1), end=date(2027, 1, 1), link=url)
    body = new_resource(event, OURS, zone=ZONE, language="fr", hint="", now=NOW)
    patched = patch_resource(
        SIMPLE,
        {"title": event.title, "place": title, "link": url, "description": RichText(title, url)},
        event,
        uid=OURS,
        zone=ZONE,
        language="fr",
        now=NOW + timedelta(1),
    )
    for text in (body, patched):
        names = re.findall(rb"^[A-Z-]+(?=[;:])", text, re.MULTILINE)
        assert names.count(b"BEGIN") == names.count(b"END") == 2
        assert names.count(b"UID") == 1
