"""The main job, from the commands an admin has to the bytes on both servers."""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.conftest import BOT, CALENDAR, Pair

BAD = "ReunionDePreparation"

OUTSIDER = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Un autre client//FR
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:6f1c@autre-client
DTSTAMP:20261101T080000Z
SEQUENCE:3
DTSTART;TZID=Europe/Paris:20270210T183000
DTEND;TZID=Europe/Paris:20270210T203000
SUMMARY:Réunion ouverte\\, salle du haut
LOCATION:Maison pour tous\\, 2 rue des Écoles\\, 91190 Gif-sur-Yvette
DESCRIPTION:Ordre du jour :\\n- budget\\n- vélo
CATEGORIES:Atelier,Perso
CLASS:PUBLIC
X-VENDEUR-CHOSE;X-P=1:gardé
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Rappel
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()


def codes(report: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in report["problems"]]


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    summary = report["summary"]
    return summary["created"], summary["updated"], summary["deleted"]


def test_ten_of_eleven_seeded_events_cross_and_the_bad_one_is_told(pair: Pair) -> None:
    code, report = pair.sync()
    assert code == 4
    assert counts(report) == (10, 0, 0)
    assert [(p["code"], p["entry"], p["severity"]) for p in report["problems"]] == [
        ("end-before-start", BAD, "error")
    ]
    assert len(pair.events()) == 10
    assert not [name for name in pair.events() if BAD in name]


def test_a_second_run_writes_nothing_and_asks_little(pair: Pair) -> None:
    pair.sync()
    pair.wiki.requests.clear()
    pair.cloud.requests.clear()
    code, report = pair.sync()
    assert (code, report["operations"]) == (4, [])
    assert codes(report) == ["end-before-start"]
    assert len(pair.wiki.requests) <= 3
    assert len(pair.cloud.requests) <= 2
    assert report["summary"]["requests"] == {
        "wiki": len(pair.wiki.requests),
        "cloud": len(pair.cloud.requests),
    }


def test_a_plan_foresees_the_run_and_writes_nothing(pair: Pair) -> None:
    before = len(pair.wiki.revisions("BourseAuxPlantes"))
    code, planned = pair.json("plan")
    assert code == 4
    assert CALENDAR not in pair.cloud.calendars(BOT)
    assert len(pair.wiki.revisions("BourseAuxPlantes")) == before
    _, done = pair.sync()
    shape = [(op["action"], op["side"], op["entry"], op["title"]) for op in done["operations"]]
    foreseen = planned["bindings"][0]["operations"]
    assert [(op["action"], op["side"], op["entry"], op["title"]) for op in foreseen] == shape


def test_an_all_day_event_and_its_identity(pair: Pair) -> None:
    pair.sync()
    text = pair.events()["BourseAuxPlantes.noe.ics"]
    assert "UID:BourseAuxPlantes.noe@oscartes" in text
    assert "DTSTART;VALUE=DATE:20270508" in text
    assert "DTEND;VALUE=DATE:20270509" in text
    assert f"URL:{pair.wiki.url}/?BourseAuxPlantes" in text
    assert "X-OSCARTES-ENTRY:noe:6:BourseAuxPlantes" in text
    assert "ATTENDEE" not in text
    assert "\nORGANIZER" not in text


def test_clock_changes_keep_the_local_hour(pair: Pair) -> None:
    pair.sync()
    text = pair.events()["NuitDesEtoilesEtDeLHeureDEte.noe.ics"]
    assert "DTSTART;TZID=Europe/Paris:20270327T210000" in text
    assert "DTEND;TZID=Europe/Paris:20270328T050000" in text
    assert "BEGIN:VTIMEZONE" in text


def test_an_edit_of_each_event_in_the_calendar_changes_that_field_alone(pair: Pair) -> None:
    pair.sync()
    before = pair.wiki.entries(6)
    for name in sorted(pair.events()):
        title = re.search(r"^SUMMARY:(.*)$", pair.events()[name], re.MULTILINE)
        assert title is not None
        pair.rewrite(name, (f"SUMMARY:{title[1]}", f"SUMMARY:{title[1]} (bis)"))
    code, report = pair.sync()
    assert counts(report) == (0, 10, 0), report["problems"]
    assert code == 4
    after = pair.wiki.entries(6)
    for tag, entry in after.items():
        moved = {
            key
            for key in entry.keys() | before[tag].keys()
            if entry.get(key) != before[tag].get(key)
        } - {"date_maj_fiche", "date_creation_fiche"}
        assert moved == (set() if tag == BAD else {"bf_titre"}), tag


def test_an_event_of_another_client_crosses_and_keeps_everything(pair: Pair) -> None:
    pair.sync()
    pair.cloud.put(BOT, CALENDAR, "autre.ics", OUTSIDER)
    _, report = pair.sync()
    assert counts(report) == (1, 0, 0), report
    assert "category-unknown" in codes(report)
    (tag,) = [tag for tag in pair.wiki.entries(6) if tag.startswith("ReunionOuverteSalleDuHaut")]
    entry = pair.wiki.entry(tag)
    assert entry is not None
    assert entry["bf_titre"] == "Réunion ouverte, salle du haut"
    assert entry["bf_date_debut_evenement"] == "2027-02-10T18:30:00+01:00"
    assert entry["bf_ville"] == "Gif-sur-Yvette"
    assert entry["bf_code_postal"] == "91190"
    pair.wiki.edit(tag, {"bf_titre": "Réunion déplacée"}, user="MarieDupont")
    _, report = pair.sync()
    assert counts(report) == (0, 1, 0), report
    text = pair.events()["autre.ics"]
    kept = [
        line
        for line in OUTSIDER.decode().split("\r\n")
        if line and not line.startswith(("SUMMARY", "DTSTAMP", "SEQUENCE"))
    ]
    assert [line for line in kept if line not in text.split("\n")] == []
    assert "SUMMARY:Réunion déplacée" in text
    assert pair.sync()[1]["operations"] == []


