"""What any state store does: the same suite on the fake and on the real one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from oscartes_sync.adapters.state.store import SqlStateStore
from oscartes_sync.adapters.state.tables import metadata
from oscartes_sync.errors import StateError, StateLocked
from oscartes_sync.planning.baseline import MISSING, LeftOut, LinkHead
from oscartes_sync.planning.membership import Membership, Tie
from oscartes_sync.planning.operation import Action, Reason, State
from oscartes_sync.planning.plan import Clash, ConflictKind
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import (
    BindingState,
    Forgotten,
    Image,
    Intention,
    Settlement,
    StateStore,
)
from oscartes_sync.records.event import (
    Event,
    Position,
    RichText,
)
from oscartes_sync.records.fingerprint import record_to_json
from oscartes_sync.records.identity import forgotten_digest
from oscartes_sync.records.problem import Problem, Side
from tests.fakes.links import NOW, PLAIN, PROBLEM, RICH, RUN, a_conflict, a_link, an_operation
from tests.fakes.state import InMemoryStateStore

SEEN = Seen("Fete", "2027-03-02 10:00:00|abc", RICH)


@pytest.fixture(params=["fake", "sqlite file", "sqlite memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateStore]:
    """An empty store; PostgreSQL's where OSCARTES_TEST_POSTGRESQL names a database to empty."""
    if request.param == "fake":
        yield InMemoryStateStore()
        return
    urls = {
        "sqlite file": f"sqlite:///{tmp_path / 'state.db'}",
        "sqlite memory": "sqlite://",
        "postgresql": os.environ.get("OSCARTES_TEST_POSTGRESQL", ""),
    }
    url = urls[request.param]
    if not url:
        pytest.skip("OSCARTES_TEST_POSTGRESQL is not set")
    with SqlStateStore(url) as made:
        with made._database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        yield made


def close(
    store: StateStore, *, ended: datetime = NOW, success: bool = True, **kept: object
) -> None:
    wanted: dict[str, object] = {
        "left_out": (),
        "conflicts": (),
        "wiki_cursor": "",
        "cloud_cursor": "",
    }
    store.close_binding("agenda", run=RUN.run, ended=ended, success=success, **(wanted | kept))  # type: ignore[arg-type]


def test_an_empty_state_knows_nothing(store: StateStore) -> None:
    baseline = store.baseline("agenda")
    assert (baseline.heads, baseline.left_out, baseline.problems) == ((), (), ())
    assert (baseline.wiki_cursor, baseline.cloud_cursor) == ("", "")
    assert store.links("agenda", ["x"]) == {}
    assert list(store.all_links("agenda")) == []
    assert store.runs() == []
    assert store.unfinished("agenda") == []
    assert store.recall("anything") is None


def test_a_link_comes_back_as_it_was_settled(store: StateStore) -> None:
    link = a_link(
        unsettled={"title": ("Avant", MISSING), "start": (RICH.start, PLAIN.start)},
        due=NOW,
        dropped=Side.CLOUD,
        problems=(PROBLEM,),
    )
    store.settle("agenda", Settlement(links=[link]))
    found = store.links("agenda", [link.uid])[link.uid]
    assert found == link
    assert found.unsettled["title"][1] is MISSING
    assert (found.wiki.page, found.wiki.properties) == (RICH.page, RICH.properties)


def test_the_baseline_holds_the_light_heads_and_the_standing_problems(store: StateStore) -> None:
    restless = a_link("B.noe@oscartes", unsettled={"title": ("a", "b")}, problems=(PROBLEM,))
    store.settle("agenda", Settlement(links=[restless, a_link("A.noe@oscartes", due=NOW)]))
    baseline = store.baseline("agenda")
    assert [head.uid for head in baseline.heads] == ["A.noe@oscartes", "B.noe@oscartes"]
    assert baseline.problems == (PROBLEM,)
    assert baseline.heads[1] == LinkHead(
        uid="B.noe@oscartes",
        origin=Side.WIKI,
        tag="B",
        href=restless.href,
        wiki_token=restless.wiki_token,
        cloud_token=restless.cloud_token,
        restless=True,
    )
    assert baseline.heads[0].due == NOW


def test_bindings_do_not_see_each_other(store: StateStore) -> None:
    store.settle("agenda", Settlement(links=[a_link()]))
    assert store.baseline("ateliers").heads == ()
    store.settle("ateliers", Settlement(forgotten=[a_link().uid]))
    assert len(store.baseline("agenda").heads) == 1


