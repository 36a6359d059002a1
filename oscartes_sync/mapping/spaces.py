"""Which field of a form of groups is which, and what an entry of it says.

Fields are found by usual names and by labels, in French and in English, as agendas' are; what
that gets wrong is said under `[spaces.fields]`. Fields that not everybody may read count too: a
space is internal, and its form is read with our key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from bazar_forms.entry import Entry
from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form
from bazar_forms.richtext import line_to_text, text_to_line
from bazar_forms.value import Day, Instant
from bazar_forms.value import RichText as LongText
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.choices import labels_of
from oscartes_sync.mapping.entry_reading import Values
from oscartes_sync.mapping.guesses import CHOICES, folded, is_yes_or_no
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.space import SpaceEntry

LINKS: Final = ("team_link", "folder_link", "calendar_link")
_DATES: Final = (FieldType.DATE, FieldType.START_DATE, FieldType.END_DATE)
_WORDS: Final = (FieldType.TEXT, FieldType.TEXTAREA, FieldType.EMAIL)
_ADDRESSES: Final = (FieldType.LINK, FieldType.TEXT)
_BETWEEN = re.compile(r"[,;\s]+")
_YES: Final = frozenset({"1", "oui", "yes", "vrai", "true", "public", "publique"})
_ARCHIVED = re.compile(r"archiv")
_PLAIN = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class _Signs:
    """How a field is recognised: types it may have, usual names, a pattern in its folded label."""

    types: tuple[FieldType, ...]
    names: tuple[str, ...] = ()
    labels: str = r"(?!)"

    def tells(self, one: Field) -> bool:
        return self.names_it(one) or bool(re.search(self.labels, folded(one.label)))

    def names_it(self, one: Field) -> bool:
        return one.property in self.names or one.name in self.names


_SIGNS: Final[Mapping[str, _Signs]] = {
    "name": _Signs((FieldType.TEXT, FieldType.TITLE), (TITLE,)),
    "description": _Signs(
        (FieldType.TEXTAREA,), ("bf_description",), r"\bdescripti(?:on|f)\b|\bpresentation\b"
    ),
    "members": _Signs(
        _WORDS, ("bf_membres", "bf_members"), r"\bmembres?\b|\bparticipants?\b|\bmembers?\b"
    ),
    "lead": _Signs(
        _WORDS,
        ("bf_responsable", "bf_referent", "bf_animateur", "bf_pilote", "bf_lead"),
        r"\bresponsables?\b|\breferent\w*\b|\banimat(?:eur|rice)\w*\b|\bpilotes?\b|\bleads?\b",
    ),
    "start": _Signs(
        _DATES, ("bf_debut", "bf_date_debut", "bf_date_debut_evenement"), r"\bdebut\b|\bstart\b"
    ),
    "end": _Signs(_DATES, ("bf_fin", "bf_date_fin", "bf_date_fin_evenement"), r"\bfin\b|\bend\b"),
    "public": _Signs(CHOICES, ("bf_public",), r"\bpubli(?:c|que|cs|er)\b"),
    "team_link": _Signs(_ADDRESSES, ("bf_equipe", "bf_lien_equipe"), r"\bequipe\b|\bteam\b"),
    "folder_link": _Signs(_ADDRESSES, ("bf_dossier", "bf_lien_dossier"), r"\bdossier\b|\bfolder\b"),
    "calendar_link": _Signs(
        _ADDRESSES,
        ("bf_agenda", "bf_calendrier", "bf_lien_agenda", "bf_lien_calendrier"),
        r"\bagenda\b|\bcalendrier\b|\bcalendar\b",
    ),
    "state": _Signs(
        (FieldType.TEXT, *CHOICES),
        ("bf_etat", "bf_etat_espace", "bf_state"),
        r"\betat\b|\bstate\b|\barchiv",
    ),
}
FIELD_NAMES: Final = tuple(_SIGNS)
"""What `[spaces.fields]` may tie to a property."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRecipe:
    """The fields of one form by what they are for; those that it lacks are left away."""

    form: str
    fields: Mapping[str, Field]
    title_template: str = ""
    properties: frozenset[str] = frozenset()

    def one(self, name: str) -> Field | None:
        """The field for one purpose."""
        return self.fields.get(name)

    def mapping(self) -> dict[str, str]:
        """Purpose → property, for people."""
        return {name: self.fields[name].property for name in FIELD_NAMES if name in self.fields}


