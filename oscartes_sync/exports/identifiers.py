"""Identities as URIs, for the formats that want one which is no address."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Final


def _name_based(space: bytes, name: str) -> bytes:
    """A UUID of version 5 (RFC 9562, 5.5)."""
    octets = bytearray(hashlib.sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    octets[6] = (octets[6] & 0x0F) | 0x50
    octets[8] = (octets[8] & 0x3F) | 0x80
    return bytes(octets)


_DNS: Final = bytes.fromhex("6ba7b8109dad11d180b400c04fd430c8")
_SPACE: Final = _name_based(_DNS, "oscartes")


def urn_of(uid: str) -> str:
    """A UID of ours as `urn:uuid:…`, in a space of our own.

    Neither the wiki's address nor a date is part of it: it is the same wherever the wiki moves.
    """
    figures = _name_based(_SPACE, uid).hex()
    cuts = (0, 8, 12, 16, 20, 32)
    parts = (figures[begin:end] for begin, end in pairwise(cuts))
    return f"urn:uuid:{'-'.join(parts)}"
