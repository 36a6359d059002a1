"""Cells and records: what was exported wishes nothing, and what was edited wishes just that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.errors import RecordError
from oscartes_sync.exports.preparing import prepare
from oscartes_sync.exports.tables import render_csv, render_spreadsheet
from oscartes_sync.exports.view import EXPORTED, Kind
from oscartes_sync.imports.table import read_table
from oscartes_sync.imports.values import BadCell, unknown_columns, updated, wishes
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Event, Position, RichText, Series
from oscartes_sync.records.record import Record
from tests.unit.exports.publications import actor, event, hostile_actor, published, row

PARIS = ZoneInfo("Europe/Paris")
TEXT = st.text(max_size=30)
LINES = st.lists(TEXT, max_size=3).map(tuple)
CONTACTS = st.builds(
    dict,
    name=TEXT.filter(lambda text: bool(text.strip())),
    kind=st.sampled_from(ContactKind),
    phones=LINES,
    emails=LINES,
    sites=LINES,
    town=TEXT,
    postcode=TEXT,
    categories=LINES,
    social=LINES,
    description=st.builds(RichText, TEXT),
    position=st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
)


def cells(record: Record, kind: Kind, *, spreadsheet: bool = False) -> dict[str, str]:
    """The row of one record as a table has it."""
    whole = published(prepare(row("Tag", record), EXPORTED[kind]), kind=kind)
    content = (render_spreadsheet if spreadsheet else render_csv)(whole)
    (read,) = read_table(content).rows
    return dict(read.cells)


@given(CONTACTS, st.booleans())
def test_a_row_that_nobody_edited_wishes_nothing(values: dict[str, Any], spreadsheet: bool) -> None:
    try:
        record = Contact(**values)
        found = cells(record, "contacts", spreadsheet=spreadsheet)
    except RecordError:
        return
    assert wishes(found, record, "contacts", PARIS) == {}


@pytest.mark.parametrize("record", [actor(), hostile_actor()])
def test_hostile_texts_wish_nothing_either(record: Contact) -> None:
    assert wishes(cells(record, "contacts"), record, "contacts", PARIS) == {}


@pytest.mark.parametrize(
    "record",
    [
        event(),
        event(start=datetime(2027, 3, 6, 18, tzinfo=UTC), end=datetime(2027, 3, 6, 20, tzinfo=UTC)),
        event(series=Series(rule="FREQ=WEEKLY;COUNT=3")),
    ],
)
def test_events_wish_nothing_either(record: Event) -> None:
    assert wishes(cells(record, "events"), record, "events", PARIS) == {}


@pytest.mark.parametrize(
    ("column", "text", "field", "value"),
    [
        ("phones", "01 60 00 00 99|06 00", "phones", ("01 60 00 00 99", "06 00")),
        ("phones", "", "phones", ()),
        ("name", " La  Grange ", "name", "La Grange"),
        ("latitude", "48,7", "position", Position(48.7, -2.1875)),
        ("categories", "Fête | Art | Fête", "categories", ("Art", "Fête")),
        ("description", "Une\r\nautre", "description", RichText("Une\nautre")),
        ("kind", "individual", "kind", ContactKind.INDIVIDUAL),
    ],
)
def test_an_edited_cell_wishes_its_field(column: str, text: str, field: str, value: Any) -> None:
    found = cells(actor(), "contacts") | {column: text}
    assert wishes(found, actor(), "contacts", PARIS) == {field: value}


def test_both_cells_of_a_position_make_it_go() -> None:
    found = cells(actor(), "contacts") | {"latitude": "", "longitude": ""}
    assert wishes(found, actor(), "contacts", PARIS) == {"position": None}


@pytest.mark.parametrize(
    ("column", "text"),
    [("latitude", ""), ("latitude", "nord"), ("longitude", "1000"), ("kind", "robot")],
)
def test_a_cell_that_cannot_be_read_says_which(column: str, text: str) -> None:
    found = cells(actor(), "contacts") | {column: text}
    with pytest.raises(BadCell) as bad:
        wishes(found, actor(), "contacts", PARIS)
    assert bad.value.field == ("kind" if column == "kind" else "position")


@pytest.mark.parametrize("name", ["image", "related", "url", "licence"])
def test_columns_for_reading_only_wish_nothing(name: str) -> None:
    found = cells(actor(), "contacts") | {name: "https://ailleurs.example"}
    assert wishes(found, actor(), "contacts", PARIS) == {}


def test_columns_that_were_taken_out_wish_nothing() -> None:
    found = {"id_fiche": "A", "town": "Limours", "latitude": "1"}
    assert wishes(found, actor(), "contacts", PARIS) == {"town": "Limours"}
    assert wishes(found, None, "contacts", PARIS) == {"town": "Limours"}


def test_times_of_day_are_of_the_network_s_zone_where_they_name_none() -> None:
    found = cells(event(), "events") | {"start": "2027-03-14 20:00", "end": "2027-03-15"}
    wished = wishes(found, event(), "events", PARIS)
    assert wished["start"].utcoffset() == datetime(2027, 3, 14, tzinfo=PARIS).utcoffset()
    assert wished["end"] == date(2027, 3, 15)


def test_the_date_of_a_row_is_read_or_told() -> None:
    assert updated({}, PARIS) is None
    assert updated({"updated": ""}, PARIS) is None
    read = updated({"updated": "2026-11-24T10:30:00+01:00"}, PARIS)
    assert read == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    with pytest.raises(BadCell):
        updated({"updated": "24/11/2026"}, PARIS)


def test_columns_that_mean_nothing_are_named_once() -> None:
    columns = ("id_fiche", "name", "start", "Remarques", "", "url", "image", "start")
    assert unknown_columns(columns, "contacts") == ("start", "Remarques")
    assert unknown_columns(columns, "events") == ("name", "Remarques")
