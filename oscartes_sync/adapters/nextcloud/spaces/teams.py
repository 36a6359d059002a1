"""Teams of spaces: known by the marker that ends their description (recording 141, 33.0.1).

A name identifies no team: a second one of the same name is made without a word. So a team is made
under its working name, described, and only then given the name that people read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oscartes_sync.adapters.nextcloud.address import segment
from oscartes_sync.adapters.nextcloud.ocs_answers import FORBIDDEN, OcsAnswer
from oscartes_sync.adapters.nextcloud.spaces.calls import ChangingCalls
from oscartes_sync.errors import Forbidden, Invalid, Missing, OutcomeUnknown, SideError, Unexpected
from oscartes_sync.planning.membership import ADMIN
from oscartes_sync.planning.spaces.deciding import marks_in
from oscartes_sync.planning.spaces.values import FoundTeam, working_name

_ROUTE = "/ocs/v2.php/apps/circles/circles"
_PERSON = "1"
_ALREADY = 122
_SHORTEST = 3
_FULL = "Member"

_Rows = list[Mapping[str, Any]]


class SpaceTeams:
    """The teams of one cloud that are ours to keep, for one run."""

    def __init__(self, calls: ChangingCalls) -> None:
        self._calls = calls
        self._numbers: dict[str, dict[str, str]] = {}

    def ours(self) -> list[FoundTeam]:
        """Every team that we may administer, by one request; their members are not asked for.

        Raises:
            Missing: `teams-missing`.
        """
        return [_team(row) for row in self._listed() if _level(row) >= ADMIN]

    def with_members(self, team: FoundTeam, account: str) -> FoundTeam:
        """The same with its people; whoever is only invited has the level 0.

        A list without ourselves is believed by nobody: strangers' teams are empty (33.0.1).

        Raises:
            Forbidden: `team-unreadable`.
        """
        answer = self._calls.get(f"{_route(team)}/members")
        if not answer.well:
            raise _refused(answer, "team-unreadable", team.name)
        people = [row for row in _rows(answer) if str(row.get("userType")) == _PERSON]
        levels = {str(row["userId"]): int(row.get("level") or 0) for row in people}
        if account not in levels:
            raise Forbidden("team-unreadable", name=team.name)
        self._numbers[team.id] = {str(row["userId"]): str(row["id"]) for row in people}
        return FoundTeam(
            id=team.id,
            name=team.name,
            description=team.description,
            members=levels,
            finished=team.finished,
        )

    def make(self, mark: str, name: str, description: str) -> FoundTeam:
        """Make a team, or go on with one that was begun; see `SpacePlaces.make_team`."""
        begun = self._begun(mark) or self._made(mark)
        return self.change(begun, self._free(name, begun.id), description)

    def change(self, team: FoundTeam, name: str, description: str) -> FoundTeam:
        """The description, which holds the marker, before the name."""
        route = _route(team)
        if description != team.description:
            self._well(self._calls.put(f"{route}/description", {"value": description}), name)
        if name != team.name:
            fitting = name if len(name) >= _SHORTEST else f"« {name} »"
            self._well(self._calls.put(f"{route}/name", {"value": fitting}), name)
            name = fitting
        return FoundTeam(id=team.id, name=name, description=description, members=team.members)

    def join(self, team: FoundTeam, account: str) -> None:
        """See `SpacePlaces.join`; only ids as the server writes them (33.0.1)."""
        form = {"userId": account, "type": _PERSON}
        answer = self._calls.post(f"{_route(team)}/members", form)
        if answer.code == 404:
            raise Missing("member-gone", account=account)
        if not answer.well and answer.code != _ALREADY:
            raise _refused(answer, "team-refused", team.name)
        if answer.well and isinstance(answer.content, dict) and "id" in answer.content:
            self._numbers.setdefault(team.id, {})[account] = str(answer.content["id"])

    def leave(self, team: FoundTeam, account: str) -> None:
        """See `SpacePlaces.leave`. 404 says that they are gone already."""
        number = self._numbers.get(team.id, {}).pop(account, None)
        if number is None:
            return
        answer = self._calls.delete(f"{_route(team)}/members/{segment(number)}")
        if not answer.well and answer.code != 404:
            raise _refused(answer, "team-refused", team.name)

    def set_level(self, team: FoundTeam, account: str, level: int) -> None:
        """See `SpacePlaces.set_level`. The level that they have already is answered by 400."""
        number = self._numbers.get(team.id, {}).get(account)
        if number is None:
            raise Missing("member-gone", account=account)
        route = f"{_route(team)}/members/{segment(number)}/level"
        answer = self._calls.put_json(route, {"level": level})
        if not answer.well and "already" not in answer.message.lower():
            raise _refused(answer, "team-level-refused", team.name)

    def _made(self, mark: str) -> FoundTeam:
        name = working_name(mark)
        try:
            answer = self._calls.post(_ROUTE, {"name": name})
        except OutcomeUnknown:
            begun = self._begun(mark)
            if begun is None:
                raise
            return begun
        if not answer.well:
            raise _refused(answer, "team-not-made", name)
        if not isinstance(answer.content, dict) or "id" not in answer.content:
            raise Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
        return FoundTeam(id=str(answer.content["id"]), name=name)

    def _begun(self, mark: str) -> FoundTeam | None:
        name = working_name(mark)
        ours = self.ours()
        marked = [team for team in ours if marks_in(team.description) == mark]
        return next(iter(marked or [team for team in ours if team.name == name]), None)

    def _free(self, name: str, own: str) -> str:
        """A name that no other team has which we see."""
        taken = {str(row.get("name")) for row in self._listed() if str(row["id"]) != own}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        return free

    def _listed(self) -> _Rows:
        answer = self._calls.get(_ROUTE)
        if not answer.well:
            raise Missing("teams-missing", cloud=self._calls.cloud)
        return _rows(answer)

    @staticmethod
    def _well(answer: OcsAnswer, name: str) -> None:
        if not answer.well:
            raise _refused(answer, "team-not-made", name)


def _route(team: FoundTeam) -> str:
    return f"{_ROUTE}/{segment(team.id)}"


def _team(row: Mapping[str, Any]) -> FoundTeam:
    name, said = str(row.get("name") or ""), str(row.get("description") or "")
    mark = marks_in(said)
    begun = name == working_name(mark) if mark else name.startswith("oscartes-")
    return FoundTeam(id=str(row["id"]), name=name, description=said, finished=not begun)


def _level(row: Mapping[str, Any]) -> int:
    """Ours; whoever is only invited has a part in nothing yet."""
    ours = row.get("initiator")
    if not isinstance(ours, dict) or ours.get("status", _FULL) != _FULL:
        return 0
    return int(ours.get("level") or 0)


def _rows(answer: OcsAnswer) -> _Rows:
    rows = answer.content
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
    return rows


def _refused(answer: OcsAnswer, code: str, name: str) -> SideError:
    """34 says 403 to whoever may not; 32 and 33 say 400 (“Insufficient rights”)."""
    if answer.code in FORBIDDEN or answer.code in (400, 404):
        kind = Invalid if code == "team-not-made" else Forbidden
        return kind(code, name=name)
    return Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
