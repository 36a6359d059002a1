"""The configuration: what it means, and what is said where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from oscartes_sync.config import find, load
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.planning.binding import (
    Binding,
    Deletions,
    Direction,
    MaxDelete,
    OnConflict,
    Share,
)

SMALLEST = """\
[wikis.noe]
url = "https://wiki.example/"
user = "RobotNuage"

[clouds.noe]
url = "https://cloud.example"
user = "oscartes-bot"

[[bindings]]
name = "agenda"
form = 6
collection = "agenda-reseau"
"""

WHOLE = """\
[network]
name = "PôleS NOE"
timezone = "Europe/Brussels"
language = "en"

[wikis.noe]
url = "https://wiki.example/noe"
user = "RobotNuage"
ca = "ca.pem"

[wikis.tel]
url = "http://localhost:8080"
user = "Robot"

[clouds.noe]
url = "http://cloud.lan"
user = "oscartes-bot"
insecure = true

[state]
url = "sqlite:///var/state.db"
keep_days = 7

[[bindings]]
name = "agenda"
kind = "events"
wiki = "noe"
cloud = "noe"
form = "6"
collection = "agenda-reseau"
title = "Agenda du réseau"
color = "#2e7d32"
direction = "to-cloud"
on_conflict = "ask"
deletions = "propagate"
max_delete = "12.5%"
private = false
since = "90d"
where = "listeListeOuiNonbf_public=1"
publish = "category:Public"
owner = "MarieDupont"
share = [
    { group = "gt-outils", access = "write" },
    { user = "alice" },
    { team = "Réseau", access = "read" },
]

[bindings.fields]
location = ["bf_lieu", "bf_ville"]
organizer = "listefiche5bf_organisateur"

[bindings.defaults]
listeListeOuiNonbf_public = 1

