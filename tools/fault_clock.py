"""One time for the two servers and the run: waiting costs nothing, and no day is today.

Kept in memory that forked processes share.
"""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta

_FORM = struct.Struct("3d")


class SharedClock:
    """`ports.Clock`; made before the processes that share it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    def start(self, moment: datetime) -> None:
        """Let it be this moment."""
        _FORM.pack_into(self._memory, 0, moment.timestamp(), time.monotonic(), 0.0)

    def now(self) -> datetime:
        """The present instant, UTC."""
        moment, started, slept = _FORM.unpack_from(self._memory, 0)
        gone = time.monotonic() - started + slept
        return datetime.fromtimestamp(moment, UTC) + timedelta(seconds=gone)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic() + float(_FORM.unpack_from(self._memory, 0)[2])

    def sleep(self, seconds: float) -> None:
        """It is so much later, at once."""
        moment, started, slept = _FORM.unpack_from(self._memory, 0)
        _FORM.pack_into(self._memory, 0, moment, started, slept + seconds)
