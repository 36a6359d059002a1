"""Sets of small numbers as the bits of one integer: to meet, join and count takes no time."""

from __future__ import annotations

from collections.abc import Iterable


def mask_of(numbers: Iterable[int]) -> int:
    """The set of these numbers."""
    octets = bytearray()
    for number in numbers:
        place = number >> 3
        if place >= len(octets):
            octets.extend(bytes(place + 1 - len(octets)))
        octets[place] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")


def numbers_of(mask: int) -> list[int]:
    """The members of a set, in ascending order."""
    return [number for number, digit in enumerate(reversed(f"{mask:b}")) if digit == "1"]
