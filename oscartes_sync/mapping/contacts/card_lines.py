"""vCards as content lines (RFC 6350, 3.3; RFC 2426, 2.4), patched without a scratch.

The lines are iCalendar's (`mapping.content_lines`); what vCard adds are groups: `item1.TEL` and
`item1.X-ABLabel` belong together. Whatever is not touched is given back byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oscartes_sync.mapping.content_lines import Body, Line, parse, unescape

LONGEST_CARD: Final = 5 * 1024 * 1024
"""Nextcloud's card_size_limit in bytes (reference nextcloud.md, part II, CardDAV)."""

LABEL: Final = "X-ABLABEL"

_GROUP: Final = re.compile(r"([A-Za-z0-9-]+)\.([A-Za-z0-9-]+)")
_TYPES: Final = re.compile(r';TYPE=("[^"]*"|[^;:]*)', re.IGNORECASE)
_BARE: Final = re.compile(r";([A-Za-z0-9-]+)(?=[;:]|$)")
_STEP: Final = re.compile(r"\\.|;", re.DOTALL)


@dataclass(slots=True)
class CardLine(Line):
    """A content line of a card. `group` is what stands before the name's point, "" for none."""

    group: str = ""

    def rewrite(self, value: str, params: Mapping[str, str | None] | None = None) -> None:
        """Give it another value, its group and parameters kept; see `Line.rewrite`."""
        Line.rewrite(self, value, params)
        self.new = f"{self._prefix}{self.new}"

    def replace(self, head: str, value: str) -> None:
        """Write it anew: `head` is name and parameters."""
        self.new = f"{self._prefix}{head}:{value}"

    @property
    def types(self) -> frozenset[str]:
        """All its TYPEs in capitals, also those that vCard 2.1 writes without a name."""
        head = self.rest[: len(self.rest) - len(self.value)]
        named = (word for match in _TYPES.findall(head) for word in match.strip('"').split(","))
        return frozenset(word.strip().upper() for word in (*named, *_BARE.findall(head)))

    @property
    def _prefix(self) -> str:
        return f"{self.group}." if self.group else ""


@dataclass(slots=True)
class Card:
    """One vCard as read. `broken` names what makes it none (a problem code), "" where it is one.

    `lines` are the card's own, without BEGIN and END and without what stands in an AGENT; `last`
    is the line behind which a new one goes.
    """

    body: Body
    lines: list[CardLine] = field(default_factory=list)
    last: CardLine | None = None
    broken: str = ""
    _by_name: dict[str, list[CardLine]] = field(default_factory=dict)
    _labels: dict[str, list[CardLine]] = field(default_factory=dict)
    _grouped: dict[str, int] = field(default_factory=dict)

    def __bytes__(self) -> bytes:
        """Everything untouched as it was, the rest folded anew."""
        return bytes(self.body)

    @property
    def version(self) -> str:
        """VERSION, "3.0" where it says none: so does Nextcloud (recording 083)."""
        return self.text("VERSION").strip() or "3.0"

    @property
    def modern(self) -> bool:
        """Whether it is written in the ways of vCard 4.0."""
        return self.version not in {"2.1", "3.0"}

    @property
    def moved(self) -> bool:
        """Whether something was written."""
        return any(line.gone or line.after or line.new is not None for line in self.lines)

    def index(self) -> None:
        """Make `first`, `each` and `label` quick."""
        for line in self.lines:
            self._by_name.setdefault(line.name, []).append(line)
            group = line.group.upper()
            if group and line.name == LABEL:
                self._labels.setdefault(group, []).append(line)
            elif group:
                self._grouped[group] = self._grouped.get(group, 0) + 1

    def first(self, name: str) -> CardLine | None:
        """The first line of that name that is still there, None where there is none."""
        return next(iter(self.each(name)), None)

    def each(self, name: str) -> list[CardLine]:
        """All lines of that name that are still there, in order."""
        return [line for line in self._by_name.get(name, ()) if not line.gone]

    def text(self, name: str) -> str:
        """The first such TEXT value, unescaped, "" where there is none."""
        line = self.first(name)
        return unescape(line.value) if line else ""

    def label(self, line: CardLine) -> str:
        """What the line's group calls it, "" where nothing does."""
        labels = self._labels.get(line.group.upper(), ())
        return unescape(labels[0].value).strip() if labels else ""

    def add(self, head: str, value: str) -> None:
        """A new line at the end; `head` is name and parameters as written."""
        if self.last is not None:
            self.last.after.append(f"{head}:{value}")

    def remove(self, line: CardLine) -> None:
        """Take a line away; a label that is then alone in its group goes with it."""
        line.gone = True
        group = line.group.upper()
        if group:
            self._grouped[group] -= 1
            if not self._grouped[group]:
                for label in self._labels.get(group, ()):
                    label.gone = True

    def put(self, name: str, value: str | None, head: str = "") -> None:
        """Give the first property of that name a value (as written); None takes it away.

        `head` is how a new line begins, the name alone where it is not given.
        """
        line = self.first(name)
        if line is None:
            if value is not None:
                self.add(head or name, value)
        elif value is None:
            self.remove(line)
        elif line.value != value:
            line.rewrite(value)

    def free_group(self) -> str:
        """A group that nothing in the card uses."""
        number = 1
        while f"ITEM{number}" in {*self._grouped, *self._labels}:
            number += 1
        self._grouped[f"ITEM{number}"] = 1
        return f"item{number}"


def parse_card(body: bytes) -> Card:
    """Read a body, whatever it is; `broken` says where it is no card."""
    parsed = parse(body) if len(body) <= LONGEST_CARD else Body([], [], [], 0, broken="too-large")
    card = Card(parsed)
    if parsed.broken == "too-large":
        card.broken = "too-large"
        return card
    lines = [_card_line(line) for line in parsed.lines]
    parsed.lines = [*lines]
    card.broken = _find(card, lines)
    card.index()
    return card


def _card_line(line: Line) -> CardLine:
    match = _GROUP.match(f"{line.name}{line.rest}") if line.rest.startswith(".") else None
    if match is None:
        return CardLine(line.raw, line.name, line.rest)
    rest = line.rest[len(match[2]) + 1 :]
    group = line.raw.removeprefix(b"\xef\xbb\xbf").partition(b".")[0].decode("ascii", "ignore")
    return CardLine(line.raw, match[2].upper(), rest, group=_plain(group) or match[1])


def _plain(group: str) -> str:
    """A group as it is written, a fold in the midst of it taken out."""
    return re.sub(r"[^A-Za-z0-9-]", "", group)


def _find(card: Card, lines: list[CardLine]) -> str:
    """Take the card's own lines; the answer is what stands in the way of one card."""
    depth = cards = 0
    for line in lines:
        if line.name == "BEGIN":
            depth += 1
            if depth == 1:
                if line.value.strip().upper() != "VCARD":
                    return "not-vcard"
                cards += 1
                card.last = card.last or line
        elif line.name == "END":
            depth -= 1
            if depth < 0:
                return "not-vcard"
        elif depth == 1 and cards == 1:
            card.lines.append(line)
            card.last = line
    if depth or not cards:
        return "not-vcard"
    return "several-cards" if cards > 1 else ""


def components(value: str, count: int = 0) -> list[str]:
    """The raw components of a structured value (N, ORG, ADR), at least `count` of them."""
    found, begin = [], 0
    for match in _STEP.finditer(value):
        if match[0] == ";":
            found.append(value[begin : match.start()])
            begin = match.end()
    found.append(value[begin:])
    return found + [""] * (count - len(found))
