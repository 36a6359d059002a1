"""Who answers a question, and how well: points, each of which has a reason that can be told.

Of each clue of the saved query an actor has the best that it shows: a label that it chose for
itself, or its title, is worth 8 times the weight of the clue, another label 4 times (its words are
met, yet not as that label), a text 2 times; half of it where a word is only the beginning of one
that is written there. Each word that was asked is worth 100, and 3 times the same figure, so that
whoever meets more of them stands first. A place is worth 30 on the spot, one less for each
kilometre.

Whoever meets no word that was asked is no answer; where none was, whoever meets no clue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bazar_forms.directory import Actor, Directory, FacetKind, Hit, LabelsMet, WordsMet, distance
from bazar_forms.directory.folding import forms_of, label_key, spelled_words, stem, town_key
from bazar_forms.directory.query import terms_of
from bazar_forms.value import Position
from oscartes_sync.usecases.asking.answer import Asked, Kind, Reason
from oscartes_sync.usecases.asking.questions import FAMILIES, SILENT, Clue

LABEL_WORTH: Final = 8
"""Of a label that says what a clue looks for: as much as a title."""
WORD_ASKED: Final = 100
WORTH_ASKED: Final = 3
ON_THE_SPOT: Final = 30

_CHOSEN: Final = frozenset({FacetKind.CHOICES, FacetKind.TAGS, FacetKind.FORM})
_YES: Final = frozenset({"oui", "yes", "vrai", "true"})

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """Points that an actor has, and the hit that gave them."""

    kind: Kind
    points: int
    hit: Hit

    def reason(self) -> Reason:
        """Made for those only that are shown."""
        for met in self.hit.reasons:
            if isinstance(met, WordsMet):
                return Reason(kind=self.kind, points=self.points, field=met.field, words=met.words)
            if isinstance(met, LabelsMet):
                return Reason(kind=self.kind, points=self.points, field=met.facet, words=met.labels)
        return Reason(kind=self.kind, points=self.points)


@dataclass(frozen=True, slots=True)
class Away:
    """How far an actor is; `roughly` where only its town is known."""

    kilometres: float
    roughly: bool

    @property
    def points(self) -> int:
        """One less for each kilometre."""
        return max(0, ON_THE_SPOT - round(self.kilometres))


@dataclass(slots=True)
class Scored:
    """An actor with its marks."""

    actor: Actor
    away: Away | None = None
    marks: list[Mark] = field(default_factory=list)

    @property
    def score(self) -> int:
        """The sum of all points."""
        return sum(mark.points for mark in self.marks) + (self.away.points if self.away else 0)

    def reasons(self) -> tuple[Reason, ...]:
        """What was asked first, then the most telling."""
        marks = sorted(self.marks, key=lambda mark: (mark.kind is not Kind.ASKED, -mark.points))
        return (*(mark.reason() for mark in marks), *self._near())

    def _near(self) -> Iterator[Reason]:
        if self.away is not None:
            yield Reason(
                kind=Kind.NEAR,
                points=self.away.points,
                kilometres=self.away.kilometres,
                roughly=self.away.roughly,
            )

    def sort_key(self) -> tuple[float, float, str, str, str]:
        """The best first; then the nearest; then by title."""
        away = self.away.kilometres if self.away else 0.0
        return (-self.score, away, label_key(self.actor.title), *self.actor.identity)


def score(directory: Directory, asked: Asked, near: Position | None) -> list[Scored]:
    """All who answer, the best first; `near` is where the town lies that was asked."""
    words = asked_words(asked.words)
    met = [met_by(directory, word) for word in words]
    clues = [_of_clue(directory, clue) for clue in asked.question.clues]
    found: dict[Identity, Scored] = {}
    for marks in met or clues:
        for identity, mark in marks.items():
            found.setdefault(identity, Scored(mark.hit.actor))
    for marks in (*met, *clues):
        for identity in marks.keys() & found.keys():
            found[identity].marks.append(marks[identity])
    return sorted(_located(directory, found.values(), near, asked.within), key=Scored.sort_key)


def asked_words(text: str) -> list[str]:
    """The words that were asked, as a search takes them; those that ask for nothing left out."""
    silent = {part for word in SILENT for part in forms_of(word).parts}
    found: list[str] = []
    for term in terms_of(text):
        if term.phrase:
            found.append(_phrase(" ".join(term.forms.parts)))
        elif not set(term.forms.parts) <= silent:
            found.append("-".join(term.forms.parts))
    return found


def met_by(directory: Directory, word: str) -> dict[Identity, Mark]:
    """Those who meet a word that was asked, or another of its family."""
    hits = _best(hit for each in _family(word) for hit in directory.search(each).hits)
    return {
        identity: Mark(Kind.ASKED, WORD_ASKED + WORTH_ASKED * min(hit.score, LABEL_WORTH), hit)
        for identity, hit in hits.items()
    }


def _family(word: str) -> tuple[str, ...]:
    for family in FAMILIES:
        if any(_stems(word) == _stems(each) for each in family):
            return (word, *family)
    return (word,)


def _of_clue(directory: Directory, clue: Clue) -> dict[Identity, Mark]:
    """Those who meet a clue: by a word, or better by a label."""
    hits = _best(hit for word in clue.words for hit in directory.search(_phrase(word)).hits)
    marks = {
        identity: Mark(Kind.WORDS, clue.weight * min(hit.score, LABEL_WORTH), hit)
        for identity, hit in hits.items()
    }
    for facet, labels in _labels(directory, clue).items():
        for hit in directory.search(where={facet: labels}).hits:
            marks[hit.actor.identity] = Mark(Kind.LABELS, clue.weight * LABEL_WORTH, hit)
    return marks


def _best(hits: Iterable[Hit]) -> dict[Identity, Hit]:
    """Of each actor the hit with the highest score, the first of equals."""
    found: dict[Identity, Hit] = {}
    for hit in hits:
        known = found.get(hit.actor.identity)
        if known is None or known.score < hit.score:
            found[hit.actor.identity] = hit
    return found


def _labels(directory: Directory, clue: Clue) -> Mapping[str, list[str]]:
    """Facet → its labels that say what a clue looks for; a yes says what its question does."""
    found: dict[str, list[str]] = {}
    for facet in directory.facets:
        if facet.kind not in _CHOSEN:
            continue
        for label in directory.labels(facet.name):
            says = facet.name if label_key(label) in _YES else label
            if any(_stands_in(word, says) for word in clue.words):
                found.setdefault(facet.name, []).append(label)
    return found


def _stands_in(word: str, text: str) -> bool:
    """Whether a word, or all of a phrase in order, stands in a label."""
    return f" {' '.join(_stems(word))} " in f" {' '.join(_stems(text))} "


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(part) for word in spelled_words(text) for part in forms_of(word).parts)


def _phrase(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _located(
    directory: Directory, found: Iterable[Scored], near: Position | None, within: float | None
) -> Iterator[Scored]:
    """All of them where no place was asked; else with their distances, those too far left out."""
    for one in found:
        if near is not None:
            one.away = away_from(directory, one.actor, near)
        if within is None or (one.away is not None and one.away.kilometres <= within):
            yield one


def away_from(directory: Directory, actor: Actor, near: Position) -> Away | None:
    """How far an actor is from a place, None where nobody knows; `directory` knows the towns."""
    if actor.position is not None:
        return Away(distance(near, actor.position), roughly=False)
    place = directory.town(actor.town) if town_key(actor.town) else None
    return Away(distance(near, place), roughly=True) if place else None
