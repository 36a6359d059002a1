"""`oscartes forms`."""

from __future__ import annotations

from oscartes_sync.commands.group import subcommand
from oscartes_sync.commands.runs import DEFAULT_WAIT
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.translation import msg


@subcommand(
    help=msg("List the wikis' forms, what each could be bound to, and the fields found in it.")
)
def command(session: Session) -> int:
    """Words to calls."""
    settings = session.settings()
    with session.doors.open_house(settings, notice=session.notice, wait=DEFAULT_WAIT) as house:
        forms = house.forms()
    if session.as_json:
        from oscartes_sync.presentation.to_json import forms_to_json  # noqa: PLC0415

        session.show_json(forms_to_json(forms))
    elif not session.quiet:
        from oscartes_sync.presentation.views import form_lines  # noqa: PLC0415

        session.show(form_lines(session.translator, forms))
    return 0
