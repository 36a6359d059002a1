"""Runs, their journal and their conflicts: SQL on a connection that is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from oscartes_sync.adapters.state import codec
from oscartes_sync.adapters.state.faults import Damaged
from oscartes_sync.adapters.state.pairs import in_batches
from oscartes_sync.adapters.state.tables import bookmarks, conflicts, journal, links, runs
from oscartes_sync.planning.operation import Operation
from oscartes_sync.planning.plan import Conflict, ConflictKind
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import BindingState, Image, Intention, Journalled, RunRecord

INTENDED: Final = "intended"
FINISHED: Final = "finished"
ABANDONED: Final = "abandoned"


def begin(connection: Connection, run: RunRecord) -> None:
    """Write the run."""
    connection.execute(
        insert(runs).values(
            run=run.run,
            command=run.command,
            started=codec.instant_to_text(run.started),
            ended=codec.instant_to_text(run.ended),
            exit=run.exit,
        )
    )


def end(connection: Connection, run: str, ended: datetime, exit_code: int) -> None:
    """Close the run."""
    connection.execute(
        update(runs)
        .where(runs.c.run == run)
        .values(ended=codec.instant_to_text(ended), exit=exit_code)
    )


def all_runs(connection: Connection) -> list[RunRecord]:
    """Newest first."""
    rows = connection.execute(select(runs).order_by(runs.c.started.desc(), runs.c.run.desc()))
    found = []
    for row in rows:
        started = codec.instant_from_text(row.started)
        if started is None:
            raise Damaged
        found.append(
            RunRecord(
                run=row.run,
                command=row.command,
                started=started,
                ended=codec.instant_from_text(row.ended),
                exit=row.exit,
            )
        )
    return found


def intend(
    connection: Connection,
    run: str,
    binding: str,
    intended: Sequence[Intention],
) -> list[int]:
    """Journal operations; the state's lock keeps the numbers ours."""
    last = connection.execute(select(func.max(journal.c.number))).scalar() or 0
    numbers = list(range(last + 1, last + 1 + len(intended)))
    rows = [
        {
            "number": number,
            "run": run,
            "binding": binding,
            "progress": INTENDED,
            "operation": codec.operation_to_text(each.operation),
            "content": codec.content_to_text(each.operation),
            "before": codec.record_to_text(each.before),
            "image": each.image.text if each.image else None,
            "after": None,
            "left": None,
        }
        for number, each in zip(numbers, intended, strict=True)
    ]
    if rows:
        connection.execute(insert(journal), rows)
    return numbers


def finish(
    connection: Connection,
    results: Mapping[int, tuple[Operation, Seen | None]],
    doubtful: Collection[int] = (),
) -> None:
    """Journal how operations ended, with what was read back; `doubtful` ones stay unfinished."""
    if not results:
        return
    statement = (
        update(journal)
        .where(journal.c.number == bindparam("n"))
        .values(
            progress=bindparam("p"),
            operation=bindparam("o"),
            content=bindparam("c"),
            after=bindparam("a"),
            left=bindparam("l"),
        )
    )
    connection.execute(
        statement,
        [
            {
                "n": number,
                "p": INTENDED if number in doubtful else FINISHED,
                "o": codec.operation_to_text(operation),
                "c": codec.content_to_text(operation),
                "a": codec.record_to_text(seen.record) if seen else None,
                "l": seen.token if seen else "",
            }
            for number, (operation, seen) in results.items()
        ],
    )


def abandon(connection: Connection, numbers: Sequence[int]) -> None:
    """Close intentions that what is there now has settled."""
    for batch in in_batches(numbers):
        connection.execute(
            update(journal)
            .where(journal.c.number.in_(batch), journal.c.progress == INTENDED)
            .values(progress=ABANDONED)
        )


def unfinished(connection: Connection, binding: str) -> list[Journalled]:
    """Intentions without a result, oldest first."""
    query = select(journal).where(journal.c.progress == INTENDED, journal.c.binding == binding)
    return _journalled(connection, query.order_by(journal.c.number))


