"""Progress, logs and the real doors."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console

from oscartes_sync.commands.doors import Doors
from oscartes_sync.commands.progress import bars
from oscartes_sync.commands.session import Session
from oscartes_sync.presentation.to_text import Line
from tests.fakes.doors import CONFIGURATION, SECRETS, FakeDoors

Call = Callable[..., Any]


def test_progress_shows_each_binding_and_vanishes() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=60)
    with bars(console) as advance:
        advance("agenda [x]", 1, 4)
        advance("agenda [x]", 4, 4)
    shown = stream.getvalue()
    assert "agenda [x]" in shown
    assert "4/4" in shown


def test_there_is_no_progress_without_a_terminal_or_with_quiet(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session("en", FakeDoors(folder)).progress() as advance:
        assert advance is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Session("en", FakeDoors(folder), quiet=True).progress() as advance:
        assert advance is None
    with Session("en", FakeDoors(folder)).progress() as advance:
        assert advance is not None


def test_lines_are_coloured_by_their_sign_on_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, bool | None]] = []

    def echo(text: str, color: bool | None = None) -> None:
        said.append((text, color))

    monkeypatch.setattr(click, "echo", echo)
    Session("en", FakeDoors(folder)).show([Line("  + x", "+"), Line("plain")])
    assert said == [(click.style("  + x", fg="green"), None), ("plain", None)]


@pytest.fixture
def loggers() -> Iterator[None]:
    """Whatever a test does to our loggers is undone."""
    names = ("oscartes_sync", "bazar_forms")
    kept = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    yield
    for logger, level in kept:
        logger.handlers = []
        logger.setLevel(level)


@pytest.mark.usefixtures("loggers")
def test_verbose_sends_our_own_logs_to_stderr(
    call: Call, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.exists()
    assert call("sync", "--verbose").code == 0
    logging.getLogger("oscartes_sync.adapters").debug("looked at %s", "the form")
    logging.getLogger("urllib3").debug("not ours")
    err = capsys.readouterr().err
    assert "oscartes_sync.adapters: looked at the form" in err
    assert "not ours" not in err


def test_half_a_surrogate_pair_does_not_break_the_document(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Session("en", FakeDoors(folder)).show_json({"title": "a\ud83d"})
    assert capsys.readouterr().out == '{\n  "title": "a\\ud83d"\n}\n'


def test_the_real_doors_read_the_configuration_and_open_the_house(folder: Path) -> None:
    doors = Doors({**SECRETS})
    (folder / "oscartes.toml").write_text(CONFIGURATION)
    settings = doors.settings(None)
    assert doors.config_path(None) == folder / "oscartes.toml"
    assert doors.settings_store(folder / "oscartes.toml", overwrite=False).exists()
    with doors.open_house(settings, notice=lambda _code, _blanks: None, wait=0) as house:
        assert [state.name for state in house.status([])] == ["agenda", "ateliers"]
    assert doors.probe_wiki(settings.wikis["noe"]) is not None
    assert doors.probe_cloud(settings.clouds["noe"]) is not None
    assert doors.now().tzinfo is not None
    assert doors.state_folder().name == "oscartes"
    doors.sleep(0)


def test_a_person_is_asked_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" typed \ny\n"))
    assert Doors({}).prompt("What") == "typed"
    assert Doors({}).confirm("Sure?") is True
    assert capsys.readouterr().out == ""
