"""The recurrence of an event in Bazar's 4.5 line, and the dates that the wiki makes of it.

Shapes (reference sections 4 and 8, recordings 341, 441, 710-722): the parent holds under
`bf_date_fin_evenement_data` an object, each of its repetitions the string
`{"recurrentParentId":"Parent"}`. A structure that is stored as a JSON string does nothing [722].

The arithmetic is that of tools/bazar/services/DateService.php, slips included, for it is not the
one of an RRULE: a weekly rule that starts outside its days skips a week [712], the 31st runs over
into the next month [715], the last Friday misses a month's last day [717].
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bazar_forms.errors import RecurrenceMalformed

RECURRENCE_PROPERTY: Final = "bf_date_fin_evenement_data"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# fmt: off
MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)
# fmt: on
POSITIONS: Final[Mapping[str, int]] = {
    "fisrtOfMonth": 1,
    "secondOfMonth": 2,
    "thirdOfMonth": 3,
    "forthOfMonth": 4,
    "lastOfMonth": 99,
}
"""The server's own spelling, and how often the weekday has to come up."""

NTH: Final = "nthOfMonth"
MAX_REPETITIONS: Final = 20_000
"""More than a wiki survives (700 took it 3.4 s); beyond it the structure is refused."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Repetition:
    """What one repetition holds: the tag of the entry that it repeats."""

    parent: str


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The structure that a parent holds.

    `repetition` is `d`, `w`, `m` or `y`, every `step` of them; `nbmax` counts the repetitions
    after the first date, those in `excepted` included; `limit` is exclusive. `days` are the
    wiki's `mon` … `sun` (others are kept and count for nothing), `when_in_month` is `nthOfMonth`
    with `nth`, or a key of POSITIONS; `month` is `jan` … `dec`, for `y`. `inert` is a structure
    that is stored and does nothing.
    """

    repetition: str
    step: int = 1
    nbmax: int = 1
    limit: date | None = None
    days: tuple[str, ...] = ()
    when_in_month: str = ""
    nth: int | None = None
    month: str = ""
    excepted: tuple[date, ...] = ()
    inert: bool = False


def recurrence_from_json(raw: object) -> Recurrence | Repetition | None:
    """Reads what stands under `bf_date_fin_evenement_data`; None where it says nothing.

    Raises RecurrenceMalformed for a structure from which the wiki would make nothing.
    """
    if isinstance(raw, str):
        return _from_string(raw)
    if not isinstance(raw, Mapping) or raw.get("isRecurrent") not in ("1", 1, True):
        if raw is None or isinstance(raw, (Mapping, list)):
            return None
        raise RecurrenceMalformed("The recurrence of an event is neither an object nor a string.")
    return _from_object(raw)


def flat_pairs(name: str, value: object) -> dict[str, str]:
    """Lays a stored JSON value out as form keys, `name[key]` and `name[0]`.

    This is how a structure is sent back unchanged: an edit that leaves it out loses it, with all
    repetitions [605, 606], and as a JSON string it does nothing [722]. None becomes nothing.
    """
    if isinstance(value, Mapping):
        members = [(str(key), member) for key, member in value.items()]
    elif isinstance(value, list):
        members = [(str(index), member) for index, member in enumerate(value)]
    elif value is None:
        return {}
    else:
        return {name: _php_string(value)}
    pairs: dict[str, str] = {}
    for key, member in members:
        pairs.update(flat_pairs(f"{name}[{key}]", member))
    return pairs


def recurrence_pairs(value: Recurrence | Repetition) -> dict[str, str]:
    """The form keys that write `value`; lists are numbered (`[days][0]`), which PHP takes."""
    if isinstance(value, Repetition):
        text = json.dumps({"recurrentParentId": value.parent}, separators=(",", ":"))
        return {RECURRENCE_PROPERTY: text}
    return flat_pairs(RECURRENCE_PROPERTY, recurrence_to_json(value))


