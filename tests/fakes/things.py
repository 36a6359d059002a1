"""A clock that is told the time, and what a fake side holds under one key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oscartes_sync.planning.snapshot import Presence, Standing
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record


class FakeClock:
    """Time that moves only when told, or when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


US = "RobotNuage"
"""The account that we are on both sides."""


def either(record: Record) -> Event | Contact:
    """The record, which is of one of the two kinds that fake sides hold."""
    if not isinstance(record, Event | Contact):
        raise TypeError(type(record).__name__)
    return record


@dataclass
class Thing:
    """What a fake side holds under one key.

    `away`: what a look at it finds though no listing shows it. `told`: when a listing of what
    moved last told of it, where that is not when it got its version.
    """

    record: Record
    version: int
    uid: str = ""
    standing: Standing = Standing.OPEN
    owner: str = US
    problems: tuple[Problem, ...] = ()
    away: Presence | None = None
    told: int = 0
