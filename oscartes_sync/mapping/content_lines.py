"""iCalendar as content lines (RFC 5545, 3.1), read tolerantly and patched without a scratch.

A body is a list of `Line`s, each holding its own bytes, folds and line end included. What is not
touched is given back byte for byte: a library that parses and serialises again would reorder
properties, re-fold lines and mend what the member's client wrote its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

LONGEST_BODY: Final = 10 * 1024 * 1024
"""Nextcloud's event_size_limit in bytes (reference nextcloud.md, part II, 3)."""

MOST_LINES: Final = 100_000
"""Logical lines; a body of blank lines alone would otherwise cost a gigabyte."""

_FOLD: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n))[ \t]")
_BREAK: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?![ \t])")
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_PARAM: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPES: Final = {"n": "\n", "N": "\n", ",": ",", ";": ";", "\\": "\\", ":": ":", '"': '"'}
_CARETS: Final = {"^n": "\n", "^'": '"', "^^": "^"}


@dataclass(slots=True)
class Line:
    """One content line. `name` is in capitals, `rest` what follows it, from the `;` or `:` on.

    `raw` are its bytes; `after` are new lines to be put behind it.
    """

    raw: bytes
    name: str
    rest: str
    gone: bool = False
    after: list[str] = field(default_factory=list)
    new: str | None = None
    _split: tuple[dict[str, str], str] | None = None

    @property
    def params(self) -> Mapping[str, str]:
        """Parameters by name in capitals, quotes and RFC 6868 carets undone, lists as written."""
        return self._parts()[0]

    @property
    def value(self) -> str:
        """The value as written: escapes are its type's matter."""
        return self._parts()[1]

    def _parts(self) -> tuple[dict[str, str], str]:
        if self._split is None:
            if self.rest.startswith(":"):
                self._split = ({}, self.rest[1:])
            else:
                self._split = _split_params(self.rest)
        return self._split

    def rewrite(self, value: str, params: Mapping[str, str | None] | None = None) -> None:
        """Give it another value; `params` adds, replaces, or (None) removes parameters."""
        head = self.rest[: len(self.rest) - len(self.value)].removesuffix(":")
        if params:
            head = _with_params(head, params)
        self.new = f"{self.name}{head}:{value}"


@dataclass(slots=True)
class Component:
    """One VEVENT or VTIMEZONE: its own lines, and those of what stands in it left aside.

    `begin` and `end` are the BEGIN and END lines; `inner` all lines between, nested included.
    """

    name: str
    begin: Line
    end: Line
    lines: dict[str, list[Line]]
    inner: list[Line]

    def first(self, name: str) -> Line | None:
        """The first line of that name, None where there is none."""
        found = self.lines.get(name)
        return found[0] if found else None

    def each(self, name: str) -> list[Line]:
        """All lines of that name, in order."""
        return self.lines.get(name, [])

    def text(self, name: str) -> str:
        """The first such TEXT value, unescaped, "" where there is none."""
        line = self.first(name)
        return unescape(line.value) if line else ""

    @property
    def anchor(self) -> Line:
        """The line behind which a new property goes: ahead of the alarms, which come last."""
        found = self.begin
        for line in self.inner:
            if line.name == "BEGIN":
                break
            found = line
        return found


@dataclass(slots=True)
class Body:
    """A resource as read. `broken` names what makes it none (a problem code), "" where it is one.

    `ending` is the line end it mostly uses; `legacy` says that its bytes were not UTF-8.
    """

    lines: list[Line]
    events: list[Component]
    zones: list[Component]
    calendars: int
    method: bool = False
    broken: str = ""
    ending: bytes = b"\r\n"
    legacy: bool = False

    def __bytes__(self) -> bytes:
        """Everything untouched as it was, the rest folded anew."""
        return b"".join(self._written())

    def _written(self) -> Iterator[bytes]:
        for line in self.lines:
            if not line.gone:
                yield line.raw if line.new is None else fold(line.new, self.ending)
            for text in line.after:
                yield fold(text, self.ending)


def parse(body: bytes) -> Body:
    """Read a body, whatever it is; `broken` says where it is no calendar object."""
    empty = Body([], [], [], 0)
    if len(body) > LONGEST_BODY:
        empty.broken = "too-large"
        return empty
    empty.lines, empty.legacy = _lines(body)
    if len(empty.lines) > MOST_LINES:
        empty.broken = "too-large"
        return empty
    empty.ending = b"\r\n" if b"\r\n" in body else b"\n" if b"\n" in body else b"\r"
    if b"\r" not in body and b"\n" not in body:
        empty.ending = b"\r\n"
    return _nest(empty)


