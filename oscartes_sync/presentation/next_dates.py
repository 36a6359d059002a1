"""The next dates that `ask` shows, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.event import When
from oscartes_sync.usecases.asking.answer import Asked, NextDate


def date_to_json(date: NextDate) -> dict[str, Any]:
    """One date: days as YYYY-MM-DD, instants with their offset; a day alone ends with itself."""
    return {
        "title": date.title,
        "start": date.start.isoformat(),
        "end": date.end.isoformat(),
        "place": date.place or None,
        "organizer": date.organizer or None,
        "wiki": date.wiki,
        "entry": date.entry,
        "url": date.url,
        "distance_km": None if date.distance is None else round(date.distance, 2),
        "licence": date.licence or None,
    }


def heading(translator: Translator, asked: Asked) -> str:
    """What stands above the dates that are nobody's in particular."""
    if asked.near:
        return translator.gettext(msg("Next dates around {town}:"), town=asked.near)
    if asked.words:
        return translator.gettext(msg("Next dates with your words:"))
    return translator.gettext(msg("Next dates in the agendas:"))


def date_text(translator: Translator, date: NextDate) -> str:
    """One date in a line: when, what, where, and the page that tells more."""
    title, place = (" ".join(text.split()) for text in (date.title, date.place))
    if date.distance is not None:
        figure = translator.number(round(date.distance, 1))
        away = translator.gettext(msg("{distance} km"), distance=figure)
        place = f"{place} ({away})" if place else away
    what = " – ".join(filter(None, (title, place, date.url)))
    when = _span(translator, date.start, date.end)
    return translator.gettext(msg("{when}: {what}"), when=when, what=what)


def _span(translator: Translator, start: When, end: When) -> str:
    """From when to when; the day is not said twice."""
    first, last = list(_parts(translator, start)), list(_parts(translator, end))
    if first == last:
        return ", ".join(first)
    if first[0] == last[0]:
        last = last[1:]
    return f"{', '.join(first)} – {', '.join(last)}"


def _parts(translator: Translator, when: When) -> Iterator[str]:
    """The day, and the hour where there is one, on the clocks of the place."""
    from babel.dates import format_date, format_time  # noqa: PLC0415 - only where there is a date

    yield format_date(when, "full", locale=translator.language)
    if isinstance(when, datetime):
        yield format_time(when.replace(tzinfo=None), "short", locale=translator.language)
