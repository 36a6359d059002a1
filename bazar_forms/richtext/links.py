"""Web addresses in texts: which are safe to link, and which a text says already."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

SAFE_SCHEMES: Final = ("http", "https", "mailto", "tel", "ftp")

_OPENING: Final = re.compile(r"(?:(?:https?|ftp)://|mailto:|tel:)\S", re.IGNORECASE)
_WEB_ADDRESS: Final = re.compile(
    r"\bhttps?://[A-Za-z0-9][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{0,2000}", re.IGNORECASE
)


def is_safe(address: str) -> bool:
    """Whether an address may be shown or linked: never `javascript:`, `data:` or a bare name."""
    return _OPENING.match(address) is not None


def says(shown: str, address: str) -> bool:
    """Whether a link's text is its address, but for the scheme, quoting, case and a last slash.

    The purifier writes addresses anew (percent-encoded), so that the two seldom match exactly.
    """
    return _bare(shown) == _bare(address)


def in_words(shown: str, address: str) -> str:
    """A link in plain text: `text (address)`, one of the two where that says it all."""
    if not is_safe(address):
        return shown
    return f"{shown} ({address})" if shown and not says(shown, address) else shown or address


def web_addresses(line: str) -> list[tuple[int, str]]:
    """The web addresses of a line with their offsets, without the punctuation behind them."""
    found = ((match.start(), _trimmed(match[0])) for match in _WEB_ADDRESS.finditer(line))
    return [(offset, address) for offset, address in found if _has_host(address)]


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
