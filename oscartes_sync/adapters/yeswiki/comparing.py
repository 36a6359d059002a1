"""Whether the wiki kept what was sent: values are compared as what they mean, not as written.

The wiki purifies texts and normalises HTML (reference section 8, "Text"), so markup is compared by
the words it shows.
"""

from __future__ import annotations

from collections.abc import Mapping

from bazar_forms.entry import Entry
from bazar_forms.errors import FieldMalformed
from bazar_forms.field import Field
from bazar_forms.value import RichText, Value, decode
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.mapping.recipe import TITLE


def not_kept(entry: Entry, sent: Mapping[str, str], recipe: FormRecipe) -> tuple[str, ...]:
    """The properties of `sent` that the entry holds otherwise, sorted.

    What not everybody may read is not shown to us either: nothing is known of it.
    """
    asked = Entry(tag=entry.tag, form=entry.form, properties=dict(sent))
    lost: set[str] = set()
    compared = {TITLE} if recipe.title_template else set()
    for field in _fields(recipe):
        names = {field.latitude, field.longitude} if field.latitude else {field.property}
        compared |= names
        if names & sent.keys() and _meaning(field, asked) != _meaning(field, entry):
            lost.add(field.property)
    lost.update(
        name
        for name, text in sent.items()
        if name not in compared | recipe.hidden and _plain(entry.properties.get(name)) != text
    )
    return tuple(sorted(lost))


def _fields(recipe: FormRecipe) -> tuple[Field, ...]:
    return tuple(field for name in sorted(recipe.carries) for field in recipe.fields_of(name))


def _meaning(field: Field, entry: Entry) -> object:
    try:
        value: Value | None = decode(field, entry)
    except FieldMalformed:
        return None
    if isinstance(value, RichText):
        return tuple(value.text.split())
    if isinstance(value, str):
        return tuple(value.split())
    return frozenset(value) if isinstance(value, tuple) else value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
