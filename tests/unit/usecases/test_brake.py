"""What a server's refusal means for the rest of the run."""

from __future__ import annotations

import pytest

from oscartes_sync import errors
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.writing import LONGEST, PATIENCE, Brake
from tests.fakes.sides import FakeClock

EDIT = Operation(
    uid="a@b", action=Action.UPDATE, side=Side.CLOUD, entry="A", href="/a.ics", title="Un titre"
)
OTHER = Operation(
    uid="a@b", action=Action.UPDATE, side=Side.WIKI, entry="A", href="/a.ics", title="Un titre"
)
BUSY = errors.Overloaded("cloud-too-many-requests", cloud="noe")
LOST = errors.Unreachable("cloud-unreachable", cloud="noe", reason="refused")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def brake(clock: FakeClock) -> Brake:
    return Brake(clock)


@pytest.mark.parametrize("error", [BUSY, LOST])
def test_some_refusals_in_a_row_stop_one_side(brake: Brake, error: errors.SideError) -> None:
    for _ in range(PATIENCE - 1):
        brake.learn(Side.CLOUD, error)
    assert not brake.holds(EDIT)
    brake.learn(Side.CLOUD, error)
    assert brake.holds(EDIT)
    assert not brake.holds(OTHER)
    assert [problem.code for problem in brake.problems()] == [error.code]


@pytest.mark.parametrize("error", [BUSY, LOST])
def test_what_goes_well_in_between_starts_the_count_again(
    brake: Brake, error: errors.SideError
) -> None:
    for _ in range(3 * PATIENCE):
        brake.learn(Side.CLOUD, error)
        brake.went_well(Side.CLOUD)
    assert not brake.holds(EDIT)
    assert brake.problems() == ()


@pytest.mark.parametrize(
    "error",
    [
        errors.Unavailable("cloud-maintenance", cloud="noe"),
        errors.Unavailable("cloud-too-many-requests", cloud="noe"),
        errors.CredentialsRefused("cloud-password-refused", cloud="noe"),
    ],
)
def test_a_server_that_says_so_is_left_alone_at_once(brake: Brake, error: errors.SideError) -> None:
    brake.learn(Side.CLOUD, error)
    assert brake.holds(EDIT)


def test_an_hour_is_enough_and_what_is_left_is_counted(brake: Brake, clock: FakeClock) -> None:
    clock.sleep(LONGEST - 1)
    assert not brake.holds(EDIT)
    clock.sleep(2)
    assert brake.holds(EDIT)
    assert brake.holds(EDIT)
    assert brake.holds(OTHER)
    told = {problem.side: dict(problem.params)["left"] for problem in brake.problems()}
    assert told == {Side.CLOUD: "2", Side.WIKI: "1"}
