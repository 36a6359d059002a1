"""Whatever comes in, nothing leaves but records, Problems, and errors of the two trees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bazar_forms.choice_list import lists_from_json
from bazar_forms.client import BazarClient
from bazar_forms.entry import entries_from_json
from bazar_forms.errors import BazarError
from bazar_forms.form import forms_from_json
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.entry_reading import read_thing
from oscartes_sync.mapping.entry_writing import new_entry
from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import new_resource, validate
from oscartes_sync.records.event import Event
from oscartes_sync.records.occurrences import shown
from tests.fakes.agenda_form import agenda_fields, form_of, setting_of
from tests.hostile.calendars import READ, SINGLE, SPAN, event, weekly
from tests.hostile.entries import VALUES
from tests.unit.bazar_forms.conftest import FakeWiki, Reply

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SETTING = setting_of(form_of(agenda_fields()))
SOON = settings(derandomize=True, deadline=None, max_examples=250, database=None)

# Calendars

SEEDS = (
    event(*SPAN, "DESCRIPTION:Ah", "GEO:48.7;2.2", "CATEGORIES:a,b", "URL:https://x.example/"),
    weekly("EXDATE:20270413T120000Z", "RDATE:20270501T120000Z"),
    weekly().replace(b"END:VCALENDAR", "\r\n".join([*SINGLE, "END:VCALENDAR"]).encode()),
    READ["zone made up, explained"],
    READ["alarm with a title and a start"],
)
NAMES = (
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "GEO", "STATUS",
    "CLASS", "SEQUENCE", "CATEGORIES", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "BEGIN", "END",
    "X-ALT-DESC;FMTTYPE=text/html", "ATTACH;X-OSCARTES-FIELD=f", "X-OSCARTES-ENTRY", "UID",
    "DTSTART;VALUE=DATE", "DTSTART;TZID=Europe/Paris", "DTEND;TZID=Nowhere", "EXDATE;VALUE=DATE",
)  # fmt: skip
WORDS = (
    "FREQ=", "DAILY", "WEEKLY", "YEARLY", ";COUNT=", ";UNTIL=", ";INTERVAL=", ";BYDAY=", "MO",
    "-1SU", ";BYSETPOS=", ";BYMONTH=", "20270406", "T140000", "Z", "P", "1D", "-", "+", ",", ";",
    ":", "\\n",
    "0", "99999999", "00010101", "99991231", '"', "\\", "<p>", "</p>", "javascript:", "é", "\x00",
)  # fmt: skip
LINES = st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(WORDS), max_size=8).map("".join))


def cut_up(draw: Callable[[st.SearchStrategy[Any]], Any], body: bytes) -> bytes:
    """A body with pieces gone, doubled, moved or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(body)))
        end = min(len(body), begin + draw(st.integers(0, 40)))
        piece = draw(
            st.sampled_from((b"", body[begin:end] * 2, b"\r\n", b"\xff", b"0", b":", b"\n "))
        )
        body = body[:begin] + piece + body[end:]
    return body


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """A calendar in which something went wrong."""
    return cut_up(draw, draw(st.sampled_from(SEEDS)))


def through(body: bytes) -> None:
    """Read, and where it is an event, written for both sides."""
    reading = read_resource(body, zone=ZONE, language="fr")
    if reading.record is None:
        assert reading.problems
        return
    crosses(reading.record)


def crosses(found: Event) -> None:
    """An event that was read can be shown, and written on both sides unless that is told."""
    assert shown(found, NOW, ZONE)
    assert new_entry(found, SETTING, defaults={}, now=NOW).values["bf_titre"]
    with suppress(Invalid):
        validate(new_resource(found, "a@b", zone=ZONE, language="fr", hint="", now=NOW))


@given(st.binary(max_size=400))
@SOON
def test_any_bytes_are_read_or_told(body: bytes) -> None:
    through(body)


@given(mutated())
@SOON
def test_any_damaged_calendar_is_read_or_told(body: bytes) -> None:
    through(body)


@given(st.lists(LINES.map(":".join), max_size=6))
@SOON
def test_any_values_of_properties_are_read_or_told(lines: list[str]) -> None:
    through(event(*SPAN, *lines))
    through(event(*lines))


# Entries

ODD = [each for each in VALUES.values() if not isinstance(each, str) or len(each) < 99]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)  # fmt: skip
PROPERTIES = st.sampled_from([
    "id_fiche", "id_typeannonce", "date_maj_fiche", "owner", "bf_titre", "bf_type_evenement",
    "bf_description", "bf_date_debut_evenement", "bf_date_fin_evenement", "bf_lieu", "bf_adresse",
    "geolocation", "bf_latitude", "bf_longitude", "listefiche5bf_organisateur", "carte_google",
    "bf_site_internet", "imagebf_image", "fichierbf_fichier", RECURRENCE_PROPERTY,
])  # fmt: skip
STRUCTURE = st.fixed_dictionaries(
    {"isRecurrent": st.just("1"), "repetition": st.sampled_from("dwmy")},
    optional=dict.fromkeys(
        ("step", "nbmax", "limitdate", "days", "except", "whenInMonth", "nth", "month"), JSON
    ),
)
GOOD = {
    "bf_titre": "Café",
    "bf_date_debut_evenement": "2027-03-02",
    "bf_date_fin_evenement": "2027-03-03",
}


