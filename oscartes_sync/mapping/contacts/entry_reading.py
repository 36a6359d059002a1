"""From an entry of a directory to a Contact.

A value that cannot be read is a Problem beside the good rest, never a crash: the API stores
whatever was sent to it (reference section 4; recordings 311-318). Sources of the rules: issue 4;
reference sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bazar_forms.entry import Entry
from bazar_forms.field import Field
from bazar_forms.richtext import normalise_text
from bazar_forms.value import FileName
from bazar_forms.value import Position as Degrees
from bazar_forms.value import RichText as LongText
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.addresses import runs
from oscartes_sync.mapping.bounds import check_description, check_entry, check_html
from oscartes_sync.mapping.contacts.category_paths import path_of
from oscartes_sync.mapping.contacts.networks import network_of, networks_of_field
from oscartes_sync.mapping.contacts.recipe import ContactRecipe
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.contacts.spelling import address, email, phone, tidy, web
from oscartes_sync.mapping.entry_reading import Values
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.problem import Problem, Side

LINES = ("given_name", "family_name", "street", "postcode", "town", "country")
"""Record fields that hold one line of one field."""


@dataclass(frozen=True, slots=True)
class ContactReading:
    """What was read: `record` is None where no Contact can be made of it; it ends at no time."""

    record: Contact | None
    problems: tuple[Problem, ...] = ()
    last: None = None


def read_contact(entry: Entry, setting: ContactSetting) -> ContactReading:
    """Read one entry."""
    values = Values(entry)
    try:
        check_entry(entry.properties)
        contact = _contact(entry, values, setting)
    except RecordError as error:
        problem = Problem.from_error(error, side=Side.WIKI, entry=entry.tag)
        return ContactReading(None, (*values.problems, problem))
    return ContactReading(contact, tuple(dict.fromkeys(values.problems)))


def _contact(entry: Entry, values: Values, setting: ContactSetting) -> Contact:
    """The record.

    Raises:
        RecordError: `entry-without-title`, `too-large`.
    """
    recipe = setting.recipe
    name = tidy(values.line(recipe.name))
    if not name:
        raise RecordError("entry-without-title")
    lines: dict[str, Any] = dict(read_lines(values, recipe))
    sites, social = _links(values, recipe)
    return Contact(
        name=name,
        kind=ContactKind.INDIVIDUAL if lines["family_name"] else ContactKind.ORG,
        phones=_several(values, recipe.fields_of("phones"), phone),
        emails=_several(values, recipe.fields_of("emails"), email),
        sites=sites,
        social=social,
        position=_position(values, recipe.position),
        categories=read_categories(values, recipe.fields_of("categories")),
        description=_description(values, recipe.one("description")),
        image=_image(values, setting),
        related=_related(values, recipe.fields_of("related")),
        page=setting.page_url(entry.tag),
        properties=properties_of(recipe),
        **lines,
    )


def read_lines(values: Values, recipe: ContactRecipe) -> dict[str, str]:
    """What stands on one line of one field; a given name alone names nobody."""
    lines = {each: tidy(values.line(recipe.one(each))) for each in LINES}
    if not lines["family_name"]:
        lines["given_name"] = ""
    return lines


def value_of(values: Values, field: Field, spell: Callable[[str], str]) -> str:
    """One value as a record holds it; "", with a word about it, where what is there is none."""
    stored = values.line(field).replace("&amp;", "&")
    if runs(stored):
        values.warn("link-unsafe")
        return ""
    found = spell(stored)
    if not found and address(stored):
        values.warn("field-unreadable", property=field.property)
    return found


def _several(
    values: Values, fields: Sequence[Field], spell: Callable[[str], str]
) -> tuple[str, ...]:
    return tuple(filter(None, (value_of(values, one, spell) for one in fields)))


def _links(values: Values, recipe: ContactRecipe) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sites, and pages on social networks."""
    sites: list[str] = []
    social: list[str] = []
    for one in recipe.links:
        if found := value_of(values, one, web):
            (social if is_social(one, found) else sites).append(found)
    return tuple(sites), tuple(social)


def is_social(field: Field, url: str) -> bool:
    """Whether an address is that of a page on a social network, there."""
    return bool(networks_of_field(field) or network_of(url))


def read_categories(values: Values, fields: Sequence[Field]) -> tuple[str, ...]:
    """The labels of all choices, with those above them; keys that no list knows are told."""
    found: list[str] = []
    for one in fields:
        paths = [path_of(one, key) for key in values.keys(one)]
        found += filter(None, paths)
        if not all(paths):
            values.warn("choice-unknown", property=one.property)
    return tuple(found)


def _position(values: Values, field: Field | None) -> Position | None:
    found = values.get(field)
    if not isinstance(found, Degrees):
        return None
    try:
        return Position(found.latitude, found.longitude)
    except RecordError as error:
        values.warn(error.code)
        return None


def _description(values: Values, field: Field | None) -> RichText:
    """The text alone: a card has no HTML, so a change of markup is none of a contact's.

    Raises:
        RecordError: `too-large`.
    """
    found = values.get(field)
    if not isinstance(found, LongText):
        return RichText()
    check_html(found.source)
    description = RichText(normalise_text(found.text).strip())
    check_description(description)
    return description


def _image(values: Values, setting: ContactSetting) -> str:
    found = values.get(setting.recipe.one("image"))
    return setting.file_url(tidy(found.name)) if isinstance(found, FileName) else ""


def _related(values: Values, fields: Sequence[Field]) -> tuple[str, ...]:
    """The names of linked entries; those that are gone or hidden are left out, and told."""
    found: list[str] = []
    for one in fields:
        names = [tidy(one.options.get(tag, "")) for tag in values.keys(one)]
        found += filter(None, names)
        if not all(names):
            values.warn("linked-entry-unknown", property=one.property)
    return tuple(found)


def properties_of(recipe: ContactRecipe) -> tuple[tuple[str, str], ...]:
    """Which properties hold what goes one way."""
    shown = recipe.mapping()
    return tuple((name, shown[name]) for name in ("image", "related") if name in shown)
