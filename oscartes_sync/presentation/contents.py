"""What stands for the bytes of a file, as a person reads it."""

from __future__ import annotations

import re
from typing import Final

from oscartes_sync.presentation.translation import Translator
from oscartes_sync.records.content import size_and_moment

_STORED: Final = re.compile(
    r"(?P<name>.+)_\d{14}_(?P<day>\d{8})(?P<time>\d{4})\d\d(?P<end>\.[A-Za-z0-9]+)_?"
)
"""A stored name: two moments on the wiki's clock before the extension (its attach library)."""


def spelt_out(translator: Translator, content: str) -> str:
    """A file of the folder by its size and moment, one of the wiki by its name and moment."""
    lying = size_and_moment(content)
    if lying is not None:
        size, moment = lying
        said = translator.ngettext("{number} byte", "{number} bytes", size)
        return f"{said}, {moment:%Y-%m-%d %H:%M} UTC"
    stored = _STORED.fullmatch(content)
    if stored is None:
        return content
    day, time = stored["day"], stored["time"]
    when = f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:]}"
    return f"{stored['name']}{stored['end']}, {when}"
