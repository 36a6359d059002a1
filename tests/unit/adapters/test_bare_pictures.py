"""Pictures without what a camera or a program wrote into them besides the picture."""

from __future__ import annotations

import io
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from oscartes_sync.adapters.bare_pictures import bared
from oscartes_sync.adapters.spool import body_of
from oscartes_sync.errors import Invalid
from oscartes_sync.records.body import Body

WHEN = datetime(2026, 11, 1, 10, tzinfo=UTC)
SECRET = b"chez Camille"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FILM = b"\x00\x00\x00\x18ftypmp42" + SECRET


@contextmanager
def fetched(content: bytes) -> Iterator[Body]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield body_of(Path(file.name), WHEN)


def bare(content: bytes) -> bytes:
    with bared(fetched(content), "Jardin.jpg") as body, body.open() as source:
        found = source.read()
        assert (body.size, body.modified) == (len(found), WHEN)
        return found


def exif(orientation: int = 6) -> Image.Exif:
    made = Image.Exif()
    made[0x0112], made[0x013B] = orientation, SECRET.decode()
    made.get_ifd(0x8825)[2] = (48.0, 42.0, 0.0)
    return made


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    made = io.BytesIO()
    picture = Image.radial_gradient("L").resize((67, 43)).convert(mode)
    picture.save(made, kind, **options)
    return made.getvalue()


def xmp(content: bytes) -> bytes:
    """With a packet of XMP, a table of further pictures, and a program's own segment."""
    packets = (
        (0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + SECRET),
        (0xE2, b"FPXR\x00" + SECRET),
        (0xED, b"Photoshop 3.0\x00" + SECRET),
        (0xE5, SECRET),
    )
    told = b"".join(
        bytes([0xFF, kind]) + struct.pack(">H", len(text) + 2) + text for kind, text in packets
    )
    return content[:2] + told + content[2:]


def chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def pngs_told(content: bytes) -> bytes:
    """With texts of every kind, a date and a program's own chunk, before the picture and after."""
    texts = chunk(b"iTXt", b"Comment\x00\x00\x00\x00\x00" + SECRET) + chunk(
        b"tIME", b"\x07\xea\x0b\x01\x0a\x00\x00"
    )
    texts += chunk(b"caBX", SECRET)
    return content[:33] + texts + content[33:-12] + texts + content[-12:]


def text_of_png() -> PngImagePlugin.PngInfo:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET.decode())
    told.add_text("Author", SECRET.decode(), zip=True)
    told.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return told


@cache
def pictures() -> dict[str, bytes]:
    plain = {"exif": exif(), "icc_profile": PROFILE}
    commented = {**plain, "comment": SECRET}
    return {
        "baseline": saved("JPEG", **commented),
        "progressive": saved("JPEG", progressive=True, **commented),
        "restarting": saved("JPEG", restart_marker_blocks=1, **commented),
        "progressive, restarting": saved(
            "JPEG", progressive=True, restart_marker_rows=1, **commented
        ),
        "grey": saved("JPEG", "L", exif=exif(), comment=SECRET),
        "four inks": saved("JPEG", "CMYK", exif=exif(), comment=SECRET),
        "with packets": xmp(saved("JPEG", **commented)),
        "with a film": saved("JPEG", **commented) + FILM,
        "with another picture": saved("JPEG", **commented) + saved("JPEG", **commented),
        "PNG": pngs_told(saved("PNG", pnginfo=text_of_png(), **plain)),
        "PNG with a palette": pngs_told(saved("PNG", "P", exif=exif(), pnginfo=text_of_png())),
        "PNG and more": pngs_told(saved("PNG", "RGBA", **plain)) + SECRET,
        "WebP": saved("WEBP", xmp=SECRET, **plain),
        "WebP without loss": saved("WEBP", "RGBA", lossless=True, xmp=SECRET, **plain),
        "WebP and more": saved("WEBP", xmp=SECRET, **plain) + SECRET,
    }


NAMES = sorted(pictures())


def shown(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return picture.copy()


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_stays_to_the_last_pixel_and_what_was_told_does_not(name: str) -> None:
    before = pictures()[name]
    assert SECRET in before
    after = bare(before)
    assert SECRET not in after
    one, other = shown(before), shown(after)
    assert (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())
    assert other.info.get("icc_profile") == one.info.get("icc_profile")
    told = other.getexif()
    assert (dict(told), dict(told.get_ifd(0x8825))) == ({0x0112: 6}, {})
    assert not other.info.keys() & {"comment", "Comment", "Author", "xmp", "XML:com.adobe.xmp"}


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_picture_stays_as_it_is(name: str) -> None:
    once = bare(pictures()[name])
    assert bare(once) == once


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_how_it_is_to_be_turned_stays(kind: str, orientation: int) -> None:
    after = bare(saved(kind, exif=exif(orientation)))
    assert shown(after).getexif().get(0x0112, 1) == orientation


@pytest.mark.parametrize("order", ["<", ">"])
def test_tables_of_both_orders_are_read(order: str) -> None:
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    table = mark + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, 8, 0, 0)
    turned = b"Exif\x00\x00" + table
    assert shown(bare(saved("JPEG", exif=turned))).getexif()[0x0112] == 8


