"""From entries to events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bazar_forms.entry import Entry, entries_from_json
from bazar_forms.form import Form
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.mapping.entry_reading import EntryReading, read_entry, read_thing
from oscartes_sync.mapping.groups import group, parent_of
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import Attachment, Event, Position, Series
from oscartes_sync.records.occurrences import occurrences
from tests.fakes.agenda_form import agenda_fields, entry, form_of, setting_of

RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings" / "yeswiki"
SETTING = setting_of(form_of(agenda_fields()))
START, END = "bf_date_debut_evenement", "bf_date_fin_evenement"


def read(setting: Setting = SETTING, /, **properties: object) -> Event:
    event = read_entry(entry(**properties), setting).record
    assert event is not None
    return event


def codes(reading: EntryReading) -> list[str]:
    return [problem.code for problem in reading.problems]


def test_every_field_arrives() -> None:
    event = read(
        bf_titre="Fête &amp; <b>bal</b> 3 &lt; 5 &#039;x&#039;",
        bf_type_evenement="fete,atelier",
        bf_description="<p>Un &amp; deux</p>",
        bf_lieu="Salle &amp; cie",
        bf_adresse="3 rue X",
        bf_code_postal="91400",
        bf_ville="Orsay",
        bf_latitude="48,7",
        bf_longitude="2.1",
        listefiche5bf_organisateur="VeloCie",
        bf_site_internet="https://x.example/?a=1&amp;copy=2",
        imagebf_image="a b.png",
        fichierbf_fichier="p.pdf_",
    )
    assert event.title == "Fête & bal 3 < 5 'x'"
    assert (event.start, event.end) == (date(2027, 3, 2), date(2027, 3, 3))
    assert event.categories == ("Atelier", "Fête & convivialité")
    assert (event.description.text, event.description.html) == ("Un & deux", "<p>Un &amp; deux</p>")
    assert event.place == "Salle & cie, 3 rue X, 91400 Orsay"
    assert event.position == Position(48.7, 2.1)
    assert event.organizer == "Vélo & Cie"
    assert event.link == "https://x.example/?a=1&copy=2"
    assert event.image == "https://wiki.example/files/a b.png"
    assert event.files == (Attachment("https://wiki.example/files/p.pdf_", "fichierbf_fichier"),)
    assert event.page == "https://wiki.example/?Cafe"
    assert event.properties == (("link", "bf_site_internet"), ("image", "imagebf_image"))


@pytest.mark.parametrize(
    ("stored", "instant", "shown"),
    [
        ("2027-03-28T05:30:00+02:00", datetime(2027, 3, 28, 3, 30, tzinfo=UTC), "05:30"),
        ("2027-07-01T10:00:00+00:00", datetime(2027, 7, 1, 10, 0, tzinfo=UTC), "12:00"),
        ("2027-07-01T10:00:00Z", datetime(2027, 7, 1, 10, 0, tzinfo=UTC), "12:00"),
        ("2027-07-01T10:00:00", datetime(2027, 7, 1, 8, 0, tzinfo=UTC), "10:00"),
        ("2027-01-01 10:00:00", datetime(2027, 1, 1, 9, 0, tzinfo=UTC), "10:00"),
    ],
)
def test_times_are_the_instants_they_say(stored: str, instant: datetime, shown: str) -> None:
    event = read(**{START: stored, END: stored})
    assert event.start == instant
    assert isinstance(event.start, datetime)
    assert event.start.strftime("%H:%M") == shown


@pytest.mark.parametrize("missing", [START, END])
def test_a_missing_end_is_the_start_and_a_missing_start_the_end(missing: str) -> None:
    event = read(**{START: "2027-03-02", END: "2027-03-02", missing: None})
    assert event.start == event.end == date(2027, 3, 2)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({START: "", END: None}, "entry-without-date"),
        ({START: "0000-00-00"}, None),
        ({START: "bientôt"}, "date-unreadable"),
        ({END: "2027-13-45"}, "date-unreadable"),
        ({START: ["2027-03-02"]}, "date-unreadable"),
        ({END: "2027-03-01"}, "end-before-start"),
        ({"bf_titre": " "}, "entry-without-title"),
        ({"bf_titre": None}, "entry-without-title"),
    ],
)
def test_what_makes_no_event_is_a_problem_of_that_entry(
    properties: Mapping[str, object], code: str | None
) -> None:
    reading = read_entry(entry(**properties), SETTING)
    assert codes(reading) == ([code] if code else [])
    assert (reading.record is None) is (code is not None)
    assert all(problem.entry == "Cafe" for problem in reading.problems)


def test_a_day_and_a_time_together_are_read_and_told() -> None:
    reading = read_entry(entry(**{START: "2027-03-02T09:00:00+01:00"}), SETTING)
    assert reading.record is not None
    assert reading.record.end == datetime(2027, 3, 3, 23, 0, tzinfo=UTC)
    assert codes(reading) == ["day-and-time-mixed"]


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"bf_lieu": {"a": "b"}}, "field-unreadable"),
        ({"bf_latitude": "nord", "bf_longitude": "2"}, "field-unreadable"),
        ({"bf_latitude": "95", "bf_longitude": "2"}, "field-unreadable"),
        ({"bf_type_evenement": "disparu"}, "choice-unknown"),
        ({"listefiche5bf_organisateur": "Parti"}, "linked-entry-unknown"),
    ],
)
def test_a_field_that_cannot_be_read_is_left_out_and_told(
    properties: Mapping[str, object], code: str
) -> None:
    reading = read_entry(entry(**properties), SETTING)
    assert reading.record is not None
    assert codes(reading) == [code]


def test_old_positions_and_bare_schemes() -> None:
    assert read(carte_google="43.4|3.6").position == Position(43.4, 3.6)
    assert read(bf_site_internet="https://").link == ""


@pytest.mark.parametrize("syntax", ["wiki", "nohtml"])
def test_other_syntaxes_are_texts(syntax: str) -> None:
    setting = setting_of(form_of(agenda_fields(syntax)))
    event = read(setting, bf_description="Un &amp; deux")
    assert (event.description.text, event.description.html) == ("Un & deux", "")


def test_the_derived_paragraph_is_taken_off() -> None:
    said = "<p>— Ajouté par OSCARTES, ne pas modifier —<br>Cet événement est annulé.</p>"
    reading = read_entry(entry(bf_description=f"<p>Texte</p>{said}"), SETTING)
    assert reading.record is not None
    assert reading.record.description.html == "<p>Texte</p>"
    assert "annulé" in reading.said


def things(entries: Mapping[str, Entry], setting: Setting) -> Iterator[tuple[list[str], Event]]:
    parents = {
        tag: parent_of(one.properties.get(RECURRENCE_PROPERTY)) for tag, one in entries.items()
    }
    for members in group(parents).things.values():
        event = read_thing([entries[tag] for tag in members], setting).record
        assert event is not None
        yield list(members), event


def recorded_answers() -> Iterator[Any]:
    for path in sorted(RECORDINGS.glob("71*")) + sorted(RECORDINGS.glob("72*")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            body = exchange["response"]["body"]
            if exchange["request"]["line"].startswith("GET") and isinstance(body, dict):
                yield pytest.param(body, id=path.stem)


@pytest.mark.skipif(not RECORDINGS.exists(), reason="recordings are not here")
@pytest.mark.parametrize("body", list(recorded_answers()))
def test_a_recorded_series_gives_the_dates_of_its_entries(body: dict[str, Any]) -> None:
    forms = json.loads((RECORDINGS / "100-forms.json").read_text())["response"]["body"]
    setting = setting_of(Form.from_json(forms["6"]))
    entries, bad = entries_from_json(body)
    assert not bad
    for members, event in things(entries, setting):
        laid_out = occurrences(
            event, after=datetime(2000, 1, 1, tzinfo=UTC), limit=99, zone="Europe/Paris"
        )
        singles = [read_entry(entries[tag], setting).record for tag in members]
        assert [(each.start, each.end) for each in laid_out] == sorted(
            (each.start, each.end) for each in singles if each
        )


STRUCTURE = {
    "isRecurrent": "1",
    "repetition": "w",
    "step": "1",
    "nbmax": "3",
    "limitdate": "",
    "days": ["tue"],
}


def weekly(**changed: Mapping[str, object]) -> dict[str, Entry]:
    """Four Tuesdays at eight; `changed` by tag."""
    found = {}
    for day in ("02", "09", "16", "23"):
        tag = "Serie" if day == "02" else f"Serie202703{day}"
        data: object = '{"recurrentParentId":"Serie"}' if day != "02" else STRUCTURE
        hours = {START: f"2027-03-{day}T20:00:00+01:00", END: f"2027-03-{day}T21:00:00+01:00"}
        found[tag] = entry(tag, **{**hours, RECURRENCE_PROPERTY: data, **changed.get(tag, {})})
    return found


def series_of(entries: Mapping[str, Entry]) -> Series:
    ((_, event),) = things(entries, SETTING)
    assert event.series is not None
    return event.series


def test_a_series_is_one_event_with_its_rule() -> None:
    series = series_of(weekly())
    assert series == Series("FREQ=WEEKLY;COUNT=4;BYDAY=TU", zone="Europe/Paris")


def test_a_deleted_repetition_is_excluded_and_a_changed_one_has_its_own() -> None:
    entries = weekly(Serie20270316={"bf_lieu": "Ailleurs"})
    del entries["Serie20270309"]
    series = series_of(entries)
    assert series.excluded == (datetime(2027, 3, 9, 19, 0, tzinfo=UTC),)
    (override,) = series.overrides
    assert (override.at, override.place) == (datetime(2027, 3, 16, 19, 0, tzinfo=UTC), "Ailleurs")


def test_a_moved_repetition_keeps_the_date_it_was_made_for() -> None:
    moved = {START: "2027-03-18T18:00:00+01:00", END: "2027-03-18T19:00:00+01:00"}
    (override,) = series_of(weekly(Serie20270316=moved)).overrides
    assert override.at == datetime(2027, 3, 16, 19, 0, tzinfo=UTC)
    assert override.start == datetime(2027, 3, 18, 17, 0, tzinfo=UTC)


def test_what_an_override_cannot_say_is_told() -> None:
    entries = weekly(Serie20270316={"bf_type_evenement": "fete"})
    reading = read_thing(list(entries.values()), SETTING)
    (problem,) = reading.problems
    assert (problem.code, problem.entry) == ("repetition-differs", "Serie20270316")
    assert reading.last == datetime(2027, 3, 23, 20, 0, tzinfo=UTC)


def test_repetitions_of_another_kind_or_broken_are_left_out_alone() -> None:
    entries = weekly(
        Serie20270309={START: "2027-03-09", END: "2027-03-09"}, Serie20270316={START: "?"}
    )
    reading = read_thing(list(entries.values()), SETTING)
    assert sorted(codes(reading)) == ["date-unreadable", "repetition-other-kind"]
    assert reading.record is not None
    assert reading.record.series is not None
    assert len(reading.record.series.excluded) == 2


def test_a_parent_that_lost_its_structure_still_has_its_dates() -> None:
    series = series_of(weekly(Serie={RECURRENCE_PROPERTY: ""}))
    assert (series.rule, len(series.extra)) == ("", 3)


def test_repetitions_without_their_parent_are_orphans() -> None:
    parents = {"Serie20270309": "Serie", "Cafe": ""}
    assert group(parents).orphans == ("Serie20270309",)
    assert parent_of("{broken") == ""
