"""The plane that areas and catchments are measured in, chosen from where the data lies.

The plane must be conformal: on one, a disc on the ground is still a disc, only scaled by the local
point scale k, so a catchment of r metres is a circle of r·k. An equal-area plane would bend it.

In China that is the national one: CGCS2000 with a 3-degree Gauss-Krüger zone, in the form without
the zone's number in the easting (EPSG:4534, 75 °E, to EPSG:4554, 135 °E). Elsewhere it is a
transverse Mercator on WGS 84 about the middle of the data, without UTM's 0.9996 and without its
zone edges: within 45 km of its meridian, areas in the plane are within 0.005 % of the ground.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, Self, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import ProjError
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import WGS84, Bounds, Coordinate
from geo_service.domain.errors import InvalidQueryError, ParameterFault

DEGREES: Final = "EPSG:4326"

G = TypeVar("G", bound=BaseGeometry)

# The customary box for "in China" of the GCJ-02 conversions. It takes in neighbours as well,
# which does no harm here: the zones are as good a plane for them.
CHINA: Final = Bounds(west=72.004, south=0.8293, east=137.8347, north=55.8271)

_FIRST_ZONE, _LAST_ZONE = 75, 135
_FIRST_ZONE_EPSG: Final = 4534

# How far the scales north and east may differ on a plane that calls itself conformal. Web Mercator
# is out by up to 7e-3, an equal-area plane by 2e-4 one degree from its centre, rounding by 1e-8.
_CONFORMAL: Final = 1e-6
_STEP_M: Final = 100.0


class _Projection(NamedTuple):
    """PROJ's two objects for a plane; making them takes tens of milliseconds."""

    crs: CRS
    transformer: Transformer
    factors: Proj


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanarCrs:
    """A conformal plane in metres: its definition, as PROJ reads it, and its name for people.

    Safe to share between threads: pyproj keeps one native transformation for each of them.
    """

    definition: str
    name: str

    @classmethod
    def choose(cls, bounds: Bounds) -> Self:
        """Return the plane fit for data in these bounds: a Chinese zone, or one made to measure."""
        centre = _middle(bounds)
        if CHINA.contains(centre):
            meridian = min(max(3 * round(centre.longitude / 3), _FIRST_ZONE), _LAST_ZONE)
            return cls.of(f"EPSG:{_FIRST_ZONE_EPSG + (meridian - _FIRST_ZONE) // 3}")
        # Rounded, so that a station more or less does not change the plane's name every day.
        meridian_deg, parallel_deg = round(centre.longitude, 1), round(centre.latitude, 1)
        return cls(
            definition=f"+proj=tmerc +lat_0={parallel_deg:g} +lon_0={meridian_deg:g} +k=1"
            " +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs +type=crs",
            name=f"WGS 84 / transverse Mercator, central meridian {abs(meridian_deg):g}°"
            f"{'W' if meridian_deg < 0 else 'E'}",
        )

    @classmethod
    def of(cls, definition: str) -> Self:
        """Return the plane an operator named: an EPSG code, a PROJ string or WKT.

        Raises:
            InvalidQueryError: if PROJ does not know it, or it is not a conformal plane in metres.
        """
        try:
            crs = _projection(definition).crs
        except ProjError:
            raise _unfit(definition, "is unknown to PROJ") from None
        if not crs.is_projected or any(axis.unit_conversion_factor != 1 for axis in crs.axis_info):
            raise _unfit(definition, "is not a plane in metres")
        plane = cls(definition=definition, name=crs.name)
        if not plane._is_conformal():
            raise _unfit(definition, "is not conformal: discs would not stay round on it")
        return plane

    def forward(
        self, longitude: ArrayLike, latitude: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x (east) and y (north) in metres; infinite where the plane has no such place."""
        x, y = _projection(self.definition).transformer.transform(
            np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
        )
        return x, y

    def backward(
        self, x: ArrayLike, y: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitude and latitude in degrees on WGS 84."""
        longitude, latitude = _projection(self.definition).transformer.transform(
            np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), direction="INVERSE"
        )
        return longitude, latitude

    def to_plane(self, geometry: G) -> G:
        """Return a geometry in degrees (longitude first) as it lies in the plane."""
        drawn: G = shapely.transform(
            geometry, lambda places: np.column_stack(self.forward(places[:, 0], places[:, 1]))
        )
        return drawn

    def to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry of the plane in degrees, cut where it crosses the antimeridian."""
        located: BaseGeometry = shapely.transform(
            geometry, lambda places: np.column_stack(self.backward(places[:, 0], places[:, 1]))
        )
        west, _, east, _ = located.bounds  # of an empty geometry: NaN
        if not east - west > 180.0:
            return located
        # No city spans half the world: it crosses 180°, and its far side came out negative.
        unrolled: BaseGeometry = shapely.transform(
            located, lambda places: np.where(places < [0.0, -90.0], places + 360.0, places)
        )
        near_side = shapely.intersection(unrolled, shapely.box(0, -90, 180, 90))
        far_side = shapely.intersection(unrolled, shapely.box(180, -90, 360, 90))
        return shapely.union(near_side, affinity.translate(far_side, xoff=-360.0))

    def scale_at(self, longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.float64]:
        """Return the point scale k: metres in the plane for each metre on the ground."""
        longitude = np.atleast_1d(np.asarray(longitude, dtype=np.float64))
        latitude = np.atleast_1d(np.asarray(latitude, dtype=np.float64))
        if not longitude.size:  # pyproj takes no empty arrays
            return longitude
        factors = _projection(self.definition).factors.get_factors(longitude, latitude)
        # On a conformal plane the scale is the same in every direction.
        return np.asarray(factors.meridional_scale, dtype=np.float64)

    def _is_conformal(self) -> bool:
        """Measure the plane against the spheroid: PROJ's factors take Web Mercator's word."""
        area = _projection(self.definition).crs.area_of_use
        if area is None:
            origin_longitude, origin_latitude = (float(v) for v in self.backward(0.0, 0.0))
        else:
            origin_longitude = (area.west + area.east) / 2
            origin_latitude = (area.south + area.north) / 2
        # One degree off, since some planes that bend discs are true at their centre.
        longitude = origin_longitude + np.array([1.0, -1.0, 1.0])
        latitude = np.clip(origin_latitude + np.array([1.0, 1.0, -1.0]), -80.0, 80.0)
        north, east = (self._measured_scale(longitude, latitude, azimuth) for azimuth in (0, 90))
        return bool(np.all(np.abs(north / east - 1) < _CONFORMAL))

    def _measured_scale(
        self, longitude: NDArray[np.float64], latitude: NDArray[np.float64], azimuth: float
    ) -> NDArray[np.float64]:
        ends = []
        for direction in (azimuth, azimuth + 180.0):
            far_longitude, far_latitude, _ = WGS84.fwd(
                longitude,
                latitude,
                np.full_like(longitude, direction),
                np.full_like(longitude, _STEP_M),
            )
            ends.append(self.forward(far_longitude, far_latitude))
        (x0, y0), (x1, y1) = ends
        return np.asarray(np.hypot(x1 - x0, y1 - y0) / (2 * _STEP_M))


def _unfit(definition: str, reason: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("planar_crs", f"{definition!r} {reason}"))


@lru_cache(maxsize=32)
def _projection(definition: str) -> _Projection:
    crs = CRS.from_user_input(definition)
    return _Projection(
        crs=crs,
        transformer=Transformer.from_crs(DEGREES, crs, always_xy=True),
        factors=Proj(crs),
    )


def _middle(bounds: Bounds) -> Coordinate:
    """Return the centre of a box; one wider than half the world is taken to cross 180°."""
    longitude = (bounds.west + bounds.east) / 2
    if bounds.west > bounds.east or bounds.east - bounds.west > 180.0:
        longitude += 180.0 if longitude <= 0 else -180.0
    return Coordinate(longitude=longitude, latitude=(bounds.south + bounds.north) / 2)
