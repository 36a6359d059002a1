"""Two records and their last agreement, field by field.

Each side is compared with its own base, since each server normalises in its own way. What moved on
one side goes to the other; what moved on both to the same is agreed; what moved on both to
different values is a conflict, which the binding's policy settles or leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Binding, OnConflict
from oscartes_sync.planning.change import known
from oscartes_sync.planning.paragraphs import merge_texts, same_paragraphs
from oscartes_sync.planning.plan import Clash
from oscartes_sync.planning.rules import Project
from oscartes_sync.planning.series import (
    begin,
    dates_are_derived,
    ended_in_wiki,
    merge_series,
    remind,
    starts_anew,
)
from oscartes_sync.records.event import FIELDS, SETS, Event, RichText, When
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side

_UNITS: tuple[tuple[str, ...], ...] = (
    ("start", "end"),
    *((name,) for name in FIELDS if name not in ("start", "end")),
)
"""Fields that only make sense together are merged together."""

_CLOUD_ONLY = frozenset({"visibility", "guests"})
_WIKI_TO_CLOUD_ONLY = frozenset({"image", "files"})


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

    `decided`: whose values a person wants to stay where nothing else decides.
    """

    link: Link
    wiki: Event
    cloud: Event
    binding: Binding
    carries: frozenset[str]
    says: frozenset[str]
    project: Project
    now: datetime
    decided: Side | None = None

    @property
    def in_words(self) -> bool:
        """Whether the wiki shows a series of the cloud as one entry, its rule in words."""
        one_entry = self.cloud.series is not None and self.wiki.series is None
        return one_entry and not (starts_anew(self) or ended_in_wiki(self))

    def record(self, side: Side) -> Event:
        """That side's record now."""
        return self.wiki if side is Side.WIKI else self.cloud


def merge(meeting: Meeting) -> Merge:
    """Decide field by field; pure."""
    merged = Merge()
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
            _merge_set(meeting, merged, unit[0])
        elif unit[0] not in meeting.carries:
            if unit[0] in meeting.says:
                _one_way_to_wiki(meeting, merged, unit[0])
        elif unit[0] not in _CLOUD_ONLY:
            _merge_unit(meeting, merged, unit)
    _follow_page(meeting, merged)
    _doubt_positions(meeting, merged)
    _mention_guests(meeting, merged)
    _mention_left(merged)
    _mention_said(meeting, merged)
    return merged


def _merge_series(meeting: Meeting, merged: Merge) -> bool:
    return merge_series(meeting, merged, lambda: _winner(meeting, ("series",)))


def _bases(meeting: Meeting, name: str) -> tuple[Any, Any]:
    return meeting.link.base(Side.WIKI, name), meeting.link.base(Side.CLOUD, name)


def _moved(meeting: Meeting, side: Side, unit: Iterable[str]) -> bool:
    return any(
        meeting.link.base(side, name) != getattr(meeting.record(side), name) for name in unit
    )


def _series_ended(meeting: Meeting) -> bool:
    """Whether the wiki said in words a series that in the cloud is one event by now."""
    base_wiki, base_cloud = _bases(meeting, "series")
    return bool(base_wiki is None and base_cloud not in (None, MISSING)) and not (
        meeting.cloud.series or meeting.wiki.series
    )


def _never_agreed(meeting: Meeting, unit: Iterable[str]) -> bool:
    return any(meeting.link.base(Side.WIKI, name) is MISSING for name in unit)


def _merge_unit(meeting: Meeting, merged: Merge, unit: tuple[str, ...]) -> None:
    wiki_moved = _moved(meeting, Side.WIKI, unit)
    cloud_moved = _moved(meeting, Side.CLOUD, unit)
    if unit[0] == "start" and _series_ended(meeting):
        # What the wiki shows was one date of the series, never a member's own.
        wiki_moved, cloud_moved = False, True
    if unit[0] in _WIKI_TO_CLOUD_ONLY:
        cloud_moved = False
        if _never_agreed(meeting, unit):
            wiki_moved = not same(meeting, unit)
    if not (wiki_moved or cloud_moved):
        return
    for name in unit:
        merged.bases[name] = _bases(meeting, name)
    if same(meeting, unit):
        return
    if wiki_moved and cloud_moved:
        if unit != ("description",) or not _merge_text(meeting, merged, "description"):
            _clash(meeting, merged, unit)
    elif wiki_moved:
        _push(meeting, merged, Side.CLOUD, unit)
    else:
        _push(meeting, merged, Side.WIKI, unit)


