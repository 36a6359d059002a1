"""What happens to the series of one link: begun in the wiki, merged, extended, or left to a person.

Interface, "Recurrence". The wiki keeps each date as an entry, and any edit of the parent makes it
delete and make all of them anew; so changes of single dates are kept apart from those of the
series as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oscartes_sync.planning.baseline import MISSING, Missing
from oscartes_sync.planning.binding import Deletions
from oscartes_sync.planning.change import known
from oscartes_sync.planning.plan import Clash
from oscartes_sync.planning.series_merge import (
    DateChanges,
    applied,
    carried_whole,
    changed_in_cloud,
    changed_in_wiki,
    contested,
    date_set,
    say_the_same,
)
from oscartes_sync.records.event import Event, Series, When
from oscartes_sync.records.horizon import extended_at, is_endless
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side

if TYPE_CHECKING:
    from oscartes_sync.planning.meeting import EventMeeting, Merge

MADE_OTHERWISE = "series-made-otherwise"
_TIMES = ("start", "end")


def starts_anew(meeting: EventMeeting) -> bool:
    """Whether the wiki shows as one entry a series that it can keep itself.

    So it is after a creation that was interrupted, once a wiki has learnt to repeat, and where the
    cloud made a series of a single event. Where a member took the recurrence away, it is not; nor
    where the wiki made other dates of it than it should.
    """
    if meeting.wiki.series is not None or meeting.cloud.series is None or made_otherwise(meeting):
        return False
    base = meeting.link.base(Side.WIKI, "series")
    never = base is MISSING and meeting.link.origin is Side.CLOUD
    return (base is None or never) and as_laid(meeting, bare=False) is not None


def made_otherwise(meeting: EventMeeting) -> bool:
    """Whether the wiki was told before to keep this very series, and made other dates of it."""
    told = any(each.code == MADE_OTHERWISE for each in meeting.link.problems)
    return told and all(
        meeting.link.base(Side.CLOUD, name) == getattr(meeting.cloud, name)
        for name in ("series", *_TIMES)
    )


def remind(meeting: EventMeeting, merged: Merge) -> None:
    """Tell why the wiki says in words a series that it could keep, so that it is known later."""
    if made_otherwise(meeting):
        merged.problems.append(Problem.warning(MADE_OTHERWISE, Side.WIKI))


def ended_in_wiki(meeting: EventMeeting) -> bool:
    """Whether a member took the recurrence away from an entry; what we say in words is ours."""
    base = meeting.link.base(Side.WIKI, "series")
    return isinstance(base, Series) and meeting.wiki.series is None and not meeting.wiki.said


def begin(meeting: EventMeeting, merged: Merge) -> None:
    """Send the series to the wiki, and its first date where the wiki's was derived."""
    names = ("series", *(_TIMES if dates_are_derived(meeting) else ()))
    _send(meeting, merged, Side.WIKI, {name: getattr(meeting.cloud, name) for name in names})
    merged.due = _extension(meeting)


def dates_are_derived(meeting: EventMeeting) -> bool:
    """Whether the entry's own dates are none that anybody gave it."""
    return isinstance(meeting.link.base(Side.CLOUD, "series"), Series | Missing)


def merge_series(meeting: EventMeeting, merged: Merge, winner: Callable[[], Side | None]) -> bool:
    """Merge two series by their dates; False where they are two values like any others.

    `winner` says whose values stay where both changed the same date.
    """
    wiki, cloud = meeting.wiki.series, meeting.cloud.series
    if wiki is None or cloud is None:
        return False
    merged.due = _extension(meeting)
    was_wiki, was_cloud = _agreed(meeting, Side.WIKI), _agreed(meeting, Side.CLOUD)
    if was_wiki is None or was_cloud is None:
        return _same(meeting, merged)
    zone = meeting.binding.zone
    from_wiki = changed_in_wiki(was_wiki, meeting.wiki, meeting.now, zone)
    from_cloud = changed_in_cloud(was_cloud, meeting.cloud)
    if from_wiki is not None and from_cloud is not None:
        if from_wiki or from_cloud:
            _merge_dates(meeting, merged, (from_wiki, from_cloud), winner)
        else:
            _extend(meeting, merged)
        return True
    if _same(meeting, merged):
        return True
    if from_wiki is None and from_cloud is None:
        return False
    return _push_whole(meeting, merged, was_wiki, (from_wiki, from_cloud))


