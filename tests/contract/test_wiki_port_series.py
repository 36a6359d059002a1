"""Series written through the Wiki port: as the wiki's own where it counts the same dates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oscartes_sync import errors
from oscartes_sync.mapping.series_writing import wanted_dates
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Seen
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event, Override, RichText, Series, Status, When
from oscartes_sync.sandbox.wiki import recurrence as wikis_own
from tests.fakes.wiki_place import BINDING, UID, Place, known, open_place

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2027, 3, 16, 18, 0, tzinfo=PARIS)
START, END, DATA = (
    "bf_date_debut_evenement",
    "bf_date_fin_evenement",
    "bf_date_fin_evenement_data",
)


@pytest.fixture
def place() -> Iterator[Place]:
    with open_place("4.5") as found:
        yield found


@pytest.fixture
def old_place() -> Iterator[Place]:
    with open_place("4.4") as found:
        yield found


def evening(rule: str = "FREQ=WEEKLY;COUNT=4", start: datetime = TUESDAY, **more: Any) -> Event:
    series = Series(rule=rule, zone="Europe/Paris", **more)
    end = start + timedelta(hours=2)
    return Event(title="Permanence", start=start, end=end, place="Orsay", series=series)


def day(rule: str, start: date) -> Event:
    return Event(title="Marché", start=start, end=start, series=Series(rule=rule))


def members(place: Place, tag: str) -> dict[str, dict[str, Any]]:
    """The parent, and after it the repetitions that name it, by their date."""
    mark = f'{{"recurrentParentId":"{tag}"}}'
    entries = place.wiki.entries(6)
    children = [key for key, entry in entries.items() if entry.get(DATA) == mark]
    ordered = sorted(children, key=lambda key: str(entries[key][START]))
    return {key: entries[key] for key in (tag, *ordered)}


def starts(place: Place, tag: str) -> list[When]:
    return [_when(entry[START]) for entry in members(place, tag).values()]


def _when(text: str) -> When:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def texts(place: Place, tag: str, name: str) -> list[str]:
    return [str(entry[name]) for entry in members(place, tag).values()]


def written_once_a_second(place: Place, tag: str) -> bool:
    times = [each["time"] for each in place.wiki.revisions(tag)]
    return len(set(times)) == len(times)


def codes(written: Written) -> list[str]:
    return [problem.code for problem in written.problems]


def made(place: Place, event: Event | None = None) -> Seen:
    """A series of the cloud's, a while after it was made in the wiki."""
    seen = place.create(event or evening()).seen
    place.clock.sleep(60)
    place.wiki.requests.clear()
    return seen


def with_dates(seen: Seen, **changes: Any) -> Series:
    """Its series with changed single dates."""
    assert seen.record.series is not None
    return replace(seen.record.series, **changes)


def own(seen: Seen, at: datetime, **changes: Any) -> Override:
    """What one date has of its own."""
    length = timedelta(hours=2)
    base = Override(at, at, at + length, seen.record.title, RichText(), seen.record.place)
    return replace(base, **changes)


def change(seen: Seen, name: str, after: object) -> FieldChange:
    return FieldChange(name, getattr(seen.record, name), after)


# Creating


COUNTED = {
    "daily": (evening("FREQ=DAILY;COUNT=5"), "d"),
    "weekly across the clock change": (evening("FREQ=WEEKLY;COUNT=6"), "w"),
    "two days a week": (evening("FREQ=WEEKLY;COUNT=6;BYDAY=TU,TH"), "w"),
    "monthly by weekday": (evening("FREQ=MONTHLY;COUNT=5;BYDAY=3TU"), "m"),
    "monthly by day": (day("FREQ=MONTHLY;COUNT=5", date(2027, 3, 9)), "m"),
    "yearly": (day("FREQ=YEARLY;COUNT=4", date(2027, 3, 9)), "y"),
    "until a day": (day("FREQ=WEEKLY;UNTIL=20270420", date(2027, 3, 9)), "w"),
}


