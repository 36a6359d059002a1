"""The entries of a directory, as `mapping.entries` wants them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bazar_forms.entry import Entry
from bazar_forms.form import Form
from oscartes_sync.mapping.contacts.recipe import ContactRecipe, find_contact_recipe
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.records.record import Record, a_contact

if TYPE_CHECKING:
    from oscartes_sync.mapping.contacts.entry_reading import ContactReading
    from oscartes_sync.mapping.entry_draft import Writing


@dataclass(frozen=True, slots=True)
class ContactEntries:
    """Of a directory."""

    setting: ContactSetting

    @property
    def recipe(self) -> ContactRecipe:
        """Which field of the form is which."""
        return self.setting.recipe

    def read(self, members: Sequence[Entry], field: str = "") -> ContactReading:  # noqa: ARG002
        """See `Entries.read`: an actor is one entry."""
        from oscartes_sync.mapping.contacts.entry_reading import read_contact  # noqa: PLC0415

        return read_contact(members[0], self.setting)

    def parts(self, entry: Entry) -> Sequence[str]:  # noqa: ARG002
        """See `Entries.parts`: none."""
        return ()

    def draft(self, record: Record, defaults: Mapping[str, str], now: datetime) -> Writing:  # noqa: ARG002
        """See `Entries.draft`."""
        from oscartes_sync.mapping.contacts.entry_writing import (  # noqa: PLC0415
            new_contact_entry,
        )

        return new_contact_entry(a_contact(record), self.setting, defaults=defaults)

    def patch(self, entry: Entry, changes: Mapping[str, object], record: Record) -> Writing:
        """See `Entries.patch`."""
        from oscartes_sync.mapping.contacts.entry_writing import (  # noqa: PLC0415
            patch_contact_entry,
        )

        return patch_contact_entry(entry, changes, a_contact(record), self.setting)

    def project(self, record: Record, now: datetime) -> Record:  # noqa: ARG002
        """See `Entries.project`."""
        from oscartes_sync.mapping.contacts.entry_writing import project_contact  # noqa: PLC0415

        return project_contact(a_contact(record), self.setting)


def contact_entries(
    form: Form,
    overrides: Mapping[str, str],
    *,
    user: str,
    page_url: Callable[[str], str],
    file_url: Callable[[str], str],
) -> ContactEntries:
    """Of this form; raises as `find_contact_recipe`."""
    recipe = find_contact_recipe(form, overrides, user=user)
    return ContactEntries(ContactSetting(recipe=recipe, page_url=page_url, file_url=file_url))
