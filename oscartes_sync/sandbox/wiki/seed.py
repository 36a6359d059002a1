"""A made-up network south of Paris: a directory, an agenda, documents, four accounts.

The agenda holds eleven events of the kinds real agendas hold: hours, whole days, several days,
both clock changes, HTML, emoji, `&`, a file, organisers, and one whose end lies before its start.
All names and addresses are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oscartes_sync.sandbox.wiki.templates import (
    agenda_template,
    directory_template,
    documents_template,
    event_kind_property,
    list_name,
    structure_kind_property,
)

if TYPE_CHECKING:
    from oscartes_sync.sandbox.wiki.stand_in import WikiStandIn

DIRECTORY, AGENDA, DOCUMENTS = 5, 6, 7
PROGRAMME = "FeteDesCommunsDOrsay_fichierbf_fichier_programme_20261102101500_20261102101500.pdf_"
GUIDE = "GuideDuJardinPartage_fichierbf_document_guide_20261102101500_20261102101500.pdf_"
_PDF = b"%PDF-1.4\n% document de demonstration\n%%EOF\n"
_THEMES = {
    "alim": "Alimentation &amp; jardins",
    "ener": "Énergie",
    "mob": "Mobilités",
    "num": "Numérique libre",
}
_STRUCTURES = {
    "asso": "Association",
    "coop": "Coopérative",
    "coll": "Collectivité",
    "info": "Collectif",
}
_EVENTS = {
    "atelier": "Atelier",
    "conf": "Conférence",
    "reunion": "Réunion",
    "fete": "Fête &amp; convivialité",
    "formation": "Formation",
}


@dataclass(frozen=True)
class NetworkKeys:
    """Accounts of the seeded network; keys of the API where there is one."""

    admin: str = "AdminDuReseau"
    robot: str = "RobotNuage"
    member: str = "ClaireMorel"
    other: str = "YanisBenali"
    admin_key: str = "cle-admin-demo"
    robot_key: str = "cle-robot-demo"
    password: str = "demo-essonne"


def seed_network(wiki: WikiStandIn) -> NetworkKeys:
    """Fill an empty stand-in; return its accounts and keys."""
    keys = NetworkKeys()
    wiki.add_user(keys.admin, admin=True, key=keys.admin_key, password=keys.password)
    wiki.add_user(keys.robot, key=keys.robot_key)
    wiki.add_user(keys.member, password=keys.password)
    wiki.add_user(keys.other, password=keys.password)
    version = wiki.settings.version
    for plain, title, labels in (
        ("TypeDeStructure", "Type de structure", _STRUCTURES),
        ("TypeDEvenement", "Type d'évènement", _EVENTS),
        ("Thematiques", "Thématiques", _THEMES),
    ):
        wiki.add_list(list_name(version, plain), title, labels)
    wiki.add_form(
        DIRECTORY,
        "Annuaire des acteurs",
        directory_template(version),
        description="Qui fait quoi en Essonne",
        semantic=("https://schema.org/", "Organization"),
    )
    wiki.add_form(
        AGENDA, "Agenda du réseau", agenda_template(version), description="Évènements ouverts"
    )
    wiki.add_form(DOCUMENTS, "Documents", documents_template(version), description="Ressources")
    wiki.add_file(PROGRAMME, _PDF)
    wiki.add_file(GUIDE, _PDF)
    for tag, directory_entry in _directory(structure_kind_property(version)).items():
        wiki.add_entry(DIRECTORY, tag, directory_entry, owner=keys.robot, user=keys.robot)
    for tag, event in _agenda(event_kind_property(version)).items():
        wiki.add_entry(AGENDA, tag, event, owner=keys.member, user=keys.member)
    for tag, paper in _documents().items():
        wiki.add_entry(DOCUMENTS, tag, paper, owner=keys.member, user=keys.member)
    return keys


def _located(street: str, code: str, town: str, latitude: str, longitude: str) -> dict[str, Any]:
    place = {"bf_latitude": latitude, "bf_longitude": longitude}
    address = {"bf_adresse": street, "bf_code_postal": code, "bf_ville": town}
    return {**address, **place, "geolocation": place}


def _actor(title: str, kind: str, property_name: str, **more: Any) -> dict[str, Any]:
    return {
        "bf_titre": title,
        property_name: kind,
        "checkboxListeThematiques": "",
        "bf_description": "",
        "bf_presentation": "",
        "bf_horaires": "",
        "bf_telephone": "",
        "bf_mail": "",
        "bf_mail_public": "",
        "bf_note_interne": "",
        "bf_site_internet": "",
        "imagebf_image": "",
        "bf_motscles": "",
        **more,
    }


def _directory(kind: str) -> dict[str, dict[str, Any]]:
    return {
        "LaGrangeAuxOutils": _actor(
            "La Grange aux Outils",
            "asso",
            kind,
            checkboxListeThematiques="num,ener",
            bf_description="<p>Réparation, <strong>prêt d'outils</strong> &amp; de savoirs.</p>",
            bf_horaires="Mercredi et samedi : 14h–18h",
            bf_telephone="01 60 00 00 11",
            bf_mail="contact@grange-outils.example",
            bf_mail_public="bonjour@grange-outils.example",
            bf_note_interne="Convention à renouveler",
            bf_site_internet="https://grange-outils.example/",
            **_located("4 rue du Lavoir", "91400", "Orsay", "48.6989", "2.1875"),
        ),
        "LePanierDeLYvette": _actor(
            "Le Panier de l'Yvette",
            "coop",
            kind,
            checkboxListeThematiques="alim",
            bf_description="<p>Épicerie coopérative, légumes du plateau.</p>",
            bf_mail="panier@yvette.example",
            **_located("18 avenue des Tilleuls", "91190", "Gif-sur-Yvette", "48.7015", "2.1337"),
        ),
        "CollectifVeloHurepoix": _actor(
            "Collectif Vélo Hurepoix",
            "info",
            kind,
            checkboxListeThematiques="mob",
            bf_presentation="======Vélo======\n**Remise en selle**, [[https://velo.example carte]]",
            bf_mail_public="velo@hurepoix.example",
        ),
        "EnergieDesCoteaux": _actor(
            "Énergie des Coteaux", "coop", kind, checkboxListeThematiques="ener"
        ),
        "MediathequeDesSources": _actor(
            "Médiathèque des Sources", "coll", kind, bf_telephone="01 69 00 00 22"
        ),
    }


def _event(title: str, start: str, end: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "bf_titre": title,
        "bf_date_debut_evenement": start,
        "bf_date_fin_evenement": end,
        "bf_description": text,
        "bf_lieu": "",
        "bf_adresse": "",
        "bf_code_postal": "",
        "bf_ville": "",
        "listefiche5bf_organisateur": "",
        "checkboxfiche5bf_coorganisateurs": "",
        "bf_site_internet": "",
        "imagebf_image": "",
        "fichierbf_fichier": "",
        **more,
    }


def _agenda(kind: str) -> dict[str, dict[str, Any]]:
    return {**_timed_events(kind), **_other_events(kind)}


def _timed_events(kind: str) -> dict[str, dict[str, Any]]:
    return {
        "AtelierReparonsEnsemble": _event(
            "Atelier « Réparons ensemble » 🔧",
            "2026-12-05T14:00:00+01:00",
            "2026-12-05T17:30:00+01:00",
            "<p>Apportez un objet <u>en panne</u> : grille-pain, lampe… "
            '<a href="https://grange-outils.example/">Infos</a></p>',
            bf_lieu="La Grange aux Outils",
            listefiche5bf_organisateur="LaGrangeAuxOutils",
            checkboxfiche5bf_coorganisateurs="CollectifVeloHurepoix,MediathequeDesSources",
            **{kind: "atelier"},
            **_located("4 rue du Lavoir", "91400", "Orsay", "48.6989", "2.1875"),
        ),
        "NuitDesEtoilesEtDeLHeureDEte": _event(
            "Nuit des étoiles &amp; passage à l'heure d'été",
            "2027-03-27T21:00:00+01:00",
            "2027-03-28T05:00:00+02:00",
            "<p>Observation sur le plateau, toute la nuit.</p>",
            bf_ville="Limours",
            **{kind: "fete"},
        ),
        "VeilleeDeLHeureDHiver": _event(
            "Veillée de l'heure d'hiver",
            "2027-10-30T22:00:00+02:00",
            "2027-10-31T03:30:00+01:00",
            "<p>Contes et soupe.</p>",
            bf_ville="Dourdan",
            **{kind: "fete,conf"},
        ),
        "FormationCartographieLibre": _event(
            "Formation : cartographie libre",
            "2027-01-21T09:30:00+01:00",
            "2027-01-22T17:00:00+01:00",
            "<p>Deux jours.</p><ul><li>relever</li><li>publier</li></ul>",
            listefiche5bf_organisateur="LaGrangeAuxOutils",
            **{kind: "formation"},
        ),
    }


def _other_events(kind: str) -> dict[str, dict[str, Any]]:
    return {
        **_whole_days(kind),
        "CafeCitoyenDeLYvette": _event(
            "Café citoyen de l'Yvette",
            "2026-12-10T19:00:00+01:00",
            "2026-12-10T21:00:00+01:00",
            "",
            listefiche5bf_organisateur="LePanierDeLYvette",
            bf_site_internet="https://yvette.example/cafe",
            **{kind: "reunion"},
        ),
        "ReunionDePreparation": _event(
            "Réunion de préparation (fin saisie avant le début)",
            "2027-02-04T18:00:00+01:00",
            "2027-02-04T09:00:00+01:00",
            "<p>L'heure de fin est à corriger.</p>",
            **{kind: "reunion"},
        ),
    }


def _whole_days(kind: str) -> dict[str, dict[str, Any]]:
    return {
        "AssembleeGeneraleDuReseau": _event(
            "Assemblée générale du réseau",
            "2026-12-12",
            "2026-12-12",
            "<p>Toute la journée.</p>",
            bf_ville="Palaiseau",
            listefiche5bf_organisateur="EnergieDesCoteaux",
            **{kind: "reunion"},
        ),
        "FeteDesCommunsDOrsay": _event(
            "Fête des communs d'Orsay 🎉",
            "2027-06-18",
            "2027-06-20",
            "<p>Trois jours de concerts, de débats &amp; de jeux.</p>",
            fichierbf_fichier=PROGRAMME,
            **{kind: "fete"},
            **_located("Parc de la Grande Bouvêche", "91400", "Orsay", "48.6972", "2.1866"),
        ),
        "BourseAuxPlantes": _event(
            "Bourse aux plantes",
            "2027-05-08",
            "2027-05-08",
            "",
            bf_ville="Étampes",
            **{kind: "fete"},
        ),
        "VideGrenierDeLAnDernier": _event(
            "Vide-grenier de l'an dernier",
            "2025-09-14",
            "2025-09-14",
            "<p>Archive.</p>",
            **{kind: ""},
        ),
        "ConferenceEauEtSols": _event(
            "Conférence : eau &amp; sols",
            "2027-03-28",
            "2027-03-28",
            "<p>Le jour du changement d'heure.</p>",
            listefiche5bf_organisateur="MediathequeDesSources",
            **{kind: "conf"},
        ),
    }


def _documents() -> dict[str, dict[str, Any]]:
    common = {"bf_url": "", "fichierbf_annexe": "", "imagebf_image": "", "bf_motscles": ""}
    return {
        "GuideDuJardinPartage": {
            "bf_titre": "Guide du jardin partagé",
            "checkboxListeThematiques": "alim",
            "bf_description": "Un guide **pratique**.\n - semer\n - arroser",
            "bf_auteur": "Collectif",
            "bf_date_publication": "2026-03-01",
            "listefiche5bf_structure": "LePanierDeLYvette",
            **common,
            "fichierbf_document": GUIDE,
        },
        "CompteRenduDeNovembre": {
            "bf_titre": "Compte rendu de novembre",
            "checkboxListeThematiques": "",
            "bf_description": "Présents : huit structures.",
            "bf_auteur": "",
            "bf_date_publication": None,
            "listefiche5bf_structure": "",
            **common,
            "fichierbf_document": "",
        },
    }
