"""Other shapes of entries: iCalendar (as wrong as the wiki's), GeoJSON, JSON-LD, RSS.

Read in the server's tools/bazar/controllers/IcalFormatter.php, GeoJSONFormatter.php,
services/SemanticTransformer.php and handlers/RssHandler.php; recordings 140-151 and 336-338.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from oscartes_sync.sandbox.wiki.core import Core, WikiFailure
from oscartes_sync.sandbox.wiki.fields import Entry
from oscartes_sync.sandbox.wiki.forms import Form
from oscartes_sync.sandbox.wiki.php import as_text, is_empty, word_wrap

_LINE = 74
_DAY = re.compile(r"^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")


def geo_place(entry: Entry) -> tuple[str, str] | None:
    """Latitude and longitude, texts, wherever an entry keeps them."""
    place = entry.get("geolocation")
    for source in (place if isinstance(place, dict) else {}, entry):
        if not is_empty(source.get("bf_latitude")) and not is_empty(source.get("bf_longitude")):
            return as_text(source["bf_latitude"]), as_text(source["bf_longitude"])
    old = as_text(entry.get("carte_google") or "").split("|")
    return (old[0], old[1]) if len(old) > 1 and old[0] and old[1] else None


def geojson(entries: list[Entry]) -> dict[str, Any]:
    """A FeatureCollection whose coordinates are texts; {} where nothing has a place."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place[1], place[0]]},
            "id": entry["id_fiche"],
            "title": entry.get("bf_titre"),
            "properties": entry,
        }
        for entry in entries
        if (place := geo_place(entry)) is not None
    ]
    return {"type": "FeatureCollection", "features": features} if features else {}


def semantic(form: Form | None, entry: Entry, core: Core) -> dict[str, Any]:
    """An entry in JSON-LD; WikiFailure where the form has no semantic type."""
    kind = as_text(form.record.get("bn_sem_type", "")) if form else ""
    if form is None or not kind:
        raise WikiFailure(
            "Le type sémantique de ce formulaire n'a pas été défini, "
            "il ne peut donc être affiché en JSON-LD",
            "tools/bazar/services/SemanticTransformer.php:12",
        )
    shown: dict[str, Any] = {
        "@context": form.record.get("bn_sem_context", ""),
        "@type": [part.strip() for part in kind.split(",")] if "," in kind else kind,
        "@id": core.href(str(entry["id_fiche"])),
    }
    for field in form.fields:
        predicates = field.semantic
        value = entry.get(field.property) if field.property else None
        if predicates and not is_empty(value):
            for name in predicates if isinstance(predicates, list) else [predicates]:
                shown[name] = value
    return shown


def container(form: Form, entries: list[Entry], core: Core) -> dict[str, Any]:
    """The JSON-LD of a form's entries."""
    members = [semantic(form, entry, core) for entry in entries]
    for member in members:
        del member["@context"]
    return {
        "@context": form.record.get("bn_sem_context", ""),
        "@id": f"{core.base_url}/?api/fiche/{form.id}",
        "@type": ["ldp:Container", "ldp:BasicContainer"],
        "dcterms:title": form.label,
        "ldp:contains": members,
    }


def ical(entries: list[Entry], form_id: str, core: Core) -> bytes:
    """UTC instants, no all-day, nothing escaped; b"" without events; WikiFailure on a bad date."""
    events = b"".join(_event(entry, core) for entry in entries)
    if not events:
        return b""
    route = f"api/forms/{form_id}/entries/ical" if form_id else "api/entries/ical"
    product = _fold(f"PRODID:-//{core.base_url}/?//YesWiki doryphore stand-in//EN\r\n")
    source = _fold(f"SOURCE:{core.base_url}/?{route}\r\n")
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + product + source
    return head + events + b"END:VCALENDAR\r\n"