def _push_whole(
    meeting: EventMeeting,
    merged: Merge,
    was_wiki: Event,
    changes: tuple[DateChanges | None, DateChanges | None],
) -> bool:
    """One side changed the series as a whole, and the other nothing of it."""
    from_wiki, from_cloud = changes
    wiki, cloud, base = meeting.wiki.series, meeting.cloud.series, was_wiki.series
    if from_wiki or from_cloud or wiki is None or cloud is None or base is None:
        return False
    if from_wiki is None:
        _send(meeting, merged, Side.CLOUD, {"series": carried_whole(cloud, base, wiki)})
    else:
        _send(meeting, merged, Side.WIKI, {"series": cloud})
        if as_laid(meeting) is None:
            merged.due = shown(meeting.cloud, meeting.now, meeting.binding.zone).until
    return True


def needs_a_person(meeting: EventMeeting, merged: Merge) -> tuple[str, ...]:
    """The fields bound for the wiki that only a person may let through.

    Where members changed or removed a repetition, an edit of the parent would lose it; where the
    parent may be closed to readers, its repetitions would be public. And a series that was born
    in the wiki is not turned into words by a rule that the wiki has not.
    """
    if meeting.wiki.series is None:
        return ()
    names = tuple(
        name for name in sorted(merged.to_wiki) if name != "series" or not merged.single_dates
    )
    if not names or meeting.wiki.frail or meeting.binding.private:
        return names
    reshaped = {"series", *_TIMES}.intersection(names) and meeting.cloud.series is not None
    of_the_wiki = meeting.link.origin is Side.WIKI
    return names if reshaped and of_the_wiki and as_laid(meeting) is None else ()


def settle_removals(meeting: EventMeeting, merged: Merge, *, deleted: bool, restored: bool) -> None:
    """What a person said of dates that the cloud excepted, or that nobody said anything yet."""
    wiki, cloud = meeting.wiki.series, meeting.cloud.series
    if wiki is None or cloud is None:
        return
    if deleted:
        base = merged.to_wiki.get("series", wiki)
        gone = DateChanges(removed=merged.removals)
        merged.to_wiki["series"] = applied(base, gone)
        merged.single_dates = True
    elif restored and meeting.binding.direction.writes(Side.CLOUD):
        base = merged.to_cloud.get("series", cloud)
        merged.to_cloud["series"] = applied(base, DateChanges(added=merged.removals))
    else:
        merged.unsettled["series"] = meeting.bases("series")


def clash_of(meeting: EventMeeting) -> Clash:
    """The three series."""
    base = known(meeting.link.base(Side.CLOUD, "series"))
    return Clash(base, meeting.wiki.series, meeting.cloud.series)


def as_laid(meeting: EventMeeting, *, bare: bool = True) -> Series | None:
    """The cloud's series as the wiki would make it, None where it has no structure for it.

    `bare`: what single dates have of their own is left aside.
    """
    series = meeting.cloud.series
    if series is None:
        return None
    series = replace(series, overrides=()) if bare else series
    return meeting.projected(replace(meeting.cloud, page="", series=series)).series


def _merge_dates(
    meeting: EventMeeting,
    merged: Merge,
    changes: tuple[DateChanges, DateChanges],
    winner: Callable[[], Side | None],
) -> None:
    from_wiki, from_cloud = changes
    wiki, cloud = meeting.wiki.series, meeting.cloud.series
    if wiki is None or cloud is None:
        return
    merged.bases["series"] = meeting.bases("series")
    values, removals = contested(from_wiki, from_cloud)
    _prefer_edits(merged, from_wiki, from_cloud, removals)
    back = DateChanges(added=from_cloud.removed & removals)
    from_wiki = replace(from_wiki, removed=from_wiki.removed - removals)
    from_cloud = replace(from_cloud, removed=from_cloud.removed - removals)
    if values:
        won = winner()
        merged.clashes["series"] = (clash_of(meeting), won)
        if won is None:
            merged.unsettled["series"] = meeting.bases("series")
        if won is not Side.WIKI:
            from_wiki = from_wiki.without(values)
        if won is not Side.CLOUD:
            from_cloud = from_cloud.without(values)
    new_cloud = applied(applied(cloud, back), from_wiki)
    new_wiki = applied(wiki, _for_wiki(meeting, merged, from_cloud))
    if new_cloud != cloud:
        _send(meeting, merged, Side.CLOUD, {"series": new_cloud})
    if new_wiki != wiki:
        _send(meeting, merged, Side.WIKI, {"series": new_wiki})
        merged.single_dates = "series" in merged.to_wiki


