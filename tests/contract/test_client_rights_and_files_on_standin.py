"""Rights, revisions, files and recurrences, against the stand-in wiki as both versions."""

from __future__ import annotations

import io
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Hidden, PageRow, Upload
from bazar_forms.errors import (
    Forbidden,
    NotFound,
    UploadRefused,
)
from oscartes_sync.sandbox.wiki import WikiStandIn

BOT = "RobotNuage"
MEMBER = "MarieDupont"
EVENT = {
    "bf_titre": "Café citoyen",
    "bf_date_debut_evenement": "2027-03-02",
    "bf_date_fin_evenement": "2027-03-02",
    "bf_lieu": "Orsay",
}


def stored(bazar_wiki: WikiStandIn, tag: str) -> dict[str, Any]:
    entry = bazar_wiki.entry(tag)
    assert entry is not None
    return entry


def test_rights_are_read_set_and_handed_over(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    bazar.create("6", "Nuageabcdefgh", EVENT)
    assert bazar.rights("Nuageabcdefgh").read == "*"
    assert bazar.rights("Nuageabcdefgh").owner == BOT
    bazar.set_rights("Nuageabcdefgh", read="+")
    assert bazar.rights("Nuageabcdefgh").read == "+"
    assert bazar.rights("Nuageabcdefgh").write == "*"
    assert bazar.page("Nuageabcdefgh", anonymous=True) == Hidden("Nuageabcdefgh")
    bazar.set_rights("Nuageabcdefgh", read="*", owner=MEMBER)
    row = bazar.page("Nuageabcdefgh")
    assert isinstance(row, PageRow)
    assert row.owner == MEMBER
    for ask in (
        lambda: bazar.rights("Nuageabcdefgh"),
        lambda: bazar.set_rights("Nuageabcdefgh", read="%"),
        lambda: bazar.delete("Nuageabcdefgh"),
    ):
        with pytest.raises(Forbidden) as caught:
            ask()
        assert caught.value.owner == MEMBER


def test_revisions_are_listed_and_read_by_their_time(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar.create("6", "Nuageabcdefgh", EVENT)
    bazar.edit("Nuageabcdefgh", {"bf_lieu": "Les Ulis"}, title_text="Café citoyen")
    revisions = bazar.revisions("Nuageabcdefgh")
    assert [one.user for one in revisions] == [BOT, BOT]
    assert revisions[0].id > revisions[1].id
    first = bazar.page("Nuageabcdefgh", time=revisions[1].time)
    assert isinstance(first, PageRow)
    assert first.id == revisions[1].id
    assert not first.latest
    entry = first.entry()
    assert entry is not None
    assert entry.properties["bf_lieu"] == "Orsay"


def test_our_entries_are_deleted_and_others_are_not(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar.create("6", "Nuageabcdefgh", EVENT)
    bazar.delete("Nuageabcdefgh")
    assert bazar.page("Nuageabcdefgh") is None
    with pytest.raises(NotFound):
        bazar.delete("Nuageabcdefgh")
    with pytest.raises(Forbidden):
        bazar.delete("RepairCafe")
    assert bazar.page("RepairCafe") is not None


def test_a_file_goes_up_and_comes_down(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    files = {"fichierbf_fichier": Upload("Guide d'été.pdf", b"%PDF-1.4 x", "application/pdf")}
    bazar.create("6", "Nuageabcdefgh", EVENT, files)
    name = str(stored(bazar_wiki, "Nuageabcdefgh")["fichierbf_fichier"])
    target = io.BytesIO()
    found = bazar.download(name, target)
    assert target.getvalue() == b"%PDF-1.4 x"
    assert not bazar.download(name, io.BytesIO(), found.etag).modified
    with pytest.raises(NotFound):
        bazar.download("absent.pdf_", io.BytesIO())
    again = {"fichierbf_fichier": Upload("Guide.pdf", b"%PDF-1.5", "application/pdf")}
    bazar.edit("Nuageabcdefgh", {}, title_text="Café citoyen", files=again)
    assert stored(bazar_wiki, "Nuageabcdefgh")["fichierbf_fichier"] != name


@pytest.mark.parametrize("name", ["programme.exe", "LISEZMOI"])
def test_a_forbidden_file_is_reported_and_the_entry_is_there(
    bazar: BazarClient, bazar_wiki: WikiStandIn, name: str
) -> None:
    with pytest.raises(UploadRefused):
        bazar.create("6", "Nuageabcdefgh", EVENT, {"fichierbf_fichier": Upload(name, b"MZ")})
    assert stored(bazar_wiki, "Nuageabcdefgh")["bf_lieu"] == "Orsay"


def test_a_file_over_the_fields_limit_creates_nothing(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    """Only the 4.5 line has a limit of the field (recording 412)."""
    files = {"fichierbf_fichier": Upload("gros.pdf", b"x" * (5 * 1024 * 1024 + 1))}
    if bazar_wiki.settings.version == "4.4":
        assert bazar.create("6", "Nuageabcdefgh", EVENT, files) == "Nuageabcdefgh"
        return
    with pytest.raises(UploadRefused):
        bazar.create("6", "Nuageabcdefgh", EVENT, files)
    assert bazar_wiki.entry("Nuageabcdefgh") is None


DATES = "bf_date_fin_evenement_data"
WEEKLY = [
    (f"{DATES}[isRecurrent]", "1"),
    (f"{DATES}[repetition]", "w"),
    (f"{DATES}[step]", "1"),
    (f"{DATES}[nbmax]", "3"),
    (f"{DATES}[limitdate]", ""),
    (f"{DATES}[days][]", "tue"),
]


def test_a_recurrence_sent_with_an_edit_makes_repetitions(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar.create("6", "Nuageabcdefgh", EVENT)
    bazar.edit("Nuageabcdefgh", {}, title_text="Café citoyen", recurrence_pairs=WEEKLY)
    children = [tag for tag in bazar_wiki.entries(6) if tag.startswith("Nuageabcdefgh2")]
    assert len(children) == (3 if bazar_wiki.settings.version == "4.5" else 0)


def test_capabilities_differ_by_what_the_server_shows(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    if bazar_wiki.settings.version == "4.4":
        assert bazar.capabilities("RepairCafe").recurrence is False
        assert bazar.capabilities().lists == "flat"
        return
    bazar.edit("RepairCafe", {}, title_text="Repair café", recurrence_pairs=WEEKLY)
    found = bazar.capabilities("RepairCafe")
    assert (found.lists, found.recurrence) == ("tree", True)
    assert bazar.capabilities().recurrence is None
