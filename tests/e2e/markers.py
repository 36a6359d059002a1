"""A word of its own in every field of entries and of events, to be looked for elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oscartes_sync.sandbox.wiki.templates import agenda_template, line
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

OPEN_ENTRY, CLOSED_ENTRY = "RepasPartageDuQuartier", "ConseilDuReseau"
OPEN_EVENT, CLOSED_EVENT, SECRET_EVENT = "ouvert.ics", "prive.ics", "confidentiel.ics"

SHOWN = ("TITREW", "TEXTEW", "LIEUW", "RUEW", "VILLEW", "LIENW")
"""In the open entry, for everybody to read."""

HIDDEN = ("COURRIELW", "NOTEADMINW", "NOTEMEMBREW", "NUMEROW")
"""In the open entry too: a contact form's address, fields for some members alone."""

CLOSED = ("TITREF", "TEXTEF", "LIEUF", "COURRIELF", "NOTEADMINF")
"""In the entry that members alone read."""

PEOPLE = ("PROPRIETAIRE", "COURRIELCOMPTE")
"""The account that owns the entries, and its address."""

TOLD = ("TITREC", "TEXTEC", "LIEUC")
"""In the open event: what the wiki has fields for."""

KEPT = (
    "COMMENTAIREC",
    "CONTACTC",
    "INVITEC",
    "NOMINVITEC",
    "ORGANISATEURC",
    "ALARMEC",
    "XPROPC",
    "RESSOURCEC",
)
"""In the open event: what stays in the calendar."""

GUARDED = tuple(f"{name}{kind}" for kind in "PS" for name in ("TITRE", "TEXTE", "LIEU", "INVITE"))
"""In the PRIVATE and in the CONFIDENTIAL event."""


def marker(name: str) -> str:
    """A word found nowhere else, as servers and formats leave it."""
    return f"Zq{name.lower()}Zq"


def found(names: Iterable[str], text: str) -> list[str]:
    """Which of these markers stand in a text, lines folded or not, letters of any case."""
    flat = text.replace("\r\n ", "").replace("\r\n\t", "").lower()
    return [name for name in names if marker(name).lower() in flat]


ALL = (*SHOWN, *HIDDEN, *CLOSED, *PEOPLE, *TOLD, *KEPT, *GUARDED)


def plant(pair: Pair) -> None:
    """Both servers as they are before the first run."""
    _form(pair)
    owner = marker("PROPRIETAIRE")
    pair.wiki.add_user(owner, email=f"{marker('COURRIELCOMPTE')}@example.org")
    pair.wiki.add_entry(6, OPEN_ENTRY, _open_entry(), owner=owner, user=owner)
    pair.wiki.add_entry(6, CLOSED_ENTRY, _closed_entry(), owner=owner, user=owner, read_acl="+")
    pair.cloud.make_calendar(BOT, CALENDAR)
    pair.cloud.put(BOT, CALENDAR, OPEN_EVENT, _open_event())
    pair.cloud.put(BOT, CALENDAR, CLOSED_EVENT, _guarded_event("P", "PRIVATE"))
    pair.cloud.put(BOT, CALENDAR, SECRET_EVENT, _guarded_event("S", "CONFIDENTIAL"))


def _form(pair: Pair) -> None:
    """The agenda with fields that not everybody may read."""
    contact = line("champs_mail", "bf_mail", "Contact", length="@admins", pattern="form")
    more = [
        contact,
        line("texte", "bf_note_admin", "Note", read="@admins", write="@admins"),
        line("texte", "bf_note_membre", "Note", read="+"),
        line("texte", "bf_numero", "Portable", read=" % "),
    ]
    known = agenda_template(pair.wiki.settings.version)
    pair.wiki.add_form(6, "Agenda du réseau", "\r\n".join([known, *more]))


def _open_entry() -> dict[str, Any]:
    position = {"bf_latitude": "48.6989", "bf_longitude": "2.1875"}
    return {
        "bf_titre": f"Repas partagé du quartier, avec un titre long {marker('TITREW')}",
        "bf_date_debut_evenement": "2027-03-06T12:00:00+01:00",
        "bf_date_fin_evenement": "2027-03-06T14:00:00+01:00",
        "bf_description": f"<p>Chacun apporte {marker('TEXTEW')}.</p>",
        "bf_lieu": marker("LIEUW"),
        "bf_adresse": f"1 rue {marker('RUEW')}",
        "bf_ville": marker("VILLEW"),
        "bf_site_internet": f"https://example.org/{marker('LIENW')}",
        "bf_mail": f"{marker('COURRIELW')}@example.org",
        "bf_note_admin": marker("NOTEADMINW"),
        "bf_note_membre": marker("NOTEMEMBREW"),
        "bf_numero": marker("NUMEROW"),
        "geolocation": position,
        **position,
    }


def _closed_entry() -> dict[str, Any]:
    return {
        "bf_titre": f"Conseil du réseau {marker('TITREF')}",
        "bf_date_debut_evenement": "2027-03-07",
        "bf_date_fin_evenement": "2027-03-07",
        "bf_description": f"<p>{marker('TEXTEF')}</p>",
        "bf_lieu": marker("LIEUF"),
        "bf_mail": f"{marker('COURRIELF')}@example.org",
        "bf_note_admin": marker("NOTEADMINF"),
    }


def _open_event() -> bytes:
    return resource(
        "ouvert@autre-client",
        "DTSTART;TZID=Europe/Paris:20270310T180000",
        "DTEND;TZID=Europe/Paris:20270310T200000",
        # The tag that it gets in the wiki holds the first words alone.
        f"SUMMARY:Une rencontre ouverte à tout le voisinage et plus loin {marker('TITREC')}",
        f"DESCRIPTION:{marker('TEXTEC')}",
        f"LOCATION:{marker('LIEUC')}",
        f"COMMENT:{marker('COMMENTAIREC')}",
        f"CONTACT:{marker('CONTACTC')}",
        f"RESOURCES:{marker('RESSOURCEC')}",
        f"ORGANIZER:mailto:{marker('ORGANISATEURC')}@example.org",
        f"ATTENDEE;CN={marker('NOMINVITEC')}:mailto:{marker('INVITEC')}@example.org",
        f"X-NOTE-PERSONNELLE:{marker('XPROPC')}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{marker('ALARMEC')}",
        "TRIGGER:-PT1H",
        "END:VALARM",
    )


def _guarded_event(kind: str, visibility: str) -> bytes:
    return resource(
        f"garde-{kind}@autre-client",
        "DTSTART;TZID=Europe/Paris:20270311T180000",
        "DTEND;TZID=Europe/Paris:20270311T200000",
        f"CLASS:{visibility}",
        f"SUMMARY:Entretien {marker('TITRE' + kind)}",
        f"DESCRIPTION:{marker('TEXTE' + kind)}",
        f"LOCATION:{marker('LIEU' + kind)}",
        f"ATTENDEE:mailto:{marker('INVITE' + kind)}@example.org",
    )
