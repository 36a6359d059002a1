"""Folders of the app Team folders (groupfolders), given to teams: an administrator's own calls.

From 34 on, and here whatever the version, an app password is answered by “Password confirmation is
required”, inside an HTTP 200 (recording 140): so these calls alone are made with an
administrator's account and its own password. What is in the folder, and its marker, is the bot's,
who is a member of the team. A team is passed where a group is expected (groupfolders'
FolderManager tells them apart by their id).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from oscartes_sync.adapters.nextcloud.address import segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.dav_xml import Response
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.ocs_answers import FORBIDDEN, OcsAnswer
from oscartes_sync.adapters.nextcloud.spaces.calls import ChangingCalls
from oscartes_sync.adapters.nextcloud.spaces.folders import PROPS, SpaceFolders
from oscartes_sync.adapters.nextcloud.spaces.marking import NUMBER
from oscartes_sync.errors import CredentialsRefused, Forbidden, Missing, SideError, Unexpected
from oscartes_sync.mapping.documents.names import file_name
from oscartes_sync.planning.spaces.values import (
    WRITE,
    FoundFolder,
    FoundShare,
    FoundTeam,
    SpaceKind,
    working_name,
)

_ROUTE: Final = "/index.php/apps/groupfolders/folders"
_NUMBER: Final = "nc:group-folder-id"


class AdministratorCalls(ChangingCalls):
    """Calls as the administrator of .env: where they are refused, it is not the bot's password."""

    def _send(self, *words: Any, **more: Any) -> OcsAnswer:
        try:
            return super()._send(*words, **more)
        except CredentialsRefused as refused:
            raise CredentialsRefused("team-folders-refused", cloud=self.cloud) from refused


