"""Nextcloud's groups, by the provisioning API: for administrators and group administrators.

From 34 on, every change wants the account's own password: an app password is answered by 403
“Password confirmation is required” (recordings 140, 142), now and then inside an HTTP 200. It is
told with its remedy, and asked once in a run. Who administers one group alone may let people join
it, and take nobody out (105, seen on 33.0.1).
"""

from __future__ import annotations

from oscartes_sync.adapters.nextcloud.address import segment
from oscartes_sync.adapters.nextcloud.ocs_answers import FORBIDDEN, OcsAnswer, OcsCalls
from oscartes_sync.errors import Forbidden, Invalid, Missing, SideError, Unexpected
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import Roll

_GROUPS = "/ocs/v2.php/cloud/groups"
_USERS = "/ocs/v2.php/cloud/users"
_NO_GROUP, _NOT_OURS, _LAST_GROUP = 102, 104, 105
_NO_ACCOUNT = (103, 404, 998)


class Groups:
    """The groups of one cloud."""

    def __init__(self, calls: OcsCalls) -> None:
        self._calls = calls

    def read(self, group: KeptGroup) -> Roll:
        """See `Memberships.read`.

        Raises:
            Missing: `group-missing`.
            Forbidden: `group-unreadable`.
        """
        answer = self._calls.get(f"{_GROUPS}/{segment(group.name)}/users")
        if answer.code == 404:
            raise Missing("group-missing", name=group.name)
        if answer.code in FORBIDDEN:
            raise Forbidden("group-unreadable", name=group.name)
        users = answer.content.get("users") if isinstance(answer.content, dict) else None
        if not answer.well or not isinstance(users, list):
            raise self._calls.refused(answer)
        return Roll(members={str(uid): 0 for uid in users})

    def add(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.add`."""
        answer = self._calls.post(_route(account), {"groupid": group.name})
        if not answer.well:
            raise self._refusal(answer, group, account)

    def remove(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.remove`."""
        answer = self._calls.delete(_route(account), {"groupid": group.name})
        if not answer.well:
            raise self._refusal(answer, group, account)

    def _refusal(self, answer: OcsAnswer, group: KeptGroup, account: str) -> SideError:
        if answer.code in FORBIDDEN:
            confirmation = "confirmation" in answer.message.lower()
            code = "group-needs-confirmation" if confirmation else "group-refused"
            return Forbidden(code, name=group.name)
        if answer.code == _NOT_OURS:
            return Forbidden("group-refused", name=group.name)
        if answer.code == _LAST_GROUP:
            return Invalid("group-last", name=group.name, account=account)
        if answer.code in _NO_ACCOUNT:
            return Missing("member-gone", account=account)
        if answer.code == _NO_GROUP:
            return Missing("group-missing", name=group.name)
        return Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)


def _route(account: str) -> str:
    return f"{_USERS}/{segment(account)}/groups"
