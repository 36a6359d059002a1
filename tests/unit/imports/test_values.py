"""Cells and records: what was exported wishes nothing, and what was edited wishes just that."""

from __future__ import annotations

from dataclasses import replace
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
from oscartes_sync.imports.values import (
    BadCell,
    Stamp,
    typed_in_vain,
    unknown_columns,
    updated,
    wishes,
)
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


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("2026-11-24T10:30:00+01:00", False),
        ("24/11/2026 10:30:00", False),
        ("2026-11-24 10:30", True),
        ("2026-11-24T10:30+01:00", True),
        ("24/11/2026 10:30", True),
    ],
)
def test_the_date_of_a_row_is_read_as_spreadsheets_write_it(text: str, minute: bool) -> None:
    read = updated({"updated": text}, PARIS)
    assert read == Stamp(datetime(2026, 11, 24, 10, 30, tzinfo=PARIS), minute=minute)
    assert read.says(datetime(2026, 11, 24, 9, 30, 59, tzinfo=UTC)) is minute
    assert not read.says(datetime(2026, 11, 24, 9, 31, tzinfo=UTC))


@pytest.mark.parametrize("text", ["24/11/2026", "2026-11-24", "hier", "32/13/2026 10:30"])
def test_the_date_of_a_row_is_told_where_it_is_none(text: str) -> None:
    assert updated({}, PARIS) is None
    assert updated({"updated": ""}, PARIS) is None
    with pytest.raises(BadCell):
        updated({"updated": text}, PARIS)


@pytest.mark.parametrize(
    ("column", "exported", "text"),
    [
        ("postcode", "01000", "1000"),
        ("postcode", "01000", "1000,0"),
        ("phones", "0474000000", "474000000"),
        ("phones", "0474000000", "4,74E+08"),
        ("phones", "0474000000", "4.74E+08"),
        ("phones", "+33160000011", "33160000011"),
        ("street", "1-2", "01/02/2026"),
        ("street", "1/2/2026", "01/02/2026"),
        ("town", "2027-03-14", "14/03/2027"),
        ("name", "Café ☕", "Café ?"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_no_wish(
    column: str, exported: str, text: str
) -> None:
    value = (exported,) if column == "phones" else exported
    record = replace(actor(), **{column: value})
    found = cells(record, "contacts") | {column: text}
    assert wishes(found, record, "contacts", PARIS) == {}


@pytest.mark.parametrize(
    ("exported", "text"),
    [
        ("01000", "10000"),
        ("1000", "01000"),
        ("33160000011", "+33160000011"),
        ("0474000000", "4,75E+08"),
        ("1-2", "02/01/2026"),
        ("Café ☕", "Café !"),
        ("", "0"),
    ],
)
def test_what_no_spreadsheet_makes_of_a_cell_is_one(exported: str, text: str) -> None:
    record = replace(actor(), town=exported)
    found = cells(record, "contacts") | {"town": text}
    assert wishes(found, record, "contacts", PARIS) == {"town": text}


def test_french_dates_are_dates() -> None:
    found = cells(event(), "events") | {"start": "14/03/2027 20:00", "end": "15/03/2027"}
    wished = wishes(found, event(), "events", PARIS)
    assert wished["start"] == datetime(2027, 3, 14, 20, tzinfo=PARIS)
    assert wished["end"] == date(2027, 3, 15)


@pytest.mark.parametrize("column", ["emails", "sites", "social"])
def test_what_is_no_address_is_a_bad_cell(column: str) -> None:
    found = cells(actor(), "contacts") | {column: "a@b.example | pas une adresse"}
    if column != "emails":
        found |= {column: "https://a.example | pas une adresse"}
    with pytest.raises(BadCell) as bad:
        wishes(found, actor(), "contacts", PARIS)
    assert bad.value.field == column


def test_no_link_is_a_bad_cell_either() -> None:
    with pytest.raises(BadCell):
        wishes(cells(event(), "events") | {"link": "ici"}, event(), "events", PARIS)


def test_addresses_are_read_as_records_hold_them() -> None:
    found = cells(actor(), "contacts") | {"emails": "mailto:a@b.example", "phones": "tel:01"}
    wished = wishes(found, actor(), "contacts", PARIS)
    assert wished == {"emails": ("a@b.example",), "phones": ("01",)}


def test_columns_for_reading_only_are_told_where_they_say_otherwise() -> None:
    record = replace(actor(), image="https://ici.example/logo.png", related=("Une",))
    found = cells(record, "contacts")
    assert typed_in_vain(found, record, "contacts") == ()
    typed = found | {"image": "", "related": "Une | Autre"}
    assert typed_in_vain(typed, record, "contacts") == ("image", "related")
    assert typed_in_vain({"related": "Une", "image": ""}, None, "contacts") == ("related",)
    assert typed_in_vain({"id_fiche": "A"}, record, "contacts") == ()


def test_columns_that_mean_nothing_are_named_once() -> None:
    columns = ("id_fiche", "name", "start", "Remarques", "", "url", "image", "start")
    assert unknown_columns(columns, "contacts") == ("start", "Remarques")
    assert unknown_columns(columns, "events") == ("name", "Remarques")
