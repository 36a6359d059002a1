"""`oscartes forget`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import show_run, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg(
        "Erase one entry's data from links, journal and mirrors, and keep it out from then on. "
        "ID is its tag, its href or its UID."
    )
)
@click.argument("thing", metavar=msg("ID"))
@wait_option()
def command(session: Session, *, thing: str, wait: float) -> int:
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        report = house.forget(thing)
    return show_run(session, report, planned=False, code=int(report.exit))