@pytest.mark.parametrize(("event", "letter"), COUNTED.values(), ids=COUNTED)
def test_a_rule_that_the_wiki_counts_the_same_becomes_its_own(
    place: Place, event: Event, letter: str
) -> None:
    written = place.create(event)
    tag = written.seen.key
    expected = wanted_dates(event, PARIS, place.clock.now())
    assert expected is not None
    assert starts(place, tag) == [start for start, _ in expected]
    assert members(place, tag)[tag][DATA]["repetition"] == letter
    assert written.problems == ()
    assert set(texts(place, tag, "bf_titre")) == {event.title}
    assert set(texts(place, tag, "bf_description")) <= {"", "None"}
    assert written.seen.record.start == event.start
    assert not written.seen.record.frail
    assert place.another_run().snapshot(BINDING, Known()).sightings[tag].seen == written.seen
    assert written_once_a_second(place, tag)


def test_a_second_run_reads_nothing_of_a_series_and_asks_three_things(place: Place) -> None:
    made(place)
    first = known(place.port.snapshot(BINDING, Known()))
    place.clock.sleep(60)
    again = place.another_run().snapshot(BINDING, first)
    assert (dict(again.sightings), again.absent) == ({}, frozenset())
    assert place.port.traffic().requests == 3


@pytest.mark.parametrize(
    "event",
    [
        day("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=31", date(2027, 1, 31)),
        evening("FREQ=WEEKLY;COUNT=5;BYDAY=WE,TH"),
        evening(overrides=(Override(TUESDAY, TUESDAY, TUESDAY, "Autre"),)),
        evening(extra=(TUESDAY + timedelta(days=1),)),
    ],
    ids=["31st", "first week skipped", "a date of its own", "an extra date"],
)
def test_what_the_wiki_counts_otherwise_is_one_entry_in_words(place: Place, event: Event) -> None:
    written = place.create(event)
    tag = written.seen.key
    assert list(members(place, tag)) == [tag]
    entry = members(place, tag)[tag]
    assert not entry.get(DATA)
    assert "Dates : " in entry["bf_description"]
    assert written.seen.record.series is None


def test_a_wiki_without_recurrence_says_the_rule_in_words(old_place: Place) -> None:
    tag = old_place.create(evening()).seen.key
    assert list(members(old_place, tag)) == [tag]
    assert "tous les mardis" in members(old_place, tag)[tag]["bf_description"]
    assert not members(old_place, tag)[tag].get(DATA)


def test_a_rule_without_end_is_laid_out_to_the_end_of_next_year(place: Place) -> None:
    tag = place.create(evening("FREQ=WEEKLY", datetime(2026, 12, 1, 18, tzinfo=PARIS))).seen.key
    assert starts(place, tag)[-1] == datetime(2027, 12, 28, 18, tzinfo=PARIS)
    assert len(starts(place, tag)) == 57


def test_a_repetition_whose_name_is_taken_is_still_one_of_the_series(place: Place) -> None:
    tag = place.create(evening()).seen.key
    taken = f"{tag}20270323"
    place.wiki.remove(tag)
    place.clock.sleep(5)
    place.wiki.add_page(taken, "une page d'un membre")
    written = place.another_run().create(BINDING, UID, evening(), tag)
    assert written.seen.key == tag
    assert place.wiki.revisions(taken)[0]["body"] == "une page d'un membre"
    assert starts(place, tag) == [TUESDAY + timedelta(weeks=n) for n in range(4)]
    assert not written.seen.record.frail


def test_a_series_made_of_other_dates_ends_in_words_and_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = wikis_own.occurrences
    monkeypatch.setattr(wikis_own, "occurrences", lambda *rule: count(*rule)[:-1])
    written = place.create(evening())
    tag = written.seen.key
    assert codes(written) == ["series-made-otherwise"]
    assert list(members(place, tag)) == [tag]
    assert "tous les mardis" in members(place, tag)[tag]["bf_description"]
    assert not members(place, tag)[tag].get(DATA)
    assert written.seen.record.series is None
    assert written_once_a_second(place, tag)


