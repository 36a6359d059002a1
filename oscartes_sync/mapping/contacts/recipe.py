"""The recipe of a directory: which field of a form holds which field of a Contact.

Found by itself; what the configuration says goes before. Only fields that everybody may read are
in it (interface, guarantee 9), and never the address behind a contact form, whatever its rights
say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bazar_forms.field import LEGACY_POSITION, Field, FieldType
from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.contacts.guessing import ContactGuesses, guess_contact, is_public
from oscartes_sync.mapping.guesses import CHOICES
from oscartes_sync.mapping.recipe import TITLE, may_write
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Problem, Side

ONE: Final = (
    "name",
    "given_name",
    "family_name",
    "street",
    "postcode",
    "town",
    "country",
    "position",
    "description",
    "image",
)
"""Record fields for which a form has one field at most."""

MANY: Final = ("phones", "emails", "sites", "social", "categories", "related")
"""Record fields that may be gathered from several fields."""

_SHOWN: Final = (
    *ONE[:3],
    *MANY[:4],
    *ONE[3:8],
    "categories",
    "description",
    "image",
    "related",
)
_TEXT: Final = frozenset({FieldType.TEXT})
_PLACE: Final = frozenset({FieldType.TEXT, FieldType.TEXTAREA})
_LINKS: Final = frozenset({FieldType.LINK, FieldType.TEXT})
_ALLOWED: Final[Mapping[str, frozenset[FieldType]]] = {
    "name": frozenset({FieldType.TEXT, FieldType.TITLE}),
    "position": frozenset({FieldType.MAP}),
    "description": frozenset({FieldType.TEXTAREA}),
    "image": frozenset({FieldType.IMAGE}),
    "emails": frozenset({FieldType.EMAIL, FieldType.TEXT}),
    "categories": frozenset(CHOICES),
    "related": frozenset({FieldType.LINKED_ENTRY, FieldType.LINKED_ENTRIES}),
    **dict.fromkeys(("given_name", "family_name", "phones"), _TEXT),
    **dict.fromkeys(("street", "postcode", "town", "country"), _PLACE),
    **dict.fromkeys(("sites", "social"), _LINKS),
}
_ONE_WAY: Final = frozenset({"image", "related"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecipe:
    """Which fields of the form hold what, by record field; those the form lacks are left out.

    `title_template` is what must be sent as title where the wiki makes titles itself, else "".
    `required` are the fields without which the form is not complete, `properties` all that it
    has. `fixed` are the properties that we may not write: they go to the cloud and never back;
    `hidden` those that not everybody may read.
    `problems` are guesses that may be wrong, for `doctor`.
    """

    form: str
    fields: Mapping[str, tuple[Field, ...]]
    title_template: str = ""
    required: tuple[Field, ...] = ()
    properties: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> Field:
        """The field of the name."""
        return self.fields["name"][0]

    @property
    def position(self) -> Field | None:
        """The map field, whose two keys must go with every edit."""
        return self.one("position")

    @property
    def carries(self) -> frozenset[str]:
        """The fields of a Contact that an entry of this form can show.

        A page on a social network may stand in any field for a site.
        """
        held = set(self.fields)
        if "family_name" in held:
            held.add("kind")
        if "sites" in held:
            held.add("social")
        return frozenset(held)

    @property
    def says(self) -> frozenset[str]:
        """What only a derived paragraph could tell: contacts have none."""
        return frozenset()

    @property
    def writes(self) -> frozenset[str]:
        """The fields of a Contact that we may write into an entry; `kind` follows the name."""
        barred = {"kind", *_ONE_WAY} | ({"name"} if self.title_template else set())
        return frozenset(
            name
            for name in self.carries - barred
            if any(one.property not in self.fixed for one in self.fields_of(name))
        )

    def one(self, name: str) -> Field | None:
        """The form's field for a record field that has one, None where it has none."""
        return next(iter(self.fields.get(name, ())), None)

    def fields_of(self, name: str) -> tuple[Field, ...]:
        """The form's fields for one field of a Contact, in order."""
        if name == "social":
            return self.fields.get("social", ()) or self.fields.get("sites", ())
        return self.fields.get(name, ())

    @property
    def links(self) -> tuple[Field, ...]:
        """The fields for sites and for social networks."""
        return (*self.fields.get("sites", ()), *self.fields.get("social", ()))

    def mapping(self) -> dict[str, str]:
        """Record field → property names joined by commas, for people (interface, `forms`)."""
        return {
            name: ",".join(one.property for one in self.fields[name])
            for name in _SHOWN
            if name in self.fields
        }

    def keys(self) -> frozenset[str]:
        """The keys of an entry that a record depends on."""
        held = {one.property for fields in self.fields.values() for one in fields}
        if self.position:
            held.update((self.position.latitude, self.position.longitude, LEGACY_POSITION))
        return frozenset(held - {""})

    def digest(self) -> str:
        """Changes with everything of the form that a record depends on, labels included."""
        return digest(
            [
                "contacts",
                self.title_template,
                [[name, [_sign(one) for one in self.fields[name]]] for name in sorted(self.fields)],
            ]
        )


