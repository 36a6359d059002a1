"""Lists of entries: criteria on the stored JSON, the date filter, sorting.

The wiki puts criteria as regular expressions into SQL, over the raw JSON of each entry: that is
why backslashes do not escape, why `.*` runs over the end of a field, and why a bad expression
is answered 500. Read in the server's tools/bazar/services/EntryManager.php; recordings 160-178.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from oscartes_sync.sandbox.wiki.clock import WikiClock
from oscartes_sync.sandbox.wiki.core import WikiFailure
from oscartes_sync.sandbox.wiki.php import as_text, json_encode, remove_accents
from oscartes_sync.sandbox.wiki.store import Page

Criteria = dict[str, str]
Test = Callable[[Page], bool]

_PLAIN = re.compile(r"^[^\\^$.|?*+()\[\]{}\"/]*$")
_DATE_MIN = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")


def parse_query(chosen: Criteria, query: str | None) -> Criteria:
    """Read `a=1|b!=2,3`; the same name twice is joined by a comma."""
    criteria = dict(chosen)
    for piece in (query or "").split("|") if query else []:
        name, _, value = piece.partition("=")
        if criteria.get(name) not in (None, "", "0"):
            criteria[name] = f"{criteria[name]},{value.strip()}"
        else:
            criteria[name] = value.strip()
    return criteria


def select(pages: list[Page], criteria: Criteria) -> list[Page]:
    """Pages that meet all criteria; WikiFailure for a malformed expression."""
    for name, value in criteria.items():
        if name:
            test = _test(name, value)
            pages = [page for page in pages if test(page)]
    return pages


def _test(name: str, value: str) -> Test:
    negated = name.endswith("!")
    bare = name.removesuffix("!")
    if not value:
        empty = _compile(f'"{_pattern(bare)}":""')
        filled = _compile(f'"{_pattern(bare)}":"[^"][^"]*"')
        positive: Test = lambda page: bool(empty.search(page.body)) or not filled.search(page.body)  # noqa: E731
    else:
        criterions = value.split(",")
        plain = [one for one in criterions if _PLAIN.match(one)]
        wild = [one for one in criterions if not _PLAIN.match(one)]
        if _PLAIN.match(bare):
            positive = _either(_holds_one_of(bare, plain, criterions), _matches(bare, wild))
        else:
            positive = _matches(bare, criterions)
    return (lambda page: not positive(page)) if negated else positive


def _either(first: Test, second: Test) -> Test:
    return lambda page: first(page) or second(page)


def _holds_one_of(name: str, plain: list[str], criterions: list[str]) -> Test:
    wanted = {one.casefold() for one in plain}
    slow = _matches(name, criterions)
    single = name.startswith("liste")

    def test(page: Page) -> bool:
        stored = page.properties.get(name)
        if not isinstance(stored, str):
            return bool(wanted) and stored is not None and slow(page)
        folded = stored.casefold()
        if folded in wanted:
            return True
        return not single and not wanted.isdisjoint(folded.split(","))

    return test


def _matches(name: str, criterions: list[str]) -> Test:
    if not criterions:
        return lambda _: False
    field = _pattern(name)
    tests = []
    for one in criterions:
        value = _pattern(one)
        if name.startswith("liste"):
            tests.append(_compile(f'"{field}":"{value}"'))
        else:
            choices = f'"{value}"|"[^"]*,{value}"|"{value},[^"]*"|"[^"]*,{value},[^"]*"'
            tests.append(_compile(f'"{field}":({choices})'))
    return lambda page: any(test.search(page.body) for test in tests)


def _pattern(text: str) -> str:
    """The expression the database gets: the text as JSON, its backslashes doubled."""
    return json_encode(text)[1:-1].replace("\\", "\\\\")


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        reason = "missing closing parenthesis" if "unterminated sub" in error.msg else error.msg
        raise WikiFailure(
            f"Regex error '{reason} at offset {error.pos}'",
            "includes/services/DbService.php:98",
            "mysqli_sql_exception",
        ) from error


def since(pages: list[Page], date_min: Any) -> list[Page]:
    """Pages whose database time is not before; an unreadable value lets all pass."""
    found = _DATE_MIN.match(date_min.strip()) if isinstance(date_min, str) else None
    if found is None:
        return pages
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    limit = f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    return [page for page in pages if page.time >= limit]


_NAMED = {
    "today": "=0D",
    "aujourdhui": "=0D",
    "=0": "=0D",
    "futur": ">0D",
    "future": ">0D",
    ">0": ">0D",
    "past": "<0D",
    "passe": "<0D",
    "<0": "<0D",
}
_STEP = r"([+-]?)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?"
_ONE = re.compile(rf"^([=<>]){_STEP}$", re.IGNORECASE)
_TWO = re.compile(rf"^>{_STEP}&<{_STEP}$", re.IGNORECASE)


def filter_dates(
    entries: Iterable[dict[str, Any]], wanted: str, clock: WikiClock
) -> list[dict[str, Any]]:
    """Apply `datefilter`; an unreadable one lets all pass."""
    kept = list(entries)
    expression = _NAMED.get(wanted.lower(), wanted)
    both = _TWO.match(expression)
    if both is not None:
        parts = both.groups()
        bounds = [(">", _moment(parts[:4], clock)), ("<", _moment(parts[4:], clock))]
        if bounds[0][1] > bounds[1][1]:
            return kept
    else:
        one = _ONE.match(expression)
        if one is None:
            return kept
        bounds = [(one[1], _moment(one.groups()[1:], clock))]
    for sign, moment in bounds:
        kept = [entry for entry in kept if _takes_place(entry, sign, moment, clock)]
    return kept


def _moment(parts: tuple[str | None, ...], clock: WikiClock) -> datetime:
    sign = -1 if parts[0] == "-" else 1
    years, months, days = (sign * int(part or 0) for part in parts[1:4])
    now = clock.now()
    total = now.year * 12 + now.month - 1 + years * 12 + months
    first = now.replace(year=total // 12, month=total % 12 + 1, day=1)
    return first + timedelta(days=now.day - 1 + days)


def _takes_place(entry: dict[str, Any], sign: str, moment: datetime, clock: WikiClock) -> bool:
    start_text, end_text = entry.get("bf_date_debut_evenement"), entry.get("bf_date_fin_evenement")
    if start_text is None:
        return False
    start = clock.parse(str(start_text)) if start_text else clock.now()
    if end_text and str(end_text).strip():
        end = clock.parse(str(end_text))
        end += timedelta(days=0 if "T" in str(end_text) else 1)
    else:
        end = start.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if sign == "<":
        return start < moment
    if sign == ">":
        return start >= moment or end > moment
    return start < midnight + timedelta(days=1) and end > midnight


def sort_entries(
    entries: list[dict[str, Any]], field: str, *, descending: bool
) -> list[dict[str, Any]]:
    """Sort as `bazarlist` does: letters without accents, case folded."""

    def key(entry: dict[str, Any]) -> bytes:
        value = entry.get(field, "")
        text = json_encode(value) if isinstance(value, dict | list) else as_text(value)
        return remove_accents(text).upper().encode()

    return sorted(entries, key=key, reverse=descending)


def has_keywords(page: Page, phrase: str) -> bool:
    """Tell whether the entry holds each word (accents and case aside) of a `q=` search."""
    haystack = _bare(" ".join(as_text(v) for v in page.properties.values() if isinstance(v, str)))
    words = [quoted or word for quoted, word in re.findall(r'"([^"]+)"|([^" ]+)', phrase)]
    return all(_bare(word) in haystack for word in words)


def _bare(text: str) -> str:
    return remove_accents(text).casefold()
