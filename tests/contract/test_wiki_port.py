"""The Wiki port on the stand-in wiki, over real HTTP on loopback, as both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bazar_forms.client import BazarClient
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki import listing as listing_module
from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Presence, Seen, Snapshot, Standing
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Event, Position, RichText
from oscartes_sync.records.identity import has_suffix, suffix
from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BINDING = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau")
EVENT = Event(
    title="Été à la ferme & <cie>",
    start=date(2027, 7, 1),
    end=date(2027, 7, 3),
    description=RichText("Bonjour {{include}}"),
    place="Ferme, 3 rue X, 91400 Orsay",
    position=Position(48.7, 2.1),
    link="https://x.example/?a=1&b=2",
)
UID = "born@cloud"
ENDING = suffix("noe", "6", "agenda-reseau", UID)


class Time:
    """One clock for all; sleeping moves it."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Place:
    """A stand-in wiki with its agenda, and the port that reaches it."""

    wiki: WikiStandIn
    keys: NetworkKeys
    clock: Time
    port: YesWikiWiki

    def another_run(self, key: str | None = None) -> YesWikiWiki:
        """The port of a new process."""
        client = BazarClient(
            self.wiki.url,
            key=key or self.keys.robot_key,
            user=self.keys.robot,
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
            user_agent="tests",
        )
        self.port = YesWikiWiki(client, "noe", self.clock)
        return self.port

    def create(self, event: Event = EVENT, uid: str = UID, key: str | None = None) -> Written:
        return self.port.create(BINDING, uid, event, key)

    def update(self, seen: Seen, **changes: object) -> Written:
        moved = [
            FieldChange(name, getattr(seen.event, name), after) for name, after in changes.items()
        ]
        event = replace(seen.event, **changes)  # type: ignore[arg-type]
        return self.port.update(BINDING, seen.key, seen.token, moved, event)

    def seen(self, tag: str) -> Seen:
        found = self.port.snapshot(BINDING, Known()).sightings[tag].seen
        assert found is not None
        return found


