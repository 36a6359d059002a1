"""What a table's rows do to a form: changes of entries and new ones, and never a removal.

A table has no memory of its own. Where an entry changed since the table was made, what it said
then tells which of the differences are the table's: a field that only the wiki changed is not put
back, and one that both changed stays as the wiki has it, which is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.plan import Plan, Step
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import RichText
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

EMPTIED = "import-emptied"
"""The problem of cells that were emptied in more rows than may be at once."""

RENAMED = "import-renamed"
"""The problem of entries that get another name in more rows than may be at once."""

_NAMES = ("name", "title")


IMPORTS = "import:"
"""Begins the names under which imports stand in the journal; no binding's name holds a colon."""


def import_name(wiki: str, form: str) -> str:
    """The name under which the imports into a form stand in the journal, as a binding's would."""
    return f"{IMPORTS}{wiki}/{form}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one row wants of the entry it names, or of the one it is to become.

    `now` is the entry as it is, None for one that is to be made; `record` what it is to be, whole;
    `names` are the fields that change, in their order; `renames` is whether it is to have another
    name, and not the same one spelt better.
    """

    line: int
    uid: str
    now: Seen | None
    record: Record
    names: tuple[str, ...] = ()
    renames: bool = False

    @property
    def empties(self) -> bool:
        """Whether it takes something away and puts nothing in its place."""
        return self.now is not None and any(
            is_empty(getattr(self.record, name)) and not is_empty(getattr(self.now.record, name))
            for name in self.names
        )


def is_empty(value: Any) -> bool:
    """Whether a field's value says nothing."""
    return value in (None, "", (), RichText())


def settled(
    wanted: Mapping[str, Any], then: Record, wanted_then: Mapping[str, Any], now: Record
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Which of a row's wishes count, and which fields were overtaken by the wiki.

    `then` is the entry as it was when the table was made, `wanted_then` what the row says
    otherwise than it did: the table's own changes.
    """
    counting: dict[str, Any] = {}
    overtaken: list[str] = []
    for name, value in wanted.items():
        if name not in wanted_then:
            continue
        if getattr(then, name) == getattr(now, name):
            counting[name] = value
        else:
            overtaken.append(name)
    return counting, tuple(overtaken)


def plan_import(
    binding: str,
    wishes: Sequence[Wish],
    *,
    limit: MaxDelete,
    unchanged: int,
    problems: Sequence[Problem] = (),
    label: str = "",
) -> Plan:
    """The plan of a table. Nothing of it is linked: what was written is the wiki's own then.

    Rows that empty cells are held back, all of them, where there are more than `limit` allows of
    the rows that name an entry: a column that was lost looks just like that. So are other names:
    a column that was sorted by itself gives each entry that of another.
    """
    named = unchanged + sum(1 for wish in wishes if wish.now is not None)
    told, held = list(problems), 0
    for code, caught, without in (
        (EMPTIED, [wish for wish in wishes if wish.empties], _without_emptying),
        (RENAMED, [wish for wish in wishes if wish.renames], _without_name),
    ):
        if limit.allows(len(caught), named):
            continue
        held += len(caught)
        told.append(Problem.of(code, side=Side.WIKI, count=len(caught), rows=named))
        wishes = [left for wish in wishes if (left := without(wish)) is not None]
    steps = sorted(map(_step, wishes), key=Step.sort_key)
    return Plan(
        binding=binding,
        steps=tuple(steps),
        standing_problems=tuple(told),
        unchanged=unchanged,
        held_back=held,
        label=label,
    )


def _without_emptying(wish: Wish) -> Wish | None:
    """The wish without the fields it empties; None where nothing is left of it."""
    if wish.now is None:
        return wish
    return _without(wish, [name for name in wish.names if is_empty(getattr(wish.record, name))])


def _without_name(wish: Wish) -> Wish | None:
    return _without(wish, _NAMES) if wish.renames else wish


def _without(wish: Wish, left_out: Collection[str]) -> Wish | None:
    assert wish.now is not None
    names = tuple(name for name in wish.names if name not in left_out)
    if not names:
        return None
    kept: Any = {name: getattr(wish.now.record, name) for name in wish.names if name in left_out}
    record: Any = replace(wish.record, **kept)
    renames = wish.renames and any(name in _NAMES for name in names)
    return replace(wish, names=names, record=record, renames=renames)


def _step(wish: Wish) -> Step:
    now = wish.now
    before: Any = (lambda name: getattr(now.record, name)) if now else lambda _name: None
    operation = Operation(
        action=Action.UPDATE if now else Action.CREATE,
        side=Side.WIKI,
        uid=wish.uid,
        entry=now.key if now else None,
        href=None,
        title=wish.record.title,
        record=wish.record,
        changes=tuple(
            FieldChange(name, before(name), getattr(wish.record, name)) for name in wish.names
        )
        if now
        else (),
        token=now.token if now else "",
    )
    return Step(
        uid=wish.uid,
        origin=Side.WIKI,
        link=None,
        wiki=now,
        cloud=None,
        operations=(operation,),
        forget=True,
    )
