"""GoGoCarto's JSON, as Transiscope and other GoGoCartos read it from a source.

Attributes are those of GoGoCartoJs (docs/dataset-element-configuration.md) and of the import of
2018 (peers.md, sections 1 and 6): `licence` and `ontology` beside `data`, whose elements have `id`,
`name`, `geo`, `address`, `categories`, `email`, `images`; whatever else they have is kept.
"""

from __future__ import annotations

from oscartes_sync.exports.plain import Json, absolute, encoded, when
from oscartes_sync.exports.view import Publication, Row
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event


def render(publication: Publication) -> bytes:
    """All elements. One without a position has no `geo`: GoGoCarto then looks its address up."""
    return encoded(
        {
            "licence": publication.view.licence.url,
            "ontology": "gogofull",
            "source": publication.source,
            "name": publication.title,
            "data": [_element(row) for row in publication.rows],
        }
    )


def _element(row: Row) -> Json:
    record = row.record
    here = record.position
    own = _of_actor(record) if isinstance(record, Contact) else _of_event(record)
    told: dict[str, Json] = {
        "id": row.uid,
        "name": record.title,
        "geo": {"latitude": here.latitude, "longitude": here.longitude} if here else {},
        "categories": list(record.categories),
        "description": record.description.text,
        "images": [record.image] if record.image else [],
        **own,
        "sourceUrl": record.page,
        "createdAt": when(row.created),
        "updatedAt": when(row.updated),
    }
    return {name: value for name, value in told.items() if value not in ("", [], {})}


def _of_actor(actor: Contact) -> dict[str, Json]:
    """Of telephones, e-mails and sites GoGoCarto knows one; the others are kept beside it."""
    return {
        "address": _filled(
            streetAddress=actor.street,
            postalCode=actor.postcode,
            addressLocality=actor.town,
            addressCountry=actor.country,
        ),
        "email": next(iter(actor.emails), ""),
        "telephone": next(iter(actor.phones), ""),
        "website": absolute(next(iter(actor.sites), "")),
        "otherEmails": list(actor.emails[1:]),
        "otherTelephones": list(actor.phones[1:]),
        "otherWebsites": list(map(absolute, actor.sites[1:])),
        "socialNetworks": list(map(absolute, actor.social)),
        "related": list(actor.related),
    }


def _of_event(event: Event) -> dict[str, Json]:
    return {
        "address": _filled(customFormatedAddress=event.place),
        "startDate": when(event.start),
        "endDate": when(event.end),
        "eventStatus": event.status.value.lower(),
        "website": absolute(event.link),
        "organizer": event.organizer,
    }


def _filled(**parts: str) -> Json:
    return {name: value for name, value in parts.items() if value}
