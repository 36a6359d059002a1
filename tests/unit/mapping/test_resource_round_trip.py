"""What is written reads back the same, here and with an independent library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import new_resource, patch_resource, validate
from oscartes_sync.records.event import (
    FIELDS,
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
THEIRS = "5f0c-41@client.example"


def new(event: Event, uid: str = OURS) -> bytes:
    return new_resource(event, uid, zone=ZONE, language="fr", hint="noe:6:FeteDuPole", now=NOW)


def read(body: bytes) -> Event:
    event = read_resource(body, zone=ZONE, language="fr").record
    assert event is not None
    return event


LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
LINE = st.text(LETTERS, max_size=90).map(lambda text: " ".join(text.split()))
NAME = LINE.filter(bool)
TEXT = st.lists(LINE, max_size=5).map("\n".join).map(str.strip)
URL = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=60).map(
    "https://x.example/".__add__
)
PROPERTY = st.from_regex(r"[a-z_]{1,12}", fullmatch=True).map("bf_".__add__)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda when: when.replace(microsecond=0, tzinfo=UTC).astimezone(PARIS)
)
DATES = st.dates(date(1990, 1, 1), date(2090, 1, 1))
RULES = st.sampled_from(["", "FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;COUNT=4", "FREQ=DAILY"])


@st.composite
def rich(draw: st.DrawFn) -> RichText:
    text = draw(TEXT)
    return RichText(text, f"<p>{draw(LINE)}</p>" if text and draw(st.booleans()) else "")


@st.composite
def series(draw: st.DrawFn, dates: st.SearchStrategy[date], zone: str) -> Series | None:
    extra = draw(st.lists(dates, max_size=3, unique=True))
    rule = draw(RULES)
    overrides = []
    for at in draw(st.lists(dates, max_size=2, unique=True)):
        begin = draw(dates)
        length = timedelta(days=draw(st.integers(0, 3)))
        overrides.append(Override(at, begin, begin + length, draw(NAME), draw(rich()), draw(LINE)))
    if not (rule or extra or overrides):
        return None
    excluded = draw(st.lists(dates, max_size=3, unique=True))
    return Series(rule, tuple(extra), tuple(excluded), tuple(overrides), zone)


@st.composite
def events(draw: st.DrawFn) -> Event:
    dates, zone = draw(st.sampled_from([(DATES, ""), (INSTANTS, ZONE)]))
    start = draw(dates)
    link, image = draw(st.just("") | URL), draw(st.just("") | URL)
    files = st.builds(Attachment, URL, PROPERTY.map("fichier".__add__))
    return Event(
        title=draw(NAME),
        start=start,
        end=start + timedelta(days=draw(st.integers(0, 5))),
        description=draw(rich()),
        place=draw(LINE),
        position=draw(st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))),
        link=link,
        categories=tuple(draw(st.lists(NAME, max_size=4))),
        organizer=draw(st.just("") | NAME),
        image=image,
        files=tuple(draw(st.lists(files, max_size=2, unique=True))),
        status=draw(st.sampled_from(Status)),
        visibility=draw(st.sampled_from(Visibility)),
        series=draw(series(dates, zone)),
        page=draw(URL),
        properties=(("image", draw(PROPERTY)), ("link", draw(PROPERTY))),
    )


def second_pass(event: Event) -> bool:
    """A series that starts when the clocks show an hour again: no local time says so."""
    start = event.start
    if event.series is None or not isinstance(start, datetime):
        return False
    hands = start.astimezone(PARIS).replace(tzinfo=None)
    return hands.replace(tzinfo=PARIS).astimezone(UTC) != start.astimezone(UTC)


@given(events().filter(lambda event: not second_pass(event)))
@settings(max_examples=150, deadline=None)
def test_a_wiki_born_event_reads_back_the_same(event: Event) -> None:
    body = new(event)
    validate(body)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.decode().endswith("END:VCALENDAR\r\n")
    reading = read_resource(body, zone=ZONE, language="en")
    assert reading.problems == ()
    assert reading.uid == OURS
    assert reading.hint == "noe:6:FeteDuPole"
    assert reading.record == event
    assert reading.record.page == event.page


@given(events().filter(lambda event: not second_pass(event)))
@settings(max_examples=60, deadline=None)
def test_a_cloud_born_event_made_again_reads_back_the_same(event: Event) -> None:
    body = new(event, THEIRS)
    assert b"X-OSCARTES-FIELD=" not in body or event.image or event.files
    assert read(body) == event


@given(events().filter(lambda event: not second_pass(event)))
@settings(max_examples=60, deadline=None)
def test_an_independent_library_reads_what_we_write(event: Event) -> None:
    calendar = icalendar.Calendar.from_ical(new(event))
    main = next(each for each in calendar.walk("VEVENT") if "RECURRENCE-ID" not in each)
    assert str(main["SUMMARY"]) == event.title
    start, end = (main.decoded(name, None) for name in ("DTSTART", "DTEND"))
    assert start == event.start
    if event.all_day:
        assert end == event.end + timedelta(days=1)
    else:
        assert start.utcoffset() == event.start.utcoffset()  # type: ignore[attr-defined]


@given(events(), events(), st.sets(st.sampled_from(FIELDS)))
@settings(max_examples=150, deadline=None)
def test_a_patch_makes_the_changed_fields_so_and_no_other(
    old: Event, wanted: Event, names: set[str]
) -> None:
    names -= {"guests"}
    if old.all_day != wanted.all_day or {"start", "end", "series"} & names:
        names |= {"start", "end", "series"}
    if {"start", "end", "series"} & names and second_pass(wanted):
        return
    if second_pass(old):
        return
    body = new(old)
    changes = {name: getattr(wanted, name) for name in sorted(names)}
    patched = patch_resource(
        body, changes, wanted, uid=OURS, zone=ZONE, language="fr", now=NOW + timedelta(days=1)
    )
    validate(patched)
    after = read(patched)
    for name in FIELDS:
        expected = getattr(wanted if name in names else old, name)
        assert getattr(after, name) == expected, name
    if after == old:
        assert patched == body


def test_both_clock_changes_keep_their_instants() -> None:
    for hands, fold in [((2027, 3, 28, 1, 30), 0), ((2027, 10, 31, 2, 30), 0),
                        ((2027, 10, 31, 2, 30), 1)]:  # fmt: skip
        start = datetime(*hands, tzinfo=PARIS, fold=fold)
        event = Event(title="Nuit", start=start, end=start.astimezone(UTC) + timedelta(hours=2))
        assert read(new(event)) == event
    assert b"DTSTART:20271031T013000Z" in new(event)


@pytest.mark.parametrize(
    ("zone", "line"), [("America/Cayenne", "TZOFFSETTO:-0300"), ("Africa/Casablanca", "RDATE")]
)
def test_other_networks_have_their_own_vtimezone(zone: str, line: str) -> None:
    start = datetime(2027, 4, 6, 14, tzinfo=ZoneInfo(zone))
    event = Event(title="Loin", start=start, end=start + timedelta(hours=1))
    body = new_resource(event, OURS, zone=zone, language="fr", hint="", now=NOW).decode()
    assert f"TZID:{zone}" in body
    assert line in body or line == "RDATE"
    dated = icalendar.Calendar.from_ical(body).walk("VEVENT")[0].decoded("DTSTART")
    assert dated.utcoffset() == start.utcoffset()


def test_a_network_in_utc_writes_no_zone() -> None:
    start = datetime(2027, 4, 6, 14, tzinfo=UTC)
    event = Event(title="Loin", start=start, end=start)
    body = new_resource(event, OURS, zone="UTC", language="en", hint="", now=NOW)
    assert b"DTSTART:20270406T140000Z\r\n" in body
    assert b"DTEND" not in body
    assert b"VTIMEZONE" not in body