def recurrence_to_json(recurrence: Recurrence) -> dict[str, object]:
    """The object that a parent holds, as the wiki stores it [441, 710]."""
    structure: dict[str, object] = {
        "isRecurrent": "1",
        "repetition": recurrence.repetition,
        "step": str(recurrence.step),
        "nbmax": str(recurrence.nbmax),
        "limitdate": recurrence.limit.isoformat() if recurrence.limit else "",
        "days": list(recurrence.days),
        "except": [day.isoformat() for day in recurrence.excepted],
    }
    if recurrence.repetition in {"m", "y"}:
        structure["whenInMonth"] = recurrence.when_in_month
        structure["nth"] = None if recurrence.nth is None else str(recurrence.nth)
    if recurrence.repetition == "y" and recurrence.month:
        structure["month"] = recurrence.month
    return structure


def dates(
    start: date | datetime, zone: tzinfo, recurrence: Recurrence
) -> list[date] | list[datetime]:
    """The starts of the repetitions that the wiki makes, without the first date.

    Days for a day; for a time, aware ones in `zone`, the wiki's own. A naive time is one of
    `zone`. A start of offset zero is shifted as the wiki shifts it [721]: it takes the figures of
    `+00:00` for local ones; give a start that is stored with `Z` in another offset.
    """
    return [begin for begin, _ in occurrences(start, start, zone, recurrence)]


def occurrences(
    start: date | datetime, end: date | datetime, zone: tzinfo, recurrence: Recurrence
) -> list[tuple[date, date]] | list[tuple[datetime, datetime]]:
    """Starts and ends of the repetitions, as `dates`; the limit looks at both.

    A day's end is inclusive, as stored. Raises RecurrenceMalformed beyond MAX_REPETITIONS.
    """
    if recurrence.inert:
        return []
    if recurrence.nbmax > MAX_REPETITIONS:
        raise RecurrenceMalformed("A recurrence asks for more repetitions than a wiki can hold.")
    pairs = _simulate(_wall(start, zone), _wall(end, zone), zone, recurrence)
    if isinstance(start, datetime):
        return [(_aware(begin, zone), _aware(finish, zone)) for begin, finish in pairs]
    return [(begin.date(), finish.date()) for begin, finish in pairs]


def _simulate(
    start: datetime, end: datetime, zone: tzinfo, recurrence: Recurrence
) -> list[tuple[datetime, datetime]]:
    """`createRepetitions`, on the figures that a clock of the wiki shows."""
    days = sorted(WEEKDAYS.index(day) + 1 for day in recurrence.days if day in WEEKDAYS)
    days = days or [start.isoweekday()]
    month = MONTHS.index(recurrence.month) + 1 if recurrence.month in MONTHS else start.month
    limit = datetime.combine(recurrence.limit, time()) if recurrence.limit else None
    made: list[tuple[datetime, datetime]] = []
    for _ in range(recurrence.nbmax):
        try:
            figures = _next(start, recurrence, days, month)
            following = _existing(figures, zone)
            # An hour that spring leaves out moves the start alone: PHP's interval knows nothing of
            # it (tried on PHP 8.2 with the server's own DateService.php).
            finish = _existing(_shifted(end, start, figures), zone)
        except (OverflowError, ValueError):  # beyond the year 9999
            break
        if following.date() <= _EPOCH:
            continue
        if following < start:
            break
        start, end = following, finish
        if limit is not None and (end >= limit or start >= limit):
            break
        if start.date() not in recurrence.excepted:
            made.append((start, end))
    return made


def _next(start: datetime, recurrence: Recurrence, days: list[int], month: int) -> datetime:
    if recurrence.repetition == "y":
        return _in_month(start, recurrence, days, start.year + recurrence.step, month)
    if recurrence.repetition == "m":
        following, year = start.month + recurrence.step, start.year
        if following > 12:
            following, year = following - 12, year + 1
        return _in_month(start, recurrence, days, year, following)
    if recurrence.repetition == "w":
        return _in_week(start, recurrence.step, days)
    return start + timedelta(days=recurrence.step)


def _in_week(start: datetime, step: int, days: list[int]) -> datetime:
    weekday = start.isoweekday()
    if weekday not in days or weekday == max(days):
        monday = start + timedelta(weeks=step, days=1 - weekday)
        return monday + timedelta(days=min(days) - 1)
    return start + timedelta(days=min(day for day in days if day > weekday) - weekday)


