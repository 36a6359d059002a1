"""Who bears which label of a facet, and how many of those that a query leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bazar_forms.directory.bits import mask_of
from bazar_forms.directory.facet import Facet, FacetKind
from bazar_forms.directory.folding import label_key, town_key
from bazar_forms.directory.reading import Path, shown


@dataclass(frozen=True, slots=True)
class Count:
    """A label of a facet, and how many actors bear it or one below it.

    Those actors are the ones that all other conditions of the query leave. `parent` is the label
    above, empty where there is none; `chosen` tells that the query asks for this one.
    """

    label: str
    actors: int
    parent: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query chose in one facet: the actors, and the keys of the labels chosen."""

    mask: int
    chosen: frozenset[Path]


@dataclass(slots=True)
class _Choice:
    """One label; `rank` is its place in the tree of all of them."""

    key: Path
    rank: tuple[int, ...]
    spellings: Counter[str] = field(default_factory=Counter)
    numbers: list[int] = field(default_factory=list)
    children: int = 0
    mask: int = 0
    label: str = ""


class FacetIndex:
    """One facet over all actors; choosing a label chooses those below it."""

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        self._choices: dict[Path, _Choice] = {}
        self._whole: dict[str, set[Path]] = {}
        self._aliases: dict[str, set[Path]] = {}
        self._known: dict[Path, tuple[_Choice, ...]] = {}
        self._ordered: list[_Choice] = []
        self._key = town_key if facet.kind is FacetKind.TOWN else label_key

    def offer(self, key: str, path: Path) -> None:
        """A choice of a form's list: keeps its order, and is found by its own key as well."""
        found = self._chain(path)[-1]
        self._aliases.setdefault(label_key(key), set()).add(found.key)

    def add(self, number: int, paths: Iterable[Path]) -> None:
        """What the actor of this number bears; numbers come in ascending order."""
        for path in paths:
            chain = self._known.get(path) or self._chain(path)
            for part, choice in zip(path, chain, strict=True):
                choice.spellings[part] += 1
                if not choice.numbers or choice.numbers[-1] != number:
                    choice.numbers.append(number)

    def close(self) -> None:
        """Ends the adding, before anything is asked."""
        for choice in self._choices.values():
            choice.mask = mask_of(choice.numbers)
            choice.numbers = []
        self._ordered = sorted(
            (one for one in self._choices.values() if one.mask), key=lambda one: one.rank
        )
        for choice in self._ordered:  # parents first
            parent = self._choices.get(choice.key[:-1])
            own = self._spelling(choice)
            choice.label = shown((parent.label, own)) if parent else own
            self._whole.setdefault(self._key(choice.label), set()).add(choice.key)
            self._aliases.setdefault(self._key(own), set()).add(choice.key)
        self._known = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that some actor bears, in the order of the list."""
        return tuple(choice.label for choice in self._ordered)

    def select(self, labels: Iterable[str]) -> Selection:
        """Those who bear one of the labels, or one below it; nobody where none is known."""
        chosen = frozenset(key for label in labels for key in self._meant(label))
        mask = 0
        for key in chosen:
            mask |= self._choices[key].mask
        return Selection(mask, chosen)

    def counts(self, within: int, chosen: frozenset[Path] = frozenset()) -> tuple[Count, ...]:
        """The labels that some of these actors bear, and those chosen.

        Choices stand in the order of their list, children behind their parent; all else from the
        most to the least frequent.
        """
        found = [
            (actors, one)
            for one in self._ordered
            if (actors := (one.mask & within).bit_count()) or one.key in chosen
        ]
        if self.facet.kind is not FacetKind.CHOICES:
            found.sort(key=lambda pair: (-pair[0], pair[1].key))
        return tuple(self._count(one, actors, one.key in chosen) for actors, one in found)

    def met(self, label: str, selection: Selection) -> bool:
        """Whether a label that an actor bears is one of those chosen, or below one."""
        return any(key[: len(one)] == one for key in self._meant(label) for one in selection.chosen)

    def _count(self, one: _Choice, actors: int, chosen: bool) -> Count:
        parent = self._choices.get(one.key[:-1])
        return Count(one.label, actors, parent.label if parent else "", chosen)

    def _meant(self, label: str) -> set[Path]:
        """The label itself where there is one; else those of that key or that last part."""
        wanted = self._key(label)
        return (
            self._whole.get(wanted)
            or self._aliases.get(wanted)
            or self._aliases.get(label_key(label))
            or set()
        )

    def _spelling(self, choice: _Choice) -> str:
        """As most write it."""
        return min(choice.spellings, key=lambda one: (-choice.spellings[one], one))

    def _chain(self, path: Path) -> tuple[_Choice, ...]:
        """The choices of a path, outermost first; those that are new are placed behind."""
        chain: list[_Choice] = []
        for depth in range(1, len(path) + 1):
            key = tuple(map(self._key, path[:depth]))
            if key not in self._choices:
                self._choices[key] = _Choice(key, self._place(chain))
            chain.append(self._choices[key])
        self._known[path] = tuple(chain)
        return self._known[path]

    def _place(self, above: list[_Choice]) -> tuple[int, ...]:
        if not above:
            return (len(self._choices),)
        above[-1].children += 1
        return (*above[-1].rank, above[-1].children)
