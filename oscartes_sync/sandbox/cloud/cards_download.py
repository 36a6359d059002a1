"""Cards as downloads: GET in the version asked for, photos, a whole book (081, 082, 086)."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from oscartes_sync.sandbox.cloud.cards_conversion import PICTURES, converted
from oscartes_sync.sandbox.cloud.cards_jcard import JCARD
from oscartes_sync.sandbox.cloud.cards_seeing import SeenBook
from oscartes_sync.sandbox.cloud.cards_store import AddressBook, StoredCard
from oscartes_sync.sandbox.cloud.cards_text import read_card
from oscartes_sync.sandbox.cloud.conditions import check_conditions
from oscartes_sync.sandbox.cloud.icalendar_text import Unreadable
from oscartes_sync.sandbox.cloud.messages import Refusal, Reply, Request, not_found

KINDS = {
    "3.0": "text/vcard; charset=utf-8",
    "4.0": "text/vcard; version=4.0; charset=utf-8",
    JCARD: f"{JCARD}; charset=utf-8",
}


def serve_card(request: Request, seen: SeenBook, name: str) -> Reply:
    """GET and HEAD. HEAD is 500: the server converts a body it has not got (081)."""
    there = seen.book.cards.get(name)
    unchanged = check_conditions(request, there.etag if there else None)
    if unchanged:
        return unchanged
    stored = seen.card(name)
    if request.query.split("&")[0] == "photo":
        return _photo(stored)
    headers = [
        ("Last-Modified", format_datetime(stored.modified, usegmt=True)),
        ("ETag", stored.etag),
        ("OC-ETag", stored.etag),
        ("Content-Disposition", disposition(name)),
        ("X-Accel-Buffering", "no"),
    ]
    if request.method == "HEAD":
        message = "End of document reached prematurely"
        raise Refusal(500, "Sabre\\VObject\\EofException", message, headers=headers)
    target = asked_version(request.headers.get("accept", ""))
    try:
        return Reply(200, converted(stored.body, target), KINDS[target], headers)
    except Unreadable:
        return Reply(200, stored.body, KINDS["3.0"], headers)


def asked_version(accept: str) -> str:
    """What an Accept header asks for: 3.0 unless it names something else first."""
    for part in accept.split(","):
        bare = part.replace(" ", "").lower()
        if bare.startswith(JCARD):
            return JCARD
        if bare.startswith("text/vcard;version=4.0"):
            return "4.0"
        if bare.startswith(("text/vcard", "text/x-vcard", "*/*")):
            return "3.0"
    return "3.0"


def disposition(name: str) -> str:
    """Content-Disposition as cards and files have it: both names escaped (083, 100)."""
    escaped = quote(name, safe="")
    return f"attachment; filename*=UTF-8''{escaped}; filename=\"{escaped}\""


def export(book: AddressBook, moment: datetime) -> Reply:
    """``?export``: every card as stored, one after the other."""
    bodies = [book.cards[name].body for name in sorted(book.cards)]
    name = f"{book.uri}-{moment:%Y-%m-%d}.vcf"
    headers = [("Content-Disposition", f'attachment; filename="{name}"')]
    return Reply(200, b"".join(bodies), "text/directory;charset=UTF-8", headers)


def _photo(stored: StoredCard) -> Reply:
    _, card = read_card(stored.body)
    photo = card.first("PHOTO")
    kind, picture = (
        _picture(photo.raw, photo.parameters.get("TYPE", [""])[0]) if photo else ("", b"")
    )
    if not picture:
        raise not_found("Photo not found")
    extension = kind.partition("/")[2].replace("jpeg", "jpg")
    headers = [
        ("Etag", stored.etag),
        ("OC-ETag", stored.etag),
        ("Content-Disposition", f"attachment; filename={stored.name}.{extension}"),
        ("X-Accel-Buffering", "no"),
    ]
    return Reply(200, picture, kind, headers)


def _picture(raw: str, said: str) -> tuple[str, bytes]:
    kind, encoded = PICTURES.get(said.upper(), ""), raw
    if raw.startswith("data:"):
        head, _, encoded = raw[5:].replace("\\,", ",").partition(",")
        kind = head.partition(";")[0]
    try:
        return (
            (kind, base64.b64decode("".join(encoded.split()), validate=True)) if kind else ("", b"")
        )
    except (binascii.Error, ValueError):
        return "", b""
