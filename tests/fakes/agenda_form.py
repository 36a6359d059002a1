"""An agenda form as `?api/forms/6` gives it, and the setting in which its entries are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bazar_forms.entry import Entry
from bazar_forms.form import Form
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.mapping.setting import Setting

PARIS = ZoneInfo("Europe/Paris")
KINDS = {"atelier": "Atelier", "conf": "Conférence", "fete": "Fête &amp; convivialité"}
ACTORS = {"VeloCie": "Vélo &amp; Cie", "LaFerme": "La Ferme", "LaFerme2": "La ferme"}


def field(kind: str, name: str, label: str = "", **more: Any) -> dict[str, Any]:
    """One member of `prepared`; `line` gives its cells 3 and further of the template."""
    return {"id": name, "name": name, "label": label or name, "type": kind, **more}


def text(name: str, label: str = "", **more: Any) -> dict[str, Any]:
    """A field of one line."""
    return field("text", name, label, subType="text", maxChars="255", **more)


def agenda_fields(syntax: str = "html") -> list[tuple[dict[str, Any], str]]:
    """The fields, each with the seventh cell of its template line."""
    return [
        (text("bf_titre", "Nom de l'évènement", required=True), "text"),
        (field("checkbox", "bf_type_evenement", "Type", options=KINDS), ""),
        (field("textelong", "bf_description", "Description"), syntax),
        (field("listedatedeb", "bf_date_debut_evenement", "Début", required=True), ""),
        (field("listedatefin", "bf_date_fin_evenement", "Fin", required=True), ""),
        (text("bf_lieu", "Lieu"), "text"),
        (text("bf_adresse", "Adresse"), "text"),
        (text("bf_code_postal", "Code postal"), "text"),
        (text("bf_ville", "Ville"), "text"),
        (
            field(
                "map",
                "geolocation",
                latitudeField="bf_latitude",
                longitudeField="bf_longitude",
                autocompleteFieldnames={"town": "bf_ville"},
            ),
            "",
        ),
        (field("listefiche", "listefiche5bf_organisateur", "Organisateur", options=ACTORS), ""),
        (field("link", "bf_site_internet", "Lien"), ""),
        (field("image", "imagebf_image", "Affiche"), ""),
        (field("fichier", "fichierbf_fichier", "Programme"), ""),
    ]


def form_of(fields: list[tuple[dict[str, Any], str]], number: str = "6") -> Form:
    """A form of these fields."""
    prepared = [one for one, _ in fields]
    template = [[one["type"], one["id"], "", "", "", "", "", cell] for one, cell in fields]
    return Form.from_json(
        {
            "bn_id_nature": number,
            "bn_label_nature": "Agenda",
            "prepared": prepared,
            "template": template,
        }
    )


def setting_of(form: Form, **overrides: str) -> Setting:
    """A network of Paris that speaks French."""
    return Setting(
        recipe=find_recipe(form, overrides, user="RobotNuage"),
        zone=PARIS,
        language="fr",
        page_url=lambda tag: f"https://wiki.example/?{tag}",
        file_url=lambda name: f"https://wiki.example/files/{name}",
    )


def entry(tag: str = "Cafe", /, **properties: object) -> Entry:
    """An entry of the agenda; two days of March where nothing else is said."""
    whole: Mapping[str, object] = {
        "bf_titre": "Café",
        "bf_date_debut_evenement": "2027-03-02",
        "bf_date_fin_evenement": "2027-03-03",
        **properties,
    }
    return Entry(
        tag=tag, form="6", properties=MappingProxyType(dict(whole)), updated="2026-11-01 10:00:00"
    )
