"""Repeated events between a wiki that keeps each date as an entry and a calendar, by command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.series import SeriesWriter
from oscartes_sync.sandbox.wiki import recurrence as wikis_own
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair
from tests.fakes.wiki_place import Time

CLAIRE = "ClaireMorel"
START, END, DATA = (
    "bf_date_debut_evenement",
    "bf_date_fin_evenement",
    "bf_date_fin_evenement_data",
)
WEEKLY = "FREQ=WEEKLY;COUNT=4"
TUESDAYS = [
    "2027-03-16T18:00:00+01:00",
    "2027-03-23T18:00:00+01:00",
    "2027-03-30T18:00:00+02:00",
    "2027-04-06T18:00:00+02:00",
]
STRUCTURE = {
    "isRecurrent": "1",
    "repetition": "w",
    "step": "1",
    "nbmax": "3",
    "limitdate": "",
    "days": ["tue"],
}
BORN = "PermanenceDuMardi"
NAME = f"{BORN}.noe.ics"


@pytest.fixture
def version() -> str:
    """The line of the wiki that repeats."""
    return "4.5"


@pytest.fixture
def pair(dated: Pair) -> Pair:
    """Both sides, which have met."""
    dated.sync()
    return dated


def by_cloud(pair: Pair, rule: str = WEEKLY, *more: str, start: str = "20270316T180000") -> str:
    """A repeated event made in the calendar; the tag of its entry."""
    day, _, hour = start.partition("T")
    end = f"{day}T{int(hour[:2]) + 2:02}{hour[2:]}"
    body = resource(
        "serie@autre-client",
        f"DTSTART;TZID=Europe/Paris:{start}",
        f"DTEND;TZID=Europe/Paris:{end}",
        "SUMMARY:Permanence",
        "LOCATION:Orsay",
        f"RRULE:{rule}",
        *more,
    )
    pair.cloud.put(BOT, CALENDAR, "serie.ics", body)
    _, report = pair.sync()
    (tag,) = [each["entry"] for each in report["operations"] if each["action"] == "create"]
    return str(tag)


def by_wiki(pair: Pair, clock: Time, **more: Any) -> None:
    """A repeated event made in the wiki by a member, and mirrored."""
    when = {START: TUESDAYS[0], END: TUESDAYS[0].replace("18:", "20:")}
    entry = {"bf_titre": "Permanence", "bf_lieu": "Orsay", **when}
    pair.wiki.add_entry(6, BORN, entry, owner=CLAIRE, user=CLAIRE)
    pair.wiki.edit(BORN, {DATA: {**STRUCTURE, **more}, **when}, user=CLAIRE)
    for tag in members(pair, BORN):
        pair.wiki.set_owner(tag, pair.keys.robot)
    clock.sleep(60)
    assert pair.sync()[0] in (0, 4)
    assert NAME in pair.events()


def members(pair: Pair, tag: str) -> dict[str, dict[str, Any]]:
    """The parent, and after it the repetitions that name it, by their date."""
    mark = json.dumps({"recurrentParentId": tag}, separators=(",", ":"))
    entries = pair.wiki.entries(6)
    children = [key for key, entry in entries.items() if entry.get(DATA) == mark]
    ordered = sorted(children, key=lambda key: str(entries[key][START]))
    return {key: entries[key] for key in (tag, *ordered) if key in entries}


def texts(pair: Pair, tag: str, name: str = START) -> list[str]:
    return [str(entry[name]) for entry in members(pair, tag).values()]


def codes(report: dict[str, Any]) -> list[str]:
    return [each["code"] for each in report["problems"]]


def conflicts(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["kind"], each["status"]) for each in report["conflicts"]]


def writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["action"], each["side"], each["status"])
        for each in report["operations"]
        if each["action"] != "relink"
    ]


def quiet(pair: Pair) -> None:
    """The next runs write nothing; one that knows all costs the same whatever the series."""
    held = pair.wiki.entries(6), pair.cloud.resources(BOT, CALENDAR)
    pair.sync()
    pair.wiki.requests.clear()
    pair.cloud.requests.clear()
    _, report = pair.sync()
    assert report["operations"] == []
    assert len(pair.wiki.requests) <= 3
    assert len(pair.cloud.requests) <= 2
    _, report = pair.sync("--full")
    assert writes(report) == []
    assert (pair.wiki.entries(6), pair.cloud.resources(BOT, CALENDAR)) == held


# From the calendar


RULES: dict[str, tuple[str, Sequence[str]]] = {
    "daily": ("FREQ=DAILY;COUNT=3", ["2027-03-16", "2027-03-17", "2027-03-18"]),
    "weekly": (WEEKLY, [each[:10] for each in TUESDAYS]),
    "monthly": ("FREQ=MONTHLY;BYDAY=3TU;COUNT=3", ["2027-03-16", "2027-04-20", "2027-05-18"]),
    "yearly": ("FREQ=YEARLY;UNTIL=20290401T000000Z", ["2027-03-16", "2028-03-16", "2029-03-16"]),
}


@pytest.mark.parametrize(("rule", "expected"), RULES.values(), ids=RULES)
def test_a_rule_becomes_a_parent_and_its_repetitions(
    pair: Pair, rule: str, expected: Sequence[str]
) -> None:
    tag = by_cloud(pair, rule)
    assert [each[:10] for each in texts(pair, tag)] == expected
    assert set(texts(pair, tag, "bf_titre")) == {"Permanence"}
    assert {each[10:16] for each in texts(pair, tag)} == {"T18:00"}
    quiet(pair)


def test_a_rule_that_the_wiki_counts_otherwise_is_one_entry_in_words(pair: Pair) -> None:
    tag = by_cloud(pair, "FREQ=MONTHLY;BYDAY=-1WE;COUNT=9", start="20270331T180000")
    ((_, entry),) = members(pair, tag).items()
    assert "Dates : le dernier mercredi de chaque mois" in entry["bf_description"]
    quiet(pair)


def test_a_rule_without_end_is_laid_out_further_when_its_last_year_begins(
    pair: Pair, clock: Time
) -> None:
    tag = by_cloud(pair, "FREQ=WEEKLY", start="20261201T180000")
    before = pair.cloud.resources(BOT, CALENDAR)["serie.ics"]
    assert texts(pair, tag)[-1][:10] == "2027-12-28"
    quiet(pair)
    clock.time = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert pair.sync()[1]["operations"] == []
    clock.time = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    code, report = pair.sync()
    assert writes(report) == [("update", "wiki", "done")]
    assert "series" not in report["problems"]
    assert code in (0, 4)
    dates = texts(pair, tag)
    assert (len(dates), dates[0][:10], dates[-1][:10]) == (109, "2026-12-01", "2028-12-26")
    assert pair.cloud.resources(BOT, CALENDAR)["serie.ics"] == before
    quiet(pair)


def test_a_new_title_in_the_calendar_reaches_every_date(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    structure = members(pair, tag)[tag][DATA]
    clock.sleep(60)
    pair.rewrite("serie.ics", ("SUMMARY:Permanence", "SUMMARY:Accueil"))
    _, report = pair.sync()
    assert report["conflicts"] == []
    assert writes(report) == [("update", "wiki", "done")]
    assert texts(pair, tag, "bf_titre") == ["Accueil"] * 4
    assert texts(pair, tag) == TUESDAYS
    assert members(pair, tag)[tag][DATA] == structure
    quiet(pair)


def test_a_new_hour_in_the_calendar_moves_every_date(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.rewrite(
        "serie.ics",
        ("DTSTART;TZID=Europe/Paris:20270316T18", "DTSTART;TZID=Europe/Paris:20270316T17"),
        ("DTEND;TZID=Europe/Paris:20270316T20", "DTEND;TZID=Europe/Paris:20270316T19"),
    )
    assert pair.sync()[1]["conflicts"] == []
    assert texts(pair, tag) == [each.replace("T18", "T17") for each in TUESDAYS]
    quiet(pair)


def test_a_new_rule_in_the_calendar_makes_other_dates(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.rewrite("serie.ics", (WEEKLY, "FREQ=WEEKLY;COUNT=2"))
    assert pair.sync()[1]["conflicts"] == []
    assert texts(pair, tag) == TUESDAYS[:2]
    quiet(pair)


def test_a_series_of_the_calendar_whose_rule_the_wiki_has_not_goes_to_words_and_back(
    pair: Pair, clock: Time
) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.rewrite("serie.ics", (WEEKLY, "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=16,20"))
    pair.sync()
    ((_, entry),) = members(pair, tag).items()
    assert "Dates : " in entry["bf_description"]
    quiet(pair)
    clock.sleep(60)
    pair.rewrite("serie.ics", ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=16,20", WEEKLY))
    pair.sync()
    assert texts(pair, tag) == TUESDAYS
    assert "Dates : " not in members(pair, tag)[tag]["bf_description"]
    quiet(pair)


def test_a_series_that_the_calendar_ended_is_one_entry(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.rewrite("serie.ics", (f"RRULE:{WEEKLY}\n", ""))
    pair.sync()
    assert texts(pair, tag) == TUESDAYS[:1]
    quiet(pair)


def test_a_single_event_that_the_calendar_repeats_keeps_its_entry(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    pair.rewrite("serie.ics", (f"RRULE:{WEEKLY}\n", ""))
    pair.sync()
    clock.sleep(60)
    pair.rewrite("serie.ics", ("SUMMARY:", f"RRULE:{WEEKLY}\nSUMMARY:"))
    pair.sync()
    assert texts(pair, tag) == TUESDAYS
    quiet(pair)


def test_with_the_memory_lost_a_series_is_found_again(pair: Pair) -> None:
    tag = by_cloud(pair, "FREQ=WEEKLY", start="20261201T180000")
    held = pair.wiki.entries(6), pair.cloud.resources(BOT, CALENDAR)
    for file in pair.folder.iterdir():
        if file.name.startswith("oscartes") and file.suffix != ".toml":
            file.unlink()
    _, report = pair.sync()
    assert writes(report) == []
    assert report["conflicts"] == []
    assert (pair.wiki.entries(6), pair.cloud.resources(BOT, CALENDAR)) == held
    assert members(pair, tag).keys() <= held[0].keys()
    quiet(pair)


# What members did to single dates


def spoilt(pair: Pair, clock: Time) -> str:
    """A series of the calendar; members moved one date of it and deleted another."""
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.wiki.edit(f"{tag}20270323", {"bf_lieu": "Gif"}, user=CLAIRE)
    pair.wiki.remove(f"{tag}20270330")
    pair.sync()
    clock.sleep(60)
    return tag


def test_what_members_change_on_single_dates_reaches_the_calendar(pair: Pair, clock: Time) -> None:
    spoilt(pair, clock)
    text = pair.events()["serie.ics"]
    assert "EXDATE;TZID=Europe/Paris:20270330T180000" in text
    assert "RECURRENCE-ID;TZID=Europe/Paris:20270323T180000" in text
    assert "LOCATION:Gif" in text
    assert f"RRULE:{WEEKLY}" in text
    quiet(pair)


def renamed(pair: Pair) -> str:
    """The calendar renames the whole of a spoilt series; the conflict that is told of it."""
    pair.rewrite("serie.ics", ("SUMMARY:Permanence", "SUMMARY:Accueil"))
    before = pair.wiki.entries(6)
    for _ in range(2):
        code, report = pair.sync()
        assert code == 4
        assert conflicts(report) == [("series", "open")]
        assert "series-edited-in-cloud" in codes(report)
        assert pair.wiki.entries(6) == before
    assert list(report["conflicts"][0]["fields"]) == ["title"]
    return str(report["conflicts"][0]["id"])


def test_a_spoilt_series_is_not_edited_until_a_person_says_so(pair: Pair, clock: Time) -> None:
    tag = spoilt(pair, clock)
    asked = renamed(pair)
    code, document = pair.json("resolve", asked, "--keep", "cloud")
    assert code == 0, document
    assert texts(pair, tag) == [TUESDAYS[0], TUESDAYS[1], TUESDAYS[3]]
    assert texts(pair, tag, "bf_lieu") == ["Orsay", "Gif", "Orsay"]
    assert members(pair, tag)[tag]["bf_titre"] == "Accueil"
    assert members(pair, tag)[f"{tag}20270406"]["bf_titre"] == "Accueil"
    assert "SUMMARY:Accueil" in pair.events()["serie.ics"]
    quiet(pair)


def test_a_spoilt_series_stays_as_it_is_where_a_person_keeps_the_wiki_s(
    pair: Pair, clock: Time
) -> None:
    tag = spoilt(pair, clock)
    asked = renamed(pair)
    before = members(pair, tag)
    code, document = pair.json("resolve", asked, "--keep", "wiki")
    assert code == 0, document
    assert members(pair, tag) == before
    assert "SUMMARY:Accueil" not in pair.events()["serie.ics"]
    assert "RECURRENCE-ID;TZID=Europe/Paris:20270323T180000" in pair.events()["serie.ics"]
    quiet(pair)


def test_a_rule_that_a_person_does_not_want_gives_way_to_the_one_that_was_agreed(
    pair: Pair, clock: Time
) -> None:
    tag = by_cloud(pair, "FREQ=WEEKLY")
    clock.sleep(60)
    pair.wiki.edit(f"{tag}20270323", {"bf_lieu": "Gif"}, user=CLAIRE)
    pair.sync()
    before = pair.events()["serie.ics"]
    clock.sleep(60)
    pair.rewrite("serie.ics", ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;INTERVAL=2"))
    (conflict,) = pair.sync()[1]["conflicts"]
    assert pair.call("resolve", conflict["id"], "--keep", "wiki")[0] == 0
    after = pair.events()["serie.ics"]
    kept = ("RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "LOCATION")
    lines = [
        [line for line in body.split("\n") if line.startswith(kept)] for body in (before, after)
    ]
    assert lines[0] == lines[1]
    assert "RRULE:FREQ=WEEKLY" in after.split("\n")
    quiet(pair)


# Single dates changed in the calendar


def change_one_date(pair: Pair, name: str = NAME) -> None:
    """A member moves one date of a series with their own client."""
    text = pair.events()[name]
    uid = next(line for line in text.split("\n") if line.startswith("UID:"))
    own = "\n".join(
        (
            "BEGIN:VEVENT",
            uid,
            "DTSTAMP:20261124T100000Z",
            "RECURRENCE-ID;TZID=Europe/Paris:20270323T180000",
            "DTSTART;TZID=Europe/Paris:20270323T190000",
            "DTEND;TZID=Europe/Paris:20270323T210000",
            "SUMMARY:Permanence",
            "LOCATION:Gif",
            "END:VEVENT",
            "END:VCALENDAR",
        )
    )
    pair.rewrite(name, ("END:VCALENDAR", own))


def test_one_date_of_a_wiki_s_series_changed_in_the_calendar_edits_that_repetition(
    pair: Pair, clock: Time
) -> None:
    by_wiki(pair, clock)
    before = members(pair, BORN)
    change_one_date(pair)
    _, report = pair.sync()
    assert report["conflicts"] == []
    after = members(pair, BORN)
    child = f"{BORN}20270323"
    assert {tag for tag in after if after[tag] != before[tag]} == {child}
    assert (after[child][START], after[child]["bf_lieu"]) == ("2027-03-23T19:00:00+01:00", "Gif")
    assert after[child][DATA] == f'{{"recurrentParentId":"{BORN}"}}'
    quiet(pair)


def except_one_date(pair: Pair, name: str = NAME) -> None:
    """A member deletes one date of a series with their own client."""
    gone = "EXDATE;TZID=Europe/Paris:20270330T180000"
    pair.rewrite(name, ("RRULE:FREQ=WEEKLY", f"{gone}\nRRULE:FREQ=WEEKLY"))


def test_an_excepted_date_deletes_its_repetition_where_deletions_propagate(
    pair: Pair, clock: Time
) -> None:
    pair.configure(deletions='"propagate"')
    by_wiki(pair, clock)
    before = members(pair, BORN)
    except_one_date(pair)
    _, report = pair.sync()
    assert report["conflicts"] == []
    after = members(pair, BORN)
    assert before.keys() - after.keys() == {f"{BORN}20270330"}
    assert all(after[tag] == before[tag] for tag in after)
    quiet(pair)


def test_an_excepted_date_is_nobody_s_business_where_deletions_are_ignored(
    pair: Pair, clock: Time
) -> None:
    pair.configure(deletions='"ignore"')
    by_wiki(pair, clock)
    before = members(pair, BORN)
    except_one_date(pair)
    code, report = pair.sync()
    assert report["conflicts"] == []
    assert code == 4  # the entry that no calendar can hold
    assert members(pair, BORN) == before
    assert "EXDATE" in pair.events()[NAME]
    quiet(pair)


@pytest.mark.parametrize(("answer", "left"), [("--delete", 3), ("--restore", 4)])
def test_an_excepted_date_waits_for_a_person_where_deletions_ask(
    pair: Pair, clock: Time, answer: str, left: int
) -> None:
    pair.configure(deletions='"ask"')
    by_wiki(pair, clock)
    before = members(pair, BORN)
    except_one_date(pair)
    for _ in range(2):
        code, report = pair.sync()
        assert (code, conflicts(report)) == (4, [("deletion", "open")])
        assert members(pair, BORN) == before
    code, document = pair.json("resolve", report["conflicts"][0]["id"], answer)
    assert code == 0, document
    assert len(members(pair, BORN)) == left
    assert ("EXDATE" in pair.events()[NAME]) is (answer == "--delete")
    quiet(pair)


@pytest.mark.parametrize("deletions", ["ask", "ignore"])
def test_an_edit_of_the_whole_does_not_take_an_excepted_date_with_it(
    pair: Pair, clock: Time, deletions: str
) -> None:
    pair.configure(deletions=f'"{deletions}"')
    by_wiki(pair, clock)
    except_one_date(pair)
    for title in ("Accueil", "Permanence"):
        before = pair.events()[NAME]
        old = "Permanence" if title == "Accueil" else "Accueil"
        clock.sleep(60)
        pair.rewrite(NAME, (f"SUMMARY:{old}", f"SUMMARY:{title}"))
        for _ in range(2):
            _, report = pair.sync()
            assert conflicts(report) == [("deletion", "open")] * (deletions == "ask")
            assert texts(pair, BORN, "bf_titre") == [title] * 4
            assert texts(pair, BORN) == TUESDAYS
        assert pair.events()[NAME] == before.replace(f"SUMMARY:{old}", f"SUMMARY:{title}")
    if deletions == "ask":
        asked = report["conflicts"][0]["id"]
        assert pair.json("resolve", asked, "--delete")[0] == 0
        assert texts(pair, BORN) == [each for each in TUESDAYS if "03-30" not in each]
        quiet(pair)


def test_a_rule_that_the_wiki_has_not_waits_for_a_person_where_the_series_is_the_wiki_s(
    pair: Pair, clock: Time
) -> None:
    by_wiki(pair, clock)
    before = members(pair, BORN)
    text = pair.events()[NAME]
    rule = next(line for line in text.split("\n") if line.startswith("RRULE:FREQ=WEEKLY"))
    pair.rewrite(NAME, (rule, "RRULE:FREQ=MONTHLY;COUNT=4;BYMONTHDAY=16,20"))
    _, report = pair.sync()
    assert conflicts(report) == [("series", "open")]
    assert members(pair, BORN) == before
    pair.json("resolve", report["conflicts"][0]["id"], "--keep", "wiki")
    assert rule in pair.events()[NAME]
    assert members(pair, BORN) == before
    quiet(pair)


def test_one_date_changed_on_each_side_is_kept_on_both(pair: Pair, clock: Time) -> None:
    by_wiki(pair, clock)
    pair.wiki.edit(f"{BORN}20270330", {"bf_lieu": "Bures"}, user=CLAIRE)
    change_one_date(pair)
    _, report = pair.sync()
    assert report["conflicts"] == []
    assert texts(pair, BORN, "bf_lieu") == ["Orsay", "Gif", "Bures", "Orsay"]
    text = pair.events()[NAME]
    assert text.count("RECURRENCE-ID") == 2
    assert "LOCATION:Bures" in text
    quiet(pair)


@pytest.mark.parametrize(("kept", "place"), [("cloud", "Gif"), ("wiki", "Bures")])
def test_one_date_changed_on_both_sides_waits_for_a_person(
    pair: Pair, clock: Time, kept: str, place: str
) -> None:
    pair.configure(on_conflict='"ask"')
    by_wiki(pair, clock)
    pair.wiki.edit(f"{BORN}20270323", {"bf_lieu": "Bures"}, user=CLAIRE)
    change_one_date(pair)
    for _ in range(2):
        _, report = pair.sync()
        assert conflicts(report) == [("field", "open")]
        assert list(report["conflicts"][0]["fields"]) == ["series"]
        assert texts(pair, BORN, "bf_lieu")[1] == "Bures"
        assert "LOCATION:Gif" in pair.events()[NAME]
    code, document = pair.json("resolve", report["conflicts"][0]["id"], "--keep", kept)
    assert code == 0, document
    assert texts(pair, BORN, "bf_lieu") == ["Orsay", place, "Orsay", "Orsay"]
    assert f"LOCATION:{place}" in pair.events()[NAME]
    quiet(pair)


def test_a_date_edited_in_the_wiki_outlives_its_deletion_in_the_calendar(
    pair: Pair, clock: Time
) -> None:
    pair.configure(deletions='"propagate"')
    by_wiki(pair, clock)
    pair.wiki.edit(f"{BORN}20270330", {"bf_lieu": "Bures"}, user=CLAIRE)
    except_one_date(pair)
    _, report = pair.sync()
    assert "edit-beats-delete" in codes(report)
    assert texts(pair, BORN, "bf_lieu") == ["Orsay", "Orsay", "Bures", "Orsay"]
    assert "EXDATE" not in pair.events()[NAME]
    assert "LOCATION:Bures" in pair.events()[NAME]
    quiet(pair)


def test_a_repetition_that_is_not_ours_to_delete_stays_and_names_its_owner(
    pair: Pair, clock: Time
) -> None:
    pair.configure(deletions='"propagate"')
    by_wiki(pair, clock)
    pair.wiki.set_owner(f"{BORN}20270330", CLAIRE)
    before = members(pair, BORN)
    except_one_date(pair)
    for _ in range(2):
        code, report = pair.sync()
        assert code == 4
        assert CLAIRE in str(report["problems"])
        assert members(pair, BORN) == before
        assert "EXDATE" in pair.events()[NAME]


def test_the_first_date_changed_alone_stays_in_the_calendar_and_is_told(
    pair: Pair, clock: Time
) -> None:
    by_wiki(pair, clock)
    before = members(pair, BORN)
    change_one_date(pair)
    pair.rewrite(
        NAME,
        ("RECURRENCE-ID;TZID=Europe/Paris:20270323", "RECURRENCE-ID;TZID=Europe/Paris:20270316"),
        ("DTSTART;TZID=Europe/Paris:20270323T19", "DTSTART;TZID=Europe/Paris:20270316T19"),
        ("DTEND;TZID=Europe/Paris:20270323T21", "DTEND;TZID=Europe/Paris:20270316T21"),
    )
    _, report = pair.sync()
    assert "first-date-stays" in codes(report)
    assert members(pair, BORN) == before
    assert "LOCATION:Gif" in pair.events()[NAME]
    quiet(pair)


def test_a_calendar_that_is_only_written_leaves_its_single_dates_to_itself(
    pair: Pair, clock: Time
) -> None:
    pair.configure(direction='"to-cloud"')
    by_wiki(pair, clock)
    before = members(pair, BORN)
    change_one_date(pair)
    except_one_date(pair)
    _, report = pair.sync()
    assert "left-on-cloud" in codes(report)
    assert members(pair, BORN) == before
    assert "LOCATION:Gif" in pair.events()[NAME]


# The whole series changed in the wiki


def test_a_recurrence_that_a_member_changes_reaches_the_calendar(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.wiki.edit(tag, {DATA: {**STRUCTURE, "nbmax": "5"}}, user=CLAIRE)
    _, report = pair.sync()
    assert report["conflicts"] == []
    assert "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TU" in pair.events()["serie.ics"]
    assert len(texts(pair, tag)) == 6
    quiet(pair)


def test_a_recurrence_that_a_member_takes_away_leaves_one_event(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    clock.sleep(60)
    pair.wiki.edit(tag, {DATA: ""}, user=CLAIRE)
    assert list(members(pair, tag)) == [tag]
    _, report = pair.sync()
    assert report["conflicts"] == []
    assert "RRULE:FREQ" not in pair.events()["serie.ics"].partition("BEGIN:VEVENT")[2]
    assert list(members(pair, tag)) == [tag]
    quiet(pair)


def test_a_spoilt_series_without_end_asks_before_it_is_laid_out_further(
    pair: Pair, clock: Time
) -> None:
    tag = by_cloud(pair, "FREQ=WEEKLY", start="20261201T180000")
    clock.sleep(60)
    pair.wiki.edit(f"{tag}20261208", {"bf_lieu": "Gif"}, user=CLAIRE)
    pair.sync()
    before = members(pair, tag)
    clock.time = datetime(2027, 1, 2, 12, 0, tzinfo=UTC)
    _, report = pair.sync()
    assert conflicts(report) == [("series", "open")]
    assert members(pair, tag) == before
    code, document = pair.json("resolve", report["conflicts"][0]["id"], "--keep", "cloud")
    assert code == 0, document
    assert texts(pair, tag)[-1][:10] == "2028-12-26"
    assert texts(pair, tag, "bf_lieu")[:3] == ["Orsay", "Gif", "Orsay"]
    quiet(pair)


# Closed series


def test_a_closed_parent_is_not_written_whatever_the_calendar_says(pair: Pair, clock: Time) -> None:
    by_wiki(pair, clock)
    pair.wiki.set_acl(BORN, read="+")
    before = members(pair, BORN)
    pair.rewrite(NAME, ("SUMMARY:Permanence", "SUMMARY:Accueil"))
    pair.sync()
    pair.sync()
    assert members(pair, BORN) == before


def test_a_closed_series_of_a_private_binding_never_gets_public_repetitions(
    dated: Pair, clock: Time
) -> None:
    dated.configure(private="true", read_acl='"+"', share="[]")
    dated.sync()
    by_wiki(dated, clock)
    for tag in members(dated, BORN):
        dated.wiki.set_acl(tag, read="+")
    before = members(dated, BORN)
    dated.rewrite(NAME, ("SUMMARY:Permanence", "SUMMARY:Accueil"))
    _, report = dated.sync()
    assert conflicts(report) == [("series", "open")]
    asked = report["conflicts"][0]["id"]
    code, document = dated.json("resolve", asked, "--keep", "cloud")
    assert code == 4
    assert codes(document["bindings"][0]) == ["series-in-wiki"]
    assert members(dated, BORN) == before
    _, report = dated.sync()
    code, _ = dated.json("resolve", report["conflicts"][0]["id"], "--keep", "wiki")
    assert code == 0
    assert "SUMMARY:Permanence" in dated.events()[NAME]
    assert members(dated, BORN) == before
    quiet(dated)


# What goes wrong


def test_a_series_that_the_wiki_makes_of_other_dates_stays_in_words_until_it_changes(
    pair: Pair, clock: Time
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        count = wikis_own.occurrences
        patch.setattr(wikis_own, "occurrences", lambda *rule: count(*rule)[:-1])
        tag = by_cloud(pair)
        assert "Dates : tous les mardis" in members(pair, tag)[tag]["bf_description"]
        quiet(pair)
        pair.wiki.edit(tag, {"bf_lieu": "Gif"}, user=CLAIRE)
        clock.time = datetime(2027, 3, 24, 12, 0, tzinfo=UTC)  # two dates are over by now
        _, report = pair.sync()
        assert codes(report).count("series-made-otherwise") == 1
        assert texts(pair, tag) == TUESDAYS[2:3]
        assert "LOCATION:Gif" in pair.events()["serie.ics"]
        quiet(pair)
        revisions = len(pair.wiki.revisions(tag))
    pair.sync()
    assert len(pair.wiki.revisions(tag)) == revisions
    clock.sleep(60)
    pair.rewrite("serie.ics", (WEEKLY, "FREQ=WEEKLY;COUNT=5"))
    _, report = pair.sync()
    assert "series-made-otherwise" not in codes(report)
    assert texts(pair, tag)[:4] == TUESDAYS
    assert len(texts(pair, tag)) == 5
    _, report = pair.sync()
    assert "series-made-otherwise" not in codes(report)
    quiet(pair)


@pytest.mark.parametrize("executed", [False, True])
def test_a_creation_that_was_interrupted_is_finished_by_the_next_run(
    pair: Pair, clock: Time, executed: bool
) -> None:
    pair.wiki.faults.fail_next(
        9, cut=True, method="POST", containing="/edit", after_executing=executed
    )
    lines = ("DTSTART;TZID=Europe/Paris:20270316T180000", "SUMMARY:Permanence", f"RRULE:{WEEKLY}")
    pair.cloud.put(BOT, CALENDAR, "serie.ics", resource("serie@autre-client", *lines))
    pair.sync()
    pair.wiki.faults.clear()
    clock.sleep(60)
    pair.sync()
    (parent,) = [
        tag
        for tag, entry in pair.wiki.entries(6).items()
        if entry["bf_titre"] == "Permanence" and isinstance(entry.get(DATA), dict)
    ]
    assert texts(pair, parent) == TUESDAYS
    assert len([e for e in pair.wiki.entries(6).values() if e["bf_titre"] == "Permanence"]) == 4
    quiet(pair)


# Undone


def last_run(pair: Pair) -> str:
    """The name of the last run that wrote something."""
    _, document = pair.json("history")
    return str(max(each["run"] for each in document["runs"] if each["operations"]))


def test_undoing_the_creation_of_a_series_takes_all_its_dates_away(pair: Pair) -> None:
    before = pair.wiki.entries(6)
    by_cloud(pair)
    resources = pair.cloud.resources(BOT, CALENDAR)
    code, document = pair.json("undo", last_run(pair))
    assert code == 0, document
    assert pair.wiki.entries(6) == before
    assert pair.cloud.resources(BOT, CALENDAR) == resources
    quiet(pair)


def test_undoing_the_edit_of_a_series_puts_every_date_back(pair: Pair, clock: Time) -> None:
    tag = by_cloud(pair)
    structure = members(pair, tag)[tag][DATA]
    clock.sleep(60)
    pair.rewrite("serie.ics", ("SUMMARY:Permanence", "SUMMARY:Accueil"))
    pair.sync()
    clock.sleep(60)
    code, document = pair.json("undo", last_run(pair))
    assert code == 0, document
    assert texts(pair, tag, "bf_titre") == ["Permanence"] * 4
    assert texts(pair, tag) == TUESDAYS
    assert members(pair, tag)[tag][DATA] == structure
    assert "SUMMARY:Accueil" in pair.events()["serie.ics"]


def test_undoing_a_decision_on_a_spoilt_series_brings_its_dates_back(
    pair: Pair, clock: Time
) -> None:
    tag = spoilt(pair, clock)
    before = [(texts(pair, tag, name)) for name in (START, "bf_titre", "bf_lieu")]
    pair.json("resolve", renamed(pair), "--keep", "cloud")
    clock.sleep(60)
    code, document = pair.json("undo", last_run(pair))
    assert code == 0, document
    assert [(texts(pair, tag, name)) for name in (START, "bf_titre", "bf_lieu")] == before


def test_undoing_the_deletion_of_one_date_brings_that_repetition_back(
    pair: Pair, clock: Time
) -> None:
    pair.configure(deletions='"propagate"')
    by_wiki(pair, clock)
    before = members(pair, BORN)
    except_one_date(pair)
    pair.sync()
    clock.sleep(60)
    code, document = pair.json("undo", last_run(pair))
    assert code == 0, document
    after = members(pair, BORN)
    assert after.keys() == before.keys()
    child = f"{BORN}20270330"
    dated = {"date_maj_fiche", "date_creation_fiche"}
    assert {key: after[child][key] for key in before[child].keys() - dated} == {
        key: before[child][key] for key in before[child].keys() - dated
    }
    pair.sync()
    assert members(pair, BORN).keys() == before.keys()


def test_undoing_the_edit_of_one_date_puts_that_repetition_back(pair: Pair, clock: Time) -> None:
    by_wiki(pair, clock)
    before = members(pair, BORN)
    change_one_date(pair)
    pair.sync()
    clock.sleep(60)
    code, document = pair.json("undo", last_run(pair))
    assert code == 0, document
    for name in (START, END, "bf_lieu", DATA):
        assert texts(pair, BORN, name) == [str(entry[name]) for entry in before.values()]
    pair.sync()
    assert texts(pair, BORN, "bf_lieu") == ["Orsay"] * 4


# Interrupted


@pytest.mark.parametrize("cut", [KeyboardInterrupt(), errors.Unreachable("wiki-unreachable")])
def test_dates_that_were_not_brought_back_yet_are_no_edits_of_members(
    pair: Pair, clock: Time, monkeypatch: pytest.MonkeyPatch, cut: BaseException
) -> None:
    tag = spoilt(pair, clock)
    asked = renamed(pair)

    def gone(*_: object) -> None:
        raise cut

    with monkeypatch.context() as patched:
        patched.setattr(SeriesWriter, "_edit_date", gone)
        pair.call("resolve", asked, "--keep", "cloud")
    clock.sleep(60)
    assert "Gif" not in texts(pair, tag, "bf_lieu")
    for _ in range(2):
        _, report = pair.sync()
        assert "Gif" in pair.events()["serie.ics"]
        clock.sleep(60)
    (conflict,) = report["conflicts"]
    assert pair.call("resolve", conflict["id"], "--keep", "cloud")[0] in (0, 4)
    assert "Gif" in texts(pair, tag, "bf_lieu")
    assert "Gif" in pair.events()["serie.ics"]
