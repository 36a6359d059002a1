"""From the entries of a form to Events.

A field that cannot be read is a Problem of that entry, never a crash: the API stores whatever was
sent to it (reference section 4; recordings 311-318, 337). Sources of the rules: interface.md,
"Events: field by field"; reference section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bazar_forms.entry import Entry
from bazar_forms.errors import FieldMalformed
from bazar_forms.field import Field, FieldType
from bazar_forms.recurrence import RECURRENCE_PROPERTY, Recurrence
from bazar_forms.value import Day, FileName, Instant, Value, decode, decode_recurrence
from bazar_forms.value import Position as Degrees
from bazar_forms.value import RichText as LongText
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.bounds import check_description, check_entry
from oscartes_sync.mapping.choices import labels_of
from oscartes_sync.mapping.long_texts import read_description
from oscartes_sync.mapping.moments import as_stored, read_span
from oscartes_sync.mapping.places import join_place
from oscartes_sync.mapping.recipe import Recipe
from oscartes_sync.mapping.repetitions import read_series
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import Attachment, Event, Position, RichText, When
from oscartes_sync.records.problem import Problem, Side

_BARE_SCHEMES = frozenset({"http://", "https://"})


@dataclass(frozen=True, slots=True)
class EntryReading:
    """What was read: `event` is None where no record can be made of it.

    `said` is the derived paragraph that stood in the description, as text. `last` is when a
    series ends, None for a single event. `at` are pairs of a repetition's tag and the
    date of the series that it is.
    """

    record: Event | None
    problems: tuple[Problem, ...] = ()
    said: str = ""
    last: When | None = None
    at: tuple[tuple[str, When], ...] = ()


class Values:
    """The values of one entry; collects what is not of the shape it should be."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.problems: list[Problem] = []

    def get(self, field: Field | None) -> Value | None:
        """The decoded value of a field, None where there is none or where it cannot be read."""
        if field is None:
            return None
        try:
            return decode(field, self.entry)
        except FieldMalformed:
            self.warn("field-unreadable", property=field.property)
            return None

    def line(self, field: Field | None) -> str:
        """A field as one line of text; a long text loses its markup."""
        value = self.get(field)
        if isinstance(value, LongText):
            return ", ".join(filter(None, map(str.strip, value.text.split("\n"))))
        return value.strip() if isinstance(value, str) else ""

    def keys(self, field: Field | None) -> tuple[str, ...]:
        """The keys, tags or words of a choice."""
        value = self.get(field)
        return value if isinstance(value, tuple) else ()

    def when(self, field: Field) -> Day | Instant | None:
        """A date.

        Raises:
            ValueError: where it cannot be read.
        """
        try:
            value = decode(field, self.entry)
        except FieldMalformed as error:
            raise ValueError("no date") from error
        return value if isinstance(value, (Day, Instant)) else None

    def warn(self, code: str, **params: str) -> None:
        """Note a warning about this entry."""
        self.problems.append(Problem.warning(code, Side.WIKI, **params).at(entry=self.entry.tag))

    def broken(self, error: RecordError) -> EntryReading:
        """No record can be made of it."""
        problem = Problem.from_error(error, side=Side.WIKI, entry=self.entry.tag)
        return EntryReading(None, (*self.problems, problem))


def read_entry(entry: Entry, setting: Setting) -> EntryReading:
    """Read one entry by itself, whatever series it may be in."""
    recipe, values = setting.recipe, Values(entry)
    try:
        check_entry(entry.properties)
    except RecordError as error:
        return values.broken(error)
    title = values.line(recipe.title)
    if not title:
        return values.broken(RecordError("entry-without-title"))
    try:
        stored = _stored_span(values, setting)
        if stored is None:
            return values.broken(RecordError("entry-without-date"))
        span = read_span(*stored, setting.zone)
    except ValueError:
        return values.broken(RecordError("date-unreadable"))
    if span.mixed:
        values.warn("day-and-time-mixed")
    description, said = _description(values, setting)
    try:
        check_description(description)
        event = Event(
            title=title,
            start=span.start,
            end=span.end,
            description=description,
            place=join_place(parts_of(values, recipe)),
            position=_position(values, recipe),
            link=_link(values, recipe.link),
            categories=read_categories(values, recipe),
            organizer=_organizer(values, recipe.organizer),
            image=_image(values, setting),
            files=_files(values, setting),
            page=setting.page_url(entry.tag),
            properties=_properties(recipe),
            said=said,
        )
    except RecordError as error:
        return values.broken(error)
    return EntryReading(event, tuple(values.problems), said)


