"""The recipe: which field of a form holds which field of an Event.

Found by itself, first by the types of the fields, then by their usual names, then by their labels;
what the configuration says goes before all of it. A field that is not readable by all is outside
of the record: it is neither mirrored nor emptied (interface, guarantee 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bazar_forms.field import LEGACY_POSITION, Field, FieldType, allows_everybody
from bazar_forms.form import Form
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.guesses import CHOICES, Guess, Guesses, guess, place_part
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Problem, Side

TITLE: Final = "bf_titre"
PLACE_PARTS: Final = ("place", "address", "postcode", "town")
"""The parts of a place, in the order in which they are joined."""

_SINGLE: Final = ("title", "start", "end", "description", "position", "link", "organizer", "image")
_NAMES: Final = (*_SINGLE, "location", "categories", "files", "address", "postcode", "town")
_TEXTS: Final = frozenset({FieldType.TEXT, FieldType.TEXTAREA})
_ALLOWED: Final[Mapping[str, frozenset[FieldType]]] = {
    "title": frozenset({FieldType.TEXT, FieldType.TITLE}),
    "start": frozenset({FieldType.START_DATE, FieldType.DATE, FieldType.END_DATE}),
    "end": frozenset({FieldType.START_DATE, FieldType.DATE, FieldType.END_DATE}),
    "description": frozenset({FieldType.TEXTAREA}),
    "position": frozenset({FieldType.MAP}),
    "link": frozenset({FieldType.LINK, FieldType.TEXT}),
    "organizer": frozenset({FieldType.LINKED_ENTRY, FieldType.TEXT}),
    "image": frozenset({FieldType.IMAGE}),
    "files": frozenset({FieldType.FILE}),
    "categories": frozenset(CHOICES),
    **dict.fromkeys(("location", "address", "postcode", "town"), _TEXTS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Which field of the form holds what; None where the form has no field for it.

    `places` are pairs (part, field), parts in the order of PLACE_PARTS. `title_template` is what
    must be sent as title where the wiki makes titles itself, else "". `required` are the fields
    without which the form is not complete. `fixed` are the properties that we may not write: they
    go to the cloud and never back; `hidden` those that not everybody may read. `problems` are
    guesses that may be wrong, for `doctor`.
    """

    form: str
    title: Field
    start: Field
    end: Field
    title_template: str = ""
    description: Field | None = None
    places: tuple[tuple[str, Field], ...] = ()
    position: Field | None = None
    link: Field | None = None
    organizer: Field | None = None
    categories: tuple[Field, ...] = ()
    image: Field | None = None
    files: tuple[Field, ...] = ()
    required: tuple[Field, ...] = ()
    properties: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def carries(self) -> frozenset[str]:
        """The fields of an Event that an entry of this form can show."""
        held = {"title", "start", "end", "series"}
        held.update(name for name in _SINGLE if getattr(self, name) is not None)
        held.update(name for name in ("categories", "files") if getattr(self, name))
        if self.places:
            held.add("place")
        return frozenset(held)

    @property
    def says(self) -> frozenset[str]:
        """What only the derived paragraph can tell."""
        return frozenset(
            {"status", "series"} | ({"organizer"} if self.organizer is None else set())
        )

    @property
    def writes(self) -> frozenset[str]:
        """The fields of an Event that we may write into an entry, on its own terms."""
        barred = {"image", "files"} | ({"title"} if self.title_template else set())
        for name in self.carries - barred:
            held = self.fields_of(name)
            if held and all(one.property in self.fixed for one in held):
                barred.add(name)
        return self.carries - barred

    def fields_of(self, name: str) -> tuple[Field, ...]:
        """The form's fields for one field of an Event, in order."""
        if name == "place":
            return tuple(field for _, field in self.places)
        if name == "series":
            return ()
        found = getattr(self, name)
        if isinstance(found, tuple):
            return found
        return (found,) if found is not None else ()

    def mapping(self) -> dict[str, str]:
        """Record field → property names joined by commas, for people (interface, `forms`)."""
        shown = {}
        for name in (*_SINGLE[:4], "place", *_SINGLE[4:], "categories", "files"):
            if held := self.fields_of(name):
                key = "location" if name == "place" else name
                shown[key] = ",".join(field.property for field in held)
        return shown

    def keys(self) -> frozenset[str]:
        """The keys of an entry that a record depends on."""
        held = {field.property for name in self.carries for field in self.fields_of(name)}
        if self.position:
            held.update((self.position.latitude, self.position.longitude, LEGACY_POSITION))
        return frozenset({*held, RECURRENCE_PROPERTY} - {""})

    def digest(self) -> str:
        """Changes with everything of the form that a record depends on, labels included."""
        return digest(
            [
                [
                    name,
                    [
                        [one.property, one.type.value, one.syntax, dict(one.options)]
                        for one in self.fields_of(name)
                    ],
                ]
                for name in sorted(self.carries)
            ]
            + [["parts", [part for part, _ in self.places]], ["template", self.title_template]]
        )


