"""Logos of the wiki's entries, fetched as anybody would and made small enough for a card.

Phones load a whole address book at once, so a picture is bounded: 512 pixels a side, 200 kB. What
a camera wrote into it (place, time, owner) does not go along.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import requests
from PIL import Image, ImageOps, UnidentifiedImageError

from oscartes_sync.errors import Refused
from oscartes_sync.mapping.contacts.photos import Photo

LONGEST_SIDE: Final = 512
"""Pixels."""
MOST_BYTES: Final = 200_000
_MOST_FETCHED: Final = 10 * 1024 * 1024
_MOST_PIXELS: Final = 40_000_000
_TIMEOUT: Final = 30
_CHUNK: Final = 64 * 1024
_QUALITIES: Final = (85, 75, 60, 45, 30)
_GONE: Final = frozenset({401, 403, 404, 410})
_READ: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_SPOILT: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
)
"""What Pillow raises for files that are no picture, or a broken one."""


@dataclass(frozen=True, slots=True)
class PictureFetcher:
    """Fetches from one site alone: `base` is its address, without a slash at its end."""

    base: str
    ca: str = ""
    proxy: str = ""
    user_agent: str = ""

    def __call__(self, url: str) -> Photo:
        """The picture at this URL.

        Raises:
            Refused: `logo-not-fetched`: the site did not answer, and may another time;
                `logo-unusable`: there is none that a card could hold.
        """
        ours = url.startswith(f"{self.base}/")
        content = self._fetched(url) if ours else None
        photo = fit(content) if content is not None else None
        if photo is None:
            raise Refused("logo-unusable", url=url)
        return photo

    def _fetched(self, url: str) -> bytes | None:
        try:
            with requests.Session() as session, self._asked(session, url) as answer:
                if answer.status_code in _GONE or answer.is_redirect:
                    return None
                if answer.status_code != 200:
                    raise Refused("logo-not-fetched", url=url, reason=str(answer.status_code))
                content = _bounded(answer)
                if content == b"":
                    # No logo is an empty file: an answer that was cut in its head looks like one.
                    raise Refused("logo-not-fetched", url=url, reason="empty")
                return content
        except requests.RequestException as failure:
            reason = type(failure).__name__
            raise Refused("logo-not-fetched", url=url, reason=reason) from failure

    def _asked(self, session: requests.Session, url: str) -> requests.Response:
        session.trust_env = False
        return session.get(
            url,
            timeout=_TIMEOUT,
            verify=self.ca or True,
            proxies={"https": self.proxy} if self.proxy else {},
            headers={"User-Agent": self.user_agent} if self.user_agent else {},
            allow_redirects=False,
            stream=True,
        )


def _bounded(answer: requests.Response) -> bytes | None:
    """The whole body, None where it is too long."""
    found = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        found += chunk
        if len(found) > _MOST_FETCHED:
            return None
    return bytes(found)


def fit(content: bytes) -> Photo | None:
    """These bytes as a picture for a card, the same for the same bytes; None for no picture."""
    try:
        with Image.open(io.BytesIO(content), formats=_READ) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _encoded(upright, drawn=opened.format in ("PNG", "GIF"))
    except _SPOILT:
        return None


def _encoded(picture: Image.Image, *, drawn: bool) -> Photo | None:
    """A PNG where it is small, since logos have plain colours and clear grounds; else a JPEG."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = picture.convert(mode)
    plain.info = {}  # a comment, which Pillow would copy
    png = _saved(plain, "PNG", optimize=True)
    if len(png) <= MOST_BYTES and (mode == "RGBA" or drawn):
        return Photo(png, "PNG")
    flat = _on_white(plain)
    flat.info = {}
    for quality in _QUALITIES:
        jpeg = _saved(flat, "JPEG", quality=quality, optimize=True)
        if len(jpeg) <= MOST_BYTES:
            return Photo(jpeg, "JPEG")
    return None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()
