"""A direct look at entries that a listing misses, with our own rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.entry import Entry
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.listing import entries_of
from oscartes_sync.adapters.yeswiki.unfinished import is_unfinished
from oscartes_sync.mapping.where import satisfies
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
        if "/" in tag:
            # The wiki stores such a tag, and has no route that could answer for it (section 8).
            looks[tag] = Look(Presence.UNSURE, deletable=False)
            continue
        page = client.page(tag)
        if page is None:
            looks[tag] = Look(Presence.GONE)
        elif isinstance(page, Hidden):
            presence = Presence.HIDDEN if user else Presence.UNSURE
            looks[tag] = Look(presence, deletable=False)
        else:
            rows[tag] = page
    public = entries_of(client, bound, list(rows))
    selected = _selected(client, bound, list(public))
    for tag, row in rows.items():
        ours = bool(row.owner) and row.owner == user
        entry = row.entry()
        if row.tag != tag or entry is None or is_unfinished(entry, user):
            # The database folds case, so this may be another page of nearly the same name.
            presence = Presence.UNSURE
        elif entry.form != bound.form.id:
            presence = Presence.OUTSIDE
        elif tag in selected:
            presence = Presence.HERE
        elif tag in public:
            presence = _outside(entry, bound)
        else:
            presence = _hidden(client, bound, tag)
        looks[tag] = Look(presence, row.owner, deletable=ours)
    return looks


def _hidden(client: BazarClient, bound: Bound, tag: str) -> Presence:
    """A list leaves it out: that is believed once the page itself is refused to everybody.

    What shortened the first list may have shortened this one. What our own key reads is not
    hidden from it, whatever its lists leave out (reference section 8, "Create").
    """
    if bound.anonymous and isinstance(client.page(tag, anonymous=True), Hidden):
        return Presence.HIDDEN
    return Presence.UNSURE


def _outside(entry: Entry, bound: Bound) -> Presence:
    """A list by `where` leaves it out: that is believed where its own values say the same."""
    system = {"id_fiche": entry.tag, "id_typeannonce": entry.form, "statut_fiche": entry.status}
    dates = {"date_creation_fiche": entry.created, "date_maj_fiche": entry.updated}
    values = {name: value for name, value in entry.properties.items() if isinstance(value, str)}
    left = not satisfies({**values, **system, **dates}, bound.binding.selection)
    return Presence.OUTSIDE if left else Presence.UNSURE


def _selected(client: BazarClient, bound: Bound, tags: Sequence[str]) -> frozenset[str]:
    """Those that `where` selects."""
    where = bound.binding.selection
    if not where or not tags:
        return frozenset(tags)
    listing = client.entries(
        bound.form.id, query=where, tags=tags, fields=("id_fiche",), anonymous=bound.anonymous
    )
    return frozenset(listing.rows)
