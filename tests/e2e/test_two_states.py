"""Two machines, each with a memory of its own, mirror the same form and calendar by turns: nobody
meant it, `doctor` tells, and no harm comes of it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.sandbox.wiki.request_log import RequestLine
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

PLANTS, REPAIR = "BourseAuxPlantes", "RepairCafeDOrsay"
MARIE = "MarieDupont"
NAME = f"{PLANTS}.noe.ics"


@dataclass
class Two:
    """The same two servers, seen from two machines."""

    one: Pair
    other: Pair

    @property
    def wiki(self) -> Any:
        return self.one.wiki

    def settle(self, *, full: bool = False) -> None:
        """Both run until each has seen what the other wrote: twice."""
        words = ("--full",) if full else ()
        for machine in (self.one, self.other, self.one, self.other):
            machine.sync(*words)

    def quiet(self) -> None:
        """Both run twice, the second time comparing everything, and nothing is written."""
        before = self.written()
        for words in ((), ("--full",)):
            for machine in (self.one, self.other):
                _, report = machine.sync(*words)
                assert writes(report) == []
        assert self.written() == before

    def written(self) -> tuple[Any, Any]:
        """All that both servers hold."""
        return self.one.wiki.entries(6), self.one.cloud.resources(BOT, CALENDAR)

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        """What each side shows, the entry that no calendar can hold aside."""
        entries = [
            html.unescape(entry["bf_titre"])
            for tag, entry in self.one.wiki.entries(6).items()
            if tag != "ReunionDePreparation"
        ]
        summaries = [
            line.removeprefix("SUMMARY:").replace("\\,", ",")
            for text in self.one.events().values()
            for line in text.split("\n")
            if line.startswith("SUMMARY:")
        ]
        return sorted(entries), sorted(summaries)


def writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["action"], each["side"], each["status"])
        for each in report["operations"]
        if each["action"] != "relink"
    ]


@pytest.fixture
def two(pair: Pair, tmp_path: Path) -> Two:
    """Both have run once and know each other's pairs."""
    folder = tmp_path / "autre-machine"
    folder.mkdir()
    other = replace(pair, folder=folder)
    pair.configure(deletions='"propagate"')
    other.configure()
    found = Two(pair, other)
    pair.sync()
    return found


def outsider(title: str = "Rencontre", uid: str = "x@autre-client", *more: str) -> bytes:
    return resource(
        uid,
        "DTSTART;TZID=Europe/Paris:20270110T100000",
        "DTEND;TZID=Europe/Paris:20270110T120000",
        f"SUMMARY:{title}",
        *more,
    )


def test_the_second_finds_every_pair_and_writes_nothing(two: Two) -> None:
    before = two.written()
    _, report = two.other.sync()
    assert writes(report) == []
    assert two.written() == before
    two.quiet()


def test_what_is_born_on_either_side_is_made_once(two: Two) -> None:
    two.other.sync()
    entry = two.wiki.entry(PLANTS)
    two.wiki.add_entry(6, "FeteDeLaPomme", {**entry, "bf_titre": "Fête de la pomme"}, owner=MARIE)
    two.one.cloud.put(BOT, CALENDAR, "x.ics", outsider())
    count = len(two.one.events())
    two.one.sync()
    two.settle()
    entries, summaries = two.titles()
    assert len(summaries) == count + 1
    assert (entries.count("Rencontre"), summaries.count("Rencontre")) == (1, 1)
    assert (entries.count("Fête de la pomme"), summaries.count("Fête de la pomme")) == (1, 1)
    two.quiet()


def test_each_makes_what_the_other_does_not_know_yet(two: Two) -> None:
    two.other.sync()
    for number, machine in enumerate((two.one, two.other, two.other, two.one)):
        uid = f"{number}@autre-client"
        machine.cloud.put(BOT, CALENDAR, f"{number}.ics", outsider(f"Rencontre {number}", uid))
        machine.sync()
    two.settle()
    entries, summaries = two.titles()
    assert entries == summaries
    assert [title for title in entries if title.startswith("Rencontre")] == [
        f"Rencontre {number}" for number in range(4)
    ]
    two.quiet()


