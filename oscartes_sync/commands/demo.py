"""`oscartes demo`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.ports import Check
    from oscartes_sync.usecases.report import RunReport


class _Stage:
    """Shows each step as it comes, or keeps all of them for one JSON document."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.steps: list[dict[str, Any]] = []

    def tell(self, code: str, blanks: Mapping[str, str]) -> None:
        """Say one sentence."""
        from oscartes_sync.presentation.texts import explain  # noqa: PLC0415

        told = explain(self._session.translator, code, blanks)
        self.steps.append({"code": code, "message": told.message})
        if self._speaks:
            click.echo()
            click.echo(told.message)
            if told.remedy:
                click.echo(f"→ {told.remedy}")

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what `doctor` found."""
        from oscartes_sync.presentation.to_json import checks_to_json  # noqa: PLC0415
        from oscartes_sync.presentation.views import check_lines  # noqa: PLC0415

        self.steps.append(checks_to_json(self._session.translator, checks))
        if self._speaks:
            self._session.show(check_lines(self._session.translator, checks))

    def report(self, report: RunReport, *, planned: bool) -> None:
        """Show a plan or a run."""
        from oscartes_sync.presentation.to_json import run_to_json  # noqa: PLC0415
        from oscartes_sync.presentation.to_text import run_lines  # noqa: PLC0415

        self.steps.append(run_to_json(self._session.translator, report))
        if self._speaks:
            self._session.show(run_lines(self._session.translator, report, planned=planned))

    @property
    def _speaks(self) -> bool:
        return not (self._session.as_json or self._session.quiet)


@subcommand(
    help=msg(
        "Start a stand-in wiki and a stand-in cloud on this machine, fill them, and show events "
        "crossing both ways. No account and no network are needed."
    )
)
@option("--keep", is_flag=True, help=msg("Leave both running afterwards, to look around."))
def command(session: Session, *, keep: bool) -> int:
    """Words to calls."""
    stage = _Stage(session)
    code = session.doors.run_demo(stage, keep=keep, language=session.language)
    if session.as_json:
        session.show_json({"steps": stage.steps, "exit": code})
    return code
