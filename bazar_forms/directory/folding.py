"""Words of a text, and what of them counts when they are looked for.

Case, accents, ligatures, apostrophes and hyphens do not count. A hyphenated word is found by its
parts and by the whole without hyphens, as are `habitant·es` and `p'tit`; the elided article of
`l'écluse` is no word. A French plural is the same word as its singular.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_MARKS: Final = re.compile("[\u0300-\u036f]")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ADDRESS: Final = re.compile(
    r"\b(?:https?://|ftp://|mailto:|tel:)\S+|[^\s@<>()]{1,64}@[^\s@]+\.[^\s@]+", re.IGNORECASE
)
_LETTERS: Final = "(?:[^\\W_][\u0300-\u036f]*)+"
_TIES: Final = "[-‐‑'’ʼ·•‧]"
_WORD: Final = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?" + f"|{_LETTERS}(?:{_TIES}{_LETTERS})*"
)
_PARTING: Final = re.compile(_TIES)
_ELIDED: Final = re.compile(r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’ʼ]", re.IGNORECASE)
_FREE_LETTERS: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "’": "'", "ʼ": "'"}
)
_POSTAL: Final = re.compile(r"\bcedex\b.*|\b\d{5}\b")
_SAINTS: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@dataclass(frozen=True, slots=True)
class Forms:
    """What a word is found by: its folded parts in order, and all of them as one."""

    parts: tuple[str, ...]
    joined: str

    def all(self) -> tuple[str, ...]:
        """Each form once."""
        return self.parts if len(self.parts) == 1 else (*self.parts, self.joined)


def fold(text: str) -> str:
    """Without accents, ligatures and capitals; letters of other scripts stay what they are."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _MARKS.sub("", plain).casefold().translate(_FREE_LETTERS)


def spelled_words(text: str) -> list[str]:
    """The words of a plain text as they are written, in order.

    Web and mail addresses are none, nor are elided articles; `S.C.O.P.` is one word.
    """
    if not text.isascii():
        text = _UNSEEN.sub("", text)
    if "@" in text or ":" in text:
        text = _ADDRESS.sub(" ", text)
    words = _WORD.findall(text)
    if "'" in text or "’" in text or "ʼ" in text:
        words = [_ELIDED.sub("", word, count=1) for word in words]
    return words


def forms_of(word: str) -> Forms:
    """The forms of one word that `spelled_words` gave."""
    parts = tuple(fold(part) for part in _PARTING.split(word.replace(".", "")) if part)
    return Forms(parts, "".join(parts))


def stem(form: str) -> str:
    """A folded word without the mark of a French plural; same in singular and plural.

    Not for words in which the letter is no such mark more often than it is (`os`, `fitness`).
    """
    if len(form) < 4:
        return form
    if form.endswith(("eaux", "yaux", "eux", "oux")):
        return form[:-1]
    if form.endswith("aux") and len(form) > 4:
        return f"{form[:-3]}al"
    return form[:-1] if form.endswith("s") and not form.endswith("ss") else form


def label_key(label: str) -> str:
    """By what labels are the same: not by case, accents, kind of hyphen or number of blanks."""
    return " ".join(_PARTING.sub(_parted, fold(label)).split())


def town_key(name: str) -> str:
    """By what names of towns are the same: `91190 ST-AUBIN CEDEX` is `Saint-Aubin`.

    Empty for what names nothing.
    """
    parts = [part for word in spelled_words(name) for part in forms_of(word).parts]
    words = " ".join(_SAINTS.get(part, part) for part in parts)
    return " ".join(_POSTAL.sub("", words).split())


def _parted(tie: re.Match[str]) -> str:
    return "'" if tie[0] in "'’ʼ" else " "
