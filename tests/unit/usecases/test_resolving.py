"""A person's decision is applied as any write is: guarded, journalled, read back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.errors import Forbidden, Outdated, Unreachable, UsageError
from oscartes_sync.planning.binding import Deletions, Direction, OnConflict
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.rules import Decision
from oscartes_sync.records.event import Series
from oscartes_sync.usecases.report import Exit
from tests.fakes.household import Household, event

TAG = "BourseAuxPlantes"
HREF = "/cal/BourseAuxPlantes.noe.ics"


@pytest.fixture
def torn() -> Household:
    """Both sides gave the event another title; another field went on."""
    house = Household(on_conflict=OnConflict.ASK)
    house.wiki.put(TAG, event())
    house.sync()
    house.wiki.edit(TAG, title="Bourse aux graines", place="Orsay")
    house.cloud.edit(HREF, title="Troc de plantes")
    return house


@pytest.fixture
def bereft() -> Household:
    """The cloud's copy was deleted, and deletions ask."""
    house = Household(deletions=Deletions.ASK)
    house.wiki.put(TAG, event())
    house.wiki.put("Bal", event("Bal"))
    house.sync()
    house.cloud.remove(HREF)
    return house


def waiting(house: Household) -> str:
    found = [each for each in house.state.conflicts("agenda") if each.open]
    assert len(found) == 1
    return found[0].id


@pytest.mark.parametrize(
    ("decision", "title"),
    [(Decision.WIKI, "Bourse aux graines"), (Decision.CLOUD, "Troc de plantes")],
)
def test_the_side_that_was_chosen_stays(torn: Household, decision: Decision, title: str) -> None:
    assert torn.sync().exit is Exit.PART
    report = torn.resolve(waiting(torn), decision)
    assert report.exit is Exit.DONE
    assert [c.open for c in report.conflicts] == [False]
    assert torn.wiki.things[TAG].record.title == torn.cloud.things[HREF].record.title == title
    assert torn.cloud.things[HREF].record.place == "Orsay"
    assert not [each for each in torn.state.conflicts("agenda") if each.open]
    assert torn.quiet()


def test_what_lost_stays_in_the_journal(torn: Household) -> None:
    torn.sync()
    torn.resolve(waiting(torn), Decision.WIKI)
    run = torn.state.runs()[0]
    assert run.command == "resolve"
    (written,) = torn.state.journal(run.run)
    assert written.before is not None
    assert written.before["title"] == "Troc de plantes"


def test_a_conflict_may_be_named_by_how_it_begins(torn: Household) -> None:
    torn.sync()
    assert torn.resolve(waiting(torn)[:5], Decision.WIKI).exit is Exit.DONE


def test_what_changed_since_is_not_decided_by_an_old_decision(torn: Household) -> None:
    torn.sync()
    conflict = waiting(torn)
    torn.cloud.edit(HREF, title="Encore autre chose")
    writes = torn.writes()
    with pytest.raises(Outdated) as raised:
        torn.resolve(conflict, Decision.WIKI)
    assert raised.value.code == "conflict-outdated"
    assert torn.writes() == writes
    assert torn.state.runs()[0].exit == Exit.FAILED


def test_nothing_but_the_conflict_is_touched(torn: Household) -> None:
    torn.sync()
    torn.wiki.put("Bal", event("Bal"))
    report = torn.resolve(waiting(torn), Decision.WIKI)
    assert [op.title for op in report.operations] == ["Bourse aux graines"]
    assert "/cal/Bal.noe.ics" not in torn.cloud.things
    torn.sync()
    assert "/cal/Bal.noe.ics" in torn.cloud.things


def test_other_open_conflicts_stay_listed(torn: Household) -> None:
    torn.wiki.put("Bal", event("Bal"))
    torn.sync()
    torn.wiki.edit("Bal", title="Grand bal")
    torn.cloud.edit("/cal/Bal.noe.ics", title="Petit bal")
    torn.sync()
    ids = {each.entry: each.id for each in torn.state.conflicts("agenda") if each.open}
    torn.resolve(ids[TAG], Decision.WIKI)
    assert [each.entry for each in torn.state.conflicts("agenda") if each.open] == ["Bal"]


def test_a_decision_that_the_server_refuses_leaves_the_conflict_open(torn: Household) -> None:
    torn.sync()
    conflict = waiting(torn)
    torn.cloud.fail_next.append(Forbidden("forbidden"))
    report = torn.resolve(conflict, Decision.WIKI)
    assert report.exit is Exit.PART
    assert [op.state for op in report.operations] == [State.FAILED]
    assert waiting(torn) == conflict
    assert torn.resolve(conflict, Decision.WIKI).exit is Exit.DONE


def test_a_deletion_that_was_meant_goes_across(bereft: Household) -> None:
    assert bereft.sync().exit is Exit.PART
    report = bereft.resolve(waiting(bereft), Decision.DELETE)
    assert [(op.action, op.state) for op in report.operations] == [(Action.DELETE, State.DONE)]
    assert TAG not in bereft.wiki.things
    assert bereft.quiet()


def test_a_deletion_that_was_not_meant_is_made_good(bereft: Household) -> None:
    bereft.sync()
    report = bereft.resolve(waiting(bereft), Decision.RESTORE)
    assert report.exit is Exit.DONE
    assert bereft.cloud.things[HREF].record.title == "Bourse aux plantes"
    assert TAG in bereft.wiki.things
    assert bereft.quiet()


