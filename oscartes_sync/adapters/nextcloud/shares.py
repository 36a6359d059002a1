"""Sharing a calendar as the binding says: differences only, read back, ours alone taken away.

A share with somebody unknown is answered by 200 and does nothing (recording 061), so the list is
read again after each change. Requests are few by rule: a server takes 20 share requests an hour
(reference, part I), so a name it did not take is tried again after an hour and not before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.collection import Collection, Invite
from oscartes_sync.adapters.nextcloud.collections import Collections
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Recall, Remember
from oscartes_sync.errors import Refused, SideError, Unavailable
from oscartes_sync.planning.binding import Binding, Share
from oscartes_sync.ports import Clock
from oscartes_sync.records.problem import Problem, Side

_RETRY = timedelta(hours=1)
_FOLDERS = {"user": "principals/users", "group": "principals/groups", "team": "principals/circles"}


@dataclass(slots=True)
class _Memory:
    """What we shared, and whom the server did not take, with the time of the last try."""

    made: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Wanted:
    share: Share
    principal: str

    @property
    def problem(self) -> Problem:
        """Nobody of that name was found."""
        return Problem.warning(
            "share-unknown", Side.CLOUD, kind=self.share.kind, name=self.share.name
        )


class Shares:
    """The shares of the account's own calendars."""

    def __init__(
        self, dav: Dav, collections: Collections, clock: Clock, recall: Recall, remember: Remember
    ) -> None:
        self._dav = dav
        self._collections = collections
        self._clock = clock
        self._recall = recall
        self._remember = remember

    def align(
        self, binding: Binding, calendar: Collection
    ) -> tuple[Collection, tuple[Problem, ...]]:
        """Bring the calendar's shares in line; the calendar as it is afterwards.

        `binding.share` None leaves everything alone; an empty list takes ours away.
        """
        if binding.share is None:
            return calendar, ()
        memory = self._memory(calendar)
        before = (set(memory.made), dict(memory.failed))
        wanted = self._wanted(binding.share, calendar)
        try:
            calendar, problems = self._aligned(calendar, wanted, memory)
        except Unavailable:
            problems = (Problem.warning("share-limited", Side.CLOUD, calendar=calendar.uri),)
        except Refused as refused:
            problems = (Problem.from_error(refused, side=Side.CLOUD),)
        if (memory.made, memory.failed) != before:
            self._keep(calendar, memory)
        return calendar, problems

    def known(self, share: Share) -> bool:
        """Whether the server knows whom this share names."""
        if share.kind == "team":
            teams = self._named_teams()
            return share.name in teams or share.name in teams.values()
        path = f"/remote.php/dav/{_FOLDERS[share.kind]}/{quote(share.name, safe='')}/"
        try:
            # group-member-set would be answered by 500 (recording 012).
            self._dav.propfind(self._dav.address.path(path), ("d:displayname",))
        except Refused:
            return False
        return True

    def _aligned(
        self, calendar: Collection, wanted: list[_Wanted], memory: _Memory
    ) -> tuple[Collection, tuple[Problem, ...]]:
        granted, removed = self._differences(calendar, wanted, memory)
        if granted or removed:
            self._post(calendar, granted, removed)
            before = _by_principal(calendar.invites)
            calendar = self._collections.at(calendar.href) or calendar
            self._learn(calendar, before, granted, memory)
        present = _by_principal(calendar.invites)
        missing = [one for one in wanted if _fold(one.principal) not in present]
        return calendar, tuple(one.problem for one in missing)

    def _wanted(self, shares: tuple[Share, ...], calendar: Collection) -> list[_Wanted]:
        """Principals of the configured shares; a team may be given by its name or its id."""
        labels = {
            invite.label: invite.principal
            for invite in calendar.invites
            if invite.principal.startswith(_FOLDERS["team"])
        }
        unknown = [
            share.name
            for share in shares
            if share.kind == "team"
            and share.name not in labels
            and f"{_FOLDERS['team']}/{share.name}" not in labels.values()
        ]
        ids = {name: one for one, name in self._teams().items()} if unknown else {}
        found = [_Wanted(share, _principal(share, labels, ids)) for share in shares]
        # A calendar cannot be shared with its owner, who has it anyway (recording 061).
        owner = _fold(f"{_FOLDERS['user']}/{calendar.owner}")
        return [one for one in found if _fold(one.principal) != owner]

    def _teams(self) -> dict[str, str]:
        try:
            return self._named_teams()
        except SideError:
            return {}

    def _named_teams(self) -> dict[str, str]:
        from oscartes_sync.adapters.nextcloud.ocs import Ocs  # noqa: PLC0415 - for teams alone

        return Ocs(self._dav).teams()

    def _differences(
        self, calendar: Collection, wanted: list[_Wanted], memory: _Memory
    ) -> tuple[dict[str, bool], list[str]]:
        present = _by_principal(calendar.invites)
        now = self._clock.now()
        granted: dict[str, bool] = {}
        for one in wanted:
            invite = present.get(_fold(one.principal))
            if invite is not None and invite.write == one.share.write:
                continue
            if invite is None and not _due(memory.failed.get(one.principal), now):
                continue
            granted[one.principal] = one.share.write
        listed = {_fold(one.principal) for one in wanted}
        removed = [
            principal
            for principal in sorted(memory.made)
            if _fold(principal) not in listed and _fold(principal) in present
        ]
        return granted, removed

    def _post(self, calendar: Collection, granted: Mapping[str, bool], removed: list[str]) -> None:
        body = dav_xml.share(
            {_href(principal): write for principal, write in granted.items()},
            [_href(principal) for principal in removed],
        )
        reply = self._dav.send("POST", calendar.href, body, patience=0)
        if reply.status not in (200, 204):
            raise self._dav.refusal(reply, wrote=True)

    def _learn(
        self,
        calendar: Collection,
        before: Mapping[str, Invite],
        granted: Mapping[str, bool],
        memory: _Memory,
    ) -> None:
        """Remember what is ours: not a share whose rights we changed and somebody else made."""
        present = _by_principal(calendar.invites)
        memory.made = {principal for principal in memory.made if _fold(principal) in present}
        for principal in granted:
            if _fold(principal) not in present:
                memory.failed[principal] = self._clock.now().isoformat()
                continue
            memory.failed.pop(principal, None)
            if _fold(principal) not in before:
                memory.made.add(principal)

    def _memory(self, calendar: Collection) -> _Memory:
        raw = self._recall(self._key(calendar))
        kept = json.loads(raw) if raw else {}
        return _Memory(set(kept.get("made", ())), dict(kept.get("failed", {})))

    def _keep(self, calendar: Collection, memory: _Memory) -> None:
        kept = {"made": sorted(memory.made), "failed": memory.failed}
        self._remember(self._key(calendar), json.dumps(kept, sort_keys=True))

    def _key(self, calendar: Collection) -> str:
        return f"cloud/{self._dav.cloud}/shares/{calendar.href}"


def _principal(share: Share, labels: Mapping[str, str], ids: Mapping[str, str]) -> str:
    if share.kind != "team":
        return f"{_FOLDERS[share.kind]}/{share.name}"
    if share.name in labels:
        return labels[share.name]
    return f"{_FOLDERS['team']}/{ids.get(share.name, share.name)}"


def _href(principal: str) -> str:
    folder, _, name = principal.rpartition("/")
    return f"principal:{folder}/{quote(name, safe='')}"


def _fold(principal: str) -> str:
    """Accounts and groups are found without case there."""
    return principal.casefold()


def _by_principal(invites: tuple[Invite, ...]) -> dict[str, Invite]:
    return {_fold(invite.principal): invite for invite in invites}


def _due(tried: str | None, now: datetime) -> bool:
    return tried is None or now - datetime.fromisoformat(tried) >= _RETRY
