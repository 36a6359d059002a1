"""`oscartes history`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg("List the runs; with RUN (or how it begins) all that it wrote, with before and after.")
)
@click.argument("run", required=False, metavar=msg("[RUN]"))
def command(session: Session, *, run: str | None) -> int:
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        found = house.history(run or "")
    if session.as_json:
        from oscartes_sync.presentation.to_json import history_to_json  # noqa: PLC0415

        session.show_json(history_to_json(session.translator, found))
    elif not session.quiet:
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        from oscartes_sync.presentation.past import history_lines  # noqa: PLC0415

        zone = ZoneInfo(settings.network.timezone)
        session.show(history_lines(session.translator, found, zone=zone, whole=bool(run)))
    return 0
