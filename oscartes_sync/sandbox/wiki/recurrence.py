"""Repetitions of the 4.5 line, with Bazar's own arithmetic, which is not RRULE's.

A web write of an event deletes its repetitions and makes them anew; the API makes none; 4.4
knows no repetition. Read in the server's tools/bazar/services/DateService.php; recordings
440-442, 605-613 and 710-722.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from oscartes_sync.sandbox.wiki.clock import WikiClock, iso_local
from oscartes_sync.sandbox.wiki.core import Core, Visitor
from oscartes_sync.sandbox.wiki.entries import Entries
from oscartes_sync.sandbox.wiki.fields import Entry
from oscartes_sync.sandbox.wiki.naming import tag_for
from oscartes_sync.sandbox.wiki.php import as_text, is_empty

STRUCTURE = "bf_date_fin_evenement_data"
START, END = "bf_date_debut_evenement", "bf_date_fin_evenement"
_INTEGER = re.compile(r"\s*[+-]?\d+", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_POSITIONS = {
    "fisrtOfMonth": 1,
    "secondOfMonth": 2,
    "thirdOfMonth": 3,
    "forthOfMonth": 4,
    "lastOfMonth": 99,
}


def parent_mark(tag: str) -> str:
    """What a repetition bears: a JSON text naming its parent."""
    return f'{{"recurrentParentId":"{tag}"}}'


@dataclass(frozen=True)
class Rule:
    """A structure that passed the wiki's checks."""

    repetition: str
    step: int
    count: int
    limit: datetime | None
    excepted: frozenset[str]
    days: tuple[int, ...]
    month: int
    when: str
    nth: int


class Repetitions:
    """Deletes and makes the repetitions of an event."""

    def __init__(self, core: Core, entries: Entries) -> None:
        self._core = core
        self._entries = entries

    def follow_write(self, entry: Entry, visitor: Visitor, *, once: bool) -> None:
        """After a web write: delete all repetitions, then make those the structure asks for."""
        self.delete_children(entry, visitor)
        if not once:
            self._create_children(entry, visitor)

    def delete_children(self, entry: Entry, visitor: Visitor) -> None:
        """Delete the entries that name this one as their parent."""
        if entry.get(END) is None:
            return
        mark = parent_mark(str(entry["id_fiche"]))
        for page in self._core.store.entries(str(entry["id_typeannonce"])):
            if page.properties.get(STRUCTURE) == mark:
                self._entries.delete(page.tag, visitor)

    def _create_children(self, entry: Entry, visitor: Visitor) -> None:
        clock = self._core.clock
        structure = entry.get(STRUCTURE)
        if (
            not isinstance(structure, dict)
            or is_empty(entry.get(START))
            or is_empty(entry.get(END))
        ):
            return
        try:
            start = clock.parse_corrected(as_text(entry[START]))
            end = clock.parse_corrected(as_text(entry[END]))
            rule = read_rule(structure, start, clock)
        except ValueError:
            return
        if rule is None:
            return
        for next_start, next_end in occurrences(rule, start, end):
            self._create_child(entry, next_start, next_end, visitor)

    def _create_child(self, entry: Entry, start: datetime, end: datetime, visitor: Visitor) -> None:
        tag = f"{entry['id_fiche']}{start:%Y%m%d}"
        if self._core.store.page(tag) is not None:
            tag = tag_for(tag, self._core.store)
        child = {**entry, "id_fiche": tag, STRUCTURE: parent_mark(str(entry["id_fiche"]))}
        for key, moment in ((START, start), (END, end)):
            timed = len(as_text(entry[key])) > 10
            child[key] = iso_local(moment) if timed else moment.date().isoformat()
        child["antispam"] = "1"
        self._entries.create(str(entry["id_typeannonce"]), child, visitor)


