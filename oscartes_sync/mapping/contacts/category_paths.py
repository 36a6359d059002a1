"""Choices of a form as categories: labels with those above them, as `Parent / Child`.

A directory is searched by its trees of themes, so a category says where in the tree it stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from bazar_forms.field import Field, FieldType
from bazar_forms.richtext import line_to_text
from oscartes_sync.mapping.choices import Choice, choose
from oscartes_sync.mapping.contacts.spelling import tidy


def path_of(choices: Field, key: str) -> str:
    """The category of a stored key, "" for one that the list does not know."""
    if choices.type is FieldType.TAGS:
        return tidy(line_to_text(key))
    return tidy(choices.label_path(key)) if key in choices.options else ""


def choose_paths(
    fields: Sequence[Field],
    current: Mapping[str, Sequence[str]],
    categories: Iterable[str],
) -> Choice:
    """Carry a set of categories to the fields that know them; `current` is by property.

    Keys that their list does not know stay; so do those whose category is wanted.
    """
    wanted = dict.fromkeys(categories)
    kept = {one.property: _kept(one, current.get(one.property, ()), wanted) for one in fields}
    held = {path_of(one, key) for one in fields for key in kept[one.property]}
    choice = choose(
        fields, kept, added=[each for each in wanted if each not in held], removed=frozenset()
    )
    values = {name: ",".join(keys) for name, keys in kept.items()} | choice.values
    choice.values = {
        name: text for name, text in values.items() if text != ",".join(current.get(name, ()))
    }
    return choice


def _kept(choices: Field, keys: Sequence[str], wanted: Container[str]) -> list[str]:
    paths = ((key, path_of(choices, key)) for key in keys)
    return [key for key, path in paths if not path or path in wanted]
