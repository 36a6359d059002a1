"""Ugly calendars end as events that cross and come back, or as Problems that say what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from bazar_forms.entry import Entry
from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.entry_reading import read_entry
from oscartes_sync.mapping.entry_writing import new_entry, project
from oscartes_sync.mapping.resource_reading import ResourceReading, read_resource
from oscartes_sync.mapping.resource_writing import new_resource, patch_resource, validate
from oscartes_sync.records.event import Event
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Severity
from oscartes_sync.records.standing import Standing
from tests.fakes.agenda_form import agenda_fields, form_of, setting_of
from tests.hostile.calendars import READ, TOLD
from tests.hostile.telling import (
    assert_harmless_html,
    assert_harmless_wiki,
    assert_told,
    bounded_memory,
)

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SETTINGS = {syntax: setting_of(form_of(agenda_fields(syntax))) for syntax in ("html", "wiki")}


def read(body: bytes) -> ResourceReading:
    return read_resource(body, zone=ZONE, language="fr")


def event_of(body: bytes) -> Event:
    event = read(body).record
    assert event is not None
    return event


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_an_event_within_bounds(name: str) -> None:
    with bounded_memory():
        reading = read(READ[name])
        assert reading.record is not None, reading.problems
        assert reading.record.title
        assert shown(reading.record, NOW, ZONE)
    assert reading.standing is Standing.OPEN
    assert {each.severity for each in reading.problems} <= {Severity.WARNING}
    assert_told(reading.problems)


@pytest.mark.parametrize("name", TOLD)
def test_what_makes_no_event_is_told_and_never_sent(name: str) -> None:
    body, code = TOLD[name]
    with bounded_memory():
        reading = read(body)
    assert reading.record is None
    assert reading.standing is Standing.BROKEN
    assert [each.code for each in reading.problems] == [code]
    assert_told(reading.problems)
    with pytest.raises(Invalid, match=code):
        validate(body)


@pytest.mark.parametrize("syntax", SETTINGS)
@pytest.mark.parametrize("name", READ)
def test_an_event_becomes_an_entry_that_can_be_read_and_runs_nothing(
    name: str, syntax: str
) -> None:
    event, setting = event_of(READ[name]), SETTINGS[syntax]
    writing = new_entry(event, setting, defaults={}, now=NOW)
    entry = Entry("Fete", "6", MappingProxyType(dict(writing.values)))
    reading = read_entry(entry, setting)
    assert_told((*writing.problems, *reading.problems))
    assert reading.record is not None, reading.problems
    assert reading.record.title == project(event, setting, now=NOW).title
    harmless = assert_harmless_wiki if syntax == "wiki" else assert_harmless_html
    harmless(writing.values.get("bf_description", ""))
    for name_, text in writing.values.items():
        if name_ != "bf_description":
            assert "<" not in text, name_
    assert not writing.values.get("bf_site_internet", "").lower().startswith("javascript")


@pytest.mark.parametrize("name", READ)
def test_an_event_written_anew_can_be_sent_and_says_the_same(name: str) -> None:
    event = event_of(READ[name])
    try:
        body = new_resource(event, "new@example", zone=ZONE, language="fr", hint="", now=NOW)
        validate(body)
    except Invalid as refused:
        assert_told([Problem.from_error(refused)])
        return
    again = event_of(body)
    assert (again.title, again.start, again.end) == (event.title, event.start, event.end)
    assert again.description.text == event.description.text


@pytest.mark.parametrize("name", READ)
def test_a_member_s_change_of_the_entry_reaches_the_event_or_is_told(name: str) -> None:
    reading = read(READ[name])
    assert reading.record is not None
    changes = {"title": "Neuf", "place": "Là"}
    wanted = replace(reading.record, title="Neuf", place="Là")
    try:
        body = patch_resource(
            READ[name], changes, wanted, uid=reading.uid, zone=ZONE, language="fr", now=NOW
        )
        validate(body, READ[name])
    except Invalid as refused:
        assert_told([Problem.from_error(refused)])
        return
    again = event_of(body)
    assert (again.title, again.place) == ("Neuf", "Là")
    assert again.start == reading.record.start
    assert again.description == reading.record.description
