"""What a table's rows do to entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.importing import Wish, plan_import, settled
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.contact import Contact

NOW = Contact(name="La Grange", town="Orsay", phones=("01",), street="4 rue du Lavoir")


def wish(tag: str = "Grange", **changes: Any) -> Wish:
    record: Any = replace(NOW, **changes)
    return Wish(
        line=2, uid=f"{tag}.noe@oscartes", now=Seen(tag, "t1", NOW), record=record,
        names=tuple(changes), renames="name" in changes,
    )  # fmt: skip


def new(name: str) -> Wish:
    return Wish(line=3, uid=f"{name}@import", now=None, record=Contact(name=name))


def planned(*wishes: Wish, limit: float = 5, unchanged: int = 0) -> Plan:
    return plan_import(
        "import:noe/5", wishes, limit=MaxDelete(limit, percent=False), unchanged=unchanged
    )


def test_a_changed_row_is_an_update_of_its_fields_alone() -> None:
    (operation,) = planned(wish(town="Limours")).operations
    assert (operation.action, operation.entry, operation.token) == (Action.UPDATE, "Grange", "t1")
    assert [(each.name, each.before, each.after) for each in operation.changes] == [
        ("town", "Orsay", "Limours")
    ]


def test_a_new_row_is_a_creation_and_nothing_is_ever_linked_or_removed() -> None:
    plan = planned(new("Café"), wish(town="Limours"))
    assert [op.action for op in plan.operations] == [Action.CREATE, Action.UPDATE]
    assert all(step.forget and step.link is None for step in plan.steps)
    assert plan.operations[0].state is State.PLANNED


def test_cells_are_emptied_as_far_as_the_limit_allows() -> None:
    plan = planned(wish(town=""), wish("Velo", phones=()), limit=2)
    assert (plan.held_back, len(plan.operations), plan.problems) == (0, 2, ())


def test_over_the_limit_no_cell_is_emptied_and_the_rest_is_done() -> None:
    plan = planned(wish(town=""), wish("Velo", phones=(), street="Ailleurs"), new("Café"), limit=1)
    assert plan.held_back == 2
    assert [op.entry for op in plan.operations] == [None, "Velo"]
    (change,) = plan.operations[1].changes
    assert (change.name, change.after) == ("street", "Ailleurs")
    assert plan.operations[1].record == replace(NOW, street="Ailleurs")
    assert [(each.code, dict(each.params)) for each in plan.problems] == [
        ("import-emptied", {"count": "2", "rows": "2"})
    ]


def test_the_share_of_the_limit_is_of_the_rows_that_name_an_entry() -> None:
    emptied = [wish(f"Entry{number}", town="") for number in range(6)]
    limit = MaxDelete(10)
    held = plan_import("b", emptied, limit=limit, unchanged=53).held_back
    assert held == 6
    assert plan_import("b", emptied, limit=limit, unchanged=54).held_back == 0


def test_only_what_the_table_changed_itself_counts_and_the_wiki_keeps_what_both_did() -> None:
    then = replace(NOW, town="Bures", phones=("00",))
    wanted = {"town": "Bures", "phones": ("02",), "street": "Ailleurs"}
    wanted_then = {"phones": ("02",), "street": "Ailleurs"}
    counting, overtaken = settled(wanted, then, wanted_then, NOW)
    assert counting == {"street": "Ailleurs"}
    assert overtaken == ("phones",)


def test_over_the_limit_no_entry_gets_another_name_and_the_rest_is_done() -> None:
    plan = planned(wish(name="Vélo"), wish("Velo", name="La Grange", street="Ailleurs"), limit=1)
    assert plan.held_back == 2
    (operation,) = plan.operations
    assert [(each.name, each.after) for each in operation.changes] == [("street", "Ailleurs")]
    assert operation.record == replace(NOW, street="Ailleurs")
    assert [(each.code, dict(each.params)) for each in plan.problems] == [
        ("import-renamed", {"count": "2", "rows": "2"})
    ]
    assert planned(wish(name="Vélo"), wish("Velo", name="La Grange"), limit=2).held_back == 0


def test_a_name_is_held_back_also_where_a_cell_was_emptied_beside_it() -> None:
    plan = planned(wish(name="Vélo", town=""), limit=0)
    assert plan.operations == ()
    assert [each.code for each in plan.problems] == ["import-emptied", "import-renamed"]