def test_a_new_rule_made_of_other_dates_ends_in_words_and_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = made(place)
    count = wikis_own.occurrences
    monkeypatch.setattr(wikis_own, "occurrences", lambda *rule: count(*rule)[:-1])
    written = place.update(seen, series=with_dates(seen, rule="FREQ=WEEKLY;COUNT=6"))
    assert codes(written) == ["series-made-otherwise"]
    assert list(members(place, seen.key)) == [seen.key]
    assert "tous les mardis" in members(place, seen.key)[seen.key]["bf_description"]
    assert written.seen.record.series is None
    assert written_once_a_second(place, seen.key)


def test_a_kept_structure_made_of_other_dates_stays_and_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = made(place)
    count = wikis_own.occurrences
    monkeypatch.setattr(wikis_own, "occurrences", lambda *rule: count(*rule)[:-1])
    written = place.update(seen, title="Autre")
    assert codes(written) == ["series-made-otherwise"]
    assert starts(place, seen.key) == [TUESDAY + timedelta(weeks=n) for n in range(3)]
    assert written.seen.record.frail


@pytest.mark.parametrize("executed", [False, True])
def test_a_creation_cut_before_its_structure_is_finished_by_the_next(
    place: Place, executed: bool
) -> None:
    place.port.snapshot(BINDING, Known())
    place.wiki.faults.fail_next(
        8, cut=True, containing="/edit", method="POST", after_executing=executed
    )
    if not executed:
        with pytest.raises(errors.OscartesError):
            place.create(evening())
        place.wiki.faults.clear()
        place.clock.sleep(60)
        place.another_run()
    tag = place.create(evening()).seen.key
    place.wiki.faults.clear()
    assert starts(place, tag) == [TUESDAY + timedelta(weeks=n) for n in range(4)]
    made_of_it = [each for each in place.wiki.entries(6) if each.startswith("Permanence")]
    assert len(made_of_it) == 4


def test_a_series_that_was_made_is_adopted_as_it_is(place: Place) -> None:
    first = made(place)
    before = place.wiki.entries(6)
    again = place.another_run().create(BINDING, UID, evening(), None)
    assert again.seen == first
    assert place.wiki.entries(6) == before


def test_a_private_binding_keeps_its_series_in_words(place: Place) -> None:
    private = replace(BINDING, private=True, read_acl="+")
    written = place.port.create(private, UID, evening(), None)
    tag = written.seen.key
    assert list(members(place, tag)) == [tag]
    assert "tous les mardis" in members(place, tag)[tag]["bf_description"]


def owners(place: Place, tag: str) -> set[str]:
    return {place.wiki.revisions(each)[0]["owner"] for each in members(place, tag)}


def test_repetitions_get_the_owner_that_the_binding_names(place: Place) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    place.port.snapshot(binding, Known())
    written = place.port.create(binding, UID, evening(), None)
    assert (codes(written), owners(place, written.seen.key)) == ([], {place.keys.member})


def test_repetitions_of_an_interrupted_hand_over_get_their_owner_too(place: Place) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    tag = place.create(evening()).seen.key
    assert place.port.complete(binding, tag) == ()
    assert owners(place, tag) == {place.keys.member}


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("which", [0, 1, 3])
def test_a_hand_over_of_repetitions_that_is_lost_is_made_up_for(
    place: Place, which: int, executed: bool
) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    place.port.snapshot(binding, Known())

    def lose() -> None:
        place.wiki.faults.fail_next(
            cut=True, after_executing=executed, method="POST", containing="acls"
        )

    def count_down(left: int) -> None:
        if left:
            place.wiki.faults.interpose(
                lambda: count_down(left - 1), method="POST", containing="acls", after=True
            )
        else:
            lose()

    count_down(which)
    written = place.port.create(binding, UID, evening(), None)
    assert (codes(written), owners(place, written.seen.key)) == ([], {place.keys.member})


def test_an_owner_of_repetitions_that_the_wiki_does_not_know_is_told(place: Place) -> None:
    binding = replace(BINDING, owner="Personne")
    place.port.snapshot(binding, Known())
    written = place.port.create(binding, UID, evening(), None)
    assert codes(written) == ["owner-not-set"]


def test_what_hinders_the_repetitions_leaves_an_entry_that_is_linked(place: Place) -> None:
    place.port.snapshot(BINDING, Known())
    place.wiki.faults.captcha = True
    written = place.create(evening())
    assert codes(written) == ["edit-refused"]
    assert written.seen.record.series is None


