"""Pictures without what a camera or a program wrote into them besides the picture.

Where it was taken, with what, by whom: in a wiki everybody could read it. The picture itself is
copied byte by byte; how it is to be turned, and its colours, stay. Sources: ITU-T T.81 annex B
(JPEG), W3C PNG third edition, section 11, RFC 9649 (WebP), CIPA DC-008 (Exif).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import BinaryIO, Final

from oscartes_sync.adapters.spool import spooled
from oscartes_sync.errors import Invalid
from oscartes_sync.records.body import Body

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_TOLD: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_JPEG: Final = b"\xff\xd8\xff"
_JPEG_TOLD: Final = frozenset({*range(0xE3, 0xEE), 0xE1, 0xEF, 0xFE})
"""Segments of programs and comments; APP0, APP2 (colours) and APP14 are how it is to be shown."""
_EXIF: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112
_OPAQUE: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""TIFF keeps what is told and how to read the picture in one table."""
_BOXED: Final = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis")

Bytes = mmap.mmap
_Piece = bytes | tuple[int, int]
"""Bytes to write, or where they stand in the picture."""


@contextmanager
def bared(fetched: AbstractContextManager[Body], name: str) -> Iterator[Body]:
    """The same file, without what was written into it where it is a picture.

    Raises:
        Invalid: `picture-not-bared`: it is a picture that nothing can be taken out of.
    """
    with fetched as body:
        strip = _strip_for(body)
        if strip is None:
            yield body
            return

        def fill(target: BinaryIO) -> datetime:
            with (
                body.open() as source,
                mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as raw,
            ):
                try:
                    for piece in strip(raw):
                        target.write(piece if isinstance(piece, bytes) else raw[slice(*piece)])
                except (ValueError, IndexError, struct.error) as broken:
                    raise Invalid("picture-not-bared", file=name) from broken
            return body.modified

        with spooled(fill) as bare:
            yield bare


def _strip_for(body: Body) -> Callable[[Bytes], Iterator[_Piece]] | None:
    with body.open() as source:
        head = source.read(16)
    if head.startswith(_JPEG):
        return _jpeg
    if head.startswith(_PNG):
        return _png
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp
    if head.startswith(_OPAQUE) or (head[4:8] == b"ftyp" and head[8:12] in _BOXED):
        return _opaque
    return None


def _opaque(_raw: Bytes) -> Iterator[_Piece]:
    raise ValueError("a picture of another kind")


def _png(raw: Bytes) -> Iterator[_Piece]:
    """Chunks: length, name, content, checksum; what follows the last one is no part of it."""
    yield (0, len(_PNG))
    place, name = len(_PNG), b""
    while name != b"IEND":
        length, name = struct.unpack(">I4s", raw[place : place + 8])
        end = place + 12 + length
        if end > len(raw):
            raise ValueError("cut")
        if name == b"eXIf":
            turned = _exif_of(_orientation(raw[place + 8 : end - 4]))
            yield _chunk(turned) if turned else b""
        elif name not in _PNG_TOLD:
            yield (place, end)
        place = end


def _chunk(exif: bytes) -> bytes:
    from zlib import crc32  # noqa: PLC0415 - of few pictures alone

    told = b"eXIf" + exif
    return struct.pack(">I", len(exif)) + told + struct.pack(">I", crc32(told))


def _webp(raw: Bytes) -> Iterator[_Piece]:
    """Chunks of even length in one RIFF; the flags of VP8X say which of them are there."""
    chunks: list[_Piece] = []
    place, end = 12, min(len(raw), 8 + int(struct.unpack("<I", raw[4:8])[0]))
    while place + 8 <= end:
        name, length = struct.unpack("<4sI", raw[place : place + 8])
        after = place + 8 + length + length % 2
        if after > end + 1:
            raise ValueError("cut")
        if name == b"VP8X":
            flags = raw[place + 8] & ~0b1100
            chunks.append(raw[place : place + 8] + bytes([flags]) + raw[place + 9 : after])
        elif name not in (b"EXIF", b"XMP "):
            chunks.append((place, min(after, end)))
        place = after
    size = sum(len(each) if isinstance(each, bytes) else each[1] - each[0] for each in chunks)
    yield b"RIFF" + struct.pack("<I", size + 4) + b"WEBP"
    yield from chunks


def _jpeg(raw: Bytes) -> Iterator[_Piece]:
    """Segments up to the end of the picture; thumbnails and films behind it are left behind."""
    yield (0, 2)
    place, turned = 2, 1
    pieces: list[_Piece] = []
    while True:
        while raw[place] == 0xFF and raw[place + 1] == 0xFF:
            place += 1
        if raw[place] != 0xFF:
            raise ValueError("no marker")
        kind = raw[place + 1]
        if kind == 0xD9:
            pieces.append((place, place + 2))
            break
        end = place + 2 + int(struct.unpack(">H", raw[place + 2 : place + 4])[0])
        if end > len(raw):
            raise ValueError("cut")
        if kind == 0xE1 and raw[place + 4 : place + 10] == _EXIF:
            turned = _orientation(raw[place + 10 : end])
        elif kind == 0xE2 and raw[place + 4 : place + 16] != b"ICC_PROFILE\x00":
            pass
        elif kind not in _JPEG_TOLD:
            stop = _scanned(raw, end) if kind == 0xDA else end
            pieces.append((place, stop))
            end = stop
        place = end
    exif = _exif_of(turned)
    if exif:
        yield b"\xff\xe1" + struct.pack(">H", len(_EXIF + exif) + 2) + _EXIF + exif
    yield from pieces


def _scanned(raw: Bytes, place: int) -> int:
    """Where the coded picture of one scan ends: at a marker that is no stuffing and no restart."""
    while True:
        place = raw.find(b"\xff", place)
        if place < 0 or place + 1 >= len(raw):
            raise ValueError("cut")
        if raw[place + 1] != 0 and not 0xD0 <= raw[place + 1] <= 0xD7 and raw[place + 1] != 0xFF:
            return place
        place += 1 if raw[place + 1] == 0xFF else 2


def _orientation(exif: bytes) -> int:
    """How a picture is to be turned, 1 for not at all; what cannot be read says nothing."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack(f"{order}I", exif[4:8])
        (count,) = struct.unpack(f"{order}H", exif[first : first + 2])
        for number in range(count):
            place = first + 2 + 12 * number
            tag, _kind, _length, value = struct.unpack(f"{order}HHIH", exif[place : place + 10])
            if tag == _ORIENTATION and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _exif_of(orientation: int) -> bytes:
    """An Exif table that says this alone, nothing for a picture that is not to be turned."""
    if orientation == 1:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    return b"MM\x00*" + struct.pack(">I", 8) + struct.pack(">H", 1) + entry + struct.pack(">I", 0)
