"""A binding met with its form: the recipe, and how its entries are read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient
from bazar_forms.field import FieldType
from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.entries import Entries, EventEntries
from oscartes_sync.mapping.recipe import Recipe, find_recipe
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.mapping.where import check_where
from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.fingerprint import digest


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding with its form as an anonymous reader sees it; `user` is our account there."""

    binding: Binding
    form: Form
    setting: Setting
    user: str = ""

    @property
    def recipe(self) -> Recipe:
        """Which field is which."""
        return self.setting.recipe

    @property
    def entries(self) -> Entries:
        """How its entries become records, and records entries."""
        return EventEntries(self.setting)

    @property
    def anonymous(self) -> bool:
        """Whether its records are what anybody sees; a private binding's are what our key sees.

        The recipe knows public fields alone either way, so contact e-mails and fields with
        rights of their own stay out.
        """
        return not self.binding.private

    @property
    def basis(self) -> str:
        """Changes with all that a record of this binding depends on besides the entry."""
        binding = self.binding
        said = [binding.where, binding.since, binding.publish, binding.private, binding.zone]
        return digest([self.recipe.digest(), self.form.id, dict(binding.fields), said])

    @property
    def hidden_map(self) -> bool:
        """Whether the form has a map that is outside of the record, yet wiped by careless edits."""
        return self.recipe.position is None and bool(self.form.of_type(FieldType.MAP))


def bind(client: BazarClient, binding: Binding, form: Form, *, user: str) -> Bound:
    """Find the recipe, and check what the configuration says of the form; `user` is our account.

    Raises:
        ConfigurationError: where they do not fit; see `find_recipe`, `check_where`; also
            `default-property-unknown`.
    """
    recipe = find_recipe(form, binding.fields, user=user)
    places = {name for one in form.of_type(FieldType.MAP) for name in (one.latitude, one.longitude)}
    properties = recipe.properties | places
    check_where(binding.where, properties, form.id)
    for name in binding.defaults:
        if name not in properties:
            raise ConfigurationError(
                "default-property-unknown",
                property=name,
                form=form.id,
                properties=", ".join(sorted(properties)),
            )
    base = client.base_url

    def file_url(name: str) -> str:
        return f"{base}/files/{quote(name, safe='')}"

    setting = Setting(
        recipe=recipe,
        zone=ZoneInfo(binding.zone),
        language=binding.language,
        page_url=client.page_url,
        file_url=file_url,
    )
    return Bound(binding, form, setting, user)
