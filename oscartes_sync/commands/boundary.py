"""The one place where errors end: a sentence, a remedy, an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from oscartes_sync.commands.doors import Doors
from oscartes_sync.commands.group import PROGRAM, make_group
from oscartes_sync.commands.session import Session
from oscartes_sync.errors import ConfigurationError, OscartesError, UsageError
from oscartes_sync.presentation.translation import language_from

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
BUG: Final = 3
INTERRUPTED: Final = 130


def run(arguments: Sequence[str], doors: Doors | None = None) -> int:
    """Run the command with these words; its exit code."""
    doors = doors or Doors()
    session = Session(
        language=language_from(_option_value(arguments, "--lang"), doors.environ),
        doors=doors,
        as_json="--json" in arguments,
    )
    try:
        code = make_group().main(
            args=list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=session
        )
        # A closed pipe shows itself here, and not after the last word was said.
        sys.stdout.flush()
    except OscartesError as error:
        return _known(session, error)
    except click.UsageError as error:
        return _known(session, _usage(error))
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(session)
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as error:  # noqa: BLE001 - the boundary
        return _bug(session, error)
    return int(code or DONE)


def _option_value(arguments: Sequence[str], name: str) -> str | None:
    """What an option says, read before everything else is, since errors speak its language."""
    for index, word in enumerate(arguments):
        if word == name and index + 1 < len(arguments):
            return arguments[index + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _known(session: Session, error: OscartesError) -> int:
    from oscartes_sync.presentation.texts import explain_error  # noqa: PLC0415

    told = explain_error(session.translator, error)
    if session.as_json:
        from oscartes_sync.presentation.to_json import told_to_json  # noqa: PLC0415

        session.show_json(told_to_json(error.code, told))
    session.say(told)
    return USAGE if isinstance(error, ConfigurationError | UsageError) else FAILED


def _usage(error: click.UsageError) -> UsageError:
    """Click's own errors in our words."""
    command = error.ctx.command_path if error.ctx else PROGRAM
    match error:
        case click.NoSuchOption():
            return UsageError("usage-no-such-option", name=error.option_name, command=command)
        case click.MissingParameter():
            return UsageError("usage-missing", name=_hint(error), command=command)
        case click.BadParameter():
            return UsageError("usage-option-value", name=_hint(error), command=command)
        case click.BadOptionUsage():
            return UsageError("usage-option-value", name=error.option_name, command=command)
    return UsageError("usage-option-value", name="", command=command)


def _hint(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Argument):
        return str(error.param.human_readable_name)
    return error.param.opts[0]


def _interrupted(session: Session) -> int:
    from oscartes_sync.presentation.texts import explain  # noqa: PLC0415

    told = explain(session.translator, "interrupted", {})
    if session.as_json:
        from oscartes_sync.presentation.to_json import told_to_json  # noqa: PLC0415

        session.show_json(told_to_json("interrupted", told))
    session.say(told)
    return INTERRUPTED


def _closed_pipe() -> int:
    """Whoever read has heard enough: nothing is wrong, and Python must not say so at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _bug(session: Session, error: Exception) -> int:
    from oscartes_sync.presentation.texts import explain  # noqa: PLC0415
    from oscartes_sync.presentation.to_json import told_to_json  # noqa: PLC0415

    kind = type(error).__name__
    path = _write_report(session.doors, error)
    code = "bug" if path else "bug-unreported"
    told = explain(session.translator, code, {"kind": kind, "path": str(path)})
    if session.as_json:
        session.show_json(told_to_json(code, told))
    session.say(told)
    if session.verbose:
        click.echo("".join(_trace(error)), err=True, nl=False)
    return BUG


def _write_report(doors: Doors, error: Exception) -> Path | None:
    """The path of the report, which only we may read; None where it cannot be written."""
    import platform  # noqa: PLC0415
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        release = version(PROGRAM)
    except PackageNotFoundError:
        release = "?"
    head = f"{PROGRAM} {release}, Python {platform.python_version()}, {platform.system()}\n"
    name = f"report-{doors.now():%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    try:
        folder = doors.state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(head + "".join(_trace(error)))
    except OSError:
        return None
    return file


def _trace(error: BaseException) -> list[str]:
    """Where it happened, and of what kind it is: messages and values may be members' words."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__name__}\n")
        for frame in traceback.extract_tb(seen.__traceback__):
            file = "/".join(Path(frame.filename).parts[-3:])
            lines.append(f"  {file}:{frame.lineno} in {frame.name}\n")
        seen = seen.__cause__ or seen.__context__
    return lines
