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

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.ecef import ecef, gaussian_radius
from geo_service.domain.geodesics import geodesics
from geo_service.domain.lattice import lattice_inside
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station, StationId

POINTS_WANTED: Final = 2_000
MIN_SPACING: Final = Metres(25.0)

_SOLVE_BEYOND_M: Final = 20_000.0
_SAME_DISTANCE_M: Final = 1e-6
_WORTH_A_THREAD: Final = 200_000
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceGrid:
    """The places of a unit at which distances are asked, in degrees; never empty.

    It depends on the boundary and the plane alone, so it outlives any question about stations.
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    spacing_m: Metres

    @classmethod
    def over(
        cls, outline: Polygon | MultiPolygon, crs: PlanarCrs, *, wanted: int = POINTS_WANTED
    ) -> Self:
        """Lay a square grid over an outline given in the plane, of about so many points.

        Points stand at least 25 m apart. A unit that slips between them gets one point inside.
        """
        grids = DistanceGrids.over(np.array([outline], dtype=object), crs, wanted=wanted)
        return cls(
            longitude=grids.longitude,
            latitude=grids.latitude,
            spacing_m=Metres(float(grids.spacing_m[0])),
        )

    def __len__(self) -> int:
        """Count the places."""
        return len(self.longitude)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceGrids:
    """The grids of n units end to end; that of unit i is ``starts[i]:starts[i + 1]``.

    ``longitude`` and ``latitude`` are in degrees, ``spacing_m`` has shape (n,).
    """

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    starts: NDArray[np.intp]
    spacing_m: NDArray[np.float64]

    @classmethod
    def over(cls, outlines: NDArray[np.object_], crs: PlanarCrs, *, wanted: int) -> Self:
        """Lay over each outline what ``DistanceGrid.over`` does over one."""
        inside = shapely.point_on_surface(outlines)
        inner_x, inner_y = shapely.get_x(inside), shapely.get_y(inside)
        scale = crs.scale_at(*crs.backward(inner_x, inner_y))
        step = np.maximum(np.sqrt(shapely.area(outlines) / wanted), MIN_SPACING * scale)
        lattice = lattice_inside(outlines, step)
        missed = np.setdiff1d(np.arange(len(outlines)), lattice.outline)
        unit = np.concatenate([lattice.outline, missed])
        order = np.argsort(unit, kind="stable")
        longitude, latitude = crs.backward(
            np.concatenate([lattice.x, inner_x[missed]])[order],
            np.concatenate([lattice.y, inner_y[missed]])[order],
        )
        return cls(
            longitude=longitude,
            latitude=latitude,
            starts=np.searchsorted(unit[order], np.arange(len(outlines) + 1)),
            spacing_m=step / scale,
        )

    def __len__(self) -> int:
        """Count the units."""
        return len(self.spacing_m)


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

    def to_nearest(self, grid: DistanceGrid | DistanceGrids) -> NDArray[np.float64]:
        """Measure from each place of the grid to its nearest station, in metres."""
        places = ecef(grid.longitude, grid.latitude)
        found = self._tree.query(places, workers=-1 if len(places) > _WORTH_A_THREAD else 1)
        chord, nearest = np.asarray(found[0]), np.asarray(found[1])
        diameter = 2 * gaussian_radius(grid.latitude)
        distance: NDArray[np.float64] = diameter * np.arcsin(np.minimum(chord / diameter, 1.0))
        far = np.flatnonzero(chord > _SOLVE_BEYOND_M)
        if far.size:
            distance[far] = self._solve(grid, far, nearest[far])
        return distance

    def worst_gap(self, grid: DistanceGrid, distance: NDArray[np.float64]) -> WorstGap:
        """Name the farthest place of the grid and, ties by identifier, the station nearest it."""
        return self.gaps_at(grid, np.array([np.argmax(distance)]))[0]

    def gaps_at(
        self, grid: DistanceGrid | DistanceGrids, places: NDArray[np.intp]
    ) -> list[WorstGap]:
        """Say of some places how far they are and, ties by identifier, from which station."""
        at = ecef(grid.longitude[places], grid.latitude[places])
        chord = np.asarray(self._tree.query(at)[0])
        tied = self._tree.query_ball_point(at, chord + _SAME_DISTANCE_M)
        nearest = np.array([min(each, key=self._ids.__getitem__) for each in tied], dtype=np.intp)
        metres = self._solve(grid, places, nearest)
        return [
            WorstGap(
                at=Coordinate(longitude=longitude, latitude=latitude),
                distance_m=Metres(distance),
                nearest_station=self._ids[station],
            )
            for longitude, latitude, distance, station in zip(
                grid.longitude[places].tolist(),
                grid.latitude[places].tolist(),
                metres.tolist(),
                nearest.tolist(),
                strict=True,
            )
        ]

    def _solve(
        self,
        grid: DistanceGrid | DistanceGrids,
        places: NDArray[np.intp],
        stations: NDArray[np.intp],
    ) -> NDArray[np.float64]:
        return geodesics(
            grid.longitude[places],
            grid.latitude[places],
            self._longitude[stations],
            self._latitude[stations],
        )


def summarised(
    grids: DistanceGrids, distance: NDArray[np.float64]
) -> tuple[list[NearestDistances], NDArray[np.intp]]:
    """Sum the distances of each unit up; return also the farthest place of each."""
    counts = np.diff(grids.starts)
    unit = np.repeat(np.arange(len(grids)), counts)
    ordered = distance[np.lexsort((distance, unit))]
    mean = np.add.reduceat(distance, grids.starts[:-1]) / counts
    quantiles = [
        ordered[
            grids.starts[:-1] + np.maximum(np.ceil(share * counts - _ROUNDING) - 1, 0).astype(int)
        ]
        for share in (0.5, 0.9)
    ]
    largest = ordered[grids.starts[1:] - 1]
    # The first of those equally far, as a person would name it.
    farthest = np.flatnonzero(distance == largest[unit])
    worst = farthest[np.unique(unit[farthest], return_index=True)[1]]
    columns = (mean, *quantiles, largest, grids.spacing_m, counts)
    figures = [
        NearestDistances(
            mean_m=Metres(mean_m),
            median_m=Metres(median_m),
            p90_m=Metres(p90_m),
            max_m=Metres(max_m),
            spacing_m=Metres(spacing_m),
            points=points,
        )
        for mean_m, median_m, p90_m, max_m, spacing_m, points in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]
    return figures, worst


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
