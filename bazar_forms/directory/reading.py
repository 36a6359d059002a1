"""From entries to actors: what of each field is shown, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bazar_forms.directory.actor import Actor, Cause, FieldWords, Source, Unindexed
from bazar_forms.directory.facet import FORM, WIKI, FacetPlan
from bazar_forms.directory.folding import label_key, spelled_words, town_key
from bazar_forms.entry import Entry
from bazar_forms.errors import FieldMalformed
from bazar_forms.field import Field, FieldType, leaf_label
from bazar_forms.richtext import line_to_text
from bazar_forms.value import Position, RichText, Value, decode

Path = tuple[str, ...]
"""A label with those of its parents, outermost first."""

TITLE_WEIGHT: Final = 8
LABEL_WEIGHT: Final = 4
TEXT_WEIGHT: Final = 2

_TITLE: Final = "bf_titre"
_PUBLISHED: Final = frozenset({"", "1"})
_LINKS: Final = frozenset({FieldType.LINKED_ENTRY, FieldType.LINKED_ENTRIES})
_CHOICES: Final = frozenset({FieldType.LIST, FieldType.RADIO, FieldType.CHECKBOX})
_TEXTS: Final = frozenset({FieldType.TEXT, FieldType.TITLE, FieldType.TEXTAREA})
_SHOWN: Final = _LINKS | _CHOICES | _TEXTS | {FieldType.TAGS, FieldType.MAP}
_NO_WORDS: Final = frozenset({"email", "url", "color", "tel", "range", "date"})
"""Kinds of one-line texts in which nobody looks for a word."""


@dataclass(frozen=True, slots=True)
class LinkTags:
    """What a field links to: `field` is its label, `form` the number of the form linked to."""

    field: str
    property: str
    form: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An actor, with the paths that are chosen in each facet and the tags that are linked to."""

    actor: Actor
    paths: dict[str, tuple[Path, ...]]
    links: tuple[LinkTags, ...]


@dataclass(slots=True)
class _Sheet:
    """What has been read of one entry so far."""

    title: str = ""
    town: str = ""
    position: Position | None = None
    paths: dict[str, list[Path]] = field(default_factory=dict)
    words: list[FieldWords] = field(default_factory=list)
    links: list[LinkTags] = field(default_factory=list)
    problems: list[tuple[Cause, str]] = field(default_factory=list)

    def choose(self, facet: str, *paths: Path) -> None:
        known = self.paths.setdefault(facet, [])
        known.extend(path for path in dict.fromkeys(paths) if path not in known)

    def say(self, label: str, weight: int, text: str) -> None:
        if words := tuple(spelled_words(text)):
            self.words.append(FieldWords(label, weight, words))


