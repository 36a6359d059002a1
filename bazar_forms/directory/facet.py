"""Facets: by what a directory can be narrowed down, and which fields of which forms make one.

Fields of several forms make one facet where they bear the same label, since their properties
differ from one release of YesWiki to the next (reference section 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bazar_forms.directory.actor import Source
from bazar_forms.directory.folding import label_key
from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form

FORM: Final = "form"
WIKI: Final = "wiki"
TOWN: Final = "town"
"""Under this name the facet of towns is found whatever its label is."""

_CHOICES: Final = frozenset({FieldType.LIST, FieldType.RADIO, FieldType.CHECKBOX})
_TOWN_TYPES: Final = frozenset({FieldType.TEXT, FieldType.LIST, FieldType.RADIO})
_USUAL_TOWN: Final = "bf_ville"
_TOWN_LABELS: Final = frozenset({"ville", "commune", "localite", "town", "city"})


class FacetKind(StrEnum):
    """What the labels of a facet are."""

    CHOICES = "choices"
    TAGS = "tags"
    TOWN = "town"
    FORM = "form"
    WIKI = "wiki"


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet; its `name`, a field's label, is its own in a directory.

    `properties` are those of the fields that it is made of.
    """

    name: str
    kind: FacetKind
    properties: tuple[str, ...] = ()


class FacetUnknown(LookupError):
    """No facet, or more than one, goes by this name; `known` are the names that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"The directory has no facet “{name}”; it has {', '.join(known)}.")
        self.name = name
        self.known = known


@dataclass(slots=True)
class _Draft:
    """A facet that is still growing; `sources` are those that have a field in it."""

    name: str
    kind: FacetKind
    properties: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    sources: set[int] = field(default_factory=set)

    def add(self, source: int, one: Field) -> None:
        self.sources.add(source)
        self.labels.append(label_key(one.label or one.property))
        if one.property not in self.properties:
            self.properties.append(one.property)


class FacetPlan:
    """Which facets a directory has, and to which of them a field belongs."""

    def __init__(self, sources: Sequence[Source], town: str = "") -> None:
        """`town` is the property of the town in the sources that do not name one."""
        self._drafts = [_Draft(FORM, FacetKind.FORM), _Draft(WIKI, FacetKind.WIKI)]
        self._named: list[dict[str, str]] = []
        self.towns = [town_field(one.form, one.town or town) for one in sources]
        for number, source in enumerate(sources):
            self._named.append({})
            for one in source.form.fields:
                self._place(number, one)
        self.facets = tuple(
            Facet(one.name, one.kind, tuple(one.properties)) for one in self._sorted()
        )

    def name(self, source: int, one: Field) -> str:
        """The name of a field's facet; empty where it makes none."""
        return self._named[source].get(one.property, "")

    def find(self, name: str) -> str:
        """The name of the facet that is meant: by name, label or property.

        Raises FacetUnknown where that is none, or not one alone.
        """
        for found in self._called(name, label_key(name)):
            if len(found) == 1:
                return found[0].name
        raise FacetUnknown(name, tuple(one.name for one in self.facets))

    def _called(self, name: str, folded: str) -> Iterator[list[_Draft]]:
        """Those of that name, then those of that label, then those of that property."""
        yield [one for one in self._drafts if label_key(one.name) == folded]
        yield [one for one in self._drafts if folded in one.labels]
        yield [one for one in self._drafts if name in one.properties]
        yield [one for one in self._drafts if (folded, one.kind) == (TOWN, FacetKind.TOWN)]

    def _place(self, source: int, one: Field) -> None:
        kind = self._kind(source, one)
        if kind is None or one.property in self._named[source]:
            return
        draft = self._fitting(source, one, kind) or self._drawn(source, one, kind)
        draft.add(source, one)
        self._named[source][one.property] = draft.name

    def _kind(self, source: int, one: Field) -> FacetKind | None:
        if not one.property or not one.readable_by_all:
            return None
        if one is self.towns[source]:
            return FacetKind.TOWN
        if one.type is FieldType.TAGS:
            return FacetKind.TAGS
        return FacetKind.CHOICES if one.type in _CHOICES else None

    def _fitting(self, source: int, one: Field, kind: FacetKind) -> _Draft | None:
        """A facet of other forms; two fields of one form stay two."""
        wanted = label_key(one.label or one.property)
        free = (one for one in self._drafts if one.kind is kind and source not in one.sources)
        same = (one for one in free if kind is FacetKind.TOWN or wanted in one.labels)
        return next(same, None)

    def _drawn(self, source: int, one: Field, kind: FacetKind) -> _Draft:
        name = one.label.strip() or one.property
        taken = {label_key(draft.name) for draft in self._drafts}
        if label_key(name) in taken:
            name = f"{name} ({one.property})"
        while label_key(name) in taken:
            name = f"{name} ({source + 1})"
        self._drafts.append(_Draft(name, kind, labels=[label_key(name)]))
        return self._drafts[-1]

    def _sorted(self) -> list[_Draft]:
        """As the forms have them, the forms and the wikis themselves behind."""
        return [*self._drafts[2:], *self._drafts[:2]]


def town_field(form: Form, named: str = "") -> Field | None:
    """The field that holds the town, or None.

    The one that is named; or the one that the map looks towns up in; or `bf_ville`; or the first
    one that is labelled as one. A field that not everybody may read is none.
    """
    looked_up = (one.address.get("town", "") for one in form.of_type(FieldType.MAP))
    for property in (named, *looked_up, _USUAL_TOWN):  # noqa: A001 -- Bazar's own word
        found = form.field(property)
        if found is not None and _may_hold_town(found):
            return found
    labelled = (one for one in form.fields if label_key(one.label) in _TOWN_LABELS)
    return next(filter(_may_hold_town, labelled), None)


def _may_hold_town(one: Field) -> bool:
    return one.type in _TOWN_TYPES and bool(one.property) and one.readable_by_all
