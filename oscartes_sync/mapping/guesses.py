"""Guessing what the fields of a form are for: types first, then usual names, then labels.

The usual names are those of YesWiki's own default forms and of the forms its community shares
(reference section 3, recordings 100, v444-01); labels are looked at without accents, in French
and in English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form

CHOICES: Final = (FieldType.CHECKBOX, FieldType.LIST, FieldType.RADIO, FieldType.TAGS)


@dataclass(frozen=True, slots=True)
class Guess:
    """A field, and the others that could have been meant where nothing told them apart."""

    field: Field
    others: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Guesses:
    """What was found: single fields by record field, parts of the place, and the sets."""

    single: Mapping[str, Guess]
    places: Mapping[str, Guess]
    categories: tuple[Field, ...]
    files: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class _Signs:
    """How a field is recognised: whole names, and patterns in its folded label."""

    names: tuple[str, ...]
    labels: str
    never: str = r"(?!)"

    def by_name(self, field: Field) -> bool:
        return any(name in (field.property, field.name) for name in self.names)

    def by_label(self, field: Field) -> bool:
        label = folded(field.label)
        return bool(re.search(self.labels, label)) and not re.search(self.never, label)


_NO_PLACE = r"\b(?:e?-?mail|courriel|site|web|internet|url|lien|visio|organisat\w*|naissance)\b"
_START = _Signs(
    ("bf_date_debut_evenement", "bf_date_debut", "date_debut", "bf_debut"),
    r"\bdebut\b|\bstart(?:s|ing)?\b|\bbegin",
)
_END = _Signs(
    ("bf_date_fin_evenement", "bf_date_fin", "date_fin", "bf_fin"),
    r"\bfin\b|\bend(?:s|ing)?\b",
)
_DESCRIPTION = _Signs(
    ("bf_description", "bf_descriptif", "bf_contenu", "bf_presentation", "bf_chapeau", "bf_texte"),
    r"\bdescripti(?:on|f)\b|\bpresentation\b|\bcontenu\b|\bresume\b|\bdetails?\b|\bsummary\b",
)
_LINK = _Signs(
    ("bf_site_internet", "bf_url", "bf_lien", "bf_site", "bf_lien_internet", "bf_site_web"),
    r"\bsite\b|\blien\b|\burl\b|\blink\b|\bweb",
    r"\binscription\b|\bvideo\b|\bvisio\b",
)
_ORGANIZER = _Signs(
    ("bf_organisateur", "bf_structure_organisatrice", "bf_organisatrice", "bf_orga"),
    r"\borgani[sz](?:at|e|er)|\bporte(?:e|ur)\b",
    r"\bco-?organi|\blieu\b|\bvenue\b",
)
_IMAGE = _Signs(
    ("bf_image", "imagebf_image", "bf_affiche", "bf_visuel"),
    r"\baffiche\b|\bimage\b|\bvisuel\b|\bphoto\b|\bposter\b",
    r"\blogo\b",
)
_PLACES: Final[Mapping[str, _Signs]] = {
    "place": _Signs(
        ("bf_lieu", "bf_lieu_evenement", "bf_nom_lieu", "bf_lieu_nom", "bf_salle", "bf_location"),
        r"^(?:nom du )?lieu\b|\blieu de l|\bplace\b|\bvenue\b|\blocation\b|\bsalle\b|\bendroit\b",
        _NO_PLACE,
    ),
    "address": _Signs(
        ("bf_adresse", "bf_adresse1", "bf_rue", "bf_adresse_postale", "bf_address"),
        r"\badresse\b|\baddress\b|\brue\b|\bstreet\b",
        _NO_PLACE,
    ),
    "postcode": _Signs(
        ("bf_code_postal", "bf_cp", "bf_codepostal", "bf_postcode"),
        r"\bcode ?postal\b|\bcp\b|\bpost ?code\b|\bpostal code\b|\bzip\b",
    ),
    "town": _Signs(
        ("bf_ville", "bf_commune", "bf_town", "bf_city"),
        r"\bville\b|\bcommune\b|\btown\b|\bcity\b|\blocalite\b",
        _NO_PLACE,
    ),
}
_MAP_PARTS: Final = {"street": "address", "postalCode": "postcode", "town": "town"}
_YES_OR_NO: Final = frozenset(
    {"oui", "non", "yes", "no", "vrai", "faux", "true", "false", "ne sait pas", "peut-etre"}
)


def folded(text: str) -> str:
    """Small letters without accents, blanks made one."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\s_’']+", " ", bare).casefold().strip()