def _lines(body: bytes) -> tuple[list[Line], bool]:
    mark = b"\xef\xbb\xbf" if body.startswith(b"\xef\xbb\xbf") else b""
    chunks: list[bytes] = []
    begin = 0
    for match in _BREAK.finditer(body):
        chunks.append(body[begin : match.end()])
        begin = match.end()
        if len(chunks) > MOST_LINES:
            break
    if begin < len(body):
        chunks.append(body[begin:])
    legacy = False
    lines = []
    for chunk in chunks:
        # Folds may stand inside a character (RFC 5545 folds octets), so they go before decoding.
        plain = _FOLD.sub(b"", chunk).rstrip(b"\r\n").removeprefix(mark)
        try:
            text = plain.decode()
        except UnicodeDecodeError:
            legacy, text = True, plain.decode("cp1252", "replace")
        match_name = _NAME.match(text)
        name = match_name[0] if match_name else ""
        lines.append(Line(chunk, name.upper(), text[len(name) :]))
        mark = b""
    return lines, legacy


def _nest(body: Body) -> Body:
    """Find the components; anything unbalanced makes the body broken."""
    stack: list[str] = []
    current: Component | None = None
    for line in body.lines:
        if line.name == "BEGIN":
            kind = line.value.strip().upper()
            stack.append(kind)
            if kind == "VCALENDAR" and len(stack) == 1:
                body.calendars += 1
            elif kind in {"VEVENT", "VTIMEZONE"} and len(stack) == 2:
                current = Component(kind, line, line, {}, [])
                (body.events if kind == "VEVENT" else body.zones).append(current)
                continue
        elif line.name == "END":
            if not stack or stack.pop() != line.value.strip().upper():
                body.broken = "not-icalendar"
                return body
            if current is not None and len(stack) == 1:
                current.end = line
                current = None
                continue
        elif line.name == "METHOD" and len(stack) == 1:
            body.method = True
        if current is not None:
            current.inner.append(line)
            if len(stack) == 2 and line.name != "END":
                current.lines.setdefault(line.name, []).append(line)
    if stack or not body.calendars:
        body.broken = "not-icalendar"
    return body


def _split_params(rest: str) -> tuple[dict[str, str], str]:
    params: dict[str, str] = {}
    position = 0
    while match := _PARAM.match(rest, position):
        raw = match[2]
        quoted = len(raw) > 1 and raw[0] == raw[-1] == '"' and raw.count('"') == 2
        params.setdefault(match[1].upper(), _uncaret(raw[1:-1] if quoted else raw))
        position = match.end()
    if rest[position : position + 1] == ":":
        return params, rest[position + 1 :]
    return params, rest[position:].partition(":")[2]


def _uncaret(value: str) -> str:
    if "^" not in value:
        return value
    return re.sub(r"\^[n'^]", lambda match: _CARETS[match[0]], value)


def param_text(value: str) -> str:
    """A parameter's value as written: quoted where it must be, RFC 6868 for the rest."""
    plain = _CONTROLS.sub("", value)
    plain = plain.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{plain}"' if re.search(r"[;:,]", plain) else plain


def _with_params(head: str, params: Mapping[str, str | None]) -> str:
    kept = "".join(match[0] for match in _PARAM.finditer(head) if match[1].upper() not in params)
    added = (f";{name}={param_text(value)}" for name, value in params.items() if value is not None)
    return kept + "".join(added)


def unescape(value: str) -> str:
    """A TEXT value as the text it means (RFC 5545, 3.3.11), without control characters."""
    if "\\" in value:
        value = _ESCAPED.sub(lambda match: _UNESCAPES.get(match[1], match[0]), value)
    return _CONTROLS.sub("", value)


def escape(text: str) -> str:
    """A text as a TEXT value; control characters, which Nextcloud cuts out, are left out."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for plain_form, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(plain_form, escaped)
    return plain


def escape_line(text: str) -> str:
    """A text as the value of a vCard property that has no parts, its semicolons as they are.

    RFC 6350 (3.4) lets them stand there, and ical.js 2.2, by which Nextcloud's Contacts reads and
    writes, knows no other way: it takes `\\;` for two characters, and would write both back.
    """
    return escape(text).replace("\\;", ";")


def split_list(value: str) -> list[str]:
    """The raw elements of a comma-separated TEXT list."""
    pieces: list[list[str]] = []
    glued = False
    for piece in value.split(","):
        if glued:
            pieces[-1].append(piece)
        else:
            pieces.append([piece])
        glued = (len(piece) - len(piece.rstrip("\\"))) % 2 == 1
    return [",".join(piece) for piece in pieces]


def fold(text: str, ending: bytes = b"\r\n") -> bytes:
    """One content line in lines of at most 75 octets, no character cut, each with its end."""
    octets = text.encode("utf-8", "replace")
    if len(octets) <= 75:
        return octets + ending
    pieces, begin, room = [], 0, 75
    while begin < len(octets):
        stop = min(begin + room, len(octets))
        while stop < len(octets) and octets[stop] & 0xC0 == 0x80:
            stop -= 1
        pieces.append(octets[begin:stop])
        begin, room = stop, 74
    return (ending + b" ").join(pieces) + ending
