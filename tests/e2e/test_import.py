"""The spreadsheet round trip: a view exported, edited as a person would, brought back."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.adapters.yeswiki.editing import EntryEditor
from oscartes_sync.sandbox.wiki.faults import PlannedFailure
from oscartes_sync.sandbox.wiki.templates import (
    directory_template,
    line,
    structure_kind_property,
)
from tests.e2e.conftest import Pair
from tests.e2e.test_directory import configure
from tests.fakes.wiki_place import Time

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
        row["street"] = "Rue Neuve"
        row["town"] = ""
    code, report = imported(dated, sheet.save(), *FORM, "--max-delete", "1")
    assert code == 5
    assert codes(report) == ["import-emptied"]
    assert all(list(op["changes"]) == ["street"] for op in report["operations"])
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


# Which view a table is of


def with_views(pair: Pair, *views: tuple[str, str]) -> None:
    """More views of the directory, each with its own property for the description."""
    with (pair.folder / "oscartes.toml").open("a", encoding="utf-8") as file:
        for name, description in views:
            file.write(f'[views.{name}]\nform = 5\nlicence = "CC-BY-SA-4.0"\n')
            file.write(f'[views.{name}.columns]\ndescription = "{description}"\n')


def exported_view(pair: Pair, name: str) -> Sheet:
    _, document = pair.json("export", name, "--format", "csv", "--out", str(pair.folder / "public"))
    return Sheet(Path(document["files"][0]["path"]))


def test_where_views_differ_the_one_of_the_table_must_be_named(dated: Pair) -> None:
    exported(dated)
    dated.wiki.edit(GRANGE, {"bf_presentation": "Notre atelier"}, user="ClaireMorel")
    with_views(dated, ("autre", "bf_presentation"))
    sheet = exported_view(dated, "autre")
    assert sheet.row(GRANGE)["description"] == "Notre atelier"
    code, document = dated.json("import", str(sheet.path), *FORM)
    assert (code, document["error"]["code"]) == (2, "import-which-view")
    code, report = imported(dated, sheet.path, *FORM, "--view", "autre")
    assert (code, report["operations"], report["problems"]) == (0, [], [])
    code, document = dated.json("import", str(sheet.path), "--form", "6", "--view", "autre")
    assert (code, document["error"]["code"]) == (2, "import-view-of-other-form")
    code, document = dated.json("import", str(sheet.path), *FORM, "--view", "rien")
    assert (code, document["error"]["code"]) == (2, "view-unknown")


def test_an_import_of_a_view_is_undone_as_that_view_reads_the_entries(dated: Pair) -> None:
    exported(dated)
    with_views(dated, ("autre", "bf_presentation"))
    sheet = exported_view(dated, "autre")
    sheet.row(GRANGE)["description"] = "Notre atelier"
    code, _ = imported(dated, sheet.save(), *FORM, "--view", "autre", "--apply")
    assert (code, dated.wiki.entry(GRANGE)["bf_presentation"]) == (0, "Notre atelier")
    run = dated.json("history")[1]["runs"][0]["run"]
    assert dated.json("undo", run)[0] == 0
    assert dated.wiki.entry(GRANGE)["bf_presentation"] == ""


def test_the_views_of_a_form_go_before_its_binding(dated: Pair) -> None:
    exported(dated)
    path = dated.folder / "oscartes.toml"
    text = path.read_text("utf-8")
    mapped = '[bindings.fields]\ndescription = "bf_presentation"\n[views.donnees]'
    path.write_text(text.replace("[views.donnees]", mapped), encoding="utf-8")
    sheet = exported_view(dated, "donnees")
    code, report = imported(dated, sheet.path)
    assert (code, report["operations"], report["problems"]) == (0, [], [])


# What a form has a place for


def told(report: dict[str, Any], code: str) -> list[str]:
    return [each["message"] for each in report["problems"] if each["code"] == code]


def test_a_field_of_which_one_value_has_no_place_is_left_as_it_is(dated: Pair) -> None:
    sheet = exported(dated)
    row = sheet.row(GRANGE)
    row["phones"], row["town"] = "01 60 00 00 11 | 02 00 00 00 02", "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, told(report, "import-no-place")) == (
        4,
        ["Line 4: the entry cannot hold “02 00 00 00 02” as “telephones”."],
    )
    assert [list(op["changes"]) for op in report["operations"]] == [["town"]]
    assert report["summary"]["unchanged"] == len(sheet.rows) - 1
    entry = dated.wiki.entry(GRANGE)
    assert (entry["bf_telephone"], entry["bf_ville"]) == ("01 60 00 00 11", "Limours")


def test_another_spelling_of_what_the_entry_says_is_no_wish(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["phones"] = "01.60.00.00.11"
    code, report = imported(dated, sheet.save())
    assert (code, report["operations"], report["problems"]) == (0, [], [])


def test_what_we_may_not_write_is_told_before_it_is_tried(dated: Pair) -> None:
    sheet = exported(dated, form=6)
    row = next(row for row in sheet.rows if not row["series"])
    row["status"] = "CANCELLED"
    code, report = imported(dated, sheet.save(), "--form", "6")
    assert (code, report["operations"], codes(report)) == (4, [], ["import-no-place"])


def test_a_title_that_the_wiki_makes_itself_is_not_written(dated: Pair) -> None:
    lines = directory_template(dated.wiki.settings.version).split("\r\n")
    lines = [each for each in lines if not each.startswith("texte***bf_titre")]
    title = "titre***{{bf_prenom}} {{bf_nom}}***" + " *** " * 13
    parts = [line("texte", name, name, subtype="text") for name in ("bf_nom", "bf_prenom")]
    dated.wiki.add_form(12, "Personnes", "\r\n".join([title, *parts, *lines]))
    values = {"bf_titre": "Camille Untel", "bf_nom": "Untel", "bf_prenom": "Camille"}
    dated.wiki.add_entry(12, "Camille", values, owner="RobotNuage", user="RobotNuage")
    sheet = exported(dated, form=12)
    sheet.row("Camille")["name"] = "Camille Autre"
    words = ("--form", "12")
    code, report = imported(dated, sheet.save(), *words)
    assert (code, report["operations"], codes(report)) == (4, [], ["import-no-place"])
    sheet.row("Camille").update({"name": "Camille Untel", "family_name": "Autre"})
    code, report = imported(dated, sheet.save(), *words, "--apply")
    assert (code, dated.wiki.entry("Camille")["bf_titre"]) == (0, "Camille Autre")


def test_what_the_form_requires_is_not_emptied(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["categories"] = "Énergie"
    code, report = applied(dated, sheet.save())
    assert (code, codes(report), report["operations"]) == (4, ["import-required"], [])
    assert report["summary"]["unchanged"] == len(sheet.rows) - 1


def test_new_rows_say_at_once_what_of_them_will_be_lost(dated: Pair) -> None:
    sheet = exported(dated)
    row = {"name": "Café des Possibles", "country": "France", "related": "La Grange"}
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | row)
    code, report = imported(dated, sheet.save())
    assert (code, codes(report)) == (0, ["import-no-place", "import-read-only"])
    assert [op["action"] for op in report["operations"]] == ["create"]


def test_columns_for_reading_only_are_told_and_not_read(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["image"] = "https://ailleurs.example/logo.png"
    code, report = imported(dated, sheet.save())
    assert (code, report["operations"], codes(report)) == (0, [], ["import-read-only"])


# When entries changed


def test_a_row_that_lost_its_date_is_left_out(dated: Pair) -> None:
    sheet = exported(dated)
    row = sheet.row(GRANGE)
    row["updated"], row["town"] = "", "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, codes(report), report["operations"]) == (4, ["import-bad-cell"], [])


@pytest.mark.parametrize("written", ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S+02:00"])
def test_what_an_entry_said_is_found_among_many_edits(
    dated: Pair, clock: Time, written: str
) -> None:
    """In summer the clocks of database and PHP differ by two hours here."""
    clock.sleep(230 * 86400)
    dated.wiki.edit(GRANGE, {"bf_telephone": "01 60 00 00 22"}, user="ClaireMorel")
    sheet = exported(dated)
    for number in range(6):
        clock.sleep(1200)
        dated.wiki.edit(GRANGE, {"bf_telephone": f"01 60 00 00 3{number}"}, user="ClaireMorel")
    clock.sleep(60)
    row = sheet.row(GRANGE)
    moment = datetime.fromisoformat(row["updated"])
    row["updated"], row["town"] = moment.strftime(written), "Limours"
    code, report = applied(dated, sheet.save())
    assert (code, report["problems"]) == (0, [])
    entry = dated.wiki.entry(GRANGE)
    assert (entry["bf_ville"], entry["bf_telephone"]) == ("Limours", "01 60 00 00 35")


def test_a_series_is_as_old_as_its_youngest_date(dated: Pair, clock: Time) -> None:
    if dated.wiki.settings.version == "4.4":
        pytest.skip("4.4 makes no repetitions")
    parts = {"isRecurrent": "1", "repetition": "w", "step": "1", "nbmax": "3", "limitdate": ""}
    day = "2026-12-01T1{}:00:00+01:00"
    dates = {"bf_date_debut_evenement": day.format(0), "bf_date_fin_evenement": day.format(1)}
    dated.wiki.add_entry(
        6, "Serie", {"bf_titre": "Série", "bf_lieu": "Orsay", **dates},
        owner="RobotNuage", user="RobotNuage",
    )  # fmt: skip
    clock.sleep(100)
    structure = {"bf_date_fin_evenement_data": {**parts, "days": ["tue"]}}
    dated.wiki.edit("Serie", structure, user="RobotNuage")
    clock.sleep(100)
    date = next(tag for tag in dated.wiki.entries(6) if tag.startswith("Serie2026"))
    dated.wiki.edit(date, {"bf_lieu": "Gif"}, user="ClaireMorel")
    clock.sleep(100)
    sheet = exported(dated, form=6)
    words = ("--form", "6")
    sheet.row("Serie")["place"] = "Palaiseau"
    code, report = imported(dated, sheet.save(), *words)
    assert (code, [op["entry"] for op in report["operations"]]) == (0, ["Serie"])
    assert not [each for each in dated.wiki.requests if each.target.endswith("Serie/revisions")]
    clock.sleep(100)
    dated.wiki.edit("Serie", {"bf_description": "<p>Apportez un gâteau</p>"}, user="ClaireMorel")
    code, report = imported(dated, sheet.path, *words)
    assert (code, [list(op["changes"]) for op in report["operations"]]) == (0, [["place"]])
    sheet.row("Serie")["description"] = "Rien à apporter"
    code, report = imported(dated, sheet.save(), *words)
    assert (code, codes(report)) == (4, ["import-overtaken"])


# New rows and names


def test_a_row_that_was_mended_after_it_was_made_makes_no_second_entry(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | {"name": "Café des Possibles"})
    (made,) = applied(dated, sheet.save())[1]["operations"]
    for row in sheet.rows:
        row["Remarques"] = ""
    assert codes(imported(dated, sheet.save())[1]).count("import-made-before") == 1
    sheet.rows[-1]["phones"] = "01 60 00 00 77"
    code, report = applied(dated, sheet.save())
    assert (code, report["operations"]) == (4, [])
    (message,) = told(report, "import-name-exists")
    assert made["entry"] in message


def test_two_new_rows_of_one_name_make_one_entry(dated: Pair) -> None:
    sheet = exported(dated)
    blank = dict.fromkeys(sheet.rows[0], "")
    sheet.rows += [blank | {"name": "Café"}, blank | {"name": "CAFE", "town": "Orsay"}]
    code, report = imported(dated, sheet.save())
    assert (code, len(report["operations"]), codes(report)) == (4, 1, ["import-name-exists"])


def test_a_column_that_was_sorted_by_itself_renames_nobody(dated: Pair) -> None:
    sheet = exported(dated)
    names = sorted(row["name"] for row in sheet.rows)
    for row, name in zip(sheet.rows, reversed(names), strict=True):
        row["name"] = name
    sheet.row(GRANGE)["town"] = "Limours"
    code, report = imported(dated, sheet.save(), *FORM, "--max-delete", "2")
    assert (code, codes(report)) == (5, ["import-renamed"])
    assert [list(op["changes"]) for op in report["operations"]] == [["town"]]
    code, report = imported(dated, sheet.path, *FORM, "--max-delete", "5")
    assert (code, len(report["operations"])) == (0, 5)


# Ids


def test_a_table_of_another_form_is_refused_with_nothing_asked_for_its_rows(dated: Pair) -> None:
    sheet = exported(dated)
    before = len(dated.wiki.requests)
    code, document = dated.json("import", str(sheet.path), "--form", "6")
    assert (code, document["error"]["code"]) == (2, "import-other-form")
    assert len(dated.wiki.requests) - before < 6


def test_ids_that_cannot_be_entries_are_not_asked_for(dated: Pair) -> None:
    sheet = exported(dated)
    blank = dict.fromkeys(sheet.rows[0], "")
    sheet.rows.append(blank | {"id_fiche": "x" * 192})
    sheet.rows += [blank | {"id_fiche": f"Inconnue{number}"} for number in range(70)]
    before = len(dated.wiki.requests)
    code, report = imported(dated, sheet.save())
    assert (code, codes(report).count("import-entry-elsewhere")) == (4, 21)
    assert codes(report).count("import-entry-gone") == 50
    (long,) = (each for each in report["problems"] if "xxx" in str(each["entry"]))
    assert long["code"] == "import-entry-elsewhere"
    assert len(dated.wiki.requests) - before < 60


def test_an_id_that_is_spelt_otherwise_names_the_right_one(dated: Pair) -> None:
    sheet = exported(dated)
    row = sheet.row(GRANGE)
    row["id_fiche"], row["town"] = GRANGE.lower(), "Limours"
    code, report = imported(dated, sheet.save())
    assert (code, report["operations"]) == (4, [])
    (message,) = told(report, "import-entry-spelling")
    assert GRANGE in message


# Forgetting, undoing, and what was cut off


def test_what_a_table_brought_is_forgotten_though_no_binding_knows_it(dated: Pair) -> None:
    sheet = exported(dated)
    new = {"name": "Camille Untel", "street": "7 impasse du Secret"}
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | new)
    (made,) = applied(dated, sheet.save())[1]["operations"]
    assert dated.json("forget", made["entry"])[0] == 0
    _, history = dated.json("history")
    assert "Camille" not in str(history)
    sheet.row(GRANGE)["town"] = "Limours"
    dated.wiki.remove(made["entry"])
    code, report = applied(dated, sheet.save())
    assert (code, codes(report)) == (4, ["import-forgotten"])
    assert [op["entry"] for op in report["operations"]] == [GRANGE]
    assert dated.json("forget", GRANGE)[0] == 0
    sheet.row(GRANGE)["town"] = "Bures"
    code, report = applied(dated, sheet.save())
    assert (report["operations"], codes(report)) == ([], ["import-forgotten"] * 2)
    dated.sync()
    assert dated.json("forget", "PersonneIci")[0] == 2


def test_undo_knows_what_was_imported_when_the_first_of_it_was_forgotten(dated: Pair) -> None:
    sheet = exported(dated, form=6)
    first, second = [row for row in sheet.rows if not row["series"]][:2]
    before = dated.wiki.entry(second["id_fiche"])["bf_titre"]
    first["title"], second["title"] = "Un titre", "Un autre"
    imported(dated, sheet.save(), "--form", "6", "--apply")
    run = dated.json("history")[1]["runs"][0]
    assert [op["entry"] for op in run["operations"]] == [first["id_fiche"], second["id_fiche"]]
    assert dated.json("forget", first["id_fiche"])[0] == 0
    code, document = dated.json("undo", run["run"])
    statuses = [op["status"] for op in document["bindings"][0]["operations"]]
    assert (code, sorted(statuses)) == (4, ["done", "skipped"])
    assert dated.wiki.entry(second["id_fiche"])["bf_titre"] == before


class Killed(BaseException):
    """The process ends here."""


def test_what_an_import_did_before_it_was_cut_off_can_be_undone(
    dated: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = exported(dated)
    before = dated.wiki.entry(GRANGE)["bf_ville"]
    sheet.row(GRANGE)["town"] = "Limours"
    sheet.rows.append(dict.fromkeys(sheet.rows[0], "") | {"name": "Café des Possibles"})
    path = sheet.save()

    def kill(*_words: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(EntryEditor, "_merged", kill)
        with pytest.raises(Killed):
            dated.call("import", str(path), *FORM, "--apply")
    assert dated.wiki.entry(GRANGE)["bf_ville"] == "Limours"
    assert applied(dated, path)[0] == 0
    run = next(run for run in dated.json("history")[1]["runs"] if run["operations"])
    assert {op["status"] for op in run["operations"]} == {"done"}
    assert len(run["operations"]) == 2
    code, document = dated.json("undo", run["run"])
    assert code == 0, document
    assert dated.wiki.entry(GRANGE)["bf_ville"] == before
    assert "Café des Possibles" not in str(dated.wiki.entries(5))


# What is shown


def test_a_plan_shows_what_each_field_says_and_would_say(dated: Pair) -> None:
    sheet = exported(dated)
    sheet.row(GRANGE)["town"] = "Limours"
    code, out, _ = dated.call("import", str(sheet.save()), *FORM)
    assert code == 0
    assert "      town: Orsay → Limours\n" in out
