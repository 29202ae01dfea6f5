"""Positions on a small map: well-known text read strictly, and degrees as pixels of a plain map, north up.

The projection is equirectangular around the middle of what is shown: one degree of longitude is as long as it is on the
ground at the middle latitude. No map of an event needs more, and nothing is drawn that nobody entered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Kilometres of one degree of latitude, on a sphere of 6,371 km.
KM_A_DEGREE = 6371.0 * math.pi / 180

_POINT = re.compile(r"POINT\((-?\d{1,3}(?:\.\d+)?) (-?\d{1,2}(?:\.\d+)?)\)", re.ASCII)
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0)
_SMALLEST = 10.0  # kilometres that a map shows at least, from edge to edge: a single place has surroundings
_MARGIN = 0.12  # of the extent, on each side


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees of WGS 84: `lon` is -180 to 180, `lat` is -90 to 90."""

    lon: float
    lat: float


def read_point(text: str) -> Position | None:
    """The position of "POINT(longitude latitude)", as the shapes demand it; None for anything else."""
    found = _POINT.fullmatch(text)
    if not found:
        return None
    position = Position(float(found[1]), float(found[2]))
    return position if abs(position.lon) <= 180 and abs(position.lat) <= 90 else None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a map shows: its middle, and its extent in degrees. Longitudes count from the middle, past 180 as well."""

    lon: float
    lat: float
    wide: float
    high: float

    @staticmethod
    def around(positions: Sequence[Position]) -> Frame:
        """The frame that holds all positions with a margin, across the 180th meridian if that is shorter.

        ValueError for no positions.
        """
        if not positions:
            raise ValueError("a frame around no positions")
        west, wide = _longitudes([position.lon for position in positions])
        lats = [position.lat for position in positions]
        lat, high = (min(lats) + max(lats)) / 2, max(lats) - min(lats)
        least = _SMALLEST / KM_A_DEGREE
        wide, high = (extent * (1 + 2 * _MARGIN) for extent in (wide, high))
        middle = west + wide / (1 + 2 * _MARGIN) / 2
        return Frame(_turned(middle), lat, min(360.0, max(wide, least / _shrink(lat))), max(high, least))

    def east_of_middle(self, position: Position) -> float:
        """Degrees of longitude from the middle, -180 to 180."""
        return _turned(position.lon - self.lon)

    def holds(self, position: Position) -> bool:
        across = abs(self.east_of_middle(position)) <= self.wide / 2 + 1e-9
        return across and abs(position.lat - self.lat) <= self.high / 2 + 1e-9


@dataclass(frozen=True, slots=True)
class Projection:
    """A frame as pixels: its box begins at x, y and is `width` × `height`; `scale` is pixels a degree of latitude."""

    frame: Frame
    x: float
    y: float
    width: float
    height: float
    scale: float

    @staticmethod
    def fitted(frame: Frame, x: float, y: float, width: float, lowest: float, highest: float) -> Projection:
        """The frame in a box of this width, whose height is between the two bounds; what is too high is made smaller
        and stands in the middle."""
        shrink = _shrink(frame.lat)
        height = min(highest, max(lowest, frame.high / (frame.wide * shrink) * width))
        scale = min(width / (frame.wide * shrink), height / frame.high)
        return Projection(frame, x, y, width, height, scale)

    def at(self, position: Position) -> tuple[float, float]:
        across = self.frame.east_of_middle(position) * _shrink(self.frame.lat) * self.scale
        return self.x + self.width / 2 + across, self.y + self.height / 2 - (position.lat - self.frame.lat) * self.scale

    def holds(self, position: Position) -> bool:
        """Whether the position lies in the box, which may show more than the frame."""
        x, y = self.at(position)
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def meridians(self) -> list[tuple[float, float]]:
        """Longitude and x of each line of the graticule that runs from north to south, west to east."""
        half = min(180.0, self.width / 2 / (_shrink(self.frame.lat) * self.scale))
        middle = self.x + self.width / 2
        return [
            (_turned(lon), middle + (lon - self.frame.lon) * _shrink(self.frame.lat) * self.scale)
            for lon in _round_numbers(self.frame.lon - half, self.frame.lon + half)
        ]

    def parallels(self) -> list[tuple[float, float]]:
        """Latitude and y of each line of the graticule that runs from west to east, south to north."""
        half = self.height / 2 / self.scale
        found = _round_numbers(max(-90.0, self.frame.lat - half), min(90.0, self.frame.lat + half))
        return [(lat, self.y + self.height / 2 - (lat - self.frame.lat) * self.scale) for lat in found]

    def scale_bar(self, longest: float) -> tuple[float, float]:
        """A round number of kilometres, and how many pixels it is long: at most `longest`.

        It holds from north to south everywhere, and from east to west at the middle latitude.
        """
        pixels = self.scale / KM_A_DEGREE
        power = 10.0 ** math.floor(math.log10(longest / pixels))
        km = max(step * power for step in (1, 2, 5) if step * power * pixels <= longest)
        return km, km * pixels


def longitude_words(lon: float) -> str:
    """ "36° E", "120.5° W"; the meridian of Greenwich and the one behind it have no side."""
    side = "" if lon in (0, 180, -180) else " E" if lon > 0 else " W"
    return f"{round(abs(lon), 4):g}°{side}"


def latitude_words(lat: float) -> str:
    """ "35.5° N", "12° S", "0°"."""
    return f"{round(abs(lat), 4):g}°{'' if lat == 0 else ' N' if lat > 0 else ' S'}"


def _shrink(lat: float) -> float:
    """How long a degree of longitude is at this latitude, in degrees of latitude. Poles would make it nothing."""
    return max(0.05, math.cos(math.radians(lat)))


def _turned(lon: float) -> float:
    """The longitude between -180 and 180."""
    return (lon + 180) % 360 - 180


def _longitudes(lons: Iterable[float]) -> tuple[float, float]:
    """Where the shortest arc that holds all longitudes begins in the west, and how long it is: all but their widest
    gap."""
    ranked = sorted({_turned(lon) for lon in lons})
    gaps = [(there - here, there) for here, there in pairwise([*ranked, ranked[0] + 360])]
    gap, west = max(gaps, key=lambda found: (found[0], found[1]))
    return _turned(west), 360 - gap


def _round_numbers(low: float, high: float) -> list[float]:
    """Multiples of a round step between two numbers: three to seven of them where such a step exists."""
    step = next((step for step in _STEPS if (high - low) / step <= 6), _STEPS[-1])
    return [round(step * number, 6) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
