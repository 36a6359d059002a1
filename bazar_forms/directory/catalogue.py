"""The indexes of a directory together, and the way from a question to its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import and_
from types import MappingProxyType
from typing import Final, Literal, get_args

from bazar_forms.directory.actor import Actor, Source
from bazar_forms.directory.bits import mask_of, numbers_of
from bazar_forms.directory.facet import FacetKind, FacetPlan
from bazar_forms.directory.facet_index import Count, FacetIndex, Selection
from bazar_forms.directory.hit import Asked, Hit, Hits, Results
from bazar_forms.directory.place import Box, PlaceIndex, box_of, position_of
from bazar_forms.directory.query import terms_of
from bazar_forms.directory.reading import Reading, paths_of
from bazar_forms.directory.word_index import Scores, WordIndex
from bazar_forms.value import Position

Order = Literal["relevance", "distance", "title", "updated"]
Where = Mapping[str, str | Iterable[str]]
"""Name, label or property of a facet → the label chosen in it, or several, one of which is met."""

_ORDERS: Final = get_args(Order)


@dataclass(frozen=True, slots=True)
class Question:
    """A query whose figures have been checked."""

    text: str
    where: Where
    near: Position | None
    within: float | None
    box: Box | None
    order: Order


def question(
    *,
    text: str,
    where: Where | None,
    near: Position | tuple[float, float] | None,
    within: float | None,
    box: Sequence[float] | None,
    order: Order | None,
) -> Question:
    """Checks what is asked, and fills in the usual order.

    Raises ValueError where a place is not on the earth, a distance is negative or has no place to
    start from, or there is no such order.
    """
    if near is None and (within is not None or order == "distance"):
        raise ValueError("A distance needs a place to start from.")
    if within is not None and not within >= 0:
        raise ValueError("A distance is a figure from 0 up.")
    if order is not None and order not in _ORDERS:
        raise ValueError(f"The order is one of {', '.join(_ORDERS)}.")
    return Question(
        text=text,
        where=where or {},
        near=None if near is None else position_of(near),
        within=within,
        box=None if box is None else box_of(box),
        order=order or _usual(text, near),
    )


def _usual(text: str, near: object) -> Order:
    if terms_of(text):
        return "relevance"
    return "title" if near is None else "distance"


@dataclass(frozen=True, slots=True)
class _Met:
    """What the text and the place of a question leave; None where it asks for none."""

    scores: Scores | None
    distances: dict[int, float] | None
    box: int | None

    def mask(self, everybody: int) -> int:
        """The set of those who meet all of it."""
        masks = [mask_of(one) for one in (self.scores, self.distances) if one is not None]
        masks += [self.box] if self.box is not None else []
        return reduce(and_, masks, everybody)


@dataclass(slots=True)
class Catalogue:
    """The actors, numbered in their total order, with an index for everything that is asked."""

    plan: FacetPlan
    actors: tuple[Actor, ...]
    facets: Mapping[str, FacetIndex]
    words: WordIndex = field(init=False)
    places: PlaceIndex = field(init=False)

    def __post_init__(self) -> None:
        self.words = WordIndex([one.words for one in self.actors])
        self.places = PlaceIndex(one.position for one in self.actors)

    def answer(self, asked: Question) -> Results:
        """All that meet the question, in its order.

        Raises FacetUnknown for a name that no facet has.
        """
        chosen = self._chosen(asked.where)
        terms = terms_of(asked.text)
        met = _Met(
            scores=self.words.match(terms) if terms else None,
            distances=self.places.distances(asked.near, asked.within) if asked.near else None,
            box=self.places.inside(asked.box) if asked.box else None,
        )
        left = met.mask((1 << len(self.actors)) - 1)
        numbers = numbers_of(_narrowed(left, chosen))
        self._sort(numbers, asked.order, met)
        why = Asked(terms, tuple((self.facets[name], one) for name, one in chosen.items()))
        return Results(
            hits=Hits(numbers, partial(self._hit, met, why)),
            counts=MappingProxyType(dict(self._counts(left, chosen))),
        )

    def _chosen(self, where: Where) -> dict[str, Selection]:
        """Facet → what is chosen in it; one that is named without any label asks nothing."""
        labels: dict[str, list[str]] = {}
        for name, given in where.items():
            several = [given] if isinstance(given, str) else list(given)
            labels.setdefault(self.plan.find(name), []).extend(several)
        return {name: self.facets[name].select(given) for name, given in labels.items() if given}

    def _sort(self, numbers: list[int], order: Order, met: _Met) -> None:
        """Sorts numbers that are in their total order, which settles what is still equal."""
        scores, distances = met.scores or {}, met.distances or {}
        if distances and order != "title":
            numbers.sort(key=distances.__getitem__)
        if order == "updated":
            numbers.sort(key=lambda number: self.actors[number].entry.updated, reverse=True)
        elif order == "relevance" and scores:
            numbers.sort(key=scores.__getitem__, reverse=True)

    def _hit(self, met: _Met, why: Asked, number: int) -> Hit:
        score = met.scores[number] if met.scores else 0
        distance = met.distances[number] if met.distances else None
        return Hit(self.actors[number], score, distance, why)

    def _counts(
        self, left: int, chosen: Mapping[str, Selection]
    ) -> Iterator[tuple[str, tuple[Count, ...]]]:
        """For each facet, of those that all conditions but its own leave."""
        narrowed = _narrowed(left, chosen)
        for name, index in self.facets.items():
            if name in chosen:
                others = {other: one for other, one in chosen.items() if other != name}
                yield name, index.counts(_narrowed(left, others), chosen[name].chosen)
            else:
                yield name, index.counts(narrowed)


def facets_of(
    plan: FacetPlan, sources: Sequence[Source], readings: Sequence[Reading]
) -> dict[str, FacetIndex]:
    """The index of each facet by name, filled; the lists of the forms give choices their order."""
    indexes = {facet.name: FacetIndex(facet) for facet in plan.facets}
    for number, source in enumerate(sources):
        for one in source.form.fields:
            if name := plan.name(number, one):
                _offer(indexes[name], paths_of(one))
    for number, reading in enumerate(readings):
        for name, paths in reading.paths.items():
            indexes[name].add(number, paths)
    for index in indexes.values():
        index.close()
    return indexes


def _offer(index: FacetIndex, choices: Mapping[str, tuple[str, ...]]) -> None:
    for key, path in choices.items():
        index.offer(key, path[-1:] if index.facet.kind is FacetKind.TOWN else path)


def _narrowed(left: int, chosen: Mapping[str, Selection]) -> int:
    return reduce(and_, (one.mask for one in chosen.values()), left)