def _prefer_edits(
    merged: Merge, from_wiki: DateChanges, from_cloud: DateChanges, removals: Iterable[When]
) -> None:
    for side, changes in ((Side.WIKI, from_wiki), (Side.CLOUD, from_cloud)):
        if changes.removed.intersection(removals):
            merged.problems.append(Problem.warning("edit-beats-delete", side))


def _for_wiki(meeting: EventMeeting, merged: Merge, changes: DateChanges) -> DateChanges:
    """What of the cloud's single dates goes to repetitions that are there.

    The first date is the parent itself: what is changed on it alone stays in the cloud. Dates
    that the cloud excepted follow the binding's policy of deletions.
    """
    there = date_set(meeting.wiki, meeting.now, meeting.binding.zone) or frozenset()
    first = meeting.wiki.start
    if first in changes.own or first in changes.removed:
        merged.problems.append(Problem.warning("first-date-stays", Side.CLOUD))
    reachable = changes.within(there - {first})
    policy = meeting.binding.deletions
    if policy is Deletions.ASK and meeting.binding.direction.writes(Side.WIKI):
        merged.removals = reachable.removed
    if policy is not Deletions.PROPAGATE:
        reachable = replace(reachable, removed=frozenset())
    return reachable


def _extend(meeting: EventMeeting, merged: Merge) -> None:
    """Lay a series without end out further once its last year has begun.

    One that has become too long for the wiki's own keeping goes back to words.
    """
    if not is_endless(meeting.cloud.series):
        return
    laid = as_laid(meeting)
    zone = meeting.binding.zone
    here = date_set(meeting.wiki, meeting.now, zone)
    if laid is not None and here:
        there = date_set(replace(meeting.cloud, series=laid), meeting.now, zone)
        if not there or max(there) <= max(here):
            return
    elif meeting.link.origin is Side.WIKI or not here or max(here) > _soon(meeting):
        return
    _send(meeting, merged, Side.WIKI, {"series": meeting.cloud.series})


def _soon(meeting: EventMeeting) -> When:
    return shown(meeting.wiki, meeting.now, meeting.binding.zone).start


def _same(meeting: EventMeeting, merged: Merge) -> bool:
    """Whether both sides say the same by now, which is then agreed."""
    laid, zone = as_laid(meeting), meeting.binding.zone
    if not say_the_same(meeting.wiki, meeting.cloud, laid, meeting.now, zone):
        return False
    merged.bases["series"] = meeting.bases("series")
    return True


def _agreed(meeting: EventMeeting, side: Side) -> Event | None:
    """That side's event as far as its dates were agreed, None where they were not."""
    base = meeting.link.base(side, "series")
    start, end = (meeting.link.base(side, name) for name in _TIMES)
    if not isinstance(base, Series) or MISSING in (start, end):
        return None
    return replace(meeting.record(side), series=base, start=start, end=end)


def _extension(meeting: EventMeeting) -> datetime | None:
    if not is_endless(meeting.cloud.series):
        return None
    return extended_at(meeting.now, meeting.binding.zone)


def _send(meeting: EventMeeting, merged: Merge, to: Side, values: dict[str, Any]) -> None:
    """Send what `to` does not say yet, or leave it and tell where that side is not written."""
    names = [name for name, value in values.items() if getattr(meeting.record(to), name) != value]
    merged.bases.update({name: meeting.bases(name) for name in values})
    if not meeting.binding.direction.writes(to):
        merged.left.setdefault(to.other, []).extend(names)
        merged.unsettled.update({name: meeting.bases(name) for name in names})
        return
    target = merged.to_wiki if to is Side.WIKI else merged.to_cloud
    target.update({name: values[name] for name in names})
