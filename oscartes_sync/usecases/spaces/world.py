"""What the use cases of spaces are given: one kind of spaces, and the ports of its world."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.membership import Membership
from oscartes_sync.planning.spaces.values import Limited, SpaceKind
from oscartes_sync.ports import Clock
from oscartes_sync.ports.spaces import SpaceForms, SpaceMemory, SpacePlaces

HOUR: Final = timedelta(hours=1)
LIMITS: Final[Mapping[Limited, int]] = {"share": 20, "calendar": 10}
"""What a server lets one account make in an hour (reference, part I; recordings 048, 049)."""


class Memory(SpaceMemory, Protocol):
    """What spaces ask of the state. Raises `errors.StateError`."""

    def memberships(self, binding: str) -> Sequence[Membership]:
        """Who was agreed to be in what, in order."""

    def keep_memberships(self, binding: str, place: str, kept: Sequence[Membership]) -> None:
        """Write what is known of one space's members, in the place of all that was."""

    def recall(self, key: str) -> str | None:
        """A small remembered text."""

    def remember(self, key: str, value: str) -> None:
        """Keep a small text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceWorld:
    """One kind of spaces; `bindings` are those of the configuration, by name."""

    kind: SpaceKind
    forms: SpaceForms
    places: SpacePlaces
    memory: Memory
    clock: Clock
    bindings: Mapping[str, Binding]

    @property
    def today(self) -> date:
        """The day in the network's zone: an end day is over when it is over there."""
        return self.clock.now().astimezone(ZoneInfo(self.kind.zone)).date()


class Hours:
    """What was made in the last hour on one cloud, so that we stop before the server says so."""

    def __init__(self, world: SpaceWorld) -> None:
        self._memory = world.memory
        self._clock = world.clock
        self._cloud = world.kind.cloud
        self._spent: set[Limited] = set()

    def room(self) -> dict[Limited, int]:
        """How many more may be made now."""
        return {
            what: 0 if what in self._spent else max(0, most - len(self._recent(what)))
            for what, most in LIMITS.items()
        }

    def count(self, what: Limited) -> None:
        """One more is about to be made: a lost answer counts like any."""
        moments = [*self._recent(what), self._clock.now()]
        told = json.dumps([each.isoformat() for each in moments])
        self._memory.remember(self._key(what), told)

    def spend(self, what: Limited) -> None:
        """The server says that it was enough, whoever else made some."""
        self._spent.add(what)

    def _recent(self, what: Limited) -> list[datetime]:
        told = json.loads(self._memory.recall(self._key(what)) or "[]")
        moments = [datetime.fromisoformat(each) for each in told]
        now = self._clock.now()
        return [each for each in moments if now - each < HOUR]

    def _key(self, what: Limited) -> str:
        return f"cloud/{self._cloud}/hour/{what}"
