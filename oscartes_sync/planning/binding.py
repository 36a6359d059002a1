"""A Binding: one form tied to one collection, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Side


class Direction(StrEnum):
    """Which sides are written."""

    BOTH = "both"
    TO_CLOUD = "to-cloud"
    TO_WIKI = "to-wiki"

    def writes(self, side: Side) -> bool:
        """Whether this side may be written."""
        return self is Direction.BOTH or (self is Direction.TO_CLOUD) == (side is Side.CLOUD)


class OnConflict(StrEnum):
    """Who wins where both changed the same field."""

    WIKI = "wiki"
    CLOUD = "cloud"
    ASK = "ask"


class Deletions(StrEnum):
    """What a proved deletion on one side does on the other."""

    PROPAGATE = "propagate"
    ASK = "ask"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class MaxDelete:
    """How many deletions and withdrawals one run may do: a share of the links, or a number.

    The floor of 5 belongs to percentages.
    """

    value: float
    percent: bool = True

    def allows(self, deletions: int, links: int) -> bool:
        """Whether `deletions` of `links` linked pairs may go."""
        if not self.percent:
            return deletions <= self.value
        if self.value <= 0:
            return deletions == 0
        return deletions <= max(5, int(links * self.value / 100))


@dataclass(frozen=True, slots=True)
class Share:
    """One share of the collection: who, and whether they may write."""

    kind: Literal["user", "group", "team"]
    name: str
    write: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptGroup:
    """A team or a group of the cloud whose members follow a list of the directory.

    `members` is the property that names accounts, by user id or e-mail address; `where` a Bazar
    query besides the binding's own, "" for none.
    """

    kind: Literal["group", "team"]
    name: str
    members: str
    where: str = ""

    @property
    def path(self) -> str:
        """`teams/NAME` or `groups/NAME`: what it is called in plans and in the state."""
        return f"{self.kind}s/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One binding of the configuration, defaults filled in.

    `since` is in days; `publish` is "all", "none" or "category:NAME"; `fields` maps record fields
    to Bazar property names (place may be "bf_lieu,bf_ville"); `zone` is an IANA name. `read_acl`
    is YesWiki's own notation (`+`, `@group`, names): who may read what a private binding writes.
    `mode` says what an entry holds of a file of the folder: its public address, or a copy of it,
    from which `keep_metadata` lets nothing be taken out. `links_expire`: after so many days without
    a run an address ends.
    """

    name: str
    kind: Literal["events", "contacts", "documents"] = "events"
    wiki: str
    cloud: str
    form: str
    collection: str
    title: str = ""
    color: str = ""
    direction: Direction = Direction.BOTH
    on_conflict: OnConflict = OnConflict.WIKI
    deletions: Deletions = Deletions.ASK
    max_delete: MaxDelete = MaxDelete(10)
    private: bool = False
    read_acl: str = ""
    since: int | None = None
    where: str = ""
    consent: str = ""
    publish: str = "all"
    owner: str = ""
    share: tuple[Share, ...] | None = None
    subfolders: bool = True
    mode: Literal["link", "copy"] = "link"
    keep_metadata: bool = False
    links_expire: int | None = None
    max_size: int = 0
    types: tuple[str, ...] = ()
    groups: tuple[KeptGroup, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    zone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"

    @property
    def stance(self) -> str:
        """Changes with whatever decides what is mirrored, and how: what was left out, or agreed,
        under another stance is to be judged anew."""
        judging = (
            (self.wiki, self.cloud, self.form, self.collection),
            (self.direction.value, self.private, self.read_acl),
            (self.since, self.selection, self.publish),
            (sorted(self.fields.items()), sorted(self.defaults.items())),
            (self.zone, self.language, self.subfolders),
            (self.max_size, sorted(self.types), self.mode),
        )
        return digest(judging, 12)

    @property
    def selection(self) -> str:
        """Bazar's query for the entries that may be mirrored at all: `where`, and consent given."""
        return "|".join(each for each in (self.where, self.consent) if each)

    @property
    def erases(self) -> bool:
        """Whether a proved deletion at the source is an erasure, which no edit of a copy undoes."""
        return self.kind == "contacts" and self.deletions is Deletions.PROPAGATE

    @property
    def publish_category(self) -> str:
        """The NAME of `category:NAME`, else ""."""
        return self.publish.removeprefix("category:") if ":" in self.publish else ""


def wiki_variable(name: str) -> str:
    """The environment variable that holds the API key of the wiki with this id."""
    return f"OSCARTES_WIKI_{_upper(name)}_KEY"


def cloud_variable(name: str) -> str:
    """The environment variable that holds the app password for the cloud with this id."""
    return f"OSCARTES_CLOUD_{_upper(name)}_PASSWORD"


def admin_variables(name: str) -> tuple[str, str]:
    """The environment variables that hold an administrator's account of a cloud, and its own
    password: for Team folders alone."""
    return f"OSCARTES_CLOUD_{_upper(name)}_ADMIN", f"OSCARTES_CLOUD_{_upper(name)}_ADMIN_PASSWORD"


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")
