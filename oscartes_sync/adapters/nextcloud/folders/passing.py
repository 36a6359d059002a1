"""The digest of bytes on their way, computed beside the transfer: a core receives, one digests."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

_BLOCK = 1024 * 1024
_WAITING = 4
"""Blocks that may wait for their turn: where digesting is slower, the transfer waits."""


class Passing:
    """The SHA-256 of what passes; to be closed.

    Small files never need the second thread, so none is started before a block is full.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._block: list[bytes] = []
        self._size = 0
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[None]] = deque()

    def add(self, piece: bytes) -> None:
        """One more piece, in its order."""
        self._block.append(piece)
        self._size += len(piece)
        if self._size < _BLOCK:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1)
        if len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._digested, self._block))
        self._block, self._size = [], 0

    def hexdigest(self) -> str:
        """Of all that was added."""
        while self._waiting:
            self._waiting.popleft().result()
        self._digested(self._block)
        self._block, self._size = [], 0
        return self._digest.hexdigest()

    def close(self) -> None:
        """End the thread; what was added stays."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _digested(self, block: list[bytes]) -> None:
        # At once: between two updates the threads would wait for each other.
        self._digest.update(b"".join(block))
