"""What every part of the client shares: who we are, where the wiki is, when we last wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from bazar_forms.client.address import Address
from bazar_forms.client.answer import Answer
from bazar_forms.client.decode import read_json
from bazar_forms.client.session import PageSession
from bazar_forms.client.transport import Call, Transport
from bazar_forms.errors import KeyRefused

_BETWEEN_WRITES = 1.05
"""Seconds between two writes of one entry: the wiki's dates have seconds, and what it keeps of a
page for visitors is told apart by them (reference section 8)."""


class Connection:
    """One wiki and one key. The API's calls bear the key or nothing, and never a cookie."""

    def __init__(self, transport: Transport, address: Address, key: str, pace: Pace) -> None:
        self.transport = transport
        self.address = address
        self.key = key
        self.pace = pace
        self.session = PageSession(transport, address, key)

    def get(
        self, route: str, parameters: Sequence[tuple[str, str]] = (), *, anonymous: bool
    ) -> Answer:
        """Asks a route of the API. Raises KeyRefused where a key is needed and none was given."""
        return self.transport.read(
            Call(
                "GET",
                self.address.api(route, parameters),
                route,
                key="" if anonymous else self.needed_key(),
                headers={"Accept": "application/json"},
            )
        )

    def get_json(
        self,
        route: str,
        parameters: Sequence[tuple[str, str]] = (),
        *,
        anonymous: bool,
        what: str,
    ) -> object:
        """Asks for JSON that must be there; raises what `read_json` does."""
        answer = self.get(route, parameters, anonymous=anonymous)
        return read_json(answer, keyed=not anonymous, what=what)

    def needed_key(self) -> str:
        """The key. Raises KeyRefused where none was given."""
        if not self.key:
            raise KeyRefused("No API key was given.")
        return self.key


class Pace:
    """Keeps two writes of one entry apart, by the clock and the sleep it is given."""

    def __init__(self, sleep: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        self._written: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, tag: str) -> None:
        """Sleeps until the last write of this entry is more than a second old."""
        with self._lock:
            last = self._written.get(tag.casefold())
        if last is None:
            return
        rest = last + _BETWEEN_WRITES - self._monotonic()
        if rest > 0:
            self._sleep(rest)

    def note(self, tag: str) -> None:
        """Remembers that this entry was just written, or may have been."""
        with self._lock:
            self._written[tag.casefold()] = self._monotonic()
