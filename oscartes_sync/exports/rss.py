"""RSS 2.0 (rssboard.org/rss-specification), with Atom's links for the licence and for itself."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from oscartes_sync.exports.atom import newest_first
from oscartes_sync.exports.identifiers import urn_of
from oscartes_sync.exports.markup import add, written
from oscartes_sync.exports.summary import summary
from oscartes_sync.exports.view import NO_DATE, Publication, Row

_ATOM: Final = "http://www.w3.org/2005/Atom"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def render(publication: Publication) -> bytes:
    """The channel."""
    view = publication.view
    root = Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = add(root, "channel")
    add(channel, "title", publication.title)
    add(channel, "link", publication.source)
    add(channel, "description", f"{publication.title} – {publication.publisher}")
    add(channel, "language", view.language)
    add(channel, "copyright", view.licence.told)
    add(channel, "lastBuildDate", _date(publication.updated))
    add(channel, "atom:link", rel="license", href=view.licence.url)
    if view.address("rss"):
        add(channel, "atom:link", rel="self", type="application/rss+xml", href=view.address("rss"))
    for row in newest_first(publication):
        _add_entry(channel, row, view.language)
    return written(root)


def _add_entry(channel: Element, row: Row, language: str) -> None:
    """One `item`; its description is HTML, and so is escaped once more."""
    entry = add(channel, "item")
    add(entry, "title", row.record.title)
    add(entry, "link", row.record.page)
    add(entry, "guid", urn_of(row.uid), isPermaLink="false")
    add(entry, "pubDate", _date(row.updated if row.created == NO_DATE else row.created))
    for category in row.record.categories:
        add(entry, "category", category)
    lines = html.escape(summary(row.record, language), quote=False)
    add(entry, "description", lines.replace("\n", "<br>\n"))


def _date(moment: datetime) -> str:
    """RFC 822 in English, whatever language the machine speaks."""
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]}"
    return f"{day} {moment.year:04d} {moment:%H:%M:%S %z}"
