"""What each account sees: its own files, and the shares and Team folders mounted among them.

Recordings 111, 132 and 140: a mount has its own place and name in each member's home, the ids and
ETags of what it shows; a change below moves the ETags of every home that shows it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_names import file_not_found
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node

READ, UPDATE, CREATE, DELETE, SHARE = 1, 2, 4, 8, 16
ALL = 31
USER, GROUP, LINK, MAIL, TEAM = 0, 1, 3, 4, 7
Parts = tuple[str, ...]


@dataclass(eq=False)
class FileShare:
    """One share of a node. `targets` are the places members gave it, `left` who took leave.

    `recipient` is a uid, a group, a team's number or a mail address; "" for links.
    """

    number: int
    kind: int
    owner: str
    node: Node
    recipient: str
    permissions: int
    stime: int
    token: str = ""
    password: str = ""
    expiration: date | None = None
    note: str = ""
    label: str = ""
    hide_download: bool = False
    attributes: str = ""
    targets: dict[str, Parts] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    @property
    def binned(self) -> bool:
        """Whether its file lies in a bin: the share is not listed then, opens nothing, and is back
        with the file (tried on 33.0.1)."""
        return self.node.parent is None and not self.node.folder


@dataclass(eq=False)
class TeamFolder:
    """A Team folder. `groups` maps group (or team) names to permissions; quota -3 is none."""

    number: int
    mount_point: str
    root: Node
    quota: int = -3
    acl: bool = False
    groups: dict[str, int] = field(default_factory=dict)
    managers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Mount:
    """A node shown in somebody's home at `path`."""

    node: Node
    path: Parts
    permissions: int
    share: FileShare | None = None
    team_folder: TeamFolder | None = None

    @property
    def kind(self) -> str:
        """What nc:mount-type says."""
        return "shared" if self.share else "group"


@dataclass(slots=True)
class Place:
    """A node as one account sees it. `public` is set for a link's own paths."""

    node: Node
    uid: str
    parts: Parts
    permissions: int
    mount: Mount | None = None
    public: FileShare | None = None

    @property
    def at_mount(self) -> bool:
        """Whether this is the root of a mount."""
        return self.mount is not None and self.parts == self.mount.path

    def may(self, permission: int) -> bool:
        """Whether the account has this right here."""
        return bool(self.permissions & permission)

    def letters(self, version: int) -> str:
        """oc:permissions (100, 111, 140); 32 lets no N stand where there is no right to write."""
        allowed = self.permissions
        moveable = self.at_mount and self.mount is not None and self.mount.share is not None
        mark = ""
        if self.mount is not None:
            mark = "S" if self.mount.share else "M"
        found = [
            mark if mark == "S" else "",
            "R" if allowed & SHARE else "",
            mark if mark == "M" else "",
            "G" if allowed & READ else "",
            "D" if allowed & DELETE or moveable else "",
            "N" if allowed & UPDATE or (moveable and version == 34) else "",
            "V" if allowed & UPDATE else "",
        ]
        if self.node.folder:
            found.append("CK" if allowed & CREATE else "")
        else:
            found.append("W" if allowed & UPDATE else "")
        return "".join(found)


