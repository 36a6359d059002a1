"""Publish a view as files: read as anybody, rendered, written where something changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from oscartes_sync.errors import ConfigurationError, RecordError, Unexpected, UsageError
from oscartes_sync.exports.formats import ALL, FORMATS, Format, fitting
from oscartes_sync.exports.preparing import prepare
from oscartes_sync.exports.view import EXPORTED, Kind, Publication, Row, View, shown_fields
from oscartes_sync.ports.publications import Found, Publications, Shelf
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.report import Exit

FileStatus = Literal["written", "unchanged", "shown"]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where files go: `stem` is what their names begin with.

    `exact` is the whole name of the one file that was asked for, "" where a folder was.
    """

    shelf: Shelf
    stem: str
    exact: str = ""

    def name(self, extension: str, *, main: bool) -> str:
        """The name of a file; what stands beside the one asked for is called after it."""
        return self.exact if main and self.exact else f"{self.stem}.{extension}"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file; `shown` where it went nowhere. `path` is "" then."""

    path: str
    format: str
    status: FileStatus
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What one export did: `entries` is how many there are in each file."""

    view: str
    files: tuple[ExportedFile, ...]
    entries: int
    problems: tuple[Problem, ...] = ()

    @property
    def exit(self) -> Exit:
        """PART where an entry could not be published; warnings are no fault of the export."""
        failed = any(each.severity is Severity.ERROR for each in self.problems)
        return Exit.PART if failed else Exit.DONE


def check_formats(names: Sequence[str], kind: Kind | None) -> None:
    """Refuse formats that nobody knows or that hold nothing of this kind, before anything is read.

    Raises:
        UsageError: `export-format-unknown`, `export-format-not-for-kind`.
    """
    for name in names:
        if name == ALL:
            continue
        if name not in FORMATS:
            known = ", ".join((*FORMATS, ALL))
            raise UsageError("export-format-unknown", format=name, known=known)
        if kind is not None and kind not in FORMATS[name].kinds:
            others = ", ".join(each.name for each in fitting(kind))
            raise UsageError("export-format-not-for-kind", format=name, kind=kind, known=others)


def export_view(
    view: View,
    names: Sequence[str],
    *,
    publications: Publications,
    destination: Destination | None,
    allow_empty: bool = False,
) -> ExportReport:
    """Publish the view in these formats; without a destination they are only shown.

    All is rendered before anything is written. A view without any entry does not take the place of
    a file that has some, unless `allow_empty`: a right that was lost looks just the same. Where
    everybody took consent back, it does.

    Raises:
        ConfigurationError: `view-field-unknown`, and see `Publications.find`.
        UsageError: see `check_formats` and `Shelf`.
        SideError: see `Publications.find`.
        Unexpected: `export-empty`.
    """
    check_formats(names, view.kind)
    found = publications.find(view)
    check_formats(names, found.kind)
    publication, problems = _publication(view, found)
    formats = _chosen(names, found.kind)
    if destination is None:
        files = [_shown(each, publication) for each in formats]
    else:
        if not publication.rows and not (allow_empty or found.others):
            _refuse_emptying(view, formats, destination)
        files = list(_written(formats, publication, destination))
    return ExportReport(view.name, tuple(files), len(publication.rows), problems)


def _publication(view: View, found: Found) -> tuple[Publication, tuple[Problem, ...]]:
    """The view filled, and what is to be told; a row that cannot be published is one of those."""
    for name in view.fields:
        if name not in EXPORTED[found.kind]:
            known = ", ".join(EXPORTED[found.kind])
            raise ConfigurationError("view-field-unknown", view=view.name, field=name, known=known)
    rows: list[Row] = []
    problems = list(found.problems)
    shown = shown_fields(view, found.kind)
    for row in sorted(found.rows, key=lambda each: each.tag):
        try:
            rows.append(prepare(row, shown))
        except RecordError as error:
            problems.append(Problem.from_error(error, side=Side.WIKI, entry=row.tag))
    publication = Publication(
        view=view,
        kind=found.kind,
        title=view.title or found.label,
        source=found.source,
        rows=tuple(rows),
    )
    return publication, tuple(sorted(set(problems), key=Problem.sort_key))


def _chosen(names: Sequence[str], kind: Kind) -> tuple[Format, ...]:
    """The formats, each once, in the order of the list."""
    wanted = {each.name for each in fitting(kind)} if ALL in names else set(names)
    return tuple(each for each in FORMATS.values() if each.name in wanted)


def _shown(chosen: Format, publication: Publication) -> ExportedFile:
    _, content = chosen.render(publication)[0]
    return ExportedFile("", chosen.name, "shown", content)


def _refuse_emptying(view: View, formats: Sequence[Format], destination: Destination) -> None:
    for each in formats:
        name = destination.name(next(iter(each.parts)), main=True)
        there = destination.shelf.read(name)
        if there is not None and each.holds_entries(there):
            place = destination.shelf.place(name)
            raise Unexpected("export-empty", view=view.name, path=place)


def _written(
    formats: Sequence[Format], publication: Publication, destination: Destination
) -> Iterator[ExportedFile]:
    rendered = [(each, each.render(publication)) for each in formats]
    for chosen, parts in rendered:
        for number, (extension, content) in enumerate(parts):
            name = destination.name(extension, main=number == 0)
            status = _put(destination.shelf, name, content)
            yield ExportedFile(destination.shelf.place(name), chosen.name, status, content)


def _put(shelf: Shelf, name: str, content: bytes) -> FileStatus:
    """An identical file is not touched: its date tells those who fetch it that nothing changed."""
    if shelf.read(name) == content:
        return "unchanged"
    shelf.write(name, content)
    return "written"
