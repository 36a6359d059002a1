"""The share API: ``/ocs/v2.php/apps/files_sharing/api/v1/…`` (recordings 130-133, 141).

Kinds of shares: 0 account, 1 group, 3 link, 4 mail, 7 team.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_mounts import (
    ALL,
    CREATE,
    DELETE,
    GROUP,
    LINK,
    MAIL,
    READ,
    SHARE,
    TEAM,
    USER,
    FileShare,
    Mounts,
    Place,
)
from oscartes_sync.sandbox.cloud.files_names import decoded_parts
from oscartes_sync.sandbox.cloud.files_ocs import (
    Form,
    answered,
    form_of,
    no_such_method,
    refusal,
    weak_password,
)
from oscartes_sync.sandbox.cloud.files_share_records import ShareRecords
from oscartes_sync.sandbox.cloud.files_sharees import sharees
from oscartes_sync.sandbox.cloud.messages import Reply, Request
from oscartes_sync.sandbox.cloud.ocs import LETTERS, Ocs

TOKEN_LENGTH = 15
NO_SHARE = "Wrong share ID, share does not exist"
NO_PATH = "Wrong path, file/folder does not exist"
ORDER = (USER, GROUP, TEAM, LINK, MAIL)
TRUE = ("true", "1", "yes")


class ShareApi:
    """Makes, reads, changes and ends shares of files and folders."""

    def __init__(self, core: Core, ocs: Ocs, mounts: Mounts) -> None:
        self.core = core
        self.ocs = ocs
        self.mounts = mounts
        self.records = ShareRecords(core, mounts)
        self._last = 0

    def answer(self, request: Request) -> Reply:
        """Every route of the app."""
        return answered(self.ocs, request, self._dispatch)

    def _dispatch(self, request: Request) -> Reply:
        parts = request.segments[6:]
        if request.segments[4:6] != ("api", "v1") or not parts or len(parts) > 2:
            raise refusal(404, "Invalid query, please check the syntax.", 998)
        routes: dict[tuple[str, str, bool], Callable[[Request], Any]] = {
            ("GET", "shares", False): self._listed,
            ("POST", "shares", False): self._create,
            ("GET", "shares", True): self._read,
            ("PUT", "shares", True): self._update,
            ("DELETE", "shares", True): self._delete,
            ("GET", "deletedshares", False): self._left,
            ("POST", "deletedshares", True): self._come_back,
            ("GET", "sharees", False): self._sharees,
        }
        route = routes.get((request.method, parts[0], len(parts) == 2))
        if route is None:
            return no_such_method()
        content = route(request)
        return content if isinstance(content, Reply) else self.ocs.well(request, content)

    def share(
        self, owner: str, path: str, kind: int, recipient: str = "", permissions: int | None = None
    ) -> FileShare:
        """Share as `owner`'s own client would. Raises OcsRefusal."""
        form = {"path": path, "shareType": str(kind), "shareWith": recipient}
        if permissions is not None:
            form["permissions"] = str(permissions)
        return self._made(owner, form)[0]

    # Making

    def _create(self, request: Request) -> Any:
        share, mailed = self._made(request.user.uid, form_of(request))
        return self.records.record(share, request.user.uid, mailed=mailed)

    def _made(self, uid: str, form: Form) -> tuple[FileShare, bool]:
        place = self._shared_place(uid, form.get("path"))
        kind = self._kind(form)
        recipient = self._recipient(uid, kind, form.get("shareWith", ""))
        permissions = _asked_permissions(form, kind, place)
        if kind == 6:
            raise refusal(403, "Failed to create share.")
        expiration = self._expiration(form.get("expireDate", ""))
        password = form.get("password", "")
        self._check_password(password)
        for share in self.mounts.shares:
            if kind in (USER, GROUP, TEAM) and _same(share, place, kind, recipient):
                return share, False
        self._last += 1
        share = FileShare(
            self._last,
            kind,
            uid,
            place.node,
            recipient,
            permissions,
            int(self.core.now().timestamp()),
            token=_new_token() if kind in (LINK, MAIL) else "",
            password=password,
            expiration=expiration,
            note=form.get("note", ""),
            label=form.get("label", ""),
            attributes=form.get("attributes", ""),
        )
        self.mounts.shares.append(share)
        return share, True

    def _shared_place(self, uid: str, path: str | None) -> Place:
        if not path:
            raise refusal(404, "Please specify a file or folder path")
        place = self.mounts.find(uid, decoded_parts(path.replace("%", "%25"), skip=0))
        if place is None:
            raise refusal(404, NO_PATH)
        if not place.parts:
            raise refusal(403, "You cannot share your root folder")
        if not place.may(SHARE):
            raise refusal(404, "You are not allowed to share this file or folder")
        return place

    def _kind(self, form: Form) -> int:
        said = form.get("shareType", "-1")
        kind = int(said) if said.lstrip("-").isdigit() else -1
        if kind not in (*ORDER, 6):
            raise refusal(400, "Unknown share type")
        return kind

    def _recipient(self, uid: str, kind: int, said: str) -> str:
        directory = self.core.directory
        if kind == USER:
            if said not in directory.accounts:
                raise refusal(404, "Please specify a valid account to share with")
            if said == uid:
                raise refusal(403, "Cannot share with yourself")
        elif kind == GROUP and said not in directory.groups:
            raise refusal(404, "Please specify a valid group")
        elif kind == TEAM and said not in directory.teams:
            raise refusal(404, "You cannot share to a Team if the app is not enabled")
        return "" if kind == LINK else said

    def _expiration(self, said: str) -> date | None:
        if not said:
            return None
        try:
            day = date.fromisoformat(said)
        except ValueError as wrong:
            raise refusal(404, "Invalid date. Format must be YYYY-MM-DD") from wrong
        if day < self.core.now().date():
            raise refusal(404, "Expiration date is in the past")
        return day

    def _check_password(self, password: str) -> None:
        said = weak_password(password) if password else ""
        if said:
            raise refusal(400, said)

    # Reading

    def _listed(self, request: Request) -> Any:
        uid, form = request.user.uid, form_of(request)
        if form.get("shared_with_me", "") in TRUE:
            return [
                self.records.record(share, uid)
                for share in self._sorted()
                if uid in self.mounts.members(share) and uid not in share.left
            ]
        nodes = self._nodes(uid, form)
        mine = [one for one in self._sorted() if one.owner == uid and not one.binned]
        if nodes is not None:
            reshares = form.get("reshares", "") in TRUE
            every = self._sorted() if reshares else mine
            mine = [one for one in every if id(one.node) in nodes]
        return [self.records.record(share, uid) for share in mine]

    def _nodes(self, uid: str, form: Form) -> set[int] | None:
        """The nodes a path stands for; None where all are asked for."""
        path = form.get("path")
        if path is None:
            return None
        place = self.mounts.find(uid, decoded_parts(path.replace("%", "%25"), skip=0))
        if place is None:
            raise refusal(404, NO_PATH)
        if form.get("subfiles", "") not in TRUE:
            return {id(place.node)}
        if not place.node.folder:
            raise refusal(400, "Not a directory")
        return {id(child) for child in place.node.children.values()}

    def _sorted(self) -> list[FileShare]:
        return sorted(self.mounts.shares, key=lambda one: (ORDER.index(one.kind), one.number))

    def _read(self, request: Request) -> Any:
        return [self.records.record(self._found(request), request.user.uid)]

    def _found(self, request: Request) -> FileShare:
        said, uid = request.segments[7], request.user.uid
        for share in self.mounts.shares:
            seen = share.owner == uid or uid in self.mounts.members(share) - share.left
            if str(share.number) == said and seen:
                return share
        raise refusal(404, NO_SHARE)

    # Changing

    def _update(self, request: Request) -> Any:
        """Several fields in one request work, whatever the manual says (130)."""
        share, form = self._found(request), form_of(request)
        if share.owner != request.user.uid:
            raise refusal(403, "You are not allowed to edit incoming shares")
        if not form:
            raise refusal(400, "Wrong or no update parameter given")
        expiration = self._expiration(form.get("expireDate", ""))
        self._check_password(form.get("password", ""))
        if "permissions" in form:
            share.permissions = _permissions(form["permissions"], share.kind, share.node.folder)
        if "publicUpload" in form and share.kind == LINK:
            share.permissions = ALL if form["publicUpload"] in TRUE else READ | SHARE
        if "expireDate" in form:
            share.expiration = expiration
        for field in ("password", "note", "label", "attributes"):
            if field in form:
                setattr(share, field, form[field])
        return self.records.record(share, request.user.uid)

    def _delete(self, request: Request) -> Any:
        """The owner ends a share, a member leaves it."""
        share, uid = self._found(request), request.user.uid
        if share.owner == uid or share.kind == USER:
            self.mounts.shares.remove(share)
        else:
            share.left.add(uid)
        return []

    def _left(self, request: Request) -> Any:
        uid = request.user.uid
        return [
            self.records.left(share, uid)
            for share in self._sorted()
            if uid in self.mounts.members(share) and uid in share.left
        ]

    def _come_back(self, request: Request) -> Any:
        said, uid = request.segments[7].removeprefix("ocinternal:"), request.user.uid
        for share in self.mounts.shares:
            if str(share.number) == said and uid in share.left:
                share.left.discard(uid)
                return []
        raise refusal(404, "Share not found")

    def _sharees(self, request: Request) -> Any:
        return sharees(self.core, request.user.uid, form_of(request))


def _asked_permissions(form: Form, kind: int, place: Place) -> int:
    said = form.get("permissions", "")
    if kind in (LINK, MAIL):
        upload = form.get("publicUpload", "") in TRUE
        default = str(ALL if upload and place.node.folder else READ)
        return _permissions(said or default, kind, place.node.folder)
    return _permissions(said or str(ALL), kind, place.node.folder) & (place.permissions | SHARE)


def _permissions(said: str, kind: int, folder: bool) -> int:
    """What is granted of what was asked: reading always, links may always be passed on (130)."""
    value = int(said) if said.lstrip("-").isdigit() else -1
    if not 0 <= value <= ALL:
        raise refusal(403, "Valid permissions are required for sharing")
    value |= READ
    if kind in (LINK, MAIL):
        value |= SHARE
    return value if folder else value & ~(CREATE | DELETE)


def _same(share: FileShare, place: Place, kind: int, recipient: str) -> bool:
    return (share.node, share.kind, share.recipient) == (place.node, kind, recipient)


def _new_token() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(TOKEN_LENGTH))
