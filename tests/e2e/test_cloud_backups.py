"""A cloud that was put back to an older time takes nothing from the wiki with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

PLANTS, NEW = "BourseAuxPlantes", "FeteDeLaPomme"
BORN_THERE = resource(
    "x@autre-client",
    "DTSTART;TZID=Europe/Paris:20270110T100000",
    "DTEND;TZID=Europe/Paris:20270110T120000",
    "SUMMARY:Rencontre",
)


def codes(report: dict[str, Any]) -> set[str]:
    return {each["code"] for each in report["problems"]}


def writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["action"], each["side"], each["entry"])
        for each in report["operations"]
        if each["action"] != "relink" and each["status"] == "done"
    ]


def restored(pair: Pair) -> None:
    """Copies of an entry and of an event that are younger than the backup."""
    pair.configure(deletions='"propagate"')
    pair.sync()
    backup = pair.cloud.snapshot()
    entry = pair.wiki.entry(PLANTS)
    assert entry is not None
    pair.wiki.add_entry(6, NEW, {**entry, "bf_titre": "Fête de la pomme"}, owner="MarieDupont")
    pair.cloud.put(BOT, CALENDAR, "x.ics", BORN_THERE)
    pair.sync()
    assert {f"{NEW}.noe.ics", "x.ics"} <= pair.events().keys()
    pair.cloud.restore_backup(backup)


def test_an_older_backup_deletes_no_entry(pair: Pair) -> None:
    restored(pair)
    before = pair.wiki.entries(6)
    for words in ((), (), ("--full",), ()):
        _, report = pair.sync(*words)
        assert writes(report) == []
        assert "calendar-went-back" in codes(report)
    assert pair.wiki.entries(6) == before
    pair.wiki.edit(PLANTS, {"bf_lieu": "Halle du marché"}, user="MarieDupont")
    assert writes(pair.sync()[1]) == [("update", "cloud", PLANTS)]


def test_what_an_older_backup_lacks_is_made_again_once_a_person_says_so(pair: Pair) -> None:
    restored(pair)
    before = pair.wiki.entries(6)
    pair.sync()
    pair.configure(deletions='"ask"')
    _, report = pair.sync()
    assert writes(report) == []
    pending = [each for each in report["conflicts"] if each["kind"] == "deletion"]
    assert len(pending) == 2
    for each in pending:
        pair.call("resolve", each["id"], "--restore")
    assert "Fête de la pomme" in pair.events()[f"{NEW}.noe.ics"]
    assert pair.wiki.entries(6) == before
    pair.configure(deletions='"propagate"')
    _, report = pair.sync()
    assert writes(report) == []
    assert "calendar-went-back" not in codes(report)


def made_anew(pair: Pair) -> None:
    """A calendar with an event of its own is deleted, and another made under its name."""
    pair.configure(deletions='"propagate"', max_delete='"100%"')
    pair.cloud.make_calendar(BOT, CALENDAR)
    pair.cloud.put(BOT, CALENDAR, "x.ics", BORN_THERE)
    pair.sync()
    assert any(tag.startswith("Rencontre") for tag in pair.wiki.entries(6))
    store = pair.cloud.core.store
    calendar = store.find(BOT, CALENDAR)
    assert calendar is not None
    store.drop(calendar)
    pair.cloud.make_calendar(BOT, CALENDAR)


def test_a_calendar_made_anew_under_the_old_name_deletes_no_entry(pair: Pair) -> None:
    made_anew(pair)
    before = pair.wiki.entries(6)
    _, report = pair.sync()
    assert writes(report) == []
    assert "side-empty" in codes(report)
    other = BORN_THERE.replace(b"Rencontre", b"Autre").replace(b"x@", b"y@")
    pair.cloud.put(BOT, CALENDAR, "y.ics", other)
    for _ in range(2):
        _, report = pair.sync()
        assert "calendar-went-back" in codes(report)
        assert "delete" not in {action for action, _, _ in writes(report)}
    assert before.keys() < pair.wiki.entries(6).keys()


def test_an_empty_calendar_is_believed_once_a_person_says_so(pair: Pair) -> None:
    made_anew(pair)
    pair.sync()
    _, report = pair.sync("--allow-empty")
    deleted = writes(report)
    assert [(action, side) for action, side, _ in deleted] == [("delete", "wiki")]
    assert deleted[0][2].startswith("Rencontre")
    assert "deletion-not-ours" in codes(report)


@pytest.mark.parametrize("typed", ["in the wiki", "in the calendar"])
def test_older_texts_of_a_backup_overwrite_no_newer_ones(pair: Pair, typed: str) -> None:
    pair.sync()
    backup = pair.cloud.snapshot()
    if typed == "in the wiki":
        pair.wiki.edit(PLANTS, {"bf_titre": "Bourse aux graines"}, user="MarieDupont")
    else:
        pair.rewrite(
            f"{PLANTS}.noe.ics", ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse aux graines")
        )
    pair.sync()
    pair.cloud.restore_backup(backup)
    for words in ((), (), ("--full",), ()):
        _, report = pair.sync(*words)
        assert writes(report) == []
        entry = pair.wiki.entry(PLANTS)
        assert entry is not None
        assert entry["bf_titre"] == "Bourse aux graines"
    (asked,) = report["conflicts"]
    assert asked["fields"]["title"]["wiki"] == "Bourse aux graines"
    code, _, _ = pair.call("resolve", asked["id"], "--keep", "wiki")
    assert code in (0, 4)
    assert "SUMMARY:Bourse aux graines" in pair.events()[f"{PLANTS}.noe.ics"]
