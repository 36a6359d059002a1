"""From Events to what is sent to the wiki: whole entries, and patches of entries that are there.

A patch holds changed fields only. What an entry cannot hold stays on the other side, with a
Problem; nothing is cut or dropped in silence. Sources: interface.md, "Events: field by field";
reference sections 3, 4 and 8.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bazar_forms.entry import Entry
from bazar_forms.field import Field, FieldType
from bazar_forms.recurrence import Recurrence
from bazar_forms.richtext import text_to_line
from bazar_forms.value import Position as Degrees
from bazar_forms.value import Value, encode
from oscartes_sync.mapping.choices import choose
from oscartes_sync.mapping.entry_draft import NO_ENTRY, EntryDraft, Writing
from oscartes_sync.mapping.entry_reading import (
    Values,
    parts_of,
    read_categories,
    read_entry,
    stored_text,
)
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.mapping.guesses import folded
from oscartes_sync.mapping.long_texts import write_description
from oscartes_sync.mapping.moments import to_store
from oscartes_sync.mapping.places import split_place, whole_place
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.mapping.series_writing import as_held, lay_out
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import Event
from oscartes_sync.records.occurrences import shown
from oscartes_sync.records.problem import Problem, Side


def new_entry(
    event: Event, setting: Setting, *, defaults: Mapping[str, str], now: datetime
) -> Writing:
    """All values of a new entry; `defaults` fill what the event leaves empty.

    Raises:
        ConfigurationError: `default-property-unknown`.
    """
    recipe, draft = setting.recipe, _Draft(setting)
    if structure_for(event, setting, now) is not None:
        # Its dates will be entries of their own: this one is the first of them.
        event = replace(event, series=None)
    here = shown(event, now, setting.zone.key)
    draft.write(replace(event, series=None, start=here.start, end=here.end), {"start", "end"})
    draft.write(event, recipe.carries - {"start", "end", "image", "files"} | recipe.says)
    draft.values[TITLE] = (
        recipe.title_template or draft.values.get(TITLE) or text_to_line(one_line(event.title))
    )
    return draft.complete(recipe, defaults)


def patch_entry(
    entry: Entry, changes: Mapping[str, object], event: Event, setting: Setting
) -> Writing:
    """What to send so that `entry` follows the changed fields of `event`, and nothing else.

    `changes` maps each changed field to its new value; `event` is the whole record. Where the
    entry shows one date of a series, `event` starts on the first, from which its words count.
    """
    wanted = replace(event, **changes)  # type: ignore[arg-type]
    draft = _Draft(setting, entry)
    if wanted.series is None:
        draft.write(wanted, changes)
    else:
        draft.write(wanted, changes.keys() & {"start", "end"})
        spoken = replace(wanted, start=event.start, end=event.end)
        draft.write(spoken, changes.keys() - {"start", "end"})
    kept = {
        name: text
        for name, text in draft.values.items()
        if name in draft.together or text != _stored(entry, name)
    }
    return draft.kept(setting.recipe, kept)


def structure_for(event: Event, setting: Setting, now: datetime) -> Recurrence | None:
    """What makes the wiki keep a new series itself; None where it says the rule in words.

    A series whose dates have something of their own is said in words (interface, "Recurrence").
    """
    series = event.series
    if series is None or series.overrides or not setting.repeats:
        return None
    return lay_out(event, setting.zone, now)


def project(event: Event, setting: Setting, *, now: datetime) -> Event:
    """The event as an entry could hold it: written down and read again.

    A series that the wiki keeps itself (its event knows its page) stays one; any other is laid out
    as the wiki would, where it can, and is else the one date that an entry shows. Files stay where
    they are files of the wiki.
    """
    recipe = setting.recipe
    ours = bool(event.page)
    structure = None if ours else structure_for(event, setting, now)
    single = replace(event, series=None) if ours else event
    values = new_entry(single, setting, defaults={}, now=now).values
    entry = Entry(tag="", form=recipe.form, properties=dict(values))
    back = read_entry(entry, setting).record
    if back is None:
        return event
    stored_here = setting.file_url("")
    return replace(
        back,
        title=event.title if recipe.title_template else back.title,
        image=event.image if recipe.image and event.image.startswith(stored_here) else "",
        files=tuple(each for each in event.files if recipe.files and each.field),
        series=event.series
        if ours
        else as_held(back, structure, setting.zone)
        if structure
        else None,
        page=event.page,
        properties=event.properties,
    )


def position_of(entry: Entry, recipe: FormRecipe) -> tuple[str, str] | None:
    """Latitude and longitude as stored, to be sent again with every edit; None without a map.

    An edit that leaves them out empties them (recordings 601-602); what is stored there and is no
    position is sent as it is.
    """
    if recipe.position is None:
        return None
    value = Values(entry).get(recipe.position)
    texts = encode(recipe.position, value, entry) if value is not None else {}
    latitude, longitude = (
        texts.get(name, _stored(entry, name))
        for name in (recipe.position.latitude, recipe.position.longitude)
    )
    return latitude, longitude


class _Draft(EntryDraft):
    """Values being put together for one entry of an agenda."""

    def __init__(self, setting: Setting, entry: Entry = NO_ENTRY) -> None:
        super().__init__(entry)
        self.setting = setting
        self.recipe = setting.recipe

    def put(self, field: Field | None, value: Value | None) -> None:
        """Write one field, unless its rights leave it to others."""
        self.place(field, value, self.recipe.fixed)

    def write(self, event: Event, names: Collection[str]) -> None:
        """Write these fields of `event`."""
        self._write_dates(event, names)
        if "title" in names:
            self._write_title(event)
        if "place" in names:
            self._write_place(event)
        if "position" in names:
            spot = event.position
            self.put(self.recipe.position, Degrees(spot.latitude, spot.longitude) if spot else None)
        if "link" in names:
            self.put(self.recipe.link, event.link or None)
        if "categories" in names:
            self._write_categories(event)
        if "organizer" in names and self.recipe.organizer is not None:
            self._write_organizer(self.recipe.organizer, event.organizer)
        for name in ("image", "files"):
            if name in names:
                self.warn("attachment-one-way", field=name)
        if self.recipe.says.union({"description"}).intersection(names):
            self._write_description(event, changed="description" in names)

    def _write_title(self, event: Event) -> None:
        if self.recipe.title_template:
            self.warn("title-automatic")
            return
        self.put(self.recipe.title, one_line(event.title))
        if self.recipe.title.property != TITLE:
            self.values[TITLE] = text_to_line(one_line(event.title))

    def _write_dates(self, event: Event, names: Collection[str]) -> None:
        zone = self.setting.zone
        if "start" in names:
            self.put(self.recipe.start, to_store(event.start, zone))
        if "end" in names:
            self.put(self.recipe.end, to_store(event.end, zone))

    def _write_place(self, event: Event) -> None:
        fields = dict(self.recipe.places)
        if not fields:
            return
        current = parts_of(self.current, self.recipe)
        parts = split_place(event.place, tuple(fields), current)
        if parts is None:
            parts = whole_place(event.place, tuple(fields), current)
            if sum(bool(part) for part in parts.values()) > 1:
                self.warn("place-not-split")
        for part, text in parts.items():
            if text != current.get(part, ""):
                self.put(fields[part], text or None)

    def _write_categories(self, event: Event) -> None:
        fields = [one for one in self.recipe.categories if one.property not in self.recipe.fixed]
        now = read_categories(Values(self.entry), self.recipe)
        choice = choose(
            fields,
            {one.property: self.current.keys(one) for one in fields},
            added=[each for each in event.categories if each not in now],
            removed=frozenset(now).difference(event.categories),
        )
        self.values.update(choice.values)
        for code, labels in (
            ("category-unknown", choice.unknown),
            ("category-crowded", choice.crowded),
        ):
            self.problems += [Problem.warning(code, Side.CLOUD, category=each) for each in labels]

    def _write_organizer(self, field: Field, title: str) -> None:
        if field.type is not FieldType.LINKED_ENTRY:
            self.put(field, title or None)
            return
        if not title:
            self.put(field, None)
            return
        exact = [tag for tag, each in field.options.items() if each.strip() == title]
        alike = [tag for tag, each in field.options.items() if folded(each) == folded(title)]
        tags = exact or alike
        if len(tags) == 1:
            self.put(field, (tags[0],))
        else:
            code = "organizer-ambiguous" if tags else "organizer-unknown"
            self.warn(code, property=field.property)

    def _write_description(self, event: Event, *, changed: bool) -> None:
        field = self.recipe.description
        stored = stored_text(self.current, field) if field else ""
        markup = write_description(
            event,
            stored,
            self.recipe,
            changed=changed,
            language=self.setting.language,
            zone=self.setting.zone.key,
        )
        if field is None:
            if markup:
                self.warn("no-long-text")
        elif field.property in self.recipe.fixed:
            if markup != stored:
                self.warn("field-not-ours", property=field.property)
        else:
            if field.max_chars and len(event.description.text) > field.max_chars:
                self.warn("text-too-long", property=field.property, limit=field.max_chars)
            self.values[field.property] = markup


def one_line(text: str) -> str:
    """A title as a field of one line takes it."""
    return " ".join(filter(None, (line.strip() for line in text.splitlines())))


def _stored(entry: Entry, name: str) -> str:
    value = entry.properties.get(name)
    return value if isinstance(value, str) else ""
