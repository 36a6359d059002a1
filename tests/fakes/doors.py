"""What commands reach the world through, without a world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oscartes_sync.commands.doors import Doors, Notice, Progress, Stage
from oscartes_sync.config import CloudSettings, Settings, WikiSettings
from oscartes_sync.planning.binding import Binding, MaxDelete
from oscartes_sync.planning.rules import Decision
from oscartes_sync.ports import BindingState, Check, FormView, Granted, Login
from oscartes_sync.usecases.export_view import ExportReport
from oscartes_sync.usecases.report import RunReport
from oscartes_sync.usecases.show_history import KnownConflict, RunHistory

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CONFIGURATION = """\
[wikis.noe]
url = "https://wiki.example"
user = "RobotNuage"

[clouds.noe]
url = "https://cloud.example"
user = "oscartes-bot"

[[bindings]]
name = "agenda"
form = 6
collection = "agenda-reseau"

[[bindings]]
name = "ateliers"
form = 7
collection = "ateliers"
"""
SECRETS = {"OSCARTES_WIKI_NOE_KEY": "k3y-of-wiki", "OSCARTES_CLOUD_NOE_PASSWORD": "p4ss-of-cloud"}


@dataclass
class FakeHouse:
    """Answers what it was given, and remembers what it was asked."""

    report: RunReport = field(default_factory=lambda: RunReport(run="r1"))
    states: Sequence[BindingState] = ()
    checks: Sequence[Check] = ()
    views: Sequence[FormView] = ()
    known: Sequence[KnownConflict] = ()
    past: Sequence[RunHistory] = ()
    renamed: Sequence[str] = ("noe",)
    exported: ExportReport = field(default_factory=lambda: ExportReport("acteurs", (), 0))
    error: BaseException | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _answer(self, *asked: Any) -> RunReport:
        self.asked.append(asked)
        if self.error is not None:
            raise self.error
        return self.report

    def plan(
        self,
        names: Sequence[str] = (),
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        out: Path | None = None,
    ) -> RunReport:
        return self._answer("plan", list(names), full, max_delete, allow_empty, out)

    def sync(
        self,
        names: Sequence[str] = (),
        *,
        full: bool = False,
        max_delete: MaxDelete | None = None,
        allow_empty: bool = False,
        progress: Progress | None = None,
    ) -> RunReport:
        if progress is not None:
            progress("agenda", 1, 2)
        return self._answer("sync", list(names), full, max_delete, allow_empty)

    def apply(self, path: Path, *, progress: Progress | None = None) -> RunReport:
        return self._answer("apply", path, progress)

    def status(self, names: Sequence[str] = ()) -> Sequence[BindingState]:
        self._answer("status", list(names))
        return self.states

    def conflicts(self, names: Sequence[str] = ()) -> Sequence[KnownConflict]:
        self._answer("conflicts", list(names))
        return self.known

    def resolve(self, conflict: str, decision: Decision) -> RunReport:
        return self._answer("resolve", conflict, decision)

    def history(self, run: str = "") -> Sequence[RunHistory]:
        self._answer("history", run)
        return self.past

    def undo(self, run: str) -> RunReport:
        return self._answer("undo", run)

    def forget(self, thing: str) -> RunReport:
        return self._answer("forget", thing)

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        self._answer("rename_wiki", old, new)
        return self.renamed

    def doctor(self) -> Sequence[Check]:
        self._answer("doctor")
        return self.checks

    def forms(self) -> Sequence[FormView]:
        self._answer("forms")
        return self.views

    def export(
        self,
        name: str,
        formats: Sequence[str],
        *,
        out: Path | None = None,
        allow_empty: bool = False,
    ) -> ExportReport:
        self._answer("export", name, list(formats), out, allow_empty)
        return self.exported

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
        del progress
        return self._answer("import_table", path, form, wiki, view, write, max_delete)


@dataclass
class FakeProbe:
    """A wiki's or a cloud's probe; a login is granted at the poll of that number."""

    checks: Sequence[Check] = ()
    views: Sequence[FormView] = ()
    granted_at: int = 1
    polls: int = 0
    seen: list[Sequence[Binding]] = field(default_factory=list)

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        self.seen.append(bindings)
        return self.checks

    def forms(self, bindings: Sequence[Binding]) -> Sequence[FormView]:
        self.seen.append(bindings)
        return self.views

    def start_login(self) -> Login:
        return Login(url="https://cloud.example/login/v2/flow/x", poll="p", token="t")

    def poll_login(self, login: Login) -> Granted | None:
        assert login.poll == "p"
        self.polls += 1
        if self.polls < self.granted_at:
            return None
        return Granted(server="https://cloud.example", user="granted-bot", password="granted-pw")


class FakeDoors(Doors):
    """`answers` are what a person types, in order; `waits` and `slept` what was waited for."""

    def __init__(
        self,
        folder: Path,
        house: FakeHouse | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        answers: Sequence[str] = (),
    ) -> None:
        super().__init__({"LANG": "en_GB.UTF-8", **SECRETS, **(environ or {})})
        self.folder = folder
        self.house = house or FakeHouse()
        self.answers = list(answers)
        self.asked: list[str] = []
        self.waits: list[float] = []
        self.slept = 0.0
        self.wiki = FakeProbe()
        self.cloud = FakeProbe()
        self.probed: list[WikiSettings | CloudSettings] = []

    @contextmanager
    def open_house(self, settings: Settings, *, notice: Notice, wait: float) -> Iterator[FakeHouse]:
        assert settings.wikis
        self.waits.append(wait)
        notice("state-waiting", {"seconds": f"{wait:g}"})
        yield self.house

    def probe_wiki(self, wiki: WikiSettings) -> FakeProbe:
        self.probed.append(wiki)
        return self.wiki

    def probe_cloud(self, cloud: CloudSettings) -> FakeProbe:
        self.probed.append(cloud)
        return self.cloud

    def run_demo(self, stage: Stage, *, keep: bool, language: str) -> int:
        stage.tell("demo-begins", {"wiki": "http://127.0.0.1:1", "cloud": "http://127.0.0.1:2"})
        stage.checks(self.house.checks)
        stage.report(self.house.report, planned=True)
        stage.tell("demo-went-wrong" if keep else "demo-went-well", {"language": language})
        return 1 if keep else 0

    def state_folder(self) -> Path:
        return self.folder / "state"

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def prompt(self, text: str, *, default: str | None = None, hidden: bool = False) -> str:
        self.asked.append(f"{text}{' (hidden)' if hidden else ''}")
        answer = self.answers.pop(0)
        return default or "" if answer == "" and default is not None else answer

    def confirm(self, text: str) -> bool:
        self.asked.append(text)
        return self.answers.pop(0) == "y"
