"""The photo of a card, and whether it is the logo that we put there.

X-OSCARTES-IMAGE holds the URL from which the photo was made, its parameter X-SHA256 a digest of
the photo's bytes: with another photo in the card, which is then a member's, the two differ.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from oscartes_sync.mapping.contacts.card_lines import Card, CardLine

MARK: Final = "X-OSCARTES-IMAGE"
_DIGEST: Final = "X-SHA256"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture fit for a card: its bytes, bounded by whoever fetched it, and their kind."""

    content: bytes
    kind: Literal["JPEG", "PNG"] = "JPEG"


def image_of(card: Card) -> str:
    """The URL that the card's photo was made from, "" where the photo is not ours."""
    mark = card.first(MARK)
    if mark is None or not _our_photos(card):
        return ""
    return mark.value.strip()


def has_own_photo(card: Card) -> bool:
    """Whether a member put a photo there: it stays, whatever the wiki's logo becomes."""
    return bool(card.each("PHOTO")) and not _our_photos(card)


def put_photo(card: Card, url: str, photo: Photo | None) -> None:
    """Show the logo at `url`, whose bytes are `photo`; "" takes ours away.

    Without bytes, and over a member's photo, nothing is done.
    """
    if not url:
        _remove(card)
    elif photo is not None and not has_own_photo(card):
        _write(card, url, photo)


def _remove(card: Card) -> None:
    for line in (*_our_photos(card), *card.each(MARK)):
        card.remove(line)


def _write(card: Card, url: str, photo: Photo) -> None:
    encoded = base64.b64encode(photo.content).decode("ascii")
    if card.modern:
        head, value = "PHOTO", f"data:image/{photo.kind.lower()};base64,{encoded}"
    else:
        head, value = f"PHOTO;ENCODING=b;TYPE={photo.kind}", encoded
    for line, new_head, new_value in (
        (next(iter(_our_photos(card)), None), head, value),
        (card.first(MARK), f"{MARK};{_DIGEST}={_digest(photo.content)}", url),
    ):
        if line is None:
            card.add(new_head, new_value)
        else:
            line.replace(new_head, new_value)


def _our_photos(card: Card) -> list[CardLine]:
    mark = card.first(MARK)
    known = mark.params.get(_DIGEST, "") if mark else ""
    if not known:
        return []
    return [line for line in card.each("PHOTO") if _digest(_content(line)) == known]


def _content(line: CardLine) -> bytes:
    """The bytes of an embedded photo, in the ways of 3.0 and 4.0; none for a mere URL."""
    value = line.value.replace("\\", "")
    if value[:5].lower() == "data:":
        value = value.partition(",")[2]
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16] if content else ""
