"""Events of independent clients, of every shape, cross to the wiki or are reported; edits on the
wiki come back into resources that keep everything else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

START = "DTSTART;TZID=Europe/Paris:20270110T100000"
END = "DTEND;TZID=Europe/Paris:20270110T120000"
NEW_YORK = (
    "BEGIN:VTIMEZONE",
    "TZID:America/New_York",
    "BEGIN:STANDARD",
    "DTSTART:19701101T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0500",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:19700308T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0400",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)
ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Rappel", "TRIGGER:-PT15M", "END:VALARM")
TASK = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:todo@x\r\n"
    b"DTSTAMP:20261101T080000Z\r\nSUMMARY:Arroser\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
)

MORNING = ("2027-01-10T10:00:00+01:00", "2027-01-10T12:00:00+01:00")

SHAPES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "day": (
        ("DTSTART;VALUE=DATE:20270110", "DTEND;VALUE=DATE:20270111", "SUMMARY:Jour"),
        {"start": "2027-01-10", "end": "2027-01-10"},
    ),
    "days": (
        ("DTSTART;VALUE=DATE:20270110", "DTEND;VALUE=DATE:20270114", "SUMMARY:Jours"),
        {"start": "2027-01-10", "end": "2027-01-13"},
    ),
    "day-without-end": (
        ("DTSTART;VALUE=DATE:20270110", "SUMMARY:Jour"),
        {"start": "2027-01-10", "end": "2027-01-10"},
    ),
    "floating": (
        ("DTSTART:20270110T100000", "DTEND:20270110T120000", "SUMMARY:Flottant"),
        {"start": MORNING[0], "end": MORNING[1]},
    ),
    "utc": (
        ("DTSTART:20270710T100000Z", "DTEND:20270710T113000Z", "SUMMARY:UTC"),
        {"start": "2027-07-10T12:00:00+02:00", "end": "2027-07-10T13:30:00+02:00"},
    ),
    "elsewhere": (
        (
            "DTSTART;TZID=America/New_York:20270110T100000",
            "DURATION:PT90M",
            "SUMMARY:New York",
        ),
        {"start": "2027-01-10T16:00:00+01:00", "end": "2027-01-10T17:30:00+01:00"},
    ),
    "windows-zone": (
        (
            "DTSTART;TZID=Romance Standard Time:20270110T100000",
            "DTEND;TZID=Romance Standard Time:20270110T120000",
            "SUMMARY:Outlook",
        ),
        {"start": MORNING[0], "end": MORNING[1]},
    ),
    "no-end": ((START, "SUMMARY:Sans fin"), {"start": MORNING[0], "end": MORNING[0]}),
    "spring-gap": (
        (
            "DTSTART;TZID=Europe/Paris:20270328T023000",
            "DTEND;TZID=Europe/Paris:20270328T043000",
            "SUMMARY:Heure sautée",
        ),
        {"start": "2027-03-28T03:30:00+02:00", "end": "2027-03-28T04:30:00+02:00"},
    ),
    "autumn-fold": (
        ("DTSTART:20271031T003000Z", "DTEND:20271031T013000Z", "SUMMARY:Heure double"),
        {"start": "2027-10-31T02:30:00+02:00", "end": "2027-10-31T02:30:00+01:00"},
    ),
    "emoji": ((START, END, "SUMMARY:🎉🎉"), {"bf_titre": "🎉🎉"}),
    "formula": (
        (START, END, 'SUMMARY:=HYPERLINK("x")', "LOCATION:+33 1 23"),
        {"bf_titre": '=HYPERLINK("x")', "bf_lieu": "+33 1 23"},
    ),
    "long": ((START, END, f"SUMMARY:{'Très long titre ' * 19}"), {}),
    "tags": (
        (START, END, "SUMMARY:<b>Un</b> & deux", "DESCRIPTION:3 < 5 & <b>gras</b>"),
        {
            "bf_titre": "&lt;b&gt;Un&lt;/b&gt; &amp; deux",
            "bf_description": "<p>3 &lt; 5 &amp; &lt;b&gt;gras&lt;/b&gt;</p>",
        },
    ),
    "link": (
        (START, END, "SUMMARY:Lien", "URL:https://x.example/?a=1&b=2"),
        {"bf_site_internet": "https://x.example/?a=1&b=2"},
    ),
    "place": (
        (
            START,
            END,
            "SUMMARY:Lieu",
            "LOCATION:Salle\\, 3 rue Neuve\\, 91400 Orsay",
            "GEO:48.7;2.2",
        ),
        {"bf_lieu": "Salle", "bf_ville": "Orsay", "bf_latitude": "48.7"},
    ),
    "cancelled": (
        (START, END, "SUMMARY:Annulé", "STATUS:CANCELLED"),
        {
            "bf_description": "<p>— Ajouté par OSCARTES, ne pas modifier —<br />"
            "Cet événement est annulé.</p>"
        },
    ),
    "guests": (
        (
            START,
            END,
            "SUMMARY:Invités",
            "ORGANIZER;CN=Alice:mailto:alice@example.org",
            "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.org",
            *ALARM,
        ),
        {},
    ),
    "attached": (
        (
            START,
            END,
            "SUMMARY:Pièces",
            "ATTACH;FMTTYPE=application/pdf:https://x.example/a.pdf",
            "ATTACH;ENCODING=BASE64;VALUE=BINARY:QUJD",
            "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Gare:geo:48.69,2.18",
        ),
        {"fichierbf_fichier": ""},
    ),
    "weekly": (
        (
            "DTSTART;TZID=Europe/Paris:20270105T180000",
            "DTEND;TZID=Europe/Paris:20270105T193000",
            "SUMMARY:Yoga",
            "RRULE:FREQ=WEEKLY;BYDAY=TU",
            "EXDATE;TZID=Europe/Paris:20270112T180000",
        ),
        {"start": "2027-01-05T18:00:00+01:00"},
    ),
    # The wiki's last Tuesday misses 31 August.
    "words": (
        (
            "DTSTART;TZID=Europe/Paris:20270126T180000",
            "DTEND;TZID=Europe/Paris:20270126T193000",
            "SUMMARY:Dernier mardi",
            "RRULE:FREQ=MONTHLY;BYDAY=-1TU",
            "EXDATE;TZID=Europe/Paris:20270223T180000",
        ),
        {
            "start": "2027-01-26T18:00:00+01:00",
            "bf_description": "<p>— Ajouté par OSCARTES, ne pas modifier —<br />"
            "Dates : le dernier mardi de chaque mois, sauf le 23 février 2027.</p>",
        },
    ),
    "dates": (
        (START, END, "SUMMARY:Dates", "RDATE;TZID=Europe/Paris:20270117T100000"),
        {
            "bf_description": "<p>— Ajouté par OSCARTES, ne pas modifier —<br />"
            "Dates : le 10 janvier 2027, et aussi le 17 janvier.</p>"
        },
    ),
}

REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "untitled": ((START, END), "no-title"),
    "backwards": (
        (START, "DTEND;TZID=Europe/Paris:20270110T090000", "SUMMARY:Fin"),
        "end-before-start",
    ),
    "faraway": (("DTSTART;VALUE=DATE:99990101", "SUMMARY:Loin"), "date-out-of-range"),
}


def put_all(pair: Pair) -> dict[str, bytes]:
    """Every shape as a resource of its own."""
    pair.sync()
    bodies = {}
    for name, (lines, _) in SHAPES.items():
        around = NEW_YORK if name == "elsewhere" else ()
        bodies[f"{name}.ics"] = resource(f"{name}@autre-client", *lines, around=around)
    for name, body in bodies.items():
        pair.cloud.put(BOT, CALENDAR, name, body)
    return bodies


def by_resource(report: dict[str, Any]) -> dict[str, str]:
    """Resource name → the tag of the entry made of it."""
    return {
        each["href"].rpartition("/")[2].removesuffix(".ics"): each["entry"]
        for each in report["operations"]
        if (each["action"], each["side"], each["status"]) == ("create", "wiki", "done")
    }


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_every_shape_crosses_and_the_resources_stay_as_they_are(pair: Pair) -> None:
    bodies = put_all(pair)
    _, report = pair.sync()
    tags = by_resource(report)
    assert tags.keys() == SHAPES.keys(), report["problems"]
    for name, (_, expected) in SHAPES.items():
        entry = pair.wiki.entry(tags[name])
        assert entry is not None
        entry["start"], entry["end"] = (
            entry["bf_date_debut_evenement"],
            entry["bf_date_fin_evenement"],
        )
        assert {key: entry[key] for key in expected} == expected, name
    for name, body in bodies.items():
        assert pair.cloud.resources(BOT, CALENDAR)[name] == body
    pair.wiki.requests.clear()
    pair.cloud.requests.clear()
    assert pair.sync()[1]["operations"] == []
    assert len(pair.wiki.requests) <= 3
    assert len(pair.cloud.requests) <= 2


def test_a_weekly_rule_is_said_in_words_where_the_wiki_cannot_keep_it(pair: Pair) -> None:
    put_all(pair)
    tag = by_resource(pair.sync()[1])["weekly"]
    entry, repetitions = pair.wiki.entry(tag), _repetitions(pair, tag)
    assert entry is not None
    words = "Dates : tous les mardis, sauf le 12 janvier 2027."
    if pair.wiki.settings.version == "4.4":
        assert words in entry["bf_description"]
        assert repetitions == []
    else:
        assert entry["bf_description"] == ""
        assert repetitions[:2] == ["2027-01-19T18:00:00+01:00", "2027-01-26T18:00:00+01:00"]


def _repetitions(pair: Pair, tag: str) -> list[str]:
    """When the entries start that the wiki made of this one."""
    mark = f'{{"recurrentParentId":"{tag}"}}'
    children = [
        entry
        for entry in pair.wiki.entries(6).values()
        if entry.get("bf_date_fin_evenement_data") == mark
    ]
    return sorted(child["bf_date_debut_evenement"] for child in children)


def test_a_new_title_on_the_wiki_changes_that_line_alone(pair: Pair) -> None:
    bodies = put_all(pair)
    tags = by_resource(pair.sync()[1])
    for tag in tags.values():
        pair.wiki.edit(tag, {"bf_titre": "Édité &amp; relu"}, user="ClaireMorel")
    _, report = pair.sync()
    assert report["summary"]["updated"] == len(SHAPES), report["problems"]
    ours = ("SUMMARY", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE")
    for name, body in bodies.items():
        now = unfolded(pair.cloud.resources(BOT, CALENDAR)[name])
        assert "SUMMARY:Édité & relu" in now
        assert [line for line in now if not line.startswith(ours)] == [
            line for line in unfolded(body) if not line.startswith(ours)
        ]
    assert pair.sync()[1]["operations"] == []


def test_a_day_moved_on_the_wiki_changes_its_two_dates_alone(pair: Pair) -> None:
    bodies = put_all(pair)
    tag = by_resource(pair.sync()[1])["days"]
    later = {"bf_date_debut_evenement": "2027-02-01", "bf_date_fin_evenement": "2027-02-02"}
    pair.wiki.edit(tag, later, user="ClaireMorel")
    pair.sync()
    now = unfolded(pair.cloud.resources(BOT, CALENDAR)["days.ics"])
    assert set(now) - set(unfolded(bodies["days.ics"])) >= {
        "DTSTART;VALUE=DATE:20270201",
        "DTEND;VALUE=DATE:20270203",
    }
    assert "BEGIN:VTIMEZONE" not in now


def test_a_link_typed_on_the_wiki_does_not_replace_an_event_s_own_address(pair: Pair) -> None:
    put_all(pair)
    tag = by_resource(pair.sync()[1])["link"]
    pair.wiki.edit(tag, {"bf_site_internet": "https://neuf.example/"}, user="ClaireMorel")
    pair.sync()
    text = pair.events()["link.ics"]
    assert "URL:https://x.example/?a=1&b=2" in text
    assert "ATTACH;X-OSCARTES-FIELD=bf_site_internet:https://neuf.example/" in text
    assert pair.sync()[1]["operations"] == []


def test_a_new_time_of_an_event_with_guests_is_told(pair: Pair) -> None:
    put_all(pair)
    tag = by_resource(pair.sync()[1])["guests"]
    later = {"bf_date_fin_evenement": "2027-01-10T13:00:00+01:00"}
    pair.wiki.edit(tag, later, user="ClaireMorel")
    code, report = pair.sync()
    assert code == 4
    assert "guests-not-told" in [each["code"] for each in report["problems"]]
    text = pair.events()["guests.ics"]
    assert "DTEND;TZID=Europe/Paris:20270110T130000" in text
    assert "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.org" in text
    assert "\n".join(ALARM) in text


def test_an_edit_of_the_dates_of_a_series_in_words_is_told_and_not_carried(pair: Pair) -> None:
    put_all(pair)
    tag = by_resource(pair.sync()[1])["words"]
    before = pair.events()["words.ics"]
    moved = {
        "bf_date_debut_evenement": "2027-01-27T18:00:00+01:00",
        "bf_date_fin_evenement": "2027-01-27T19:30:00+01:00",
    }
    pair.wiki.edit(tag, moved, user="ClaireMorel")
    for _ in range(2):
        _, report = pair.sync()
        assert "derived-dates-edited" in [each["code"] for each in report["problems"]]
        assert pair.events()["words.ics"] == before


def test_a_series_that_ended_loses_its_words(pair: Pair) -> None:
    put_all(pair)
    tag = by_resource(pair.sync()[1])["words"]
    pair.rewrite(
        "words.ics",
        ("RRULE:FREQ=MONTHLY;BYDAY=-1TU\n", ""),
        ("EXDATE;TZID=Europe/Paris:20270223T180000\n", ""),
    )
    pair.sync()
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_description"] == ""
    assert pair.sync()[1]["operations"] == []


@pytest.mark.parametrize("shape", sorted(REFUSED))
def test_what_cannot_cross_is_told_at_every_run_until_it_is_mended(pair: Pair, shape: str) -> None:
    pair.sync()
    lines, expected = REFUSED[shape]
    pair.cloud.put(BOT, CALENDAR, "x.ics", resource("x@autre-client", *lines))
    for _ in range(2):
        code, report = pair.sync()
        (found,) = [each for each in report["problems"] if (each["href"] or "").endswith("x.ics")]
        assert (found["code"], found["severity"], code) == (expected, "error", 4)
        assert found["remedy"]
    pair.cloud.put(BOT, CALENDAR, "x.ics", resource("x@autre-client", START, END, "SUMMARY:Bon"))
    assert pair.sync()[1]["summary"]["created"] == 1


@pytest.mark.parametrize("visibility", ["PRIVATE", "CONFIDENTIAL", "X-SECRET"])
def test_what_is_not_public_stays_in_the_calendar(pair: Pair, visibility: str) -> None:
    pair.sync()
    body = resource("x@autre-client", START, END, "SUMMARY:Secret", f"CLASS:{visibility}")
    pair.cloud.put(BOT, CALENDAR, "x.ics", body)
    before = pair.wiki.entries(6)
    _, report = pair.sync()
    assert report["operations"] == []
    assert pair.wiki.entries(6) == before


def test_a_task_in_the_calendar_is_nobody_s_business(pair: Pair) -> None:
    pair.cloud.make_calendar(BOT, CALENDAR)
    pair.cloud.put(BOT, CALENDAR, "todo.ics", TASK)
    _, report = pair.sync()
    assert [each for each in report["problems"] if each["side"] == "cloud"] == []
    assert pair.cloud.resources(BOT, CALENDAR)["todo.ics"] == TASK
