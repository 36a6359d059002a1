"""French and English for dates: months, lists, ordinals, and the phrases that join them.

A `Speech` remembers the year it said last, so that a date of the same year is said without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_MONTHS: Final = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
_WEEKDAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_PHRASES: Final = {
    "fr": {
        "until": " jusqu'au {}",
        "times_from": ", {} dates à partir du {}",
        "once": ", une seule fois",
        "also": ", et aussi {}",
        "except": ", sauf {}",
        "many": "{} dates, dont les dernières : {}",
        "more_changes": "{} autres dates changées",
        "then": " ; ",
        "colon": " : ",
        "cancelled": "{} : annulé",
        "quoted": "« {} »",
        "at_place": "lieu : {}",
        "no_place": "sans lieu",
        "other_text": "autre description",
        "instead_of": "{} au lieu du {}",
        "ends": "{} jusqu'à {} au lieu de {}",
        "by_rule": "selon la règle {}",
    },
    "en": {
        "until": " until {}",
        "times_from": ", {} dates from {}",
        "once": ", only once",
        "also": ", and also {}",
        "except": ", except {}",
        "many": "{} dates, the last being {}",
        "more_changes": "{} other dates changed",
        "then": "; ",
        "colon": ": ",
        "cancelled": "{}: cancelled",
        "quoted": "“{}”",
        "at_place": "place: {}",
        "no_place": "no place",
        "other_text": "another description",
        "instead_of": "{} instead of {}",
        "ends": "{} until {} instead of {}",
        "by_rule": "by the rule {}",
    },
}


@dataclass(slots=True)
class Speech:
    """One language, within one text."""

    language: str
    year: int | None = field(default=None)

    def say(self, phrase: str, *words: object) -> str:
        """One of the fixed phrases, its blanks filled."""
        return _PHRASES[self.language][phrase].format(*words)

    @property
    def french(self) -> bool:
        """Whether it is French; English otherwise."""
        return self.language == "fr"

    def month(self, number: int) -> str:
        """The name of month 1 to 12."""
        return _MONTHS[self.language][number - 1]

    def weekday(self, number: int) -> str:
        """The name of a weekday, 0 being Monday."""
        return _WEEKDAYS[self.language][number]

    def day(self, day: date) -> str:
        """A date, with its year where that is not the one said last."""
        said = f"{self.day_number(day.day)} {self.month(day.month)}"
        if day.year != self.year:
            said += f" {day.year}"
            self.year = day.year
        return said

    def day_number(self, number: int) -> str:
        """The day within its month: the first is an ordinal in French."""
        return "1er" if self.french and number == 1 else str(number)

    def on(self, day: str) -> str:
        """On that date."""
        return f"le {day}" if self.french else f"on {day}"

    def list(self, words: Sequence[str]) -> str:
        """One, two and three."""
        joint = " et " if self.french else " and "
        return joint.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

    def clock(self, hour: int, minute: int) -> str:
        """A time of day."""
        return f"{hour} h {minute:02d}" if self.french else f"{hour:02d}:{minute:02d}"

    def at_time(self, hands: tuple[int, int] | None) -> str:
        """At that time, "" for a day."""
        if hands is None:
            return ""
        return f" à {self.clock(*hands)}" if self.french else f" at {self.clock(*hands)}"

    def hours(self, new: tuple[int, int] | None, old: tuple[int, int] | None) -> str:
        """At the new time instead of the old one."""
        if new is None or old is None:
            return self.at_time(new)
        instead = " au lieu de " if self.french else " instead of "
        return f"{self.at_time(new)}{instead}{self.clock(*old)}"

    def numbered(self, number: int) -> str:
        """A day of the month that stands alone: le 2, the 2nd."""
        return self.day_number(number) if self.french else f"{number}{_ending(number)}"

    def ordinal(self, number: int) -> str:
        """First, second, …; -1 is the last, -2 the one before."""
        return _french_ordinal(number) if self.french else _english_ordinal(number)


def _french_ordinal(number: int) -> str:
    names = {
        1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", 5: "cinquième",
        -1: "dernier", -2: "avant-dernier",
    }  # fmt: skip
    if number in names:
        return names[number]
    return f"{number}e" if number > 0 else f"{-number}e avant la fin,"


def _english_ordinal(number: int) -> str:
    names = {
        1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth",
        -1: "last", -2: "last but one",
    }  # fmt: skip
    if number in names:
        return names[number]
    size = abs(number)
    return f"{size}{_ending(size)}" if number > 0 else f"{size}{_ending(size)} to last"


def _ending(number: int) -> str:
    return "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def speech_of(language: str) -> Speech:
    """French for fr, English for anything else."""
    return Speech("fr" if language == "fr" else "en")
