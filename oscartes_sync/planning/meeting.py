"""The two sides of one link, face to face, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.plan import Clash
from oscartes_sync.planning.rules import Project, Rules
from oscartes_sync.planning.series import ended_in_wiki, starts_anew
from oscartes_sync.records.document import Document
from oscartes_sync.records.event import Event, When
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record


@dataclass(slots=True)
class Merge:
    """What goes where. `clashes`: fields both sides changed, with the side that won or None.

    `single_dates`: what goes to the wiki of a series is about repetitions by themselves.
    `removals` are dates of it that the cloud excepted, and a person has to agree to.
    """

    to_wiki: dict[str, Any] = field(default_factory=dict)
    to_cloud: dict[str, Any] = field(default_factory=dict)
    clashes: dict[str, tuple[Clash, Side | None]] = field(default_factory=dict)
    bases: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    unsettled: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    left: dict[Side, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    due: datetime | None = None
    single_dates: bool = False
    removals: frozenset[When] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The two sides of one link now, and what may be done.

    `decided`: whose values a person wants to stay where nothing else decides. `alike`: the files
    of both were read and are the same.
    """

    link: Link
    wiki: Record
    cloud: Record
    binding: Binding
    carries: frozenset[str]
    says: frozenset[str]
    project: Project
    now: datetime
    decided: Side | None = None
    alike: bool = False

    def record(self, side: Side) -> Record:
        """That side's record now."""
        return self.wiki if side is Side.WIKI else self.cloud

    def bases(self, name: str) -> tuple[Any, Any]:
        """The last agreed value of a field, (wiki, cloud)."""
        return self.link.base(Side.WIKI, name), self.link.base(Side.CLOUD, name)

    def moved(self, side: Side, names: Iterable[str]) -> bool:
        """Whether any of these is not what was agreed on that side."""
        here = self.record(side)
        return any(self.link.base(side, name) != getattr(here, name) for name in names)

    def never_agreed(self, names: Iterable[str]) -> bool:
        """Whether one of these never was agreed on."""
        return any(self.link.base(Side.WIKI, name) is MISSING for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMeeting(Meeting):
    """Of two events."""

    wiki: Event
    cloud: Event

    @property
    def in_words(self) -> bool:
        """Whether the wiki shows a series of the cloud as one entry, its rule in words."""
        one_entry = self.cloud.series is not None and self.wiki.series is None
        return one_entry and not (starts_anew(self) or ended_in_wiki(self))

    def record(self, side: Side) -> Event:
        """That side's event now."""
        return self.wiki if side is Side.WIKI else self.cloud

    def projected(self, event: Event) -> Event:
        """What the wiki could hold of it."""
        held = self.project(event)
        return held if isinstance(held, Event) else event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMeeting(Meeting):
    """Of an entry, or the file in a field of one, and a file in the folder."""

    wiki: Document
    cloud: Document


def meet(
    link: Link,
    wiki: Record,
    cloud: Record,
    *,
    rules: Rules,
    decided: Side | None = None,
) -> Meeting:
    """Bring the two sides of a link together, as what they are."""
    more: Any = {
        "link": link,
        "binding": rules.binding,
        "carries": rules.carries,
        "says": rules.says,
        "project": rules.project,
        "now": rules.now,
        "decided": decided,
        "alike": link.uid in rules.alike,
    }
    if isinstance(wiki, Event) and isinstance(cloud, Event):
        return EventMeeting(wiki=wiki, cloud=cloud, **more)
    if isinstance(wiki, Document) and isinstance(cloud, Document):
        return DocumentMeeting(wiki=wiki, cloud=cloud, **more)
    return Meeting(wiki=wiki, cloud=cloud, **more)
