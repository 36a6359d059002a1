"""What is known of who is in which group: SQL on a connection that is given."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from oscartes_sync.adapters.state import codec
from oscartes_sync.adapters.state.faults import stored
from oscartes_sync.adapters.state.tables import memberships
from oscartes_sync.planning.membership import Membership, Tie

_TABLE = memberships.c


@stored()
def of_binding(connection: Connection, binding: str) -> list[Membership]:
    """All rows of one binding, in order."""
    query = (
        select(memberships)
        .where(_TABLE.binding == binding)
        .order_by(_TABLE.place, _TABLE.entry, _TABLE.account, _TABLE.tie)
    )
    return [
        Membership(
            place=row.place,
            entry=row.entry,
            account=row.account,
            tie=Tie(row.tie),
            token=row.token,
            asked=codec.instant_from_text(row.asked),
        )
        for row in connection.execute(query)
    ]


def replace_all(
    connection: Connection, binding: str, place: str, kept: Sequence[Membership]
) -> None:
    """Write the rows of one group, and nothing else of it."""
    connection.execute(delete(memberships).where(_TABLE.binding == binding, _TABLE.place == place))
    rows = [
        {
            "binding": binding,
            "place": place,
            "entry": each.entry,
            "account": each.account,
            "tie": each.tie.value,
            "token": each.token,
            "asked": codec.instant_to_text(each.asked),
        }
        for each in kept
    ]
    if rows:
        connection.execute(insert(memberships), rows)
