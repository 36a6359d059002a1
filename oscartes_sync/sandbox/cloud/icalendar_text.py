"""iCalendar text as a tree of lines: read by hand, written back as Sabre's VObject does.

Values are kept as written: only what a repair changes is changed (recordings 024, 026).
"""

from __future__ import annotations

from collections.abc import Iterator

FOLD = 75


class Unreadable(Exception):
    """A text that is no iCalendar; the message is the parser's own."""


class Line:
    """One content line: `name` in capitals, `parameters` with their leading ``;``."""

    __slots__ = ("name", "parameters", "value", "written_name")

    def __init__(self, written_name: str, parameters: str, value: str) -> None:
        self.written_name = written_name
        self.name = written_name.upper()
        self.parameters = parameters
        self.value = value

    def parameter(self, name: str) -> str | None:
        """The value of one parameter, unquoted; None without it."""
        for part in split_parameters(self.parameters):
            key, _, value = part.partition("=")
            if key.upper() == name:
                return value.strip('"')
        return None

    def each_parameter(self) -> list[str]:
        """The parameters as written, ``NAME=value``."""
        return split_parameters(self.parameters)

    def text(self) -> str:
        """The line, folded as VObject does: 75 octets, never within a character."""
        raw = f"{self.name}{self.parameters}:{self.value}".encode()
        if len(raw) <= FOLD:
            return raw.decode() + "\r\n"
        pieces: list[str] = []
        width = FOLD
        while raw:
            cut = min(width, len(raw))
            while cut < len(raw) and raw[cut] & 0xC0 == 0x80:
                cut -= 1
            pieces.append(raw[:cut].decode())
            raw = raw[cut:]
            width = FOLD - 1
        return "\r\n ".join(pieces) + "\r\n"


class Component:
    """One component: its lines and the components in it, each in their order."""

    __slots__ = ("children", "lines", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[Line] = []
        self.children: list[Component] = []

    def first(self, name: str) -> Line | None:
        """The first line of that name."""
        for line in self.lines:
            if line.name == name:
                return line
        return None

    def value(self, name: str) -> str | None:
        """The value of the first line of that name."""
        line = self.first(name)
        return line.value if line else None

    def every(self, name: str) -> list[Line]:
        """All lines of that name."""
        return [line for line in self.lines if line.name == name]

    def walk(self) -> Iterator[Component]:
        """This component and all in it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def copy(self) -> Component:
        """A copy whose lines and children may be changed."""
        twin = Component(self.name)
        twin.lines = [Line(line.written_name, line.parameters, line.value) for line in self.lines]
        twin.children = [child.copy() for child in self.children]
        return twin

    def text(self) -> str:
        """The text: VERSION, other lines grouped by name, VTIMEZONEs, other components."""
        grouped: dict[str, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.name, []).append(line)
        ordered = grouped.pop("VERSION", []) + [one for group in grouped.values() for one in group]
        by_name: dict[str, list[Component]] = {}
        for child in self.children:
            by_name.setdefault(child.name, []).append(child)
        parts = by_name.pop("VTIMEZONE", []) + [one for group in by_name.values() for one in group]
        inner = "".join(line.text() for line in ordered) + "".join(part.text() for part in parts)
        return f"BEGIN:{self.name}\r\n{inner}END:{self.name}\r\n"


def split_parameters(parameters: str) -> list[str]:
    """``;A=x;B="y;z"`` as its parts; quotes protect semicolons."""
    if '"' not in parameters:
        return parameters.split(";")[1:]
    parts: list[str] = []
    start, quoted = 1, False
    for place, character in enumerate(parameters):
        if character == '"':
            quoted = not quoted
        elif character == ";" and not quoted and place:
            parts.append(parameters[start:place])
            start = place + 1
    parts.append(parameters[start:])
    return parts


def read(body: bytes) -> Component:
    """The first component of a text; what follows its END is not looked at (027: accepted).

    Bytes that are not UTF-8 are read as Latin-1, line by line, as the server's repair does.
    Raises Unreadable.
    """
    lines = _unfolded(body.removeprefix(b"\xef\xbb\xbf"))
    number, first = next(lines, (0, ""))
    if not first:
        raise Unreadable("End of document reached prematurely")
    if first.upper() not in ("BEGIN:VCALENDAR", "BEGIN:VCARD"):
        raise Unreadable("This parser only supports VCARD and VCALENDAR files")
    stack = [Component(first[6:].upper())]
    for number, text in lines:
        head = text[:6].upper()
        if head == "BEGIN:":
            child = Component(text[6:].upper())
            stack[-1].children.append(child)
            stack.append(child)
        elif text[:4].upper() == "END:":
            ended = stack.pop()
            if text[4:].upper() != ended.name:
                raise Unreadable(
                    f'Invalid MimeDir file. expected: "END:{ended.name}" got: "{text}"'
                )
            if not stack:
                return ended
        else:
            stack[-1].lines.append(content_line(text, number))
    raise Unreadable("End of document reached prematurely")


def content_line(text: str, number: int = 1) -> Line:
    """One unfolded line. Raises Unreadable, naming the line it starts at."""
    colon = _colon(text)
    semicolon = text.find(";", 0, colon)
    end = semicolon if semicolon >= 0 else colon
    name = text[:end]
    if colon < 0 or not name or not name.replace("-", "").replace(".", "").isalnum():
        raise Unreadable(
            f"Invalid Mimedir file. Line starting at {number} "
            "did not follow iCalendar/vCard conventions"
        )
    return Line(name, text[end:colon], text[colon + 1 :])


def _colon(text: str) -> int:
    colon = text.find(":")
    quote = text.find('"')
    if quote < 0 or quote > colon:
        return colon
    quoted = False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return place
    return -1


def _unfolded(body: bytes) -> Iterator[tuple[int, str]]:
    current: str | None = None
    start = 0
    for number, raw in enumerate(body.split(b"\n"), 1):
        text = _decoded(raw.rstrip(b"\r"))
        if not text:
            continue
        if text[0] in " \t":
            current = (current or "") + text[1:]
            continue
        if current is not None:
            yield start, current
        current, start = text, number
    if current is not None:
        yield start, current


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def unescaped(value: str) -> str:
    """A TEXT value without its escapes (RFC 5545 section 3.3.11)."""
    if "\\" not in value:
        return value
    parts: list[str] = []
    characters = iter(value)
    for character in characters:
        if character != "\\":
            parts.append(character)
            continue
        following = next(characters, "")
        parts.append("\n" if following in "nN" else following)
    return "".join(parts)
