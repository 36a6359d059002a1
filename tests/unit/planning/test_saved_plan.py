"""A reviewed plan is done exactly, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oscartes_sync.bootstrap import plan_file
from oscartes_sync.errors import UsageError
from oscartes_sync.planning.binding import Deletions, MaxDelete
from oscartes_sync.planning.operation import State
from oscartes_sync.usecases.report import Exit
from oscartes_sync.usecases.run import SavedPlan, plan_run, sync_run
from oscartes_sync.usecases.world import Options
from tests.unit.planning.test_reconcile import HREF, House, codes, event


def saved(house: House, path: Path) -> SavedPlan:
    _, plans = plan_run([house.world], Options(), house.clock)
    plan_file.save(path, plans)
    return plan_file.load(path)


def apply(house: House, only: SavedPlan) -> object:
    return sync_run(
        [house.world],
        Options(),
        command="apply",
        state=house.state,
        clock=house.clock,
        only=only,
    ).bindings[0]


def test_a_saved_plan_does_what_was_reviewed_and_nothing_that_came_later(tmp_path: Path) -> None:
    house = House()
    house.wiki.put("A", event("A"))
    only = saved(house, tmp_path / "plan")
    house.wiki.put("B", event("B"))
    report = apply(house, only)
    assert [op.entry for op in report.operations] == ["A"]  # type: ignore[attr-defined]
    assert len(house.cloud.things) == 1
    house.sync()
    assert len(house.cloud.things) == 2


def test_what_moved_since_is_refused_and_said(tmp_path: Path) -> None:
    house = House()
    house.link_one()
    house.wiki.edit("BourseAuxPlantes", title="Un")
    only = saved(house, tmp_path / "plan")
    house.wiki.edit("BourseAuxPlantes", title="Deux")
    report = apply(house, only)
    assert house.cloud.things[HREF].record.title == "Bourse aux plantes"
    assert report.exit is Exit.PART  # type: ignore[attr-defined]
    assert [op.state for op in report.operations] == [State.SKIPPED]  # type: ignore[attr-defined]
    assert codes(report) == ["stale-operation"]  # type: ignore[arg-type]


def test_what_is_settled_already_is_said_too(tmp_path: Path) -> None:
    house = House()
    house.wiki.put("A", event("A"))
    only = saved(house, tmp_path / "plan")
    house.sync()
    before = house.writes()
    report = apply(house, only)
    assert house.writes() == before
    assert codes(report) == ["stale-operation"]  # type: ignore[arg-type]


def test_a_saved_plan_is_for_its_owner_alone(tmp_path: Path) -> None:
    house = House()
    house.wiki.put("A", event("A"))
    saved(house, tmp_path / "plan")
    assert (tmp_path / "plan").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": "other"}', '{"format": "oscartes-plan/1"}']
)
def test_what_is_no_plan_of_ours_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "plan"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        plan_file.load(path)
    assert caught.value.code == "plan-file-unreadable"


def test_a_plan_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        plan_file.save(tmp_path / "nowhere" / "plan", {})
    assert caught.value.code == "plan-file-unwritable"


def test_a_saved_plan_is_readable_json(tmp_path: Path) -> None:
    house = House()
    house.wiki.put("A", event("A"))
    saved(house, tmp_path / "plan")
    content = json.loads((tmp_path / "plan").read_text())
    assert list(content["bindings"]) == ["agenda"]


# What a second reader found


def test_a_saved_plan_does_not_do_what_it_showed_as_left_out(tmp_path: Path) -> None:
    house = House(deletions=Deletions.PROPAGATE)
    for number in range(12):
        house.wiki.put(f"E{number}", event(f"Événement {number}"))
    house.sync()
    for number in range(10):
        house.cloud.remove(f"/cal/E{number}.noe.ics")
    only = saved(house, tmp_path / "plan")
    sync_run(
        [house.world],
        Options(max_delete=MaxDelete(100), allow_empty=True),
        command="apply",
        state=house.state,
        clock=house.clock,
        only=only,
    )
    assert len(house.wiki.things) == 12
