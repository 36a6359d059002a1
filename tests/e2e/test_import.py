"""The spreadsheet round trip: a view exported, edited as a person would, brought back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.sandbox.wiki.faults import PlannedFailure
from oscartes_sync.sandbox.wiki.templates import structure_kind_property
from tests.e2e.conftest import Pair
from tests.e2e.test_directory import configure

GRANGE, VELO = "LaGrangeAuxOutils", "CollectifVeloHurepoix"
FORM = ("--form", "5")


class Sheet:
    """A table in a spreadsheet program: read, changed, saved again in that program's way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8-sig")
        self.separator = ";" if text.partition("\n")[0].count(";") > 2 else ","
        self.rows = list(csv.DictReader(io.StringIO(text), delimiter=self.separator))

    def row(self, tag: str) -> dict[str, str]:
        return next(row for row in self.rows if row["id_fiche"] == tag)

    def save(self, *, encoding: str = "utf-8", separator: str = "") -> Path:
        names = list(self.rows[0])
        with self.path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, names, delimiter=separator or self.separator)
            writer.writeheader()
            writer.writerows(self.rows)
        return self.path


def exported(pair: Pair, kind: str = "csv", form: int = 5) -> Sheet:
    """A view of the form, as a file; the form's required fields have defaults in a binding."""
    of_kind = structure_kind_property(pair.wiki.settings.version)
    configure(pair, defaults=f'{{ {of_kind} = "asso", bf_mail = "reseau@example.org" }}')
    with (pair.folder / "oscartes.toml").open("a", encoding="utf-8") as file:
        file.write(f'[views.donnees]\nform = {form}\nlicence = "CC-BY-SA-4.0"\n')
    folder = str(pair.folder / "public")
    _, document = pair.json("export", "donnees", "--format", kind, "--out", folder)
    return Sheet(Path(document["files"][0]["path"]))


