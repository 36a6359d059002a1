"""Carry out operations: bounded, in parallel where that is safe, never two on one thing.

Creations and the cloud's writes run side by side; the wiki's page edits one after the other (edits
of one PHP session queue up there anyway). What a server's refusal means for the rest of the run is
decided here, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from threading import Lock

from oscartes_sync.errors import (
    CredentialsRefused,
    OscartesError,
    OutcomeUnknown,
    Overloaded,
    Refused,
    SideError,
    Unavailable,
    Unreachable,
)
from oscartes_sync.planning.operation import Action, Operation, Reason, State
from oscartes_sync.planning.outcome import Outcome
from oscartes_sync.ports import Clock, Written
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import series_of
from oscartes_sync.usecases.world import World

PATIENCE = 3
"""So many lost or refused connections in a row and a server counts as gone for this run."""

LONGEST = 3600.0
"""Seconds that the writes of one binding may take; what is left then is the next run's.

However slow a server is, a run ends, and what it found out is not hours old when it is acted on.
"""

_NOT_AS_MEANT = frozenset({"created-hidden", "created-public", "created-unreadable"})
"""Codes of a creation that others may read who should not, or may not who should."""


class Brake:
    """Remembers what must not be tried any more in this run; shared by the workers.

    `together`: what is written on one side is taken from the other just then, as files are.
    """

    def __init__(self, clock: Clock, *, together: bool = False) -> None:
        self._lock = Lock()
        self._together = together
        self._clock = clock
        self._end = clock.monotonic() + LONGEST
        self._late = {Side.WIKI: 0, Side.CLOUD: 0}
        self._stopped: dict[Side, SideError] = {}
        self._lost = {Side.WIKI: 0, Side.CLOUD: 0}
        self._no_creations: set[Side] = set()

    def holds(self, operation: Operation) -> bool:
        """Whether this operation is not to be sent."""
        with self._lock:
            if operation.action is Action.CREATE and operation.side in self._no_creations:
                return True
            if operation.side in self._stopped or (self._together and self._stopped):
                return True
            if self._clock.monotonic() >= self._end:
                self._late[operation.side] += 1
                return True
        return False

    def went_well(self, side: Side) -> None:
        """A write got through."""
        with self._lock:
            self._lost[side] = 0

    def learn(self, side: Side, error: SideError) -> None:
        """Draw the conclusion from an error."""
        with self._lock:
            if error.code in _NOT_AS_MEANT:
                self._no_creations.add(side)
            if isinstance(error, (Unreachable, Overloaded)):
                self._lost[side] += 1
                if self._lost[side] >= PATIENCE:
                    self._stopped.setdefault(side, error)
            elif isinstance(error, (Unavailable, CredentialsRefused)):
                self._stopped.setdefault(side, error)

    def problems(self) -> tuple[Problem, ...]:
        """Why sides were stopped, once each."""
        with self._lock:
            found = [Problem.from_error(error, side=side) for side, error in self._stopped.items()]
            found += [Problem.of("creation-stopped", side=side) for side in self._no_creations]
            found += [
                Problem.of("writing-too-slow", side=side, left=left)
                for side, left in self._late.items()
                if left
            ]
        return tuple(found)


Write = Callable[[Operation], Written | None]
"""Sends one operation; what it left is None after a removal."""


def carry_out(
    world: World, operations: Sequence[Operation], brake: Brake, write: Write | None = None
) -> Iterator[Outcome]:
    """Try every write; outcomes come as they end. Nothing more is sent once the caller stops."""
    send = write or partial(_write, world)
    # A queue, since waiting for any of a thousand futures looks at all of them each time.
    ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
    with ExitStack() as stack:
        for lane, workers in _lanes(world, operations):
            pool = ThreadPoolExecutor(workers)
            stack.callback(pool.shutdown, wait=True, cancel_futures=True)
            for operation in lane:
                pool.submit(attempt, send, operation, brake).add_done_callback(ended.put)
        for _ in operations:
            yield ended.get().result()


def _lanes(world: World, operations: Sequence[Operation]) -> list[tuple[list[Operation], int]]:
    """Operations that may run side by side, with how many at once.

    One lane a side where it takes as many edits as creations at once, else one for each, so that
    a side never meets more writers than it bears.
    """
    lanes: dict[tuple[Side, bool], list[Operation]] = {}
    workers: dict[tuple[Side, bool], int] = {}
    for operation in operations:
        port = world.port(operation.side)
        creating = operation.action is Action.CREATE
        alike = port.parallel(creating=True) == port.parallel(creating=False)
        lane = (operation.side, creating and not alike)
        lanes.setdefault(lane, []).append(operation)
        workers[lane] = port.parallel(creating=creating)
    return [(lanes[lane], workers[lane]) for lane in sorted(lanes)]


def attempt(send: Write, operation: Operation, brake: Brake) -> Outcome:
    """One write, its errors turned into the outcome's problem."""
    if brake.holds(operation):
        return Outcome(operation=replace(operation, state=State.SKIPPED))
    try:
        written = send(operation)
    except OscartesError as error:
        # One thing that cannot be written, for whatever reason of ours, does not stop the others.
        side = operation.side
        if isinstance(error, SideError):
            side = Side(error.side) if error.side else side
            brake.learn(side, error)
        problem = Problem.from_error(error, side=side, entry=operation.entry, href=operation.href)
        failed = replace(operation, state=State.FAILED, problem=problem)
        return Outcome(operation=failed, unknown=_in_doubt(operation, error))
    brake.went_well(operation.side)
    done = replace(operation, state=State.DONE)
    if written is None:
        return Outcome(operation=done)
    placed = (
        replace(done, entry=written.seen.key)
        if operation.side is Side.WIKI
        else replace(done, href=written.seen.key)
    )
    return Outcome(operation=placed, seen=written.seen, problems=written.problems)


def _in_doubt(operation: Operation, error: OscartesError) -> bool:
    """Whether it may have been carried out all the same.

    A creation is more than one request, and so is the edit of a series: what was not refused may
    have failed after the first.
    """
    if isinstance(error, OutcomeUnknown):
        return True
    series = series_of(operation.record) is not None
    several = operation.action is Action.CREATE or (series and operation.side is Side.WIKI)
    return several and not isinstance(error, Refused)


def _write(world: World, operation: Operation) -> Written | None:
    port, binding = world.port(operation.side), world.binding
    key, event = operation.key, operation.record
    if operation.action is Action.DELETE:
        withdrawn = operation.reason is Reason.WITHDRAWN
        port.delete(binding, key or "", operation.token, withdrawn=withdrawn)
        return None
    if event is None:
        raise ValueError(operation.action)
    if operation.action is Action.CREATE:
        return port.create(binding, operation.uid, event, key)
    return port.update(binding, key or "", operation.token, operation.changes, event)
