"""Places: distances on the globe, boxes, and the middle of several positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, fsum, isfinite, pi, radians, sin, sqrt
from typing import Final, NamedTuple

from bazar_forms.directory.bits import mask_of
from bazar_forms.value import Position

EARTH_RADIUS: Final = 6371.0088
"""Kilometres; the mean radius of WGS 84 (IUGG)."""

_HAIR: Final = 1e-9
"""Radians, a few millimetres: more than the last digit of a sum may be wrong."""


class Box(NamedTuple):
    """A rectangle on the map, in degrees; where `west` is above `east` it crosses 180°.

    Longitudes may lie beyond ±180, as maps that were turned around give them.
    """

    south: float
    west: float
    north: float
    east: float

    def holds(self, position: Position) -> bool:
        """Whether a position lies in it, the edges included."""
        if not self.south <= position.latitude <= self.north:
            return False
        return (position.longitude - self.west) % 360 <= self._width

    @property
    def _width(self) -> float:
        wide = self.east - self.west
        return wide if 0 <= wide < 360 else (360.0 if wide >= 360 else wide % 360)


def position_of(place: Position | tuple[float, float]) -> Position:
    """A position that is one.

    Raises ValueError where it is not on the earth.
    """
    latitude, longitude = (
        (place.latitude, place.longitude) if isinstance(place, Position) else place
    )
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("This position is not on the earth.")
    return Position(float(latitude), float(longitude))


def box_of(box: Sequence[float]) -> Box:
    """A box that is one.

    Raises ValueError where its edges are not four numbers, or south lies above north.
    """
    if len(box) != 4 or not all(map(isfinite, box)):
        raise ValueError("A box is south, west, north and east, in degrees.")
    found = Box(*map(float, box))
    if found.south > found.north:
        raise ValueError("The south of this box lies above its north.")
    return found


def distance(one: Position, other: Position) -> float:
    """Kilometres along the great circle, by the haversine formula."""
    here, there = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    return _arc(there - here, across, cos(here) * cos(there))


def middle(positions: Sequence[Position]) -> Position | None:
    """The mean of latitudes and of longitudes, the latter reckoned the short way round."""
    if not positions:
        return None
    first = positions[0].longitude
    turns = [_around(one.longitude - first) for one in positions]
    latitude = fsum(one.latitude for one in positions) / len(positions)
    longitude = first + fsum(turns) / len(positions)
    return Position(latitude, longitude if -180 <= longitude <= 180 else _around(longitude))


def _around(degrees: float) -> float:
    return (degrees + 180) % 360 - 180


def _arc(up: float, across: float, cosines: float) -> float:
    half = sin(up / 2) ** 2 + cosines * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, half)))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A position with what its distances are reckoned from, so that they are reckoned once."""

    number: int
    position: Position
    latitude: float
    longitude: float
    cosine: float


class PlaceIndex:
    """Who stands where."""

    def __init__(self, positions: Iterable[Position | None]) -> None:
        self._spots = [
            _Spot(
                number,
                place,
                radians(place.latitude),
                radians(place.longitude),
                cos(radians(place.latitude)),
            )
            for number, place in enumerate(positions)
            if place is not None
        ]

    def distances(self, near: Position, within: float | None) -> dict[int, float]:
        """Number → kilometres, of everybody that is located, or of those not further away."""
        latitude, longitude = radians(near.latitude), radians(near.longitude)
        cosine = cos(latitude)
        reach = pi if within is None else within / EARTH_RADIUS + _HAIR
        found = {
            spot.number: _arc(
                spot.latitude - latitude, spot.longitude - longitude, cosine * spot.cosine
            )
            for spot in self._spots
            if abs(spot.latitude - latitude) <= reach
        }
        if within is None:
            return found
        return {number: away for number, away in found.items() if away <= within}

    def inside(self, box: Box) -> int:
        """The set of those in the box."""
        return mask_of(spot.number for spot in self._spots if box.holds(spot.position))