def test_settling_again_replaces_and_forgetting_removes(store: StateStore) -> None:
    kept, gone = a_link("A.noe@oscartes"), a_link("B.noe@oscartes")
    store.settle("agenda", Settlement(links=[kept, gone]))
    moved = replace(kept, cloud_token='"def"')
    store.settle("agenda", Settlement(links=[moved], forgotten=[gone.uid, "unknown"]))
    assert list(store.all_links("agenda")) == [moved]


def test_more_links_than_one_statement_takes(store: StateStore) -> None:
    many = [a_link(f"E{number:04}.noe@oscartes", wiki=PLAIN) for number in range(1203)]
    store.settle("agenda", Settlement(links=many))
    assert list(store.all_links("agenda")) == many
    uids = [link.uid for link in many]
    assert list(store.links("agenda", [*uids, "unknown"])) == uids
    store.settle("agenda", Settlement(forgotten=uids))
    assert store.baseline("agenda").heads == ()


def test_links_may_be_settled_while_all_are_walked(store: StateStore) -> None:
    many = [a_link(f"E{number:04}.noe@oscartes", wiki=PLAIN) for number in range(600)]
    store.settle("agenda", Settlement(links=many))
    walked = 0
    for link in store.all_links("agenda"):
        walked += 1
        if walked % 200 == 0:
            store.settle("agenda", Settlement(links=[replace(link, cloud_token="new")]))
    assert walked == 600


def test_what_is_left_out_is_added_by_settling_and_replaced_by_closing(store: StateStore) -> None:
    hidden = LeftOut(side=Side.WIKI, key="Secret", token="1")
    broken = LeftOut(side=Side.CLOUD, key="/b.ics", token="2", problems=(PROBLEM,))
    store.begin(RUN)
    store.settle("agenda", Settlement(left_out=[hidden]))
    store.settle("agenda", Settlement(left_out=[replace(hidden, token="9"), broken]))
    assert set(store.baseline("agenda").left_out) == {replace(hidden, token="9"), broken}
    close(store, left_out=[broken])
    assert store.baseline("agenda").left_out == (broken,)


def test_bookmarks_are_kept_until_the_next_run(store: StateStore) -> None:
    store.begin(RUN)
    close(store, wiki_cursor="2026-11-24", cloud_cursor="http://sabre.io/ns/sync/7")
    baseline = store.baseline("agenda")
    assert baseline.wiki_cursor == "2026-11-24"
    assert baseline.cloud_cursor == "http://sabre.io/ns/sync/7"


def test_intentions_stay_unfinished_until_they_have_a_result(store: StateStore) -> None:
    store.begin(RUN)
    create = an_operation(action=Action.CREATE, changes=(), entry=None, href=None, token="")
    numbers = store.intend(
        RUN.run, "agenda", [Intention(an_operation(), PLAIN, Image("whole")), Intention(create)]
    )
    assert len(set(numbers)) == 2
    first, second = store.unfinished("agenda")
    assert [first.number, second.number] == list(numbers)
    assert first.operation == an_operation()
    assert first.operation.changes[1].before is MISSING
    assert (first.before, second.before) == (record_to_json(PLAIN), None)
    assert (first.image, second.image) == (Image("whole"), None)
    assert store.unfinished("ateliers") == []

    done = replace(an_operation(), state=State.DONE, reason=Reason.WITHDRAWN, problem=PROBLEM)
    store.settle("agenda", Settlement(links=[a_link()], results={numbers[0]: (done, SEEN)}))
    assert [each.number for each in store.unfinished("agenda")] == [numbers[1]]
    ended = store.journal(RUN.run)[0]
    assert (ended.finished, ended.operation, ended.after) == (True, done, record_to_json(RICH))
    assert (ended.left, ended.image) == (SEEN.token, Image("whole"))


def test_what_may_have_been_done_or_not_stays_an_intention(store: StateStore) -> None:
    store.begin(RUN)
    (number,) = store.intend(RUN.run, "agenda", [Intention(an_operation())])
    failed = replace(an_operation(), state=State.FAILED, problem=PROBLEM)
    results = {number: (failed, None)}
    store.settle("agenda", Settlement(results=results, open=frozenset({number})))
    (waiting,) = store.unfinished("agenda")
    assert (waiting.operation, waiting.finished) == (failed, False)
    store.settle("agenda", Settlement(results=results))
    assert store.unfinished("agenda") == []


