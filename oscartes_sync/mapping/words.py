"""A series in words, in French and in English.

Said of `tous les mardis jusqu'au 30 avril 2027, sauf le 6 avril ; le 13 avril à 15 h 00 au lieu de
14 h 00`. Rules that people make by hand get their usual words; the rest is put together part by
part; what no words fit is shown as the rule itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.rule_words import rule_words
from oscartes_sync.mapping.speech import Speech, speech_of
from oscartes_sync.records.event import Event, Override, Series, Status, When
from oscartes_sync.records.occurrences import elapsed
from oscartes_sync.records.rules import Rule, parse_rule

_MOST: Final = 12
"""Dates named one by one; of more, the last ones are named and all are counted."""


def series_words(event: Event, language: str, *, zone: str) -> str:
    """The rule, its end, and all that departs from it; "" for an event that stands alone.

    Dates and times are those of `zone` (IANA). Years are said where they change.
    """
    series = event.series
    if series is None:
        return ""
    place = ZoneInfo(zone)
    speech = speech_of(language)
    said = _rule(event, series, speech, place)
    if series.extra:
        said += speech.say("also", _dates(series.extra, speech, place))
    if series.excluded:
        said += speech.say("except", _dates(series.excluded, speech, place))
    told = [words for each in series.overrides if (words := _single(each, event, speech, place))]
    rest = len(told) - _MOST
    if rest > 0:
        told = [*told[-_MOST:], speech.say("more_changes", rest)]
    return speech.say("then").join(filter(None, [said.removeprefix(", "), *told]))


def _rule(event: Event, series: Series, speech: Speech, place: tzinfo) -> str:
    if not series.rule:
        return f"{speech.on(speech.day(_day(event.start, place)))}"
    try:
        rule = parse_rule(series.rule)
    except RecordError:
        return speech.say("by_rule", series.rule)
    start = event.start
    if isinstance(start, datetime):
        counting = ZoneInfo(series.zone) if series.zone else place
        first = start.astimezone(counting).replace(tzinfo=None)
    else:
        first = datetime(start.year, start.month, start.day)  # noqa: DTZ001 a day's hands
    said = rule_words(rule, first, speech) or speech.say("by_rule", series.rule)
    return said + _end(rule, event, speech, place)


def _end(rule: Rule, event: Event, speech: Speech, place: tzinfo) -> str:
    said = ""
    if rule.count:
        first = speech.day(_day(event.start, place))
        said = (
            speech.say("once") if rule.count == 1 else speech.say("times_from", rule.count, first)
        )
    if rule.until:
        said += speech.say("until", speech.day(_day(rule.until, place)))
    return said


def _dates(dates: Sequence[When], speech: Speech, place: tzinfo) -> str:
    days = list(dict.fromkeys(_day(when, place) for when in dates))
    if len(days) > _MOST:
        named = speech.list([speech.on(speech.day(day)) for day in days[-_MOST:]])
        return speech.say("many", len(days), named)
    return speech.list([speech.on(speech.day(day)) for day in days])


def _single(override: Override, event: Event, speech: Speech, place: tzinfo) -> str:
    """What one date has of its own, "" where nothing of it is worth a word."""
    at = _day(override.at, place)
    if override.status is Status.CANCELLED and event.status is not Status.CANCELLED:
        return speech.say("cancelled", speech.on(speech.day(at)))
    moved = _moved(override, event, speech, place)
    told = []
    if override.title != event.title:
        told.append(speech.say("quoted", override.title))
    if override.place != event.place:
        told.append(
            speech.say("at_place", override.place) if override.place else speech.say("no_place")
        )
    if override.description.text != event.description.text:
        told.append(speech.say("other_text"))
    if not (moved or told):
        return ""
    where = moved or speech.on(speech.day(at))
    return f"{where}{speech.say('colon')}{', '.join(told)}" if told else where


def _moved(override: Override, event: Event, speech: Speech, place: tzinfo) -> str:
    """The new date or time and the old one, "" where the date keeps both."""
    usual = elapsed(event.start, event.end)
    if override.start == override.at and elapsed(override.start, override.end) == usual:
        return ""
    at, here = _day(override.at, place), _day(override.start, place)
    old, new = _clock(override.at, place), _clock(override.start, place)
    if override.start == override.at:
        return _longer(override, event, speech, place)
    if at == here:
        hours = speech.hours(new, old)
        return f"{speech.on(speech.day(at))}{hours}"
    said = speech.on(speech.day(here)) + speech.at_time(new)
    return speech.say("instead_of", said, speech.day(at) + speech.at_time(old))


def _longer(override: Override, event: Event, speech: Speech, place: tzinfo) -> str:
    """The date begins as usual and ends otherwise."""
    day = speech.on(speech.day(_day(override.at, place)))
    end = _clock(override.end, place)
    if end is None or _day(override.end, place) != _day(override.at, place):
        said = speech.day(_day(override.end, place)) + speech.at_time(end)
        return day + speech.say("until", said).removeprefix(",")
    usual = _clock(override.at + elapsed(event.start, event.end), place)
    return speech.say("ends", day, speech.clock(*end), speech.clock(*(usual or end)))


def _day(when: When, place: tzinfo) -> date:
    return when.astimezone(place).date() if isinstance(when, datetime) else when


def _clock(when: When, place: tzinfo) -> tuple[int, int] | None:
    if not isinstance(when, datetime):
        return None
    local = when.astimezone(place)
    return local.hour, local.minute
