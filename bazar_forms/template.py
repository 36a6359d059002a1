"""The raw template of a Bazar form: one line a field, cells separated by `***`.

Shape (reference section 3, server file tools/bazar/services/FormManager.php, parseTemplate):
lines end in CRLF or LF, blank lines and lines that open with `#` are no fields, nor are lines
of three cells or fewer; cells are trimmed and padded to sixteen. The same lines, already split,
come as `template` in the API's form object.
"""

from __future__ import annotations

from dataclasses import dataclass

CELL_COUNT = 16
_BLANKS = " \t\n\r\0\x0b"


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One field as the form's author wrote it; `cells[0]` is the type's keyword."""

    cells: tuple[str, ...]

    @property
    def keyword(self) -> str:
        """The field type as written in the template, e.g. `texte` or `listedatedeb`."""
        return self.cell(0)

    def cell(self, index: int) -> str:
        """The trimmed cell at `index`, or an empty string beyond the last one."""
        return self.cells[index] if 0 <= index < len(self.cells) else ""


def parse_template(raw: str) -> tuple[TemplateLine, ...]:
    """Reads `bn_template`; lines that the server would not read as a field are left out."""
    lines = (line.strip(_BLANKS) for line in raw.split("\n"))
    split = ([cell.strip(_BLANKS) for cell in line.split("***")] for line in lines if _counts(line))
    return tuple(_line(cells) for cells in split if len(cells) > 3)


def lines_from_json(raw: object) -> tuple[TemplateLine, ...]:
    """Reads the API's `template`: a list, or an object keyed by position, of lists of strings.

    Anything else in it becomes an empty line, so that the positions stay those of `prepared`.
    """
    rows = list(raw.values()) if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        return ()
    return tuple(_line_from_json(row) for row in rows)


def _counts(line: str) -> bool:
    return line not in {"", "0"} and not line.startswith("#")


def _line(cells: list[str]) -> TemplateLine:
    return TemplateLine(tuple(cells + [""] * (CELL_COUNT - len(cells))))


def _line_from_json(row: object) -> TemplateLine:
    cells = list(row.values()) if isinstance(row, dict) else row
    if not isinstance(cells, list):
        return _line([])
    return _line([cell.strip(_BLANKS) if isinstance(cell, str) else "" for cell in cells])
