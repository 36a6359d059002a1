"""What the cloud keeps: calendars, their resources, change rows and bins. In memory.

Tokens move as the server's do: every change adds a row (token, name, operation) and raises the
calendar's token by one; an ETag is the md5 of the stored bytes (recording 020).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import count

SYNC_PREFIX = "http://sabre.io/ns/sync/"
EVERY_COMPONENT = ("VEVENT", "VTODO", "VJOURNAL")


class Did(IntEnum):
    """The operation of a change row; of several on one name the highest is reported."""

    ADDED = 1
    CHANGED = 2
    DELETED = 3


@dataclass(slots=True)
class Resource:
    """One stored calendar object. `modified` is UTC; `deleted` is set while it is binned."""

    number: int
    name: str
    body: bytes
    etag: str
    uid: str
    component: str
    classification: str
    modified: datetime
    deleted: datetime | None = None


@dataclass(slots=True)
class Share:
    """What a principal may do: ``principals/users|groups|circles/…``."""

    principal: str
    writable: bool
    common_name: str = ""


@dataclass
class Calendar:
    """One calendar (or, with `source`, one subscription) of `owner`.

    `properties` are XML values by Clark name, `member_properties` the own ones of each member;
    `left` names the members who deleted the share for themselves. `trashed` is by stored name
    (``…-deleted.ics``).
    """

    number: int
    owner: str
    uri: str
    components: tuple[str, ...] = EVERY_COMPONENT
    properties: dict[str, str] = field(default_factory=dict)
    member_properties: dict[str, dict[str, str]] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    trashed: dict[str, Resource] = field(default_factory=dict)
    by_uid: dict[str, Resource] = field(default_factory=dict)
    token: int = 1
    changes: list[tuple[int, str, Did]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    deleted: datetime | None = None
    public_token: str | None = None
    transparent: bool = False
    source: str | None = None
    modified: datetime | None = None

    def record(self, name: str, did: Did) -> None:
        """Add a change row and move the token."""
        self.changes.append((self.token, name, did))
        self.token += 1

    @property
    def sync_token(self) -> str:
        """The token as answered."""
        return f"{SYNC_PREFIX}{self.token}"

    def changes_since(self, token: int, limit: int | None = None) -> dict[str, Did]:
        """The highest operation of each name since a token, by name.

        `limit` cuts the list although the current token is answered: changes are lost (044).
        """
        first = bisect_left(self.changes, token, key=lambda row: row[0])
        highest: dict[str, Did] = {}
        for _, name, did in self.changes[first:]:
            if did > highest.get(name, 0):
                highest[name] = did
        return dict(sorted(highest.items())[:limit])

    def add(self, resource: Resource) -> None:
        """Keep a new resource."""
        self.resources[resource.name] = resource
        self.by_uid[resource.uid] = resource
        self.record(resource.name, Did.ADDED)

    def rewrite(self, resource: Resource, new: Resource) -> None:
        """Change a resource in place: it keeps its number and name."""
        del self.by_uid[resource.uid]
        resource.body, resource.etag, resource.uid = new.body, new.etag, new.uid
        resource.component, resource.classification = new.component, new.classification
        resource.modified = new.modified
        self.by_uid[resource.uid] = resource
        self.record(resource.name, Did.CHANGED)

    def bin(self, resource: Resource, moment: datetime) -> None:
        """Move a resource to the bin; the caller has made sure the bin's name is free."""
        del self.resources[resource.name]
        self.record(resource.name, Did.DELETED)
        resource.deleted = moment
        self.trashed[binned_name(resource.name)] = resource

    def restore(self, resource: Resource) -> None:
        """Take a resource out of the bin."""
        del self.trashed[binned_name(resource.name)]
        resource.deleted = None
        self.resources[resource.name] = resource
        self.record(resource.name, Did.ADDED)

    def forget(self, resource: Resource) -> None:
        """Delete a resource for good, from the bin or the calendar."""
        if resource.deleted is None:
            del self.resources[resource.name]
            self.record(resource.name, Did.DELETED)
        else:
            del self.trashed[binned_name(resource.name)]
        del self.by_uid[resource.uid]

    def role(self, principals: set[str]) -> bool | None:
        """Whether somebody of these principals may write; None: nothing is shared with them."""
        granted = [share.writable for share in self.shares if share.principal in principals]
        return any(granted) if granted else None


def binned_name(name: str) -> str:
    """The name in the bin: ``x.ics`` is ``x-deleted.ics`` there (045)."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem}-deleted.{extension}" if dot else f"{name}-deleted."


def etag_of(body: bytes) -> str:
    """The quoted ETag of stored bytes."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


class Store:
    """Every calendar of the cloud, by number."""

    def __init__(self) -> None:
        self.calendars: dict[int, Calendar] = {}
        self._by_place: dict[tuple[str, str], Calendar] = {}
        self._calendar_numbers = count(1)
        self._resource_numbers = count(1)

    def next_number(self) -> int:
        """A number for a new resource; numbers are the cloud's, not a calendar's."""
        return next(self._resource_numbers)

    def make(self, owner: str, uri: str) -> Calendar:
        """A new calendar; the caller has made sure the place is free."""
        calendar = Calendar(next(self._calendar_numbers), owner, uri)
        self.calendars[calendar.number] = calendar
        self._by_place[owner, uri] = calendar
        return calendar

    def find(self, owner: str, uri: str) -> Calendar | None:
        """The calendar at a place, trashed ones too."""
        return self._by_place.get((owner, uri))

    def owned(self, owner: str) -> Iterator[Calendar]:
        """All of an account's own, trashed ones too."""
        return (one for one in self.calendars.values() if one.owner == owner)

    def drop(self, calendar: Calendar) -> None:
        """Delete a calendar for good."""
        del self.calendars[calendar.number]
        del self._by_place[calendar.owner, calendar.uri]