@given(JSON | st.dictionaries(st.text(max_size=8), st.dictionaries(PROPERTIES, JSON, max_size=8)))
@SOON
def test_any_json_is_a_list_of_entries_or_an_error_of_ours(raw: object) -> None:
    for read in (entries_from_json, forms_from_json, lists_from_json):
        with suppress(BazarError):
            read(raw)


@given(st.dictionaries(PROPERTIES, JSON, max_size=5), STRUCTURE)
@SOON
def test_any_entry_is_an_event_or_told(
    odd: dict[str, object], structure: dict[str, object]
) -> None:
    rows = {"Cafe": {**GOOD, **odd}, "Serie": {**GOOD, RECURRENCE_PROPERTY: structure, **odd}}
    entries, problems = entries_from_json(rows)
    assert len(entries) + len(problems) >= 1
    for each in entries.values():
        assert len(each.digest()) == 64
        reading = read_thing([each], SETTING)
        if reading.record is None:
            assert reading.problems
        else:
            crosses(reading.record)


# Answers of the wiki

ANSWERS = st.one_of(
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(PROPERTIES, JSON, max_size=4).map(
        lambda odd: json.dumps({"Cafe": {**GOOD, "id_typeannonce": "6", **odd}}).encode()
    ),
    st.binary(max_size=60),
    st.sampled_from([b"", b"null", b"[]", b"{}", b"<html><body>Wiki</body></html>", b"[" * 2_000]),
    st.integers(300, 990).map(lambda deep: b'{"a":' + b"[" * deep + b"]" * deep + b"}"),
)


def digests(client: BazarClient) -> list[str]:
    """The entries of the form, to the bottom of each."""
    return [each.digest() for each in client.entries("6").entries.values()]


READINGS: tuple[Callable[[BazarClient], object], ...] = (
    lambda client: client.forms(),
    lambda client: client.form("6"),
    lambda client: client.choice_lists(),
    lambda client: client.choice_list("L"),
    digests,
    lambda client: client.entries("6", fields=["id_fiche"]),
    lambda client: client.page("Cafe"),
    lambda client: client.revisions("Cafe"),
    lambda client: client.rights("Cafe"),
    lambda client: client.check_key(),
    lambda client: client.may_edit("Cafe"),
)


@given(
    ANSWERS,
    st.sampled_from([200, 201, 204, 301, 304, 400, 401, 403, 404, 418, 500]),
    st.sampled_from(["application/json", "text/html", "", "x"]),
    st.sampled_from(READINGS),
    st.sampled_from([None, "RobotNuage", "Autre"]),
)
@SOON
def test_any_answer_of_the_wiki_is_understood_or_an_error_of_ours(
    body: bytes,
    status: int,
    kind: str,
    reading: Callable[[BazarClient], object],
    user: str | None,
) -> None:
    wiki = FakeWiki()
    for method in ("GET", "POST"):
        wiki.on(method, "", Reply(status, body, user, {"Content-Type": kind}))
    client = BazarClient(
        "https://wiki.example/",
        key="KEY",
        sleep=lambda _seconds: None,
        monotonic=lambda: 0.0,
        user_agent="oscartes",
        opener=wiki.opener,
    )
    with suppress(BazarError):
        reading(client)


# Answers of the cloud

TAGS = st.sampled_from([
    "d:multistatus", "d:response", "d:href", "d:status", "d:propstat", "d:prop", "d:getetag",
    "d:sync-token", "cal:calendar-data", "x", "html", "!--", "?xml", "!DOCTYPE x",
])  # fmt: skip
DAV = TAGS.filter(lambda tag: tag.startswith(("d:", "cal:")))
TEXT = st.text(max_size=10) | st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.1 ² OK", "HTTP/1.1 " + "9" * 5_000, "&e;", "&#0;", "<![CDATA[x]]>"]
)


def opened(parts: tuple[str, str, bool]) -> str:
    tag, text, closed = parts
    return f"<{tag}>{text}</{tag}>" if closed else f"<{tag}>{text}"


XML = st.lists(st.tuples(TAGS, TEXT, st.booleans()).map(opened), max_size=10).map("".join)


ELEMENTS = st.recursive(
    TEXT.filter(lambda text: not re.search(r"[<&\x00-\x1f\ud800-\udfff\ufffe\uffff]", text)),
    lambda inner: st.tuples(TAGS.filter(str.isalpha) | DAV, st.lists(inner, max_size=3)).map(
        lambda parts: f"<{parts[0]}>{''.join(parts[1])}</{parts[0]}>"
    ),
    max_leaves=12,
)


def around(inner: str) -> str:
    """A multistatus that holds it, and a response whose status is that text."""
    space = "xmlns:d='DAV:' xmlns:cal='urn:ietf:params:xml:ns:caldav'"
    status = f"<d:response><d:status>{inner}</d:status></d:response>"
    return f"<d:multistatus {space}>{inner}{status}</d:multistatus>"


@given(XML | XML.map(around) | ELEMENTS.map(around))
@SOON
def test_any_xml_is_a_multistatus_or_none(text: str) -> None:
    for read in (dav_xml.multistatus, dav_xml.failed, dav_xml.parse):
        with suppress(dav_xml.NotXml):
            read(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
@SOON
def test_any_bytes_are_xml_or_none(body: bytes) -> None:
    for read in (dav_xml.multistatus, dav_xml.failed):
        with suppress(dav_xml.NotXml):
            read(body)
