"""What stands on both servers when the run that is to be broken begins.

A scene is told in acts. After each act but the last a run is let be; the run after the last act is
the one that is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn

BOT, PASSWORD, CALENDAR, FORM = "oscartes-bot", "mot-de-passe", "agenda-reseau", 6
KEYS = NetworkKeys()

Act = Callable[[WikiStandIn, CloudStandIn], None]


@dataclass(frozen=True)
class Scene:
    """Its acts, and how the binding is configured in each.

    `gone`: texts that are on a server ("wiki", "cloud") no more once the last run is over, since
    they were withdrawn or erased on the other. `head` says what is bound. `requests_alone`: its
    run is broken at requests and nowhere else. `files`: it is about files of the cloud.
    """

    acts: tuple[Act, ...]
    bindings: tuple[str, ...]
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    head: str = f"""name = "agenda"
kind = "events"
form = {FORM}
collection = "{CALENDAR}"
"""
    requests_alone: bool = False
    files: bool = False


def configuration(scene: Scene, act: int, *, wiki: str, cloud: str) -> str:
    """The text of oscartes.toml in that act; `wiki` and `cloud` are addresses."""
    return f"""[network]
name = "Essai"
[wikis.noe]
url = "{wiki}"
user = "{KEYS.robot}"
[clouds.noe]
url = "{cloud}"
user = "{BOT}"
[[bindings]]
{scene.head}{scene.bindings[act]}
"""


def event(uid: str, *lines: str) -> bytes:
    """A resource as a member's own client writes it."""
    whole = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Un autre client//FR",
        "BEGIN:VEVENT",
        f"UID:{uid}@autre-client",
        "DTSTAMP:20261101T080000Z",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(whole).encode()


def timed(uid: str, title: str, day: str, *more: str) -> bytes:
    """Two hours on a day (``20270110``)."""
    return event(
        uid,
        f"DTSTART;TZID=Europe/Paris:{day}T183000",
        f"DTEND;TZID=Europe/Paris:{day}T203000",
        f"SUMMARY:{title}",
        *more,
    )


def put(cloud: CloudStandIn, name: str, body: bytes) -> None:
    """A member puts an event into the calendar."""
    cloud.put(BOT, CALENDAR, f"{name}.ics", body)


def rewrite(cloud: CloudStandIn, name: str, before: str, after: str) -> None:
    """A member changes an event with their own client."""
    body = cloud.resources(BOT, CALENDAR)[f"{name}.ics"].decode()
    if before not in body:
        raise LookupError(f"{name} does not hold {before}")
    put(cloud, name, body.replace(before, after, 1).encode())


def made_of(wiki: WikiStandIn, title: str, form: int = FORM) -> str:
    """The tag of the entry with this title."""
    (tag,) = (tag for tag, entry in wiki.entries(form).items() if entry.get("bf_titre") == title)
    return tag


def add_entry(wiki: WikiStandIn, tag: str, title: str, day: str, **more: object) -> None:
    """A member adds an entry of two hours on a day (``2027-01-10``)."""
    properties = {
        "bf_titre": title,
        "bf_date_debut_evenement": f"{day}T18:30:00+01:00",
        "bf_date_fin_evenement": f"{day}T20:30:00+01:00",
        "bf_description": "<p>Ouvert à tout le monde.</p>",
        **more,
    }
    wiki.add_entry(FORM, tag, properties, owner=KEYS.member, user=KEYS.member)


def add_series(wiki: WikiStandIn, tag: str, title: str, day: str) -> None:
    """A member adds an entry that returns each week, four times in all."""
    add_entry(wiki, tag, title, day)
    dates = {
        "bf_date_debut_evenement": f"{day}T18:30:00+01:00",
        "bf_date_fin_evenement": f"{day}T20:30:00+01:00",
    }
    rule = {
        "isRecurrent": "1",
        "repetition": "w",
        "step": "1",
        "nbmax": "3",
        "limitdate": "",
        "days": ["tue"],
    }
    wiki.edit(tag, {"bf_date_fin_evenement_data": rule, **dates}, user=KEYS.member)


# A run of all kinds of operations


def _linked_from_the_wiki(wiki: WikiStandIn, _cloud: CloudStandIn) -> None:
    add_entry(wiki, "RepasPartage", "Repas partagé", "2027-01-08")
    add_series(wiki, "CoursDeReparation", "Cours de réparation", "2027-03-02")


