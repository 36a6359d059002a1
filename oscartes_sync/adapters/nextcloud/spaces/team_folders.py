"""Folders of the app Team folders (groupfolders), given to teams: an administrator's own calls.

From 34 on, and here whatever the version, an app password is answered by “Password confirmation is
required”, inside an HTTP 200 (recording 140): so these calls alone are made with an
administrator's account and its own password. What is in the folder, and its marker, is the bot's,
who is a member of the team. A team is passed where a group is expected (groupfolders'
FolderManager tells them apart by their id).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from oscartes_sync.adapters.nextcloud.address import segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.ocs_answers import FORBIDDEN, OcsAnswer
from oscartes_sync.adapters.nextcloud.spaces.calls import ChangingCalls
from oscartes_sync.adapters.nextcloud.spaces.folders import SpaceFolders
from oscartes_sync.errors import Forbidden, Missing, SideError, Unexpected
from oscartes_sync.mapping.documents.names import file_name
from oscartes_sync.planning.spaces.values import (
    FoundFolder,
    FoundShare,
    FoundTeam,
    SpaceKind,
    working_name,
)

_ROUTE: Final = "/index.php/apps/groupfolders/folders"


class TeamFolders(SpaceFolders):
    """Team folders as spaces see them: what the bot's own folders do, where they lie elsewhere."""

    def __init__(self, dav: Dav, calls: ChangingCalls, root: Folder) -> None:
        super().__init__(dav, calls, root)
        self._rows: dict[str, Mapping[str, Any]] | None = None

    def ours(self, parent: str) -> Mapping[str, FoundFolder]:  # noqa: ARG002
        """See `SpaceFolders.ours`: those whose mount point the bot sees, with their numbers."""
        numbers = {str(row.get("mount_point")): number for number, row in self._all().items()}
        seen = super().ours("")
        found = {
            mark: replace(one, number=numbers[one.path])
            for mark, one in seen.items()
            if one.path in numbers
        }
        # One that was begun and given to nobody yet is seen by administrators alone.
        for mount, number in numbers.items():
            if mount.startswith("oscartes-") and mount not in found:
                found.setdefault(
                    mount, FoundFolder(fileid=0, path=mount, finished=False, number=number)
                )
        return found

    def make(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:
        """See `SpacePlaces.make_folder`: made, given to the team, marked, filled, named."""
        begun = working_name(mark)
        rows = self._all()
        number = next((n for n, row in rows.items() if row.get("mount_point") == begun), "")
        if not number:
            answer = self._well(self._calls.post(_ROUTE, {"mountpoint": begun}))
            number = str(answer.content.get("id") if isinstance(answer.content, dict) else "")
            if not number.isdecimal():
                raise Unexpected("cloud-unexpected-answer", href=answer.route, status=answer.code)
        self._grant(number, team, None)
        self.furnish(begun, mark, kind.template)
        taken = [str(row.get("mount_point")) for row in rows.values()]
        taken += [path for path, _ in self._listed("")]
        mount = file_name(name, "", taken, untitled="espace")
        self._well(self._calls.post(f"{_ROUTE}/{number}/mountpoint", {"mountpoint": mount}))
        self._rows = None
        found = super().ours("").get(mark)
        if found is None:
            raise Missing("cloud-missing", href=self._root.href(mount))
        return self.complete(replace(found, number=number))

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

    def _grant(self, number: str, team: FoundTeam, rights: int | None) -> None:
        """Let the team in, with these rights or those that the server gives by itself.

        One that is in already is not let in again: their table would refuse it with a 500.
        """
        groups = self._all().get(number, {}).get("groups")
        if not isinstance(groups, dict) or team.id not in groups:
            self._well(self._calls.post(f"{_ROUTE}/{number}/groups", {"group": team.id}))
        if rights is not None:
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
