"""A direct look at entries that a listing misses, with our own rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bazar_forms.client import BazarClient, Hidden, PageRow
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.listing import entries_of
from oscartes_sync.adapters.yeswiki.unfinished import is_unfinished
from oscartes_sync.planning.snapshot import Look, Presence


def look_at(
    client: BazarClient, bound: Bound, tags: Iterable[str], *, user: str
) -> dict[str, Look]:
    """What each tag is now; raises BazarErrors.

    `user` is who the wiki said we are when it accepted our key in this run: without that, a page
    we may not read proves nothing, for a wrong key is served as anybody (recordings 131, 133, 211).
    """
    looks: dict[str, Look] = {}
    rows: dict[str, PageRow] = {}
    for tag in dict.fromkeys(tags):
        page = client.page(tag)
        if page is None:
            looks[tag] = Look(Presence.GONE)
        elif isinstance(page, Hidden):
            presence = Presence.HIDDEN if user else Presence.UNSURE
            looks[tag] = Look(presence, deletable=False)
        else:
            rows[tag] = page
    selected = _selected(client, bound, rows)
    public = entries_of(client, bound, list(rows))
    for tag, row in rows.items():
        ours = bool(row.owner) and row.owner == user
        entry = row.entry()
        if entry is not None and is_unfinished(entry, user):
            presence = Presence.UNSURE
        else:
            presence = _presence(tag, row, bound, public=tag in public, selected=tag in selected)
        looks[tag] = Look(presence, row.owner, deletable=ours)
    return looks


def _presence(tag: str, row: PageRow, bound: Bound, *, public: bool, selected: bool) -> Presence:
    entry = row.entry()
    if row.tag != tag or entry is None:
        # The database folds case, so this is another page of nearly the same name.
        return Presence.UNSURE
    if entry.form != bound.form.id:
        return Presence.OUTSIDE
    if not public:
        return Presence.HIDDEN
    return Presence.HERE if selected else Presence.OUTSIDE


def _selected(client: BazarClient, bound: Bound, rows: Mapping[str, PageRow]) -> frozenset[str]:
    """Those that `where` selects."""
    where = bound.binding.where
    if not where or not rows:
        return frozenset(rows)
    listing = client.entries(
        bound.form.id, query=where, tags=list(rows), fields=("id_fiche",), anonymous=bound.anonymous
    )
    return frozenset(listing.rows)
