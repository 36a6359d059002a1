"""The client on what two real servers answered, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.errors import (
    BazarError,
    Forbidden,
    Hibernated,
    KeyRefused,
    NotFound,
    TitleRefused,
    UnexpectedAnswer,
    UploadRefused,
)

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings" / "yeswiki"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are elsewhere")

BOT = "RobotNuage"
VALUES = {"bf_titre": "Fichier interdit"}


@pytest.fixture
def play(fake_wiki: Any, reply: Any) -> Any:
    """Gives the answer of a recording (one exchange of it) to every request of its method."""

    def play(name: str, start: str = "", exchange: int = 0) -> None:
        whole = json.loads(next(RECORDINGS.glob(f"{name}-*.json")).read_text(encoding="utf-8"))
        one = whole["exchanges"][exchange] if "exchanges" in whole else whole
        method, target, _ = one["request"]["line"].split(" ")
        said = one["response"]
        headers = {
            key: value
            for key, value in said["headers"].items()
            if key not in ("Set-Cookie", "Content-Length")
        }
        known = "name, token" in said["headers"].get("Set-Cookie", "")
        content = said["body"] if said["body"] != "" else None
        answer = reply(said["status"], content, BOT if known else None, headers)
        fake_wiki.on(method, start or target.partition("?")[2].partition("&")[0], answer)

    return play


@pytest.mark.parametrize(
    ("name", "form", "count"),
    [("110", "5", 12), ("111", "6", 16), ("115", "9", 0), ("120", "999", 0), ("v444-04", "6", 11)],
)
def test_lists_of_entries_are_read_whole(
    client: BazarClient, play: Any, name: str, form: str, count: int
) -> None:
    play(name)
    listing = client.entries(form)
    assert len(listing.entries) == count
    assert listing.problems == ()


def test_stray_output_is_reported_beside_the_entries(client: BazarClient, play: Any) -> None:
    play("179")
    listing = client.entries("5", fields=["id_fiche"])
    assert len(listing.rows) == 12
    assert [type(one) for one in listing.problems] == [UnexpectedAnswer]


def test_forms_and_lists_of_both_versions_are_read(client: BazarClient, play: Any) -> None:
    play("100")
    assert {form.id for form in client.forms()} >= {"5", "6", "7", "8", "9", "10"}
    play("103")
    assert client.capabilities().lists == "tree"
    assert client.choice_lists()["ListouiNon"].labels() == {"1": "Oui", "2": "Non"}
    play("v444-02")
    assert client.capabilities().lists == "flat"
    assert client.choice_lists()["ListeOuiNon"].labels() == {"1": "Oui", "2": "Non"}


def test_pages_are_there_free_or_hidden(client: BazarClient, play: Any) -> None:
    play("130")
    row = client.page("LaRessourcerieDeLEcluse", anonymous=True)
    assert isinstance(row, PageRow)
    assert (row.id, row.time, row.owner) == (65, "2026-11-23 20:27:31", BOT)
    entry = row.entry()
    assert entry is not None
    assert entry.form == "5"
    play("131")
    assert client.page("NexistePas", anonymous=True) is None
    play("133")
    assert client.page("LefevreZoe", anonymous=True) == Hidden("LefevreZoe")
    play("704", exchange=7)
    assert client.page("NuageLibre4kqzwtba") == Hidden("NuageLibre4kqzwtba")


def test_keys_are_accepted_or_refused(client: BazarClient, play: Any) -> None:
    play("203", "api/triples")
    assert client.check_key() == BOT
    play("215", "api/triples")
    with pytest.raises(KeyRefused):
        client.check_key()
    play("211", "api/forms/8/entries")
    with pytest.raises(KeyRefused):
        client.entries("8", fields=["id_fiche"], anonymous=False)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("300", KeyRefused),
        ("301", KeyRefused),
        ("310", TitleRefused),
        ("313", TitleRefused),
        ("314", TitleRefused),
        ("515", Hibernated),
    ],
)
def test_refused_creations_have_their_types(
    client: BazarClient, play: Any, name: str, error: type[BazarError]
) -> None:
    play(name, "api/entries/6")
    with pytest.raises(error) as caught:
        client.create("6", "Nuage42", VALUES)
    assert "/var/www" not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize("name", ["412", "414"])
def test_refused_uploads_are_no_missing_titles(client: BazarClient, play: Any, name: str) -> None:
    from bazar_forms.client import Upload

    play(name, "api/entries/6")
    with pytest.raises(UploadRefused):
        client.create("6", "Nuage42", VALUES, {"fichierbf_fichier": Upload("a.pdf", b"%PDF")})


def test_creations_say_their_tag(client: BazarClient, play: Any) -> None:
    play("703", "api/entries/6", exchange=1)
    assert client.create("6", "NuageLibre4kqzwtba", VALUES) == "NuageLibre4kqzwtba"
    play("410", "api/entries/6")
    assert client.create("6", "FichierInterdit", VALUES) == "FichierInterdit"


@pytest.mark.parametrize(
    ("name", "error"),
    [("380", KeyRefused), ("381", Forbidden), ("383", NotFound), ("516", Hibernated)],
)
def test_refused_deletions_have_their_types(
    client: BazarClient, play: Any, name: str, error: type[BazarError]
) -> None:
    play(name, "api/pages/")
    with pytest.raises(error):
        client.delete("NuageFiche42")


def test_who_may_edit_is_read_from_the_page(client: BazarClient, play: Any) -> None:
    play("700", exchange=0)
    assert client.may_edit("RepairCafeDAutomne")
    play("700", exchange=3)
    with pytest.raises(NotFound):
        client.may_edit("NexistePas")
    play("700", exchange=4)
    assert not client.may_edit("LefevreZoe")
    play("103")
    assert client.capabilities("RepairCafeDAutomne").recurrence


def test_an_edit_is_taken_and_a_refused_one_is_not(client: BazarClient, play: Any) -> None:
    play("700", exchange=0)
    play("701", exchange=0)
    client.edit("RepairCafeDAutomne", {"bf_lieu": "x"}, title_text="Repair café d’automne")
    play("701", exchange=2)
    with pytest.raises(BazarError):
        client.edit("RepairCafeDAutomne", {"bf_lieu": "x"}, title_text="x")


def test_rights_and_revisions_are_read(client: BazarClient, play: Any) -> None:
    play("702", "RepairCafeDAutomne/revisions")
    assert [(one.id, one.user) for one in client.revisions("RepairCafeDAutomne")] == [
        (253, BOT),
        (77, BOT),
    ]
    play("703", exchange=2)
    play("704", exchange=0)
    rights = client.rights("NuageLibre4kqzwtba")
    assert (rights.read, rights.write, rights.comment) == ("*", "*", "comments-closed")
    play("704", exchange=1)
    client.set_rights("NuageLibre4kqzwtba", read="+", write="%", owner="MarieDupont")
    play("704", exchange=4)
    with pytest.raises(Forbidden):
        client.set_rights("NuageLibre4kqzwtba", read="*")
