"""Choices of a form as categories by label, and categories as choices.

A list stores keys, several of them joined by commas; a tags field stores words (reference
section 3). Keys that a list does not know, and keys nobody asked to change, stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bazar_forms.field import Field, FieldType, leaf_label
from bazar_forms.richtext import line_to_text, text_to_line
from oscartes_sync.mapping.guesses import folded

_ONE = frozenset({FieldType.LIST, FieldType.RADIO})


@dataclass(slots=True)
class Choice:
    """The values to send, by property, and the categories for which there was no room."""

    values: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)


def labels_of(choices: Field, keys: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The labels of stored keys, and whether some of them are not in the list."""
    if choices.type is FieldType.TAGS:
        return tuple(line_to_text(key).strip() for key in keys), False
    labels = tuple(_label(choices, key) for key in keys if key in choices.options)
    return labels, len(labels) < len(keys)


def choose(
    fields: Sequence[Field],
    current: Mapping[str, Sequence[str]],
    *,
    added: Iterable[str],
    removed: Collection[str],
) -> Choice:
    """Carry a change of categories to the fields that know them; `current` is by property.

    A category that no list knows becomes a word of a tags field where the form has one.
    """
    choice = Choice()
    held = {one.property: _without(one, current.get(one.property, ()), removed) for one in fields}
    for label in added:
        _add(label, fields, held, choice)
    choice.values = {
        name: ",".join(keys) for name, keys in held.items() if keys != [*current.get(name, ())]
    }
    return choice


def _add(label: str, fields: Sequence[Field], held: dict[str, list[str]], choice: Choice) -> None:
    crowded = False
    for one in fields:
        key = _key(one, label)
        if key is None:
            continue
        keys = held[one.property]
        if key in keys:
            return
        if one.type in _ONE and keys:
            crowded = True
            continue
        keys.append(key)
        return
    word = label.strip()
    tags = next((one for one in fields if one.type is FieldType.TAGS), None)
    if tags is not None and word and "," not in word:
        if text_to_line(word) not in held[tags.property]:
            held[tags.property].append(text_to_line(word))
    elif crowded:
        choice.crowded.append(label)
    else:
        choice.unknown.append(label)


def _without(choices: Field, keys: Sequence[str], removed: Collection[str]) -> list[str]:
    if choices.type is FieldType.TAGS:
        return [key for key in keys if line_to_text(key).strip() not in removed]
    return [
        key for key in keys if key not in choices.options or _label(choices, key) not in removed
    ]


def _key(choices: Field, label: str) -> str | None:
    """The key of a label, written alike; else alike without accents and capitals."""
    if choices.type is FieldType.TAGS:
        return None
    by_label = {_label(choices, key): key for key in choices.options}
    if label in by_label:
        return by_label[label]
    by_path = {choices.label_path(key): key for key in choices.options}
    alike = {folded(shown): key for shown, key in {**by_path, **by_label}.items()}
    return alike.get(folded(label))


def _label(choices: Field, key: str) -> str:
    """The choice's own label; with those above it where two choices bear the same."""
    label = leaf_label(choices.options[key])
    twins = sum(leaf_label(other) == label for other in choices.options.values())
    return label if twins == 1 else choices.label_path(key)
