"""Which room answers a path: by its longest registered prefix."""

from __future__ import annotations

from collections.abc import Callable

from oscartes_sync.sandbox.cloud.messages import Reply, Request

Room = Callable[[Request], Reply]


class Router:
    """Rooms by path prefix; a prefix ends where a segment does."""

    def __init__(self) -> None:
        self._rooms: dict[tuple[str, ...], tuple[Room, bool]] = {}
        self._longest = 0

    def add(self, prefix: str, room: Room, *, public: bool = False) -> None:
        """Let `room` answer everything under `prefix`; only `public` ones without sign-in."""
        parts = tuple(part for part in prefix.split("/") if part)
        self._rooms[parts] = (room, public)
        self._longest = max(self._longest, len(parts))

    def find(self, segments: tuple[str, ...]) -> tuple[Room, bool] | None:
        """The room for a path and whether it is open to everybody."""
        for length in range(min(self._longest, len(segments)), -1, -1):
            found = self._rooms.get(segments[:length])
            if found is not None:
                return found
        return None
