"""What an entry of a directory does not say by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oscartes_sync.mapping.contacts.recipe import ContactRecipe


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSetting:
    """The form's recipe, the address of the page of a tag, and that of a stored file."""

    recipe: ContactRecipe
    page_url: Callable[[str], str]
    file_url: Callable[[str], str]
