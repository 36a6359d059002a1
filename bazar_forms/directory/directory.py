"""A directory: the entries of one or several forms of one or several wikis, searchable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bazar_forms.directory.actor import Actor, Entries, Source, Unindexed, identity
from bazar_forms.directory.catalogue import Catalogue, Order, Where, facets_of, question
from bazar_forms.directory.facet import Facet, FacetPlan
from bazar_forms.directory.folding import town_key
from bazar_forms.directory.hit import Results
from bazar_forms.directory.links import Link, LinkIndex
from bazar_forms.directory.place import middle
from bazar_forms.directory.reading import read_sources
from bazar_forms.form import Form
from bazar_forms.value import Position


class Directory:
    """The actors of some forms, found by words, labels and places.

    All is in memory, built once and never changed. `actors` are in their total order: title,
    wiki, form, tag. `problems` tells what of the entries is not indexed, in the order given.
    Fields that not everybody may read are left out, whoever read the entries.
    """

    def __init__(self, sources: Iterable[Source], *, town: str = "") -> None:
        """`town` is the property that holds the town in those sources that name none."""
        given = tuple(sources)
        plan = FacetPlan(given, town)
        readings, problems = read_sources(given, plan)
        self.actors: tuple[Actor, ...] = tuple(one.actor for one in readings)
        self.problems: tuple[Unindexed, ...] = tuple(problems)
        self._by_identity = {one.identity: one for one in self.actors}
        self._catalogue = Catalogue(plan, self.actors, facets_of(plan, given, readings))
        self._towns = _towns(self.actors)
        forms = frozenset((one.wiki, one.form.id) for one in given)
        self._links = LinkIndex(readings, self._by_identity, forms)

    @classmethod
    def of(cls, *sources: Source | tuple[Form, Entries], town: str = "") -> Directory:
        """A directory of forms with their entries; a plain pair is a source of the one wiki."""
        given = (one if isinstance(one, Source) else Source(*one) for one in sources)
        return cls(given, town=town)

    def __len__(self) -> int:
        return len(self.actors)

    @property
    def facets(self) -> tuple[Facet, ...]:
        """In the order of the forms; those of the forms and of the wikis themselves come last."""
        return self._catalogue.plan.facets

    @property
    def dangling(self) -> tuple[Link, ...]:
        """The links to entries that are not there, though all others of their form are."""
        return self._links.dangling()

    def actor(self, tag: str, wiki: str = "") -> Actor | None:
        """The actor whose entry bears this tag in this wiki."""
        return self._by_identity.get(identity(wiki, tag))

    def labels(self, facet: str) -> tuple[str, ...]:
        """The labels of a facet that some actor bears.

        Raises FacetUnknown where there is no such facet.
        """
        return self._catalogue.facets[self._catalogue.plan.find(facet)].labels

    def town(self, name: str) -> Position | None:
        """Where a town lies: in the middle of its actors that have a position; None without any."""
        return self._towns.get(town_key(name))

    def links(self, actor: Actor) -> tuple[Link, ...]:
        """The links that an actor's entry holds, in the order of its form."""
        return self._links.leaving(actor)

    def linked_from(self, actor: Actor) -> tuple[Link, ...]:
        """The links of others that lead to this actor."""
        return self._links.arriving(actor)

    def search(
        self,
        text: str = "",
        where: Where | None = None,
        *,
        near: Position | tuple[float, float] | None = None,
        within: float | None = None,
        box: Sequence[float] | None = None,
        order: Order | None = None,
    ) -> Results:
        """Those who meet all that is asked.

        Every word of `text` is met, in any field, by one that it begins or whose singular or
        plural it is; words between quotation marks stand side by side. Of each facet in `where`
        one label is borne. `near` is a position, from which they are not further than `within`
        kilometres; `box` is south, west, north, east, and crosses 180° where west is above east.
        Whoever has no position meets neither `near` nor `box`.

        `order` is by score where there is a text, else by distance where there is a place, else by
        title; ties are settled by distance, then by title. `updated` is the latest first.

        Raises FacetUnknown for a name in `where` that no facet has, ValueError where a place is
        not on the earth, a distance is negative or has no place to start from, or there is no such
        order.
        """
        asked = question(
            text=text,
            where=where,
            near=near,
            within=within,
            box=box,
            order=order,
        )
        return self._catalogue.answer(asked)


def _towns(actors: Iterable[Actor]) -> dict[str, Position]:
    """Folded name → the middle of all positions in the town."""
    located: dict[str, list[Position]] = {}
    for actor in actors:
        if actor.town and actor.position is not None:
            located.setdefault(town_key(actor.town), []).append(actor.position)
    middles = {name: middle(positions) for name, positions in located.items()}
    return {name: place for name, place in middles.items() if place is not None}