class FormReader:
    """Reads the entries of one source; what of its form concerns all of them is found once."""

    def __init__(self, source: Source, number: int, plan: FacetPlan) -> None:
        """`number` is the place of the source among those of the plan."""
        self._source = source
        self._town = plan.towns[number]
        self._fields = [
            (one, plan.name(number, one))
            for one in source.form.fields
            if one.readable_by_all and one.holds_value and one.type in _SHOWN
        ]
        self._choices = {one.property: paths_of(one) for one, _ in self._fields}

    def read(self, entry: Entry) -> tuple[Reading | None, list[Unindexed]]:
        """An actor, unless the entry is to be left out, and what of it is not indexed."""
        if (cause := self._left_out(entry)) is not None:
            return None, [self.problem(entry, cause)]
        sheet = _Sheet()
        self._note_origin(sheet)
        for one, facet in self._fields:
            try:
                value = decode(one, entry)
            except FieldMalformed:
                wrong = Cause.NO_POSITION if one.type is FieldType.MAP else Cause.ILL_TYPED
                sheet.problems.append((wrong, one.property))
            else:
                self._note(sheet, one, facet, value)
        self._note_title(sheet, entry)
        problems = [self.problem(entry, *one) for one in dict.fromkeys(sheet.problems)]
        return self._reading(sheet, entry), problems

    def problem(self, entry: Entry, cause: Cause, property: str = "") -> Unindexed:  # noqa: A002
        """A problem of an entry of this source."""
        return Unindexed(cause, self._source.wiki, self._source.form.id, entry.tag, property)

    def _left_out(self, entry: Entry) -> Cause | None:
        if entry.form and entry.form != self._source.form.id:
            return Cause.OTHER_FORM
        return None if entry.status in _PUBLISHED else Cause.UNPUBLISHED

    def _note_origin(self, sheet: _Sheet) -> None:
        sheet.choose(FORM, (self._source.form.label.strip() or self._source.form.id,))
        if self._source.wiki:
            sheet.choose(WIKI, (self._source.wiki,))

    def _note(self, sheet: _Sheet, one: Field, facet: str, value: Value | None) -> None:
        if isinstance(value, Position):
            self._note_position(sheet, one, value)
        elif one.type in _LINKS and isinstance(value, tuple):
            tags = tuple(dict.fromkeys(value))
            sheet.links.append(LinkTags(_label(one), one.property, one.linked, tags))
        elif isinstance(value, tuple):
            self._note_choices(sheet, one, facet, value)
        elif isinstance(value, (str, RichText)):
            self._note_text(sheet, one, facet, value)

    def _note_position(self, sheet: _Sheet, one: Field, place: Position) -> None:
        if (place.latitude, place.longitude) == (0, 0):  # what a failed look-up leaves behind
            sheet.problems.append((Cause.NO_POSITION, one.property))
        elif sheet.position is None:
            sheet.position = place

    def _note_choices(self, sheet: _Sheet, one: Field, facet: str, keys: tuple[str, ...]) -> None:
        known = self._choices[one.property]
        paths = [known[key] if key in known else self._unknown(sheet, one, key) for key in keys]
        chosen = [path for path in paths if path]
        if one is self._town:
            self._note_town(sheet, facet, chosen[0][-1] if chosen else "")
        else:
            sheet.choose(facet, *chosen)
        sheet.say(_label(one), LABEL_WEIGHT, "\n".join("\n".join(path) for path in chosen))

    def _unknown(self, sheet: _Sheet, one: Field, key: str) -> Path:
        """Tags are their own labels, and so are the keys of a list that the wiki cannot find."""
        if one.type is FieldType.TAGS:
            return (line_to_text(key).strip() or key,)
        if not one.options:
            return (key,)
        sheet.problems.append((Cause.UNKNOWN_CHOICE, one.property))
        return ()

    def _note_text(self, sheet: _Sheet, one: Field, facet: str, value: str | RichText) -> None:
        text = plain_text(value)
        if one.property == _TITLE:
            sheet.title = sheet.title or " ".join(text.split())
        elif one is self._town:
            self._note_town(sheet, facet, " ".join(text.split()))
            sheet.say(_label(one), LABEL_WEIGHT, text)
        elif one.subtype not in _NO_WORDS:
            sheet.say(_label(one), TEXT_WEIGHT, text)

    def _note_town(self, sheet: _Sheet, facet: str, name: str) -> None:
        if town_key(name):
            sheet.town = name
            sheet.choose(facet, (name,))

    def _note_title(self, sheet: _Sheet, entry: Entry) -> None:
        """Every entry has a title under the same property, whether its form has one or not."""
        one = self._source.form.field(_TITLE)
        stored = entry.properties.get(_TITLE) if one is None or one.readable_by_all else None
        if not sheet.title and isinstance(stored, str):
            sheet.title = " ".join(line_to_text(stored).split())
        if not sheet.title:
            sheet.problems.append((Cause.NO_TITLE, _TITLE))
        sheet.say(_label(one) if one else _TITLE, TITLE_WEIGHT, sheet.title)
        sheet.words.sort(key=lambda one: -one.weight)

    def _reading(self, sheet: _Sheet, entry: Entry) -> Reading:
        paths = {facet: tuple(chosen) for facet, chosen in sheet.paths.items() if chosen}
        labels = {facet: tuple(map(shown, chosen)) for facet, chosen in paths.items()}
        actor = Actor(
            wiki=self._source.wiki,
            form=self._source.form.id,
            tag=entry.tag,
            title=sheet.title or entry.tag,
            town=sheet.town,
            position=sheet.position,
            labels=MappingProxyType(labels),
            words=tuple(sheet.words),
            entry=entry,
        )
        return Reading(actor, paths, tuple(sheet.links))


def shown(path: Path) -> str:
    """A path as one label."""
    return " / ".join(path)


def paths_of(one: Field) -> dict[str, Path]:
    """Key → path of each choice that a field offers; of tags none, since they are their labels."""
    if one.type not in _CHOICES:
        return {}
    return {key: tuple(reversed(list(_upwards(one, key)))) for key in one.options}


def plain_text(value: str | RichText) -> str:
    """The text of a value without markup; HTML without any needs no reading."""
    if isinstance(value, str):
        return value
    if value.syntax == "html" and not ("<" in value.source or "&" in value.source):
        return value.source
    return value.text


def read_sources(
    sources: Sequence[Source], plan: FacetPlan
) -> tuple[list[Reading], list[Unindexed]]:
    """The actors of all sources in their total order: title, wiki, form, tag."""
    readings: dict[tuple[str, str], Reading] = {}
    problems: list[Unindexed] = []
    for number, source in enumerate(sources):
        reader = FormReader(source, number, plan)
        for entry in source.each():
            reading, found = reader.read(entry)
            if reading is not None and reading.actor.identity in readings:
                found = [reader.problem(entry, Cause.TWICE)]
            elif reading is not None:
                readings[reading.actor.identity] = reading
            problems.extend(found)
    return sorted(readings.values(), key=_order), problems


def _order(reading: Reading) -> tuple[str, ...]:
    actor = reading.actor
    return label_key(actor.title), actor.title, actor.wiki, actor.form, actor.tag


def _upwards(one: Field, key: str) -> Iterator[str]:
    seen: set[str] = set()
    while key not in seen:
        yield leaf_label(one.options.get(key, "")) or key
        seen.add(key)
        parent = one.parents.get(key)
        if parent is None:
            return
        key = parent


def _label(one: Field) -> str:
    return one.label.strip() or one.property
