"""Links between entries, followed both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bazar_forms.directory.actor import Actor, identity
from bazar_forms.directory.reading import LinkTags, Reading


class LinkState(StrEnum):
    """Where a link leads."""

    FOUND = "found"
    """To an actor of the directory."""
    DANGLING = "dangling"
    """To nothing: all of that form is here, and the target is not; it was deleted, or is hidden."""
    ELSEWHERE = "elsewhere"
    """To a form that is not in the directory, so that nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry names another in a field.

    `field` is the field's label, `tag` the name of the target, `target` the actor where it is
    FOUND.
    """

    source: Actor
    field: str
    property: str
    tag: str
    target: Actor | None
    state: LinkState


class LinkIndex:
    """All links, in the order of the actors they start from."""

    def __init__(
        self,
        readings: Sequence[Reading],
        actors: Mapping[tuple[str, str], Actor],
        forms: frozenset[tuple[str, str]],
    ) -> None:
        """`actors` is by identity, `forms` are wiki and number of those that were given whole."""
        self._actors = actors
        self._forms = forms
        self._leaving: dict[tuple[str, str], list[Link]] = {}
        self._arriving: dict[tuple[str, str], list[Link]] = {}
        for reading in readings:
            for link in self._links(reading):
                self._leaving.setdefault(link.source.identity, []).append(link)
                if link.target is not None:
                    self._arriving.setdefault(link.target.identity, []).append(link)

    def leaving(self, actor: Actor) -> tuple[Link, ...]:
        """In the order of the form."""
        return tuple(self._leaving.get(actor.identity, ()))

    def arriving(self, actor: Actor) -> tuple[Link, ...]:
        """In the order of those they come from."""
        return tuple(self._arriving.get(actor.identity, ()))

    def dangling(self) -> tuple[Link, ...]:
        """Those that lead to nothing."""
        every = (link for links in self._leaving.values() for link in links)
        return tuple(link for link in every if link.state is LinkState.DANGLING)

    def _links(self, reading: Reading) -> Iterator[Link]:
        source = reading.actor
        for named in reading.links:
            for tag in named.tags:
                target = self._actors.get(identity(source.wiki, tag))
                state = LinkState.FOUND if target else self._missing(source.wiki, named)
                yield Link(source, named.field, named.property, tag, target, state)

    def _missing(self, wiki: str, named: LinkTags) -> LinkState:
        here = (wiki, named.form) in self._forms
        return LinkState.DANGLING if here else LinkState.ELSEWHERE
