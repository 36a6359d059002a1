"""What a search finds, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from bazar_forms.directory.actor import Actor
from bazar_forms.directory.facet_index import Count, FacetIndex, Selection
from bazar_forms.directory.query import Term


@dataclass(frozen=True, slots=True)
class WordsMet:
    """Words of a field, as they are written there, that meet the text that was asked."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelsMet:
    """Labels of a facet, as the actor bears them, that were chosen or stand below one chosen."""

    facet: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """The distance in kilometres from the place that was asked."""

    kilometres: float


Reason = WordsMet | LabelsMet | Near


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for, from which the reasons of its hits are told."""

    terms: tuple[Term, ...]
    choices: tuple[tuple[FacetIndex, Selection], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An actor that meets all that was asked.

    `score` is what the words that were met are worth, 0 where no text was asked; `distance` is in
    kilometres, None where no place was.
    """

    actor: Actor
    score: int
    distance: float | None
    asked: Asked = field(compare=False, repr=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it was found; told when it is asked for, since lists of hits may be long."""
        near = () if self.distance is None else (Near(self.distance),)
        return (*self._words(), *self._labels(), *near)

    def _words(self) -> Iterator[WordsMet]:
        for one in self.actor.words:
            met = [
                word
                for term in self.asked.terms
                if term.met_in(one)
                for word in one.words
                if term.met_by(word)
            ]
            if met:
                yield WordsMet(one.field, tuple(dict.fromkeys(met)))

    def _labels(self) -> Iterator[LabelsMet]:
        for index, selection in self.asked.choices:
            labels = self.actor.labels.get(index.facet.name, ())
            met = tuple(label for label in labels if index.met(label, selection))
            yield LabelsMet(index.facet.name, met)


class Hits(Sequence[Hit]):
    """Hits in order, each made when it is read: of ten thousand, few are."""

    __slots__ = ("_make", "_numbers")

    def __init__(self, numbers: Sequence[int], make: Callable[[int], Hit]) -> None:
        """`make` gives the hit of a number."""
        self._numbers = numbers
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> Hits: ...
    def __getitem__(self, place: int | slice) -> Hit | Hits:
        if isinstance(place, slice):
            return Hits(self._numbers[place], self._make)
        return self._make(self._numbers[place])

    def __iter__(self) -> Iterator[Hit]:
        return map(self._make, self._numbers)


@dataclass(frozen=True, slots=True)
class Results:
    """All hits, in the order that was asked, and the counts of the facets.

    `counts` has, under the name of each facet, how many actors bear each label; what is chosen in
    a facet itself does not narrow its own counts.
    """

    hits: Hits
    counts: Mapping[str, tuple[Count, ...]]
