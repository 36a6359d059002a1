"""The next dates: where those who want to join can go, of each actor or around them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bazar_forms.directory import Directory
from bazar_forms.directory.actor import identity
from bazar_forms.directory.folding import label_key
from bazar_forms.value import Position
from oscartes_sync.mapping.derived import organizer_in, says_cancelled
from oscartes_sync.ports.actors import AgendaForm, ComingEvent
from oscartes_sync.records.event import Status, When
from oscartes_sync.records.horizon import midnight_of
from oscartes_sync.records.occurrences import Occurrence, occurrences
from oscartes_sync.usecases.asking.answer import Asked, NextDate
from oscartes_sync.usecases.asking.scoring import ON_THE_SPOT, asked_words, away_from, met_by

MOST_OF_ACTOR: Final = 3
MOST_AROUND: Final = 5
_LOOKAHEAD: Final = 1_000
"""Dates of a series that may all have been called off before the next one is."""

Identity = tuple[str, str]
Dates = tuple[NextDate, ...]


@dataclass(frozen=True, slots=True)
class _Coming:
    """An event with its next date. `linked` are the actors that its entries name in a link."""

    date: NextDate
    begins: datetime
    entries: frozenset[Identity]
    linked: frozenset[Identity]


class Diary:
    """What is coming in all agendas, in the order of time; a series by its next date."""

    def __init__(
        self,
        forms: Sequence[AgendaForm],
        licences: Mapping[tuple[str, str], str],
        now: datetime,
    ) -> None:
        self._entries = Directory(each.source for each in forms)
        found: dict[Identity, _Coming] = {}
        for form in forms:
            licence = licences.get((form.source.wiki, form.source.form.id), "")
            for event in form.events:
                coming = self._coming(event, form, licence, now)
                if coming is not None:
                    found.setdefault((coming.date.wiki, event.tags[0]), coming)
        self._all = sorted(
            found.values(), key=lambda one: (one.begins, label_key(one.date.title), one.date.entry)
        )

    def of_actor(self, actor: Identity, title: str, known: Collection[Identity]) -> Dates:
        """The next dates of an actor: of events that name it in a link, or as their organiser.

        `known` are all actors that were read: where an event links to any of them, that says who
        it is of, and a name that two actors share says nothing.
        """
        name = label_key(title)
        own = (one.date for one in self._all if _is_of(one, actor, name, known))
        return _first(own, MOST_OF_ACTOR)

    def around(self, asked: Asked, near: Position | None, directory: Directory) -> Dates:
        """The next dates near the place that was asked and with the words, as far as there are.

        Of the events that meet any word those count that meet the most of them. Where no distance
        was asked it is that at which an actor's nearness is worth nothing any more. `directory`
        knows where towns lie.
        """
        found: Iterable[_Coming] = self._all
        if near is not None:
            within = ON_THE_SPOT if asked.within is None else asked.within
            found = self._near(found, near, within, directory)
        if words := asked_words(asked.words):
            found = self._with_words(found, words)
        return _first((one.date for one in found), MOST_AROUND)

    def _coming(
        self, event: ComingEvent, form: AgendaForm, licence: str, now: datetime
    ) -> _Coming | None:
        date = _next_date(event, form, licence, now)
        if date is None:
            return None
        wiki = form.source.wiki
        actors = [self._entries.actor(tag, wiki) for tag in event.tags]
        links = (link for one in actors if one for link in self._entries.links(one))
        return _Coming(
            date=date,
            begins=_instant(date.start, form.setting.zone.key),
            entries=frozenset(identity(wiki, tag) for tag in event.tags),
            linked=frozenset(identity(wiki, link.tag) for link in links),
        )

    def _near(
        self, found: Iterable[_Coming], near: Position, within: float, directory: Directory
    ) -> Iterable[_Coming]:
        for one in found:
            entry = self._entries.actor(one.date.entry, one.date.wiki)
            away = away_from(directory, entry, near) if entry else None
            if away is not None and away.kilometres <= within:
                date = replace(one.date, distance=away.kilometres, roughly=away.roughly)
                yield replace(one, date=date)

    def _with_words(self, found: Iterable[_Coming], words: Sequence[str]) -> list[_Coming]:
        met = [met_by(self._entries, word).keys() for word in words]
        counted = [(sum(not one.entries.isdisjoint(each) for each in met), one) for one in found]
        most = max((count for count, _ in counted), default=0)
        return [one for count, one in counted if count == most and count]


def _is_of(one: _Coming, actor: Identity, name: str, known: Collection[Identity]) -> bool:
    """Whether an event is one of the actor's; `name` is folded."""
    if not one.linked.isdisjoint(known):
        return actor in one.linked
    return bool(name) and name == label_key(one.date.organizer)


def _next_date(
    coming: ComingEvent, form: AgendaForm, licence: str, now: datetime
) -> NextDate | None:
    """The first date that is neither over nor called off, None where there is none."""
    event, setting = coming.event, form.setting
    if event.status is Status.CANCELLED or says_cancelled(event.said):
        return None
    dates = occurrences(event, after=now, limit=_LOOKAHEAD, zone=setting.zone.key)
    here = next((each for each in dates if not _called_off(each)), None)
    if here is None:
        return None
    own = here.override
    tag = coming.at.get(own.at if own else here.start, coming.tags[0])
    return NextDate(
        title=own.title if own else event.title,
        start=here.start,
        end=here.end,
        place=own.place if own else event.place,
        organizer=event.organizer or organizer_in(event.said),
        wiki=form.source.wiki,
        form=form.source.form.id,
        entry=tag,
        url=setting.page_url(tag),
        licence=licence,
    )


def _called_off(date: Occurrence) -> bool:
    return date.override is not None and date.override.status is Status.CANCELLED


def _instant(start: When, zone: str) -> datetime:
    return start if isinstance(start, datetime) else midnight_of(start, zone)


def _first(dates: Iterable[NextDate], most: int) -> Dates:
    return tuple(date for date, _ in zip(dates, range(most), strict=False))
