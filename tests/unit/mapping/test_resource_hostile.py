"""Whatever a calendar holds ends in a record or a Problem, soon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.resource_reading import ResourceReading, read_resource
from oscartes_sync.mapping.resource_writing import patch_resource, validate
from oscartes_sync.records.event import Event
from oscartes_sync.records.occurrences import occurrences
from oscartes_sync.records.problem import Severity, Side
from oscartes_sync.records.standing import Standing

ZONE = "Europe/Paris"
PARIS = ZoneInfo(ZONE)
TIMES = ("DTSTART:20270406T120000Z", "DTEND:20270406T140000Z")


def body(
    *lines: str, uid: str = "UID:a@b", outside: tuple[str, ...] = (), end: str = "\r\n"
) -> str:
    inside = [uid, "SUMMARY:Fête", *lines]
    every = ["BEGIN:VCALENDAR", "VERSION:2.0", *outside, "BEGIN:VEVENT", *inside, "END:VEVENT"]
    return end.join([*every, "END:VCALENDAR", ""])


def read(text: str | bytes) -> ResourceReading:
    return read_resource(text, zone=ZONE, language="fr")


def event_of(text: str | bytes) -> Event:
    event = read(text).record
    assert event is not None, read(text).problems
    return event


def codes(text: str | bytes) -> list[str]:
    return [problem.code for problem in read(text).problems]


def at(*hands: int) -> datetime:
    return datetime(*hands, tzinfo=PARIS)  # type: ignore[misc, arg-type]


SINGLE = "BEGIN:VEVENT\r\nUID:a@b\r\n{}SUMMARY:x\r\nDTSTART:20270406\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-icalendar"),
        ("\ufeff", "not-icalendar"),
        ("<html>maintenance</html>", "not-icalendar"),
        ('{"a": 1}', "not-icalendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "not-icalendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", "not-icalendar"),
        ("BEGIN:VCARD\r\nEND:VCARD\r\n", "not-icalendar"),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no-event"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", "no-event"),
        (body(*TIMES) + body(*TIMES), "two-calendars"),
        (body(*TIMES, uid="UID:"), "no-uid"),
        (body(*TIMES, uid="X-NONE:1"), "no-uid"),
        (body("DTEND:20270406T120000Z"), "no-start"),
        (body("DTSTART:20270406T120000Z", "DTEND:20270406T110000Z"), "end-before-start"),
        (body("DTSTART;VALUE=DATE:20270406", "DTEND;VALUE=DATE:20270404"), "end-before-start"),
        (body("DTSTART:20270406T120000Z", "DURATION:-PT1H"), "end-before-start"),
        (body("DTSTART:20270406T120000Z", "DTEND;VALUE=DATE:20270407"), "day-and-time-mixed"),
        (body("DTSTART:20271306T120000Z"), "bad-date"),
        (body("DTSTART:gestern"), "bad-date"),
        (body("DTSTART:20270406T120000Z", "DURATION:P"), None),
        (body("DTSTART:20270406T120000Z", "DURATION:1H"), "bad-date"),
        (body("DTSTART:00010101T000000Z"), "date-out-of-range"),
        (body("DTSTART:99991231T235959Z"), "date-out-of-range"),
        (body("DTSTART:20270101T000000Z", "DURATION:P9999W"), None),
        (body("DTSTART:89990101T000000Z", "DURATION:P99999W"), "date-out-of-range"),
        (body("DTSTART:89990101", "DURATION:P999999D"), "date-out-of-range"),
        (body(*TIMES, "RRULE:FREQ=SOMETIMES"), "bad-rule"),
        (body(*TIMES, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "several-rules"),
        (body(*TIMES).replace("SUMMARY:Fête", "SUMMARY:  "), "no-title"),
        (body(*TIMES).replace("SUMMARY:Fête\r\n", ""), "no-title"),
        (
            "BEGIN:VCALENDAR\r\n" + SINGLE.format("") * 2 + "END:VCALENDAR\r\n",
            "two-main-events",
        ),
        (
            "BEGIN:VCALENDAR\r\n"
            + SINGLE.format("RECURRENCE-ID:20270406\r\n") * 2
            + "END:VCALENDAR\r\n",
            "no-main-event",
        ),
        (
            "BEGIN:VCALENDAR\r\n"
            + SINGLE.format("")
            + SINGLE.format("").replace("a@b", "c@d")
            + "END:VCALENDAR\r\n",
            "several-uids",
        ),
        ("\n" * 300_000, "too-large"),
        (body(*TIMES, "COMMENT:" + "x" * 11_000_000), "too-large"),
    ],
)
def test_what_makes_no_event_is_broken_and_never_sent(text: str, code: str | None) -> None:
    reading = read(text)
    if code is None:
        assert reading.record is not None
        return
    assert reading.standing is Standing.BROKEN
    assert reading.record is None
    (problem,) = reading.problems
    assert (problem.code, problem.side, problem.severity) == (code, Side.CLOUD, Severity.ERROR)
    with pytest.raises(Invalid, match=code):
        validate(text.encode())
    with pytest.raises(Invalid, match=code):
        patch_resource(
            text.encode(),
            {"title": "x"},
            Event(title="x", start=date(2027, 1, 1), end=date(2027, 1, 1)),
            uid="a@b",
            zone=ZONE,
            language="fr",
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_of_all_kinds_and_a_byte_order_mark(end: str) -> None:
    text = body(*TIMES, "DESCRIPTION:un", " e ligne", "\tpliée", end=end)
    event = event_of("\ufeff" + text)
    assert event.start == at(2027, 4, 6, 14)
    assert event.description.text == "une lignepliée"


def test_a_fold_inside_a_character() -> None:
    whole = body(*TIMES).encode().replace("ê".encode(), b"\xc3\r\n \xaa")
    assert event_of(whole).title == "Fête"


def test_bytes_that_are_not_utf8_are_read_as_what_they_likely_are() -> None:
    text = body(*TIMES).encode("latin-1")
    assert event_of(text).title == "Fête"
    assert codes(text) == ["not-utf8"]


def test_lower_case_names_and_control_characters() -> None:
    text = body(*TIMES).replace("SUMMARY:Fête", "summary;language=fr:F\x00ê\x07te")
    assert event_of(text).title == "Fête"


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        (("DTSTART;VALUE=DATE:20271224",), date(2027, 12, 24), date(2027, 12, 24)),
        (
            ("DTSTART;VALUE=DATE:20271224", "DTEND;VALUE=DATE:20271227"),
            date(2027, 12, 24),
            date(2027, 12, 26),
        ),
        (
            ("DTSTART;VALUE=DATE:20271224", "DTEND;VALUE=DATE:20271224"),
            date(2027, 12, 24),
            date(2027, 12, 24),
        ),
        (("DTSTART:20271224", "DURATION:P2D"), date(2027, 12, 24), date(2027, 12, 25)),
        (("DTSTART:20271224T180000",), at(2027, 12, 24, 18), at(2027, 12, 24, 18)),
        (
            ("DTSTART:20271224T180000", "DURATION:PT1H30M"),
            at(2027, 12, 24, 18),
            at(2027, 12, 24, 19, 30),
        ),
        (
            ("DTSTART;TZID=America/New_York:20271224T120000", "DTEND:20271224T180000Z"),
            at(2027, 12, 24, 18),
            at(2027, 12, 24, 19),
        ),
        (
            ("DTSTART;TZID=Romance Standard Time:20270624T120000",),
            at(2027, 6, 24, 12),
            at(2027, 6, 24, 12),
        ),
        (
            ('DTSTART;TZID="/freeassociation.sourceforge.net/Europe/London":20270624T120000',),
            at(2027, 6, 24, 13),
            at(2027, 6, 24, 13),
        ),
        (("DTSTART;TZID=Europe/Paris:20270328T023000",), at(2027, 3, 28, 3, 30), None),
        (("DTSTART:20270406T235960Z",), at(2027, 4, 7, 1, 59, 59), None),
    ],
)
def test_dates_and_times_of_all_kinds(
    lines: tuple[str, ...], start: date, end: date | None
) -> None:
    event = event_of(body(*lines))
    assert codes(body(*lines)) == []
    assert event.start == start
    assert event.end == (end or start)
    if isinstance(event.start, datetime):
        assert event.start.utcoffset() == event.start.astimezone(PARIS).utcoffset()


def zone(name: str, *lines: str) -> tuple[str, ...]:
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE")


def observance(kind: str, offset: str, *lines: str) -> tuple[str, ...]:
    head = (f"BEGIN:{kind}", "TZOFFSETFROM:+0000", f"TZOFFSETTO:{offset}")
    return (*head, *lines, f"END:{kind}")


YEARLY = "RRULE:FREQ=YEARLY"
HELSINKI = zone(
    "Ours",
    *observance("DAYLIGHT", "+0300", "DTSTART:19700329T030000", f"{YEARLY};BYMONTH=3;BYDAY=-1SU"),
    *observance("STANDARD", "+0200", "DTSTART:19701025T040000", f"{YEARLY};BYMONTH=10;BYDAY=-1SU"),
)


def test_a_made_up_zone_is_understood_by_its_vtimezone() -> None:
    text = body("DTSTART;TZID=Ours:20270624T120000", "RRULE:FREQ=DAILY", outside=HELSINKI)
    event = event_of(text)
    assert event.start == at(2027, 6, 24, 11)
    assert event.series is not None
    assert event.series.zone == "Europe/Athens"
    assert codes(text) == []
    validate(text.encode())


@pytest.mark.parametrize(
    "definition",
    [
        (),
        zone("Ours"),
        zone("Ours", *observance("STANDARD", "+1234", "DTSTART:19700101T000000")),
        zone(
            "Ours",
            *observance("STANDARD", "+0200", "DTSTART:19700101T000000", "RRULE:FREQ=SECONDLY"),
        ),
        zone("Ours", *observance("STANDARD", "x", "DTSTART:19700101T000000")),
    ],
)
def test_a_zone_that_nothing_explains_is_taken_for_the_networks(
    definition: tuple[str, ...],
) -> None:
    text = body("DTSTART;TZID=Ours:20270624T120000", outside=definition)
    assert event_of(text).start == at(2027, 6, 24, 12)
    (problem,) = read(text).problems
    assert (problem.code, problem.params) == ("zone-unknown", (("zone", "Ours"),))


def test_an_unknown_zone_is_not_sent_unless_it_was_there() -> None:
    text = body("DTSTART;TZID=Ours:20270624T120000").encode()
    with pytest.raises(Invalid, match="zone-unknown"):
        validate(text)
    validate(text, text)
    with pytest.raises(Invalid, match="method-in-body"):
        validate(body(*TIMES, outside=("METHOD:REQUEST",)).encode())


@pytest.mark.parametrize(
    "tzid", ["Europe", "../../etc/passwd", "x" * 5000, "localtime", "Ça/va", ""]
)
def test_odd_zone_names_do_no_harm(tzid: str) -> None:
    assert read(body(f"DTSTART;TZID={tzid}:20270624T120000")).record is not None


def test_mixed_kinds_in_a_series() -> None:
    event = event_of(
        body(
            "DTSTART;TZID=Europe/Paris:20270406T140000",
            "RRULE:FREQ=WEEKLY;UNTIL=20270430;X-NOTHING=1",
            "EXDATE;VALUE=DATE:20270413",
            "EXDATE:20270420T120000Z,nonsense",
            "RDATE;VALUE=PERIOD:20270407T120000Z/PT1H,20270408T120000Z/20270408T120000Z",
            "RDATE;VALUE=DATE:20270410",
        )
    )
    series = event.series
    assert series is not None
    assert series.rule == "FREQ=WEEKLY;UNTIL=20270430T215959Z"
    assert series.excluded == (at(2027, 4, 13, 14), at(2027, 4, 20, 14))
    assert series.extra == (at(2027, 4, 7, 14), at(2027, 4, 8, 14), at(2027, 4, 10, 14))


def test_what_of_a_series_cannot_be_carried_is_told() -> None:
    single = (
        "END:VEVENT", "BEGIN:VEVENT", "UID:a@b", "SUMMARY:x", "DTSTART:20270413T120000Z",
    )  # fmt: skip
    text = body(
        *TIMES,
        "RRULE:FREQ=WEEKLY",
        "EXRULE:FREQ=MONTHLY",
        "EXDATE:nonsense",
        "RDATE;VALUE=PERIOD:20270407T120000Z/PT1H",
        *single,
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20270413T120000Z",
        *single,
        "RECURRENCE-ID:nonsense",
    )
    assert codes(text) == [
        "date-ignored",
        "exrule-ignored",
        "override-unreadable",
        "period-length-ignored",
        "range-ignored",
    ]
    with pytest.raises(Invalid, match="date-ignored"):
        validate(text.encode())


def test_a_single_date_without_its_series_is_an_event_of_its_own() -> None:
    event = event_of(body(*TIMES, "RECURRENCE-ID:20270406T120000Z"))
    assert event.series is None


def test_masses_of_dates_and_single_dates_are_read() -> None:
    dates = [f"EXDATE:{date(2027, 1, 1) + timedelta(days=n):%Y%m%d}T120000Z" for n in range(5000)]
    single = "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:a@b\r\nSUMMARY:x\r\nDTSTART:20270406T120000Z\r\n"
    many = [f"{single}RECURRENCE-ID:{date(2027, 1, 1) + timedelta(days=n):%Y%m%d}T120000Z"
            for n in range(1000)]  # fmt: skip
    event = event_of(body(*TIMES, "RRULE:FREQ=SECONDLY", *dates, *many))
    assert event.series is not None
    assert len(event.series.excluded) == 5000
    assert len(event.series.overrides) == 1000
    shown = occurrences(event, after=datetime(2027, 6, 1, tzinfo=UTC), limit=50, zone=ZONE)
    assert len(list(shown)) == 50


@pytest.mark.parametrize(
    "line",
    [
        "X-ALT-DESC;FMTTYPE=text/html:" + "<" * 500_000,
        "DESCRIPTION:" + "— " * 300_000,
        "CATEGORIES:" + "\\," * 300_000,
        "CATEGORIES:" + "," * 300_000,
        "DESCRIPTION" + ';A="' * 200_000 + ":x",
        "DESCRIPTION" + ";A=1" * 100_000 + ":x",
        "EXDATE:" + "," * 100_000,
        "SEQUENCE:" + "9" * 100_000,
        "GEO:" + "9" * 100_000 + ";1",
        "DURATION:P" + "9" * 100_000 + "D",
        "RRULE:FREQ=DAILY;BYDAY=" + "MO," * 100_000,
        "X" * 1_000_000,
    ],
)
def test_long_lines_are_read_or_told(line: str) -> None:
    reading = read(body("DTSTART:20270406T120000Z", line))
    assert reading.record is not None or reading.problems


@given(st.lists(st.text(max_size=40) | st.sampled_from(list(HELSINKI)), max_size=12))
@settings(deadline=None)
def test_no_text_raises(lines: list[str]) -> None:
    for text in ("\r\n".join(lines), body("DTSTART:20270406", *lines)):
        reading = read(text)
        assert (reading.record is None) == (reading.standing is Standing.BROKEN)


@given(st.binary(max_size=300))
def test_no_bytes_raise(raw: bytes) -> None:
    assert read(raw).problems


FIELD_LINES = st.sampled_from([
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "GEO", "STATUS",
    "CLASS", "SEQUENCE", "CATEGORIES", "X-ALT-DESC;FMTTYPE=text/html", "ATTACH;X-OSCARTES-FIELD=f",
])  # fmt: skip
VALUES = st.text(max_size=25) | st.from_regex(r"[0-9]{8}(T[0-9]{6}Z?)?", fullmatch=True)


@given(st.lists(st.tuples(FIELD_LINES, VALUES).map(":".join), max_size=6))
@settings(deadline=None)
def test_no_value_raises(lines: list[str]) -> None:
    reading = read(body("DTSTART:20270406T100000Z", *lines))
    assert reading.record is not None or reading.problems
