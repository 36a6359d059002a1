"""A binding met with its form: the recipe, and how its entries are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient
from bazar_forms.field import FieldType
from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.entries import Entries, EventEntries
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.mapping.where import check_consent, check_where
from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Side


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding with its form as an anonymous reader sees it; `user` is our account there."""

    binding: Binding
    form: Form
    entries: Entries
    user: str = ""

    @property
    def recipe(self) -> FormRecipe:
        """Which field is which."""
        return self.entries.recipe

    @property
    def setting(self) -> Setting:
        """What an entry of an agenda does not say by itself.

        Raises:
            TypeError: the binding is not one of events.
        """
        if not isinstance(self.entries, EventEntries):
            raise TypeError(self.binding.kind)
        return self.entries.setting

    def repeating(self, *, repeats: bool) -> Bound:
        """The same, of a wiki that makes repetitions, or not."""
        setting = replace(self.setting, repeats=repeats)
        return replace(self, entries=EventEntries(setting))

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
        said = [binding.selection, binding.since, binding.publish, binding.private, binding.zone]
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
    entries = _entries(client, binding, form, user)
    recipe = entries.recipe
    places = {name for one in form.of_type(FieldType.MAP) for name in (one.latitude, one.longitude)}
    properties = recipe.properties | places
    check_where(binding.selection, properties, form.id)
    check_consent(binding.consent)
    for group in binding.groups:
        check_where(group.where, properties, form.id)
        if group.members not in properties:
            raise ConfigurationError(
                "members-property-unknown",
                property=group.members,
                name=group.name,
                form=form.id,
                properties=", ".join(sorted(properties)),
            )
    for name in binding.defaults:
        if name not in properties:
            raise ConfigurationError(
                "default-property-unknown",
                property=name,
                form=form.id,
                properties=", ".join(sorted(properties)),
            )
    return Bound(binding, form, entries, user)


def _needs(binding: Binding) -> frozenset[str]:
    """The fields of a documents form that a binding cannot do without."""
    writes = binding.direction.writes(Side.WIKI)
    needs = set()
    if writes:
        # Of a copy that the wiki does not take, the address is shown.
        needs |= {"files", "link"} if binding.mode == "copy" else {"link"}
    return frozenset(needs or {"files"})


def _entries(client: BazarClient, binding: Binding, form: Form, user: str) -> Entries:
    base = client.base_url

    def file_url(name: str) -> str:
        return f"{base}/files/{quote(name, safe='')}"

    if binding.kind == "contacts":
        from oscartes_sync.mapping.contacts.entries import contact_entries  # noqa: PLC0415

        return contact_entries(
            form, binding.fields, user=user, page_url=client.page_url, file_url=file_url
        )
    if binding.kind == "documents":
        from oscartes_sync.mapping.documents.entries import document_entries  # noqa: PLC0415

        return document_entries(
            form,
            binding.fields,
            user=user,
            zone=ZoneInfo(binding.zone),
            page_url=client.page_url,
            needs=_needs(binding),
            copies=binding.mode == "copy",
        )
    return EventEntries(
        Setting(
            recipe=find_recipe(form, binding.fields, user=user),
            zone=ZoneInfo(binding.zone),
            language=binding.language,
            page_url=client.page_url,
            file_url=file_url,
        )
    )
