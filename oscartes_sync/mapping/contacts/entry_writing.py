"""From Contacts to what is sent to the wiki: whole entries, and patches of entries that are there.

A patch holds changed fields only. What an entry cannot hold stays in the address book, with a
Problem; nothing is cut or dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bazar_forms.entry import Entry
from bazar_forms.richtext import text_to_line
from oscartes_sync.mapping.contacts.drafting import Draft
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.contacts.spelling import tidy
from oscartes_sync.mapping.entry_draft import Writing
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact


def new_contact_entry(
    contact: Contact, setting: ContactSetting, *, defaults: Mapping[str, str]
) -> Writing:
    """All values of a new entry; `defaults` fill what the contact leaves empty.

    Raises:
        ConfigurationError: `default-property-unknown`.
    """
    recipe, draft = setting.recipe, Draft(setting)
    draft.write(contact, CONTACT_FIELDS)
    draft.values[TITLE] = (
        recipe.title_template or draft.values.get(TITLE) or text_to_line(tidy(contact.name))
    )
    return draft.complete(recipe, defaults)


def patch_contact_entry(
    entry: Entry, changes: Mapping[str, object], contact: Contact, setting: ContactSetting
) -> Writing:
    """What to send so that `entry` follows the changed fields of `contact`, and nothing else.

    `changes` maps each changed field to its new value; `contact` is the whole record. Sites and
    pages on networks share fields, so what the entry itself says of the one stays with the other.
    """
    known = {name: value for name, value in changes.items() if name in CONTACT_FIELDS}
    draft, here = Draft(setting, entry), read_contact(entry, setting).record or contact
    draft.write(replace(here, **known), known)  # type: ignore[arg-type]
    draft.warn_one_way(known)
    kept = {
        name: text
        for name, text in draft.values.items()
        if name in draft.together or not _says(entry, name, text, setting)
    }
    return Writing(kept, tuple(each.at(entry=entry.tag) for each in draft.found))


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
