"""`plan`, `sync` and `apply`: what is called, what is shown, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action, FieldChange, Operation, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.ports import Traffic
from oscartes_sync.records.event import RichText
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport, Summary
from tests.fakes.doors import FakeDoors, FakeHouse

Call = Callable[..., Any]
PARIS = timezone(timedelta(hours=1))
BROKEN = Problem.of("end-before-start", side=Side.WIKI, entry="FeteRatee")
GUESTS = Problem.warning("guests-not-told", Side.CLOUD).at(href="/agenda/b.ics")
TAKEN = Problem.of("cloud-full", side=Side.CLOUD, entry="Marche")


def operation(action: Action, side: Side, entry: str, title: str, **more: Any) -> Operation:
    return Operation(
        action=action,
        side=side,
        uid=f"{entry}.noe@oscartes",
        entry=entry,
        href=more.pop("href", None),
        title=title,
        **more,
    )


def rich_report(state: State, exit_code: Exit = Exit.PART) -> RunReport:
    changes = (
        FieldChange("start", date(2026, 12, 1), datetime(2026, 12, 1, 9, 0, tzinfo=PARIS)),
        FieldChange("description", RichText("a", "<p>a</p>"), RichText("b", "<p>b</p>")),
    )
    agenda = BindingReport(
        name="agenda",
        operations=(
            operation(
                Action.UPDATE,
                Side.WIKI,
                "Atelier",
                "Atelier\nréparation",
                href="/agenda/b.ics",
                changes=changes,
                state=state,
            ),
            operation(Action.CREATE, Side.CLOUD, "Fete", "Fête", state=state),
            operation(Action.DELETE, Side.CLOUD, "Vieux", "Vieux marché", state=State.SKIPPED),
            operation(
                Action.CREATE, Side.CLOUD, "Marche", "Marché", state=State.FAILED, problem=TAKEN
            ),
            operation(Action.RELINK, Side.CLOUD, "Trouve", "Trouvé", state=state),
        ),
        conflicts=(
            Conflict(
                id="c1",
                kind=ConflictKind.FIELD,
                uid="u1",
                entry="Atelier",
                href="/agenda/b.ics",
                fields={"title": Clash(MISSING, "Atelier", "Ateliers")},
                open=False,
                winner=Side.WIKI,
            ),
            Conflict(
                id="c2",
                kind=ConflictKind.FIELD,
                uid="u1",
                entry="Bal",
                href=None,
                fields={"place": Clash("", "Orsay", "Massy"), "title": Clash("a", "b", "c")},
            ),
            Conflict(id="c3", kind=ConflictKind.DELETION, uid="u", entry="Vieux", href=None),
            Conflict(id="c4", kind=ConflictKind.SERIES, uid="u", entry="Yoga", href=None),
        ),
        problems=(BROKEN, GUESTS, TAKEN),
        summary=Summary(
            unchanged=1200,
            created=1,
            updated=1,
            relinked=1,
            conflicts=4,
            failed=1,
            wiki=Traffic(3, 1000),
            cloud=Traffic(2, 500),
            seconds=1.23456,
        ),
        exit=exit_code,
    )
    quiet = BindingReport(name="ateliers", summary=Summary(unchanged=1))
    return RunReport(run="20261124-1", bindings=(agenda, quiet), exit=exit_code)


ENGLISH = """\
agenda
  ~ wiki  Atelier réparation (start, description)
  + cloud Fête
  + cloud Marché – failed
  ! There is no room left in the cloud.
    → Free some space, or raise the quota.
  - cloud Vieux marché – left out
  ! Atelier: changed on both sides, merged, wiki kept for: title (c1)
  ! Bal: changed on both sides, waits for your decision: place, title (c2)
  ! Vieux: deleted on one side, waits for your decision (c3)
  ! Yoga: a series that a person must decide on (c4)
  ! FeteRatee: It ends before it begins.
    → Correct its dates.
  ! /agenda/b.ics: The time of an event with guests was changed from the wiki: guests were not told.
    → Tell them, or send the invitation again from the calendar.
