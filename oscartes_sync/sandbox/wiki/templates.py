"""Form lines of the demo network, as each version writes them, for the seed and for tests.

The agenda's lines are those of the servers observed (form 6 of the recordings), so that what is
tested here is what is met there. In 4.4 a choice's sixth cell is a suffix, in the 4.5 line it is
the property's whole name.
"""

from __future__ import annotations

from oscartes_sync.sandbox.wiki.core import Version


def line(
    kind: str,
    name: str,
    label: str,
    *,
    size: str = "",
    length: str = "",
    default: str = "",
    pattern: str = "",
    subtype: str = "",
    required: str = "0",
    searchable: str = "",
    read: str = "*",
    write: str = "*",
    semantic: str = "",
) -> str:
    """One line of a template, sixteen cells and a closing separator."""
    cells = [
        kind, name, label, size, length, default, pattern, subtype, required, searchable, "",
        read, write, "", semantic, "",
    ]  # fmt: skip
    shown = {"": " ", "*": " * "}
    return "".join(f"{shown.get(cell, cell)}***" for cell in cells)


def _text(name: str, label: str, size: str = "60", length: str = "255", **more: str) -> str:
    return line("texte", name, label, size=size, length=length, subtype="text", **more)


def _place() -> list[str]:
    return [
        _text("bf_adresse", "Adresse", "50", "50"),
        _text("bf_code_postal", "Code postal", "8", "8"),
        _text("bf_ville", "Ville", "50", "80"),
        line("map", "bf_latitude", "bf_longitude", read="", write=""),
    ]


def _choice(
    version: Version,
    kind: str,
    source: str,
    label: str,
    *,
    suffix: str = "",
    name: str,
    required: str = "0",
) -> str:
    pattern = name if version == "4.5" else suffix
    return line(kind, source, label, pattern=pattern, required=required)


def _long_text(name: str, label: str, subtype: str, length: str = "6", **more: str) -> str:
    return line("textelong", name, label, size="40", length=length, subtype=subtype, **more)


def _keywords(version: Version) -> str:
    pattern = "bf_motscles" if version == "4.5" else ""
    return line("tags", "bf_motscles", "Mots clés", pattern=pattern, required="")


def _linked(version: Version, kind: str, label: str, suffix: str) -> str:
    return _choice(version, kind, "5", label, suffix=suffix, name=f"{kind}5{suffix}")


def _image(label: str) -> str:
    return line(
        "image", "bf_image", label,
        size="140", length="140", default="600", pattern="600", subtype="right",
    )  # fmt: skip


def list_name(version: Version, plain: str) -> str:
    """Tag of a list: `ListeTypeDeStructure` in 4.4, `ListtypeDeStructure` in the 4.5 line."""
    return f"Liste{plain}" if version == "4.4" else f"List{plain[0].lower()}{plain[1:]}"


def directory_template(version: Version) -> str:
    """Form 5, the directory: texts in the three syntaxes, restricted fields, map, links."""
    kinds, themes = list_name(version, "TypeDeStructure"), list_name(version, "Thematiques")
    kind = _choice(
        version, "liste", kinds, "Type de structure", name="bf_type_structure", required="1"
    )
    contact = line(
        "champs_mail", "bf_mail", "Courriel (formulaire de contact)",
        length="@admins", pattern="form", required="1", searchable="0",
    )  # fmt: skip
    lines = [
        _text("bf_titre", "Nom de la structure", required="1", semantic="schema:name"),
        kind,
        _choice(version, "checkbox", themes, "Thématiques", name="checkboxListeThematiques"),
        _long_text("bf_description", "Description", "html", semantic="schema:description"),
        _long_text("bf_presentation", "Présentation", "wiki"),
        _long_text("bf_horaires", "Horaires", "nohtml", "3"),
        *_place(),
        _text("bf_telephone", "Téléphone"),
        contact,
        line("champs_mail", "bf_mail_public", "Courriel public", searchable="0"),
        _text("bf_note_interne", "Note interne", read="@admins", write="@admins"),
        line("lien_internet", "bf_site_internet", "Site internet", semantic="schema:url"),
        _image("Logo"),
        _keywords(version),
        line("labelhtml", "<p>Merci !</p>", "", read="", write="", required=""),
    ]
    return "\r\n".join(lines)


def agenda_template(version: Version) -> str:
    """Form 6, the agenda."""
    kinds = list_name(version, "TypeDEvenement")
    dates = [
        line(kind, name, label, default="today", required="1")
        for kind, name, label in (
            ("listedatedeb", "bf_date_debut_evenement", "Début de l'évènement"),
            ("listedatefin", "bf_date_fin_evenement", "Fin de l'évènement"),
        )
    ]
    lines = [
        _text("bf_titre", "Nom de l'évènement", required="1"),
        _choice(version, "checkbox", kinds, "Type d'évènement", name="bf_type_evenement"),
        _long_text("bf_description", "Description", "html"),
        *dates,
        _text("bf_lieu", "Lieu"),
        *_place(),
        _linked(version, "listefiche", "Organisateur", "bf_organisateur"),
        _linked(version, "checkboxfiche", "Co-organisateurs", "bf_coorganisateurs"),
        line("lien_internet", "bf_site_internet", "Lien"),
        _image("Affiche"),
        line("fichier", "bf_fichier", "Programme (pdf)", subtype=".pdf", semantic="5M"),
    ]
    return "\r\n".join(lines)


def documents_template(version: Version) -> str:
    """Form 7, the documents: two files, a date, keywords, a link to the directory."""
    themes = list_name(version, "Thematiques")
    lines = [
        _text("bf_titre", "Titre du document", required="1"),
        _choice(version, "checkbox", themes, "Thématiques", name="checkboxListeThematiques"),
        _long_text("bf_description", "Résumé", "wiki"),
        _text("bf_auteur", "Auteur·rice"),
        line("jour", "bf_date_publication", "Date de publication"),
        _linked(version, "listefiche", "Structure", "bf_structure"),
        line("lien_internet", "bf_url", "Lien"),
        line("fichier", "bf_document", "Document", semantic="20M"),
        line("fichier", "bf_annexe", "Annexe", semantic="20M"),
        _image("Couverture"),
        _keywords(version),
    ]
    return "\r\n".join(lines)


def event_kind_property(version: Version) -> str:
    """Name of the agenda's checkbox."""
    return (
        "bf_type_evenement"
        if version == "4.5"
        else f"checkbox{list_name(version, 'TypeDEvenement')}"
    )


def structure_kind_property(version: Version) -> str:
    """Name of the directory's list."""
    return (
        "bf_type_structure" if version == "4.5" else f"liste{list_name(version, 'TypeDeStructure')}"
    )
