"""What the configuration says holds, and holds anew once it says something else; what a run could
not conclude, the next one looks at again."""

from __future__ import annotations

from typing import Any

import pytest

from oscartes_sync.sandbox.wiki.templates import list_name
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

BAD, PLANTS = "ReunionDePreparation", "BourseAuxPlantes"
KINDS = {"4.4": "checkboxListeTypeDEvenement", "4.5": "bf_type_evenement"}
EVENT = resource(
    "x@autre-client",
    "DTSTART;TZID=Europe/Paris:20270110T100000",
    "DTEND;TZID=Europe/Paris:20270110T120000",
    "SUMMARY:Rencontre",
    "CATEGORIES:Atelier,Perso",
)


def codes(report: dict[str, Any]) -> list[str]:
    return [each["code"] for each in report["problems"] if each["entry"] != BAD]


def writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["action"], each["side"], each["status"])
        for each in report["operations"]
        if each["action"] != "relink"
    ]


def made(pair: Pair) -> list[str]:
    """Tags of the entries made of the other client's event."""
    return [tag for tag in pair.wiki.entries(6) if tag.startswith("Rencontre")]


def entry_of(pair: Pair, tag: str) -> dict[str, Any]:
    found = pair.wiki.entry(tag)
    assert found is not None
    return found


CREATED = [("create", "wiki", "done")]


class TestConfigurationThatChanged:
    """What was left out under another configuration is judged anew under this one."""

    def test_publish(self, pair: Pair) -> None:
        pair.configure(publish='"none"')
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        assert writes(pair.sync()[1]) == []
        pair.configure(publish='"category:atelier"')
        assert writes(pair.sync()[1]) == CREATED
        pair.configure(publish='"category:Conférence"')
        assert writes(pair.sync()[1]) == [("delete", "wiki", "done")]
        assert "x.ics" in pair.events()
        assert writes(pair.sync()[1]) == []

    def test_direction(self, pair: Pair) -> None:
        pair.configure(direction='"to-cloud"')
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        assert writes(pair.sync()[1]) == []
        pair.configure(direction='"both"')
        assert writes(pair.sync()[1]) == CREATED

    def test_direction_the_other_way(self, pair: Pair) -> None:
        pair.cloud.make_calendar(BOT, CALENDAR)
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        pair.configure(direction='"to-wiki"')
        assert writes(pair.sync()[1]) == CREATED
        pair.configure(direction='"both"')
        assert writes(pair.sync()[1]) == [("create", "cloud", "done")] * 10

    def test_where(self, pair: Pair, version: str) -> None:
        pair.configure(where=f'"{KINDS[version]}=fete"')
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        for _ in range(2):
            code, report = pair.sync()
            assert (code, codes(report), writes(report)) == (4, ["not-in-where"], [])
        pair.configure(where=f'"{KINDS[version]}=atelier"')
        _, report = pair.sync("--max-delete", "100%")
        assert ("create", "wiki", "done") in writes(report)
        assert f"{PLANTS}.noe.ics" not in pair.events()
        assert pair.wiki.entry(PLANTS) is not None

    def test_since(self, pair: Pair) -> None:
        pair.configure(since='"30d"')
        pair.sync()
        old = "VideGrenierDeLAnDernier.noe.ics"
        assert old not in pair.events()
        pair.configure(since='"9000d"')
        pair.sync()
        assert old in pair.events()
        pair.configure(since='"30d"')
        pair.sync()
        assert old in pair.events()

    def test_a_wrong_form_corrected_before_anything_was_linked(self, pair: Pair) -> None:
        path = pair.folder / "oscartes.toml"
        right = path.read_text()
        path.write_text(right.replace("form = 6", "form = 5"))
        assert pair.call("sync")[0] == 2
        path.write_text(right)
        assert pair.sync()[1]["summary"]["created"] == 10

    def test_another_form_once_something_is_linked(self, pair: Pair) -> None:
        pair.sync()
        path = pair.folder / "oscartes.toml"
        path.write_text(path.read_text().replace("form = 6", "form = 7"))
        for command in ("plan", "sync"):
            code, _, said = pair.call(command)
            assert code == 1
            assert "bindings.agenda" in said

    def test_a_category_that_the_list_learnt(self, pair: Pair, version: str) -> None:
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        assert codes(pair.sync()[1]) == ["category-unknown"]
        known = {
            "atelier": "Atelier",
            "conf": "Conférence",
            "reunion": "Réunion",
            "fete": "Fête &amp; convivialité",
            "formation": "Formation",
            "perso": "Perso",
        }
        pair.wiki.add_list(
            list_name(pair.wiki.settings.version, "TypeDEvenement"), "Type d'évènement", known
        )
        _, report = pair.sync()
        (tag,) = made(pair)
        assert entry_of(pair, tag)[KINDS[version]] == "atelier,perso"
        assert "category-unknown" not in codes(report)
        assert pair.sync()[1]["operations"] == []

    def test_a_category_that_the_list_lost_stays_in_the_calendar(self, pair: Pair) -> None:
        pair.sync()
        before = pair.events()
        kept = {"atelier": "Atelier", "fete": "Fête &amp; convivialité"}
        pair.wiki.add_list(
            list_name(pair.wiki.settings.version, "TypeDEvenement"), "Type d'évènement", kept
        )
        _, report = pair.sync()
        assert {"category-unknown", "choice-unknown"} <= set(codes(report))
        assert pair.events() == before


