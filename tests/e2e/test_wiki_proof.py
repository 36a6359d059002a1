"""A wiki that lies, or fails, takes no event from the calendar, though all may be deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oscartes_sync.sandbox.wiki.faults import cut_short, halved, torn
from oscartes_sync.sandbox.wiki.templates import agenda_template, documents_template
from tests.e2e.conftest import PASSWORD, Pair

PLANTS, BAD, MEMBER = "BourseAuxPlantes", "ReunionDePreparation", "ClaireMorel"
JSON = "application/json"
PAGE = b"<!DOCTYPE html><html><head><title>YesWiki</title></head><body>Bonjour</body></html>"
FAILURE = b'{"exceptionMessage":"Exception: no in \\/var\\/www\\/x.php:477\\nStack trace"}'
EVERYTHING, LISTS = "", "api/forms/6/entries"


def codes(report: dict[str, Any]) -> set[str]:
    return {each["code"] for each in report["problems"]}


def writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["action"], each["side"], each["entry"])
        for each in report["operations"]
        if each["action"] != "relink" and each["status"] == "done"
    ]


def answered(body: bytes, containing: str = EVERYTHING, **more: Any) -> Callable[[Pair], None]:
    def lie(pair: Pair) -> None:
        pair.wiki.faults.answer_next(body, n=999, containing=containing, **more)

    return lie


def changed(change: Any, containing: str) -> Callable[[Pair], None]:
    def lie(pair: Pair) -> None:
        pair.wiki.faults.change_next(change, n=999, containing=containing)

    return lie


def switched(name: str) -> Callable[[Pair], None]:
    return lambda pair: setattr(pair.wiki.faults, name, True)


def half_of_the_list(pair: Pair) -> None:
    """Complete JSON, and plausible: all others are found by the look."""
    pair.wiki.faults.change_next(halved, n=9, ending=LISTS)


def wrong_key(pair: Pair) -> None:
    pair.secrets("une-autre-cle", PASSWORD)


def wrong_key_within_the_run(pair: Pair) -> None:
    """Half of a list, and a key that is a wrong one once the others are looked at."""
    pair.wiki.faults.change_next(halved, n=9, containing=LISTS)
    pair.wiki.faults.interpose(pair.wiki.settings.keys.clear, containing=LISTS, after=True)


OURS: dict[str, Any] = {"kind": JSON, "ours": True}
LIES: dict[str, tuple[Callable[[Pair], None], int, str]] = {
    "pages in place of all": (answered(PAGE), 1, "wiki-answer-unexpected"),
    "a page in place of the list": (answered(PAGE, LISTS, ours=True), 1, "wiki-answer-unexpected"),
    "a database that is down": (switched("database_down"), 1, "wiki-database-down"),
    "maintenance": (switched("maintenance"), 1, "wiki-unavailable"),
    "empty objects in place of all": (answered(b"{}", **OURS), 1, "form-unreadable"),
    "empty lists everywhere": (answered(b"{}", LISTS, **OURS), 5, "side-empty"),
    "half of the list": (half_of_the_list, 0, "absence-unsure"),
    "half of every list": (changed(halved, LISTS), 0, "absence-unsure"),
    "null in place of the list": (answered(b"null", LISTS, **OURS), 1, "wiki-answer-unexpected"),
    "half of the bytes": (changed(cut_short, LISTS), 1, "wiki-answer-unexpected"),
    "torn answers": (changed(torn, LISTS), 1, "wiki-unreachable"),
    "a failure as it were well": (answered(FAILURE, LISTS, **OURS), 1, "wiki-answer-malformed"),
    "a wrong key": (wrong_key, 1, "wiki-key-refused"),
    "a key that becomes a wrong one": (wrong_key_within_the_run, 1, "wiki-key-refused"),
    "404 for everything": (answered(PAGE, status=404), 1, "wiki-answer-unexpected"),
    "403 for everything": (answered(b"", status=403), 1, "wiki-key-refused"),
    "a captive portal": (
        answered(b"", status=302, location="http://portal.example/"),
        1,
        "wiki-answer-unexpected",
    ),
}


BY_TURNS = [(("4.4", "4.5")[turn % 2], which) for turn, which in enumerate(sorted(LIES))]
"""Each lie is told by both versions to the port (tests/contract/test_wiki_port_proof.py)."""


def settled(pair: Pair) -> dict[str, str]:
    """Both sides agree, and every deletion would be allowed."""
    pair.configure(deletions='"propagate"', max_delete='"100%"')
    pair.wiki.remove(BAD)
    assert pair.sync()[0] == 0
    return pair.events()


def nothing_goes(pair: Pair, before: dict[str, str], exit_code: int, *expected: str) -> None:
    """Neither by a plan nor by a run; each message has a remedy."""
    for command in ("plan", "sync"):
        code, document = pair.json(command)
        (report,) = document["bindings"]
        assert (code, codes(report)) == (exit_code, set(expected))
        assert all(each["message"] and each["remedy"] for each in report["problems"])
        done = {each["status"] for each in report["operations"] if each["action"] != "relink"}
        assert done <= {"skipped"}
    assert pair.events() == before


def quiet(pair: Pair, before: dict[str, str]) -> None:
    """A good run, and one that compares everything, write nothing and have nothing to say."""
    for words in ((), ("--full",)):
        code, report = pair.sync(*words)
        assert (code, writes(report), codes(report)) == (0, [], set())
    assert pair.events() == before


@pytest.mark.parametrize(("version", "which"), BY_TURNS)
def test_a_lie_takes_no_event_from_the_calendar(pair: Pair, which: str) -> None:
    before = settled(pair)
    lie, exit_code, code = LIES[which]
    keys = dict(pair.wiki.settings.keys)
    lie(pair)
    nothing_goes(pair, before, exit_code, code)
    pair.wiki.faults.clear()
    pair.wiki.settings.keys = keys
    pair.secrets(pair.keys.robot_key, PASSWORD)
    quiet(pair, before)


def test_a_list_that_lies_takes_no_event_though_an_empty_one_were_meant(pair: Pair) -> None:
    """Each entry is looked at all the same, and found there."""
    before = settled(pair)
    answered(b"{}", LISTS, **OURS)(pair)
    code, report = pair.sync("--allow-empty")
    assert (code, codes(report), writes(report)) == (0, {"absence-unsure"}, [])
    pair.wiki.faults.clear()
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.4"])
def test_hibernation_takes_no_event_from_the_calendar(pair: Pair) -> None:
    before = settled(pair)
    pair.wiki.faults.hibernate = True
    nothing_goes(pair, before, 0)
    pair.wiki.faults.clear()
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.5"])
def test_a_bot_that_may_read_nothing_takes_no_event_from_the_calendar(pair: Pair) -> None:
    """What everybody reads is mirrored; it is not asked what the bot reads."""
    before = settled(pair)
    answered(b"", "api/pages/", status=403, ours=True)(pair)
    nothing_goes(pair, before, 0)
    pair.wiki.faults.clear()
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.5"])
def test_a_wiki_that_was_closed_takes_no_event_from_the_calendar(pair: Pair) -> None:
    before = settled(pair)
    for tag in pair.wiki.entries(6):
        pair.wiki.set_acl(tag, read="+")
    nothing_goes(pair, before, 5, "side-empty")
    for tag in pair.wiki.entries(6):
        pair.wiki.set_acl(tag, read="*")
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.4"])
def test_a_wiki_that_was_closed_withdraws_its_events_once_a_person_says_so(pair: Pair) -> None:
    before = settled(pair)
    for tag in pair.wiki.entries(6):
        pair.wiki.set_acl(tag, read="+")
    _, report = pair.sync("--allow-empty")
    assert report["summary"]["deleted"] == len(before)
    for tag in pair.wiki.entries(6):
        pair.wiki.set_acl(tag, read="*")
    pair.sync()
    assert pair.events().keys() == before.keys()


def test_a_form_that_was_emptied_takes_no_event_from_the_calendar(pair: Pair) -> None:
    before = settled(pair)
    kept = pair.wiki.entries(6)
    for tag in kept:
        pair.wiki.remove(tag)
    nothing_goes(pair, before, 5, "side-empty")
    for tag, entry in kept.items():
        pair.wiki.add_entry(6, tag, entry, owner=MEMBER, user=MEMBER)
    quiet(pair, before)


@pytest.mark.parametrize(("version", "entries"), [("4.4", "kept"), ("4.5", "deleted with it")])
def test_a_form_that_was_deleted_takes_no_event_from_the_calendar(pair: Pair, entries: str) -> None:
    before = settled(pair)
    kept = pair.wiki.entries(6)
    pair.wiki.remove_form(6)
    for tag in kept if entries != "kept" else ():
        pair.wiki.remove(tag)
    nothing_goes(pair, before, 1, "form-missing")
    pair.wiki.add_form(6, "Agenda du réseau", agenda_template(pair.wiki.settings.version))
    for tag, entry in kept.items() if entries != "kept" else ():
        pair.wiki.add_entry(6, tag, entry, owner=MEMBER, user=MEMBER)
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.4"])
def test_a_form_of_the_same_number_made_for_something_else_takes_no_event(pair: Pair) -> None:
    """The old entries went with the old form, and another one has its number now."""
    before = settled(pair)
    for tag in pair.wiki.entries(6):
        pair.wiki.remove(tag)
    pair.wiki.remove_form(6)
    pair.wiki.add_form(6, "Documents", documents_template(pair.wiki.settings.version))
    pair.wiki.add_entry(6, "Guide", {"bf_titre": "Guide"}, owner=MEMBER, user=MEMBER)
    nothing_goes(pair, before, 2, "form-without-dates")


@pytest.mark.parametrize("version", ["4.4"])
def test_a_form_that_was_renamed_changes_no_event(pair: Pair) -> None:
    before = settled(pair)
    template = agenda_template(pair.wiki.settings.version)
    pair.wiki.add_form(6, "Tout autre chose", template)
    nothing_goes(pair, before, 0)
    quiet(pair, before)


@pytest.mark.parametrize("version", ["4.5"])
def test_a_form_that_lost_its_dates_changes_no_event(pair: Pair) -> None:
    before = settled(pair)
    template = agenda_template(pair.wiki.settings.version)
    undated = "\r\n".join(line for line in template.split("\r\n") if "bf_date_" not in line)
    pair.wiki.add_form(6, "Agenda du réseau", undated)
    nothing_goes(pair, before, 2, "form-without-dates")
    pair.wiki.add_form(6, "Agenda du réseau", template)
    quiet(pair, before)


def test_a_lie_does_not_hide_what_was_deleted_indeed(pair: Pair) -> None:
    """Half of the list is missing: the one that is gone goes, the others stay."""
    before = settled(pair)
    pair.wiki.remove(PLANTS)
    half_of_the_list(pair)
    _, report = pair.sync()
    assert writes(report) == [("delete", "cloud", PLANTS)]
    assert before.keys() - pair.events().keys() == {f"{PLANTS}.noe.ics"}


def test_what_is_deleted_indeed_is_deleted(pair: Pair) -> None:
    before = settled(pair)
    pair.wiki.remove(PLANTS)
    pair.wiki.faults.raw_output = "Notice: undefined"
    code, report = pair.sync()
    assert (code, writes(report)) == (0, [("delete", "cloud", PLANTS)])
    assert before.keys() - pair.events().keys() == {f"{PLANTS}.noe.ics"}
    quiet(pair, pair.events())
