"""Entries of a documents form, read and written."""

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
THEMES = {"ener": "Énergie", "num": "Numérique libre"}
FIELDS = [
    text("bf_titre", "Titre du document", required=True),
    field("checkbox", "checkboxListeThematiques", "Thématiques", options=THEMES),
    field("jour", "bf_date_publication", "Date de publication"),
    field("link", "bf_video", "Vidéo"),
    field("link", "bf_url", "Lien"),
    field("tags", "bf_motscles", "Mots-clés"),
]


def entries(
    fields: list[Any] = FIELDS,
    overrides: dict[str, str] | None = None,
    needs: frozenset[str] = frozenset({"link"}),
) -> DocumentEntries:
    return document_entries(
        form_of([(one, "") for one in fields], "7"),
        overrides or {},
        user="RobotNuage",
        zone=ZoneInfo("Europe/Paris"),
        page_url=lambda tag: f"https://wiki.example/?{tag}",
        needs=needs,
    )


def entry(**values: Any) -> Entry:
    return Entry(tag="Charte", form="7", properties=MappingProxyType(values))


def test_an_entry_is_read_with_its_labels_and_its_address() -> None:
    read = entries().read(
        [
            entry(
                bf_titre="Charte d&#039;été",
                checkboxListeThematiques="ener",
                bf_date_publication="2026-03-01",
                bf_url="https://cloud.example/s/abc",
                bf_motscles="été",
            )
        ]
    )
    assert read.problems == ()
    assert read.record == Document(
        title="Charte d'été", date=date(2026, 3, 1), categories=("Énergie",)
    )
    assert read.record is not None
    assert read.record.link == "https://cloud.example/s/abc"
    assert read.record.page == "https://wiki.example/?Charte"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"bf_titre": " "}, ["entry-without-title"]),
        ({"bf_titre": "A", "bf_date_publication": "hier"}, ["field-unreadable"]),
        ({"bf_titre": "A", "checkboxListeThematiques": "eau"}, ["choice-unknown"]),
    ],
)
def test_what_cannot_be_read_is_told(values: dict[str, str], codes: list[str]) -> None:
    read = entries().read([entry(**values)])
    assert [each.code for each in read.problems] == codes
    assert (read.record is None) is (codes == ["entry-without-title"])


def test_a_new_entry_has_title_day_known_labels_and_address() -> None:
    record = Document(
        title="Charte d'été",
        date=date(2026, 3, 1),
        categories=("Divers", "énergie"),
        link="https://cloud.example/s/abc",
    )
    writing = entries().draft(record, {"bf_video": "https://v.example"}, NOW)
    assert dict(writing.values) == {
        "bf_titre": "Charte d'été",
        "bf_date_publication": "2026-03-01",
        "checkboxListeThematiques": "ener",
        "bf_url": "https://cloud.example/s/abc",
        "bf_video": "https://v.example",
    }
    assert writing.problems == ()


def test_a_patch_sends_what_changed_and_the_address_with_another_file() -> None:
    stored = entry(bf_titre="Charte", checkboxListeThematiques="num", bf_url="https://c/s/a")
    record = Document(title="Charte", categories=("Énergie",), file="/f/2", link="https://c/s/b")
    written = entries().patch(stored, {"title": "Charte", "categories": ("Énergie",)}, record)
    assert dict(written.values) == {"checkboxListeThematiques": "ener"}
    other = entries().patch(stored, {"file": "/f/2"}, record)
    assert dict(other.values) == {"bf_url": "https://c/s/b"}


def test_a_document_as_the_form_can_hold_it_keeps_what_no_list_knows_out() -> None:
    record = Document(
        title="A", date=date(2026, 3, 1), categories=("Divers", "Énergie"), file="/f/1"
    )
    held = entries().project(record, NOW)
    assert held == replace(record, categories=("Énergie",))


def test_a_form_without_a_link_holds_no_documents() -> None:
    with pytest.raises(ConfigurationError, match="form-without-link"):
        entries(FIELDS[:3])
    with pytest.raises(ConfigurationError, match="form-without-files"):
        entries(FIELDS[:3], needs=frozenset({"files"}))
    with pytest.raises(ConfigurationError, match="form-without-title"):
        entries(FIELDS[1:])


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"place": "bf_url"}, "field-name-unknown"),
        ({"link": "bf_lien"}, "field-property-unknown"),
        ({"link": "bf_date_publication"}, "field-wrong-type"),
    ],
)
def test_what_the_configuration_says_wrong_is_told(overrides: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigurationError, match=code):
        entries(overrides=overrides)


def test_what_the_configuration_says_goes_before() -> None:
    recipe = entries(overrides={"link": "bf_video", "date": ""}).recipe
    assert recipe.mapping() == {
        "title": "bf_titre",
        "categories": "checkboxListeThematiques,bf_motscles",
        "link": "bf_video",
    }
    assert recipe.carries == {"title", "categories", "file"}


def test_a_title_that_the_wiki_makes_is_left_to_it() -> None:
    made = field("titre", "bf_titre", "Titre")
    found = entries([made, *FIELDS[1:]])
    stored = entry(bf_titre="Fait par le wiki")
    written = found.patch(stored, {"title": "Autre"}, Document(title="Autre"))
    assert dict(written.values) == {}
    told = Problem.warning("title-automatic", Side.WIKI).at(entry="Charte")
    assert written.problems == (told,)
