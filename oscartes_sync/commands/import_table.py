"""`oscartes import`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import read_max_delete, show_run, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.to_text import Line
from oscartes_sync.presentation.translation import msg

_FILE: Final = "CSV"


@subcommand(
    help=msg(
        "Bring a table that “oscartes export” made, and that was edited, back into its form. Rows "
        "with an id_fiche change their entry, rows without one make a new entry; no row that is "
        "missing deletes anything. Without --apply it shows what would be written."
    )
)
@click.argument("file", type=click.Path(path_type=Path), metavar=_FILE)
@option("--form", metavar="N", help=msg("The number of the form."))
@option("--wiki", metavar="ID", help=msg("The wiki it is in, where there are several."))
@option(
    "--view",
    metavar="NAME",
    help=msg("The view it was exported from, where several say different things of the form."),
)
@option("--apply", "write", is_flag=True, help=msg("Write it; the run can be undone."))
@option(
    "--max-delete",
    metavar="N%|N",
    help=msg("In how many rows cells may be emptied, or names changed."),
)
@wait_option()
def command(
    session: Session,
    *,
    file: Path,
    form: str | None,
    wiki: str | None,
    view: str | None,
    write: bool,
    max_delete: str | None,
    wait: float,
) -> int:
    """Words to calls."""
    limit = read_max_delete(max_delete)
    if form is None:
        raise UsageError("import-form-missing")
    settings = session.settings()
    with (
        session.doors.open_house(settings, notice=session.notice, wait=wait) as house,
        session.progress() as progress,
    ):
        report = house.import_table(
            file, form, wiki=wiki, view=view, write=write, max_delete=limit, progress=progress
        )
    code = show_run(session, report, planned=not write, code=int(report.exit), values=True)
    if not write and not session.as_json and (code or not session.quiet):
        planned = any(binding.operations for binding in report.bindings)
        hint = msg("Nothing was written. To write this, run the command again with --apply.")
        if planned:
            session.show([Line(session.translator.gettext(hint))])
    return code
