"""Users and groups over OCS: ``/ocs/v2.php/cloud/users`` and ``groups`` (recording 142).

On 34 every change wants the account's own password: an app password is 403.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from oscartes_sync.sandbox.cloud.accounts import Account, Directory
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_nodes import FileStore
from oscartes_sync.sandbox.cloud.files_ocs import (
    answered,
    confirm_password,
    form_of,
    no_such_method,
    refusal,
    weak_password,
)
from oscartes_sync.sandbox.cloud.messages import Reply, Request
from oscartes_sync.sandbox.cloud.ocs import Ocs, OcsRefusal

NOT_ADMIN = "Logged in account must be at least a sub admin"
UID = re.compile(r"[a-zA-Z0-9 _.@'-]+")
BAD_UID = (
    "Only the following characters are allowed in an Login: "
    '"a-z", "A-Z", "0-9", spaces and "_.@-\'"'
)
NO_MAIL = "An email address is required, to send a password link to the user."
SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([KMGT]?)i?B?\s*", re.IGNORECASE)
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
NO_QUOTA = -3
EMPTY = (
    "phone", "address", "website", "twitter", "bluesky", "fediverse", "organisation", "role",
    "headline", "biography",
)  # fmt: skip


class Provisioning:
    """Reads and changes accounts and groups."""

    def __init__(self, core: Core, ocs: Ocs, store: FileStore) -> None:
        self.core = core
        self.ocs = ocs
        self.store = store

    @property
    def directory(self) -> Directory:
        """Who there is, looked up each time: a backup put back is another one."""
        return self.core.directory

    def users(self, request: Request) -> Reply:
        """``cloud/users…``."""
        return answered(self.ocs, request, self._users)

    def groups(self, request: Request) -> Reply:
        """``cloud/groups…``."""
        return answered(self.ocs, request, self._groups)

    # Accounts

    def _users(self, request: Request) -> Reply:
        parts = request.segments[4:]
        if request.method != "GET":
            confirm_password(self.core, request)
            self._admin(request)
            return self._change_user(request, parts)
        if not parts:
            self._admin(request)
            return self.ocs.well(request, {"users": self._page(request)})
        if parts[0] in ("details", "disabled") and len(parts) == 1:
            self._admin(request)
            wanted = [
                uid
                for uid in self._page(request)
                if parts[0] == "details" or not self.directory.accounts[uid].enabled
            ]
            found = {uid: self.record(self.directory.accounts[uid]) for uid in wanted}
            return self.ocs.well(request, {"users": found or []})
        account = self._readable(request, parts[0])
        if len(parts) == 1:
            return self.ocs.well(request, self.record(account))
        if parts[1:] == ("groups",):
            return self.ocs.well(request, {"groups": sorted(account.groups)})
        raise refusal(404, "", 998)

    def _page(self, request: Request) -> list[str]:
        form = form_of(request)
        wanted = form.get("search", "").casefold()
        first = int(form.get("offset") or 0)
        last = first + int(form["limit"]) if form.get("limit") else None
        found = (
            uid
            for uid, one in sorted(self.directory.accounts.items())
            if wanted in uid.casefold() or wanted in one.name.casefold()
        )
        return list(found)[first:last]

    def _admin(self, request: Request) -> None:
        if not request.user.admin:
            raise refusal(403, NOT_ADMIN)

    def _readable(self, request: Request, uid: str) -> Account:
        account = self.directory.accounts.get(uid)
        if account is None:
            raise refusal(404, "User does not exist")
        if not request.user.admin and account is not request.user:
            raise refusal(404, "", 998)
        return account

    def _change_user(self, request: Request, parts: tuple[str, ...]) -> Reply:
        if request.method == "POST" and not parts:
            return self.ocs.well(request, {"id": self._create(request)})
        account = self.directory.accounts.get(parts[0]) if parts else None
        if account is None:
            raise refusal(404, "", 998)
        rest = "/".join(parts[1:])
        changes: dict[tuple[str, str], Callable[[Request, Account], None]] = {
            ("PUT", ""): self._edit,
            ("PUT", "enable"): lambda _, one: _enable(one, enabled=True),
            ("PUT", "disable"): lambda _, one: _enable(one, enabled=False),
            ("DELETE", ""): self._delete,
            ("POST", "groups"): self._join,
            ("DELETE", "groups"): self._leave,
        }
        change = changes.get((request.method, rest))
        if change is None:
            return no_such_method()
        change(request, account)
        return self.ocs.well(request, [])

    def _create(self, request: Request) -> str:
        form = form_of(request)
        uid, password, email = (
            form.get("userid", ""),
            form.get("password", ""),
            form.get("email", ""),
        )
        if uid in self.directory.accounts:
            raise refusal(400, "User already exists", 102)
        if not password and not email:
            raise refusal(400, NO_MAIL, 108)
        if not UID.fullmatch(uid):
            raise refusal(400, BAD_UID, 101)
        if password and (said := weak_password(password)):
            raise refusal(400, said, 107)
        groups = {value for name, value in form.items() if name.startswith("groups[")}
        unknown = groups - self.directory.groups.keys()
        if unknown:
            raise refusal(400, f"Group {min(unknown)} does not exist", 104)
        self.directory.add(Account(uid, password, uid, email, form.get("displayName", ""), groups))
        return uid

    def _edit(self, request: Request, account: Account) -> None:
        form = form_of(request)
        key, value = form.get("key", ""), form.get("value", "")
        if key in ("displayname", "display"):
            account.name = value
        elif key == "email":
            account.email = value
        elif key == "password":
            said = weak_password(value)
            if said:
                raise refusal(400, said, 107)
            account.password = value
        elif key == "quota":
            self._set_quota(account, value)
        elif key not in EMPTY and key not in ("language", "locale"):
            raise refusal(400, "", 113)

    def _set_quota(self, account: Account, value: str) -> None:
        if value in ("none", "default"):
            self.store.quotas.pop(account.uid, None)
            return
        found = SIZE.fullmatch(value)
        if found is None:
            raise refusal(400, f"Invalid quota value: {value}", 101)
        size = float(found[1].replace(",", ".")) * UNITS[found[2].upper()]
        self.store.quotas[account.uid] = int(size)

    def _delete(self, _request: Request, account: Account) -> None:
        del self.directory.accounts[account.uid]
        self.store.homes.pop(account.uid, None)

    def _join(self, request: Request, account: Account) -> None:
        group = form_of(request).get("groupid", "")
        if not group:
            raise refusal(400, "", 101)
        if group not in self.directory.groups:
            raise refusal(400, "", 102)
        account.groups.add(group)

    def _leave(self, request: Request, account: Account) -> None:
        group = form_of(request).get("groupid", "")
        if group not in self.directory.groups:
            raise refusal(400, "", 102)
        account.groups.discard(group)

    def record(self, account: Account) -> dict[str, Any]:
        """What an administrator reads of an account."""
        name = account.name or account.uid
        used = self.store.homes[account.uid].size if account.uid in self.store.homes else 0
        quota = self.store.quotas.get(account.uid)
        free = NO_QUOTA if quota is None else max(0, quota - used)
        shown = NO_QUOTA if quota is None else quota
        relative = round(used * 100 / quota, 2) if quota else 0
        return {
            "enabled": account.enabled,
            "storageLocation": f"/var/www/nextclouddata/{account.uid}",
            "id": account.uid,
            "firstLoginTimestamp": account.first_seen,
            "lastLoginTimestamp": account.last_seen,
            "lastLogin": account.last_seen * 1000,
            "backend": "Database",
            "subadmin": [],
            "quota": {
                "free": free, "used": used, "total": shown, "relative": relative, "quota": shown,
            },
            "manager": "",
            "email": account.email or None,
            "additional_mail": [],
            "displayname": name,
            "display-name": name,
            **dict.fromkeys(EMPTY, ""),
            "profile_enabled": "1",
            "pronouns": "",
            "groups": sorted(account.groups),
            "language": "en",
            "locale": "",
            "timezone": "",
            "notify_email": None,
            "backendCapabilities": {"setDisplayName": True, "setPassword": True},
        }  # fmt: skip

    # Groups

    def _groups(self, request: Request) -> Reply:
        parts = request.segments[4:]
        if request.method != "GET":
            confirm_password(self.core, request)
            self._admin(request)
            return self._change_group(request, parts)
        if not parts or parts == ("details",):
            self._admin(request)
            return self.ocs.well(request, {"groups": self._listed(request, bool(parts))})
        if parts[0] not in self.directory.groups:
            raise self._no_group()
        if not request.user.admin:
            self._member(request, parts)
        members = sorted(
            uid for uid, one in self.directory.accounts.items() if parts[0] in one.groups
        )
        return self.ocs.well(request, {"users": members})

    def _member(self, request: Request, parts: tuple[str, ...]) -> None:
        """Who is in a group reads who else is (142), by one of the two routes (33.0.1)."""
        if parts[1:] != ("users",):
            raise refusal(403, NOT_ADMIN)
        if parts[0] not in request.user.groups:
            raise refusal(403, "")

    def _no_group(self) -> OcsRefusal:
        return refusal(404, "The requested group could not be found")

    def _listed(self, request: Request, details: bool) -> list[Any]:
        form = form_of(request)
        first = int(form.get("offset") or 0)
        last = first + int(form["limit"]) if form.get("limit") else None
        wanted = form.get("search", "").casefold()
        found = [gid for gid in sorted(self.directory.groups) if wanted in gid.casefold()]
        if not details:
            return found[first:last]
        return [self._group_record(gid) for gid in found[first:last]]

    def _group_record(self, gid: str) -> dict[str, Any]:
        members = [one for one in self.directory.accounts.values() if gid in one.groups]
        return {
            "id": gid,
            "displayname": self.directory.groups[gid],
            "usercount": len(members),
            "disabled": sum(1 for one in members if not one.enabled),
            "canAdd": True,
            "canRemove": True,
        }

    def _change_group(self, request: Request, parts: tuple[str, ...]) -> Reply:
        form = form_of(request)
        if request.method == "POST" and not parts:
            gid = form.get("groupid", "")
            if not gid:
                raise refusal(400, "Invalid group name", 101)
            if gid in self.directory.groups:
                raise refusal(400, "group exists", 102)
            self.directory.groups[gid] = form.get("displayname") or gid
            return self.ocs.well(request, [])
        if len(parts) != 1 or request.method not in ("PUT", "DELETE"):
            return no_such_method()
        if parts[0] not in self.directory.groups:
            raise refusal(400, "", 101)
        if request.method == "PUT":
            self.directory.groups[parts[0]] = form.get("value", parts[0])
        else:
            del self.directory.groups[parts[0]]
            for account in self.directory.accounts.values():
                account.groups.discard(parts[0])
        return self.ocs.well(request, [])


def _enable(account: Account, *, enabled: bool) -> None:
    account.enabled = enabled
