"""Tables as spreadsheets save them."""

from __future__ import annotations

import pytest

from oscartes_sync.errors import UsageError
from oscartes_sync.imports.table import read_table
from oscartes_sync.records.problem import Problem

HEAD = "id_fiche,name,town"


def table(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return (end.join(lines) + end).encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separator_encoding_and_line_ends_are_found_out(
    separator: str, encoding: str, end: str
) -> None:
    content = table(HEAD, "Grange,Grange à outils,Évry", encoding=encoding, end=end)
    if separator != ",":
        content = content.decode(encoding).replace(",", separator).encode(encoding)
    read = read_table(content)
    assert read.columns == ("id_fiche", "name", "town")
    (row,) = read.rows
    assert (row.line, row.key) == (2, "Grange")
    assert dict(row.cells) == {"id_fiche": "Grange", "name": "Grange à outils", "town": "Évry"}
    assert read.problems == ()


def test_a_table_of_an_old_excel_is_read_and_that_is_told() -> None:
    read = read_table(table(HEAD, "Grange,L’été,Évry", encoding="cp1252"))
    assert read.rows[0].cells["name"] == "L’été"
    assert [each.code for each in read.problems] == ["import-encoding"]


def test_the_line_in_which_excel_names_its_separator_is_no_head() -> None:
    read = read_table(table("sep=;", "id_fiche;name", "Grange;Outils"))
    assert (read.columns, read.rows[0].line) == (("id_fiche", "name"), 3)


def test_lines_are_counted_through_cells_with_line_ends() -> None:
    read = read_table(table(HEAD, 'A,"deux\nlignes",X', "B,une,Y"))
    assert [(row.key, row.line) for row in read.rows] == [("A", 2), ("B", 4)]


def test_empty_rows_are_none_and_columns_may_be_in_any_order() -> None:
    read = read_table(table("town,id_fiche", ",", "Orsay,A", " , "))
    assert [(row.key, row.cells["town"]) for row in read.rows] == [("A", "Orsay")]


def test_marks_before_formulas_are_off_and_blanks_too() -> None:
    (row,) = read_table(table(HEAD, "A,'=1+1, '01000 ")).rows
    assert (row.cells["name"], row.cells["town"]) == ("=1+1", "'01000")
    (row,) = read_table(table(HEAD, "A,'+33 1,'01000")).rows
    assert (row.cells["name"], row.cells["town"]) == ("+33 1", "01000")


def test_a_row_that_is_too_long_is_told_beside_the_others() -> None:
    read = read_table(table(HEAD, "A,B,C,D", "Z,Y,X"))
    assert [row.key for row in read.rows] == ["Z"]
    assert read.problems == (Problem.of("import-row-shape", row=2, cells=4, columns=3),)


def test_rows_end_where_spreadsheets_end_them_and_what_is_not_there_says_nothing() -> None:
    read = read_table(table(HEAD, "A,B", "Z,Y,X,, "))
    assert [dict(row.cells) for row in read.rows] == [
        {"id_fiche": "A", "name": "B"},
        {"id_fiche": "Z", "name": "Y", "town": "X"},
    ]
    assert read.problems == ()


def test_a_file_that_was_cut_off_does_not_empty_what_its_last_row_lacks() -> None:
    read = read_table(table(HEAD, "Z,Y,X") + b"A,B")
    assert [row.key for row in read.rows] == ["Z"]
    assert read.problems == (Problem.of("import-row-shape", row=3, cells=2, columns=3),)
    assert [row.key for row in read_table(table(HEAD) + b"Z,Y,X").rows] == ["Z"]


def test_a_row_that_ends_before_its_key_is_no_new_one() -> None:
    read = read_table(table("name,town,id_fiche", "A,B", "A,B,"))
    assert [row.line for row in read.rows] == [3]
    assert [each.code for each in read.problems] == ["import-row-shape"]


def test_a_quote_in_the_head_is_none_under_another_separator() -> None:
    read = read_table(table('id_fiche;"a,""b"" c";town', "A;B;C"))
    assert read.columns == ("id_fiche", 'a,"b" c', "town")


def test_a_very_long_cell_is_read() -> None:
    (row,) = read_table(table(HEAD, f'A,"{"x" * 300_000}",Y')).rows
    assert len(row.cells["name"]) == 300_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 an .ods", "import-spreadsheet-file"),
        (b"id_fiche,name\nA,\0\n", "import-not-text"),
        (b"\xff\xfei\x00d\x00", "import-no-key"),
        (b"\xff\xfei", "import-not-text"),
        (b"id_fiche,name\nA,\x81\xff\n", "import-not-text"),
        (b"", "import-no-key"),
        (b"\r\n\r\n", "import-no-key"),
        (b"nom,ville\nA,B\n", "import-no-key"),
        (b"sep=;\nnom;ville\n", "import-no-key"),
        (b"id_fiche,name,name\nA,B,C\n", "import-column-twice"),
        (b'id_fiche,name\nA,"cut off', "import-malformed"),
        (b'id_fiche,name\nA,"b"c\n', "import-malformed"),
        (b"id_fiche,name\n", "import-no-rows"),
        (b"id_fiche,name\n,\n", "import-no-rows"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_table(content)
    assert refused.value.code == code
