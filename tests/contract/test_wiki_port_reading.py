"""Reading through the Wiki port, on the stand-in wiki, as both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki import listing as listing_module
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Presence, Standing
from tests.fakes.wiki_place import BINDING, Place, known, open_place


@pytest.fixture(params=["4.4", "4.5"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with open_place(request.param) as found:
        yield found


@pytest.fixture
def scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few things are many here, so that dates are scanned."""
    monkeypatch.setattr(listing_module, "FEW", 0)


def test_the_whole_agenda_is_seen_and_the_broken_one_told(place: Place) -> None:
    snapshot = place.port.snapshot(BINDING, Known())
    broken = [s for s in snapshot.sightings.values() if s.standing is Standing.BROKEN]
    assert len(snapshot.sightings) == 11
    assert [problem.code for s in broken for problem in s.problems] == ["end-before-start"]
    assert "series" in snapshot.says
    assert snapshot.trusted
    assert not snapshot.empty


def test_a_second_run_reads_nothing_and_asks_three_things(place: Place) -> None:
    first = known(place.port.snapshot(BINDING, Known()))
    place.clock.sleep(60)
    again = place.another_run().snapshot(BINDING, first)
    assert (dict(again.sightings), again.absent) == ({}, frozenset())
    assert again.unmoved == first.tokens.keys()
    assert place.port.traffic().requests == 3
    place.port.snapshot(replace(BINDING, name="other"), first)
    assert place.port.traffic().requests == 5


def test_records_are_what_anybody_reads(place: Place) -> None:
    place.wiki.set_acl("BourseAuxPlantes", read="+")
    assert "BourseAuxPlantes" not in place.port.snapshot(BINDING, Known()).sightings
    lines = [line for line in place.wiki.requests if "entries" in line.target]
    assert {line.user for line in lines} == {""}


@pytest.mark.usefixtures("scanning")
def test_scanning_reads_what_moved_by_its_tag(place: Place) -> None:
    first = known(place.port.snapshot(BINDING, Known()))
    place.clock.sleep(60)
    place.wiki.edit("BourseAuxPlantes", {"bf_lieu": "Halle"}, user=place.keys.member)
    place.wiki.remove("ConferenceEauEtSols")
    place.clock.sleep(60)
    run = place.another_run()
    again = run.snapshot(BINDING, first)
    assert list(again.sightings) == ["BourseAuxPlantes"]
    assert again.absent == {"ConferenceEauEtSols"}
    assert len(again.unmoved) == 9
    assert run.traffic().requests == 4


@pytest.mark.usefixtures("scanning")
def test_two_edits_within_one_second_are_both_seen(place: Place) -> None:
    place.wiki.edit("BourseAuxPlantes", {"bf_lieu": "Halle"}, user=place.keys.member)
    first = known(place.port.snapshot(BINDING, Known()))
    place.wiki.edit("BourseAuxPlantes", {"bf_lieu": "Parc"}, user=place.keys.member)
    place.clock.sleep(60)
    second = place.another_run().snapshot(BINDING, first)
    places = [s.record.place for s in second.sightings.values() if s.record]
    assert [each.split(",")[0] for each in places] == ["Parc"]
    third = known(second, first)
    settled = place.another_run().snapshot(BINDING, third)
    assert (dict(settled.sightings), place.port.traffic().requests) == ({}, 3)
    assert json.loads(settled.cursor)["settled"] == json.loads(settled.cursor)["newest"]


def test_a_changed_binding_compares_everything(place: Place) -> None:
    first = known(place.port.snapshot(BINDING, Known()))
    narrowed = replace(BINDING, since=30)
    again = place.port.snapshot(narrowed, first)
    assert again.sightings.keys() == first.tokens.keys()
    past = {tag for tag, s in again.sightings.items() if s.standing is Standing.PAST}
    assert past == {"VideGrenierDeLAnDernier"}
    full = place.port.snapshot(BINDING, first, full=True)
    assert full.sightings.keys() == first.tokens.keys()


def test_a_renamed_organiser_is_noticed(place: Place) -> None:
    first = known(place.port.snapshot(BINDING, Known()))
    organised = next(
        s
        for s in place.port.snapshot(BINDING, Known()).sightings.values()
        if s.record and s.record.organizer
    )
    entry = place.wiki.entry(organised.key)
    assert entry is not None
    actor = entry["listefiche5bf_organisateur"]
    place.wiki.edit(actor, {"bf_titre": "Nouveau nom"}, user=place.keys.admin)
    again = place.port.snapshot(BINDING, first)
    event = again.sightings[organised.key].record
    assert event is not None
    assert event.organizer == "Nouveau nom"


def test_where_selects_and_is_checked(place: Place) -> None:
    one = place.port.snapshot(replace(BINDING, where="bf_titre=Bourse.*"), Known())
    assert list(one.sightings) == ["BourseAuxPlantes"]
    with pytest.raises(errors.ConfigurationError, match="where-property-unknown"):
        place.port.snapshot(replace(BINDING, where="bf_publik=1"), Known())


