"""What `export` shows: as text, and as the JSON document of one export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from oscartes_sync.presentation.texts import explain_problem
from oscartes_sync.presentation.to_json import problem_to_json
from oscartes_sync.presentation.to_text import Line
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.export_view import ExportedFile, ExportReport

_SIGNS: Final = {"written": "~", "unchanged": "", "shown": ""}
_KILO: Final = 1000


def export_lines(translator: Translator, report: ExportReport) -> list[Line]:
    """One line a file, one or two a problem, one summary line last."""
    files = [_file_line(translator, each) for each in report.files]
    problems = [line for each in report.problems for line in problem_lines(translator, each)]
    return [*files, *problems, Line(_summary(translator, report))]


def problem_lines(translator: Translator, problem: Problem) -> Iterator[Line]:
    """The problem, and what to do about it."""
    told = explain_problem(translator, problem)
    head = translator.gettext(msg("{place}: "), place=problem.entry) if problem.entry else ""
    yield Line(f"! {head}{told.message}", "!")
    if told.remedy:
        yield Line(f"  → {told.remedy}")


def _file_line(translator: Translator, file: ExportedFile) -> Line:
    size = translator.gettext(msg("{size} kB"), size=translator.number(_kilobytes(file)))
    sign = _SIGNS[file.status]
    end = translator.gettext(msg(" – unchanged")) if file.status == "unchanged" else ""
    return Line(f"{sign or '='} {file.path} ({file.format}, {size}){end}", sign)


def _kilobytes(file: ExportedFile) -> int:
    """Rounded up: no file is of nothing."""
    return -(-len(file.content) // _KILO)


def _summary(translator: Translator, report: ExportReport) -> str:
    ngettext = translator.ngettext
    written = sum(each.status == "written" for each in report.files)
    said = [
        ngettext("{number} entry", "{number} entries", report.entries),
        ngettext("{number} file written", "{number} files written", written),
    ]
    return translator.gettext(msg("{what}."), what=", ".join(said))


def export_to_json(translator: Translator, report: ExportReport) -> dict[str, Any]:
    """What `export --json` prints."""
    return {
        "view": report.view,
        "files": [
            {
                "path": each.path,
                "format": each.format,
                "bytes": len(each.content),
                "status": each.status,
            }
            for each in report.files
        ],
        "entries": report.entries,
        "problems": [problem_to_json(translator, each) for each in report.problems],
    }