def test_a_private_event_stays_out(pair: Pair) -> None:
    pair.sync()
    before = len(pair.wiki.entries(6))
    secret = OUTSIDER.replace(b"CLASS:PUBLIC", b"CLASS:PRIVATE")
    pair.cloud.put(BOT, CALENDAR, "prive.ics", secret)
    _, report = pair.sync()
    assert report["operations"] == []
    assert len(pair.wiki.entries(6)) == before


def test_two_edits_of_one_event_are_merged(pair: Pair) -> None:
    pair.sync()
    pair.wiki.edit("BourseAuxPlantes", {"bf_lieu": "Halle du marché"}, user="MarieDupont")
    pair.rewrite("BourseAuxPlantes.noe.ics", ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse"))
    _, report = pair.sync()
    assert counts(report) == (0, 2, 0)
    entry = pair.wiki.entry("BourseAuxPlantes")
    assert entry is not None
    assert (entry["bf_titre"], entry["bf_lieu"]) == ("Bourse", "Halle du marché")
    assert "Halle du marché" in pair.events()["BourseAuxPlantes.noe.ics"]
    assert "SUMMARY:Bourse\n" in pair.events()["BourseAuxPlantes.noe.ics"]
    assert pair.sync()[1]["operations"] == []


def test_with_the_state_gone_nothing_is_written_or_doubled(pair: Pair) -> None:
    pair.sync()
    pair.cloud.put(BOT, CALENDAR, "autre.ics", OUTSIDER)
    pair.sync()
    (pair.folder / "oscartes.db").unlink()
    entries, events = pair.wiki.entries(6), pair.events()
    _, report = pair.sync()
    assert counts(report) == (0, 0, 0)
    assert report["conflicts"] == []
    assert (pair.wiki.entries(6), pair.events()) == (entries, events)


def test_a_mass_deletion_is_refused_and_the_rest_is_done(pair: Pair) -> None:
    pair.configure(deletions='"propagate"')
    pair.sync()
    for tag in sorted(pair.wiki.entries(6))[:8]:
        pair.wiki.remove(tag)
    events = pair.events()
    code, report = pair.sync()
    assert code == 5
    assert pair.events() == events
    assert "too-many-deletions" in codes(report)


def test_a_deleted_event_follows_the_policy_after_a_direct_look(pair: Pair) -> None:
    pair.configure(deletions='"propagate"')
    pair.sync()
    pair.wiki.remove("BourseAuxPlantes")
    _, report = pair.sync()
    assert counts(report) == (0, 0, 1)
    assert "BourseAuxPlantes.noe.ics" not in pair.events()
    pair.wiki.set_owner("AssembleeGeneraleDuReseau", "RobotNuage")
    pair.cloud.delete(BOT, CALENDAR, "AssembleeGeneraleDuReseau.noe.ics")
    _, report = pair.sync()
    assert counts(report) == (0, 0, 1)
    assert pair.wiki.entry("AssembleeGeneraleDuReseau") is None
    assert pair.sync()[1]["operations"] == []


def test_an_entry_closed_to_the_public_leaves_the_calendar_and_comes_back(pair: Pair) -> None:
    pair.sync()
    pair.wiki.set_acl("BourseAuxPlantes", read="+")
    _, report = pair.sync()
    assert counts(report) == (0, 0, 1)
    assert "BourseAuxPlantes.noe.ics" not in pair.events()
    pair.wiki.set_acl("BourseAuxPlantes", read="*")
    _, report = pair.sync()
    assert counts(report) == (1, 0, 0), report["problems"]
    assert "BourseAuxPlantes.noe.ics" in pair.events()
    assert pair.sync()[1]["operations"] == []


def test_a_saved_plan_is_applied_exactly_and_refused_where_it_is_stale(pair: Pair) -> None:
    pair.sync()
    pair.wiki.edit("BourseAuxPlantes", {"bf_titre": "Un"}, user="MarieDupont")
    pair.wiki.edit("ConferenceEauEtSols", {"bf_titre": "Deux"}, user="MarieDupont")
    path = str(pair.folder / "plan.json")
    pair.json("plan", "--out", path)
    pair.wiki.edit("ConferenceEauEtSols", {"bf_titre": "Trois"}, user="MarieDupont")
    code, document = pair.json("apply", path)
    report = document["bindings"][0]
    assert code == 4
    assert "stale-operation" in codes(report)
    assert "SUMMARY:Un\n" in pair.events()["BourseAuxPlantes.noe.ics"]
    assert "SUMMARY:Conf" in pair.events()["ConferenceEauEtSols.noe.ics"]
    pair.sync()
    assert "SUMMARY:Trois" in pair.events()["ConferenceEauEtSols.noe.ics"]


def test_the_calendar_is_shared_as_configured(pair: Pair) -> None:
    pair.configure(share='[{ group = "gt-outils", access = "write" }]', title='"Agenda"')
    pair.sync()
    assert any(uri.startswith(CALENDAR) for uri in pair.cloud.calendars("alice"))


def test_a_lost_answer_of_a_creation_makes_no_double(pair: Pair) -> None:
    pair.sync()
    pair.cloud.put(BOT, CALENDAR, "autre.ics", OUTSIDER)
    pair.wiki.faults.fail_next(1, cut=True, after_executing=True, method="POST")
    pair.sync()
    pair.sync()
    tags = [tag for tag in pair.wiki.entries(6) if tag.startswith("ReunionOuverte")]
    assert len(tags) == 1
    assert pair.sync()[1]["operations"] == []