def _merge_text(meeting: Meeting, merged: Merge, name: str) -> bool:
    """Both edits of a long text, where they touch different paragraphs; whether it could be done.

    What was agreed must be the same text on both sides, or nobody knows who changed what.
    """
    bases = _bases(meeting, name)
    if not all(isinstance(base, RichText) for base in bases) or not all(
        meeting.binding.direction.writes(side) for side in Side
    ):
        return False
    base, other = (each.text for each in bases)
    wiki, cloud = getattr(meeting.wiki, name), getattr(meeting.cloud, name)
    text = merge_texts(base, wiki.text, cloud.text) if same_paragraphs(base, other) else None
    if text is None:
        return False
    for target, there in ((merged.to_wiki, wiki), (merged.to_cloud, cloud)):
        if not same_paragraphs(text, there.text):
            target[name] = RichText(text)
    return True


def same(meeting: Meeting, unit: Sequence[str]) -> bool:
    """Whether both sides say the same, as far as the wiki could say it."""
    if all(_alike(getattr(meeting.wiki, name), getattr(meeting.cloud, name)) for name in unit):
        return True
    projected = meeting.project(meeting.cloud)
    return all(_alike(getattr(meeting.wiki, name), getattr(projected, name)) for name in unit)


def _alike(wiki: Any, cloud: Any) -> bool:
    text, other = getattr(wiki, "text", None), getattr(cloud, "text", None)
    if text is not None and other is not None:
        return bool(" ".join(text.split()) == " ".join(other.split()))
    return bool(wiki == cloud)


def _push(meeting: Meeting, merged: Merge, to: Side, unit: Iterable[str]) -> None:
    """Send what `to` does not say yet, or leave it and tell where that side is not written."""
    here, there = meeting.record(to), meeting.record(to.other)
    names = [name for name in unit if getattr(here, name) != getattr(there, name)]
    if not meeting.binding.direction.writes(to):
        merged.left.setdefault(to.other, []).extend(names)
        merged.unsettled.update({name: _bases(meeting, name) for name in unit})
        return
    target = merged.to_wiki if to is Side.WIKI else merged.to_cloud
    target.update({name: getattr(there, name) for name in names})


def _clash(meeting: Meeting, merged: Merge, unit: Iterable[str]) -> None:
    winner = _winner(meeting, unit)
    for name in unit:
        if getattr(meeting.wiki, name) == getattr(meeting.cloud, name):
            continue
        clash = Clash(
            known(meeting.link.base(Side.CLOUD, name)),
            getattr(meeting.wiki, name),
            getattr(meeting.cloud, name),
        )
        merged.clashes[name] = (clash, winner)
    if winner is None:
        merged.unsettled.update({name: _bases(meeting, name) for name in unit})
    else:
        _push(meeting, merged, winner.other, unit)


def _winner(meeting: Meeting, unit: Iterable[str]) -> Side | None:
    """One-way bindings follow their source; a pair never agreed on is for a person to settle."""
    for side in Side:
        if not meeting.binding.direction.writes(side):
            return side
    if _never_agreed(meeting, unit) or meeting.binding.on_conflict is OnConflict.ASK:
        return meeting.decided
    return Side(meeting.binding.on_conflict.value)


def _merge_set(meeting: Meeting, merged: Merge, name: str) -> None:
    """Elements added and removed on each side, one by one: a set cannot clash."""
    if name not in meeting.carries:
        return
    base_wiki, base_cloud = _bases(meeting, name)
    wiki, spelt = set(getattr(meeting.wiki, name)), set(getattr(meeting.cloud, name))
    held = set(getattr(meeting.project(meeting.cloud), name)) if spelt - wiki else spelt
    # The wiki's spelling is the one that is compared; the cloud keeps its own.
    agreed = () if base_wiki is MISSING else base_wiki
    spelling = {label.casefold(): label for label in (*held, *agreed, *wiki)}
    cloud = _respelt(spelt, spelling)
    can_hold = _respelt(held, spelling)
    if base_wiki is MISSING:
        base_wiki, base_cloud = wiki & cloud, wiki & cloud
    base_cloud = _respelt(base_cloud, spelling)
    # What the list lost is no member's removal: it stays in the calendar.
    added, removed = wiki - set(base_wiki), set(base_wiki) - wiki - (cloud - can_hold)
    cloud_added, cloud_removed = cloud - set(base_cloud), set(base_cloud) - cloud
    # What the wiki had no place for when it came, and has by now.
    cloud_added |= _respelt(_waiting(meeting), spelling) & cloud & can_hold - wiki
    if added or removed or cloud_added or cloud_removed:
        merged.bases[name] = _bases(meeting, name)
    for label in sorted((cloud - can_hold) - wiki):
        merged.problems.append(Problem.warning("category-unknown", Side.CLOUD, category=label))
    new_cloud = (cloud | added) - (removed - cloud_added)
    new_wiki = (wiki | (cloud_added & can_hold)) - (cloud_removed - added)
    for to, new, now in ((Side.CLOUD, new_cloud, cloud), (Side.WIKI, new_wiki, wiki)):
        if new == now:
            continue
        if meeting.binding.direction.writes(to):
            target = merged.to_wiki if to is Side.WIKI else merged.to_cloud
            own = {} if to is Side.WIKI else {spelling.get(e.casefold(), e): e for e in spelt}
            target[name] = tuple(sorted(own.get(label, label) for label in new))
        else:
            merged.left.setdefault(to.other, []).append(name)
            merged.unsettled[name] = _bases(meeting, name)


