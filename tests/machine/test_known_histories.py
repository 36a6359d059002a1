"""Histories that random walks once found, kept as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete, OnConflict
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import a_contact
from tests.machine.gate import Fault, How
from tests.machine.village import Accident, Deed, Village

AGENDA = Binding(
    name="agenda",
    wiki="noe",
    cloud="noe",
    form="6",
    collection="agenda",
    on_conflict=OnConflict.WIKI,
    deletions=Deletions.PROPAGATE,
    direction=Direction.BOTH,
    max_delete=MaxDelete(100),
)
DIRECTORY = replace(AGENDA, kind="contacts", consent="accord=oui")


def _each_machine_runs(village: Village) -> None:
    for _ in range(2):
        village.happen(Accident.OTHER_MACHINE, 0)
        for _ in range(3):
            village.sync()


def test_a_copy_that_another_state_made_of_what_this_one_passed_over_is_found_again() -> None:
    """Publishing is switched off, on and off again; one of the two states slept through "on"."""
    village = Village(AGENDA)
    village.create(Side.WIKI)
    village.create(Side.CLOUD)
    village.sync()
    village.binding = replace(AGENDA, publish="none")
    _each_machine_runs(village)
    assert (len(village.wiki.things), len(village.cloud.things)) == (1, 2)
    village.binding = AGENDA
    village.converge()
    assert (len(village.wiki.things), len(village.cloud.things)) == (2, 2)
    village.binding = replace(AGENDA, publish="none")
    _each_machine_runs(village)
    assert (len(village.wiki.things), len(village.cloud.things)) == (1, 2)


def test_a_copy_that_an_undo_brings_back_finds_its_original_moved_and_closed() -> None:
    """A calendar tells a move once, and it was told while the copy was undone."""
    village = Village(AGENDA)
    village.create(Side.CLOUD)
    village.sync()
    village.undo(0)
    village.act(Deed.CLOSE, Side.CLOUD, 0)
    village.act(Deed.MOVE, Side.CLOUD, 0)
    village.converge()
    village.undo(0)
    village.converge()
    assert (len(village.wiki.things), len(village.cloud.things)) == (0, 1)


def test_an_event_made_anew_under_its_own_uid_replaces_the_one_another_state_knew() -> None:
    """Its entry was taken for the wiki's own by a state that came after its deletion."""
    village = Village(AGENDA)
    village.create(Side.CLOUD)
    village.create(Side.CLOUD)
    village.sync()
    village.act(Deed.REMOVE, Side.CLOUD, 1)
    _each_machine_runs(village)
    village.act(Deed.REMOVE, Side.CLOUD, 1)
    village.edit(Side.WIKI, village.pick(Side.WIKI, 1), "title")
    village.converge()
    _each_machine_runs(village)
    assert (len(village.wiki.things), len(village.cloud.things)) == (2, 2)


def test_an_edit_of_a_copy_is_told_where_its_source_closed_before_anything_was_agreed() -> None:
    village = Village(AGENDA)
    village.create(Side.WIKI)
    village.create(Side.WIKI)
    village.sync()
    village.happen(Accident.LOSS, 0)
    for side in Side:
        village.edit(side, village.pick(side, 0), "title")
    village.converge()
    village.act(Deed.CLOSE, Side.WIKI, 0)
    village.edit(Side.CLOUD, village.pick(Side.CLOUD, 0), "title")
    report = village.sync()
    assert report is not None
    assert [(c.fields.keys(), c.winner) for c in report.conflicts] == [({"title"}, Side.WIKI)]


def test_what_comes_back_as_it_was_is_judged_by_what_is_published_now() -> None:
    """Its calendar was empty while the configuration changed, so nothing was concluded."""
    village = Village(AGENDA)
    village.create(Side.CLOUD)
    village.sync()
    village.act(Deed.REMOVE, Side.CLOUD, 0)
    village.binding = replace(AGENDA, publish="none")
    village.converge()
    village.act(Deed.UNEARTH, Side.CLOUD, 0)
    village.converge()
    assert (len(village.wiki.things), len(village.cloud.things)) == (0, 1)


