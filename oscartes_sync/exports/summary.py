"""A record in a few lines of text, for the formats that are read rather than computed with."""

from __future__ import annotations

from oscartes_sync.exports.plain import when
from oscartes_sync.exports.view import Published
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event, Status, When

_STATUS = {
    "fr": {Status.CANCELLED: "Annulé", Status.TENTATIVE: "À confirmer"},
    "en": {Status.CANCELLED: "Cancelled", Status.TENTATIVE: "To be confirmed"},
}


def summary(record: Published, language: str) -> str:
    """Facts line by line, then the description; in no language but for a word on its state."""
    facts = _of_actor(record) if isinstance(record, Contact) else _of_event(record, language)
    head = "\n".join(filter(None, facts))
    return "\n\n".join(filter(None, (head, record.description.text)))


def _of_actor(actor: Contact) -> tuple[str, ...]:
    town = " ".join(filter(None, (actor.postcode, actor.town)))
    place = ", ".join(filter(None, (actor.street, town, actor.country)))
    return (place, *actor.phones, *actor.emails, *actor.sites, *actor.social)


def _of_event(event: Event, language: str) -> tuple[str, ...]:
    state = _STATUS["fr" if language == "fr" else "en"].get(event.status, "")
    return (state, _span(event.start, event.end), event.place, event.organizer, event.link)


def _span(start: When, end: When) -> str:
    first, last = _moment(start), _moment(end)
    if first == last:
        return first
    return f"{first} – {last[11:] if first[:10] == last[:10] else last}"


def _moment(value: When) -> str:
    """Local time without seconds and offset."""
    return when(value)[:16].replace("T", " ")
