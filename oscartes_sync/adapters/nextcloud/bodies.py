"""Texts read in this run, kept so that an edit need not ask for them again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from oscartes_sync.adapters.nextcloud.resources import Resource

LIMIT = 16 * 1024 * 1024
"""Bytes kept; the oldest give way."""


class Bodies:
    """href → the exact text under its ETag; safe for several threads."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Resource] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def keep(self, resource: Resource) -> None:
        """Keep one, if its bytes are those the server has."""
        with self._lock:
            self._drop(resource.href)
            if not resource.exact or len(resource.body) > self._limit:
                return
            self._kept[resource.href] = resource
            self._size += len(resource.body)
            while self._size > self._limit:
                self._drop(next(iter(self._kept)))

    def get(self, href: str, etag: str) -> Resource | None:
        """The one under that ETag."""
        with self._lock:
            found = self._kept.get(href)
            return found if found is not None and found.etag == etag else None

    def _drop(self, href: str) -> None:
        gone = self._kept.pop(href, None)
        if gone is not None:
            self._size -= len(gone.body)
