"""The command group: subcommands are imported when they are called, help is in two languages."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from oscartes_sync.commands.session import Session
from oscartes_sync.errors import UsageError
from oscartes_sync.presentation.translation import LANGUAGES, msg

PROGRAM: Final = "oscartes"

COMMANDS: Final[Mapping[str, str]] = {
    "demo": msg("Show it all on stand-in servers of this machine."),
    "init": msg("Ask, try, and write oscartes.toml and .env."),
    "doctor": msg("Check both servers, the keys, the rights and the forms."),
    "forms": msg("List the wiki's forms and the fields found in them."),
    "ask": msg("Ask the directories one of the four founding questions."),
    "plan": msg("Show what sync would do; write nothing."),
    "sync": msg("Bring both sides to agreement."),
    "apply": msg("Do exactly what a saved plan says."),
    "status": msg("Tell how each binding is doing."),
    "conflicts": msg("List what both sides changed, and what waits for you."),
    "resolve": msg("Settle one conflict."),
    "history": msg("Show what runs wrote, with before and after."),
    "undo": msg("Put back what a run wrote."),
    "forget": msg("Erase one entry's data, and keep it out."),
    "wiki": msg("Tell that the wiki has another address."),
    "spaces": msg("Make, follow and archive the spaces of groups and projects."),
    "export": msg("Publish a view of the wiki as files for everybody."),
    "import": msg("Bring an edited table back into a form of the wiki."),
}
"""Name → what it does, in the order in which help lists them."""

_MODULES: Final[Mapping[str, str]] = {"import": "import_table"}
"""Commands whose names are no names of modules."""


def session_of(context: click.Context) -> Session:
    """The session that the entry point put there."""
    session = context.find_object(Session)
    assert session is not None
    return session


def _translated(context: click.Context, message: str | None) -> str:
    return session_of(context).translator.gettext(message) if message else ""


class TranslatedOption(click.Option):
    """An option whose help is looked up in the reader's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option as it is written, and what it does."""
        record = super().get_help_record(ctx)
        return (record[0], _translated(ctx, self.help)) if record else None


class _Translated(click.Command):
    """Help with translated headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [_translated(ctx, msg("[OPTIONS]"))]
        pieces += [
            _translated(ctx, param.metavar)
            for param in self.params
            if isinstance(param, click.Argument)
        ]
        if isinstance(self, click.Group):
            pieces.append(_translated(ctx, msg("COMMAND …")))
        prefix = _translated(ctx, msg("Usage: "))
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_translated(ctx, self.help))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        records = [each.get_help_record(ctx) for each in options]
        with formatter.section(_translated(ctx, msg("Options"))):
            formatter.write_dl([record for record in records if record])
        if isinstance(self, click.Group):
            with formatter.section(_translated(ctx, msg("Commands"))):
                formatter.write_dl(
                    [(name, _translated(ctx, does)) for name, does in COMMANDS.items()]
                )


def _show_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=session_of(ctx).colour)
        ctx.exit()


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415

        click.echo(f"{PROGRAM} {version(PROGRAM)}")
        ctx.exit()


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """`click.option` with translated help."""
    return click.option(*names, cls=TranslatedOption, **settings)


def _flag(*names: str, help: str, **settings: Any) -> TranslatedOption:  # noqa: A002
    return TranslatedOption([*names], is_flag=True, help=help, **settings)


def _help_option() -> TranslatedOption:
    return _flag(
        "--help",
        help=msg("Show this help and stop."),
        is_eager=True,
        expose_value=False,
        callback=_show_help,
    )


def _language_option() -> TranslatedOption:
    return TranslatedOption(
        ["--lang"], type=click.Choice(LANGUAGES), help=msg("Language of all that is shown.")
    )


def common_options() -> list[click.Parameter]:
    """What every command takes."""
    return [
        _flag("--json", "as_json", help=msg("Print one JSON document on stdout, nothing else.")),
        TranslatedOption(
            ["--config"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=msg("The configuration file."),
        ),
        _flag("--quiet", "-q", help=msg("Say nothing at all when all went well.")),
        _flag("--verbose", "-v", help=msg("Tell more, and log to stderr.")),
        _language_option(),
        _help_option(),
    ]


class Subcommand(_Translated):
    """A command with the common options, which go to the session; its function gets the rest."""

    def __init__(self, **settings: Any) -> None:
        settings["params"] = [*settings.get("params", ()), *common_options()]
        super().__init__(add_help_option=False, **settings)
        self.allow_extra_args = True

    def invoke(self, ctx: click.Context) -> Any:
        """Call the function with the session first."""
        session = session_of(ctx)
        if ctx.args:
            words = " ".join(ctx.args)
            raise UsageError("usage-extra-words", command=ctx.command_path, words=words)
        own = dict(ctx.params)
        session.as_json = own.pop("as_json")
        session.config = own.pop("config")
        session.quiet = own.pop("quiet")
        session.verbose = own.pop("verbose")
        own.pop("lang")
        session.log()
        assert self.callback is not None
        return ctx.invoke(self.callback, session, **own)


def subcommand(help: str) -> Callable[[Callable[..., int]], Subcommand]:  # noqa: A002
    """Make the function a command; it returns the exit code."""
    return click.command(cls=Subcommand, help=help)


class LazyGroup(_Translated, click.Group):
    """Knows its commands by name; a module is imported when its command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(
            f"oscartes_sync.commands.{_MODULES.get(cmd_name, cmd_name)}"
        )
        command: click.Command = module.command
        command.name = cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names.

        Raises:
            UsageError: `usage-no-such-command`.
        """
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            raise UsageError("usage-no-such-command", name=name, known=", ".join(COMMANDS))
        return name, command, args[1:]


def make_group() -> LazyGroup:
    """The command `oscartes`."""
    version = _flag(
        "--version",
        help=msg("Show the version and stop."),
        is_eager=True,
        expose_value=False,
        callback=_show_version,
    )
    return LazyGroup(
        name=PROGRAM,
        help=msg(
            "Keeps a YesWiki's agenda and a Nextcloud calendar the same, both ways, losing nothing."
        ),
        params=[_language_option(), version, _help_option()],
        add_help_option=False,
        invoke_without_command=True,
        callback=_without_command,
    )


@click.pass_context
def _without_command(ctx: click.Context, lang: str | None) -> None:  # noqa: ARG001
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), color=session_of(ctx).colour)
        raise UsageError("usage-no-command", known=", ".join(COMMANDS))
