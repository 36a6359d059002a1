"""`oscartes apply`."""

from __future__ import annotations

from pathlib import Path

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import show_run, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg(
        "Do exactly what a plan saved by “oscartes plan --out” says. What changed since is refused."
    )
)
@click.argument("file", type=click.Path(path_type=Path), metavar=msg("FILE"))
@wait_option()
def command(session: Session, *, file: Path, wait: float) -> int:
    """Words to calls."""
    settings = session.settings()
    with (
        session.doors.open_house(settings, notice=session.notice, wait=wait) as house,
        session.progress() as progress,
    ):
        report = house.apply(file, progress=progress)
    return show_run(session, report, planned=False, code=int(report.exit))
