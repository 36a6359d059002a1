"""The directories and agendas of a wiki with their entries, read as an anonymous reader does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from bazar_forms.client import BazarClient
from bazar_forms.directory import Source
from bazar_forms.errors import Malformed
from bazar_forms.form import Form
from oscartes_sync.adapters.yeswiki.agendas import read_agenda
from oscartes_sync.adapters.yeswiki.probe import is_directory
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.errors import ConfigurationError, Missing, OscartesError
from oscartes_sync.mapping.contacts.recipe import find_contact_recipe
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.mapping.where import check_where
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports.actors import (
    ActorForm,
    ActorForms,
    Agenda,
    AgendaForm,
    AgendaForms,
)
from oscartes_sync.records.problem import Problem, Side


class YesWikiActors:
    """One wiki. One request for all forms, and one for the entries of each form that is read."""

    def __init__(self, client: BazarClient, wiki: str) -> None:
        self._client = client
        self._wiki = wiki
        self._known: Mapping[str, Form] | None = None

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        """See `ActorReader.read`."""
        bound = [one for one in bindings if one.wiki == self._wiki and one.kind == "contacts"]
        problems: list[Problem] = []
        with translated(self._wiki):
            forms = self._forms()
            if bound:
                found = tuple(self._bound(forms, bound, problems))
            else:
                found = tuple(self._looking_like_one(forms, problems))
        if not found and not problems:
            problems.append(Problem.warning("ask-no-directory", Side.WIKI, wiki=self._wiki))
        return ActorForms(forms=found, problems=tuple(problems))

    def coming(self, agendas: Sequence[Agenda], after: datetime) -> AgendaForms:
        """See `ActorReader.coming`."""
        own = [one for one in agendas if one.binding.wiki == self._wiki]
        if not own:
            return AgendaForms()
        with translated(self._wiki):
            forms = self._forms()
        found: list[AgendaForm] = []
        problems: list[Problem] = []
        # Of those that are the same the first counts: what is bound stands before what is viewed.
        each = {(one.binding.form, one.binding.selection): one for one in reversed(own)}
        for agenda in each.values():
            try:
                with translated(self._wiki, form=agenda.binding.form):
                    form = self._form(forms, agenda.binding.form)
                    found.append(read_agenda(self._client, agenda.binding, form, after))
            except OscartesError as error:
                if agenda.sure or not isinstance(error, ConfigurationError):
                    problems.append(Problem.from_error(error, side=Side.WIKI))
        return AgendaForms(forms=tuple(found), problems=tuple(problems))

    def _forms(self) -> Mapping[str, Form]:
        """By number; asked for once."""
        if self._known is None:
            self._known = {form.id: form for form in self._client.forms(anonymous=True)}
        return self._known

    def _bound(
        self, forms: Mapping[str, Form], bound: Sequence[Binding], problems: list[Problem]
    ) -> Iterator[ActorForm]:
        """Each form once for each selection of its entries, whatever clouds it is mirrored to."""
        for binding in {(one.form, one.selection): one for one in bound}.values():
            try:
                form = self._form(forms, binding.form)
                setting = self._setting(form, binding.fields)
                check_where(binding.selection, _properties(form, setting), form.id)
            except OscartesError as error:
                problems.append(Problem.from_error(error, side=Side.WIKI))
            else:
                yield self._read(form, setting, binding.selection, problems)

    def _looking_like_one(
        self, forms: Mapping[str, Form], problems: list[Problem]
    ) -> Iterator[ActorForm]:
        for form in forms.values():
            if is_directory(form) and not _holds_events(form):
                try:
                    setting = self._setting(form, {})
                except ConfigurationError:  # no title that everybody may read
                    continue
                yield self._read(form, setting, "", problems)

    def _form(self, forms: Mapping[str, Form], wanted: str) -> Form:
        if wanted not in forms:
            raise Missing("form-missing", form=wanted, wiki=self._wiki)
        return forms[wanted]

    def _setting(self, form: Form, fields: Mapping[str, str]) -> ContactSetting:
        base = self._client.base_url
        return ContactSetting(
            recipe=find_contact_recipe(form, fields, user=self._client.user),
            page_url=self._client.page_url,
            file_url=lambda name: f"{base}/files/{quote(name, safe='')}",
        )

    def _read(
        self, form: Form, setting: ContactSetting, selection: str, problems: list[Problem]
    ) -> ActorForm:
        listing = self._client.entries(form.id, query=selection, anonymous=True)
        if any(isinstance(each, Malformed) for each in listing.problems):
            problems.append(Problem.warning("ask-entries-unreadable", Side.WIKI, form=form.id))
        town = setting.recipe.one("town")
        source = Source(form, listing.entries, self._wiki, town.property if town else "")
        return ActorForm(source=source, setting=setting)


def _holds_events(form: Form) -> bool:
    try:
        find_recipe(form, {})
    except ConfigurationError:
        return False
    return True


def _properties(form: Form, setting: ContactSetting) -> frozenset[str]:
    """All that a query may name, the two keys of a map included."""
    maps = {name for one in form.fields for name in (one.latitude, one.longitude)} - {""}
    return setting.recipe.properties | maps