def _in_month(
    start: datetime, recurrence: Recurrence, days: list[int], year: int, month: int
) -> datetime:
    if recurrence.when_in_month == NTH:
        return _set_date(start, year, month, recurrence.nth or 0)
    wanted = POSITIONS.get(recurrence.when_in_month, 1)
    first = _set_date(start, year, month, 1)
    length = (_set_date(start, year, month + 1, 1) - first).days
    found = start
    counter = 0
    for day in range(1, length):  # the server's loop leaves the month's last day out
        tested = first + timedelta(days=day - 1)
        if counter < wanted and tested.isoweekday() == min(days):
            counter += 1
            found = tested
    return found


def _set_date(moment: datetime, year: int, month: int, day: int) -> datetime:
    """PHP's setDate: months and days beyond the end run over."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return moment.replace(year=year, month=month, day=1) + timedelta(days=day - 1)


def _shifted(end: datetime, start: datetime, following: datetime) -> datetime:
    """`end` plus the interval from `start` to `following`, as PHP counts intervals.

    Years, months and days are subtracted one by one, missing days are borrowed from the month
    before the later date; adding runs over as `_set_date` does [715].
    """
    months = (following.year - start.year) * 12 + following.month - start.month
    clock = _clock(following) - _clock(start)
    days = following.day - start.day
    if clock < timedelta(0):
        clock += timedelta(days=1)
        days -= 1
    borrowed = following.replace(day=1)
    while days < 0:
        borrowed = (borrowed - timedelta(days=1)).replace(day=1)
        days += (_set_date(borrowed, borrowed.year, borrowed.month + 1, 1) - borrowed).days
        months -= 1
    return _set_date(end, end.year, end.month + months, end.day + days) + clock


def _clock(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)


def _wall(moment: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    if moment.tzinfo is None or not moment.utcoffset():
        return moment.replace(tzinfo=None)
    return moment.astimezone(zone).replace(tzinfo=None)


def _existing(wall: datetime, zone: tzinfo) -> datetime:
    """An hour that spring leaves out becomes the one after it, and stays so, as in PHP."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)


def _aware(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone)


def _from_string(raw: str) -> Recurrence | Repetition | None:
    if not raw.strip():
        return None
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, Mapping):
        raise RecurrenceMalformed("The recurrence of an event is a text that is not JSON.")
    parent = parsed.get("recurrentParentId")
    if isinstance(parent, str) and parent:
        return Repetition(parent)
    if parsed.get("isRecurrent") not in ("1", 1, True):
        return None
    return _from_object(parsed, inert=True)


def _from_object(raw: Mapping[str, object], *, inert: bool = False) -> Recurrence:
    repetition = raw.get("repetition")
    when = raw.get("whenInMonth")
    nth = _whole(raw.get("nth"))
    if repetition not in ("d", "w", "m", "y"):
        raise RecurrenceMalformed("A recurrence is neither daily, weekly, monthly nor yearly.")
    if repetition in {"m", "y"} and (not isinstance(when, str) or not when):
        raise RecurrenceMalformed("A recurrence does not say when in the month it is.")
    if when == NTH and not 1 <= nth <= 31:
        raise RecurrenceMalformed("A recurrence has no day of the month from 1 to 31.")
    return Recurrence(
        repetition=str(repetition),
        step=_positive(raw.get("step"), "step"),
        nbmax=_positive(raw.get("nbmax"), "nbmax"),
        limit=_day(raw.get("limitdate")),
        days=_names(raw.get("days")),
        when_in_month=when if isinstance(when, str) else "",
        nth=nth or None,
        month=_name(raw.get("month")),
        excepted=tuple(day for day in map(_day, _names(raw.get("except"))) if day),
        inert=inert,
    )


def _positive(value: object, what: str) -> int:
    number = _whole(value)
    if number <= 0:
        raise RecurrenceMalformed(f"A recurrence has no {what} above zero.")
    return number


def _whole(value: object) -> int:
    """PHP's intval: the digits that a text opens with."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):  # JSON of others than PHP may say Infinity
        return int(value) if math.isfinite(value) else 0
    match = re.match(r"\s*([+-]?[0-9]{1,9})", value) if isinstance(value, str) else None
    return int(match[1]) if match else 0


def _day(value: object) -> date | None:
    if value in ("", None):
        return None
    text = value[:10] if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if len(text) == 10 else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise RecurrenceMalformed("A recurrence has a date that is none.")


def _names(value: object) -> tuple[str, ...]:
    members = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(members, Sequence) or isinstance(members, str):
        return ()
    return tuple(name for name in map(_name, members) if name)


def _name(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _php_string(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