def _waiting(meeting: Meeting) -> set[str]:
    """The categories of which it was told that the wiki has no place for them."""
    codes = ("category-unknown", "category-crowded")
    told = (dict(each.params) for each in meeting.link.problems if each.code in codes)
    return {params["category"] for params in told}


def _respelt(labels: Iterable[str], spelling: Mapping[str, str]) -> set[str]:
    return {spelling.get(label.casefold(), label) for label in labels}


def _one_way_to_wiki(meeting: Meeting, merged: Merge, name: str) -> None:
    """Fields that the wiki can only say in the derived paragraph: it follows the cloud."""
    base = meeting.link.base(Side.CLOUD, name)
    value = getattr(meeting.cloud, name)
    if base is MISSING or base == value or not meeting.binding.direction.writes(Side.WIKI):
        return
    merged.bases[name] = _bases(meeting, name)
    merged.to_wiki[name] = value


def _show_next(meeting: Meeting, merged: Merge) -> None:
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
        merged.bases[name] = _bases(meeting, name)
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


def _date_is_due(meeting: Meeting, until: datetime | None) -> bool:
    """Whether the shown date has passed, or the series has moved; one that was put back stays.

    Of a series that is over, the last date was shown once for all.
    """
    due = meeting.link.due
    if _moved(meeting, Side.CLOUD, ("start", "end", "series")):
        return True
    if due is None:
        return until is not None or _never_agreed(meeting, ("start", "end"))
    return due <= meeting.now


def _follow_page(meeting: Meeting, merged: Merge) -> None:
    """The entry's page moved with its wiki: the URL of its event follows."""
    link, page = meeting.link, meeting.wiki.page
    moved = page != link.wiki.page or "page" in link.unsettled
    if not (moved and page and link.wiki.page and meeting.binding.direction.writes(Side.CLOUD)):
        return
    if link.origin is Side.WIKI and meeting.cloud.page != page:
        merged.to_cloud["page"] = page
        merged.bases["page"] = (link.wiki.page, link.cloud.page)


def _doubt_positions(meeting: Meeting, merged: Merge) -> None:
    """A place that moved without its position leaves a point on the map that may be wrong."""
    for side, changes in ((Side.WIKI, merged.to_wiki), (Side.CLOUD, merged.to_cloud)):
        if "place" in changes and "position" not in changes and meeting.record(side).position:
            merged.problems.append(Problem.warning("position-doubtful", side))


def _mention_guests(meeting: Meeting, merged: Merge) -> None:
    """We never send invitations, so guests do not hear of a new time from us."""
    if meeting.cloud.guests and {"start", "end", "series"} & merged.to_cloud.keys():
        merged.problems.append(Problem.warning("guests-not-told", Side.CLOUD))


def _mention_left(merged: Merge) -> None:
    for side, names in merged.left.items():
        if names:
            code = f"left-on-{side.value}"
            listed = ", ".join(sorted(set(names)))
            merged.problems.append(Problem.warning(code, side, fields=listed))


def _mention_said(meeting: Meeting, merged: Merge) -> None:
    """The derived paragraph is ours to write: what a member writes into it goes nowhere."""
    agreed = meeting.link.wiki.said
    if agreed and meeting.wiki.said != agreed:
        merged.problems.append(Problem.warning("derived-edited", Side.WIKI))


def apply_to(event: Event, changes: dict[str, Any], other: Event) -> Event:
    """The record as it will be on one side once `changes` are written there.

    Where the wiki keeps the thing (page, properties) is known by whichever side has it.
    """
    kept = {
        "page": event.page or other.page,
        "properties": event.properties or other.properties,
    }
    return replace(event, **{**kept, **changes})
