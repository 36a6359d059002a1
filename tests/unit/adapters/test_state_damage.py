"""A damaged state is told as such, whichever of its bytes are wrong."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.errors import StateError
from oscartes_sync.planning.baseline import LeftOut
from oscartes_sync.ports import Forgotten, Image, Intention, Settlement
from oscartes_sync.records.problem import Side
from tests.fakes.links import NOW, PROBLEM, RICH, RUN, a_conflict, a_link, an_operation


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with something in every table."""
    file = tmp_path_factory.mktemp("sound") / "state.db"
    with SqlStateStore(url_of(file)) as store:
        store.claim({"noe": "https://wiki.example"}, {"agenda": "d1"})
        store.begin(RUN)
        intended = [Intention(an_operation(problem=PROBLEM), RICH, Image("whole"))] * 2
        numbers = store.intend(RUN.run, "agenda", intended)
        link = a_link(unsettled={"title": ("a", "b")}, due=NOW, problems=(PROBLEM,))
        many = [a_link(f"E{number:02}.noe@oscartes") for number in range(12)]
        results = {numbers[0]: (an_operation(), None)}
        store.settle("agenda", Settlement(links=[link, *many], results=results))
        store.forget("agenda", Forgotten(uid="E03.noe@oscartes"))
        left = LeftOut(side=Side.WIKI, key="Secret", token="1", problems=(PROBLEM,))
        store.close_binding(
            "agenda",
            run=RUN.run,
            left_out=[left],
            conflicts=[a_conflict()],
            wiki_cursor="w",
            cloud_cursor="c",
            ended=NOW,
            success=True,
        )
        store.end(RUN.run, NOW, 0)
    return file


READS: tuple[Callable[[SqlStateStore], object], ...] = (
    lambda store: store.claim({"noe": "https://wiki.example"}, {"agenda": "d1"}),
    lambda store: store.baseline("agenda"),
    lambda store: list(store.all_links("agenda")),
    lambda store: store.links("agenda", [a_link().uid]),
    lambda store: store.unfinished("agenda"),
    lambda store: store.conflicts("agenda"),
    lambda store: store.status(["agenda"]),
    lambda store: store.runs(),
    lambda store: store.journal(RUN.run),
    lambda store: store.recall("uid"),
    lambda store: store.forget("agenda", Forgotten(uid=a_link().uid, tag=a_link().tag)),
    lambda store: store.purge(NOW),
)


def read_all(file: Path) -> set[str]:
    """The codes of what was refused; anything but a StateError comes through."""
    codes = set()
    try:
        with SqlStateStore(url_of(file)) as store:
            for read in READS:
                try:
                    read(store)
                except StateError as error:
                    codes.add(error.code)
    except StateError as error:
        codes.add(error.code)
    return codes


def test_a_sound_state_is_read_without_a_word(sound: Path, tmp_path: Path) -> None:
    shutil.copy(sound, tmp_path / "state.db")
    assert read_all(tmp_path / "state.db") == set()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1),
    st.floats(0.1, 1),
)
def test_wrong_bytes_and_a_lost_end_are_told_or_harmless(
    sound: Path, tmp_path: Path, flips: list[tuple[float, int]], kept: float
) -> None:
    content = bytearray(sound.read_bytes())
    for where, mask in flips:
        content[int(where * len(content))] ^= mask
    file = tmp_path / "state.db"
    file.write_bytes(content[: max(1, int(len(content) * kept))])
    assert read_all(file) <= {
        "state-corrupt",
        "state-not-ours",
        "state-newer",
        "state-disk-failing",
        "foreign-state",
        "wiki-moved",
    }


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE links SET origin = 'moon'", lambda store: store.baseline("agenda")),
        ("UPDATE links SET due = 'soon'", lambda store: store.baseline("agenda")),
        ("UPDATE links SET problems = '[{}]'", lambda store: store.baseline("agenda")),
        ("UPDATE left_out SET problems = '{'", lambda store: store.baseline("agenda")),
        ("UPDATE link_records SET wiki = '{}'", lambda store: list(store.all_links("agenda"))),
        ("UPDATE link_records SET unsettled = '[1]'", lambda s: s.links("agenda", [a_link().uid])),
        ("UPDATE journal SET operation = 'x'", lambda store: store.unfinished("agenda")),
        ("UPDATE journal SET before = '{'", lambda store: store.journal(RUN.run)),
        ("UPDATE journal SET content = CAST(x'ff' AS TEXT)", lambda store: store.journal(RUN.run)),
        ("UPDATE journal SET operation = '[]'", lambda s: s.forget("agenda", Forgotten(uid="x"))),
        ("UPDATE conflicts SET fields = '{\"a\":1}'", lambda store: store.conflicts("agenda")),
        (
            "UPDATE link_records SET wiki = replace(wiki, '2026-10-25T04', '2026-10-24T04')",
            lambda store: store.links("agenda", [a_link().uid]),
        ),
        ("UPDATE runs SET started = ''", lambda store: store.runs()),
        ("UPDATE bookmarks SET last_run = 'x'", lambda store: store.status(["agenda"])),
        ("DROP TABLE link_records", lambda store: list(store.all_links("agenda"))),
        ("DELETE FROM alembic_version", lambda store: store.runs()),
    ],
)
def test_what_no_release_of_ours_wrote_is_told_as_damage(
    sound: Path, tmp_path: Path, statement: str, read: Callable[[SqlStateStore], object]
) -> None:
    file = tmp_path / "state.db"
    shutil.copy(sound, file)
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(StateError) as caught, SqlStateStore(url_of(file)) as store:
        read(store)
    assert (caught.value.code, caught.value.params) == ("state-corrupt", {"path": str(file)})
