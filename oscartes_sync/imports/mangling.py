"""What spreadsheets make of texts: numbers that lost their noughts, dates, letters they lack.

A cell that is what such a program makes of what was exported is nobody's edit.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

_FRENCH: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
"""A date as a spreadsheet set to French shows and saves it."""
_FIGURES: Final = re.compile(r"\+?[0-9]{1,40}")
_WHOLE: Final = re.compile(r"([0-9]+)(?:[.,]0+)?")
_POWER: Final = re.compile(r"([0-9](?:[.,][0-9]+)?)[eE]\+?([0-9]{1,3})")
_DAY_AND_MONTH: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](?:\d{2})?(\d{2}))?", re.ASCII)


def turned_round(text: str) -> str:
    """dd/mm/yyyy and dd/mm/yyyy hh:mm[:ss] as ISO 8601; any other text as it is."""
    found = _FRENCH.fullmatch(text)
    if found is None:
        return text
    day, month, year, hour, minute, second = found.groups()
    read = f"{year}-{int(month):02}-{int(day):02}"
    if hour is None:
        return read
    return f"{read}T{int(hour):02}:{minute}" + (f":{second}" if second else "")


def is_mangled(text: str, exported: str) -> bool:
    """Whether the one is what a spreadsheet made of the other."""
    if not text or not exported:
        return False
    return (
        text == exported.encode("cp1252", "replace").decode("cp1252")
        or _is_number(text, exported)
        or _is_date(text, exported)
    )


def _is_number(text: str, exported: str) -> bool:
    """01000 becomes 1000, a telephone 474000000, 4,74E+08 or 474000000,0.

    The other way round it is a person who puts the noughts back.
    """
    if not _FIGURES.fullmatch(exported):
        return False
    value = int(exported)
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        return whole[1] == str(value)
    power = _POWER.fullmatch(text)
    if power is None:
        return False
    places = len(power[1]) - 1 - ("." in power[1] or "," in power[1])
    said = Decimal(f"{power[1].replace(',', '.')}E{power[2]}")
    return Decimal(f"{Decimal(value):.{places}E}") == said


def _is_date(text: str, exported: str) -> bool:
    """A day in the French way, or a house number such as 1-2 that was taken for one."""
    try:
        read = date.fromisoformat(turned_round(text))
    except ValueError:
        return False
    if exported == read.isoformat():
        return text != exported
    found = _DAY_AND_MONTH.fullmatch(exported)
    if found is None:
        return False
    day, month, year = found.groups()
    same = (int(day), int(month)) == (read.day, read.month)
    return same and year in (None, f"{read.year % 100:02}")
