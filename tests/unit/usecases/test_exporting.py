"""An export: what is read, what is told, what is written and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from oscartes_sync.errors import ConfigurationError, Unexpected, Unreachable, UsageError
from oscartes_sync.exports.view import Kind, Row, View
from oscartes_sync.ports.publications import Found
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.export_view import Destination, ExportReport, export_view
from oscartes_sync.usecases.report import Exit
from tests.unit.exports.publications import LICENCE, actor, row

VIEW = View(name="acteurs", wiki="noe", form="5", licence=LICENCE)


@dataclass
class FakePublications:
    """A wiki that answers so."""

    rows: Sequence[Row] = ()
    kind: Kind = "contacts"
    problems: tuple[Problem, ...] = ()
    error: Exception | None = None
    asked: list[View] = field(default_factory=list)

    def find(self, view: View) -> Found:
        self.asked.append(view)
        if self.error is not None:
            raise self.error
        return Found(
            kind=self.kind,
            label="Annuaire",
            source="https://wiki.example",
            rows=tuple(self.rows),
            problems=self.problems,
        )


@dataclass
class FakeShelf:
    """A folder in memory, which remembers what was written."""

    files: dict[str, bytes] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def place(self, name: str) -> str:
        return f"/public/{name}"

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, content: bytes) -> None:
        self.writes.append(name)
        self.files[name] = content


@pytest.fixture
def wiki() -> FakePublications:
    return FakePublications([row("B", actor(name="Bé")), row("A", actor(name="Ah"))])


@pytest.fixture
def shelf() -> FakeShelf:
    return FakeShelf()


def export(
    wiki: FakePublications, shelf: FakeShelf | None, *names: str, view: View = VIEW, **more: Any
) -> ExportReport:
    destination = Destination(shelf, "acteurs") if shelf is not None else None
    return export_view(view, names, publications=wiki, destination=destination, **more)


def statuses(report: ExportReport) -> Iterator[tuple[str, str]]:
    return ((each.path, each.status) for each in report.files)


def test_a_table_is_written_with_its_schema_beside_it(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    report = export(wiki, shelf, "csv")
    assert list(statuses(report)) == [
        ("/public/acteurs.csv", "written"),
        ("/public/acteurs.schema.json", "written"),
    ]
    assert (report.entries, report.exit) == (2, Exit.DONE)


def test_what_would_not_change_is_not_touched(wiki: FakePublications, shelf: FakeShelf) -> None:
    export(wiki, shelf, "all")
    shelf.writes.clear()
    wiki.rows = list(reversed(wiki.rows))
    report = export(wiki, shelf, "all")
    assert {status for _, status in statuses(report)} == {"unchanged"}
    assert shelf.writes == []


def test_one_file_has_the_name_that_was_asked_for(wiki: FakePublications, shelf: FakeShelf) -> None:
    destination = Destination(shelf, "ici", "ici.txt")
    export_view(VIEW, ["csv"], publications=wiki, destination=destination)
    assert shelf.writes == ["ici.txt", "ici.schema.json"]


def test_formats_come_once_and_in_one_order(wiki: FakePublications, shelf: FakeShelf) -> None:
    export(wiki, shelf, "atom", "geojson", "atom")
    assert shelf.writes == ["acteurs.geojson", "acteurs.atom"]


def test_without_a_destination_the_file_itself_is_given(wiki: FakePublications) -> None:
    (shown,) = export(wiki, None, "csv").files
    assert (shown.path, shown.status) == ("", "shown")
    assert shown.content.startswith(b"id_fiche,")


def test_an_entry_that_cannot_be_published_is_told_beside_the_others(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    wiki.rows = [*wiki.rows, row("C", Contact(name="\x01"))]
    report = export(wiki, shelf, "geojson")
    assert (report.entries, report.exit) == (2, Exit.PART)
    assert [(each.code, each.entry) for each in report.problems] == [("no-name", "C")]


def test_warnings_are_told_and_are_no_failure(wiki: FakePublications, shelf: FakeShelf) -> None:
    wiki.problems = (Problem.warning("link-unsafe", Side.WIKI).at(entry="A"),)
    report = export(wiki, shelf, "geojson")
    assert (report.problems, report.exit) == (wiki.problems, Exit.DONE)


@pytest.mark.parametrize("name", ["geojson", "csv", "vcf", "all"])
def test_an_empty_view_empties_no_file(wiki: FakePublications, shelf: FakeShelf, name: str) -> None:
    export(wiki, shelf, name)
    before = dict(shelf.files)
    wiki.rows = []
    with pytest.raises(Unexpected, match="export-empty"):
        export(wiki, shelf, name)
    assert shelf.files == before
    report = export(wiki, shelf, name, allow_empty=True)
    assert report.entries == 0
    assert shelf.files != before


def test_a_view_of_broken_entries_alone_is_empty_too(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    export(wiki, shelf, "geojson")
    wiki.rows = [row("C", Contact(name="\x01"))]
    with pytest.raises(Unexpected):
        export(wiki, shelf, "geojson")


def test_an_empty_view_may_be_published_where_there_is_nothing_to_lose(shelf: FakeShelf) -> None:
    wiki = FakePublications()
    export(wiki, shelf, "all")
    again = export(wiki, shelf, "all")
    assert {status for _, status in statuses(again)} == {"unchanged"}


def test_a_wiki_that_does_not_answer_leaves_every_file(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    export(wiki, shelf, "all")
    shelf.writes.clear()
    wiki.error = Unreachable("wiki-unreachable", wiki="noe")
    with pytest.raises(Unreachable):
        export(wiki, shelf, "all", allow_empty=True)
    assert shelf.writes == []


@pytest.mark.parametrize(
    ("kind", "name"), [("contacts", "ics"), ("events", "vcf"), ("contacts", "pdf")]
)
def test_a_format_that_does_not_fit_is_refused_before_the_wiki_is_asked(
    wiki: FakePublications, shelf: FakeShelf, kind: Kind, name: str
) -> None:
    with pytest.raises(UsageError, match="export-format"):
        export(wiki, shelf, name, view=replace(VIEW, kind=kind))
    assert wiki.asked == []


def test_a_format_that_does_not_fit_a_kind_that_was_guessed_is_refused_too(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    with pytest.raises(UsageError, match="export-format-not-for-kind"):
        export(wiki, shelf, "geojson", "ics")
    assert shelf.writes == []


def test_fields_of_the_other_kind_are_an_error_of_the_configuration(
    wiki: FakePublications, shelf: FakeShelf
) -> None:
    with pytest.raises(ConfigurationError, match="view-field-unknown"):
        export(wiki, shelf, "geojson", view=replace(VIEW, fields=("name", "organizer")))


def test_a_title_of_the_view_comes_before_the_form_s(wiki: FakePublications) -> None:
    assert b'"title": "Annuaire"' in export(wiki, None, "geojson").files[0].content
    titled = export(wiki, None, "geojson", view=replace(VIEW, title="Qui fait quoi"))
    assert b'"title": "Qui fait quoi"' in titled.files[0].content