def test_a_series_is_one_thing_whose_token_follows_its_members(place: Place) -> None:
    if place.wiki.settings.version == "4.4":
        pytest.skip("recurrence came with 4.5")
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    place.wiki.add_entry(6, "Serie", {"bf_titre": "Série", **days}, owner=place.keys.robot)
    rule = {
        "isRecurrent": "1",
        "repetition": "w",
        "step": "1",
        "nbmax": "3",
        "limitdate": "",
        "days": ["tue"],
    }
    changes = {"bf_date_fin_evenement_data": rule, **days}
    place.wiki.edit("Serie", changes, user=place.keys.robot)
    snapshot = place.port.snapshot(BINDING, Known())
    assert not [tag for tag in snapshot.sightings if tag.startswith("Serie2")]
    seen = snapshot.sightings["Serie"].seen
    assert seen is not None
    assert seen.record.series is not None
    assert seen.record.series.rule == "FREQ=WEEKLY;COUNT=4;BYDAY=TU"
    place.clock.sleep(60)
    place.wiki.edit("Serie20270316", {"bf_lieu": "Halle"}, user=place.keys.member)
    moved = place.port.snapshot(BINDING, known(snapshot)).sightings["Serie"]
    assert moved.token != seen.token
    assert moved.record is not None
    assert moved.record.series is not None
    assert [each.place for each in moved.record.series.overrides] == ["Halle"]
    place.clock.sleep(60)
    place.wiki.remove("Serie20270309")
    again = place.port.snapshot(BINDING, known(snapshot)).sightings["Serie"].record
    assert again is not None
    assert again.series is not None
    assert again.series.excluded == (date(2027, 3, 9),)
    place.wiki.set_acl("Serie", read="+")
    orphans = place.port.snapshot(BINDING, known(snapshot))
    assert "Serie" in orphans.absent
    assert orphans.sightings["Serie20270316"].problems[0].code == "repetition-orphan"
    assert orphans.sightings["Serie20270316"].standing is Standing.BROKEN


@pytest.mark.parametrize(
    ("binding", "code"),
    [
        (replace(BINDING, form="7"), "form-without-dates"),
        (replace(BINDING, defaults={"bf_publik": "1"}), "default-property-unknown"),
    ],
)
def test_bindings_that_do_not_fit_are_refused(place: Place, binding: Binding, code: str) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        place.port.snapshot(binding, Known())
    assert refused.value.code == code


def test_failures_of_the_wiki_are_ours(place: Place) -> None:
    with pytest.raises(errors.Missing, match="form-missing"):
        place.port.snapshot(replace(BINDING, form="99"), Known())
    with pytest.raises(errors.CredentialsRefused):
        place.another_run(key="wrong").snapshot(BINDING, Known())
    place.wiki.faults.database_down = True
    with pytest.raises(errors.Unavailable, match="wiki-database-down"):
        place.another_run().snapshot(BINDING, Known())


def test_a_wiki_that_fails_by_itself_is_told_as_that(place: Place) -> None:
    failure = b'{"exceptionMessage":"TypeError: htmlspecialchars() in /var/www/bazar.fonct.php:68"}'
    place.wiki.faults.answer_next(
        failure, status=500, kind="application/json", containing="entries"
    )
    with pytest.raises(errors.Unexpected, match="wiki-failed") as caught:
        place.port.snapshot(BINDING, Known())
    assert "/var/www" not in str(caught.value)


def test_a_tag_that_the_wiki_cannot_be_asked_for_proves_nothing(place: Place) -> None:
    place.port.snapshot(BINDING, Known())
    asked = len(place.wiki.requests)
    looks = place.port.look(BINDING, ["../x"])
    assert looks["../x"].presence is Presence.UNSURE
    assert len(place.wiki.requests) - asked <= 1


def test_an_empty_form_is_said_to_be_empty(place: Place) -> None:
    for tag in place.wiki.entries(6):
        place.wiki.set_acl(tag, read="+")
    assert place.port.snapshot(BINDING, Known()).empty


def test_a_direct_look_tells_gone_hidden_and_outside(place: Place) -> None:
    robots = place.create().seen.key
    place.wiki.set_acl("BourseAuxPlantes", read="+")
    place.wiki.set_acl("ConferenceEauEtSols", read="@admins")
    place.wiki.set_owner("BourseAuxPlantes", place.keys.member)
    actor = next(iter(place.wiki.entries(5)))
    tags = [
        robots,
        "Nope",
        "BourseAuxPlantes",
        "ConferenceEauEtSols",
        actor,
        "CafeCitoyenDeLYvette",
    ]
    where = replace(BINDING, where="bf_titre=Été.*")
    looks = place.port.look(where, tags)
    assert [looks[tag].presence for tag in tags] == [
        Presence.HERE,
        Presence.GONE,
        Presence.HIDDEN,
        Presence.HIDDEN,
        Presence.OUTSIDE,
        Presence.OUTSIDE,
    ]
    assert looks[robots].deletable
    assert (looks["BourseAuxPlantes"].owner, looks["BourseAuxPlantes"].deletable) == (
        place.keys.member,
        False,
    )
