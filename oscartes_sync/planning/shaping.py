"""The shapes that decisions are made of: a step, an operation, a conflict of one link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.change import known
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind, Step
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.fingerprint import digest, value_to_json
from oscartes_sync.records.problem import Problem, Side


def conflict_id(
    binding: str, uid: str, kind: ConflictKind, fields: Mapping[str, Clash] | None = None
) -> str:
    """The same id for the same clash, whoever finds it and when."""
    values = {
        name: [value_to_json(clash.base), value_to_json(clash.wiki), value_to_json(clash.cloud)]
        for name, clash in (fields or {}).items()
    }
    return digest([binding, uid, kind.value, values], 10)


def step_of(link: Link, **changes: Any) -> Step:
    return Step(
        uid=link.uid, origin=link.origin, link=link, **{"wiki": None, "cloud": None, **changes}
    )


def operation_on(
    link: Link, action: Action, side: Side, title: str, *, there: Seen | None = None, **more: Any
) -> Operation:
    """`there`: what is written, where it was seen; a resource may have come back elsewhere."""
    return Operation(
        action=action,
        side=side,
        uid=link.uid,
        entry=there.key if there and side is Side.WIKI else link.tag,
        href=there.key if there and side is Side.CLOUD else link.href,
        title=title,
        **more,
    )


def conflict_of(
    rules: Rules,
    link: Link,
    kind: ConflictKind,
    clashes: Mapping[str, Clash] | None = None,
    winner: Side | None = None,
) -> Conflict:
    return Conflict(
        id=conflict_id(rules.binding.name, link.uid, kind, clashes),
        kind=kind,
        uid=link.uid,
        entry=link.tag,
        href=link.href,
        fields=clashes or {},
        open=winner is None,
        winner=winner,
    )


def untouched(rules: Rules, link: Link, *problems: Problem) -> Step:
    """Nothing is concluded: the old tokens stay, so that the next run looks again.

    What both sides had changed and nobody has settled is told all the same.
    """
    return step_of(
        link,
        unsettled=link.unsettled,
        due=link.due,
        drop=link.dropped,
        problems=problems,
        conflicts=_still_open(rules, link),
    )


def _still_open(rules: Rules, link: Link) -> tuple[Conflict, ...]:
    """The clashes that the last look at both sides left open."""
    clashes = {}
    for name, bases in link.unsettled.items():
        values = (getattr(link.wiki, name), getattr(link.cloud, name))
        moved_here = all(
            base is MISSING or base != now for base, now in zip(bases, values, strict=True)
        )
        if moved_here and values[0] != values[1]:
            clashes[name] = Clash(known(bases[1]), *values)
    if not clashes:
        return ()
    return (conflict_of(rules, link, ConflictKind.FIELD, clashes),)
