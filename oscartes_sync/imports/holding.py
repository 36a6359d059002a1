"""Whether an entry would hold what a row wants of it, value by value.

Of several values each is looked for by itself, in whatever spelling the form holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from oscartes_sync.exports.plain import as_text
from oscartes_sync.mapping.contacts.spelling import address_key, email_key, phone_key
from oscartes_sync.mapping.guesses import folded
from oscartes_sync.records.event import RichText

_KEYS: Final[Mapping[str, Callable[[str], str]]] = {
    "phones": phone_key,
    "emails": email_key,
    "sites": address_key,
    "social": address_key,
    "categories": folded,
}
_BRANCH: Final = " / "
"""Between a category and what stands above it in its list."""


def lost(name: str, wanted: Any, held: Any, here: Any) -> tuple[str, ...]:
    """What of a wanted value would not be there, as texts.

    `held` is what the entry would say, `here` what it says now: that has its place already.
    """
    if name in _KEYS:
        there = (*held, *here)
        return tuple(each for each in wanted if not _holds(name, each, there))
    if _says(held, wanted):
        return ()
    gone = not as_text(held) and as_text(wanted)
    return (as_text(wanted),) if gone or _says(held, here) else ()


def renamed(wanted: Iterable[str], here: Iterable[str], labels: Iterable[str]) -> tuple[str, ...]:
    """Categories that no list offers, wanted in a row that takes one away which a list does.

    A label that was renamed in the wiki since the table was made looks like that, and the table
    would put the old one among the keywords.
    """
    offered, said = tuple(labels), tuple(here)
    strange = tuple(each for each in wanted if not _holds("categories", each, (*offered, *said)))
    gone = [each for each in said if not _holds("categories", each, tuple(wanted))]
    taken = any(_holds("categories", each, offered) for each in gone)
    return strange if taken else ()


def says_the_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same; the order of several has no meaning here."""
    if name in _KEYS:
        key = _KEYS[name]
        return set(map(key, one)) == set(map(key, other))
    return _same(one, other)


def _holds(name: str, wanted: str, there: Iterable[str]) -> bool:
    key = _KEYS[name](wanted)
    for each in there:
        other = _KEYS[name](each)
        if key == other:
            return True
        if name == "categories" and (
            other.endswith(f"{_BRANCH}{key}") or key.endswith(f"{_BRANCH}{other}")
        ):
            return True
    return False


def _says(held: Any, wanted: Any) -> bool:
    """The same, or a title that was typed without its accents and capitals."""
    return _same(held, wanted) or (
        isinstance(held, str) and isinstance(wanted, str) and folded(held) == folded(wanted)
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, RichText) and isinstance(other, RichText):
        return one.text.split() == other.text.split()
    return bool(one == other)
