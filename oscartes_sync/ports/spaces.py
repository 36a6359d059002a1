"""What spaces need of the world: a form of groups, and what a cloud holds for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from oscartes_sync.planning.binding import Binding, MaxDelete
from oscartes_sync.planning.spaces.values import (
    FoundCalendar,
    FoundFolder,
    FoundShare,
    FoundSpace,
    FoundTeam,
    KeptSpace,
    SpaceKind,
)
from oscartes_sync.ports.probes import Check
from oscartes_sync.ports.sides import Traffic
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.space import SpaceEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceList:
    """The entries of a form, by tag. `broken` are those of which nothing can be made; `whole` is
    false where the list may lack some: then an absent entry proves nothing."""

    entries: Mapping[str, SpaceEntry]
    broken: frozenset[str] = frozenset()
    problems: Sequence[Problem] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """The choice of a form that bears a group's name."""

    property: str
    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An archive that was read back and found whole. `path` is below the bot's files, `sha256` in
    hex, `size` in bytes; `seal` as `SpacePlaces.seal` gave it before anything was read."""

    path: str
    sha256: str
    size: int
    files: int
    seal: str


class SpaceForms(Protocol):
    """One wiki."""

    def entries(self, kind: SpaceKind) -> SpaceList:
        """The groups of a form, as our key reads them.

        Raises:
            SideError: nothing may then be concluded.
            ConfigurationError: the form lacks a field; see `mapping.spaces.find_space_recipe`.
        """

    def write_links(self, kind: SpaceKind, tag: str, links: Mapping[str, str]) -> None:
        """Write addresses into an entry, by name.

        Raises:
            Forbidden: the entry is not ours to write; `owner` says whose it is.
        """

    def write_mark(self, kind: SpaceKind, tag: str, day: date) -> bool:
        """Write that a group was archived; False where its form has no field for that."""

    def source(self, kind: SpaceKind, tag: str) -> bytes:
        """The entry as JSON, in UTF-8; of one that is gone, that it is."""

    def category(self, binding: Binding, title: str) -> Category | None:
        """The choice of the binding's own form that bears a title, None where none does."""

    def check(self, kind: SpaceKind) -> Sequence[Check]:
        """What doctor asks: the form, its fields, where the addresses go; writes nothing."""

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""


class SpacePlaces(Protocol):
    """One cloud, as the bot sees it."""

    def account(self) -> str:
        """Our own user id."""

    def find(self, named: str) -> tuple[str, ...]:
        """The accounts with exactly this user id, else with exactly this e-mail address."""

    def look(
        self, kind: SpaceKind, tags: Collection[str], kept: Mapping[str, KeptSpace]
    ) -> Mapping[str, FoundSpace]:
        """What there is of these spaces, and of any other whose marker is met, by tag.

        Known by their markers; a thing that lost its marker, by what is remembered of it. Of an
        archived one that is not among `tags`, members and sub-folders are not asked for.

        Raises:
            SideError: something could not be looked at; nothing may then be made.
        """

    def links(self, found: FoundSpace) -> Mapping[str, str]:
        """The addresses at which members open what was found, by name."""

    def make_team(self, mark: str, name: str, description: str) -> FoundTeam:
        """Make a team, or go on with the one that an interrupted run began."""

    def change_team(self, team: FoundTeam, name: str, description: str) -> FoundTeam:
        """Give a team another name or description."""

    def join(self, team: FoundTeam, account: str) -> None:
        """Let an account join; one that is there is none the worse for it."""

    def leave(self, team: FoundTeam, account: str) -> None:
        """Take an account out."""

    def set_level(self, team: FoundTeam, account: str, level: int) -> None:
        """Raise or lower a member."""

    def make_folder(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:
        """Make a folder with its sub-folders, or go on with one that was begun.

        Its marker stands before its name does; where the name is taken, it gets another.
        """

    def mark_folder(self, folder: FoundFolder, mark: str, archived: str = "") -> None:
        """Write the marker on a folder, and the day on which it was archived, "" for in use."""

    def make_subfolder(self, folder: FoundFolder, name: str) -> None:
        """Make one sub-folder."""

    def share_folder(self, folder: FoundFolder, team: FoundTeam, rights: int) -> FoundShare:
        """Give the team these rights in a folder, or other ones than it has."""

    def unshare_folder(self, folder: FoundFolder, share: FoundShare, team: FoundTeam) -> None:
        """End the team's part in a folder."""

    def make_calendar(self, mark: str, title: str) -> FoundCalendar:
        """Make a calendar and mark it."""

    def change_calendar(self, calendar: FoundCalendar, mark: str, title: str) -> FoundCalendar:
        """Give a calendar a title ("" leaves it), and its marker."""

    def share_calendar(
        self, calendar: FoundCalendar, team: FoundTeam, *, write: bool | None
    ) -> FoundCalendar:
        """Share a calendar with a team; None takes it away.

        Raises:
            NotKept: the server said yes and did nothing (recording 061).
        """

    def seal(self, found: FoundSpace) -> str:
        """Changes with anything in the folder or in the calendar."""

    def pack(
        self, kind: SpaceKind, mark: str, name: str, found: FoundSpace, entry: bytes
    ) -> Packed:
        """Lay an archive into the archive folder, read it back, and see that nothing moved.

        Raises:
            Moved: `space-changed-meanwhile`.
            NotKept: `space-archive-differs`: what was read back is not what was sent.
            Full: `space-no-room-here`: this machine has no room for it.
            Busy, Invalid: `space-file-locked`, `space-folder-encrypted`.
        """

    def stands(self, path: str, sha256: str) -> bool:
        """Whether an archive still lies there, byte for byte."""

    def check(self, kind: SpaceKind) -> Sequence[Check]:
        """What doctor asks: teams, folders, and who keeps Team folders; writes nothing."""

    def traffic(self) -> Traffic:
        """Requests and bytes so far."""


class SpaceMemory(Protocol):
    """What the state keeps of spaces."""

    def spaces(self, kind: str) -> Mapping[str, KeptSpace]:
        """All that is remembered of the spaces of one kind, by tag."""

    def keep_space(self, kept: KeptSpace) -> None:
        """Write one, in the place of what was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceOptions:
    """What one run was asked. `only` are the tags that are meant, empty for all; `max_delete` is
    another limit than the configuration's."""

    only: frozenset[str] = field(default_factory=frozenset)
    allow_empty: bool = False
    max_delete: MaxDelete | None = None
