"""`oscartes doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.ports import Check


@subcommand(
    help=msg(
        "Check both servers, the keys, the rights, the forms and what would get in the way. Each "
        "failed check says the remedy."
    )
)
def command(session: Session) -> int:
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        checks = house.doctor()
    return show_checks(session, checks)


def show_checks(session: Session, checks: Sequence[Check]) -> int:
    """Show checks as asked for; 1 where one failed."""
    code = int(any(check.status == "fail" for check in checks))
    if session.as_json:
        from oscartes_sync.presentation.to_json import checks_to_json  # noqa: PLC0415

        session.show_json(checks_to_json(session.translator, checks))
    elif code or not session.quiet:
        from oscartes_sync.presentation.views import check_lines  # noqa: PLC0415

        session.show(check_lines(session.translator, checks))
    return code
