"""What doctor asks of a cloud for spaces: teams, folders, and who keeps Team folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.folders.seen import is_branch
from oscartes_sync.adapters.nextcloud.spaces.team_folders import AdministratorCalls
from oscartes_sync.adapters.nextcloud.spaces.teams import SpaceTeams
from oscartes_sync.errors import Missing, OscartesError, SideError
from oscartes_sync.planning.spaces.values import SpaceKind
from oscartes_sync.ports import Check, CheckStatus

_FOLDERS = "/index.php/apps/groupfolders/folders"


def checks(
    kind: SpaceKind,
    dav: Dav,
    root: Callable[[], Folder],
    teams: SpaceTeams,
    admins: Dav | None,
) -> list[Check]:
    """All checks of one kind of spaces; what fails ends none of the others."""
    found = [
        _teams(kind, teams),
        *(_folder(kind, dav, root, path) for path in (kind.folder, kind.archive)),
    ]
    if admins is not None:
        found += _team_folders(kind, admins)
    return found


def _teams(kind: SpaceKind, teams: SpaceTeams) -> Check:
    try:
        ours = teams.ours()
    except SideError as error:
        return _failed(kind, "space-teams", error)
    return _check(kind, "space-teams", "ok", "space-teams-ready", count=str(len(ours)))


def _folder(kind: SpaceKind, dav: Dav, root: Callable[[], Folder], path: str) -> Check:
    try:
        seen = dav.propfind(root().branch(path), ("d:resourcetype",))
    except Missing:
        return _check(kind, "space-folder", "ok", "space-folder-made-later", folder=path)
    except SideError as error:
        return _failed(kind, "space-folder", error)
    if not seen or not is_branch(seen[0]):
        return _check(kind, "space-folder", "fail", "folder-name-taken", folder=path)
    return _check(kind, "space-folder", "ok", "space-folder-ready", folder=path)


def _team_folders(kind: SpaceKind, admins: Dav) -> Iterator[Check]:
    """The app is there, and the password is an account's own.

    A folder that cannot be is asked about: an app password is refused before anybody looks for it
    (140), an account's own is told that there is none.
    """
    calls = AdministratorCalls(admins)
    try:
        listed = calls.get(_FOLDERS)
    except SideError as error:
        yield _failed(kind, "space-team-folders", error)
        return
    if not listed.well:
        yield _check(kind, "space-team-folders", "fail", "team-folders-missing", cloud=admins.cloud)
        return
    path = admins.address.path(f"{_FOLDERS}/0/acl")
    headers = {
        "OCS-APIRequest": "true",
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        reply = admins.send("POST", path, b"acl=0", headers)
    except SideError as error:
        yield _failed(kind, "space-team-folders", error)
        return
    if reply.status == 404:
        yield _check(kind, "space-team-folders", "ok", "team-folders-ready")
    else:
        yield _check(kind, "space-team-folders", "fail", "team-folders-refused", cloud=admins.cloud)


def _failed(kind: SpaceKind, name: str, error: OscartesError) -> Check:
    return _check(kind, name, "fail", error.code, **error.params)


def _check(kind: SpaceKind, name: str, status: CheckStatus, code: str, **params: str) -> Check:
    return Check(id=name, target=f"spaces.{kind.name}", status=status, code=code, params=params)
