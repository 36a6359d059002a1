"""Where a run can be broken: the kinds of faults, and the points of one traced run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})


class Kind(StrEnum):
    """What breaks. The first word says at what: a request, its answer, a transaction, the disk."""

    REQUEST_BEFORE = "request-before"
    REQUEST_TORN = "request-torn"
    REQUEST_INSIDE = "request-inside"
    REQUEST_AFTER = "request-after"
    REQUEST_ABREAST = "request-abreast"
    TRANSACTION_BEFORE = "transaction-before"
    TRANSACTION_INSIDE = "transaction-inside"
    TRANSACTION_SPILLED = "transaction-spilled"
    TRANSACTION_AFTER = "transaction-after"
    REQUEST_LOST = "request-lost"
    ANSWER_LOST = "answer-lost"
    ANSWER_CUT = "answer-cut"
    ANSWER_HEAD_CUT = "answer-head-cut"
    DISK_FULL = "disk-full"
    DISK_FAILING = "disk-failing"
    DISK_FAILING_ONCE = "disk-failing-once"
    DISK_READ_ONLY = "disk-read-only"
    DISK_READ_ONLY_ONCE = "disk-read-only-once"

    @property
    def kills(self) -> bool:
        """Whether the run is killed; else it goes on, or ends by itself."""
        return self in _KILLS

    @property
    def of_transactions(self) -> bool:
        """Whether it is counted by transactions; else by requests."""
        return self.value.startswith(("transaction", "disk"))

    @property
    def of_writes_only(self) -> bool:
        """Whether it is tried at those requests alone that may change something."""
        return self in _WRITES_ONLY


_KILLS = frozenset(
    {
        Kind.REQUEST_BEFORE,
        Kind.REQUEST_TORN,
        Kind.REQUEST_INSIDE,
        Kind.REQUEST_AFTER,
        Kind.REQUEST_ABREAST,
        Kind.TRANSACTION_BEFORE,
        Kind.TRANSACTION_INSIDE,
        Kind.TRANSACTION_SPILLED,
        Kind.TRANSACTION_AFTER,
    }
)
_WRITES_ONLY = frozenset(
    {Kind.REQUEST_TORN, Kind.REQUEST_ABREAST, Kind.REQUEST_LOST, Kind.ANSWER_LOST}
)


@dataclass(frozen=True, slots=True)
class Point:
    """One fault: the scene it is played in, what breaks, and at which request or transaction
    of the run (from 1)."""

    scene: str
    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.scene}:{self.kind}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The point so named; ValueError where it is none."""
        scene, kind, number = text.split(":")
        return cls(scene, Kind(kind), int(number))


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run did that was let be: the method and route of each request, and how many
    transactions it wrote."""

    requests: tuple[tuple[str, str], ...] = ()
    transactions: int = 0


def points_of(scene: str, trace: Trace, kinds: Iterable[Kind]) -> Iterator[Point]:
    """Every point of a scene's run, kind after kind."""
    for kind in kinds:
        if kind.of_transactions:
            numbers: Iterable[int] = range(1, trace.transactions + 1)
        else:
            numbers = (
                number
                for number, (method, _) in enumerate(trace.requests, start=1)
                if method not in _SAFE_METHODS or not kind.of_writes_only
            )
        yield from (Point(scene, kind, number) for number in numbers)


def sampled(points: Sequence[Point], count: int) -> list[Point]:
    """So many of them, the same each time, spread over all kinds."""
    if count <= 0 or count >= len(points):
        return list(points)
    return [points[place * len(points) // count] for place in range(count)]
