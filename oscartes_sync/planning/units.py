"""Field by field: what moved on which side, and what therefore goes where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Final

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import OnConflict
from oscartes_sync.planning.change import known
from oscartes_sync.planning.meeting import Meeting, Merge
from oscartes_sync.planning.paragraphs import merge_texts, same_paragraphs
from oscartes_sync.planning.plan import Clash
from oscartes_sync.records.contact import LISTS
from oscartes_sync.records.document import Document
from oscartes_sync.records.event import RichText
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

_WIKI_TO_CLOUD_ONLY: Final = frozenset({"image", "files", "related"})
_PLACES: Final = frozenset({"place", "street", "postcode", "town"})


def merge_unit(
    meeting: Meeting, merged: Merge, unit: tuple[str, ...], *, derived: bool = False
) -> None:
    """Fields that belong together; `derived`: what the wiki shows of them is no member's own."""
    wiki_moved = meeting.moved(Side.WIKI, unit)
    cloud_moved = meeting.moved(Side.CLOUD, unit) and not _is_shuffled(meeting, unit[0])
    if derived:
        wiki_moved, cloud_moved = False, True
    if unit[0] in _WIKI_TO_CLOUD_ONLY:
        cloud_moved = False
        if meeting.never_agreed(unit):
            wiki_moved = not same(meeting, unit)
    if not (wiki_moved or cloud_moved):
        return
    for name in unit:
        merged.bases[name] = meeting.bases(name)
    if same(meeting, unit):
        return
    if wiki_moved and cloud_moved:
        if not _merge_inside(meeting, merged, unit[0]):
            clash(meeting, merged, unit)
    elif wiki_moved:
        push(meeting, merged, Side.CLOUD, unit)
    else:
        push(meeting, merged, Side.WIKI, unit)


def _is_shuffled(meeting: Meeting, name: str) -> bool:
    """Whether a card merely has its lines in another order, as programs that save it may."""
    base = meeting.link.base(Side.CLOUD, name)
    if name not in LISTS or base is MISSING:
        return False
    return sorted(base) == sorted(getattr(meeting.cloud, name))


def _merge_inside(meeting: Meeting, merged: Merge, name: str) -> bool:
    """Both edits of one value that is made of several; whether they are about different parts."""
    if name == "description":
        return _merge_text(meeting, merged, name)
    return name in LISTS and _merge_list(meeting, merged, name)


def _merge_text(meeting: Meeting, merged: Merge, name: str) -> bool:
    """Both edits of a long text, where they touch different paragraphs; whether it could be done.

    What was agreed must be the same text on both sides, or nobody knows who changed what.
    """
    bases = meeting.bases(name)
    if not all(isinstance(base, RichText) for base in bases) or _one_way(meeting):
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


def _merge_list(meeting: Meeting, merged: Merge, name: str) -> bool:
    """Both edits of a list, where they are about different elements; whether it could be done."""
    wiki_base, cloud_base = meeting.bases(name)
    if wiki_base != cloud_base or wiki_base is MISSING or _one_way(meeting):
        return False
    wiki, cloud = getattr(meeting.wiki, name), getattr(meeting.cloud, name)
    joined = _joined(wiki_base, wiki, cloud)
    if joined is None:
        return False
    for target, there in ((merged.to_wiki, wiki), (merged.to_cloud, cloud)):
        if joined != there:
            target[name] = joined
    return True


