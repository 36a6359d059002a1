"""The step of one link where one side is as told, and what it is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from oscartes_sync.planning.baseline import Link
from oscartes_sync.planning.change import Evidence, Now
from oscartes_sync.planning.decide import decide
from oscartes_sync.planning.operation import Action, Operation, Reason
from oscartes_sync.planning.plan import Conflict, ConflictKind, Step
from oscartes_sync.planning.shaping import conflict_id
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Side
from tests.unit.planning.meetings import HREF, TAG, UID, absent, link_of, rules, single

GONE = absent(Now.GONE)
DUE = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
SIDES = list(Side)


def hidden(event: Event | None) -> Evidence:
    seen = Seen(TAG, "w2", event) if event else None
    return Evidence(Now.HIDDEN, seen, (), None)


def of(link: Link, side: Side, here: Evidence, there: Evidence, **more: Any) -> Step | None:
    """The step where `side` is `here` and the other `there`."""
    wiki, cloud = (here, there) if side is Side.WIKI else (there, here)
    return decide(rules(**more), link, wiki, cloud)


def step(link: Link, **more: object) -> Step:
    base = Step(uid=UID, origin=link.origin, link=link, wiki=None, cloud=None)
    made = replace(base, **more)  # type: ignore[arg-type]
    placed = tuple(each.at(entry=TAG, href=HREF) for each in made.problems)
    return replace(made, problems=placed)


def seen(side: Side, event: Event, token: str = "") -> dict[str, Seen]:
    key, known = (TAG, "w1") if side is Side.WIKI else (HREF, "c1")
    return {side.value: Seen(key, token or known, event)}


def removal(side: Side, reason: Reason, **more: object) -> Operation:
    base = Operation(
        action=Action.DELETE,
        side=side,
        uid=UID,
        entry=TAG,
        href=HREF,
        title="Permanence",
        token="w1" if side is Side.WIKI else "c1",
        reason=reason,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def creation(side: Side, event: Event) -> Operation:
    return Operation(
        action=Action.CREATE,
        side=side,
        uid=UID,
        entry=TAG,
        href=HREF,
        title=event.title,
        record=event,
    )


def pending(**more: object) -> Conflict:
    base = Conflict(
        id=conflict_id("agenda", UID, ConflictKind.DELETION),
        kind=ConflictKind.DELETION,
        uid=UID,
        entry=TAG,
        href=HREF,
    )
    return replace(base, **more)  # type: ignore[arg-type]


LINK = link_of(single(), single())