def imported(pair: Pair, path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    code, document = pair.json("import", str(path), *(words or FORM))
    assert "bindings" in document, document
    return code, document["bindings"][0]


def applied(pair: Pair, path: Path) -> tuple[int, dict[str, Any]]:
    return imported(pair, path, *FORM, "--apply")


def codes(report: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in report["problems"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx-csv"])
def test_a_table_that_nobody_edited_changes_nothing(dated: Pair, kind: str) -> None:
    sheet = exported(dated, kind)
    code, report = imported(dated, sheet.path)
    assert (code, report["operations"], report["problems"]) == (0, [], [])
    assert report["summary"]["unchanged"] == len(sheet.rows)
    assert applied(dated, sheet.save())[1]["operations"] == []


def test_changed_rows_change_their_entries_once_they_are_applied(dated: Pair) -> None:
    sheet = exported(dated)
    before = dated.wiki.entry(GRANGE)
    sheet.row(GRANGE)["phones"] = "01 60 00 00 99"
    path = sheet.save()
    code, report = imported(dated, path)
    assert code == 0
    assert [(op["action"], op["side"], op["entry"]) for op in report["operations"]] == [
        ("update", "wiki", GRANGE)
    ]
    assert report["operations"][0]["changes"] == {
        "phones": [["01 60 00 00 11"], ["01 60 00 00 99"]]
    }
    assert report["operations"][0]["status"] == "planned"
    assert dated.wiki.entry(GRANGE) == before
    code, report = applied(dated, path)
    assert (code, report["operations"][0]["status"]) == (0, "done")
    after = dated.wiki.entry(GRANGE)
    moved = {name for name in after if after[name] != before.get(name)}
    assert moved - {"date_creation_fiche"} == {"bf_telephone", "date_maj_fiche"}
    assert after["bf_telephone"] == "01 60 00 00 99"


def test_the_same_table_again_writes_nothing(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["town"] = "Limours"
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | {"name": "Café des Possibles"})
    path = sheet.save()
    assert applied(dated, path)[0] == 0
    code, report = applied(dated, path)
    assert (code, report["operations"], codes(report)) == (0, [], ["import-made-before"])


def test_new_rows_make_entries_that_everybody_reads(dated: Pair) -> None:
    sheet = exported(dated)
    row = dict.fromkeys(sheet.rows[0], "")
    sheet.rows.append(
        row
        | {
            "name": "L’Atelier d’à côté",
            "phones": "'+33 1 60 00 00 12",
            "town": "Orsay",
            "latitude": "48,6990",
            "longitude": "2,1870",
            "description": "Réparer;\nensemble",
        }
    )
    code, report = applied(dated, sheet.save(encoding="cp1252", separator=";"))
    assert (code, codes(report)) == (0, ["import-encoding"])
    (operation,) = report["operations"]
    assert (operation["action"], operation["status"]) == ("create", "done")
    entry = dated.wiki.entry(operation["entry"])
    assert entry["bf_telephone"] == "+33 1 60 00 00 12"
    assert (entry["bf_latitude"], entry["bf_longitude"]) == ("48.699", "2.187")
    again = Sheet(exported(dated).path)
    assert again.row(operation["entry"])["name"] == "L’Atelier d’à côté"


def test_rows_that_are_missing_delete_nothing(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.rows = [sheet.row(GRANGE)]
    code, report = applied(dated, sheet.save())
    assert (code, report["operations"]) == (0, [])
    assert dated.wiki.entry(VELO)


def test_undo_takes_an_import_back(dated: Pair) -> None:
    sheet = exported(dated)
    before = dated.wiki.entry(GRANGE)
    sheet.row(GRANGE)["phones"] = "01 60 00 00 99"
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | {"name": "Café des Possibles"})
    dated.json("import", str(sheet.save()), *FORM, "--apply")
    code, history = dated.json("history")
    run = history["runs"][0]
    assert len(run["operations"]) == 2
    made = next(op["entry"] for op in run["operations"] if op["action"] == "create")
    code, document = dated.json("undo", run["run"])
    assert code == 0, document
    after = dated.wiki.entry(GRANGE)
    moved = {name for name in after if after[name] != before.get(name)}
    assert moved <= {"date_maj_fiche", "date_creation_fiche"}
    assert dated.wiki.entry(made) is None


def test_what_the_wiki_changed_since_is_not_put_back(dated: Pair) -> None:
    sheet = exported(dated)
    dated.wiki.edit(GRANGE, {"bf_ville": "Bures-sur-Yvette"}, user="ClaireMorel")
    sheet.row(GRANGE)["phones"] = "01 60 00 00 99"
    code, report = applied(dated, sheet.save())
    assert (code, report["problems"]) == (0, [])
    assert list(report["operations"][0]["changes"]) == ["phones"]
    entry = dated.wiki.entry(GRANGE)
    assert (entry["bf_ville"], entry["bf_telephone"]) == ("Bures-sur-Yvette", "01 60 00 00 99")


def test_where_both_changed_a_field_the_wiki_keeps_its_own_and_that_is_told(dated: Pair) -> None:
    sheet = exported(dated)
    dated.wiki.edit(GRANGE, {"bf_telephone": "01 60 00 00 55"}, user="ClaireMorel")
    sheet.row(GRANGE)["phones"] = "01 60 00 00 99"
    sheet.row(GRANGE)["town"] = "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, codes(report)) == (4, ["import-overtaken"])
    assert report["problems"][0]["message"].startswith("Line ")
    entry = dated.wiki.entry(GRANGE)
    assert (entry["bf_ville"], entry["bf_telephone"]) == ("Limours", "01 60 00 00 55")


def test_a_column_that_was_lost_empties_nothing(dated: Pair) -> None:
    sheet = exported(dated)
    for row in sheet.rows:
        row["name"] = f"{row['name']} !"
        row["town"] = ""
    code, report = imported(dated, sheet.save(), *FORM, "--max-delete", "1")
    assert code == 5
    assert codes(report) == ["import-emptied"]
    assert all(list(op["changes"]) == ["name"] for op in report["operations"])
    assert len(report["operations"]) == len(sheet.rows)


def test_a_bad_row_is_told_beside_the_good_ones(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["latitude"] = "à Orsay"
    sheet.row(VELO)["town"] = "Limours"
    blank = dict.fromkeys(sheet.rows[0], "")
    sheet.rows.append(blank | {"id_fiche": "PersonneIci", "name": "Rien"})
    sheet.rows.append(blank | {"town": "Sans nom"})
    code, report = applied(dated, sheet.save())
    assert code == 4
    assert sorted(codes(report)) == ["import-bad-cell", "import-entry-gone", "import-no-name"]
    assert [op["entry"] for op in report["operations"]] == [VELO]
    assert dated.wiki.entry(VELO)["bf_ville"] == "Limours"


def test_an_entry_that_was_closed_meanwhile_is_left_alone(dated: Pair) -> None:
    sheet = exported(dated)
    dated.wiki.set_acl(VELO, read="@admins")
    sheet.row(VELO)["town"] = "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, codes(report), report["operations"]) == (4, ["import-entry-hidden"], [])


def test_events_come_back_too(dated: Pair) -> None:
    sheet = exported(dated, form=6)
    row = next(row for row in sheet.rows if not row["series"])
    row["title"] = "Un autre titre"
    words = ("--form", "6")
    code, report = imported(dated, sheet.save(), *words)
    assert (code, report["problems"]) == (0, [])
    assert [(op["entry"], list(op["changes"])) for op in report["operations"]] == [
        (row["id_fiche"], ["title"])
    ]
    code, report = imported(dated, sheet.path, *words, "--apply")
    assert dated.wiki.entry(row["id_fiche"])["bf_titre"] == "Un autre titre"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "saved"),
        (b"\x00\x01\x02", "no text"),
        (b"nom,ville\r\nA,B\r\n", "id_fiche"),
        (b"id_fiche,name,name\r\nA,B,C\r\n", "Two columns"),
        (b'id_fiche,name\r\nA,"B\r\n', "quote"),
        (b"id_fiche,name\r\n", "no rows"),
        (b"", "id_fiche"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_anything_is_asked(
    dated: Pair, content: bytes, said: str
) -> None:
    configure(dated)
    path = dated.folder / "table.csv"
    path.write_bytes(content)
    code, out, err = dated.call("import", str(path), *FORM)
    assert code == 2
    assert out == ""
    assert said in err or said == "saved"


def test_a_creation_whose_answer_was_lost_is_found_again_and_made_once(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | {"name": "Café des Possibles"})
    path = sheet.save()
    cut = PlannedFailure(cut=True, after_executing=True, method="POST")
    dated.wiki.faults.planned.append(cut)
    applied(dated, path)
    code, report = applied(dated, path)
    assert code == 0
    assert report["operations"] == []
    named = [row for row in exported(dated).rows if row["name"] == "Café des Possibles"]
    assert len(named) == 1


def test_where_nobody_can_tell_any_more_what_an_entry_said_its_row_is_left_out(
    dated: Pair,
) -> None:
    sheet = exported(dated)
    for row in sheet.rows:
        row["updated"] = "2020-01-01T00:00:00+01:00"
    sheet.row(GRANGE)["town"] = "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, codes(report), report["operations"]) == (4, ["import-entry-moved"], [])


def test_an_entry_that_was_forgotten_leaves_the_journal_of_imports_too(dated: Pair) -> None:
    sheet = exported(dated)
    assert dated.sync()[0] == 0
    sheet.row(GRANGE)["street"] = "7 impasse du Secret"
    applied(dated, sheet.save())
    state = dated.folder / "oscartes.db"
    assert b"impasse du Secret" in state.read_bytes()
    assert dated.json("forget", GRANGE)[0] == 0
    _, history = dated.json("history")
    told = [op for run in history["runs"] for op in run["operations"]]
    assert "Secret" not in str(told)


def test_an_import_goes_on_to_the_address_book_as_any_edit_of_the_wiki(dated: Pair) -> None:
    sheet = exported(dated)
    assert dated.sync()[0] == 0
    sheet.row(GRANGE)["phones"] = "01 60 00 00 99"
    applied(dated, sheet.save())
    code, report = dated.sync()
    assert code == 0
    assert [(op["side"], list(op["changes"])) for op in report["operations"]] == [
        ("cloud", ["phones"])
    ]
