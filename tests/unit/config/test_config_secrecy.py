"""Which files hold secrets, and whether others may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oscartes_sync.config import load
from oscartes_sync.config.secrecy import kept_secrets

SECRETS = {"OSCARTES_WIKI_NOE_KEY": "cle", "OSCARTES_CLOUD_NOE_PASSWORD": "mot"}
TEXT = """\
[wikis.noe]
url = "https://wiki.example"
user = "RobotNuage"
[clouds.noe]
url = "https://cloud.example"
user = "oscartes-bot"
"""


def found(folder: Path, text: str) -> dict[str, bool]:
    path = folder / "oscartes.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    kept = kept_secrets(load(path, SECRETS))
    return {Path(file).name: private for file, private in kept.items()}


@pytest.mark.parametrize(("mode", "private"), [(0o600, True), (0o400, True), (0o640, False)])
def test_the_file_of_secrets_is_for_its_owner(tmp_path: Path, mode: int, private: bool) -> None:
    (tmp_path / ".env").touch()
    (tmp_path / ".env").chmod(mode)
    assert found(tmp_path, TEXT) == {".env": private}


def test_a_configuration_without_a_secret_may_be_read_by_all(tmp_path: Path) -> None:
    state = '[state]\nurl = "postgresql://oscartes@base.example/etat"\n'
    assert found(tmp_path, TEXT) == found(tmp_path, TEXT + state) == {}


def test_a_database_s_password_in_the_configuration_counts(tmp_path: Path) -> None:
    state = '[state]\nurl = "postgresql://oscartes:mot@base.example/etat"\n'
    assert found(tmp_path, TEXT + state) == {"oscartes.toml": False}
