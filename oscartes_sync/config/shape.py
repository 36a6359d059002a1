"""What oscartes.toml may hold, key by key (msgspec). Loaded only when a file is read."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

from msgspec import Meta, Struct, convert, field

from oscartes_sync.config.rules import (
    CONTACT_FIELD_NAMES,
    DOCUMENT_FIELD_NAMES,
    FIELD_NAMES,
    Color,
    Days,
    Extension,
    Fields,
    FormNumber,
    Kind,
    Limit,
    Loose,
    Publish,
    Refusal,
    Segment,
    Size,
    Span,
    Text,
    Url,
    Zone,
)
from oscartes_sync.config.space_shape import SpaceShape
from oscartes_sync.config.view_shape import ViewShape
from oscartes_sync.planning.binding import (
    Deletions,
    Direction,
    KeptGroup,
    OnConflict,
    Share,
)

Read = TypeVar("Read")

_ID: Final = re.compile(r"[a-z0-9_-]+")


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing unknown, nothing converted."""


class NetworkShape(Shape, frozen=True, kw_only=True):
    """[network]"""

    name: str = ""
    timezone: Zone = Zone("Europe/Paris")
    language: Literal["fr", "en"] = "fr"


class ServerShape(Shape, frozen=True, kw_only=True):
    """[wikis.ID] and [clouds.ID]"""

    url: Url
    user: Text
    ca: str = ""
    insecure: bool = False

    def __post_init__(self) -> None:
        parsed = urlsplit(self.url)
        if parsed.scheme == "http" and not self.insecure and not _loopback(parsed.hostname or ""):
            raise Refusal("config-plain-http", url=self.url)


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class StateShape(Shape, frozen=True, kw_only=True):
    """[state]"""

    url: Text = Text("sqlite:///oscartes.db")
    keep_days: Annotated[int, Meta(ge=0)] = 30


class ShareShape(Shape, frozen=True, kw_only=True):
    """One share: exactly one of user, group and team."""

    user: Text | None = None
    group: Text | None = None
    team: Text | None = None
    access: Literal["read", "write"] = "read"

    def __post_init__(self) -> None:
        if len([name for name in (self.user, self.group, self.team) if name]) != 1:
            raise Refusal("config-bad-share")

    def share(self) -> Share:
        """As planning knows it."""
        write = self.access == "write"
        if self.user:
            return Share("user", self.user, write)
        if self.group:
            return Share("group", self.group, write)
        return Share("team", self.team or "", write)


class GroupShape(Shape, frozen=True, kw_only=True):
    """One team or group whose members follow a list: exactly one of team and group."""

    team: Text | None = None
    group: Text | None = None
    members: Text
    where: str = ""

    def __post_init__(self) -> None:
        if (self.team is None) == (self.group is None):
            raise Refusal("config-bad-group")

    def group_kept(self) -> KeptGroup:
        """As planning knows it."""
        where = self.where.strip()
        if self.team is not None:
            return KeptGroup(kind="team", name=self.team, members=self.members, where=where)
        return KeptGroup(kind="group", name=self.group or "", members=self.members, where=where)


_NAMES: Final = {
    "events": FIELD_NAMES,
    "contacts": CONTACT_FIELD_NAMES,
    "documents": DOCUMENT_FIELD_NAMES,
}
_NOT_FOR: Final = {
    "events": ("groups", "max_size", "types", "keep_metadata", "links_expire"),
    "contacts": ("since", "color", "max_size", "types", "keep_metadata", "links_expire"),
    "documents": ("since", "color", "groups", "share", "consent"),
}
"""Keys that bindings of a kind have no use for."""

_WAYS: Final = {
    "events": Direction.BOTH,
    "contacts": Direction.TO_CLOUD,
    "documents": Direction.BOTH,
}