# The parent edited


def test_an_edit_of_a_member_s_series_leaves_all_of_it_theirs(place: Place) -> None:
    seen = made(place)
    for tag in members(place, seen.key):
        place.wiki.set_owner(tag, place.keys.member)
    first, *_, last = members(place, seen.key)
    place.wiki.set_owner(last, "ClaireMorel")
    before = {tag: place.wiki.revisions(tag)[0]["owner"] for tag in members(place, first)}
    place.clock.sleep(60)
    written = place.update(place.seen(seen.key), title="Permanence du mardi")
    assert written.problems == ()
    assert texts(place, first, "bf_titre") == ["Permanence du mardi"] * 4
    after = {tag: place.wiki.revisions(tag)[0]["owner"] for tag in members(place, first)}
    assert after == before


def test_an_edit_of_a_series_reaches_every_date_and_keeps_the_recurrence(place: Place) -> None:
    seen = made(place)
    structure = members(place, seen.key)[seen.key][DATA]
    written = place.update(seen, title="Permanence du mardi", place="Gif")
    tag = seen.key
    assert texts(place, tag, "bf_titre") == ["Permanence du mardi"] * 4
    assert texts(place, tag, "bf_lieu") == ["Gif"] * 4
    assert starts(place, tag) == [TUESDAY + timedelta(weeks=n) for n in range(4)]
    assert members(place, tag)[tag][DATA] == structure
    assert written.problems == ()
    assert written.seen.record == replace(seen.record, title="Permanence du mardi", place="Gif")
    assert place.seen(tag) == written.seen


def test_a_new_hour_moves_every_date(place: Place) -> None:
    seen = made(place)
    start = TUESDAY + timedelta(hours=1)
    written = place.update(seen, start=start, end=start + timedelta(hours=2))
    assert starts(place, seen.key) == [start + timedelta(weeks=n) for n in range(4)]
    assert written.problems == ()


def test_a_new_rule_replaces_the_structure(place: Place) -> None:
    seen = made(place)
    written = place.update(seen, series=with_dates(seen, rule="FREQ=WEEKLY;COUNT=3;INTERVAL=2"))
    assert starts(place, seen.key) == [TUESDAY + timedelta(weeks=n) for n in (0, 2, 4)]
    assert written.problems == ()


def test_a_new_rule_that_the_wiki_counts_otherwise_is_said_in_words(place: Place) -> None:
    seen = made(place)
    rule = "FREQ=MONTHLY;COUNT=6;BYMONTHDAY=16,20"
    written = place.update(seen, series=with_dates(seen, rule=rule))
    assert list(members(place, seen.key)) == [seen.key]
    assert "Dates : " in members(place, seen.key)[seen.key]["bf_description"]
    assert written.seen.record.series is None


def test_a_series_that_became_one_event_loses_its_repetitions(place: Place) -> None:
    seen = made(place)
    written = place.update(seen, series=None)
    assert list(members(place, seen.key)) == [seen.key]
    assert written.seen.record == replace(seen.record, series=None)


def test_a_single_event_that_becomes_a_series_keeps_its_entry(place: Place) -> None:
    seen = made(place, replace(evening(), series=None))
    written = place.update(seen, series=evening().series)
    assert written.seen.key == seen.key
    assert starts(place, seen.key) == [TUESDAY + timedelta(weeks=n) for n in range(4)]


def test_a_rule_without_end_is_extended_when_its_last_year_begins(place: Place) -> None:
    event = evening("FREQ=WEEKLY", datetime(2026, 12, 1, 18, tzinfo=PARIS))
    seen = made(place, event)
    place.clock.time = datetime(2027, 1, 1, 9, 0, tzinfo=PARIS)
    written = place.another_run().update(
        BINDING,
        seen.key,
        seen.token,
        [change(seen, "series", event.series)],
        replace(seen.record, series=event.series),
    )
    assert starts(place, seen.key)[-1] == datetime(2028, 12, 26, 18, tzinfo=PARIS)
    assert len(starts(place, seen.key)) == 57 + 52
    assert written.problems == ()


