"""Two sides of one link put together by hand, for what one decision is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from oscartes_sync.planning.baseline import Link
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.change import Evidence, Now
from oscartes_sync.planning.meeting import EventMeeting
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.snapshot import Look, Seen
from oscartes_sync.records.event import FIELDS, Event, Override, Series
from oscartes_sync.records.horizon import is_endless, laid_until
from oscartes_sync.records.problem import Problem, Side

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
UID = "Permanence.noe@oscartes"
TAG = "Permanence"
HREF = "/cal/Permanence.noe.ics"
RULE = "FREQ=WEEKLY;COUNT=5"
ENDLESS = "FREQ=WEEKLY"
ALL = frozenset(FIELDS)

Project = Callable[[Event], Event]


def day(number: int) -> date:
    """A day of March 2027, whose Mondays are 1, 8, 15, 22 and 29."""
    return date(2027, 3, number)


def single(title: str = "Permanence", **more: object) -> Event:
    """One day."""
    base = Event(title=title, start=day(1), end=day(1))
    return replace(base, **more)  # type: ignore[arg-type]


def series(rule: str = RULE, **more: object) -> Series:
    """Five Mondays."""
    return replace(Series(rule=rule), **more)  # type: ignore[arg-type]


def weekly(event: Event | None = None, **more: object) -> Event:
    """Five Mondays of one event."""
    return replace(event or single(), series=series(**more))  # type: ignore[arg-type]


def own(number: int, **more: object) -> Override:
    """A Monday that says something by itself."""
    base = Override(at=day(number), start=day(number), end=day(number), title="Permanence")
    return replace(base, **more)  # type: ignore[arg-type]


def laid_out(event: Event) -> Event:
    """A wiki that keeps any rule, those without end up to the end of next year."""
    if event.series is None or not is_endless(event.series):
        return event
    last = laid_until(event, NOW, "Europe/Paris")
    rule = f"{event.series.rule};UNTIL={last:%Y%m%d}"
    return replace(event, series=replace(event.series, rule=rule))


def no_structure(event: Event) -> Event:
    """A wiki that keeps no rule at all."""
    return replace(event, series=None)


def binding(**more: object) -> Binding:
    """An agenda."""
    base = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda")
    return replace(base, **more)  # type: ignore[arg-type]


def link_of(wiki: Event, cloud: Event, **more: object) -> Link:
    """What was agreed."""
    base = Link(
        uid=UID,
        origin=Side.WIKI,
        tag=TAG,
        href=HREF,
        wiki_token="w1",
        cloud_token="c1",
        wiki=wiki,
        cloud=cloud,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def meet(
    base: tuple[Event, Event] | Event,
    wiki: Event,
    cloud: Event,
    *,
    link: dict[str, Any] | None = None,
    carries: frozenset[str] = ALL,
    says: frozenset[str] = frozenset(),
    project: Project = laid_out,
    now: datetime = NOW,
    decided: Side | None = None,
    **more: object,
) -> EventMeeting:
    """The two sides of a link now; `more` is about the binding."""
    agreed = base if isinstance(base, tuple) else (base, base)
    return EventMeeting(
        link=link_of(*agreed, **(link or {})),
        wiki=wiki,
        cloud=cloud,
        binding=binding(**more),
        carries=carries,
        says=says,
        project=project,
        now=now,
        decided=decided,
    )


def rules(
    *,
    decisions: dict[str, Any] | None = None,
    writable: dict[Side, bool] | None = None,
    project: Project = laid_out,
    carries: frozenset[str] = ALL,
    says: frozenset[str] = frozenset(),
    **more: object,
) -> Rules:
    """What holds for one run; `more` is about the binding."""
    return Rules(
        binding=binding(**more),
        carries=carries,
        says=says,
        writable=writable or {Side.WIKI: True, Side.CLOUD: True},
        project=project,
        now=NOW,
        decisions=decisions or {},
    )


def at(
    side: Side, event: Event, token: str = "", *, problems: tuple[Problem, ...] = ()
) -> Evidence:
    """A thing that is there."""
    key, known = (TAG, "w1") if side is Side.WIKI else (HREF, "c1")
    return Evidence(Now.HERE, Seen(key, token or known, event), problems, None)


def absent(now: Now, look: Look | None = None) -> Evidence:
    """A thing of which there is no record."""
    return Evidence(now, None, (), look)
