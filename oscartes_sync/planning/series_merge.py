"""One series changed on two sides, compared and merged date by date.

A side's series is compared with what was agreed on that side: the cloud may hold a rule without end
where the wiki holds its first hundred dates. What one person changed on one date goes across by
itself, and leaves everything else of the other side's series as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from oscartes_sync.records.event import Event, Override, Series, Status, When
from oscartes_sync.records.horizon import dates_of, is_endless
from oscartes_sync.records.occurrences import elapsed

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class DateChanges:
    """What changed on single dates of a series.

    `own` holds the dates whose own values changed (None: it has none any more); `removed` those
    that are there no more, `added` those that came back.
    """

    own: Mapping[When, Override | None] = field(default_factory=dict)
    removed: frozenset[When] = frozenset()
    added: frozenset[When] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.own or self.removed or self.added)

    def without(self, dates: Collection[When]) -> DateChanges:
        """These changes, but for some dates."""
        return DateChanges(
            {at: own for at, own in self.own.items() if at not in dates},
            self.removed.difference(dates),
            self.added.difference(dates),
        )

    def within(self, dates: Collection[When]) -> DateChanges:
        """These changes, as far as they are about some dates."""
        return self.without(({*self.own} | self.removed | self.added).difference(dates))


def changed_in_cloud(base: Event, now: Event) -> DateChanges | None:
    """What changed on single dates; None where more than that did, or a date came back.

    Nothing can be made to come back in the wiki without making all repetitions anew.
    """
    was, is_ = base.series, now.series
    if was is None or is_ is None:
        return None
    if was == is_:
        return DateChanges()
    alike = (was.rule, was.zone, base.start) == (is_.rule, is_.zone, now.start)
    removed = {*is_.excluded}.difference(was.excluded) | {*was.extra}.difference(is_.extra)
    added = {*was.excluded}.difference(is_.excluded) | {*is_.extra}.difference(was.extra)
    if not alike or added:
        return None
    return DateChanges(_own_changes(was, is_), frozenset(removed))


def changed_in_wiki(base: Event, now: Event, moment: datetime, zone: str) -> DateChanges | None:
    """What members changed on single repetitions; None where they changed the recurrence itself.

    Its rule is found anew at each reading, so dates are compared: one that is missing although the
    parent still asks for it, or there although it does not (the event is then `frail`), was
    deleted or added by itself. One that was missing and is back was put back by itself.
    """
    was, is_ = base.series, now.series
    if was is None or is_ is None or base.start != now.start:
        return DateChanges() if was == is_ else None
    if was == is_:
        return DateChanges()
    before, after = date_set(base, moment, zone), date_set(now, moment, zone)
    if before is None or after is None:
        return None
    gone, new = before - after, after - before
    if (gone or new.difference(was.excluded)) and not now.frail:
        return None
    return DateChanges(_own_changes(was, is_), gone, new)


def date_set(event: Event, moment: datetime, zone: str) -> frozenset[When] | None:
    """The dates of a series as rule, extra and excluded dates give them; None: too many."""
    found = dates_of(event, moment, zone, most=_MOST)
    return None if found is None else frozenset(each.start for each in found)


def contested(wiki: DateChanges, cloud: DateChanges) -> tuple[frozenset[When], frozenset[When]]:
    """Dates whose own values both sides changed differently; dates that one removed and one edited.

    An edit beats a removal.
    """
    values = frozenset(
        at for at, own in wiki.own.items() if at in cloud.own and not alike(own, cloud.own[at])
    )
    edited = {at for side in (wiki, cloud) for at, own in side.own.items() if own is not None}
    return values, frozenset((wiki.removed ^ cloud.removed) & edited)


def applied(series: Series, changes: DateChanges) -> Series:
    """The series with these changes; what else single dates have of their own stays.

    A status that only one side knows (a date that is cancelled) survives what the other changes.
    What is added was excluded before, or is an extra date.
    """
    overrides = {each.at: each for each in series.overrides}
    for at, own in changes.own.items():
        there = overrides.get(at)
        if own is not None and there is not None and own.status is Status.CONFIRMED:
            overrides[at] = replace(own, status=there.status)
        elif own is not None:
            overrides[at] = own
        elif there is not None and there.status is Status.CONFIRMED:
            del overrides[at]
    for at in changes.removed:
        overrides.pop(at, None)
    return replace(
        series,
        extra=tuple(
            ({*series.extra} - changes.removed) | changes.added.difference(series.excluded)
        ),
        excluded=tuple(({*series.excluded} | (changes.removed - {*series.extra})) - changes.added),
        overrides=tuple(overrides.values()),
    )


def carried_whole(cloud: Series, base: Series, wiki: Series) -> Series:
    """The wiki's series for the cloud, which keeps its own words for a rule that nobody changed."""
    if wiki.rule == base.rule:
        return replace(wiki, rule=cloud.rule, zone=cloud.zone)
    return wiki


def say_the_same(
    wiki: Event, cloud: Event, laid: Series | None, moment: datetime, zone: str
) -> bool:
    """Whether both series have the same dates, as far as the wiki could have laid them out.

    `laid` is the cloud's as the wiki would hold it now, what single dates have left aside. One
    without end may have been laid out less far.
    """
    if wiki.series == cloud.series:
        return True
    if wiki.series is None or cloud.series is None or laid is None:
        return False
    here = date_set(wiki, moment, zone)
    there = date_set(replace(cloud, series=laid), moment, zone)
    if not here or not there or wiki.start != cloud.start:
        return False
    if is_endless(cloud.series):
        last = max(here)
        there = frozenset(each for each in there if each <= last)
    return here == there and not _differing(_of_their_own(wiki), _of_their_own(cloud), here)


def alike(one: Override | None, other: Override | None) -> bool:
    """Whether both say the same to a reader of the wiki."""
    if one is None or other is None:
        return one is other
    return _words(one) == _words(other)


def _own_changes(was: Series, is_: Series) -> dict[When, Override | None]:
    before, after = ({each.at: each for each in series.overrides} for series in (was, is_))
    return {
        at: after.get(at)
        for at in before.keys() | after.keys()
        if before.get(at) != after.get(at) and at not in is_.excluded
    }


def _of_their_own(event: Event) -> dict[When, Override]:
    """The dates but the first that do not say what the whole series says."""
    overrides: Iterable[Override] = event.series.overrides if event.series else ()
    length = elapsed(event.start, event.end)
    return {
        each.at: each
        for each in overrides
        if each.at != event.start
        and not alike(
            each,
            Override(
                at=each.at,
                start=each.at,
                end=each.at + length,
                title=event.title,
                description=event.description,
                place=event.place,
            ),
        )
    }


def _differing(
    wiki: Mapping[When, Override], cloud: Mapping[When, Override], dates: Collection[When]
) -> bool:
    return any(
        not alike(wiki.get(at), cloud.get(at))
        for at in wiki.keys() | cloud.keys()
        if at in dates or at in wiki
    )


def _words(override: Override) -> tuple[object, ...]:
    text = " ".join(override.description.text.split())
    return (override.at, override.start, override.end, override.title, text, override.place)