class TestWhatARunCouldNotConclude:
    """A calendar tells of a move once: what was not settled then is read again."""

    def test_a_linked_event_that_broke_is_told_until_it_is_mended(self, pair: Pair) -> None:
        pair.sync()
        name = "CafeCitoyenDeLYvette.noe.ics"
        whole = pair.cloud.resources(BOT, CALENDAR)[name]
        pair.rewrite(
            name,
            ("DTEND;TZID=Europe/Paris:20261210T210000", "DTEND;TZID=Europe/Paris:20261210T090000"),
        )
        pair.wiki.edit("CafeCitoyenDeLYvette", {"bf_lieu": "Ici"}, user="ClaireMorel")
        for _ in range(3):
            code, report = pair.sync()
            assert (code, codes(report), writes(report)) == (4, ["end-before-start"], [])
        pair.cloud.put(BOT, CALENDAR, name, whole)
        assert writes(pair.sync()[1]) == [("update", "cloud", "done")]
        assert "LOCATION:Ici" in pair.events()[name]

    def test_an_edit_made_while_the_other_side_was_broken_comes_through(self, pair: Pair) -> None:
        pair.sync()
        pair.wiki.edit(PLANTS, {"bf_date_fin_evenement": "2026-01-01"}, user="ClaireMorel")
        pair.sync()
        pair.rewrite(f"{PLANTS}.noe.ics", ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse"))
        for _ in range(2):
            assert writes(pair.sync()[1]) == []
        pair.wiki.edit(PLANTS, {"bf_date_fin_evenement": "2027-05-09"}, user="ClaireMorel")
        _, report = pair.sync()
        assert len(writes(report)) == 2
        assert entry_of(pair, PLANTS)["bf_titre"] == "Bourse"
        assert "DTEND;VALUE=DATE:20270510" in pair.events()[f"{PLANTS}.noe.ics"]

    def test_a_withdrawal_that_failed_is_made_up_for(self, pair: Pair) -> None:
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        pair.sync()
        pair.rewrite("x.ics", ("SUMMARY", "CLASS:PRIVATE\nSUMMARY"))
        pair.wiki.faults.hibernate = True
        assert writes(pair.sync()[1]) == [("delete", "wiki", "failed")]
        pair.wiki.faults.hibernate = False
        assert writes(pair.sync()[1]) == [("delete", "wiki", "done")]
        assert made(pair) == []
        assert "x.ics" in pair.events()

    def test_a_withdrawal_over_the_limit_waits_and_is_not_forgotten(self, pair: Pair) -> None:
        pair.configure(max_delete='"0"')
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        pair.sync()
        pair.rewrite("x.ics", ("SUMMARY", "CLASS:PRIVATE\nSUMMARY"))
        for _ in range(2):
            code, report = pair.sync()
            assert (code, writes(report)) == (5, [("delete", "wiki", "skipped")])
        assert writes(pair.sync("--max-delete", "1")[1]) == [("delete", "wiki", "done")]

    def test_an_edit_that_beats_a_deletion_survives_a_failed_creation(self, pair: Pair) -> None:
        pair.configure(deletions='"propagate"')
        pair.sync()
        pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
        pair.sync()
        (tag,) = made(pair)
        pair.wiki.remove(tag)
        pair.rewrite("x.ics", ("SUMMARY:Rencontre", "SUMMARY:Rencontre ouverte"))
        pair.wiki.faults.hibernate = True
        assert writes(pair.sync()[1]) == [("create", "wiki", "failed")]
        pair.wiki.faults.hibernate = False
        assert writes(pair.sync()[1]) == CREATED
        assert "SUMMARY:Rencontre ouverte" in pair.events()["x.ics"]

    def test_a_copy_made_private_is_left_alone_at_every_run(self, pair: Pair) -> None:
        pair.sync()
        name = f"{PLANTS}.noe.ics"
        pair.rewrite(name, ("CATEGORIES", "CLASS:PRIVATE\nCATEGORIES"))
        hidden = pair.events()[name]
        pair.wiki.edit(PLANTS, {"bf_titre": "Autre titre"}, user="ClaireMorel")
        for _ in range(3):
            _, report = pair.sync()
            assert (codes(report), writes(report)) == (["copy-hidden"], [])
            assert pair.events()[name] == hidden
        pair.rewrite(name, ("CLASS:PRIVATE\n", ""))
        assert writes(pair.sync()[1]) == [("update", "cloud", "done")]
        assert "SUMMARY:Autre titre" in pair.events()[name]

    def test_an_edit_that_slipped_in_reaches_the_calendar(self, pair: Pair) -> None:
        pair.sync()
        name = f"{PLANTS}.noe.ics"
        pair.rewrite(name, ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse"))

        def slip_in() -> None:
            pair.wiki.edit(PLANTS, {"bf_lieu": "Halle"}, user="ClaireMorel")

        pair.wiki.faults.interpose(slip_in, method="POST", containing=PLANTS)
        pair.sync()
        pair.sync()
        assert entry_of(pair, PLANTS)["bf_lieu"] == "Halle"
        assert "Halle" in pair.events()[name]
        assert pair.sync()[1]["operations"] == []


class TestDeletions:
    """Nothing goes without proof, limit and policy."""

    def test_an_emptied_side_names_its_own_remedy(self, pair: Pair) -> None:
        pair.configure(deletions='"propagate"', max_delete='"100%"')
        pair.sync()
        for tag in sorted(pair.wiki.entries(6)):
            pair.wiki.remove(tag)
        code, report = pair.sync()
        assert (code, codes(report)) == (5, ["side-empty"])
        assert "--allow-empty" in report["problems"][0]["remedy"]
        assert len(pair.events()) == 10
        assert pair.sync("--allow-empty")[1]["summary"]["deleted"] == 10

    def test_absence_in_a_calendar_that_is_not_ours_proves_nothing(self, pair: Pair) -> None:
        pair.cloud.make_calendar("alice", CALENDAR)
        pair.cloud.share("alice", CALENDAR, f"principals/users/{BOT}")
        pair.cloud.put("alice", CALENDAR, "x.ics", EVENT)
        pair.configure(deletions='"propagate"', direction='"to-wiki"')
        pair.sync()
        assert len(made(pair)) == 1
        pair.cloud.delete("alice", CALENDAR, "x.ics")
        code, report = pair.sync()
        assert (code, codes(report), writes(report)) == (4, ["absence-unsure"], [])
        assert len(made(pair)) == 1

    def test_a_calendar_we_may_not_write_is_told_once(self, pair: Pair) -> None:
        pair.cloud.make_calendar("alice", CALENDAR)
        pair.cloud.share("alice", CALENDAR, f"principals/users/{BOT}")
        pair.cloud.put("alice", CALENDAR, "x.ics", EVENT)
        for _ in range(2):
            code, report = pair.sync()
            assert code == 4
            assert codes(report).count("side-read-only") == 1
        pair.configure(direction='"to-wiki"')
        assert "side-read-only" not in codes(pair.sync()[1])

    @pytest.mark.parametrize(
        ("policy", "left", "exit_code"), [("propagate", 0, 4), ("ask", 1, 4), ("ignore", 1, 4)]
    )
    def test_the_policy_decides(self, pair: Pair, policy: str, left: int, exit_code: int) -> None:
        pair.configure(deletions=f'"{policy}"')
        pair.sync()
        pair.wiki.remove(PLANTS)
        code, report = pair.sync()
        assert code == exit_code
        assert len([name for name in pair.events() if name.startswith(PLANTS)]) == left
        assert [each["kind"] for each in report["conflicts"]] == (
            ["deletion"] if policy == "ask" else []
        )


def test_pending_changes_are_told_by_the_exit_code_beside_a_bad_entry(pair: Pair) -> None:
    assert pair.call("plan", "--exit-code")[0] == 10
    pair.sync()
    assert pair.call("plan", "--exit-code")[0] == 4


def test_the_same_inputs_give_the_same_plan_byte_for_byte(pair: Pair) -> None:
    pair.cloud.make_calendar(BOT, CALENDAR)
    pair.cloud.put(BOT, CALENDAR, "x.ics", EVENT)
    plans = []
    for _ in range(2):
        _, document = pair.json("plan")
        (found,) = document["bindings"]
        assert list(found) == ["name", "operations", "conflicts", "problems", "summary"]
        for name in ("bytes", "seconds"):
            found["summary"].pop(name)
        plans.append(found)
    assert plans[0] == plans[1]
    (operation,) = [each for each in plans[0]["operations"] if each["side"] == "wiki"]
    assert operation == {
        "action": "create",
        "side": "wiki",
        "entry": None,
        "href": f"/remote.php/dav/calendars/{BOT}/{CALENDAR}/x.ics",
        "title": "Rencontre",
        "changes": {},
        "status": "planned",
        "problem": None,
    }
