"""A table as a person's spreadsheet saved it, whatever it made of the file that was exported.

Spreadsheets change the separator, the line ends and the encoding (Excel set to French saves
"CSV" as Windows-1252 with semicolons, and "Unicode text" as UTF-16 with tabs); columns are moved
and taken out. The head tells them apart: it has a column `id_fiche`.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oscartes_sync.errors import UsageError
from oscartes_sync.exports.cells import plain
from oscartes_sync.exports.tables import KEY
from oscartes_sync.records.problem import Problem

_SEPARATORS: Final = ",;\t"
_ZIP: Final = b"PK\x03\x04"
"""Begins .ods and .xlsx files."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file it begins on (the head is on 1), and its cells by column.

    Columns that the row is too short for are not there, which says nothing of them: spreadsheets
    leave out what is empty at the end. The marks that `exports.cells` puts before formulas are off;
    blanks around are, too.
    """

    line: int
    cells: Mapping[str, str]

    @property
    def key(self) -> str:
        """The tag of its entry, "" where it is to become one."""
        return self.cells[KEY]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: its columns in order, its rows, and what could not be read of it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def read_table(content: bytes) -> Table:
    """Read a file; a row whose cells do not stand under the head is a Problem beside the others.

    Raises:
        UsageError: `import-spreadsheet-file`, `import-not-text`, `import-no-key`,
            `import-column-twice`, `import-malformed`, `import-no-rows`.
    """
    text, problems = _decoded(content)
    # The module's limit of a cell is one for the whole process; a text may well be longer.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    separator = _separator(text)
    read = list(_records(text, separator))
    if not read:
        raise UsageError("import-no-key", key=KEY)
    columns = tuple(name.strip() for name in read[0][1])
    _check(columns)
    cut = not text.endswith(("\n", "\r"))
    rows: list[Row] = []
    for line, cells in read[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        last = cut and line == read[-1][0]
        if not _fits(cells, columns, whole=last):
            problems.append(
                Problem.of("import-row-shape", row=line, cells=len(cells), columns=len(columns))
            )
            continue
        # What a spreadsheet is given has more marks than what a program is: both come off here,
        # since people save the one as the other.
        plainly = (plain(cell, spreadsheet=True).strip() for cell in cells)
        rows.append(Row(line, dict(zip(columns, plainly, strict=False))))
    if not rows and not problems:
        raise UsageError("import-no-rows")
    return Table(columns, tuple(rows), tuple(problems))


def _fits(cells: Sequence[str], columns: Sequence[str], *, whole: bool) -> bool:
    """Whether a row says to which columns its cells belong.

    A short one is as long as spreadsheets make it; where the file was cut off in it (`whole`), it
    may lack what it had. One without its key would be taken for a new entry.
    """
    if len(cells) >= len(columns):
        return not any(cell.strip() for cell in cells[len(columns) :])
    return not whole and len(cells) > columns.index(KEY)


def _decoded(content: bytes) -> tuple[str, list[Problem]]:
    if content.startswith(_ZIP):
        raise UsageError("import-spreadsheet-file")
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _read_as(content, encoding), []
    try:
        return _without_nul(content.decode()), []
    except UnicodeDecodeError:
        return _read_as(content, "cp1252"), [Problem.warning("import-encoding")]


def _read_as(content: bytes, encoding: str) -> str:
    try:
        return _without_nul(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise UsageError("import-not-text") from error


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise UsageError("import-not-text")
    return text


def _separator(text: str) -> str:
    """The one under which the head names the key.

    Raises:
        UsageError: `import-no-key`.
    """
    said = text.partition("\n")[0].strip().lower()
    if said.startswith("sep=") and len(said) == len("sep=") + 1:  # Excel's own first line
        return said[-1]
    for separator in _SEPARATORS:
        # Not strictly: under another separator a name in quotes may begin in the midst of a cell.
        head = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        if KEY in (name.strip() for name in head):
            return separator
    raise UsageError("import-no-key", key=KEY)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line each record begins on, and its cells.

    Strict, so that a quote that is never closed, as in a file that was cut off, is no long cell.
    """
    skipped = 1 if text.lower().startswith("sep=") else 0
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        stream.readline()
    reader = csv.reader(stream, delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UsageError("import-malformed", line=begins + skipped) from error
        yield begins + skipped, cells
        begins = reader.line_num + 1


def _check(columns: Sequence[str]) -> None:
    if KEY not in columns:
        raise UsageError("import-no-key", key=KEY)
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise UsageError("import-column-twice", name=twice[0])
