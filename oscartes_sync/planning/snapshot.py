"""One side now, and what we knew of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record
from oscartes_sync.records.standing import Standing

__all__ = ["Known", "Look", "Presence", "Seen", "Sighting", "Snapshot", "Standing"]


class Presence(StrEnum):
    """What a direct look at one thing found.

    GONE is positive proof. HIDDEN: there, but not for everybody. OUTSIDE: there for everybody, but
    no longer in what the binding selects. HERE: there after all. ELSEWHERE: in another collection
    of ours. UNSURE: nothing can be concluded.
    """

    GONE = "gone"
    HIDDEN = "hidden"
    OUTSIDE = "outside"
    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Look:
    """The result of a direct look; `owner` is who owns the entry, "" where unknown or nobody.

    `deletable` says whether our account may delete it.
    """

    presence: Presence
    owner: str = ""
    deletable: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing as read: its version token and its record."""

    key: str
    token: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One thing of a side, read because it is new or its token moved.

    `key` is the entry's tag or the resource's href; `uid` the UID ("" on the wiki, where the tag
    says it). `event` is None where `standing` is BROKEN, and may be None where it is FOREIGN.
    `problems` are those of the thing itself, to be told at every run until it moves. `formerly` is
    the key of what it took the place of ("" for nothing): programs save by making a file anew.
    """

    key: str
    token: str
    uid: str = ""
    record: Record | None = None
    standing: Standing = Standing.OPEN
    formerly: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def seen(self) -> Seen | None:
        """Key, token and record, where there is a record."""
        return Seen(self.key, self.token, self.record) if self.record else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last run knew of one side: enough to ask for differences only.

    `tokens` maps the key of every thing seen (linked or left out) to its version token; "" asks
    for a fresh look. `last` maps it to the token that it had, whether or not it is looked at
    afresh; it may lack what `tokens` tells. `cursor` is the side's own bookmark (a sync-token with
    the date it was taken, say), "" at first.
    """

    tokens: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One side now, told as differences from `Known`.

    `sightings` are the things that are new or moved; `unmoved` the keys that are there with the
    token we knew; `absent` the known keys that are not there, which proves nothing yet.
    `carries` are the record fields this side has a place for; `says` those it can only put in the
    derived paragraph. `writable` tells whether we may write here at all; `trusted` whether absence
    may ever count (false for a calendar that is not ours). `empty`: the side holds nothing now.
    `label` is what the side calls the form or the collection. `rewound`: it was put back to an
    earlier time, so that what it says otherwise is nobody's edit.
    """

    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    unmoved: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    cursor: str = ""
    carries: frozenset[str] = frozenset()
    says: frozenset[str] = frozenset()
    writable: bool = True
    trusted: bool = True
    empty: bool = False
    label: str = ""
    rewound: bool = False
    problems: tuple[Problem, ...] = ()
