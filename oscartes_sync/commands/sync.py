"""`oscartes sync`."""

from __future__ import annotations

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import chosen, read_max_delete, safety_options, show_run
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(help=msg("Bring both sides to agreement: plan, check that it is safe, write."))
@safety_options
def command(
    session: Session,
    *,
    names: tuple[str, ...],
    max_delete: str | None,
    allow_empty: bool,
    full: bool,
    wait: float,
) -> int:
    """Words to calls."""
    limit = read_max_delete(max_delete)
    settings = session.settings()
    wanted = chosen(settings, names)
    with (
        session.doors.open_house(settings, notice=session.notice, wait=wait) as house,
        session.progress() as progress,
    ):
        report = house.sync(
            wanted, full=full, max_delete=limit, allow_empty=allow_empty, progress=progress
        )
    return show_run(session, report, planned=False, code=int(report.exit))
