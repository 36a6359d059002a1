"""What is said, and how it ends, when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.errors import (
    CredentialsRefused,
    OscartesError,
    StateLocked,
    Unreachable,
)
from tests.fakes.doors import CONFIGURATION, SECRETS, FakeDoors, FakeHouse

Call = Callable[..., Any]
ROOT = Path(__file__).parents[2]


def test_a_typo_in_the_configuration(call: Call, folder: Path) -> None:
    wrong = CONFIGURATION.replace("form = 6", "fom = 6")
    (folder / "oscartes.toml").write_text(wrong)
    english = call("sync")
    assert (english.code, english.out) == (2, "")
    assert english.err == (
        f"{folder}/oscartes.toml, line 11: the key “bindings.1.fom” is unknown.\n"
        "→ Did you mean “form”?\n"
    )
    french = call("sync", "--lang", "fr")
    assert french.err == (
        f"{folder}/oscartes.toml, ligne 11\u00a0: "
        "la clé «\u00a0bindings.1.fom\u00a0» est inconnue.\n"
        "→ Vouliez-vous dire «\u00a0form\u00a0»\u00a0?\n"
    )


def test_no_configuration_at_all(call: Call, folder: Path) -> None:
    ended = call("plan", "--config", "none.toml")
    assert ended.code == 2
    assert ended.err.startswith(f"No configuration was found (looked for {folder}/none.toml).\n")


def test_an_unknown_binding_is_told_with_those_there_are(call: Call, house: FakeHouse) -> None:
    ended = call("sync", "agnda")
    assert ended.code == 2
    assert ended.err == "There is no binding “agnda”.\n→ Choose among: agenda, ateliers.\n"
    assert house.asked == []


def test_a_configuration_without_bindings(call: Call, folder: Path) -> None:
    (folder / "oscartes.toml").write_text(CONFIGURATION.partition("[[bindings]]")[0])
    ended = call("sync", "--lang", "fr")
    assert ended.code == 2
    assert ended.err.startswith("La configuration ne lie encore aucun formulaire")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            CredentialsRefused("wiki-key-refused", wiki="noe"),
            "The wiki “noe” does not accept the API key.",
        ),
        (
            CredentialsRefused("cloud-password-refused", cloud="noe"),
            "The cloud “noe” does not accept the user or the app password.",
        ),
        (
            Unreachable("cloud-unreachable", cloud="noe", reason="refused"),
            "The cloud “noe” could not be reached (connection refused).",
        ),
        (
            StateLocked("state-locked", path="oscartes.db", seconds="60"),
            "Another run holds the state oscartes.db, and was not done after 60 seconds.",
        ),
    ],
)
def test_a_known_failure_is_one_sentence_and_a_remedy(
    call: Call, house: FakeHouse, error: OscartesError, sentence: str
) -> None:
    house.error = error
    ended = call("sync", "--quiet")
    said, remedy = ended.err.splitlines()
    assert (ended.code, ended.out, said) == (1, "", sentence)
    assert remedy.startswith("→ ")


def test_with_json_an_error_is_a_document_too(call: Call, house: FakeHouse) -> None:
    house.error = CredentialsRefused("wiki-key-refused", wiki="noe")
    document = json.loads(call("sync", "--json").out)
    assert document["error"]["code"] == "wiki-key-refused"
    assert document["error"]["message"] == "The wiki “noe” does not accept the API key."
    assert document["error"]["remedy"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sinc"], "There is no command “sinc”."),
        (["sync", "--fulll"], "There is no option --fulll here."),
        (["sync", "--wait", "long"], "The option --wait cannot be used like this."),
        (["sync", "--wait", "-1"], "The option --wait cannot be used like this."),
        (["sync", "--wait"], "The option --wait cannot be used like this."),
        (["sync", "--lang", "de"], "The option --lang cannot be used like this."),
        (["sync", "--max-delete", "some"], "“some” is neither a percentage nor a number."),
        (["apply"], "FILE is missing."),
        (["apply", "a", "b"], "The command oscartes apply does not take “b”."),
        (["doctor", "agenda"], "The command oscartes doctor does not take “agenda”."),
    ],
)
def test_words_that_do_not_fit_are_told(call: Call, words: list[str], said: str) -> None:
    ended = call(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[0] == said
    assert len(ended.err.splitlines()) == 2


def test_no_command_shows_the_help_and_is_a_mistake(call: Call) -> None:
    ended = call()
    assert ended.code == 2
    assert ended.out.startswith("Usage: oscartes")
    assert ended.err.startswith("No command was given.\n")


def test_an_interruption_ends_with_130(call: Call, house: FakeHouse) -> None:
    house.error = KeyboardInterrupt()
    ended = call("sync", "--lang", "fr")
    assert ended.code == 130
    assert "Interrompu." in ended.err
    assert json.loads(call("sync", "--json").out)["error"]["code"] == "interrupted"


def test_a_mistake_of_ours_leaves_a_report_without_personal_data(
    call: Call, house: FakeHouse, folder: Path
) -> None:
    house.error = ZeroDivisionError("Fête chez Marie, k3y-of-wiki")
    ended = call("sync")
    (report,) = (folder / "state").iterdir()
    assert ended.code == 3
    assert ended.err.splitlines()[-2:] == [
        "OSCARTES met a mistake of its own (ZeroDivisionError).",
        f"→ Send the report {report} to its authors: it holds no personal data.",
    ]
    text = report.read_text()
    assert "ZeroDivisionError" in text
    assert "commands/sync.py" in text
    for private in ("Marie", "k3y", str(folder)):
        assert private not in text


def test_a_mistake_is_told_even_where_no_report_can_be_written(
    call: Call, house: FakeHouse, folder: Path
) -> None:
    (folder / "state").write_text("in the way")
    house.error = ZeroDivisionError()
    ended = call("sync", "--verbose", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["error"]["code"] == "bug-unreported"
    assert "fakes/doors.py" in ended.err


def test_secrets_are_never_shown(call: Call, folder: Path, house: FakeHouse) -> None:
    for error in (ZeroDivisionError(SECRETS), Unreachable("wiki-unreachable", wiki="noe")):
        house.error = error
        ended = call("sync", "--verbose")
        for secret in SECRETS.values():
            assert secret not in ended.out + ended.err


def test_colour_is_for_terminals_and_no_color_is_honoured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oscartes_sync.commands.session import Session

    assert Session("en", FakeDoors(folder)).colour is None
    assert Session("en", FakeDoors(folder, environ={"NO_COLOR": "1"})).colour is False


def _python(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environ},
    )


def test_help_loads_nothing_that_takes_time() -> None:
    script = (
        "import sys\n"
        "from oscartes_sync.commands.boundary import run\n"
        "run(['sync', '--help'])\n"
        "heavy = {'sqlalchemy', 'msgspec', 'requests', 'rich', 'babel', 'icalendar', 'lxml',\n"
        "         'alembic', 'platformdirs', 'dotenv', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert _python("-c", script).stdout.splitlines()[-1] == "[]"


def test_the_entry_point_speaks_the_language_of_the_environment() -> None:
    french = _python("cli.py", "sinc", LANG="fr_FR.UTF-8", LC_ALL="", LANGUAGE="")
    assert french.returncode == 2
    assert french.stderr.startswith("Il n’y a pas de commande")


def test_a_reader_that_has_heard_enough_is_no_error() -> None:
    command = f"{sys.executable} cli.py --help | head -1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
