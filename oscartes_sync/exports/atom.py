"""Atom (RFC 4287), a complete feed (RFC 5005, 2): what is not in it any more was withdrawn."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from oscartes_sync.exports.identifiers import urn_of
from oscartes_sync.exports.markup import LANGUAGE, add, written
from oscartes_sync.exports.plain import when
from oscartes_sync.exports.summary import summary
from oscartes_sync.exports.view import NO_DATE, Publication, Row

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"


def render(publication: Publication) -> bytes:
    """The feed; its rights hold for its entries (4.2.10), and so does its author (4.2.1)."""
    view = publication.view
    feed = Element("feed", {"xmlns": _ATOM, "xmlns:fh": _HISTORY, LANGUAGE: view.language})
    add(feed, "id", urn_of(publication.uid))
    add(feed, "title", publication.title)
    add(feed, "updated", when(publication.updated))
    add(add(feed, "author"), "name", publication.publisher)
    add(feed, "rights", view.licence.told)
    add(feed, "link", rel="license", href=view.licence.url)
    add(feed, "link", rel="alternate", type="text/html", href=publication.source)
    if view.address("atom"):
        add(feed, "link", rel="self", type="application/atom+xml", href=view.address("atom"))
    add(feed, "fh:complete")
    for row in newest_first(publication):
        _add_entry(feed, row, view.language)
    return written(feed)


def newest_first(publication: Publication) -> list[Row]:
    """Readers show feeds in this order; of one second, by tag."""
    return sorted(publication.rows, key=lambda row: row.updated, reverse=True)


def _add_entry(feed: Element, row: Row, language: str) -> None:
    entry = add(feed, "entry")
    add(entry, "id", urn_of(row.uid))
    add(entry, "title", row.record.title)
    add(entry, "updated", when(row.updated))
    if row.created != NO_DATE:
        add(entry, "published", when(row.created))
    add(entry, "link", rel="alternate", type="text/html", href=row.record.page)
    for category in row.record.categories:
        add(entry, "category", term=category)
    add(entry, "content", summary(row.record, language), type="text")
