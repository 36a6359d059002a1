"""Histories that random walks once found, kept as they are."""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete, OnConflict
from oscartes_sync.records.problem import Side
from tests.machine.village import Accident, Village

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