def test_a_merged_conflict_is_kept_from_its_intention_on(store: StateStore) -> None:
    store.begin(RUN)
    merged = a_conflict("c1", open=False)
    store.intend(RUN.run, "agenda", [Intention(an_operation())], [merged])
    assert store.conflicts("agenda") == [merged]
    close(store)
    assert store.conflicts("agenda") == [merged]
    close(store, conflicts=[a_conflict("c1")])
    assert store.conflicts("agenda") == [a_conflict("c1")]


def test_an_abandoned_intention_is_neither_unfinished_nor_finished(store: StateStore) -> None:
    store.begin(RUN)
    numbers = store.intend(RUN.run, "agenda", [Intention(an_operation())])
    store.abandon(numbers)
    assert store.unfinished("agenda") == []
    assert [each.finished for each in store.journal(RUN.run)] == [False]


def test_numbers_go_on_from_run_to_run(store: StateStore) -> None:
    store.begin(RUN)
    first = store.intend(RUN.run, "agenda", [Intention(an_operation())])
    other = replace(RUN, run="later", started=NOW + timedelta(hours=1))
    store.begin(other)
    second = store.intend("later", "ateliers", [Intention(an_operation())])
    assert second[0] > first[0]
    assert store.intend("later", "ateliers", []) == []
    assert [each.number for each in store.journal("later")] == list(second)


def test_runs_are_told_newest_first_with_how_they_ended(store: StateStore) -> None:
    store.begin(RUN)
    later = replace(RUN, run="later", started=NOW + timedelta(hours=1))
    store.begin(later)
    store.end(RUN.run, NOW + timedelta(seconds=5), 4)
    assert store.runs() == [later, replace(RUN, ended=NOW + timedelta(seconds=5), exit=4)]


def test_status_counts_links_open_conflicts_and_pending_deletions(store: StateStore) -> None:
    store.begin(RUN)
    store.settle("agenda", Settlement(links=[a_link()]))
    found = [
        a_conflict("c1"),
        a_conflict("c2", open=False),
        a_conflict("c3", kind=ConflictKind.DELETION, fields={}),
        a_conflict("c4", kind=ConflictKind.SERIES),
    ]
    close(store, conflicts=found)
    close(store, conflicts=found, ended=NOW + timedelta(hours=1), success=False)
    assert store.status(["ateliers", "agenda"]) == [
        BindingState(name="ateliers"),
        BindingState(
            name="agenda",
            links=1,
            conflicts=2,
            pending_deletions=1,
            last_run=NOW + timedelta(hours=1),
            last_success=NOW,
        ),
    ]


def test_settled_conflicts_stay_and_open_ones_are_those_of_the_last_run(
    store: StateStore,
) -> None:
    store.begin(RUN)
    settled = a_conflict("settled", open=False)
    close(store, conflicts=[settled, a_conflict("open")])
    close(store, conflicts=[])
    assert store.conflicts("agenda") == [settled]


def test_a_purge_drops_the_images_of_old_runs_but_not_open_intentions(store: StateStore) -> None:
    store.begin(RUN)
    intended = [Intention(an_operation(), PLAIN, Image("whole"))] * 2
    numbers = store.intend(RUN.run, "agenda", intended)
    store.settle("agenda", Settlement(results={numbers[0]: (an_operation(), SEEN)}))
    store.end(RUN.run, NOW, 0)
    close(store, conflicts=[a_conflict("settled", open=False), a_conflict("open")])
    assert store.purge(NOW) == 0
    assert store.purge(NOW + timedelta(days=30)) == 1
    assert store.purge(NOW + timedelta(days=30)) == 0
    emptied, kept = store.journal(RUN.run)
    assert (emptied.before, emptied.after, emptied.operation.record) == (None, None, None)
    assert (emptied.operation.title, emptied.operation.changes) == ("", ())
    assert (emptied.image, emptied.left) == (None, "")
    assert emptied.operation.entry == an_operation().entry
    assert (kept.before, kept.image) == (record_to_json(PLAIN), Image("whole"))
    assert [each.id for each in store.conflicts("agenda")] == ["open"]


