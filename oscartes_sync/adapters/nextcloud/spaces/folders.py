"""Folders of spaces: among the bot's own files, each marked, shared with its team.

A folder is made under its working name, marked, filled with its sub-folders, and only then given
the name that people read: one that bears its name is whole. Names that are taken are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.dav_xml import Response
from oscartes_sync.adapters.nextcloud.folders.finding import Finding, Where
from oscartes_sync.adapters.nextcloud.folders.moving import Moving
from oscartes_sync.adapters.nextcloud.folders.place import Folder, above
from oscartes_sync.adapters.nextcloud.folders.refusing import refused
from oscartes_sync.adapters.nextcloud.folders.seen import is_branch
from oscartes_sync.adapters.nextcloud.ocs_answers import OcsAnswer
from oscartes_sync.adapters.nextcloud.spaces.calls import ChangingCalls
from oscartes_sync.adapters.nextcloud.spaces.marking import ARCHIVED, MARK, NUMBER, marking
from oscartes_sync.errors import Forbidden, Missing, OutcomeUnknown, Unexpected
from oscartes_sync.mapping.documents.names import file_name, fold
from oscartes_sync.planning.spaces.values import (
    FoundFolder,
    FoundShare,
    FoundTeam,
    SpaceKind,
    working_name,
)

_SHARES = "/ocs/v2.php/apps/files_sharing/api/v1/shares"
_TEAM = 7
PROPS: Final = ("d:resourcetype", "oc:fileid", "d:getetag", MARK, ARCHIVED)


class SpaceFolders:
    """The folders of our account below one parent."""

    props: Sequence[str] = PROPS

    def __init__(self, dav: Dav, calls: ChangingCalls, root: Folder) -> None:
        self._dav = dav
        self._calls = calls
        self._root = root
        self._moving = Moving(dav, root)
        self._finding = Finding(dav, root)

    def ours(self, parent: str) -> Mapping[str, FoundFolder]:
        """What the parent holds: marker (or working name) → folder; by one request.

        Folders without a marker stand under `#` and their file id.
        """
        found = {}
        for path, response in self._listed(parent):
            one = self.read(response, path)
            if one is not None:
                name = path.rpartition("/")[2]
                begun = name if name.startswith("oscartes-") else f"#{one.fileid}"
                found[response.text(MARK).strip() if one.marked else begun] = one
        return found

    def at_id(self, fileid: int) -> FoundFolder | None:
        """A folder wherever it went; None where there is none any more."""
        found = self._finding.find(fileid)
        if found.where is Where.BINNED:
            return FoundFolder(fileid=fileid, path="", binned=True)
        if found.seen is None:
            return None
        path = found.seen.path
        own = self._dav.propfind(self._root.branch(path), self.props)
        return self.read(own[0], path) if own else None

    def complete(self, folder: FoundFolder) -> FoundFolder:
        """The same with the names of its sub-folders."""
        names = [
            path.rpartition("/")[2] for path, one in self._listed(folder.path) if is_branch(one)
        ]
        return replace(folder, subfolders=frozenset(names))

    def make(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:  # noqa: ARG002
        """See `SpacePlaces.make_folder`."""
        begun = f"{kind.folder.strip('/')}/{working_name(mark)}"
        self._moving.make_folders(begun)
        # Marked, then filled: whoever finds it half made knows whose it is.
        marking(self._dav, self._root.branch(begun), {MARK: mark})
        self.fill(begun, kind.template)
        return self._named(begun, kind.folder.strip("/"), name)

    def fill(self, path: str, template: tuple[str, ...]) -> None:
        """Make the sub-folders that are not there."""
        for each in template:
            self._moving.make_folders(f"{path}/{each}")

    def mark(self, folder: FoundFolder, mark: str, archived: str) -> None:
        """See `SpacePlaces.mark_folder`."""
        values = {MARK: mark} | ({ARCHIVED: archived} if archived or folder.archived else {})
        if folder.number:
            # Of another that was mounted there the day may be left.
            values = {MARK: mark, ARCHIVED: archived, NUMBER: folder.number}
        marking(self._dav, self._root.branch(folder.path), values)

    def make_subfolder(self, folder: FoundFolder, name: str) -> None:
        """See `SpacePlaces.make_subfolder`."""
        self._moving.make_folders(f"{folder.path}/{name}")

    def shares(self, parent: str) -> Mapping[tuple[int, str], FoundShare]:
        """How folders in the parent are shared with teams: (file id, team) → share."""
        answer = self._calls.get(_SHARES, {"path": f"/{parent.strip('/')}", "subfiles": "true"})
        return self._shared(answer)

    def shares_of(self, folder: FoundFolder) -> Mapping[tuple[int, str], FoundShare]:
        """The same of one folder, wherever it is."""
        return self._shared(self._calls.get(_SHARES, {"path": f"/{folder.path}"}))

    def share(self, folder: FoundFolder, team: FoundTeam, rights: int) -> FoundShare:
        """See `SpacePlaces.share_folder`: sharing again gives the share that is there (132)."""
        known = self.shares_of(folder).get((folder.fileid, team.id))
        if known is None:
            answer = self._calls.post_at_once(
                _SHARES,
                {
                    "path": f"/{folder.path}",
                    "shareType": str(_TEAM),
                    "shareWith": team.id,
                    "permissions": str(rights),
                },
            )
        elif known.rights != rights:
            answer = self._calls.put(f"{_SHARES}/{known.id}", {"permissions": str(rights)})
        else:
            return known
        found = _share(answer.content) if answer.well else None
        if found is None:
            raise self._denied(answer, folder)
        return found[1]

    def unshare(self, folder: FoundFolder, share: FoundShare, team: FoundTeam) -> None:  # noqa: ARG002
        """See `SpacePlaces.unshare_folder`."""
        answer = self._calls.delete(f"{_SHARES}/{share.id}")
        if not answer.well and answer.code != 404:
            raise self._denied(answer, folder)

    def _named(self, begun: str, parent: str, name: str) -> FoundFolder:
        """Move a whole folder to the first name that is free."""
        taken = [path.rpartition("/")[2] for path, _ in self._listed(parent)]
        while True:
            chosen = file_name(name, "", taken, untitled="espace")
            target = f"{parent}/{chosen}"
            if self._moved(begun, target):
                own = self._dav.propfind(self._root.branch(target), self.props)
                found = self.read(own[0], target) if own else None
                if found is None:
                    raise self._unexpected(target)
                return self.complete(found)
            taken.append(chosen)

    def _moved(self, path: str, target: str) -> bool:
        """MOVE, never over anything; False where something is there."""
        headers = {
            "Destination": self._dav.address.url(self._root.href(target)),
            "Overwrite": "F",
        }
        try:
            reply = self._dav.send("MOVE", self._root.href(path), headers=headers)
        except OutcomeUnknown:
            if self._finding.is_free(path) and not self._finding.is_free(target):
                return True
            raise
        if reply.status == 412:
            return False
        if reply.status not in (201, 204):
            raise refused(self._dav, reply)
        return True

    def read(self, response: Response, path: str) -> FoundFolder | None:
        """A branch as a folder of a space; None for what is no branch."""
        fileid = response.text("oc:fileid")
        if not is_branch(response) or not fileid.isdecimal():
            return None
        mark = response.text(MARK).strip()
        name = path.rpartition("/")[2]
        begun = name == working_name(mark) if mark else name.startswith("oscartes-")
        return FoundFolder(
            fileid=int(fileid),
            path=path,
            finished=not begun,
            marked=bool(mark),
            archived=response.text(ARCHIVED).strip(),
        )

    def _listed(self, path: str) -> list[tuple[str, Response]]:
        """What a folder holds: path below our files → response; nothing where it is not there."""
        href = self._root.branch(path)
        try:
            answers = self._dav.propfind(href, self.props, depth=1)
        except Missing:
            return []
        paths = [(self._root.full_of(one.href), one) for one in answers]
        if path.strip("/") not in [each for each, _ in paths]:
            raise self._unexpected(path)
        return [
            (each, one)
            for each, one in paths
            if each is not None and fold(above(each)) == fold(path.strip("/")) and each != path
        ]

    def _shared(self, answer: OcsAnswer) -> dict[tuple[int, str], FoundShare]:
        if answer.code == 404:
            return {}
        if not answer.well or not isinstance(answer.content, list):
            raise self._calls.refused(answer)
        rows = (_share(row) for row in answer.content)
        return dict(row for row in rows if row is not None)

    def _denied(self, answer: OcsAnswer, folder: FoundFolder) -> Exception:
        if answer.code in (400, 403, 404, 997):
            return Forbidden("space-share-refused", folder=folder.path)
        return self._calls.refused(answer)

    def _unexpected(self, path: str) -> Unexpected:
        href = canonical(self._root.branch(path))
        return Unexpected("cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=207)


def _share(row: Any) -> tuple[tuple[int, str], FoundShare] | None:
    """One share with a team as the API tells it (recording 141)."""
    if not isinstance(row, dict) or row.get("share_type") != _TEAM:
        return None
    source, number = str(row.get("file_source", "")), str(row.get("id", ""))
    if not source.isdecimal() or not number.isdecimal():
        return None
    key = (int(source), str(row.get("share_with") or ""))
    return key, FoundShare(id=number, rights=int(row.get("permissions") or 0))