def _event(entry: Entry, core: Core) -> bytes:
    start_text, end_text = (entry.get(f"bf_date_{side}_evenement") for side in ("debut", "fin"))
    if is_empty(start_text) or is_empty(end_text):
        return b""
    start, end = _span(entry, core)
    url = as_text(entry["url"])
    lines = [
        b"BEGIN:VEVENT\r\n",
        *(_cut(f"{name}:{url}") for name in ("UID", "URL")),
        _instant("DTSTAMP", core.clock.now()),
        _instant("DTSTART", start),
        _instant("DTEND", end),
        _instant("CREATED", core.clock.parse(as_text(entry["date_creation_fiche"]))),
        _instant("DATE-MOD", core.clock.parse(as_text(entry["date_maj_fiche"]))),
        *(_fold(f"{name}:{as_text(entry.get('bf_titre'))}\r\n") for name in ("SUMMARY", "NAME")),
        *_event_texts(entry, url),
    ]
    if not is_empty(entry.get("imagebf_image")):
        image = f"{core.base_url}/files/{entry['imagebf_image']}"
        lines += [_cut(f"IMAGE;VALUE=URI;DISPLAY=BADGE:{image}"), _cut(f"ATTACH:{image}")]
    return b"".join([*lines, b"END:VEVENT\r\n"])


def _event_texts(entry: Entry, url: str) -> list[bytes]:
    text = escape(as_text(entry.get("bf_description") or ""), quote=False)
    described = f"{text}\r\nSource: {url}" if text else f"Source: {url}"
    flat = described.replace("\r", " ").replace("\n", "\\n")
    lines = [_fold(f"DESCRIPTION:{flat}\r\n")]
    parts = [entry.get(key) for key in ("bf_adresse", "bf_code_postal", "bf_ville")]
    place = " ".join(as_text(part) for part in parts if not is_empty(part))
    if place:
        lines.append(_fold(f"LOCATION:{place}\r\n"))
    geo = geo_place(entry)
    if geo is not None:
        lines.append(_fold(f"GEO:{geo[0]};{geo[1]}\r\n"))
    return lines


def _span(entry: Entry, core: Core) -> tuple[datetime, datetime]:
    try:
        start = core.clock.parse_corrected(as_text(entry["bf_date_debut_evenement"]))
        end = core.clock.parse_corrected(as_text(entry["bf_date_fin_evenement"]))
    except ValueError as error:
        raise WikiFailure(str(error), "includes/services/DateService.php:18") from error
    if _DAY.match(as_text(entry["bf_date_fin_evenement"])):
        end += timedelta(days=1)
    return start, end if end >= start else start + timedelta(hours=1)


def _instant(name: str, moment: datetime) -> bytes:
    return f"{name}:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n".encode()


def _fold(line: str) -> bytes:
    """Fold as the wiki does: in bytes, losing a space where two breaks meet."""
    folded = word_wrap(line.encode(), _LINE, b" \r\n ", cut=False)
    folded = word_wrap(folded, _LINE, b"\r\n ", cut=True)
    folded = re.sub(rb"\r ?\r\n \n|\r\n \r\n ", b"\r\n ", folded)
    return re.sub(rb"\r\n (?:\r\n)?$", b"\r\n", folded)


def _cut(line: str) -> bytes:
    parts = [line[at : at + _LINE] for at in range(0, len(line), _LINE)]
    return ("\r\n ".join(parts) + "\r\n").encode()


def rss(entries: list[Entry], address: str, core: Core) -> str:
    """The feed of the last entries created; texts are decoded once too often, as on the wiki."""
    shown = "".join(_rss_entry(entry, core) for entry in entries)
    now = format_datetime(core.clock.now())
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">\r\n<channel>\r\n'
        "<title>Dernières actualités</title>\r\n"
        f"<link>{core.base_url}/?</link>\r\n"
        f"<description>{escape(core.settings.wiki_name)}</description>\r\n"
        "<language>fr-FR</language>\r\n"
        f"<lastBuildDate>{now}</lastBuildDate>\r\n<ttl>60</ttl>\r\n"
        f'<atom:link href="{escape(address)}" rel="self" type="application/rss+xml" />\r\n'
        f"{shown}</channel>\r\n</rss>"
    )


def _rss_entry(entry: Entry, core: Core) -> str:
    url = as_text(entry["url"])
    try:
        moment = core.clock.parse(as_text(entry.get("date_creation_fiche")))
    except ValueError:
        moment = core.clock.now()
    return (
        f"<item>\r\n<title>{escape(as_text(entry.get('bf_titre')), quote=False)}</title>\r\n"
        f"<link><![CDATA[{url}]]></link>\r\n<guid><![CDATA[{url}]]></guid>\r\n"
        f"<dc:creator>{escape(as_text(entry.get('owner')))}</dc:creator>\r\n"
        f"<description><![CDATA[{as_text(entry.get('bf_description') or '')}]]></description>\r\n"
        f"<pubDate>{format_datetime(moment)}</pubDate>\r\n</item>\r\n"
    )