def _linked_from_the_cloud(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    for name, title in (
        ("modifie", "À modifier"),
        ("efface", "À effacer"),
        ("retire", "À retirer"),
        ("repris", "À reprendre"),
        ("cede", "À céder"),
    ):
        put(cloud, name, timed(name, title, "20270112", "CATEGORIES:Atelier"))
    wiki.set_acl("BourseAuxPlantes", read="+")


def _wiki_changes(wiki: WikiStandIn) -> None:
    place = {"bf_latitude": "48.6989", "bf_longitude": "2.1875"}
    add_entry(wiki, "ChantierDuLavoir", "Chantier", "2027-01-15", geolocation=place, **place)
    add_series(wiki, "ChoraleDuMardi", "Chorale du mardi", "2027-03-09")
    wiki.edit("CafeCitoyenDeLYvette", {"bf_lieu": "Café de la gare"}, user=KEYS.member)
    wiki.edit("AtelierReparonsEnsemble", {"bf_titre": "Réparons encore"}, user=KEYS.member)
    wiki.remove("VeilleeDeLHeureDHiver")
    wiki.set_acl("FormationCartographieLibre", read="+")
    wiki.set_acl("BourseAuxPlantes", read="*")


def _cloud_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    put(cloud, "nouveau", timed("nouveau", "Un nouveau", "20270120", "LOCATION:Salle du haut"))
    put(cloud, "journee", event("journee", "DTSTART;VALUE=DATE:20270122", "SUMMARY:Une journée"))
    put(cloud, "mardis", timed("mardis", "Des mardis", "20270126", "RRULE:FREQ=WEEKLY;COUNT=5"))
    words = "RRULE:FREQ=MONTHLY;BYDAY=2WE,-1FR;COUNT=6"
    put(cloud, "mercredis", timed("mercredis", "En paroles", "20270113", words))
    rewrite(cloud, "modifie", "SUMMARY:À modifier", "SUMMARY:Modifié")
    rewrite(cloud, "FeteDesCommunsDOrsay.noe", "SUMMARY:Fête", "SUMMARY:Grande fête")
    # Ours to delete, unlike what was handed to the member.
    for title in ("À effacer", "À retirer"):
        wiki.set_owner(made_of(wiki, title), KEYS.robot)
    cloud.delete(BOT, CALENDAR, "efface.ics")
    cloud.delete(BOT, CALENDAR, "cede.ics")
    rewrite(cloud, "retire", "SUMMARY", "CLASS:PRIVATE\r\nSUMMARY")


def _changes_on_both(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    wiki.edit("ConferenceEauEtSols", {"bf_titre": "Eau"}, user=KEYS.member)
    rewrite(cloud, "ConferenceEauEtSols.noe", "SUMMARY:Conf", "SUMMARY:Grande conf")
    wiki.edit("NuitDesEtoilesEtDeLHeureDEte", {"bf_lieu": "Plateau"}, user=KEYS.member)
    rewrite(cloud, "NuitDesEtoilesEtDeLHeureDEte.noe", "SUMMARY:Nuit", "SUMMARY:Longue nuit")
    wiki.edit("RepasPartage", {"bf_titre": "Grand repas"}, user=KEYS.member)
    rewrite(cloud, "RepasPartage.noe", "SUMMARY:Repas partagé", "SUMMARY:Grand repas")
    wiki.edit("VideGrenierDeLAnDernier", {"bf_lieu": "Place"}, user=KEYS.member)
    cloud.delete(BOT, CALENDAR, "VideGrenierDeLAnDernier.noe.ics")
    wiki.remove(made_of(wiki, "À reprendre"))
    rewrite(cloud, "repris", "SUMMARY:À reprendre", "SUMMARY:Repris")


def _all_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    _cloud_changes(wiki, cloud)
    _wiki_changes(wiki)
    _changes_on_both(wiki, cloud)


# A first run, which makes the calendar and the state


def _as_seeded(wiki: WikiStandIn, _cloud: CloudStandIn) -> None:
    wiki.remove("VideGrenierDeLAnDernier")


# A run of what not everybody may read


def _shown_to_members(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    cloud.make_calendar(BOT, CALENDAR)
    for tag in wiki.entries(FORM):
        if tag not in ("BourseAuxPlantes", "CafeCitoyenDeLYvette"):
            wiki.remove(tag)
    wiki.set_acl("CafeCitoyenDeLYvette", read="+")


def _hidden_changes(wiki: WikiStandIn, cloud: CloudStandIn) -> None:
    hidden = timed("reserve", "Réservé", "20270120", "CLASS:PRIVATE", "LOCATION:Salle du haut")
    put(cloud, "reserve", hidden)
    put(cloud, "ouvert", timed("ouvert", "Ouvert", "20270121"))
    rewrite(cloud, "BourseAuxPlantes.noe", "SUMMARY:Bourse", "SUMMARY:Grande bourse")
    wiki.edit("CafeCitoyenDeLYvette", {"bf_lieu": "Café de la gare"}, user=KEYS.member)


def _open(*others: str) -> str:
    shares = ", ".join(('{ group = "gt-outils", access = "write" }', *others))
    return f"""deletions = "propagate"
on_conflict = "wiki"
owner = "{KEYS.member}"
title = "Agenda du réseau"
color = "#2e7d32"
share = [{shares}]
"""


_HIDDEN = f"""deletions = "propagate"
private = true
read_acl = "+"
owner = "{KEYS.member}"
share = [{{ group = "gt-outils", access = "write" }}]
"""
AGENDA: Mapping[str, Scene] = {
    "all": Scene(
        (_linked_from_the_wiki, _linked_from_the_cloud, _all_changes),
        (_open(), _open(), _open('{ user = "alice", access = "read" }')),
    ),
    "first": Scene((_as_seeded,), (_open(),)),
    "hidden": Scene((_shown_to_members, _hidden_changes), (_HIDDEN, _HIDDEN)),
}
