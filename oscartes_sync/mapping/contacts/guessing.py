"""Guessing what the fields of a directory's form are for.

Names, places and choices are those that agendas have too (`mapping.guesses`); telephones, e-mails
and addresses of sites are told by type, name and label (reference section 3; recordings 101,
v444-00). A field is never given two tasks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form
from oscartes_sync.mapping.contacts.networks import networks_of_field
from oscartes_sync.mapping.guesses import Guesses, folded, guess

_PHONE: Final = re.compile(
    r"\b(?:tel(?:ephone)?s?|mobiles?|portables?|fixe|phones?|gsm|cell)[ _]?\d*\b"
)
_NO_PHONE: Final = re.compile(
    r"\b(?:fax|telecopi\w*|ordinateur|prix|tarif|price|horaires?|mail|courriel|adresse)\b"
)
_GIVEN: Final = re.compile(r"\b(?:prenoms?|first ?name|given ?name)\b")
_FAMILY: Final = re.compile(r"^(?:bf )?(?:nom(?: de famille)?|last ?name|family ?name|surname)$")
_COUNTRY: Final = re.compile(r"\b(?:pays|country)\b")
_LOGO: Final = re.compile(r"\blogo(?:type)?\b")
_PICTURE: Final = re.compile(r"\b(?:photo|image|visuel|picture|portrait)s?\b")
_CONTACT_FORM: Final = re.compile(r"\bformulaire de contact\b|\bcontact form\b")
_NO_SITE: Final = re.compile(r"\b(?:inscription|adhesion|don|visio|newsletter|agenda|ical|rss)\b")

_COMMON: Final = {"name": "title", "description": "description", "position": "position"}
"""Record fields that events have too, by what they are called there."""


@dataclass(frozen=True, slots=True)
class ContactGuesses:
    """What was found, by record field; `doubts` are the others that an only field could be."""

    fields: Mapping[str, tuple[Field, ...]]
    doubts: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)


def is_public(one: Field) -> bool:
    """Whether everybody may read it, by its rights and by what it is for.

    The address behind a contact form is disclosed on an entry's own page, even anonymously
    (recordings 122, 126): whoever filled it in was told that nobody would see it.
    """
    return one.readable_by_all and not _CONTACT_FORM.search(folded(one.label))


def guess_contact(form: Form) -> ContactGuesses:
    """Find what each readable field of `form` is for."""
    fields = [one for one in form.fields if one.holds_value and is_public(one)]
    common, images = guess(form), _images(fields)
    found: dict[str, tuple[Field, ...]] = {
        name: (common.single[said].field,)
        for name, said in _COMMON.items()
        if said in common.single
    }
    used = [one for held in found.values() for one in held]
    _find_names(fields, found, used)
    _find_many(fields, found, used)
    _find_place(common, fields, found, used)
    found["image"] = images[:1]
    found["categories"] = tuple(one for one in common.categories if one not in used)
    found["related"] = _of(fields, FieldType.LINKED_ENTRY, FieldType.LINKED_ENTRIES)
    return ContactGuesses(_filled(found), _filled(_doubts(common, images)))


def _doubts(common: Guesses, images: Sequence[Field]) -> dict[str, tuple[Field, ...]]:
    """The others where nothing told several fields of one kind apart."""
    names = [name for name in ("description", "position") if name in common.single]
    is_told = bool(images) and _says(images[0], _LOGO)
    return {
        **{name: common.single[name].others for name in names},
        "image": () if is_told else tuple(images[1:]),
    }


def _filled(found: Mapping[str, tuple[Field, ...]]) -> dict[str, tuple[Field, ...]]:
    return {name: held for name, held in found.items() if held}


def _find_names(
    fields: Sequence[Field], found: dict[str, tuple[Field, ...]], used: list[Field]
) -> None:
    """A family name counts only beside a given name: `bf_nom` alone is that of a structure."""
    free = [one for one in _plain(fields, "text", "") if one not in used]
    given = next((one for one in free if _says(one, _GIVEN)), None)
    family = next((one for one in free if one is not given and _says(one, _FAMILY)), None)
    if given and family:
        found["given_name"], found["family_name"] = (given,), (family,)
        used += [given, family]


def _find_many(
    fields: Sequence[Field], found: dict[str, tuple[Field, ...]], used: list[Field]
) -> None:
    found["emails"] = tuple(
        one for one in fields if one.type is FieldType.EMAIL or one in _plain(fields, "email")
    )
    links = [
        one
        for one in fields
        if (one.type is FieldType.LINK or one in _plain(fields, "url")) and not _says(one, _NO_SITE)
    ]
    found["social"] = tuple(one for one in links if networks_of_field(one))
    found["sites"] = tuple(one for one in links if not networks_of_field(one))
    found["phones"] = tuple(
        one
        for one in _plain(fields, "text", "", "number", "tel")
        if one not in used and _says(one, _PHONE) and not _says(one, _NO_PHONE)
    )
    used += [*found["emails"], *links, *found["phones"]]


def _find_place(
    common: Guesses,
    fields: Sequence[Field],
    found: dict[str, tuple[Field, ...]],
    used: list[Field],
) -> None:
    places = common.places
    for name, part in (("street", "address"), ("postcode", "postcode"), ("town", "town")):
        one = places[part].field if part in places else None
        if one is not None and one not in used:
            found[name] = (one,)
            used.append(one)
    free = [one for one in _plain(fields, "text", "") if one not in used]
    found["country"] = tuple(one for one in free if _says(one, _COUNTRY))[:1]


def _images(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The logo; else what is called a picture; else any."""
    images = _of(fields, FieldType.IMAGE)
    return tuple(sorted(images, key=lambda one: (not _says(one, _LOGO), not _says(one, _PICTURE))))


def _of(fields: Sequence[Field], *types: FieldType) -> tuple[Field, ...]:
    return tuple(one for one in fields if one.type in types)


def _plain(fields: Sequence[Field], *subtypes: str) -> tuple[Field, ...]:
    return tuple(one for one in _of(fields, FieldType.TEXT) if one.subtype in subtypes)


def _says(one: Field, pattern: re.Pattern[str]) -> bool:
    """Whether its name or its label says so."""
    return any(pattern.search(folded(text)) for text in (one.property, one.name, one.label))
