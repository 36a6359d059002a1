"""What tells CalDAV (RFC 4791) and CardDAV (RFC 6352) apart, for what reads and writes objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from oscartes_sync.adapters.nextcloud import dav_xml


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One of the two. `text` is the property that holds an object's text, `unique` the condition
    that a server names when a UID is taken.

    `stored` is what to accept where the server would convert what it keeps: a plain GET of a card
    of version 4.0 gives one of 3.0, under the ETag of what is stored (recording 082).
    """

    media: str
    extension: str
    text: str
    unique: str
    multiget: Callable[[Iterable[str]], bytes]
    query: Callable[[Sequence[str], str | None], bytes]
    stored: str = ""


CALDAV: Final = Dialect(
    media="text/calendar",
    extension="ics",
    text="cal:calendar-data",
    unique="cal:no-uid-conflict",
    multiget=dav_xml.multiget,
    query=dav_xml.calendar_query,
)
CARDDAV: Final = Dialect(
    media="text/vcard",
    extension="vcf",
    text="card:address-data",
    unique="card:no-uid-conflict",
    multiget=dav_xml.card_multiget,
    query=dav_xml.card_query,
    stored="text/vcard; version=4.0",
)
