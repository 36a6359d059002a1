"""A directory's form as `?api/forms/5` gives it, richer than the observed one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bazar_forms.entry import Entry
from bazar_forms.form import Form
from oscartes_sync.mapping.contacts.recipe import find_contact_recipe
from oscartes_sync.mapping.contacts.setting import ContactSetting
from tests.fakes.agenda_form import field, form_of, text

KINDS = {"asso": "Association", "coop": "Coopérative (SCOP, SCIC)", "ent": "Entreprise"}
THEMES = {
    "agri": "Agriculture &amp; alimentation",
    "circuits": " Agriculture &amp; alimentation ➤ Circuits courts",
    "num": "Numérique libre",
    "outils": " Numérique libre ➤ Outils",
    "mob": "Mobilités",
}
ACTORS = {"VeloCie": "Vélo &amp; Cie", "LeFournil": "Le Fournil d'Élise"}
MAP = field(
    "map",
    "geolocation",
    latitudeField="bf_latitude",
    longitudeField="bf_longitude",
    autocompleteFieldnames={"postalCode": "bf_code_postal", "town": "bf_ville"},
)


def directory_fields(syntax: str = "html") -> list[tuple[dict[str, Any], str]]:
    """The fields, each with the seventh cell of its template line."""
    fields = [
        text("bf_titre", "Nom de la structure", required=True),
        field("liste", "bf_type_structure", "Type de structure", options=KINDS),
        field("checkbox", "checkboxListethemes", "Thématiques", options=THEMES),
        field("radio", "radioListeOuiNonbf_public", "Public ?", options={"1": "Oui", "2": "Non"}),
        text("bf_adresse", "Adresse"),
        text("bf_code_postal", "Code postal"),
        text("bf_ville", "Ville"),
        text("bf_pays", "Pays"),
        MAP,
        text("bf_telephone", "Téléphone"),
        text("bf_mobile", "Portable"),
        field("email", "bf_mail", "Courriel (formulaire de contact)", showContactForm=True),
        field("email", "bf_mail_public", "Courriel public", showContactForm=False),
        field("text", "bf_mail2", "Autre courriel", subType="email"),
        text("bf_note_interne", "Note interne", read_acl="@admins", write_acl="@admins"),
        field("link", "bf_site_internet", "Site internet"),
        field("link", "bf_facebook", "Page Facebook"),
        field("link", "bf_mastodon", "Compte Mastodon"),
        field("image", "imagebf_image", "Logo"),
        field("tags", "bf_motscles", "Mots clés"),
        field("checkboxfiche", "checkboxfiche5bf_partenaires", "Partenaires", options=ACTORS),
    ]
    return [
        *((one, "") for one in fields),
        (field("textelong", "bf_description", "Description"), syntax),
        (field("textelong", "bf_horaires", "Horaires"), "nohtml"),
    ]


def people_fields() -> list[tuple[dict[str, Any], str]]:
    """A form of persons, whose titles the wiki makes."""
    fields = [
        {**field("titre", "bf_titre"), "name": "{{bf_nom}} {{bf_prenom}}"},
        text("bf_nom", "Nom"),
        text("bf_prenom", "Prénom"),
        text("bf_tel", "Tél."),
    ]
    return [(one, "") for one in fields]


def directory_of(form: Form, overrides: Mapping[str, str] | None = None) -> ContactSetting:
    """The setting in which the entries of a form are read."""
    return ContactSetting(
        recipe=find_contact_recipe(form, overrides or {}, user="RobotNuage"),
        page_url=lambda tag: f"https://wiki.example/?{tag}",
        file_url=lambda name: f"https://wiki.example/files/{name}",
    )


SETTING = directory_of(form_of(directory_fields(), "5"))
PEOPLE = directory_of(form_of(people_fields(), "5"))


def actor(tag: str = "LeFournil", /, **properties: object) -> Entry:
    """An entry of the directory."""
    whole: Mapping[str, object] = {"bf_titre": "Le Fournil d'Élise", **properties}
    return Entry(tag=tag, form="5", properties=MappingProxyType(dict(whole)))
