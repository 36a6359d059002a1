"""Which entries are one thing: an event alone, or a recurring one with its repetitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bazar_forms.errors import RecurrenceMalformed
from bazar_forms.recurrence import Repetition, recurrence_from_json


@dataclass(frozen=True, slots=True)
class Groups:
    """Entries by the thing they belong to: each list opens with the thing's own entry.

    `orphans` are repetitions whose parent is not there: hidden, deleted, or in another form.
    """

    things: Mapping[str, tuple[str, ...]]
    orphans: tuple[str, ...] = ()


def parent_of(stored: object) -> str:
    """The tag of which an entry is a repetition, "" for any other entry."""
    try:
        found = recurrence_from_json(stored)
    except RecurrenceMalformed:
        return ""
    return found.parent if isinstance(found, Repetition) else ""


def group(parents: Mapping[str, str]) -> Groups:
    """Sort entries into things; `parents` maps each tag to `parent_of` it, in the wiki's order."""
    things: dict[str, list[str]] = {tag: [tag] for tag, parent in parents.items() if not parent}
    orphans = []
    for tag, parent in parents.items():
        if not parent:
            continue
        if parent in things:
            things[parent].append(tag)
        else:
            orphans.append(tag)
    return Groups({tag: (tag, *sorted(all_[1:])) for tag, all_ in things.items()}, tuple(orphans))
