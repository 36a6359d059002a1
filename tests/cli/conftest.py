"""Call the command as its entry point does, with fakes behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from oscartes_sync.commands.boundary import run
from tests.fakes.doors import CONFIGURATION, FakeDoors, FakeHouse


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a configuration."""
    (tmp_path / "oscartes.toml").write_text(CONFIGURATION)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def house() -> FakeHouse:
    return FakeHouse()


@pytest.fixture
def doors(folder: Path, house: FakeHouse) -> FakeDoors:
    return FakeDoors(folder, house)


@pytest.fixture
def call(doors: FakeDoors, capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*words: str) -> Ended:
        code = run(words, doors)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return called