[[bindings]]
name = "ateliers"
wiki = "tel"
form = 2
collection = "ateliers"
max_delete = 0
"""

SECRETS = {
    "OSCARTES_WIKI_NOE_KEY": "the-key",
    "OSCARTES_WIKI_TEL_KEY": "other",
    "OSCARTES_CLOUD_NOE_PASSWORD": "app-password",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "oscartes.toml"


def refusal(file: Path, text: str, secrets: dict[str, str] = SECRETS) -> ConfigurationError:
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(file, secrets)
    return caught.value


def test_the_smallest_configuration_takes_the_documented_defaults(file: Path) -> None:
    file.write_text(SMALLEST)
    settings = load(file, SECRETS)
    assert settings.bindings == (
        Binding(
            name="agenda",
            kind="events",
            wiki="noe",
            cloud="noe",
            form="6",
            collection="agenda-reseau",
            title="",
            color="",
            direction=Direction.BOTH,
            on_conflict=OnConflict.WIKI,
            deletions=Deletions.ASK,
            max_delete=MaxDelete(10, percent=True),
            private=False,
            since=None,
            where="",
            publish="all",
            owner="",
            share=None,
            fields={},
            defaults={},
            zone="Europe/Paris",
            language="fr",
        ),
    )
    assert (settings.network.timezone, settings.network.language) == ("Europe/Paris", "fr")
    assert settings.state_url == f"sqlite:///{file.parent}/oscartes.db"
    assert settings.keep_days == 30
    wiki, cloud = settings.wikis["noe"], settings.clouds["noe"]
    assert (wiki.url, wiki.user, wiki.key, wiki.ca, wiki.insecure) == (
        "https://wiki.example",
        "RobotNuage",
        "the-key",
        "",
        False,
    )
    assert (cloud.url, cloud.password) == ("https://cloud.example", "app-password")


def test_every_key_arrives_where_it_belongs(file: Path) -> None:
    file.write_text(WHOLE, "utf-8")
    trustme.CA().cert_pem.write_to_path(file.parent / "ca.pem")
    settings = load(file, SECRETS)
    agenda, ateliers = settings.bindings
    assert agenda == Binding(
        name="agenda",
        wiki="noe",
        cloud="noe",
        form="6",
        collection="agenda-reseau",
        title="Agenda du réseau",
        color="#2e7d32",
        direction=Direction.TO_CLOUD,
        on_conflict=OnConflict.ASK,
        deletions=Deletions.PROPAGATE,
        max_delete=MaxDelete(12.5, percent=True),
        since=90,
        where="listeListeOuiNonbf_public=1",
        publish="category:Public",
        owner="MarieDupont",
        share=(Share("group", "gt-outils", True), Share("user", "alice"), Share("team", "Réseau")),
        fields={"place": "bf_lieu,bf_ville", "organizer": "listefiche5bf_organisateur"},
        defaults={"listeListeOuiNonbf_public": "1"},
        zone="Europe/Brussels",
        language="en",
    )
    assert (ateliers.wiki, ateliers.cloud) == ("tel", "noe")
    assert ateliers.max_delete == MaxDelete(0, percent=False)
    assert settings.wikis["noe"].ca == str(file.parent / "ca.pem")
    assert settings.clouds["noe"].insecure
    assert settings.state_url == f"sqlite:///{file.parent}/var/state.db"
    assert settings.keep_days == 7


def test_secrets_are_read_from_the_file_beside_and_the_environment_comes_first(
    file: Path,
) -> None:
    file.write_text(SMALLEST)
    (file.parent / ".env").write_text(
        "OSCARTES_WIKI_NOE_KEY='from $FILE'\nOSCARTES_CLOUD_NOE_PASSWORD=beside\n"
    )
    environ = {"OSCARTES_CLOUD_NOE_PASSWORD": "above", "OSCARTES_WIKI_NOE_KEY": ""}
    settings = load(file, environ)
    assert settings.wikis["noe"].key == "from $FILE"
    assert settings.clouds["noe"].password == "above"


def test_secrets_are_in_no_representation(file: Path) -> None:
    file.write_text(SMALLEST)
    shown = repr(load(file, SECRETS))
    assert "the-key" not in shown
    assert "app-password" not in shown


def test_other_databases_are_passed_on(file: Path) -> None:
    file.write_text(SMALLEST + '[state]\nurl = "postgresql+psycopg://host/oscartes"\n')
    assert load(file, SECRETS).state_url == "postgresql+psycopg://host/oscartes"
    file.write_text(SMALLEST + '[state]\nurl = "sqlite:////srv/oscartes.db"\n')
    assert load(file, SECRETS).state_url == "sqlite:////srv/oscartes.db"


def test_a_configuration_without_bindings_serves_doctor_and_forms(file: Path) -> None:
    file.write_text(SMALLEST.partition("[[bindings]]")[0])
    assert load(file, SECRETS).bindings == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "key"),
    [
        ("form = 6", "forn = 6", "config-misspelt-key", 11, "bindings.1.forn"),
        ("form = 6", 'form = 6\nflavour = "x"', "config-unknown-key", 12, "bindings.1.flavour"),
        ("form = 6", "", "config-missing-key", 9, "bindings.1.form"),
        ("form = 6", "form = 6.5", "config-not-text", 11, "bindings.1.form"),
        ("form = 6", "form = true", "config-not-text", 11, "bindings.1.form"),
        ('name = "agenda"', "name = 3", "config-not-text", 10, "bindings.1.name"),
        ('name = "agenda"', 'name = " "', "config-empty", 10, "bindings.1.name"),
        ("form = 6", "form = 6\nprivate = 1", "config-not-boolean", 12, "bindings.1.private"),
        ("form = 6", "form = 6\nprivate = true", "config-private-without-acl", 12, None),
        (
            "form = 6",
            'form = 6\nprivate = true\nread_acl = "*"',
            "config-private-for-all",
            13,
            None,
        ),
        (
            "form = 6",
            'form = 6\nprivate = true\nread_acl = "@bureau"',
            "config-private-without-share",
            12,
            None,
        ),
        ("form = 6", 'form = 6\nread_acl = "+"', "config-acl-without-private", 12, None),
        (
            "form = 6",
            'form = 6\nmode = "copy"',
            "config-not-for-kind",
            12,
            "bindings.1.mode",
        ),
        ("form = 6", 'form = 6\nkind = "things"', "config-not-one-of", 12, None),
        ("form = 6", 'form = 6\ndirection = "left"', "config-not-one-of", 12, None),
        ("form = 6", 'form = 6\nmax_delete = "many"', "config-bad-max-delete", 12, None),
        ("form = 6", 'form = 6\nmax_delete = "101%"', "config-bad-max-delete", 12, None),
        ("form = 6", "form = 6\nmax_delete = 1.5", "config-bad-max-delete", 12, None),
        ("form = 6", "form = 6\nmax_delete = -1", "config-bad-max-delete", 12, None),
        ("form = 6", 'form = 6\nsince = "3 months"', "config-bad-since", 12, None),
        ("form = 6", "form = 6\nsince = 90", "config-bad-since", 12, None),
        ("form = 6", 'form = 6\ncolor = "green"', "config-bad-color", 12, None),
        ("form = 6", 'form = 6\npublish = "category:"', "config-bad-publish", 12, None),
        ("form = 6", 'form = 6\nshare = "alice"', "config-not-list", 12, None),
        ("form = 6", 'form = 6\nshare = ["alice"]', "config-not-table", 12, None),
        ("form = 6", 'form = 6\nshare = [{ access = "read" }]', "config-bad-share", 12, None),
        ("form = 6", 'form = 6\nshare = [{ usr = "a" }]', "config-misspelt-key", 12, None),
        ("form = 6", 'form = 6\nfields = { locations = "x" }', "config-unknown-field", 12, None),
        ("form = 6", "form = 6\nfields = { place = 3 }", "config-not-text", 12, None),
        ("form = 6", "form = 6\nfields = { color = 3 }", "config-unknown-field", 12, None),
        ("form = 6", "form = 6\nfields.location = 3", "config-not-text", 12, None),
        ("form = 6", "form = 6\nfields = 3", "config-not-table", 12, "bindings.1.fields"),
        ("form = 6", "form = 6\ndefaults = { a = [] }", "config-not-text", 12, None),
        ("form = 6", "form = 6\nwhere = {}", "config-not-text", 12, "bindings.1.where"),
        ("agenda-reseau", "agenda/reseau", "config-bad-collection", 12, "bindings.1.collection"),
        ("form = 6", 'form = 6\nwiki = "neo"', "config-unknown-wiki", 12, "bindings.1.wiki"),
        ("form = 6", 'form = 6\ncloud = "neo"', "config-unknown-cloud", 12, "bindings.1.cloud"),
        ("https://wiki.example/", "http://wiki.example", "config-plain-http", 1, "wikis.noe"),
        ("https://wiki.example/", "https://wiki.example/?Accueil", "config-bad-url", 2, None),
        ("https://wiki.example/", "wiki.example", "config-bad-url", 2, "wikis.noe.url"),
        ("https://wiki.example/", "https://me:pw@wiki.example", "config-bad-url", 2, None),
        ("[wikis.noe]", "[wikis.NOE]", "config-bad-id", 1, "wikis"),
        ("[wikis.noe]", "[wiki.noe]", "config-misspelt-key", 1, "wiki"),
        ("[wikis.noe]", "network.timezone = 'Paris'\n[wikis.noe]", "config-unknown-zone", 1, None),
        ("[wikis.noe]", '[network]\nlanguage = "de"\n[wikis.noe]', "config-not-one-of", 2, None),
        ("[wikis.noe]", "network.language = {a = 1}\n[wikis.noe]", "config-not-one-of", 1, None),
        ("[wikis.noe]", "state.keep_days = [1]\n[wikis.noe]", "config-not-number", 1, None),
        ("[wikis.noe]", 'state.url = "oscartes.db"\n[wikis.noe]', "config-bad-state-url", 1, None),
        ("[wikis.noe]", '[state]\nurl = "sqlite://"\n[wikis.noe]', "config-bad-state-url", 2, None),
        ("[wikis.noe]", "[state]\nkeep_days = -1\n[wikis.noe]", "config-not-number", 2, None),
        ("[wikis.noe]", '[wikis.noe]\nca = "none.pem"', "config-ca-missing", 2, "wikis.noe.ca"),
        ("[wikis.noe]", '[wikis.noe]\nca = "oscartes.toml"', "config-ca-unreadable", 2, None),
        ('user = "RobotNuage"', 'user = "RobotNuage', "config-not-toml", 3, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(  # noqa: PLR0917 - one column a parameter
    file: Path, old: str, new: str, code: str, line: int, key: str | None
) -> None:
    error = refusal(file, SMALLEST.replace(old, new, 1))
    assert (error.code, error.params["line"]) == (code, str(line))
    assert error.params["path"] == str(file)
    assert key in {None, error.params.get("key")}


@pytest.mark.parametrize("place", ["fields.location", "defaults.bf_lieu"])
def test_the_key_that_is_told_is_the_one_that_was_written(file: Path, place: str) -> None:
    error = refusal(file, f"{SMALLEST}{place} = 1.5\n")
    assert (error.code, error.params["key"]) == ("config-not-text", f"bindings.1.{place}")


def test_blanks_around_a_text_are_no_part_of_it(file: Path) -> None:
    file.write_text(SMALLEST.replace('"agenda"', '" agenda "').replace("form = 6", 'form = " 6"'))
    (binding,) = load(file, SECRETS).bindings
    assert (binding.name, binding.form) == ("agenda", "6")


def test_a_misspelt_key_comes_with_a_guess(file: Path) -> None:
    assert (
        refusal(file, SMALLEST.replace("collection", "colection")).params["guess"] == "collection"
    )


def test_the_first_of_several_mistakes_is_told(file: Path) -> None:
    wrong = SMALLEST.replace("form = 6", "form = true").replace("[wikis.noe]", "[wikis.noe]\nx = 1")
    assert refusal(file, wrong).params["line"] == "2"


@pytest.mark.parametrize("missing", ["OSCARTES_WIKI_NOE_KEY", "OSCARTES_CLOUD_NOE_PASSWORD"])
def test_a_missing_secret_is_named_with_its_file(file: Path, missing: str) -> None:
    error = refusal(file, SMALLEST, SECRETS | {missing: " "})
    assert error.code.startswith("config-missing-")
    assert error.params["variable"] == missing
    assert error.params["file"] == str(file.parent / ".env")


def test_two_bindings_may_not_share_a_name(file: Path) -> None:
    second = '[[bindings]]\nname = "agenda"\nform = 7\ncollection = "b"\n'
    error = refusal(file, SMALLEST + second)
    assert (error.code, error.params["line"]) == ("config-same-name", "14")


def test_a_form_is_tied_to_a_collection_once(file: Path) -> None:
    second = '[[bindings]]\nname = "b"\nform = "6"\ncollection = "agenda-reseau"\n'
    error = refusal(file, SMALLEST + second)
    assert (error.code, error.params["other"]) == ("config-same-pair", "agenda")


def test_of_several_wikis_one_must_be_named(file: Path) -> None:
    second = '[wikis.tel]\nurl = "https://tel.example"\nuser = "Robot"\n\n'
    error = refusal(file, second + SMALLEST)
    assert (error.code, error.params["known"]) == ("config-which-wiki", "tel, noe")


def test_two_ids_that_share_a_variable_are_refused(file: Path) -> None:
    extra = "".join(
        f'[wikis.{name}]\nurl = "https://{name}.example"\nuser = "R"\n' for name in ("a-b", "a_b")
    )
    assert refusal(file, extra + SMALLEST).code == "config-same-variable"


def test_without_any_wiki_the_table_is_asked_for(file: Path) -> None:
    error = refusal(file, "")
    assert (error.code, error.params["key"]) == ("config-missing-key", "wikis")


def test_a_file_of_another_encoding_is_told(file: Path) -> None:
    file.write_bytes(SMALLEST.replace("agenda", "agendé").encode("latin-1"))
    with pytest.raises(ConfigurationError) as caught:
        load(file, SECRETS)
    assert caught.value.code == "config-not-utf8"


def test_a_folder_in_the_file_s_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, SECRETS)
    assert caught.value.code == "config-unreadable"


def test_the_option_comes_before_the_variable_and_the_variable_before_the_folder(
    tmp_path: Path,
) -> None:
    for name in ("oscartes.toml", "b.toml", "c.toml"):
        (tmp_path / name).write_text(SMALLEST)
    named = {"OSCARTES_CONFIG": "b.toml"}
    assert find(Path("c.toml"), named, tmp_path) == tmp_path / "c.toml"
    assert find(None, named, tmp_path) == tmp_path / "b.toml"
    assert find(None, {}, tmp_path) == tmp_path / "oscartes.toml"


def test_the_user_s_folder_comes_after_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "oscartes"
    folder.mkdir(parents=True)
    (folder / "oscartes.toml").write_text(SMALLEST)
    assert find(None, {}, tmp_path) == folder / "oscartes.toml"


def test_a_named_file_that_is_not_there_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "oscartes.toml").write_text(SMALLEST)
    with pytest.raises(ConfigurationError) as caught:
        find(Path("other.toml"), {}, tmp_path)
    assert caught.value.params["places"] == str(tmp_path / "other.toml")
