"""What leaves the state: members' texts that are old, and all that is known of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, or_, select, update

from oscartes_sync.adapters.state import codec, pairs
from oscartes_sync.adapters.state.history import ABANDONED, INTENDED
from oscartes_sync.adapters.state.tables import (
    conflicts,
    forgotten,
    journal,
    left_out,
    memberships,
    runs,
)
from oscartes_sync.ports import Forgotten
from oscartes_sync.records.identity import forgotten_digest


def purge(connection: Connection, before: datetime) -> int:
    """Empty what runs that ended before this kept of members' texts; how many operations.

    Intentions without a result stay whole: a run must still look into them.
    """
    limit = codec.instant_to_text(before)
    over = or_(runs.c.ended < limit, and_(runs.c.ended.is_(None), runs.c.started < limit))
    old = select(runs.c.run).where(over)
    rows = connection.execute(
        select(journal.c.number, journal.c.operation).where(
            journal.c.run.in_(old),
            journal.c.progress != INTENDED,
            journal.c.content.is_not(None),
        )
    ).all()
    _empty(connection, rows, keys=True)
    connection.execute(
        delete(conflicts).where(conflicts.c.open.is_(False), conflicts.c.seen < limit)
    )
    connection.execute(delete(runs).where(over, ~exists().where(journal.c.run == runs.c.run)))
    return len(rows)


def forget(connection: Connection, binding: str, thing: Forgotten) -> int:
    """Erase all that is known of one thing but the digests that keep it out."""
    named = {each for each in (thing.uid, thing.tag, thing.href) if each}
    pairs.drop_links(connection, binding, pairs.uids_of(connection, binding, named))
    for table, columns in (
        (left_out, (left_out.c.key,)),
        (conflicts, (conflicts.c.uid, conflicts.c.entry, conflicts.c.href)),
        (memberships, (memberships.c.entry,)),
    ):
        hit = or_(*(column.in_(named) for column in columns))
        connection.execute(delete(table).where(table.c.binding == binding, hit))
    rows = [
        row
        for row in connection.execute(
            select(journal.c.number, journal.c.operation).where(journal.c.binding == binding)
        )
        if named & codec.names_in(row.operation)
    ]
    _empty(connection, rows, keys=False)
    _keep_out(connection, binding, named)
    return len(rows)


def _empty(connection: Connection, rows: Sequence[Any], *, keys: bool) -> None:
    """Take the texts out of these journal rows; an intention among them waits for nothing more."""
    if not rows:
        return
    statement = (
        update(journal)
        .where(journal.c.number == bindparam("n"))
        .values(
            operation=bindparam("o"), content=None, before=None, after=None, image=None, left=None
        )
    )
    connection.execute(
        statement,
        [{"n": row.number, "o": codec.bare_operation(row.operation, keys=keys)} for row in rows],
    )
    for batch in pairs.in_batches(row.number for row in rows):
        connection.execute(
            update(journal)
            .where(journal.c.number.in_(batch), journal.c.progress == INTENDED)
            .values(progress=ABANDONED)
        )


def _keep_out(connection: Connection, binding: str, named: set[str]) -> None:
    digests = {forgotten_digest(binding, each) for each in named}
    known = set(
        connection.execute(
            select(forgotten.c.digest).where(forgotten.c.binding == binding)
        ).scalars()
    )
    new = [{"binding": binding, "digest": each} for each in sorted(digests - known)]
    if new:
        connection.execute(insert(forgotten), new)