def read_rule(structure: dict[Any, Any], start: datetime, clock: WikiClock) -> Rule | None:
    """Check a structure as the wiki does; None where it makes no repetition."""
    repetition = structure.get("repetition")
    when = as_text(structure.get("whenInMonth", ""))
    step, count = _number(structure.get("step")), _number(structure.get("nbmax"))
    nth = _number(structure.get("nth"))
    if structure.get("isRecurrent") != "1" or repetition not in {"d", "w", "m", "y"}:
        return None
    if repetition in {"m", "y"} and not when:
        return None
    if (when == "nthOfMonth" and not 1 <= nth <= 31) or step <= 0 or count <= 0:
        return None
    limit = structure.get("limitdate")
    days = sorted(_DAYS.index(day) + 1 for day in _values(structure.get("days")) if day in _DAYS)
    month = structure.get("month")
    return Rule(
        repetition=repetition,
        step=step,
        count=count,
        limit=clock.parse(as_text(limit)) if not is_empty(limit) else None,
        excepted=frozenset(
            clock.parse(as_text(day)).date().isoformat() for day in _values(structure.get("except"))
        ),
        days=tuple(days) or (start.isoweekday(),),
        month=_MONTHS.index(month) + 1 if month in _MONTHS else start.month,
        when=when,
        nth=nth,
    )


def occurrences(rule: Rule, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Starts and ends after the first: at most `count` steps, none at or after the limit.

    The limit looks at the end too; what is excepted uses up a step.
    """
    found: list[tuple[datetime, datetime]] = []
    for _ in range(rule.count):
        day = _next_day(rule, start.date())
        if day < start.date():
            break
        end = _existing(_later(end, start.date(), day))
        start = _existing(datetime.combine(day, start.timetz()))
        if rule.limit is not None and max(start, end) >= rule.limit:
            break
        if day.isoformat() not in rule.excepted:
            found.append((start, end))
    return found


def _existing(moment: datetime) -> datetime:
    """An hour that spring leaves out becomes the one after it, and stays so."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def _later(moment: datetime, here: date, there: date) -> datetime:
    """`moment` plus PHP's interval between two days: months first, then days, which run over."""
    months = (there.year - here.year) * 12 + there.month - here.month
    days = there.day - here.day
    month = there.replace(day=1)
    while days < 0:
        month = (month - timedelta(days=1)).replace(day=1)
        days += ((month + timedelta(days=31)).replace(day=1) - month).days
        months -= 1
    count = moment.year * 12 + moment.month - 1 + months
    first = moment.replace(year=count // 12, month=count % 12 + 1, day=1)
    return first + timedelta(days=moment.day + days - 1)


def _next_day(rule: Rule, current: date) -> date:
    match rule.repetition:
        case "d":
            return current + timedelta(days=rule.step)
        case "w":
            return _next_week_day(rule, current)
        case "m":
            # One year is carried at most; what is left over runs on into the years after.
            months, year = current.month + rule.step, current.year
            if months > 12:
                months, year = months - 12, year + 1
            return _in_month(rule, year + (months - 1) // 12, (months - 1) % 12 + 1, current)
        case _:
            return _in_month(rule, current.year + rule.step, rule.month, current)


def _next_week_day(rule: Rule, current: date) -> date:
    weekday = current.isoweekday()
    monday = current - timedelta(days=weekday - 1)
    if weekday not in rule.days or weekday == max(rule.days):
        # A start outside the days jumps over the rest of its first week.
        return monday + timedelta(days=7 * rule.step + min(rule.days) - 1)
    return monday + timedelta(days=min(day for day in rule.days if day > weekday) - 1)


def _in_month(rule: Rule, year: int, month: int, current: date) -> date:
    first = date(year, month, 1)
    if rule.when == "nthOfMonth":
        # The 31st of a short month runs over into the next one.
        return first + timedelta(days=rule.nth - 1)
    position = _POSITIONS.get(rule.when, 1)
    length = ((first + timedelta(days=31)).replace(day=1) - first).days
    # The month's last day is never looked at.
    days = [first + timedelta(days=offset) for offset in range(length - 1)]
    matching = [day for day in days if day.isoweekday() == min(rule.days)][:position]
    return matching[-1] if matching else current


def _number(value: Any) -> int:
    """PHP's ``intval``: the figures that a text begins with."""
    found = _INTEGER.match(as_text(value)) if isinstance(value, str | int) else None
    return int(found[0]) if found else 0


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
