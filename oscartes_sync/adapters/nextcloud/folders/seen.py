"""Files and branches as a PROPFIND or a SEARCH tells them (recordings 100, 109, 111, 114)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.dav_xml import Response, name
from oscartes_sync.adapters.nextcloud.folders import marks
from oscartes_sync.adapters.nextcloud.folders.marks import Mark
from oscartes_sync.records.content import lying

PROPS: Final = (
    "oc:fileid", "oc:id", "d:getetag", "oc:size", "d:getlastmodified", "d:getcontenttype",
    "d:resourcetype", "oc:checksums", "oc:permissions", "oc:owner-display-name", "nc:lock",
    "nc:mount-type", "nc:is-encrypted", "nc:system-tags",
)  # fmt: skip
MARKED: Final = (*PROPS, marks.PROPERTY)
"""What a PROPFIND tells; a SEARCH refuses properties that it does not know (recording 112)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """One file as it is now.

    `fileid` stays through renames and moves, a copy has its own (104); `oc_id` is it with the
    server's own name. `size` in bytes; `checksums`: algorithm → digest in lower case, as clients
    told them, which the server never checks (102). While `locked`, content may change under the
    same ETag (109). `mounted`: it comes from a share or a Team folder, so it may vanish though
    nobody deleted it. `owner` and `tags` are as people read them. `mark` is there where we put the
    file into the folder, and a PROPFIND told of it.
    """

    fileid: int
    oc_id: str
    path: str
    etag: str
    size: int
    modified: datetime
    media_type: str = ""
    checksums: Mapping[str, str] = field(default_factory=dict, hash=False)
    locked: bool = False
    owner: str = field(default="", repr=False)
    tags: tuple[str, ...] = ()
    permissions: str = ""
    mounted: bool = False
    mark: Mark | None = field(default=None, hash=False)

    @property
    def content(self) -> str:
        """What stands for the bytes: moves with them, and with no other change (recording 101)."""
        return lying(self.size, self.modified, self.checksums)

    @property
    def token(self) -> str:
        """Differs where the content may: the ETag alone does not tell.

        Local storage makes it of time, size and inode: two contents of one size that were written
        in one second bear the same (102, 109).
        """
        said = " ".join(f"{kind}:{digest}" for kind, digest in sorted(self.checksums.items()))
        told = f"{self.etag} {self.size} {int(self.modified.timestamp())} {said}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def may_write(self) -> bool:
        """Whether its content is ours to replace (W among the permissions, 111)."""
        return "W" in self.permissions

    @property
    def may_delete(self) -> bool:
        """Whether it is ours to delete."""
        return "D" in self.permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSeen:
    """One folder: its ETag moves with whatever is below it, shares included (101, 111)."""

    fileid: int
    path: str
    etag: str
    size: int = -1
    permissions: str = ""
    mounted: bool = False
    encrypted: bool = False

    @property
    def may_create(self) -> bool:
        """Whether we may make files in it (C among the permissions)."""
        return "C" in self.permissions


def is_branch(response: Response) -> bool:
    """Whether it is a folder."""
    kinds = response.prop("d:resourcetype")
    return kinds is not None and kinds.find(name("d:collection")) is not None


def branch_seen(response: Response, path: str) -> BranchSeen | None:
    """The folder that a response tells of; None where it does not tell enough."""
    fileid, etag = response.text("oc:fileid"), response.text("d:getetag")
    if not fileid.isdecimal() or not etag or response.status not in (0, 200):
        return None
    return BranchSeen(
        fileid=int(fileid),
        path=path,
        etag=etag,
        size=_whole(response.text("oc:size")),
        permissions=response.text("oc:permissions"),
        mounted=_is_mounted(response),
        encrypted=response.text("nc:is-encrypted") in ("1", "true"),
    )


def file_seen(response: Response, path: str) -> FileSeen | None:
    """The file that a response tells of; None where it does not tell enough."""
    fileid, etag = response.text("oc:fileid"), response.text("d:getetag")
    size, modified = _whole(response.text("oc:size")), _moment(response)
    if not fileid.isdecimal() or not etag or size < 0 or modified is None:
        return None
    if response.status not in (0, 200):
        return None
    return FileSeen(
        fileid=int(fileid),
        oc_id=response.text("oc:id"),
        path=path,
        etag=etag,
        size=size,
        modified=modified,
        media_type=response.text("d:getcontenttype").partition(";")[0].strip().lower(),
        checksums=_checksums(response),
        locked=response.text("nc:lock") == "1",
        owner=response.text("oc:owner-display-name"),
        tags=_tags(response),
        permissions=response.text("oc:permissions"),
        mounted=_is_mounted(response),
        mark=marks.read(response.text(marks.PROPERTY), int(fileid)),
    )


def _is_mounted(response: Response) -> bool:
    permissions = response.text("oc:permissions")
    return bool(response.text("nc:mount-type")) or "S" in permissions or "M" in permissions


def _checksums(response: Response) -> dict[str, str]:
    element = response.prop("oc:checksums")
    texts = [] if element is None else element.iterfind(name("oc:checksum"))
    words = [word for text in texts for word in (text.text or "").split()]
    pairs = [word.partition(":") for word in words]
    return {kind.upper(): digest.lower() for kind, _, digest in pairs if kind and digest}


def _tags(response: Response) -> tuple[str, ...]:
    element = response.prop("nc:system-tags")
    found = [] if element is None else element.iterfind(dav_xml.name("nc:system-tag"))
    hidden = name("oc:user-visible")
    return tuple(
        sorted({tag.text or "" for tag in found if tag.get(hidden, "true") != "false"} - {""})
    )


def _whole(text: str) -> int:
    """A number of bytes, -1 where none is told; folders that nobody scanned yet say -1 too."""
    return int(text) if text.isdecimal() else -1


def _moment(response: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.text("d:getlastmodified")).astimezone(UTC)
    except (TypeError, ValueError):
        return None
