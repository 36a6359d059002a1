"""`oscartes spaces`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.runs import read_max_delete, wait_option
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.usecases.spaces.report import KnownSpace, SpacesReport

_VERBS: Final = ("plan", "apply", "list", "archive")
DONE: Final = 0
PART: Final = 4
PENDING: Final = 10


@subcommand(
    help=msg(
        "Spaces of working groups and projects: “plan” shows what a form of groups lacks in "
        "Nextcloud, “apply” makes it (team, folder, calendar), “list” tells what was made, "
        "“archive NAME” lays a space away and closes it."
    )
)
@click.argument("verb", type=click.Choice(_VERBS), metavar="plan|apply|list|archive")
@click.argument("names", nargs=-1, metavar=msg("[NAME]…"))
@option("--dry-run", is_flag=True, help=msg("Show it only; nothing is written anywhere."))
@option("--exit-code", is_flag=True, help=msg("End with 10 where changes are pending."))
@option("--allow-empty", is_flag=True, help=msg("Believe a list of members that is empty."))
@option("--max-delete", metavar="N%|N", help=msg("How many members may be taken out of a space."))
@wait_option()
def command(
    session: Session,
    *,
    verb: str,
    names: tuple[str, ...],
    dry_run: bool,
    exit_code: bool,
    allow_empty: bool,
    max_delete: str | None,
    wait: float,
) -> int:
    """Words to calls."""
    limit = read_max_delete(max_delete)
    _check(verb, names)
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=wait) as house:
        if verb == "list":
            return _show_known(session, house.list_spaces())
        planned = verb == "plan" or dry_run
        if verb == "archive":
            report = house.archive_space(names[0], write=not dry_run)
        elif planned:
            report = house.plan_spaces(names, allow_empty=allow_empty, max_delete=limit)
        else:
            report = house.apply_spaces(names, allow_empty=allow_empty, max_delete=limit)
    return _show(session, report, planned=planned, pending=exit_code and planned)


def _check(verb: str, names: tuple[str, ...]) -> None:
    """Refuse words that do not fit the verb.

    Raises:
        UsageError: `space-name-missing`, `usage-extra-words`.
    """
    if verb == "archive" and not names:
        raise UsageError("space-name-missing")
    if (verb == "list" and names) or (verb == "archive" and len(names) > 1):
        words = " ".join(names if verb == "list" else names[1:])
        raise UsageError("usage-extra-words", command=f"oscartes spaces {verb}", words=words)


def _show(session: Session, report: SpacesReport, *, planned: bool, pending: bool) -> int:
    code = int(report.exit)
    if pending and code in (DONE, PART) and any(kind.pending for kind in report.kinds):
        code = PENDING
    if session.as_json:
        from oscartes_sync.presentation.spaces import spaces_to_json  # noqa: PLC0415

        session.show_json(spaces_to_json(session.translator, report))
    elif code or not session.quiet:
        from oscartes_sync.presentation.spaces import spaces_lines  # noqa: PLC0415

        session.show(spaces_lines(session.translator, report, planned=planned))
    return code


def _show_known(session: Session, known: Sequence[KnownSpace]) -> int:
    from oscartes_sync.presentation.spaces import known_lines, known_to_json  # noqa: PLC0415

    if session.as_json:
        session.show_json(known_to_json(known))
    elif not session.quiet:
        session.show(known_lines(session.translator, known))
    return DONE
