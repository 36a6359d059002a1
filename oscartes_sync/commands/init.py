"""`oscartes init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oscartes_sync.commands.answers import Answers
from oscartes_sync.commands.doctor import show_checks
from oscartes_sync.commands.group import option, subcommand
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.presentation.translation import msg

if TYPE_CHECKING:
    from oscartes_sync.config import Settings
    from oscartes_sync.ports import Check

_OPTIONS = (
    ("--name", msg("The network's name.")),
    ("--wiki-id", msg("The wiki's fixed identifier, part of every UID that is made.")),
    ("--wiki-url", msg("The wiki's address: what the browser shows before the “?”.")),
    ("--wiki-user", msg("The user of the wiki's API key.")),
    ("--wiki-key", msg("The wiki's API key; better left to OSCARTES_WIKI_…_KEY.")),
    ("--cloud-id", msg("The cloud's identifier.")),
    ("--cloud-url", msg("Nextcloud's address.")),
    ("--cloud-user", msg("The bot's account on Nextcloud.")),
    ("--cloud-password", msg("Its app password; better left to OSCARTES_CLOUD_…_PASSWORD.")),
    ("--form", msg("The number of the form to mirror.")),
    ("--collection", msg("The calendar's name in its address; made if missing.")),
    ("--title", msg("The calendar's title; the form's name if not given.")),
    ("--binding", msg("What the binding is called.")),
)


def _text_options(function: Any) -> Any:
    for name, help_text in reversed(_OPTIONS):
        function = option(name, metavar=msg("TEXT"), help=help_text)(function)
    return function


@subcommand(
    help=msg(
        "Ask for the two servers, try them, and write oscartes.toml and .env. Nothing is written "
        "before both have answered."
    )
)
@_text_options
@option("--login", is_flag=True, help=msg("Get the app password by a login in the browser."))
@option("--insecure", is_flag=True, help=msg("Allow plain http beyond this machine."))
@option("--overwrite", is_flag=True, help=msg("Replace a configuration that is there."))
@option("--non-interactive", is_flag=True, help=msg("Ask nothing: options say it all."))
def command(
    session: Session,
    *,
    login: bool,
    insecure: bool,
    overwrite: bool,
    non_interactive: bool,
    **given: str | None,
) -> int:
    """Words to calls."""
    path = session.config or Path(session.doors.environ.get("OSCARTES_CONFIG") or "oscartes.toml")
    store = session.doors.settings_store(path, overwrite=overwrite)
    if store.exists() and not overwrite:
        raise ConfigurationError("config-exists", path=path.absolute())
    answers = Answers(session, path, given, insecure=insecure, asks=not non_interactive)
    answers.collect(login=login)
    checks = _try(session, answers.settings())
    failed = any(check.status == "fail" for check in checks)
    if failed and not (answers.asks and _anyway(session, checks)):
        return show_checks(session, checks) if not answers.asks else 1
    written = store.write(answers.table(), answers.secrets())
    return _show(session, written, checks)


def _try(session: Session, settings: Settings) -> list[Check]:
    """What both servers say to the binding that is to be."""
    wikis = [
        session.doors.probe_wiki(wiki).check(settings.bindings) for wiki in settings.wikis.values()
    ]
    clouds = [
        session.doors.probe_cloud(cloud).check(settings.bindings)
        for cloud in settings.clouds.values()
    ]
    return [check for checks in (*wikis, *clouds) for check in checks]


def _anyway(session: Session, checks: list[Check]) -> bool:
    from oscartes_sync.presentation.views import check_lines  # noqa: PLC0415

    for line in check_lines(session.translator, checks):
        click.echo(line.text, err=True)
    return session.doors.confirm(session.translator.gettext(msg("Write it all the same?")))


def _show(session: Session, written: Any, checks: list[Check]) -> int:
    if session.as_json:
        from oscartes_sync.presentation.to_json import checks_to_json  # noqa: PLC0415

        session.show_json({"files": list(written), **checks_to_json(session.translator, checks)})
    elif not session.quiet:
        from oscartes_sync.presentation.views import check_lines  # noqa: PLC0415

        session.show(check_lines(session.translator, checks))
        files = ", ".join(written)
        told = msg("Written: {files}. Next: “oscartes plan” shows what would be done.")
        click.echo(session.translator.gettext(told, files=files))
    return 0
