"""A state that was deleted, put back from a backup, or is used by two at once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
from oscartes_sync.ports import Intention, RunRecord, Settlement
from tests.fakes.links import NOW, RUN, a_link, an_operation

NEXT = RunRecord(run="next", command="sync", started=NOW + timedelta(days=7))


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def a_week(store: SqlStateStore, run: RunRecord, version: str) -> None:
    """One run that leaves this version of everything."""
    store.claim({"noe": "https://wiki.example"}, {"agenda": "d1"})
    store.begin(run)
    (number,) = store.intend(run.run, "agenda", [Intention(an_operation())])
    link = a_link(wiki_token=f"w{version}", cloud_token=f"c{version}")
    store.settle("agenda", Settlement(links=[link], results={number: (an_operation(), None)}))
    store.close_binding(
        "agenda",
        run=run.run,
        left_out=(),
        conflicts=(),
        wiki_cursor=f"wiki {version}",
        cloud_cursor=f"cloud {version}",
        ended=run.started,
        success=True,
    )
    store.end(run.run, run.started, 0)


def test_last_week_s_state_is_simply_older_and_goes_on_from_there(
    file: Path, tmp_path: Path
) -> None:
    with SqlStateStore(url_of(file)) as store:
        name = store.identity(lambda: "a1")
        a_week(store, RUN, "1")
    shutil.copy(file, tmp_path / "backup.db")
    with SqlStateStore(url_of(file)) as store:
        a_week(store, NEXT, "2")
        assert store.baseline("agenda").cloud_cursor == "cloud 2"
    shutil.copy(tmp_path / "backup.db", file)
    with SqlStateStore(url_of(file)) as store:
        baseline = store.baseline("agenda")
        (head,) = baseline.heads
        assert (head.wiki_token, head.cloud_token) == ("w1", "c1")
        assert (baseline.wiki_cursor, baseline.cloud_cursor) == ("wiki 1", "cloud 1")
        assert [each.run for each in store.runs()] == [RUN.run]
        assert store.identity(lambda: "b2") == name
        a_week(store, replace(NEXT, run="again"), "3")
        assert store.baseline("agenda").cloud_cursor == "cloud 3"


def test_a_deleted_state_begins_anew_under_another_name(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        store.identity(lambda: "a1")
        a_week(store, RUN, "1")
    file.unlink()
    with SqlStateStore(url_of(file)) as store:
        assert store.baseline("agenda").heads == ()
        assert store.identity(lambda: "b2") == "b2"
        a_week(store, RUN, "1")


def test_a_state_of_another_configuration_is_refused_and_not_touched(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        a_week(store, RUN, "1")
    before = file.read_bytes()
    for wikis, bindings, code in (
        ({"noe": "https://other.example"}, {"agenda": "d1"}, "wiki-moved"),
        ({"noe": "https://wiki.example"}, {"agenda": "d2", "new": "d3"}, "foreign-state"),
    ):
        with SqlStateStore(url_of(file)) as store, pytest.raises(StateError) as caught:
            store.claim(wikis, bindings)
        assert caught.value.code == code
        assert file.read_bytes() == before


def test_two_stores_see_what_each_other_wrote(file: Path) -> None:
    with SqlStateStore(url_of(file)) as first, SqlStateStore(url_of(file)) as second:
        a_week(first, RUN, "1")
        assert second.baseline("agenda").wiki_cursor == "wiki 1"
        a_week(second, NEXT, "2")
        assert first.baseline("agenda").wiki_cursor == "wiki 2"
        numbers = [each.number for run in first.runs() for each in first.journal(run.run)]
        assert len(set(numbers)) == 2


def test_a_look_may_be_taken_while_a_run_is_writing(file: Path) -> None:
    with SqlStateStore(url_of(file)) as store:
        a_week(store, RUN, "1")
        with store.lock(0), SqlStateStore(url_of(file), read_only=True) as looked:
            (number,) = store.intend(RUN.run, "agenda", [Intention(an_operation())])
            assert [each.number for each in looked.unfinished("agenda")] == [number]
            assert looked.status(["agenda"])[0].links == 1