def find_space_recipe(form: Form, overrides: Mapping[str, str]) -> SpaceRecipe:
    """Find the fields of a form of groups; `overrides` maps purposes to properties, "" for none.

    Raises:
        ConfigurationError: `space-property-unknown` for an override; `space-without-name`,
            `space-without-members`.
    """
    fields: dict[str, Field] = {}
    for name, wanted in overrides.items():
        if not wanted:
            continue
        one = form.field(wanted)
        if one is None or one.type not in _SIGNS[name].types:
            fitting = [each.property for each in form.fields if each.type in _SIGNS[name].types]
            raise ConfigurationError(
                "space-property-unknown",
                field=name,
                property=wanted,
                form=form.id,
                properties=", ".join(fitting) or "–",
            )
        fields[name] = one
    for name in FIELD_NAMES:
        if name not in overrides:
            taken = list(fields.values())
            free = [one for one in form.fields if one.holds_value and one not in taken]
            found = next((one for one in free if _fits(name, one)), None)
            if found is not None:
                fields[name] = found
    for name in ("name", "members"):
        if name not in fields:
            raise ConfigurationError(f"space-without-{name}", form=form.id)
    automatic = fields["name"].property == TITLE
    return SpaceRecipe(
        form=form.id,
        fields=fields,
        title_template=(form.title_template or "") if automatic else "",
        properties=frozenset(one.property for one in form.fields if one.property),
    )


def read_space(
    entry: Entry, recipe: SpaceRecipe, zone: ZoneInfo, *, seen: bool
) -> tuple[SpaceEntry | None, tuple[Problem, ...]]:
    """What an entry says; None where it says no name, or a day that is none: an end that cannot
    be read must end nothing. `seen`: an anonymous reader sees it."""
    values = Values(entry)
    title = " ".join(values.line(recipe.one("name")).split())
    try:
        days = {name: _day(values, recipe.one(name), zone) for name in ("start", "end")}
    except ValueError:
        problem = Problem.of("space-date-unreadable", entry=entry.tag)
        return None, (problem,)
    if not title:
        return None, (Problem.of("space-without-title", entry=entry.tag),)
    members = recipe.fields["members"]
    found = SpaceEntry(
        tag=entry.tag,
        title=title,
        description=_text(values, recipe.one("description")),
        start=days["start"],
        end=days["end"],
        public=seen and _is_public(values, recipe.one("public")),
        archived=_is_archived(values, recipe.one("state")),
        members=_named(values, members),
        leads=_named(values, recipe.one("lead")),
        links={
            name: line_to_text(values.line(recipe.fields[name]))
            for name in LINKS
            if name in recipe.fields
        },
        readable=members.property in entry.properties,
        markable=mark_to_send(recipe, "") is not None,
    )
    return found, tuple(values.problems)


def links_to_send(recipe: SpaceRecipe, links: Mapping[str, str]) -> dict[str, str]:
    """Addresses by property, as the wiki is sent them."""
    return {
        recipe.fields[name].property: text_to_line(address)
        for name, address in sorted(links.items())
        if name in recipe.fields and address
    }


def mark_to_send(recipe: SpaceRecipe, words: str) -> dict[str, str] | None:
    """The mark of an archived group, by property; None where the form has no place for one.

    A list is set to its choice that begins so; `words` go into a text.
    """
    one = recipe.one("state")
    if one is None:
        return None
    if one.type is FieldType.TEXT:
        return {one.property: text_to_line(words)}
    keys = [key for key, label in one.options.items() if _ARCHIVED.match(folded(label))]
    return {one.property: keys[0]} if keys else None


def category_of(fields: Sequence[Field], title: str) -> tuple[str, str, str] | None:
    """Property, key and label of the choice that bears a group's name, in whichever list.

    A key that means something in a pattern cannot be asked for by a query (reference, section 3).
    """
    for one in fields:
        for key in one.options:
            if not _PLAIN.fullmatch(key):
                continue
            label = labels_of(one, (key,))[0]
            if label and folded(label[0]) == folded(title):
                return one.property, key, label[0]
    return None


def _fits(name: str, one: Field) -> bool:
    """Whether a field may be meant; “Publics”, for whom a group works, answers no question."""
    signs = _SIGNS[name]
    if name == "public" and not signs.names_it(one) and not is_yes_or_no(one):
        return False
    return one.type in signs.types and signs.tells(one)


def _day(values: Values, one: Field | None, zone: ZoneInfo) -> date | None:
    found = values.when(one) if one is not None else None
    if isinstance(found, Instant):
        moment = found.moment
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    return found.date if isinstance(found, Day) else None


def _text(values: Values, one: Field | None) -> str:
    value = values.get(one)
    if isinstance(value, LongText):
        return value.text
    return value if isinstance(value, str) else ""


def _named(values: Values, one: Field | None) -> tuple[str, ...]:
    text = line_to_text(_text(values, one))
    return tuple(dict.fromkeys(each for each in _BETWEEN.split(text) if each))


def _is_public(values: Values, one: Field | None) -> bool:
    """A form that does not ask is of public groups; one that asks wants a yes."""
    if one is None:
        return True
    return bool(_said(values, one) & _YES)


def _is_archived(values: Values, one: Field | None) -> bool:
    if one is None:
        return False
    words: Callable[[str], object] = _ARCHIVED.match
    if one.type is FieldType.TEXT:
        return bool(words(folded(values.line(one))))
    return any(words(each) for each in _said(values, one))


def _said(values: Values, one: Field) -> set[str]:
    keys = values.keys(one)
    return {folded(each) for each in (*keys, *labels_of(one, keys)[0])}
