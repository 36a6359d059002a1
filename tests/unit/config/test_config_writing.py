"""What `init` writes is what `load` reads."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oscartes_sync.config import load
from oscartes_sync.config.toml_lines import line_of
from oscartes_sync.config.writing import TomlSettingsStore, to_toml
from oscartes_sync.errors import ConfigurationError

ANSWERS = {
    "network": {"name": 'Réseau "Sud"', "language": "fr"},
    "wikis": {"noe": {"url": "https://wiki.example", "user": "RobotNuage"}},
    "clouds": {"noe": {"url": "https://cloud.example", "user": "bot"}},
    "bindings": [
        {
            "name": "agenda",
            "form": "6",
            "collection": "agenda",
            "share": [],
            "fields": {"place": "bf_lieu"},
        }
    ],
}
SECRETS = {"OSCARTES_WIKI_NOE_KEY": r"a'b\c$d #e", "OSCARTES_CLOUD_NOE_PASSWORD": "p q"}


def test_what_is_written_can_be_loaded(tmp_path: Path) -> None:
    store = TomlSettingsStore(tmp_path / "deep" / "oscartes.toml")
    assert not store.exists()
    written = store.write(ANSWERS, SECRETS)
    assert written == [str(tmp_path / "deep/oscartes.toml"), str(tmp_path / "deep/.env")]
    loaded = load(tmp_path / "deep" / "oscartes.toml", {})
    assert loaded.network.name == 'Réseau "Sud"'
    assert loaded.wikis["noe"].key == SECRETS["OSCARTES_WIKI_NOE_KEY"]
    assert loaded.clouds["noe"].password == "p q"
    assert loaded.bindings[0].fields == {"place": "bf_lieu"}
    for path in written:
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_an_existing_configuration_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "oscartes.toml"
    file.write_text("# mine\n")
    with pytest.raises(ConfigurationError) as caught:
        TomlSettingsStore(file).write(ANSWERS, SECRETS)
    assert caught.value.code == "config-exists"
    assert file.read_text() == "# mine\n"
    assert not (tmp_path / ".env").exists()
    TomlSettingsStore(file, overwrite=True).write(ANSWERS, SECRETS)
    assert tomllib.loads(file.read_text("utf-8")) == ANSWERS


def test_other_secrets_stay(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# ours\nOTHER=1\nexport OSCARTES_WIKI_NOE_KEY=old\n")
    TomlSettingsStore(tmp_path / "oscartes.toml").write(ANSWERS, SECRETS)
    lines = (tmp_path / ".env").read_text().splitlines()
    assert lines[:2] == ["# ours", "OTHER=1"]
    assert len(lines) == 4


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        TomlSettingsStore(tmp_path / "plain" / "oscartes.toml").write(ANSWERS, SECRETS)
    assert caught.value.code == "config-unwritable"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "oscartes.toml").mkdir()
    with pytest.raises(ConfigurationError):
        TomlSettingsStore(tmp_path / "oscartes.toml", overwrite=True).write(ANSWERS, SECRETS)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "oscartes.toml"]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.one_of(texts, st.booleans(), st.integers(-5, 500), st.lists(texts, max_size=2))
keys = st.one_of(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), texts)
tables = st.dictionaries(keys, values, max_size=3)
files = st.dictionaries(
    keys,
    st.one_of(values, tables, st.lists(tables, min_size=1, max_size=2)),
    max_size=4,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(files)
def test_any_table_survives(table: dict[str, object]) -> None:
    assert tomllib.loads(to_toml(table)) == table


def test_a_key_is_found_in_nested_and_repeated_tables() -> None:
    text = "\n".join([
        "a.b = 1",  # 1
        "[[t]]",
        "x = 1",  # 3
        '[t."f g"]',
        "y = 1",  # 5
        "[[t]] # second",
        "x = [",  # 7
        "]",
        "[[t.s]]",  # 9
        "z = 1",
        "[broken",
    ])  # fmt: skip
    assert line_of(text, ("a", "b")) == 1
    assert line_of(text, ("t", 0, "x")) == 3
    assert line_of(text, ("t", 0, "f g", "y")) == 5
    assert line_of(text, ("t", 1, "x", 0, "w")) == 7
    assert line_of(text, ("t", 1, "s", 0, "z")) == 10
    assert line_of(text, ("t", 1, "missing")) == 6
    assert line_of(text, ("nowhere",)) == 1
