"""`oscartes status`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT, chosen
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(help=msg("Tell, binding by binding, the last run, the links and what waits for you."))
@click.argument("names", nargs=-1, metavar=msg("[NAME]…"))
def command(session: Session, *, names: tuple[str, ...]) -> int:
    """Words to calls."""
    settings = session.settings()
    wanted = chosen(settings, names)
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        states = house.status(wanted)
    if session.as_json:
        from oscartes_sync.presentation.to_json import states_to_json  # noqa: PLC0415

        session.show_json(states_to_json(states))
    elif not session.quiet:
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        from oscartes_sync.presentation.views import status_lines  # noqa: PLC0415

        zone = ZoneInfo(settings.network.timezone)
        session.show(status_lines(session.translator, states, now=session.doors.now(), zone=zone))
    return 0
