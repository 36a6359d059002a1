"""From Contacts to what is sent to the wiki: whole entries, and patches of entries that are there.

A patch holds changed fields only. What an entry cannot hold stays in the address book, with a
Problem; nothing is cut or dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bazar_forms.entry import Entry
from bazar_forms.richtext import text_to_line
from oscartes_sync.mapping.contacts.drafting import Draft
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.contacts.spelling import tidy
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact

_PERSON: Final = frozenset({"given_name", "family_name"})
_BLANK: Final = re.compile(r"\{\{(\w+)\}\}")


def new_contact_entry(
    contact: Contact, setting: ContactSetting, *, defaults: Mapping[str, str]
) -> Writing:
    """All values of a new entry; `defaults` fill what the contact leaves empty.

    Raises:
        ConfigurationError: `default-property-unknown`.
    """
    recipe, draft = setting.recipe, Draft(setting)
    draft.write(contact, CONTACT_FIELDS)
    _name_parts(draft, recipe.title_template, contact.name)
    draft.values[TITLE] = (
        recipe.title_template or draft.values.get(TITLE) or text_to_line(tidy(contact.name))
    )
    return draft.complete(recipe, defaults)


def _name_parts(draft: Draft, template: str, name: str) -> None:
    """Where the wiki makes the title of fields, the name goes into them, or no entry is made."""
    parts = [each for each in _BLANK.findall(template) if each in draft.recipe.properties]
    if any(draft.values.get(each) for each in parts):
        return
    if len(parts) == 1:
        draft.values[parts[0]] = text_to_line(tidy(name))
    elif parts:
        draft.warn("required-empty", property=parts[0])


def patch_contact_entry(
    entry: Entry, changes: Mapping[str, object], contact: Contact, setting: ContactSetting
) -> Writing:
    """What to send so that `entry` follows the changed fields of `contact`, and nothing else.

    `changes` maps each changed field to its new value; `contact` is the whole record. Sites and
    pages on networks share fields, so what the entry itself says of the one stays with the other.
    """
    known = {name: value for name, value in changes.items() if name in CONTACT_FIELDS}
    if "kind" in known:
        # A client that shows a person as a company, or the other way round, renames nobody.
        known = {name: value for name, value in known.items() if name not in _PERSON}
    draft, here = Draft(setting, entry), read_contact(entry, setting).record or contact
    draft.write(replace(here, **known), known)  # type: ignore[arg-type]
    draft.warn_one_way(known)
    kept = {
        name: text
        for name, text in draft.values.items()
        if name in draft.together or not _says(entry, name, text, setting)
    }
    return draft.kept(setting.recipe, kept)


def project_contact(contact: Contact, setting: ContactSetting) -> Contact:
    """The contact as an entry of this form could hold it: written down and read again.

    What goes from the wiki to the cloud only stays where it is the wiki's own.
    """
    recipe = setting.recipe
    values = new_contact_entry(contact, setting, defaults={}).values
    back = read_contact(Entry(tag="", form=recipe.form, properties=dict(values)), setting).record
    if back is None:
        return contact
    ours = recipe.one("image") is not None and contact.image.startswith(setting.file_url(""))
    return replace(
        back,
        name=contact.name if recipe.title_template else back.name,
        image=contact.image if ours else "",
        related=contact.related if recipe.fields_of("related") else (),
        page=contact.page,
        properties=contact.properties,
    )


def _says(entry: Entry, name: str, text: str, setting: ContactSetting) -> bool:
    """Whether the entry says this already, in its own spelling of blanks and signs."""
    stored = entry.properties.get(name)
    if text == (stored if isinstance(stored, str) else ""):
        return True
    told = replace(entry, properties={**entry.properties, name: text})
    before, after = (read_contact(each, setting).record for each in (entry, told))
    return before is not None and before == after
