"""`oscartes conflicts`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT, chosen
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg(
        "List what both sides changed: what waits for your decision first, then what was merged, "
        "with the value that lost."
    )
)
@click.argument("names", nargs=-1, metavar=msg("[NAME]…"))
@option("--open", "only_open", is_flag=True, help=msg("Only what waits for a decision."))
def command(session: Session, *, names: tuple[str, ...], only_open: bool) -> int:
    """Words to calls."""
    settings = session.settings()
    wanted = chosen(settings, names)
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        found = house.conflicts(wanted)
    if only_open:
        found = [each for each in found if each.conflict.open]
    if session.as_json:
        from oscartes_sync.presentation.to_json import conflicts_to_json  # noqa: PLC0415

        session.show_json(conflicts_to_json(found))
    elif not session.quiet:
        from oscartes_sync.presentation.past import conflict_lines  # noqa: PLC0415

        session.show(conflict_lines(session.translator, found))
    return 0
