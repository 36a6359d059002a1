"""Fields as other programs write them."""

from __future__ import annotations

from oscartes_sync.mapping.resource_reading import ResourceReading, read_resource
from oscartes_sync.records.event import Event, RichText, Status, Visibility

ZONE = "Europe/Paris"
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


def test_fields_as_other_programs_write_them() -> None:
    event = event_of(
        body(
            *TIMES,
            "LOCATION:Salle des fêtes\\n12\\, rue X\\, Sète",
            "GEO:43.4;3.7",
            "CATEGORIES:b, a\\,a",
            "CATEGORIES:b,,c",
            "STATUS:needs-action",
            "CLASS:X-SECRET",
            "URL:https://x.example",
            "ATTACH:https://x.example/theirs.pdf",
            "ATTENDEE:mailto:a@b.example",
            "DESCRIPTION:deux\\nlignes\\; C:\\Users",
        )
    )
    assert event.place == "Salle des fêtes, 12, rue X, Sète"
    assert event.position is not None
    assert event.categories == ("a,a", "b", "c")
    assert event.status is Status.CONFIRMED
    assert event.visibility is Visibility.PRIVATE
    assert event.link == "https://x.example"
    assert event.files == ()
    assert event.guests
    assert event.description.text == "deux\nlignes; C:\\Users"


def test_a_position_off_the_earth_is_told() -> None:
    for value in ("91;0", "nan;nan", "here", ";", "1e999;0"):
        assert codes(body(*TIMES, f"GEO:{value}")) == ["bad-position"]


def test_html_that_a_changed_text_left_behind_is_not_the_description() -> None:
    html = "X-ALT-DESC;FMTTYPE=text/html:<p>Venez à <b>14 h</b></p>"
    fresh = event_of(body(*TIMES, "DESCRIPTION:Venez à 14 h", html))
    assert fresh.description == RichText("Venez à 14 h", "<p>Venez à <b>14 h</b></p>")
    stale = event_of(body(*TIMES, "DESCRIPTION:Venez à 15 h", html))
    assert stale.description == RichText("Venez à 15 h", "")
    alone = event_of(body(*TIMES, html))
    assert alone.description.text == "Venez à 14 h"
    other = 'DESCRIPTION;ALTREP="data:text/html,%3Cp%3EVenez%20!%3C/p%3E":Venez !'
    assert event_of(body(*TIMES, other, html)).description.html == "<p>Venez !</p>"


def test_an_edited_derived_paragraph_is_told_and_left_out() -> None:
    said = "Venez\\n\\n— Ajouté par OSCARTES\\, ne pas modifier —\\nOrganisé par : {}"
    organizer = "X-OSCARTES-ORGANIZER:Pôle"
    good = body(*TIMES, organizer, "DESCRIPTION:" + said.format("Pôle"))
    assert codes(good) == []
    edited = body(*TIMES, organizer, "DESCRIPTION:" + said.format("Moi"))
    assert codes(edited) == ["derived-edited"]
    assert event_of(good).description == event_of(edited).description == RichText("Venez")
