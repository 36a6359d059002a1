"""`export`: its words, its outputs, its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.errors import Unexpected, Unreachable
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.export_view import ExportedFile, ExportReport
from tests.fakes.doors import FakeHouse

Call = Callable[..., Any]
FILES = (
    ExportedFile("public/acteurs.geojson", "geojson", "written", b"x" * 1234),
    ExportedFile("public/acteurs.csv", "csv", "unchanged", b"x" * 1_000_001),
)
BROKEN = Problem.of("entry-without-title", side=Side.WIKI, entry="Cafe")
DOUBTFUL = Problem.warning("link-unsafe", Side.WIKI).at(entry="Bal")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_files_are_listed_with_what_became_of_them(call: Call, house: FakeHouse) -> None:
    house.exported = ExportReport("acteurs", FILES, 12, (DOUBTFUL,))
    ended = call("export", "acteurs", "--format", "geojson", "--format", "csv", "--out", "public")
    assert ended.code == 0
    assert ended.out == (
        "~ public/acteurs.geojson (geojson, 2 kB)\n"
        "= public/acteurs.csv (csv, 1,001 kB) – unchanged\n"
        "! Bal: Its link is no address but a program: it is left out on the other side.\n"
        "  → Replace it by the address of a page, or empty it.\n"
        "12 entries, 1 file written.\n"
    )
    assert house.asked == [("export", "acteurs", ["geojson", "csv"], Path("public"), False)]


def test_an_entry_that_is_left_out_makes_a_four(call: Call, house: FakeHouse) -> None:
    house.exported = ExportReport("acteurs", FILES, 12, (BROKEN,))
    ended = call("export", "acteurs", "--format", "all", "--out", "public", "--quiet")
    assert ended.code == 4
    assert "! Cafe: The entry has no title.\n" in ended.out


def test_quiet_says_nothing_where_all_went_well(call: Call, house: FakeHouse) -> None:
    house.exported = ExportReport("acteurs", FILES, 12)
    ended = call("export", "acteurs", "--format", "all", "--out", "public", "-q", "--allow-empty")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert house.asked[0][-1] is True


def test_the_summary_as_json(call: Call, house: FakeHouse) -> None:
    house.exported = ExportReport("acteurs", FILES, 12, (DOUBTFUL,))
    document = json.loads(
        call("export", "acteurs", "--format", "all", "--out", "public", "--json").out
    )
    assert document == {
        "view": "acteurs",
        "files": [
            {
                "path": "public/acteurs.geojson",
                "format": "geojson",
                "bytes": 1234,
                "status": "written",
            },
            {
                "path": "public/acteurs.csv",
                "format": "csv",
                "bytes": 1_000_001,
                "status": "unchanged",
            },
        ],
        "entries": 12,
        "problems": [
            {
                "code": "link-unsafe",
                "severity": "warning",
                "side": "wiki",
                "entry": "Bal",
                "href": None,
                "message": "Its link is no address but a program: it is left out on the other "
                "side.",
                "remedy": "Replace it by the address of a page, or empty it.",
            }
        ],
    }


def test_without_out_the_file_alone_is_on_stdout(call: Call, house: FakeHouse) -> None:
    shown = ExportedFile("", "csv", "shown", "id_fiche,name\r\nCafé,é\r\n".encode())
    house.exported = ExportReport("acteurs", (shown,), 1, (DOUBTFUL,))
    ended = call("export", "acteurs", "--format", "csv")
    assert ended.code == 0
    assert ended.out.encode() == shown.content
    assert "! Bal: Its link is no address" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "No format was asked for."),
        (["--format", "pdf"], "OSCARTES knows no format “pdf”."),
        (["--format", "all"], "Only one format can be shown on the screen."),
        (["--format", "csv", "--format", "rss"], "Only one format can be shown on the screen."),
    ],
)
def test_words_that_do_not_fit_together_are_refused(
    call: Call, house: FakeHouse, words: list[str], told: str
) -> None:
    ended = call("export", "acteurs", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert house.asked == []


def test_json_needs_a_place_for_the_file(call: Call) -> None:
    ended = call("export", "acteurs", "--format", "csv", "--json")
    assert ended.code == 2
    assert json.loads(ended.out)["error"]["code"] == "export-json-shown"


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("wiki-unreachable", wiki="noe", reason="refused"),
        Unexpected("export-empty", view="acteurs", path="public/acteurs.csv"),
    ],
)
def test_what_cannot_be_believed_ends_with_one(
    call: Call, house: FakeHouse, error: Exception
) -> None:
    house.error = error
    ended = call("export", "acteurs", "--format", "csv", "--out", "public")
    assert ended.code == 1
    assert "→" in ended.err


def test_help_names_the_formats(call: Call) -> None:
    ended = call("export", "--help")
    assert ended.code == 0
    assert "gogocarto" in ended.out
