"""Small forms and entries that the tests of the directory are made of."""

from __future__ import annotations

from typing import Any

from bazar_forms import Directory, Entry, Form, Source

THEMES = {
    "agri": "Agriculture &amp; alimentation",
    "circuits": " Agriculture &amp; alimentation ➤ Circuits courts",
    "num": "Numérique libre",
    "mob": "Mobilités",
}
KINDS = {"asso": "Association", "coop": "Coopérative", "coll": "Collectivité"}


def prepared(type: str, id: str, label: str, **more: object) -> dict[str, object]:  # noqa: A002
    return {"type": type, "id": id, "name": id, "label": label, **more}


TITLE = prepared("text", "bf_titre", "Nom")
TOWN = prepared("text", "bf_ville", "Ville")
MAP = prepared(
    "map", "geolocation", "Carte", latitudeField="bf_latitude", longitudeField="bf_longitude"
)
ACTORS = (
    TITLE,
    prepared("liste", "bf_type", "Type de structure", options=KINDS),
    prepared("checkbox", "checkboxListThemes", "Thématiques", options=THEMES),
    prepared("tags", "bf_motscles", "Mots clés"),
    prepared("textelong", "bf_description", "Description"),
    TOWN,
    MAP,
    prepared("checkboxfiche", "checkboxfiche5bf_amis", "Partenaires", linkedObjectName="5"),
)


def form(*fields: object, number: str = "5", label: str = "Annuaire") -> Form:
    return Form.from_json(
        {"bn_id_nature": number, "bn_label_nature": label, "prepared": list(fields)}
    )


def entry(tag: str, number: str = "5", status: str = "1", **properties: object) -> Entry:
    return Entry(tag, number, {"bf_titre": tag, **properties}, status=status)


def actors(*entries: Entry, fields: tuple[object, ...] = ACTORS, wiki: str = "") -> Directory:
    """A directory of one form."""
    return Directory.of(Source(form(*fields), entries, wiki))


def tags(directory: Directory, *args: Any, **asked: Any) -> list[str]:
    """The tags of what a search finds, in order."""
    return [hit.actor.tag for hit in directory.search(*args, **asked).hits]


def counts(directory: Directory, facet: str, *args: Any, **asked: Any) -> dict[str, int]:
    """Label → count of one facet, in order."""
    return {one.label: one.actors for one in directory.search(*args, **asked).counts[facet]}
