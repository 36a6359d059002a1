"""Files in entries, and entries that hold copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bazar_forms.entry import Entry
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.documents.entries import DocumentEntries, document_entries
from oscartes_sync.records.document import Document
from oscartes_sync.records.problem import Problem, Side
from tests.fakes.agenda_form import field, form_of, text

NOW = datetime(2026, 11, 28, 20, tzinfo=UTC)
MAIN, ANNEX = "fichierbf_document", "fichierbf_annexe"
TITLE = text("bf_titre", "Titre", required=True)
DAY = field("jour", "bf_date", "Date")
AUTHOR = text("bf_auteur", "Auteur ou autrice")
LINK = field("link", "bf_url", "Lien")
FILE = field("fichier", MAIN, "Document")
SECOND = field("fichier", ANNEX, "Annexe")
COVER = field("image", "imagebf_image", "Couverture")
FORM = [TITLE, DAY, AUTHOR, COVER, LINK, FILE, SECOND]
STORED = "Guide_fichierbf_document_Le-guide_20261101100000_20261101100000.pdf"


def entries(
    fields: list[Any] = FORM, overrides: dict[str, str] | None = None, **more: Any
) -> DocumentEntries:
    return document_entries(
        form_of([(one, "") for one in fields], "7"),
        overrides or {},
        user="RobotNuage",
        zone=ZoneInfo("Europe/Paris"),
        page_url=lambda tag: f"https://wiki.example/?{tag}",
        **more,
    )


def entry(**values: Any) -> Entry:
    whole = {"bf_titre": "Guide", **values}
    return Entry(tag="Guide", form="7", properties=MappingProxyType(whole))


# Reading


def test_an_entry_has_a_part_for_each_field_that_holds_a_file() -> None:
    parts = entries().parts
    assert parts(entry()) == ()
    assert parts(entry(**{MAIN: STORED, ANNEX: "", "imagebf_image": "a.png"})) == (f"Guide#{MAIN}",)
    assert parts(entry(**{MAIN: " ", ANNEX: "b.ods_"})) == (f"Guide#{ANNEX}",)
    assert len(parts(entry(**{MAIN: STORED, ANNEX: "b.ods_"}))) == 2
    # A wiki may give whatever a form before this one held.
    assert parts(entry(**{MAIN: ["a"], ANNEX: None})) == ()


def test_the_first_file_is_named_by_the_title_and_the_others_by_their_fields_too() -> None:
    held = entry(**{MAIN: STORED, ANNEX: "Guide_fichierbf_annexe_x_1_1.ODS_"})
    main, annex = (entries().read([held], name).record for name in (MAIN, ANNEX))
    assert isinstance(main, Document)
    assert isinstance(annex, Document)
    assert (main.name, main.leading, main.content) == ("Guide.pdf", True, STORED)
    assert (annex.name, annex.leading) == ("Guide (Annexe).ods", False)
    assert main.title == annex.title == "Guide"
    assert main.page == "https://wiki.example/?Guide"
    assert (main.link, main.file, main.named, main.date) == ("", "", False, None)


@pytest.mark.parametrize(
    ("title", "stored", "name"),
    [
        ("Guide : le jardin", "x.pdf", "Guide - le jardin.pdf"),
        ("L&#039;été", "x.PDF_", "L'été.pdf"),
        ("Sans fin", "x", "Sans fin"),
        ("?", "x.odt", "document.odt"),
        ("A/B\\C", "x.tar.gz", "A-B-C.gz"),
        ("Données v1.12", "x.csv_", "Données v1.12.csv"),
        ("é" * 300, "x.pdf", f"{'é' * 123}.pdf"),
    ],
)
def test_names_do_on_every_system(title: str, stored: str, name: str) -> None:
    read = entries().read([entry(bf_titre=title, **{MAIN: stored})], MAIN)
    assert isinstance(read.record, Document)
    assert read.record.name == name


def test_an_entry_as_a_whole_says_author_and_copy_and_a_file_says_neither() -> None:
    held = entry(**{MAIN: STORED, "bf_auteur": " Collectif ", "bf_date": "2026-11-01"})
    whole, part = (entries().read([held], name).record for name in ("", MAIN))
    assert isinstance(whole, Document)
    assert isinstance(part, Document)
    assert (whole.author, whole.content, whole.date) == ("Collectif", STORED, date(2026, 11, 1))
    assert (part.author, part.content, part.date) == ("", STORED, None)


def test_a_field_that_the_form_has_no_more_is_read_as_the_entry_as_a_whole() -> None:
    found = entries([TITLE, LINK]).read([entry(**{MAIN: STORED, "bf_url": "https://c/s/a"})], MAIN)
    assert isinstance(found.record, Document)
    assert (found.record.content, found.record.link) == ("", "https://c/s/a")


def test_a_file_without_a_title_is_told_and_left() -> None:
    read = entries().read([entry(bf_titre="", **{MAIN: STORED})], MAIN)
    assert read.record is None
    assert [each.code for each in read.problems] == ["entry-without-title"]


# Recipes


def test_a_cover_is_no_file_and_fields_are_found_by_themselves() -> None:
    recipe = entries().recipe
    assert recipe.mapping() == {
        "title": "bf_titre",
        "date": "bf_date",
        "author": "bf_auteur",
        "link": "bf_url",
        "files": f"{MAIN},{ANNEX}",
    }
    assert recipe.carries == {"title", "date", "author", "file", "content"}
    assert entries([TITLE, FILE]).recipe.carries == {"title", "content"}
    assert entries([TITLE, LINK]).recipe.carries == {"title", "file"}


def test_a_field_that_not_everybody_may_read_holds_no_file_of_ours() -> None:
    closed = field("fichier", ANNEX, "Annexe", read_acl="@admins")
    assert [one.property for one in entries([TITLE, FILE, closed]).recipe.files] == [MAIN]
    with pytest.raises(ConfigurationError, match="field-not-public"):
        entries([TITLE, FILE, closed], {"files": ANNEX})


def test_the_configuration_chooses_which_files_and_their_order() -> None:
    assert [one.property for one in entries(overrides={"files": ANNEX}).recipe.files] == [ANNEX]
    turned = entries(overrides={"files": f"{ANNEX}, {MAIN}"})
    assert [one.property for one in turned.recipe.files] == [ANNEX, MAIN]
    read = turned.read([entry(**{MAIN: STORED})], MAIN).record
    assert isinstance(read, Document)
    assert (read.name, read.leading) == ("Guide (Document).pdf", False)
    with pytest.raises(ConfigurationError, match="field-wrong-type"):
        entries(overrides={"files": "imagebf_image"})


def test_the_recipe_is_another_once_a_file_field_is() -> None:
    assert entries().recipe.digest() != entries(FORM[:-1]).recipe.digest()


# Writing


def test_a_required_file_is_missing_where_no_copy_comes() -> None:
    needed = field("fichier", MAIN, "Document", required=True)
    form = [TITLE, LINK, needed]
    record = Document(title="A", file="/f/1", content="6 …", link="https://c/s/a")
    told = Problem.warning("required-empty", Side.WIKI, property=MAIN)
    shown = entries(form).draft(record, {}, NOW)
    assert [each.code for each in shown.problems] == ["required-empty"]
    assert dict(shown.problems[0].params) == dict(told.params)
    assert entries(form, copies=True).draft(record, {}, NOW).problems == ()
    empty = replace(record, content="")
    assert len(entries(form, copies=True).draft(empty, {}, NOW).problems) == 1


def test_a_copy_fills_the_first_field_alone() -> None:
    second = field("fichier", ANNEX, "Annexe", required=True)
    record = Document(title="A", file="/f/1", content="6 …")
    writing = entries([TITLE, FILE, second], copies=True).draft(record, {}, NOW)
    assert [dict(each.params).get("property") for each in writing.problems] == [ANNEX]


def test_a_new_entry_says_who_wrote_the_file_and_shows_no_address_it_has_not() -> None:
    record = Document(title="A", author="Marie", date=date(2026, 11, 1), file="/f/1", content="6 …")
    values = dict(entries(copies=True).draft(record, {}, NOW).values)
    assert values == {"bf_titre": "A", "bf_date": "2026-11-01", "bf_auteur": "Marie"}


def test_a_patch_with_a_copy_says_nothing_of_what_did_not_change() -> None:
    stored = entry(**{MAIN: STORED, "bf_auteur": "Collectif", "bf_url": "https://c/s/a"})
    record = Document(title="Guide", author="Marie", file="/f/1", content="6 …")
    assert dict(entries().patch(stored, {"content": "6 …"}, record).values) == {}
    written = entries().patch(stored, {"title": "Guide 2"}, replace(record, title="Guide 2"))
    assert dict(written.values) == {"bf_titre": "Guide 2"}


def test_what_a_form_cannot_hold_of_a_document_is_left_out_of_the_comparison() -> None:
    record = Document(title="A", author="Marie", date=date(2026, 11, 1), file="/f/1", content="6 …")
    held = entries([TITLE, LINK]).project(record, NOW)
    assert held == replace(record, author="", date=None)
