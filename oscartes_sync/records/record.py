"""What the engine carries across: a record, of whatever kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.event import FIELDS, Event, Series

Record = Event | Contact | Document
"""All kinds have a `title`, a `position`, a `page`, and `properties`."""

_FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    Event: FIELDS,
    Contact: CONTACT_FIELDS,
    Document: DOCUMENT_FIELDS,
}


def fields_of(record: Record) -> tuple[str, ...]:
    """All fields of this kind that are compared and mirrored, in the order they are shown."""
    return _FIELDS[type(record)]


def series_of(record: Record | None) -> Series | None:
    """The series that it is, None for a single event and for what is none."""
    return record.series if isinstance(record, Event) else None


def an_event(record: Record) -> Event:
    """The record, which is an event, since its binding is one of events."""
    if not isinstance(record, Event):
        raise TypeError(type(record).__name__)
    return record


def a_contact(record: Record) -> Contact:
    """The record, which is a contact, since its binding is one of contacts."""
    if not isinstance(record, Contact):
        raise TypeError(type(record).__name__)
    return record


def a_document(record: Record) -> Document:
    """The record, which is a document, since its binding is one of documents."""
    if not isinstance(record, Document):
        raise TypeError(type(record).__name__)
    return record
