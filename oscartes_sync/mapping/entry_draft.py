"""Values being put together for one entry, whatever kind of record they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bazar_forms.entry import Entry
from bazar_forms.errors import FieldMalformed
from bazar_forms.field import Field, FieldType
from bazar_forms.value import Value, encode
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.entry_reading import Values
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.records.problem import Problem, Side

NO_ENTRY: Final = Entry(tag="", form="", properties=MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Writing:
    """What to send, by property, and what could not be carried."""

    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


class EntryDraft:
    """What is to be sent for `entry`, by property, and what could not be carried.

    `together` are properties that are sent whether they change or not.
    """

    def __init__(self, entry: Entry = NO_ENTRY) -> None:
        self.entry = entry
        self.current = Values(entry)
        self.values: dict[str, str] = {}
        self.together: set[str] = set()
        self.problems: list[Problem] = []

    @property
    def found(self) -> tuple[Problem, ...]:
        """The problems, each once."""
        return tuple(dict.fromkeys(self.problems))

    def warn(self, code: str, **params: object) -> None:
        """Note a warning."""
        self.problems.append(Problem.warning(code, Side.WIKI, **params))

    def place(self, field: Field | None, value: Value | None, fixed: frozenset[str]) -> None:
        """Write one field, unless its rights leave it to others: it is among `fixed` then."""
        if field is None:
            return
        if field.property in fixed:
            if self.current.get(field) != value:
                self.warn("field-not-ours", property=field.property)
            return
        if field.max_chars and isinstance(value, str) and len(value) > field.max_chars:
            self.warn("text-too-long", property=field.property, limit=field.max_chars)
        try:
            sent = encode(field, value, self.entry)
        except FieldMalformed:
            self.warn("field-unreadable", property=field.property)
            return
        self.values.update(sent)
        if field.type is FieldType.MAP:
            self.together.update(sent)

    def kept(self, recipe: FormRecipe, values: Mapping[str, str]) -> Writing:
        """These of the values as the patch of an entry, which stays complete: what the form
        requires is never emptied, whatever the other side came to lack."""
        required = {one.property for one in recipe.required}
        sent = {}
        for name, text in values.items():
            if not text and name in required and self.entry.properties.get(name):
                self.warn("required-kept", property=name)
            else:
                sent[name] = text
        return Writing(sent, tuple(each.at(entry=self.entry.tag) for each in self.found))

    def complete(self, recipe: FormRecipe, defaults: Mapping[str, str]) -> Writing:
        """The whole of a new entry; `defaults` fill what the record leaves empty.

        Raises:
            ConfigurationError: `default-property-unknown`.
        """
        for name, value in defaults.items():
            if name not in recipe.properties:
                raise ConfigurationError(
                    "default-property-unknown",
                    property=name,
                    form=recipe.form,
                    properties=", ".join(sorted(recipe.properties)),
                )
            if not self.values.get(name):
                self.values[name] = value
        for field in recipe.required:
            name = field.latitude if field.type is FieldType.MAP else field.property
            if not self.values.get(name) and field.type is not FieldType.TITLE:
                self.warn("required-empty", property=field.property)
        return Writing({name: text for name, text in self.values.items() if text}, self.found)