def find_recipe(form: Form, overrides: Mapping[str, str], *, user: str = "") -> Recipe:
    """Find the fields of `form`; `overrides` maps names of interface.md to properties.

    The names are those of a record, `location` (or `place`) for the place: there, several
    properties separated by commas are its parts in order. "" leaves a field unmapped. `user` is
    our account, by which we know whether a field is ours to write.

    Raises:
        ConfigurationError: `field-name-unknown`, `field-property-unknown`, `field-not-public`,
            `field-wrong-type` for an override; `form-without-title`, `form-without-dates`.
    """
    chosen = _chosen(form, overrides)
    guesses = guess(form)
    picked = {name: _pick(name, chosen, guesses) for name in _SINGLE}
    title, start, end = (picked[name] for name in ("title", "start", "end"))
    if title is None:
        raise ConfigurationError("form-without-title", form=form.id)
    if start is None or end is None:
        raise ConfigurationError("form-without-dates", form=form.id)
    used = {id(field) for field in picked.values() if field is not None}
    categories = chosen.get("categories", guesses.categories)
    files = chosen.get("files", guesses.files)
    places = _places(chosen, guesses)
    taken = [*picked.values(), *categories, *files, *(field for _, field in places)]
    fixed = {one.property for one in taken if one is not None and not may_write(one, user)}
    return Recipe(
        form=form.id,
        title=title,
        start=start,
        end=end,
        title_template=(form.title_template or "") if title.property == TITLE else "",
        description=picked["description"],
        places=places,
        position=picked["position"],
        link=picked["link"],
        organizer=picked["organizer"],
        categories=tuple(one for one in categories if id(one) not in used),
        image=picked["image"],
        files=files,
        required=tuple(one for one in form.fields if one.required and one.holds_value),
        properties=frozenset(one.property for one in form.fields if one.property),
        hidden=form.hidden,
        fixed=frozenset(fixed),
        problems=_doubts(guesses, chosen),
    )


def may_write(field: Field, user: str) -> bool:
    """Whether the field's own right lets our account write it, as far as it says so by itself.

    Of a group we cannot know whether we are in it, so its fields are left alone; `%` is the owner
    of an entry, which we are of those we made only.
    """
    if allows_everybody(field.write_acl):
        return True
    words = {word.strip() for word in field.write_acl.split("\n")}
    return "+" in words or (bool(user) and user in words)


def _chosen(form: Form, overrides: Mapping[str, str]) -> dict[str, tuple[Field, ...]]:
    chosen = {}
    for written, properties in overrides.items():
        name = "location" if written == "place" else written
        if name not in _NAMES:
            raise ConfigurationError(
                "field-name-unknown", field=written, form=form.id, fields=", ".join(_NAMES)
            )
        wanted = [each.strip() for each in properties.split(",") if each.strip()]
        chosen[name] = tuple(_field(form, name, each) for each in wanted)
    return chosen


def _field(form: Form, name: str, wanted: str) -> Field:
    field = form.field(wanted)
    if field is None:
        known = ", ".join(one.property for one in form.fields if one.holds_value)
        raise ConfigurationError(
            "field-property-unknown", field=name, property=wanted, form=form.id, properties=known
        )
    if field.type not in _ALLOWED[name]:
        fitting = ", ".join(one.property for one in form.fields if one.type in _ALLOWED[name])
        raise ConfigurationError(
            "field-wrong-type",
            field=name,
            property=wanted,
            form=form.id,
            properties=fitting or "–",
        )
    if not field.readable_by_all:
        raise ConfigurationError("field-not-public", field=name, property=wanted, form=form.id)
    return field


def _pick(name: str, chosen: Mapping[str, tuple[Field, ...]], guesses: Guesses) -> Field | None:
    if name in chosen:
        return next(iter(chosen[name]), None)
    found = guesses.single.get(name)
    return found.field if found else None


def _places(
    chosen: Mapping[str, tuple[Field, ...]], guesses: Guesses
) -> tuple[tuple[str, Field], ...]:
    """A list in the configuration is the whole place; a single property is its first part."""
    parts = {part: found.field for part, found in guesses.places.items()}
    listed = chosen.get("location")
    if listed is not None and len(listed) != 1:
        parts = _classified(listed)
    elif listed:
        parts = {part: field for part, field in parts.items() if field != listed[0]}
        parts["place"] = listed[0]
    for part in PLACE_PARTS[1:]:
        if part in chosen:
            parts.pop(part, None)
            if chosen[part]:
                parts[part] = chosen[part][0]
    return tuple((part, parts[part]) for part in PLACE_PARTS if part in parts)


def _classified(listed: tuple[Field, ...]) -> dict[str, Field]:
    """Which part each listed field is: what its name says, else the first part still free."""
    parts: dict[str, Field] = {}
    unclear = []
    for field in listed:
        part = place_part(field)
        if part is None or part in parts:
            unclear.append(field)
        else:
            parts[part] = field
    for field in unclear:
        free = next((part for part in PLACE_PARTS if part not in parts), None)
        if free is not None:
            parts[free] = field
    return parts


def _doubts(guesses: Guesses, chosen: Mapping[str, tuple[Field, ...]]) -> tuple[Problem, ...]:
    found: list[tuple[str, Guess]] = [*guesses.single.items()]
    if "location" not in chosen:
        found += guesses.places.items()
    return tuple(
        Problem.warning(
            "mapping-ambiguous",
            Side.WIKI,
            field=name,
            property=each.field.property,
            others=", ".join(other.property for other in each.others),
        )
        for name, each in found
        if each.others and name not in chosen
    )
