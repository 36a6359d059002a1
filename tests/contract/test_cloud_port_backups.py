"""A calendar that comes out of a backup, or is made anew, is no calendar that members emptied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from oscartes_sync.planning.binding import Binding, Deletions
from oscartes_sync.planning.snapshot import Known, Snapshot
from tests.fakes.agendas import BINDING, EVENT, Agenda
from tests.fakes.clouds import BOT, CALENDAR, StandInWorld

PROPAGATE = replace(BINDING, deletions=Deletions.PROPAGATE)


@pytest.fixture(params=[34, 32])
def agenda(request: pytest.FixtureRequest) -> Iterator[Agenda]:
    with StandInWorld(version=request.param) as world:
        world.port().prepare(BINDING)
        yield Agenda(world)


class TestAServerThatWentBack:
    """What an older backup lacks, nobody deleted (sync-token lower than the one we know)."""

    def put_back(self, agenda: Agenda, *, empty: bool = False) -> None:
        """The calendar as it was before the third of them was made, or before all."""
        calendar = agenda.world.cloud.core.store.find(BOT, CALENDAR)
        assert calendar is not None
        for key in agenda.keys if empty else agenda.keys[2:]:
            calendar.forget(calendar.resources[key.rsplit("/", 1)[-1]])
        calendar.changes.clear()
        calendar.token = 2

    def again(self, agenda: Agenda, binding: Binding, *, full: bool = False) -> Snapshot:
        snapshot = agenda.run(binding=binding, full=full)
        agenda.known = Known(tokens=agenda.known.tokens, cursor=snapshot.cursor)
        return snapshot

    def test_deletes_nothing_by_itself_however_often_it_is_asked(self, agenda: Agenda) -> None:
        self.put_back(agenda)
        for full in (False, False, True, False):
            assert agenda.gone(binding=PROPAGATE, full=full) == set()
            snapshot = self.again(agenda, PROPAGATE, full=full)
            assert snapshot.absent == {agenda.keys[2]}
            (problem,) = snapshot.problems
            assert (problem.code, dict(problem.params)["count"]) == ("calendar-went-back", "1")

    def test_leaves_it_to_a_person_where_one_is_asked(self, agenda: Agenda) -> None:
        self.put_back(agenda)
        self.again(agenda, PROPAGATE)
        assert agenda.gone() == {agenda.keys[2]}
        assert self.again(agenda, BINDING).problems == ()
        assert agenda.gone(binding=PROPAGATE) == set()

    def test_says_nothing_against_what_a_member_deletes_later(self, agenda: Agenda) -> None:
        self.put_back(agenda)
        self.again(agenda, PROPAGATE)
        agenda.world.remove(agenda.keys[0])
        assert agenda.gone(binding=PROPAGATE) == {agenda.keys[0]}

    def test_is_over_once_the_event_is_back(self, agenda: Agenda) -> None:
        self.put_back(agenda)
        self.again(agenda, PROPAGATE)
        name = agenda.keys[2].rsplit("/", 1)[-1]
        agenda.world.write(name, EVENT, f"{name}@members.example")
        assert self.again(agenda, PROPAGATE).problems == ()
        agenda.world.remove(agenda.keys[2])
        assert agenda.gone(binding=PROPAGATE) == {agenda.keys[2]}

    def test_says_nothing_against_what_was_missing_before(self, agenda: Agenda) -> None:
        agenda.world.remove(agenda.keys[0])
        self.again(agenda, PROPAGATE)
        self.put_back(agenda)
        assert agenda.gone(binding=PROPAGATE) == {agenda.keys[0]}
        self.again(agenda, PROPAGATE)
        assert agenda.gone(binding=PROPAGATE) == {agenda.keys[0]}

    def test_leaves_an_empty_calendar_to_the_guard_against_those(self, agenda: Agenda) -> None:
        self.put_back(agenda, empty=True)
        assert self.again(agenda, PROPAGATE).empty
        assert agenda.gone(binding=PROPAGATE) == set(agenda.keys)

    def test_deletes_nothing_once_something_new_is_in_it_either(self, agenda: Agenda) -> None:
        self.put_back(agenda, empty=True)
        self.again(agenda, PROPAGATE)
        agenda.world.write("neuf.ics", EVENT, "neuf@members.example")
        assert agenda.gone(binding=PROPAGATE) == set()
