"""An Event: neutral, frozen, checked when built.

Days and instants: `start` and `end` are both dates (all day, `end` inclusive as in Bazar), or
both instants (`end` is when it stops). RFC 5545's exclusive end of days is a matter of the
iCalendar mapping alone. An instant is a datetime at a fixed offset, the network's local one:
equality and order are then those of instants, also in the hour that autumn repeats, where Python
compares two datetimes of one zone by their hands alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timezone
from enum import StrEnum
from typing import Final

from oscartes_sync.errors import RecordError

When = date | datetime


class Status(StrEnum):
    """RFC 5545, 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Visibility(StrEnum):
    """RFC 5545, 3.8.1.3 (CLASS); an entry that everybody may read is PUBLIC."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    CONFIDENTIAL = "CONFIDENTIAL"


@dataclass(frozen=True, slots=True)
class RichText:
    """A text for people (`text`: lines by LF, no blanks at the ends) and its HTML, "" if none."""

    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84, six decimals (a tenth of a metre)."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise RecordError("position-off-earth")
        object.__setattr__(self, "latitude", round(self.latitude, 6))
        object.__setattr__(self, "longitude", round(self.longitude, 6))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file by its URL; `field` is the form's property that holds it, "" where none does."""

    url: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """What one date of a series has of its own (RFC 5545, 3.8.4.4).

    `at` is the date's RECURRENCE-ID; `start`…`place` are whole values, not differences.
    """

    at: When
    start: When
    end: When
    title: str
    description: RichText = RichText()
    place: str = ""
    status: Status = Status.CONFIRMED

    def __post_init__(self) -> None:
        for name in ("at", "start", "end"):
            object.__setattr__(self, name, fixed(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Series:
    """The dates of a series besides its first.

    `rule` is the value of RRULE with its parts in a fixed order, "" where the dates follow none;
    `extra` are RDATEs, `excluded` EXDATEs, both sorted; `zone` names the zone in which the rule
    counts ("" for days).
    """

    rule: str = ""
    extra: tuple[When, ...] = ()
    excluded: tuple[When, ...] = ()
    overrides: tuple[Override, ...] = ()
    zone: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "extra", tuple(sorted(fixed(when) for when in self.extra)))
        object.__setattr__(self, "excluded", tuple(sorted(fixed(when) for when in self.excluded)))
        ordered = sorted(self.overrides, key=lambda override: override.at)
        object.__setattr__(self, "overrides", tuple(ordered))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, or one series of events (`series` is then set and `start` is its first date).

    Four attributes are no part of what is compared: `page` is the URL of the entry's page ("" for
    what has no entry yet), `properties` the pairs (field, Bazar property) of `link` and `image`,
    `said` the derived paragraph that the entry's description ends with, `frail` whether the wiki
    would lose something of the repetitions of this series by making them anew.
    """

    title: str
    start: When
    end: When
    description: RichText = RichText()
    place: str = ""
    position: Position | None = None
    link: str = ""
    categories: tuple[str, ...] = ()
    organizer: str = ""
    image: str = ""
    files: tuple[Attachment, ...] = ()
    status: Status = Status.CONFIRMED
    visibility: Visibility = Visibility.PUBLIC
    series: Series | None = None
    guests: bool = False
    page: str = field(default="", compare=False)
    properties: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    said: str = field(default="", compare=False)
    frail: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise RecordError("no-title")
        object.__setattr__(self, "start", fixed(self.start))
        object.__setattr__(self, "end", fixed(self.end))
        if isinstance(self.start, datetime) != isinstance(self.end, datetime):
            raise RecordError("day-and-time-mixed")
        if self.end < self.start:
            raise RecordError("end-before-start")
        object.__setattr__(self, "categories", tuple(sorted(set(self.categories))))
        files = sorted(set(self.files), key=lambda each: (each.field, each.url))
        object.__setattr__(self, "files", tuple(files))

    @property
    def all_day(self) -> bool:
        """Whether start and end are days."""
        return not isinstance(self.start, datetime)


FIELDS: Final = tuple(each.name for each in fields(Event) if each.compare)
"""All fields that are compared and mirrored, in the order in which they are shown."""

SETS: Final = frozenset({"categories"})
"""Fields whose elements are merged one by one."""


def fixed(when: When) -> When:
    """A day as it is; an instant with its zone reduced to the offset it has there.

    Raises:
        RecordError: `floating-time` for a naive datetime, which says no instant.
    """
    if not isinstance(when, datetime):
        return when
    offset = when.utcoffset()
    if offset is None:
        raise RecordError("floating-time")
    return when.replace(tzinfo=timezone(offset), fold=0)
