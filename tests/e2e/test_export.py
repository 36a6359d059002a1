"""Views of the stand-in wiki as files, by the command, as an admin calls it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import feedparser
import geojson
import pytest
import vobject
from icalendar import Calendar
from pyld import jsonld

from tests.e2e.conftest import Pair

GRANGE = "LaGrangeAuxOutils"


def configure(pair: Pair, form: int = 5, **more: str) -> Path:
    """A configuration with one view, `donnees`; values are TOML already. The folder for files."""
    pair.configure()
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    with (pair.folder / "oscartes.toml").open("a", encoding="utf-8") as file:
        file.write(f'[views.donnees]\nform = {form}\nlicence = "CC-BY-SA-4.0"\n{lines}\n')
    return pair.folder / "public"


def export(pair: Pair, *words: str) -> tuple[int, dict[str, Any]]:
    return pair.json("export", "donnees", *words)


def states(document: dict[str, Any]) -> dict[str, str]:
    return {Path(each["path"]).name: each["status"] for each in document["files"]}


def test_the_directory_leaves_in_every_format_and_a_second_export_touches_nothing(
    pair: Pair,
) -> None:
    folder = configure(pair)
    code, document = export(pair, "--format", "all", "--out", str(folder))
    assert (code, document["problems"], document["entries"]) == (0, [], 5)
    assert set(states(document)) == {
        "donnees.geojson",
        "donnees.csv",
        "donnees.schema.json",
        "donnees.spreadsheet.csv",
        "donnees.vcf",
        "donnees.jsonld",
        "donnees.rss",
        "donnees.atom",
        "donnees.gogocarto.json",
    }
    files = list(folder.iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o644}
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}
    code, again = export(pair, "--format", "all", "--out", str(folder))
    assert set(states(again).values()) == {"unchanged"}
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files} == before
    read = geojson.loads((folder / "donnees.geojson").read_text("utf-8"))
    assert read.is_valid
    assert len(read["features"]) == 5
    assert len(list(vobject.readComponents((folder / "donnees.vcf").read_text("utf-8")))) == 5
    assert len(feedparser.parse(folder / "donnees.atom").entries) == 5
    (linked,) = jsonld.expand(json.loads((folder / "donnees.jsonld").read_text("utf-8")))
    assert len(linked["http://schema.org/about"]) == 5


def test_the_agenda_leaves_as_a_calendar(pair: Pair) -> None:
    folder = configure(pair, 6, kind='"events"')
    code, document = export(pair, "--format", "all", "--out", str(folder))
    assert code == 4
    assert [each["code"] for each in document["problems"]] == ["end-before-start"]
    assert "donnees.vcf" not in states(document)
    calendar = Calendar.from_ical((folder / "donnees.ics").read_bytes())
    assert len(calendar.events) == document["entries"] > 0


def test_no_request_of_an_export_bears_the_key(pair: Pair) -> None:
    configure(pair)
    pair.secrets("a key that the wiki never heard of", "nor this")
    code, out, _ = pair.call("export", "donnees", "--format", "geojson")
    assert code == 0
    assert len(json.loads(out)["features"]) == 5


def test_what_a_visitor_cannot_read_is_in_no_file(pair: Pair) -> None:
    secrets = {"bf_mail": "secret@grange.example", "bf_note_interne": "Ne pas publier"}
    pair.wiki.edit(GRANGE, secrets, user="AdminDuReseau")
    pair.wiki.set_acl("CollectifVeloHurepoix", read="@admins")
    folder = configure(pair)
    export(pair, "--format", "all", "--out", str(folder))
    everything = "\n".join(file.read_text("utf-8") for file in folder.iterdir())
    hidden = (*secrets.values(), "CollectifVeloHurepoix")
    assert not [each for each in hidden if each in everything]


def test_who_is_erased_or_withdraws_consent_is_gone_from_every_file(pair: Pair) -> None:
    folder = configure(pair, consent='"bf_code_postal=91400,91190"')
    export(pair, "--format", "all", "--out", str(folder))
    assert GRANGE in (folder / "donnees.csv").read_text("utf-8")
    pair.wiki.edit(GRANGE, {"bf_code_postal": "75000"}, user="ClaireMorel")
    code, document = export(pair, "--format", "all", "--out", str(folder))
    assert set(states(document).values()) <= {"written", "unchanged"}
    assert not [file for file in folder.iterdir() if GRANGE in file.read_text("utf-8")]
    assert code == 0


def test_the_last_one_who_takes_consent_back_is_gone_from_every_file(pair: Pair) -> None:
    folder = configure(pair, consent='"bf_ville=Orsay"')
    export(pair, "--format", "csv", "--out", str(folder))
    assert [row["id_fiche"] for row in table(folder)] == [GRANGE]
    pair.wiki.edit(GRANGE, {"bf_ville": "Limours"}, user="ClaireMorel")
    code, document = export(pair, "--format", "csv", "--out", str(folder))
    assert (code, document["entries"], table(folder)) == (0, 0, [])


def test_an_empty_view_does_not_take_the_place_of_a_file_with_entries(pair: Pair) -> None:
    folder = configure(pair)
    export(pair, "--format", "all", "--out", str(folder))
    before = {file: file.read_bytes() for file in folder.iterdir()}
    for tag in [entry["id_fiche"] for entry in table(folder)]:
        pair.wiki.set_acl(tag, read="@admins")
    code, document = export(pair, "--format", "all", "--out", str(folder))
    assert (code, document["error"]["code"]) == (1, "export-empty")
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    code, document = export(pair, "--format", "all", "--out", str(folder), "--allow-empty")
    assert (code, document["entries"], table(folder)) == (0, 0, [])


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "donnees.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", [5, 99])
def test_a_wiki_that_does_not_answer_as_one_overwrites_nothing(pair: Pair, form: int) -> None:
    folder = configure(pair, form)
    folder.mkdir()
    (folder / "donnees.csv").write_text("id_fiche\r\nX\r\n", encoding="utf-8")
    if form == 5:
        pair.wiki.__exit__(None, None, None)
    code, document = export(pair, "--format", "csv", "--out", str(folder))
    assert (code, document["error"]["message"] != "") == (1, True)
    assert [file.name for file in folder.iterdir()] == ["donnees.csv"]
