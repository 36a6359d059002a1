"""The recorded agenda in the calendar, field by field, and each of its events edited there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Alarm, vUri

from tests.e2e.acceptance import by_icalendar, changed, set_to
from tests.e2e.conftest import BOT, CALENDAR, Pair

PARIS = ZoneInfo("Europe/Paris")
BAD = "ReunionDEquipeFinAvantDebutErreurDeSa"
SERIES = "PermanenceDuMardi"
TIMES = {"bf_date_debut_evenement", "bf_date_fin_evenement"}
PARTS = {"bf_lieu", "bf_adresse", "bf_code_postal", "bf_ville"}
MAP = {"bf_latitude", "bf_longitude", "geolocation"}
KINDS = {"4.4": "checkboxListeTypeDEvenement", "4.5": "bf_type_evenement"}

EXPECTED = {
    "RepairCafeDAutomne": (
        "DTSTART;TZID=Europe/Paris:20261205T140000",
        "DTEND;TZID=Europe/Paris:20261205T180000",
        "SUMMARY:Repair café d'automne 🔧",
        "LOCATION:La Ressourcerie de l'Écluse\\, 12 quai de l'Écluse\\, 34200 Sète",
        "GEO:43.402800;3.692900",
        "CATEGORIES:Atelier",
        "X-OSCARTES-ORGANIZER:La Ressourcerie de l'Écluse",
    ),
    "AssembleeGeneraleDeLaCooperative": (
        "DTSTART;VALUE=DATE:20261212",
        "DTEND;VALUE=DATE:20261213",
        "LOCATION:La Couvertoirade",
        "CATEGORIES:Réunion",
    ),
    "FestivalBruitsDeCote": (
        "DTSTART;VALUE=DATE:20270618",
        "DTEND;VALUE=DATE:20270621",
        "SUMMARY:Festival « Bruits de côté »",
        "CATEGORIES:Conférence,Fête & convivialité",
        "ATTACH;X-OSCARTES-FIELD=fichierbf_fichier:",
    ),
    "NuitDesEtoilesChangementDHeure": (
        "DTSTART;TZID=Europe/Paris:20270327T213000",
        "DTEND;TZID=Europe/Paris:20270328T053000",
        "SUMMARY:Nuit des étoiles & changement d'heure",
    ),
    "VeilleeDuPassageALHeureDHiver": (
        "DTSTART;TZID=Europe/Paris:20261024T220000",
        "DTEND;TZID=Europe/Paris:20261025T040000",
    ),
    "FormationYeswikiNiveau1": (
        (
            "ATTACH;X-OSCARTES-FIELD=bf_site_internet:"
            "https://atelierlibre.example/formation?niveau=1&session=2"
        ),
        "CATEGORIES:Atelier,Formation",
        "DESCRIPTION:Deux jours\\, avec horaires. Prérequis : aucun.\\n\\n",
    ),
    "AtelierVeloDuMercredi": ("X-OSCARTES-ORGANIZER:Vélo & Cie",),
    "EvenementPasseVideGrenier2024": ("SUMMARY:Évènement passé : vide-grenier 2024",),
    "ConferenceLEnergieBienCommun": ("SUMMARY:Conférence : l'énergie\\, bien commun ?",),
    "BourseAuxGraines": ("LOCATION:Die",),
}


def name_of(tag: str) -> str:
    return f"{tag}.noe.ics"


def test_every_field_of_the_recorded_agenda_is_in_the_calendar(recorded: Pair) -> None:
    code, report = recorded.sync()
    assert code == 4
    assert [(each["code"], each["entry"]) for each in report["problems"]] == [
        ("end-before-start", BAD)
    ]
    events = recorded.events()
    for tag, lines in EXPECTED.items():
        text = events[name_of(tag)]
        missing = [line for line in lines if f"\n{line}" not in text]
        assert missing == [], (tag, text)
        assert f"\nUID:{tag}.noe@oscartes\n" in text
        assert f"\nURL:{recorded.wiki.url}/?{tag}\n" in text
        assert f"\nX-OSCARTES-ENTRY:noe:6:{tag}\n" in text
        assert "\nATTENDEE" not in text
        assert "\nORGANIZER" not in text
    assert name_of(BAD) not in events


def test_the_recorded_weekly_series_is_one_event(recorded: Pair, version: str) -> None:
    recorded.sync()
    names = [name for name in recorded.events() if name.startswith(SERIES)]
    assert names == ([name_of(SERIES)] if version == "4.5" else [])
    if names:
        assert "\nRRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU\n" in recorded.events()[names[0]]


def retitle(event: Any) -> None:
    set_to(event, "summary", 'Un <titre> & "neuf" ; virgule, 🎉')


def move(event: Any) -> None:
    for name in ("dtstart", "dtend"):
        when = event[name].dt
        step = timedelta(hours=1) if isinstance(when, datetime) else timedelta(days=1)
        set_to(event, name, when + step)


def move_in_utc(event: Any) -> None:
    for name in ("dtstart", "dtend"):
        when = event[name].dt
        later = (
            (when + timedelta(minutes=30)).astimezone(UTC)
            if isinstance(when, datetime)
            else when + timedelta(days=2)
        )
        set_to(event, name, later)


def lengthen_by_duration(event: Any) -> None:
    length = event["dtend"].dt - event["dtstart"].dt + timedelta(days=1)
    event.pop("dtend")
    event.add("duration", length)


def swap_days_and_hours(event: Any) -> None:
    start, end = event["dtstart"].dt, event["dtend"].dt
    if isinstance(start, datetime):
        set_to(event, "dtstart", start.date())
        set_to(event, "dtend", end.date() + timedelta(days=1))
    else:
        assert isinstance(start, date)
        set_to(event, "dtstart", datetime(start.year, start.month, start.day, 9, 7, tzinfo=PARIS))
        set_to(event, "dtend", datetime(start.year, start.month, start.day, 11, tzinfo=PARIS))


def describe(event: Any) -> None:
    """As most clients do it: what stands in X-ALT-DESC is left as it was."""
    text = str(event["description"])
    set_to(event, "description", f"Nouveau texte\nligne 2\n\n{text[text.find('— Ajouté') :]}")


def describe_without_paragraph(event: Any) -> None:
    event.pop("x-alt-desc", None)
    set_to(event, "description", "Tout remplacé")


def replace_place(event: Any) -> None:
    set_to(event, "location", "Salle des fêtes, 3 rue Neuve, 91400 Orsay")


def categorise(event: Any) -> None:
    known = [str(each) for each in event["categories"].cats]
    set_to(event, "categories", [*known, "Formation", "Conférence", "Perso"])


def cancel(event: Any) -> None:
    set_to(event, "status", "CANCELLED")


def locate(event: Any) -> None:
    set_to(event, "geo", (48.7, 2.2))


def link(event: Any) -> None:
    found = event.pop("attach", [])
    held = found if isinstance(found, list) else [found]
    for each in held:
        if each.params.get("X-OSCARTES-FIELD") != "bf_site_internet":
            event.add("attach", each)
    address = vUri("https://neuf.example/?a=1&b=2")
    address.params["X-OSCARTES-FIELD"] = "bf_site_internet"
    event.add("attach", address)


EDITS: list[tuple[Callable[[Any], None], set[str]]] = [
    (retitle, {"bf_titre"}),
    (move, TIMES),
    (move_in_utc, TIMES),
    (lengthen_by_duration, {"bf_date_fin_evenement"}),
    (swap_days_and_hours, TIMES),
    (describe, {"bf_description"}),
    (describe_without_paragraph, {"bf_description"}),
    (replace_place, PARTS),
    (categorise, {"KINDS"}),
    (cancel, {"bf_description"}),
    (locate, MAP),
    (link, {"bf_site_internet"}),
]


def edit_all(pair: Pair, edit: Callable[[Any], None]) -> None:
    for name, body in sorted(pair.cloud.resources(BOT, CALENDAR).items()):
        if not name.startswith(SERIES):
            pair.cloud.put(BOT, CALENDAR, name, by_icalendar(body, edit))


@pytest.mark.parametrize(("edit", "properties"), EDITS, ids=[edit.__name__ for edit, _ in EDITS])
def test_an_edit_of_each_event_changes_that_field_alone(
    recorded: Pair, version: str, edit: Callable[[Any], None], properties: set[str]
) -> None:
    recorded.sync()
    before = recorded.wiki.entries(6)
    edit_all(recorded, edit)
    written = recorded.events()
    _, report = recorded.sync()
    assert report["summary"]["updated"] == 10, report["problems"]
    wanted = {KINDS[version] if each == "KINDS" else each for each in properties}
    for tag, moved in changed(before, recorded.wiki.entries(6)).items():
        if tag.startswith((BAD, SERIES)):
            assert moved == frozenset(), tag
        elif edit is lengthen_by_duration or edit is link:
            assert moved == wanted, tag
        else:
            assert moved
            assert moved <= wanted, tag
    assert recorded.events() == written
    recorded.wiki.requests.clear()
    recorded.cloud.requests.clear()
    assert recorded.sync()[1]["operations"] == []
    assert len(recorded.wiki.requests) <= 3
    assert len(recorded.cloud.requests) <= 2


def say_in_utc(event: Any) -> None:
    for name in ("dtstart", "dtend"):
        when = event[name].dt
        set_to(event, name, when.astimezone(UTC) if isinstance(when, datetime) else when)


def decorate(event: Any) -> None:
    """What phones add by themselves, and alarms."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Rappel")
    alarm.add("trigger", timedelta(minutes=-15))
    event.add_component(alarm)
    set_to(event, "x-apple-travel-advisory-behavior", "AUTOMATIC")
    set_to(event, "transp", "OPAQUE")
    set_to(event, "class", "PUBLIC")
    set_to(event, "priority", 5)


@pytest.mark.parametrize("edit", [say_in_utc, decorate])
def test_what_is_no_edit_of_a_field_writes_nothing(
    recorded: Pair, edit: Callable[[Any], None]
) -> None:
    recorded.sync()
    before = recorded.wiki.entries(6)
    edit_all(recorded, edit)
    written = recorded.events()
    _, report = recorded.sync()
    assert {each["action"] for each in report["operations"]} <= {"relink"}
    assert recorded.wiki.entries(6) == before
    assert recorded.events() == written


def test_a_venue_in_the_place_of_a_town_leaves_the_town(recorded: Pair) -> None:
    recorded.sync()
    recorded.rewrite(name_of("BourseAuxGraines"), ("LOCATION:Die", "LOCATION:Salle polyvalente"))
    _, report = recorded.sync()
    entry = recorded.wiki.entry("BourseAuxGraines")
    assert entry is not None
    assert (entry["bf_lieu"], entry["bf_ville"]) == ("Salle polyvalente", "Die")
    assert "place-not-split" in [each["code"] for each in report["problems"]]
    assert recorded.sync()[1]["operations"] == []
