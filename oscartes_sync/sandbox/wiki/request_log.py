"""The log of requests answered, for tests that count them."""

from __future__ import annotations

from typing import NamedTuple


class RequestLine(NamedTuple):
    """One line of the log; `status` is 0 where the connection was cut."""

    method: str
    target: str
    status: int
    user: str


class RequestLog(list[RequestLine]):
    """Requests answered, oldest first."""

    def counted(self, method: str, containing: str = "") -> int:
        """How many requests of a method had a text in their target."""
        return sum(line.method == method and containing in line.target for line in self)