def test_an_edit_of_the_parent_waits_while_a_member_has_changed_a_repetition(
    place: Place,
) -> None:
    seen = made(place)
    place.wiki.edit(f"{seen.key}20270323", {"bf_lieu": "Gif"}, user=place.keys.member)
    before = place.wiki.entries(6)
    with pytest.raises(errors.Moved, match="entry-moved"):
        place.update(seen, title="Autre")
    # A token that knows of it is of no help to who decided on an unspoilt series.
    now = place.seen(seen.key)
    assert now.record.frail
    with pytest.raises(errors.Moved, match="repetitions-moved"):
        place.update(replace(now, record=replace(now.record, frail=False)), title="Autre")
    assert place.wiki.entries(6) == before


def test_a_person_s_edit_of_a_spoilt_series_keeps_what_the_repetition_says(place: Place) -> None:
    seen = made(place)
    place.wiki.edit(f"{seen.key}20270323", {"bf_lieu": "Gif"}, user=place.keys.member)
    place.wiki.remove(f"{seen.key}20270330")
    place.clock.sleep(60)
    place.update(place.seen(seen.key), title="Autre")
    assert starts(place, seen.key) == [TUESDAY + timedelta(weeks=n) for n in (0, 1, 3)]
    assert texts(place, seen.key, "bf_lieu") == ["Orsay", "Gif", "Orsay"]
    assert members(place, seen.key)[seen.key]["bf_titre"] == "Autre"


@pytest.mark.parametrize("name", ["bf_site_internet", "bf_note_membre"])
def test_a_repetition_changed_outside_of_the_record_counts_as_changed(
    place: Place, name: str
) -> None:
    seen = made(place)
    child = f"{seen.key}20270323"
    entry = place.wiki.entry(child)
    assert entry is not None
    place.wiki.add_entry(6, child, {**entry, name: "https://ailleurs.example/"})
    assert place.seen(seen.key).record.frail


def test_a_parent_that_is_not_for_everybody_is_not_written(place: Place) -> None:
    seen = made(place)
    place.wiki.set_acl(seen.key, read="+")
    before = place.wiki.entries(6)
    with pytest.raises(errors.Forbidden, match="entry-hidden"):
        place.update(seen, title="Autre")
    assert place.wiki.entries(6) == before
    assert place.wiki.requests.counted("POST") == 0


def test_a_closed_parent_gets_no_public_repetitions_from_a_private_binding(place: Place) -> None:
    seen = made(place)
    private = replace(BINDING, private=True, read_acl="+")
    for tag in members(place, seen.key):
        place.wiki.set_acl(tag, read="+")
    shown = place.port.snapshot(private, Known()).sightings[seen.key].seen
    assert shown is not None
    before = place.wiki.entries(6)
    event = replace(shown.record, title="Autre")
    moved = [change(shown, "title", "Autre")]
    with pytest.raises(errors.Invalid, match="series-in-wiki"):
        place.port.update(private, shown.key, shown.token, moved, event)
    assert place.wiki.entries(6) == before
    place.wiki.set_acl(seen.key, read="*")  # everybody reads it: so they may its repetitions
    place.port.update(private, shown.key, shown.token, moved, event)
    assert set(texts(place, seen.key, "bf_titre")) == {"Autre"}


# Single dates


def test_one_changed_date_edits_its_repetition_alone_with_its_string(place: Place) -> None:
    seen = made(place)
    before = members(place, seen.key)
    at = TUESDAY + timedelta(weeks=1)
    later = at + timedelta(hours=1)
    own_date = own(seen, at, start=later, end=later + timedelta(hours=2), place="Gif")
    written = place.update(seen, series=with_dates(seen, overrides=(own_date,)))
    after = members(place, seen.key)
    child = f"{seen.key}20270323"
    assert {tag for tag in after if after[tag] != before[tag]} == {child}
    assert after[child][DATA] == json.dumps({"recurrentParentId": seen.key}).replace(" ", "")
    assert after[child]["bf_lieu"] == "Gif"
    assert after[child][START] == "2027-03-23T19:00:00+01:00"
    assert written.problems == ()
    assert written.seen.record.series is not None
    assert written.seen.record.series.overrides == (own_date,)
    assert place.seen(seen.key) == written.seen


