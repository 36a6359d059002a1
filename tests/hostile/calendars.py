"""Ugly calendars: what programs, people and their enemies put into a resource.

Each is a whole body of bytes under a name that says what is wrong with it. `READ` are those that
must make an event, `TOLD` those that must be refused with a Problem, by its code.
"""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Final

START: Final = "DTSTART;TZID=Europe/Paris:20270406T140000"
END: Final = "DTEND;TZID=Europe/Paris:20270406T160000"
SPAN: Final = (START, END)
DAY: Final = "DTSTART;VALUE=DATE:20270406"


def calendar(*parts: str, head: tuple[str, ...] = (), end: str = "\r\n") -> bytes:
    """A VCALENDAR around these lines."""
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hostile//EN", *head, *parts)
    return end.join((*lines, "END:VCALENDAR", "")).encode()


def component(*lines: str, uid: str = "ugly@example", title: str = "SUMMARY:Fête") -> list[str]:
    """The lines of one VEVENT."""
    named = [each for each in (f"UID:{uid}" if uid else "", title) if each]
    return ["BEGIN:VEVENT", *named, "DTSTAMP:20261101T080000Z", *lines, "END:VEVENT"]


def event(*lines: str, uid: str = "ugly@example", title: str = "SUMMARY:Fête") -> bytes:
    """A resource of one VEVENT."""
    return calendar(*component(*lines, uid=uid, title=title))


def weekly(*lines: str) -> bytes:
    """A series of Tuesdays."""
    return event(*SPAN, "RRULE:FREQ=WEEKLY", *lines)


def zone(name: str, *observances: str) -> list[str]:
    """The lines of one VTIMEZONE."""
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE"]


def observance(kind: str, offset: str, rule: str = "") -> list[str]:
    """The lines of STANDARD or DAYLIGHT."""
    repeated = [f"RRULE:{rule}"] if rule else []
    return [
        f"BEGIN:{kind}", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}", *repeated, f"END:{kind}",
    ]  # fmt: skip


def days(count: int, first: date = date(2027, 4, 6)) -> list[str]:
    """So many days, written as iCalendar does."""
    return [f"{first + timedelta(days=number):%Y%m%d}" for number in range(count)]


SINGLE: Final = component(
    "RECURRENCE-ID;TZID=Europe/Paris:20270413T140000",
    "DTSTART;TZID=Europe/Paris:20270413T150000",
    "DTEND;TZID=Europe/Paris:20270413T170000",
)
_THIS_AND_LATER: Final = [
    line.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE") for line in SINGLE
]
_CLOCK: Final = ";".join(
    f"{name}={','.join(map(str, range(60)))}" for name in ("BYMINUTE", "BYSECOND")
)
_BUSY_ZONE: Final = [
    line
    for _ in range(20)
    for line in observance("STANDARD", "+0123", f"FREQ=YEARLY;BYMONTH=1;{_CLOCK}")
]
_CUT_ACCENTS: Final = b"\r\n ".join([b"\xc3", b"\xa9\xc3"] * 100_000 + [b"\xa9"])
_HOURS: Final = ",".join(map(str, range(24)))
_BASE64: Final = base64.b64encode(bytes(range(256)) * 3000).decode()

