"""The description: a long text of the wiki in one of three syntaxes, the derived paragraph aside.

A text that says the same as before keeps the markup it is stored in; another is written as clean
HTML, or as harmless text of the field's syntax (reference section 8, "Text").
"""

from __future__ import annotations

from bazar_forms.field import Field
from bazar_forms.richtext import from_text, normalise_text, sanitise, to_text
from oscartes_sync.mapping.derived import join_html, join_text, paragraph, split_html, split_text
from oscartes_sync.mapping.markup import same_words
from oscartes_sync.mapping.recipe import Recipe
from oscartes_sync.records.event import Event, RichText


def read_description(stored: str, field: Field) -> tuple[RichText, str]:
    """The text as a record holds it, and the derived paragraph as text."""
    own, said = _split(stored, field)
    text = normalise_text(to_text(own, field.syntax))
    shown = field.syntax == "html" and (text or "<img" in own)
    # What the wiki shows its purifier has cleaned; what it stores may come from before, or from
    # a wiki without one, and calendars show what they are given.
    return RichText(text, sanitise(own) if shown else ""), said


def write_description(
    event: Event, stored: str, recipe: Recipe, *, changed: bool, language: str, zone: str
) -> str:
    """The whole field as it is to be: own text, then what only words can say.

    `stored` is what is there, `changed` whether the text itself may differ from it. Without a
    field for it, the plain text is given.
    """
    said = paragraph(event, recipe.says, language, zone=zone)
    field = recipe.description
    if field is None:
        return join_text(event.description.text, said)
    own, _ = _split(stored, field)
    if changed and not _same(to_text(own, field.syntax), event.description.text):
        own = _markup(event.description, field)
    if field.syntax == "html":
        return join_html(own, said)
    return join_text(own, from_text(said, field.syntax))


def _split(stored: str, field: Field) -> tuple[str, str]:
    if field.syntax == "html":
        return split_html(stored)
    own, said = split_text(stored)
    return own, to_text(said, field.syntax)


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _markup(description: RichText, field: Field) -> str:
    """The HTML where it says what the text says; calendars that know no HTML leave it behind."""
    html = description.html
    if field.syntax == "html" and html and same_words(html, description.text):
        return sanitise(html)
    return from_text(description.text, field.syntax)