class Mounts:
    """Finds places, and carries changes to every home that shows them."""

    def __init__(self, core: Core, store: FileStore) -> None:
        self.core = core
        self.store = store
        self.shares: list[FileShare] = []
        self.team_folders: dict[int, TeamFolder] = {}
        store.climbed = self._carry

    def of(self, uid: str) -> list[Mount]:
        """What is mounted in an account's home."""
        found = [
            Mount(share.node, self.target(share, uid), share.permissions, share=share)
            for share in self.shares
            # Links are many, and mounted for nobody.
            if share.kind != LINK
            and uid in self.members(share)
            and uid not in share.left
            and _is_kept(share.node)
        ]
        joined = self._joined(uid)
        for folder in self.team_folders.values():
            allowed = folder_rights(folder, joined)
            if allowed:
                found.append(Mount(folder.root, (folder.mount_point,), allowed, team_folder=folder))
        return found

    def _joined(self, uid: str) -> set[str]:
        """The groups and teams of an account: a folder is given to either (GF FolderManager)."""
        directory = self.core.directory
        teams = {number for number, one in directory.teams.items() if uid in one.members}
        return directory.accounts[uid].groups | teams

    def members(self, share: FileShare) -> set[str]:
        """The accounts a share is mounted for: all but its owner."""
        directory = self.core.directory
        if share.kind == USER:
            found = {share.recipient}
        elif share.kind == GROUP:
            found = {
                uid for uid, one in directory.accounts.items() if share.recipient in one.groups
            }
        elif share.kind == TEAM and share.recipient in directory.teams:
            found = set(directory.teams[share.recipient].members)
        else:
            found = set()
        return (found & directory.accounts.keys()) - {share.owner}

    def target(self, share: FileShare, uid: str) -> Parts:
        """Where a share is mounted for an account; a free name is found the first time."""
        if uid not in share.targets:
            taken = set(self.store.home(uid).children)
            taken |= {
                path[0] for one in self.shares for who, path in one.targets.items() if who == uid
            }
            share.targets[uid] = (free_name(share.node.name, taken),)
        return share.targets[uid]

    def find(self, uid: str, parts: Parts) -> Place | None:
        """What an account sees at a path."""
        mounts = {mount.path: mount for mount in self.of(uid)}
        node, mount = self.store.home(uid), None
        for depth, part in enumerate(parts, 1):
            found = mounts.get(parts[:depth])
            if found is not None:
                node, mount = found.node, found
                continue
            child = node.children.get(part)
            if child is None:
                return None
            node = child
        return self._place(uid, parts, node, mount)

    def resolve(self, uid: str, parts: Parts) -> Place:
        """What an account sees at a path. Raises the server's 404."""
        place = self.find(uid, parts)
        if place is None:
            raise file_not_found(parts, self.core.version)
        return place

    def children(self, place: Place) -> list[Place]:
        """What is in a folder, mounts included."""
        found = [
            self._place(place.uid, (*place.parts, child.name), child, place.mount, place.public)
            for child in place.node.children.values()
        ]
        if place.public is None:
            depth = len(place.parts) + 1
            found += [
                self._place(place.uid, mount.path, mount.node, mount)
                for mount in self.of(place.uid)
                if len(mount.path) == depth and mount.path[:-1] == place.parts
            ]
        return [one for one in found if one.may(READ)]

    def public_place(self, share: FileShare, parts: Parts) -> Place | None:
        """What a link shows at a path below it."""
        node = share.node
        for part in parts:
            child = node.children.get(part)
            if child is None:
                return None
            node = child
        return self._place(share.owner, parts, node, None, share)

    def _place(
        self,
        uid: str,
        parts: Parts,
        node: Node,
        mount: Mount | None,
        public: FileShare | None = None,
    ) -> Place:
        allowed = ALL if mount is None else mount.permissions
        if public is not None:
            allowed = public.permissions
        if mount is not None and mount.team_folder is not None and mount.team_folder.acl:
            allowed = self._ruled(uid, mount.team_folder, node, allowed)
        if not node.folder:
            allowed &= ~CREATE
        return Place(node, uid, parts, allowed, mount, public)

    def _ruled(self, uid: str, folder: TeamFolder, node: Node, allowed: int) -> int:
        groups = self._joined(uid)
        for one in reversed([node, *node.above()]):
            rules = [
                rule
                for rule in one.rules
                if (rule.kind == "user" and rule.name == uid)
                or (rule.kind == "group" and rule.name in groups)
            ]
            for bit in (READ, UPDATE, CREATE, DELETE, SHARE):
                said = [rule.permissions & bit for rule in rules if rule.mask & bit]
                if said:
                    allowed = allowed | bit if any(said) else allowed & ~bit
        return allowed & folder_rights(folder, groups)

    def may_pass_on(self, uid: str, node: Node) -> bool:
        """Whether an account may share a node: its own, or one of a mount that lets it."""
        line = [node, *node.above()]
        return node.owner == uid or any(
            mount.permissions & SHARE for mount in self.of(uid) if mount.node in line
        )

    def _carry(self, chain: list[Node], etag: str, now: int) -> None:
        changed = set(map(id, chain))
        for uid in self.core.directory.accounts:
            for mount in self.of(uid):
                if id(mount.node) not in changed:
                    continue
                holder = self.find(uid, mount.path[:-1])
                if holder is None or id(holder.node) in changed:
                    continue
                for folder in [holder.node, *holder.node.above()]:
                    folder.etag, folder.mtime = etag, max(folder.mtime, now)


def folder_rights(folder: TeamFolder, groups: set[str]) -> int:
    """What the groups of an account may do in a Team folder."""
    allowed = 0
    for group, permissions in folder.groups.items():
        if group in groups:
            allowed |= permissions
    return allowed


def free_name(name: str, taken: set[str]) -> str:
    """A name nobody has: `name`, `name (2)`, …; the extension stays last."""
    name = unicodedata.normalize("NFC", name)
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    number = 2
    while f"{stem} ({number}){dot}{extension}" in taken:
        number += 1
    return f"{stem} ({number}){dot}{extension}"


def _is_kept(node: Node) -> bool:
    """Whether a node is still in a home: binned ones are shown nowhere."""
    above = list(node.above())
    return bool(above) and above[-1].name == ""
