"""The scenes of documents: files of entries in a folder, files of the folder in entries."""

from __future__ import annotations

from collections.abc import Mapping

from fault_scene import BOT, KEYS, Scene, made_of

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import WikiStandIn
from oscartes_sync.sandbox.wiki.seed import GUIDE as GUIDE_FILE

FOLDER, FORM = "GT Outils", 7
MAIN, ANNEX = "fichierbf_document", "fichierbf_annexe"


def attach(wiki: WikiStandIn, tag: str, content: bytes, field: str = MAIN, name: str = "a") -> None:
    """A member puts a file into an entry."""
    wiki.edit(tag, {field: _stored(wiki, tag, content, field, name)}, user=KEYS.member)


def _stored(wiki: WikiStandIn, tag: str, content: bytes, field: str, name: str) -> str:
    moment = f"2026110{len(name)}101500"
    stored = f"{tag}_{field}_{name}_{moment}_{moment}.pdf_"
    wiki.add_file(stored, content)
    return stored


def add_entry(wiki: WikiStandIn, tag: str, title: str, content: bytes) -> None:
    """A member makes an entry with a file."""
    empty = dict.fromkeys((ANNEX, "imagebf_image", "bf_url", "bf_motscles", "bf_auteur"), "")
    properties = {**empty, "bf_titre": title, MAIN: _stored(wiki, tag, content, MAIN, "a")}
    wiki.add_entry(FORM, tag, properties, owner=KEYS.member, user=KEYS.member)


def put(cloud: CloudStandIn, name: str, content: bytes) -> None:
    """A member puts a file into the folder."""
    cloud.put_file(BOT, f"{FOLDER}/{name}", content)


def move(cloud: CloudStandIn, name: str, to: str) -> None:
    """A member renames one."""
    cloud.move_file(BOT, f"{FOLDER}/{name}", f"{FOLDER}/{to}")


def delete(cloud: CloudStandIn, name: str) -> None:
    """A member deletes one."""
    with cloud.core.lock:
        place = cloud.further.mounts.resolve(BOT, (*FOLDER.split("/"), *name.split("/")))
        cloud.further.writing.delete(place)


def _linked(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    wiki.add_file(GUIDE_FILE, b"%PDF the guide")
    add_entry(wiki, "Charte", "Charte", b"%PDF the charter")
    for tag in ("Statuts", "Rapport", "Conflit"):
        add_entry(wiki, tag, tag, f"%PDF {tag}".encode())
    attach(wiki, "Rapport", b"%PDF an annex", ANNEX)
    for name in ("Compte rendu.pdf", "Budget.ods", "Effacé.pdf", "Énergie/Plan.pdf", "Dit.pdf"):
        put(cloud, name, f"%PDF {name}".encode())


def _wiki_changes(wiki: WikiStandIn) -> None:
    add_entry(wiki, "Tract", "Tract", b"%PDF a leaflet")
    attach(wiki, "GuideDuJardinPartage", b"%PDF the guide, corrected", name="bb")
    wiki.edit("Charte", {"bf_titre": "Charte corrigée"}, user=KEYS.member)
    wiki.edit("Statuts", {MAIN: ""}, user=KEYS.member)
    wiki.edit(made_of(wiki, "Dit", FORM), {"bf_titre": "Dit autrement"}, user=KEYS.member)


def _cloud_changes(cloud: CloudStandIn) -> None:
    put(cloud, "Nouveau.pdf", b"%PDF a new one")
    put(cloud, "outil.exe", b"MZ what no wiki takes")
    put(cloud, "Budget.ods", b"%PDF the budget, corrected")
    put(cloud, "Rapport (Annexe).pdf", b"%PDF an annex, corrected")
    move(cloud, "Énergie/Plan.pdf", "Énergie/Plan 2027.pdf")
    move(cloud, "Dit.pdf", "Dit et redit.pdf")
    delete(cloud, "Effacé.pdf")
    delete(cloud, "Rapport.pdf")
    # A program of an office saves by making the file anew.
    delete(cloud, "Compte rendu.pdf")
    put(cloud, "Compte rendu.pdf", b"%PDF the minutes, corrected")


def _all_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    _wiki_changes(wiki)
    _cloud_changes(cloud)
    attach(wiki, "Conflit", b"%PDF said here", name="cc")
    put(cloud, "Conflit.pdf", b"%PDF said there, too")
    # One file that somebody put in both places.
    add_entry(wiki, "Affiche", "Affiche", b"%PDF the poster")
    put(cloud, "Affiche.pdf", b"%PDF the poster")


_HEAD = f"""name = "documents"
kind = "documents"
form = {FORM}
collection = "{FOLDER}"
"""
_BOTH = """direction = "both"
deletions = "propagate"
on_conflict = "wiki"
max_delete = "100%"
"""
_COPIES = f"""{_BOTH}mode = "copy"
"""
DOCUMENTS: Mapping[str, Scene] = {
    "documents": Scene((_linked, _all_changes), (_BOTH, _BOTH), head=_HEAD, files=True),
    "copies": Scene(
        (_linked, _all_changes), (_COPIES, _COPIES), head=_HEAD, files=True, requests_alone=True
    ),
}
