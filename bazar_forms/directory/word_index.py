"""The inverted index: from the words of all texts to those in whose entries they stand."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from bazar_forms.directory.actor import FieldWords
from bazar_forms.directory.folding import Forms, forms_of, stem
from bazar_forms.directory.query import Term, line_of

Scores = dict[int, int]
"""Number of an actor → what was met in its entry is worth."""


class _Zone:
    """All fields of one weight."""

    def __init__(self, weight: int) -> None:
        self.weight = weight
        self.postings: dict[str, array[int]] = {}

    def add(self, form: str, number: int) -> None:
        posting = self.postings.get(form)
        if posting is None:
            self.postings[form] = array("I", (number,))
        elif posting[-1] != number:
            posting.append(number)


class WordIndex:
    """Finds actors by words. A word met whole is worth twice one of which the beginning is met."""

    def __init__(self, texts: Sequence[tuple[FieldWords, ...]]) -> None:
        """`texts` are the words of each actor, by number."""
        self._lines: list[str] = []
        self._zones: dict[int, _Zone] = {}
        self._fill(texts)
        vocabulary = {form for zone in self._zones.values() for form in zone.postings}
        self._sorted = sorted(vocabulary)
        self._stems: dict[str, list[str]] = {}
        for form in self._sorted:
            self._stems.setdefault(stem(form), []).append(form)

    def match(self, terms: Sequence[Term]) -> Scores:
        """Those who meet all terms, with the sum of what each of these is worth."""
        total: Scores | None = None
        for term in terms:
            found = self._phrase(term) if term.phrase else self._term(term)
            total = found if total is None else _met_in_both(total, found)
        return total or {}

    def _fill(self, texts: Sequence[tuple[FieldWords, ...]]) -> None:
        known: dict[str, Forms] = {}
        for number, fields in enumerate(texts):
            lines = [self._add(one, number, known) for one in fields]
            self._lines.append("\n".join(lines))

    def _add(self, one: FieldWords, number: int, known: dict[str, Forms]) -> str:
        """Notes the words of a field; gives its line, in which phrases are looked for."""
        zone = self._zones.setdefault(one.weight, _Zone(one.weight))
        parts: list[str] = []
        for word in one.words:
            forms = known.get(word)
            if forms is None:
                forms = known[word] = forms_of(word)
            parts.extend(forms.parts)
            for form in forms.all():
                zone.add(form, number)
        return line_of(parts)

    def _term(self, term: Term) -> Scores:
        """A word of several parts is met as one, or by all its parts wherever they stand."""
        found = self._word(term.forms.joined)
        if len(term.forms.parts) == 1:
            return found
        apart = self._all(self._word(part) for part in term.forms.parts)
        for number, worth in apart.items():
            found[number] = max(found.get(number, 0), worth // len(term.forms.parts))
        return found

    def _phrase(self, term: Term) -> Scores:
        found = self._all(self._exact(part) for part in term.forms.parts)
        line = line_of(term.forms.parts)
        return {number: worth for number, worth in found.items() if line in self._lines[number]}

    def _all(self, found: Iterator[Scores]) -> Scores:
        total = next(found, {})
        for other in found:
            total = _met_in_both(total, other)
        return total

    def _word(self, wanted: str) -> Scores:
        whole = set(self._stems.get(stem(wanted), ())) | {wanted}
        found: Scores = {}
        for form in whole:
            self._collect(found, form, 1)
        for form in self._beginning(wanted):
            if form not in whole:
                self._collect(found, form, 2)
        return found

    def _exact(self, wanted: str) -> Scores:
        found: Scores = {}
        self._collect(found, wanted, 1)
        return found

    def _beginning(self, wanted: str) -> Iterator[str]:
        for place in range(bisect_left(self._sorted, wanted), len(self._sorted)):
            if not self._sorted[place].startswith(wanted):
                return
            yield self._sorted[place]

    def _collect(self, found: Scores, form: str, divisor: int) -> None:
        for zone in self._zones.values():
            worth = zone.weight // divisor
            for number in zone.postings.get(form, ()):
                if found.get(number, 0) < worth:
                    found[number] = worth


def _met_in_both(one: Scores, other: Scores) -> Scores:
    if len(other) < len(one):
        one, other = other, one
    return {number: worth + other[number] for number, worth in one.items() if number in other}