def of_run(connection: Connection, run: str) -> list[Journalled]:
    """All that one run journalled, in the order of its intentions."""
    query = select(journal).where(journal.c.run == run)
    return _journalled(connection, query.order_by(journal.c.number))


def _journalled(connection: Connection, query: Any) -> list[Journalled]:
    return [
        Journalled(
            number=row.number,
            binding=row.binding,
            operation=codec.operation_from_text(row.operation, row.content),
            before=codec.record_from_text(row.before),
            after=codec.record_from_text(row.after),
            image=Image(row.image) if row.image else None,
            left=row.left or "",
            finished=row.progress == FINISHED,
        )
        for row in connection.execute(query)
    ]


def replace_conflicts(
    connection: Connection, binding: str, run: str, seen: datetime, found: Sequence[Conflict]
) -> None:
    """Open conflicts are those of this run; settled ones stay until they are purged."""
    connection.execute(
        delete(conflicts).where(conflicts.c.binding == binding, conflicts.c.open.is_(True))
    )
    _keep(connection, binding, run, seen, found)


def keep_conflicts(
    connection: Connection, binding: str, run: str, settled: Sequence[Conflict]
) -> None:
    """Write settled conflicts before what settles them is sent."""
    if settled:
        started = connection.execute(select(runs.c.started).where(runs.c.run == run)).scalar_one()
        _keep(connection, binding, run, codec.instant_from_text(started), settled)


def _keep(
    connection: Connection,
    binding: str,
    run: str,
    seen: datetime | None,
    found: Sequence[Conflict],
) -> None:
    rows = {each.id: codec.conflict_to_row(binding, run, seen, each) for each in found}
    for batch in in_batches(rows):
        connection.execute(
            delete(conflicts).where(conflicts.c.binding == binding, conflicts.c.id.in_(batch))
        )
    if rows:
        connection.execute(insert(conflicts), list(rows.values()))


def conflicts_of(connection: Connection, binding: str) -> list[Conflict]:
    """Open and settled ones."""
    rows = connection.execute(
        select(conflicts).where(conflicts.c.binding == binding).order_by(conflicts.c.id)
    ).mappings()
    return [codec.conflict_from_row(dict(row)) for row in rows]


def bookmark(
    connection: Connection,
    binding: str,
    *,
    wiki_cursor: str,
    cloud_cursor: str,
    ended: datetime,
    success: bool,
) -> None:
    """Where the next run takes up."""
    when = codec.instant_to_text(ended)
    former = connection.execute(
        select(bookmarks.c.last_success).where(bookmarks.c.binding == binding)
    ).scalar()
    connection.execute(delete(bookmarks).where(bookmarks.c.binding == binding))
    connection.execute(
        insert(bookmarks).values(
            binding=binding,
            wiki_cursor=wiki_cursor,
            cloud_cursor=cloud_cursor,
            last_run=when,
            last_success=when if success else former,
        )
    )


def status(connection: Connection, binding: str) -> BindingState:
    """The counts and dates of one binding."""
    counted = connection.execute(
        select(conflicts.c.kind, func.count())
        .where(conflicts.c.binding == binding, conflicts.c.open.is_(True))
        .group_by(conflicts.c.kind)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in counted}
    pending = counts.pop(ConflictKind.DELETION, 0)
    linked = connection.execute(
        select(func.count()).select_from(links).where(links.c.binding == binding)
    ).scalar_one()
    marks = connection.execute(
        select(bookmarks.c.last_run, bookmarks.c.last_success).where(bookmarks.c.binding == binding)
    ).first()
    last_run, last_success = marks or (None, None)
    return BindingState(
        name=binding,
        links=linked,
        conflicts=sum(counts.values()),
        pending_deletions=pending,
        last_run=codec.instant_from_text(last_run),
        last_success=codec.instant_from_text(last_success),
    )
