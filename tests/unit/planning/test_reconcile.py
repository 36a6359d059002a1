"""What a run decides, seen through plan and apply on fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from oscartes_sync.errors import Forbidden, RecordError, Unavailable, Unexpected
from oscartes_sync.planning.binding import (
    Binding,
    Deletions,
    Direction,
    MaxDelete,
    OnConflict,
)
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.plan import ConflictKind
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.event import Event, Position, RichText, Series, Status
from oscartes_sync.records.identity import suffix, uid_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport
from oscartes_sync.usecases.resolve_conflict import resolve_conflict
from oscartes_sync.usecases.run import plan_run, sync_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.sides import FakeClock, FakeSide, fake_cloud, fake_wiki
from tests.fakes.state import InMemoryStateStore

PARIS_WINTER = timezone(timedelta(hours=1))


def binding(**more: object) -> Binding:
    base = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau")
    return replace(base, **more)  # type: ignore[arg-type]


def event(title: str = "Bourse aux plantes", **more: object) -> Event:
    base = Event(title=title, start=date(2027, 3, 6), end=date(2027, 3, 6))
    return replace(base, **more)  # type: ignore[arg-type]


class House:
    """A wiki, a cloud, a memory and a clock, run as a person would."""

    def __init__(self, **more: object) -> None:
        self.binding = binding(**more)
        self.wiki: FakeSide = fake_wiki()
        self.cloud: FakeSide = fake_cloud()
        self.state = InMemoryStateStore()
        self.clock = FakeClock()
        self.wiki.clock = self.clock

    @property
    def world(self) -> World:
        return World(
            binding=self.binding,
            wiki=self.wiki,
            cloud=self.cloud,
            state=self.state,
            clock=self.clock,
        )

    def run(self, **options: object) -> RunReport:
        return sync_run(
            [self.world],
            Options(**options),  # type: ignore[arg-type]
            command="sync",
            state=self.state,
            clock=self.clock,
        )

    def sync(self, **options: object) -> BindingReport:
        return self.run(**options).bindings[0]

    def plan(self) -> BindingReport:
        return plan_run([self.world], Options(), self.clock)[0].bindings[0]

    def writes(self) -> int:
        return len(self.wiki.writes) + len(self.cloud.writes)

    def forget_everything(self) -> None:
        self.state = InMemoryStateStore()

    def link_one(self, **more: object) -> None:
        """A wiki-born event, mirrored."""
        self.wiki.put("BourseAuxPlantes", event(**more))
        self.sync()


HREF = "/cal/BourseAuxPlantes.noe.ics"


def codes(report: BindingReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_an_event_typed_in_the_wiki_is_created_in_the_cloud_under_its_uid() -> None:
    house = House()
    house.wiki.put("BourseAuxPlantes", event())
    report = house.sync()
    assert report.exit is Exit.DONE
    assert report.summary.created == 1
    assert house.cloud.things[HREF].uid == uid_of("BourseAuxPlantes", "noe")
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"


def test_an_event_of_the_calendar_is_created_in_the_wiki_under_a_tag_that_finds_it_again() -> None:
    house = House()
    house.cloud.put("/cal/x.ics", event("Réunion du groupe"), uid="abc@phone")
    house.sync()
    (tag,) = house.wiki.things
    assert tag == "ReunionDuGroupe" + suffix("noe", "6", "agenda-reseau", "abc@phone")


def test_a_second_run_writes_nothing() -> None:
    house = House()
    house.wiki.put("A", event("A"))
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.sync()
    before = house.writes()
    report = house.sync()
    assert house.writes() == before
    assert report.operations == ()
    assert report.summary.unchanged == 2


def test_a_plan_writes_nothing_and_names_what_the_run_after_it_does() -> None:
    house = House()
    house.wiki.put("A", event("A"))
    planned = house.plan()
    assert house.writes() == 0
    done = house.sync()
    assert [(op.action, op.side, op.entry) for op in planned.operations] == [
        (op.action, op.side, op.entry) for op in done.operations
    ]


def test_an_edit_of_one_field_changes_that_field_alone_on_the_other_side() -> None:
    house = House()
    house.link_one()
    house.cloud.edit(HREF, place="Salle des fêtes, Gometz-le-Châtel")
    (operation,) = house.sync().operations
    assert [change.name for change in operation.changes] == ["place"]
    assert house.wiki.things["BourseAuxPlantes"].record.place == "Salle des fêtes, Gometz-le-Châtel"


def test_edits_of_different_fields_on_both_sides_are_both_kept() -> None:
    house = House()
    house.link_one()
    house.cloud.edit(HREF, place="Bures")
    house.wiki.edit("BourseAuxPlantes", title="Bourse aux plantes et graines")
    report = house.sync()
    assert report.exit is Exit.DONE
    for thing in (house.cloud.things[HREF], house.wiki.things["BourseAuxPlantes"]):
        assert thing.record.place == "Bures"
        assert thing.record.title == "Bourse aux plantes et graines"


@pytest.mark.parametrize(
    ("policy", "title", "is_open"),
    [
        (OnConflict.WIKI, "Du wiki", False),
        (OnConflict.CLOUD, "Du nuage", False),
        (OnConflict.ASK, None, True),
    ],
)
def test_a_field_both_changed_is_settled_by_the_policy(
    policy: OnConflict, title: str | None, is_open: bool
) -> None:
    house = House(on_conflict=policy)
    house.link_one()
    house.cloud.edit(HREF, title="Du nuage", place="Orsay")
    house.wiki.edit("BourseAuxPlantes", title="Du wiki")
    report = house.sync()
    (conflict,) = report.conflicts
    assert conflict.kind is ConflictKind.FIELD
    assert conflict.open is is_open
    clash = conflict.fields["title"]
    assert (clash.base, clash.wiki, clash.cloud) == ("Bourse aux plantes", "Du wiki", "Du nuage")
    assert house.wiki.things["BourseAuxPlantes"].record.place == "Orsay"
    titles = {
        house.wiki.things["BourseAuxPlantes"].record.title,
        house.cloud.things[HREF].record.title,
    }
    assert titles == ({title} if title else {"Du wiki", "Du nuage"})
    assert report.exit is (Exit.PART if is_open else Exit.DONE)


def test_an_open_conflict_is_told_at_every_run_under_the_same_id_and_writes_nothing() -> None:
    house = House(on_conflict=OnConflict.ASK)
    house.link_one()
    house.cloud.edit(HREF, title="Du nuage")
    house.wiki.edit("BourseAuxPlantes", title="Du wiki")
    planned = house.plan()
    first = house.sync()
    before = house.writes()
    second = house.sync()
    ids = {report.conflicts[0].id for report in (planned, first, second)}
    assert len(ids) == 1
    assert house.writes() == before


def test_an_open_conflict_ends_when_somebody_makes_both_sides_say_the_same() -> None:
    house = House(on_conflict=OnConflict.ASK)
    house.link_one()
    house.cloud.edit(HREF, title="Du nuage")
    house.wiki.edit("BourseAuxPlantes", title="Du wiki")
    house.sync()
    house.cloud.edit(HREF, title="Du wiki")
    report = house.sync()
    assert report.conflicts == ()
    assert report.exit is Exit.DONE
    assert house.sync().operations == ()


def test_both_sides_changed_to_the_same_is_no_conflict() -> None:
    house = House()
    house.link_one()
    house.cloud.edit(HREF, title="Pareil")
    house.wiki.edit("BourseAuxPlantes", title="Pareil")
    before = house.writes()
    report = house.sync()
    assert report.conflicts == ()
    assert house.writes() == before
    assert [op.action for op in report.operations] == [Action.RELINK]


def test_categories_are_merged_one_by_one_and_unknown_ones_stay_in_the_cloud() -> None:
    house = House()
    house.link_one(categories=("Atelier", "Réunion"))
    house.cloud.edit(HREF, categories=("Atelier", "Réunion", "Perso"))
    house.wiki.edit("BourseAuxPlantes", categories=("Atelier", "Conférence"))
    report = house.sync()
    assert house.cloud.things[HREF].record.categories == ("Atelier", "Conférence", "Perso")
    assert house.wiki.things["BourseAuxPlantes"].record.categories == ("Atelier", "Conférence")
    assert "category-unknown" in codes(report)
    assert "category-unknown" in codes(house.sync())


def test_a_cancelled_event_stays_and_the_wiki_is_told() -> None:
    house = House()
    house.link_one()
    house.cloud.edit(HREF, status=Status.CANCELLED)
    (operation,) = house.sync().operations
    assert operation.side is Side.WIKI
    assert operation.record is not None
    assert operation.record.status is Status.CANCELLED
    assert house.sync().operations == ()


def test_a_changed_place_makes_the_old_position_doubtful() -> None:
    house = House()
    house.link_one(position=Position(48.69, 2.13))
    house.cloud.edit(HREF, place="Ailleurs")
    assert "position-doubtful" in codes(house.sync())


# Deletions


@pytest.mark.parametrize(
    ("policy", "left", "exit_code"),
    [
        (Deletions.PROPAGATE, 0, Exit.DONE),
        (Deletions.ASK, 1, Exit.PART),
        (Deletions.IGNORE, 1, Exit.DONE),
    ],
)
def test_a_proved_deletion_follows_the_policy(
    policy: Deletions, left: int, exit_code: Exit
) -> None:
    house = House(deletions=policy)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.cloud.remove(HREF)
    report = house.sync()
    assert ("BourseAuxPlantes" in house.wiki.things) == bool(left)
    assert report.exit is exit_code
    before = house.writes()
    again = house.sync()
    assert house.writes() == before
    assert again.exit is exit_code
    assert HREF not in house.cloud.things


def test_an_entry_of_somebody_else_is_never_deleted_by_itself() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.wiki.things["BourseAuxPlantes"].owner = "MarieDupont"
    house.cloud.remove(HREF)
    report = house.sync()
    assert "BourseAuxPlantes" in house.wiki.things
    assert [conflict.kind for conflict in report.conflicts] == [ConflictKind.DELETION]
    assert "deletion-not-ours" in codes(report)


def test_an_edit_beats_a_deletion_and_says_so() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.cloud.remove(HREF)
    house.wiki.edit("BourseAuxPlantes", title="Bourse reportée")
    report = house.sync()
    assert house.cloud.things[HREF].record.title == "Bourse reportée"
    assert "edit-beats-delete" in codes(report)
    assert house.sync().operations == ()


def test_more_deletions_than_the_limit_are_all_left_out_and_the_rest_is_done() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    for number in range(20):
        house.wiki.put(f"E{number}", event(f"Événement {number}"))
    house.sync()
    for number in range(10):
        house.cloud.remove(f"/cal/E{number}.noe.ics")
    house.wiki.edit("E19", title="Modifié")
    report = house.sync()
    assert report.exit is Exit.HELD_BACK
    assert len(house.wiki.things) == 20
    assert house.cloud.things["/cal/E19.noe.ics"].record.title == "Modifié"
    assert sum(op.state is State.SKIPPED for op in report.operations) == 10
    allowed = house.sync(max_delete=MaxDelete(10, percent=False))
    assert allowed.exit is Exit.DONE
    assert len(house.wiki.things) == 10


@pytest.mark.parametrize("side", ["wiki", "cloud"])
def test_a_side_that_shows_nothing_deletes_nothing(side: str) -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    getattr(house, side).blind = True
    report = house.sync()
    assert report.exit is Exit.HELD_BACK
    assert len(house.wiki.things) == len(house.cloud.things) == 1
    assert "side-empty" in codes(report)


@pytest.mark.parametrize("side", ["wiki", "cloud"])
def test_a_side_that_cannot_be_read_ends_the_binding_before_anything_is_written(side: str) -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    getattr(house, side).unreadable = Unexpected("html-instead-of-json")
    before = house.writes()
    report = house.sync()
    assert report.exit is Exit.FAILED
    assert house.writes() == before
    assert [(p.code, p.side) for p in report.problems] == [("html-instead-of-json", Side(side))]


def test_an_event_moved_to_another_calendar_is_not_deleted() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.cloud.elsewhere.add(HREF)
    house.cloud.remove(HREF)
    assert "moved-elsewhere" in codes(house.sync())
    assert "BourseAuxPlantes" in house.wiki.things


def test_an_entry_closed_by_its_owner_is_withdrawn_from_the_cloud_whatever_the_policy() -> None:
    house = House(deletions=Deletions.IGNORE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    closed = house.wiki.things["BourseAuxPlantes"]
    house.wiki.look = lambda binding, keys: {  # type: ignore[method-assign]
        key: _hidden_look() for key in keys
    }
    del house.wiki.things["BourseAuxPlantes"]
    report = house.sync()
    assert HREF not in house.cloud.things
    assert report.exit is Exit.DONE
    house.wiki.things["BourseAuxPlantes"] = closed
    house.sync()
    assert HREF in house.cloud.things


def _hidden_look() -> object:
    from oscartes_sync.planning.snapshot import Look, Presence

    return Look(Presence.HIDDEN)


def test_a_cloud_event_that_became_private_leaves_the_wiki() -> None:
    house = House()
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.cloud.put("/cal/c.ics", event("C"), uid="c@phone")
    house.sync()
    house.cloud.put("/cal/b.ics", event("B"), standing=Standing.HIDDEN)
    report = house.sync()
    assert [thing.record.title for thing in house.wiki.things.values()] == ["C"]
    assert report.exit is Exit.DONE
    assert len(house.cloud.things) == 2


def test_a_copy_hidden_in_the_cloud_is_a_local_matter() -> None:
    house = House()
    house.link_one()
    house.cloud.put(HREF, event(), standing=Standing.HIDDEN)
    before = house.writes()
    report = house.sync()
    assert house.writes() == before
    assert "copy-hidden" in codes(report)
    assert "BourseAuxPlantes" in house.wiki.things


# Directions


def test_one_way_leaves_and_tells_what_changed_on_the_written_side() -> None:
    house = House(direction=Direction.TO_CLOUD)
    house.link_one()
    house.cloud.edit(HREF, title="Changé au nuage")
    report = house.sync()
    assert "left-on-cloud" in codes(report)
    assert house.wiki.things["BourseAuxPlantes"].record.title == "Bourse aux plantes"
    assert house.cloud.things[HREF].record.title == "Changé au nuage"
    house.wiki.edit("BourseAuxPlantes", place="Orsay")
    house.sync()
    assert house.cloud.things[HREF].record.title == "Changé au nuage"
    house.wiki.edit("BourseAuxPlantes", title="Source changée")
    (conflict,) = house.sync().conflicts
    assert conflict.fields["title"].cloud == "Changé au nuage"
    assert house.cloud.things[HREF].record.title == "Source changée"


def test_one_way_does_not_make_a_deleted_copy_again_nor_delete_its_source() -> None:
    house = House(direction=Direction.TO_CLOUD, deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.cloud.remove(HREF)
    house.sync()
    house.wiki.edit("BourseAuxPlantes", title="Encore")
    house.sync()
    assert HREF not in house.cloud.things
    assert "BourseAuxPlantes" in house.wiki.things


def test_one_way_takes_nothing_born_on_the_written_side() -> None:
    house = House(direction=Direction.TO_CLOUD)
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.sync()
    assert house.wiki.things == {}


# Trouble


def test_a_refused_write_is_told_and_tried_again_at_the_next_run() -> None:
    house = House()
    house.link_one()
    house.wiki.forbidden.add("BourseAuxPlantes")
    house.cloud.edit(HREF, title="Refusé")
    report = house.sync()
    assert report.exit is Exit.PART
    assert "forbidden" in codes(report)
    house.wiki.forbidden.clear()
    assert house.sync().exit is Exit.DONE
    assert house.wiki.things["BourseAuxPlantes"].record.title == "Refusé"


def test_a_creation_refused_once_is_found_again_though_its_event_did_not_move() -> None:
    house = House()
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.wiki.fail_next.append(Forbidden("forbidden"))
    assert house.sync().exit is Exit.PART
    house.sync()
    assert [thing.record.title for thing in house.wiki.things.values()] == ["B"]


def test_a_lost_answer_leaves_no_duplicate() -> None:
    house = House()
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.wiki.lose_next = 1
    assert house.sync().exit is Exit.PART
    report = house.sync()
    assert len(house.wiki.things) == 1
    assert report.exit is Exit.DONE
    assert house.sync().operations == ()


def test_a_server_in_maintenance_stops_its_writes_and_not_the_others() -> None:
    house = House()
    for number in range(4):
        house.wiki.put(f"W{number}", event(f"W{number}"))
        house.cloud.put(f"/cal/{number}.ics", event(f"C{number}"), uid=f"{number}@phone")
    house.cloud.fail_next.append(Unavailable("maintenance"))
    report = house.sync()
    assert report.exit is Exit.PART
    assert sum(thing.uid.endswith("@oscartes") for thing in house.cloud.things.values()) == 0
    assert len(house.wiki.things) == 8
    assert house.sync().exit is Exit.DONE
    assert len(house.cloud.things) == 8


def test_what_the_wiki_hides_at_birth_stops_creations() -> None:
    house = House()
    for number in range(4):
        house.cloud.put(f"/cal/{number}.ics", event(f"C{number}"), uid=f"{number}@phone")
    house.wiki.fail_next.append(Forbidden("created-hidden"))
    report = house.sync()
    assert house.wiki.things == {}
    assert "creation-stopped" in codes(report)


def test_a_bad_entry_is_told_at_every_run_and_stops_nothing() -> None:
    house = House()
    bad = Problem.of("end-before-start", side=Side.WIKI)
    house.wiki.put("Mauvaise", event("Mauvaise"), standing=Standing.BROKEN, problems=(bad,))
    house.wiki.put("Bonne", event("Bonne"))
    first = house.sync()
    assert first.exit is Exit.PART
    assert len(house.cloud.things) == 1
    second = house.sync()
    assert [(p.code, p.entry) for p in second.problems] == [("end-before-start", "Mauvaise")]


# Identity with the state gone


def test_with_the_state_gone_the_pairs_are_found_again_and_nothing_is_written() -> None:
    house = House()
    house.link_one(categories=("Atelier",))
    house.cloud.put("/cal/b.ics", event("B", categories=("Perso",)), uid="b@phone")
    house.sync()
    house.forget_everything()
    before = house.writes()
    report = house.sync()
    assert house.writes() == before
    assert report.summary.relinked == 2
    assert report.exit is Exit.DONE
    assert house.sync().operations == ()


def test_with_the_state_gone_different_contents_are_asked_about() -> None:
    house = House()
    house.link_one()
    house.wiki.edit("BourseAuxPlantes", title="Autre titre")
    house.forget_everything()
    before = house.writes()
    report = house.sync()
    assert house.writes() == before
    assert [conflict.open for conflict in report.conflicts] == [True]
    assert [conflict.open for conflict in house.sync().conflicts] == [True]


def test_a_copy_whose_entry_is_gone_is_left_alone_when_the_state_is_gone() -> None:
    house = House()
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.wiki.remove("BourseAuxPlantes")
    house.forget_everything()
    report = house.sync()
    assert "orphan-copy" in codes(report)
    assert list(house.wiki.things) == ["Autre"]


def test_a_resource_that_comes_back_under_another_href_is_the_same_event() -> None:
    house = House()
    house.link_one()
    house.cloud.things["/cal/restored.ics"] = house.cloud.things.pop(HREF)
    report = house.sync()
    assert report.exit is Exit.DONE
    assert len(house.cloud.things) == len(house.wiki.things) == 1
    house.wiki.edit("BourseAuxPlantes", title="Suite")
    house.sync()
    assert house.cloud.things["/cal/restored.ics"].record.title == "Suite"


# Series in words


def weekly(title: str = "Permanence") -> Event:
    start = datetime(2026, 11, 23, 18, 0, tzinfo=PARIS_WINTER)
    return Event(
        title=title,
        start=start,
        end=start + timedelta(hours=2),
        series=Series(rule="FREQ=WEEKLY;COUNT=10", zone="Europe/Paris"),
    )


def test_a_series_of_the_cloud_shows_its_next_date_in_the_wiki_and_moves_on() -> None:
    house = House()
    house.cloud.put("/cal/p.ics", weekly(), uid="p@phone")
    house.sync()
    (tag,) = house.wiki.things
    house.sync()
    shown = house.wiki.things[tag].record
    assert shown.start == datetime(2026, 11, 30, 18, 0, tzinfo=PARIS_WINTER)
    before = house.writes()
    house.sync()
    assert house.writes() == before
    house.clock.time = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    house.sync()
    assert house.wiki.things[tag].record.start.day == 7


def test_an_edit_of_a_derived_date_is_told_and_not_carried() -> None:
    house = House()
    house.cloud.put("/cal/p.ics", weekly(), uid="p@phone")
    house.sync()
    house.sync()
    (tag,) = house.wiki.things
    start = datetime(2026, 12, 2, 18, 0, tzinfo=PARIS_WINTER)
    house.wiki.edit(tag, start=start, end=start + timedelta(hours=1))
    before = house.writes()
    assert "derived-dates-edited" in codes(house.sync())
    assert house.writes() == before
    assert house.cloud.things["/cal/p.ics"].record == weekly()


def keeping_series(**more: object) -> House:
    """A wiki that keeps each date as an entry, with one series that is mirrored."""
    house = House(**more)
    house.wiki.carries = house.wiki.carries | {"series"}
    house.wiki.says = frozenset({"status"})
    house.wiki.put("Permanence", weekly())
    house.sync()
    house.wiki.writes.clear()
    return house


SERIES_HREF = "/cal/Permanence.noe.ics"


def test_an_edit_of_an_unspoilt_series_goes_to_its_parent() -> None:
    house = keeping_series()
    house.cloud.edit(SERIES_HREF, title="Permanence du lundi")
    report = house.sync()
    assert house.wiki.writes == [("update", "Permanence")]
    assert report.conflicts == ()
    assert house.wiki.things["Permanence"].record == weekly("Permanence du lundi")
    before = house.writes()
    house.sync()
    assert house.writes() == before


@pytest.mark.parametrize("told", [True, False])
def test_an_edit_of_a_series_with_a_changed_repetition_waits_for_a_person(told: bool) -> None:
    house = keeping_series()
    spoil(house)
    if told:  # the wiki moved in a run of its own: what is remembered of it says so too
        house.sync()
    house.cloud.edit(SERIES_HREF, title="Permanence du lundi")
    for _ in range(2):
        report = house.sync()
        assert house.wiki.writes == []
        assert [conflict.kind for conflict in report.conflicts] == [ConflictKind.SERIES]
        assert "series-edited-in-cloud" in codes(report)
        assert report.exit is Exit.PART
        assert house.cloud.things[SERIES_HREF].record.title == "Permanence du lundi"


@pytest.mark.parametrize(
    ("side", "title", "written"),
    [(Side.CLOUD, "Permanence du lundi", 1), (Side.WIKI, "Permanence", 0)],
)
def test_a_person_settles_the_edit_of_a_spoilt_series(side: Side, title: str, written: int) -> None:
    house = keeping_series()
    spoil(house)
    house.cloud.edit(SERIES_HREF, title="Permanence du lundi")
    (conflict,) = house.sync().conflicts
    said = Decision(side.value)
    resolve_conflict([house.world], conflict.id, said, state=house.state, clock=house.clock)
    assert len(house.wiki.writes) == written
    assert house.wiki.things["Permanence"].record.title == title
    assert house.cloud.things[SERIES_HREF].record.title == title
    assert house.sync().conflicts == ()


def test_an_edit_of_a_series_of_a_private_binding_waits_for_a_person() -> None:
    house = keeping_series(private=True, read_acl="+")
    house.cloud.edit(SERIES_HREF, title="Permanence du lundi")
    assert [conflict.kind for conflict in house.sync().conflicts] == [ConflictKind.SERIES]
    assert house.wiki.writes == []


def spoil(house: House) -> None:
    """A member changes something of one repetition that no record holds."""
    frail = replace(house.wiki.things["Permanence"].record, frail=True)
    house.wiki.mark("Permanence", record=frail)


def test_guests_are_not_told_by_us_and_that_is_said() -> None:
    house = House()
    house.link_one()
    house.cloud.edit(HREF, guests=True)
    house.sync()
    house.wiki.edit("BourseAuxPlantes", start=date(2027, 3, 7), end=date(2027, 3, 7))
    assert "guests-not-told" in codes(house.sync())


def test_the_same_text_in_other_markup_is_sent_but_clashes_with_nothing() -> None:
    house = House()
    house.link_one(description=RichText("Venez", "<p>Venez</p>"))
    house.cloud.edit(HREF, description=RichText("Venez nombreux"))
    house.sync()
    assert house.wiki.things["BourseAuxPlantes"].record.description.text == "Venez nombreux"
    assert house.sync().operations == ()


# What a second reader found


def test_private_events_found_again_without_a_state_make_no_public_copies() -> None:
    house = House()
    for number in range(7):
        house.cloud.put(f"/cal/{number}.ics", event(f"E{number}"), uid=f"{number}@phone")
    house.sync()
    for number in range(7):
        key = f"/cal/{number}.ics"
        house.cloud.put(key, event(f"E{number}"), standing=Standing.HIDDEN)
    house.forget_everything()
    assert house.sync().exit is Exit.HELD_BACK
    assert house.sync().exit is Exit.HELD_BACK
    assert len(house.cloud.things) == 7


def test_a_removal_takes_the_version_that_was_seen() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.wiki.remove("BourseAuxPlantes")
    house.cloud.edit(HREF)
    assert house.sync().exit is Exit.DONE
    assert HREF not in house.cloud.things


def test_a_deletion_waits_while_the_other_side_may_not_be_written() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.wiki.remove("BourseAuxPlantes")
    house.cloud.writable = False
    assert "side-read-only" in codes(house.sync())
    house.cloud.writable = True
    house.sync()
    assert HREF not in house.cloud.things


def test_an_edit_made_while_the_copy_was_gone_reaches_it_when_it_is_back() -> None:
    house = House(deletions=Deletions.IGNORE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    gone = house.cloud.things[HREF]
    house.cloud.remove(HREF)
    house.sync()
    house.wiki.edit("BourseAuxPlantes", title="Nouveau titre")
    house.sync()
    house.cloud.put(HREF, gone.record, uid=gone.uid)
    house.sync()
    assert house.cloud.things[HREF].record.title == "Nouveau titre"


def test_an_event_made_again_in_words_still_moves_on() -> None:
    house = House(deletions=Deletions.PROPAGATE)
    house.wiki.put("Autre", event("Autre"))
    house.cloud.put("/cal/p.ics", weekly(), uid="p@phone")
    house.sync()
    tag = next(tag for tag in house.wiki.things if tag.startswith("Permanence"))
    house.wiki.remove(tag)
    house.cloud.edit("/cal/p.ics", title="Permanence bis")
    assert "edit-beats-delete" in codes(house.sync())
    house.clock.time = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    house.sync()
    assert house.wiki.things[tag].record.start.day == 7


def test_a_dropped_link_ends_when_its_living_side_is_deleted() -> None:
    house = House(deletions=Deletions.IGNORE)
    house.link_one()
    house.wiki.put("Autre", event("Autre"))
    house.sync()
    house.cloud.remove(HREF)
    house.sync()
    house.wiki.remove("BourseAuxPlantes")
    house.sync()
    assert codes(house.sync()) == []
    assert [link.tag for link in house.state.all_links("agenda")] == ["Autre"]


def test_an_open_conflict_is_told_while_one_side_cannot_be_read() -> None:
    house = House(on_conflict=OnConflict.ASK)
    house.link_one()
    house.cloud.edit(HREF, title="Du nuage")
    house.wiki.edit("BourseAuxPlantes", title="Du wiki")
    (first,) = house.sync().conflicts
    house.wiki.things["BourseAuxPlantes"].standing = Standing.BROKEN
    house.wiki.edit("BourseAuxPlantes")
    (again,) = house.sync().conflicts
    assert again == first


def test_an_error_of_our_own_in_one_write_does_not_stop_the_others() -> None:
    house = House()
    house.wiki.fail_next.append(RecordError("end-before-start"))  # type: ignore[arg-type]
    for number in range(3):
        house.cloud.put(f"/cal/{number}.ics", event(f"E{number}"), uid=f"{number}@phone")
    report = house.sync()
    assert report.exit is Exit.PART
    assert len(house.wiki.things) == 2


def test_a_closed_source_takes_its_copy_with_it_even_where_that_is_hidden() -> None:
    house = House()
    house.cloud.put("/cal/b.ics", event("B"), uid="b@phone")
    house.cloud.put("/cal/c.ics", event("C"), uid="c@phone")
    house.sync()
    tag = next(tag for tag, thing in house.wiki.things.items() if thing.record.title == "B")
    house.cloud.put("/cal/b.ics", event("B"), standing=Standing.HIDDEN)
    house.wiki.edit(tag)
    house.wiki.things[tag].standing = Standing.HIDDEN
    house.sync()
    assert tag not in house.wiki.things


def test_a_category_is_known_whatever_its_case() -> None:
    house = House()
    house.wiki.fold = True
    house.link_one(categories=("Conférence",))
    house.cloud.edit(HREF, categories=("Conférence", "atelier"))
    assert "category-unknown" not in codes(house.sync())
    assert house.wiki.things["BourseAuxPlantes"].record.categories == ("Atelier", "Conférence")
    assert house.cloud.things[HREF].record.categories == ("Conférence", "atelier")
    house.forget_everything()
    house.sync()
    assert house.cloud.things[HREF].record.categories == ("Conférence", "atelier")


def test_a_field_that_comes_back_overwrites_nothing_without_asking() -> None:
    house = House()
    house.link_one(place="Orsay")
    entry = house.wiki.things["BourseAuxPlantes"]
    house.wiki.carries -= {"place"}
    house.wiki.edit("BourseAuxPlantes")
    house.sync()
    house.cloud.edit(HREF, place="Gif")
    house.sync()
    house.wiki.carries |= {"place"}
    house.wiki.put("BourseAuxPlantes", entry.record)
    report = house.sync()
    assert house.cloud.things[HREF].record.place == "Gif"
    assert [list(conflict.fields) for conflict in report.conflicts] == [["place"]]
