"""Web addresses in texts: which are safe to link, and which a text says already."""

from __future__ import annotations

import re
import string
from typing import Final
from urllib.parse import quote, unquote, urlsplit

SAFE_SCHEMES: Final = ("http", "https", "mailto", "tel", "ftp")

_OPENING: Final = re.compile(r"(?:(?:https?|ftp)://|mailto:|tel:)\S", re.IGNORECASE)
_WEB_ADDRESS: Final = re.compile(r"\bhttps?://[^\W_][^\s<>\"«»“”]{0,2000}", re.IGNORECASE)
_PARTS: Final = re.compile(
    r"(?P<scheme>https?|ftp)://(?P<place>[^/?#\\]*)(?P<rest>.*)", re.I | re.S
)
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED: Final = frozenset(string.ascii_letters + string.digits + "-._~")
_PATH: Final = "/:@!$&'()*+,;=~%"


def is_safe(address: str) -> bool:
    """Whether an address may be shown or linked: never `javascript:`, `data:` or a bare name."""
    return _OPENING.match(address) is not None


def says(shown: str, address: str) -> bool:
    """Whether a link's text is its address, but for the scheme, quoting, case and a last slash.

    The purifier writes addresses anew (percent-encoded), so that the two seldom match exactly.
    """
    return _bare(shown) == _bare(address) or normal(shown) == normal(address)


def normal(address: str) -> str:
    """An address as a purifier of HTML writes it, once and for all; itself where it is none.

    Scheme and host in lower case, the host in ASCII, no account, and what an address may not hold
    percent-encoded (RFC 3986, sections 2.1 and 6.2.2; the server's HTMLPurifier/URI.php).
    """
    parts = _PARTS.fullmatch(address.strip())
    if parts is None:
        return _quoted(address.strip(), _PATH + "?#") if is_safe(address) else address
    path, mark, fragment = parts["rest"].partition("#")
    place = _place(parts["place"].rpartition("@")[2])
    return f"{parts['scheme'].lower()}://{place}{_quoted(path, _PATH + '?')}" + (
        mark + _quoted(fragment, _PATH + "?")
    )


def in_words(shown: str, address: str) -> str:
    """A link in plain text: `text (address)`, one of the two where that says it all."""
    if not is_safe(address):
        return shown
    if not shown:
        return normal(address)
    return shown if says(shown, address) else f"{shown} ({normal(address)})"


def web_addresses(line: str) -> list[tuple[int, str]]:
    """The web addresses of a line with their offsets, without the punctuation behind them."""
    found = ((match.start(), _trimmed(match[0])) for match in _WEB_ADDRESS.finditer(line))
    return [(offset, address) for offset, address in found if _has_host(address)]


def _place(place: str) -> str:
    """Host and port."""
    host, colon, port = place.lower().partition(":")
    if host.isascii() or not host:
        return place.lower()
    try:
        return host.encode("idna").decode() + colon + port
    except UnicodeError:
        return quote(place.lower(), safe=":%")


def _quoted(text: str, safe: str) -> str:
    return quote(_ESCAPE.sub(_escape, text), safe=safe)


def _escape(match: re.Match[str]) -> str:
    """An escape in capitals, none where none is needed; a percent sign by itself is escaped."""
    if match[1] is None:
        return "%25"
    letter = chr(int(match[1], 16))
    return letter if letter in _UNRESERVED else match[0].upper()


def _bare(address: str) -> str:
    plain = unquote(address).casefold()
    return re.sub(r"^(?:https?://|mailto:|tel:|ftp://)", "", plain).rstrip("/")


def _trimmed(address: str) -> str:
    """A sentence's punctuation after an address is none of it, nor a bracket that none opens."""
    while address:
        last = address[-1]
        unopened = (last == ")" and address.count(")") > address.count("(")) or (
            last == "]" and address.count("]") > address.count("[")
        )
        if last not in ".,;:!?'" and not unopened:
            break
        address = address[:-1]
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