READ: Final[dict[str, bytes]] = {
    "floating": event("DTSTART:20270406T140000", "DTEND:20270406T160000"),
    "zone unknown": event("DTSTART;TZID=Mars/Olympus:20270406T140000"),
    "zone made up, explained": calendar(
        *zone("Chez nous", *observance("STANDARD", "+0100")),
        *component("DTSTART;TZID=Chez nous:20270406T140000"),
    ),
    "zone made up, explained by nonsense": calendar(
        *zone("Chez nous", *observance("STANDARD", "+99:99", "FREQ=NEVER")),
        *component("DTSTART;TZID=Chez nous:20270406T140000"),
    ),
    "zones that keep busy": calendar(
        *(line for number in range(60) for line in zone(f"Z{number}", *_BUSY_ZONE)),
        *component(
            DAY.replace(";VALUE=DATE", ""),
            "RRULE:FREQ=DAILY",
            *(f"EXDATE;TZID=Z{number}:20270407T000000" for number in range(60)),
        ),
    ),
    "zones unknown by the thousand": weekly(
        *(f"EXDATE;TZID=Z{number}:20270413T140000" for number in range(5_000))
    ),
    "rdate of days": weekly("RDATE;VALUE=DATE:20270501,20270502"),
    "rdate of periods": weekly("RDATE;VALUE=PERIOD:20270501T120000Z/PT2H,20270502T120000Z/PT9H"),
    "rdate elsewhere": weekly("RDATE;TZID=America/New_York:20270501T080000"),
    "rdate of nonsense": weekly("RDATE:,,20270501,x,20271301T000000Z,/PT1H,20270501T120000Z/"),
    "rdate in year 1": weekly("RDATE:00010101T000000Z"),
    "rdate in year 9999": weekly("RDATE:99991231T235959Z"),
    "until local, start in utc": event(
        "DTSTART:20270406T120000Z", "RRULE:FREQ=DAILY;UNTIL=20270501T000000"
    ),
    "until a day, start a time": event(*SPAN, "RRULE:FREQ=DAILY;UNTIL=20270501"),
    "until a time, start a day": event(DAY, "RRULE:FREQ=DAILY;UNTIL=20270501T120000Z"),
    "until ahead of the start": event(*SPAN, "RRULE:FREQ=DAILY;UNTIL=20200101T000000Z"),
    "until in year 1": event(*SPAN, "RRULE:FREQ=DAILY;UNTIL=00010101T000000Z"),
    "until in year 9999": event(*SPAN, "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z"),
    "day until the last of days": event(DAY, "RRULE:FREQ=YEARLY;UNTIL=99991231"),
    "single date without a main event": calendar(*SINGLE),
    "single date of nonsense": calendar(
        *component(*SPAN, "RRULE:FREQ=WEEKLY"), *component("RECURRENCE-ID:x", *SPAN)
    ),
    "single date twice": calendar(*component(*SPAN, "RRULE:FREQ=WEEKLY"), *SINGLE, *SINGLE),
    "single date ends first": calendar(
        *component(*SPAN, "RRULE:FREQ=WEEKLY"),
        *component(
            "RECURRENCE-ID:20270413T120000Z", "DTSTART:20270413T120000Z", "DTEND:20260413T120000Z"
        ),
    ),
    "single date for this and later ones": calendar(
        *component(*SPAN, "RRULE:FREQ=WEEKLY"), *_THIS_AND_LATER
    ),
    "single dates ahead of the main event": calendar(
        *SINGLE, *component(*SPAN, "RRULE:FREQ=WEEKLY")
    ),
    "description of 1 MB": event(*SPAN, f"DESCRIPTION:{'mot ' * 250_000}"),
    "description of 1 MB of accents, folded in them": event(*SPAN).replace(
        b"END:VEVENT", b"DESCRIPTION:" + _CUT_ACCENTS + b"\r\nEND:VEVENT"
    ),
    "5,000 exdates on one line": weekly(
        "EXDATE:" + ",".join(f"{day}T120000Z" for day in days(5_000))
    ),
    "5,000 exdates on 5,000 lines": weekly(*(f"EXDATE:{day}T120000Z" for day in days(5_000))),
    "every date is an exdate": event(
        DAY, "RRULE:FREQ=DAILY;COUNT=5000", *(f"EXDATE;VALUE=DATE:{day}" for day in days(5_000))
    ),
    "every second": event(*SPAN, "RRULE:FREQ=SECONDLY"),
    "every second of long ago": event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY"),
    "every second of a day gone by": event(
        "DTSTART:20000101T000000Z", f"RRULE:FREQ=HOURLY;UNTIL=20100101T000000Z;{_CLOCK}"
    ),
    "every second of the year": event(
        "DTSTART:20000101T000000Z",
        f"RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={_HOURS};{_CLOCK}",
    ),
    "a date that never is": event(DAY, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "100,000 times": event(*SPAN, "RRULE:FREQ=DAILY;COUNT=100000"),
    "interval as wide as it goes": event(*SPAN, "RRULE:FREQ=YEARLY;INTERVAL=100000"),
    "positions beyond the set": event(*SPAN, "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300,-300"),
    "start and end of all kinds": event(*SPAN, "DURATION:PT9H"),
    "end is the start": event(START, END.replace("T16", "T14")),
    "no end": event(START),
    "lasts 2,000 years": event(DAY, "DURATION:P700000D", "RRULE:FREQ=DAILY"),
    "lasts nearly for ever": event("DTSTART;VALUE=DATE:80000101", "DURATION:P365000D"),
    "no zone for a z": event("DTSTART;TZID=Europe/Paris:20270406T140000Z"),
    "leap second": event("DTSTART:20261231T235960Z"),
    "byte order mark": b"\xef\xbb\xbf" + event(*SPAN),
    "byte order mark twice": (
        b"\xef\xbb\xbf" + event(*SPAN).replace(b"SUMMARY:", b"SUMMARY:\xef\xbb\xbf")
    ),
    "cr alone ends lines": calendar(*component(*SPAN), end="\r"),
    "lf alone ends lines": calendar(*component(*SPAN), end="\n"),
    "line ends of all kinds": (
        event(*SPAN).replace(b"\r\nDTSTART", b"\nDTSTART").replace(b"\r\nEND", b"\rEND")
    ),
    "cr in the middle": event(*SPAN, "X-ODD:one\rX-MORE:two"),
    "line separators of unicode": event(*SPAN, "DESCRIPTION:a\u2028b\u2029c\x85d"),
    "no last line end": event(*SPAN).rstrip(b"\r\n"),
    "blank lines everywhere": event(*SPAN).replace(b"\r\n", b"\r\n\r\n"),
    "blanks at the ends of lines": event(*SPAN).replace(b"\r\n", b"   \r\n"),
    "folded after each letter": event(*SPAN).replace(b"Europe", b"\r\n E\r\n u\r\n rope"),
    "folded inside a letter": event(*SPAN).replace("ê".encode(), b"\xc3\r\n \xaa"),
    "folded by a tab": event(*SPAN).replace(b"SUMMARY:", b"SUMM\r\n\tARY:"),
    "not utf-8": event(*SPAN).replace("ê".encode(), b"\xea"),
    "half a letter": event(*SPAN).replace("ê".encode(), b"\xc3"),
    "surrogates": event(*SPAN).replace("ê".encode(), b"\xed\xa0\x80\xed\xb0\x80"),
    "overlong slash": event(*SPAN).replace("ê".encode(), b"\xc0\xaf"),
    "nul and controls": event(
        *SPAN, f"DESCRIPTION:{''.join(map(chr, range(1, 9)))}\x00\x1b[31m\x7f"
    ),
    "escapes of a terminal in the title": event(
        *SPAN, title="SUMMARY:\x1b[31m\x1b]0;Rouge\x07Fête\x9b1m"
    ),
    "controls in parameters": event(START, 'LOCATION;X-A="\x01\x00\x1b";LANGUAGE=f\x07r:Orsay'),
    "formula in the title": event(*SPAN, title="SUMMARY:=cmd|' /C calc'!A0"),
    "plus in the title": event(*SPAN, title="SUMMARY:+1+1"),
    "sum in the title": event(*SPAN, title="SUMMARY:@SUM(1\\,2)", uid="=1+1"),
    "title of 100 kB": event(*SPAN, title=f"SUMMARY:{'Long ' * 20_000}"),
    "title of one word of 100 kB": event(*SPAN, title=f"SUMMARY:{'x' * 100_000}"),
    "title of markup": event(*SPAN, title="SUMMARY:<script>alert(1)</script>{{include}} \"\"x\"\""),
    "title of bidi marks": event(*SPAN, title="SUMMARY:\u202egnp.exe\u2066\u200b"),
    "title twice": event(*SPAN, "SUMMARY:Autre"),
    "geo is no number": event(*SPAN, "GEO:NaN;NaN"),
    "geo is infinite": event(*SPAN, "GEO:1e400;-1e400"),
    "geo off the earth": event(*SPAN, "GEO:91;181"),
    "geo of words": event(*SPAN, "GEO:nord;est;sud"),
    "geo of half": event(*SPAN, "GEO:48.7"),
    "geo of 1 MB": event(*SPAN, f"GEO:{'4' * 1_000_000};2"),
    "1 MB attached inline": event(
        *SPAN, f"ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=image/png:{_BASE64}"
    ),
    "attachment of ours that is none": event(
        *SPAN, "ATTACH;X-OSCARTES-FIELD=bf_site:javascript:alert(1)",
        "IMAGE;X-OSCARTES-FIELD=imagebf_image:data:image/png\\;base64\\,QUJD",
    ),
    "url of a script": event(*SPAN, "URL:javascript:alert(document.cookie)"),
    "url of a script in disguise": event(*SPAN, "URL: java\tscript%3Aalert(1)"),
    "url of data": event(*SPAN, "URL:DATA:text/html,<script>alert(1)</script>"),
    "url of controls": event(*SPAN, "URL:https://x.example/\x00\x01 a b"),
    "html with a script": event(
        *SPAN, "DESCRIPTION:Bonjour",
        "X-ALT-DESC;FMTTYPE=text/html:<p onclick='x()'>Bonjour</p><script>x()</script>",
    ),
    "html of 100,000 tags": event(*SPAN, f"X-ALT-DESC;FMTTYPE=text/html:{'<div>' * 100_000}"),
    "html as a parameter": event(
        *SPAN, 'DESCRIPTION;ALTREP="data:text/html,%3Cimg%20src=x%20onerror=x()%3EAh":Ah'
    ),
    "components in components": event(
        *SPAN, *("BEGIN:VEVENT",) * 500, *("END:VEVENT",) * 500,
        "BEGIN:X-A", "SUMMARY:Non", "END:X-A",
    ),
    "500 of one property": event(*SPAN, *(f"LOCATION:Salle {number}" for number in range(500))),
    "500 rules are told, 500 comments not": event(*SPAN, *("COMMENT:x",) * 500),
    "500 parameters": event(START, f"LOCATION{';A=1' * 500}:Orsay"),
    "quotes that never close": event(*SPAN, 'LOCATION;X-A="a;b:c'),
    "method": calendar(*component(*SPAN), head=("METHOD:REQUEST",)),
    "alarm without trigger": event(*SPAN, "BEGIN:VALARM", "ACTION:AUDIO", "END:VALARM"),
    "alarm with a title and a start": event(
        *SPAN, "BEGIN:VALARM", "SUMMARY:Non", "DTSTART:19000101T000000Z", "END:VALARM"
    ),
    "guests of nonsense": event(*SPAN, "ATTENDEE:;;;:", "ORGANIZER:mailto:", "ATTENDEE;CN=\"a"),
    "quoted-printable": event(
        *SPAN, "DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:F=C3=AAte=0D=0A=",
        title="SUMMARY;ENCODING=QUOTED-PRINTABLE:F=C3=AAte",
    ),
    "status, class and sequence of nonsense": event(
        *SPAN, "STATUS:PERHAPS", "SEQUENCE:99999999999999", "CATEGORIES:,,\\,,", "TRANSP:x"
    ),
    "lines of nothing": event(*SPAN, ":", ";", ";:", "=:=", "X", "-", ":::::", '"', "SUMMARY"),
    "uid of 100 kB": event(*SPAN, uid="u" * 100_000),
    "uid of odd letters": event(*SPAN, uid="../../é \"<>&%00;\\,\\n?#"),
    "uid that looks like ours": event(*SPAN, uid="Cafe.another@oscartes"),
    "hint of nonsense": event(*SPAN, f"X-OSCARTES-ENTRY:{':' * 1_000}"),
    "marker of ours, again and again": event(
        *SPAN, "DESCRIPTION:" + "— Ajouté par OSCARTES, ne pas modifier —\\n\\n" * 5_000
    ),
    "repeats nothing, leaves out nothing": event(*SPAN, "RRULE:", "EXDATE:", "RDATE:"),
}  # fmt: skip
"""Ends as an event, with or without warnings."""

TOLD: Final[dict[str, tuple[bytes, str]]] = {
    "nothing": (b"", "not-icalendar"),
    "nul alone": (b"\x00" * 1_000, "not-icalendar"),
    "two main events": (calendar(*component(*SPAN), *component(*SPAN)), "two-main-events"),
    "single dates without a main event": (calendar(*SINGLE, *SINGLE), "no-main-event"),
    "several uids": (
        calendar(*component(*SPAN), *component(*SPAN, uid="other")), "several-uids",
    ),
    "empty uid": (event(*SPAN, "UID:", uid=""), "no-uid"),
    "uid of blanks": (event(*SPAN, "UID:   ", uid=""), "no-uid"),
    "task": (
        calendar("BEGIN:VTODO", "UID:t", "SUMMARY:Arroser", "END:VTODO"), "no-event",
    ),
    "calendar twice": (event(*SPAN) * 2, "two-calendars"),
    "begun twice": (b"BEGIN:VCALENDAR\r\n" + event(*SPAN), "not-icalendar"),
    "cut short": (event(*SPAN)[:-40], "not-icalendar"),
    "ends that do not fit": (event(*SPAN).replace(b"END:VEVENT", b"END:VTODO"), "not-icalendar"),
    "no start": (event(END), "no-start"),
    "start in year 1": (event("DTSTART:00010101T000000Z"), "date-out-of-range"),
    "start in year 9999": (event("DTSTART:99991231T235959Z"), "date-out-of-range"),
    "day in year 9999": (event("DTSTART;VALUE=DATE:99991231"), "date-out-of-range"),
    "end in year 9999": (event(START, "DTEND:99991231T235959Z"), "date-out-of-range"),
    "lasts beyond all years": (event(DAY, f"DURATION:P{'9' * 6}D", "DURATION:P1D").replace(
        b"20270406", b"89990101"), "date-out-of-range"),
    "lasts to the end of all days": (
        event("DTSTART;VALUE=DATE:89990101", "DURATION:P365000D"), "date-out-of-range",
    ),
    "end ahead of the start": (event(START, END.replace("2027", "2026")), "end-before-start"),
    "negative duration": (event(START, "DURATION:-PT1H"), "end-before-start"),
    "duration of nonsense": (event(START, f"DURATION:P{'9' * 5_000}D"), "bad-date"),
    "30 February": (event("DTSTART:20270230T100000Z"), "bad-date"),
    "day to time": (event(DAY, "DTEND:20270407T100000Z"), "day-and-time-mixed"),
    "no title": (event(*SPAN, title=""), "no-title"),
    "title of blanks": (event(*SPAN, title="SUMMARY: \\n \t"), "no-title"),
    "title of controls": (event(*SPAN, title="SUMMARY:\x01\x02"), "no-title"),
    "until of nonsense": (event(*SPAN, "RRULE:FREQ=DAILY;UNTIL=soon"), "bad-rule"),
    "1,000,000 times": (event(*SPAN, "RRULE:FREQ=DAILY;COUNT=1000000"), "bad-rule"),
    "interval of nothing": (event(*SPAN, "RRULE:FREQ=DAILY;INTERVAL=0"), "bad-rule"),
    "interval below nothing": (event(*SPAN, "RRULE:FREQ=DAILY;INTERVAL=-1"), "bad-rule"),
    "days of no week": (event(*SPAN, "RRULE:FREQ=WEEKLY;BYDAY=LU,99MO"), "bad-rule"),
    "description of 5 MB": (event(*SPAN, f"DESCRIPTION:{'mot ' * 1_250_000}"), "too-large"),
    "html of 8 MB of paragraphs": (
        event(*SPAN, "DESCRIPTION:" + "a" * 1_000_000,
              f"X-ALT-DESC;FMTTYPE=text/html:{'<p>a</p>' * 1_000_000}"), "too-large",
    ),
    "rule of 1 MB": (event(*SPAN, f"RRULE:FREQ=DAILY;BYDAY={'MO,' * 333_333}MO"), "bad-rule"),
    "500 rules": (event(*SPAN, *("RRULE:FREQ=DAILY",) * 500), "several-rules"),
    "10 MB of comments": (event(*SPAN, f"COMMENT:{'x' * 11_000_000}"), "too-large"),
    "300,000 lines": (event(*SPAN, *("X:",) * 300_000), "too-large"),
    "5 MB of title for 1,000 dates": (
        calendar(
            *component(DAY, "RRULE:FREQ=DAILY", title=f"SUMMARY:{'x' * 5_000_000}"),
            *(
                line
                for day in days(1_000)
                for line in component(
                    f"RECURRENCE-ID;VALUE=DATE:{day}", f"DTSTART;VALUE=DATE:{day}", title=""
                )
            ),
        ),
        "too-large",
    ),
}  # fmt: skip
"""Ends as a Problem of that code, and is never sent."""
