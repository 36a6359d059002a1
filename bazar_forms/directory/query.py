"""What is asked of a text: words and phrases, all of which must be met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bazar_forms.directory.actor import FieldWords
from bazar_forms.directory.folding import Forms, forms_of, spelled_words, stem

_QUOTED: Final = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”')
_GRAMMAR: Final = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "c",
        "ce",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "et",
        "il",
        "j",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "m",
        "n",
        "ou",
        "par",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "t",
        "un",
        "une",
        "y",
    ]
)
"""Words that say nothing by themselves; they count only where nothing else is asked."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or the words of a phrase in order.

    A word is met by another that it begins, or of which it is the singular or plural; that of a
    phrase by itself alone.
    """

    forms: Forms
    phrase: bool = False

    def met_by(self, word: str) -> bool:
        """Whether a word, as it is written, meets this term or, in a phrase, one word of it."""
        found = forms_of(word).all()
        if self.phrase:
            return any(form in self.forms.parts for form in found)
        return any(meets(form, wanted) for form in found for wanted in self.forms.all())

    def met_in(self, one: FieldWords) -> bool:
        """Whether a phrase stands in a field; words of no phrase may stand anywhere."""
        if not self.phrase:
            return True
        parts = (part for word in one.words for part in forms_of(word).parts)
        return line_of(self.forms.parts) in line_of(parts)


def line_of(parts: Iterable[str]) -> str:
    """Folded words as one text, in which another such text stands where its words do, in order."""
    return f" {' '.join(parts)} "


def meets(form: str, wanted: str) -> bool:
    """Whether a folded word of a text meets a folded word that is looked for."""
    return form.startswith(wanted) or stem(form) == stem(wanted)


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a query; text between quotation marks is a phrase.

    None where there is no word in it: then the text asks nothing.
    """
    phrases = [Term(one, phrase=True) for one in _phrases(text)]
    words = [forms_of(word) for word in spelled_words(_QUOTED.sub(" ", text))]
    telling = [one for one in words if one.joined not in _GRAMMAR]
    kept = telling or ([] if phrases else words)
    return tuple(dict.fromkeys((*phrases, *map(Term, kept))))


def _phrases(text: str) -> Iterator[Forms]:
    for match in _QUOTED.finditer(text):
        inner = next(filter(None, match.groups()), "")
        parts = tuple(part for word in spelled_words(inner) for part in forms_of(word).parts)
        if parts:
            yield Forms(parts, "".join(parts))
