"""The lists that groups of a cloud follow: which entries are on them, and whom they name.

Who is on a list is what the binding mirrors, so what anybody may read. The one property that names
accounts is read with our key: the admin said that it is there for this, and nothing of it but the
membership of an account is ever written down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bazar_forms.client import BazarClient
from bazar_forms.errors import Malformed
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.tokens import may_be_now
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.ports.memberships import MemberList, Naming

_HEAD = ("id_fiche", "id_typeannonce", "date_maj_fiche")
_BETWEEN = re.compile(r"[,;\s]+")

_Rows = Mapping[str, Mapping[str, str]]


def list_members(
    client: BazarClient, bound: Bound, groups: Sequence[KeptGroup], now: datetime
) -> dict[KeptGroup, MemberList]:
    """The list of each group; raises BazarErrors."""
    shown, all_shown = _rows(
        client, bound, query=bound.binding.selection, fields=(), anonymous=bound.anonymous
    )
    found = {}
    for group in groups:
        rows, all_read = _rows(
            client, bound, query=group.where, fields=(group.members,), anonymous=False
        )
        # Our key sees what anybody sees: a list that lacks some of it was cut short.
        whole = all_shown and all_read and (bool(group.where) or shown.keys() <= rows.keys())
        entries = {tag: _naming(row, group, now) for tag, row in rows.items() if tag in shown}
        found[group] = MemberList(entries=entries, shown=frozenset(shown), whole=whole)
    return found


def naming_entries(client: BazarClient, bound: Bound, group: KeptGroup) -> int:
    """How many entries of a list name somebody, as far as our key reads; raises BazarErrors."""
    # What an edit of this very second may still change is none the worse for being counted.
    lists = list_members(client, bound, [group], datetime.max.replace(tzinfo=UTC))
    return sum(1 for naming in lists[group].entries.values() if naming.values)


def _rows(
    client: BazarClient, bound: Bound, *, query: str, fields: tuple[str, ...], anonymous: bool
) -> tuple[_Rows, bool]:
    """The rows of a list by tag, and whether all of them are entries of the form."""
    listing = client.entries(
        bound.form.id, query=query, fields=(*_HEAD, *fields), anonymous=anonymous
    )
    good = {
        tag: row
        for tag, row in listing.rows.items()
        if row.get("id_fiche") == tag
        and row.get("date_maj_fiche")
        and row.get("id_typeannonce") == bound.form.id
    }
    broken = any(isinstance(each, Malformed) for each in listing.problems)
    return good, not broken and len(good) == len(listing.rows)


def _naming(row: Mapping[str, str], group: KeptGroup, now: datetime) -> Naming:
    values = dict.fromkeys(each for each in _BETWEEN.split(row.get(group.members, "")) if each)
    date = row["date_maj_fiche"]
    return Naming(tuple(values), "" if may_be_now(date, now) else date)