Done: 1 creation, 1 update, 1 pair found. Besides: 1,201 unchanged, 4 conflicts, 1 failure, 2 problems, 1 warning.
"""  # noqa: E501

FRENCH = """\
agenda
  ~ wiki  Atelier réparation (début, description)
  + nuage Fête
  + nuage Marché – échec
  ! Il n’y a plus de place dans le nuage.
    → Libérez de l’espace, ou augmentez le quota.
  - nuage Vieux marché – laissé de côté
  ! Atelier : modifié des deux côtés et fusionné ; côté retenu (wiki) pour : titre (c1)
  ! Bal : modifié des deux côtés, attend votre décision : lieu, titre (c2)
  ! Vieux : supprimé d’un côté, attend votre décision (c3)
  ! Yoga : une série qui demande la décision d’une personne (c4)
  ! FeteRatee : La fin précède le début.
    → Corrigez ses dates.
  ! /agenda/b.ics : L’horaire d’un événement avec invités a été modifié depuis le wiki : les invités n’ont pas été prévenus.
    → Prévenez-les, ou renvoyez l’invitation depuis le calendrier.
À faire : 1 création, 1 modification, 1 paire retrouvée. Par ailleurs : 1\u202f201 inchangés, 4 conflits, 1 échec, 2 problèmes, 1 avertissement.
"""  # noqa: E501


def test_a_run_is_told_in_english(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.DONE)
    ended = call("sync")
    assert ended.out == ENGLISH
    assert ended.code == 4


def test_a_plan_is_told_in_french(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.PLANNED)
    ended = call("plan", "--lang", "fr")
    assert ended.out.replace("\u00a0", " ") == FRENCH
    assert ended.code == 4


def test_nothing_to_do_is_one_line(call: Call, house: FakeHouse) -> None:
    house.report = RunReport(
        run="r", bindings=(BindingReport(name="agenda", summary=Summary(unchanged=3)),)
    )
    assert call("sync").out == "Nothing was to be done. Besides: 3 unchanged.\n"
    assert call("plan").out == "Nothing to do. Besides: 3 unchanged.\n"


def test_a_failure_does_not_sound_like_agreement(call: Call, house: FakeHouse) -> None:
    lost = BindingReport(name="agenda", problems=(BROKEN,), exit=Exit.FAILED)
    house.report = RunReport(run="r", bindings=(lost,), exit=Exit.FAILED)
    assert call("sync").out.splitlines()[-1] == "Nothing was done. Besides: 1 problem."
    assert call("plan", "--lang", "fr").out.splitlines()[-1].startswith("Rien n’a pu être prévu.")


def test_an_old_problem_does_not_hide_that_both_sides_agree(call: Call, house: FakeHouse) -> None:
    told = BindingReport(name="agenda", problems=(BROKEN,), exit=Exit.PART)
    house.report = RunReport(run="r", bindings=(told,), exit=Exit.PART)
    last = call("sync").out.splitlines()[-1]
    assert last == "Nothing was to be done. Besides: 1 problem."


def test_what_was_held_back_is_said_last(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.DONE, Exit.HELD_BACK)
    ended = call("sync", "--lang=fr")
    assert ended.code == 5
    told = "Les suppressions au-delà de max_delete ont été laissées de côté."
    assert ended.out.splitlines()[-1].endswith(told)


def test_verbose_also_tells_the_pairs_that_were_found_again(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.DONE)
    assert "  = cloud Trouvé\n" in call("sync", "--verbose").out


def test_json_is_the_documented_document_and_nothing_else(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.DONE)
    ended = call("sync", "--json")
    document = json.loads(ended.out)
    assert set(document) == {"run", "bindings"}
    agenda = document["bindings"][0]
    assert set(agenda) == {"name", "operations", "conflicts", "problems", "summary"}
    assert agenda["operations"][0] == {
        "action": "update",
        "side": "wiki",
        "entry": "Atelier",
        "href": "/agenda/b.ics",
        "title": "Atelier\nréparation",
        "changes": {
            "start": ["2026-12-01", "2026-12-01T09:00:00+01:00"],
            "description": ["a", "b"],
        },
        "status": "done",
        "problem": None,
    }
    failed = next(each for each in agenda["operations"] if each["status"] == "failed")
    assert failed["problem"] == {
        "code": "cloud-full",
        "severity": "error",
        "side": "cloud",
        "entry": "Marche",
        "href": None,
        "message": "There is no room left in the cloud.",
        "remedy": "Free some space, or raise the quota.",
    }
    assert [each["id"] for each in agenda["conflicts"]] == ["c1", "c2", "c3", "c4"]
    assert agenda["conflicts"][0] == {
        "id": "c1",
        "kind": "field",
        "entry": "Atelier",
        "href": "/agenda/b.ics",
        "fields": {"title": {"base": None, "wiki": "Atelier", "cloud": "Ateliers"}},
        "status": "merged",
    }
    assert [each["code"] for each in agenda["problems"]] == [
        "cloud-full",
        "end-before-start",
        "guests-not-told",
    ]
    assert agenda["summary"] == {
        "unchanged": 1200,
        "created": 1,
        "updated": 1,
        "deleted": 0,
        "relinked": 1,
        "conflicts": 4,
        "failed": 1,
        "requests": {"wiki": 3, "cloud": 2},
        "bytes": {"wiki": 1000, "cloud": 500},
        "seconds": 1.235,
    }


def test_a_text_that_changed_in_its_markup_alone_is_told_by_its_markup(
    call: Call, house: FakeHouse
) -> None:
    change = FieldChange("description", RichText("a", "<p>a</p>"), RichText("a", "<b>a</b>"))
    moved = operation(Action.UPDATE, Side.CLOUD, "A", "A", changes=(change,))
    house.report = RunReport(run="r", bindings=(BindingReport(name="b", operations=(moved,)),))
    told = json.loads(call("plan", "--json").out)["bindings"][0]["operations"][0]["changes"]
    assert told == {"description": ["<p>a</p>", "<b>a</b>"]}


def test_the_order_of_things_does_not_change_the_document(call: Call, house: FakeHouse) -> None:
    house.report = rich_report(State.PLANNED)
    first = call("plan", "--json").out
    agenda = house.report.bindings[0]
    shuffled = BindingReport(
        name="agenda",
        operations=agenda.operations[::-1],
        conflicts=agenda.conflicts[::-1],
        problems=agenda.problems[::-1],
        summary=agenda.summary,
    )
    house.report = RunReport(run="20261124-1", bindings=(shuffled, house.report.bindings[1]))
    assert call("plan", "--json").out == first


@pytest.mark.parametrize("code", [Exit.DONE, Exit.PART, Exit.HELD_BACK, Exit.FAILED])
def test_quiet_says_nothing_when_all_went_well_and_everything_otherwise(
    call: Call, house: FakeHouse, code: Exit
) -> None:
    house.report = rich_report(State.DONE, code)
    ended = call("sync", "--quiet")
    assert ended.code == code
    assert ended.err == ""
    assert bool(ended.out) == bool(code)


def test_a_waiting_run_says_so_on_stderr(call: Call, doors: FakeDoors) -> None:
    ended = call("sync", "--wait", "5")
    told = "Another run holds the state: waiting for it, 5 seconds at most.\n"
    assert ended.err == told
    assert doors.waits == [5]


def test_names_and_options_arrive(call: Call, house: FakeHouse) -> None:
    call("sync", "ateliers", "ateliers", "--full", "--allow-empty", "--max-delete", "20%")
    call("sync", "--max-delete", "3")
    assert house.asked == [
        ("sync", ["ateliers"], True, MaxDelete(20, percent=True), True),
        ("sync", ["agenda", "ateliers"], False, MaxDelete(3, percent=False), False),
    ]


def test_a_plan_can_be_kept_and_applied(call: Call, house: FakeHouse) -> None:
    call("plan", "--out", "plan.json")
    call("apply", "plan.json")
    assert house.asked == [
        ("plan", ["agenda", "ateliers"], False, None, False, Path("plan.json")),
        ("apply", Path("plan.json"), None),
    ]


@pytest.mark.parametrize(
    ("action", "foreseen", "code"),
    [
        (Action.CREATE, Exit.DONE, 10),
        (Action.RELINK, Exit.DONE, 0),
        (Action.CREATE, Exit.PART, 10),
        (Action.RELINK, Exit.PART, 4),
        (Action.CREATE, Exit.HELD_BACK, 5),
    ],
)
def test_the_exit_code_tells_pending_changes_where_asked(
    call: Call, house: FakeHouse, action: Action, foreseen: Exit, code: int
) -> None:
    planned = BindingReport(name="agenda", operations=(operation(action, Side.WIKI, "A", "A"),))
    house.report = RunReport(run="r", bindings=(planned,), exit=foreseen)
    assert call("plan", "--exit-code").code == code
    assert call("plan").code == foreseen
