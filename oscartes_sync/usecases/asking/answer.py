"""What is asked, and what is answered, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from oscartes_sync.records.event import When
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.asking.questions import Question
from oscartes_sync.usecases.report import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A saved query with what a person adds: words, the name of a town, kilometres around it.

    `near` is "" and `within` None where no place was given; `limit` is the most answers wanted.
    """

    question: Question
    words: str = ""
    near: str = ""
    within: float | None = None
    limit: int = 10


class Kind(StrEnum):
    """What a reason is about."""

    ASKED = "asked"
    """Words that were asked for stand in a field."""
    WORDS = "words"
    """Words of the saved query stand in a field."""
    LABELS = "labels"
    """A label that the actor chose for itself says what the saved query looks for."""
    NEAR = "near"
    """It is not far from the place that was asked."""
    REACH = "reach"
    """There are public ways to reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, and what it adds to the score.

    `field` is the label of a field of the form, `words` what was met in it, as written there, or
    its labels; of REACH they are fields of a Contact. `kilometres` is the distance; `roughly` that
    it is reckoned from the middle of the actor's town, since the entry has no position.
    """

    kind: Kind
    points: int
    field: str = ""
    words: tuple[str, ...] = ()
    kilometres: float | None = None
    roughly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDate:
    """When something takes place that is not over: an event, or the next date of a series.

    `start` and `end` as in Event; `entry` is the tag and `url` the page of the entry that tells of
    this date; `organizer` as it is written there. `distance` is in kilometres, None where no place
    was asked or the date is an actor's; `roughly` as in Reason.
    """

    title: str
    start: When
    end: When
    place: str
    organizer: str
    wiki: str
    form: str
    entry: str
    url: str
    licence: str = ""
    distance: float | None = None
    roughly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One actor, why it is an answer, where that stands, and how to reach it.

    `score` is the sum of the reasons' points; `entry` the tag, `url` the address of its page;
    `licence` "" where none is stated; `confirmed` the day on which the entry was last saved.
    `distance` is in kilometres, None where no place was asked. `dates` are its next ones, where
    the question asks for them.
    """

    title: str
    wiki: str
    form: str
    entry: str
    url: str
    score: int
    reasons: tuple[Reason, ...]
    distance: float | None
    town: str
    licence: str
    confirmed: date | None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    dates: tuple[NextDate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All of it: the best `answers`, how many there are, of how many actors that were read.

    `dates` are the next ones around, where the question asks for dates and no answer has any.
    """

    asked: Asked
    answers: tuple[Answer, ...]
    found: int
    actors: int
    dates: tuple[NextDate, ...] = ()
    problems: tuple[Problem, ...] = ()
    exit: Exit = Exit.DONE
