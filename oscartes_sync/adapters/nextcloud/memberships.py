"""`ports.memberships.Memberships` on one Nextcloud: teams, groups, and who an address belongs to.

An account is found by the search that sharing uses, which any account may ask, whatever the server
lets people see of each other: whole user ids and whole e-mail addresses are always answered. Only
what matches exactly counts. The user id comes back as the server writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery
from oscartes_sync.adapters.nextcloud.groups import Groups
from oscartes_sync.adapters.nextcloud.ocs_answers import OcsCalls
from oscartes_sync.adapters.nextcloud.teams import Teams
from oscartes_sync.errors import OutcomeUnknown
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import ADMIN_GROUP, Roll

_SHAREES = "/ocs/v2.php/apps/files_sharing/api/v1/sharees"
_MANY = "50"


class NextcloudMemberships:
    """One account's view, for one run: an address is looked up once."""

    def __init__(self, dav: Dav, discovery: Discovery) -> None:
        self._discovery = discovery
        self._calls = OcsCalls(dav)
        self._teams = Teams(self._calls)
        self._groups = Groups(self._calls)
        self._found: dict[str, tuple[str, ...]] = {}

    def account(self) -> str:
        """See `Memberships.account`."""
        return self._discovery.account().uid

    def read(self, group: KeptGroup) -> Roll:
        """See `Memberships.read`."""
        if group.kind == "team":
            return self._teams.read(group, self.account())
        return self._groups.read(group)

    def find(self, named: str) -> tuple[str, ...]:
        """See `Memberships.find`."""
        wanted = named.casefold()
        if wanted not in self._found:
            # The search leaves out who asks.
            ours = self.account()
            self._found[wanted] = (ours,) if wanted == ours.casefold() else self._asked(wanted)
        return self._found[wanted]

    def make(self, group: KeptGroup) -> None:
        """See `Memberships.make`."""
        self._teams.make(group)

    def add(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.add`."""
        rooms = self._teams if group.kind == "team" else self._groups
        self._surely(rooms.add, group, account, there=True)

    def remove(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.remove`."""
        rooms = self._teams if group.kind == "team" else self._groups
        self._surely(rooms.remove, group, account, there=False)

    def changeable(self, group: KeptGroup) -> bool:
        """Whether our account administers this group, or the cloud, as far as it says itself."""
        answer = self._calls.get("/ocs/v2.php/cloud/user")
        if not answer.well or not isinstance(answer.content, dict):
            raise self._calls.refused(answer)
        groups, own = answer.content.get("groups") or (), answer.content.get("subadmin") or ()
        return ADMIN_GROUP in groups or group.name in own

    def _surely(
        self,
        write: Callable[[KeptGroup, str], None],
        group: KeptGroup,
        account: str,
        *,
        there: bool,
    ) -> None:
        """Write; where the answer is lost, a look tells whether it was done."""
        try:
            write(group, account)
        except OutcomeUnknown:
            if (account in self.read(group).members) is not there:
                raise

    def _asked(self, wanted: str) -> tuple[str, ...]:
        query = {"search": wanted, "itemType": "file", "perPage": _MANY}
        answer = self._calls.get(_SHAREES, query)
        exact = answer.content.get("exact") if isinstance(answer.content, dict) else None
        users = exact.get("users") if isinstance(exact, dict) else None
        if not answer.well or not isinstance(users, list):
            raise self._calls.refused(answer)
        people = [one for one in users if isinstance(one, dict)]
        by_id = {uid for one in people if (uid := _uid(one)).casefold() == wanted}
        if by_id or "@" not in wanted:
            return tuple(sorted(by_id))
        return tuple(sorted({_uid(one) for one in people if _address(one) == wanted} - {""}))


def _uid(sharee: Mapping[str, Any]) -> str:
    value = sharee.get("value")
    return str(value.get("shareWith") or "") if isinstance(value, dict) else ""


def _address(sharee: Mapping[str, Any]) -> str:
    """Its e-mail address where it has one, else its user id (recording 132)."""
    return str(sharee.get("shareWithDisplayNameUnique") or "").casefold()
