"""What a link becomes once a write of an earlier run was undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.operation import Action, Operation, Reason
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record, fields_of


def link_after(
    link: Link | None, done: Operation, before: Record | None, seen: Seen | None
) -> Link | None:
    """The link to keep, None where it stays as it is.

    What was undone stays undone: the two sides are kept as they are now, as if agreed, until one
    of them is edited. A copy that was taken back is not made again; one that came back, after its
    source had been deleted, is not removed again. A withdrawn one is: its source still decides.
    """
    side = done.side
    if done.action is Action.CREATE:
        return replace(link, dropped=side) if link is not None else None
    if seen is None:
        return None
    if done.action is Action.UPDATE:
        return _as_is(link, done, seen) if link is not None else None
    if link is not None:
        # The copy that an undo took away, or that one side had lost, is back. What the other side
        # let go stays so: an undo that was cut off has told already what is to come.
        gone = link.dropped if link.dropped is side.other else None
        return replace(_as_is(link, done, seen), dropped=gone)
    if before is None or done.entry is None or done.href is None:
        return None
    wiki, cloud = (seen if each is side else Seen(_key(done, each), "", before) for each in Side)
    return Link(
        uid=done.uid,
        origin=Side.CLOUD if origin_of(done.uid) is None else Side.WIKI,
        tag=wiki.key,
        href=cloud.key,
        wiki_token=wiki.token,
        cloud_token=cloud.token,
        wiki=wiki.record,
        cloud=cloud.record,
        unsettled=_never_agreed(before),
        dropped=None if done.reason is Reason.WITHDRAWN else side.other,
    )


def _never_agreed(before: Record) -> dict[str, tuple[Any, Any]]:
    """A file says less than its entry: what it lacks once it is back, nobody took away."""
    if not isinstance(before, Document):
        return {}
    return dict.fromkeys(fields_of(before), (MISSING, MISSING))


def _as_is(link: Link, done: Operation, seen: Seen) -> Link:
    undone = {change.name for change in done.changes}
    unsettled = {name: base for name, base in link.unsettled.items() if name not in undone}
    if done.side is Side.WIKI:
        return replace(
            link, tag=seen.key, wiki_token=seen.token, wiki=seen.record, unsettled=unsettled
        )
    return replace(
        link, href=seen.key, cloud_token=seen.token, cloud=seen.record, unsettled=unsettled
    )


def _key(done: Operation, side: Side) -> str:
    return (done.entry if side is Side.WIKI else done.href) or ""
