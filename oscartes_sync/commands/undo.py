"""`oscartes undo`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import show_run, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg(
        "Put back what a run wrote, where nobody has changed it since; the rest is told, thing by "
        "thing."
    )
)
@click.argument("run", metavar=msg("RUN"))
@wait_option()
def command(session: Session, *, run: str, wait: float) -> int:
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        report = house.undo(run)
    return show_run(session, report, planned=False, code=int(report.exit))
