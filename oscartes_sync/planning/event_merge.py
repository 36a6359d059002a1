"""Two events and their last agreement: besides their fields, their dates and their series."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.meeting import EventMeeting, Merge
from oscartes_sync.planning.series import (
    begin,
    dates_are_derived,
    merge_series,
    remind,
    starts_anew,
)
from oscartes_sync.planning.units import merge_set, merge_unit, winner_of
from oscartes_sync.records.event import FIELDS, SETS, Event
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side

_UNITS: Final[tuple[tuple[str, ...], ...]] = (
    ("start", "end"),
    *((name,) for name in FIELDS if name not in ("start", "end")),
)
"""Fields that only make sense together are merged together."""

_CLOUD_ONLY: Final = frozenset({"visibility", "guests"})


def merge_events(meeting: EventMeeting, merged: Merge) -> None:
    """Decide field by field."""
    in_words, anew = meeting.in_words, starts_anew(meeting)
    for unit in _UNITS:
        if unit[0] == "start" and in_words:
            _show_next(meeting, merged)
            remind(meeting, merged)
        elif anew and (unit[0] == "series" or (unit[0] == "start" and dates_are_derived(meeting))):
            begin(meeting, merged)
        elif unit[0] == "series" and (in_words or _series_ended(meeting)):
            _one_way_to_wiki(meeting, merged, "series")
        elif unit[0] == "series" and _merge_series(meeting, merged):
            continue
        elif unit[0] in SETS:
            merge_set(meeting, merged, unit[0])
        elif unit[0] not in meeting.carries:
            if unit[0] in meeting.says:
                _one_way_to_wiki(meeting, merged, unit[0])
        elif unit[0] not in _CLOUD_ONLY:
            # What the wiki shows of a series that ended was one of its dates, no member's own.
            derived = unit[0] == "start" and _series_ended(meeting)
            merge_unit(meeting, merged, unit, derived=derived)
    _mention_guests(meeting, merged)
    _mention_said(meeting, merged)


def _merge_series(meeting: EventMeeting, merged: Merge) -> bool:
    return merge_series(meeting, merged, lambda: winner_of(meeting, ("series",)))


def _series_ended(meeting: EventMeeting) -> bool:
    """Whether the wiki said in words a series that in the cloud is one event by now."""
    base_wiki, base_cloud = meeting.bases("series")
    return bool(base_wiki is None and base_cloud not in (None, MISSING)) and not (
        meeting.cloud.series or meeting.wiki.series
    )


def _one_way_to_wiki(meeting: EventMeeting, merged: Merge, name: str) -> None:
    """Fields that the wiki can only say in the derived paragraph: it follows the cloud."""
    base = meeting.link.base(Side.CLOUD, name)
    value = getattr(meeting.cloud, name)
    if base is MISSING or base == value or not meeting.binding.direction.writes(Side.WIKI):
        return
    merged.bases[name] = meeting.bases(name)
    merged.to_wiki[name] = value


def _show_next(meeting: EventMeeting, merged: Merge) -> None:
    """The one entry of a series shows its next date; an edit of that date is told, not carried.

    A member's edit stays until the date moves on: the base is then what the wiki showed before it.
    """
    next_date = shown(meeting.cloud, meeting.now, meeting.binding.zone)
    merged.due = next_date.until
    names = ("start", "end")
    expected = (next_date.start, next_date.end)
    agreed = tuple(meeting.link.base(Side.WIKI, name) for name in names)
    actual = (meeting.wiki.start, meeting.wiki.end)
    for name in names:
        merged.bases[name] = meeting.bases(name)
    if MISSING in agreed:
        agreed = actual
    if actual not in (agreed, expected):
        merged.problems.append(Problem.warning("derived-dates-edited", Side.WIKI))
        for place, name in enumerate(names):
            merged.unsettled[name] = (agreed[place], meeting.link.base(Side.CLOUD, name))
    if (
        expected not in (agreed, actual)
        and _date_is_due(meeting, next_date.until)
        and meeting.binding.direction.writes(Side.WIKI)
    ):
        merged.to_wiki.update(zip(names, expected, strict=True))
        for name in names:
            merged.unsettled.pop(name, None)


def _date_is_due(meeting: EventMeeting, until: datetime | None) -> bool:
    """Whether the shown date has passed, or the series has moved; one that was put back stays.

    Of a series that is over, the last date was shown once for all.
    """
    due = meeting.link.due
    if meeting.moved(Side.CLOUD, ("start", "end", "series")):
        return True
    if due is None:
        return until is not None or meeting.never_agreed(("start", "end"))
    return due <= meeting.now


def _mention_guests(meeting: EventMeeting, merged: Merge) -> None:
    """We never send invitations, so guests do not hear of a new time from us."""
    if meeting.cloud.guests and {"start", "end", "series"} & merged.to_cloud.keys():
        merged.problems.append(Problem.warning("guests-not-told", Side.CLOUD))


def _mention_said(meeting: EventMeeting, merged: Merge) -> None:
    """The derived paragraph is ours to write: what a member writes into it goes nowhere."""
    before = meeting.link.wiki
    agreed = before.said if isinstance(before, Event) else ""
    if agreed and meeting.wiki.said != agreed:
        merged.problems.append(Problem.warning("derived-edited", Side.WIKI))