def test_an_entry_of_somebody_else_stays_and_its_owner_is_named(bereft: Household) -> None:
    bereft.wiki.things[TAG].owner = "MarieDupont"
    bereft.wiki.forbidden.add(TAG)
    bereft.sync()
    report = bereft.resolve(waiting(bereft), Decision.DELETE)
    assert report.exit is Exit.PART
    (operation,) = report.operations
    assert operation.problem is not None
    assert dict(operation.problem.params)["owner"] == "MarieDupont"
    assert TAG in bereft.wiki.things
    bereft.sync()
    assert waiting(bereft)
    bereft.wiki.remove(TAG)
    bereft.sync()
    assert not [each for each in bereft.state.conflicts("agenda") if each.open]


def test_one_deletion_may_be_decided_though_none_is_allowed(bereft: Household) -> None:
    bereft.sync()
    conflict = waiting(bereft)
    assert bereft.resolve(conflict, Decision.DELETE).exit is Exit.DONE


@pytest.mark.parametrize("decision", [Decision.DELETE, Decision.RESTORE])
def test_values_are_not_settled_by_deleting(torn: Household, decision: Decision) -> None:
    torn.sync()
    with pytest.raises(UsageError) as raised:
        torn.resolve(waiting(torn), decision)
    assert raised.value.code == "decision-about-values"


@pytest.mark.parametrize("decision", [Decision.WIKI, Decision.CLOUD])
def test_a_deletion_is_not_settled_by_keeping(bereft: Household, decision: Decision) -> None:
    bereft.sync()
    with pytest.raises(UsageError) as raised:
        bereft.resolve(waiting(bereft), decision)
    assert raised.value.code == "decision-about-deletion"


def test_unknown_and_settled_conflicts_are_refused(torn: Household) -> None:
    torn.sync()
    conflict = waiting(torn)
    for asked in ("zzz", ""):
        with pytest.raises(UsageError) as raised:
            torn.resolve(asked, Decision.WIKI)
        assert raised.value.code == "unknown-conflict"
    torn.resolve(conflict, Decision.WIKI)
    with pytest.raises(UsageError) as raised:
        torn.resolve(conflict, Decision.WIKI)
    assert raised.value.code == "conflict-settled"


@pytest.mark.parametrize("direction", [Direction.TO_CLOUD, Direction.TO_WIKI])
def test_what_was_deleted_at_a_source_is_not_made_there_again(direction: Direction) -> None:
    house = Household(direction=direction)
    source = house.wiki if direction is Direction.TO_CLOUD else house.cloud
    key = "Bal" if direction is Direction.TO_CLOUD else "/cal/1.ics"
    source.put(key, event("Bal"), uid="" if direction is Direction.TO_CLOUD else "1@phone")
    other = {"uid": "" if direction is Direction.TO_CLOUD else "2@phone"}
    source.put(key.replace("1", "2") + "2", event("Autre"), **other)
    house.sync()
    source.remove(key)
    (conflict,) = house.sync().conflicts
    before = house.writes()
    assert house.resolve(conflict.id, Decision.RESTORE).exit is Exit.DONE
    assert (house.writes(), key in source.things) == (before, False)
    assert house.quiet()


def test_conflicts_whose_writes_were_never_sent_stay_open() -> None:
    house = Household()
    for number in range(5):
        house.wiki.put(f"Tag{number}", event())
    house.sync()
    for number in range(5):
        house.wiki.edit(f"Tag{number}", title=f"Wiki {number}")
        house.cloud.edit(f"/cal/Tag{number}.noe.ics", title=f"Nuage {number}")
    house.cloud.fail_next.extend(Unreachable("unreachable") for _ in range(3))
    report = house.sync()
    assert [conflict.open for conflict in report.conflicts] == [True] * 5
    house.sync()
    assert house.quiet()


def test_settling_one_thing_leaves_the_interrupted_creation_of_another() -> None:
    house = Household(on_conflict=OnConflict.ASK)
    house.wiki.put("Bal", event("Bal"))
    house.sync()
    house.cloud.put("/cal/1.ics", event(), uid="1@phone")
    house.wiki.lose_next = 1
    house.sync()
    house.wiki.edit("Bal", title="Grand bal")
    house.cloud.edit("/cal/Bal.noe.ics", title="Petit bal")
    open_one = next(each for each in house.plan().conflicts if each.open)
    house.state.close_binding(
        "agenda",
        run=house.state.runs()[0].run,
        left_out=(),
        conflicts=[open_one],
        wiki_cursor="",
        cloud_cursor="",
        ended=house.clock.now(),
        success=True,
    )
    assert house.resolve(open_one.id, Decision.WIKI).exit is Exit.DONE
    assert len(house.state.unfinished("agenda")) == 1
    house.sync()
    assert house.state.unfinished("agenda") == []
    assert len(house.wiki.completed) == 1


def test_one_answer_settles_a_clash_on_a_series_that_members_changed() -> None:
    house = Household(on_conflict=OnConflict.ASK)
    house.wiki.carries = house.wiki.carries | {"series"}
    house.wiki.says = frozenset({"status"})
    hold = house.wiki.hold
    house.wiki.hold = lambda each: replace(  # type: ignore[method-assign]
        hold(each), frail=each.series is not None
    )
    house.wiki.put(TAG, event(series=Series(rule="FREQ=WEEKLY;COUNT=4")))
    house.sync()
    house.wiki.edit(TAG, title="Bourse aux graines")
    house.cloud.edit(HREF, title="Troc de plantes")
    (conflict,) = house.sync().conflicts
    assert house.resolve(conflict.id, Decision.CLOUD).exit is Exit.DONE
    assert house.wiki.things[TAG].record.title == "Troc de plantes"
    assert not any(each.open for each in house.sync().conflicts)
    assert house.quiet()
