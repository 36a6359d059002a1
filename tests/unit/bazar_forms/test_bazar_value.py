"""Typed values of entries, and what writes them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms import (
    Day,
    Entry,
    Field,
    FieldType,
    FileName,
    Form,
    Instant,
    Position,
    Recurrence,
    Repetition,
    RichText,
    decode,
    decode_recurrence,
    encode,
    entries_from_json,
    forms_from_json,
)
from bazar_forms.errors import FieldMalformed

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings are absent")

MAP = Field(FieldType.MAP, "geolocation", latitude="bf_lat", longitude="bf_lon")
FIELDS = {
    kind: MAP if kind is FieldType.MAP else Field(kind, "bf_x", name="bf_x") for kind in FieldType
}
SILENT = {FieldType.REVERSE_LINKS, FieldType.ACLS, FieldType.DISPLAY, FieldType.PASSWORD}


def entry(**properties: object) -> Entry:
    return Entry("Tag", "6", properties)


def body(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))["response"]["body"]


# fmt: off
OLD_PIECES = [
    "&#039;", "&quot;", "&nbsp;", "&amp;", "&lt;b&gt;", "<b>", "</b>", "<br>", "<", "&", "'",
    "{{x}}", '""', "|", ",", "2027-03-28", "2027-03-28T05:30:00+02:00", "43.4", "é", "🎉",
]
# fmt: on
old_text = st.lists(st.sampled_from(OLD_PIECES) | st.text(max_size=3), max_size=6).map("".join)
stored_value = (
    old_text
    | st.sampled_from(["2027-03-28", "2027-03-28 05:30", "2027-07-01T10:00:00Z", "43,4", "-3.60"])
    | st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(old_text, max_size=2)
    | st.dictionaries(st.sampled_from(["a", "b", "bf_lat", "bf_lon"]), old_text | st.just(1))
)
stored_entry = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("bf_x", "geolocation", "bf_lat", "bf_lon"), stored_value),
        "carte_google": old_text | st.sampled_from(["43.4|3.6", "43,40|3", "|", "a|b"]),
    },
).map(lambda properties: entry(**properties))


def readable(field: Field, old: Entry) -> bool:
    try:
        decode(field, old)
    except FieldMalformed:
        return False
    return True


@given(st.sampled_from(sorted(set(FieldType) - SILENT)), stored_entry)
def test_what_was_not_changed_is_written_as_it_is_stored(kind: FieldType, old: Entry) -> None:
    field = FIELDS[kind]
    if not readable(field, old):
        return
    value = decode(field, old)
    pairs = encode(field, value, old)
    for key, text in pairs.items():
        raw = old.properties.get(key)
        if kind is not FieldType.MAP and not isinstance(raw, dict):
            assert text == str(raw)
    assert decode(field, entry(**pairs)) == value


@given(st.sampled_from(sorted(set(FieldType) - SILENT)), stored_entry)
def test_writing_and_reading_settle_at_once(kind: FieldType, old: Entry) -> None:
    field = FIELDS[kind]
    if not readable(field, old):
        return
    pairs = encode(field, decode(field, old))
    again = encode(field, decode(field, entry(**pairs)))
    assert again == pairs or not "".join(pairs.values()).strip()


@given(st.sampled_from(sorted(SILENT)), stored_entry)
def test_fields_without_a_value_say_nothing(kind: FieldType, old: Entry) -> None:
    assert decode(FIELDS[kind], old) is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Vélo &amp; Cie", "Vélo & Cie"),
        ("l&#039;été &quot;x&quot;", 'l\'été "x"'),
        ("Titre <b>gras</b> &amp;  3 &lt; 5", "Titre gras &  3 < 5"),
        ("Réunion <interne>", "Réunion <interne>"),
        ("a<br />b", "a b"),
    ],
)
def test_lines_are_unescaped_and_kept_as_stored_where_unchanged(stored: str, shown: str) -> None:
    field = FIELDS[FieldType.TEXT]
    old = entry(bf_x=stored)
    assert decode(field, old) == shown
    assert encode(field, shown, old) == {"bf_x": stored}


def test_changed_lines_are_escaped_exactly_once() -> None:
    field = FIELDS[FieldType.TEXT]
    pairs = encode(field, 'Réunion <interne> & "Cie"\x07', entry(bf_x="x"))
    assert pairs == {"bf_x": 'Réunion &lt;interne&gt; &amp; "Cie"'}


@pytest.mark.parametrize("kind", [FieldType.LINK, FieldType.EMAIL, FieldType.UNKNOWN])
def test_addresses_are_stored_raw_and_written_raw(kind: FieldType) -> None:
    old = entry(bf_x="https://a.example/?a=1&b=2&amp;c")
    assert decode(FIELDS[kind], old) == "https://a.example/?a=1&b=2&amp;c"
    assert encode(FIELDS[kind], "https://b.example/?a&b", old) == {"bf_x": "https://b.example/?a&b"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-12", Day(date(2026, 12, 12))),
        ("2027-07-01T08:00:00Z", Instant(datetime(2027, 7, 1, 8, tzinfo=UTC))),
        ("2027-07-01T10:00:00+00:00", Instant(datetime(2027, 7, 1, 10, tzinfo=UTC))),
        ("2027-07-01T10:00", Instant(datetime(2027, 7, 1, 10))),
        ("2027-07-01 12:00:00", Instant(datetime(2027, 7, 1, 12))),
        (
            "2027-03-28T05:30:00+02:00",
            Instant(datetime(2027, 3, 28, 5, 30, tzinfo=timezone(timedelta(hours=2)))),
        ),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_dates_are_days_or_instants(text: str, value: Day | Instant | None) -> None:
    field = FIELDS[FieldType.START_DATE]
    assert decode(field, entry(bf_x=text)) == value
    assert encode(field, value, entry(bf_x=text)) == {"bf_x": text}


def test_dates_are_written_with_their_offset_and_never_as_plus_zero() -> None:
    field = FIELDS[FieldType.END_DATE]
    summer = Instant(datetime(2027, 7, 1, 10, tzinfo=timezone(timedelta(hours=2))))
    assert encode(field, summer) == {"bf_x": "2027-07-01T10:00:00+02:00"}
    assert encode(field, Instant(datetime(2027, 7, 1, 8, tzinfo=UTC))) == {
        "bf_x": "2027-07-01T08:00:00Z"
    }
    assert encode(field, Day(date(2027, 7, 1))) == {"bf_x": "2027-07-01"}


@pytest.mark.parametrize("text", ["31/12/2027", "demain", "2027-02-30", "2027-07-01T25:00"])
def test_what_is_no_date_is_a_problem_of_that_field(text: str) -> None:
    with pytest.raises(FieldMalformed) as caught:
        decode(FIELDS[FieldType.DATE], entry(bf_x=text))
    assert caught.value.property == "bf_x"
    assert text not in caught.value.message


def test_choices_are_keys() -> None:
    assert decode(FIELDS[FieldType.CHECKBOX], entry(bf_x="num, ener,")) == ("num", "ener")
    assert decode(FIELDS[FieldType.CHECKBOX], entry(bf_x={"a": "1", "b": 0})) == ("a",)
    assert decode(FIELDS[FieldType.LIST], entry(bf_x="a,b")) == ("a,b",)
    assert decode(FIELDS[FieldType.RADIO], entry(bf_x=1)) == ("1",)
    assert decode(FIELDS[FieldType.TAGS], entry(bf_x="vélo,pain")) == ("vélo", "pain")
    assert encode(FIELDS[FieldType.CHECKBOX], ("num", "ener")) == {"bf_x": "num,ener"}
    assert encode(FIELDS[FieldType.LIST], "asso") == {"bf_x": "asso"}
    assert encode(FIELDS[FieldType.TAGS], ()) == {"bf_x": ""}


def test_choices_that_cannot_be_written_are_refused() -> None:
    with pytest.raises(FieldMalformed):
        encode(FIELDS[FieldType.CHECKBOX], ("a,b",))
    with pytest.raises(FieldMalformed):
        encode(FIELDS[FieldType.LIST], ("a", "b"))


@pytest.mark.parametrize(
    "properties",
    [
        {"geolocation": {"bf_lat": "43.40", "bf_lon": "3.6"}},
        {"bf_lat": "43.40", "bf_lon": "3.6"},
        {"carte_google": "43.40|3.6"},
        {"geolocation": "", "bf_lat": "43.40", "bf_lon": "3.6"},
    ],
)
def test_positions_are_found_wherever_a_release_put_them(properties: dict[str, object]) -> None:
    old = entry(**properties)
    assert decode(MAP, old) == Position(43.4, 3.6)
    assert encode(MAP, Position(43.4, 3.6), old) == {"bf_lat": "43.40", "bf_lon": "3.6"}


def test_positions_are_written_without_exponent_and_never_as_the_empty_zero() -> None:
    assert encode(MAP, Position(1e-05, 0)) == {"bf_lat": "0.00001", "bf_lon": "0.0"}
    assert encode(MAP, None) == {"bf_lat": "", "bf_lon": ""}
    assert encode(MAP, None, entry()) == {}
    for beyond in (Position(91, 0), Position(float("nan"), 0)):
        with pytest.raises(FieldMalformed):
            encode(MAP, beyond)


@pytest.mark.parametrize("text", ["91", "nord", "nan"])
def test_positions_off_the_earth_are_a_problem(text: str) -> None:
    with pytest.raises(FieldMalformed):
        decode(MAP, entry(bf_lat=text, bf_lon="3"))


def test_long_texts_keep_their_source() -> None:
    field = replace(FIELDS[FieldType.TEXTAREA], syntax="wiki")
    old = entry(bf_x="**gras** {{x}}")
    value = decode(field, old)
    assert value == RichText("**gras** {{x}}", "wiki")
    assert isinstance(value, RichText)
    assert value.text == "gras"
    assert encode(field, value) == {"bf_x": "**gras** {{x}}"}
    assert encode(field, "{{x}}", old) == {"bf_x": "{\u00a0{x}}"}
    assert encode(field, RichText("<p>a</p>", "html")) == {"bf_x": "a"}


def test_files_are_named_and_detached() -> None:
    assert decode(FIELDS[FieldType.IMAGE], entry(bf_x="a.png")) == FileName("a.png")
    assert encode(FIELDS[FieldType.FILE], FileName("a.pdf_")) == {"bf_x": "a.pdf_"}
    assert encode(FIELDS[FieldType.FILE], None, entry(bf_x="a.pdf_")) == {"bf_x": ""}
    assert encode(FIELDS[FieldType.FILE], None, entry(bf_x=None)) == {}


@pytest.mark.parametrize("raw", [["a"], {"x": "y"}, True])
def test_values_of_another_kind_are_a_problem_of_that_field(raw: object) -> None:
    for kind in FieldType:
        if kind in SILENT | {FieldType.MAP, FieldType.HIDDEN}:
            continue
        if isinstance(raw, dict) and kind in {
            FieldType.CHECKBOX,
            FieldType.LINKED_ENTRIES,
            FieldType.TAGS,
        }:
            continue
        with pytest.raises(FieldMalformed):
            decode(FIELDS[kind], entry(bf_x=raw))
    with pytest.raises(FieldMalformed):
        decode(MAP, entry(bf_lat=raw, bf_lon="3"))


def test_values_of_another_kind_are_not_written() -> None:
    for kind in SILENT:
        with pytest.raises(FieldMalformed):
            encode(FIELDS[kind], "x")
    for kind in set(FieldType) - SILENT:
        with pytest.raises(FieldMalformed):
            encode(FIELDS[kind], Position(1, 2) if kind is not FieldType.MAP else "x")


def test_recurrence_goes_with_the_end_date() -> None:
    end = replace(FIELDS[FieldType.END_DATE], property="bf_date_fin_evenement")
    pairs = encode(end, Recurrence("w", days=("tue",)), entry())
    assert pairs["bf_date_fin_evenement_data[days][0]"] == "tue"
    assert "bf_date_fin_evenement" not in pairs
    with pytest.raises(FieldMalformed):
        encode(FIELDS[FieldType.TEXT], Repetition("P"))


def test_recurrence_is_read_from_the_entry() -> None:
    child = entry(bf_date_fin_evenement_data='{"recurrentParentId":"P"}')
    assert decode_recurrence(child) == Repetition("P")
    assert decode_recurrence(entry()) is None
    with pytest.raises(FieldMalformed) as caught:
        decode_recurrence(entry(bf_date_fin_evenement_data="rubbish"))
    assert caught.value.property == "bf_date_fin_evenement_data"


@recorded
@pytest.mark.parametrize(
    ("form", "entries"),
    [
        ("101-form-5", "110-entries-form-5"),
        ("v444-00-form-5", "v444-03-entries-5"),
        ("v444-01-form-6", "v444-04-entries-6"),
    ],
)
def test_recorded_entries_are_decoded_and_written_back_unchanged(form: str, entries: str) -> None:
    check_all(Form.from_json(body(form)), body(entries))


@recorded
def test_recorded_entries_of_all_forms_are_decoded() -> None:
    forms, _ = forms_from_json(body("100-forms"))
    for number, name in [("6", "111-entries-form-6"), ("7", "112-entries-form-7")]:
        check_all(forms[number], body(name))
    check_all(forms["8"], body("113-entries-form-8"))


def check_all(form: Form, raw: object) -> None:
    entries, problems = entries_from_json(raw)
    assert entries
    assert problems == []
    for one in entries.values():
        for field in filter(lambda field: field.holds_value, form.fields):
            pairs = encode(field, decode(field, one), one)
            assert {key: str(one.properties[key]) for key in pairs} == pairs