def _joined(
    base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Mine with what they changed of the base, each in its place; None where both changed one."""
    instead = _replaced(base, theirs)
    if any(value not in mine for value in instead):
        return None
    kept = [instead.get(value, value) for value in mine]
    added = [value for value in theirs if value not in base]
    return tuple(dict.fromkeys(value for value in (*kept, *added) if value is not None))


def _one_way(meeting: Meeting) -> bool:
    return not all(meeting.binding.direction.writes(side) for side in Side)


def same(meeting: Meeting, unit: Sequence[str]) -> bool:
    """Whether both sides say the same, as far as the wiki could say it."""
    if all(_alike(getattr(meeting.wiki, name), getattr(meeting.cloud, name)) for name in unit):
        return True
    if unit[0] in LISTS and meeting.never_agreed(unit):
        # With the state lost, two orders of the same telephones are no difference to ask about.
        here, there = (sorted(getattr(each, unit[0])) for each in (meeting.wiki, meeting.cloud))
        if here == there:
            return True
    projected = meeting.project(meeting.cloud)
    return all(_alike(getattr(meeting.wiki, name), getattr(projected, name)) for name in unit)


def _alike(wiki: Any, cloud: Any) -> bool:
    text, other = getattr(wiki, "text", None), getattr(cloud, "text", None)
    if text is not None and other is not None:
        return bool(" ".join(text.split()) == " ".join(other.split()))
    return bool(wiki == cloud)


def push(meeting: Meeting, merged: Merge, to: Side, unit: Iterable[str]) -> None:
    """Send what `to` does not say yet, or leave it and tell where that side is not written."""
    here, there = meeting.record(to), meeting.record(to.other)
    names = [name for name in unit if getattr(here, name) != getattr(there, name)]
    if not meeting.binding.direction.writes(to):
        merged.left.setdefault(to.other, []).extend(names)
        merged.unsettled.update({name: meeting.bases(name) for name in unit})
        return
    target = merged.to_wiki if to is Side.WIKI else merged.to_cloud
    for name in names:
        listed = to is Side.CLOUD and name in LISTS
        wanted = _carried(meeting, name) if listed else getattr(there, name)
        if wanted != getattr(here, name):
            target[name] = wanted


def _carried(meeting: Meeting, name: str) -> tuple[str, ...]:
    """A list of the wiki as the cloud is to have it: what changed, among what a member added.

    The form has room for so many telephones; a card may hold more, which are nobody's to remove.
    """
    wiki, cloud = getattr(meeting.wiki, name), getattr(meeting.cloud, name)
    wiki_base, cloud_base = meeting.bases(name)
    if MISSING in (wiki_base, cloud_base):
        return tuple(wiki)
    spelt = _spelt(wiki_base, cloud_base)
    says = {value: value for value in cloud_base} | _replaced(cloud_base, cloud)
    changed = {value: value for value in wiki_base} | _replaced(wiki_base, wiki)
    # By what the card says now of each value that was agreed: what the wiki says of it.
    new = {says.get(spelt.get(old, old)): value for old, value in changed.items() if value != old}
    for old, value in changed.items():
        theirs = says.get(spelt.get(old, old))
        if value == old and theirs != spelt.get(old, old):
            new[theirs] = value
    kept = [new.get(value, value) for value in cloud]
    added = [value for value in wiki if value not in wiki_base]
    more = [value for value in (*new.values(), *added) if value not in kept]
    return tuple(dict.fromkeys(value for value in (*kept, *more) if value is not None))


def _spelt(wiki: Sequence[str], cloud: Sequence[str]) -> dict[str, str]:
    """What the card says for each value of the wiki: the same, or, in order, another spelling.

    The form keeps a value in its own field, so the two may have them in another order.
    """
    same = {value: value for value in wiki if value in cloud}
    others = ([value for value in side if value not in same] for side in (wiki, cloud))
    return same | dict(zip(*others, strict=False))


def _replaced(base: tuple[str, ...], now: tuple[str, ...]) -> dict[str, str | None]:
    """What became of the values that are there no more: another in their place, or None."""
    gone = [value for value in base if value not in now]
    new = [value for value in now if value not in base]
    return dict(zip_longest(gone, new[: len(gone)]))


def clash(meeting: Meeting, merged: Merge, unit: Iterable[str]) -> None:
    winner = winner_of(meeting, unit)
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
        merged.unsettled.update({name: meeting.bases(name) for name in unit})
    else:
        push(meeting, merged, winner.other, unit)


def winner_of(meeting: Meeting, unit: Iterable[str]) -> Side | None:
    """One-way bindings follow their source; a pair never agreed on is for a person to settle."""
    for side in Side:
        if not meeting.binding.direction.writes(side):
            return side
    if meeting.never_agreed(unit) or meeting.binding.on_conflict is OnConflict.ASK:
        return meeting.decided
    return Side(meeting.binding.on_conflict.value)


def merge_set(meeting: Meeting, merged: Merge, name: str) -> None:
    """Elements added and removed on each side, one by one: a set cannot clash."""
    if name not in meeting.carries:
        return
    base_wiki, base_cloud = meeting.bases(name)
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
        merged.bases[name] = meeting.bases(name)
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
            merged.unsettled[name] = meeting.bases(name)


def _waiting(meeting: Meeting) -> set[str]:
    """The categories of which it was told that the wiki has no place for them."""
    codes = ("category-unknown", "category-crowded")
    told = (dict(each.params) for each in meeting.link.problems if each.code in codes)
    return {params["category"] for params in told}


def _respelt(labels: Iterable[str], spelling: Mapping[str, str]) -> set[str]:
    return {spelling.get(label.casefold(), label) for label in labels}


def follow_page(meeting: Meeting, merged: Merge) -> None:
    """The entry's page moved with its wiki: the URL of its event follows."""
    link, page = meeting.link, meeting.wiki.page
    moved = page != link.wiki.page or "page" in link.unsettled
    if not (moved and page and link.wiki.page and meeting.binding.direction.writes(Side.CLOUD)):
        return
    if link.origin is Side.WIKI and meeting.cloud.page != page:
        merged.to_cloud["page"] = page
        merged.bases["page"] = (link.wiki.page, link.cloud.page)


def doubt_positions(meeting: Meeting, merged: Merge) -> None:
    """A place that moved without its position leaves a point on the map that may be wrong."""
    for side, changes in ((Side.WIKI, merged.to_wiki), (Side.CLOUD, merged.to_cloud)):
        if _PLACES & changes.keys() and "position" not in changes and meeting.record(side).position:
            merged.problems.append(Problem.warning("position-doubtful", side))


def mention_left(merged: Merge) -> None:
    for side, names in merged.left.items():
        if names:
            code = f"left-on-{side.value}"
            listed = ", ".join(sorted(set(names)))
            merged.problems.append(Problem.warning(code, side, fields=listed))


def apply_to(record: Record, changes: dict[str, Any], other: Record) -> Record:
    """The record as it will be on one side once `changes` are written there.

    Where the wiki keeps the thing (page, properties) is known by whichever side has it. So is
    which file a document is; the bytes come from the other side, and so does their name.
    """
    kept: dict[str, Any] = {
        "page": record.page or other.page,
        "properties": record.properties or other.properties,
    }
    if isinstance(record, Document) and isinstance(other, Document):
        kept |= {"file": record.file or other.file, "name": other.name}
    return replace(record, **{**kept, **changes})