def test_edits_of_both_sides_go_over_once(two: Two) -> None:
    two.other.sync()
    two.wiki.edit(PLANTS, {"bf_lieu": "Halle du marché"}, user=MARIE)
    two.one.sync()
    two.other.sync()
    two.one.rewrite(NAME, ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse aux graines"))
    two.other.sync()
    two.settle()
    assert two.wiki.entry(PLANTS)["bf_titre"] == "Bourse aux graines"
    assert "Halle du marché" in two.one.events()[NAME]
    two.quiet()


def test_edits_that_only_one_has_carried_are_no_conflict_for_the_other(two: Two) -> None:
    two.other.sync()
    two.wiki.edit(PLANTS, {"bf_lieu": "Halle du marché"}, user=MARIE)
    two.one.sync()
    two.one.rewrite(NAME, ("SUMMARY:Bourse aux plantes", "SUMMARY:Bourse aux graines"))
    _, report = two.other.sync()
    assert writes(report) == [("update", "wiki", "done")]
    assert [each for each in report["conflicts"] if each["status"] == "open"] == []
    two.settle()
    assert two.wiki.entry(PLANTS)["bf_titre"] == "Bourse aux graines"
    two.quiet()


def test_a_later_edit_that_an_old_memory_takes_for_a_conflict_is_kept(two: Two) -> None:
    """The second machine never saw the first edit arrive: for it both sides changed one field."""
    two.other.sync()
    two.wiki.edit(PLANTS, {"bf_titre": "Troc de plantes"}, user=MARIE)
    two.one.sync()
    two.one.rewrite(NAME, ("SUMMARY:Troc de plantes", "SUMMARY:Bourse aux graines"))
    two.other.sync()
    two.settle()
    _, kept = two.other.json("conflicts")
    values = [each["fields"]["title"]["cloud"] for each in kept["conflicts"] if each["fields"]]
    entries, summaries = two.titles()
    assert "Bourse aux graines" in (*values, *entries)
    assert entries == summaries
    two.quiet()


@pytest.mark.parametrize("first", ["one", "other"])
def test_a_deletion_on_either_side_is_done_once(two: Two, first: str) -> None:
    two.one.cloud.put(BOT, CALENDAR, "x.ics", outsider())
    two.one.sync()
    two.other.sync()
    two.one.cloud.delete(BOT, CALENDAR, "x.ics")
    two.wiki.remove(PLANTS)
    machine = two.one if first == "one" else two.other
    _, report = machine.sync()
    assert sorted(writes(report)) == [("delete", "cloud", "done"), ("delete", "wiki", "done")]
    two.settle()
    entries, summaries = two.titles()
    assert "Rencontre" not in (*entries, *summaries)
    assert NAME not in two.one.events()
    assert entries == summaries
    two.quiet()


def test_a_deletion_that_only_one_memory_can_tell_loses_nothing_else(two: Two) -> None:
    """The second machine never saw the event: to it the entry that the first made is the wiki's."""
    two.other.sync()
    two.one.cloud.put(BOT, CALENDAR, "x.ics", outsider())
    two.one.sync()
    two.one.cloud.delete(BOT, CALENDAR, "x.ics")
    before = len(two.one.events())
    two.other.sync()
    two.settle()
    two.settle(full=True)
    entries, summaries = two.titles()
    assert entries == summaries
    assert len(summaries) in (before, before + 1)
    two.quiet()


def test_doctor_tells_both_of_each_other(two: Two) -> None:
    two.one.cloud.put(BOT, CALENDAR, "x.ics", outsider())
    assert "other-state" not in warned(two.one)
    assert warned(two.other).get("calendar-states") == "warn"
    two.other.sync()
    two.one.cloud.put(BOT, CALENDAR, "y.ics", outsider("Autre", "y@autre-client", "CATEGORIES:x"))
    two.wiki.edit(PLANTS, {"bf_lieu": "Halle du marché"}, user=MARIE)
    two.other.sync()
    assert warned(two.one).get("calendar-states") == "warn"


def warned(machine: Pair) -> dict[str, str]:
    _, document = machine.json("doctor")
    return {each["id"]: each["status"] for each in document["checks"] if each["status"] != "ok"}


def test_requests_stay_few(two: Two) -> None:
    two.settle()
    for machine in (two.one, two.other):
        machine.cloud.requests.clear()
        machine.wiki.requests.clear()
        machine.sync()
        assert len(machine.cloud.requests) <= 2
        assert len(list[RequestLine](machine.wiki.requests)) <= 3
