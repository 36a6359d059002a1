"""Teams (circles): found by name among our own, made, and their members (recording 141).

Three traps were met on real servers. The members of a team that is gone, or not ours, are an empty
list that is answered 200: so a list without ourselves is believed by nobody. A user id in another
case, or an e-mail address, is taken for one more member beside the account's own: so only ids as
the server writes them are sent. And whoever is added under the setting “invite” is only invited,
which counts as being there: it is theirs to accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oscartes_sync.adapters.nextcloud.address import segment
from oscartes_sync.adapters.nextcloud.ocs_answers import FORBIDDEN, OcsAnswer, OcsCalls
from oscartes_sync.errors import Forbidden, Invalid, Missing, Refused, SideError, Unexpected
from oscartes_sync.planning.binding import KeptGroup
from oscartes_sync.planning.membership import ADMIN, Roll

_ROUTE = "/ocs/v2.php/apps/circles/circles"
_PERSON = "1"
_ALREADY = 122


@dataclass(slots=True)
class _Team:
    """One team that we may keep, and the numbers of its members by account."""

    number: str
    members: dict[str, str]


class Teams:
    """The teams of one cloud, for one run: what there is of them is asked once."""

    def __init__(self, calls: OcsCalls) -> None:
        self._calls = calls
        self._all: list[Mapping[str, Any]] | None = None
        self._known: dict[str, _Team] = {}

    def read(self, group: KeptGroup, account: str) -> Roll:
        """See `Memberships.read`; `account` is our own.

        Raises:
            Missing: `teams-missing`.
            Forbidden: `team-not-ours`, `team-ambiguous`, `team-unreadable`.
        """
        number = self._find(group)
        if number is None:
            return Roll(there=False)
        answer = self._calls.get(f"{_ROUTE}/{segment(number)}/members")
        if not answer.well:
            raise _refused(answer, "team-unreadable", group)
        people = [row for row in _rows(answer) if str(row.get("userType")) == _PERSON]
        levels = {str(row["userId"]): int(row.get("level") or 0) for row in people}
        if account not in levels:
            raise Forbidden("team-unreadable", name=group.name)
        self._known[group.name] = _Team(
            number, {str(row["userId"]): str(row["id"]) for row in people}
        )
        return Roll(members=levels)

    def make(self, group: KeptGroup) -> None:
        """See `Memberships.make`."""
        answer = self._calls.post(_ROUTE, {"name": group.name})
        if not answer.well:
            raise _refused(answer, "team-not-made", group)
        if isinstance(answer.content, dict) and "id" in answer.content:
            self._known[group.name] = _Team(str(answer.content["id"]), {})
        self._all = None

    def add(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.add`."""
        team = self._met(group)
        answer = self._calls.post(
            f"{_ROUTE}/{segment(team.number)}/members", {"userId": account, "type": _PERSON}
        )
        if answer.code == 404:
            raise Missing("member-gone", account=account)
        if not answer.well and answer.code != _ALREADY:
            raise _refused(answer, "team-refused", group)

    def remove(self, group: KeptGroup, account: str) -> None:
        """See `Memberships.remove`. A member that is gone is answered by 404, as one that never
        was."""
        team = self._met(group)
        number = team.members.get(account)
        if number is None:
            return
        answer = self._calls.delete(f"{_ROUTE}/{segment(team.number)}/members/{segment(number)}")
        if not answer.well and answer.code != 404:
            raise _refused(answer, "team-refused", group)
        team.members.pop(account, None)

    def _met(self, group: KeptGroup) -> _Team:
        found = self._known.get(group.name)
        if found is None:
            raise Missing("team-unreadable", name=group.name)
        return found

    def _find(self, group: KeptGroup) -> str | None:
        """The number of the one team of that name which is ours to keep, None where there is none.

        A second one would be made beside a team that somebody else keeps: that is for people to
        settle.
        """
        named = [row for row in self._list() if row.get("name") == group.name]
        ours = [str(row["id"]) for row in named if _level(row) >= ADMIN]
        if len(ours) > 1:
            raise Forbidden("team-ambiguous", name=group.name)
        if named and not ours:
            raise Forbidden("team-not-ours", name=group.name)
        return ours[0] if ours else None

    def _list(self) -> list[Mapping[str, Any]]:
        if self._all is None:
            answer = self._calls.get(_ROUTE)
            if not answer.well:
                raise Missing("teams-missing", cloud=self._calls.cloud)
            self._all = _rows(answer)
        return self._all


def _level(row: Mapping[str, Any]) -> int:
    ours = row.get("initiator")
    return int(ours.get("level") or 0) if isinstance(ours, dict) else 0


def _rows(answer: OcsAnswer) -> list[Mapping[str, Any]]:
    """The members or teams of a list.

    Raises:
        Unexpected: it is no list of them.
    """
    rows = answer.content
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
    return rows


def _refused(answer: OcsAnswer, code: str, group: KeptGroup) -> SideError:
    """34 says 403 to whoever may not; 32 and 33 say 400 (“Insufficient rights”)."""
    if answer.code in FORBIDDEN or answer.code in (400, 404):
        kind: type[Refused] = Invalid if code == "team-not-made" else Forbidden
        return kind(code, name=group.name)
    return Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
