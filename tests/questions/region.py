"""The made-up directory and agenda of the region, as the port of each wiki gives them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bazar_forms import Entry, Form, Source
from oscartes_sync.mapping.contacts.recipe import find_contact_recipe
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.entry_reading import read_thing
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports.actors import (
    ActorForm,
    ActorForms,
    Agenda,
    AgendaForm,
    AgendaForms,
    ComingEvent,
)

FOLDER = Path(__file__).parent
KINDS = {
    "asso": "Association",
    "coop": "Coopérative",
    "coll": "Collectivité",
    "info": "Collectif",
    "ent": "Entreprise",
}
THEMES = {
    "alim": "Alimentation &amp; jardins",
    "ener": "Énergie",
    "mob": "Mobilités",
    "num": "Numérique libre",
    "dech": "Déchets et réemploi",
    "cult": "Culture",
    "biod": "Biodiversité",
    "habi": "Habitat",
}
CATEGORIES = {
    "eco": "Activité économique",
    "com": " Activité économique ➤ Commerce",
    "prod": " Activité économique ➤ Producteur",
    "arti": " Activité économique ➤ Artisan",
    "asso": "Association",
    "serv": "Service public",
    "lieu": "Tiers-lieu",
}


def prepared(type: str, id: str, label: str, **more: object) -> dict[str, object]:  # noqa: A002
    return {"type": type, "id": id, "name": id, "label": label, **more}


COMMON = (
    prepared("textelong", "bf_description", "Description"),
    prepared("text", "bf_ville", "Ville"),
    prepared(
        "map", "geolocation", "Carte", latitudeField="bf_latitude", longitudeField="bf_longitude"
    ),
    prepared("text", "bf_telephone", "Téléphone"),
    prepared("champs_mail", "bf_mail", "Courriel public"),
    prepared("lien_internet", "bf_site_internet", "Site"),
)
FORMS = {
    "noe": (
        prepared("text", "bf_titre", "Nom de la structure"),
        prepared("liste", "bf_type", "Type de structure", options=KINDS),
        prepared("checkbox", "checkboxThemes", "Thématiques", options=THEMES),
        prepared(
            "radio", "bf_public", "Accueille du public ?", options={"oui": "Oui", "non": "Non"}
        ),
        *COMMON,
    ),
    "tel": (
        prepared("text", "bf_titre", "Initiative"),
        prepared("checkbox", "checkboxCategorie", "Catégorie", options=CATEGORIES),
        prepared("tags", "bf_motscles", "Mots clés"),
        *COMMON,
    ),
}
PROPERTIES = {
    "title": "bf_titre",
    "type": "bf_type",
    "themes": "checkboxThemes",
    "public": "bf_public",
    "category": "checkboxCategorie",
    "tags": "bf_motscles",
    "text": "bf_description",
    "town": "bf_ville",
    "phone": "bf_telephone",
    "mail": "bf_mail",
    "site": "bf_site_internet",
}


def rows() -> dict[str, list[dict[str, Any]]]:
    """Wiki → its actors, as they stand in the file."""
    return tomllib.loads((FOLDER / "directory.toml").read_text("utf-8"))


def questions() -> list[dict[str, Any]]:
    """The labelled questions."""
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "questions.toml").read_text("utf-8"))[
        "question"
    ]
    return found


def form(wiki: str) -> Form:
    return Form.from_json(
        {"bn_id_nature": "5", "bn_label_nature": "Annuaire", "prepared": list(FORMS[wiki])}
    )


def entry(row: Mapping[str, Any]) -> Entry:
    values: dict[str, object] = {
        PROPERTIES[name]: ",".join(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name in PROPERTIES
    }
    if "place" in row:
        latitude, longitude = row["place"]
        values |= {"bf_latitude": str(latitude), "bf_longitude": str(longitude)}
    return Entry(row["tag"], "5", values, updated="2026-11-02 10:15:00", status="1")


def setting(one: Form, wiki: str) -> ContactSetting:
    base = f"https://{wiki}.example"
    return ContactSetting(
        recipe=find_contact_recipe(one, {}),
        page_url=lambda tag: f"{base}/?{tag}",
        file_url=lambda name: f"{base}/files/{name}",
    )


def actor_form(wiki: str, entries: Sequence[Entry], one: Form | None = None) -> ActorForm:
    one = one or form(wiki)
    return ActorForm(source=Source(one, entries, wiki), setting=setting(one, wiki))


def agenda() -> dict[str, list[dict[str, Any]]]:
    """Wiki → its events; `asked` → what is asked of them, and what must be told."""
    return tomllib.loads((FOLDER / "agenda.toml").read_text("utf-8"))


def event_entry(row: Mapping[str, Any]) -> Entry:
    values: dict[str, object] = {
        "bf_titre": row["title"],
        "bf_date_debut_evenement": row["start"],
        "bf_date_fin_evenement": row["end"],
        "bf_description": row.get("text", ""),
        "bf_ville": row.get("town", ""),
        "bf_organisateur": row.get("organizer", ""),
        "listefiche5bf_organisateur": ",".join(row.get("by", ())),
        "checkboxfiche5bf_avec": ",".join(row.get("with", ())),
    }
    if "place" in row:
        latitude, longitude = row["place"]
        values |= {"bf_latitude": str(latitude), "bf_longitude": str(longitude)}
    return Entry(row["tag"], "6", values, updated="2026-11-02 10:15:00", status="1")


def event_form(wiki: str) -> Form:
    """One wiki links to its directory, the other has members type a name."""
    actors = {row["tag"]: row["title"] for row in rows()[wiki]}
    linked = (
        prepared("listefiche", "listefiche5bf_organisateur", "Organisateur", options=actors),
        prepared("checkboxfiche", "checkboxfiche5bf_avec", "Avec", options=actors),
    )
    typed = (prepared("text", "bf_organisateur", "Organisateur"),)
    fields = (
        prepared("text", "bf_titre", "Titre"),
        prepared("listedatedeb", "bf_date_debut_evenement", "Début"),
        prepared("listedatefin", "bf_date_fin_evenement", "Fin"),
        *COMMON[:3],
        *(linked if wiki == "noe" else typed),
    )
    return Form.from_json(
        {"bn_id_nature": "6", "bn_label_nature": "Agenda", "prepared": list(fields)}
    )


def agenda_form(wiki: str, entries: Sequence[Entry], one: Form | None = None) -> AgendaForm:
    """Each entry is an event by itself."""
    one = one or event_form(wiki)
    base = f"https://{wiki}.example"
    organizer = "listefiche5bf_organisateur" if wiki == "noe" else "bf_organisateur"
    setting = Setting(
        recipe=find_recipe(one, {"organizer": organizer}),
        zone=ZoneInfo("Europe/Paris"),
        language="fr",
        page_url=lambda tag: f"{base}/?{tag}",
        file_url=lambda name: f"{base}/files/{name}",
    )
    readings = {each.tag: read_thing([each], setting).record for each in entries}
    return AgendaForm(
        source=Source(one, entries, wiki),
        setting=setting,
        events=tuple(ComingEvent(event=e, tags=(tag,)) for tag, e in readings.items() if e),
    )


AGENDAS = tuple(
    Agenda(binding=Binding(name="agenda", wiki=wiki, cloud="c", form="6", collection="agenda"))
    for wiki in FORMS
)


class Region:
    """The directory and the agenda of one wiki of the region."""

    def __init__(self, wiki: str) -> None:
        self.wiki = wiki

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        entries = [entry(row) for row in rows()[self.wiki]]
        return ActorForms(forms=(actor_form(self.wiki, entries),))

    def coming(self, agendas: Sequence[Agenda], after: datetime) -> AgendaForms:
        entries = [event_entry(row) for row in agenda()[self.wiki]]
        return AgendaForms(forms=(agenda_form(self.wiki, entries),))


def region() -> dict[str, Region]:
    return {wiki: Region(wiki) for wiki in FORMS}
