"""What `plan`, `sync` and `apply` have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from oscartes_sync.commands.group import option
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.config import Settings
    from oscartes_sync.planning.binding import MaxDelete
    from oscartes_sync.usecases.report import RunReport

DEFAULT_WAIT: Final = 60.0


def safety_options(function: Any) -> Any:
    """What `plan` and `sync` alike take."""
    for add in reversed(
        (
            click.argument("names", nargs=-1, metavar=msg("[NAME]…")),
            option(
                "--max-delete",
                metavar="N%|N",
                help=msg("How many deletions and withdrawals may be done."),
            ),
            option(
                "--allow-empty",
                is_flag=True,
                help=msg("Believe a side that holds nothing at all."),
            ),
            option(
                "--full", is_flag=True, help=msg("Compare everything, whatever the last run knew.")
            ),
            wait_option(),
        )
    ):
        function = add(function)
    return function


def wait_option() -> Callable[[Any], Any]:
    """How long another run is waited for."""
    return option(
        "--wait",
        type=click.FloatRange(min=0),
        default=DEFAULT_WAIT,
        metavar="N",
        help=msg("Seconds to wait while another run holds the state (60 if not given)."),
    )


def chosen(settings: Settings, names: Sequence[str]) -> list[str]:
    """The bindings that are meant: those named, each once, or all.

    Raises:
        UsageError: `unknown-binding`, `no-bindings`.
    """
    known = [binding.name for binding in settings.bindings]
    if not known:
        raise UsageError("no-bindings", path=settings.path)
    if settings.spaces:
        # Spaces give bindings of their own, which only the state knows.
        return list(dict.fromkeys(names))
    for name in names:
        if name not in known:
            raise UsageError("unknown-binding", name=name, known=", ".join(known))
    return list(dict.fromkeys(names)) or known


def read_max_delete(raw: str | None) -> MaxDelete | None:
    """What `--max-delete` says.

    Raises:
        UsageError: `usage-max-delete`.
    """
    if raw is None:
        return None
    from oscartes_sync.config.rules import max_delete as read  # noqa: PLC0415

    try:
        return read(raw)
    except ValueError:
        raise UsageError("usage-max-delete", value=raw) from None


def show_run(
    session: Session, report: RunReport, *, planned: bool, code: int, values: bool = False
) -> int:
    """Show a plan or a run as asked for; the exit code. `values`: what each update changes."""
    if session.as_json:
        from oscartes_sync.presentation.to_json import run_to_json  # noqa: PLC0415

        session.show_json(run_to_json(session.translator, report))
    elif code or not session.quiet:
        from oscartes_sync.presentation.to_text import run_lines  # noqa: PLC0415

        lines = run_lines(
            session.translator, report, planned=planned, verbose=session.verbose, values=values
        )
        session.show(lines)
    return code
