"""Demand, and ways to reach stations from it, made up for tests."""

from collections.abc import Sequence

import numpy as np

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import DemandPoints
from geo_service.domain.demand_coverage import DemandReport, measure_demand
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Distances, DistanceType, Reach, StraightLines
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey, Unit
from tests.domain.coverage_cases import LUOHE

Place = tuple[float, float]
STRAIGHT = StraightLines()


def coordinates(places: Sequence[Place]) -> Coordinates:
    both = np.array(places, dtype=float).reshape(-1, 2)
    return Coordinates(longitudes=both[:, 0], latitudes=both[:, 1])


def demand_at(
    places: Sequence[Place], weights: Sequence[float], names: tuple[str, ...] | None = None
) -> DemandPoints:
    return DemandPoints(at=coordinates(places), weight=np.array(weights, dtype=float), names=names)


def demand_measured(
    units: Unit | list[Unit],
    points: DemandPoints,
    stations: list[Station],
    *,
    radius: float = 1_000,
    distances: Distances = STRAIGHT,
) -> DemandReport:
    """Survey, place and measure in one go; every station stands in the first unit."""
    several = units if isinstance(units, list) else [units]
    survey = Survey.of(several, crs=LUOHE)
    return measure_demand(
        PlacedDemand.over(survey, points),
        stations,
        radius=Metres(radius),
        distances=distances,
        members={several[0].code: stations},
    )


def reach_of(metres: Sequence[Sequence[float]], limit: float) -> Reach:
    """A reach by a table of distances, a row for each place and a column for each site."""
    table = np.array(metres, dtype=float)
    place, site = np.nonzero(table <= limit)
    order = np.lexsort((site, table[place, site], place))
    return Reach(
        places=table.shape[0],
        sites=table.shape[1],
        limit_m=limit,
        distance_type=DistanceType.STRAIGHT,
        place=place[order],
        site=site[order],
        distance_m=table[place, site][order],
        nearest_m=table.min(axis=1),
    )


class Streets:
    """Walks that double every straight line, west of a meridian; from the east no way leads."""

    distance_type = DistanceType.NETWORK_WALK

    def __init__(self, meridian: float = 180.0) -> None:
        self._meridian = meridian

    def reach(self, places: Coordinates, sites: Coordinates, limit: Metres) -> Reach:
        """Measure all pairs that a way joins."""
        straight = StraightLines(factor=2.0).reach(places, sites, limit)
        west = places.longitudes < self._meridian
        kept = west[straight.place]
        return Reach(
            places=straight.places,
            sites=straight.sites,
            limit_m=limit,
            distance_type=self.distance_type,
            place=straight.place[kept],
            site=straight.site[kept],
            distance_m=straight.distance_m[kept],
            nearest_m=np.where(west, straight.nearest_m, np.inf),
        )
