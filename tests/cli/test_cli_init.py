"""`init`: asks, tries, and only then writes."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.config import load
from oscartes_sync.ports import Check, FormView
from tests.fakes.doors import FakeDoors

Call = Callable[..., Any]
AGENDA = FormView(
    wiki="x", id="6", label="Agenda du réseau", entries=3, kinds=("events",), mapping={}
)
OTHER = FormView(wiki="x", id="7", label="Bals", entries=3, kinds=("events",), mapping={})
PAPERS = FormView(wiki="x", id="8", label="Papiers", entries=3, kinds=(), mapping={})
GOOD = Check(id="a", target="wiki x", status="ok", code="clock-agrees")
BAD = Check(id="a", target="cloud x", status="fail", code="cloud-maintenance")
WORDS = (
    "init",
    "--non-interactive",
    "--name=PôleS NOE",
    "--wiki-url=https://wiki.pole.example/noe/",
    "--wiki-user=RobotNuage",
    "--wiki-key=k'ey",
    "--cloud-url=https://cloud.example",
    "--cloud-user=bot",
    "--cloud-password=pa ss",
)


@pytest.fixture
def empty(folder: Path, doors: FakeDoors) -> Path:
    """A folder without a configuration, and servers that answer."""
    (folder / "oscartes.toml").unlink()
    doors.wiki.views = (AGENDA, PAPERS)
    doors.wiki.checks = (GOOD,)
    return folder


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)


def test_options_alone_make_a_configuration_that_loads(
    call: Call, doors: FakeDoors, empty: Path
) -> None:
    ended = call(*WORDS)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == (
        f"Written: {empty}/oscartes.toml, {empty}/.env. "
        "Next: “oscartes plan” shows what would be done."
    )
    settings = load(empty / "oscartes.toml", {})
    (binding,) = settings.bindings
    assert settings.network.name == "PôleS NOE"
    assert settings.wikis["wiki-pole-noe"].url == "https://wiki.pole.example/noe"
    assert settings.wikis["wiki-pole-noe"].key == "k'ey"
    assert settings.clouds["cloud-example"].password == "pa ss"
    assert (binding.name, binding.form, binding.collection, binding.title) == (
        "agenda-du-reseau",
        "6",
        "agenda-du-reseau",
        "Agenda du réseau",
    )
    assert stat.S_IMODE((empty / ".env").stat().st_mode) == 0o600
    assert doors.wiki.seen[-1] == settings.bindings


def test_given_names_are_taken(call: Call, empty: Path) -> None:
    given = ("--wiki-id=noe", "--cloud-id=noe", "--form=6", "--collection=agenda", "--title=Tout")
    assert call(*WORDS, *given, "--binding=commun", "--config=deep/my.toml").code == 0
    settings = load(empty / "deep" / "my.toml", {})
    assert (list(settings.wikis), list(settings.clouds)) == (["noe"], ["noe"])
    assert settings.bindings[0].title == "Tout"
    assert settings.bindings[0].name == "commun"


def test_secrets_may_come_from_the_environment(call: Call, doors: FakeDoors, empty: Path) -> None:
    words = [word for word in WORDS if "key" not in word and "password" not in word]
    ended = call(*words, "--wiki-id=noe", "--cloud-id=noe")
    assert ended.code == 0
    assert load(empty / "oscartes.toml", {}).wikis["noe"].key == "k3y-of-wiki"


def test_what_is_missing_is_named_as_options(call: Call, empty: Path) -> None:
    ended = call("init", "--non-interactive", "--wiki-url=https://wiki.example")
    assert ended.code == 2
    assert "--wiki-user, --cloud-url, --cloud-user" in ended.err
    again = call("init", "--wiki-url=https://a.example", "--wiki-user=a", "--cloud-url=https://b",
                 "--cloud-user=b")  # fmt: skip
    assert "--wiki-key, --cloud-password" in again.err
    assert not (empty / "oscartes.toml").exists()


def test_an_existing_configuration_is_kept(call: Call, doors: FakeDoors, folder: Path) -> None:
    before = (folder / "oscartes.toml").read_text()
    ended = call(*WORDS)
    assert ended.code == 2
    assert ended.err.startswith(f"There is a configuration already: {folder}/oscartes.toml.")
    assert (folder / "oscartes.toml").read_text() == before
    assert doors.probed == []
    doors.wiki.views = (AGENDA,)
    assert call(*WORDS, "--overwrite").code == 0


def test_a_failed_check_writes_nothing(call: Call, doors: FakeDoors, empty: Path) -> None:
    doors.cloud.checks = (BAD,)
    ended = call(*WORDS, "--lang=fr")
    assert ended.code == 1
    assert "est en maintenance" in ended.out
    assert list(empty.iterdir()) == []


def test_a_form_that_holds_no_events_is_refused(call: Call, empty: Path) -> None:
    ended = call(*WORDS, "--form=8")
    assert ended.code == 2
    assert ended.err.splitlines()[1] == "→ Choose among: 6 (Agenda du réseau)."


def test_of_several_forms_one_must_be_named(call: Call, doors: FakeDoors, empty: Path) -> None:
    doors.wiki.views = (AGENDA, OTHER)
    assert call(*WORDS).code == 2
    assert call(*WORDS, "--form=7").code == 0
    assert load(empty / "oscartes.toml", {}).bindings[0].form == "7"


def test_an_address_that_is_none_is_refused_before_anything_is_asked(
    call: Call, doors: FakeDoors, empty: Path
) -> None:
    words = [word for word in WORDS if "wiki-url" not in word]
    ended = call(*words, "--wiki-url=ftp://wiki", "--wiki-id=noe")
    assert ended.code == 2
    assert "is not the address of a site" in ended.err
    assert doors.probed == []


def test_a_person_is_asked_for_all_of_it(
    call: Call, doors: FakeDoors, empty: Path, terminal: None
) -> None:
    doors.answers = ["NOE", "https://wiki.example", "Robot", "key", "", "https://cloud.example",
                     "bot", "pw", "Mon agenda", ""]  # fmt: skip
    ended = call("init", "--lang", "fr")
    assert ended.code == 0
    assert doors.asked == [
        "Nom du réseau",
        "Adresse du wiki (ce que le navigateur affiche avant le «\u00a0?\u00a0»)",
        "Utilisateur de la clé d’API du wiki",
        "Clé d’API du wiki (hidden)",
        "Numéro du formulaire",
        "Adresse de Nextcloud",
        "Compte du robot sur Nextcloud",
        "Mot de passe d’application (laissez vide pour vous connecter avec le navigateur) (hidden)",
        "Titre du calendrier",
        "Nom du calendrier dans son adresse",
    ]
    settings = load(empty / "oscartes.toml", {})
    assert settings.bindings[0].collection == "mon-agenda"
    assert settings.network.language == "fr"


def test_the_browser_may_grant_the_password(call: Call, doors: FakeDoors, empty: Path) -> None:
    doors.cloud.granted_at = 3
    words = [word for word in WORDS if "--cloud-user" not in word and "password" not in word]
    ended = call(*words, "--login", "--cloud-id=c")
    assert ended.code == 0
    assert "https://cloud.example/login/v2/flow/x" in ended.err
    assert doors.slept == 4
    cloud = load(empty / "oscartes.toml", {}).clouds["c"]
    assert (cloud.user, cloud.password) == ("granted-bot", "granted-pw")


def test_a_login_that_nobody_grants_ends(call: Call, doors: FakeDoors, empty: Path) -> None:
    doors.cloud.granted_at = 10_000
    words = [word for word in WORDS if "--cloud-user" not in word and "password" not in word]
    ended = call(*words, "--login")
    assert ended.code == 1
    assert ended.err.splitlines()[-2] == "Nobody granted the login in the browser in time."


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_a_person_may_write_in_spite_of_a_failed_check(
    call: Call, doors: FakeDoors, empty: Path, answer: str, code: int
) -> None:
    doors.cloud.checks = (BAD,)
    doors.answers = [answer]
    words = [word for word in WORDS if word != "--non-interactive"]
    ended = call(*words, "--form=6", "--title=t", "--collection=c")
    assert ended.code == code
    assert (empty / "oscartes.toml").exists() == (code == 0)
    assert doors.asked == ["Write it all the same?"]


def test_init_as_json(call: Call, empty: Path) -> None:
    document = json.loads(call(*WORDS, "--json").out)
    assert document["files"] == [str(empty / "oscartes.toml"), str(empty / ".env")]
    assert document["checks"][0]["status"] == "ok"
