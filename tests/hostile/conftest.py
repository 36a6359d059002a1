"""What every hostile thing is held to: a hard limit of time, a bound of memory, words for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

HARD_LIMIT = 300
"""Seconds after which a test is taken to hang; no measure, for machines differ."""


@pytest.fixture(autouse=True)
def hard_limit() -> Iterator[None]:
    """End a test that hangs."""

    def hangs(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still at it after {HARD_LIMIT} seconds")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HARD_LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
