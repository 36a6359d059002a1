"""What a run does and says when its state gives out before, between and after its writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
from oscartes_sync.usecases.report import Exit
from oscartes_sync.usecases.run import sync_run
from oscartes_sync.usecases.world import Options
from tests.fakes.household import Household, event

BEGUN, INTENDED, SETTLED, CLOSED, ENDED = range(1, 6)
"""The transactions of a run that writes, in their order."""


class FullDisk:
    """Lets so many transactions through; every one after that is undone at its commit."""

    def __init__(self, store: SqlStateStore, room: int) -> None:
        self._write = store._database.write
        self.room = room

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._write() as connection:
            yield connection
            self.room -= 1
            if self.room < 0:
                raise StateError("state-disk-full", path="state.db")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStateStore]:
    with SqlStateStore(f"sqlite:///{tmp_path / 'state.db'}") as made:
        yield made


@pytest.fixture
def house(store: SqlStateStore) -> Household:
    """Something to create on both sides, on a real state."""
    made = Household()
    made.state = store  # type: ignore[assignment]
    made.wiki.put("BourseAuxPlantes", event())
    made.wiki.put("RepairCafe", event("Repair café"))
    made.cloud.put("/cal/1.ics", event("Bal"), uid="1@phone")
    return made


def titles(house: Household) -> list[list[str]]:
    return [
        sorted(thing.record.title for thing in side.things.values())
        for side in (house.wiki, house.cloud)
    ]


@pytest.mark.parametrize("failing", [BEGUN, INTENDED])
def test_nothing_is_sent_where_it_cannot_be_journalled(
    house: Household, store: SqlStateStore, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    monkeypatch.setattr(store._database, "write", FullDisk(store, failing - 1).write)
    with pytest.raises(StateError) as caught:
        house.run()
    assert (caught.value.code, house.writes()) == ("state-disk-full", 0)


@pytest.mark.parametrize("failing", [SETTLED, CLOSED, ENDED])
def test_what_was_sent_is_told_as_done_in_part_and_the_next_run_goes_on_from_it(
    house: Household, store: SqlStateStore, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store._database, "write", FullDisk(store, failing - 1).write)
        report = house.run()
    assert report.exit is Exit.PART
    assert {problem.code for problem in report.bindings[0].problems} == {"state-disk-full"}
    assert report.bindings[0].summary.created == 3
    told = titles(house)
    assert told == [["Bal", "Bourse aux plantes", "Repair café"]] * 2
    written = house.writes()
    assert house.run().exit is Exit.DONE
    assert (titles(house), house.writes()) == (told, written)
    assert store.unfinished("agenda") == []
    assert house.quiet()


def test_a_state_that_fails_after_a_binding_was_written_leaves_a_run_done_in_part(
    house: Household, store: SqlStateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(house.world, binding=replace(house.binding, name="ateliers", form="7"))
    monkeypatch.setattr(store._database, "write", FullDisk(store, CLOSED).write)
    report = sync_run(
        [house.world, other], Options(), command="sync", state=store, clock=house.clock
    )
    assert report.exit is Exit.PART
    assert report.bindings[0].summary.created == 3
    assert {problem.code for problem in report.bindings[0].problems} == {"state-disk-full"}


@pytest.mark.parametrize("failing", [BEGUN, BEGUN + 1, BEGUN + 2])
def test_a_run_that_wrote_nothing_fails_as_a_whole(
    house: Household, store: SqlStateStore, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    house.run()
    monkeypatch.setattr(store._database, "write", FullDisk(store, failing - 1).write)
    written = house.writes()
    with pytest.raises(StateError):
        house.run()
    assert house.writes() == written
