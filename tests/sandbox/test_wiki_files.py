"""Uploads, stored names, and how files are served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import pytest
import requests

from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.core import Version
from oscartes_sync.sandbox.wiki.naming import clean_file_name
from oscartes_sync.sandbox.wiki.seed import GUIDE

KEYS = NetworkKeys()
ROBOT = {"Authorization": f"Bearer {KEYS.robot_key}"}
NOW = datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC)


@pytest.fixture(params=get_args(Version))
def wiki(request: pytest.FixtureRequest) -> Iterator[WikiStandIn]:
    with WikiStandIn(version=request.param, clock=lambda: NOW) as stand_in:
        seed_network(stand_in)
        yield stand_in


def upload(
    wiki: WikiStandIn, field: str, filename: str, content: bytes, form: int = 7, **sent: str
) -> requests.Response:
    return requests.post(
        f"{wiki.url}/?api/entries/{form}", headers=ROBOT, timeout=20,
        data={"bf_titre": "Un fichier", **sent}, files={field: (filename, content)},
    )  # fmt: skip


def kept(wiki: WikiStandIn, field: str, tag: str = "UnFichier") -> str:
    found = wiki.entry(tag)
    assert found is not None
    return str(found[field])


def test_the_original_name_is_lost(wiki: WikiStandIn) -> None:
    assert upload(wiki, "fichierbf_document", "Compte rendu d'été.pdf", b"%PDF").status_code == 201
    name = kept(wiki, "fichierbf_document")
    assert (
        name == "UnFichier_fichierbf_document_Compte_rendu_d039t_20261124100000_20261124100000.pdf_"
    )
    assert requests.get(f"{wiki.url}/files/{name}", timeout=5).content == b"%PDF"


@pytest.mark.parametrize("filename", ["programme.exe", "LISEZMOI"])
def test_a_forbidden_extension_is_201_with_a_message_and_no_file(
    wiki: WikiStandIn, filename: str
) -> None:
    answer = upload(wiki, "fichierbf_document", filename, b"x")
    assert answer.status_code == 201
    assert list(answer.json()) == ["rawOutput", "success"]
    assert kept(wiki, "fichierbf_document") == ""


def test_an_image_that_is_none_is_dropped_without_a_word(wiki: WikiStandIn) -> None:
    assert "rawOutput" not in upload(wiki, "imagebf_image", "photo.pdf", b"x").json()
    assert kept(wiki, "imagebf_image") == ""


def test_limits_of_field_and_php(wiki: WikiStandIn) -> None:
    wiki.settings.upload_max, wiki.settings.post_max = 7_000_000, 8_000_000
    field = upload(wiki, "fichierbf_fichier", "gros.pdf", b"x" * 6_000_000, form=6)
    assert field.status_code == (500 if wiki.settings.version == "4.5" else 201)
    silent = upload(wiki, "fichierbf_document", "gros.pdf", b"x" * 7_500_000, id_fiche="Gros")
    assert silent.status_code == 201
    assert kept(wiki, "fichierbf_document", "Gros") == ""
    dropped = upload(wiki, "fichierbf_document", "gros.pdf", b"x" * 8_500_000)
    assert dropped.status_code == 500
    assert "titre" in dropped.json()["exceptionMessage"]


def test_a_name_sent_as_text_is_kept_only_where_such_a_file_exists(wiki: WikiStandIn) -> None:
    sent = {
        "bf_titre": "x",
        "id_fiche": "Copie",
        "fichierbf_document": GUIDE,
        "fichierbf_annexe": "no.pdf_",
    }
    requests.post(f"{wiki.url}/?api/entries/7", headers=ROBOT, json=sent, timeout=5)
    assert kept(wiki, "fichierbf_document", "Copie") == GUIDE
    assert kept(wiki, "fichierbf_annexe", "Copie") == ""


def test_an_overwrite_without_the_file_loses_it_but_the_file_stays(wiki: WikiStandIn) -> None:
    sent = {"bf_titre": "Guide", "id_fiche": "GuideDuJardinPartage"}
    requests.post(f"{wiki.url}/?api/entries/7", headers=ROBOT, json=sent, timeout=5)
    assert kept(wiki, "fichierbf_document", "GuideDuJardinPartage") == ""
    assert GUIDE in wiki.files()


def test_files_are_public_conditional_and_partial(wiki: WikiStandIn) -> None:
    wiki.set_acl("GuideDuJardinPartage", read="%")
    address = f"{wiki.url}/files/{GUIDE}"
    first = requests.get(address, timeout=5)
    assert "Content-Type" not in first.headers
    assert first.headers["Last-Modified"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    etag = {"If-None-Match": first.headers["ETag"]}
    assert requests.get(address, headers=etag, timeout=5).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert requests.get(address, headers=since, timeout=5).status_code == 304
    part = requests.get(address, headers={"Range": "bytes=1-3"}, timeout=5)
    assert (part.status_code, part.content) == (206, b"PDF")
    assert part.headers["Content-Range"] == f"bytes 1-3/{len(first.content)}"
    assert requests.get(address, headers={"Range": "bytes=999-"}, timeout=5).status_code == 416
    assert requests.get(f"{wiki.url}/files/inconnu.pdf_", timeout=5).status_code == 404


def test_the_download_handler_gives_a_short_name_and_500_for_nothing(wiki: WikiStandIn) -> None:
    address = f"{wiki.url}/?GuideDuJardinPartage_fichierbf_document/download&file="
    answer = requests.get(address + GUIDE, timeout=5)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="guide.pdf"'
    assert answer.headers["Content-Type"].startswith("application/octetstream")
    assert requests.get(address + "inconnu.pdf_", timeout=5).status_code == 500


def test_a_data_image_becomes_a_file(wiki: WikiStandIn) -> None:
    text = '<p>a</p><img src="data:image/png;base64,aGVsbG8=">'
    sent = {"bf_titre": "Image", "bf_description": text}
    requests.post(f"{wiki.url}/?api/entries/6", headers=ROBOT, json=sent, timeout=5)
    stored = kept(wiki, "bf_description", "ImagE")
    (name,) = [name for name in wiki.files() if name.startswith("ImagE_")]
    assert stored == f'<p>a</p><img src="files/{name}" alt="{name}" />'
    assert requests.get(f"{wiki.url}/files/{name}", timeout=5).content == b"hello"


def test_file_names_lose_accents_and_signs() -> None:
    assert clean_file_name("Guide d'été – édition n°2 (été).pdf") == "Guide_d039t__dition_n2_t.pdf"
    assert clean_file_name("a b<c>.PDF") == "a_b.PDF"
