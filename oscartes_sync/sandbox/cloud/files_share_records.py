"""How a share is told: the keys of the share API, in its order (130, 132, 133, 141)."""

from __future__ import annotations

from typing import Any

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_kinds import FOLDER, has_preview, kind_of
from oscartes_sync.sandbox.cloud.files_mounts import (
    ALL,
    CREATE,
    DELETE,
    GROUP,
    LINK,
    MAIL,
    TEAM,
    USER,
    FileShare,
    Mounts,
)

REDACTED_PASSWORD = "$argon2id$v=19$m=65536,t=4,p=1$stand-in"
Record = dict[str, Any]


class ShareRecords:
    """Tells shares as their owner or a member sees them."""

    def __init__(self, core: Core, mounts: Mounts) -> None:
        self.core = core
        self.mounts = mounts

    def record(self, share: FileShare, viewer: str, *, mailed: bool = False) -> Record:
        """One share before one account."""
        mine = share.owner == viewer
        rights = ALL if mine else share.permissions | DELETE
        if not share.node.folder:
            rights &= ~CREATE
        record = self._head(share, mine)
        record |= {
            "path": self._path(share, viewer),
            "item_type": "folder" if share.node.folder else "file",
            "item_permissions": rights,
            "is-mount-root": not mine,
            "mount-type": "" if mine else "shared",
        }
        record |= self._node(share, viewer)
        record |= self._recipient(share)
        record |= {
            "mail_send": int(mailed),
            "hide_download": int(share.hide_download),
            "attributes": share.attributes or None,
        }
        return record

    def left(self, share: FileShare, viewer: str) -> Record:
        """A share a member took leave of: fewer keys (132)."""
        owner = self._called(share.owner)
        home = self.mounts.store.home(share.owner)
        node = self._node(share, share.owner)
        node.pop("has_preview")
        node["file_target"] = "/" + "/".join(self.mounts.target(share, viewer))
        recipient = self._recipient(share)
        return {
            "id": f"ocinternal:{share.number}",
            "share_type": share.kind,
            "uid_owner": share.owner,
            "displayname_owner": owner,
            "permissions": 0,
            "stime": share.stime,
            "parent": None,
            "expiration": None,
            "token": None,
            "uid_file_owner": share.node.owner,
            "displayname_file_owner": self._called(share.node.owner),
            "path": "/" + "/".join(share.node.path_from(home)),
            "item_type": "folder" if share.node.folder else "file",
            **node,
            "share_with": recipient["share_with"],
            "share_with_displayname": recipient["share_with_displayname"],
        }

    def _head(self, share: FileShare, mine: bool) -> Record:
        expiration = None if share.expiration is None else f"{share.expiration} 23:59:59"
        return {
            "id": str(share.number),
            "share_type": share.kind,
            "uid_owner": share.owner,
            "displayname_owner": self._called(share.owner),
            "permissions": share.permissions,
            "can_edit": mine,
            "can_delete": mine,
            "stime": share.stime,
            "parent": None,
            "expiration": expiration,
            "token": share.token or None,
            "uid_file_owner": share.node.owner,
            "note": share.note,
            "label": share.label,
            "displayname_file_owner": self._called(share.node.owner),
        }

    def _path(self, share: FileShare, viewer: str) -> str:
        if share.owner == viewer:
            home = self.mounts.store.home(viewer)
            return "/" + "/".join(share.node.path_from(home))
        return "/" + "/".join(self.mounts.target(share, viewer))

    def _node(self, share: FileShare, viewer: str) -> Record:
        node = share.node
        mine = viewer == share.owner
        kind = FOLDER if node.folder else kind_of(node.name)
        path = self._path(share, viewer)
        target = "/" + node.name if mine else path
        parent = node.parent
        return {
            "mimetype": kind,
            "has_preview": not node.folder and has_preview(node.name),
            "storage_id": f"home::{node.owner}" if mine else f"shared::{path}",
            "storage": self.mounts.store.home(share.owner).number,
            "item_source": node.number,
            "file_source": node.number,
            "file_parent": parent.number if parent else 0,
            "file_target": None if share.kind == MAIL else target,
            "item_size": node.size,
            "item_mtime": node.mtime,
        }

    def _recipient(self, share: FileShare) -> Record:
        directory = self.core.directory
        if share.kind == LINK:
            return self._link(share)
        if share.kind == MAIL:
            return {
                "share_with": share.recipient,
                "password": None,
                "password_expiration_time": None,
                "send_password_by_talk": False,
                "share_with_displayname": share.recipient,
            }
        if share.kind == TEAM:
            name = (
                directory.teams[share.recipient].name if share.recipient in directory.teams else ""
            )
            return {
                "share_with_displayname": f"{name} (Team owned by {self._called(share.owner)})",
                "share_with_avatar": f"{self.core.url}/apps/circles/img/circles.svg",
                "share_with": share.recipient,
            }
        found: Record = {"share_with": share.recipient}
        if share.kind == GROUP:
            found["share_with_displayname"] = directory.groups.get(share.recipient, share.recipient)
        if share.kind == USER:
            account = directory.accounts.get(share.recipient)
            found["share_with_displayname"] = self._called(share.recipient)
            found["share_with_displayname_unique"] = (
                account.email if account and account.email else share.recipient
            )
        return found

    def _link(self, share: FileShare) -> Record:
        hidden = REDACTED_PASSWORD if share.password else None
        return {
            "share_with": hidden,
            "share_with_displayname": "(Shared link)",
            "password": hidden,
            "send_password_by_talk": False,
            "url": f"{self.core.url}/s/{share.token}",
        }

    def _called(self, uid: str) -> str:
        account = self.core.directory.accounts.get(uid)
        return (account.name if account else "") or uid
