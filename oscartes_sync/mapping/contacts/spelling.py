"""Short texts as a Contact holds them, and when two of them mean the same.

Both sides read with these functions, so that what was written reads back equal.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from bazar_forms.richtext import storable

_BLANKS: Final = re.compile("[ \t\n\x0b\x0c\x85\u2028\u2029]+")
_NO_ADDRESS: Final = re.compile("[\x00-\x1f\x7f-\x9f]+")
_WEB: Final = re.compile(
    r"(?:https?|ftp)://[^/?#]|[^/?#:@%]+\.[^/?#:@%.]+(?:[/?#:]|$)", re.IGNORECASE
)
_BARE: Final = frozenset({"http://", "https://"})
"""What Bazar's link fields propose, and what stays in them when nothing was typed."""


def tidy(text: str) -> str:
    """One line without blanks at its ends; French no-break spaces stay inside."""
    return _BLANKS.sub(" ", storable(_BLANKS.sub(" ", text))).strip()


def phone(text: str) -> str:
    """A telephone number as text; a `tel:` URI (RFC 3966) loses its scheme."""
    plain = tidy(text)
    return tidy(unquote(plain[4:])) if plain[:4].lower() == "tel:" else plain


def email(text: str) -> str:
    """An e-mail address; a `mailto:` URI loses its scheme. "" for what is no address."""
    plain = tidy(text)
    plain = tidy(plain[7:]) if plain[:7].lower() == "mailto:" else plain
    return plain if "@" in plain.strip("@") else ""


def address(text: str) -> str:
    """A web address as a URI value takes it: nothing in it may end or escape the line."""
    words = _NO_ADDRESS.sub("", storable(text)).split()
    plain = "%20".join(words).replace("\\", "%5C")
    return "" if plain in _BARE else plain


def web(text: str) -> str:
    """A web address, with its scheme or without; "" for what is none, as a name on a network."""
    plain = address(text)
    return plain if _WEB.match(plain) else ""


def uri_value(url: str) -> str:
    """An address as written in a card; a bare comma, some programs take for the end of it."""
    return address(url).replace(",", "\\,")


def phone_key(text: str) -> str:
    """The same for two ways to write one number; French numbers fold +33 and 0033 into 0."""
    digits = "".join(filter(str.isdecimal, text))
    if not digits:
        return text.casefold()
    abroad = text.lstrip(" (").startswith("+")
    if digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if abroad and digits.startswith("33"):
        return "0" + digits[2:].lstrip("0")
    return f"+{digits}" if abroad else digits


def email_key(text: str) -> str:
    """E-mail addresses differ by more than capitals."""
    return text.casefold()


def address_key(text: str) -> str:
    """Web addresses differ by more than a last slash."""
    return text.removesuffix("/")


def is_mobile(text: str) -> bool:
    """Whether a French number is a mobile one (06, 07)."""
    return phone_key(text).startswith(("06", "07"))
