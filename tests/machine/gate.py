"""Between a run and the world: every call may be the one at which something goes wrong.

A run is one process. Its calls are counted, and a fault says at which of them what happens. What
the engine does side by side is done one write after the other, in an order that the history names:
so a history replays, and shrinks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any
from unittest.mock import patch

from oscartes_sync.errors import (
    Busy,
    CredentialsRefused,
    Forbidden,
    Full,
    Invalid,
    Moved,
    OutcomeUnknown,
    SideError,
    StateError,
    Unavailable,
    Unexpected,
    Unreachable,
)
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases import sighting, writing


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even what is `finally` to be done."""


class How(StrEnum):
    """What happens at a call.

    BEFORE and AFTER: killed with the call not made, or made and never answered; MEANWHILE: killed,
    and a write to the other side that was on its way gets there. STOP: somebody presses Ctrl-C.
    LOST: it is done and its answer lost. RIVAL: a member edits first; SLIP: a member edits between
    our look and our write. The others are refusals.
    """

    BEFORE = "before"
    AFTER = "after"
    MEANWHILE = "meanwhile"
    STOP = "stop"
    LOST = "lost"
    RIVAL = "rival"
    SLIP = "slip"
    FORBIDDEN = "forbidden"
    MAINTENANCE = "maintenance"
    UNREACHABLE = "unreachable"
    KEY = "key"
    HTML = "html"
    INVALID = "invalid"
    BUSY = "busy"
    FULL = "full"
    MOVED = "moved"


FATAL = frozenset({How.BEFORE, How.AFTER, How.MEANWHILE, How.STOP})
REFUSALS: Mapping[How, SideError] = {
    How.FORBIDDEN: Forbidden("forbidden"),
    How.MAINTENANCE: Unavailable("maintenance"),
    How.UNREACHABLE: Unreachable("unreachable"),
    How.KEY: CredentialsRefused("credentials"),
    How.HTML: Unexpected("html"),
    How.INVALID: Invalid("invalid"),
    How.BUSY: Busy("busy"),
    How.FULL: Full("full"),
    How.MOVED: Moved("moved"),
}
WRITES = frozenset(
    {"create", "update", "delete", "put_back", "erase", "complete", "prepare", "publish", "keep"}
)
CALLS = WRITES | {"snapshot", "look", "images"}
_THINKING = frozenset({"project", "refuses", "parallel", "traffic"})


@dataclass(frozen=True, slots=True)
class Fault:
    """At call number `at` of a run, `how` goes wrong."""

    at: int
    how: How


@dataclass
class Gate:
    """Counts the calls of one run. `edit` lets a member edit a thing of a side."""

    faults: Mapping[int, How]
    edit: Callable[[Side, str | None], None]
    count: int = 0
    dead: bool = False
    on_its_way: str = ""
    met: list[str] = field(default_factory=list)

    def through(
        self, name: str, verb: str, method: Callable[..., Any], *args: Any, **kw: Any
    ) -> Any:
        """One call of a port or of the state."""
        if self.dead:
            self._arrives(name, verb, partial(method, *args, **kw))
            raise Killed
        self.count += 1
        how = self.faults.get(self.count)
        if how is None:
            return method(*args, **kw)
        self.met.append(f"{how} at {self.count}: {name} {verb}")
        call = partial(method, *args, **kw)
        if how in FATAL:
            return self._die(how, name, verb, call)
        if name == "state":
            return self._state_fault(how, call)
        return self._side_fault(how, Side(name), verb, call)

    def _arrives(self, name: str, verb: str, call: Callable[[], Any]) -> None:
        if verb in WRITES and self.on_its_way == name:
            self.on_its_way = ""
            call()

    def _die(self, how: How, name: str, verb: str, call: Callable[[], Any]) -> Any:
        if how is How.STOP:
            raise KeyboardInterrupt
        self.dead = True
        if how is How.MEANWHILE and name != "state" and verb in WRITES:
            self.on_its_way = Side(name).other.value
        if how is How.AFTER:
            call()
        raise Killed

    @staticmethod
    def _state_fault(how: How, call: Callable[[], Any]) -> Any:
        """A full disk, or a database whose "done" does not come through."""
        if how is How.LOST:
            call()
        elif how in (How.RIVAL, How.SLIP):
            return call()
        raise StateError("state-unusable", path="memory")

    def _side_fault(self, how: How, side: Side, verb: str, call: Callable[[], Any]) -> Any:
        if how in (How.RIVAL, How.SLIP):
            if how is How.RIVAL or verb != "update" or side is Side.CLOUD:
                self.edit(side, None)
            else:
                return self._slip(side, call)
            return call()
        if how is How.LOST:
            if verb not in WRITES:
                raise Unreachable("unreachable")
            call()
            raise OutcomeUnknown("outcome-unknown")
        raise REFUSALS[how]

    def _slip(self, side: Side, call: Callable[[], Any]) -> Any:
        port = call.func.__self__  # type: ignore[attr-defined]
        port.slips.append(partial(self.edit, side))
        try:
            return call()
        finally:
            port.slips.clear()


