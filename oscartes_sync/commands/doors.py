"""What commands reach the rest of the house and the world through; tests put fakes in its place.

Everything is imported when it is first used, so that a command pays for what it needs only.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from oscartes_sync.config import CloudSettings, Settings, WikiSettings
    from oscartes_sync.planning.binding import MaxDelete
    from oscartes_sync.planning.rules import Decision
    from oscartes_sync.ports import (
        BindingState,
        Check,
        CloudProbe,
        FormView,
        SettingsStore,
        WikiProbe,
    )
    from oscartes_sync.usecases.asking.answer import Answers, Asked
    from oscartes_sync.usecases.export_view import ExportReport
    from oscartes_sync.usecases.report import RunReport
    from oscartes_sync.usecases.show_history import KnownConflict, RunHistory
    from oscartes_sync.usecases.spaces.report import KnownSpace, SpacesReport

Notice = Callable[[str, Mapping[str, str]], None]
Progress = Callable[[str, int, int], None]


class House(Protocol):
    """The use cases, wired."""

    def plan(
        self,
        names: Sequence[str],
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        out: Path | None = None,
    ) -> RunReport:
        """What `sync` would do; kept in the file `out` for `apply`."""

    def sync(
        self,
        names: Sequence[str],
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        progress: Progress | None = None,
    ) -> RunReport:
        """Plan, safety, apply."""

    def apply(self, path: Path, *, progress: Progress | None = None) -> RunReport:
        """Exactly a saved plan."""

    def status(self, names: Sequence[str]) -> Sequence[BindingState]:
        """What the state knows of these bindings."""

    def conflicts(self, names: Sequence[str]) -> Sequence[KnownConflict]:
        """What waits for a person, and what was merged of late."""

    def resolve(self, conflict: str, decision: Decision) -> RunReport:
        """Apply a person's decision to one conflict."""

    def history(self, run: str) -> Sequence[RunHistory]:
        """What runs wrote; "" for all of them."""

    def undo(self, run: str) -> RunReport:
        """Put back what a run wrote."""

    def forget(self, thing: str) -> RunReport:
        """Erase one thing, and keep it out."""

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        """A wiki has another address."""

    def doctor(self) -> Sequence[Check]:
        """All checks of both sides."""

    def forms(self) -> Sequence[FormView]:
        """All forms of all wikis."""

    def ask(self, asked: Asked) -> Answers:
        """A founding question, asked of the directories of all wikis."""

    def export(
        self,
        name: str,
        formats: Sequence[str],
        *,
        out: Path | None = None,
        allow_empty: bool = False,
    ) -> ExportReport:
        """Publish a view in these formats, in a file or a folder; or only show it."""

    def import_table(
        self,
        path: Path,
        form: str,
        *,
        wiki: str | None = None,
        view: str | None = None,
        write: bool = False,
        max_delete: MaxDelete | None = None,
        progress: Progress | None = None,
    ) -> RunReport:
        """Bring a table back into a form; without `write` only what that would do."""

    def plan_spaces(
        self,
        names: Sequence[str],
        *,
        allow_empty: bool = False,
        max_delete: MaxDelete | None = None,
    ) -> SpacesReport:
        """What `apply_spaces` would do."""

    def apply_spaces(
        self,
        names: Sequence[str],
        *,
        allow_empty: bool = False,
        max_delete: MaxDelete | None = None,
    ) -> SpacesReport:
        """Bring spaces to what their entries say."""

    def archive_space(self, name: str, *, write: bool) -> SpacesReport:
        """Archive one space; without `write` only what that would do."""

    def list_spaces(self) -> Sequence[KnownSpace]:
        """Every space that was made."""


class Stage(Protocol):
    """Where a demonstration shows itself."""

    def tell(self, code: str, blanks: Mapping[str, str]) -> None:
        """Say one sentence."""

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what `doctor` found."""

    def report(self, report: RunReport, *, planned: bool) -> None:
        """Show a plan or a run."""


class Doors:
    """The real ones."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ

    def settings(self, config: Path | None) -> Settings:
        """The configuration, found and read."""
        from oscartes_sync import config as configuration  # noqa: PLC0415

        return configuration.load(self.config_path(config), self.environ)

    def config_path(self, config: Path | None) -> Path:
        """The configuration file that is there."""
        from oscartes_sync import config as configuration  # noqa: PLC0415

        return configuration.find(config, self.environ, Path.cwd())

    def settings_store(self, path: Path, *, overwrite: bool) -> SettingsStore:
        """Where `init` writes."""
        from oscartes_sync.config.writing import TomlSettingsStore  # noqa: PLC0415

        return TomlSettingsStore(path, overwrite=overwrite)

    def open_house(
        self, settings: Settings, *, notice: Notice, wait: float
    ) -> AbstractContextManager[House]:
        """The use cases for these settings."""
        from oscartes_sync import bootstrap  # noqa: PLC0415

        return bootstrap.open_house(settings, notice=notice, wait=wait)

    def probe_wiki(self, wiki: WikiSettings) -> WikiProbe:
        """What `init` asks a wiki."""
        from oscartes_sync import bootstrap  # noqa: PLC0415

        return bootstrap.probe_wiki(wiki, bootstrap.SystemClock())

    def probe_cloud(self, cloud: CloudSettings) -> CloudProbe:
        """What `init` asks a cloud; user and password may be empty to start a login."""
        from oscartes_sync import bootstrap  # noqa: PLC0415

        return bootstrap.probe_cloud(cloud, bootstrap.SystemClock())

    def run_demo(self, stage: Stage, *, keep: bool, language: str) -> int:
        """The demonstration; its exit code."""
        from oscartes_sync.bootstrap.demo import run_demo  # noqa: PLC0415

        return run_demo(stage, keep=keep, language=language)

    def state_folder(self) -> Path:
        """Where reports of mistakes go."""
        from platformdirs import user_state_path  # noqa: PLC0415

        return user_state_path("oscartes")

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def prompt(self, text: str, *, default: str | None = None, hidden: bool = False) -> str:
        """Ask on the terminal."""
        import click  # noqa: PLC0415

        answer: Any = click.prompt(text, default=default, hide_input=hidden, err=True)
        return str(answer).strip()

    def confirm(self, text: str) -> bool:
        """Ask for a yes."""
        import click  # noqa: PLC0415

        return click.confirm(text, err=True)
