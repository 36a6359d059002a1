"""JSON-LD in the words of schema.org: a Dataset about organisations, people or events.

The context is in the file, not behind an address: whoever reads it needs no network, and the terms
cannot come to mean something else. Its vocabulary is `http://schema.org/`, as that of the context
that schema.org publishes.
"""

from __future__ import annotations

from typing import Final

from oscartes_sync.exports.identifiers import urn_of
from oscartes_sync.exports.plain import Json, absolute, encoded, when
from oscartes_sync.exports.schedules import extra_dates, schedule
from oscartes_sync.exports.view import NO_DATE, Publication, Row
from oscartes_sync.records.contact import Contact, ContactKind
from oscartes_sync.records.event import Event, Position, Status

_MEDIA: Final = "application/ld+json"
_ADDRESSES: Final = (
    "license", "url", "sameAs", "image", "contentUrl", "isBasedOn", "eventStatus",
)  # fmt: skip
_CONTEXT: Final[Json] = {
    "@vocab": "http://schema.org/",
    **{name: {"@type": "@id"} for name in _ADDRESSES},
}
_STATUS: Final = {
    Status.CONFIRMED: "http://schema.org/EventScheduled",
    Status.TENTATIVE: "http://schema.org/EventScheduled",
    Status.CANCELLED: "http://schema.org/EventCancelled",
}


def render(publication: Publication) -> bytes:
    """The Dataset, what it is about, and where it can be had."""
    view = publication.view
    address = view.address("jsonld")
    download = {
        "@type": "DataDownload",
        "encodingFormat": _MEDIA,
        "contentUrl": address,
        "license": view.licence.url,
    }
    told = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": urn_of(publication.uid),
        "name": publication.title,
        "license": view.licence.url,
        "isBasedOn": publication.source,
        "publisher": {"@type": "Organization", "name": publication.publisher},
        "inLanguage": view.language,
        "dateModified": when(publication.updated),
        "distribution": download if address else "",
        "about": [_thing(row, publication) for row in publication.rows],
    }
    return encoded(_filled(told))


def _thing(row: Row, publication: Publication) -> Json:
    """What an entry is about; the page is the work that the licence is for."""
    record = row.record
    own = _actor(record) if isinstance(record, Contact) else _event(record, publication)
    page = {
        "@type": "WebPage",
        "@id": record.page,
        "license": publication.view.licence.url,
        "dateCreated": when(row.created) if row.created != NO_DATE else "",
        "dateModified": when(row.updated),
    }
    return _filled(
        {
            **own,
            "@id": urn_of(row.uid),
            "identifier": row.uid,
            "name": record.title,
            "description": record.description.text,
            "image": record.image,
            "keywords": list(record.categories),
            "mainEntityOfPage": _filled(page),
        }
    )


def _actor(actor: Contact) -> dict[str, Json]:
    """Its own site is its `url`; without one, the entry's page."""
    person = actor.kind is ContactKind.INDIVIDUAL
    addresses = [*map(absolute, (*actor.sites, *actor.social))] or [actor.page]
    return {
        "@type": "Person" if person else "Organization",
        "givenName": actor.given_name,
        "familyName": actor.family_name,
        "url": addresses[0],
        "sameAs": addresses[1:],
        "telephone": list(actor.phones),
        "email": list(actor.emails),
        "address": _postal(actor),
        "workLocation" if person else "location": _place("", actor.position),
    }


def _postal(actor: Contact) -> Json:
    parts = {
        "streetAddress": actor.street,
        "postalCode": actor.postcode,
        "addressLocality": actor.town,
        "addressCountry": actor.country,
    }
    return {"@type": "PostalAddress", **_filled(parts)} if any(parts.values()) else {}


def _event(event: Event, publication: Publication) -> dict[str, Json]:
    """A day alone ends with itself: schema.org's end is inclusive, as the record's."""
    organizer = {"@type": "Organization", "name": event.organizer}
    return {
        "@type": "Event",
        "startDate": when(event.start),
        "endDate": when(event.end),
        "eventStatus": _STATUS[event.status],
        "eventSchedule": schedule(event, publication.view.zone),
        "subEvent": extra_dates(event),
        "location": _place(event.place, event.position),
        "organizer": organizer if event.organizer else {},
        "url": absolute(event.link) or event.page,
    }


def _place(name: str, position: Position | None) -> Json:
    geo = {}
    if position is not None:
        geo = {
            "@type": "GeoCoordinates",
            "latitude": position.latitude,
            "longitude": position.longitude,
        }
    return {"@type": "Place", **_filled({"name": name, "geo": geo})} if name or geo else {}


def _filled(parts: dict[str, Json]) -> Json:
    return {name: value for name, value in parts.items() if value not in ("", [], {})}