def test_a_date_that_has_nothing_of_its_own_any_more_says_what_the_series_says(
    place: Place,
) -> None:
    seen = made(place)
    at = TUESDAY + timedelta(weeks=1)
    changed = place.update(seen, series=with_dates(seen, overrides=(own(seen, at, place="Gif"),)))
    place.clock.sleep(60)
    plain = place.update(changed.seen, series=with_dates(changed.seen, overrides=()))
    assert texts(place, seen.key, "bf_lieu") == ["Orsay"] * 4
    assert plain.seen.record == seen.record
    assert not plain.seen.record.frail


def test_an_excepted_date_deletes_its_repetition_alone(place: Place) -> None:
    seen = made(place)
    before = members(place, seen.key)
    at = TUESDAY + timedelta(weeks=2)
    written = place.update(seen, series=with_dates(seen, excluded=(at,)))
    after = members(place, seen.key)
    assert before.keys() - after.keys() == {f"{seen.key}20270330"}
    assert all(after[tag] == before[tag] for tag in after)
    assert written.problems == ()
    assert place.seen(seen.key) == written.seen


def test_a_cancelled_date_says_so_in_its_repetition(place: Place) -> None:
    seen = made(place)
    at = TUESDAY + timedelta(weeks=1)
    cancelled = own(seen, at, status=Status.CANCELLED)
    place.update(seen, series=with_dates(seen, overrides=(cancelled,)))
    said = texts(place, seen.key, "bf_description")
    assert ["annulé" in each for each in said] == [False, True, False, False]


@pytest.mark.parametrize("gone", [False, True])
def test_a_repetition_that_a_member_edits_meanwhile_is_left_to_the_next_run(
    place: Place, gone: bool
) -> None:
    seen = made(place)
    at, child = TUESDAY + timedelta(weeks=1), f"{seen.key}20270323"
    theirs = {"bf_titre": "À Bures", "bf_lieu": "Bures"}
    place.wiki.faults.interpose(
        lambda: place.wiki.edit(child, theirs, user=place.keys.member), containing=child
    )
    cloud = {"excluded": (at,)} if gone else {"overrides": (own(seen, at, place="Gif"),)}
    with pytest.raises(errors.Moved, match="entry-moved"):
        place.update(seen, series=with_dates(seen, **cloud))
    assert texts(place, seen.key, "bf_titre")[1] == "À Bures"
    assert texts(place, seen.key, "bf_lieu")[1] == "Bures"


def test_a_lost_answer_to_the_deletion_of_a_repetition_is_looked_for(place: Place) -> None:
    seen = made(place)
    at = TUESDAY + timedelta(weeks=1)
    place.wiki.faults.fail_next(cut=True, method="DELETE", after_executing=True)
    written = place.update(seen, series=with_dates(seen, excluded=(at,)))
    assert starts(place, seen.key) == [TUESDAY + timedelta(weeks=n) for n in (0, 2, 3)]
    assert place.seen(seen.key) == written.seen


def test_a_repetition_by_itself_is_never_written(place: Place) -> None:
    seen = made(place)
    child = replace(seen, key=f"{seen.key}20270323")
    with pytest.raises(errors.Invalid, match="series-in-wiki"):
        place.update(child, title="Autre")


def test_a_parent_without_repetitions_is_not_made_to_have_them_again(place: Place) -> None:
    seen = made(place)
    for tag in [*members(place, seen.key)][1:]:
        place.wiki.remove(tag)
    alone = place.seen(seen.key)
    assert alone.record.series is None
    with pytest.raises(errors.Invalid, match="series-in-wiki"):
        place.update(alone, title="Autre")
    assert list(members(place, seen.key)) == [seen.key]


# Deleting


def test_deleting_a_series_deletes_all_of_it(place: Place) -> None:
    seen = made(place)
    place.port.delete(BINDING, seen.key, seen.token)
    assert not [tag for tag in place.wiki.entries(6) if tag.startswith(seen.key)]
