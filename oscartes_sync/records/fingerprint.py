"""Records as JSON and back, field by field, for the state, saved plans and comparisons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from oscartes_sync.records.contact import CONTACT_FIELDS, Contact, ContactKind
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.event import (
    FIELDS,
    Attachment,
    Event,
    Override,
    Position,
    RichText,
    Series,
    Status,
    Visibility,
    When,
)
from oscartes_sync.records.record import Record, fields_of

Json = Any
"""What `json.dumps` takes."""


def when_to_json(when: When) -> str:
    """ISO 8601: a day, or an instant with its offset."""
    return when.isoformat()


def when_from_json(raw: str) -> When:
    """Back from `when_to_json`."""
    return datetime.fromisoformat(raw) if "T" in raw else date.fromisoformat(raw)


def _rich_to_json(text: RichText) -> Json:
    return {"text": text.text, "html": text.html}


def _rich_from_json(raw: Json) -> RichText:
    return RichText(raw["text"], raw["html"])


def _override_to_json(override: Override) -> Json:
    return {
        "at": when_to_json(override.at),
        "start": when_to_json(override.start),
        "end": when_to_json(override.end),
        "title": override.title,
        "description": _rich_to_json(override.description),
        "place": override.place,
        "status": override.status.value,
    }


def _override_from_json(raw: Json) -> Override:
    return Override(
        at=when_from_json(raw["at"]),
        start=when_from_json(raw["start"]),
        end=when_from_json(raw["end"]),
        title=raw["title"],
        description=_rich_from_json(raw["description"]),
        place=raw["place"],
        status=Status(raw["status"]),
    )


def _series_to_json(series: Series) -> Json:
    return {
        "rule": series.rule,
        "extra": [when_to_json(when) for when in series.extra],
        "excluded": [when_to_json(when) for when in series.excluded],
        "overrides": [_override_to_json(override) for override in series.overrides],
        "zone": series.zone,
    }


def _series_from_json(raw: Json) -> Series:
    return Series(
        rule=raw["rule"],
        extra=tuple(map(when_from_json, raw["extra"])),
        excluded=tuple(map(when_from_json, raw["excluded"])),
        overrides=tuple(map(_override_from_json, raw["overrides"])),
        zone=raw["zone"],
    )


def value_to_json(value: object) -> Json:
    """One field's value as JSON."""
    match value:
        case datetime() | date():
            return when_to_json(value)
        case RichText():
            return _rich_to_json(value)
        case Position():
            return [value.latitude, value.longitude]
        case Series():
            return _series_to_json(value)
        case Attachment():
            return [value.url, value.field]
        case tuple():
            return [value_to_json(each) for each in value]
        case Status() | Visibility() | ContactKind():
            return value.value
    return value


_READERS: dict[str, Callable[[Json], Any]] = {
    "start": when_from_json,
    "date": when_from_json,
    "end": when_from_json,
    "description": _rich_from_json,
    "position": lambda raw: Position(raw[0], raw[1]),
    "categories": tuple,
    "files": lambda raw: tuple(Attachment(url, field) for url, field in raw),
    "status": Status,
    "visibility": Visibility,
    "series": _series_from_json,
    "properties": lambda raw: tuple((field, name) for field, name in raw),
    "kind": ContactKind,
    **dict.fromkeys(("phones", "emails", "sites", "social", "related"), tuple),
}


def value_from_json(field: str, raw: Json) -> Any:
    """Back from `value_to_json`, for the field of that name."""
    if raw is None or field not in _READERS:
        return raw
    return _READERS[field](raw)


_BESIDES = {
    Event: ("page", "properties", "said", "frail"),
    Contact: ("page", "properties"),
    Document: ("name", "link", "page", "properties", "named", "leading"),
}
_KIND = "record"
"""Names the kind of a record; an event goes without, as those do that older versions stored."""


_NAMES: Mapping[type, str] = {Contact: "contact", Document: "document"}


def record_to_json(record: Record) -> dict[str, Json]:
    """All fields of a record, and where the wiki keeps it."""
    stored = (*fields_of(record), *_BESIDES[type(record)])
    fields = {name: value_to_json(getattr(record, name)) for name in stored}
    return fields if isinstance(record, Event) else {_KIND: _NAMES[type(record)], **fields}


def record_from_json(raw: Mapping[str, Json]) -> Record:
    """Back from `record_to_json`; fields that a newer version added take their defaults."""
    match raw.get(_KIND):
        case "contact":
            return Contact(**_stored(raw, (*CONTACT_FIELDS, *_BESIDES[Contact])))
        case "document":
            return Document(**_stored(raw, (*DOCUMENT_FIELDS, *_BESIDES[Document])))
    return Event(**_stored(raw, (*FIELDS, *_BESIDES[Event])))


def _stored(raw: Mapping[str, Json], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value_from_json(name, raw[name]) for name in names if name in raw}


def digest(value: Json, length: int = 16) -> str:
    """A stable digest of something JSON-able: hex digits, whatever the order of keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
