"""The worst places: the farthest from any station, each in a hole of its own, and who is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand_coverage import positions, times_reached
from geo_service.domain.ecef import ecef
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Distances
from geo_service.domain.station import Station, StationId
from geo_service.domain.survey import Unit

# Two ways to the nearest station differ by rounding at most.
_ROUNDING_M: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One place beyond the radius of every station.

    ``demand`` is what is uncovered within the radius of the place: what a station there would add.
    ``distance_m`` and ``nearest_station`` are None where no way leads to any station.
    """

    at: Coordinate
    distance_m: Metres | None
    nearest_station: StationId | None
    demand: float
    unit: Unit | None
    name: str | None


def worst_places(
    demand: PlacedDemand,
    stations: Sequence[Station],
    *,
    radius: Metres,
    distances: Distances,
    count: int,
) -> tuple[Gap, ...]:
    """Return the places of demand farthest from any station, the worst first.

    A place nearer to a worse one than that is to any station, in a straight line, is left out: it
    lies in the same hole. What is uncovered between two gaps may count for both. Without any
    station there is no distance to be far, and so no list.

    Args:
        demand: the demand, laid over units; points of no weight make no gap.
        stations: every station that counts.
        radius: the service radius in metres, as ``distances`` counts them.
        distances: how to measure.
        count: how many to return at most.
    """
    if not stations:
        return ()
    points, sites = demand.points, positions(stations)
    reach = distances.reach(points.at, sites, radius)
    without = np.flatnonzero((times_reached(reach) == 0) & (points.weight > 0))
    if not without.size:
        return ()
    picked = without[_apart(points.at.of(without), reach.nearest_m[without], sites, count)]
    nearest = nearest_stations(points.at.of(picked), stations, reach.nearest_m[picked], distances)
    near = distances.reach(points.at.of(without), points.at.of(picked), radius)
    added = np.bincount(
        near.site, weights=points.weight[without][near.place], minlength=len(picked)
    )
    return tuple(
        Gap(
            at=points.at[place],
            distance_m=None if station is None else Metres(float(reach.nearest_m[place])),
            nearest_station=station,
            demand=float(its),
            unit=demand.unit_at(place),
            name=(points.names[place] or None) if points.names else None,
        )
        for place, station, its in zip(picked.tolist(), nearest, added, strict=True)
    )


def _apart(
    at: Coordinates, nearest_m: NDArray[np.float64], sites: Coordinates, count: int
) -> list[int]:
    """Choose the farthest, then the farthest of those outside its hole, and so on."""
    places = ecef(*at.degrees)
    tree = cKDTree(places)
    holes = np.asarray(cKDTree(ecef(*sites.degrees)).query(places)[0])
    left = np.ones(len(at), dtype=bool)
    chosen: list[int] = []
    for place in np.argsort(-nearest_m, kind="stable").tolist():
        if not left[place]:
            continue
        chosen.append(place)
        if len(chosen) == count:
            break
        left[tree.query_ball_point(places[place], holes[place])] = False
    return chosen


def nearest_stations(
    places: Coordinates,
    stations: Sequence[Station],
    nearest_m: NDArray[np.float64],
    distances: Distances,
) -> list[StationId | None]:
    """Name the station nearest each place, of equals the first; None where no way leads to one."""
    found: list[StationId | None] = [None] * len(places)
    there = np.flatnonzero(np.isfinite(nearest_m))
    if there.size:
        limit = Metres(float(nearest_m[there].max()) + _ROUNDING_M)
        reach = distances.reach(places.of(there), positions(stations), limit)
        place, first = np.unique(reach.place, return_index=True)
        for which, site in zip(there[place].tolist(), reach.site[first].tolist(), strict=True):
            found[which] = stations[site].id
    return found
