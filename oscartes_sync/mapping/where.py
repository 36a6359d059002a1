"""The `where` of a binding: Bazar's query that selects its entries.

`field=value|field2=v1,v2|field3!=x|field4=`: `|` means and, `,` or, `!=` not, nothing after the
sign means empty; values are regular expressions on what is stored, and a choice that holds several
keys matches by any of them (reference section 3; recordings 160-170).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bazar_forms.entry import SYSTEM_KEYS
from oscartes_sync.errors import ConfigurationError

_PATTERN = re.compile(r"[.*+?\[\](){}^$\\]")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition: `values` are alternatives, none of them means empty."""

    name: str
    values: tuple[str, ...]
    negated: bool = False


def criteria(where: str) -> tuple[Criterion, ...]:
    """Take a query apart.

    Raises:
        ConfigurationError: `where-unreadable`.
    """
    return tuple(_criterion(each) for each in where.split("|")) if where.strip() else ()


def check_where(where: str, properties: Collection[str], form: str) -> None:
    """Refuse a query on a property that the form lacks: the wiki would take it for empty.

    Raises:
        ConfigurationError: `where-property-unknown`, `where-unreadable`.
    """
    for each in criteria(where):
        if each.name not in properties and each.name not in SYSTEM_KEYS:
            known = ", ".join(sorted(properties))
            raise ConfigurationError(
                "where-property-unknown", property=each.name, form=form, properties=known
            )


def check_consent(consent: str) -> None:
    """Refuse a consent that more than a given answer could satisfy.

    A pattern matches whatever the wiki stores around a value, and what is not said, or not said
    no, is no consent.

    Raises:
        ConfigurationError: `consent-not-plain`, `where-unreadable`.
    """
    for each in criteria(consent):
        if each.negated or not each.values or any(map(_PATTERN.search, each.values)):
            raise ConfigurationError("consent-not-plain", property=each.name)


def satisfies(values: Mapping[str, str], where: str) -> bool:
    """Whether an entry with these stored values would be selected."""
    return all(_holds(each, values.get(each.name, "")) for each in criteria(where))


def _criterion(raw: str) -> Criterion:
    match = re.fullmatch(r"\s*([^=!|\s]+)\s*(!?)=(.*)", raw, re.DOTALL)
    if not match:
        raise ConfigurationError("where-unreadable")
    values = tuple(each for each in match[3].split(",") if each)
    for each in values:
        try:
            re.compile(each)
        except re.error as error:
            raise ConfigurationError("where-unreadable") from error
    return Criterion(match[1], values, negated=bool(match[2]))


def _holds(criterion: Criterion, stored: str) -> bool:
    found = (
        any(re.fullmatch(value, each) for value in criterion.values for each in _stored(stored))
        if criterion.values
        else not stored
    )
    return found is not criterion.negated


def _stored(stored: str) -> Iterator[str]:
    yield stored
    yield from (key for key in stored.split(",") if key != stored)
