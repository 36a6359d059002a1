"""Cells that are no formulas, and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.exports.cells import plain, protect

FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "'=1+1",
    "+A1",
    "+33 1 | +cmd|' /C calc'!A0",
)
TEXTS = ("La Grange", "", "01 60 00 00 11", "a=b", "'tis", "91400", "https://a.example/?=")
TELEPHONES = ("+33 1 60 00 00 11", "+33160000011", "+33 (0)1.60", "+33 1 | +44 20")
NUMBERS = ("01000", "00", "78467169500087", "1e5", "12E20")


@pytest.mark.parametrize("spreadsheet", [True, False])
@pytest.mark.parametrize("value", FORMULAS)
def test_what_begins_as_a_formula_is_marked_as_text(value: str, spreadsheet: bool) -> None:
    assert protect(value, spreadsheet=spreadsheet) == f"'{value}"


@pytest.mark.parametrize("spreadsheet", [True, False])
@pytest.mark.parametrize("value", TEXTS)
def test_other_texts_are_left_alone(value: str, spreadsheet: bool) -> None:
    assert protect(value, spreadsheet=spreadsheet) == value


@pytest.mark.parametrize("value", TELEPHONES)
def test_a_telephone_is_one_for_programs_and_a_text_for_spreadsheets(value: str) -> None:
    assert protect(value, spreadsheet=False) == value
    assert protect(value, spreadsheet=True) == f"'{value}"


@pytest.mark.parametrize("value", NUMBERS)
def test_figures_that_a_spreadsheet_would_hurt_are_texts_there(value: str) -> None:
    assert protect(value, spreadsheet=False) == value
    assert protect(value, spreadsheet=True) == f"'{value}"


@given(st.text(alphabet="'=+-@\t\r\n＝0123e |a.", max_size=12), st.booleans())
def test_every_text_comes_back(value: str, spreadsheet: bool) -> None:
    assert plain(protect(value, spreadsheet=spreadsheet), spreadsheet=spreadsheet) == value