def find_contact_recipe(
    form: Form, overrides: Mapping[str, str], *, user: str = ""
) -> ContactRecipe:
    """Find the fields of `form`; `overrides` maps record fields to properties.

    Several properties are separated by commas; "" leaves a field unmapped. `user` is our account,
    by which we know whether a field is ours to write.

    Raises:
        ConfigurationError: `field-name-unknown`, `field-property-unknown`, `field-not-public`,
            `field-wrong-type` for an override; `form-without-title`.
    """
    chosen = {name: _chosen(form, name, written) for name, written in overrides.items()}
    guesses = guess_contact(form)
    fields = _merged(guesses.fields, chosen)
    if "name" not in fields:
        raise ConfigurationError("form-without-title", form=form.id)
    automatic = fields["name"][0].property == TITLE
    return ContactRecipe(
        form=form.id,
        fields=fields,
        title_template=(form.title_template or "") if automatic else "",
        required=tuple(one for one in form.fields if one.required and one.holds_value),
        properties=frozenset(one.property for one in form.fields if one.property),
        hidden=form.hidden,
        fixed=_fixed(fields.values(), user),
        problems=_doubts(guesses, chosen),
    )


def _merged(
    guessed: Mapping[str, tuple[Field, ...]], chosen: Mapping[str, tuple[Field, ...]]
) -> dict[str, tuple[Field, ...]]:
    """What was chosen, and of what was guessed the fields that were not chosen for another."""
    taken = [one for fields in chosen.values() for one in fields]
    free = {
        name: tuple(one for one in fields if one not in taken)
        for name, fields in guessed.items()
        if name not in chosen
    }
    merged = {**free, **chosen}
    return {name: merged[name] for name in _SHOWN if merged.get(name)}


def _chosen(form: Form, name: str, written: str) -> tuple[Field, ...]:
    if name not in _ALLOWED:
        raise ConfigurationError(
            "field-name-unknown", field=name, form=form.id, fields=", ".join(_SHOWN)
        )
    wanted = dict.fromkeys(each.strip() for each in written.split(",") if each.strip())
    found = tuple(_field(form, name, each) for each in wanted)
    return found[:1] if name in ONE else found


def _field(form: Form, name: str, wanted: str) -> Field:
    one = form.field(wanted)
    if one is None:
        raise ConfigurationError(
            "field-property-unknown",
            field=name,
            property=wanted,
            form=form.id,
            properties=_listed(each for each in form.fields if each.holds_value),
        )
    if one.type not in _ALLOWED[name]:
        raise ConfigurationError(
            "field-wrong-type",
            field=name,
            property=wanted,
            form=form.id,
            properties=_listed(each for each in form.fields if each.type in _ALLOWED[name]) or "–",
        )
    if not is_public(one):
        raise ConfigurationError("field-not-public", field=name, property=wanted, form=form.id)
    return one


def _listed(fields: Iterable[Field]) -> str:
    return ", ".join(one.property for one in fields)


def _fixed(held: Iterable[tuple[Field, ...]], user: str) -> frozenset[str]:
    return frozenset(one.property for fields in held for one in fields if not may_write(one, user))


def _doubts(
    guesses: ContactGuesses, chosen: Mapping[str, tuple[Field, ...]]
) -> tuple[Problem, ...]:
    return tuple(
        Problem.warning(
            "mapping-ambiguous",
            Side.WIKI,
            field=name,
            property=guesses.fields[name][0].property,
            others=_listed(others),
        )
        for name, others in guesses.doubts.items()
        if name not in chosen
    )


def _sign(one: Field) -> list[object]:
    return [one.property, one.type.value, one.syntax, one.label, dict(one.options)]
