"""The words of spaces: a form of groups, an entry of it, what the cloud holds, what is remembered.

A space is what one entry of the form asks for: a team, a folder, a calendar. Each of the three
bears a marker that names the entry, and is never known by its name alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final, Literal

from oscartes_sync.planning.binding import MaxDelete
from oscartes_sync.planning.operation import Action, State
from oscartes_sync.records.problem import Problem, Side

READ, WRITE, PASS_ON = 1, 15, 16
"""Rights of a share of a folder: reading; reading, changing, adding and deleting (recording 132);
passing on to others, public links included. See `deciding.rights_of`."""

MODERATOR: Final = 4
"""The level of who leads a space: lets people join, and is no owner (recording 141, 33.0.1)."""

_DIGEST = 12
_UNSAFE = re.compile(r"[^a-z0-9]+")


class Part(StrEnum):
    """What of a space a step is about."""

    TEAM = "team"
    FOLDER = "folder"
    SUBFOLDER = "subfolder"
    SHARE = "share"
    CALENDAR = "calendar"
    CALENDAR_SHARE = "calendar-share"
    MEMBER = "member"
    LEAD = "lead"
    LINKS = "links"
    ARCHIVE = "archive"
    MARK = "mark"


class Standing(StrEnum):
    """How a space is: ENDED is over and not archived yet, ORPHANED lost its entry."""

    WANTED = "wanted"
    LIVE = "live"
    ENDED = "ended"
    ARCHIVED = "archived"
    ORPHANED = "orphaned"


Limited = Literal["share", "calendar"]
"""What a server counts by the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceKind:
    """One `[[spaces]]` of the configuration, defaults filled in: a form whose entries are groups.

    `folder` and `archive` are paths below the bot's files, `template` the sub-folders of each
    space, `published` the one that is bound to documents ("" for none). `documents` and `agenda`
    name bindings. `fields` maps what is read and written to properties of the form.
    """

    name: str
    wiki: str
    cloud: str
    form: str
    where: str = ""
    folder: str = "Espaces"
    template: tuple[str, ...] = ("Comptes rendus", "Documents de travail", "Publié")
    published: str = "Publié"
    archive: str = "Archives"
    team_folders: bool = False
    after_archive: Literal["read", "none"] = "read"
    max_delete: MaxDelete = field(default_factory=partial(MaxDelete, 10))
    documents: str = ""
    agenda: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    zone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"

    @property
    def publishes_in_team_folders(self) -> bool:
        """Whether a team may need to pass on what it has: see `deciding.rights_of`."""
        return bool(self.team_folders and self.documents and self.published)

    @property
    def state_name(self) -> str:
        """What the members of its spaces are remembered under: no binding has a name like it."""
        return f"spaces/{self.name}"


def marker(kind: SpaceKind, tag: str) -> str:
    """What is written on everything of one space: `wiki:form:tag`."""
    return f"{kind.wiki}:{kind.form}:{tag}"


def working_name(mark: str) -> str:
    """The name of a thing that is being made: a marker itself, until the thing bears one.

    A run that dies between the making and the marking leaves it under this name, where the next
    one finds it again.
    """
    return f"oscartes-{_digested(mark)}"


def calendar_uri(mark: str) -> str:
    """The name of a space's calendar in its address: the tag for people, the digest for us."""
    stem = _UNSAFE.sub("-", mark.rpartition(":")[2].lower()).strip("-")[:40]
    return f"{stem or 'espace'}-{_digested(mark)}"


def _digested(mark: str) -> str:
    return hashlib.sha256(f"space\x00{mark}".encode()).hexdigest()[:_DIGEST]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTeam:
    """A team of ours. `members` is account → level, empty while nobody has asked.

    `finished` is false under its working name.
    """

    id: str
    name: str
    description: str = ""
    members: Mapping[str, int] = field(default_factory=dict)
    finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFolder:
    """A folder of ours. `path` is below the bot's files; `number` a Team folder's, "" else.

    `archived` is the day on which it was, "" while it is in use. `binned`: it lies in the bin.
    """

    fileid: int
    path: str
    subfolders: frozenset[str] = frozenset()
    finished: bool = True
    marked: bool = True
    archived: str = ""
    number: str = ""
    binned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundShare:
    """How the folder is shared with the team; a Team folder's share is known by its number."""

    id: str
    rights: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalendar:
    """A calendar of ours. `write` is None where the team has no part in it."""

    uri: str
    title: str = ""
    marked: bool = True
    write: bool | None = None
    binned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSpace:
    """What of one space is in the cloud."""

    team: FoundTeam | None = None
    folder: FoundFolder | None = None
    share: FoundShare | None = None
    calendar: FoundCalendar | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all."""
        return self.team is None and self.folder is None and self.calendar is None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSpace:
    """What is remembered of one space: what we made of it, and how we left it.

    `title` is the entry's when it was last carried over, `called` the team's name then, `said` a
    digest of its description. `leads` are those whom we raised. `links` are the addresses that we
    wrote, by name. `seal` says what was in folder and calendar when `archive` (a path) was
    verified, and what it was itself. `category` is `property=key` of the agenda's form and `label`
    its label, `filed` the same pair of the documents' form, "" for none.
    """

    kind: str
    tag: str
    title: str = ""
    called: str = ""
    said: str = ""
    team: str = ""
    folder: int = 0
    path: str = ""
    calendar: str = ""
    leads: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    archive: str = ""
    seal: str = ""
    archived: str = ""
    marked: bool = False
    public: bool = False
    category: str = ""
    label: str = ""
    filed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do for one space; `name` is what it concerns, as people read it.

    `account` is whom it concerns, where that is somebody.
    """

    action: Action
    part: Part
    entry: str
    name: str
    account: str = ""
    state: State = State.PLANNED
    problem: Problem | None = None

    @property
    def side(self) -> Side:
        """Where it is done."""
        return Side.WIKI if self.part in (Part.LINKS, Part.MARK) else Side.CLOUD

    @property
    def limited(self) -> Limited | None:
        """Under which hourly limit it falls: only what is made counts for calendars."""
        if self.part in (Part.SHARE, Part.CALENDAR_SHARE):
            return "share"
        return "calendar" if (self.part, self.action) == (Part.CALENDAR, Action.CREATE) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacePlan:
    """What one run would do for one space, in this order."""

    tag: str
    title: str
    standing: Standing
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    held_back: int = 0

    @property
    def pending(self) -> bool:
        """Whether anything is to be written."""
        return any(step.state is State.PLANNED for step in self.steps)
