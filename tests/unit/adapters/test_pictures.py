"""Logos made fit for a card."""

from __future__ import annotations

import io

import pytest
import responses
from PIL import Image, PngImagePlugin

from oscartes_sync.adapters.pictures import LONGEST_SIDE, MOST_BYTES, PictureFetcher, fit
from oscartes_sync.errors import Refused

BASE = "https://wiki.example"
URL = f"{BASE}/files/logo.png"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 450), **options: object) -> bytes:
    made = io.BytesIO()
    mode = "RGBA" if options.pop("clear", False) else "RGB"
    Image.new(mode, size, "teal").save(made, kind, **options)
    return made.getvalue()


def noise(size: int = 1200) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((size, size), 100).convert("RGB").save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_picture_is_bounded_and_the_same_bytes_give_the_same_photo(kind: str) -> None:
    photo = fit(picture(kind))
    assert photo is not None
    assert photo == fit(picture(kind))
    with Image.open(io.BytesIO(photo.content)) as small:
        assert max(small.size) == LONGEST_SIDE
        assert small.format == photo.kind
    assert len(photo.content) <= MOST_BYTES


def test_what_a_photograph_weighs_is_brought_down() -> None:
    photo = fit(noise())
    assert photo is not None
    assert photo.kind == "JPEG"
    assert len(photo.content) <= MOST_BYTES


def test_a_clear_ground_stays_clear() -> None:
    photo = fit(picture(clear=True))
    assert photo is not None
    assert photo.kind == "PNG"


def test_what_a_camera_or_a_person_wrote_into_it_does_not_go_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "chez Claire"
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "chez Claire")
    for content in (
        picture("JPEG", comment=b"chez Claire", exif=exif),
        picture("GIF", comment=b"chez Claire"),
        picture("PNG", pnginfo=texts, exif=exif),
    ):
        assert b"chez Claire" in content
        photo = fit(content)
        assert photo is not None
        assert b"chez Claire" not in photo.content


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", picture()[:200]])
def test_what_is_no_picture_gives_none(content: bytes) -> None:
    assert fit(content) is None


@responses.activate
def test_it_is_fetched_from_the_wiki_alone_and_without_following_anybody() -> None:
    responses.get(URL, body=picture())
    responses.get(f"{BASE}/files/moved.png", status=302, headers={"Location": "https://x.example"})
    responses.get(f"{BASE}/files/gone.png", status=404)
    fetch = PictureFetcher(BASE, user_agent="oscartes")
    assert fetch(URL).kind == "PNG"
    assert responses.calls[0].request.headers["User-Agent"] == "oscartes"
    for url in (
        f"{BASE}/files/moved.png",
        f"{BASE}/files/gone.png",
        "https://elsewhere.example/logo.png",
    ):
        with pytest.raises(Refused, match="logo-unusable"):
            fetch(url)
    assert len(responses.calls) == 3


@responses.activate
def test_a_site_that_fails_is_told() -> None:
    responses.get(URL, status=500)
    with pytest.raises(Refused, match="logo-not-fetched"):
        PictureFetcher(BASE)(URL)
    with pytest.raises(Refused, match="logo-not-fetched"):
        PictureFetcher(BASE)(f"{BASE}/files/unknown.png")
    responses.get(f"{BASE}/files/empty.png", body=b"")
    with pytest.raises(Refused, match="logo-not-fetched"):
        PictureFetcher(BASE)(f"{BASE}/files/empty.png")


@responses.activate
def test_what_is_too_long_is_left() -> None:
    responses.get(URL, body=b"x" * (10 * 1024 * 1024 + 1))
    with pytest.raises(Refused, match="logo-unusable"):
        PictureFetcher(BASE)(URL)