def test_a_purge_forgets_old_runs_that_wrote_nothing(store: StateStore) -> None:
    store.begin(RUN)
    store.end(RUN.run, NOW, 0)
    store.purge(NOW + timedelta(days=1))
    assert store.runs() == []


def test_a_claim_accepts_what_it_knows_and_what_is_new(store: StateStore) -> None:
    store.claim({"noe": "https://wiki.example"}, {"agenda": "d1"})
    store.claim({"noe": "https://wiki.example", "tel": "https://tel.example"}, {"b": "d2"})
    with pytest.raises(StateError) as caught:
        store.claim({"tel": "https://elsewhere.example"}, {})
    assert caught.value.code == "wiki-moved"
    assert caught.value.params["old"] == "https://tel.example"
    assert caught.value.params["new"] == "https://elsewhere.example"


def test_a_slash_at_the_end_is_no_other_address(store: StateStore) -> None:
    store.claim({"noe": "https://wiki.example"}, {})
    store.claim({"noe": "https://wiki.example/"}, {})
    assert store.rename_wiki("https://wiki.example/", "https://new.example/") == ["noe"]
    store.claim({"noe": "https://new.example"}, {})


def test_a_renamed_wiki_keeps_its_links_and_has_them_read_again(store: StateStore) -> None:
    store.claim({"noe": "https://old.example", "tel": "https://tel.example"}, {"agenda": "d1"})
    store.settle("agenda", Settlement(links=[a_link()]))
    assert store.rename_wiki("https://old.example", "https://new.example") == ["noe"]
    (link,) = store.all_links("agenda")
    assert link == replace(a_link(), wiki_token="")
    store.claim({"noe": "https://new.example", "tel": "https://tel.example"}, {"agenda": "d1"})
    with pytest.raises(StateError) as caught:
        store.rename_wiki("https://old.example", "https://new.example")
    assert caught.value.code == "wiki-unknown"
    assert caught.value.params["known"] == "https://new.example, https://tel.example"


def known_thing() -> Forgotten:
    return Forgotten(uid=a_link().uid, tag=a_link().tag, href=a_link().href)


def test_what_is_forgotten_leaves_nothing_but_its_digests(store: StateStore) -> None:
    store.begin(RUN)
    other = a_link("Other.noe@oscartes", tag="Other", href="/agenda/other.ics")
    store.settle("agenda", Settlement(links=[a_link(), other]))
    mine = replace(an_operation(), uid=a_link().uid, entry=a_link().tag, href=a_link().href)
    theirs = replace(mine, uid=other.uid, entry=other.tag, href=other.href, title="Autre")
    numbers = store.intend(
        RUN.run, "agenda", [Intention(mine, RICH, Image("whole")), Intention(theirs, PLAIN)]
    )
    done = replace(mine, state=State.DONE, problem=PROBLEM)
    store.settle("agenda", Settlement(results={numbers[0]: (done, SEEN)}))
    left = LeftOut(side=Side.WIKI, key=a_link().tag, token="1")
    conflict = replace(a_conflict("c1"), uid=a_link().uid)
    close(store, left_out=[left], conflicts=[conflict, replace(a_conflict("c2"), uid=other.uid,
          entry=other.tag, href=other.href)])  # fmt: skip

    assert store.forget("agenda", known_thing()) == 1
    assert [link.uid for link in store.all_links("agenda")] == [other.uid]
    baseline = store.baseline("agenda")
    assert baseline.left_out == ()
    assert [each.id for each in store.conflicts("agenda")] == ["c2"]
    emptied, kept = store.journal(RUN.run)
    assert (emptied.operation.action, emptied.operation.state) == (Action.UPDATE, State.DONE)
    assert (emptied.operation.uid, emptied.operation.entry, emptied.operation.href) == (
        "", None, None)  # fmt: skip
    assert (emptied.before, emptied.after, emptied.image, emptied.left) == (None, None, None, "")
    assert emptied.operation.problem is not None
    assert emptied.operation.problem.params == ()
    assert (kept.operation.title, kept.before) == ("Autre", record_to_json(PLAIN))
    keys = (a_link().uid, a_link().tag, a_link().href)
    assert baseline.forgotten == {forgotten_digest("agenda", key) for key in keys}
    assert store.baseline("ateliers").forgotten == frozenset()
    assert store.forget("agenda", known_thing()) == 0
    assert store.baseline("agenda").forgotten == baseline.forgotten


