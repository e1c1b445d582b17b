"""Tiles of the square web map: OGC's WebMercatorQuad, counted from the north-west corner."""

import math
import re
from dataclasses import dataclass
from typing import Final, Self

from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.errors import TileNotFoundError

DEEPEST: Final = 18
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
EXTENT: Final = 4096  # steps a side, that coordinates within a tile are counted in
MARGIN: Final = 64  # steps around a tile that are drawn into it, too
_DRAWN: Final = 85.0511287798066  # degrees north and south that the square shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile: the side of the world is cut into 2^z; x counts eastwards, y southwards."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse a tile that there is not."""
        if not 0 <= self.z <= DEEPEST:
            raise TileNotFoundError(f"tiles go from zoom 0 to {DEEPEST}")
        if not (0 <= self.x < _side(self.z) and 0 <= self.y < _side(self.z)):
            raise TileNotFoundError(f"at zoom {self.z}, x and y go from 0 to {_side(self.z) - 1}")

    @classmethod
    def named(cls, z: str, x: str, y: str) -> Self:
        """Read a tile off an address, or raise TileNotFoundError."""
        if not all(_NUMBER.fullmatch(each) for each in (z, x, y)):
            raise TileNotFoundError("a tile goes by three whole numbers: zoom, x and y")
        return cls(z=int(z), x=int(x), y=int(y))

    @classmethod
    def at(cls, zoom: int, at: Coordinate) -> Self:
        """Return the tile that shows a coordinate; nearer to a pole, the outermost one."""
        side = _side(zoom)
        up = math.asinh(math.tan(math.radians(max(-_DRAWN, min(_DRAWN, at.latitude))))) / math.pi
        x, y = (at.longitude + 180) / 360 * side, (1 - up) / 2 * side
        return cls(z=zoom, x=min(int(x), side - 1), y=max(0, min(int(y), side - 1)))

    def bounds_with_margin(self) -> Bounds:
        """Return what a tile shows a part of, in degrees."""
        margin = MARGIN / EXTENT
        return Bounds(
            west=max(-180.0, self._longitude(self.x - margin)),
            south=max(-90.0, self._latitude(self.y + 1 + margin)),
            east=min(180.0, self._longitude(self.x + 1 + margin)),
            north=min(90.0, self._latitude(self.y - margin)),
        )

    def _longitude(self, x: float) -> float:
        return x / _side(self.z) * 360 - 180

    def _latitude(self, y: float) -> float:
        # Snyder, Map Projections: A Working Manual (1987), equation 7-4, on the sphere.
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / _side(self.z)))))


def _side(zoom: int) -> int:
    """Return how many tiles stand side by side."""
    return 1 << zoom