class TeamFolders(SpaceFolders):
    """Team folders as spaces see them: what the bot's own folders do, where they lie elsewhere."""

    def __init__(self, dav: Dav, calls: ChangingCalls, root: Folder) -> None:
        super().__init__(dav, calls, root)
        self._rows: dict[str, Mapping[str, Any]] | None = None

    props = (*PROPS, NUMBER, _NUMBER)

    def ours(self, parent: str) -> Mapping[str, FoundFolder]:  # noqa: ARG002
        """See `SpaceFolders.ours`: those whose mount point the bot sees, with their numbers.

        One without a marker that is given to one team and nobody else stands under `@` and that
        team's id, too: nothing but its marker is lost with a mount point.
        """
        found = {key: one for key, one in super().ours("").items() if one.number}
        seen = {one.number for one in found.values()}
        # One that was begun and given to nobody yet is seen by administrators alone.
        for number, row in self._all().items():
            mount = str(row.get("mount_point"))
            if mount.startswith("oscartes-") and number not in seen:
                begun = FoundFolder(fileid=0, path=mount, finished=False, number=number)
                found.setdefault(mount, begun)
        return found | self._given([one for one in found.values() if not one.marked])

    def read(self, response: Response, path: str) -> FoundFolder | None:
        """See `SpaceFolders.read`: with the number of the Team folder that is mounted there."""
        one = super().read(response, path)
        mounted = {str(row.get("mount_point")): number for number, row in self._all().items()}
        number = response.text(_NUMBER).strip() or mounted.get(path, "")
        if one is None or str(self._all().get(number, {}).get("mount_point")) != path:
            return one
        if response.text(NUMBER).strip() == number:
            return replace(one, number=number)
        return replace(one, number=number, marked=False, archived="")

    def make(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:
        """See `SpacePlaces.make_folder`: made, given to the team, filled, named, marked.

        In this order, for a marker does not follow the name; one that was named and not marked is
        the only one that the team has.
        """
        begun = working_name(mark)
        number = self._begun(begun)
        self._grant(number, team, WRITE)
        self.fill(begun, kind.template)
        taken = [str(row.get("mount_point")) for row in self._all().values()]
        taken += [path for path, _ in self._listed("")]
        mount = file_name(name, "", taken, untitled="espace")
        self._well(self._calls.post(f"{_ROUTE}/{number}/mountpoint", {"mountpoint": mount}))
        self._rows = None
        found = next((one for one in self.ours("").values() if one.number == number), None)
        if found is None:
            raise Missing("cloud-missing", href=self._root.href(mount))
        self.mark(found, mark, "")
        return self.complete(replace(found, marked=True))

    def shares(self, parent: str) -> Mapping[tuple[int, str], FoundShare]:  # noqa: ARG002
        """See `SpaceFolders.shares`: a Team folder's groups, by its number and not its file id."""
        return {
            (-int(number), group): FoundShare(id=number, rights=int(rights))
            for number, row in self._all().items()
            if isinstance(groups := row.get("groups"), dict)
            for group, rights in groups.items()
        }

    def shares_of(self, folder: FoundFolder) -> Mapping[tuple[int, str], FoundShare]:
        """The same of one folder, under its file id."""
        mine = -int(folder.number or 0)
        return {
            (folder.fileid, team): share
            for (number, team), share in self.shares("").items()
            if number == mine
        }

    def share(self, folder: FoundFolder, team: FoundTeam, rights: int) -> FoundShare:
        """See `SpacePlaces.share_folder`."""
        self._grant(folder.number, team, rights)
        return FoundShare(id=folder.number, rights=rights)

    def unshare(self, folder: FoundFolder, share: FoundShare, team: FoundTeam) -> None:  # noqa: ARG002
        """See `SpacePlaces.unshare_folder`: nobody sees it any more but administrators."""
        route = f"{_ROUTE}/{share.id}/groups/{segment(team.id)}"
        self._well(self._calls.delete(route))
        self._rows = None

    def _begun(self, name: str) -> str:
        """The number of the Team folder with this working name, which is made where it is not."""
        for number, row in self._all().items():
            if row.get("mount_point") == name:
                return number
        answer = self._well(self._calls.post(_ROUTE, {"mountpoint": name}))
        number = str(answer.content.get("id") if isinstance(answer.content, dict) else "")
        if not number.isdecimal():
            raise Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
        self._rows = None
        return number

    def _given(self, folders: Sequence[FoundFolder]) -> dict[str, FoundFolder]:
        """Those that are the only one of one team, by it; marked and unseen ones count, too."""
        all_of = Counter(team for row in self._all().values() for team in _teams(row))
        found = {}
        for one in folders:
            teams = _teams(self._all()[one.number])
            if one.finished and len(teams) == 1 and all_of[teams[0]] == 1:
                found[f"@{teams[0]}"] = one
        return found

    def _grant(self, number: str, team: FoundTeam, rights: int) -> None:
        """Let the team in, with these rights.

        One that is in already is not let in again: their table would refuse it with a 500.
        """
        if team.id not in _teams(self._all().get(number, {})):
            self._well(self._calls.post(f"{_ROUTE}/{number}/groups", {"group": team.id}))
        route = f"{_ROUTE}/{number}/groups/{segment(team.id)}"
        self._well(self._calls.post(route, {"permissions": str(rights)}))
        self._rows = None

    def _all(self) -> dict[str, Mapping[str, Any]]:
        if self._rows is None:
            answer = self._well(self._calls.get(_ROUTE))
            rows = answer.content
            self._rows = (
                {str(number): row for number, row in rows.items() if isinstance(row, dict)}
                if isinstance(rows, dict)
                else {}
            )
        return self._rows

    def _well(self, answer: OcsAnswer) -> OcsAnswer:
        """The answer, or what its refusal means; most come inside an HTTP 200 (140)."""
        if answer.well:
            return answer
        error: SideError = self._calls.refused(answer)
        if answer.code in FORBIDDEN:
            error = Forbidden("team-folders-refused", cloud=self._calls.cloud)
        elif answer.code == 404:
            error = Missing("team-folders-missing", cloud=self._calls.cloud)
        raise error


def _teams(row: Mapping[str, Any]) -> list[str]:
    """The groups and teams that a Team folder is given to; none are told as a list."""
    groups = row.get("groups")
    return list(groups) if isinstance(groups, dict) else []