class Gated:
    """A port or a state whose calls go through the gate."""

    def __init__(self, name: str, port: object, gate: Gate) -> None:
        self._name, self._port, self._gate = name, port, gate

    def __getattr__(self, verb: str) -> Any:
        method = getattr(self._port, verb)
        if verb in _THINKING:
            return method
        return partial(self._gate.through, self._name, verb, method)


class _Job:
    """A future that is worked out when somebody asks for it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._told: Callable[[_Job], None] | None = None
        self._answer: tuple[Any, BaseException | None] | None = None

    def add_done_callback(self, told: Callable[[_Job], None]) -> None:
        self._told = told

    def run(self) -> None:
        if self._answer is not None:
            return
        try:
            self._answer = (self._work(), None)
        except BaseException as error:  # noqa: BLE001 - as a future keeps it for who asks
            self._answer = (None, error)
        if self._told is not None:
            self._told(self)

    @property
    def failed(self) -> bool:
        return self._answer is not None and self._answer[1] is not None

    def result(self) -> Any:
        self.run()
        assert self._answer is not None
        value, error = self._answer
        if error is not None:
            raise error
        return value


class _Lane:
    """A pool of one worker, which works when it is its turn."""

    def __init__(self) -> None:
        self.jobs: deque[_Job] = deque()

    def submit(self, work: Callable[..., Any], *args: Any) -> _Job:
        job = _Job(partial(work, *args))
        self.jobs.append(job)
        return job

    def shutdown(self, **_: bool) -> None:
        self.jobs.clear()

    def __enter__(self) -> _Lane:
        return self

    def __exit__(self, *_: object) -> None:
        for job in self.jobs:
            job.run()


class Turns:
    """Gives the lanes of a run their turns: bit after bit of `order` says whose it is."""

    def __init__(self, order: int) -> None:
        self._order = order
        self._lanes: list[_Lane] = []
        self._ended: deque[_Job] = deque()

    def pool(self, workers: int) -> _Lane:
        assert workers
        self._lanes.append(_Lane())
        return self._lanes[-1]

    def queue(self) -> Turns:
        return self

    def put(self, job: _Job) -> None:
        self._ended.append(job)

    def get(self) -> _Job:
        if not self._ended:
            waiting = [lane for lane in self._lanes if lane.jobs]
            self._order, turn = divmod(self._order, 2)
            lane = waiting[turn % len(waiting)]
            lane.jobs.popleft().run()
            if self._ended[0].failed:
                # The others had begun too.
                for other in waiting:
                    if other is not lane:
                        other.jobs.popleft().run()
        return self._ended.popleft()


@contextmanager
def in_turns(order: int) -> Iterator[None]:
    """Threads of the engine become turns."""
    turns = Turns(order)
    with (
        patch.object(writing, "ThreadPoolExecutor", turns.pool),
        patch.object(writing, "SimpleQueue", turns.queue),
        patch.object(sighting, "ThreadPoolExecutor", lambda workers: _Lane()),
    ):
        yield
