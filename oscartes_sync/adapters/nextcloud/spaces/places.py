"""`ports.spaces.SpacePlaces` on one Nextcloud: all of it as the bot, with its app password.

Teams, shares, calendars and files of its own need no more than that, on 32 to 34 (recordings 141,
132, 060). Team folders alone want an administrator; see `team_folders`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.collection import Collection as Calendar
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Discovery, Recall, Remember
from oscartes_sync.adapters.nextcloud.folders.place import Folder
from oscartes_sync.adapters.nextcloud.memberships import NextcloudMemberships
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.spaces.calendars import SpaceCalendars
from oscartes_sync.adapters.nextcloud.spaces.calls import ChangingCalls
from oscartes_sync.adapters.nextcloud.spaces.folders import SpaceFolders
from oscartes_sync.adapters.nextcloud.spaces.packing import Packing
from oscartes_sync.adapters.nextcloud.spaces.teams import SpaceTeams
from oscartes_sync.adapters.nextcloud.transport import Transport
from oscartes_sync.errors import Refused
from oscartes_sync.planning.spaces.deciding import marks_in
from oscartes_sync.planning.spaces.values import (
    FoundCalendar,
    FoundFolder,
    FoundShare,
    FoundSpace,
    FoundTeam,
    KeptSpace,
    SpaceKind,
    calendar_uri,
    marker,
    working_name,
)
from oscartes_sync.ports import Check, Clock, Traffic
from oscartes_sync.ports.spaces import Packed
from oscartes_sync.records.problem import Problem, Side


class Folders(Protocol):
    """Folders of the account, or Team folders."""

    def ours(self, parent: str) -> Mapping[str, FoundFolder]:
        """Marker, working name, `#` and file id, or `@` and a team's id → folder."""

    def at_id(self, fileid: int) -> FoundFolder | None:
        """A folder wherever it went."""

    def complete(self, folder: FoundFolder) -> FoundFolder:
        """The same with its sub-folders."""

    def make(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:
        """See `SpacePlaces.make_folder`."""

    def mark(self, folder: FoundFolder, mark: str, archived: str) -> None:
        """See `SpacePlaces.mark_folder`."""

    def make_subfolder(self, folder: FoundFolder, name: str) -> None:
        """See `SpacePlaces.make_subfolder`."""

    def shares(self, parent: str) -> Mapping[tuple[int, str], FoundShare]:
        """(File id, team) → share."""

    def shares_of(self, folder: FoundFolder) -> Mapping[tuple[int, str], FoundShare]:
        """The same of one folder."""

    def share(self, folder: FoundFolder, team: FoundTeam, rights: int) -> FoundShare:
        """See `SpacePlaces.share_folder`."""

    def unshare(self, folder: FoundFolder, share: FoundShare, team: FoundTeam) -> None:
        """See `SpacePlaces.unshare_folder`."""


class NextcloudSpaces:
    """One account's spaces on one cloud, for one run. `admin`: who keeps its Team folders."""

    def __init__(
        self,
        settings: CloudSettings,
        clock: Clock,
        recall: Recall,
        remember: Remember,
        *,
        user_agent: str,
        zone: str,
        admin: tuple[str, str] | None = None,
    ) -> None:
        """Raises ConfigurationError (`cloud-url`, `insecure-url`, `cloud-ca`)."""
        identity = AppPassword(settings.user, settings.password)
        self._settings, self._clock, self._user_agent = settings, clock, user_agent
        self._transport = Transport(settings, clock, identity, user_agent=user_agent)
        self._dav = Dav(self._transport)
        self._discovery = Discovery(self._dav, settings, recall, remember)
        self._calls = ChangingCalls(self._dav)
        self._accounts = NextcloudMemberships(self._dav, self._discovery)
        self._teams = SpaceTeams(self._calls)
        self._calendars = SpaceCalendars(self._dav, self._discovery, zone)
        self._admin = admin
        self._admins: Transport | None = None
        self._rooms: dict[bool, Folders] = {}

    def account(self) -> str:
        """See `SpacePlaces.account`."""
        return self._accounts.account()

    def find(self, named: str) -> tuple[str, ...]:
        """See `SpacePlaces.find`."""
        return self._accounts.find(named)

    def look(
        self, kind: SpaceKind, tags: Collection[str], kept: Mapping[str, KeptSpace]
    ) -> Mapping[str, FoundSpace]:
        """See `SpacePlaces.look`: four requests, and two for each space that is in use."""
        folders = self._folders(kind)
        seen = _Seen(
            kind,
            self._teams.ours(),
            folders.ours(kind.folder),
            folders.shares(kind.folder),
            self._calendars.ours(),
        )
        wanted, awake = {*tags, *kept, *seen.tags()}, frozenset(tags)
        return {
            tag: self._looked_at(seen, tag, kept.get(tag), awake=tag in awake)
            for tag in sorted(wanted)
        }

    def links(self, found: FoundSpace) -> Mapping[str, str]:
        """See `SpacePlaces.links`. A calendar has no page of its own there."""
        base = self._dav.address.url(self._dav.address.path("/index.php"))
        links = {}
        if found.team is not None:
            links["team_link"] = f"{base}/apps/contacts/direct/circle/{found.team.id}"
        if found.folder is not None:
            links["folder_link"] = f"{base}/f/{found.folder.fileid}"
        if found.calendar is not None:
            links["calendar_link"] = f"{base}/apps/calendar"
        return links

    def make_team(self, mark: str, name: str, description: str) -> FoundTeam:
        """See `SpacePlaces.make_team`."""
        made = self._teams.make(mark, name, description)
        return self._teams.with_members(made, self.account())

    def change_team(self, team: FoundTeam, name: str, description: str) -> FoundTeam:
        """See `SpacePlaces.change_team`."""
        return self._teams.change(team, name, description)

    def join(self, team: FoundTeam, account: str) -> None:
        """See `SpacePlaces.join`."""
        self._teams.join(team, account)

    def leave(self, team: FoundTeam, account: str) -> None:
        """See `SpacePlaces.leave`."""
        self._teams.leave(team, account)

    def set_level(self, team: FoundTeam, account: str, level: int) -> None:
        """See `SpacePlaces.set_level`."""
        self._teams.set_level(team, account, level)

    def make_folder(self, kind: SpaceKind, mark: str, name: str, team: FoundTeam) -> FoundFolder:
        """See `SpacePlaces.make_folder`."""
        return self._folders(kind).make(kind, mark, name, team)

    def mark_folder(self, folder: FoundFolder, mark: str, archived: str = "") -> None:
        """See `SpacePlaces.mark_folder`."""
        self._room(folder).mark(folder, mark, archived)

    def make_subfolder(self, folder: FoundFolder, name: str) -> None:
        """See `SpacePlaces.make_subfolder`."""
        self._room(folder).make_subfolder(folder, name)

    def share_folder(self, folder: FoundFolder, team: FoundTeam, rights: int) -> FoundShare:
        """See `SpacePlaces.share_folder`."""
        return self._room(folder).share(folder, team, rights)

    def unshare_folder(self, folder: FoundFolder, share: FoundShare, team: FoundTeam) -> None:
        """See `SpacePlaces.unshare_folder`."""
        self._room(folder).unshare(folder, share, team)

    def make_calendar(self, mark: str, title: str) -> FoundCalendar:
        """See `SpacePlaces.make_calendar`."""
        return self._calendars.make(mark, title)

    def change_calendar(self, calendar: FoundCalendar, mark: str, title: str) -> FoundCalendar:
        """See `SpacePlaces.change_calendar`."""
        return self._calendars.change(calendar, mark, title)

    def share_calendar(
        self, calendar: FoundCalendar, team: FoundTeam, *, write: bool | None
    ) -> FoundCalendar:
        """See `SpacePlaces.share_calendar`."""
        return self._calendars.share(calendar, team, write=write)

    def seal(self, found: FoundSpace) -> str:
        """See `SpacePlaces.seal`."""
        return self._packing().seal(found)

    def pack(
        self, kind: SpaceKind, mark: str, name: str, found: FoundSpace, entry: bytes
    ) -> Packed:
        """See `SpacePlaces.pack`."""
        return self._packing().pack(kind, mark, name, found, entry)

    def stands(self, path: str, sha256: str) -> bool:
        """See `SpacePlaces.stands`."""
        return self._packing().stands(path, sha256)

    def check(self, kind: SpaceKind) -> Sequence[Check]:
        """See `SpacePlaces.check`."""
        from oscartes_sync.adapters.nextcloud.spaces.checking import checks  # noqa: PLC0415

        admins = Dav(self._administrators()) if kind.team_folders else None
        return checks(kind, self._dav, self._root, self._teams, admins)

    def traffic(self) -> Traffic:
        """Requests and bytes so far, the administrator's among them."""
        told, other = self._transport.traffic(), Traffic()
        if self._admins is not None:
            other = self._admins.traffic()
        return Traffic(told.requests + other.requests, told.bytes + other.bytes)

    def _looked_at(
        self, seen: _Seen, tag: str, kept: KeptSpace | None, *, awake: bool
    ) -> FoundSpace:
        """What there is of one space; one that cannot be read is told, and stops no other."""
        try:
            return self._found(seen, tag, kept, awake=awake)
        except Refused as error:
            told = Problem.from_error(error, side=Side.CLOUD, entry=tag)
            return FoundSpace(problems=(told,))

    def _found(self, seen: _Seen, tag: str, kept: KeptSpace | None, *, awake: bool) -> FoundSpace:
        mark = marker(seen.kind, tag)
        folders = self._folders(seen.kind)
        team, problems = seen.team(mark, kept)
        folder = seen.folder(mark, kept, team)
        if folder is None and kept is not None and kept.folder:
            folder = folders.at_id(kept.folder)
        closed = bool(kept and kept.archived) or bool(folder and folder.archived)
        over = closed and not awake
        if folder is not None and not over and not folder.binned and folder.finished:
            folder = folders.complete(folder)
        if team is not None and not over:
            team = self._teams.with_members(team, self.account())
        share = None
        if folder is not None and team is not None and not folder.binned:
            key = (folder.fileid, team.id)
            beside = not folder.path.startswith(f"{seen.kind.folder.strip('/')}/")
            asked = beside or bool(folder.number) or seen.kind.team_folders
            share = seen.shares.get(key) or (
                self._room(folder).shares_of(folder).get(key) if asked else None
            )
        return FoundSpace(
            team=team,
            folder=folder,
            share=share,
            calendar=seen.calendar(mark, kept, team),
            problems=tuple(problems),
        )

    def _folders(self, kind: SpaceKind) -> Folders:
        return self._made_room(team_folders=kind.team_folders)

    def _room(self, folder: FoundFolder) -> Folders:
        return self._made_room(team_folders=bool(folder.number))

    def _made_room(self, *, team_folders: bool) -> Folders:
        if team_folders not in self._rooms:
            root = self._root()
            if team_folders:
                from oscartes_sync.adapters.nextcloud.spaces.team_folders import (  # noqa: PLC0415
                    AdministratorCalls,
                    TeamFolders,
                )

                calls = AdministratorCalls(Dav(self._administrators()))
                self._rooms[True] = TeamFolders(self._dav, calls, root)
            else:
                self._rooms[False] = SpaceFolders(self._dav, self._calls, root)
        return self._rooms[team_folders]

    def _administrators(self) -> Transport:
        """A way in of its own: its password is for these calls alone."""
        if self._admins is None:
            user, password = self._admin or ("", "")
            settings = replace(self._settings, user=user, password=password)
            identity = AppPassword(user, password)
            self._admins = Transport(settings, self._clock, identity, user_agent=self._user_agent)
        return self._admins

    def _packing(self) -> Packing:
        return Packing(self._dav, self._root(), self._clock, self._calendars)

    def _root(self) -> Folder:
        return Folder.at(self._dav.address, self._discovery.account().uid, "")


class _Seen:
    """Everything of one kind that one look brought, found by marker or by memory."""

    def __init__(
        self,
        kind: SpaceKind,
        teams: list[FoundTeam],
        folders: Mapping[str, FoundFolder],
        shares: Mapping[tuple[int, str], FoundShare],
        calendars: Mapping[str, tuple[str, Calendar]],
    ) -> None:
        self.kind = kind
        self.shares = shares
        self._teams = teams
        self._folders = folders
        self._calendars = calendars

    def tags(self) -> Iterable[str]:
        """The tags of all markers of this kind."""
        head = marker(self.kind, "")
        marks = [marks_in(team.description) for team in self._teams]
        marks += [*self._folders, *(mark for mark, _ in self._calendars.values())]
        return {mark.removeprefix(head) for mark in marks if mark.startswith(head)}

    def team(self, mark: str, kept: KeptSpace | None) -> tuple[FoundTeam | None, list[Problem]]:
        """The team with the marker; of several the one that we remember, else none of them."""
        known = kept.team if kept else ""
        marked = [team for team in self._teams if marks_in(team.description) == mark]
        remembered = [team for team in self._teams if team.id == known]
        if remembered and marks_in(remembered[0].description) in ("", mark):
            return remembered[0], []
        if len(marked) > 1:
            tag = mark.rpartition(":")[2]
            told = Problem.of("space-ambiguous", side=Side.CLOUD, entry=tag, name=marked[0].name)
            return None, [told]
        begun = [team for team in self._teams if team.name == working_name(mark)]
        return next(iter(marked or begun), None), []

    def folder(
        self, mark: str, kept: KeptSpace | None, team: FoundTeam | None
    ) -> FoundFolder | None:
        """The folder with the marker, that was begun for it, or that we remember by its id; with
        nothing remembered, the only Team folder of its team."""
        found = self._folders.get(mark) or self._folders.get(working_name(mark))
        if found is None and kept is not None and kept.folder:
            found = self._folders.get(f"#{kept.folder}")
        if found is None and team is not None and not (kept and kept.folder):
            found = self._folders.get(f"@{team.id}")
        return found

    def calendar(
        self, mark: str, kept: KeptSpace | None, team: FoundTeam | None
    ) -> FoundCalendar | None:
        """The calendar with the marker, or with the address that is made of it."""
        for uri, (borne, one) in self._calendars.items():
            ours = borne == mark or (not borne and uri == calendar_uri(mark))
            if ours or (kept is not None and kept.calendar == uri and not borne):
                return SpaceCalendars.found(borne, one, team)
        return None
