"""What `ask` shows: answers as text for a terminal, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from oscartes_sync.presentation.next_dates import date_text, date_to_json, heading
from oscartes_sync.presentation.texts import explain_problem
from oscartes_sync.presentation.to_json import problem_to_json
from oscartes_sync.presentation.to_text import Line
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.asking.answer import (
    Answer,
    Answers,
    Asked,
    Kind,
    NextDate,
    Reason,
)

Json = dict[str, Any]

_WAYS: Final = {
    "phones": msg("telephone"),
    "emails": msg("e-mail"),
    "sites": msg("web site"),
}
_INDENT: Final = "   "
_BULLET: Final = " - "
_NARROWEST: Final = 40


def answers_to_json(translator: Translator, answers: Answers) -> Json:
    """What `ask --json` prints; distances in kilometres, days as YYYY-MM-DD, null if unknown.

    `next_dates` are there where the question asks for dates: those of each answer, and at the top
    those around where no answer has any.
    """
    asked = answers.asked
    around = {"next_dates": [date_to_json(each) for each in answers.dates]}
    return {
        "question": asked.question.name,
        "text": asked.question.text[translator.language],
        "words": asked.words,
        "near": asked.near or None,
        "within_km": asked.within,
        "answers": [
            _answer(translator, each, dates=asked.question.dates) for each in answers.answers
        ],
        "found": answers.found,
        "actors": answers.actors,
        **(around if asked.question.dates else {}),
        "problems": [problem_to_json(translator, each) for each in answers.problems],
    }


def _answer(translator: Translator, answer: Answer, *, dates: bool) -> Json:
    own = {"next_dates": [date_to_json(each) for each in answer.dates]}
    return {
        "title": answer.title,
        "wiki": answer.wiki,
        "entry": answer.entry,
        "url": answer.url,
        "score": answer.score,
        "reasons": [_reason(translator, each) for each in answer.reasons],
        "distance_km": _rounded(answer.distance),
        "town": answer.town or None,
        "licence": answer.licence or None,
        "confirmed": answer.confirmed.isoformat() if answer.confirmed else None,
        "contact": {
            "phones": list(answer.phones),
            "emails": list(answer.emails),
            "sites": list(answer.sites),
        },
        **(own if dates else {}),
    }


def _reason(translator: Translator, reason: Reason) -> Json:
    return {
        "kind": reason.kind.value,
        "points": reason.points,
        "field": reason.field or None,
        "words": list(reason.words),
        "distance_km": _rounded(reason.kilometres),
        "message": _told(translator, reason),
    }


def _rounded(kilometres: float | None) -> float | None:
    return None if kilometres is None else round(kilometres, 2)


def answer_lines(translator: Translator, answers: Answers, width: int) -> list[Line]:
    """The question, each answer in a paragraph, the problems, and one summary line last.

    `width` is the most characters of a line; addresses are never broken.
    """
    lines = [*_wrapped(_head(translator, answers.asked), width), Line("")]
    for number, answer in enumerate(answers.answers, 1):
        lines += [*_paragraph(translator, number, answer, width), Line("")]
    if not answers.answers:
        lines += _wrapped(_nothing(translator, answers), width)
        lines += [Line("")] if answers.dates else []
    if answers.dates:
        head = heading(translator, answers.asked)
        lines += [*_dates(translator, head, answers.dates, width), Line("")]
    for problem in answers.problems:
        lines += _problem_lines(translator, problem, width)
    return [*lines, *_wrapped(_summary(translator, answers), width)]


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[Line]:
    broken = textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=first,
        subsequent_indent=rest or first,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [Line(one) for one in broken]


def _head(translator: Translator, asked: Asked) -> str:
    said = [asked.question.text[translator.language]]
    if asked.words:
        said.append(translator.gettext(msg("In your words: {words}."), words=asked.words))
    if asked.near and asked.within is not None:
        text = msg("Within {distance} km of {town}.")
        said.append(
            translator.gettext(text, distance=_figure(translator, asked.within), town=asked.near)
        )
    elif asked.near:
        said.append(translator.gettext(msg("The nearest to {town} first."), town=asked.near))
    return " ".join(said)


def _paragraph(translator: Translator, number: int, answer: Answer, width: int) -> Iterator[Line]:
    indent = " " * len(f"{number}. ")
    yield from _wrapped(f"{number}. {_title(translator, answer)}", width, rest=indent)
    reasons = "; ".join(
        f"{_told(translator, each)} ({translator.number(each.points)})" for each in answer.reasons
    )
    said = (
        translator.gettext(msg("Why: {reasons}."), reasons=reasons),
        _reachable(translator, answer),
        translator.gettext(msg("Source: {url} ({wiki})"), url=answer.url, wiki=answer.wiki),
        _standing(translator, answer),
    )
    for each in filter(None, said):
        yield from _wrapped(each, width, indent, indent + _INDENT)
    if answer.dates:
        head = translator.gettext(msg("Next dates:"))
        yield from _dates(translator, head, answer.dates, width, indent)


def _dates(
    translator: Translator, head: str, dates: Sequence[NextDate], width: int, indent: str = ""
) -> Iterator[Line]:
    yield from _wrapped(head, width, indent, indent + _INDENT)
    for each in dates:
        yield from _wrapped(
            date_text(translator, each), width, f"{indent}{_BULLET}", indent + _INDENT
        )


def _title(translator: Translator, answer: Answer) -> str:
    away = ""
    if answer.distance is not None:
        figure = _figure(translator, answer.distance)
        away = translator.gettext(msg("{distance} km"), distance=figure)
    place = ", ".join(filter(None, (answer.town, away)))
    title = " ".join(answer.title.split())
    points = translator.ngettext("{number} point", "{number} points", answer.score)
    return f"{title} – {place} ({points})" if place else f"{title} ({points})"


def _told(translator: Translator, reason: Reason) -> str:
    """One reason in words."""
    if reason.kind is Kind.NEAR:
        return _told_near(translator, reason)
    if reason.kind is Kind.REACH:
        ways = ", ".join(translator.gettext(_WAYS[way]) for way in reason.words)
        return translator.gettext(msg("can be reached by {ways}"), ways=ways)
    blanks = {"words": ", ".join(reason.words), "field": reason.field}
    if reason.kind is Kind.ASKED:
        return translator.gettext(msg("“{words}” in “{field}”, as you asked"), **blanks)
    if reason.kind is Kind.LABELS:
        return translator.gettext(msg("“{field}” is “{words}”"), **blanks)
    return translator.gettext(msg("“{words}” in “{field}”"), **blanks)


def _told_near(translator: Translator, reason: Reason) -> str:
    figure = _figure(translator, reason.kilometres or 0.0)
    text = msg("about {distance} km away, by its town") if reason.roughly else None
    return translator.gettext(text or msg("{distance} km away"), distance=figure)


def _reachable(translator: Translator, answer: Answer) -> str:
    ways = ", ".join((*answer.phones, *answer.emails, *answer.sites))
    return translator.gettext(msg("Contact: {ways}"), ways=ways) if ways else ""


def _standing(translator: Translator, answer: Answer) -> str:
    """Under which licence, and how fresh."""
    licence = (
        translator.gettext(msg("Licence: {licence}."), licence=answer.licence)
        if answer.licence
        else translator.gettext(msg("Licence: not stated."))
    )
    if answer.confirmed is None:
        fresh = translator.gettext(msg("Never confirmed."))
    else:
        day = _day(translator, answer.confirmed)
        fresh = translator.gettext(msg("Last confirmed on {day}."), day=day)
    return f"{licence} {fresh}"


def _day(translator: Translator, day: date) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - only where there is an answer

    return format_date(day, "long", locale=translator.language)


def _figure(translator: Translator, kilometres: float) -> str:
    return translator.number(round(kilometres, 1))


def _nothing(translator: Translator, answers: Answers) -> str:
    said = [translator.gettext(msg("Nobody in the directories answers this."))]
    if answers.asked.words or answers.asked.near:
        said.append(translator.gettext(msg("Try other words, fewer of them, or a wider circle.")))
    return " ".join(said)


def _problem_lines(translator: Translator, problem: Problem, width: int) -> Iterator[Line]:
    told = explain_problem(translator, problem)
    for line in _wrapped(told.message, width, "! ", "  "):
        yield Line(line.text, "!")
    if told.remedy:
        yield from _wrapped(told.remedy, width, "  → ", "    ")


def _summary(translator: Translator, answers: Answers) -> str:
    ngettext = translator.ngettext
    shown = len(answers.answers)
    said = [ngettext("{number} answer", "{number} answers", answers.found)]
    if shown < answers.found:
        said.append(ngettext("{number} of them shown", "{number} of them shown", shown))
    said.append(ngettext("{number} actor read", "{number} actors read", answers.actors))
    if answers.problems:
        count = len(answers.problems)
        said.append(ngettext("{number} problem", "{number} problems", count))
    return translator.gettext(msg("{what}."), what=", ".join(said))