class BindingShape(Shape, frozen=True, kw_only=True):
    """[[bindings]]"""

    name: Text
    kind: Kind = Kind("events")
    wiki: str | None = None
    cloud: str | None = None
    form: FormNumber
    collection: Segment
    title: str = ""
    color: Color = Color()
    direction: Direction | None = None
    on_conflict: OnConflict = OnConflict.WIKI
    deletions: Deletions | None = None
    max_delete: Limit = Limit("10%")
    private: bool = False
    read_acl: str = ""
    since: Days | None = None
    where: str = ""
    consent: str = ""
    publish: Publish = Publish("all")
    owner: str = ""
    subfolders: bool = True
    mode: Literal["link", "copy"] = "link"
    keep_metadata: bool = False
    links_expire: Span = Span(0)
    max_size: Size = Size(0)
    types: list[Extension] = []
    share: list[ShareShape] | None = None
    groups: list[GroupShape] = []
    fields: Fields = field(default_factory=Fields)
    defaults: dict[str, Loose] = {}

    def __post_init__(self) -> None:
        self._check_kind()
        self._check_privacy()

    def _check_kind(self) -> None:
        """What one kind of record has no use for is no key of its bindings."""
        names = _NAMES[self.kind]
        for name in self.fields:
            if name not in names:
                raise Refusal(
                    "config-unknown-field", key="fields", field=name, known=", ".join(names)
                )
        for key in _NOT_FOR[self.kind]:
            if getattr(self, key):
                raise Refusal("config-not-for-kind", key=key, kind=self.kind)
        folder = self.kind == "documents"
        if not (self.collection.names_folder if folder else self.collection.names_collection):
            raise Refusal("config-bad-collection", key="collection")
        if folder:
            return
        for key, neutral in (("subfolders", True), ("mode", "link")):
            if getattr(self, key) != neutral:
                raise Refusal("config-not-for-kind", key=key, kind=self.kind)

    @property
    def way(self) -> Direction:
        """A directory is kept in the wiki, unless the configuration says otherwise."""
        return self.direction or _WAYS[self.kind]

    @property
    def policy(self) -> Deletions:
        """Who asks to be erased from a directory is erased from what it was mirrored to."""
        return self.deletions or (Deletions.PROPAGATE if self.kind == "contacts" else Deletions.ASK)

    def _check_privacy(self) -> None:
        """A private binding must say who may read what it writes, on both sides."""
        if not self.private:
            if self.read_acl:
                raise Refusal("config-acl-without-private", key="read_acl")
            return
        if self.way is not Direction.TO_CLOUD and not self.read_acl.strip():
            raise Refusal("config-private-without-acl", key="private")
        if self.read_acl.strip() == "*":
            raise Refusal("config-private-for-all", key="read_acl")
        # Who reads a folder is said where it is shared.
        shared = self.kind == "documents" or self.share is not None
        if self.way is not Direction.TO_WIKI and not shared:
            raise Refusal("config-private-without-share", key="private")


class FileShape(Shape, frozen=True, kw_only=True):
    """oscartes.toml"""

    network: NetworkShape = NetworkShape()
    wikis: dict[str, ServerShape]
    clouds: dict[str, ServerShape]
    state: StateShape = StateShape()
    bindings: list[BindingShape] = []
    views: dict[str, ViewShape] = {}
    spaces: list[SpaceShape] = []

    def __post_init__(self) -> None:
        for key, servers in (("wikis", self.wikis), ("clouds", self.clouds)):
            for name in servers:
                if not _ID.fullmatch(name):
                    raise Refusal("config-bad-id", key=key, id=name)
            if not servers:
                raise Refusal("config-empty", key=key)


def read(value: object, kind: type[Read]) -> Read:
    """What the file holds, as this type.

    Raises:
        msgspec.ValidationError: where it is not; caused by a `Refusal` where a rule is broken.
    """
    return convert(value, kind, dec_hook=_read)


def _read(kind: Any, value: object) -> object:
    return kind.read(value)
