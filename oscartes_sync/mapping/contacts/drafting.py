"""Values being put together for one entry of a directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from bazar_forms.entry import Entry
from bazar_forms.field import Field
from bazar_forms.richtext import from_text, text_to_line
from bazar_forms.value import Position as Degrees
from bazar_forms.value import RichText as LongText
from bazar_forms.value import Value
from oscartes_sync.mapping.contacts.category_paths import choose_paths, path_of
from oscartes_sync.mapping.contacts.entry_reading import (
    LINES,
    read_categories,
    read_lines,
    value_of,
)
from oscartes_sync.mapping.contacts.networks import network_of, networks_of_field, takes
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.contacts.slots import Settlement, Slot, settle
from oscartes_sync.mapping.contacts.spelling import (
    address,
    address_key,
    email,
    email_key,
    phone,
    phone_key,
    tidy,
    web,
)
from oscartes_sync.mapping.entry_draft import NO_ENTRY, EntryDraft
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.problem import Problem, Side

_ONE_WAY: Final = ("image", "related")


class Draft(EntryDraft):
    """What is to be sent for an entry of a directory."""

    def __init__(self, setting: ContactSetting, entry: Entry = NO_ENTRY) -> None:
        super().__init__(entry)
        self.recipe = setting.recipe

    def write(self, contact: Contact, names: Collection[str]) -> None:
        """Write these fields of `contact`, as far as the form has them."""
        if "name" in names:
            self._write_name(contact.name)
        here = read_lines(self.current, self.recipe)
        for name in LINES:
            if name in names and getattr(contact, name) != here[name]:
                self.put(self.recipe.one(name), getattr(contact, name) or None)
        for name, spell, key in (("phones", phone, phone_key), ("emails", email, email_key)):
            if name in names:
                self._write_several(name, getattr(contact, name), spell, key)
        if {"sites", "social"}.intersection(names):
            self._write_links(contact)
        if "position" in names:
            self._write_position(contact.position)
        if "categories" in names:
            self._write_categories(contact.categories)
        if "description" in names:
            self._write_description(self.recipe.one("description"), contact.description)

    def warn_one_way(self, names: Collection[str]) -> None:
        """What only the wiki can change."""
        for name in _ONE_WAY:
            if name in names:
                self.warn("attachment-one-way", field=name)

    def put(self, field: Field | None, value: Value | None) -> None:
        """Write one field, unless its rights leave it to others."""
        self.place(field, value, self.recipe.fixed)

    def _write_name(self, name: str) -> None:
        if self.recipe.title_template:
            if self.entry is not NO_ENTRY:
                self.warn("title-automatic")
            return
        if tidy(name) != tidy(self.current.line(self.recipe.name)):
            self.put(self.recipe.name, tidy(name))
        if self.recipe.name.property != TITLE:
            self.values[TITLE] = text_to_line(tidy(name))

    def _write_several(
        self,
        name: str,
        wanted: Sequence[str],
        spell: Callable[[str], str],
        key: Callable[[str], str],
    ) -> None:
        slots = [self._slot(one, spell) for one in self.recipe.fields_of(name)]
        self._settle(name, settle(slots, wanted, key=key))

    def _write_links(self, contact: Contact) -> None:
        """Sites, and pages on social networks, for which any field of a site is good enough.

        A page that stands in a field for its network, or could, leaves those for sites alone.
        """
        special, sites = (
            [self._slot(one, web) for one in self.recipe.fields.get(name, ())]
            for name in ("social", "sites")
        )
        held, elsewhere = ({address_key(s.value) for s in slots} for slots in (special, sites))
        here = [
            url
            for url in contact.social
            if address_key(url) in held or address_key(url) not in elsewhere
        ]
        first = settle(special, here, key=address_key, fits=_fits_network)
        rest = [url for url in contact.social if address_key(url) in elsewhere or url in first.left]
        self._settle("social", replace(first, left=()))
        second = settle(sites, (*contact.sites, *rest), key=address_key, fits=_fits_site(rest))
        self._settle("sites", replace(second, left=()))
        self._warn_room("sites", [url for url in second.left if url not in rest])
        self._warn_room("social", [url for url in second.left if url in rest])

    def _settle(self, name: str, settled: Settlement) -> None:
        for held, value in settled.values.items():
            self.put(self._field(name, held), value or None)
        for held in settled.refused:
            self.warn("field-not-ours", property=held)
        self._warn_room(name, settled.left)

    def _warn_room(self, name: str, left: Sequence[str]) -> None:
        if left and self.recipe.fields_of(name):
            self.warn("contact-without-room", field=name, count=len(left))

    def _field(self, name: str, held: str) -> Field:
        return next(one for one in self.recipe.fields_of(name) if one.property == held)

    def _slot(self, field: Field, spell: Callable[[str], str]) -> Slot:
        stored = self.current.line(field)
        value = value_of(self.current, field, spell)
        ours = field.property not in self.recipe.fixed
        return Slot(field, value, ours, taken=bool(stored) and not value and bool(address(stored)))

    def _write_position(self, wanted: Position | None) -> None:
        """A position that is there already, to a tenth of a metre, keeps its figures."""
        here = self.current.get(self.recipe.position)
        degrees = Degrees(wanted.latitude, wanted.longitude) if wanted else None
        if isinstance(here, Degrees) and Position(here.latitude, here.longitude) == wanted:
            degrees = here
        self.put(self.recipe.position, degrees)

    def _write_categories(self, wanted: Collection[str]) -> None:
        held, fixed = self.recipe.fields_of("categories"), self.recipe.fixed
        fields = [one for one in held if one.property not in fixed]
        said = read_categories(self.current, [one for one in held if one.property in fixed])
        current = {one.property: self.current.keys(one) for one in fields}
        kept = {path_of(one, key) for one in fields for key in current[one.property]}
        choice = choose_paths(
            fields, current, [each for each in wanted if each not in said or each in kept]
        )
        self.values.update(choice.values)
        for code, labels in (
            ("category-unknown", choice.unknown),
            ("category-crowded", choice.crowded),
        ):
            self.problems += [Problem.warning(code, Side.CLOUD, category=each) for each in labels]

    def _write_description(self, field: Field | None, description: RichText) -> None:
        """The text; one that says the same as what is stored keeps its markup."""
        if field is None:
            return
        stored = self.current.get(field)
        same = stored.text.split() if isinstance(stored, LongText) else []
        if same == description.text.split():
            return
        if field.property in self.recipe.fixed:
            self.warn("field-not-ours", property=field.property)
            return
        if field.max_chars and len(description.text) > field.max_chars:
            self.warn("text-too-long", property=field.property, limit=field.max_chars)
        self.values[field.property] = from_text(description.text, field.syntax)


def _fits_network(field: Field, url: str) -> bool:
    return takes(networks_of_field(field), url)


def _fits_site(social: Collection[str]) -> Callable[[Field, str], bool]:
    """A page on a network is read as one from a field for sites only where its host says so."""
    return lambda _field, url: bool(network_of(url)) is (url in social)
