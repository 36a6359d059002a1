"""The last agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oscartes_sync.planning.snapshot import Known, Seen
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


class Missing:
    """The base of a field that never was agreed on (a pair found again with the state gone)."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Entry tag ↔ href, and per side the version token and the record as read back.

    `unsettled` holds, for each field that is not agreed (an open conflict, a write that was
    refused), the last agreed value per side, (wiki, cloud), or MISSING; the records hold what is
    there now. Every run looks at such a link again. `due`: when a shown date has passed and must
    move on. `dropped`: the side whose copy is gone and is not made again. `problems`: told at
    every run until one of its sides moves.
    """

    uid: str
    origin: Side
    tag: str
    href: str
    wiki_token: str
    cloud_token: str
    wiki: Record
    cloud: Record
    unsettled: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    due: datetime | None = None
    dropped: Side | None = None
    problems: tuple[Problem, ...] = ()

    def seen(self, side: Side) -> Seen:
        """This side as the link remembers it."""
        if side is Side.WIKI:
            return Seen(self.tag, self.wiki_token, self.wiki)
        return Seen(self.href, self.cloud_token, self.cloud)

    def base(self, side: Side, name: str) -> Any:
        """The last agreed value of field `name` on `side`, or MISSING."""
        if name in self.unsettled:
            return self.unsettled[name][0 if side is Side.WIKI else 1]
        return getattr(self.wiki if side is Side.WIKI else self.cloud, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHead:
    """The light part of a link, which is all that a run without changes reads.

    `restless`: has unsettled fields, so it is looked at whatever its tokens say.
    """

    uid: str
    origin: Side
    tag: str
    href: str
    wiki_token: str
    cloud_token: str
    restless: bool = False
    due: datetime | None = None
    dropped: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A thing that is not mirrored: read once, told at every run, read again when it moves.

    `token` "" means: read it again at the next run whatever the listing says. That may be one side
    of a link, from which the last run could draw no conclusion.
    """

    side: Side
    key: str
    token: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the state knows of one binding: light heads of links, and what was left out.

    `problems` are the problems stored with links, by uid. `forgotten` are the digests
    (`records.identity.forgotten_digest`) of what must never be mirrored again.
    """

    heads: tuple[LinkHead, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    wiki_cursor: str = ""
    cloud_cursor: str = ""
    forgotten: frozenset[str] = frozenset()

    def known(self, side: Side) -> Known:
        """What the last run knew of this side."""
        left_out = [left for left in self.left_out if left.side is side]
        tokens = {left.key: left.token for left in left_out}
        for head in self.heads:
            if head.dropped is side:
                continue
            if side is Side.WIKI:
                tokens[head.tag] = head.wiki_token
            else:
                tokens[head.href] = head.cloud_token
        last = dict(tokens)
        tokens.update({left.key: "" for left in left_out if not left.token})
        return Known(
            tokens=tokens,
            last=last,
            cursor=self.wiki_cursor if side is Side.WIKI else self.cloud_cursor,
        )
