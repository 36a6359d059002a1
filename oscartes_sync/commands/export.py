"""`oscartes export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.presentation.to_text import Line
    from oscartes_sync.usecases.export_view import ExportReport

_FORMATS: Final = "FORMAT"


@subcommand(
    help=msg(
        "Publish a view of the configuration as files that anybody may read, from what a visitor "
        "of the wiki sees. A file that would not change is left as it is."
    )
)
@click.argument("view", metavar=msg("VIEW"))
@option(
    "--format",
    "formats",
    multiple=True,
    metavar=_FORMATS,
    help=msg(
        "geojson, csv, xlsx-csv, vcf, ics, jsonld, rss, atom, gogocarto, or all; may be repeated."
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help=msg("Where to put it; without this, one format is shown."),
)
@option(
    "--allow-empty",
    is_flag=True,
    help=msg("Let an empty view take the place of a file with entries."),
)
def command(
    session: Session, *, view: str, formats: tuple[str, ...], out: Path | None, allow_empty: bool
) -> int:
    """Words to calls."""
    _check(session, formats, out)
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        report = house.export(view, formats, out=out, allow_empty=allow_empty)
    if session.as_json:
        from oscartes_sync.presentation.exported import export_to_json  # noqa: PLC0415

        session.show_json(export_to_json(session.translator, report))
    elif out is None:
        _show(session, report)
    elif report.exit or not session.quiet:
        from oscartes_sync.presentation.exported import export_lines  # noqa: PLC0415

        session.show(export_lines(session.translator, report))
    return int(report.exit)


def _check(session: Session, formats: tuple[str, ...], out: Path | None) -> None:
    """Refuse words that do not fit together, before anything is read.

    Raises:
        UsageError: `export-format-missing`, `export-format-unknown`, `export-several-shown`,
            `export-json-shown`.
    """
    from oscartes_sync.exports.formats import ALL, FORMATS  # noqa: PLC0415
    from oscartes_sync.usecases.export_view import check_formats  # noqa: PLC0415

    if not formats:
        raise UsageError("export-format-missing", known=", ".join((*FORMATS, ALL)))
    check_formats(formats, None)
    if out is None and session.as_json:
        raise UsageError("export-json-shown")
    if out is None and (ALL in formats or len(set(formats)) > 1):
        raise UsageError("export-several-shown")


def _show(session: Session, report: ExportReport) -> None:
    """The file alone on stdout, byte for byte; what there is to tell goes to stderr."""
    for file in report.files:
        click.echo(file.content, nl=False)
    if report.exit or not session.quiet:
        for line in _problems(session, report):
            click.echo(line.text, err=True)


def _problems(session: Session, report: ExportReport) -> list[Line]:
    from oscartes_sync.presentation.exported import problem_lines  # noqa: PLC0415

    return [line for each in report.problems for line in problem_lines(session.translator, each)]
