"""A form of working groups beside the seeded network: who is in them, and what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oscartes_sync.sandbox.wiki.templates import line, list_name

if TYPE_CHECKING:
    from oscartes_sync.sandbox.wiki.core import Version
    from oscartes_sync.sandbox.wiki.stand_in import WikiStandIn

GROUPS = 8
GARDENS = "JardinsPartages"
_YES_OR_NO = {"1": "Oui", "2": "Non"}


def groups_template(version: Version) -> str:
    """Form 8, the groups: members and leads in fields that visitors do not read."""
    answers = list_name(version, "OuiNon")
    pattern = "bf_public" if version == "4.5" else ""
    lines = [
        line("texte", "bf_titre", "Nom du groupe", subtype="text", required="1"),
        line("textelong", "bf_description", "Description", subtype="html"),
        line("textelong", "bf_membres", "Membres", subtype="nohtml", read="+"),
        line("texte", "bf_responsable", "Responsable", subtype="text", read="+"),
        line("jour", "bf_debut", "Début"),
        line("jour", "bf_fin", "Fin"),
        line("liste", answers, "Groupe public ?", pattern=pattern),
        line("lien_internet", "bf_equipe", "Équipe"),
        line("lien_internet", "bf_dossier", "Dossier"),
        line("lien_internet", "bf_calendrier", "Calendrier"),
        line("texte", "bf_etat", "État de l'espace", subtype="text"),
    ]
    return "\r\n".join(lines)


def public_property(version: Version) -> str:
    """Name of the question whether a group is public."""
    return "bf_public" if version == "4.5" else f"liste{list_name(version, 'OuiNon')}"


def group_entry(version: Version, title: str, members: str, **more: Any) -> dict[str, Any]:
    """What an entry of the form holds; `more` by property."""
    return {
        "bf_titre": title,
        "bf_description": "",
        "bf_membres": members,
        "bf_responsable": "",
        "bf_debut": None,
        "bf_fin": None,
        public_property(version): "1",
        "bf_equipe": "",
        "bf_dossier": "",
        "bf_calendrier": "",
        "bf_etat": "",
        **more,
    }


def seed_groups(wiki: WikiStandIn, *, owner: str = "RobotNuage") -> None:
    """The form, its list, and one group that alice is in."""
    version = wiki.settings.version
    wiki.add_list(list_name(version, "OuiNon"), "Oui ou non", _YES_OR_NO)
    wiki.add_form(GROUPS, "Groupes de travail", groups_template(version))
    entry = group_entry(
        version,
        "Jardins partagés",
        "alice",
        bf_description="<p>Semer &amp; récolter ensemble.</p>",
    )
    wiki.add_entry(GROUPS, GARDENS, entry, owner=owner, user=owner)