def test_a_closed_copy_that_was_nearly_forgotten_is_told_by_each_run() -> None:
    village = Village(AGENDA)
    village.create(Side.WIKI)
    village.sync()
    village.happen(Accident.LOSS, 0)
    village.edit(Side.WIKI, village.pick(Side.WIKI, 0), "title")
    village.converge()
    village.act(Deed.CLOSE, Side.CLOUD, 0)
    village.forget(Side.WIKI, 0, (Fault(4, How.AFTER),))
    for _ in range(3):
        report = village.sync()
        assert report is not None
        assert [problem.code for problem in report.problems] == ["copy-hidden"]
        assert [(c.fields.keys(), c.open) for c in report.conflicts] == [({"title"}, True)]


def test_an_event_that_comes_back_finds_the_entry_that_was_left_out_without_it() -> None:
    village = Village(replace(AGENDA, direction=Direction.TO_WIKI))
    village.create(Side.CLOUD)
    village.sync()
    village.act(Deed.REMOVE, Side.CLOUD, 0)
    village.edit(Side.WIKI, village.pick(Side.WIKI, 0), "title")
    village.happen(Accident.LOSS, 0)
    village.converge()
    village.act(Deed.UNEARTH, Side.CLOUD, 0)
    village.converge()
    (entry,) = village.wiki.things.values()
    (event,) = village.cloud.things.values()
    assert entry.record.title == event.record.title


def test_a_telephone_of_the_form_finds_its_own_in_the_card_wherever_it_stands() -> None:
    """The form keeps each number in its own field, so that the two sides list them otherwise."""
    village = Village(DIRECTORY)
    village.create(Side.WIKI, series=True)
    village.sync()
    for name in ("no place", "start"):
        village.edit(Side.CLOUD, village.pick(Side.CLOUD, 0), name)
    village.sync()
    village.edit(Side.WIKI, village.pick(Side.WIKI, 0), "start", line=1)
    village.converge()
    (entry,), (card,) = village.wiki.things.values(), village.cloud.things.values()
    assert set(a_contact(card.record).phones) == set(a_contact(entry.record).phones)


@pytest.mark.parametrize("how", ["deleted", "closed"])
def test_who_leaves_after_the_state_was_lost_is_out_of_the_book(how: str) -> None:
    """Without consent at the run that met it, a card may be another binding's: it stays, told."""
    village = Village(DIRECTORY)
    village.create(Side.WIKI)
    village.create(Side.WIKI)
    village.sync()
    village.happen(Accident.LOSS, 0)
    village.act(Deed.LEAVE, Side.WIKI, 0)
    village.sync()
    village.act(Deed.REMOVE if how == "deleted" else Deed.CLOSE, Side.WIKI, 0)
    village.sync()
    assert [thing.uid for thing in village.cloud.things.values()] == ["Entree2.noe@oscartes"]


def test_a_logo_that_could_not_be_fetched_is_in_the_card_once_it_can() -> None:
    village = Village(DIRECTORY)
    village.cloud.logos = False
    village.create(Side.WIKI, series=True)
    for _ in range(2):
        report = village.sync()
        assert report is not None
        assert [problem.code for problem in report.problems] == ["logo-not-fetched"]
    village.cloud.logos = True
    village.converge()
    (card,) = village.cloud.things.values()
    assert a_contact(card.record).image


def test_a_card_that_is_moved_while_its_entry_is_closed_is_told_by_that_entry() -> None:
    village = Village(replace(DIRECTORY, deletions=Deletions.PROPAGATE))
    village.create(Side.CLOUD)
    village.create(Side.WIKI)
    village.sync()
    (tag,) = (tag for tag in village.wiki.things if tag != "Entree2")
    village.act(Deed.CLOSE, Side.WIKI, sorted(village.wiki.things).index(tag))
    village.settle()
    village.act(Deed.MOVE, Side.CLOUD, sorted(village.cloud.things).index("/cal/1.ics"))
    village.converge()
    report = village.settle()
    assert ("card-stays", tag) in {(each.code, each.entry) for each in report.problems}
