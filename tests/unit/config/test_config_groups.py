"""Teams and groups that a binding keeps in step, as the configuration names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oscartes_sync.config import load
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.planning.binding import KeptGroup
from tests.unit.config.test_config_loading import SECRETS, SMALLEST

CONTACTS = SMALLEST.replace("form = 6", 'kind = "contacts"\nform = 5')
LINE = 14


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "oscartes.toml"


def kept(file: Path, text: str) -> tuple[KeptGroup, ...]:
    file.write_text(text)
    return load(file, SECRETS).bindings[0].groups


def refusal(file: Path, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        kept(file, text)
    return caught.value


def test_a_team_and_a_group_are_kept_by_a_property(file: Path) -> None:
    groups = """groups = [
  { team = " Réseau ", members = "bf_compte" },
  { group = "gt-outils", members = "bf_mail", where = "bf_gt=outils" },
]
"""
    assert kept(file, CONTACTS + groups) == (
        KeptGroup(kind="team", name="Réseau", members="bf_compte"),
        KeptGroup(kind="group", name="gt-outils", members="bf_mail", where="bf_gt=outils"),
    )
    assert [each.path for each in kept(file, CONTACTS + groups)] == [
        "teams/Réseau",
        "groups/gt-outils",
    ]


def test_without_them_nothing_is_kept(file: Path) -> None:
    assert kept(file, CONTACTS) == ()


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ('{ members = "bf_mail" }', "config-bad-group"),
        ('{ team = "a", group = "b", members = "bf_mail" }', "config-bad-group"),
        ('{ team = "a" }', "config-missing-key"),
        ('{ team = "a", members = " " }', "config-empty"),
        ('{ team = "", members = "bf_mail" }', "config-empty"),
        ('{ team = "a", members = "bf_mail", wher = "x=1" }', "config-misspelt-key"),
        ('{ team = "a", members = ["bf_mail"] }', "config-not-text"),
        ('{ team = "a", members = "x" }, { team = "A", members = "y" }', "config-same-group"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file: Path, group: str, code: str) -> None:
    error = refusal(file, f"{CONTACTS}groups = [{group}]\n")
    assert (error.code, error.params["line"]) == (code, str(LINE))


def test_an_agenda_keeps_no_group(file: Path) -> None:
    error = refusal(file, f'{SMALLEST}groups = [{{ team = "a", members = "bf_mail" }}]\n')
    assert (error.code, error.params["key"]) == ("config-not-for-kind", "bindings.1.groups")


def test_two_bindings_may_not_keep_one_group_of_a_cloud(file: Path) -> None:
    group = 'groups = [{ group = "reseau", members = "bf_mail" }]\n'
    second = '[[bindings]]\nname = "b"\nkind = "contacts"\nform = 7\ncollection = "b"\n'
    error = refusal(file, CONTACTS + group + second + group)
    assert (error.code, error.params["other"]) == ("config-same-group", "agenda")
    cloud = '[clouds.tel]\nurl = "https://tel.example"\nuser = "bot"\n\n'
    apart = CONTACTS.replace("form = 5", 'form = 5\ncloud = "noe"') + group
    file.write_text(cloud + apart + second + 'cloud = "tel"\n' + group)
    secrets = SECRETS | {"OSCARTES_CLOUD_TEL_PASSWORD": "pw"}
    assert len(load(file, secrets).bindings) == 2
