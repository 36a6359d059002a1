"""Team folders: ``/index.php/apps/groupfolders/folders…`` and their DAV root (recording 140).

Answers are OCS's version 1 and HTTP 200 whatever happens: the truth is statuscode in the body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.dav_room import options
from oscartes_sync.sandbox.cloud.files_mounts import ALL, Mounts, TeamFolder, free_name
from oscartes_sync.sandbox.cloud.files_nodes import FileStore
from oscartes_sync.sandbox.cloud.files_ocs import Form, confirm_password, form_of, refusal
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, nc, response
from oscartes_sync.sandbox.cloud.messages import (
    Reply,
    Request,
    not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.ocs import JSON, Ocs, OcsRefusal, as_json
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, text

NO_QUOTA = -3
NOT_ADMIN = (
    "Logged in user must be an admin, a sub admin or gotten special right to access this setting"
)
OWNER = "__groupfolders/"


class TeamFolderRoom:
    """Makes and changes Team folders."""

    def __init__(self, core: Core, ocs: Ocs, store: FileStore, mounts: Mounts) -> None:
        self.core = core
        self.ocs = ocs
        self.store = store
        self.mounts = mounts
        self._last = 0
        self._left: dict[str, dict[tuple[str, str], str]] = {}
        """Dead properties by the path of what bore them: there they stay."""

    def make(self, mount_point: str) -> TeamFolder:
        """A new Team folder nobody is in yet."""
        self._last += 1
        owner = f"{OWNER}{self._last}"
        root = self.store.home(owner)
        taken = {one.mount_point for one in self.mounts.team_folders.values()}
        folder = TeamFolder(self._last, free_name(mount_point, taken), root)
        root.dead.update(self._left.pop(folder.mount_point, {}))
        self.mounts.team_folders[self._last] = folder
        return folder

    def answer(self, request: Request) -> Reply:
        """Every route of the app; requests arrive signed in."""
        if "ocs-apirequest" not in request.headers:
            return Reply(412, as_json({"message": "CSRF check failed"}), JSON)
        parts = [one for one in request.segments if one != "index.php"][3:]
        try:
            if request.method != "GET":
                confirm_password(self.core, request)
                if not request.user.admin:
                    raise refusal(403, NOT_ADMIN)
            return self._dispatch(request, parts)
        except OcsRefusal as refused:
            return self._enveloped("failure", refused.code, refused.message, [])

    def _enveloped(self, word: str, code: int, message: str, content: Any) -> Reply:
        meta = {
            "status": word, "statuscode": code, "message": message, "totalitems": "",
            "itemsperpage": "",
        }  # fmt: skip
        return Reply(200, as_json({"ocs": {"meta": meta, "data": content}}), JSON)

    def _dispatch(self, request: Request, parts: list[str]) -> Reply:
        if not parts:
            if request.method == "POST":
                return self._well(self._record(self.make(form_of(request).get("mountpoint", ""))))
            return self._well(self._all(request))
        folder = self.mounts.team_folders.get(int(parts[0]) if parts[0].isdigit() else 0)
        if folder is None or (request.method == "GET" and not self._sees(request, folder)):
            return Reply(404, as_json({"message": "Groupfolder not found"}), JSON)
        if request.method == "GET":
            return self._well(self._record(folder))
        if request.method == "DELETE" and len(parts) == 1:
            del self.mounts.team_folders[folder.number]
            self._left[folder.mount_point] = dict(folder.root.dead)
            del self.store.homes[folder.root.owner]
            return self._well({"success": True})
        if not self._change(request.method, folder, parts[1:], form_of(request)):
            return Reply(404, as_json({"message": "Not found"}), JSON)
        self.store.climb(folder.root)
        return self._well({"success": True, "folder": self._record(folder)})

    def _change(self, method: str, folder: TeamFolder, parts: list[str], form: Form) -> bool:
        """Change one thing; whether the route is known."""
        if parts[0] == "groups":
            return _change_groups(method, folder, parts[1:], form)
        changes: dict[str, Callable[[TeamFolder, Form], None]] = {
            "quota": self._set_quota,
            "mountpoint": self._set_mount_point,
            "acl": _set_acl,
            "manageACL": _set_rule_maker,
        }
        change = changes.get(parts[0])
        if change is None or method not in ("POST", "PUT"):
            return False
        change(folder, form)
        return True

    def _set_mount_point(self, folder: TeamFolder, form: Form) -> None:
        """Dead properties are by path (tried on 33.0.1 with groupfolders 21.0.15).

        Those of the mount itself wait there for whatever is mounted next.
        """
        chosen = form.get("mountpoint", "").strip() or folder.mount_point
        if chosen != folder.mount_point:
            self._left[folder.mount_point] = dict(folder.root.dead)
            folder.mount_point = chosen
            for node in folder.root.walk():
                node.dead.clear()
            folder.root.dead.update(self._left.pop(chosen, {}))

    def _set_quota(self, folder: TeamFolder, form: Form) -> None:
        folder.quota = int(form.get("quota") or NO_QUOTA)
        if folder.quota < 0:
            self.store.quotas.pop(folder.root.owner, None)
        else:
            self.store.quotas[folder.root.owner] = folder.quota

    def _well(self, content: Any) -> Reply:
        return self._enveloped("ok", 100, "OK", content)

    def _sees(self, request: Request, folder: TeamFolder) -> bool:
        return request.user.admin or bool(request.user.groups & folder.groups.keys())

    def _all(self, request: Request) -> Any:
        """All by number; to members, theirs, with their own groups alone."""
        found: dict[str, Any] = {}
        for folder in self.mounts.team_folders.values():
            if self._sees(request, folder):
                only = None if request.user.admin else request.user.groups
                record = self._record(folder, only)
                record["sortIndex"] = len(found)
                found[str(folder.number)] = record
        return found or []

    def _record(self, folder: TeamFolder, only: set[str] | None = None) -> dict[str, Any]:
        groups = {
            name: rights for name, rights in folder.groups.items() if only is None or name in only
        }
        details = {
            name: {"displayName": self._called(name), "permissions": rights, "type": "group"}
            for name, rights in groups.items()
        }
        record: dict[str, Any] = {
            "id": folder.number,
            "mount_point": folder.mount_point,
            "quota": folder.quota,
            "acl": folder.acl,
            "acl_default_no_permission": False,
            "size": folder.root.size,
            "groups": groups or [],
            "group_details": details or [],
            "manage": [
                {"type": kind, "id": name, "displayname": self._called(name)}
                for kind, name in folder.managers
            ],
        }
        if self.core.version == 32:
            del record["acl_default_no_permission"]
        return record

    def _called(self, name: str) -> str:
        return self.core.directory.groups.get(name, name)

    def dav(self, request: Request) -> Reply:
        """``/remote.php/dav/groupfolders/<uid>/``: the Team folders of an account."""
        if request.method == "OPTIONS":
            return options()
        uid = request.user.uid
        if request.segments[3:] != (uid,):
            raise not_found("File not found")
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        names = names_asked(request)
        writer = Writer()
        base = f"/remote.php/dav/groupfolders/{uid}/"
        responses = [response(writer, base, names, {dav("resourcetype"): "<d:collection/>"})]
        if request.headers.get("depth", "1") != "0":
            for mount in self.mounts.of(uid):
                if mount.team_folder is not None:
                    name = mount.team_folder.mount_point
                    values = {
                        dav("displayname"): text(name),
                        nc("group-folder-id"): str(mount.team_folder.number),
                        dav("resourcetype"): "<d:collection/>",
                    }
                    responses.append(response(writer, f"{base}{name}/", names, values))
        return multistatus(writer, responses)


def _change_groups(method: str, folder: TeamFolder, parts: list[str], form: Form) -> bool:
    """Unknown groups are taken without a word (140)."""
    if method == "POST" and not parts:
        folder.groups.setdefault(form.get("group", ""), ALL)
    elif method == "POST":
        folder.groups[parts[0]] = int(form.get("permissions") or ALL)
    elif method == "DELETE" and parts:
        folder.groups.pop(parts[0], None)
    else:
        return False
    return True


def _set_acl(folder: TeamFolder, form: Form) -> None:
    folder.acl = form.get("acl", "") in ("1", "true")


def _set_rule_maker(folder: TeamFolder, form: Form) -> None:
    manager = (form.get("mappingType", ""), form.get("mappingId", ""))
    kept = [one for one in folder.managers if one != manager]
    folder.managers = [*kept, manager] if form.get("manageAcl", "") in ("1", "true") else kept
