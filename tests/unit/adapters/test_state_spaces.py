"""What the state keeps of spaces, from one run to the next and from one schema to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.adapters.state.upgrade import _config
from oscartes_sync.planning.spaces.values import KeptSpace

GARDENS = KeptSpace(
    kind="groupes",
    tag="Jardins",
    title="Jardins & « été »",
    called="Jardins (2)",
    said="abc",
    team="t1",
    folder=7,
    path="Espaces/Jardins",
    calendar="jardins-1",
    leads=frozenset({"bob", "alice"}),
    links={"team_link": "https://x.example/?a=1&b=2"},
    archive="Archives/x.zip",
    seal="s 1",
    archived="2026-11-24",
    marked=True,
    public=True,
    category="bf_gt=j",
    label="Jardins",
    filed="bf_t=j",
)


def test_a_space_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with SqlStateStore(url) as store:
        assert store.spaces("groupes") == {}
        store.keep_space(replace(GARDENS, title="avant"))
        store.keep_space(GARDENS)
        store.keep_space(KeptSpace(kind="autres", tag="Jardins"))
    with SqlStateStore(url, read_only=True) as store:
        assert store.spaces("groupes") == {"Jardins": GARDENS}
        assert [one.kind for one in store.all_spaces(["groupes", "autres"])] == [
            "autres",
            "groupes",
        ]
        assert store.all_spaces([]) == []


def test_a_state_of_the_schema_before_gets_the_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with SqlStateStore(url):
        pass
    config = _config()
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    engine.dispose()
    with SqlStateStore(url) as store:
        store.keep_space(GARDENS)
        assert store.spaces("groupes") == {"Jardins": GARDENS}


def test_where_there_is_no_state_yet_nothing_is_known(tmp_path: Path) -> None:
    with SqlStateStore(f"sqlite:///{tmp_path / 'none.db'}", read_only=True) as store:
        assert store.spaces("groupes") == {}
