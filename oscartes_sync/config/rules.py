"""The rules that values of oscartes.toml obey.

Each has a type of its own, whose `read` takes what the file holds or refuses it.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from oscartes_sync.planning.binding import MaxDelete

FIELD_NAMES: Final = (
    "title",
    "start",
    "end",
    "description",
    "place",
    "address",
    "postcode",
    "town",
    "position",
    "link",
    "categories",
    "organizer",
    "image",
    "files",
)
"""The fields of an event that [bindings.fields] may tie to a property."""

CONTACT_FIELD_NAMES: Final = (
    "name",
    "given_name",
    "family_name",
    "phones",
    "emails",
    "sites",
    "street",
    "postcode",
    "town",
    "country",
    "position",
    "categories",
    "description",
    "image",
    "social",
    "related",
)
"""The same of a contact."""

DOCUMENT_FIELD_NAMES: Final = ("title", "date", "author", "categories", "link", "files")
"""The same of a document."""

_ALIASES: Final = {"location": "place"}
_KNOWN_FIELDS: Final = frozenset(
    {*FIELD_NAMES, *CONTACT_FIELD_NAMES, *DOCUMENT_FIELD_NAMES, *_ALIASES}
)


class Refusal(ValueError):
    """A broken rule: the code of our error, the blanks of its sentence, the `key` below if any."""

    def __init__(self, code: str, *, key: str = "", **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.params = {name: str(value) for name, value in params.items()}


class Checked(str):
    """A text without blanks around it, which obeys a rule."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        if not isinstance(value, str):
            raise Refusal("config-not-text")
        return cls(cls.obeying(value))

    @classmethod
    def obeying(cls, value: str) -> str:
        """The text, cleaned; raises `Refusal`."""
        return value.strip()


class Text(Checked):
    """Not blank."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        if not value.strip():
            raise Refusal("config-empty")
        return value.strip()


class Loose(Checked):
    """A text, or a number written without quotes."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return super().read(str(value) if whole else value)


class FormNumber(Loose):
    """The form's number."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        return Text.obeying(value)


class Url(Checked):
    """The address of a site, without a slash at its end."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        parsed = urlsplit(value.strip())
        bad = parsed.scheme not in {"http", "https"} or not parsed.hostname
        if bad or "?" in value or "#" in value or parsed.username is not None:
            raise Refusal("config-bad-url")
        return value.strip().rstrip("/")


class Zone(Checked):
    """An IANA time zone."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            raise Refusal("config-unknown-zone", zone=value) from None
        return value


class Kind(Checked):
    """The kind of a binding."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        if value not in {"events", "contacts", "documents"}:
            raise Refusal("config-not-one-of", allowed="events, contacts, documents")
        return value

    @property
    def kind(self) -> Literal["events", "contacts", "documents"]:
        """As planning knows it."""
        if self == "contacts":
            return "contacts"
        return "documents" if self == "documents" else "events"


class Matching(Checked):
    """Of one form; `code` says what is told otherwise."""

    __slots__ = ()
    pattern: ClassVar[str]
    code: ClassVar[str]

    @classmethod
    def obeying(cls, value: str) -> str:
        if not re.fullmatch(cls.pattern, value):
            raise Refusal(cls.code)
        return value


class Segment(Matching):
    """A collection's name in an address; for documents, the path of a folder."""

    __slots__ = ()
    pattern = r"(?s).*\S.*"
    code = "config-bad-collection"

    @property
    def names_collection(self) -> bool:
        """Whether a calendar or an address book can have this name."""
        return re.fullmatch(r"(?!\.\.?$)[^/\s?#%]+", self) is not None

    @property
    def names_folder(self) -> bool:
        """Whether a folder can have this path."""
        parts = self.strip("/").split("/")
        return all(part.strip() and part not in (".", "..") for part in parts)


class Color(Matching):
    """#RRGGBB, or nothing."""

    __slots__ = ()
    pattern = r"(#[0-9A-Fa-f]{6})?"
    code = "config-bad-color"


class Publish(Matching):
    """Which events are published."""

    __slots__ = ()
    pattern = r"all|none|category:.*\S.*"
    code = "config-bad-publish"


class Limit(Checked):
    """How many deletions one run may do: "10%", or a number with or without quotes."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise Refusal("config-bad-max-delete")
        return cls(cls.obeying(str(value)))

    @classmethod
    def obeying(cls, value: str) -> str:
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", value)
        if not match:
            raise Refusal("config-bad-max-delete")
        number, percent = float(match[1]), bool(match[2])
        if (percent and number > 100) or (not percent and number != int(number)):
            raise Refusal("config-bad-max-delete")
        return f"{match[1]}{match[2]}"

    def max_delete(self) -> MaxDelete:
        """As planning knows it."""
        number = float(self.removesuffix("%"))
        return MaxDelete(int(number) if number.is_integer() else number, "%" in self)


def max_delete(raw: str) -> MaxDelete:
    """Read "10%" or "5", as in the file so on the command line.

    Raises:
        ValueError: where it is neither.
    """
    return Limit.read(raw).max_delete()


class Days(int):
    """A number of days, from "90d"."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        match = re.fullmatch(r"\s*([1-9]\d{0,4})\s*d\s*", str(value))
        if not match:
            raise Refusal("config-bad-since")
        return cls(match[1])


class Span(Days):
    """The same; 0, from "", for no end."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        return cls(0) if value == "" else super().read(value)


class Size(int):
    """A number of bytes, from "20 MB"; 0, from "", for no limit. Units are powers of a thousand."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        if value == "":
            return cls(0)
        match = re.fullmatch(r"\s*([1-9]\d{0,5})\s*([kKMG])[Bo]\s*", str(value))
        if not match:
            raise Refusal("config-bad-size")
        return cls(int(match[1]) * 1000 ** " kMG".index(match[2].replace("K", "k")))


class Extension(Checked):
    """The end of a file's name, with or without its dot: "pdf"; kept in lower case."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        plain = value.strip().removeprefix(".").lower()
        if not re.fullmatch("[a-z0-9]{1,10}", plain):
            raise Refusal("config-bad-type")
        return plain


class Property(Checked):
    """A property's name, or several joined by commas; "" leaves the field unmapped."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> Self:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            value = ",".join(value)
        return super().read(value)


class Fields(dict[str, str]):
    """The table that ties fields of a record to properties."""

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        if not isinstance(value, dict):
            raise Refusal("config-not-table")
        table: dict[str, object] = value
        for name in table:
            if name not in _KNOWN_FIELDS:
                raise Refusal("config-unknown-field", field=name, known=", ".join(FIELD_NAMES))
        return cls({_ALIASES.get(name, name): cls._named(name, table[name]) for name in table})

    @staticmethod
    def _named(name: str, value: object) -> str:
        try:
            return Property.read(value)
        except Refusal as refusal:
            raise Refusal(refusal.code, key=name) from None
