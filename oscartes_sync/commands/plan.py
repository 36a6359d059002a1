"""`oscartes plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import chosen, read_max_delete, safety_options, show_run
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.usecases.report import RunReport

DONE: Final = 0
PART: Final = 4
PENDING: Final = 10


@subcommand(help=msg("Show, binding by binding, what sync would do. Nothing is written anywhere."))
@safety_options
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=msg("Keep the plan in this file, for apply."),
)
@option("--exit-code", is_flag=True, help=msg("End with 10 where changes are pending."))
def command(
    session: Session,
    *,
    names: tuple[str, ...],
    max_delete: str | None,
    allow_empty: bool,
    full: bool,
    wait: float,
    out: Path | None,
    exit_code: bool,
) -> int:
    """Words to calls."""
    limit = read_max_delete(max_delete)
    settings = session.settings()
    wanted = chosen(settings, names)
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        report = house.plan(wanted, full=full, max_delete=limit, allow_empty=allow_empty, out=out)
    code = int(report.exit)
    # One entry that cannot be mirrored makes a 4 of every run: it must not hide what is pending.
    if exit_code and code in (DONE, PART) and _pending(report):
        code = PENDING
    return show_run(session, report, planned=True, code=code)


def _pending(report: RunReport) -> bool:
    """Whether a sync would write on a server."""
    from oscartes_sync.planning.operation import Action  # noqa: PLC0415

    return any(
        operation.action is not Action.RELINK
        for binding in report.bindings
        for operation in binding.operations
    )
