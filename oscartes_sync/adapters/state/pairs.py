"""Links and what was left out: SQL on a connection that is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Select, delete, insert, or_, select, update

from oscartes_sync.adapters.state import codec
from oscartes_sync.adapters.state.faults import stored
from oscartes_sync.adapters.state.tables import (
    bookmarks,
    forgotten,
    identities,
    left_out,
    link_records,
    links,
    memberships,
)
from oscartes_sync.planning.baseline import Baseline, LeftOut, Link, LinkHead
from oscartes_sync.records.problem import Problem, Side

BATCH: Final = 500
Each = TypeVar("Each")
_SIDES: Final = {side.value: side for side in Side}
_WHOLE: Final = (*links.c, link_records.c.wiki, link_records.c.cloud, link_records.c.unsettled)


def in_batches(many: Iterable[Each]) -> Iterator[list[Each]]:
    """Lists of at most `BATCH`: databases limit the blanks of one statement."""
    iterator = iter(many)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def baseline(connection: Connection, binding: str) -> Baseline:
    """The light heads, what was left out and the bookmarks of one binding."""
    heads, problems = _heads(connection, binding)
    marks = connection.execute(
        select(bookmarks.c.wiki_cursor, bookmarks.c.cloud_cursor).where(
            bookmarks.c.binding == binding
        )
    ).first()
    wiki_cursor, cloud_cursor = marks or ("", "")
    return Baseline(
        heads=heads,
        left_out=_left_out(connection, binding),
        problems=problems,
        wiki_cursor=wiki_cursor,
        cloud_cursor=cloud_cursor,
        forgotten=_forgotten(connection, binding),
    )


def _forgotten(connection: Connection, binding: str) -> frozenset[str]:
    query = select(forgotten.c.digest).where(forgotten.c.binding == binding)
    return frozenset(connection.execute(query).scalars())


@stored()
def _heads(
    connection: Connection, binding: str
) -> tuple[tuple[LinkHead, ...], tuple[Problem, ...]]:
    columns = (
        links.c.uid,
        links.c.origin,
        links.c.tag,
        links.c.href,
        links.c.wiki_token,
        links.c.cloud_token,
        links.c.restless,
        links.c.due,
        links.c.dropped,
        links.c.problems,
    )
    query = select(*columns).where(links.c.binding == binding).order_by(links.c.uid)
    heads = []
    problems: list[Problem] = []
    for uid, origin, tag, href, wiki, cloud, restless, due, dropped, told in connection.execute(
        query
    ):
        heads.append(
            LinkHead(
                uid=uid,
                origin=_SIDES[origin],
                tag=tag,
                href=href,
                wiki_token=wiki,
                cloud_token=cloud,
                restless=restless,
                due=codec.instant_from_text(due) if due else None,
                dropped=_SIDES[dropped] if dropped else None,
            )
        )
        if told:
            problems.extend(codec.problems_from_text(told))
    return tuple(heads), tuple(problems)


@stored()
def _left_out(connection: Connection, binding: str) -> tuple[LeftOut, ...]:
    query = (
        select(left_out.c.side, left_out.c.key, left_out.c.token, left_out.c.problems)
        .where(left_out.c.binding == binding)
        .order_by(left_out.c.side, left_out.c.key)
    )
    return tuple(
        LeftOut(
            side=_SIDES[side],
            key=key,
            token=token,
            problems=codec.problems_from_text(told) if told != "[]" else (),
        )
        for side, key, token, told in connection.execute(query)
    )


def _whole(binding: str) -> Select[Any]:
    return (
        select(*_WHOLE)
        .join(
            link_records,
            (link_records.c.binding == links.c.binding) & (link_records.c.uid == links.c.uid),
        )
        .where(links.c.binding == binding)
        .order_by(links.c.uid)
    )


def doubt_all(connection: Connection) -> None:
    """Have the wiki's side of every link read again by the next run."""
    connection.execute(update(links).values(wiki_token=""))


def has_links(connection: Connection, binding: str) -> bool:
    """Whether a binding links anything."""
    query = select(links.c.uid).where(links.c.binding == binding).limit(1)
    return connection.execute(query).first() is not None


def uids_of(connection: Connection, binding: str, named: Iterable[str]) -> list[str]:
    """The uids of the links that one of these is the uid, the tag or the href of."""
    wanted = list(named)
    hit = or_(*(column.in_(wanted) for column in (links.c.uid, links.c.tag, links.c.href)))
    query = select(links.c.uid).where(links.c.binding == binding, hit)
    return list(connection.execute(query).scalars())


def start_anew(connection: Connection, binding: str) -> None:
    """Forget a binding that links nothing: its identity, its bookmarks, what it left out."""
    for table in (left_out, bookmarks, memberships):
        connection.execute(delete(table).where(table.c.binding == binding))
    mine = (identities.c.kind == "binding") & (identities.c.name == binding)
    connection.execute(delete(identities).where(mine))


def links_of(connection: Connection, binding: str, uids: Sequence[str]) -> list[Link]:
    """The whole links of at most `BATCH` uids."""
    rows = connection.execute(_whole(binding).where(links.c.uid.in_(uids))).mappings()
    return [codec.link_from_row(dict(row)) for row in rows]


def links_after(connection: Connection, binding: str, uid: str) -> list[Link]:
    """The next `BATCH` links in the order of uids, after this one."""
    rows = connection.execute(_whole(binding).where(links.c.uid > uid).limit(BATCH)).mappings()
    return [codec.link_from_row(dict(row)) for row in rows]


def keep_links(connection: Connection, binding: str, kept: Sequence[Link]) -> None:
    """Write links, in the place of those with the same uids."""
    if not kept:
        return
    drop_links(connection, binding, [link.uid for link in kept])
    rows = [codec.link_to_rows(binding, link) for link in kept]
    connection.execute(insert(links), [head for head, _ in rows])
    connection.execute(insert(link_records), [records for _, records in rows])


def drop_links(connection: Connection, binding: str, uids: Sequence[str]) -> None:
    """Remove links; unknown uids are none the worse for it."""
    for batch in in_batches(uids):
        for table in (link_records, links):
            connection.execute(
                delete(table).where(table.c.binding == binding, table.c.uid.in_(batch))
            )


def keep_left_out(connection: Connection, binding: str, kept: Sequence[LeftOut]) -> None:
    """Write what is left out, in the place of the same keys."""
    for side in Side:
        for batch in in_batches(left.key for left in kept if left.side is side):
            connection.execute(
                delete(left_out).where(
                    left_out.c.binding == binding,
                    left_out.c.side == side.value,
                    left_out.c.key.in_(batch),
                )
            )
    if kept:
        rows = {(left.side, left.key): codec.left_out_to_row(binding, left) for left in kept}
        connection.execute(insert(left_out), list(rows.values()))


def replace_left_out(connection: Connection, binding: str, kept: Sequence[LeftOut]) -> None:
    """Write what is left out, and nothing else."""
    connection.execute(delete(left_out).where(left_out.c.binding == binding))
    keep_left_out(connection, binding, kept)
