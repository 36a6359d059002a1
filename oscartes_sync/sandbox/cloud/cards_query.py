"""The filters of addressbook-query (RFC 6352 section 10.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from oscartes_sync.sandbox.cloud.cards_text import Card, Property, read_card
from oscartes_sync.sandbox.cloud.files_xml import card
from oscartes_sync.sandbox.cloud.icalendar_text import Unreadable

Test = Callable[[str], bool]
OCTETS = "i;octet"
UNICODE = "i;unicode-casemap"


def read_filter(root: etree._Element) -> Callable[[bytes], bool]:
    """What decides whether a stored card is answered; no filter lets all through."""
    element = root.find(card("filter"))
    filters = [] if element is None else element.findall(card("prop-filter"))
    if element is None or not filters:
        return lambda _: True
    combine: Callable[[Iterable[bool]], bool] = all if element.get("test") == "allof" else any

    def passes(body: bytes) -> bool:
        try:
            _, read = read_card(body)
        except Unreadable:
            return False
        return combine(_property_passes(read, one) for one in filters)

    return passes


def _property_passes(read: Card, element: etree._Element) -> bool:
    name = (element.get("name") or "").upper()
    group, dot, bare = name.rpartition(".")
    found = [one for one in read.every(bare) if not dot or one.group == group]
    if element.find(card("is-not-defined")) is not None:
        return not found
    if not found:
        return False
    results = [
        *(_text_passes(one, [part for p in found for part in _texts(p)])
          for one in element.findall(card("text-match"))),
        *(_parameter_passes(one, found) for one in element.findall(card("param-filter"))),
    ]  # fmt: skip
    if not results:
        return True
    return all(results) if element.get("test") == "allof" else any(results)


def _texts(one: Property) -> list[str]:
    return [*one.parts(), one.value()]


def _parameter_passes(element: etree._Element, found: list[Property]) -> bool:
    name = (element.get("name") or "").upper()
    values = [value for one in found for value in one.parameters.get(name, [])]
    if element.find(card("is-not-defined")) is not None:
        return not values
    match = element.find(card("text-match"))
    return bool(values) if match is None else _text_passes(match, values)


def _text_passes(element: etree._Element, values: list[str]) -> bool:
    exact = element.get("collation", UNICODE) == OCTETS
    said = element.text or ""
    wanted = said if exact else said.casefold()
    how = element.get("match-type", "contains")
    compare: dict[str, Test] = {
        "equals": lambda value: value == wanted,
        "starts-with": lambda value: value.startswith(wanted),
        "ends-with": lambda value: value.endswith(wanted),
    }
    holds: Test = compare.get(how, lambda value: wanted in value)
    hit = any(holds(value if exact else value.casefold()) for value in values)
    return hit is not (element.get("negate-condition") == "yes")
