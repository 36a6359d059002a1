"""Direct looks at single resources: the positive proof that a deletion needs.

Gone is what all of these say (interface, guarantee 3): a complete multiget leaves it out, a GET of
it is Sabre's own 404, the calendar still answers and is ours, it was not the server that went back
to a time before it, and none of our other calendars has it by its name, its UID or its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oscartes_sync.adapters.nextcloud.address import decoded, last_segment
from oscartes_sync.adapters.nextcloud.collection import Collection
from oscartes_sync.adapters.nextcloud.collections import Collections
from oscartes_sync.adapters.nextcloud.listing import Listing
from oscartes_sync.adapters.nextcloud.resources import Resources
from oscartes_sync.adapters.nextcloud.trash_bin import TrashBin
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import Missing, SideError
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Look, Presence, Standing


@dataclass(slots=True)
class _Others:
    """What our other calendars hold: names, UIDs and ETags."""

    names: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    etags: set[str] = field(default_factory=set)


class Looking:
    """Looks at resources of one account."""

    def __init__(
        self, collections: Collections, resources: Resources, listing: Listing, trash: TrashBin
    ) -> None:
        self._collections = collections
        self._resources = resources
        self._listing = listing
        self._trash = trash

    def look(
        self,
        binding: Binding,
        collection: str,
        keys: Iterable[str],
        etags: Mapping[str, str],
        now: datetime,
    ) -> dict[str, Look]:
        """What became of each of `keys`; `etags` are those last known of them.

        Raises:
            SideError: where the server as a whole cannot be asked.
        """
        wanted = sorted(set(keys))
        told = keys if isinstance(keys, Mapping) else {}
        calendar = self._collections.at(collection)
        if calendar is None or calendar.trashed or not calendar.real:
            return dict.fromkeys(wanted, Look(Presence.UNSURE, deletable=False))
        may = calendar.ours and calendar.writes
        found = self._there(binding, calendar, wanted, now, deletable=may)
        missing = [key for key in wanted if key not in found]
        if not calendar.ours:
            unsure = Look(Presence.UNSURE, calendar.owner, deletable=False)
            return found | dict.fromkeys(missing, unsure)
        doubted = self._listing.doubted(binding)
        gone = [key for key in missing if key not in doubted and self._is_gone(key)]
        others = self._others(calendar) if gone else _Others()
        uids = self._uids(calendar, gone, etags) if gone else {}
        uids |= {key: uid for key, uid in told.items() if uid}
        for key in missing:
            presence = Presence.UNSURE
            if key in gone:
                presence = _elsewhere(key, uids.get(key, ""), etags.get(key, ""), others)
            found[key] = Look(presence, calendar.owner, deletable=may)
        return found

    def _there(
        self,
        binding: Binding,
        calendar: Collection,
        keys: list[str],
        now: datetime,
        *,
        deletable: bool,
    ) -> dict[str, Look]:
        found = {}
        for resource in self._resources.fetch(calendar.href, keys):
            hidden = self._listing.sighting(binding, resource, now).standing is Standing.HIDDEN
            presence = Presence.HIDDEN if hidden else Presence.HERE
            found[resource.href] = Look(presence, calendar.owner, deletable)
        return found

    def _is_gone(self, href: str) -> bool:
        try:
            self._resources.get(href)
        except Missing:
            return True
        except SideError as failure:
            if failure.code in ("cloud-html-answer", "cloud-unexpected-answer"):
                return False
            raise
        return False

    def _others(self, calendar: Collection) -> _Others:
        others = _Others()
        for other in self._collections.home():
            if other.href == calendar.href or not other.ours or other.trashed or not other.real:
                continue
            for resource in self._resources.everything(other.href):
                others.names.add(last_segment(resource.href))
                others.uids.add(uid_in(resource.body.decode("utf-8", "replace")))
                others.etags.add(resource.etag)
        return others

    def _uids(
        self, calendar: Collection, keys: list[str], etags: Mapping[str, str]
    ) -> dict[str, str]:
        """The UIDs of what is gone: told by our own names, else by the bytes in the trash bin."""
        found = {key: uid for key in keys if (uid := uid_by_name(key))}
        rest = {etags[key]: key for key in keys if key not in found and etags.get(key)}
        if rest:
            for trashed in self._trash.objects():
                if trashed.calendar == calendar.uri and trashed.etag in rest:
                    found[rest[trashed.etag]] = trashed.uid
        return found


def uid_by_name(href: str) -> str:
    """The UID that a name of ours was made from (`identity.resource_name`), "" for others."""
    stem = decoded(last_segment(href)).rpartition(".")[0]
    return f"{stem}@oscartes" if "." in stem else ""


def _elsewhere(key: str, uid: str, etag: str, others: _Others) -> Presence:
    moved = (
        last_segment(key) in others.names
        or (uid and uid in others.uids)
        or (etag and etag in others.etags)
    )
    return Presence.ELSEWHERE if moved else Presence.GONE
