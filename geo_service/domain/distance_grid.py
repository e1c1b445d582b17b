"""How far it is to the nearest station, asked at an even grid of places over a unit.

Distances are straight lines on the ground: geodesics on WGS 84. The nearest station is found by
the chord through the earth (a k-d tree over earth-centred coordinates ranks as the geodesic does
over a province), the chord is turned into an arc on the sphere of the Gaussian mean radius there,
and from 20 km on the geodesic itself is solved. Either way the result is within 1 mm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.ecef import ecef, gaussian_radius
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station, StationId

POINTS_WANTED: Final = 2_000
MIN_SPACING: Final = Metres(25.0)

_SOLVE_BEYOND_M: Final = 20_000.0
_SAME_DISTANCE_M: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceGrid:
    """The places of a unit at which distances are asked, in degrees; never empty.

    It depends on the boundary and the plane alone, so it outlives any question about stations.
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    spacing_m: Metres

    @classmethod
    def over(cls, outline: Polygon | MultiPolygon, crs: PlanarCrs) -> Self:
        """Lay a square grid over an outline given in the plane, about 2,000 points of it.

        Points stand at least 25 m apart. A unit that slips between them gets one point inside.
        """
        inside = shapely.point_on_surface(outline)
        inner_longitude, inner_latitude = crs.backward([inside.x], [inside.y])
        scale = float(crs.scale_at(inner_longitude, inner_latitude)[0])
        step = max(np.sqrt(outline.area / POINTS_WANTED), MIN_SPACING * scale)
        x, y = _lattice(outline, step)
        if len(x) == 0:
            x, y = np.array([inside.x]), np.array([inside.y])
        longitude, latitude = crs.backward(x, y)
        return cls(longitude=longitude, latitude=latitude, spacing_m=Metres(float(step) / scale))

    def __len__(self) -> int:
        """Count the places."""
        return len(self.longitude)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestDistances:
    """How far the places of a grid are from their nearest station, in geodesic metres.

    ``max_m`` is the largest found on the grid; between its points the distance can be larger by
    at most the distance to the next point, about 0.7 of ``spacing_m``.
    """

    mean_m: Metres
    median_m: Metres
    p90_m: Metres
    max_m: Metres
    spacing_m: Metres
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstGap:
    """The place of the grid that is farthest from any station."""

    at: Coordinate
    distance_m: Metres
    nearest_station: StationId


class StationDistances:
    """The stations, arranged so that the nearest to any place is found at once."""

    def __init__(self, stations: Sequence[Station]) -> None:
        if not stations:
            raise ValueError("without a station there is no distance to one")
        self._ids = [station.id for station in stations]
        self._longitude = np.array([station.coordinate.longitude for station in stations])
        self._latitude = np.array([station.coordinate.latitude for station in stations])
        self._tree = cKDTree(ecef(self._longitude, self._latitude))

    def to_nearest(self, grid: DistanceGrid) -> NDArray[np.float64]:
        """Measure from each place of the grid to its nearest station, in metres."""
        places = ecef(grid.longitude, grid.latitude)
        found = self._tree.query(places)
        chord, nearest = np.asarray(found[0]), np.asarray(found[1])
        diameter = 2 * gaussian_radius(grid.latitude)
        distance: NDArray[np.float64] = diameter * np.arcsin(np.minimum(chord / diameter, 1.0))
        far = np.flatnonzero(chord > _SOLVE_BEYOND_M)
        if far.size:
            distance[far] = self._solve(grid, far, nearest[far])
        return distance

    def worst_gap(self, grid: DistanceGrid, distance: NDArray[np.float64]) -> WorstGap:
        """Name the farthest place of the grid and, ties by identifier, the station nearest it."""
        worst = int(np.argmax(distance))
        place = ecef(grid.longitude[[worst]], grid.latitude[[worst]])[0]
        chord, _ = self._tree.query(place)
        tied = np.array(self._tree.query_ball_point(place, float(chord) + _SAME_DISTANCE_M))
        nearest = min(tied, key=lambda index: self._ids[index])
        metres = self._solve(grid, np.array([worst]), np.array([nearest]))[0]
        return WorstGap(
            at=Coordinate(
                longitude=float(grid.longitude[worst]), latitude=float(grid.latitude[worst])
            ),
            distance_m=Metres(float(metres)),
            nearest_station=self._ids[nearest],
        )

    def _solve(
        self, grid: DistanceGrid, places: NDArray[np.intp], stations: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        _, _, metres = WGS84.inv(
            grid.longitude[places],
            grid.latitude[places],
            self._longitude[stations],
            self._latitude[stations],
        )
        return np.asarray(metres)


def summarise(
    distance: NDArray[np.float64], *, weights: NDArray[np.float64] | None, spacing_m: Metres
) -> NearestDistances:
    """Sum up distances; ``weights`` makes up for places that stand for unequal ground."""
    median, p90 = np.quantile(distance, [0.5, 0.9], weights=weights, method="inverted_cdf")
    return NearestDistances(
        mean_m=Metres(float(np.average(distance, weights=weights))),
        median_m=Metres(float(median)),
        p90_m=Metres(float(p90)),
        max_m=Metres(float(distance.max())),
        spacing_m=spacing_m,
        points=len(distance),
    )


def _lattice(
    outline: Polygon | MultiPolygon, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points of a square lattice inside an outline, row by row.

    The rows are cut as lines, so that a long thin or scattered unit costs what it holds and not
    what its bounding box does.
    """
    west, south, east, north = outline.bounds
    rows = south + step * (np.arange(np.ceil((north - south) / step)) + 0.5)
    ends = np.empty((len(rows), 2, 2))
    ends[:, 0, 0], ends[:, 1, 0] = west - step, east + step
    ends[:, :, 1] = rows[:, None]
    lines = shapely.linestrings(ends)
    cut = shapely.get_parts(
        shapely.intersection(shapely.multilinestrings(np.asarray(lines)), outline)
    )
    inner = cut[shapely.length(cut) > 0]
    bounds = shapely.bounds(inner)
    first = np.ceil((bounds[:, 0] - west) / step - 0.5)
    last = np.floor((bounds[:, 2] - west) / step - 0.5)
    count = np.maximum(last - first + 1, 0).astype(np.intp)
    # 0, 1, 2 … within each cut, without a loop.
    place_in_cut = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = west + step * (np.repeat(first, count) + place_in_cut + 0.5)
    return x, np.repeat(bounds[:, 1], count)
