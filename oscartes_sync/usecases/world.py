"""What every use case is given: the ports of one binding, the state and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from oscartes_sync.errors import SideError
from oscartes_sync.planning.binding import Binding, MaxDelete
from oscartes_sync.planning.rules import Decision
from oscartes_sync.ports import Clock, Cloud, SidePort, StateStore, Traffic, Wiki
from oscartes_sync.ports.contents import Contents
from oscartes_sync.ports.links import PublicLinks
from oscartes_sync.ports.memberships import MemberLists, Memberships
from oscartes_sync.records.problem import Side

Progress = Callable[[str, int, int], None]
"""Told of progress: the binding's name, operations done, operations in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One binding with the ports that reach its two sides.

    `lists` and `memberships` are there where it keeps groups in step, `links` where it publishes
    documents, and `contents`, by side, where it carries files.
    """

    binding: Binding
    wiki: Wiki
    cloud: Cloud
    state: StateStore
    clock: Clock
    lists: MemberLists | None = None
    memberships: Memberships | None = None
    links: PublicLinks | None = None
    contents: Mapping[Side, Contents] = field(default_factory=dict)

    def port(self, side: Side) -> SidePort:
        """The port to that side."""
        return self.wiki if side is Side.WIKI else self.cloud

    def traffic(self) -> tuple[Traffic, Traffic]:
        """Wiki's and cloud's traffic so far."""
        return self.wiki.traffic(), self.cloud.traffic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run was asked: compare everything, another limit, an empty side is meant.

    `decisions` are what a person said to conflicts, by their ids.
    """

    full: bool = False
    max_delete: MaxDelete | None = None
    allow_empty: bool = False
    decisions: Mapping[str, Decision] = field(default_factory=dict)


@contextmanager
def on_side(side: Side) -> Iterator[None]:
    """Errors of the servers that leave this block know which side they are of."""
    try:
        yield
    except SideError as error:
        error.side = error.side or side.value
        raise
