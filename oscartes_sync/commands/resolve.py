"""`oscartes resolve`."""

from __future__ import annotations

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import show_run, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import msg


@subcommand(help=msg("Settle one conflict, as “oscartes conflicts” names it."))
@click.argument("conflict", metavar=msg("ID"))
@option(
    "--keep",
    type=click.Choice(["wiki", "cloud"]),
    help=msg("Whose values stay, where both sides changed the same field."),
)
@option("--delete", is_flag=True, help=msg("A deletion is meant: remove what is left, too."))
@option("--restore", is_flag=True, help=msg("A deletion is not meant: make it again."))
@wait_option()
def command(
    session: Session,
    *,
    conflict: str,
    keep: str | None,
    delete: bool,
    restore: bool,
    wait: float,
) -> int:
    """Words to calls."""
    from oscartes_sync.planning.rules import Decision  # noqa: PLC0415

    said = [Decision(keep)] if keep else []
    said += [Decision.DELETE] if delete else []
    said += [Decision.RESTORE] if restore else []
    if len(said) != 1:
        raise UsageError("usage-one-decision")
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        report = house.resolve(conflict, said[0])
    return show_run(session, report, planned=False, code=int(report.exit))