def read_thing(members: Sequence[Entry], setting: Setting) -> EntryReading:
    """Read a thing: its own entry, and after it the repetitions that the wiki made of it."""
    entry, *repetitions = members
    reading = read_entry(entry, setting)
    structure = structure_of(entry)
    recurs = bool(repetitions) or structure is not None
    stored = _stored_span(Values(entry), setting) if reading.record and recurs else None
    if reading.record is None or stored is None:
        return reading
    problems = list(reading.problems)
    children = []
    for each in repetitions:
        child = read_entry(each, setting)
        problems += child.problems
        if child.record is not None and child.record.all_day == reading.record.all_day:
            children.append((each.tag, child.record))
        elif child.record is not None:
            problems.append(Problem.of("repetition-other-kind", side=Side.WIKI, entry=each.tag))
    dates = read_series(
        reading.record,
        stored,
        structure,
        children,
        tag=entry.tag,
        zone=setting.zone,
    )
    problems += [
        Problem.warning("repetition-differs", Side.WIKI).at(entry=tag) for tag in dates.reduced
    ]
    alike = all(is_derivation(entry, each, setting.recipe) for each in repetitions)
    frail = not (dates.as_derived and alike and len(children) == len(repetitions))
    event = replace(reading.record, series=dates.series, frail=frail)
    return EntryReading(event, tuple(problems), reading.said, dates.last, tuple(dates.at.items()))


def is_derivation(parent: Entry, repetition: Entry, recipe: Recipe) -> bool:
    """Whether a repetition says what its parent says, but for its dates.

    All that the entry holds counts, fields outside of the record too: the wiki loses them just
    the same when it makes the repetitions anew.
    """
    own = {recipe.start.property, recipe.end.property, RECURRENCE_PROPERTY}
    names = (parent.properties.keys() | repetition.properties.keys()) - own
    return all(
        (parent.properties.get(name) or "") == (repetition.properties.get(name) or "")
        for name in names
    )


def parts_of(values: Values, recipe: Recipe) -> Mapping[str, str]:
    """The parts of the place as they are now."""
    return {part: values.line(field) for part, field in recipe.places}


def stored_text(values: Values, field: Field) -> str:
    """A long text as it is stored."""
    value = values.get(field)
    return value.source if isinstance(value, LongText) else ""


def _description(values: Values, setting: Setting) -> tuple[RichText, str]:
    field = setting.recipe.description
    if field is None:
        return RichText(), ""
    return read_description(stored_text(values, field), field)


def _position(values: Values, recipe: Recipe) -> Position | None:
    found = values.get(recipe.position)
    if not isinstance(found, Degrees):
        return None
    return Position(found.latitude, found.longitude)


def _link(values: Values, field: Field | None) -> str:
    link = values.line(field).replace("&amp;", "&")
    if runs(link):
        values.warn("link-unsafe")
        return ""
    return "" if link in _BARE_SCHEMES else link


def read_categories(values: Values, recipe: Recipe) -> tuple[str, ...]:
    """The categories of an entry: the labels of all its choices."""
    found: list[str] = []
    for field in recipe.categories:
        labels, dangling = labels_of(field, values.keys(field))
        found += filter(None, labels)
        if dangling:
            values.warn("choice-unknown", property=field.property)
    return tuple(found)


def _organizer(values: Values, field: Field | None) -> str:
    if field is None or field.type is not FieldType.LINKED_ENTRY:
        return values.line(field)
    tag = next(iter(values.keys(field)), "")
    title = field.options.get(tag, "").strip()
    if tag and not title:
        values.warn("linked-entry-unknown", property=field.property)
    return title


def _image(values: Values, setting: Setting) -> str:
    found = values.get(setting.recipe.image)
    return setting.file_url(found.name) if isinstance(found, FileName) else ""


def _files(values: Values, setting: Setting) -> tuple[Attachment, ...]:
    named = ((values.get(field), field.property) for field in setting.recipe.files)
    return tuple(
        Attachment(setting.file_url(found.name), of)
        for found, of in named
        if isinstance(found, FileName)
    )


def _properties(recipe: Recipe) -> tuple[tuple[str, str], ...]:
    held = (("link", recipe.link), ("image", recipe.image))
    return tuple((name, field.property) for name, field in held if field is not None)


def _stored_span(values: Values, setting: Setting) -> tuple[When, When] | None:
    """Start and end with the offsets they are stored with; each stands in for the other."""
    start, end = values.when(setting.recipe.start), values.when(setting.recipe.end)
    first, last = start or end, end or start
    if first is None or last is None:
        return None
    return as_stored(first, setting.zone), as_stored(last, setting.zone)


def structure_of(entry: Entry) -> Recurrence | None:
    """The structure that a parent holds, None for any other entry and where it cannot be read."""
    try:
        found = decode_recurrence(entry)
    except FieldMalformed:
        return None
    return found if isinstance(found, Recurrence) else None