def test_an_intention_about_what_is_forgotten_waits_for_nothing_more(store: StateStore) -> None:
    store.begin(RUN)
    mine = replace(an_operation(), uid=a_link().uid)
    store.intend(RUN.run, "agenda", [Intention(mine, RICH)])
    store.forget("agenda", Forgotten(uid=a_link().uid))
    assert store.unfinished("agenda") == []


@pytest.mark.parametrize(
    "asked", [Forgotten(uid="", tag=a_link().tag), Forgotten(uid="", href=a_link().href)]
)
def test_one_key_is_enough_to_forget_a_link(store: StateStore, asked: Forgotten) -> None:
    store.settle("agenda", Settlement(links=[a_link(), a_link("Other.noe@oscartes")]))
    store.forget("agenda", asked)
    assert [link.uid for link in store.all_links("agenda")] == ["Other.noe@oscartes"]


def test_what_was_forgotten_is_not_purged_again(store: StateStore) -> None:
    store.begin(RUN)
    mine = replace(an_operation(), uid=a_link().uid)
    numbers = store.intend(RUN.run, "agenda", [Intention(mine, RICH), Intention(mine, RICH)])
    store.settle("agenda", Settlement(results={numbers[0]: (mine, SEEN)}))
    store.end(RUN.run, NOW, 0)
    assert store.forget("agenda", Forgotten(uid=a_link().uid)) == 2
    assert store.purge(NOW + timedelta(days=30)) == 0
    assert [each.finished for each in store.journal(RUN.run)] == [True, False]


def test_what_was_purged_can_still_be_forgotten(store: StateStore) -> None:
    store.begin(RUN)
    (number,) = store.intend(RUN.run, "agenda", [Intention(an_operation(), RICH)])
    store.settle("agenda", Settlement(results={number: (an_operation(), SEEN)}))
    store.end(RUN.run, NOW, 0)
    store.purge(NOW + timedelta(days=30))
    assert store.forget("agenda", Forgotten(uid=an_operation().uid)) == 1
    (emptied,) = store.journal(RUN.run)
    assert (emptied.operation.uid, emptied.operation.entry) == ("", None)


def test_a_purge_leaves_no_word_of_anybody_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    marker = "MarqueurPurge"
    marked = replace(RICH, title=marker, place=marker * 400)
    told = Problem.of("image-too-big", side=Side.CLOUD, entry="RepairCafe", name=marker)
    operation = an_operation(title=marker, record=marked, state=State.FAILED, problem=told)
    clash = a_conflict("settled", open=False, fields={"title": Clash("", marker, "")})
    with SqlStateStore(f"sqlite:///{file}") as made:
        made.begin(RUN)
        intended = [Intention(operation, marked, Image(marker * 4000))]
        numbers = made.intend(RUN.run, "agenda", intended)
        seen = Seen("Fete", "1", marked)
        made.settle("agenda", Settlement(results={numbers[0]: (operation, seen)}))
        close(made, conflicts=[clash])
        made.end(RUN.run, NOW, 4)
        assert marker.encode() in file.read_bytes()
        made.purge(NOW + timedelta(days=1))
        (kept,) = made.journal(RUN.run)
    assert (kept.operation.state, kept.operation.entry) == (State.FAILED, operation.entry)
    assert marker.encode() not in file.read_bytes()


def test_the_file_holds_no_trace_of_what_was_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    marker = "MarqueurOublie"
    marked = replace(RICH, title=marker, place=marker * 400)
    with SqlStateStore(f"sqlite:///{file}") as made:
        made.begin(RUN)
        for version in range(30):
            link = a_link(wiki=replace(marked, link=f"https://x.example/{version}"), cloud=marked)
            made.settle("agenda", Settlement(links=[link]))
        operation = replace(an_operation(), uid=a_link().uid, title=marker)
        made.intend(RUN.run, "agenda", [Intention(operation, marked, Image(marker * 400))])
        assert marker.encode() in file.read_bytes()
        made.forget("agenda", known_thing())
    assert marker.encode() not in file.read_bytes()


