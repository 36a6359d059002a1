"""Cells that no spreadsheet takes for a formula, and back.

A value that begins with one of `= + - @`, a tab, a line end or the full-width forms of the four
signs gets an apostrophe in front, which is what a person types to say "this is text". `plain`
takes it off again, so that a table may come back: also a value that began with an apostrophe
itself is what it was.

Telephones. `+33 1 60 00 00 11` begins with a sign, too. In the table for programs (`csv`) it stays
as it is: a `+` followed by nothing but figures, blanks, points, slashes and brackets names neither
a cell nor a function nor a program, so that nothing can be run by it, and every reader of open
data would have had to take the apostrophe off. In the table for spreadsheets it gets one, since
those would make a number of it: `+33160000011` would become 33160000011, as `01000`, a postcode,
would become 1000 and a SIRET 1.2E+13. There, whatever reads as a number and would be hurt by it
is text.
"""

from __future__ import annotations

import re
from typing import Final

from oscartes_sync.exports.plain import SEPARATOR

MARK: Final = "'"
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 .()/\u00a0\u202f]*")
_HURT: Final = re.compile(r"0[0-9]+|[0-9]{12,}|[0-9]+[eE][0-9]+")
"""Leading noughts, more figures than are shown, and what is read as a power of ten."""


def protect(value: str, *, spreadsheet: bool) -> str:
    """The cell of a text; `spreadsheet` is whether a person's program will open it."""
    return f"{MARK}{value}" if _is_risky(value.lstrip(MARK), spreadsheet=spreadsheet) else value


def plain(cell: str, *, spreadsheet: bool) -> str:
    """The text of a cell that `protect` made."""
    inner = cell.lstrip(MARK)
    marked = cell.startswith(MARK) and _is_risky(inner, spreadsheet=spreadsheet)
    return cell[1:] if marked else cell


def _is_risky(value: str, *, spreadsheet: bool) -> bool:
    if spreadsheet and _HURT.fullmatch(value):
        return True
    if not _FORMULA.match(value):
        return False
    return spreadsheet or not all(map(_TELEPHONE.fullmatch, value.split(SEPARATOR)))
