"""`conflicts`, `resolve`, `history`, `undo`, `forget`, `wiki rename`: words, outputs, codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from oscartes_sync.errors import Outdated, StateError, UsageError
from oscartes_sync.planning.operation import Action, FieldChange, Operation, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.planning.rules import Decision
from oscartes_sync.ports import Journalled, RunRecord
from oscartes_sync.records.event import Event, RichText
from oscartes_sync.records.fingerprint import record_to_json
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport
from oscartes_sync.usecases.show_history import KnownConflict, RunHistory
from tests.fakes.doors import NOW, FakeHouse

Call = Callable[..., Any]
EVENT = Event(title="Fête", start=date(2026, 12, 1), end=date(2026, 12, 1))
OPEN = Conflict(
    id="3f9a1c77d2",
    kind=ConflictKind.FIELD,
    uid="Fete.noe@oscartes",
    entry="Fete",
    href="/agenda/Fete.noe.ics",
    fields={"title": Clash("Fête", "Grande fête", "Petite fête")},
)
DELETED = Conflict(
    id="77d23f9a1c",
    kind=ConflictKind.DELETION,
    uid="Bal.noe@oscartes",
    entry="Bal",
    href="/agenda/Bal.noe.ics",
)
MERGED = Conflict(
    id="c77d23f9a1",
    kind=ConflictKind.FIELD,
    uid="Marche.noe@oscartes",
    entry="Marche",
    href="/agenda/Marche.noe.ics",
    fields={
        "description": Clash(None, RichText("Sous la\nhalle"), RichText("x" * 500)),
        "categories": Clash((), ("Atelier", "Fête"), ()),
        "start": Clash(date(2026, 12, 1), date(2026, 12, 2), None),
    },
    open=False,
    winner=Side.WIKI,
)
KNOWN = tuple(KnownConflict("agenda", each) for each in (OPEN, DELETED, MERGED))
UPDATE = Journalled(
    number=1,
    binding="agenda",
    operation=Operation(
        action=Action.UPDATE,
        side=Side.CLOUD,
        uid="Fete.noe@oscartes",
        entry="Fete",
        href="/agenda/Fete.noe.ics",
        title="Fête",
        changes=(FieldChange("place", "", "Orsay"),),
        state=State.DONE,
    ),
    before=record_to_json(EVENT),
    after=record_to_json(EVENT),
    finished=True,
)
CUT = Journalled(
    number=2,
    binding="agenda",
    operation=Operation(
        action=Action.CREATE,
        side=Side.WIKI,
        uid="1@phone",
        entry=None,
        href="/agenda/1.ics",
        title="Bal",
    ),
)
PAST = (
    RunHistory(
        RunRecord(run="20261124T090000.000001Z", command="sync", started=NOW, exit=0, ended=NOW),
        (UPDATE, CUT),
    ),
    RunHistory(
        RunRecord(run="20261123T090000.000001Z", command="undo", started=NOW - timedelta(days=1)),
        (),
    ),
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_conflicts_show_both_values_and_the_command_that_settles(
    call: Call, house: FakeHouse
) -> None:
    house.known = KNOWN
    ended = call("conflicts")
    assert ended.code == 0
    assert ended.out == (
        "agenda\n"
        "  ! Fete: changed on both sides, waits for your decision: title (3f9a1c77d2)\n"
        "    title\n"
        "      wiki: Grande fête\n"
        "      cloud: Petite fête\n"
        "      before: Fête\n"
        "    → oscartes resolve 3f9a1c77d2 --keep wiki | --keep cloud\n"
        "  ! Bal: deleted on one side, waits for your decision (77d23f9a1c)\n"
        "    → oscartes resolve 77d23f9a1c --delete | --restore\n"
        "  ! Marche: changed on both sides, merged, wiki kept for: categories, description, start "
        "(c77d23f9a1)\n"
        "    categories\n"
        "      wiki: Atelier, Fête\n"
        "      cloud: –\n"
        "      before: –\n"
        "    description\n"
        "      wiki: Sous la halle\n"
        f"      cloud: {'x' * 400}…\n"
        "    start\n"
        "      wiki: 2026-12-02\n"
        "      cloud: –\n"
        "      before: 2026-12-01\n"
        "2 decisions to take, 1 settled.\n"
    )


def test_conflicts_that_wait_can_be_asked_for_alone(call: Call, house: FakeHouse) -> None:
    house.known = KNOWN
    assert "Marche" not in call("conflicts", "--open").out
    house.known = KNOWN[2:]
    assert call("conflicts", "--open").out == "nothing waits for you.\n"
    assert call("conflicts", "--quiet").out == ""
    assert house.asked[-1] == ("conflicts", ["agenda", "ateliers"])


def test_conflicts_as_json_name_their_binding(call: Call, house: FakeHouse) -> None:
    house.known = KNOWN[:2]
    found = json.loads(call("conflicts", "--json").out)["conflicts"]
    assert found[0] == {
        "binding": "agenda",
        "id": "3f9a1c77d2",
        "kind": "field",
        "entry": "Fete",
        "href": "/agenda/Fete.noe.ics",
        "fields": {"title": {"base": "Fête", "wiki": "Grande fête", "cloud": "Petite fête"}},
        "status": "open",
    }
    assert found[1]["kind"] == "deletion"


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        (("--keep", "wiki"), Decision.WIKI),
        (("--keep", "cloud"), Decision.CLOUD),
        (("--delete",), Decision.DELETE),
        (("--restore",), Decision.RESTORE),
    ],
)
def test_resolve_passes_the_decision_on(
    call: Call, house: FakeHouse, words: tuple[str, ...], decision: Decision
) -> None:
    house.report = RunReport(run="r1", bindings=(BindingReport(name="agenda"),), exit=Exit.DONE)
    assert call("resolve", "3f9a", *words).code == 0
    assert house.asked == [("resolve", "3f9a", decision)]


@pytest.mark.parametrize("words", [(), ("--delete", "--restore"), ("--keep", "wiki", "--delete")])
def test_resolve_takes_one_decision(call: Call, house: FakeHouse, words: tuple[str, ...]) -> None:
    ended = call("resolve", "3f9a", *words)
    assert ended.code == 2
    assert house.asked == []
    assert "One decision is needed.\n→ " in ended.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("unknown-conflict", id="3f"), 2, "There is no conflict “3f”."),
        (UsageError("ambiguous-conflict", id="3f"), 2, "Several conflicts begin with “3f”."),
        (UsageError("conflict-settled", id="3f"), 2, "The conflict 3f is settled already."),
        (UsageError("decision-about-values", id="3f"), 2, "The conflict 3f is about values"),
        (UsageError("decision-about-deletion", id="3f"), 2, "The conflict 3f is about a deletion."),
        (Outdated("conflict-outdated", id="3f"), 1, "The conflict 3f is not what it was"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_with_a_remedy(
    call: Call, house: FakeHouse, error: Exception, code: int, said: str
) -> None:
    house.error = error
    ended = call("resolve", "3f", "--delete")
    assert ended.code == code
    assert said in ended.err
    assert "\n→ " in ended.err


def test_history_lists_the_runs(call: Call, house: FakeHouse) -> None:
    house.past = PAST
    ended = call("history")
    assert ended.code == 0
    assert plain(ended.out) == (
        "20261124T090000.000001Z  sync, Nov 24, 2026, 11:00:00 AM: 2 writes, exit code 0\n"
        "20261123T090000.000001Z  undo, Nov 23, 2026, 11:00:00 AM: 0 writes, interrupted\n"
        "2 runs.\n"
    )
    assert house.asked == [("history", "")]


def test_history_of_a_run_shows_before_and_after(call: Call, house: FakeHouse) -> None:
    house.past = PAST[:1]
    shown = plain(call("history", "20261124").out)
    assert "  ~ cloud Fête (place)\n" in shown
    assert "      Fete, /agenda/Fete.noe.ics\n" in shown
    assert "      place: – → Orsay\n" in shown
    assert "      interrupted: its outcome was looked for since\n" in shown


def test_history_as_json_holds_whole_records(call: Call, house: FakeHouse) -> None:
    house.past = PAST
    runs = json.loads(call("history", "--json").out)["runs"]
    assert [run["exit"] for run in runs] == [0, None]
    first = runs[0]["operations"][0]
    assert first["binding"] == "agenda"
    assert first["changes"] == {"place": ["", "Orsay"]}
    assert first["before"]["title"] == "Fête"
    assert runs[0]["operations"][1]["before"] is None


def test_undo_and_forget_show_what_a_sync_shows(call: Call, house: FakeHouse) -> None:
    house.report = RunReport(run="r1", bindings=(BindingReport(name="agenda"),), exit=Exit.PART)
    assert call("undo", "2026").code == 4
    assert json.loads(call("forget", "Fete", "--json").out)["run"] == "r1"
    assert house.asked == [("undo", "2026"), ("forget", "Fete")]


@pytest.mark.parametrize("words", [("undo",), ("forget",), ("resolve",), ("wiki", "rename", "a")])
def test_a_missing_word_is_named(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words).code == 2


def test_a_renamed_wiki_asks_for_the_configuration_to_follow(call: Call, house: FakeHouse) -> None:
    ended = call("wiki", "rename", "https://old.example", "https://new.example")
    assert ended.code == 0
    assert house.asked == [("rename_wiki", "https://old.example", "https://new.example")]
    assert "is at https://new.example now" in ended.err
    assert 'Set url = "https://new.example" under [wikis.noe]' in ended.err


def test_a_renamed_wiki_that_is_configured_needs_nothing_more(call: Call) -> None:
    ended = call("wiki", "rename", "https://old.example", "https://wiki.example/")
    assert "Set url" not in ended.err


def test_a_wiki_that_the_state_does_not_know_is_refused(call: Call, house: FakeHouse) -> None:
    house.error = StateError("wiki-unknown", url="https://x.example", known="https://y.example")
    assert call("wiki", "rename", "https://x.example", "https://z.example").code == 1
