"""Where things are: degrees on WGS 84, and metres between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NewType, Self

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo_service.domain.errors import InvalidCoordinateError

Metres = NewType("Metres", float)

WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate:
    """A position on WGS 84. Any other datum is converted before it gets here."""

    SRID: ClassVar[int] = 4326

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        """Refuse degrees that lie nowhere on earth, NaN included."""
        if not -180.0 <= self.longitude <= 180.0:
            raise InvalidCoordinateError(f"longitude {self.longitude:g} is outside [-180, 180]")
        if not -90.0 <= self.latitude <= 90.0:
            raise InvalidCoordinateError(f"latitude {self.latitude:g} is outside [-90, 90]")

    def distance_to(self, other: "Coordinate") -> Metres:
        """Measure the geodesic to another coordinate, in metres on the WGS 84 spheroid."""
        _, _, metres = WGS84.inv(self.longitude, self.latitude, other.longitude, other.latitude)
        return Metres(metres)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A box of degrees on WGS 84. One whose west exceeds its east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse a box with a corner off the earth, or upside down."""
        Coordinate(longitude=self.west, latitude=self.south)
        Coordinate(longitude=self.east, latitude=self.north)
        if self.south > self.north:
            raise InvalidCoordinateError(f"south {self.south:g} lies north of {self.north:g}")

    @classmethod
    def of(cls, degrees: tuple[float, float, float, float]) -> Self:
        """Return the box of west, south, east and north."""
        west, south, east, north = degrees
        return cls(west=west, south=south, east=east, north=north)

    @classmethod
    def around(cls, places: Iterable[Coordinate]) -> Self:
        """Return the smallest box, not crossing the antimeridian, that holds every place."""
        held = list(places)
        return cls(
            west=min(each.longitude for each in held),
            south=min(each.latitude for each in held),
            east=max(each.longitude for each in held),
            north=max(each.latitude for each in held),
        )

    def contains(self, at: Coordinate) -> bool:
        """Say whether a coordinate lies in the box, its edge included."""
        if not self.south <= at.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= at.longitude <= self.east
        return at.longitude >= self.west or at.longitude <= self.east

    def contain(
        self, longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Say of many places what ``contains`` says of one."""
        east, west = longitudes <= self.east, longitudes >= self.west
        across = east & west if self.west <= self.east else east | west
        return across & (latitudes >= self.south) & (latitudes <= self.north)

    def nearest_to(self, at: Coordinate) -> Coordinate:
        """Return the place in the box (not crossing the antimeridian) closest in degrees."""
        return Coordinate(
            longitude=min(max(at.longitude, self.west), self.east),
            latitude=min(max(at.latitude, self.south), self.north),
        )
