"""What goes wrong is one sentence with a remedy, in both languages, and the documented code."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Pair


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest, pair: Pair) -> str:
    pair.environ["LANG"] = {"en": "en_GB.UTF-8", "fr": "fr_FR.UTF-8"}[request.param]
    return str(request.param)


def check_answer(pair: Pair, words: tuple[str, ...], expected: int) -> str:
    code, out, err = pair.call(*words)
    said = out + err
    assert code == expected, said
    assert "Traceback" not in said
    assert "mot-de-passe" not in said
    assert pair.keys.robot_key not in said
    return said


def test_a_typo_in_the_configuration(pair: Pair, language: str) -> None:
    pair.configure(directoin='"both"')
    said = check_answer(pair, ("sync",), 2)
    assert "directoin" in said


def test_a_wrong_key(pair: Pair, language: str) -> None:
    pair.secrets("fausse", "mot-de-passe-du-robot")
    said = check_answer(pair, ("sync",), 1)
    assert "OSCARTES_WIKI_NOE_KEY" in said


def test_a_wrong_app_password(pair: Pair, language: str) -> None:
    pair.secrets(pair.keys.robot_key, "faux")
    said = check_answer(pair, ("sync",), 1)
    assert "OSCARTES_CLOUD_NOE_PASSWORD" in said


@pytest.mark.parametrize("side", ["wiki", "cloud"])
def test_a_server_that_is_down(pair: Pair, language: str, side: str) -> None:
    getattr(pair, side).stop()
    check_answer(pair, ("sync",), 1)


def test_a_form_without_dates(pair: Pair, language: str) -> None:
    pair.configure()
    path = pair.folder / "oscartes.toml"
    path.write_text(path.read_text().replace("form = 6", "form = 5"))
    check_answer(pair, ("sync",), 2)


def test_both_languages_say_it_differently(pair: Pair) -> None:
    pair.secrets("fausse", "mot-de-passe-du-robot")
    said = set()
    for locale in ("en_GB.UTF-8", "fr_FR.UTF-8"):
        pair.environ["LANG"] = locale
        said.add(check_answer(pair, ("sync",), 1))
    assert len(said) == 2