@pytest.mark.parametrize(
    "table",
    [b"", b"II", b"XX*\x00", b"II*\x00\xff\xff\xff\xff", b"MM\x00*\x00\x00\x00\x08\xff\xff",
     b"II*\x00" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 99, 0, 0)],
)  # fmt: skip
def test_a_table_that_says_nothing_turns_nothing(table: bytes) -> None:
    plain = saved("JPEG")
    told = b"Exif\x00\x00" + table
    segment = b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told
    assert bare(plain[:2] + segment + plain[2:]) == plain


def test_fill_bytes_before_a_marker_are_no_marker() -> None:
    plain = saved("JPEG", comment=SECRET)
    assert bare(plain[:2] + b"\xff\xff" + plain[2:]) == bare(plain)


def test_a_program_s_own_chunk_of_a_webp_does_not_go_along() -> None:
    plain = saved("WEBP")
    own = b"CRTR" + struct.pack("<I", len(SECRET)) + SECRET
    size = struct.pack("<I", len(plain) - 8 + len(own))
    assert bare(plain[:4] + size + plain[8:] + own) == plain


def test_a_table_between_two_scans_is_no_end() -> None:
    assert pictures()["progressive"].count(b"\xff\xda") > 1


def test_what_an_animation_shows_stays() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    made = io.BytesIO()
    frames[0].save(
        made, "WEBP", save_all=True, append_images=frames[1:], exif=exif(), xmp=SECRET, duration=80
    )
    after = bare(made.getvalue())
    assert SECRET not in after
    with Image.open(io.BytesIO(after)) as moving:
        assert getattr(moving, "n_frames", 1) == 3


@pytest.mark.parametrize("name", ["baseline", "progressive", "restarting", "PNG", "WebP"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_picture_that_was_cut_is_refused(name: str, share: float) -> None:
    whole = pictures()[name]
    with pytest.raises(Invalid) as refused:
        bare(whole[: max(16, int(len(whole) * share))])
    assert refused.value.code == "picture-not-bared"


BROKEN: dict[str, Callable[[], bytes]] = {
    "a JPEG of nothing": lambda: b"\xff\xd8\xff",
    "no marker": lambda: b"\xff\xd8\xff\xe0\x00\x04abXX" + b"\x00" * 20,
    "a segment without a length": lambda: b"\xff\xd8\xff\xe1",
    "a PNG of nothing": lambda: b"\x89PNG\r\n\x1a\n",
    "a PNG that never ends": lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00" * 13),
    "a chunk that is too long": lambda: b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR" + b"x" * 20,
    "a WebP cut within a chunk": lambda: b"RIFF\xff\x00\x00\x00WEBPVP8 \xff\xff\x00\x00abc",
    "a TIFF": lambda: saved("TIFF"),
    "a HEIC": lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 30,
    "an AVIF": lambda: b"\x00\x00\x00\x18ftypavif" + b"\x00" * 30,
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_nothing_can_be_taken_out_of_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        bare(BROKEN[name]())
    assert refused.value.code == "picture-not-bared"
    assert dict(refused.value.params) == {"file": "Jardin.jpg"}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 le guide", b"PK\x03\x04", b"RIFF....WAVEfmt"])
def test_what_is_no_picture_goes_as_it_is(content: bytes) -> None:
    assert bare(content) == content


@given(name=st.sampled_from(NAMES), place=st.floats(0, 1))
def test_a_cut_anywhere_is_refused_or_leaves_nothing_told(name: str, place: float) -> None:
    whole = pictures()[name]
    with suppress(Invalid):
        after = bare(whole[: int(len(whole) * place)])
        # Too short to be known for a picture, or cut behind its end.
        assert SECRET not in after


@given(name=st.sampled_from(NAMES), place=st.floats(0, 0.999), value=st.integers(0, 255))
def test_a_byte_that_was_altered_raises_nothing_else(name: str, place: float, value: int) -> None:
    raw = bytearray(pictures()[name])
    raw[int(len(raw) * place)] = value
    with suppress(Invalid):
        bare(bytes(raw))


@given(head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"]),
       rest=st.binary(max_size=200))  # fmt: skip
def test_anything_that_begins_like_a_picture_raises_nothing_else(head: bytes, rest: bytes) -> None:
    with suppress(Invalid):
        bare(head + rest)