def guess(form: Form) -> Guesses:
    """Find what each readable field of `form` is for; a field is never given two tasks."""
    fields = [one for one in form.fields if one.holds_value and one.readable_by_all]
    single: dict[str, Guess | None] = {
        "title": next((Guess(one) for one in fields if one.property == "bf_titre"), None),
        "start": _dates(fields, FieldType.START_DATE, _START),
        "end": _dates(fields, FieldType.END_DATE, _END),
        "description": _best(_of(fields, FieldType.TEXTAREA), _DESCRIPTION),
        "position": _best(_of(fields, FieldType.MAP), None),
        "link": _best(_of(fields, FieldType.LINK) or _plain(fields, "url"), _LINK),
        "organizer": _organizer(fields),
        "image": _best(_of(fields, FieldType.IMAGE), _IMAGE),
    }
    found = {name: one for name, one in single.items() if one is not None}
    used = [one.field for one in found.values()]
    free = [one for one in _plain(fields, "text", "") if one not in used]
    return Guesses(
        single=found,
        places=_find_places(free, _of(fields, FieldType.MAP)),
        categories=tuple(one for one in _of(fields, *CHOICES) if not is_yes_or_no(one)),
        files=_of(fields, FieldType.FILE),
    )


def is_yes_or_no(field: Field) -> bool:
    """Whether the labels of a list answer a question, so that as categories they say nothing."""
    labels = {folded(label) for label in field.options.values()}
    return bool(labels) and labels <= _YES_OR_NO


def place_part(field: Field) -> str | None:
    """Which part of a place a field's name or label says it is; None where neither does."""
    for test in (_Signs.by_name, _Signs.by_label):
        for part in ("postcode", "town", "address", "place"):
            if test(_PLACES[part], field):
                return part
    return None


def _of(fields: Sequence[Field], *types: FieldType) -> tuple[Field, ...]:
    return tuple(one for one in fields if one.type in types)


def _plain(fields: Sequence[Field], *subtypes: str) -> tuple[Field, ...]:
    return tuple(one for one in _of(fields, FieldType.TEXT) if one.subtype in subtypes)


def _best(fields: Sequence[Field], signs: _Signs | None) -> Guess | None:
    """The only one; else the one its name or label tells; else the first, with the others."""
    if not fields:
        return None
    if signs is not None:
        for test in (signs.by_name, signs.by_label):
            if told := _told(fields, test):
                return told
    return Guess(fields[0], tuple(fields[1:]))


def _told(fields: Sequence[Field], test: Callable[[Field], bool]) -> Guess | None:
    told = [one for one in fields if test(one)]
    return Guess(told[0]) if told else None


def _dates(fields: Sequence[Field], kind: FieldType, signs: _Signs) -> Guess | None:
    """Fields made for it; a plain day counts only where its name or label says so."""
    return _best(_of(fields, kind), signs) or _signed(_of(fields, FieldType.DATE), signs)


def _signed(fields: Sequence[Field], signs: _Signs) -> Guess | None:
    return _told(fields, signs.by_name) or _told(fields, signs.by_label)


def _organizer(fields: Sequence[Field]) -> Guess | None:
    """A link to one entry of a directory; the name of the property ends with what the form says."""
    linked = _of(fields, FieldType.LINKED_ENTRY)
    told = [
        one for one in linked if one.property.endswith(_ORGANIZER.names) or _ORGANIZER.by_label(one)
    ]
    if told:
        return Guess(told[0], tuple(told[1:]))
    neutral = [one for one in linked if not re.search(_ORGANIZER.never, folded(one.label))]
    return _best(neutral, None) or _signed(_plain(fields, "text", ""), _ORGANIZER)


def _find_places(free: Sequence[Field], maps: Sequence[Field]) -> dict[str, Guess]:
    places: dict[str, Guess] = {}
    remaining = list(free)
    by_property = {one.property: one for one in free}
    for one in maps:
        for said, part in _MAP_PARTS.items():
            field = by_property.get(one.address.get(said, ""))
            if field is not None and field in remaining and part not in places:
                places[part] = Guess(field)
                remaining.remove(field)
    for test in (_Signs.by_name, _Signs.by_label):
        for part in ("postcode", "town", "address", "place"):
            fitting = [one for one in remaining if test(_PLACES[part], one)]
            if part not in places and fitting:
                places[part] = Guess(fitting[0])
                remaining.remove(fitting[0])
    return places
