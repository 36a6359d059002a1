"""What may still come in an agenda: of years of entries, those alone are read through."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bazar_forms.client import BazarClient
from bazar_forms.directory import Source
from bazar_forms.entry import Entry
from bazar_forms.form import Form
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.adapters.yeswiki.bound import bind
from oscartes_sync.adapters.yeswiki.unfinished import is_unfinished
from oscartes_sync.mapping.entry_reading import read_thing
from oscartes_sync.mapping.groups import group, parent_of
from oscartes_sync.mapping.recipe import Recipe
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports.actors import AgendaForm, ComingEvent

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MARGIN: Final = timedelta(days=2)
"""Days begin elsewhere up to fourteen hours earlier, and end up to twelve later."""


def read_agenda(client: BazarClient, binding: Binding, form: Form, after: datetime) -> AgendaForm:
    """The events of `form` that `binding` selects and that are not surely over at `after`.

    Raises:
        ConfigurationError: form and binding do not fit; see `bind`.
        BazarError: the list cannot be had.
    """
    setting = bind(client, binding, form, user=client.user).setting
    entries = client.entries(form.id, query=binding.selection, anonymous=True).entries
    last = (after - _MARGIN).date().isoformat()
    parents = {
        tag: parent_of(one.properties.get(RECURRENCE_PROPERTY)) for tag, one in entries.items()
    }
    kept: dict[str, Entry] = {}
    events: list[ComingEvent] = []
    for tags in group(parents).things.values():
        members = [entries[tag] for tag in tags]
        over = all(_is_over(each, setting.recipe, last) for each in members)
        if over or is_unfinished(members[0], client.user):
            continue
        event = _read(members, setting)
        if event is not None:
            events.append(event)
            kept |= {tag: entries[tag] for tag in tags}
    return AgendaForm(
        source=Source(form, kept, binding.wiki), setting=setting, events=tuple(events)
    )


def _read(members: Sequence[Entry], setting: Setting) -> ComingEvent | None:
    reading = read_thing(members, setting)
    if reading.record is None:
        return None
    return ComingEvent(
        event=reading.record,
        tags=tuple(each.tag for each in members),
        at={when: tag for tag, when in reading.at},
    )


def _is_over(entry: Entry, recipe: Recipe, last: str) -> bool:
    """Whether it says, in a date that is one, that it ended on `last` or before."""
    days = (_day(entry.properties, one.property) for one in (recipe.end, recipe.start))
    day = next(filter(None, days), "")
    return bool(day) and day <= last


def _day(properties: Mapping[str, object], name: str) -> str:
    found = _DAY.match(str(properties.get(name) or ""))
    return found[0] if found else ""
