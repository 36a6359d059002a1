"""Switches that make the cloud fail the ways real ones and what is before them fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class PlannedFailure:
    """One failure waiting for a request.

    `status` is answered instead of the cloud's answer; `cut` closes the connection without a
    byte, `truncate` after half of the true answer's body. With `after_executing` the request is
    carried out first. `stead` is the body, and its type, that something before the cloud gives.
    """

    status: int = 500
    after_executing: bool = False
    cut: bool = False
    truncate: bool = False
    method: str | None = None
    containing: str = ""
    retry_after: int | None = None
    stead: tuple[bytes, str] | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether this failure waits for such a request."""
        return self.method in (None, method) and self.containing in path


@dataclass
class Interposed:
    """Something that happens just before (or after) the next matching request."""

    action: Callable[[], None]
    method: str | None
    containing: str
    after: bool


@dataclass
class Faults:
    """Every switch is off at first; `clear()` switches all off again.

    maintenance: 503 in the shapes of recording 166. latency: seconds every answer takes, slept
    before the request is carried out and outside of every lock.
    """

    maintenance: bool = False
    latency: float = 0.0
    planned: list[PlannedFailure] = field(default_factory=list)
    interposed: list[Interposed] = field(default_factory=list)
    _every: int = 0
    _every_status: int = 503
    _every_method: str | None = None
    _retry_after: int | None = None
    _counted: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def fail_next(
        self,
        n: int = 1,
        *,
        status: int = 500,
        after_executing: bool = False,
        cut: bool = False,
        truncate: bool = False,
        method: str | None = None,
        containing: str = "",
        retry_after: int | None = None,
    ) -> None:
        """Let the next `n` requests (of `method`, whose path contains a text) fail.

        423, 507, 429, 503, 500 and 401 come in the server's own shapes.
        """
        self.planned.extend(
            PlannedFailure(status, after_executing, cut, truncate, method, containing, retry_after)
            for _ in range(n)
        )

    def answer_next(
        self,
        body: bytes,
        *,
        n: int = 1,
        status: int = 200,
        kind: str = "text/html; charset=UTF-8",
        method: str | None = None,
        containing: str = "",
    ) -> None:
        """Let something else answer the next `n` requests, unexecuted: a portal, a proxy."""
        self.planned.extend(
            PlannedFailure(status, method=method, containing=containing, stead=(body, kind))
            for _ in range(n)
        )

    def every_nth(
        self,
        n: int,
        status: int = 503,
        *,
        method: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Answer every `n`-th request (of `method`) with a status, unexecuted; 0 ends it."""
        self._every, self._every_status, self._every_method = n, status, method
        self._retry_after, self._counted = retry_after, 0

    def interpose(
        self,
        action: Callable[[], None],
        *,
        method: str | None = None,
        containing: str = "",
        after: bool = False,
    ) -> None:
        """Run `action` once, just before (or after) the next matching request is carried out.

        For races: a member's change between a client's read and its write.
        """
        self.interposed.append(Interposed(action, method, containing, after))

    def take_failure(self, method: str, path: str) -> PlannedFailure | None:
        """The failure due for this request, taken off the list."""
        if not self.planned and not self._every:
            return None
        with self._guard:
            for failure in self.planned:
                if failure.concerns(method, path):
                    self.planned.remove(failure)
                    return failure
            if self._every and self._every_method in (None, method):
                self._counted += 1
                if self._counted % self._every == 0:
                    return PlannedFailure(self._every_status, retry_after=self._retry_after)
        return None

    def run_interposed(self, method: str, path: str, *, after: bool) -> None:
        """Do what shall happen around this request."""
        if not self.interposed:
            return
        with self._guard:
            due = [
                one
                for one in self.interposed
                if one.after is after and one.method in (None, method) and one.containing in path
            ]
            for one in due:
                self.interposed.remove(one)
        for one in due:
            one.action()

    def clear(self) -> None:
        """Switch everything off."""
        self.maintenance, self.latency = False, 0.0
        self.planned.clear()
        self.interposed.clear()
        self.every_nth(0)
