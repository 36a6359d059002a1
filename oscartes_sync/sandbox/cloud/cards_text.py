"""vCards as a list of typed properties: read, and written back as Sabre's VObject does.

Types and escapes are VObject's: structured values part at semicolons, others at commas, unknown
properties stay as written (recordings 081-083).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, read, split_parameters

PRODID = "-//Sabre//Sabre VObject 4.5.6//EN"
TEXT, URI, BINARY, UNKNOWN = "TEXT", "URI", "BINARY", "UNKNOWN"
MOMENT = "DATE-AND-OR-TIME"
STRUCTURED = ("N", "ADR", "ORG", "GENDER")
FEWEST_PARTS = {"N": 5, "ADR": 7}
KIND_OF = {
    **dict.fromkeys(
        [
            "N",
            "FN",
            "ADR",
            "LABEL",
            "TEL",
            "EMAIL",
            "MAILER",
            "GEO",
            "TITLE",
            "ROLE",
            "ORG",
            "NOTE",
            "SOUND",
            "UID",
            "VERSION",
            "KEY",
            "TZ",
            "CATEGORIES",
            "SORT-STRING",
            "PRODID",
            "NICKNAME",
            "CLASS",
            "XML",
            "CLIENTPIDMAP",
            "GENDER",
            "KIND",
            "BIRTHPLACE",
            "DEATHPLACE",
            "EXPERTISE",
            "HOBBY",
            "INTEREST",
            "ORG-DIRECTORY",
        ],
        TEXT,
    ),
    **dict.fromkeys(
        ["URL", "FBURL", "CAPURI", "CALURI", "CALADRURI", "IMPP", "SOURCE", "MEMBER", "RELATED"],
        URI,
    ),
    **dict.fromkeys(("BDAY", "ANNIVERSARY", "DEATHDATE"), MOMENT),
    "PHOTO": BINARY,
    "LOGO": BINARY,
    "REV": "TIMESTAMP",
    "LANG": "LANGUAGE-TAG",
}
KNOWN_KINDS = frozenset(KIND_OF.values()) | {
    UNKNOWN, "BOOLEAN", "CONTENT-ID", "DATE", "DATE-TIME", "FLOAT", "INTEGER", "PHONE-NUMBER",
    "TIME", "UTC-OFFSET",
}  # fmt: skip
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
SPECIAL = re.compile(r'[\n":;^,+]')
CARET = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})


@dataclass(slots=True)
class Property:
    """One property: `kind` is its value type, `raw` the value as it stands in the text.

    `name` is in capitals, `parameters` keep their order, names in capitals, VALUE among them.
    """

    name: str
    raw: str
    kind: str
    parameters: dict[str, list[str]] = field(default_factory=dict)
    group: str = ""

    def parts(self) -> list[str]:
        """The value's parts, escapes undone."""
        if self.kind in (TEXT, "LANGUAGE-TAG"):
            return _unescaped(self.raw, ";" if self.name in STRUCTURED else ",")
        if self.kind == URI:
            return [_uri(self.name, self.raw)]
        return [self.raw]

    def value(self) -> str:
        """The value as PHP would show it: parts joined by their delimiter."""
        return (";" if self.name in STRUCTURED else ",").join(self.parts())

    def text(self) -> str:
        """The content line, folded."""
        parameters = dict(self.parameters)
        if self.kind == URI and self.name in ("URL", "PHOTO"):
            parameters.setdefault("VALUE", [URI])
        shown = "".join(
            f";{name}={','.join(_parameter(value) for value in values)}"
            for name, values in parameters.items()
        )
        name = f"{self.group}.{self.name}" if self.group else self.name
        return Line(name, shown, self._written()).text()

    def _written(self) -> str:
        if self.kind == URI:
            return _uri(self.name, self.raw).replace(",", "\\,")
        if self.kind in (TEXT, "LANGUAGE-TAG"):
            return joined(self.name, self.parts())
        return "".join(self.raw.split()) if self.kind == BINARY else self.raw


