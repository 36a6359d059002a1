"""What moved on one side since the last agreement. Like is compared with like."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link, Missing
from oscartes_sync.planning.snapshot import Look, Presence, Seen, Sighting, Snapshot, Standing
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


class Now(StrEnum):
    """What a linked thing is on one side, all evidence taken together.

    HERE: readable and mirrored. HIDDEN: there, but not for everybody or not selected any more.
    GONE: proved to be deleted. BROKEN: no record can be made of it. UNSURE: nothing can be said.
    ELSEWHERE: moved to another collection of ours. DROPPED: gone before, and let go. HELD: absent
    together with more things than a run may remove, so not even looked at.
    """

    HERE = "here"
    HIDDEN = "hidden"
    GONE = "gone"
    BROKEN = "broken"
    UNSURE = "unsure"
    ELSEWHERE = "elsewhere"
    DROPPED = "dropped"
    HELD = "held"


_BY_PRESENCE = {
    Presence.GONE: Now.GONE,
    Presence.HIDDEN: Now.HIDDEN,
    Presence.OUTSIDE: Now.HIDDEN,
    Presence.ELSEWHERE: Now.ELSEWHERE,
    Presence.HERE: Now.UNSURE,
    Presence.UNSURE: Now.UNSURE,
}


_OF_THE_MOMENT = frozenset(
    {
        "category-unknown",
        "card-stays",
        "copy-linked-instead",
        "copy-hidden",
        "derived-dates-edited",
        "edit-beats-delete",
        "file-not-taken",
        "guests-not-told",
        "left-on-cloud",
        "left-on-wiki",
        "logo-not-fetched",
        "position-doubtful",
        "series-edited-in-cloud",
        "series-made-otherwise",
        "side-read-only",
    }
)
"""Problems of a decision, found anew by each; all others are of the thing as it was read."""


class Evidence:
    """One side of one link: what it is now, its record there, and who owns it."""

    __slots__ = ("look", "now", "problems", "seen")

    def __init__(
        self, now: Now, seen: Seen | None, problems: tuple[Problem, ...], look: Look | None
    ) -> None:
        self.now = now
        self.seen = seen
        self.problems = problems
        self.look = look

    @property
    def record(self) -> Record | None:
        """The record there now."""
        return self.seen.record if self.seen else None


def evidence(
    link: Link,
    side: Side,
    snapshot: Snapshot,
    sighting: Sighting | None,
    look: Look | None,
    *,
    held: bool = False,
) -> Evidence:
    """Weigh what the listing and the direct look say of one side of a link.

    A thing that the listing misses and a look finds is UNSURE: the two disagree, so nothing is
    concluded from either.
    """
    if sighting is not None:
        if sighting.record is None or sighting.standing is Standing.BROKEN:
            problems = sighting.problems or (Problem.warning("no-event-any-more", side),)
            return Evidence(Now.BROKEN, None, problems, look)
        hidden = sighting.standing is Standing.HIDDEN
        return Evidence(Now.HIDDEN if hidden else Now.HERE, sighting.seen, sighting.problems, look)
    if link.dropped is side:
        return Evidence(Now.DROPPED, None, (), look)
    remembered = link.seen(side)
    if remembered.key not in snapshot.absent:
        return Evidence(Now.HERE, remembered, _own(link, side), look)
    if held:
        return Evidence(Now.HELD, None, (), look)
    if look is None or not snapshot.trusted:
        return Evidence(Now.UNSURE, None, (), look)
    return Evidence(_BY_PRESENCE[look.presence], None, (), look)


def _own(link: Link, side: Side) -> tuple[Problem, ...]:
    return tuple(
        problem
        for problem in link.problems
        if problem.side is side and problem.code not in _OF_THE_MOMENT
    )


def moved(link: Link, side: Side, now: Record, names: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """The fields that are not what was agreed on this side: name → (base, now)."""
    found = {}
    for name in names:
        base, value = link.base(side, name), getattr(now, name)
        if base is MISSING or base != value:
            found[name] = (base, value)
    return found


def known(base: object) -> Any:
    """The base as a value to show: None where there never was one."""
    return None if isinstance(base, Missing) else base