def test_a_state_has_one_name_of_its_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with SqlStateStore(url, read_only=True) as looked:
        assert looked.identity(lambda: "a1") == ""
    with SqlStateStore(url) as made:
        assert made.identity(lambda: "a1") == "a1"
        assert made.identity(lambda: "b2") == "a1"
    with SqlStateStore(url, read_only=True) as looked:
        assert looked.identity(lambda: "c3") == "a1"
    fake = InMemoryStateStore()
    assert (fake.identity(lambda: "a1"), fake.identity(lambda: "b2")) == ("a1", "a1")


def test_a_binding_that_became_another_is_refused(store: StateStore) -> None:
    store.claim({"noe": "https://wiki.example"}, {"agenda": "d1"})
    store.settle("agenda", Settlement(links=[a_link()]))
    with pytest.raises(StateError) as caught:
        store.claim({"noe": "https://wiki.example"}, {"agenda": "d2"})
    assert (caught.value.code, caught.value.params["key"]) == ("foreign-state", "bindings.agenda")


def test_a_binding_that_linked_nothing_may_become_another(store: StateStore) -> None:
    store.claim({}, {"agenda": "d1"})
    store.settle("agenda", Settlement(left_out=[LeftOut(side=Side.WIKI, key="A", token="1")]))
    store.claim({}, {"agenda": "d2"})
    assert store.baseline("agenda").left_out == ()
    store.settle("agenda", Settlement(links=[a_link()]))
    store.claim({}, {"agenda": "d2"})


def test_small_texts_are_remembered(store: StateStore) -> None:
    store.remember("uid", "bot")
    store.remember("uid", "robot é")
    assert store.recall("uid") == "robot é"


def test_the_lock_can_be_taken_again_once_it_is_given_back(store: StateStore) -> None:
    with store.lock(0):
        store.remember("in", "side")
    with store.lock(0):
        assert store.recall("in") == "side"


def test_a_second_run_finds_the_state_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    told: list[str] = []
    with (
        SqlStateStore(url) as first,
        SqlStateStore(url, notice=lambda code, _params: told.append(code)) as second,
        first.lock(0),
    ):
        with pytest.raises(StateLocked) as caught, second.lock(0):
            pass
        assert (caught.value.code, told) == ("state-locked", [])
        with pytest.raises(StateLocked), second.lock(0.01):
            pass
        assert told == ["state-waiting"]


TEAM = "teams/Réseau"
AGREED = Membership(place=TEAM, entry="Fete", account="alice", tie=Tie.AGREED, token="2026")
LOST = Membership(place=TEAM, entry="Fete", account="", tie=Tie.UNKNOWN, asked=NOW)
OTHER = Membership(place="groups/reseau", entry="Cafe", account="bob", tie=Tie.LEFT)


def test_who_was_agreed_is_kept_by_group_and_replaced_whole(store: StateStore) -> None:
    assert store.memberships("annuaire") == []
    store.keep_memberships("annuaire", TEAM, [AGREED, LOST])
    store.keep_memberships("annuaire", OTHER.place, [OTHER])
    assert store.memberships("annuaire") == [OTHER, LOST, AGREED]
    assert store.memberships("agenda") == []
    store.keep_memberships("annuaire", TEAM, [replace(AGREED, tie=Tie.LEFT)])
    assert store.memberships("annuaire") == [OTHER, replace(AGREED, tie=Tie.LEFT)]
    store.keep_memberships("annuaire", TEAM, [])
    assert store.memberships("annuaire") == [OTHER]


def test_what_is_forgotten_is_in_no_group(store: StateStore) -> None:
    store.keep_memberships("annuaire", TEAM, [AGREED, LOST])
    store.keep_memberships("annuaire", OTHER.place, [OTHER])
    store.forget("annuaire", Forgotten(uid="Fete.noe@oscartes", tag="Fete"))
    assert store.memberships("annuaire") == [OTHER]


texts = st.text(max_size=30)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts, st.lists(texts, max_size=3), st.floats(-90, 90))
def test_any_text_survives(title: str, body: str, categories: list[str], latitude: float) -> None:
    event = Event(
        title=f"{title}.",
        start=date(2026, 1, 1),
        end=date(2026, 1, 1),
        description=RichText(body, body),
        categories=tuple(categories),
        position=Position(latitude, 2),
    )
    link = a_link(wiki=event, unsettled={"description": (RichText(body), MISSING)})
    with SqlStateStore("sqlite://") as store:
        store.settle("agenda", Settlement(links=[link]))
        assert store.links("agenda", [link.uid]) == {link.uid: link}