@dataclass(slots=True)
class Card:
    """One vCard's properties, in the order they came."""

    properties: list[Property]

    def every(self, name: str) -> list[Property]:
        """All properties of that name, whatever their group."""
        return [one for one in self.properties if one.name == name]

    def first(self, name: str) -> Property | None:
        """The first property of that name."""
        return next((one for one in self.properties if one.name == name), None)

    @property
    def version(self) -> str:
        """``3.0``, ``4.0``, ``2.1``; "" for none or another."""
        said = self.every("VERSION")
        value = said[0].value() if said else ""
        return value if value in ("2.1", "3.0", "4.0") else ""

    def grouped(self) -> list[Property]:
        """The order VObject writes: VERSION, then by name, names as they first appear."""
        by_name: dict[str, list[Property]] = {}
        for one in self.properties:
            by_name.setdefault(one.name, []).append(one)
        first = by_name.pop("VERSION", [])
        return first + [one for group in by_name.values() for one in group]

    def text(self) -> str:
        """The whole text."""
        inner = "".join(one.text() for one in self.grouped())
        return f"BEGIN:VCARD\r\n{inner}END:VCARD\r\n"


def read_card(body: bytes) -> tuple[str, Card]:
    """The component's name and its properties. Raises icalendar_text.Unreadable."""
    tree = read(body)
    return tree.name, card_of(tree)


def card_of(tree: Component) -> Card:
    """The properties of a component that was read."""
    version = (tree.value("VERSION") or "").strip()
    return Card([_property(line, version) for line in tree.lines])


def default_kind(name: str, version: str) -> str:
    """The value type a property has for want of VALUE; vCard 4 knows no binary ones."""
    kind = KIND_OF.get(name, UNKNOWN)
    return URI if kind == BINARY and version == "4.0" else kind


def joined(name: str, parts: list[str]) -> str:
    """Parts escaped and joined, padded where the property must have so many."""
    padded = parts + [""] * (FEWEST_PARTS.get(name, 0) - len(parts))
    delimiter = ";" if name in STRUCTURED else ","
    return delimiter.join(part.translate(ESCAPES) for part in padded)


def plain(name: str, value: str) -> Property:
    """A TEXT (or unknown) property of one part."""
    kind = KIND_OF.get(name, UNKNOWN)
    raw = value if kind == UNKNOWN else value.translate(ESCAPES)
    return Property(name, raw, kind)


def _property(line: Line, version: str) -> Property:
    group, dot, name = line.name.rpartition(".")
    parameters: dict[str, list[str]] = {}
    for part in split_parameters(line.parameters):
        key, equals, value = part.partition("=")
        values = _values(value if equals else key)
        parameters.setdefault(key.upper() if equals else "TYPE", []).extend(values)
    said = parameters.get("VALUE", [""])[0].upper()
    kind = said if said in KNOWN_KINDS else default_kind(name, version)
    return Property(name, line.value, kind, parameters, group if dot else "")


def _values(text: str) -> list[str]:
    values, current, quoted = [], "", False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            values.append(current)
            current = ""
        else:
            current += character
    values.append(current)
    return [re.sub(r"\^([\^n'])", _caret, one) for one in values]


def _caret(match: re.Match[str]) -> str:
    return {"^": "^", "n": "\n", "'": '"'}[match[1]]


def _parameter(value: str) -> str:
    return f'"{value.translate(CARET)}"' if SPECIAL.search(value) else value


_PIECES = re.compile(r"\\[\\Nn;,]|[^\\;,]+|[\\;,]", re.DOTALL)


def _unescaped(raw: str, delimiter: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for match in _PIECES.finditer(raw):
        piece = match[0]
        if piece == delimiter:
            parts.append([])
        elif piece[0] == "\\" and len(piece) == 2:
            parts[-1].append("\n" if piece[1] in "Nn" else piece[1])
        else:
            parts[-1].append(piece)
    return ["".join(part) for part in parts]


def _uri(name: str, raw: str) -> str:
    return raw.replace("\\:", ":") if name == "URL" else raw.replace("\\,", ",")