@pytest.fixture(params=["4.4", "4.5"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    clock = Time()
    with WikiStandIn(version=request.param, clock=clock) as wiki:
        keys = seed_network(wiki)
        clock.sleep(4000)
        found = Place(wiki, keys, clock, YesWikiWiki.__new__(YesWikiWiki))
        found.another_run()
        yield found


def known(snapshot: Snapshot, before: Known | None = None) -> Known:
    tokens = dict(before.tokens) if before else {}
    tokens |= {key: sighting.token for key, sighting in snapshot.sightings.items()}
    return Known(tokens=tokens, cursor=snapshot.cursor)


@pytest.fixture
def scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few things are many here, so that dates are scanned."""
    monkeypatch.setattr(listing_module, "FEW", 0)


# Reading


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
    places = [s.event.place for s in second.sightings.values() if s.event]
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
        if s.event and s.event.organizer
    )
    entry = place.wiki.entry(organised.key)
    assert entry is not None
    actor = entry["listefiche5bf_organisateur"]
    place.wiki.edit(actor, {"bf_titre": "Nouveau nom"}, user=place.keys.admin)
    again = place.port.snapshot(BINDING, first)
    event = again.sightings[organised.key].event
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
    assert seen.event.series is not None
    assert seen.event.series.rule == "FREQ=WEEKLY;COUNT=4;BYDAY=TU"
    with pytest.raises(errors.Invalid, match="series-in-wiki"):
        place.update(seen, title="Autre")
    place.clock.sleep(60)
    place.wiki.remove("Serie20270309")
    again = place.port.snapshot(BINDING, known(snapshot)).sightings["Serie"].event
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
        (replace(BINDING, private=True), "private-not-yet"),
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


# Creating


def test_a_creation_is_read_back_as_the_wiki_keeps_it(place: Place) -> None:
    written = place.create()
    assert has_suffix(written.seen.key, ENDING)
    assert written.problems == ()
    assert written.seen.event == replace(
        place.port.project(BINDING, EVENT), page=written.seen.event.page
    )
    again = place.another_run().snapshot(BINDING, Known())
    assert again.sightings[written.seen.key].token == written.seen.token


def test_a_creation_never_overwrites_a_page(place: Place) -> None:
    first = place.create()
    tag = f"EteALaFermeCie{suffix('noe', '6', 'agenda-reseau', 'other@cloud')}"
    place.wiki.add_page(tag, "une page d'un membre")
    other = place.create(uid="other@cloud")
    assert other.seen.key not in (tag, first.seen.key)
    assert place.wiki.revisions(tag)[0]["body"] == "une page d'un membre"


def test_an_entry_made_by_an_interrupted_run_is_adopted(place: Place) -> None:
    first = place.create()
    place.clock.sleep(5)
    again = place.another_run().create(BINDING, UID, EVENT, None)
    assert again.seen.key == first.seen.key
    assert len(place.wiki.revisions(first.seen.key)) == 1


@pytest.mark.parametrize("title", [EVENT.title, "Tout autre titre"])
def test_an_entry_that_members_edited_since_is_left_to_the_merge(place: Place, title: str) -> None:
    first = place.create()
    place.wiki.edit(first.seen.key, {"bf_lieu": "Parc"}, user=place.keys.member)
    with pytest.raises(errors.Taken, match="entry-made-before"):
        place.another_run().create(BINDING, UID, replace(EVENT, title=title), None)
    held = place.wiki.entry(first.seen.key)
    assert held is not None
    assert held["bf_lieu"] == "Parc"
    assert len([tag for tag in place.wiki.entries(6) if has_suffix(tag, ENDING)]) == 1


def test_a_lost_answer_to_a_creation_is_looked_for(place: Place) -> None:
    place.port.snapshot(BINDING, Known())
    place.wiki.faults.fail_next(cut=True, method="POST", after_executing=True)
    written = place.create()
    assert [tag for tag in place.wiki.entries(6) if has_suffix(tag, ENDING)] == [written.seen.key]
    place.wiki.faults.fail_next(cut=True, method="POST")
    with pytest.raises(errors.OutcomeUnknown):
        place.create(uid="other@cloud")


def test_a_creation_that_nobody_sees_is_an_error(place: Place) -> None:
    place.wiki.settings.default_read_acl = "+"
    with pytest.raises(errors.Forbidden, match="created-hidden"):
        place.create()


def test_a_creation_gets_its_owner(place: Place) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    written = place.port.create(binding, UID, EVENT, None)
    looks = place.port.look(binding, [written.seen.key])
    assert looks[written.seen.key].owner == place.keys.member
    ghost = replace(BINDING, owner="Personne")
    other = place.port.create(ghost, "other@cloud", EVENT, None)
    assert {problem.code for problem in other.problems} <= {"owner-not-set"}


def test_a_re_creation_takes_its_old_name(place: Place) -> None:
    place.wiki.remove("BourseAuxPlantes")
    assert place.create(key="BourseAuxPlantes").seen.key == "BourseAuxPlantes"


def test_what_where_would_not_select_is_refused(place: Place) -> None:
    binding = replace(BINDING, where="bf_ville=Massy")
    problem = place.port.refuses(binding, EVENT)
    assert problem is not None
    assert problem.code == "not-in-where"
    with pytest.raises(errors.Invalid, match="not-in-where"):
        place.port.create(binding, UID, EVENT, None)
    assert place.port.refuses(BINDING, EVENT) is None


# Editing


def test_an_edit_changes_that_field_alone(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    before = place.wiki.entry(seen.key)
    assert before is not None
    written = place.update(seen, title="Fête & co")
    after = place.wiki.entry(seen.key)
    assert after is not None
    changed = {key for key in after.keys() | before.keys() if after.get(key) != before.get(key)}
    assert changed <= {"bf_titre", "date_maj_fiche", "date_creation_fiche"}
    assert after["bf_titre"] == "Fête &amp; co"
    assert written.seen.event == replace(seen.event, title="Fête & co")
    assert place.seen(seen.key) == written.seen


def test_what_is_there_already_is_not_written(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    written = place.update(seen, title=seen.event.title)
    assert written.seen == seen
    assert place.wiki.requests.counted("POST") == 0


def test_an_entry_that_moved_is_not_overwritten(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    place.wiki.edit(seen.key, {"bf_lieu": "Parc"}, user=place.keys.member)
    with pytest.raises(errors.Moved):
        place.update(seen, title="Autre")
    with pytest.raises(errors.Moved):
        place.port.delete(BINDING, seen.key, seen.token)
    place.wiki.set_acl(seen.key, read="+")
    with pytest.raises(errors.Forbidden, match="entry-hidden"):
        place.update(seen, title="Autre")
    place.wiki.remove(seen.key)
    with pytest.raises(errors.Missing):
        place.update(seen, title="Autre")


def test_rights_that_forbid_name_who_can(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    place.wiki.set_owner(seen.key, place.keys.member)
    place.wiki.set_acl(seen.key, write="%")
    with pytest.raises(errors.Forbidden) as refused:
        place.update(seen, title="Autre")
    assert refused.value.params["owner"] == place.keys.member
    with pytest.raises(errors.Forbidden) as refused:
        place.port.delete(BINDING, seen.key, seen.token)
    assert refused.value.params["owner"] == place.keys.member


def test_a_lost_answer_to_an_edit_is_looked_for(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    place.wiki.faults.fail_next(cut=True, method="POST", after_executing=True)
    assert place.update(seen, title="Autre").seen.event.title == "Autre"
    now = place.seen(seen.key)
    place.wiki.faults.fail_next(cut=True, method="POST")
    with pytest.raises(errors.OutcomeUnknown):
        place.update(now, title="Encore")


def test_a_captcha_and_hibernation_are_told(place: Place) -> None:
    seen = place.seen("FeteDesCommunsDOrsay")
    place.wiki.faults.captcha = True
    with pytest.raises((errors.Forbidden, errors.Invalid), match="wiki-captcha|edit-refused"):
        place.update(seen, title="Autre")
    place.wiki.faults.clear()
    place.wiki.faults.hibernate = True
    with pytest.raises(errors.Unavailable, match="wiki-hibernated"):
        place.update(seen, title="Autre")


# Deleting


def test_a_deletion_is_done_once_and_may_be_repeated(place: Place) -> None:
    written = place.create()
    place.port.delete(BINDING, written.seen.key, written.seen.token)
    assert place.wiki.entry(written.seen.key) is None
    place.port.delete(BINDING, written.seen.key, "")


def test_how_many_may_be_written_at_once(place: Place) -> None:
    assert (place.port.parallel(creating=True), place.port.parallel(creating=False)) == (4, 1)
