"""One call of the command: its language, its options, its screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from oscartes_sync.commands.doors import Doors, Progress
from oscartes_sync.presentation.legible import legible
from oscartes_sync.presentation.translation import Translator, translator

if TYPE_CHECKING:
    from oscartes_sync.config import Settings
    from oscartes_sync.presentation.texts import Told
    from oscartes_sync.presentation.to_text import Line

_COLOURS: Final = {"+": "green", "~": "yellow", "-": "red", "!": "magenta"}


@dataclass
class Session:
    """What a command is given; the options common to all commands are set once they are parsed."""

    language: str
    doors: Doors = field(default_factory=Doors)
    as_json: bool = False
    config: Path | None = None
    quiet: bool = False
    verbose: bool = False

    @property
    def translator(self) -> Translator:
        """The reader's language."""
        return translator(self.language)

    @property
    def colour(self) -> bool | None:
        """What click is told: False forbids colour, None leaves it to the terminal."""
        return False if self.doors.environ.get("NO_COLOR") else None

    def settings(self) -> Settings:
        """The configuration."""
        return self.doors.settings(self.config)

    def show(self, lines: Sequence[Line]) -> None:
        """Lines on stdout, coloured on a terminal."""
        for line in lines:
            colour = _COLOURS.get(line.sign)
            plain = legible(line.text)
            text = click.style(plain, fg=colour) if colour else plain
            click.echo(text, color=self.colour)

    def show_json(self, document: Mapping[str, Any]) -> None:
        """The one document on stdout."""
        import json  # noqa: PLC0415

        text = json.dumps(document, ensure_ascii=False, indent=2)
        # A member's text may hold half a surrogate pair, which UTF-8 cannot say.
        click.echo(text.encode("utf-8", "backslashreplace"))

    def notice(self, code: str, blanks: Mapping[str, str]) -> None:
        """A word on stderr while working."""
        if self.quiet:
            return
        from oscartes_sync.presentation.texts import explain  # noqa: PLC0415

        self.say(explain(self.translator, code, blanks))

    def say(self, told: Told) -> None:
        """A sentence and its remedy, on stderr."""
        click.echo(legible(told.message), err=True)
        if told.remedy:
            click.echo(f"→ {legible(told.remedy)}", err=True)

    @contextmanager
    def progress(self) -> Iterator[Progress | None]:
        """A bar on stderr where that is a terminal and nobody asked for quiet."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        from oscartes_sync.commands.progress import bars  # noqa: PLC0415

        with bars() as advance:
            yield advance

    def log(self) -> None:
        """With --verbose, what our own rooms log goes to stderr."""
        if not self.verbose:
            return
        import logging  # noqa: PLC0415

        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        for name in ("oscartes_sync", "bazar_forms"):
            logger = logging.getLogger(name)
            logger.handlers = [handler]
            logger.setLevel(logging.DEBUG)
