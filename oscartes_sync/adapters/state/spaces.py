"""What is remembered of spaces: SQL on a connection that is given.

What names a thing in the cloud has a column of its own; how it was left is JSON in one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from oscartes_sync.adapters.state.faults import stored
from oscartes_sync.adapters.state.tables import spaces
from oscartes_sync.planning.spaces.values import KeptSpace

_TABLE = spaces.c


@stored()
def of_kinds(connection: Connection, kinds: Iterable[str]) -> list[KeptSpace]:
    """All spaces of these kinds, in order."""
    query = (
        select(spaces).where(_TABLE.kind.in_(sorted(set(kinds)))).order_by(_TABLE.kind, _TABLE.tag)
    )
    return [_space(row) for row in connection.execute(query)]


def keep(connection: Connection, kept: KeptSpace) -> None:
    """Write one space."""
    connection.execute(delete(spaces).where(_TABLE.kind == kept.kind, _TABLE.tag == kept.tag))
    connection.execute(
        insert(spaces),
        [
            {
                "kind": kept.kind,
                "tag": kept.tag,
                "team": kept.team,
                "folder": kept.folder,
                "calendar": kept.calendar,
                "archive": kept.archive,
                "archived": kept.archived,
                "left": json.dumps(_left(kept), sort_keys=True, ensure_ascii=False),
            }
        ],
    )


def _left(kept: KeptSpace) -> dict[str, object]:
    return {
        "title": kept.title,
        "called": kept.called,
        "said": kept.said,
        "path": kept.path,
        "leads": sorted(kept.leads),
        "links": dict(kept.links),
        "seal": kept.seal,
        "marked": kept.marked,
        "public": kept.public,
        "category": kept.category,
        "label": kept.label,
        "filed": kept.filed,
    }


def _space(row: Any) -> KeptSpace:
    left = json.loads(row.left)
    return KeptSpace(
        kind=row.kind,
        tag=row.tag,
        team=row.team,
        folder=row.folder,
        calendar=row.calendar,
        archive=row.archive,
        archived=row.archived,
        title=left["title"],
        called=left["called"],
        said=left["said"],
        path=left["path"],
        leads=frozenset(left["leads"]),
        links=left["links"],
        seal=left["seal"],
        marked=left["marked"],
        public=left["public"],
        category=left["category"],
        label=left["label"],
        filed=left["filed"],
    )
