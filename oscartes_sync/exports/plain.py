"""Record values as JSON and as text, for the formats that have no types of their own for them."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from oscartes_sync.records.event import Attachment, Position, RichText, Series, When

SEPARATOR: Final = " | "
"""Between several values of one cell. Labels may hold commas and semicolons."""

Json = Any


def encoded(document: Json) -> bytes:
    """JSON in UTF-8, keys in the order given, a line a value so that differences can be read."""
    text = io.StringIO()  # json.dumps would hold the document in a million pieces first
    json.dump(document, text, ensure_ascii=False, indent=1, allow_nan=False)
    text.write("\n")
    return text.getvalue().encode()


def when(value: When) -> str:
    """A day, or an instant with its offset (RFC 3339)."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def absolute(url: str) -> str:
    """An address as a URI (RFC 3986), for what would take one without a scheme for a relative one.

    People type `grange.example`; which scheme they mean, a server says by forwarding.
    """
    written = quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=~-._")
    return written if "://" in written or not written else f"http://{written}"


def as_json(value: object) -> Json:
    """A field's value; a text without its HTML, a file by its address."""
    if isinstance(value, RichText):
        return value.text
    if isinstance(value, Attachment):
        return value.url
    if isinstance(value, Position):
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, Series):
        return _series(value)
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    return when(value) if isinstance(value, date) else value


def _series(series: Series) -> Json:
    return {
        "rule": series.rule,
        "extra": [when(each) for each in series.extra],
        "excluded": [when(each) for each in series.excluded],
    }


def as_text(value: object) -> str:
    """A field's value as one text, "" for none."""
    if value is None:
        return ""
    if isinstance(value, Series):
        rule = [f"RRULE:{value.rule}"] if value.rule else []
        extra = [f"RDATE:{when(each)}" for each in value.extra]
        return SEPARATOR.join([*rule, *extra, *(f"EXDATE:{when(x)}" for x in value.excluded)])
    if isinstance(value, tuple):
        return SEPARATOR.join(as_text(each) for each in value)
    return str(as_json(value))
