"""The state all handlers share, and the switches a test or an administrator may turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from oscartes_sync.sandbox.cloud.accounts import Directory
from oscartes_sync.sandbox.cloud.store import Store

Version = Literal[32, 34]
Clock = Callable[[], datetime]
NUMBERS = {32: "32.0.2", 34: "34.0.1"}


@dataclass
class Settings:
    """What an administrator sets. Sizes are bytes, durations seconds.

    uid_conflict: 400 with a text, or 409 with the holder's href (servers to come). retention:
    0 switches the bin off. maximum_calendars counts subscriptions and trashed calendars; it and
    calendars_per_hour hold for requests by session cookie only (048, 049). shares_per_hour holds
    on 34 alone. brute_force: ten wrong passwords close the door to everybody.
    """

    uid_conflict: Literal[400, 409] = 400
    retention: int = 2592000
    event_size_limit: int = 10485760
    maximum_calendars: int = 30
    rate_limits: bool = True
    calendars_per_hour: int = 10
    shares_per_hour: int = 20
    brute_force: bool = True
    busy_word: str = "Busy"
    birthday_calendars: bool = False


@dataclass
class Core:
    """One cloud: who, what, when, and how it is set.

    `inboxes` holds the ETags of scheduling messages, by account and name.
    """

    version: Version
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    directory: Directory = field(default_factory=Directory)
    store: Store = field(default_factory=Store)
    lock: threading.RLock = field(default_factory=threading.RLock)
    inboxes: dict[str, dict[str, str]] = field(default_factory=dict)
    url: str = ""

    def now(self) -> datetime:
        """The moment, in UTC, to the second."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    @property
    def number(self) -> str:
        """The version as the server names it."""
        return NUMBERS[self.version]
