"""Ugly entries end as events that cross and come back, or as Problems that say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from bazar_forms.entry import Entry, entries_from_json
from bazar_forms.errors import BazarError
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.entry_reading import EntryReading, read_thing
from oscartes_sync.mapping.entry_writing import new_entry, patch_entry
from oscartes_sync.mapping.groups import group, parent_of
from oscartes_sync.mapping.resource_reading import read_resource
from oscartes_sync.mapping.resource_writing import new_resource, validate
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import Event
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Severity
from tests.fakes.agenda_form import agenda_fields, entry, form_of, setting_of
from tests.hostile.entries import ENTRIES, LONG, TAGS, TEXTS, VALUES
from tests.hostile.telling import (
    assert_harmless_html,
    assert_harmless_wiki,
    assert_told,
    bounded_memory,
)

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SETTINGS = {
    syntax: setting_of(form_of(agenda_fields(syntax))) for syntax in ("html", "wiki", "nohtml")
}
SETTING = SETTINGS["html"]
PROPERTIES = (
    "bf_titre", "bf_type_evenement", "bf_description", "bf_date_debut_evenement",
    "bf_date_fin_evenement", "bf_lieu", "bf_adresse", "bf_code_postal", "bf_ville", "geolocation",
    "bf_latitude", "bf_longitude", "carte_google", "listefiche5bf_organisateur",
    "bf_site_internet", "imagebf_image", "fichierbf_fichier", RECURRENCE_PROPERTY,
)  # fmt: skip
LONG_TEXTS = {name for name, text in TEXTS.items() if len(text) >= LONG - 8}


def read(things: list[Entry], setting: Setting) -> EntryReading:
    """What comes of it is an event, or an error that is told; memory is measured where it is HTML,
    of which a tree is made."""
    with bounded_memory() if setting is SETTING else nullcontext():
        reading = read_thing(things, setting)
    assert_told(reading.problems)
    if reading.record is None:
        assert [each for each in reading.problems if each.severity is Severity.ERROR]
    return reading


def written(event: Event) -> Event | None:
    """The event in a calendar and read from it; None where it is told that it cannot be sent."""
    assert shown(event, NOW, ZONE)
    try:
        body = new_resource(
            event, "Fete.noe@oscartes", zone=ZONE, language="fr", hint="noe:6:Fete", now=NOW
        )
        validate(body)
    except Invalid as refused:
        assert_told([Problem.from_error(refused)])
        return None
    assert body.count(b"BEGIN:VEVENT\r\n") - 1 == len(
        event.series.overrides if event.series else ()
    )
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", body)
    reading = read_resource(body, zone=ZONE, language="fr")
    assert reading.record is not None, reading.problems
    assert reading.record.start == event.start
    assert_harmless_html(reading.record.description.html)
    assert "script:" not in reading.record.link.lower()
    return reading.record


def carried(things: list[Entry], syntax: str = "html") -> Event | None:
    """There, and a copy of it back again as a new entry: nothing of it runs."""
    event = read(things, SETTINGS[syntax]).record
    found = written(event) if event else None
    if found is not None:
        writing = new_entry(found, SETTINGS[syntax], defaults={}, now=NOW)
        assert_told(writing.problems)
        runs_nothing(writing.values, syntax)
    return event


def runs_nothing(values: Mapping[str, str], syntax: str) -> None:
    """What is sent to the wiki."""
    description = values.get("bf_description", "")
    if syntax == "html":
        assert_harmless_html(description)
    else:
        assert "<" not in description
    if syntax == "wiki":
        assert_harmless_wiki(description)
    assert "script:" not in values.get("bf_site_internet", "").lower()
    assert "<" not in values.get("bf_titre", "")


@pytest.mark.parametrize("value", VALUES)
def test_any_value_may_stand_in_any_field(value: str) -> None:
    for name in PROPERTIES:
        carried([entry(**{name: VALUES[value]})])


@pytest.mark.parametrize("syntax", SETTINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_any_long_text_crosses_or_is_told(name: str, syntax: str) -> None:
    event = carried([entry(bf_description=TEXTS[name])], syntax)
    assert (event is None) == (name in LONG_TEXTS)


@pytest.mark.parametrize("name", sorted(set(TEXTS) - LONG_TEXTS))
def test_html_of_a_calendar_is_harmless_in_the_wiki(name: str) -> None:
    event = read_thing([entry(bf_description=TEXTS[name])], SETTING).record
    assert event is not None
    for syntax in ("html", "wiki"):
        writing = patch_entry(entry(), {"description": event.description}, event, SETTINGS[syntax])
        runs_nothing(writing.values, syntax)
        assert_told(writing.problems)


def test_any_list_of_entries_gives_the_good_ones_and_errors_of_our_own() -> None:
    with bounded_memory():
        entries, problems = entries_from_json(ENTRIES)
    assert entries["KeysOfPhp"].properties["this"] == "b"
    assert all(isinstance(each, BazarError) for each in problems)
    assert all(each.remedy for each in problems)
    parents = {
        tag: parent_of(each.properties.get(RECURRENCE_PROPERTY)) for tag, each in entries.items()
    }
    groups = group(parents)
    grouped = [tag for members in groups.things.values() for tag in members]
    assert sorted([*grouped, *groups.orphans]) == sorted(entries)
    for members in groups.things.values():
        carried([entries[tag] for tag in members])


@pytest.mark.parametrize("tag", TAGS)
def test_any_tag_is_a_name_or_an_error_of_our_own(tag: str) -> None:
    entries, problems = entries_from_json({tag: ENTRIES[tag]})
    assert len(entries) + len(problems) == 1
    for each in entries.values():
        assert carried([each]) is not None
