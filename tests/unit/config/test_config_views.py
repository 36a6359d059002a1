"""The views of the configuration, and what is said where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from oscartes_sync.config import load
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.exports.licence import KNOWN, Licence
from oscartes_sync.exports.view import View

HEAD = """\
[network]
name = "PôleS NOE"

[wikis.noe]
url = "https://wiki.example"
user = "Robot"

[clouds.noe]
url = "https://cloud.example"
user = "bot"
"""
SECRETS = {
    "OSCARTES_WIKI_NOE_KEY": "k",
    "OSCARTES_WIKI_TEL_KEY": "k",
    "OSCARTES_CLOUD_NOE_PASSWORD": "p",
}
VIEW = '[views.acteurs]\nform = 5\nlicence = "CC0-1.0"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "oscartes.toml"


def views(file: Path, text: str) -> tuple[View, ...]:
    file.write_text(HEAD + text, "utf-8")
    return load(file, SECRETS).views


def refusal(file: Path, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        views(file, text)
    return caught.value


def test_the_smallest_view_takes_the_documented_defaults(file: Path) -> None:
    licence = Licence("CC0-1.0", KNOWN["CC0-1.0"])
    assert views(file, VIEW) == (
        View(name="acteurs", wiki="noe", form="5", licence=licence, publisher="PôleS NOE"),
    )
    assert views(file, "") == ()


def test_every_key_of_a_view_is_read(file: Path) -> None:
    (view,) = views(
        file,
        """
[views.acteurs]
form = "5"
wiki = "noe"
kind = "contacts"
title = "Annuaire des acteurs"
where = "bf_ville=Orsay"
consent = "bf_accord=oui"
fields = ["name", "town"]
licence = "https://a.example/licence"
url = "https://open.example/"
[views.acteurs.columns]
phones = ["bf_tel", "bf_mobile"]
""",
    )
    assert (view.kind, view.fields) == ("contacts", ("name", "town"))
    assert (view.where, view.consent) == ("bf_ville=Orsay", "bf_accord=oui")
    assert view.licence == Licence("https://a.example/licence", "https://a.example/licence")
    assert view.url == "https://open.example"
    assert view.columns == {"phones": "bf_tel,bf_mobile"}


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("[views.acteurs]\nform = 5\n", "config-missing-key", "views.acteurs.licence"),
        (VIEW.replace("CC0-1.0", "CC-BY"), "config-bad-licence", "views.acteurs.licence"),
        (VIEW + 'kind = "documents"\n', "config-not-one-of", "views.acteurs.kind"),
        (VIEW + 'fields = ["nom"]\n', "config-not-one-of", "views.acteurs.fields.1"),
        (
            VIEW + 'kind = "contacts"\nfields = ["start"]\n',
            "config-not-one-of",
            "views.acteurs.fields",
        ),
        (
            VIEW + 'kind = "events"\ncolumns = { phones = "bf_tel" }\n',
            "config-not-one-of",
            "views.acteurs.columns",
        ),
        (VIEW + 'url = "ici"\n', "config-bad-url", "views.acteurs.url"),
        (VIEW + 'wiki = "tel"\n', "config-unknown-wiki", "views.acteurs.wiki"),
        (VIEW + "licenec = 1\n", "config-misspelt-key", "views.acteurs.licenec"),
        (VIEW.replace("acteurs", '"les acteurs"'), "config-bad-id", "views.les acteurs"),
        (VIEW.replace("acteurs", '"../acteurs"'), "config-bad-id", "views.../acteurs"),
        (
            '[wikis.tel]\nurl = "https://b.example"\nuser = "R"\n' + VIEW,
            "config-view-wiki",
            "views.acteurs.wiki",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_key(file: Path, text: str, code: str, key: str) -> None:
    error = refusal(file, text)
    assert (error.code, error.params["key"]) == (code, key)
