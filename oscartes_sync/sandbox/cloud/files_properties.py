"""The properties of files and folders, as XML values by Clark name (100, 110, 111, 114, 140)."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_kinds import has_preview, kind_of
from oscartes_sync.sandbox.cloud.files_locks import Locks
from oscartes_sync.sandbox.cloud.files_mounts import (
    ALL,
    GROUP,
    TEAM,
    USER,
    FileShare,
    Mounts,
    Place,
    TeamFolder,
)
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node, Rule
from oscartes_sync.sandbox.cloud.files_tags import TagStore
from oscartes_sync.sandbox.cloud.files_xml import nc
from oscartes_sync.sandbox.cloud.xml_text import dav, oc, text

NO_QUOTA = -3
ALLPROP = (
    dav("getlastmodified"), dav("getcontentlength"), dav("resourcetype"),
    dav("quota-used-bytes"), dav("quota-available-bytes"), dav("getetag"), dav("getcontenttype"),
)  # fmt: skip
LOCK_NAMES = (
    "lock", "lock-owner-type", "lock-owner", "lock-owner-displayname", "lock-owner-editor",
    "lock-time", "lock-timeout", "lock-token",
)  # fmt: skip
PROTECTED = frozenset(
    (
        dav("getetag"), dav("getcontentlength"), dav("resourcetype"), dav("quota-used-bytes"),
        dav("quota-available-bytes"), oc("fileid"), oc("id"), oc("size"), oc("permissions"),
        oc("owner-id"), oc("owner-display-name"), oc("checksums"), nc("mount-type"),
        nc("is-encrypted"), nc("has-preview"), nc("group-folder-id"),
    )
)  # fmt: skip


class FileProperties:
    """Answers what is asked of one place."""

    def __init__(
        self, core: Core, store: FileStore, mounts: Mounts, locks: Locks, tags: TagStore
    ) -> None:
        self.core = core
        self.store = store
        self.mounts = mounts
        self.locks = locks
        self.tags = tags
        self._values = self._of_storage() | self._of_people() | self._of_team_folders()

    def _of_storage(self) -> dict[str, Callable[[Place], str | None]]:
        """What storage and locks tell."""
        return {
            oc("fileid"): lambda place: str(place.node.number),
            oc("id"): lambda place: place.node.oc_id,
            dav("getetag"): lambda place: f"&quot;{place.node.etag}&quot;",
            oc("size"): lambda place: str(place.node.size),
            oc("permissions"): lambda place: place.letters(self.core.version),
            oc("checksums"): _checksums,
            dav("getlastmodified"): lambda place: formatdate(place.node.mtime, usegmt=True),
            dav("getcontentlength"): _of_file(lambda node: str(node.size)),
            dav("getcontenttype"): _of_file(lambda node: kind_of(node.name)),
            dav("resourcetype"): lambda place: "<d:collection/>" if place.node.folder else "",
            dav("displayname"): self._name,
            dav("quota-used-bytes"): _of_folder(lambda node: str(node.size)),
            dav("quota-available-bytes"): _of_folder(self._available),
            dav("lockdiscovery"): self._discovery,
            nc("mount-type"): lambda place: place.mount.kind if place.mount else "",
        }

    def _of_people(self) -> dict[str, Callable[[Place], str | None]]:
        """What members, shares and tags tell."""
        return {
            oc("share-types"): self._share_types,
            nc("sharees"): self._sharees,
            nc("share-attributes"): lambda _: "[]",
            oc("tags"): lambda _: "",
            oc("favorite"): lambda place: str(int(place.uid in place.node.favourites)),
            nc("system-tags"): self._system_tags,
            oc("owner-id"): lambda place: text(self.owner(place)),
            oc("owner-display-name"): lambda place: text(self._called(self.owner(place))),
            nc("has-preview"): lambda place: _flag(
                not place.node.folder and has_preview(place.node.name)
            ),
            nc("creation_time"): lambda place: str(place.node.created),
            nc("upload_time"): _of_file(lambda node: str(node.uploaded)),
            oc("comments-unread"): lambda _: "0",
            nc("hidden"): lambda _: "false",
            nc("contained-file-count"): _of_folder(_count(folders=False)),
            nc("contained-folder-count"): _of_folder(_count(folders=True)),
            oc("downloadURL"): _of_file(lambda _: ""),
            nc("hide-download"): lambda place: (
                _flag(place.public.hide_download) if place.public else None
            ),
            nc("note"): lambda place: (
                text(place.mount.share.note) if place.mount and place.mount.share else ""
            ),
        }

    def _of_team_folders(self) -> dict[str, Callable[[Place], str | None]]:
        """What Team folders tell (140)."""
        return {
            nc("group-folder-id"): _of_team(lambda folder, _: str(folder.number)),
            nc("acl-enabled"): _of_team(lambda folder, _: str(int(folder.acl))),
            nc("acl-can-manage"): _of_team(
                lambda folder, place: str(int(self.manages(folder, place)))
            ),
            nc("acl-base-permission"): _of_team(
                lambda _folder, _place: str(ALL) if self.core.version == 34 else None
            ),
            nc("acl-list"): _of_team(lambda _, place: self._rules(place.node.rules) or None),
            nc("inherited-acl-list"): _of_team(self._inherited),
        }

    def found(self, place: Place, names: list[str], *, alone: bool) -> dict[str, str]:
        """The properties there are among those asked for; `alone`: asked with Depth 0."""
        values: dict[str, str] = {}
        for name in names:
            value = self._value(place, name, alone=alone)
            if value is not None:
                values[name] = value
        return values

    def owner(self, place: Place) -> str:
        """Whose a place is said to be; Team folders are everybody's own."""
        if place.mount is not None and place.mount.team_folder is not None:
            return place.uid
        return place.node.owner

    def manages(self, folder: TeamFolder, place: Place) -> bool:
        """Whether an account may set access rules."""
        account = self.core.directory.accounts[place.uid]
        return account.admin or any(
            (kind == "user" and name == place.uid) or (kind == "group" and name in account.groups)
            for kind, name in folder.managers
        )

    def _value(self, place: Place, name: str, *, alone: bool) -> str | None:
        if name.startswith(nc("lock")) and name.removeprefix(nc("")) in LOCK_NAMES:
            return self._lock(place, name.removeprefix(nc("")), alone=alone)
        known = self._values.get(name)
        if known is not None:
            return known(place)
        return place.node.dead.get((place.uid, name))

    def _lock(self, place: Place, local: str, *, alone: bool) -> str | None:
        if self.core.version == 32:
            return None
        held = self.locks.held(place.node)
        if held is not None:
            return self.locks.values(held)[local]
        return "" if local == "lock" and (alone or not place.node.folder) else None

    def _discovery(self, place: Place) -> str:
        held = self.locks.held(place.node)
        return self.locks.active(place, held) if held is not None and held.by_token else ""

    def _name(self, place: Place) -> str:
        if place.parts:
            return text(place.parts[-1])
        return text(place.public.node.name) if place.public else text(place.uid)

    def _available(self, node: Node) -> str:
        free = self.store.free(node)
        return str(NO_QUOTA if free is None else free)

    def _called(self, uid: str) -> str:
        account = self.core.directory.accounts.get(uid)
        return (account.name if account else "") or uid

    def _shares(self, place: Place) -> list[FileShare]:
        return [one for one in self.mounts.shares if one.node is place.node]

    def _share_types(self, place: Place) -> str:
        kinds = sorted({share.kind for share in self._shares(place)})
        return "".join(f"<oc:share-type>{kind}</oc:share-type>" for kind in kinds)

    def _sharees(self, place: Place) -> str:
        return "".join(
            f"<nc:sharee><nc:id>{text(one.recipient)}</nc:id>"
            f"<nc:display-name>{text(self.recipient_name(one))}</nc:display-name>"
            f"<nc:type>{one.kind}</nc:type></nc:sharee>"
            for one in self._shares(place)
            if one.kind in (USER, GROUP, TEAM)
        )

    def recipient_name(self, share: FileShare) -> str:
        """What the one a node is shared with is called."""
        kinds = {USER: "users", GROUP: "groups", TEAM: "circles"}
        principal = f"principals/{kinds.get(share.kind, '')}/{share.recipient}"
        return self.core.directory.common_name(principal) or share.recipient

    def _system_tags(self, place: Place) -> str:
        tags = [self.tags.tags[number] for number in sorted(place.node.tags)]
        return "".join(
            f'<nc:system-tag oc:id="{tag.number}" oc:can-assign="{_flag(tag.assignable)}"'
            f' oc:user-assignable="{_flag(tag.assignable)}" oc:user-visible="{_flag(tag.visible)}"'
            f' nc:color="">{text(tag.name)}</nc:system-tag>'
            for tag in tags
        )

    def _rules(self, rules: list[Rule]) -> str:
        return "".join(
            f"<nc:acl><nc:acl-mapping-type>{text(rule.kind)}</nc:acl-mapping-type>"
            f"<nc:acl-mapping-id>{text(rule.name)}</nc:acl-mapping-id>"
            f"<nc:acl-mapping-display-name>{text(self._mapped(rule))}"
            f"</nc:acl-mapping-display-name><nc:acl-mask>{rule.mask}</nc:acl-mask>"
            f"<nc:acl-permissions>{rule.permissions}</nc:acl-permissions></nc:acl>"
            for rule in rules
        )

    def _mapped(self, rule: Rule) -> str:
        kind = "users" if rule.kind == "user" else "groups"
        return self.core.directory.common_name(f"principals/{kind}/{rule.name}") or rule.name

    def _inherited(self, _: TeamFolder, place: Place) -> str:
        return self._rules([rule for folder in place.node.above() for rule in folder.rules])


def _checksums(place: Place) -> str | None:
    said = place.node.checksum
    return f"<oc:checksum>{text(said)}</oc:checksum>" if said else None


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _count(*, folders: bool) -> Callable[[Node], str]:
    def counted(node: Node) -> str:
        return str(sum(1 for child in node.children.values() if child.folder is folders))

    return counted


def _of_file(value: Callable[[Node], str]) -> Callable[[Place], str | None]:
    return lambda place: None if place.node.folder else value(place.node)


def _of_folder(value: Callable[[Node], str]) -> Callable[[Place], str | None]:
    return lambda place: value(place.node) if place.node.folder else None


def _of_team(
    value: Callable[[TeamFolder, Place], str | None],
) -> Callable[[Place], str | None]:
    def found(place: Place) -> str | None:
        folder = place.mount.team_folder if place.mount else None
        return None if folder is None else value(folder, place)

    return found
